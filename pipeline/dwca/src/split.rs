//! Where one record of delimited text ends, and its cells.
//!
//! Quotes are read as RFC 4180 says: a cell is quoted if its first character is the quote, a doubled quote stands for
//! one, and backslashes mean nothing. Real files hold quotes that no one escaped, so:
//!
//! * a quote elsewhere than first is a character like any other;
//! * a quoted cell that closes in the middle of its line (`"Le Bois" de la Dame`) ends at a later quote that does close
//!   it on the same line, else it is not a quoted cell and its quotes are characters;
//! * a quoted cell that spans lines and closes badly, or that covers lines which by themselves have the shape of
//!   records, was opened by a stray quote ([`Split::Stray`]): it would swallow the rows it covers.

use memchr::{memchr, memchr_iter, memchr2};

/// How a cell's text is got from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// The bytes are the text.
    Plain,
    /// Each doubled quote stands for one.
    Doubled,
}

/// Place of a cell in its record, quotes left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub start: u32,
    pub end: u32,
    pub quoting: Quoting,
}

impl Cell {
    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub(crate) fn bytes(self, record: &[u8]) -> &[u8] {
        record.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The characters that shape a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    pub delimiter: u8,
    pub quote: Option<u8>,
    /// `\n`, which may follow a `\r`, or `\r` alone.
    pub line_end: u8,
}

/// What is at the start of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Split {
    /// A record of `end` bytes; the next one starts at `next`.
    Record { end: usize, next: usize },
    /// A record whose end is not among the bytes.
    Incomplete,
    /// A quoted cell that was opened by a stray quote.
    Stray,
}

/// Splits records, keeping its buffers between them.
#[derive(Debug)]
pub(crate) struct Splitter {
    pub form: Form,
    /// Cells of the last record.
    pub cells: Vec<Cell>,
    /// The last record had more cells than this, and the rest were not kept.
    pub most_cells: usize,
    pub too_many: bool,
    /// The last record holds a quote that follows no rule.
    pub odd_quote: bool,
    /// The last record spans lines.
    pub multi_line: bool,
}

impl Splitter {
    pub(crate) fn new(form: Form, most_cells: usize) -> Self {
        Self { form, cells: Vec::new(), most_cells, too_many: false, odd_quote: false, multi_line: false }
    }

    /// Splits the first record of `bytes`; `is_end` says that nothing follows them, `expected` is how many cells a
    /// record of this file has, if known.
    pub(crate) fn split(&mut self, bytes: &[u8], is_end: bool, expected: Option<usize>) -> Split {
        self.reset();
        match self.form.quote {
            None => self.split_plain(bytes, is_end),
            Some(quote) => self.split_quoted(bytes, is_end, quote, expected),
        }
    }

    /// Splits the bytes of a record that was split before.
    pub(crate) fn split_again(&mut self, record: &[u8]) {
        self.reset();
        match self.form.quote {
            None => self.split_plain_exact(record),
            Some(quote) => {
                let _ = self.split_quoted(record, true, quote, None);
            }
        }
    }

    fn reset(&mut self) {
        self.cells.clear();
        self.too_many = false;
        self.odd_quote = false;
        self.multi_line = false;
    }

    fn push(&mut self, start: usize, end: usize, quoting: Quoting) {
        if self.cells.len() < self.most_cells {
            // Records are held under 1 GiB.
            self.cells.push(Cell { start: start as u32, end: end as u32, quoting });
        } else {
            self.too_many = true;
        }
    }

    fn split_plain(&mut self, bytes: &[u8], is_end: bool) -> Split {
        let Form { delimiter, line_end, .. } = self.form;
        let mut start = 0;
        loop {
            match find2(delimiter, line_end, bytes, start) {
                Some(at) if bytes.get(at) == Some(&delimiter) => {
                    self.push(start, at, Quoting::Plain);
                    start = at + 1;
                }
                Some(at) => {
                    let end = self.without_cr(bytes, start, at);
                    self.push(start, end, Quoting::Plain);
                    return Split::Record { end, next: at + 1 };
                }
                None if is_end => {
                    self.push(start, bytes.len(), Quoting::Plain);
                    return Split::Record { end: bytes.len(), next: bytes.len() };
                }
                None => return Split::Incomplete,
            }
        }
    }

