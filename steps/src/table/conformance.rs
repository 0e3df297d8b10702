//! The conformance tables: what the GBIF projects assert or were observed to do, tab separated.
//!
//! An empty cell states nothing, `\N` is null and `\e` is the empty text. A case is answered by a function or by a whole
//! step. What a step does not read is left out, as it would be in a run; what the world around would have to supply, and
//! what a test asserts and nothing tells, makes a case be skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::batch::{self, Inputs};
use super::functions;
use super::given::{self, Answer, Given, unescape};
use super::judge::{self, Measure, Output, Outputs};
use super::mapping::{self, Mapping};
use super::{Bench, Failure, Report, Skip, TableError, suggestion};
use crate::{Input, Step};

/// Columns that every table may have, besides those with a prefix.
const COLUMNS: &[&str] = &["case_id", "area", "function", "issues", "asserted", "evidence", "source", "note"];
/// The step that is given what a case says of the places around it, and the columns that say so.
const LOCATION: &str = "location";
const PLACES: &[&str] = &["context.polygons", "context.centroids"];
const PREFIXES: &[&str] = &["in.", "option.", "context.", "out."];

/// Whether a table is of this kind: its header has `case_id` and `area`, separated by tabs.
pub fn is_conformance(content: &str) -> bool {
    let header = content.lines().next().unwrap_or_default();
    let has = |name: &str| header.split('\t').any(|cell| cell == name);
    has("case_id") && has("area")
}

/// The cells of a case that state something, with their escapes.
type Cells<'a> = BTreeMap<&'a str, &'a str>;

/// A row of the table.
struct Case<'a> {
    line: usize,
    cells: Cells<'a>,
    given: Given<'a>,
}

/// A case that a step answers for.
struct StepCase<'a> {
    case: Case<'a>,
    mapping: &'static Mapping,
    step: Arc<dyn Step>,
    inputs: Inputs,
}

pub fn run(bench: &Bench<'_>, name: &str, content: &str) -> Result<Report, TableError> {
    let mut lines = content.lines().zip(1..);
    let header: Vec<&str> = lines.next().map(|(header, _)| header.split('\t').collect()).unwrap_or_default();
    for cell in &header {
        if !COLUMNS.contains(cell) && !PREFIXES.iter().any(|prefix| cell.starts_with(prefix)) {
            let known: Vec<&str> = COLUMNS.iter().chain(PREFIXES).copied().collect();
            let message = format!("unknown header `{cell}`{}", suggestion(cell, &known));
            return Err(TableError::new(name, Some(1), message));
        }
    }
    let mut report = Report::default();
    let mut of_steps: Vec<StepCase<'_>> = Vec::new();
    for (text, line) in lines.filter(|(text, _)| !text.is_empty()) {
        let row: Vec<&str> = text.split('\t').collect();
        if row.len() != header.len() {
            let message = format!("{} cells where the header has {}", row.len(), header.len());
            return Err(TableError::new(name, Some(line), message));
        }
        let cells: Cells<'_> = header.iter().copied().zip(row).filter(|(_, cell)| !cell.is_empty()).collect();
        let case = Case { line, given: Given::new(bench, &cells), cells };
        if let Some(function) = functions::of(case.cell("area"), case.cell("function")) {
            match (function.answer)(&case.given) {
                Ok(answer) => case.judge(bench, &outputs(answer), function.measure(), &mut report),
                Err(reason) => case.skip(reason, &mut report),
            }
            continue;
        }
        match read(bench, &case) {
            Ok((mapping, step, inputs)) => of_steps.push(StepCase { case, mapping, step, inputs }),
            Err(reason) => case.skip(reason, &mut report),
        }
    }
    // One batch for each step that the table puts to use; a step made for one case is one of its own.
    while let Some(first) = of_steps.first() {
        let step = Arc::clone(&first.step);
        let (mine, others): (Vec<_>, Vec<_>) = of_steps.into_iter().partition(|case| Arc::ptr_eq(&case.step, &step));
        of_steps = others;
        let inputs: Vec<&Inputs> = mine.iter().map(|case| &case.inputs).collect();
        let result =
            batch::interpret(step.as_ref(), &inputs).map_err(|message| TableError::new(name, None, message))?;
        for (row, StepCase { case, mapping, inputs, .. }) in mine.iter().enumerate() {
            let mut outputs = mapping.outputs_of(&result, row);
            if let Some(inside) = mapping.inside {
                outputs.extend(self::outputs(inside(&case.given)));
            }
            leave_out_beside(mapping, inputs, &case.cells, &mut outputs);
            let measure = Measure { tolerance: mapping.tolerance, sets: mapping.sets };
            case.judge(bench, &outputs, measure, &mut report);
        }
    }
    report.sort();
    Ok(report)
}

