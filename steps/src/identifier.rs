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
//! plain key     = UUIDv5(dataset, name)
//! occurrenceKey = plain key                                        of the first record with this name
//!               | UUIDv5(plain key, "#" n)                         of the second (n = 2), the third ...
//!
//! name, keySource = uniqueKey                                      "uniqueKey"   if the record has one
//!                 | "catalog:" institutionCode "|" collectionCode "|" catalogNumber
//!                                                                  "triplet"     if it has all three
//!                 | "id:" _id                                      "coreId"      if the archive gives row identifiers
//!                 | "content:" what was seen, when, by whom        "content"     if nothing identifies it
//! ```
//!
//! All parts are trimmed. `uniqueKey` is the value of the terms that the dataset is configured to be identified by
//! (`occurrenceID` unless configured), put together by [`unique_keys`]. `keyOrdinal` is the n of a record whose name is also
//! that of an earlier one, found by the engine over all records of the dataset in the order of their files and lines.
//!
//! How stable a key is follows from its source. A `uniqueKey` and a `triplet` belong to the record. A `coreId` is as stable as
//! the ids of the archive's core: where they are row numbers, a key goes to another record when rows are inserted or taken
//! out, unseen. A `content` key stays while the terms of [`CONTENT`] stay; records alike in all of them are told apart by
//! their order alone. Only what is public in a protected record as well has a part in it ([`content`]): a key over the place
//! or the hour would let anyone test guesses of it against the key.
//!
//! For the same reason a `uniqueKey` of terms that are hidden in protected records, a `triplet` or a `coreId` is a poor name
//! for these: whoever guesses a catalogue number can see whether a key is made from it. No key is salted, since it must be the
//! same on any machine; the engine warns of such keys where records are masked. An `occurrenceID` that is a UUID tells
//! nothing.
//!
//! # Reads
//!
//! The dataset's `datasetKey`; the fields `uniqueKey`, `_id` and `keyOrdinal`, which the engine makes; the terms that are also
//! written; for records that nothing identifies, the terms of [`CONTENT`].
//!
//! # Writes
//!
//! `occurrenceKey`, `keySource`, and trimmed `occurrenceID`, `institutionCode`, `collectionCode`, `catalogNumber`,
//! `recordNumber`, `fieldNumber`, `organismID`, `eventID`, `parentEventID`.
//!
//! # Issues
//!
//! `OCCURRENCE_ID_MISSING` without `occurrenceID`; `GBIF_ID_INVALID` when nothing identifies the record; `OCCURRENCE_ID_DUPLICATE`
//! (ours) when an earlier record of the dataset has the same unique key, triplet or core id. The first record of a key does
//! not have it: what is left without flagged records has each key once.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#section-5.5), GBIF's `GbifIdInterpreter` (gbif/pipelines), the Living
//! Atlases' `UUIDMintingPipeline` (unique keys of several terms), the SINP standard (`idSINPOccTax`).

pub mod digest;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use uuid::Uuid;

use crate::column;
use crate::dataset::DATASET_KEY;
use crate::parse::date::plain_part;
use crate::parse::taxref_id::{TaxrefId, taxref_id};
use crate::step::{issues_field, record};
use crate::verbatim::Text;
use crate::{Input, Issue, IssueSet, Step, Term, Verbatim};

mod unique_key;

use unique_key::push_part;
pub use unique_key::{Strip, unique_keys};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "occurrenceKey is a UUID computed from the dataset and the record's own identifiers; GBIF draws integers from a registry.",
    "A record that has neither an occurrenceID nor a triplet is identified by its row in the archive's core, or else by its \
     content; GBIF drops it.",
    "A record whose identifier is that of an earlier one is kept, with a key of its own and OCCURRENCE_ID_DUPLICATE; GBIF \
     drops it.",
];

/// Namespace of all keys of this project: the UUID version 5 of `openobs` in the OID namespace.
pub const PROJECT: Uuid = Uuid::from_u128(0xffb5_089d_6405_5fce_9b9b_3394_e874_ac76);

/// The value of the terms that identify a record in its dataset; null when one is missing.
pub const UNIQUE_KEY: &str = "uniqueKey";
/// Identifier of the row in the core of the archive.
pub const CORE_ID: &str = "_id";
/// Position of a record among those of the same name, from 1; null where it is the only one.
pub const KEY_ORDINAL: &str = "keyOrdinal";

/// Terms that together identify a specimen.
pub const TRIPLET: [&str; 3] = ["institutionCode", "collectionCode", "catalogNumber"];

/// Terms that name a record which nothing identifies, as far as [`content`] goes. None of them tells the place, and each is
/// public even where the record is protected: the engine has a test for that.
pub const CONTENT: [&str; 9] =
    ["taxonID", "scientificName", "eventDate", "year", "month", "day", "recordedBy", "identifiedBy", "individualCount"];