    fn split_plain_exact(&mut self, record: &[u8]) {
        let mut start = 0;
        for at in memchr_iter(self.form.delimiter, record) {
            self.push(start, at, Quoting::Plain);
            start = at + 1;
        }
        self.push(start, record.len(), Quoting::Plain);
    }

    /// The end of a line before its `\r`, which is no part of the last cell.
    fn without_cr(&self, bytes: &[u8], start: usize, end: usize) -> usize {
        if self.form.line_end == b'\n' && end > start && bytes.get(end - 1) == Some(&b'\r') { end - 1 } else { end }
    }

    fn split_quoted(&mut self, bytes: &[u8], is_end: bool, quote: u8, expected: Option<usize>) -> Split {
        let Form { delimiter, line_end, .. } = self.form;
        let mut start = 0;
        // The first cell that spans lines: its number, its first byte and its closing quote.
        let mut spanning: Option<(usize, usize, usize)> = None;
        loop {
            let mut plain_from = start;
            if bytes.get(start) == Some(&quote) {
                match self.close(bytes, start, is_end, quote) {
                    Close::Incomplete => return Split::Incomplete,
                    Close::Stray => return Split::Stray,
                    Close::At { close, doubled } => {
                        let quoting = if doubled { Quoting::Doubled } else { Quoting::Plain };
                        let inside = bytes.get(start + 1..close).unwrap_or_default();
                        if memchr(line_end, inside).is_some() {
                            self.multi_line = true;
                            spanning.get_or_insert((self.cells.len(), start + 1, close));
                        }
                        self.push(start + 1, close, quoting);
                        let after = close + 1;
                        match bytes.get(after) {
                            Some(&byte) if byte == delimiter => {
                                start = after + 1;
                                continue;
                            }
                            None => return self.record(bytes, spanning, expected, after, after),
                            Some(&byte) if byte == line_end => {
                                return self.record(bytes, spanning, expected, after, after + 1);
                            }
                            // A carriage return; the line end is after it, or nothing is.
                            Some(_) => {
                                let next = (after + 2).min(bytes.len());
                                return self.record(bytes, spanning, expected, after, next);
                            }
                        }
                    }
                    Close::None { search_from } => {
                        self.odd_quote = true;
                        plain_from = search_from;
                    }
                }
            }
            match find2(delimiter, line_end, bytes, plain_from) {
                Some(at) if bytes.get(at) == Some(&delimiter) => {
                    self.push(start, at, Quoting::Plain);
                    start = at + 1;
                }
                Some(at) => {
                    let end = self.without_cr(bytes, start, at);
                    self.push(start, end, Quoting::Plain);
                    return self.record(bytes, spanning, expected, end, at + 1);
                }
                None if is_end => {
                    self.push(start, bytes.len(), Quoting::Plain);
                    return self.record(bytes, spanning, expected, bytes.len(), bytes.len());
                }
                None => return Split::Incomplete,
            }
        }
    }

    /// Where the quoted cell that opens at `open` closes.
    fn close(&self, bytes: &[u8], open: usize, is_end: bool, quote: u8) -> Close {
        let mut doubled = false;
        let mut from = open + 1;
        loop {
            let Some(at) = find(quote, bytes, from) else {
                return if is_end { Close::Stray } else { Close::Incomplete };
            };
            if bytes.get(at + 1) == Some(&quote) {
                doubled = true;
                from = at + 2;
                continue;
            }
            match self.ends_cell(bytes, at, is_end) {
                None => return Close::Incomplete,
                Some(true) => return Close::At { close: at, doubled },
                Some(false) => {
                    let inside = bytes.get(open..at).unwrap_or_default();
                    return if memchr(self.form.line_end, inside).is_some() {
                        Close::Stray
                    } else {
                        self.close_on_this_line(bytes, open, at, is_end, quote)
                    };
                }
            }
        }
    }

