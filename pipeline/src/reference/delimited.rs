//! Delimited reference files as they are published: UTF-8 or Windows-1252, plain or gzip, tab, `;` or `,`.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};

/// Calls `header` with the names of the columns and `each` with the line and the cells of every row after it.
///
/// # Errors
/// When the file cannot be read or is not delimited text; those of `header` and `each`.
pub fn read<T>(
    path: &Path,
    header: impl FnOnce(&[&str]) -> Result<T>,
    each: impl FnMut(&mut T, u64, &[&str]) -> Result<()>,
) -> Result<T> {
    let bytes = std::fs::read(path).map_err(|error| {
        Error::usage("a reference file cannot be read").caused_by(error).context("file", path.display())
    })?;
    read_bytes(&path.display().to_string(), bytes, header, each)
}

/// The same of the bytes of a file, whose name tells whether they are compressed and stands in messages.
///
/// # Errors
/// As those of [`read`].
pub fn read_bytes<T>(
    name: &str,
    mut bytes: Vec<u8>,
    header: impl FnOnce(&[&str]) -> Result<T>,
    mut each: impl FnMut(&mut T, u64, &[&str]) -> Result<()>,
) -> Result<T> {
    if name.ends_with(".gz") {
        let mut inflated = Vec::new();
        MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut inflated)
            .map_err(|error| Error::usage("a reference file cannot be read").caused_by(error).context("file", name))?;
        bytes = inflated;
    }
    let text: Cow<'_, str> = match std::str::from_utf8(&bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode(&bytes).0,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let first_line = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first_line.bytes().filter(|byte| *byte == delimiter).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b'\t');
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut next = |record: &mut StringRecord| {
        reader.read_record(record).map_err(|error| {
            Error::usage("a reference file is not delimited text").caused_by(error).context("file", name)
        })
    };
    if !next(&mut record)? {
        return Err(Error::usage("a reference file is empty").context("file", name));
    }
    let cells: Vec<&str> = record.iter().collect();
    let mut state = header(&cells).map_err(|error| error.context("file", name))?;
    let mut row = StringRecord::new();
    while next(&mut row)? {
        let line = row.position().map_or(0, csv::Position::line);
        let cells: Vec<&str> = row.iter().collect();
        each(&mut state, line, &cells).map_err(|error| error.context("line", line).context("file", name))?;
    }
    Ok(state)
}
