//! Rows that could not be used, kept with their place and their text.

use std::fmt;

/// A row that is in no batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// File inside the archive.
    pub file: String,
    /// 1-based physical line where the row starts.
    pub line: u64,
    /// Offset of the row's first byte in the file (in its UTF-8 form, for UTF-16 and other multi-byte encodings).
    pub byte_offset: u64,
    /// Why.
    pub reason: QuarantineReason,
    /// Address of the row type of the file.
    pub row_type: String,
    /// The row as it is in the file, cut at `archive.quarantine_text_bytes`.
    pub text: String,
}

/// Why a row is in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuarantineReason {
    /// A quote opens a cell and nothing closes it.
    StrayQuote,
    /// The record is longer than `archive.line_bytes`.
    LineTooLong {
        /// The bound, in bytes.
        limit: usize,
    },
    /// A cell is longer than `archive.cell_bytes`.
    CellTooLong {
        /// 1-based column.
        column: usize,
        /// The bound, in bytes.
        limit: usize,
    },
    /// The row has more cells than `archive.columns`.
    TooManyCells {
        /// The bound.
        limit: usize,
    },
    /// A row of an extension does not say which core record it belongs to.
    BlankCoreId,
    /// A row of an extension belongs to no core record.
    Orphan {
        /// The id that no core record has.
        core_id: String,
    },
    /// The core record has more rows of this extension than `archive.extension_rows_per_record`.
    TooManyExtensionRows {
        /// The core record.
        core_id: String,
        /// The bound.
        limit: usize,
    },
    /// The core record's rows of this extension take more than `archive.extension_bytes_per_record`.
    ExtensionRowsTooLong {
        /// The core record.
        core_id: String,
        /// The bound, in bytes.
        limit: usize,
    },
}

impl QuarantineReason {
    /// A name for counting, the same in every version.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StrayQuote => "STRAY_QUOTE",
            Self::LineTooLong { .. } => "LINE_TOO_LONG",
            Self::CellTooLong { .. } => "CELL_TOO_LONG",
            Self::TooManyCells { .. } => "TOO_MANY_CELLS",
            Self::BlankCoreId => "BLANK_CORE_ID",
            Self::Orphan { .. } => "ORPHAN",
            Self::TooManyExtensionRows { .. } => "TOO_MANY_EXTENSION_ROWS",
            Self::ExtensionRowsTooLong { .. } => "EXTENSION_ROWS_TOO_LONG",
        }
    }
}

impl fmt::Display for QuarantineReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StrayQuote => f.write_str(
                "a quote opens a cell and nothing closes it; double the quote, or declare that the file is not quoted",
            ),
            Self::LineTooLong { limit } => {
                write!(f, "the record is longer than {limit} bytes; close its quotes, or raise archive.line_bytes")
            }
            Self::CellTooLong { column, limit } => {
                write!(
                    f,
                    "the cell of column {column} is longer than {limit} bytes; shorten it, or raise archive.cell_bytes"
                )
            }
            Self::TooManyCells { limit } => {
                write!(f, "the row has more than {limit} cells; correct the delimiter, or raise archive.columns")
            }
            Self::BlankCoreId => f.write_str("the row does not say which core record it belongs to; fill its core id"),
            Self::Orphan { core_id } => {
                write!(f, "no core record has the id {core_id:?}; add the record, or correct the core id")
            }
            Self::TooManyExtensionRows { core_id, limit } => write!(
                f,
                "the core record {core_id:?} has more than {limit} rows of this extension; \
                 raise archive.extension_rows_per_record"
            ),
            Self::ExtensionRowsTooLong { core_id, limit } => write!(
                f,
                "the rows of this extension for the core record {core_id:?} take more than {limit} bytes; \
                 raise archive.extension_bytes_per_record"
            ),
        }
    }
}
