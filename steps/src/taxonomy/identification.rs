//! The identification that counts, where a record brings several in an extension.

use arrow::array::{Array, AsArray, ListArray, StringArray};

/// Which of the identifications of a record is read: the only one, or the latest when all are dated.
///
/// `dates` are their `dateIdentified`. None is read when there are several and one has no date: nothing says which one
/// the record stands for.
pub fn chosen<'a>(dates: impl ExactSizeIterator<Item = Option<&'a str>>) -> Option<usize> {
    if dates.len() == 1 {
        return Some(0);
    }
    let mut latest: Option<(usize, &str)> = None;
    for (position, date) in dates.enumerate() {
        // The start of an interval counts. ISO dates sort as text.
        let date = date?.split('/').next()?.trim();
        if !date.get(..4)?.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if latest.is_none_or(|(_, so_far)| date > so_far) {
            latest = Some((position, date));
        }
    }
    latest.map(|(position, _)| position)
}

/// The terms of the chosen identification of each record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identifications<'a>(Option<&'a ListArray>);

impl<'a> Identifications<'a> {
    pub(super) fn new(column: Option<&'a ListArray>) -> Self {
        Self(column)
    }

    /// The row of the extension to read for a record.
    pub(super) fn of(&self, row: usize) -> Option<Identification<'a>> {
        let list = self.0.filter(|list| list.is_valid(row))?;
        let start = usize::try_from(*list.value_offsets().get(row)?).ok()?;
        let end = usize::try_from(*list.value_offsets().get(row + 1)?).ok()?;
        let identification = |row| Identification { list, row };
        let dates: Vec<Option<&str>> = (start..end).map(|row| identification(row).text("dateIdentified")).collect();
        chosen(dates.into_iter()).map(|position| identification(start + position))
    }
}

/// One row of the extension.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identification<'a> {
    list: &'a ListArray,
    row: usize,
}

impl<'a> Identification<'a> {
    pub(super) fn text(&self, term: &str) -> Option<&'a str> {
        let column: &'a StringArray =
            self.list.values().as_struct_opt()?.column_by_name(term)?.as_string_opt::<i32>()?;
        let value = column.is_valid(self.row).then(|| column.value(self.row).trim())?;
        (!value.is_empty() && !value.eq_ignore_ascii_case("null")).then_some(value)
    }
}
