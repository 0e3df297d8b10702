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
    let bytes = std::fs::read(path).map_err(|error| {
        Error::usage("a reference file cannot be read").caused_by(error).context("file", path.display())
    })?;
    text_of(path, bytes)
}

/// [`text`] of the bytes of a file that was read already; the ending of its name tells whether they are compressed.
///
/// # Errors
/// When they cannot be inflated.
pub fn text_of(path: &Path, mut bytes: Vec<u8>) -> Result<String> {
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut inflated = Vec::new();
        MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut inflated).map_err(|error| {
            Error::usage("a reference file cannot be read").caused_by(error).context("file", path.display())
        })?;
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
        // A quote that is not closed would swallow the rows after it, and what they protect or name, without a word.
        if delimiter == b'\t' && cells.iter().any(|cell| cell.contains('\n')) {
            return Err(Error::usage("a quoted cell runs over several lines: a quote is not closed")
                .context("line", line)
                .context("file", path.display())
                .remedy("double the quotes inside the cell, or take them out"));
        }
        each(&mut state, line, &cells).map_err(|error| error.context("line", line).context("file", path.display()))?;
    }
    Ok(state)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Vec<String>>> {
        let each = |rows: &mut Vec<Vec<String>>, _: u64, cells: &[&str]| {
            rows.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
            Ok(())
        };
        read_text(Path::new("TAXREFv18.txt"), text, |_| Ok(Vec::new()), each)
    }

    #[test]
    fn a_long_cell_with_quotes_and_tabs_is_one_cell() {
        // T29: NOM_VERN may hold quotes, and what looks like a tab, and more than a thousand letters.
        let long = "Grand Machin, ".repeat(100);
        let text =
            format!("CD_NOM\tNOM_VERN\tFR\n1\t\"{long}le \"\"vrai\"\"\\t, l\'autre\tou pas\"\tP\n2\tLe \"bon\"\tA\n");
        let rows = rows(&text).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], ["1".to_owned(), format!("{long}le \"vrai\"\\t, l'autre\tou pas"), "P".to_owned()]);
        assert_eq!(rows[1], ["2", "Le \"bon\"", "A"]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told() {
        let error = rows("CD_NOM\tNOM_VERN\n1\t\"Bus\n2\tCus\n3\tDus\n").unwrap_err().to_string();
        assert!(error.contains("a quote is not closed") && error.contains("line 2"), "{error}");
    }
}