/// What a function answers, by the column that states it.
fn outputs(answer: Answer) -> Outputs {
    let output = |value| Output { value, data_type: None };
    let mut outputs: Outputs =
        answer.values.into_iter().map(|(name, value)| (format!("out.{name}"), output(value))).collect();
    if let Some(issues) = answer.issues {
        outputs.insert("issues".to_owned(), output(issues.into()));
    }
    outputs
}

impl<'a> Case<'a> {
    fn cell(&self, column: &str) -> &'a str {
        self.cells.get(column).copied().unwrap_or_default()
    }

    fn is_asserted(&self) -> bool {
        self.cell("evidence") == "asserted"
    }

    fn skip(&self, reason: String, report: &mut Report) {
        let case = self.cell("case_id").to_owned();
        report.skip(Skip { case, line: self.line, asserted: self.is_asserted(), reason });
    }

    /// Judges what came out and enters it into the report.
    fn judge(&self, bench: &Bench<'_>, outputs: &Outputs, measure: Measure, report: &mut Report) {
        let verdict = match judge::judge(&self.cells, outputs, measure) {
            Ok(verdict) => verdict,
            Err(reason) => return self.skip(reason, report),
        };
        let failure = |asserted, differences: &[(String, String)]| Failure {
            case: self.cell("case_id").to_owned(),
            line: self.line,
            asserted,
            message: differences.iter().map(|(_, message)| message.as_str()).collect::<Vec<_>>().join("; "),
        };
        if verdict.failing.is_empty() {
            report.pass(self.is_asserted());
            if !verdict.beside.is_empty() {
                report.beside.push(failure(false, &verdict.beside));
            }
            return;
        }
        let differing: Vec<String> = verdict.failing.iter().map(|(output, _)| output.clone()).collect();
        let failure = failure(self.is_asserted(), &verdict.failing);
        match bench.deviations.reason(&self.given, &differing) {
            Some(reason) => report.deviate(failure, reason),
            None => report.fail(failure),
        }
    }
}

