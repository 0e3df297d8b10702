//! The history of a record's identifications.
//!
//! # What it does
//!
//! Lists every row of the extension Identification with the terms that say what was identified as what, by whom and when,
//! and tells which of them the record is read with ([`current`]): the steps `basic`, `temporal` and `taxonomy` read their
//! terms from that row where the record has none of its own.
//!
//! * `dateIdentified` is a date in ISO 8601, of an interval the beginning; `typeStatus` a list of concepts
//!   ([`crate::parse::type_status`]); `identifiedBy` a list on `|`; `identifiedByID` a list of typed identifiers
//!   ([`crate::parse::agent`]); `isAcceptedIdentification` yes or no ([`crate::parse::boolean`]).
//! * Other terms are the text, its control characters as spaces.
//! * `isCurrent` is true in the row that the record is read with. It is false in all rows when the record has a term about
//!   its identification or taxon itself, or when nothing tells which row is meant.
//!
//! # Reads
//!
//! The extension `identification`; the terms of Darwin Core's groups Identification and Taxon, and the SINP's `cdNom`,
//! `cdRef` and `nomCite`, to know whether the record has any; the dataset's order of dates.
//!
//! # Writes
//!
//! `identifications`, a list of structs with the fields of [`fields`]; null without rows.
//!
//! # Issues
//!
//! `IDENTIFIED_DATE_INVALID`, `IDENTIFIED_DATE_UNLIKELY` (before 1753 or after the run: the date is kept),
//! `TYPE_STATUS_INVALID`, `SUSPECTED_TYPE`, each for any row.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Identification History](https://rs.gbif.org/extension/dwc/identification_history_2025-07-10.xml),
//! [Darwin Core, class Identification](https://dwc.tdwg.org/terms/#identification), GBIF's `IdentificationUtils`
//! (gbif/pipelines).

pub mod current;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};
use jiff::civil::Date;

use crate::dataset::BatchFormats;
use crate::extension::{Cells, Rows, Structs, Value, list_type};
use crate::parse::date::{DateFormats, DateOrder, start_of_period};
use crate::parse::{agent, boolean, list, type_status};
use crate::reference::vocabularies::Vocabularies;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, References, Settings, Step, Verbatim, column};

use current::Current;

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "The whole history is a column; GBIF keeps it as verbatim text only.",
    "Dates of identifications are read in the order of the dataset, so that 05/04/2022 does not hide which row is the latest.",
    "Bad dates and type statuses of any row of the history are flagged; GBIF flags those of the row that it reads.",
    "The SINP's cdNom, cdRef and nomCite count as terms about the taxon, so that a record that has them keeps its own identification.",
];

/// No identification by a Linnaean name is older: Linnaeus, Species Plantarum.
pub const EARLIEST_IDENTIFICATION: Date = jiff::civil::date(1753, 1, 1);

/// Terms that are passed on as text.
const TEXTS: [&str; 38] = [
    "identificationID",
    "verbatimIdentification",
    "identificationQualifier",
    "typifiedName",
    "identificationReferences",
    "identificationVerificationStatus",
    "identificationRemarks",
    "taxonID",
    "scientificNameID",
    "taxonConceptID",
    "acceptedNameUsageID",
    "parentNameUsageID",
    "nameAccordingToID",
    "scientificName",
    "scientificNameAuthorship",
    "acceptedNameUsage",
    "nameAccordingTo",
    "higherClassification",
    "kingdom",
    "phylum",
    "class",
    "order",
    "superfamily",
    "family",
    "subfamily",
    "tribe",
    "genus",
    "genericName",
    "subgenus",
    "specificEpithet",
    "infraspecificEpithet",
    "cultivarEpithet",
    "taxonRank",
    "verbatimTaxonRank",
    "vernacularName",
    "nomenclaturalCode",
    "taxonomicStatus",
    "taxonRemarks",
];

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let texts = TEXTS.iter().map(|name| Field::new(*name, DataType::Utf8, true));
    let others = [
        Field::new("typeStatus", column::list_type(), true),
        Field::new("identifiedBy", column::list_type(), true),
        Field::new("identifiedByID", column::identifiers_type(), true),
        Field::new("dateIdentified", DataType::Utf8, true),
        Field::new("isAcceptedIdentification", DataType::Boolean, true),
        Field::new("isCurrent", DataType::Boolean, true),
    ];
    texts.chain(others).collect()
});

/// The fields of an identification: texts, then those that are interpreted.
pub fn fields() -> Fields {
    FIELDS.clone()
}

/// The step `identification`.
#[derive(Debug)]
pub struct Identification {
    run_date: Date,
    order: DateOrder,
    reads: Vec<Input>,
    vocabularies: Arc<Vocabularies>,
}

