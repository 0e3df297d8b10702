//! Products with a line for each row of the public table: index documents and the rows of archives.
//!
//! The line of a masked row must be the one that follows from the row, byte for byte; the lines of free rows are searched for the
//! words of protected records.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use arrow::array::Array;
use serde_json::{Map, Value};
use zip::ZipArchive;

use super::finding::{Findings, Leak};
use super::reader::{Found, Search, decompressed, for_each_line};
use super::secrets::Secrets;
use super::table::{Bounds, Part};
use super::words::whole;
use crate::error::{Doing, Result};
use crate::outputs::{archive, index};

/// Longest metadata document of an archive that we write.
const METADATA_BYTES: u64 = 16 << 20;

/// Lines that follow the rows of parts of a table.
struct Following<'a> {
    name: &'a str,
    search: &'a Search<'a>,
    secrets: &'a Secrets,
    /// What must stand before the key of a row in its line, and behind it.
    around: (&'static [u8], &'static [u8]),
}

impl Following<'_> {
    fn line(
        &self,
        line: &[u8],
        number: u64,
        key: &str,
        expected: Option<&[u8]>,
        findings: &mut Findings,
        found: &mut Found,
    ) {
        if let Some(expected) = expected {
            if line != expected {
                let field = differing_field(line, expected);
                let message = format!("{field} of a masked record is not what the public table says");
                findings.leak(leak_of(&field), self.name, Some(number), message);
            }
            return;
        }
        let own = line.strip_prefix(self.around.0).and_then(|rest| rest.strip_prefix(key.as_bytes()));
        if !own.is_some_and(|rest| rest.starts_with(self.around.1)) {
            let other = line.strip_prefix(self.around.0).unwrap_or(line);
            let other = other.get(..key.len()).unwrap_or(other);
            match self.secrets.keys.get(&whole(other)) {
                Some(true) => findings.leak(Leak::L18, self.name, Some(number), "a record that must not be public"),
                _ => findings.leak(Leak::L13, self.name, Some(number), "lines are not those of the rows of the table"),
            }
        }
        self.search.free_row(line, self.name, number, found);
    }
}

/// The field in which a line differs from the one that follows from the table.
fn differing_field(line: &[u8], expected: &[u8]) -> String {
    let object = |line: &[u8]| serde_json::from_slice::<Map<String, Value>>(line).unwrap_or_default();
    let (told, expected_fields) = (object(line), object(expected));
    if let Some((field, _)) = told.iter().find(|(field, value)| expected_fields.get(*field) != Some(*value)) {
        return field.clone();
    }
    let cells = |line: &[u8]| String::from_utf8_lossy(line).split('\t').map(str::to_owned).collect::<Vec<_>>();
    let differing = cells(line).iter().zip(cells(expected)).position(|(cell, expected)| *cell != expected);
    let header = archive::header();
    differing.and_then(|column| header.trim_end().split('\t').nth(column)).unwrap_or_default().to_owned()
}

/// The leak that a wrong field is.
fn leak_of(field: &str) -> Leak {
    match field {
        "coordinateUncertaintyInMeters" | "coordinatePrecision" => Leak::L16,
        "decimalLatitude" | "decimalLongitude" | "lat_long" => Leak::L10,
        "codeInseeCommune" | "codesInseeCommune" | "commune" | "municipality" | "locationID" => Leak::L4,
        "codeMaille10Km"
        | "codesMaille10Km"
        | "codeMaille5Km"
        | "codeMaille1Km"
        | "codeInseeDepartement"
        | "codesInseeDepartement"
        | "department"
        | "departmentCode"
        | "state"
        | "codeInseeRegion"
        | "county"
        | "waterBody"
        | "island" => Leak::L5,
        "multimedia" | "references" => Leak::L12,
        "sensitivityRules" | "sensitivityLevel" | "dataGeneralizations" | "informationWithheld" => Leak::L15,
        _ => Leak::L2,
    }
}

