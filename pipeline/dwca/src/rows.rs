//! Records of one file, out of a buffer that holds one record and no more than it must.
//!
//! A record that breaks a bound costs its own physical line and nothing after it: the buffer still holds what follows,
//! and reading resumes there.

use std::io::{self, Cursor, Read};

use memchr::memchr;

use crate::container::Bytes;
use crate::descriptor::Dialect;
use crate::encoding::{Charset, Transcoder, find};
use crate::limits::Limits;
use crate::quarantine::QuarantineReason;
use crate::split::{Cell, Form, Split, Splitter};

/// Bytes read at once.
const CHUNK: usize = 256 << 10;

/// Bytes looked at to tell an encoding and a line end.
const SAMPLE: usize = 64 << 10;

/// One row, in the buffer until the next is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// 1-based physical line.
    pub line: u64,
    /// Offset of the first byte.
    pub offset: u64,
    /// Why the row cannot be used.
    pub fault: Option<QuarantineReason>,
    start: usize,
    end: usize,
}

/// What the start of a file told about it, where it differs from what was declared.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Surprise {
    pub encoding: Option<&'static str>,
    pub line_end: bool,
}

/// The records of one file.
pub(crate) struct Rows {
    source: Bytes,
    buffer: Vec<u8>,
    /// Where the next record starts.
    start: usize,
    /// Where the bytes read so far end.
    end: usize,
    is_end: bool,
    /// Within a line that is too long, up to its end.
    skipping: bool,
    line: u64,
    offset: u64,
    splitter: Splitter,
    expected: Option<usize>,
    header_left: usize,
    record_bytes: usize,
    cell_bytes: usize,
    /// Cells of the header or of the first record.
    pub header_cells: Option<usize>,
    pub charset: Charset,
    pub blank_lines: u64,
    pub surprise: Surprise,
}

impl Rows {
    pub(crate) fn new(
        mut source: Bytes,
        dialect: &Dialect,
        encoding: &'static encoding_rs::Encoding,
        limits: &Limits,
    ) -> io::Result<Self> {
        let mut sample = Vec::with_capacity(SAMPLE);
        source.by_ref().take(SAMPLE as u64).read_to_end(&mut sample)?;
        let found = find(encoding, &sample);
        let rest = Cursor::new(sample.split_off(found.mark.min(sample.len()))).chain(source);
        let source: Bytes = match found.transcode {
            Some(wide) => Box::new(Transcoder::new(rest, wide)),
            None => Box::new(rest),
        };
        let form = Form { delimiter: dialect.delimiter, quote: dialect.quote, line_end: b'\n' };
        let mut this = Self {
            source,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            is_end: false,
            skipping: false,
            line: 1,
            // Offsets of transcoded text are offsets into the text.
            offset: if found.transcode.is_some() { 0 } else { found.mark as u64 },
            splitter: Splitter::new(form, limits.columns),
            expected: None,
            header_left: dialect.header_lines,
            record_bytes: limits.record_bytes(),
            cell_bytes: limits.cell_bytes,
            header_cells: None,
            charset: found.charset,
            blank_lines: 0,
            surprise: Surprise { encoding: found.instead, line_end: false },
        };
        while !this.is_end && this.end < SAMPLE {
            this.fill()?;
        }
        this.find_line_end(&dialect.line_end);
        Ok(this)
    }

    /// CR alone ends lines where the file has no LF, or where the descriptor says CR and the file has CRs without LF.
    fn find_line_end(&mut self, declared: &str) {
        let sample = self.buffer.get(..self.end).unwrap_or_default();
        let has_lf = memchr(b'\n', sample).is_some();
        let has_cr = memchr(b'\r', sample).is_some();
        let lone_cr = || sample.windows(2).any(|pair| matches!(pair, [b'\r', next] if *next != b'\n'));
        let cr = has_cr && (!has_lf || (declared == "\r" && lone_cr()));
        if cr {
            self.splitter.form.line_end = b'\r';
        }
        self.surprise.line_end = (cr && declared != "\r") || (!cr && has_lf && declared == "\r");
    }

