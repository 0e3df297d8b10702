//! Values of cells: text in a table, JSON in between, Arrow in a batch.
//!
//! JSON holds every value that a step reads or writes; timestamps and dates are ISO 8601 text in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, StringArray, StructArray,
    new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields, Float64Type, Int64Type, TimeUnit};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde_json::{Map, Number, Value};

/// What joins the elements of a list in a cell.
const JOIN: &str = " | ";

/// The value of a cell for a type; an empty cell is null.
pub fn parse(text: &str, data_type: &DataType) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if text == "\"\"" => Ok(Value::String(String::new())),
        DataType::List(element) if text.starts_with('[') => match serde_json::from_str(text) {
            Ok(value) => conform(value, data_type),
            // A list of one text that happens to open with a bracket.
            Err(_) if !element.data_type().is_nested() => split(text, element.data_type()),
            Err(error) => Err(format!("`{text}` is not JSON: {error}")),
        },
        DataType::List(element) if !element.data_type().is_nested() => split(text, element.data_type()),
        DataType::List(_) | DataType::Struct(_) => match serde_json::from_str(text) {
            Ok(value) => conform(value, data_type),
            Err(error) => Err(format!("`{text}` is not JSON: {error}")),
        },
        _ => conform(Value::String(text.to_owned()), data_type),
    }
}

fn split(text: &str, element: &DataType) -> Result<Value, String> {
    text.split(JOIN).map(|part| parse(part, element)).collect::<Result<_, _>>().map(Value::Array)
}

/// A value in the one form that its type has, so that equal values are equal JSON.
pub fn conform(value: Value, data_type: &DataType) -> Result<Value, String> {
    let refuse = |value: &Value, what: &str| Err(format!("`{}` is not {what}", plain(value)));
    match (data_type, value) {
        (_, Value::Null) => Ok(Value::Null),
        (DataType::Boolean, Value::Bool(value)) => Ok(Value::Bool(value)),
        (DataType::Boolean, Value::String(text)) if text == "true" || text == "false" => {
            Ok(Value::Bool(text == "true"))
        }
        (DataType::Boolean, value) => refuse(&value, "true or false"),
        (data_type, value) if data_type.is_integer() => match plain(&value).parse::<i64>() {
            Ok(number) => Ok(number.into()),
            Err(_) => refuse(&value, "an integer"),
        },
        (data_type, value) if data_type.is_floating() => match plain(&value).parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Number::from_f64(number).map_or(Value::Null, Value::Number)),
            _ => refuse(&value, "a number"),
        },
        (DataType::Timestamp(..), value) => match milliseconds(&plain(&value)) {
            Some(instant) => Ok(Value::String(iso(instant))),
            None => refuse(&value, "a timestamp like `2024-03-20T00:00:00.000`"),
        },
        (DataType::Date32, value) => match plain(&value).parse::<Date>() {
            Ok(date) => Ok(Value::String(date.to_string())),
            Err(_) => refuse(&value, "a date like `2024-03-20`"),
        },
        (DataType::List(element), Value::Array(values)) => {
            let values: Result<_, _> = values.into_iter().map(|value| conform(value, element.data_type())).collect();
            Ok(Value::Array(values?))
        }
        (DataType::List(_), value) => refuse(&value, "a JSON array"),
        (DataType::Struct(fields), Value::Object(mut object)) => {
            let known: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            if let Some(unknown) = object.keys().find(|key| !known.contains(&key.as_str())) {
                return Err(format!("unknown key `{unknown}`{}", super::suggestion(unknown, &known)));
            }
            let mut conformed = Map::new();
            for name in sorted(&known) {
                let data_type = fields.find(name).map_or(&DataType::Null, |(_, field)| field.data_type());
                match conform(object.remove(name).unwrap_or(Value::Null), data_type)? {
                    Value::Null => {}
                    value => {
                        conformed.insert(name.to_owned(), value);
                    }
                }
            }
            Ok(Value::Object(conformed))
        }
        (DataType::Struct(_), value) => refuse(&value, "a JSON object"),
        (_, value) => Ok(Value::String(plain(&value))),
    }
}