/// Checks the documents of one part.
///
/// # Errors
/// When the file cannot be read.
pub fn documents(
    path: &Path,
    name: &str,
    part: &Part,
    layers: &[String],
    (search, secrets): (&Search<'_>, &Secrets),
    (findings, found): (&mut Findings, &mut Found),
) -> Result<()> {
    let following = Following { name, search, secrets, around: (b"{\"id\":\"", b"\"") };
    let expected = index::lines(&part.masked, layers)?;
    let mut expected = expected.split(|byte| *byte == b'\n');
    let free = part.free_rows() as u64;
    let lines = for_each_line(decompressed(path)?, name, |line, number| {
        if number > part.keys.len() as u64 {
            findings.leak(Leak::L18, name, Some(number), "there are more documents than rows of the table");
            search.words(line, name, number, found);
            return Ok(());
        }
        let key = part.keys.value(usize::try_from(number - 1).unwrap_or(usize::MAX));
        let expected = if number > free { expected.next() } else { None };
        following.line(line, number, key, expected, findings, found);
        Ok(())
    })?;
    if lines < part.keys.len() as u64 {
        findings.leak(Leak::L14, name, Some(lines), "there are fewer documents than rows of the table");
    }
    Ok(())
}

/// Checks the archive of a dataset, whose rows are those of the parts of its table in order.
///
/// Gives the hashes of the lines of masked records: other archives may have these and no others.
///
/// # Errors
/// When the file cannot be read.
pub fn archive_of_dataset(
    path: &Path,
    name: &str,
    mut parts: impl Iterator<Item = Result<Part>>,
    (search, secrets): (&Search<'_>, &Secrets),
    (findings, found): (&mut Findings, &mut Found),
) -> Result<Vec<u64>> {
    let doing = || format!("read {}", path.display());
    let file = std::fs::File::open(path).doing(doing)?;
    let mut zip = ZipArchive::new(BufReader::new(file)).doing(doing)?;
    let mut lines_of_masked = Vec::new();
    let mut bounds = Bounds::default();
    let mut metadata = Vec::new();
    for position in 0..zip.len() {
        let entry = zip.by_index(position).doing(doing)?;
        let entry_name = entry.name().unwrap_or_default().into_owned();
        let name = format!("{name}!{entry_name}");
        let mut reader = BufReader::with_capacity(1 << 17, entry);
        match entry_name.as_str() {
            "occurrence.txt" => {
                let rows =
                    Rows { parts: &mut parts, bounds: &mut bounds, part: None, lines: Vec::new(), next: 0, start: 0 };
                let following = Following { name: &name, search, secrets, around: (b"", b"\t") };
                lines_of_masked = rows_of_archive(reader, rows, &following, findings, found)?;
            }
            "multimedia.txt" => multimedia(reader, &name, (search, secrets), (findings, found))?,
            "eml.xml" => {
                (&mut reader).take(METADATA_BYTES).read_to_end(&mut metadata).doing(doing)?;
                search.text(metadata.as_slice(), &name, found)?;
            }
            _ => search.text(reader, &name, found)?,
        }
    }
    if !covers(&String::from_utf8_lossy(&metadata), &bounds) {
        findings.leak(Leak::L6, &format!("{name}!eml.xml"), None, "the coverage is not that of the public records");
    }
    Ok(lines_of_masked)
}

/// Whether a metadata document tells the box and the years of public rows, and no others.
fn covers(metadata: &str, bounds: &Bounds) -> bool {
    let all = |tag: &str| -> Vec<String> {
        let tag = format!("<{tag}>");
        let values = metadata.split(tag.as_str()).skip(1).filter_map(|rest| rest.split('<').next());
        values.map(|value| value.trim().to_owned()).collect()
    };
    let sides = ["west", "east", "south", "north"].map(|side| all(&format!("{side}BoundingCoordinate")));
    let degrees = match bounds.degrees {
        Some(degrees) => degrees.map(|degrees| vec![degrees.to_string()]),
        None => [const { Vec::new() }; 4],
    };
    let years: Vec<String> = bounds.years.iter().flatten().map(|year| format!("{year:04}")).collect();
    sides == degrees && all("calendarDate") == years
}

/// The rows of all parts with the lines that the masked ones must have.
struct Rows<'a, I> {
    parts: &'a mut I,
    /// The box and the years of the parts so far.
    bounds: &'a mut Bounds,
    part: Option<Part>,
    /// The lines of the masked rows of the part.
    lines: Vec<u8>,
    /// The next row of the part, and where its line starts if it is masked.
    next: usize,
    start: usize,
}

impl<I: Iterator<Item = Result<Part>>> Rows<'_, I> {
    /// Goes to the next row.
    fn advance(&mut self) -> Result<bool> {
        while self.part.as_ref().is_none_or(|part| self.next >= part.keys.len()) {
            let Some(part) = self.parts.next().transpose()? else { return Ok(false) };
            self.bounds.merge(&part.bounds);
            self.lines.clear();
            let mut line = Vec::new();
            archive::for_each_line(&part.masked, &mut line, |line| {
                self.lines.extend_from_slice(line);
                Ok(())
            })?;
            (self.part, self.next, self.start) = (Some(part), 0, 0);
        }
        self.next += 1;
        Ok(true)
    }

    /// Key of the row, and its line if it is masked.
    fn row(&mut self) -> (&str, Option<&[u8]>) {
        let Some(part) = &self.part else { return ("", None) };
        let row = self.next - 1;
        if row < part.free_rows() {
            return (part.keys.value(row), None);
        }
        let rest = self.lines.get(self.start..).unwrap_or(&[]);
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.start += length + 1;
        (part.keys.value(row), rest.get(..length))
    }
}

