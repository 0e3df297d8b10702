//! The values of one row.

use std::borrow::Cow;

use crate::encoding::Charset;
use crate::split::{Cell, Form, Quoting};

/// How the bytes of a file's rows become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub form: Form,
    pub charset: Charset,
}

impl Default for Shape {
    fn default() -> Self {
        Self { form: Form { delimiter: b',', quote: None, line_end: b'\n' }, charset: Charset::Utf8 }
    }
}

/// A row, its encoding looked at once for all its cells.
pub(crate) struct RowView<'a> {
    record: &'a [u8],
    /// The whole record, where its bytes are its text.
    text: Option<&'a str>,
    cells: &'a [Cell],
    shape: Shape,
    /// The row is not in the encoding declared.
    pub by_fallback: bool,
}

impl<'a> RowView<'a> {
    pub(crate) fn new(record: &'a [u8], cells: &'a [Cell], shape: Shape) -> Self {
        let valid = std::str::from_utf8(record).ok();
        let (text, by_fallback) = match shape.charset {
            Charset::Utf8 => (valid, valid.is_none()),
            Charset::Latin => (valid, valid.is_some_and(|text| !text.is_ascii())),
            Charset::Single(_) => (valid.filter(|text| text.is_ascii()), false),
        };
        Self { record, text, cells, shape, by_fallback }
    }

    /// Bytes of the record.
    pub(crate) fn record(&self) -> &'a [u8] {
        self.record
    }

    /// Cells of the record.
    pub(crate) fn cells(&self) -> &'a [Cell] {
        self.cells
    }

    /// The value of a column; none where the cell is empty or missing.
    pub(crate) fn value(&self, index: usize) -> Option<Cow<'a, str>> {
        let cell = *self.cells.get(index)?;
        if cell.start == cell.end {
            return None;
        }
        let text = match self.text {
            Some(text) => Cow::Borrowed(text.get(cell.start as usize..cell.end as usize)?),
            None => self.shape.charset.decode(cell.bytes(self.record)).0,
        };
        Some(match (cell.quoting, self.shape.form.quote) {
            (Quoting::Doubled, Some(b'"')) => Cow::Owned(text.replace("\"\"", "\"")),
            (Quoting::Doubled, Some(quote)) => {
                let quote = char::from(quote);
                Cow::Owned(text.replace(&format!("{quote}{quote}"), quote.encode_utf8(&mut [0; 4])))
            }
            _ => text,
        })
    }

    /// The value of an id column; none where there is nothing but blanks.
    pub(crate) fn id(&self, index: Option<usize>) -> Option<Cow<'a, str>> {
        self.value(index?).filter(|id| !id.trim().is_empty())
    }
}
