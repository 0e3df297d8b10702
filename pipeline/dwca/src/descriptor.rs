//! What an archive says, or lets see, of its files.

use encoding_rs::Encoding;

use crate::split::Cell;
use crate::term::Term;

/// How the rows of a file are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// Between two cells.
    pub delimiter: u8,
    /// Around a cell; none when the file quotes nothing.
    pub quote: Option<u8>,
    /// `linesTerminatedBy`. CR, LF and CRLF are told apart by looking at the file; this decides between them where a
    /// file holds both.
    pub line_end: String,
    /// Records before the first data row.
    pub header_lines: usize,
}

/// One `<field>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMapping {
    /// What the cells mean.
    pub term: Term,
    /// The term as meta.xml or the header has it.
    pub written: String,
    /// 0-based column; none for a constant.
    pub index: Option<usize>,
    /// Stands in for a blank or missing cell.
    pub default: Option<String>,
    /// Address of the vocabulary the values are from, kept as data.
    pub vocabulary: Option<String>,
    /// Declared type, kept as data.
    pub data_type: Option<String>,
    /// Separator of several values in one cell, kept as data.
    pub delimited_by: Option<String>,
}

/// The core, or an extension. Its rows may be spread over several files of the same form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// What one row is.
    pub row_type: Term,
    /// Paths inside the archive, in the order of the descriptor.
    pub locations: Vec<String>,
    /// The encoding that is declared, or guessed where nothing is.
    pub encoding: &'static Encoding,
    /// How the rows are written.
    pub dialect: Dialect,
    /// Column of the core's id or the extension's core id.
    pub id_index: Option<usize>,
    /// One entry per term; where a term was mapped twice, the last.
    pub fields: Vec<FieldMapping>,
}

impl DataFile {
    /// Cells a row needs for all its mapped columns.
    pub(crate) fn width(&self) -> usize {
        let last = self.fields.iter().filter_map(|field| field.index).chain(self.id_index).max();
        last.map_or(0, |last| last + 1)
    }

    /// The field of a Darwin Core term.
    pub fn dwc_field(&self, name: &str) -> Option<&FieldMapping> {
        self.fields.iter().find(|field| field.term.is_dwc(name))
    }
}

/// Where a [`Descriptor`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// meta.xml.
    Meta,
    /// The header of the only data file.
    Header,
}

/// The files of an archive, and what their columns mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// Where this comes from.
    pub origin: Origin,
    /// The core.
    pub core: DataFile,
    /// Extensions that can be joined to the core, in the order of meta.xml.
    pub extensions: Vec<DataFile>,
    /// Path of the metadata document, if there is one.
    pub metadata: Option<String>,
}

/// Bytes that a row's values take beyond those of the row itself: a column that many terms map and long defaults make
/// large batches of small files.
#[derive(Debug)]
pub(crate) struct Spread {
    indices: Vec<usize>,
    defaults: usize,
}

impl Spread {
    /// None where the values of a row take about as many bytes as the row.
    pub(crate) fn new(data: &DataFile) -> Option<Self> {
        let mut indices: Vec<usize> = data.fields.iter().filter_map(|field| field.index).collect();
        let defaults = data.fields.iter().filter_map(|field| field.default.as_ref()).map(String::len).sum();
        let all = indices.len();
        indices.sort_unstable();
        let mut distinct = indices.clone();
        distinct.dedup();
        (distinct.len() < all || defaults > 256).then_some(Self { indices, defaults })
    }

    /// At most how many bytes the values of a row take.
    pub(crate) fn bytes(&self, cells: &[Cell]) -> usize {
        let values = self.indices.iter().filter_map(|&index| cells.get(index)).map(|cell| cell.len());
        values.fold(self.defaults, usize::saturating_add)
    }
}
