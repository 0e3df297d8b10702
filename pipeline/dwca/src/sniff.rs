//! Archives without meta.xml: one data file, described by its header.

use std::io::Read;

use crate::container::path::file_name;
use crate::container::{Container, Entry};
use crate::descriptor::{DataFile, Dialect, FieldMapping};
use crate::encoding::{self, Transcoder};
use crate::error::ArchiveError;
use crate::limits::Limits;
use crate::split::{Form, Split, Splitter};
use crate::term::Term;
use crate::warning::{Warning, WarningKind};

/// Bytes looked at to tell the encoding, the delimiter and the quote.
const SAMPLE: u64 = 1 << 20;

/// Records looked at to tell the delimiter.
const RECORDS: usize = 15;

const SUFFIXES: [&str; 7] = [".csv", ".txt", ".tsv", ".tab", ".text", ".data", ".dwca"];

/// What a GBIF download holds beside its core, and what people add to archives.
const NOT_DATA: [&str; 5] = ["rights.txt", "citations.txt", "readme.txt", "license.txt", "licence.txt"];

/// Terms of Occurrence records that no list of taxa has.
const OCCURRENCE_TERMS: [&str; 10] = [
    "basisOfRecord",
    "decimalLatitude",
    "decimalLongitude",
    "eventDate",
    "recordedBy",
    "catalogNumber",
    "individualCount",
    "occurrenceStatus",
    "locality",
    "scientificName",
];

/// The one file that may be the data.
pub(crate) fn data_file<'a>(container: &'a Container, warnings: &mut Vec<Warning>) -> Result<&'a Entry, ArchiveError> {
    if container.is_single_file {
        let entry = container.entries().first();
        return entry.ok_or_else(|| ArchiveError::unreadable("the file is empty", "send the data"));
    }
    let is_data = |entry: &&Entry| {
        let name = file_name(&entry.path).to_ascii_lowercase();
        SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) && !NOT_DATA.contains(&name.as_str())
    };
    let all: Vec<&Entry> = container.entries().iter().filter(is_data).collect();
    let depth = |entry: &Entry| entry.path.matches('/').count();
    let least = all.iter().map(|entry| depth(entry)).min().unwrap_or_default();
    let nearest: Vec<&Entry> = all.into_iter().filter(|entry| depth(entry) == least).collect();
    match nearest.as_slice() {
        [] => {
            Err(ArchiveError::descriptor(no_data(container), "send a Darwin Core archive, or one delimited text file"))
        }
        [entry] => Ok(entry),
        several => {
            let named = |name: &str| several.iter().find(|entry| file_name(&entry.path).eq_ignore_ascii_case(name));
            // The verbatim file is an extension of the other in every GBIF download.
            if let (Some(occurrence), Some(_)) = (named("occurrence.txt"), named("verbatim.txt")) {
                warnings.push(
                    Warning::new(
                        WarningKind::File,
                        "a GBIF download without its meta.xml: only the core is read",
                        "add the meta.xml of the download",
                    )
                    .in_file(&occurrence.path),
                );
                return Ok(occurrence);
            }
            let names: Vec<&str> = several.iter().map(|entry| entry.path.as_str()).collect();
            Err(ArchiveError::descriptor(
                format!("there is no meta.xml, and several files may be the data: {}", names.join(", ")),
                "add a meta.xml that describes them, or send only one",
            ))
        }
    }
}

fn no_data(container: &Container) -> String {
    let has = |name: &str| container.entries().iter().any(|entry| entry.path == name);
    if has("[Content_Types].xml") || has("mimetype") {
        return "the file is a spreadsheet or a document, not an archive of delimited text".into();
    }
    "there is no meta.xml, and no file that may be the data (.csv, .txt, .tsv, ...)".into()
}

