//! Geological context: when the layer in which a fossil lay was formed, and what the layer is called.
//!
//! # What it does
//!
//! Reads the ten terms of geological time as units of the International Chronostratigraphic Chart
//! ([`crate::parse::geological_time`]) and checks them against each other; passes on the names of zones and layers.
//!
//! | rule | issue |
//! |---|---|
//! | a unit smaller than its term asks for (Miocene as an era) is replaced by the unit of that rank that holds it | `…_INFERRED_FROM_PARENT_RANK` |
//! | a larger one (Cenozoic as a period) is dropped | `…_RANK_MISMATCH` |
//! | the latest unit began or ended before the earliest one: both are dropped | `…_INVALID_RANGE` |
//! | a text that names no unit is not written; it stays readable in the verbatim term | `GEOLOGICAL_TIME_INVALID` (ours) |
//! | the time from the earliest to the latest unit does not lie in that of the next larger rank given; both stay | `…_AND_…_MISMATCH` |
//!
//! `startAge` and `endAge` are those of the smallest rank given, in millions of years before present: the base of the
//! earliest unit and the top of the latest one; where only one is given it stands for both.
//!
//! A record without any of the terms costs nothing: a column that is not in the archive is not looked at, and each distinct
//! text of a column is read once.
//!
//! # Reads
//!
//! The terms of the class `GeologicalContext` of Darwin Core, but `verbatim…` ones.
//!
//! # Writes
//!
//! The ten terms with the names of units (as GBIF names them, `LowerJurassic`), `startAge`, `endAge`, the two
//! biostratigraphic zones, `group`, `formation`, `member`, `bed`, and for searching the lists `lithostratigraphy` (bed,
//! formation, group, member) and `biostratigraphy` (lowest, highest zone).
//!
//! # Issues
//!
//! The eighteen of GBIF about geology: `RANK_MISMATCH` and `INVALID_RANGE` of each of the five ranks,
//! `INFERRED_FROM_PARENT_RANK` of all but the eon, and the four mismatches of neighbouring ranks; `GEOLOGICAL_TIME_INVALID`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Darwin Core, GeologicalContext](https://dwc.tdwg.org/terms/#geologicalcontext),
//! [International Chronostratigraphic Chart](https://stratigraphy.org/chart), GBIF's `GeologicalContextInterpreter`
//! (gbif/pipelines) and vocabulary GeoTime.

mod chronostratigraphy;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Builder, ListBuilder, StringBuilder, StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::basic::distinct_text::DistinctText;
use crate::parse::geological_time::TimeRank;
use crate::step::{issues_field, record};
use crate::verbatim::Text;
use crate::{Input, IssueSet, Step, Term, Verbatim, column};
use chronostratigraphy::{Reading, TermPair, context, read};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "Names are read by rules (languages, early and late, lists, older and regional names) and not from a list of observed texts; what GBIF's list takes for a unit by mistake is not read.",
    "Tertiary, Precambrian, Mississippian and Pennsylvanian are known units without a term of their own: in a term of a smaller rank they raise RANK_MISMATCH, where GBIF knows only the Precambrian.",
    "A text that names no unit raises GEOLOGICAL_TIME_INVALID; GBIF passes over it without an issue.",
    "The fields hold the names of units; their parents are not repeated in each record.",
];

/// The five ranks with their terms, largest first.
const PAIRS: [TermPair; 5] = chronostratigraphy::PAIRS;

/// Terms passed on as text.
const TEXTS: [&str; 6] =
    ["lowestBiostratigraphicZone", "highestBiostratigraphicZone", "group", "formation", "member", "bed"];

/// The step `geology`.
#[derive(Debug)]
pub struct Geology {
    reads: Vec<Input>,
    writes: Fields,
}

impl Default for Geology {
    fn default() -> Self {
        Self::new()
    }
}