    /// A closing quote was followed by text: takes a later quote of the line that does close the cell, unless one that
    /// opens another cell comes first.
    fn close_on_this_line(&self, bytes: &[u8], open: usize, bad: usize, is_end: bool, quote: u8) -> Close {
        let mut from = bad + 1;
        loop {
            let Some(at) = find2(quote, self.form.line_end, bytes, from) else {
                return if is_end { Close::None { search_from: open + 1 } } else { Close::Incomplete };
            };
            let opens_another = at > 0 && bytes.get(at - 1) == Some(&self.form.delimiter);
            if bytes.get(at) == Some(&self.form.line_end) || opens_another {
                return Close::None { search_from: open + 1 };
            }
            if bytes.get(at + 1) == Some(&quote) {
                from = at + 2;
                continue;
            }
            match self.ends_cell(bytes, at, is_end) {
                None => return Close::Incomplete,
                Some(true) => return Close::At { close: at, doubled: true },
                Some(false) => from = at + 1,
            }
        }
    }

    /// Whether a cell may end after the quote at `at`; none if the bytes do not tell yet.
    fn ends_cell(&self, bytes: &[u8], at: usize, is_end: bool) -> Option<bool> {
        let Form { delimiter, line_end, .. } = self.form;
        match bytes.get(at + 1) {
            None => is_end.then_some(true),
            Some(&byte) if byte == delimiter || byte == line_end => Some(true),
            Some(b'\r') => match bytes.get(at + 2) {
                None => is_end.then_some(true),
                Some(&byte) => Some(byte == line_end),
            },
            Some(_) => Some(false),
        }
    }

    fn record(
        &self,
        bytes: &[u8],
        spanning: Option<(usize, usize, usize)>,
        expected: Option<usize>,
        end: usize,
        next: usize,
    ) -> Split {
        if let (Some(spanning), Some(expected)) = (spanning, expected)
            && self.covers_records(bytes, spanning, expected)
        {
            return Split::Stray;
        }
        Split::Record { end, next }
    }

    /// Whether every line that a cell covers has, quotes aside, as many cells as a record of this file.
    ///
    /// A text of several lines with the same number of commas in each is not unheard of, so few cells prove nothing
    /// unless they are parted by tabs.
    fn covers_records(&self, bytes: &[u8], (number, start, end): (usize, usize, usize), expected: usize) -> bool {
        let Form { delimiter, line_end, .. } = self.form;
        if expected < 2 || (expected < 5 && delimiter != b'\t') {
            return false;
        }
        let inside = bytes.get(start..end).unwrap_or_default();
        let after = self.cells.len().saturating_sub(number + 1);
        let mut lines = inside.split(|&byte| byte == line_end).peekable();
        let mut is_first = true;
        while let Some(line) = lines.next() {
            let mut cells = 1 + memchr_iter(delimiter, line).count();
            if is_first {
                cells += number;
            }
            if lines.peek().is_none() {
                cells += after;
            }
            // A line of delimiters alone is a text's own more likely than a record.
            let is_blank = line.iter().all(|&byte| byte == delimiter || byte.is_ascii_whitespace());
            if cells != expected || (is_blank && !is_first) {
                return false;
            }
            is_first = false;
        }
        true
    }
}

/// How a quoted cell closes.
enum Close {
    At {
        close: usize,
        doubled: bool,
    },
    /// It is not a quoted cell after all.
    None {
        search_from: usize,
    },
    Stray,
    Incomplete,
}

