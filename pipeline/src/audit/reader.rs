//! Public bytes as lines of text, whatever they are packed in.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;

use super::places::{PlaceFinder, PlaceHits, Places};
use super::words::{Finder, Hits};
use crate::error::{Doing, Error, Result};
use crate::outputs::occurrence::for_each_batch;

/// Longest piece of a text without line ends that is looked at in one.
const LINE_BYTES: u64 = 4 << 20;
/// What the sides of a box are called in metadata.
const BOX: &[u8] = b"BoundingCoordinate";
/// Containers inside containers that are opened.
const DEPTH: usize = 4;

/// Calls `each` with the lines of a text, without their ends, and their numbers from 1.
///
/// # Errors
/// When it cannot be read, or those of `each`.
pub fn for_each_line(
    mut reader: impl BufRead,
    name: &str,
    mut each: impl FnMut(&[u8], u64) -> Result<()>,
) -> Result<u64> {
    let (mut line, mut number) = (Vec::with_capacity(1 << 12), 0);
    loop {
        line.clear();
        let read = (&mut reader).take(LINE_BYTES).read_until(b'\n', &mut line).doing(|| format!("read {name}"))?;
        if read == 0 {
            return Ok(number);
        }
        number += 1;
        each(line.strip_suffix(b"\n").unwrap_or(&line), number)?;
    }
}

/// A file with the decompression that its first bytes ask for.
///
/// # Errors
/// When it cannot be opened.
pub fn decompressed(path: &Path) -> Result<Box<dyn BufRead>> {
    let doing = || format!("read {}", path.display());
    let mut file = BufReader::with_capacity(1 << 17, File::open(path).doing(doing)?);
    Ok(match file.fill_buf().doing(doing)? {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let decoder = zstd::Decoder::with_buffer(file).doing(doing)?;
            Box::new(BufReader::with_capacity(1 << 17, decoder))
        }
        [0x1f, 0x8b, ..] => Box::new(BufReader::with_capacity(1 << 17, MultiGzDecoder::new(file))),
        _ => Box::new(file),
    })
}

/// Looks for the secrets of protected records in texts.
pub struct Search<'a> {
    /// Whether the lines of free rows are searched too.
    in_free_rows: bool,
    finder: Finder<'a>,
    places: &'a Places,
    projections: &'a dyn openobs_steps::reference::projection::Projections,
}

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// Words, with where.
    pub hits: Hits,
    /// Points, with where.
    pub places: PlaceHits,
}

impl Found {
    /// Takes what was found elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.hits.merge(other.hits);
        self.places.merge(other.places);
    }
}

impl<'a> Search<'a> {
    /// A search for these atoms and these places.
    pub fn new(
        in_free_rows: bool,
        finder: Finder<'a>,
        places: &'a Places,
        projections: &'a dyn openobs_steps::reference::projection::Projections,
    ) -> Self {
        Self { in_free_rows, finder, places, projections }
    }

    /// Looks for words in the line of a free row, where that is wanted.
    pub fn free_row(&self, line: &[u8], name: &str, number: u64, found: &mut Found) {
        if self.in_free_rows {
            self.words(line, name, number, found);
        }
    }

    /// Looks for words in one line.
    pub fn words(&self, line: &[u8], name: &str, number: u64, found: &mut Found) {
        self.finder.find(line, |atom| found.hits.add(atom, name, number));
    }

    /// Looks for words and points in a text.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn text(&self, reader: impl BufRead, name: &str, found: &mut Found) -> Result<()> {
        // Pages have numbers of drawings with two decimals.
        let decimals = if name.ends_with(".html") { 3 } else { 2 };
        let is_metadata = name.ends_with("eml.xml");
        let mut points = PlaceFinder::new(self.places, self.projections, decimals);
        let is_prose = name.starts_with("reports/");
        for_each_line(reader, name, |line, number| {
            match is_prose {
                true => self.finder.find_in_prose(line, |atom| found.hits.add(atom, name, number)),
                false => self.words(line, name, number, found),
            }
            // The corners of a box are no points; whether the box is that of public records is checked on its own.
            if !(is_metadata && line.windows(BOX.len()).any(|part| part == BOX)) {
                points.find(line, name, number, &mut found.places);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Looks for words and points in a file of any kind: plain or compressed text, Parquet, zip and what is in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn file(&self, path: &Path, name: &str, found: &mut Found) -> Result<()> {
        let doing = || format!("read {}", path.display());
        let mut start = [0; 4];
        let read = File::open(path).doing(doing)?.read(&mut start).doing(doing)?;
        match start.get(..read).unwrap_or(&[]) {
            b"PAR1" => {
                self.parquet(path, name, found)?;
                self.text(BufReader::new(File::open(path).doing(doing)?), name, found)
            }
            b"PK\x03\x04" => {
                let zip = ZipArchive::new(BufReader::new(File::open(path).doing(doing)?)).doing(doing)?;
                self.zip(zip, name, found, DEPTH)
            }
            _ => self.text(decompressed(path)?, name, found),
        }
    }

    fn zip(&self, mut zip: ZipArchive<impl Read + Seek>, name: &str, found: &mut Found, depth: usize) -> Result<()> {
        for position in 0..zip.len() {
            let entry = zip.by_index(position).doing(|| format!("read {name}"))?;
            let name = format!("{name}!{}", entry.name().unwrap_or_default());
            self.words(name.as_bytes(), &name, 0, found);
            let mut reader = BufReader::new(entry);
            if reader.fill_buf().doing(|| format!("read {name}"))?.starts_with(b"PK\x03\x04") {
                let depth = depth.checked_sub(1).ok_or_else(|| {
                    Error::data("a public zip has zips in zips that are not looked into").context("file", &name)
                })?;
                let mut file = tempfile::tempfile().doing(|| "make a temporary file")?;
                std::io::copy(&mut reader, &mut file).doing(|| format!("read {name}"))?;
                file.rewind().doing(|| "read a temporary file")?;
                self.zip(ZipArchive::new(file).doing(|| format!("read {name}"))?, &name, found, depth)?;
            } else {
                self.text(reader, &name, found)?;
            }
        }
        Ok(())
    }

    /// The cells of a table, a line for each row.
    fn parquet(&self, path: &Path, name: &str, found: &mut Found) -> Result<()> {
        use std::fmt::Write as _;
        let format = FormatOptions::new();
        let mut points = PlaceFinder::new(self.places, self.projections, 2);
        let (mut line, mut number) = (String::new(), 0);
        for_each_batch(path, |batch| {
            let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &format));
            let columns = columns.collect::<arrow::error::Result<Vec<_>>>()?;
            for row in 0..batch.num_rows() {
                number += 1;
                line.clear();
                for column in &columns {
                    // Writing to a string does not fail; a value that cannot be printed has no words.
                    let _ = write!(line, "{}\t", column.value(row));
                }
                self.words(line.as_bytes(), name, number, found);
                points.find(line.as_bytes(), name, number, &mut found.places);
            }
            Ok(())
        })
    }
}