impl Geology {
    /// The step.
    pub fn new() -> Self {
        let names = PAIRS.iter().flat_map(|pair| [pair.earliest, pair.latest]);
        let reads = names.clone().chain(TEXTS).map(|name| Input::Term(Term(name))).collect();
        let text = |name: &'static str| Field::new(name, DataType::Utf8, true);
        let mut writes: Vec<Field> = names.map(text).collect();
        writes.extend(["startAge", "endAge"].map(|name| Field::new(name, DataType::Float64, true)));
        writes.extend(TEXTS.map(text));
        writes.extend(["lithostratigraphy", "biostratigraphy"].map(|name| Field::new(name, column::list_type(), true)));
        writes.push(issues_field());
        Self { reads, writes: Fields::from(writes) }
    }
}

impl Step for Geology {
    fn name(&self) -> &'static str {
        "geology"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        self.writes.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let mut issues = vec![IssueSet::new(); verbatim.rows()];
        let mut columns = chronostratigraphic_columns(verbatim, &mut issues);
        let texts = TEXTS.map(|name| column::text(verbatim, name));
        let [lowest, highest, group, formation, member, bed] = &texts;
        let lithostratigraphy = joined(verbatim.rows(), &[bed, formation, group, member]);
        let biostratigraphy = joined(verbatim.rows(), &[lowest, highest]);
        columns.extend(texts);
        columns.extend([lithostratigraphy, biostratigraphy]);
        record(&self.writes, columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// The ten units and the two ages.
fn chronostratigraphic_columns(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) -> Vec<ArrayRef> {
    let rows = verbatim.rows();
    let terms: Vec<(Text<'_>, TimeRank)> = PAIRS
        .iter()
        .flat_map(|pair| [pair.earliest, pair.latest].map(|name| (verbatim.text(Term(name)), pair.rank)))
        .collect();
    if !terms.iter().any(|(text, _)| text.is_present()) {
        let mut columns = vec![new_null_array(&DataType::Utf8, rows); terms.len()];
        columns.extend(vec![new_null_array(&DataType::Float64, rows); 2]);
        return columns;
    }
    let readings: Vec<DistinctText<Reading>> = terms
        .iter()
        .map(|(text, rank)| DistinctText::of(rows, *text, |text, row| text.value(row), |text| read(text, *rank)))
        .collect();
    let mut units: Vec<StringBuilder> = terms.iter().map(|_| StringBuilder::new()).collect();
    let (mut starts, mut ends) = (Float64Builder::with_capacity(rows), Float64Builder::with_capacity(rows));
    let mut given = [Reading::default(); 10];
    for (row, issues) in issues.iter_mut().enumerate() {
        for (given, readings) in given.iter_mut().zip(&readings) {
            *given = readings.row(row).copied().unwrap_or_default();
        }
        let context = context(&given, issues);
        for (column, unit) in units.iter_mut().zip(context.units) {
            column.append_option(unit.map(|unit| unit.name));
        }
        starts.append_option(context.span.map(|span| span.start));
        ends.append_option(context.span.map(|span| span.end));
    }
    let mut columns: Vec<ArrayRef> =
        units.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef).collect();
    columns.extend([Arc::new(starts.finish()) as ArrayRef, Arc::new(ends.finish())]);
    columns
}

/// The values of several text columns as one list for each row, in that order; null where there are none.
fn joined(rows: usize, columns: &[&ArrayRef]) -> ArrayRef {
    let texts: Vec<_> = columns.iter().filter_map(|column| column.as_string_opt::<i32>()).collect();
    if texts.iter().all(|text| text.null_count() == rows) {
        return new_null_array(&column::list_type(), rows);
    }
    let mut list = ListBuilder::with_capacity(StringBuilder::new(), rows);
    for row in 0..rows {
        let mut any = false;
        for text in texts.iter().filter(|text| text.is_valid(row)) {
            list.values().append_value(text.value(row));
            any = true;
        }
        list.append(any);
    }
    Arc::new(list.finish())
}

#[cfg(test)]
#[path = "geology/tests.rs"]
mod tests;
