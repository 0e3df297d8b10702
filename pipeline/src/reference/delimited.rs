//! Delimited reference files as they are published: UTF-8 or Windows-1252, plain or gzip, tab, `;` or `,`.

use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};

/// The text of a file: UTF-8 or Windows-1252, plain or gzip, without a byte order mark.
///
/// # Errors
/// When the file cannot be read.
pub fn text(path: &Path) -> Result<String> {
    let wrong = |error: std::io::Error| {
        Error::usage("a reference file cannot be read").caused_by(error).context("file", path.display())
    };
    let mut bytes = std::fs::read(path).map_err(wrong)?;
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut inflated = Vec::new();
        MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut inflated).map_err(wrong)?;
        bytes = inflated;
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        bytes.drain(..3);
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => encoding_rs::WINDOWS_1252.decode(error.as_bytes()).0.into_owned(),
    })
}

/// Calls `header` with the names of the columns and `each` with the line and the cells of every row after it.
///
/// # Errors
/// When the file cannot be read or is not delimited text; those of `header` and `each`.
pub fn read<T>(
    path: &Path,
    header: impl FnOnce(&[&str]) -> Result<T>,
    each: impl FnMut(&mut T, u64, &[&str]) -> Result<()>,
) -> Result<T> {
    read_text(path, &text(path)?, header, each)
}

/// [`read`] for text that was read already; `path` is for messages.
///
/// # Errors
/// When the text is not delimited; those of `header` and `each`.
pub fn read_text<T>(
    path: &Path,
    text: &str,
    header: impl FnOnce(&[&str]) -> Result<T>,
    mut each: impl FnMut(&mut T, u64, &[&str]) -> Result<()>,
) -> Result<T> {
    let first_line = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first_line.bytes().filter(|byte| *byte == delimiter).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b'\t');
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut next = |record: &mut StringRecord| {
        reader.read_record(record).map_err(|error| {
            Error::usage("a reference file is not delimited text").caused_by(error).context("file", path.display())
        })
    };
    if !next(&mut record)? {
        return Err(Error::usage("a reference file is empty").context("file", path.display()));
    }
    let cells: Vec<&str> = record.iter().collect();
    let mut state = header(&cells).map_err(|error| error.context("file", path.display()))?;
    let mut row = StringRecord::new();
    while next(&mut row)? {
        let line = row.position().map_or(0, csv::Position::line);
        let cells: Vec<&str> = row.iter().collect();
        each(&mut state, line, &cells).map_err(|error| error.context("line", line).context("file", path.display()))?;
    }
    Ok(state)
}
