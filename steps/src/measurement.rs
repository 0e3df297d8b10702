//! Measurements and facts about what was observed.
//!
//! # What it does
//!
//! Lists the rows of the extension Measurement or Fact and of OBIS's extended one, in this order. Every term is kept as it
//! was given, control characters as spaces; beside them stands what can be computed with:
//!
//! * `measurementValueNumber`, the number in `measurementValue` when the whole text is one ([`crate::parse::number`]; a
//!   decimal comma is read). A range, a comparison or a number with its unit is no number: nothing is guessed.
//! * `measurementUnitSign`, one sign for each unit ([`crate::parse::measurement_unit`]).
//! * `measurementDeterminedInterval`, the date in ISO 8601 ([`crate::parse::date::iso_interval`]).
//!
//! # Reads
//!
//! The extensions `measurementOrFact` and `extendedMeasurementOrFact`; the dataset's order of dates.
//!
//! # Writes
//!
//! `measurementOrFacts`, a list of structs with the fields of [`fields`]; `measurementTypes` and `measurementTypeIDs`, the
//! distinct ones of a record. All are null without rows.
//!
//! # Issues
//!
//! `MEASUREMENT_DATE_INVALID`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Measurement or Fact](https://rs.gbif.org/extension/dwc/measurements_or_facts_2025-07-10.xml),
//! [Extended Measurement or Fact](https://rs.gbif.org/extension/obis/extended_measurement_or_fact_2023-08-28.xml), GBIF's
//! `MeasurementOrFactInterpreter` (gbif/pipelines).

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, ListBuilder, StringBuilder, StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::dataset::{BatchFormats, DATE_FORMATS, DATE_ORDER};
use crate::extension::{Cells, Rows, Structs, Value, list_type};
use crate::parse::date::{DateFormats, DateOrder, iso_interval};
use crate::parse::{measurement_unit, number};
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Settings, Step, Verbatim, column};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "Rows of the extended extension are listed too, with the identifiers of types, values and units.",
    "Numbers, units and dates are read, beside the text that GBIF copies; a date that cannot be read is flagged.",
    "A row without any value is left out.",
];

const EXTENSIONS: [&str; 2] = ["measurementOrFact", "extendedMeasurementOrFact"];

static READS: [Input; 4] = [
    Input::Extension(EXTENSIONS[0]),
    Input::Extension(EXTENSIONS[1]),
    Input::Dataset(DATE_ORDER),
    Input::Dataset(DATE_FORMATS),
];

/// Terms that are copied.
const TEXTS: [&str; 14] = [
    "measurementID",
    "parentMeasurementID",
    "measurementType",
    "measurementTypeID",
    "verbatimMeasurementType",
    "measurementValue",
    "measurementValueID",
    "measurementAccuracy",
    "measurementUnit",
    "measurementUnitID",
    "measurementDeterminedBy",
    "measurementDeterminedDate",
    "measurementMethod",
    "measurementRemarks",
];

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let texts = TEXTS.iter().map(|name| Field::new(*name, DataType::Utf8, true));
    let others = [
        Field::new("measurementValueNumber", DataType::Float64, true),
        Field::new("measurementUnitSign", DataType::Utf8, true),
        Field::new("measurementDeterminedInterval", DataType::Utf8, true),
    ];
    texts.chain(others).collect()
});

/// The fields of a measurement: texts as given, then what was read.
pub fn fields() -> Fields {
    FIELDS.clone()
}

/// The step `measurement`.
#[derive(Debug)]
pub struct Measurement {
    order: DateOrder,
}

impl Measurement {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        Self { order: settings.date_order }
    }
}

/// The columns of one extension.
struct Columns<'a> {
    rows: Rows<'a>,
    texts: [Cells<'a>; 14],
}