type Read = (&'static Mapping, Arc<dyn Step>, Inputs);

/// What a step needs for a case, or why it cannot be run.
fn read(bench: &Bench<'_>, case: &Case<'_>) -> Result<Read, String> {
    let mapping = mapping::of(case.cell("area"), case.cell("function"))?;
    let step = bench.steps.iter().find(|step| step.name() == mapping.step);
    let step = step.ok_or_else(|| format!("step `{}` is not among those to test", mapping.step))?;
    let inputs = inputs(step.as_ref(), mapping, &case.cells)?;
    if step.name() != LOCATION {
        return Ok((mapping, Arc::clone(step), inputs));
    }
    // The places around do not depend on those of the run.
    Ok((mapping, case.given.location(), inputs))
}

fn inputs(step: &dyn Step, mapping: &Mapping, cells: &Cells<'_>) -> Result<Inputs, String> {
    let mut inputs = Inputs::new();
    for (column, cell) in cells {
        if let Some(name) = column.strip_prefix("in.") {
            let Some(input) = input_of(step, name) else { continue };
            let value = match unescape(cell) {
                None => Value::Null,
                Some(text) if matches!(input, Input::Term(_)) => Value::String(text),
                Some(text) => batch::parse(input, &text).map_err(|message| format!("`{column}`: {message}"))?,
            };
            inputs.insert(input.name().to_owned(), value);
        } else if *column == "context.extensions" {
            extensions(step, cell, &mut inputs)?;
        } else if mapping.contexts.contains(column) || step.name() == LOCATION && PLACES.contains(column) {
            continue;
        } else if column.starts_with("context.") {
            return Err(format!("`{column}` is not supported yet"));
        } else if let Some(option) = column.strip_prefix("option.")
            && !mapping.options.iter().any(|setting| setting.option == option)
        {
            return Err(format!("`{column}` is not supported yet"));
        }
    }
    let mut unheard = BTreeSet::new();
    let mut heard = BTreeSet::new();
    for setting in mapping.options {
        let given = cells.get(format!("option.{}", setting.option).as_str()).and_then(|cell| unescape(cell));
        let known = step.reads().iter().any(|input| input.name() == setting.fact);
        match (setting.translate)(given.as_deref()) {
            Some(value) if known => {
                inputs.insert(setting.fact.to_owned(), Value::String(value));
                heard.insert(setting.option);
            }
            _ => unheard.extend(given.map(|given| (setting.option, given))),
        }
    }
    if let Some((option, given)) = unheard.iter().find(|(option, _)| !heard.contains(option)) {
        return Err(format!("`option.{option}` `{given}` is not supported"));
    }
    Ok(inputs)
}

/// The input of a name; GBIF's tests do not always keep the capitals of a term.
fn input_of<'a>(step: &'a dyn Step, name: &str) -> Option<&'a Input> {
    let inputs = step.reads();
    let exact = inputs.iter().find(|input| input.name() == name);
    exact.or_else(|| inputs.iter().find(|input| input.name().eq_ignore_ascii_case(name)))
}

/// Rows of extensions by row type, with keys that are addresses of terms.
fn extensions(step: &dyn Step, cell: &str, inputs: &mut Inputs) -> Result<(), String> {
    let malformed = || "`context.extensions` is not a JSON object of arrays of objects".to_owned();
    let text = unescape(cell).unwrap_or_default();
    let extensions: Map<String, Value> = serde_json::from_str(&text).map_err(|_| malformed())?;
    for (row_type, rows) in extensions {
        let Some(Input::Extension(name)) = input_of(step, simple(&row_type)) else { continue };
        let rows = rows.as_array().ok_or_else(malformed)?;
        let mut simplified = Vec::with_capacity(rows.len());
        for row in rows {
            let row = row.as_object().ok_or_else(malformed)?;
            simplified.push(row.iter().map(|(term, value)| (simple(term).to_owned(), value.clone())).collect());
        }
        inputs.insert((*name).to_owned(), Value::Array(simplified.into_iter().map(Value::Object).collect()));
    }
    Ok(())
}

/// The simple name of a term or row type.
fn simple(address: &str) -> &str {
    address.rsplit(['/', '#', ':']).next().unwrap_or(address)
}

/// Drops the issues that the table cannot state unless it does: those that GBIF does not have, and those about terms that
/// the case does not give.
fn leave_out_beside(mapping: &Mapping, inputs: &Inputs, cells: &Cells<'_>, outputs: &mut Outputs) {
    let Some(issues) = outputs.get_mut(mapping.issues).and_then(|output| output.value.as_array_mut()) else { return };
    let stated: Vec<&str> = cells.get(mapping.issues).map(|cell| cell.split(';').collect()).unwrap_or_default();
    let raised = |stated: &&str| issues.iter().any(|issue| issue == *stated);
    if mapping.at_least && stated.iter().all(raised) {
        issues.retain(|issue| issue.as_str().is_some_and(|issue| stated.contains(&issue)));
    }
    issues.retain(|issue| {
        let Some(issue) = issue.as_str() else { return true };
        let is_beside = |(name, term): &(&str, &str)| issue == *name && !inputs.contains_key(*term);
        let is_other =
            mapping.without.iter().any(|start| issue.starts_with(start)) || mapping.beside.iter().any(is_beside);
        stated.contains(&issue) || given::is_of_gbif(issue) && !is_other
    });
}
