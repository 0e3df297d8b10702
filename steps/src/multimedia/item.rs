//! One medium, from a row of an extension.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, StringArray};

use super::created;
use crate::parse::date::DateFormats;
use crate::parse::license::License;
use crate::parse::{media, url};
use crate::{Issue, IssueSet};

/// The extensions that describe media. Their order is that in which a record's media are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// Audubon Core (`ac:Multimedia`), now Audiovisual Core.
    Audubon,
    /// GBIF Image, the older extension for pictures alone.
    Image,
    /// GBIF Simple Multimedia.
    Multimedia,
}

impl Extension {
    /// Every extension, in order.
    pub const ALL: [Self; 3] = [Self::Audubon, Self::Image, Self::Multimedia];

    /// Name of the column in the verbatim table.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Audubon => "audubon",
            Self::Image => "image",
            Self::Multimedia => "multimedia",
        }
    }
}

/// Names of the fields of an item, in order.
pub const FIELDS: [&str; 15] = [
    "type",
    "format",
    "identifier",
    "references",
    "title",
    "description",
    "created",
    "creator",
    "contributor",
    "publisher",
    "source",
    "audience",
    "license",
    "rightsHolder",
    "datasetID",
];

/// One medium.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item<'a> {
    /// DCMI type.
    pub media_type: Option<&'static str>,
    /// MIME type.
    pub format: Option<Cow<'a, str>>,
    /// Address of the medium itself.
    pub identifier: Option<Cow<'a, str>>,
    /// Address of a page about it.
    pub references: Option<Cow<'a, str>>,
    /// Day or time of creation, ISO 8601.
    pub created: Option<String>,
    /// Address of the licence, or the text that names none.
    pub license: Option<Cow<'a, str>>,
    /// `title`, `description`, `creator`, `contributor`, `publisher`, `source`, `audience`, `rightsHolder`, `datasetID`.
    pub texts: [Option<&'a str>; 9],
}

impl<'a> Item<'a> {
    /// The values, in the order of [`FIELDS`].
    pub fn values(&self) -> [Option<&str>; 15] {
        let [title, description, creator, contributor, publisher, source, audience, rights_holder, dataset] =
            self.texts;
        [
            self.media_type,
            self.format.as_deref(),
            self.identifier.as_deref(),
            self.references.as_deref(),
            title,
            description,
            self.created.as_deref(),
            creator,
            contributor,
            publisher,
            source,
            audience,
            self.license.as_deref(),
            rights_holder,
            dataset,
        ]
    }

    /// Whether the medium can be found anywhere.
    pub fn has_address(&self) -> bool {
        self.identifier.is_some() || self.references.is_some()
    }

    /// A medium of which nothing but the address is known.
    pub fn of_address(address: Cow<'a, str>) -> Self {
        let found = media::detect(None, None, Some(&address));
        let mut item = Self {
            media_type: found.media_type,
            format: found.format.map(Cow::Owned),
            identifier: Some(address),
            ..Self::default()
        };
        if found.is_page {
            item.references = item.identifier.take();
        }
        item
    }
}

/// The rows of an extension, by name of term.
#[derive(Debug)]
pub struct Rows<'a> {
    extension: Extension,
    list: &'a ListArray,
    columns: Vec<(&'a str, &'a StringArray)>,
    formats: DateFormats,
}

impl<'a> Rows<'a> {
    /// The rows of an extension, if the column holds texts.
    pub fn of(extension: Extension, list: &'a ListArray, formats: DateFormats) -> Option<Self> {
        let rows = list.values().as_struct_opt()?;
        let column = |(field, column): (&'a arrow::datatypes::FieldRef, &'a ArrayRef)| {
            Some((field.name().as_str(), column.as_string_opt::<i32>()?))
        };
        Some(Self {
            extension,
            list,
            columns: rows.fields().iter().zip(rows.columns()).filter_map(column).collect(),
            formats,
        })
    }