impl Identification {
    /// The step, with the words and settings of a run.
    pub fn new(references: &References, settings: &Settings) -> Self {
        Self {
            run_date: settings.run_date,
            order: settings.date_order,
            reads: current::inputs_beside(&[]),
            vocabularies: Arc::clone(&references.vocabularies),
        }
    }
}

/// The columns of the extension.
struct Columns<'a> {
    texts: [Cells<'a>; 38],
    type_status: Cells<'a>,
    identified_by: Cells<'a>,
    identified_by_id: Cells<'a>,
    date: Cells<'a>,
    is_accepted: Cells<'a>,
}

impl<'a> Columns<'a> {
    fn of(rows: &Rows<'a>) -> Self {
        Self {
            texts: TEXTS.map(|name| rows.cells(&[name])),
            type_status: rows.cells(&["typeStatus"]),
            identified_by: rows.cells(&["identifiedBy"]),
            identified_by_id: rows.cells(&["identifiedByID"]),
            date: rows.cells(&["dateIdentified"]),
            is_accepted: rows.cells(&["isAcceptedIdentification"]),
        }
    }
}

impl Identification {
    fn date(&self, text: Option<&str>, formats: DateFormats, issues: &mut IssueSet) -> Option<String> {
        let text = text?;
        let date = start_of_period(text, formats).date;
        issues.raise_if(date.is_none(), Issue::IdentifiedDateInvalid);
        let tomorrow = self.run_date.tomorrow().unwrap_or(self.run_date);
        let likely = date.is_none_or(|date| (EARLIEST_IDENTIFICATION..=tomorrow).contains(&date.first_day()));
        issues.raise_if(!likely, Issue::IdentifiedDateUnlikely);
        date.map(|date| date.to_string())
    }

    /// The values of a row in the order of [`fields`], but for the last; none when the row says nothing.
    fn values<'a>(
        &self,
        columns: &Columns<'a>,
        row: usize,
        formats: DateFormats,
        issues: &mut IssueSet,
    ) -> Option<Vec<Value<'a>>> {
        let mut values: Vec<Value<'a>> = columns.texts.iter().map(|cells| Value::Text(cells.value(row))).collect();
        let (concepts, raised) = columns
            .type_status
            .value(row)
            .map(|text| type_status::type_status(&self.vocabularies.type_status, &text))
            .unwrap_or_default();
        issues.extend(raised);
        values.push(Value::Texts(concepts.into_iter().map(Cow::Borrowed).collect()));
        let people = columns.identified_by.value(row).unwrap_or_default();
        values.push(Value::Texts(list::elements(&people, &['|']).map(|name| Cow::Owned(name.to_owned())).collect()));
        let identifiers = columns.identified_by_id.value(row).map(|text| agent::identifiers(&text)).unwrap_or_default();
        let identifier = |(kind, value): (agent::AgentKind, String)| {
            vec![Value::text(Some(kind.name())), Value::Text(Some(Cow::Owned(value)))]
        };
        values.push(Value::Rows(identifiers.into_iter().map(identifier).collect()));
        let date = self.date(columns.date.value(row).as_deref(), formats, issues);
        values.push(Value::Text(date.map(Cow::Owned)));
        values.push(Value::Flag(columns.is_accepted.value(row).and_then(|text| boolean::boolean(&text))));
        values.iter().any(|value| !value.is_nothing()).then_some(values)
    }
}

impl Step for Identification {
    fn name(&self) -> &'static str {
        "identification"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![Field::new("identifications", list_type(&FIELDS), true), issues_field()])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let records = verbatim.rows();
        let mut issues = vec![IssueSet::new(); records];
        let Some(rows) = Rows::of(verbatim.list(current::EXTENSION)) else {
            return record(&self.writes(), vec![new_null_array(&list_type(&FIELDS), records)], &issues);
        };
        let formats = BatchFormats::of(verbatim, self.order);
        let current = Current::of(verbatim, &current::TERMS, formats);
        let columns = Columns::of(&rows);
        let mut structs = Structs::of(fields(), records);
        for (record, issues) in issues.iter_mut().enumerate() {
            let read_with = current.as_ref().and_then(|current| current.row(record));
            for row in rows.of_record(record).filter(|row| rows.is_valid(*row)) {
                if let Some(mut values) = self.values(&columns, row, formats.of_record(record), issues) {
                    values.push(Value::Flag(Some(read_with == Some(row))));
                    structs.append(values);
                }
            }
            structs.end_record();
        }
        let columns: Vec<ArrayRef> = vec![Arc::new(structs.finish())];
        record(&self.writes(), columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

#[cfg(test)]
#[path = "identification/tests.rs"]
mod tests;
