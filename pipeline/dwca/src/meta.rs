//! meta.xml, as the Darwin Core text guide defines it and as publishers write it.
//!
//! Element and attribute names are taken in any case and namespace, `id` and `coreid` for each other, and values
//! without the blanks around them. Attributes that are absent or empty have the defaults of the GBIF reader, save that
//! `fieldsEnclosedBy=""` means that nothing is quoted, and that a delimiter that is itself a tab or a space is that
//! character and not a blank value.

use crate::descriptor::{DataFile, Dialect, FieldMapping};
use crate::encoding;
use crate::error::ArchiveError;
use crate::limits::Limits;
use crate::term::Term;
use crate::warning::{Warning, WarningKind};
use crate::xml::{Element, Manner, parse};

/// meta.xml before its locations are looked up.
#[derive(Debug)]
pub(crate) struct Meta {
    pub core: DataFile,
    pub extensions: Vec<DataFile>,
    pub metadata: Option<String>,
}

/// Reads meta.xml, found at `file`.
pub(crate) fn read(
    bytes: &[u8],
    file: &str,
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Result<Meta, ArchiveError> {
    let document = parse(bytes, file, limits, Manner::Strict)?;
    let reader = MetaReader { file, limits };
    if document.wrong_encoding {
        warnings.push(
            Warning::new(
                WarningKind::Encoding,
                "the document is not in the encoding it declares",
                "declare the encoding it is saved in",
            )
            .in_file(file),
        );
    }
    reader.archive(&document.root, warnings).map_err(|error| error.in_file(file))
}

struct MetaReader<'a> {
    file: &'a str,
    limits: &'a Limits,
}

