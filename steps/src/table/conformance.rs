//! The conformance tables: what the GBIF projects assert or were observed to do, tab separated.
//!
//! An empty cell states nothing, `\N` is null and `\e` is the empty text. What a step does not read is left out, as it
//! would be in a run; what it does not write, and what the world around would have to supply, makes a case be skipped.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, StructArray};
use arrow::datatypes::DataType;
use serde_json::{Map, Value};
use std::sync::Arc;

use super::batch::{self, Inputs};
use super::fixture::{difference, sort, unknown_issue};
use super::mapping::{self, Mapping};
use super::value::{self, Tolerance};
use super::{Failure, Report, Skip, TableError, suggestion};
use crate::{Input, Issue, Step};

/// Columns that every table may have, besides those with a prefix.
const COLUMNS: &[&str] = &["case_id", "area", "function", "issues", "asserted", "evidence", "source", "note"];
/// From here on, [`Issue::ALL`] has issues of the Living Atlases and our own.
const FIRST_NOT_OF_GBIF: Issue = Issue::GeoreferencePostOccurrence;
const PREFIXES: &[&str] = &["in.", "option.", "context.", "out."];

/// Whether a table is of this kind: its header has `case_id` and `area`, separated by tabs.
pub fn is_conformance(content: &str) -> bool {
    let header = content.lines().next().unwrap_or_default();
    let has = |name: &str| header.split('\t').any(|cell| cell == name);
    has("case_id") && has("area")
}

/// A case that can be run.
struct Case<'a> {
    id: &'a str,
    line: usize,
    mapping: &'static Mapping,
    step: &'a dyn Step,
    inputs: Inputs,
    expected: Vec<Expected>,
}

/// One stated output.
struct Expected {
    /// Position among the fields of the step.
    field: usize,
    value: Value,
    asserted: bool,
}

/// The cells of a case that state something.
type Cells<'a> = BTreeMap<&'a str, &'a str>;

pub fn run(steps: &[Arc<dyn Step>], name: &str, content: &str) -> Result<Report, TableError> {
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
    let mut cases: Vec<Case<'_>> = Vec::new();
    for (text, line) in lines.filter(|(text, _)| !text.is_empty()) {
        let row: Vec<&str> = text.split('\t').collect();
        if row.len() != header.len() {
            let message = format!("{} cells where the header has {}", row.len(), header.len());
            return Err(TableError::new(name, Some(line), message));
        }
        let cells: Cells<'_> = header.iter().copied().zip(row).filter(|(_, cell)| !cell.is_empty()).collect();
        let id = cells.get("case_id").copied().unwrap_or_default();
        match read(steps, &cells) {
            Ok((mapping, step, inputs, expected)) => cases.push(Case { id, line, mapping, step, inputs, expected }),
            Err(Refusal::Skip(reason)) => report.skipped.push(Skip { case: id.to_owned(), reason }),
            Err(Refusal::Malformed(message)) => return Err(TableError::new(name, Some(line), message)),
        }
    }
    // One batch for each step that the table puts to use.
    for step in steps {
        let mine: Vec<&Case<'_>> = cases.iter().filter(|case| case.step.name() == step.name()).collect();
        if mine.is_empty() {
            continue;
        }
        let inputs: Vec<&Inputs> = mine.iter().map(|case| &case.inputs).collect();
        let result =
            batch::interpret(step.as_ref(), &inputs).map_err(|message| TableError::new(name, None, message))?;
        for (row, case) in mine.iter().enumerate() {
            match case.compare(&result, row) {
                Some(failure) => report.failed.push(failure),
                None => report.passed += 1,
            }
        }
    }
    report.failed.sort_by_key(|failure| failure.line);
    Ok(report)
}

/// Why a row does not become a case.
enum Refusal {
    Skip(String),
    Malformed(String),
}

type Read<'a> = (&'static Mapping, &'a dyn Step, Inputs, Vec<Expected>);

fn read<'a>(steps: &'a [Arc<dyn Step>], cells: &Cells<'_>) -> Result<Read<'a>, Refusal> {
    let cell = |name: &str| cells.get(name).copied().unwrap_or_default();
    let mapping = mapping::of(cell("area"), cell("function")).map_err(Refusal::Skip)?;
    let step = steps.iter().find(|step| step.name() == mapping.step).map(Arc::as_ref);
    let step = step.ok_or_else(|| Refusal::Skip(format!("step `{}` is not among those to test", mapping.step)))?;
    let inputs = inputs(step, mapping, cells)?;
    let expected = expected(step, mapping, cells)?;
    if expected.is_empty() {
        return Err(Refusal::Skip(format!("nothing that step `{}` writes is stated", mapping.step)));
    }
    Ok((mapping, step, inputs, expected))
}

