//! The project's own tables: comma separated, one file a step.

use arrow::array::{Array, StructArray};
use arrow::datatypes::{DataType, Fields};
use serde_json::Value;

use super::batch::{self, Inputs};
use super::delimited::{self, Record};
use super::value::{self, Tolerance};
use super::{Failure, Report, TableError, suggestion};
use crate::{Issue, Step};

const TOLERANCE: Tolerance = Tolerance { absolute: 1e-6, relative: 1e-6 };

/// What a column of the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Case,
    Note,
    /// Position among the inputs of the step.
    Input(usize),
    /// Position among the fields of the step.
    Expected(usize),
}

struct Table<'a> {
    name: &'a str,
    step: &'a dyn Step,
    fields: Fields,
    header: Vec<String>,
    columns: Vec<Column>,
    records: Vec<Record>,
    inputs: Vec<Inputs>,
}

pub fn run(step: &dyn Step, name: &str, content: &str) -> Result<Report, TableError> {
    let table = Table::read(step, name, content)?;
    let expected = table.records.iter().map(|record| table.expected(record)).collect::<Result<Vec<_>, _>>()?;
    let result = table.interpret()?;
    let mut report = Report::default();
    for (row, (record, expected)) in table.records.iter().zip(&expected).enumerate() {
        let got = table.got(&result, row);
        let differences: Vec<String> = (table.fields.iter().zip(expected).zip(&got))
            .filter(|((_, expected), got)| !value::matches(expected, got, TOLERANCE))
            .map(|((field, expected), got)| difference(field.name(), expected, got, field.data_type()))
            .collect();
        if differences.is_empty() {
            report.pass(true);
        } else {
            let case = table.case(record);
            report.fail(Failure { case, line: record.line, asserted: true, message: differences.join("; ") });
        }
    }
    Ok(report)
}

pub fn rewrite(step: &dyn Step, name: &str, content: &str) -> Result<String, TableError> {
    let table = Table::read(step, name, content)?;
    let result = table.interpret()?;
    let rows: Vec<Vec<Value>> = (0..table.records.len()).map(|row| table.got(&result, row)).collect();
    let missing: Vec<usize> = (0..table.fields.len())
        .filter(|field| !table.columns.contains(&Column::Expected(*field)))
        .filter(|field| rows.iter().any(|row| row.get(*field).is_some_and(|value| !value::is_nothing(value))))
        .collect();
    let cell = |row: &[Value], field: usize| match (row.get(field), table.fields.get(field)) {
        (Some(value), Some(field)) => value::render(value, field.data_type()),
        _ => String::new(),
    };
    let mut header = table.header.clone();
    header
        .extend(missing.iter().filter_map(|field| table.fields.get(*field)).map(|field| format!("={}", field.name())));
    let mut out = String::with_capacity(content.len());
    delimited::write(&mut out, &header);
    for (record, row) in table.records.iter().zip(&rows) {
        let given = record.cells.iter().zip(&table.columns).map(|(given, column)| match column {
            Column::Expected(field) => cell(row, *field),
            _ => given.clone(),
        });
        let cells: Vec<String> = given.chain(missing.iter().map(|field| cell(row, *field))).collect();
        delimited::write(&mut out, &cells);
    }
    Ok(out)
}

/// `month: expected 3, got 4`.
pub fn difference(field: &str, expected: &Value, got: &Value, data_type: &DataType) -> String {
    value::difference(field, expected, got, |value| value::render(value, data_type))
}

impl<'a> Table<'a> {
    fn read(step: &'a dyn Step, name: &'a str, content: &str) -> Result<Self, TableError> {
        let malformed = |error: delimited::Malformed| TableError::new(name, Some(error.line), error.message);
        let mut records = delimited::read(content).map_err(malformed)?;
        if records.is_empty() {
            return Err(TableError::new(name, None, "the table is empty: it has no header"));
        }
        let Record { line, cells: header } = records.remove(0);
        let fields = step.writes();
        let mut columns = Vec::with_capacity(header.len());
        for cell in &header {
            let column = column(step, &fields, cell).map_err(|message| TableError::new(name, Some(line), message))?;
            if columns.contains(&column) {
                return Err(TableError::new(name, Some(line), format!("header `{cell}` stands twice")));
            }
            columns.push(column);
        }
        records.retain(|record| !record.is_blank());
        let mut table = Self { name, step, fields, header, columns, records, inputs: Vec::new() };
        table.inputs = table.records.iter().map(|record| table.given(record)).collect::<Result<_, _>>()?;
        Ok(table)
    }

