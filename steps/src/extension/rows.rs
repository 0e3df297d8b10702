//! Reading the rows of an extension.

use std::borrow::Cow;
use std::ops::Range;

use arrow::array::{Array, AsArray, ListArray, StringArray, StructArray};

/// The rows of an extension for a batch of records.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    list: &'a ListArray,
    rows: &'a StructArray,
    columns: Vec<(&'a str, &'a StringArray)>,
}

impl<'a> Rows<'a> {
    /// The rows in a column; `None` when it holds none, so that records without the extension cost nothing.
    pub fn of(list: Option<&'a ListArray>) -> Option<Self> {
        let list = list?;
        let rows = list.values().as_struct_opt().filter(|rows| !rows.is_empty())?;
        let columns = rows.fields().iter().zip(rows.columns());
        let columns =
            columns.filter_map(|(field, column)| Some((field.name().as_str(), column.as_string_opt::<i32>()?)));
        Some(Self { list, rows, columns: columns.collect() })
    }

    /// Positions of the rows of a record.
    pub fn of_record(&self, record: usize) -> Range<usize> {
        let offset =
            |position: usize| self.list.value_offsets().get(position).and_then(|offset| (*offset).try_into().ok());
        match (offset(record), offset(record + 1)) {
            (Some(start), Some(end)) if self.list.is_valid(record) => start..end,
            _ => 0..0,
        }
    }

    /// The values of the first of several terms that has one, row by row.
    pub fn cells(&self, names: &[&str]) -> Cells<'a> {
        let column = |name: &&str| self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| *column);
        Cells(names.iter().filter_map(column).collect())
    }

    /// Whether a row is there: Arrow allows holes.
    pub fn is_valid(&self, row: usize) -> bool {
        row < self.rows.len() && self.rows.is_valid(row)
    }
}

/// The values of a term in the rows of an extension.
#[derive(Debug, Clone, Default)]
pub struct Cells<'a>(Vec<&'a StringArray>);

impl<'a> Cells<'a> {
    /// Whether the extension has the term.
    pub fn are_present(&self) -> bool {
        !self.0.is_empty()
    }

    /// The text of a row, as [`clean`] has it.
    pub fn value(&self, row: usize) -> Option<Cow<'a, str>> {
        self.0.iter().find_map(|column| {
            let text = (row < column.len() && column.is_valid(row)).then(|| column.value(row))?;
            clean(text)
        })
    }
}

/// A text without surrounding space, its control characters and line separators as spaces, as GBIF cleans the values of
/// extensions; `None` for what stands for nothing: blank, `null` in any case, `\N`.
pub fn clean(text: &str) -> Option<Cow<'_, str>> {
    let breaks = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || breaks(letter));
    if text.is_empty() || text == "\\N" || text.eq_ignore_ascii_case("null") {
        return None;
    }
    Some(if text.contains(breaks) { Cow::Owned(text.replace(breaks, " ")) } else { Cow::Borrowed(text) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_breaks_a_line_is_a_space() {
        assert_eq!(clean(" a\tb\nc\u{85}d\u{2028}e\u{2029}f\0g\u{0}"), Some(Cow::Borrowed("a b c d e f g")));
        assert_eq!(clean("\0"), None);
        assert_eq!(clean("NULL"), None);
        assert_eq!(clean("\\N"), None);
        assert_eq!(clean("nul"), Some(Cow::Borrowed("nul")));
    }

    proptest! {
        #[test]
        fn a_clean_text_stays_as_it_is(text in any::<String>()) {
            if let Some(once) = clean(&text) {
                prop_assert!(!once.chars().any(char::is_control));
                let twice = clean(&once);
                prop_assert_eq!(twice.as_deref(), Some(once.as_ref()));
            }
        }
    }
}
