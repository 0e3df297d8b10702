//! Values as they are given, with the line of each: TOML from files, plain text from the environment and from flags.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::SettingsError;

/// A value as given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given {
    /// Text without a type: an environment variable, a flag, a cell.
    Raw(String),
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A date or time, as written.
    Date(String),
    List(Vec<Located>),
    Table(Table),
    /// Anything else, as written.
    Other(String),
}

/// A value and the line it stands on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Located {
    pub line: usize,
    pub value: Given,
}

/// Keys with their values, in the order of the text.
pub(crate) type Table = Vec<(String, Located)>;

impl Given {
    /// A value that is not made of others, as it is written.
    pub fn plain(&self) -> Option<String> {
        match self {
            Self::Raw(text) | Self::Text(text) | Self::Other(text) => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Boolean(_) | Self::Date(_) | Self::List(_) | Self::Table(_) => None,
        }
    }

    /// The value as a message shows it.
    pub fn show(&self) -> String {
        match self {
            Self::Raw(text) | Self::Text(text) | Self::Date(text) | Self::Other(text) => format!("`{text}`"),
            Self::Integer(number) => format!("`{number}`"),
            Self::Boolean(value) => format!("`{value}`"),
            Self::List(_) => "a list".to_owned(),
            Self::Table(_) => "a table".to_owned(),
        }
    }
}

/// The table of a TOML document.
pub(crate) fn read(file: &Path) -> Result<Table, SettingsError> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        SettingsError::new(format!("the file cannot be read: {error}"))
            .at(file, None)
            .remedy("give the path of a readable file")
    })?;
    parse(file, &text)
}

/// The table of a TOML text that stands in `file`.
pub(crate) fn parse(file: &Path, text: &str) -> Result<Table, SettingsError> {
    match DeTable::parse(text) {
        Ok(document) => Ok(table(document.get_ref(), &Lines::of(text))),
        Err(error) => {
            let line = error.span().map(|span| Lines::of(text).line(span.start));
            let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            Err(SettingsError::new(format!("the file is not TOML: {message}")).at(file, line))
        }
    }
}

/// A value in TOML's spelling without a file, such as a default or a list in a variable.
pub(crate) fn parse_value(text: &str) -> Option<Given> {
    let value = DeValue::parse(text).ok()?;
    Some(located(&value, &Lines::of(text)).value)
}

fn table(table: &DeTable<'_>, lines: &Lines) -> Table {
    let mut entries: Vec<(usize, String, Located)> = table
        .iter()
        .map(|(key, value)| {
            let start = key.span().start;
            // A key's own line: the value of a table starts at its header, that of a dotted key at the dot.
            let located = Located { line: lines.line(start), value: located(value, lines).value };
            (start, key.get_ref().to_string(), located)
        })
        .collect();
    entries.sort_by_key(|(start, _, _)| *start);
    entries.into_iter().map(|(_, key, value)| (key, value)).collect()
}

fn located(value: &Spanned<DeValue<'_>>, lines: &Lines) -> Located {
    let given = match value.get_ref() {
        DeValue::String(text) => Given::Text(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str();
            i64::from_str_radix(digits, number.radix()).map_or_else(|_| Given::Other(digits.to_owned()), Given::Integer)
        }
        DeValue::Float(number) => Given::Other(number.as_str().to_owned()),
        DeValue::Boolean(value) => Given::Boolean(*value),
        DeValue::Datetime(date) => Given::Date(date.to_string()),
        DeValue::Array(values) => Given::List(values.iter().map(|value| located(value, lines)).collect()),
        DeValue::Table(entries) => Given::Table(table(entries, lines)),
    };
    Located { line: lines.line(value.span().start), value: given }
}

/// Where the lines of a text end.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(position, _)| position).collect())
    }

    /// The line of a byte, from 1.
    fn line(&self, position: usize) -> usize {
        self.0.partition_point(|end| *end < position) + 1
    }
}
