//! Pictures, sounds and films of what was seen.
//!
//! # What it does
//!
//! Puts the media of a record together from three extensions and from `associatedMedia`. Media with the same address are
//! one: the order is Audubon Core, Image, Simple Multimedia, `associatedMedia`; the first description counts, and later ones
//! say what it leaves open.
//!
//! * Addresses get `http://` when they have no scheme ([`crate::parse::url`]).
//! * `format` and `type` come from the declared format, else from the address ([`crate::parse::media`]).
//! * An address that leads to a page moves from `identifier` to `references`.
//! * `created` is a date in ISO 8601 ([`crate::parse::date`]), with the distance from UTC if given.
//! * `license` is the address of a licence that is recognised ([`crate::parse::license`]), else the text.
//!
//! # Reads
//!
//! The extensions `audubon`, `image` and `multimedia`; `associatedMedia`; the dataset's order of dates.
//!
//! # Writes
//!
//! `multimedia`, a list of structs with the fields [`item::FIELDS`], all text; `mediaTypes`, the distinct types.
//! Both are null without media.
//!
//! # Issues
//!
//! `MULTIMEDIA_URI_INVALID` for an address that is none, or a medium without any; `MULTIMEDIA_DATE_INVALID`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Simple Multimedia](https://rs.gbif.org/extension/gbif/1.0/multimedia.xml), [Audiovisual Core](https://ac.tdwg.org/),
//! [Image](https://rs.gbif.org/extension/gbif/1.0/images.xml), GBIF's `MultimediaInterpreter`, `AudubonInterpreter`,
//! `ImageInterpreter` and `MultimediaConverter` (gbif/pipelines).

pub mod item;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use ahash::RandomState;
use arrow::array::{ListBuilder, StringBuilder, StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::dataset::{BatchFormats, DATE_FORMATS, DATE_ORDER};
use crate::extension::{Structs, Value, list_type};
use crate::parse::date::{DateFormats, DateOrder};
use crate::parse::url;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Settings, Step, Term, Verbatim, column};

use item::{Extension, FIELDS, Item, Rows};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "An address without a file extension is not taken for a page when the publisher declares a media type: many media servers have such addresses.",
    "A file extension given as the format (`jpeg`) is understood in Simple Multimedia and Audubon Core.",
    "The identifier of Audubon Core serves as the address of the medium when accessURI is absent.",
    "associatedMedia without any address raises MULTIMEDIA_URI_INVALID.",
    "Of several descriptions of one medium, later ones complete the first; GBIF drops them.",
    "Latitude and longitude of the Image extension are not read: GBIF swaps them, and the record has its own.",
];

const ASSOCIATED_MEDIA: Term = Term("associatedMedia");

/// The inputs, in argument order.
static READS: [Input; 6] = [
    Input::Extension(Extension::Audubon.column()),
    Input::Extension(Extension::Image.column()),
    Input::Extension(Extension::Multimedia.column()),
    Input::Term(ASSOCIATED_MEDIA),
    Input::Dataset(DATE_ORDER),
    Input::Dataset(DATE_FORMATS),
];

/// The step `multimedia`.
#[derive(Debug)]
pub struct Multimedia {
    /// How an ambiguous date of creation is read.
    order: DateOrder,
}

impl Multimedia {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        Self { order: settings.date_order }
    }
}

static STRUCT: LazyLock<Fields> =
    LazyLock::new(|| FIELDS.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect());

impl Step for Multimedia {
    fn name(&self) -> &'static str {
        "multimedia"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![
            Field::new("multimedia", list_type(&STRUCT), true),
            Field::new("mediaTypes", column::list_type(), true),
            issues_field(),
        ])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let mut issues = vec![IssueSet::new(); rows];
        let extensions: Vec<Rows<'_>> = Extension::ALL
            .into_iter()
            .filter_map(|extension| Rows::of(extension, verbatim.list(extension.column())?))
            .collect();
        let associated = verbatim.text(ASSOCIATED_MEDIA);
        let fields = self.writes();
        if extensions.is_empty() && !associated.is_present() {
            let nothing = fields.iter().take(2).map(|field| new_null_array(field.data_type(), rows)).collect();
            return record(&fields, nothing, &issues);
        }
        let formats = BatchFormats::of(verbatim, self.order);
        let mut structs = Structs::of(STRUCT.clone(), rows);
        let mut types = ListBuilder::with_capacity(StringBuilder::new(), rows);
        for (row, issues) in issues.iter_mut().enumerate() {
            let mut record_types: Vec<&str> = Vec::new();
            for item in items(&extensions, associated.value(row), row, formats.of_record(row), issues) {
                structs.append(item.values().map(Value::text));
                record_types.extend(item.media_type.filter(|media_type| !record_types.contains(media_type)));
            }
            structs.end_record();
            record_types.iter().for_each(|media_type| types.values().append_value(media_type));
            types.append(!record_types.is_empty());
        }
        record(&fields, vec![Arc::new(structs.finish()), Arc::new(types.finish())], &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// The media of a record, each once.
fn items<'a>(
    extensions: &[Rows<'a>],
    associated: Option<&'a str>,
    row: usize,
    formats: DateFormats,
    issues: &mut IssueSet,
) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = Vec::new();
    let mut places: HashMap<Cow<'a, str>, usize, RandomState> = HashMap::default();
    for item in extensions.iter().flat_map(|rows| rows.items(row, formats, issues)) {
        let Some(address) = item.address() else { continue };
        let place = *places.entry(address.clone()).or_insert(items.len());
        match items.get_mut(place) {
            Some(earlier) => earlier.complete_with(item),
            None => items.push(item),
        }
    }
    let Some(associated) = associated else { return items };
    let addresses = url::addresses(associated);
    issues.raise_if(addresses.is_empty(), Issue::MultimediaUriInvalid);
    for item in addresses.into_iter().map(Item::of_address) {
        let known = items
            .iter()
            .any(|other| other.identifier.as_ref() == item.address() || other.references.as_ref() == item.address());
        if !known {
            items.push(item);
        }
    }
    items
}

/// A day, month, year or time in ISO 8601.
fn created(text: &str, formats: DateFormats) -> Option<String> {
    let date = formats.parse(text).date.or_else(|| {
        // Cameras write `2010:12:10 08:09:10` (Exif).
        let (day, time) = text.split_once(' ')?;
        formats.parse(&format!("{}T{}", day.replace(':', "-"), time.trim())).date
    })?;
    Some(date.to_string())
}

#[cfg(test)]
#[path = "multimedia/tests.rs"]
mod tests;
