//! Each distinct text of one column is interpreted once.
//!
//! [`crate::distinct::interpret_distinct`] groups rows by all inputs of a step. The columns of this step repeat one by
//! one but not together (`recordedBy` times `occurrenceRemarks`), so each is grouped alone.

use std::collections::HashMap;

use ahash::RandomState;
use arrow::array::{ArrayRef, StringBuilder};
use std::sync::Arc;

use crate::verbatim::Text;

/// The results for the distinct texts of a column, and which of them each row has.
#[derive(Debug)]
pub(crate) struct DistinctText<T> {
    results: Vec<T>,
    result_of_row: Vec<u32>,
}

impl<T> DistinctText<T> {
    /// Interprets each distinct value that `read` gives; `None` is a value too.
    pub(crate) fn of<'a>(
        rows: usize,
        column: Text<'a>,
        read: impl Fn(Text<'a>, usize) -> Option<&'a str>,
        mut interpret: impl FnMut(Option<&'a str>) -> T,
    ) -> Self {
        if !column.is_present() {
            return Self { results: vec![interpret(None)], result_of_row: vec![0; rows] };
        }
        let mut results = Vec::new();
        let mut result_of_row = Vec::with_capacity(rows);
        let mut known: HashMap<Option<&'a str>, u32, RandomState> = HashMap::default();
        let mut last: Option<(Option<&'a str>, u32)> = None;
        for row in 0..rows {
            let text = read(column, row);
            let result = match last {
                // Values come in runs: most rows repeat the one before.
                Some((before, result)) if before == text => result,
                _ => *known.entry(text).or_insert_with(|| {
                    results.push(interpret(text));
                    results.len() as u32 - 1
                }),
            };
            last = Some((text, result));
            result_of_row.push(result);
        }
        Self { results, result_of_row }
    }

    /// The result of each row. The default stands in for a row that is not there.
    pub(crate) fn row(&self, row: usize) -> Option<&T> {
        self.results.get(*self.result_of_row.get(row)? as usize)
    }

    /// A `Utf8` column of a part of the results.
    pub(crate) fn text_column<'s>(&'s self, part: impl Fn(&'s T) -> Option<&'s str>) -> ArrayRef {
        let mut column = StringBuilder::with_capacity(self.result_of_row.len(), self.result_of_row.len() * 8);
        for row in 0..self.result_of_row.len() {
            column.append_option(self.row(row).and_then(&part));
        }
        Arc::new(column.finish())
    }
}
