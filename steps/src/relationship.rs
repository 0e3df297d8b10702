//! Relations between what was observed and other resources: what eats it, what it was found on, what it is a part of.
//!
//! # What it does
//!
//! Lists the rows of the extension Resource Relationship. `relationshipEstablishedDate` is a date or an interval in ISO
//! 8601; other terms are the text, control characters as spaces.
//!
//! # Reads
//!
//! The extension `resourceRelationship`; the dataset's order of dates.
//!
//! # Writes
//!
//! `resourceRelationships`, a list of structs with the fields of [`fields`]; null without rows.
//!
//! # Issues
//!
//! `RELATIONSHIP_DATE_INVALID`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Resource Relationship](https://rs.gbif.org/extension/dwc/resource_relationship_2025-07-10.xml),
//! [Darwin Core, class ResourceRelationship](https://dwc.tdwg.org/terms/#resourcerelationship).

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::array::{StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::dataset::{BatchFormats, DATE_FORMATS, DATE_ORDER};
use crate::extension::{Cells, Rows, Structs, Value, list_type};
use crate::parse::date::{DateOrder, iso_interval};
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Settings, Step, Verbatim};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] =
    &["Relations are a column with a date that was read; GBIF keeps them as verbatim text only."];

const EXTENSION: &str = "resourceRelationship";

static READS: [Input; 3] = [Input::Extension(EXTENSION), Input::Dataset(DATE_ORDER), Input::Dataset(DATE_FORMATS)];

/// Terms in the order of the fields; the last is the date.
const TERMS: [&str; 10] = [
    "resourceRelationshipID",
    "resourceID",
    "relationshipOfResource",
    "relationshipOfResourceID",
    "relatedResourceID",
    "relatedResourceType",
    "relationshipAccordingTo",
    "relationshipRemarks",
    "scientificName",
    "relationshipEstablishedDate",
];

static FIELDS: LazyLock<Fields> =
    LazyLock::new(|| TERMS.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect());

/// The fields of a relation.
pub fn fields() -> Fields {
    FIELDS.clone()
}

/// The step `relationship`.
#[derive(Debug)]
pub struct Relationship {
    order: DateOrder,
}

impl Relationship {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        Self { order: settings.date_order }
    }
}

impl Step for Relationship {
    fn name(&self) -> &'static str {
        "relationship"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![Field::new("resourceRelationships", list_type(&FIELDS), true), issues_field()])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let records = verbatim.rows();
        let mut issues = vec![IssueSet::new(); records];
        let Some(rows) = Rows::of(verbatim.list(EXTENSION)) else {
            return record(&self.writes(), vec![new_null_array(&list_type(&FIELDS), records)], &issues);
        };
        let formats = BatchFormats::of(verbatim, self.order);
        let cells: [Cells<'_>; 10] = TERMS.map(|name| rows.cells(&[name]));
        let mut structs = Structs::of(fields(), records);
        for (record, issues) in issues.iter_mut().enumerate() {
            for row in rows.of_record(record) {
                let [texts @ .., given] = cells.each_ref().map(|cells| cells.value(row));
                if given.is_none() && texts.iter().all(Option::is_none) {
                    continue;
                }
                let date = given.as_deref().and_then(|date| iso_interval(date, formats.of_record(record)));
                issues.raise_if(given.is_some() && date.is_none(), Issue::RelationshipDateInvalid);
                let values = texts.into_iter().map(Value::Text);
                structs.append(values.chain([Value::Text(date.map(Cow::Owned))]));
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
#[path = "relationship/tests.rs"]
mod tests;