    fn interpret(&self) -> Result<StructArray, TableError> {
        let cases: Vec<&Inputs> = self.inputs.iter().collect();
        batch::interpret(self.step, &cases).map_err(|message| TableError::new(self.name, None, message))
    }

    fn case(&self, record: &Record) -> String {
        let named = self.columns.iter().position(|column| *column == Column::Case);
        let name = named.and_then(|position| record.cells.get(position)).filter(|name| !name.is_empty());
        name.cloned().unwrap_or_else(|| format!("line {}", record.line))
    }

    /// The inputs of a case. Every input with a header is there, so that its column exists even where it is empty.
    fn given(&self, record: &Record) -> Result<Inputs, TableError> {
        if record.cells.len() != self.columns.len() {
            let message = format!("{} cells where the header has {}", record.cells.len(), self.columns.len());
            return Err(TableError::new(self.name, Some(record.line), message));
        }
        let mut inputs = Inputs::new();
        for (column, cell) in self.columns.iter().zip(&record.cells) {
            let Column::Input(position) = column else { continue };
            let Some(input) = self.step.reads().get(*position) else { continue };
            let value = batch::parse(input, cell).map_err(|message| {
                TableError::new(self.name, Some(record.line), format!("`{}`: {message}", input.name()))
            })?;
            inputs.insert(input.name().to_owned(), value);
        }
        Ok(inputs)
    }

    /// The expected values of a case, one for each field.
    fn expected(&self, record: &Record) -> Result<Vec<Value>, TableError> {
        let mut expected = vec![Value::Null; self.fields.len()];
        for (column, cell) in self.columns.iter().zip(&record.cells) {
            let Column::Expected(position) = column else { continue };
            let Some(field) = self.fields.get(*position) else { continue };
            let fail =
                |message| TableError::new(self.name, Some(record.line), format!("`={}`: {message}", field.name()));
            let mut value = value::parse(cell, field.data_type()).map_err(fail)?;
            if field.name() == "issues" {
                unknown_issue(&value).map_or(Ok(()), |message| Err(fail(message)))?;
                sort(&mut value);
            }
            if let Some(slot) = expected.get_mut(*position) {
                *slot = value;
            }
        }
        Ok(expected)
    }

    /// What came out of a case, one value for each field.
    fn got(&self, result: &StructArray, row: usize) -> Vec<Value> {
        let columns = self.fields.iter().zip(result.columns());
        let value = |(field, column): (&std::sync::Arc<arrow::datatypes::Field>, &arrow::array::ArrayRef)| {
            let mut value = if result.is_null(row) { Value::Null } else { value::read(column, row) };
            if field.name() == "issues" {
                sort(&mut value);
            }
            value
        };
        columns.map(value).collect()
    }
}

fn column(step: &dyn Step, fields: &Fields, header: &str) -> Result<Column, String> {
    if let Some(name) = header.strip_prefix('=') {
        let known: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        let position = known.iter().position(|known| *known == name);
        return position.map(Column::Expected).ok_or_else(|| {
            let near = suggestion(name, &known).replace("mean `", "mean `=");
            format!("unknown header `{header}`: step `{}` writes no such field{near}", step.name())
        });
    }
    match header {
        "case" => Ok(Column::Case),
        "note" => Ok(Column::Note),
        _ => step.reads().iter().position(|input| input.name() == header).map(Column::Input).ok_or_else(|| {
            let inputs = step.reads().iter().map(crate::Input::name);
            let known: Vec<&str> = ["case", "note"].into_iter().chain(inputs).collect();
            let near = suggestion(header, &known);
            format!("unknown header `{header}`: step `{}` reads no such input{near}", step.name())
        }),
    }
}

/// What is wrong with a list of issues, if one is unknown.
pub fn unknown_issue(issues: &Value) -> Option<String> {
    let names = issues.as_array()?.iter().filter_map(Value::as_str);
    let unknown = names.into_iter().find(|name| Issue::of_name(name).is_none())?;
    let known: Vec<&str> = Issue::ALL.iter().map(|issue| issue.name()).collect();
    let near = suggestion(unknown, &known);
    Some(format!("unknown issue `{unknown}`{}", if near.starts_with("; did") { &near } else { "" }))
}

/// The order of issues says nothing.
pub fn sort(issues: &mut Value) {
    if let Some(issues) = issues.as_array_mut() {
        issues.sort_by_key(value::plain);
    }
}