/// Describes a file by its header.
pub(crate) fn describe(
    container: &Container,
    entry: &Entry,
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Result<DataFile, ArchiveError> {
    let failed = |error| ArchiveError::io(format_args!("read {:?}", entry.path), error).in_file(&entry.path);
    let mut bytes = Vec::new();
    container.read(entry, limits)?.take(SAMPLE).read_to_end(&mut bytes).map_err(failed)?;
    let is_whole = (bytes.len() as u64) < SAMPLE;
    let declared = encoding::guess(&bytes);
    let found = encoding::find(declared, &bytes);
    let mut sample = bytes.split_off(found.mark.min(bytes.len()));
    if let Some(wide) = found.transcode {
        let mut text = Vec::new();
        Transcoder::new(&sample[..], wide).read_to_end(&mut text).map_err(failed)?;
        sample = text;
    }
    if sample.trim_ascii_start().starts_with(b"<") {
        return Err(ArchiveError::descriptor("the file is an XML document, not data", "send the data beside it")
            .in_file(&entry.path));
    }
    let line_end = if sample.contains(&b'\n') { b'\n' } else { b'\r' };
    let (delimiter, header) = header(&sample, is_whole, line_end, limits, found.charset)
        .ok_or_else(|| too_many_columns(limits).in_file(&entry.path))?;
    let quote = quote(&sample, delimiter, line_end);
    let fields = fields(&header, entry, warnings);
    let (row_type, id) = kind(&fields).ok_or_else(|| {
        ArchiveError::descriptor(
            format!("the header holds no term of Darwin Core: {}", shown(&header)),
            "name the columns by Darwin Core terms, or add a meta.xml",
        )
        .in_file(&entry.path)
        .at_line(1)
    })?;
    Ok(DataFile {
        row_type: Term::resolve(row_type),
        locations: vec![entry.path.clone()],
        encoding: declared,
        dialect: Dialect {
            delimiter,
            quote,
            line_end: if line_end == b'\n' { "\n".into() } else { "\r".into() },
            header_lines: 1,
        },
        id_index: id,
        fields,
    })
}

fn too_many_columns(limits: &Limits) -> ArchiveError {
    ArchiveError::bound("the header has too many cells", format!("{} columns", limits.columns), "archive.columns")
        .at_line(1)
}

fn shown(header: &[String]) -> String {
    let text: String = header.join(", ").chars().take(200).collect();
    if text.is_empty() { "it is empty".into() } else { text }
}

/// The delimiter that makes most sense of the first records, and the cells of the header; none where the header has too
/// many.
fn header(
    sample: &[u8],
    is_whole: bool,
    line_end: u8,
    limits: &Limits,
    charset: encoding::Charset,
) -> Option<(u8, Vec<String>)> {
    let mut best = None;
    for delimiter in [b',', b'\t', b';', b'|'] {
        let mut splitter = Splitter::new(Form { delimiter, quote: Some(b'"'), line_end }, limits.columns);
        let mut cells: Vec<String> = Vec::new();
        let (mut at, mut records, mut alike) = (0, 0, 0);
        while records < RECORDS {
            let rest = sample.get(at..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            let Split::Record { end, next } = splitter.split(rest, is_whole, None) else { break };
            at += next;
            if rest.get(..end).unwrap_or_default().trim_ascii().is_empty() {
                continue;
            }
            if records == 0 {
                if splitter.too_many {
                    return None;
                }
                cells = splitter.cells.iter().map(|cell| charset.decode(cell.bytes(rest)).0.into_owned()).collect();
            }
            records += 1;
            alike += usize::from(splitter.cells.len() == cells.len());
        }
        let known = cells.iter().filter(|name| Term::resolve(name).is_known()).count();
        let share = (alike * 100usize).checked_div(records).unwrap_or_default();
        // Columns that are known terms say more than columns that are many.
        let score = (known, if cells.len() > 1 { share } else { 0 }, cells.len());
        if best.as_ref().is_none_or(|(other, _, _)| score > *other) {
            best = Some((score, delimiter, cells));
        }
    }
    best.map(|(_, delimiter, cells)| (delimiter, cells))
}

/// The quote that cells start with. Without any, commas and semicolons are taken to come with `"`, since the first cell
/// that holds one may be far down; tabs and bars are not.
fn quote(sample: &[u8], delimiter: u8, line_end: u8) -> Option<u8> {
    let mut plain = Splitter::new(Form { delimiter, quote: None, line_end }, usize::MAX);
    let (mut double, mut single) = (false, false);
    let mut at = 0;
    while let Some(rest) = sample.get(at..)
        && !rest.is_empty()
        && let Split::Record { next, .. } = plain.split(rest, true, None)
    {
        for cell in &plain.cells {
            let bytes = cell.bytes(rest);
            double |= bytes.first() == Some(&b'"');
            single |= bytes.len() > 1 && bytes.first() == Some(&b'\'') && bytes.last() == Some(&b'\'');
        }
        at += next;
    }
    match (double, single) {
        (true, _) => Some(b'"'),
        (false, true) => Some(b'\''),
        _ => matches!(delimiter, b',' | b';').then_some(b'"'),
    }
}

fn fields(header: &[String], entry: &Entry, warnings: &mut Vec<Warning>) -> Vec<FieldMapping> {
    let mut fields: Vec<FieldMapping> = Vec::new();
    for (index, name) in header.iter().enumerate() {
        let name = name.trim().trim_matches('\'');
        // Anything else is a remark, not a name.
        if name.chars().count() < 2 || name.contains(char::is_whitespace) {
            if !name.is_empty() {
                warnings.push(
                    Warning::new(
                        WarningKind::UnnamedColumn,
                        format!("the column {name:?} is not named by a term; it is not read"),
                        "rename it",
                    )
                    .in_file(&entry.path)
                    .at_line(1),
                );
            }
            continue;
        }
        let mapping = FieldMapping {
            term: Term::resolve(name),
            written: name.to_owned(),
            index: Some(index),
            default: None,
            vocabulary: None,
            data_type: None,
            delimited_by: None,
        };
        match fields.iter_mut().find(|other| other.term.uri() == mapping.term.uri()) {
            None => fields.push(mapping),
            Some(other) => {
                warnings.push(
                    Warning::new(
                        WarningKind::DuplicatedTerm,
                        format!("the term {} heads two columns; the last is read", mapping.term.name()),
                        "rename one",
                    )
                    .in_file(&entry.path)
                    .at_line(1),
                );
                *other = mapping;
            }
        }
    }
    fields
}

/// What the rows are, and the column of their id.
fn kind(fields: &[FieldMapping]) -> Option<(&'static str, Option<usize>)> {
    let dwc = |name: &str| fields.iter().find(|field| field.term.is_dwc(name)).and_then(|field| field.index);
    let identifier = fields.iter().find(|field| field.term.name() == "identifier").and_then(|field| field.index);
    if let Some(id) = dwc("occurrenceID") {
        return Some(("dwc:Occurrence", Some(id)));
    }
    // A taxonID in a table of observations names their taxon, not the row.
    if let (Some(id), None) = (dwc("taxonID"), dwc("basisOfRecord")) {
        return Some(("dwc:Taxon", Some(id)));
    }
    if let (Some(id), None) = (dwc("eventID"), dwc("basisOfRecord")) {
        return Some(("dwc:Event", Some(id)));
    }
    OCCURRENCE_TERMS.iter().any(|name| dwc(name).is_some()).then_some(("dwc:Occurrence", identifier))
}