    pub(crate) fn form(&self) -> Form {
        self.splitter.form
    }

    /// Cells of the row read last.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.splitter.cells
    }

    /// Whether the row read last holds a quote that follows no rule.
    pub(crate) fn has_odd_quote(&self) -> bool {
        self.splitter.odd_quote
    }

    /// Bytes of the row read last.
    pub(crate) fn bytes(&self, row: &Row) -> &[u8] {
        self.buffer.get(row.start..row.end).unwrap_or_default()
    }

    /// The next data row.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some(row) = self.next_record()? else { return Ok(None) };
            if row.fault.is_none() && self.is_blank(&row) {
                self.blank_lines += 1;
                continue;
            }
            let cells = self.cells().len();
            if row.fault.is_none() {
                self.header_cells.get_or_insert(cells);
                if !self.splitter.multi_line {
                    self.expected = Some(cells);
                }
            }
            if self.header_left > 0 {
                self.header_left -= 1;
                // Only the last header line is as wide as the rows.
                if row.fault.is_none() {
                    self.header_cells = Some(cells);
                }
                continue;
            }
            return Ok(Some(row));
        }
    }

    fn is_blank(&self, row: &Row) -> bool {
        match self.cells() {
            [cell] => cell.bytes(self.bytes(row)).iter().all(|byte| byte.is_ascii_whitespace()),
            _ => false,
        }
    }

    fn next_record(&mut self) -> io::Result<Option<Row>> {
        if self.skipping && !self.skip_line()? {
            return Ok(None);
        }
        loop {
            if self.start == self.end {
                if self.is_end {
                    return Ok(None);
                }
                self.fill()?;
                continue;
            }
            let bytes = self.buffer.get(self.start..self.end).unwrap_or_default();
            match self.splitter.split(bytes, self.is_end, self.expected) {
                Split::Record { end, next } => {
                    if end > self.record_bytes {
                        return Ok(Some(self.first_line(QuarantineReason::LineTooLong { limit: self.record_bytes })));
                    }
                    let too_long = self.splitter.cells.iter().position(|cell| cell.len() > self.cell_bytes);
                    let fault = if let Some(column) = too_long {
                        let reason = QuarantineReason::CellTooLong { column: column + 1, limit: self.cell_bytes };
                        // A long cell of many lines is more likely a stray quote than one value.
                        if self.splitter.multi_line {
                            return Ok(Some(self.first_line(reason)));
                        }
                        Some(reason)
                    } else {
                        let limit = self.splitter.most_cells;
                        self.splitter.too_many.then_some(QuarantineReason::TooManyCells { limit })
                    };
                    return Ok(Some(self.take(end, next, fault)));
                }
                Split::Stray => return Ok(Some(self.first_line(QuarantineReason::StrayQuote))),
                Split::Incomplete if bytes.len() > self.record_bytes => {
                    return Ok(Some(self.first_line(QuarantineReason::LineTooLong { limit: self.record_bytes })));
                }
                Split::Incomplete => self.fill()?,
            }
        }
    }

    /// Takes `next` bytes from the buffer as a row of `end` bytes.
    fn take(&mut self, end: usize, next: usize, fault: Option<QuarantineReason>) -> Row {
        let row = Row { line: self.line, offset: self.offset, fault, start: self.start, end: self.start + end };
        if self.splitter.multi_line {
            let taken = self.buffer.get(self.start..self.start + next).unwrap_or_default();
            let line_end = self.splitter.form.line_end;
            // The last record of a file may lack a line end.
            let ends = memchr::memchr_iter(line_end, taken).count();
            self.line += (ends + usize::from(taken.last() != Some(&line_end))) as u64;
        } else {
            self.line += 1;
        }
        self.offset += next as u64;
        self.start += next;
        row
    }

    /// Takes the first physical line of the buffer, or all of the buffer if it holds no whole line.
    fn first_line(&mut self, fault: QuarantineReason) -> Row {
        let bytes = self.buffer.get(self.start..self.end).unwrap_or_default();
        self.splitter.multi_line = false;
        let (end, next) = match memchr(self.splitter.form.line_end, bytes) {
            Some(at) => (at, at + 1),
            None => {
                self.skipping = !self.is_end;
                (bytes.len(), bytes.len())
            }
        };
        let end = if end > 0 && bytes.get(end - 1) == Some(&b'\r') { end - 1 } else { end };
        let row = self.take(end, next, Some(fault));
        if self.skipping {
            // The line is counted when its end is found.
            self.line -= 1;
        }
        row
    }

    /// Drops the rest of a line; false if the file ends with it.
    fn skip_line(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(at) = memchr(self.splitter.form.line_end, bytes) {
                self.start += at + 1;
                self.offset += at as u64 + 1;
                self.line += 1;
                self.skipping = false;
                return Ok(true);
            }
            self.offset += bytes.len() as u64;
            self.start = self.end;
            if self.is_end {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    /// Reads more behind what the buffer holds.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < CHUNK / 2 {
            let size = (self.buffer.len() * 2).max(CHUNK).min(self.record_bytes + 2 * CHUNK);
            self.buffer.resize(size.max(self.end + CHUNK / 2), 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = loop {
            match self.source.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.end += read;
        self.is_end = read == 0;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rows(text: &[u8], quote: Option<u8>, limits: &Limits) -> Vec<String> {
        let dialect = Dialect { delimiter: b',', quote, line_end: "\n".into(), header_lines: 1 };
        let mut rows = Rows::new(Box::new(Cursor::new(text.to_vec())), &dialect, encoding_rs::UTF_8, limits).unwrap();
        let mut out = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let text = String::from_utf8_lossy(rows.bytes(&row)).into_owned();
            let fault = row.fault.as_ref().map(|fault| fault.code()).unwrap_or_default();
            out.push(format!("{}@{} {text} {fault}", row.line, row.offset));
        }
        out
    }

    #[test]
    fn lines_and_offsets_of_rows() {
        assert_eq!(
            rows(b"\xef\xbb\xbfa,b\r\n1,\"x\ny\"\r\n\r\n2,z", Some(b'"'), &Limits::default()),
            ["2@8 1,\"x\ny\" ", "5@19 2,z "]
        );
    }

    #[test]
    fn a_stray_quote_costs_one_line() {
        assert_eq!(
            rows(b"a,b\n1,\"x\n2,y\n3,z\n", Some(b'"'), &Limits::default()),
            ["2@4 1,\"x STRAY_QUOTE", "3@9 2,y ", "4@13 3,z "]
        );
    }

    #[test]
    fn long_records_and_cells_cost_their_line() {
        let limits = Limits { line_bytes: 1024, cell_bytes: 5, columns: 3, ..Limits::default() };
        let long = format!("a,b\n1,{}\n2,y\n3,123456\n4,a,b,c\n5,z\n", "x".repeat(600_000));
        let read = rows(long.as_bytes(), None, &limits);
        assert!(read[0].ends_with("LINE_TOO_LONG"));
        assert_eq!(
            &read[1..],
            ["3@600007 2,y ", "4@600011 3,123456 CELL_TOO_LONG", "5@600020 4,a,b,c TOO_MANY_CELLS", "6@600028 5,z "]
        );
    }

    #[test]
    fn a_quote_open_for_too_long_is_stray() {
        let limits = Limits { line_bytes: 1024, ..Limits::default() };
        let text = format!("a,b\n1,\"x\n{}", "2,y\n".repeat(300_000));
        let read = rows(text.as_bytes(), Some(b'"'), &limits);
        assert_eq!(read.len(), 300_001);
        assert!(read[0].ends_with("LINE_TOO_LONG"));
    }

    #[test]
    fn carriage_returns_alone() {
        assert_eq!(rows(b"a,b\r1,x\r2,y\r", None, &Limits::default()), ["2@4 1,x ", "3@8 2,y "]);
    }
}