/// A value as it stands in a cell of that type; the inverse of [`parse`].
pub fn render(value: &Value, data_type: &DataType) -> String {
    match (data_type, value) {
        (_, Value::Null) => String::new(),
        (DataType::List(_), Value::Array(values)) if values.is_empty() => String::new(),
        (DataType::List(element), Value::Array(values)) if !element.data_type().is_nested() => {
            let cells: Vec<String> = values.iter().map(|value| render(value, element.data_type())).collect();
            let unclear = |cell: &String| cell.is_empty() || cell == "\"\"" || cell.contains(JOIN);
            let joined = cells.join(JOIN);
            if joined.starts_with('[') || cells.iter().any(unclear) { value.to_string() } else { joined }
        }
        (DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View, Value::String(text)) if text.is_empty() => {
            "\"\"".to_owned()
        }
        (_, value) => plain(value),
    }
}

/// The value of one row.
pub fn read(column: &dyn Array, row: usize) -> Value {
    if row >= column.len() || column.is_null(row) {
        return Value::Null;
    }
    let value = column.slice(row, 1);
    let as_type = |data_type: &DataType| cast(&value, data_type).ok();
    let integer =
        |array: ArrayRef| array.as_primitive_opt::<Int64Type>().filter(|array| array.is_valid(0)).map(|a| a.value(0));
    match column.data_type() {
        DataType::Boolean => value.as_boolean_opt().map_or(Value::Null, |array| Value::Bool(array.value(0))),
        data_type if data_type.is_integer() => {
            as_type(&DataType::Int64).and_then(integer).map_or(Value::Null, Value::from)
        }
        data_type if data_type.is_floating() => as_type(&DataType::Float64)
            .and_then(|array| array.as_primitive_opt::<Float64Type>().map(|array| array.value(0)))
            .map_or(Value::Null, |number| {
                Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
            }),
        DataType::Timestamp(_, zone) => as_type(&DataType::Timestamp(TimeUnit::Millisecond, zone.clone()))
            .and_then(|array| cast(&array, &DataType::Int64).ok())
            .and_then(integer)
            .map_or(Value::Null, |instant| Value::String(iso(instant))),
        DataType::List(_) => value.as_list_opt::<i32>().map_or(Value::Null, |list| {
            let elements = list.value(0);
            Value::Array((0..elements.len()).map(|row| read(&elements, row)).collect())
        }),
        DataType::Struct(fields) => value.as_struct_opt().map_or(Value::Null, |record| {
            let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            let mut object = Map::new();
            for name in sorted(&names) {
                let value = record.column_by_name(name).map_or(Value::Null, |column| read(column, 0));
                if !value.is_null() {
                    object.insert(name.to_owned(), value);
                }
            }
            Value::Object(object)
        }),
        _ => as_type(&DataType::Utf8)
            .and_then(|array| array.as_string_opt::<i32>().map(|array| Value::String(array.value(0).to_owned())))
            .unwrap_or(Value::Null),
    }
}

/// Rows of an extension, objects of texts, as the one record of a batch.
pub fn rows(rows: &[Value]) -> Result<ListArray, String> {
    let names: BTreeSet<&String> = rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()).collect();
    let fields: Fields = names.into_iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
    let data_type = DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields), true)));
    let list = column(&[Value::Array(rows.to_vec())], &data_type)?;
    list.as_list_opt::<i32>().cloned().ok_or_else(|| "no list of rows".to_owned())
}

