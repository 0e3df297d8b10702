//! What an operator should know about an archive that was read all the same.

use std::fmt;

/// Lines that a warning about rows names; the count tells how many there are.
pub(crate) const LINES: usize = 5;

/// Something odd that lost no data, or lost it in a way the counts show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// File inside the archive.
    pub file: Option<String>,
    /// 1-based physical line of the first case.
    pub line: Option<u64>,
    /// 1-based physical lines of the first cases, where rows are meant.
    pub lines: Vec<u64>,
    /// How many cases there are.
    pub count: u64,
    /// What is odd, in lower case.
    pub what: String,
    /// What the publisher should do.
    pub remedy: String,
}

/// What a [`Warning`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningKind {
    /// A file that is not where or what it should be.
    File,
    /// An encoding, of rows or of meta.xml, that is not the one declared, or is not known.
    Encoding,
    /// Lines that do not end as declared.
    LineEnd,
    /// A core or an extension that does not say what a row is.
    RowTypeMissing,
    /// An extension that cannot be joined to the core.
    ExtensionNotLinked,
    /// A column without a term.
    UnnamedColumn,
    /// Two columns of one term.
    DuplicatedTerm,
    /// A metadata document that is named, but not there.
    MetadataMissing,
    /// A metadata document that cannot be read as it is.
    MetadataMalformed,
    /// Rows with more or fewer cells than columns.
    Columns,
    /// Quotes that follow no rule.
    Quotes,
    /// Records without an id.
    MissingIds,
    /// Records with the id of another.
    DuplicatedIds,
    /// Rows of an extension that belong to no record.
    Orphans,
}

impl WarningKind {
    /// A name for programs, the same in every version; GBIF's where it has one (`EvaluationType` of its validator).
    pub fn code(self) -> &'static str {
        match self {
            Self::File => "FILE_MISPLACED",
            Self::Encoding => "ENCODING_MISMATCH",
            Self::LineEnd => "LINE_END_MISMATCH",
            Self::RowTypeMissing => "CORE_ROWTYPE_UNDETERMINED",
            Self::ExtensionNotLinked => "EXTENSION_NOT_LINKED",
            Self::UnnamedColumn => "UNKNOWN_TERM",
            Self::DuplicatedTerm => "DUPLICATED_TERM",
            Self::MetadataMissing => "EML_NOT_FOUND",
            Self::MetadataMalformed => "EML_GBIF_SCHEMA",
            Self::Columns => "COLUMN_MISMATCH",
            Self::Quotes => "ODD_QUOTES",
            Self::MissingIds => "RECORD_IDENTIFIER_NOT_FOUND",
            Self::DuplicatedIds => "RECORD_NOT_UNIQUELY_IDENTIFIED",
            Self::Orphans => "RECORD_REFERENTIAL_INTEGRITY_VIOLATION",
        }
    }
}

impl Warning {
    pub(crate) fn new(kind: WarningKind, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { kind, file: None, line: None, lines: Vec::new(), count: 1, what: what.into(), remedy: remedy.into() }
    }

    pub(crate) fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// How many cases there are.
    pub(crate) fn counted(mut self, count: u64) -> Self {
        self.count = count;
        self
    }

    /// Where the first cases are.
    pub(crate) fn at_lines(mut self, lines: Vec<u64>) -> Self {
        self.line = lines.first().copied();
        self.lines = lines;
        self
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}, line {line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            _ => {}
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}
