//! The rows of the core or of an extension, file after file, with what is odd about them counted.

use std::sync::Arc;

use crate::archive::Inner;
use crate::counts::FileCounts;
use crate::descriptor::DataFile;
use crate::error::ArchiveError;
use crate::quarantine::{QuarantineReason, Quarantined};
use crate::rows::{Row, Rows};
use crate::view::{RowView, Shape};
use crate::warning::{LINES, Warning, WarningKind};

/// What [`TableReader::next`] found.
pub(crate) enum Next {
    /// A row, to be looked at with [`TableReader::view`].
    Row(Row),
    /// A row that cannot be used.
    Fault(Quarantined),
}

/// Reads the rows of one table.
pub(crate) struct TableReader {
    inner: Arc<Inner>,
    /// 0 is the core.
    table: usize,
    next_file: usize,
    rows: Option<Rows>,
    width: usize,
    pub counts: FileCounts,
    cases: Cases,
}

/// Cases of each oddity in the file being read.
#[derive(Default)]
struct Cases {
    short: Case,
    extra: Case,
    fallback: Case,
    odd_quote: Case,
}

/// How often something is odd, and the lines where it is first.
#[derive(Default)]
struct Case {
    count: u64,
    lines: Vec<u64>,
}

impl Case {
    fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < LINES {
            self.lines.push(line);
        }
    }
}

impl TableReader {
    pub(crate) fn new(inner: Arc<Inner>, table: usize) -> Self {
        let width = inner.data(table).width();
        Self { inner, table, next_file: 0, rows: None, width, counts: FileCounts::default(), cases: Cases::default() }
    }

    fn data(&self) -> &DataFile {
        self.inner.data(self.table)
    }

    /// Number of the file being read, among the table's.
    pub(crate) fn file(&self) -> usize {
        self.next_file.saturating_sub(1)
    }

    /// Path of the file being read.
    pub(crate) fn file_name(&self) -> &str {
        self.inner.file_name(self.table, self.file())
    }

    pub(crate) fn shape(&self) -> Option<Shape> {
        self.rows.as_ref().map(|rows| Shape { form: rows.form(), charset: rows.charset })
    }

    /// The next row; none after the last.
    pub(crate) fn next(&mut self, warnings: &mut Vec<Warning>) -> Result<Option<Next>, ArchiveError> {
        loop {
            if self.rows.is_none() && !self.open_next(warnings)? {
                return Ok(None);
            }
            let Some(rows) = &mut self.rows else { return Ok(None) };
            let row = match rows.next_row() {
                Ok(row) => row,
                Err(error) => {
                    let name = self.file_name();
                    return Err(ArchiveError::io(format_args!("read {name:?}"), error).in_file(name));
                }
            };
            let Some(row) = row else {
                self.close_file(warnings);
                continue;
            };
            self.counts.rows += 1;
            let bytes = self.inner.value_bytes(self.table, rows.bytes(&row), rows.cells());
            let most = self.inner.options.limits.record_bytes();
            let too_long = (bytes > most).then_some(QuarantineReason::LineTooLong { limit: most });
            return Ok(Some(match row.fault.clone().or(too_long) {
                Some(reason) => Next::Fault(self.quarantine(&row, reason)),
                None => {
                    self.look_at(&row);
                    Next::Row(row)
                }
            }));
        }
    }