/// A column of values, each in the form of [`conform`].
pub fn column(values: &[Value], data_type: &DataType) -> Result<ArrayRef, String> {
    let failed = |error: arrow::error::ArrowError| format!("no column of type {data_type}: {error}");
    let narrow = |array: ArrayRef| cast(&array, data_type).map_err(failed);
    match data_type {
        DataType::Null => Ok(new_null_array(data_type, values.len())),
        DataType::Boolean => Ok(Arc::new(values.iter().map(Value::as_bool).collect::<BooleanArray>())),
        _ if data_type.is_integer() => narrow(Arc::new(values.iter().map(Value::as_i64).collect::<Int64Array>())),
        _ if data_type.is_floating() => narrow(Arc::new(values.iter().map(Value::as_f64).collect::<Float64Array>())),
        DataType::Timestamp(_, zone) => {
            let instants: Int64Array = values.iter().map(|value| value.as_str().and_then(milliseconds)).collect();
            let instants =
                cast(&instants, &DataType::Timestamp(TimeUnit::Millisecond, zone.clone())).map_err(failed)?;
            narrow(instants)
        }
        DataType::List(element) => {
            let lists: Vec<&[Value]> =
                values.iter().map(|value| value.as_array().map_or(&[][..], Vec::as_slice)).collect();
            let elements = column(&lists.concat(), element.data_type())?;
            let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.len()));
            let nulls = NullBuffer::from_iter(values.iter().map(Value::is_array));
            let array = ListArray::try_new(Arc::clone(element), offsets, elements, Some(nulls)).map_err(failed)?;
            Ok(Arc::new(array))
        }
        DataType::Struct(fields) => {
            let child = |name: &str| -> Vec<Value> {
                values.iter().map(|value| value.get(name).cloned().unwrap_or(Value::Null)).collect()
            };
            let columns: Result<Vec<ArrayRef>, String> =
                fields.iter().map(|field| column(&child(field.name()), field.data_type())).collect();
            let nulls = NullBuffer::from_iter(values.iter().map(Value::is_object));
            let array = StructArray::try_new_with_length(fields.clone(), columns?, Some(nulls), values.len());
            Ok(Arc::new(array.map_err(failed)?))
        }
        _ => {
            let text = values.iter().map(|value| (!value.is_null()).then(|| plain(value)));
            narrow(Arc::new(text.collect::<StringArray>()))
        }
    }
}

/// How far two numbers may stand apart.
#[derive(Debug, Clone, Copy)]
pub struct Tolerance {
    /// Absolute difference allowed.
    pub absolute: f64,
    /// Difference allowed in relation to the expected value.
    pub relative: f64,
}

/// Whether a value is as expected. Null and the empty list are the same: nothing.
pub fn matches(expected: &Value, got: &Value, tolerance: Tolerance) -> bool {
    match (expected, got) {
        _ if is_nothing(expected) || is_nothing(got) => is_nothing(expected) && is_nothing(got),
        (Value::Number(expected), Value::Number(got)) => {
            match (expected.as_i64(), got.as_i64(), expected.as_f64(), got.as_f64()) {
                (Some(expected), Some(got), _, _) => expected == got,
                (_, _, Some(expected), Some(got)) => {
                    (expected - got).abs() <= tolerance.absolute.max(tolerance.relative * expected.abs())
                }
                _ => false,
            }
        }
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() == got.len()
                && expected.iter().zip(got).all(|(expected, got)| matches(expected, got, tolerance))
        }
        (Value::Object(expected), Value::Object(got)) => {
            let value = |object: &Map<String, Value>, key: &String| object.get(key).cloned().unwrap_or(Value::Null);
            expected.keys().chain(got.keys()).all(|key| matches(&value(expected, key), &value(got, key), tolerance))
        }
        // A concept with its lineage, where we write its name.
        (Value::Object(expected), Value::String(_)) => expected.get("concept") == Some(got),
        _ => expected == got,
    }
}

/// `month: expected `3`, got `4``, with values as `render` has them.
pub fn difference(field: &str, expected: &Value, got: &Value, render: impl Fn(&Value) -> String) -> String {
    let show = |value: &Value| match value {
        value if is_nothing(value) => "nothing".to_owned(),
        value => format!("`{}`", render(value)),
    };
    format!("{field}: expected {}, got {}", show(expected), show(got))
}

/// Null or an empty list.
pub fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Text without quotes, anything else as JSON.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

