//! Pictures, sounds and films of what was seen.
//!
//! # What it does
//!
//! Puts the media of a record together from three extensions and from `associatedMedia`. Media with the same addresses
//! are one: the order is Audubon Core, Image, Simple Multimedia, `associatedMedia`; a later description replaces an
//! earlier one at its place, but `associatedMedia`, which describes nothing, only adds.
//!
//! * Addresses get `http://` when they have no scheme ([`crate::parse::url`]).
//! * `format` and `type` come from the declared format, else from the address ([`crate::parse::media`]).
//! * An address that leads to a page moves from `identifier` to `references`.
//! * `created` is a date in ISO 8601 ([`crate::parse::date`]), without a zone.
//! * `license` is the address of a licence that is recognised ([`crate::parse::license`]), else the text.
//!
//! # Reads
//!
//! The extensions `audubon`, `image` and `multimedia`; `associatedMedia`.
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
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{ArrayRef, ListArray, ListBuilder, StringBuilder, StructArray, new_null_array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};

use crate::parse::date::DateFormats;
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
    "Latitude and longitude of the Image extension are not read: GBIF swaps them, and the record has its own.",
];

const ASSOCIATED_MEDIA: Term = Term("associatedMedia");

/// The inputs, in argument order.
static READS: [Input; 4] = [
    Input::Extension(Extension::Audubon.column()),
    Input::Extension(Extension::Image.column()),
    Input::Extension(Extension::Multimedia.column()),
    Input::Term(ASSOCIATED_MEDIA),
];

/// The step `multimedia`.
#[derive(Debug)]
pub struct Multimedia {
    /// How an ambiguous date of creation is read.
    formats: DateFormats,
}

impl Multimedia {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        Self { formats: settings.date_order.into() }
    }
}

fn item_fields() -> Fields {
    FIELDS.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect()
}

fn item_field() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Struct(item_fields()), true))
}

impl Step for Multimedia {
    fn name(&self) -> &'static str {
        "multimedia"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![
            Field::new("multimedia", DataType::List(item_field()), true),
            Field::new("mediaTypes", column::list_type(), true),
            issues_field(),
        ])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let mut issues = vec![IssueSet::new(); rows];
        let extensions: Vec<Rows<'_>> = Extension::ALL
            .into_iter()
            .filter_map(|extension| Rows::of(extension, verbatim.list(extension.column())?, self.formats))
            .collect();
        let associated = verbatim.text(ASSOCIATED_MEDIA);
        let fields = self.writes();
        if extensions.is_empty() && !associated.is_present() {
            let nothing = fields.iter().take(2).map(|field| new_null_array(field.data_type(), rows)).collect();
            return record(&fields, nothing, &issues);
        }
        let mut columns = Columns::with_capacity(rows);
        for (row, issues) in issues.iter_mut().enumerate() {
            columns.append(&items(&extensions, associated.value(row), row, issues));
        }
        record(&fields, columns.finish(), &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// The media of a record, each once.
fn items<'a>(extensions: &[Rows<'a>], associated: Option<&'a str>, row: usize, issues: &mut IssueSet) -> Vec<Item<'a>> {
    type Key<'a> = (Option<Cow<'a, str>>, Option<Cow<'a, str>>);
    let mut items: Vec<Item<'a>> = Vec::new();
    let mut places: HashMap<Key<'a>, usize, RandomState> = HashMap::default();
    for item in extensions.iter().flat_map(|rows| rows.items(row, issues)).filter(Item::has_address) {
        let place = *places.entry((item.identifier.clone(), item.references.clone())).or_insert(items.len());
        match items.get_mut(place) {
            Some(earlier) => *earlier = item,
            None => items.push(item),
        }
    }
    let Some(associated) = associated else { return items };
    let addresses = url::addresses(associated);
    issues.raise_if(addresses.is_empty(), Issue::MultimediaUriInvalid);
    for item in addresses.into_iter().map(Item::of_address) {
        let known = items.iter().any(|other| {
            let address = item.identifier.as_ref().or(item.references.as_ref());
            other.identifier.as_ref() == address || other.references.as_ref() == address
        });
        if !known {
            items.push(item);
        }
    }
    items
}

/// The columns under construction.
struct Columns {
    fields: Vec<StringBuilder>,
    offsets: Vec<i32>,
    valid: Vec<bool>,
    types: ListBuilder<StringBuilder>,
}

impl Columns {
    fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            fields: FIELDS.iter().map(|_| StringBuilder::new()).collect(),
            offsets,
            valid: Vec::with_capacity(rows),
            types: ListBuilder::with_capacity(StringBuilder::new(), rows),
        }
    }

    fn append(&mut self, items: &[Item<'_>]) {
        let mut types: Vec<&str> = Vec::new();
        for item in items {
            for (column, value) in self.fields.iter_mut().zip(item.values()) {
                column.append_option(value);
            }
            if let Some(media_type) = item.media_type.filter(|media_type| !types.contains(media_type)) {
                types.push(media_type);
            }
        }
        let end = self.offsets.last().copied().unwrap_or(0).saturating_add(i32::try_from(items.len()).unwrap_or(0));
        self.offsets.push(end);
        self.valid.push(!items.is_empty());
        types.iter().for_each(|media_type| self.types.values().append_value(media_type));
        self.types.append(!types.is_empty());
    }

    fn finish(mut self) -> Vec<ArrayRef> {
        let rows = self.valid.len();
        let columns: Vec<ArrayRef> =
            self.fields.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef).collect();
        let items = StructArray::try_new(item_fields(), columns, None).ok().and_then(|items| {
            let offsets = OffsetBuffer::new(self.offsets.into());
            ListArray::try_new(item_field(), offsets, Arc::new(items), Some(NullBuffer::from(self.valid))).ok()
        });
        let items = items.unwrap_or_else(|| ListArray::new_null(item_field(), rows));
        vec![Arc::new(items), Arc::new(self.types.finish())]
    }
}

/// A day, month, year or local time in ISO 8601.
fn created(text: &str, formats: DateFormats) -> Option<String> {
    let date = formats.parse(text).date.or_else(|| {
        // Cameras write `2010:12:10 08:09:10` (Exif).
        let (day, time) = text.split_once(' ')?;
        formats.parse(&format!("{}T{}", day.replace(':', "-"), time.trim())).date
    })?;
    // The zone of a camera says nothing about the picture; the local time stays.
    Some(date.without_offset().to_string())
}

#[cfg(test)]
#[path = "multimedia/tests.rs"]
mod tests;
