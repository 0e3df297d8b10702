//! Names in the order of their keys, for what starts alike.

use std::ops::Range;

use arrow::array::{Array, StringArray};
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::UInt32Type;

use super::columns::{NotTaxref, Reader, Writer, ensure};
use super::index::all_below;

/// Rows sorted by canonical key, and the first word of each stretch of them.
///
/// The space sorts before all that stands in a key: names of one genus stand together, genera in order.
#[derive(Debug, Clone)]
pub(super) struct Alphabet {
    rows: ScalarBuffer<u32>,
    words: StringArray,
    /// Where the names of each word start.
    starts: ScalarBuffer<u32>,
}

impl Default for Alphabet {
    fn default() -> Self {
        Self::of(std::iter::empty())
    }
}

const ROWS: &str = "alphabetRows";
const WORDS: &str = "alphabetWords";
const STARTS: &str = "alphabetStarts";

impl Alphabet {
    /// The alphabet of keys with their rows, which are sorted.
    pub(super) fn of<'a>(keys: impl Iterator<Item = (&'a str, u32)>) -> Self {
        let mut rows = Vec::new();
        let (mut words, mut starts): (Vec<&str>, Vec<u32>) = (Vec::new(), Vec::new());
        for (position, (key, row)) in (0_u32..).zip(keys) {
            let word = key.split(' ').next().unwrap_or("");
            if words.last() != Some(&word) {
                words.push(word);
                starts.push(position);
            }
            rows.push(row);
        }
        Self { rows: rows.into(), words: StringArray::from(words), starts: starts.into() }
    }

    /// The words that start with a letter, each with the range of its names.
    pub(super) fn words(&self, letter: char) -> impl Iterator<Item = (&str, Range<usize>)> {
        let before = |word: &str| word.chars().next().is_none_or(|first| first < letter);
        let (mut low, mut high) = (0, self.words.len());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.words.value(middle)) { low = middle + 1 } else { high = middle }
        }
        let words = (low..self.words.len()).map(|position| (position, self.words.value(position)));
        words.take_while(move |(_, word)| word.starts_with(letter)).map(|(position, word)| {
            let at = |position: usize| self.starts.get(position).map_or(self.rows.len(), |start| *start as usize);
            (word, at(position)..at(position + 1))
        })
    }

    /// The rows of a range.
    pub(super) fn rows(&self, range: Range<usize>) -> &[u32] {
        self.rows.get(range).unwrap_or(&[])
    }

    pub(super) fn write(&self, columns: &mut Writer) {
        columns.numbers::<UInt32Type>(ROWS, &self.rows);
        columns.texts(WORDS, &self.words);
        columns.numbers::<UInt32Type>(STARTS, &self.starts);
    }

    pub(super) fn read(columns: &Reader<'_>, names: usize) -> Result<Self, NotTaxref> {
        let alphabet = Self {
            rows: columns.numbers::<UInt32Type>(ROWS)?,
            words: columns.texts(WORDS)?,
            starts: columns.numbers::<UInt32Type>(STARTS)?,
        };
        ensure(alphabet.rows.len() == names && all_below(&alphabet.rows, names), ROWS, "not a row for each name")?;
        let starts = &alphabet.starts;
        let whole =
            starts.len() == alphabet.words.len() && starts.is_sorted() && starts.first().is_none_or(|at| *at == 0);
        ensure(whole && all_below(starts, names), STARTS, "do not cut the names")?;
        Ok(alphabet)
    }
}
