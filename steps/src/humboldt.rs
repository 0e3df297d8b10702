//! How an inventory was made: its scope, effort and completeness, so that absences can be told from gaps.
//!
//! # What it does
//!
//! Interprets the rows of the Humboldt Extension for ecological inventories:
//!
//! * numbers (a decimal comma is read) and counts that are not negative; yes and no ([`crate::parse::boolean`]); lists on `|`;
//! * `eventDurationUnit` is one of [`duration::DurationUnit`], and `eventDurationValueInMinutes` follows from it;
//! * life stages and degrees of establishment are the concepts of their vocabularies, or the text that names none;
//! * the names of taxonomic scopes are matched with TAXREF;
//! * other terms are the text, control characters as spaces.
//!
//! Then it checks what the terms say of each other ([`checks`]).
//!
//! # Reads
//!
//! The extension `humboldt`.
//!
//! # Writes
//!
//! `humboldt`, a list of structs with the fields of [`fields::fields`]; null without rows.
//!
//! # Issues
//!
//! GBIF's issues of events (`EventIssue`), each for any row: a value that is no number or negative, or neither yes nor no
//! (`SITE_COUNT_INVALID` … `IS_SAMPLING_EFFORT_REPORTED_INVALID`); a value without its unit (`EVENT_DURATION_UNIT_MISSING` …);
//! something both targeted and excluded (`TARGET_TAXONOMIC_SCOPE_EXCLUDED` …); `HAS_NON_TARGET_TAXA_MISMATCH`,
//! `HAS_MATERIAL_SAMPLES_MISMATCH`, `GEOSPATIAL_SCOPE_AREA_LOWER_THAN_TOTAL_AREA_SAMPLED`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Humboldt Extension](https://eco.tdwg.org/list/), [GBIF's definition](https://rs.gbif.org/extension/eco/humboldt_2025-07-10.xml),
//! GBIF's `HumboldtInterpreter` (gbif/pipelines) and `EventIssue` (gbif-api).

pub mod checks;
pub mod duration;
pub mod fields;

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{StructArray, new_null_array};
use arrow::datatypes::{Field, Fields};

use crate::extension::{Cells, Rows, Structs, Value, list_type};
use crate::parse::{boolean, life_stage, list, number};
use crate::reference::vocabularies::Vocabularies;
use crate::step::{issues_field, record};
use crate::taxonomy::Names;
use crate::{Input, IssueSet, References, Step, Verbatim};

use duration::DurationUnit;
use fields::{Kind, TERMS};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "yes, oui and 1 are true; GBIF accepts them and stores false.",
    "All checks that fail are flagged; GBIF stops at the first of the exclusions and at the first of the mismatches.",
    "A scope that is in no vocabulary stays as text and is compared as such; GBIF drops it.",
    "Taxa are matched with TAXREF; names that do not match are compared by their letters, where GBIF takes all of them for the same.",
    "Superscripts do not tell units of area apart (m² is m2), and French names of durations are understood.",
    "A second is a sixtieth of a minute, which GBIF rounds.",
];

/// Column of the extension, of row type `http://rs.tdwg.org/eco/terms/Event`.
const EXTENSION: &str = "humboldt";

static READS: [Input; 1] = [Input::Extension(EXTENSION)];

/// The step `humboldt`.
#[derive(Debug)]
pub struct Humboldt {
    names: Names,
    vocabularies: Arc<Vocabularies>,
}

impl Humboldt {
    /// The step, with its reference data.
    pub fn new(references: &References) -> Self {
        Self { names: Names::new(references.taxref.clone()), vocabularies: Arc::clone(&references.vocabularies) }
    }

    /// The values of a row in the order of [`fields::fields`]; none when it says nothing.
    fn values<'a>(&self, columns: &[Cells<'a>], row: usize, issues: &mut IssueSet) -> Option<Vec<Value<'a>>> {
        let mut values: Vec<Value<'a>> = Vec::with_capacity(TERMS.len() + 1);
        let mut any = false;
        for ((_, kind), cells) in TERMS.iter().zip(columns) {
            let text = cells.value(row);
            any |= text.is_some();
            values.push(self.value(*kind, text, issues));
        }
        if !any {
            return None;
        }
        issues.extend(checks::issues(&values));
        values.push(Value::Number(duration::minutes(&values)));
        Some(values)
    }

    fn value<'a>(&self, kind: Kind, text: Option<Cow<'a, str>>, issues: &mut IssueSet) -> Value<'a> {
        let elements = |text: &Option<Cow<'a, str>>| -> Vec<String> {
            list::elements(text.as_deref().unwrap_or(""), &['|']).map(str::to_owned).collect()
        };
        let concepts = |find: &dyn Fn(&str) -> Option<&'static str>| {
            let concept = |text: String| find(&text).map_or(Cow::Owned(text), Cow::Borrowed);
            Value::Texts(elements(&text).into_iter().map(concept).collect())
        };
        match kind {
            Kind::Text => Value::Text(text),
            Kind::Texts => Value::Texts(elements(&text).into_iter().map(Cow::Owned).collect()),
            Kind::Number(issue) => {
                let read = text.as_deref().and_then(number::decimal).filter(|number| *number >= 0.0);
                issues.raise_if(text.is_some() && read.is_none(), issue);
                Value::Number(read)
            }
            Kind::Count(issue) => {
                let read = text.as_deref().and_then(number::integer).and_then(|count| u32::try_from(count).ok());
                let read = read.and_then(|count| i32::try_from(count).ok());
                issues.raise_if(text.is_some() && read.is_none(), issue);
                Value::Integer(read)
            }
            Kind::Flag(issue) => {
                let read = text.as_deref().and_then(boolean::boolean);
                issues.raise_if(text.is_some() && read.is_none(), issue);
                Value::Flag(read)
            }
            Kind::Duration => Value::text(text.as_deref().and_then(DurationUnit::of_text).map(DurationUnit::name)),
            Kind::LifeStages => concepts(&|text| life_stage::life_stage(&self.vocabularies, text)),
            Kind::Degrees => concepts(&|text| self.vocabularies.degree_of_establishment.name(text)),
            Kind::Taxa => Value::Rows(elements(&text).into_iter().map(|name| self.taxon(name)).collect()),
        }
    }

    /// A taxon of a scope, in the order of [`fields::TAXON`].
    fn taxon<'a>(&self, name: String) -> Vec<Value<'a>> {
        let matched = self.names.find(&name);
        vec![
            Value::Text(Some(Cow::Owned(name))),
            Value::Integer(matched.cd_ref),
            Value::Text(matched.scientific_name.map(Cow::Owned)),
            Value::text(Some(matched.match_type.name())),
        ]
    }
}

impl Step for Humboldt {
    fn name(&self) -> &'static str {
        "humboldt"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![Field::new("humboldt", list_type(&fields::fields()), true), issues_field()])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let records = verbatim.rows();
        let mut issues = vec![IssueSet::new(); records];
        let Some(rows) = Rows::of(verbatim.list(EXTENSION)) else {
            return record(&self.writes(), vec![new_null_array(&list_type(&fields::fields()), records)], &issues);
        };
        let columns: Vec<Cells<'_>> = TERMS.iter().map(|(name, _)| rows.cells(&[name])).collect();
        let mut structs = Structs::of(fields::fields(), records);
        for (record, issues) in issues.iter_mut().enumerate() {
            for row in rows.of_record(record) {
                if let Some(values) = self.values(&columns, row, issues) {
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
#[path = "humboldt/tests.rs"]
mod tests;
