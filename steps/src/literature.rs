//! Publications that a record is cited in or rests on.
//!
//! # What it does
//!
//! Lists the rows of the extension Literature References. `doi` is the DOI that any of the identifying terms holds, without
//! its address and in lower case; `url` the address of the publication: that of a term, else the DOI's; `date` is in ISO
//! 8601 where it can be read (`in press` stays). Other terms are the text, control characters as spaces.
//!
//! # Reads
//!
//! The extension `reference`; the dataset's order of dates.
//!
//! # Writes
//!
//! `literatureReferences`, a list of structs of text with the fields [`FIELDS`]; null without rows.
//!
//! # Issues
//!
//! None: what cannot be read stays as text.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Literature References](https://rs.gbif.org/extension/gbif/1.0/references.xml), [DOI Handbook](https://doi.org/10.1000/182).

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::array::{StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::dataset::{BatchFormats, DATE_FORMATS, DATE_ORDER};
use crate::extension::{Cells, Rows, Structs, Value, list_type};
use crate::parse::date::{DateFormats, DateOrder, iso_interval};
use crate::parse::{doi, url};
use crate::step::{issues_field, record};
use crate::{Input, IssueSet, Settings, Step, Verbatim};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] =
    &["References are a column with DOI and address; GBIF keeps them as verbatim text only."];

const EXTENSION: &str = "reference";

static READS: [Input; 3] = [Input::Extension(EXTENSION), Input::Dataset(DATE_ORDER), Input::Dataset(DATE_FORMATS)];

/// Names of the fields of a reference, in order.
pub const FIELDS: [&str; 14] = [
    "identifier",
    "doi",
    "url",
    "bibliographicCitation",
    "title",
    "creator",
    "date",
    "source",
    "description",
    "subject",
    "language",
    "rights",
    "taxonRemarks",
    "type",
];

static STRUCT: LazyLock<Fields> =
    LazyLock::new(|| FIELDS.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect());

/// The step `literature`.
#[derive(Debug)]
pub struct Literature {
    order: DateOrder,
}

impl Literature {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        Self { order: settings.date_order }
    }
}

/// The columns of the extension. Those of the Encyclopedia of Life stand behind GBIF's.
struct Columns<'a> {
    identifier: Cells<'a>,
    /// Terms that may hold a DOI or an address.
    addresses: [Cells<'a>; 5],
    citation: Cells<'a>,
    title: Cells<'a>,
    creator: Cells<'a>,
    date: Cells<'a>,
    others: [Cells<'a>; 7],
}

impl<'a> Columns<'a> {
    fn of(rows: &Rows<'a>) -> Self {
        let cells = |name: &str| rows.cells(&[name]);
        Self {
            identifier: rows.cells(&["identifier", "referenceID"]),
            addresses: [
                cells("doi"),
                rows.cells(&["identifier", "referenceID"]),
                cells("uri"),
                cells("source"),
                rows.cells(&["bibliographicCitation", "full_reference"]),
            ],
            citation: rows.cells(&["bibliographicCitation", "full_reference"]),
            title: rows.cells(&["title", "primaryTitle"]),
            creator: rows.cells(&["creator", "authorList"]),
            date: rows.cells(&["date", "created", "issued"]),
            others: ["source", "description", "subject", "language", "rights", "taxonRemarks", "type"].map(cells),
        }
    }

    /// The values of a row in the order of [`FIELDS`]; none when it says nothing.
    fn values(&self, row: usize, formats: DateFormats) -> Option<Vec<Value<'a>>> {
        let addresses = self.addresses.each_ref().map(|cells| cells.value(row));
        let doi = addresses.iter().flatten().find_map(|text| doi::doi(text));
        // A citation may hold an address, but seldom is one.
        let url = addresses.iter().flatten().find_map(|text| url::address(text).map(Cow::into_owned));
        let url = url.or_else(|| doi.as_ref().map(|doi| format!("https://doi.org/{doi}")));
        let date = self.date.value(row).map(|date| iso_interval(&date, formats).map_or(date, Cow::Owned));
        let mut values = vec![
            Value::Text(self.identifier.value(row)),
            Value::Text(doi.map(Cow::Owned)),
            Value::Text(url.map(Cow::Owned)),
            Value::Text(self.citation.value(row)),
            Value::Text(self.title.value(row)),
            Value::Text(self.creator.value(row)),
            Value::Text(date),
        ];
        values.extend(self.others.iter().map(|cells| Value::Text(cells.value(row))));
        values.iter().any(|value| !value.is_nothing()).then_some(values)
    }
}

impl Step for Literature {
    fn name(&self) -> &'static str {
        "literature"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![Field::new("literatureReferences", list_type(&STRUCT), true), issues_field()])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let records = verbatim.rows();
        let issues = vec![IssueSet::new(); records];
        let Some(rows) = Rows::of(verbatim.list(EXTENSION)) else {
            return record(&self.writes(), vec![new_null_array(&list_type(&STRUCT), records)], &issues);
        };
        let formats = BatchFormats::of(verbatim, self.order);
        let columns = Columns::of(&rows);
        let mut structs = Structs::of(STRUCT.clone(), records);
        for record in 0..records {
            let values = rows.of_record(record).filter_map(|row| columns.values(row, formats.of_record(record)));
            values.for_each(|values| structs.append(values));
            structs.end_record();
        }
        record(&self.writes(), vec![Arc::new(structs.finish())], &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

#[cfg(test)]
#[path = "literature/tests.rs"]
mod tests;
