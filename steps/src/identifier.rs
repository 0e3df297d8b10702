//! The identity of a record.
//!
//! # What it does
//!
//! Gives each record an `occurrenceKey`: a UUID that is the same whenever the dataset is ingested again, on any machine.
//! It is made, not drawn:
//!
//! ```text
//! project       = UUIDv5(OID namespace of RFC 9562, "openobs") = ffb5089d-6405-5fce-9b9b-3394e874ac76
//! dataset       = UUIDv5(project, datasetKey)                           any text; "" when there is no key
//! occurrenceKey = UUIDv5(dataset, name)
//!
//! name, keySource = uniqueKey                                      "uniqueKey"   if the record has one
//!                 | "catalog:" institutionCode "|" collectionCode "|" catalogNumber
//!                                                                  "triplet"     if it has all three
//!                 | "id:" _id                                      "coreId"      if the archive gives row identifiers
//!                 | none: no key                                   null
//! ```
//!
//! All parts are trimmed. `uniqueKey` is the value of the terms that the dataset is configured to be identified by
//! (`occurrenceID` unless configured), put together by the engine.
//!
//! # Reads
//!
//! The dataset's `datasetKey`; the fields `uniqueKey` and `_id`, which the engine makes; the terms that are also written.
//!
//! # Writes
//!
//! `occurrenceKey`, `keySource`, and trimmed `occurrenceID`, `institutionCode`, `collectionCode`, `catalogNumber`,
//! `recordNumber`, `fieldNumber`, `organismID`, `eventID`, `parentEventID`.
//!
//! # Issues
//!
//! `OCCURRENCE_ID_MISSING` without `occurrenceID`; `GBIF_ID_INVALID` when nothing identifies the record.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#section-5.5), GBIF's `GbifIdInterpreter` (gbif/pipelines), the SINP
//! standard (`idSINPOccTax`).

pub mod digest;

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use uuid::Uuid;

use crate::column;
use crate::dataset::DATASET_KEY;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Step, Term, Verbatim};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "occurrenceKey is a UUID computed from the dataset and the record's own identifiers; GBIF draws integers from a registry.",
    "A record that has neither an occurrenceID nor a triplet is identified by its row in the archive's core; GBIF drops it.",
];

/// Namespace of all keys of this project: the UUID version 5 of `openobs` in the OID namespace.
pub const PROJECT: Uuid = Uuid::from_u128(0xffb5_089d_6405_5fce_9b9b_3394_e874_ac76);

/// The value of the terms that identify a record in its dataset; null when one is missing.
const UNIQUE_KEY: &str = "uniqueKey";
/// Identifier of the row in the core of the archive.
const CORE_ID: &str = "_id";

/// Terms passed on, in order.
const TERMS: [&str; 9] = [
    "occurrenceID",
    "institutionCode",
    "collectionCode",
    "catalogNumber",
    "recordNumber",
    "fieldNumber",
    "organismID",
    "eventID",
    "parentEventID",
];

/// The inputs, in argument order.
static READS: [Input; 12] = {
    const fn term(position: usize) -> Input {
        Input::Term(Term(TERMS[position]))
    }
    [
        Input::Dataset(DATASET_KEY),
        Input::Field(UNIQUE_KEY, DataType::Utf8),
        term(0),
        term(1),
        term(2),
        term(3),
        term(4),
        term(5),
        term(6),
        term(7),
        term(8),
        Input::Field(CORE_ID, DataType::Utf8),
    ]
};

/// The step `identifier`.
#[derive(Debug)]
pub struct Identifier;