fn find(byte: u8, bytes: &[u8], from: usize) -> Option<usize> {
    memchr(byte, bytes.get(from..)?).map(|at| from + at)
}

fn find2(first: u8, second: u8, bytes: &[u8], from: usize) -> Option<usize> {
    memchr2(first, second, bytes.get(from..)?).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: Form = Form { delimiter: b',', quote: Some(b'"'), line_end: b'\n' };
    const TSV: Form = Form { delimiter: b'\t', quote: None, line_end: b'\n' };

    /// The cells of the first record, then what follows it; or the odd outcome.
    fn first(form: Form, text: &str, expected: Option<usize>) -> String {
        let mut splitter = Splitter::new(form, 100);
        match splitter.split(text.as_bytes(), true, expected) {
            Split::Record { next, .. } => {
                let cells: Vec<String> = splitter
                    .cells
                    .iter()
                    .map(|cell| String::from_utf8_lossy(cell.bytes(text.as_bytes())).into_owned())
                    .collect();
                format!("{} > {}", cells.join("|"), &text[next..])
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn plain_cells() {
        assert_eq!(first(TSV, "a\tb\r\nc", None), "a|b > c");
        assert_eq!(first(TSV, "a\t\"b\n", None), "a|\"b > ");
        assert_eq!(first(TSV, "\t\t", None), "|| > ");
        assert_eq!(first(Form { line_end: b'\r', ..TSV }, "a\tb\rc", None), "a|b > c");
    }

    #[test]
    fn quoted_cells() {
        assert_eq!(first(CSV, "a,\"b,\nc\",d\nx", None), "a|b,\nc|d > x");
        assert_eq!(first(CSV, "\"a\",\"\"\r\nx", None), "a| > x");
        assert_eq!(first(CSV, "\"a \"\"b\"\"\",c", None), "a \"\"b\"\"|c > ");
        assert_eq!(first(CSV, "{\"\"},c", None), "{\"\"}|c > ");
    }

    #[test]
    fn odd_quotes_on_one_line() {
        assert_eq!(first(CSV, "1,\"Le Bois\" de la Dame,x\ny", None), "1|\"Le Bois\" de la Dame|x > y");
        assert_eq!(first(CSV, "1,\"Le \"Grand\" Bois, haut\",x\ny", None), "1|Le \"Grand\" Bois, haut|x > y");
        assert_eq!(first(CSV, "1,\"a\" b,\"Paris, x\"\ny", None), "1|\"a\" b|Paris, x > y");
        assert_eq!(first(CSV, "1,5\" de haut,x\ny", None), "1|5\" de haut|x > y");
    }

    #[test]
    fn stray_quotes_that_span_lines() {
        assert_eq!(first(CSV, "1,\"a,b\n2,c,d\n", None), "Stray");
        assert_eq!(first(CSV, "1,\"a,b\n2,\"c\",d\n", None), "Stray");
        let tabs = Form { delimiter: b'\t', ..CSV };
        assert_eq!(first(tabs, "1\t\"a\tb\n2\tc\td\n3\te\"\tf\n", Some(3)), "Stray");
        assert_eq!(first(tabs, "1\t\"a\nb\"\tc\n2\te\tf\n", Some(3)), "1|a\nb|c > 2\te\tf\n");
    }

    #[test]
    fn more_bytes_are_asked_for() {
        let mut splitter = Splitter::new(CSV, 100);
        for text in ["", "a", "a,", "\"a", "\"a\"", "\"a\"\r", "\"a\" b"] {
            assert_eq!(splitter.split(text.as_bytes(), false, None), Split::Incomplete, "{text:?}");
        }
    }

    #[test]
    fn cells_are_bounded() {
        let mut splitter = Splitter::new(TSV, 2);
        assert_eq!(splitter.split(b"a\tb\tc\n", true, None), Split::Record { end: 5, next: 6 });
        assert!(splitter.too_many);
        assert_eq!(splitter.cells.len(), 2);
    }
}
