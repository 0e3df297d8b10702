//! Headers and cells of the files of a release.

use std::fmt;

/// A column without which a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingColumn(pub &'static str);

impl fmt::Display for MissingColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "column {} is missing", self.0)
    }
}

impl std::error::Error for MissingColumn {}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Line in the file, as the reader counts them.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// Its value.
    pub value: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {} is not a number: {:?}", self.line, self.column, self.value)
    }
}

impl std::error::Error for RowError {}

/// The position of a column, whatever the case of its name; a byte order mark is not part of it.
pub(crate) fn column_of(header: &[&str], name: &str) -> Option<usize> {
    header
        .iter()
        .position(|cell| cell.trim_start_matches('\u{feff}').trim().trim_matches('"').eq_ignore_ascii_case(name))
}

/// A whole number; spreadsheets leave `.0` behind.
pub(crate) fn integer(text: &str) -> Option<i32> {
    let text = text.trim();
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}