/// The part of a value that has a part in a key by content, which is what a protected record shows of it: the number of a
/// taxon, a date without the time of day, a whole number; a name as it is. Nothing of a text that is anything else.
pub fn content<'a>(term: &str, value: &'a str) -> Option<Cow<'a, str>> {
    match term {
        "taxonID" => match taxref_id(value) {
            TaxrefId::CdNom(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        },
        "eventDate" => plain_part(value).map(Cow::Borrowed),
        "year" | "month" | "day" | "individualCount" => is_whole_number(value).then_some(Cow::Borrowed(value)),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Whether a text is a whole number of up to ten digits and nothing else.
pub fn is_whole_number(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

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
static READS: LazyLock<Vec<Input>> = LazyLock::new(|| {
    let term = |name: &&'static str| Input::Term(Term(name));
    let mut reads = vec![Input::Dataset(DATASET_KEY), Input::Field(UNIQUE_KEY, DataType::Utf8)];
    reads.extend(TERMS.iter().map(term));
    reads.push(Input::Field(CORE_ID, DataType::Utf8));
    reads.push(Input::Field(KEY_ORDINAL, DataType::Int32));
    reads.extend(CONTENT.iter().map(term));
    reads
});

/// What a key is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeySource {
    /// The terms that identify records of the dataset.
    UniqueKey,
    /// Institution, collection and catalogue number.
    Triplet,
    /// The id of the row in the archive's core.
    CoreId,
    /// What was seen, when and by whom: nothing identifies the record.
    Content,
}

impl KeySource {
    /// Every source, the best first.
    pub const ALL: [Self; 4] = [Self::UniqueKey, Self::Triplet, Self::CoreId, Self::Content];

    /// The text in the column `keySource`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UniqueKey => "uniqueKey",
            Self::Triplet => "triplet",
            Self::CoreId => "coreId",
            Self::Content => "content",
        }
    }

    /// The source of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// The key of the record that is number `ordinal`, from 2, of those whose plain key is `first`.
pub fn later_key(first: Uuid, ordinal: u32) -> Uuid {
    Uuid::new_v5(&first, format!("#{ordinal}").as_bytes())
}

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

/// What names records, by column.
struct Names<'a> {
    unique_key: Text<'a>,
    triplet: [Text<'a>; 3],
    core_id: Text<'a>,
    content: [(&'static str, Text<'a>); CONTENT.len()],
}

impl<'a> Names<'a> {
    fn of(verbatim: &Verbatim<'a>) -> Self {
        Self {
            unique_key: verbatim.text_of(UNIQUE_KEY),
            triplet: TRIPLET.map(|term| verbatim.text(Term(term))),
            core_id: verbatim.text_of(CORE_ID),
            content: CONTENT.map(|term| (term, verbatim.text(Term(term)))),
        }
    }

    /// Writes the name of a record and tells what it is made from.
    fn write(&self, row: usize, name: &mut String) -> KeySource {
        name.clear();
        if let Some(key) = self.unique_key.value(row) {
            name.push_str(key);
            return KeySource::UniqueKey;
        }
        if let [Some(institution), Some(collection), Some(catalog)] = self.triplet.map(|term| term.value(row)) {
            name.push_str("catalog:");
            for (position, part) in [institution, collection, catalog].into_iter().enumerate() {
                name.push_str(if position == 0 { "" } else { "|" });
                push_part(name, part);
            }
            return KeySource::Triplet;
        }
        if let Some(id) = self.core_id.value(row) {
            name.push_str("id:");
            name.push_str(id);
            return KeySource::CoreId;
        }
        name.push_str("content:");
        for (term, text) in &self.content {
            if let Some(value) = text.value(row).and_then(|value| content(term, value)) {
                // With the length before it, no value can be taken for the start of the next.
                name.push_str(&format!("{term}={}:{value}", value.len()));
            }
        }
        KeySource::Content
    }
}

/// The key of a record and what it was made from.
fn keys(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) -> [ArrayRef; 2] {
    let rows = verbatim.rows();
    let datasets = verbatim.text_of(DATASET_KEY);
    let occurrence_id = verbatim.text(Term("occurrenceID"));
    let ordinals = verbatim.integer(KEY_ORDINAL);
    let names = Names::of(verbatim);
    let mut keys = StringBuilder::with_capacity(rows, rows * uuid::fmt::Hyphenated::LENGTH);
    let mut sources = StringBuilder::with_capacity(rows, rows * KeySource::UniqueKey.name().len());
    let mut dataset: Option<(Option<&str>, Uuid)> = None;
    let mut name = String::new();
    for (row, issues) in issues.iter_mut().enumerate() {
        let source = names.write(row, &mut name);
        issues.raise_if(occurrence_id.value(row).is_none(), Issue::OccurrenceIdMissing);
        issues.raise_if(source == KeySource::Content, Issue::GbifIdInvalid);
        // A batch is of one dataset: its namespace is computed once.
        let dataset_key = datasets.value(row);
        let namespace = match dataset {
            Some((key, namespace)) if key == dataset_key => namespace,
            _ => Uuid::new_v5(&PROJECT, dataset_key.unwrap_or("").as_bytes()),
        };
        dataset = Some((dataset_key, namespace));
        let mut key = Uuid::new_v5(&namespace, name.as_bytes());
        let ordinal = ordinals.filter(|ordinals| ordinals.is_valid(row)).map(|ordinals| ordinals.value(row));
        if let Some(ordinal) = ordinal.and_then(|ordinal| u32::try_from(ordinal).ok()).filter(|ordinal| *ordinal > 1) {
            key = later_key(key, ordinal);
            issues.raise_if(source != KeySource::Content, Issue::OccurrenceIdDuplicate);
        }
        keys.append_value(key.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        sources.append_value(source.name());
    }
    [Arc::new(keys.finish()), Arc::new(sources.finish())]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use arrow::array::{Array, AsArray, Int32Array, StringArray};
    use proptest::prelude::*;

    use super::*;

    fn interpret(values: &[(&str, Option<&str>)]) -> StructArray {
        let columns: Vec<Option<ArrayRef>> = READS
            .iter()
            .map(|input| {
                let (_, value) = values.iter().find(|(name, _)| *name == input.name())?;
                if matches!(input, Input::Field(KEY_ORDINAL, _)) {
                    let ordinal = value.map(|value| value.parse().unwrap());
                    return Some(Arc::new(Int32Array::from(vec![ordinal])) as ArrayRef);
                }
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

        let seen = [("datasetKey", Some("d")), ("_id", Some("\\N")), ("year", Some(" 2024 ")), ("sex", Some("null"))];
        let result = interpret(&seen);
        assert_eq!(text(&result, "keySource").as_deref(), Some("content"));
        let expected = Uuid::new_v5(&Uuid::new_v5(&PROJECT, b"d"), b"content:year=4:2024").to_string();
        assert_eq!(text(&result, "occurrenceKey"), Some(expected));
        assert_eq!(issues(&result), ["OCCURRENCE_ID_MISSING", "GBIF_ID_INVALID"]);
    }

    #[test]
    fn a_key_by_content_is_made_from_what_a_protected_record_shows() {
        let key = |values: &[(&str, Option<&str>)]| {
            text(&interpret(&[&[("datasetKey", Some("d"))], values].concat()), "occurrenceKey").unwrap()
        };
        let day = key(&[("scientificName", Some("Lutra lutra")), ("eventDate", Some("2024-01-10"))]);
        assert_eq!(day, key(&[("scientificName", Some("Lutra lutra")), ("eventDate", Some("2024-01-10T14:37"))]));
        assert_ne!(day, key(&[("scientificName", Some("Lutra lutra")), ("eventDate", Some("2024-01-11"))]));
        let nothing = key(&[]);
        for (term, hidden) in [
            ("year", "2024 (pont)"),
            ("taxonID", "station 12"),
            ("sex", "femelle du pont"),
            ("eventDate", "un soir"),
            ("individualCount", "2 au nid"),
        ] {
            assert_eq!(key(&[(term, Some(hidden))]), nothing, "{term}");
        }
        assert_eq!(key(&[("taxonID", Some("cd_nom:4319"))]), key(&[("taxonID", Some("4319"))]));
    }

    #[test]
    fn later_records_of_a_name_have_keys_of_their_own() {
        let key = |ordinal: Option<&str>, id: &str| {
            let values = [("datasetKey", Some("d")), ("uniqueKey", Some(id)), ("occurrenceID", Some(id))];
            let result = interpret(&[&values[..], &[("keyOrdinal", ordinal)]].concat());
            (text(&result, "occurrenceKey").unwrap(), issues(&result).contains(&"OCCURRENCE_ID_DUPLICATE".to_owned()))
        };
        let (first, flagged) = key(None, "a");
        assert!(!flagged);
        assert_eq!(key(Some("1"), "a"), (first.clone(), false));
        let (second, flagged) = key(Some("2"), "a");
        assert!(flagged);
        // The value is part of the contract: it must never change.
        assert_eq!(second, Uuid::new_v5(&first.parse().unwrap(), b"#2").to_string());
        // A record that bears what looks like the name of a later one is not taken for it.
        let keys = [first, second, key(Some("3"), "a").0, key(None, "a#2").0, key(None, "#2").0];
        assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
    }

    #[test]
    fn parts_of_a_triplet_cannot_run_into_each_other() {
        let key = |institution, collection| {
            let result = interpret(&[
                ("institutionCode", Some(institution)),
                ("collectionCode", Some(collection)),
                ("catalogNumber", Some("1")),
            ]);
            text(&result, "occurrenceKey").unwrap()
        };
        assert_ne!(key("a|b", "c"), key("a", "b|c"));
        assert_ne!(key("a\\", "b"), key("a", "\\b"));
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