impl MetaReader<'_> {
    fn archive(&self, root: &Element, warnings: &mut Vec<Warning>) -> Result<Meta, ArchiveError> {
        if !matches!(root.name.as_str(), "archive" | "stararchive") {
            return Err(ArchiveError::descriptor(
                format!("meta.xml starts with <{}>, not <archive>", root.name),
                "write meta.xml as the Darwin Core text guide says",
            )
            .at_line(root.line));
        }
        let mut cores = root.children_named("core");
        let core = cores.next().ok_or_else(|| {
            ArchiveError::descriptor("meta.xml declares no <core>", "add the <core> element").at_line(root.line)
        })?;
        if let Some(second) = cores.next() {
            return Err(ArchiveError::descriptor(
                "meta.xml declares two <core> elements",
                "keep one, and make the other an <extension>",
            )
            .at_line(second.line));
        }
        let elements: Vec<&Element> = root.children_named("extension").collect();
        if elements.len() > self.limits.extensions {
            return Err(ArchiveError::bound(
                format!("meta.xml declares {} extensions", elements.len()),
                self.limits.extensions,
                "archive.extensions",
            ));
        }
        let core_file = self.data_file(core, warnings)?;
        let mut extensions = Vec::new();
        for element in elements {
            let extension = self.data_file(element, warnings)?;
            if extension.id_index.is_some() {
                extensions.push(extension);
            } else {
                warnings.push(
                    Warning::new(
                        WarningKind::ExtensionNotLinked,
                        format!("the extension {} has no <coreid>; it is not read", extension.row_type.name()),
                        "add <coreid index=\"...\"/> with the column of the core's id",
                    )
                    .in_file(self.file)
                    .at_line(element.line),
                );
            }
        }
        if !extensions.is_empty() && core_file.id_index.is_none() {
            warnings.push(
                Warning::new(
                    WarningKind::ExtensionNotLinked,
                    "the core has no <id>, so no extension row can be joined to it",
                    "add <id index=\"...\"/> to the core",
                )
                .in_file(self.file)
                .at_line(core.line),
            );
        }
        Ok(Meta { core: core_file, extensions, metadata: given(root, "metadata").map(str::to_owned) })
    }

    fn data_file(&self, element: &Element, warnings: &mut Vec<Warning>) -> Result<DataFile, ArchiveError> {
        let locations: Vec<String> = element
            .children_named("files")
            .flat_map(|files| files.children_named("location"))
            .map(|location| location.text.trim().to_owned())
            // The draft of the guide had the file in an attribute.
            .chain(given(element, "location").map(str::to_owned))
            .filter(|location| !location.is_empty())
            .collect();
        let row_type = given(element, "rowtype");
        if locations.is_empty() {
            return Err(ArchiveError::descriptor(
                format!("the <{}> {} names no file", element.name, row_type.unwrap_or("without rowType")),
                "add <files><location>...</location></files>",
            )
            .at_line(element.line));
        }
        let encoding = match given(element, "encoding") {
            None => encoding_rs::UTF_8,
            Some(name) => encoding::by_name(name).unwrap_or_else(|| {
                warnings.push(
                    Warning::new(
                        WarningKind::Encoding,
                        format!("the encoding {name:?} is not known; UTF-8 is tried, then windows-1252"),
                        "declare an IANA name such as UTF-8",
                    )
                    .in_file(self.file)
                    .at_line(element.line),
                );
                encoding_rs::UTF_8
            }),
        };
        if row_type.is_none() {
            warnings.push(
                Warning::new(
                    WarningKind::RowTypeMissing,
                    format!("the <{}> has no rowType; Occurrence is assumed", element.name),
                    "add rowType=\"http://rs.tdwg.org/dwc/terms/Occurrence\" or what a row is",
                )
                .in_file(self.file)
                .at_line(element.line),
            );
        }
        Ok(DataFile {
            row_type: Term::resolve(row_type.unwrap_or("dwc:Occurrence")),
            locations,
            encoding,
            dialect: self.dialect(element)?,
            id_index: self.id_index(element)?,
            fields: self.fields(element, warnings)?,
        })
    }

    fn dialect(&self, element: &Element) -> Result<Dialect, ArchiveError> {
        let delimiter = self.one_byte(element, "fieldsTerminatedBy", Some(b','))?.unwrap_or(b',');
        let quote = self.one_byte(element, "fieldsEnclosedBy", Some(b'"'))?;
        if quote == Some(delimiter) {
            return Err(ArchiveError::descriptor(
                "fieldsEnclosedBy and fieldsTerminatedBy are the same character",
                "declare the two characters the file is written with",
            )
            .at_line(element.line));
        }
        let line_end = match element.attribute("linesterminatedby") {
            Some(text) if !text.is_empty() => unescape(text),
            _ => "\n".into(),
        };
        // Not a number, or a negative one: none, as in the GBIF reader.
        let header_lines = given(element, "ignoreheaderlines").and_then(|text| text.parse().ok()).unwrap_or_default();
        Ok(Dialect { delimiter, quote, line_end, header_lines })
    }

    /// A character attribute: `default` when absent, none when empty.
    fn one_byte(&self, element: &Element, name: &str, default: Option<u8>) -> Result<Option<u8>, ArchiveError> {
        let Some(text) = element.attribute(&name.to_lowercase()) else { return Ok(default) };
        if text.is_empty() {
            return Ok(if name == "fieldsEnclosedBy" { None } else { default });
        }
        let unescaped = unescape(text);
        // Blanks around the character are noise unless they are the character.
        let value = if unescaped.chars().count() == 1 { &unescaped } else { unescaped.trim_matches(' ') };
        match *value.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Ok(Some(byte)),
            [] if name == "fieldsEnclosedBy" => Ok(None),
            _ => Err(ArchiveError::descriptor(
                format!("{name} is {text:?}, and must be one ASCII character"),
                "write the file again with a tab or a comma, and declare it",
            )
            .at_line(element.line)),
        }
    }

    fn id_index(&self, element: &Element) -> Result<Option<usize>, ArchiveError> {
        element
            .children
            .iter()
            .find(|child| matches!(child.name.as_str(), "id" | "coreid"))
            .map_or(Ok(None), |id| self.index(id))
    }

    fn index(&self, element: &Element) -> Result<Option<usize>, ArchiveError> {
        let Some(text) = given(element, "index") else { return Ok(None) };
        let index: usize = text.parse().map_err(|_| {
            ArchiveError::descriptor(
                format!("the index {text:?} of <{}> is not a column number", element.name),
                "number the columns from 0",
            )
            .at_line(element.line)
        })?;
        if index >= self.limits.columns {
            return Err(ArchiveError::bound(
                format!("meta.xml names column {index}"),
                format!("{} columns", self.limits.columns),
                "archive.columns",
            )
            .at_line(element.line));
        }
        Ok(Some(index))
    }

    fn fields(&self, element: &Element, warnings: &mut Vec<Warning>) -> Result<Vec<FieldMapping>, ArchiveError> {
        let mut fields: Vec<FieldMapping> = Vec::new();
        for (count, field) in element.children_named("field").enumerate() {
            if count >= self.limits.columns {
                return Err(ArchiveError::bound(
                    "meta.xml maps too many fields",
                    format!("{} columns", self.limits.columns),
                    "archive.columns",
                )
                .at_line(field.line));
            }
            let name = given(field, "term");
            let index = self.index(field).map_err(|error| match name {
                Some(name) => error.about_term(name),
                None => error,
            })?;
            let Some(name) = name else {
                warnings.push(
                    Warning::new(
                        WarningKind::UnnamedColumn,
                        "a <field> has no term; its column is not read",
                        "add the term attribute",
                    )
                    .in_file(self.file)
                    .at_line(field.line),
                );
                continue;
            };
            let mapping = FieldMapping {
                term: Term::resolve(name),
                written: name.to_owned(),
                index,
                default: field.attribute("default").filter(|text| !text.is_empty()).map(str::to_owned),
                vocabulary: given(field, "vocabulary").map(str::to_owned),
                data_type: given(field, "type").map(str::to_owned),
                delimited_by: field.attribute("delimitedby").filter(|text| !text.is_empty()).map(str::to_owned),
            };
            match fields.iter_mut().find(|other| other.term.uri() == mapping.term.uri()) {
                None => fields.push(mapping),
                Some(other) => {
                    warnings.push(
                        Warning::new(
                            WarningKind::DuplicatedTerm,
                            format!("the term {} is mapped twice; the last <field> is read", mapping.term.name()),
                            "map each term once",
                        )
                        .in_file(self.file)
                        .at_line(field.line),
                    );
                    *other = mapping;
                }
            }
        }
        Ok(fields)
    }
}

/// An attribute without the blanks around it; none when nothing is left.
fn given<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attribute(name).map(str::trim).filter(|text| !text.is_empty())
}

/// The escapes the text guide allows for characters that XML would fold.
fn unescape(text: &str) -> String {
    text.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\f", "\u{c}")
}