impl<'a> Columns<'a> {
    fn of(rows: Rows<'a>) -> Self {
        // The terms of OBIS for identifiers came before those of Darwin Core, whose prefix tells them apart in one file.
        let texts = TEXTS.map(|name| match name {
            "measurementTypeID" => rows.cells(&[name, "dwciri_measurementType"]),
            "measurementValueID" => rows.cells(&[name, "dwciri_measurementValue"]),
            "measurementUnitID" => rows.cells(&[name, "dwciri_measurementUnit"]),
            name => rows.cells(&[name]),
        });
        Self { rows, texts }
    }

    /// The values of a row in the order of [`fields`]; none when it has none.
    fn values(&self, row: usize, formats: DateFormats, issues: &mut IssueSet) -> Option<Vec<Value<'a>>> {
        let texts: [Option<Cow<'a, str>>; 14] = self.texts.each_ref().map(|cells| cells.value(row));
        let [_, _, _, _, _, value, _, _, unit, _, _, date, _, _] = &texts;
        let number = value.as_deref().and_then(number::decimal);
        let sign = unit.as_deref().and_then(measurement_unit::measurement_unit);
        let interval = date.as_deref().and_then(|date| iso_interval(date, formats));
        issues.raise_if(date.is_some() && interval.is_none(), Issue::MeasurementDateInvalid);
        let any = texts.iter().any(Option::is_some);
        let read = [Value::Number(number), Value::text(sign), Value::Text(interval.map(Cow::Owned))];
        any.then(|| texts.into_iter().map(Value::Text).chain(read).collect())
    }
}

impl Step for Measurement {
    fn name(&self) -> &'static str {
        "measurement"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![
            Field::new("measurementOrFacts", list_type(&FIELDS), true),
            Field::new("measurementTypes", column::list_type(), true),
            Field::new("measurementTypeIDs", column::list_type(), true),
            issues_field(),
        ])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let records = verbatim.rows();
        let mut issues = vec![IssueSet::new(); records];
        let extensions: Vec<Columns<'_>> =
            EXTENSIONS.into_iter().filter_map(|name| Rows::of(verbatim.list(name)).map(Columns::of)).collect();
        if extensions.is_empty() {
            let nothing =
                self.writes().iter().take(3).map(|field| new_null_array(field.data_type(), records)).collect();
            return record(&self.writes(), nothing, &issues);
        }
        let formats = BatchFormats::of(verbatim, self.order);
        let mut structs = Structs::of(fields(), records);
        let mut types = DistinctTexts::with_capacity(records);
        let mut type_ids = DistinctTexts::with_capacity(records);
        for (record, issues) in issues.iter_mut().enumerate() {
            for columns in &extensions {
                let [_, _, measurement_type, type_id, ..] = &columns.texts;
                for row in columns.rows.of_record(record) {
                    if let Some(values) = columns.values(row, formats.of_record(record), issues) {
                        structs.append(values);
                        types.add(measurement_type.value(row));
                        type_ids.add(type_id.value(row));
                    }
                }
            }
            structs.end_record();
            types.end_record();
            type_ids.end_record();
        }
        let columns: Vec<ArrayRef> = vec![Arc::new(structs.finish()), types.finish(), type_ids.finish()];
        record(&self.writes(), columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// A column of lists of distinct texts under construction.
struct DistinctTexts<'a> {
    column: ListBuilder<StringBuilder>,
    of_record: Vec<Cow<'a, str>>,
}

impl<'a> DistinctTexts<'a> {
    fn with_capacity(records: usize) -> Self {
        Self { column: ListBuilder::with_capacity(StringBuilder::new(), records), of_record: Vec::new() }
    }

    fn add(&mut self, text: Option<Cow<'a, str>>) {
        self.of_record.extend(text.filter(|text| !self.of_record.contains(text)));
    }

    fn end_record(&mut self) {
        self.of_record.iter().for_each(|text| self.column.values().append_value(text));
        self.column.append(!self.of_record.is_empty());
        self.of_record.clear();
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.column.finish())
    }
}

#[cfg(test)]
#[path = "measurement/tests.rs"]
mod tests;
