//! The age of what was found, by measurement and not by the calendar: radiocarbon, layers, objects.
//!
//! # What it does
//!
//! Lists the rows of the extension Chronometric Age. The earliest and the latest age are numbers, with their reference
//! systems as given; `earliestYearsBeforePresent` and `latestYearsBeforePresent` count both in years before 1950 where the
//! system is known ([`crate::parse::chronometric`]). An earliest age that is younger than the latest is exchanged with it.
//! `chronometricAgeDeterminedDate` is a date or an interval in ISO 8601. Other terms are the text, control characters as
//! spaces. The names of terms of the draft standard (`maximumChronometricAge` is the earliest) are understood.
//!
//! # Reads
//!
//! The extension `chronometricAge`; the dataset's order of dates.
//!
//! # Writes
//!
//! `chronometricAges`, a list of structs with the fields of [`fields`]; null without rows.
//!
//! # Issues
//!
//! `CHRONOMETRIC_AGE_INVALID` (an age, or its uncertainty, is no number), `CHRONOMETRIC_AGE_MIN_MAX_SWAPPED`,
//! `CHRONOMETRIC_AGE_DATE_INVALID`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Chronometric Age Extension](https://tdwg.github.io/chrono/terms/),
//! [GBIF's definition](https://rs.gbif.org/extension/dwc/ChronometricAge_2024-03-11.xml).

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::array::{StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::dataset::{BatchFormats, DATE_FORMATS, DATE_ORDER};
use crate::extension::{Cells, Rows, Structs, Value, list_type};
use crate::parse::chronometric;
use crate::parse::date::{DateFormats, DateOrder, iso_interval};
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Settings, Step, Verbatim};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] =
    &["Ages are a column with numbers, in years before 1950 too; GBIF keeps them as verbatim text only."];

const EXTENSION: &str = "chronometricAge";

static READS: [Input; 3] = [Input::Extension(EXTENSION), Input::Dataset(DATE_ORDER), Input::Dataset(DATE_FORMATS)];

/// Terms that are passed on as text, in the order of the fields.
const TEXTS: [&str; 12] = [
    "chronometricAgeID",
    "verbatimChronometricAge",
    "chronometricAgeProtocol",
    "uncalibratedChronometricAge",
    "chronometricAgeConversionProtocol",
    "chronometricAgeUncertaintyMethod",
    "materialDated",
    "materialDatedID",
    "materialDatedRelationship",
    "chronometricAgeDeterminedBy",
    "chronometricAgeReferences",
    "chronometricAgeRemarks",
];

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let field = |name, data_type| Field::new(name, data_type, true);
    let texts = TEXTS.into_iter().map(|name| field(name, DataType::Utf8));
    let read = [
        field("earliestChronometricAge", DataType::Float64),
        field("earliestChronometricAgeReferenceSystem", DataType::Utf8),
        field("earliestYearsBeforePresent", DataType::Float64),
        field("latestChronometricAge", DataType::Float64),
        field("latestChronometricAgeReferenceSystem", DataType::Utf8),
        field("latestYearsBeforePresent", DataType::Float64),
        field("chronometricAgeUncertaintyInYears", DataType::Float64),
        field("chronometricAgeDeterminedDate", DataType::Utf8),
    ];
    texts.chain(read).collect()
});

/// The fields of an age: texts, then what was read.
pub fn fields() -> Fields {
    FIELDS.clone()
}

/// The step `chronometric_age`.
#[derive(Debug)]
pub struct ChronometricAge {
    order: DateOrder,
}

impl ChronometricAge {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        Self { order: settings.date_order }
    }
}

/// One end of an age.
#[derive(Debug, Clone, Default)]
struct End<'a> {
    age: Option<f64>,
    system: Option<Cow<'a, str>>,
    years: Option<f64>,
}

impl<'a> End<'a> {
    fn of(age: Option<Cow<'a, str>>, system: Option<Cow<'a, str>>, issues: &mut IssueSet) -> Self {
        let read = age.as_deref().and_then(|age| chronometric::age(age, system.as_deref()));
        issues.raise_if(age.is_some() && read.is_none(), Issue::ChronometricAgeInvalid);
        let years = read.and_then(|(age, system)| Some(system?.years_before_present(age)));
        Self { age: read.map(|(age, _)| age), system, years: years.filter(|years| years.is_finite()) }
    }