/// Milliseconds since 1970 of a local date and time, which is taken as it stands, or of a date at midnight.
fn milliseconds(text: &str) -> Option<i64> {
    let civil: DateTime = text.parse().or_else(|_| text.parse::<Date>().map(DateTime::from)).ok()?;
    Some(Offset::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

/// A timestamp as tables have it, with milliseconds and without a zone.
fn iso(milliseconds: i64) -> String {
    match Timestamp::from_millisecond(milliseconds) {
        Ok(timestamp) => Offset::UTC.to_datetime(timestamp).strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string(),
        Err(_) => format!("{milliseconds} ms"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const TOLERANCE: Tolerance = Tolerance { absolute: 1e-6, relative: 1e-6 };

    fn list(element: DataType) -> DataType {
        DataType::List(Arc::new(Field::new_list_field(element, true)))
    }

    fn person() -> DataType {
        let date = Field::new("since", DataType::Timestamp(TimeUnit::Millisecond, None), true);
        DataType::Struct(Fields::from(vec![Field::new("type", DataType::Utf8, true), date]))
    }

    /// A cell reads to a value that goes into a column, comes back and prints as the same cell.
    #[track_caller]
    fn round_trip(cell: &str, data_type: &DataType) {
        let value = parse(cell, data_type).unwrap();
        let column = column(&[Value::Null, value.clone()], data_type).unwrap();
        assert_eq!(column.data_type(), data_type);
        assert!(is_nothing(&read(&column, 0)));
        assert_eq!(read(&column, 1), value);
        assert_eq!(render(&value, data_type), cell);
    }

    #[test]
    fn every_type_goes_through_a_column_and_back() {
        round_trip("Abies alba", &DataType::Utf8);
        round_trip("\"\"", &DataType::Utf8);
        round_trip("-12", &DataType::Int32);
        round_trip("9007199254740993", &DataType::Int64);
        round_trip("48.85", &DataType::Float64);
        round_trip("5.0", &DataType::Float64);
        round_trip("true", &DataType::Boolean);
        round_trip("2024-03-20T00:00:00.000", &DataType::Timestamp(TimeUnit::Millisecond, None));
        round_trip("1899-12-31T23:59:59.999", &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
        round_trip("2024-03-20", &DataType::Date32);
        round_trip("a | b, c", &list(DataType::Utf8));
        round_trip("1 | 2", &list(DataType::Int32));
        round_trip("[\"a | b\",\"\"]", &list(DataType::Utf8));
        round_trip("{\"since\":\"2024-03-20T00:00:00.000\",\"type\":\"ORCID\"}", &person());
        round_trip("[{\"type\":\"ORCID\"},{\"type\":\"OTHER\"}]", &list(person()));
    }

    #[test]
    fn a_cell_that_its_type_cannot_have_is_refused() {
        assert_eq!(parse("1.5", &DataType::Int32).unwrap_err(), "`1.5` is not an integer");
        assert_eq!(parse("yes", &DataType::Boolean).unwrap_err(), "`yes` is not true or false");
        assert_eq!(parse("inf", &DataType::Float64).unwrap_err(), "`inf` is not a number");
        assert_eq!(parse("{\"tpye\": \"ORCID\"}", &person()).unwrap_err(), "unknown key `tpye`; did you mean `type`?");
    }

    #[test]
    fn numbers_match_within_the_tolerance() {
        let number = |text: &str| parse(text, &DataType::Float64).unwrap();
        assert!(matches(&number("48.8500000"), &number("48.8500004"), TOLERANCE));
        assert!(matches(&number("1000000"), &number("1000000.5"), TOLERANCE));
        assert!(!matches(&number("48.85"), &number("48.8501"), TOLERANCE));
        assert!(!matches(&Value::from(1), &Value::from(2), TOLERANCE));
        assert!(matches(&Value::Null, &Value::Array(vec![]), TOLERANCE));
        assert!(!matches(&Value::Null, &Value::String(String::new()), TOLERANCE));
    }
}
