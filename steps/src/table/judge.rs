//! Holds what came out of a conformance case against what the table states.

use std::collections::BTreeMap;

use arrow::datatypes::DataType;
use serde_json::{Map, Value};

use super::fixture::sort;
use super::given::unescape;
use super::value::{self, Tolerance};

/// One output that came out: its value, and its type where it is a field of a step.
#[derive(Debug)]
pub struct Output {
    pub value: Value,
    pub data_type: Option<DataType>,
}

/// What came out of a case, by the header of the column that states it: `out.year`, `issues`.
pub type Outputs = BTreeMap<String, Output>;

/// How values are compared.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// How far numbers may stand apart.
    pub tolerance: f64,
    /// Whether the order of lists says nothing.
    pub sets: bool,
}

/// What differs.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Outputs that fail the case, with what was expected and got.
    pub failing: Vec<(String, String)>,
    /// Outputs of an asserted case that no test asserts, likewise.
    pub beside: Vec<(String, String)>,
}

/// Judges a case. `cells` are those that state something, with their escapes. An error tells what should come out and
/// nothing tells.
pub fn judge(cells: &BTreeMap<&str, &str>, outputs: &Outputs, measure: Measure) -> Result<Verdict, String> {
    let is_asserted = cells.get("evidence") == Some(&"asserted");
    let asserted: Vec<&str> = cells.get("asserted").map(|cell| cell.split(';').collect()).unwrap_or_default();
    let mut verdict = Verdict::default();
    let mut judged = 0;
    // What the reference did not find and we did; then its issues, which may come of that, are open too.
    let resolved = |wanted: &Value, got: &Value| {
        value::is_nothing(wanted) && !value::is_nothing(got)
            || wanted.as_str() == Some("FAIL") && got.as_str() == Some("SUCCESS")
    };
    let mut compared = Vec::new();
    for (column, cell) in cells.iter().filter(|(column, _)| **column == "issues" || column.starts_with("out.")) {
        let judges = if is_asserted { asserted.contains(column) } else { true };
        // Tests do not always keep the capitals of a field: `projectId`.
        let told = outputs
            .get(*column)
            .or_else(|| outputs.iter().find_map(|(name, output)| name.eq_ignore_ascii_case(column).then_some(output)));
        let Some(output) = told else {
            if is_asserted && judges {
                return Err(format!("nothing tells `{column}`"));
            }
            continue;
        };
        judged += usize::from(judges);
        // What the field cannot hold it cannot have given: it differs.
        let wanted = wanted(column, cell, output).unwrap_or_else(|_| Value::from(*cell));
        let name = column.strip_prefix("out.").unwrap_or(column);
        compared.push((name, judges && is_asserted, wanted, output));
    }
    if judged == 0 {
        return Err("nothing of what is stated is told".to_owned());
    }
    let status_resolved = |name: &str, wanted: &Value, got: &Value| name == "status" && resolved(wanted, got);
    let all_open = compared.iter().any(|(name, _, wanted, output)| status_resolved(name, wanted, &output.value));
    let issues_open =
        compared.iter().any(|(name, _, wanted, output)| *name != "issues" && resolved(wanted, &output.value));
    let tolerance = Tolerance { absolute: measure.tolerance, relative: 1e-9 };
    for (name, fails, mut wanted, output) in compared {
        let open = all_open || resolved(&wanted, &output.value) && name != "issues" || issues_open && name == "issues";
        if open && !fails {
            continue;
        }
        let mut got = output.value.clone();
        if name == "issues" || measure.sets {
            sort(&mut got);
            sort(&mut wanted);
        }
        if !value::matches(&wanted, &got, tolerance) {
            let show = |value: &Value| match &output.data_type {
                Some(data_type) => value::render(value, data_type),
                None => value::plain(value),
            };
            let difference = (name.to_owned(), value::difference(name, &wanted, &got, show));
            if is_asserted && !fails { verdict.beside.push(difference) } else { verdict.failing.push(difference) }
        }
    }
    Ok(verdict)
}

/// A stated value in the form of what came out.
fn wanted(column: &str, cell: &str, output: &Output) -> Result<Value, String> {
    let Some(text) = unescape(cell) else { return Ok(Value::Null) };
    match (&output.data_type, &output.value) {
        _ if column == "issues" || column == "out.recordIssues" => {
            let names = text.split(';').filter(|name| *name != "NONE");
            Ok(Value::Array(names.map(Value::from).collect()))
        }
        (Some(data_type), _) => stated(&text, data_type),
        (None, Value::String(_)) => Ok(Value::String(text)),
        (None, Value::Null) => Ok(match serde_json::from_str(&text) {
            Ok(Value::Array(list)) => Value::Array(list),
            _ => Value::String(text),
        }),
        (None, _) => Ok(serde_json::from_str(&text).unwrap_or(Value::String(text))),
    }
}

/// A stated output as a value of the field. A concept with its lineage is its name where the field is text.
fn stated(text: &str, data_type: &DataType) -> Result<Value, String> {
    if data_type.is_nested() {
        return value::parse(text, data_type);
    }
    let concept = serde_json::from_str::<Map<String, Value>>(text).ok().and_then(|mut object| object.remove("concept"));
    value::conform(concept.unwrap_or_else(|| Value::String(text.to_owned())), data_type)
}