    /// The values of the row read last.
    pub(crate) fn view(&self, row: &Row) -> Option<RowView<'_>> {
        let rows = self.rows.as_ref()?;
        let shape = Shape { form: rows.form(), charset: rows.charset };
        Some(RowView::new(rows.bytes(row), rows.cells(), shape))
    }

    /// Takes the row read last out of use.
    pub(crate) fn quarantine(&mut self, row: &Row, reason: QuarantineReason) -> Quarantined {
        self.counts.quarantined += 1;
        let place = Place { table: self.table, file: self.file(), line: row.line, offset: row.offset };
        match &self.rows {
            Some(rows) => {
                let shape = Shape { form: rows.form(), charset: rows.charset };
                self.inner.quarantined(&place, rows.bytes(row), shape, reason)
            }
            None => self.inner.quarantined(&place, &[], Shape::default(), reason),
        }
    }

    fn open_next(&mut self, warnings: &mut Vec<Warning>) -> Result<bool, ArchiveError> {
        let inner = Arc::clone(&self.inner);
        let Some(entry) = inner.entry(self.table, self.next_file) else { return Ok(false) };
        self.next_file += 1;
        let source = inner.container.read(entry, &inner.options.limits)?;
        let data = inner.data(self.table);
        let rows = Rows::new(source, &data.dialect, data.encoding, &inner.options.limits)
            .map_err(|error| ArchiveError::io(format_args!("read {:?}", entry.path), error).in_file(&entry.path))?;
        if let Some(encoding) = rows.surprise.encoding {
            warnings.push(
                Warning::new(
                    WarningKind::Encoding,
                    format!("declared {}, but it is {encoding}, and is read as such", data.encoding.name()),
                    "correct the encoding attribute of meta.xml",
                )
                .in_file(&entry.path),
            );
        }
        if rows.surprise.line_end {
            warnings.push(
                Warning::new(
                    WarningKind::LineEnd,
                    "its lines do not end as meta.xml says",
                    "correct linesTerminatedBy in meta.xml",
                )
                .in_file(&entry.path),
            );
        }
        self.rows = Some(rows);
        Ok(true)
    }

    fn look_at(&mut self, row: &Row) {
        let Some(rows) = &self.rows else { return };
        let cells = rows.cells().len();
        if cells < self.width {
            self.counts.short_rows += 1;
            self.cases.short.add(row.line);
        }
        if cells > rows.header_cells.unwrap_or_default().max(self.width) {
            self.counts.rows_with_extra_cells += 1;
            self.cases.extra.add(row.line);
        }
        if rows.has_odd_quote() {
            self.counts.rows_with_odd_quotes += 1;
            self.cases.odd_quote.add(row.line);
        }
    }

    /// Counts a row whose encoding was not the declared one; told by whoever looked at its values.
    pub(crate) fn count_fallback(&mut self, line: u64) {
        self.counts.rows_decoded_by_fallback += 1;
        self.cases.fallback.add(line);
    }

    fn close_file(&mut self, warnings: &mut Vec<Warning>) {
        if let Some(rows) = self.rows.take() {
            self.counts.blank_lines += rows.blank_lines;
        }
        let cases = std::mem::take(&mut self.cases);
        let file = self.file_name().to_owned();
        let declared = self.data().encoding.name();
        let other = if declared == "UTF-8" { "windows-1252" } else { "UTF-8" };
        let mut warn = |case: Case, kind: WarningKind, what: String, remedy: &str| {
            if case.count > 0 {
                let warning = Warning::new(kind, what, remedy).in_file(&file);
                warnings.push(warning.counted(case.count).at_lines(case.lines));
            }
        };
        warn(
            cases.short,
            WarningKind::Columns,
            "rows have fewer cells than meta.xml maps; the missing ones are null".into(),
            "write every cell of a row, empty ones too",
        );
        warn(
            cases.extra,
            WarningKind::Columns,
            "rows have more cells than the header; the additional ones are not read".into(),
            "quote the cells that hold the delimiter",
        );
        warn(
            cases.fallback,
            WarningKind::Encoding,
            format!("rows are not in {declared} as declared; they are read as {other}"),
            "save the file in the encoding declared",
        );
        warn(
            cases.odd_quote,
            WarningKind::Quotes,
            "cells hold quotes that are not doubled; they are kept as characters".into(),
            "double the quotes within quoted cells, or declare that the file is not quoted",
        );
    }
}

/// Where a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub table: usize,
    pub file: usize,
    pub line: u64,
    pub offset: u64,
}