fn rows_of_archive<I: Iterator<Item = Result<Part>>>(
    reader: impl BufRead,
    mut rows: Rows<'_, I>,
    following: &Following<'_>,
    findings: &mut Findings,
    found: &mut Found,
) -> Result<Vec<u64>> {
    let name = following.name;
    let header = archive::header();
    let mut lines_of_masked = Vec::new();
    for_each_line(reader, name, |line, number| {
        if number == 1 {
            if line != header.trim_end().as_bytes() {
                findings.leak(Leak::L1, name, Some(1), "the columns are not those of public archives");
            }
            return Ok(());
        }
        if !rows.advance()? {
            findings.leak(Leak::L18, name, Some(number), "there are more rows than in the table");
            following.search.words(line, name, number, found);
            return Ok(());
        }
        let (key, expected) = rows.row();
        if expected.is_some() {
            lines_of_masked.push(whole(line));
        }
        following.line(line, number, key, expected, findings, found);
        Ok(())
    })?;
    if rows.advance()? {
        findings.leak(Leak::L14, name, None, "there are fewer rows than in the table");
    }
    Ok(lines_of_masked)
}

/// Rows of media: none of a protected record.
fn multimedia(
    reader: impl BufRead,
    name: &str,
    (search, secrets): (&Search<'_>, &Secrets),
    (findings, found): (&mut Findings, &mut Found),
) -> Result<()> {
    for_each_line(reader, name, |line, number| {
        let key = line.split(|byte| *byte == b'\t').next().unwrap_or(line);
        if secrets.keys.contains_key(&whole(key)) {
            findings.leak(Leak::L11, name, Some(number), "a row of an extension is that of a protected record");
        }
        search.free_row(line, name, number, found);
        Ok(())
    })?;
    Ok(())
}

/// Checks an archive over several datasets: a line of a protected record must be one that its dataset's archive has.
///
/// # Errors
/// When the file cannot be read.
pub fn archive_of_many(
    path: &Path,
    name: &str,
    lines_of_masked: &hashbrown::HashSet<u64, ahash::RandomState>,
    (search, secrets): (&Search<'_>, &Secrets),
    (findings, found): (&mut Findings, &mut Found),
) -> Result<u64> {
    let doing = || format!("read {}", path.display());
    let mut zip = ZipArchive::new(BufReader::new(std::fs::File::open(path).doing(doing)?)).doing(doing)?;
    let header = archive::header();
    let mut rows = 0;
    for position in 0..zip.len() {
        let entry = zip.by_index(position).doing(doing)?;
        let entry_name = entry.name().unwrap_or_default().into_owned();
        let name = format!("{name}!{entry_name}");
        let reader = BufReader::with_capacity(1 << 17, entry);
        match entry_name.as_str() {
            "occurrence.txt" => {
                rows += rows_of_many(reader, &name, &header, lines_of_masked, (search, secrets), (findings, found))?;
            }
            "multimedia.txt" => multimedia(reader, &name, (search, secrets), (findings, found))?,
            _ => search.text(reader, &name, found)?,
        }
    }
    Ok(rows)
}

fn rows_of_many(
    reader: BufReader<impl Read>,
    name: &str,
    header: &str,
    lines_of_masked: &hashbrown::HashSet<u64, ahash::RandomState>,
    (search, secrets): (&Search<'_>, &Secrets),
    (findings, found): (&mut Findings, &mut Found),
) -> Result<u64> {
    let lines = for_each_line(reader, name, |line, number| {
        if number == 1 {
            if line != header.trim_end().as_bytes() {
                findings.leak(Leak::L1, name, Some(1), "the columns are not those of public archives");
            }
            return Ok(());
        }
        let key = line.split(|byte| *byte == b'\t').next().unwrap_or(line);
        match secrets.keys.get(&whole(key)) {
            Some(true) => findings.leak(Leak::L18, name, Some(number), "a record that must not be public"),
            Some(false) if !lines_of_masked.contains(&whole(line)) => {
                let message = "a masked record tells other things than the archive of its dataset";
                findings.leak(Leak::L2, name, Some(number), message);
            }
            Some(false) => {}
            None => search.free_row(line, name, number, found),
        }
        Ok(())
    })?;
    Ok(lines.saturating_sub(1))
}
