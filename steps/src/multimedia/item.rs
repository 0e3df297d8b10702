//! One medium, from a row of an extension.

use std::borrow::Cow;

use arrow::array::ListArray;

use super::created;
use crate::extension::{self, Cells};
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
    pub texts: [Option<Cow<'a, str>>; 9],
}

impl<'a> Item<'a> {
    /// The values, in the order of [`FIELDS`].
    pub fn values(&self) -> [Option<&str>; 15] {
        let [title, description, creator, contributor, publisher, source, audience, rights_holder, dataset] =
            self.texts.each_ref().map(Option::as_deref);
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

    /// Where the medium is: at its own address, else on the page about it.
    pub fn address(&self) -> Option<&Cow<'a, str>> {
        self.identifier.as_ref().or(self.references.as_ref())
    }

    /// Takes over what another description of the same medium says and this one does not.
    pub fn complete_with(&mut self, other: Self) {
        self.media_type = self.media_type.or(other.media_type);
        self.created = self.created.take().or(other.created);
        let mine = [&mut self.format, &mut self.references, &mut self.license].into_iter().chain(&mut self.texts);
        let theirs = [other.format, other.references, other.license].into_iter().chain(other.texts);
        for (mine, theirs) in mine.zip(theirs) {
            *mine = mine.take().or(theirs);
        }
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

/// The rows of an extension, by what they are read for.
#[derive(Debug)]
pub struct Rows<'a> {
    extension: Extension,
    rows: extension::Rows<'a>,
    identifier: Cells<'a>,
    /// The identifier of Audubon Core is any text; it serves as an address when there is no other.
    other_identifier: Cells<'a>,
    references: Cells<'a>,
    created: Cells<'a>,
    format: Cells<'a>,
    media_type: Cells<'a>,
    license: Cells<'a>,
    texts: [Cells<'a>; 9],
}

impl<'a> Rows<'a> {
    /// The rows of an extension, if there are any.
    pub fn of(extension: Extension, list: &'a ListArray) -> Option<Self> {
        let rows = extension::Rows::of(Some(list))?;
        let is_audubon = extension == Extension::Audubon;
        let either = |audubon: &str, other: &str| rows.cells(&[if is_audubon { audubon } else { other }]);
        Some(Self {
            extension,
            identifier: either("accessURI", "identifier"),
            other_identifier: if is_audubon { rows.cells(&["identifier"]) } else { Cells::default() },
            references: either("furtherInformationURL", "references"),
            created: rows.cells(&["created", "CreateDate", "createDate"]),
            format: rows.cells(&["format", "dc_format"]),
            media_type: rows.cells(&["type", "dc_type"]),
            license: rows.cells(&["license", "rights", "dc_rights", "WebStatement", "UsageTerms"]),
            texts: [
                rows.cells(&["title"]),
                rows.cells(&["description", "caption"]),
                // In Audubon Core, dc:creator is a name and dcterms:creator an identifier.
                rows.cells(&["dc_creator", "creator"]),
                rows.cells(&["contributor"]),
                rows.cells(&["publisher", "providerLiteral"]),
                rows.cells(&["dc_source", "source"]),
                rows.cells(&["audience"]),
                rows.cells(&["rightsHolder", "Owner"]),
                rows.cells(&["datasetID"]),
            ],
            rows,
        })
    }

    /// The media of a record. A row without a usable address is left out, but for those of Audubon Core, where the
    /// address is optional: they are marked by [`Item::has_address`].
    pub fn items(&self, record: usize, formats: DateFormats, issues: &mut IssueSet) -> Vec<Item<'a>> {
        self.rows.of_record(record).filter_map(|row| self.item(row, formats, issues)).collect()
    }

    fn item(&self, row: usize, formats: DateFormats, issues: &mut IssueSet) -> Option<Item<'a>> {
        let mut address = |cells: &Cells<'a>| {
            let text = cells.value(row)?;
            let address = address_of(&text);
            issues.raise_if(address.is_none(), Issue::MultimediaUriInvalid);
            address
        };
        let mut item = Item { identifier: address(&self.identifier), ..Item::default() };
        item.references = address(&self.references);
        if self.identifier.value(row).is_none() {
            item.identifier = self.other_identifier.value(row).and_then(|text| address_of(&text));
        }
        let date = self.created.value(row);
        item.created = date.as_deref().and_then(|date| created(date, formats));
        issues.raise_if(date.is_some() && item.created.is_none(), Issue::MultimediaDateInvalid);
        if self.extension != Extension::Audubon && !item.has_address() {
            issues.raise(Issue::MultimediaUriInvalid);
            return None;
        }
        self.detect(row, &mut item);
        item.license = self.license.value(row).map(|text| match License::of_text(&text) {
            Some(license) => Cow::Owned(license.address()),
            None => text,
        });
        item.texts = self.texts.each_ref().map(|cells| cells.value(row));
        Some(item)
    }

    /// Format and type, from what is declared and from the address.
    fn detect(&self, row: usize, item: &mut Item<'a>) {
        let format = self.format.value(row);
        if self.extension == Extension::Image {
            // Whatever the extension holds is a picture; GBIF keeps its format as given.
            item.media_type = Some("StillImage");
            item.format = format.or_else(|| {
                let format = item.identifier.as_deref().and_then(media::of_address);
                format.filter(|format| *format != media::PAGE).map(Cow::Borrowed)
            });
            return;
        }
        let declared = self.media_type.value(row);
        let found = media::detect(declared.as_deref(), format.as_deref(), item.identifier.as_deref());
        item.media_type = found.media_type;
        item.format = found.format.map(Cow::Owned);
        if found.is_page && item.references.is_none() {
            item.references = item.identifier.take();
        }
    }
}

/// The address in a text, whose scheme may have been added.
fn address_of<'a>(text: &str) -> Option<Cow<'a, str>> {
    url::address(text).map(|address| Cow::Owned(address.into_owned()))
}