    fn values(self) -> [Value<'a>; 3] {
        [Value::Number(self.age), Value::Text(self.system), Value::Number(self.years)]
    }
}

/// The columns of the extension.
struct Columns<'a> {
    texts: [Cells<'a>; 12],
    earliest: [Cells<'a>; 2],
    latest: [Cells<'a>; 2],
    uncertainty: Cells<'a>,
    date: Cells<'a>,
}

impl<'a> Columns<'a> {
    fn of(rows: &Rows<'a>) -> Self {
        Self {
            texts: TEXTS.map(|name| match name {
                "chronometricAgeConversionProtocol" => rows.cells(&[name, "verbatimChronometricAgeConversionProtocol"]),
                name => rows.cells(&[name]),
            }),
            earliest: [
                rows.cells(&["earliestChronometricAge", "maximumChronometricAge"]),
                rows.cells(&[
                    "earliestChronometricAgeReferenceSystem",
                    "earlliestChronometricAgeReferenceSystem",
                    "maximumChronometricAgeReferenceSystem",
                ]),
            ],
            latest: [
                rows.cells(&["latestChronometricAge", "minimumChronometricAge"]),
                rows.cells(&[
                    "latestChronometricAgeReferenceSystem",
                    "lattestChronometricAgeReferenceSystem",
                    "minimumChronometricAgeReferenceSystem",
                ]),
            ],
            uncertainty: rows.cells(&["chronometricAgeUncertaintyInYears"]),
            date: rows.cells(&["chronometricAgeDeterminedDate"]),
        }
    }

    /// The values of a row in the order of [`fields`]; none when it says nothing.
    fn values(&self, row: usize, formats: DateFormats, issues: &mut IssueSet) -> Option<Vec<Value<'a>>> {
        let end =
            |[age, system]: &[Cells<'a>; 2], issues: &mut IssueSet| End::of(age.value(row), system.value(row), issues);
        let (mut earliest, mut latest) = (end(&self.earliest, issues), end(&self.latest, issues));
        if earliest.years.zip(latest.years).is_some_and(|(earliest, latest)| earliest < latest) {
            issues.raise(Issue::ChronometricAgeMinMaxSwapped);
            std::mem::swap(&mut earliest, &mut latest);
        }
        let given = self.uncertainty.value(row);
        let uncertainty = given.as_deref().and_then(chronometric::span);
        issues.raise_if(given.is_some() && uncertainty.is_none(), Issue::ChronometricAgeInvalid);
        let given = self.date.value(row);
        let date = given.as_deref().and_then(|date| iso_interval(date, formats));
        issues.raise_if(given.is_some() && date.is_none(), Issue::ChronometricAgeDateInvalid);
        let mut values: Vec<Value<'a>> = self.texts.iter().map(|cells| Value::Text(cells.value(row))).collect();
        values.extend(earliest.values());
        values.extend(latest.values());
        values.extend([Value::Number(uncertainty), Value::Text(date.map(Cow::Owned))]);
        values.iter().any(|value| !value.is_nothing()).then_some(values)
    }
}

impl Step for ChronometricAge {
    fn name(&self) -> &'static str {
        "chronometric_age"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![Field::new("chronometricAges", list_type(&FIELDS), true), issues_field()])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let records = verbatim.rows();
        let mut issues = vec![IssueSet::new(); records];
        let Some(rows) = Rows::of(verbatim.list(EXTENSION)) else {
            return record(&self.writes(), vec![new_null_array(&list_type(&FIELDS), records)], &issues);
        };
        let formats = BatchFormats::of(verbatim, self.order);
        let columns = Columns::of(&rows);
        let mut structs = Structs::of(fields(), records);
        for (record, issues) in issues.iter_mut().enumerate() {
            for row in rows.of_record(record) {
                if let Some(values) = columns.values(row, formats.of_record(record), issues) {
                    structs.append(values);
                }
            }
            structs.end_record();
        }
        record(&self.writes(), vec![Arc::new(structs.finish())], &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

#[cfg(test)]
#[path = "chronometric_age/tests.rs"]
mod tests;
