//! All cases of a table as one batch through a step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use serde_json::Value;

use super::value;
use crate::{Input, Step, Verbatim};

/// The inputs of one case by name; what is missing or null is not given.
pub type Inputs = BTreeMap<String, Value>;

/// The value of a cell of an input.
pub fn parse(input: &Input, cell: &str) -> Result<Value, String> {
    match input {
        Input::Term(_) | Input::Dataset(_) if cell.is_empty() => Ok(Value::Null),
        Input::Term(_) | Input::Dataset(_) => Ok(Value::String(cell.to_owned())),
        Input::Field(_, data_type) => value::parse(cell, data_type),
        Input::Extension(_) if cell.is_empty() => Ok(Value::Null),
        Input::Extension(_) => match serde_json::from_str::<Value>(cell) {
            Ok(Value::Array(rows)) if rows.iter().all(Value::is_object) => Ok(Value::Array(rows)),
            Ok(_) => Err("the rows of an extension are a JSON array of objects".to_owned()),
            Err(error) => Err(format!("the rows of an extension are a JSON array of objects: {error}")),
        },
    }
}

/// Runs a step on all cases at once; an input that no case gives is a column that the dataset does not have.
pub fn interpret(step: &dyn Step, cases: &[&Inputs]) -> Result<StructArray, String> {
    let columns = step.reads().iter().map(|input| column(input, cases)).collect::<Result<Vec<_>, _>>()?;
    let result = step.interpret(&Verbatim::new(cases.len(), step.reads(), &columns));
    if result.len() != cases.len() {
        return Err(format!("step `{}` returned {} rows for {} records", step.name(), result.len(), cases.len()));
    }
    if *result.fields() != step.writes() {
        return Err(format!("step `{}` returned other fields than it declares", step.name()));
    }
    Ok(result)
}

fn column(input: &Input, cases: &[&Inputs]) -> Result<Option<ArrayRef>, String> {
    if !cases.iter().any(|case| case.contains_key(input.name())) {
        return Ok(None);
    }
    let values: Vec<Value> = cases.iter().map(|case| case.get(input.name()).cloned().unwrap_or(Value::Null)).collect();
    let data_type = match input {
        Input::Term(_) | Input::Dataset(_) => DataType::Utf8,
        Input::Field(_, data_type) => data_type.clone(),
        Input::Extension(_) => extension_type(&values),
    };
    value::column(&values, &data_type).map(Some).map_err(|message| format!("input `{}`: {message}", input.name()))
}

/// Rows of text with a field for each key that occurs in any row of any case.
fn extension_type(values: &[Value]) -> DataType {
    let rows = values.iter().filter_map(Value::as_array).flatten();
    let names: BTreeSet<&String> = rows.filter_map(Value::as_object).flat_map(|row| row.keys()).collect();
    let fields: Fields = names.into_iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
    DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields), true)))
}