fn inputs(step: &dyn Step, mapping: &Mapping, cells: &Cells<'_>) -> Result<Inputs, Refusal> {
    let mut inputs = Inputs::new();
    for (column, cell) in cells {
        if let Some(name) = column.strip_prefix("in.") {
            if mapping.foreign.contains(&name) {
                return Err(Refusal::Skip(format!("step `{}` takes no `{name}`", step.name())));
            }
            let Some(input) = input_of(step, name) else { continue };
            let value = match unescape(cell) {
                None => Value::Null,
                Some(text) if matches!(input, Input::Term(_)) => Value::String(text),
                Some(text) => batch::parse(input, &text)
                    .map_err(|message| Refusal::Malformed(format!("`{column}`: {message}")))?,
            };
            inputs.insert(input.name().to_owned(), value);
        } else if *column == "context.extensions" {
            extensions(step, cell, &mut inputs)?;
        } else if column.starts_with("context.") {
            return Err(Refusal::Skip(format!("`{column}` is not supported yet")));
        } else if let Some(option) = column.strip_prefix("option.")
            && !mapping.options.iter().any(|setting| setting.option == option)
        {
            return Err(Refusal::Skip(format!("`{column}` is not supported yet")));
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
        return Err(Refusal::Skip(format!("`option.{option}` `{given}` is not supported")));
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
fn extensions(step: &dyn Step, cell: &str, inputs: &mut Inputs) -> Result<(), Refusal> {
    let malformed = || Refusal::Malformed("`context.extensions` is not a JSON object of arrays of objects".to_owned());
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

fn expected(step: &dyn Step, mapping: &Mapping, cells: &Cells<'_>) -> Result<Vec<Expected>, Refusal> {
    let fields = step.writes();
    let asserted: Vec<&str> = cells.get("asserted").map(|cell| cell.split(';').collect()).unwrap_or_default();
    let mut expected = Vec::new();
    for (column, cell) in cells {
        let is_issues = *column == mapping.issues;
        let name = match column.strip_prefix("out.") {
            _ if is_issues => "issues",
            None => continue,
            Some(name) if mapping.unseen.contains(&name) => continue,
            Some(name) => name,
        };
        let same = [name];
        let renamed = mapping.outputs.iter().find(|(output, _)| *output == name);
        let candidates: &[&str] = renamed.map_or(&same, |(_, fields)| fields);
        let Some((field, data_type)) = candidates.iter().find_map(|name| fields.find(name)) else {
            return Err(Refusal::Skip(format!("step `{}` writes no `{}`", step.name(), candidates.join("` or `"))));
        };
        let malformed = |message| Refusal::Malformed(format!("`{column}`: {message}"));
        let value = if is_issues {
            issues(cell).map_err(malformed)?
        } else {
            unescape(cell).map_or(Ok(Value::Null), |text| stated(&text, data_type.data_type())).map_err(malformed)?
        };
        expected.push(Expected { field, value, asserted: asserted.contains(column) });
    }
    Ok(expected)
}

/// `A;B` as a list, `NONE` as the empty one.
fn issues(cell: &str) -> Result<Value, String> {
    let names = cell.split(';').filter(|name| *name != "NONE" && *name != "\\N");
    let mut issues = Value::Array(names.map(Value::from).collect());
    unknown_issue(&issues).map_or(Ok(()), Err)?;
    sort(&mut issues);
    Ok(issues)
}

/// A stated output as a value of the field. A concept with its lineage is its name where the field is text.
fn stated(text: &str, data_type: &DataType) -> Result<Value, String> {
    if data_type.is_nested() {
        return value::parse(text, data_type);
    }
    let concept = serde_json::from_str::<Map<String, Value>>(text).ok().and_then(|mut object| object.remove("concept"));
    value::conform(concept.unwrap_or_else(|| Value::String(text.to_owned())), data_type)
}

impl Case<'_> {
    fn compare(&self, result: &StructArray, row: usize) -> Option<Failure> {
        let tolerance = Tolerance { absolute: self.mapping.tolerance, relative: 1e-9 };
        let mut differences = Vec::new();
        let mut asserted = false;
        for expected in &self.expected {
            let (Some(field), Some(column)) =
                (result.fields().get(expected.field), result.columns().get(expected.field))
            else {
                continue;
            };
            let mut got = if result.is_null(row) { Value::Null } else { value::read(column, row) };
            let mut wanted = expected.value.clone();
            if field.name() == "issues" {
                self.leave_out_beside(&wanted, &mut got);
            }
            if field.name() == "issues" || self.mapping.sets {
                sort(&mut got);
                sort(&mut wanted);
            }
            if !value::matches(&wanted, &got, tolerance) {
                asserted |= expected.asserted;
                differences.push(difference(field.name(), &wanted, &got, field.data_type()));
            }
        }
        let message = differences.join("; ");
        (!message.is_empty()).then(|| Failure { case: self.id.to_owned(), line: self.line, asserted, message })
    }

    /// Drops what the table cannot state unless it does: issues that GBIF does not have, and those about terms that the
    /// case does not give.
    fn leave_out_beside(&self, wanted: &Value, got: &mut Value) {
        let Some(got) = got.as_array_mut() else { return };
        got.retain(|issue| {
            let is_beside = |(name, term): &(&str, &str)| issue == name && !self.inputs.contains_key(*term);
            let is_foreign = issue.as_str().and_then(Issue::of_name).is_some_and(|issue| issue >= FIRST_NOT_OF_GBIF);
            let expected = wanted.as_array().is_some_and(|wanted| wanted.contains(issue));
            expected || !(is_foreign || self.mapping.beside.iter().any(is_beside))
        });
    }
}

/// A cell without its escapes; `None` for `\N`.
fn unescape(cell: &str) -> Option<String> {
    if cell == "\\N" {
        return None;
    }
    let mut text = String::with_capacity(cell.len());
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('t') => text.push('\t'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('e') => {}
            Some('\\') | None => text.push('\\'),
            Some(other) => text.extend(['\\', other]),
        }
    }
    Some(text)
}