    /// The media of a record. A row without a usable address is left out, but for those of Audubon Core, where the
    /// address is optional: they are marked by [`Item::has_address`].
    pub fn items(&self, record: usize, issues: &mut IssueSet) -> Vec<Item<'a>> {
        let offsets = self.list.value_offsets();
        let (Some(start), Some(end)) = (offsets.get(record), offsets.get(record + 1)) else { return Vec::new() };
        if self.list.is_null(record) {
            return Vec::new();
        }
        (*start..*end).filter_map(|row| self.item(usize::try_from(row).ok()?, issues)).collect()
    }

    /// The first of several terms that has a value.
    fn text(&self, row: usize, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| {
            let (_, column) = self.columns.iter().find(|(column, _)| column == name)?;
            let value = (row < column.len() && column.is_valid(row)).then(|| column.value(row).trim())?;
            (!value.is_empty() && value != "\\N" && !value.eq_ignore_ascii_case("null")).then_some(value)
        })
    }

    fn address(&self, row: usize, names: &[&str], issues: &mut IssueSet) -> Option<Cow<'a, str>> {
        let text = self.text(row, names)?;
        let address = url::address(text);
        issues.raise_if(address.is_none(), Issue::MultimediaUriInvalid);
        address
    }

    fn item(&self, row: usize, issues: &mut IssueSet) -> Option<Item<'a>> {
        let is_audubon = self.extension == Extension::Audubon;
        let mut item = Item::default();
        if is_audubon {
            // The identifier of Audubon Core is any text; it serves as an address when there is no other.
            item.identifier = self.address(row, &["accessURI"], issues).or_else(|| {
                url::address(self.text(row, &["identifier"])?).filter(|_| self.text(row, &["accessURI"]).is_none())
            });
            item.references = self.address(row, &["furtherInformationURL"], issues);
        } else {
            item.identifier = self.address(row, &["identifier"], issues);
            item.references = self.address(row, &["references"], issues);
        }
        let date = self.text(row, &["created", "CreateDate", "createDate"]);
        item.created = date.and_then(|date| created(date, self.formats));
        issues.raise_if(date.is_some() && item.created.is_none(), Issue::MultimediaDateInvalid);
        if !is_audubon && !item.has_address() {
            issues.raise(Issue::MultimediaUriInvalid);
            return None;
        }
        self.detect(row, &mut item);
        item.license = self
            .text(row, &["license", "rights", "WebStatement", "UsageTerms"])
            .map(|text| License::of_text(text).map_or(Cow::Borrowed(text), |license| Cow::Owned(license.address())));
        item.texts = [
            self.text(row, &["title"]),
            self.text(row, &["description", "caption"]),
            self.text(row, &["creator"]),
            self.text(row, &["contributor"]),
            self.text(row, &["publisher", "providerLiteral"]),
            self.text(row, &["source"]),
            self.text(row, &["audience"]),
            self.text(row, &["rightsHolder", "Owner"]),
            self.text(row, &["datasetID"]),
        ];
        Some(item)
    }

    /// Format and type, from what is declared and from the address.
    fn detect(&self, row: usize, item: &mut Item<'a>) {
        let format = self.text(row, &["format"]);
        if self.extension == Extension::Image {
            // Whatever the extension holds is a picture; GBIF keeps its format as given.
            item.media_type = Some("StillImage");
            item.format = format.map(Cow::Borrowed).or_else(|| {
                let format = item.identifier.as_deref().and_then(media::of_address);
                format.filter(|format| *format != media::PAGE).map(Cow::Borrowed)
            });
            return;
        }
        let found = media::detect(self.text(row, &["type"]), format, item.identifier.as_deref());
        item.media_type = found.media_type;
        item.format = found.format.map(Cow::Owned);
        if found.is_page && item.references.is_none() {
            item.references = item.identifier.take();
        }
    }
}