impl Step for Identifier {
    fn name(&self) -> &'static str {
        "identifier"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        let names = ["occurrenceKey", "keySource"].into_iter().chain(TERMS);
        names.map(|name| Field::new(name, DataType::Utf8, true)).chain([issues_field()]).collect()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let mut issues = vec![IssueSet::new(); verbatim.rows()];
        let mut columns = Vec::from(keys(verbatim, &mut issues));
        columns.extend(TERMS.map(|term| column::text(verbatim, term)));
        record(&self.writes(), columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// The key of a record and what it was made from.
fn keys(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) -> [ArrayRef; 2] {
    let rows = verbatim.rows();
    let datasets = verbatim.text_of(DATASET_KEY);
    let [unique_key, core_id] = [UNIQUE_KEY, CORE_ID].map(|name| verbatim.text_of(name));
    let occurrence_id = verbatim.text(Term("occurrenceID"));
    let triplet = ["institutionCode", "collectionCode", "catalogNumber"].map(|name| verbatim.text(Term(name)));
    let mut keys = StringBuilder::with_capacity(rows, rows * uuid::fmt::Hyphenated::LENGTH);
    let mut sources = StringBuilder::with_capacity(rows, rows * "uniqueKey".len());
    let mut dataset: Option<(Option<&str>, Uuid)> = None;
    let mut name = String::new();
    for (row, issues) in issues.iter_mut().enumerate() {
        issues.raise_if(occurrence_id.value(row).is_none(), Issue::OccurrenceIdMissing);
        name.clear();
        let source = if let Some(key) = unique_key.value(row) {
            name.push_str(key);
            "uniqueKey"
        } else if let [Some(institution), Some(collection), Some(catalog)] = triplet.map(|term| term.value(row)) {
            name.push_str("catalog:");
            for (position, part) in [institution, collection, catalog].into_iter().enumerate() {
                name.push_str(if position == 0 { "" } else { "|" });
                name.push_str(part);
            }
            "triplet"
        } else if let Some(id) = core_id.value(row) {
            name.push_str("id:");
            name.push_str(id);
            "coreId"
        } else {
            issues.raise(Issue::GbifIdInvalid);
            keys.append_null();
            sources.append_null();
            continue;
        };
        // A batch is of one dataset: its namespace is computed once.
        let dataset_key = datasets.value(row);
        let namespace = match dataset {
            Some((key, namespace)) if key == dataset_key => namespace,
            _ => Uuid::new_v5(&PROJECT, dataset_key.unwrap_or("").as_bytes()),
        };
        dataset = Some((dataset_key, namespace));
        let mut buffer = Uuid::encode_buffer();
        keys.append_value(Uuid::new_v5(&namespace, name.as_bytes()).hyphenated().encode_lower(&mut buffer));
        sources.append_value(source);
    }
    [Arc::new(keys.finish()), Arc::new(sources.finish())]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use arrow::array::{Array, AsArray, StringArray};
    use proptest::prelude::*;

    use super::*;

    fn interpret(values: &[(&str, Option<&str>)]) -> StructArray {
        let columns: Vec<Option<ArrayRef>> = READS
            .iter()
            .map(|input| {
                let (_, value) = values.iter().find(|(name, _)| *name == input.name())?;
                Some(Arc::new(StringArray::from(vec![*value])) as ArrayRef)
            })
            .collect();
        Identifier.interpret(&Verbatim::new(1, &READS, &columns))
    }

    fn text(result: &StructArray, name: &str) -> Option<String> {
        let column = result.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(0).then(|| column.value(0).to_owned())
    }

    fn issues(result: &StructArray) -> Vec<String> {
        let issues = result.column_by_name("issues").unwrap().as_list::<i32>().value(0);
        issues.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
    }

    #[test]
    fn the_namespace_is_the_one_documented() {
        assert_eq!(PROJECT, Uuid::new_v5(&Uuid::NAMESPACE_OID, b"openobs"));
    }

    #[test]
    fn the_key_is_made_from_the_best_identifier() {
        let unique =
            [("datasetKey", Some("d")), ("uniqueKey", Some("a")), ("occurrenceID", Some(" a ")), ("_id", Some("1"))];
        let result = interpret(&unique);
        assert_eq!(text(&result, "keySource").as_deref(), Some("uniqueKey"));
        assert_eq!(text(&result, "occurrenceID").as_deref(), Some("a"));
        assert_eq!(issues(&result), Vec::<String>::new());
        // The value is part of the contract: it must never change.
        let expected = Uuid::new_v5(&Uuid::new_v5(&PROJECT, b"d"), b"a").to_string();
        assert_eq!(text(&result, "occurrenceKey"), Some(expected));

        let triplet = [
            ("datasetKey", Some("d")),
            ("uniqueKey", None),
            ("institutionCode", Some("MNHN")),
            ("collectionCode", Some("P")),
            ("catalogNumber", Some("P123")),
            ("_id", Some("1")),
        ];
        let result = interpret(&triplet);
        assert_eq!(text(&result, "keySource").as_deref(), Some("triplet"));
        let expected = Uuid::new_v5(&Uuid::new_v5(&PROJECT, b"d"), b"catalog:MNHN|P|P123").to_string();
        assert_eq!(text(&result, "occurrenceKey"), Some(expected));
        assert_eq!(issues(&result), ["OCCURRENCE_ID_MISSING"]);

        let result = interpret(&[("datasetKey", Some("d")), ("catalogNumber", Some("P123")), ("_id", Some("1"))]);
        assert_eq!(text(&result, "keySource").as_deref(), Some("coreId"));

        let result = interpret(&[("datasetKey", Some("d")), ("_id", Some("\\N"))]);
        assert_eq!(text(&result, "occurrenceKey"), None);
        assert_eq!(text(&result, "keySource"), None);
        assert!(issues(&result).contains(&"GBIF_ID_INVALID".to_owned()));
    }

    proptest! {
        #[test]
        fn keys_are_stable_and_differ_between_datasets(dataset in "\\PC{0,12}", id in "[a-z0-9:/-]{1,20}") {
            prop_assume!(id != "null");
            let values = [("datasetKey", Some(dataset.as_str())), ("uniqueKey", Some(id.as_str()))];
            let one = text(&interpret(&values), "occurrenceKey").unwrap();
            prop_assert_eq!(&one, &text(&interpret(&values), "occurrenceKey").unwrap());
            let other = format!("{dataset}x");
            let values = [("datasetKey", Some(other.as_str())), ("uniqueKey", Some(id.as_str()))];
            prop_assert_ne!(one, text(&interpret(&values), "occurrenceKey").unwrap());
        }
    }
}
