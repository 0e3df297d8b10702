//! Statuses of taxa: the knowledge base BDC_STATUTS, with protections, red lists, directives and regulations by area.
//!
//! A million rows say the same few thousand things of some hundred thousand taxa: each different status is kept once, as
//! four positions in the texts that names share, and each taxon has a list of numbers of statuses.

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::UInt32Type;

use super::columns::{NotTaxref, Reader, Writer, ensure};
use super::index::{Lists, all_below};
use super::{MissingColumn, column_of};

/// A status of a taxon in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status<'a> {
    /// CD_TYPE_STATUT: `PN`, `LRN`, `DH`.
    pub kind: &'a str,
    /// CODE_STATUT: `VU`, `NM2`; `true` where the type says it all.
    pub code: &'a str,
    /// LABEL_STATUT.
    pub label: &'a str,
    /// CD_SIG: where it applies ([`crate::reference::status_area`]).
    pub area: &'a str,
}

/// Texts of a status.
pub(super) const TEXTS: usize = 4;

/// Where the columns of BDC_STATUTS stand.
#[derive(Debug, Clone, Copy)]
pub struct StatusColumns {
    cd_nom: usize,
    cd_ref: Option<usize>,
    texts: [Option<usize>; TEXTS],
}

impl StatusColumns {
    /// Finds the columns by name.
    ///
    /// # Errors
    /// When CD_NOM, CD_TYPE_STATUT, CODE_STATUT or CD_SIG is missing.
    pub fn new(header: &[&str]) -> Result<Self, MissingColumn> {
        let required = |name| column_of(header, name).ok_or(MissingColumn(name));
        Ok(Self {
            cd_nom: required("CD_NOM")?,
            cd_ref: column_of(header, "CD_REF"),
            texts: [
                Some(required("CD_TYPE_STATUT")?),
                Some(required("CODE_STATUT")?),
                column_of(header, "LABEL_STATUT"),
                Some(required("CD_SIG")?),
            ],
        })
    }

    /// CD_NOM and CD_REF of a record, and its texts in the order of [`Status`].
    pub(super) fn read<'a>(&self, record: &[&'a str]) -> (&'a str, &'a str, [&'a str; TEXTS]) {
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).map_or("", |cell| cell.trim());
        (cell(Some(self.cd_nom)), cell(self.cd_ref), self.texts.map(cell))
    }
}

/// Statuses of all taxa.
#[derive(Debug, Clone, Default)]
pub(super) struct Statuses {
    /// [`TEXTS`] positions in the shared texts a status.
    texts: ScalarBuffer<u32>,
    /// Numbers of statuses of each row that is an accepted name.
    of_row: Lists,
}

const STATUS: &str = "statusTexts";
const OF_ROW: [&str; 2] = ["statusStarts", "statusNumbers"];

impl Statuses {
    pub(super) fn of(rows: usize, texts: Vec<[u32; TEXTS]>, pairs: Vec<(u32, u32)>) -> Self {
        Self { texts: texts.into_flattened().into(), of_row: Lists::of(rows, pairs) }
    }

    /// Number of different statuses.
    pub(super) fn len(&self) -> usize {
        self.texts.len() / TEXTS
    }

    pub(super) fn of_row(&self, row: u32) -> &[u32] {
        self.of_row.of_row(row)
    }

    /// Positions of the texts of a status.
    pub(super) fn texts(&self, number: u32) -> Option<[u32; TEXTS]> {
        let start = number as usize * TEXTS;
        self.texts.get(start..start + TEXTS)?.try_into().ok()
    }

    pub(super) fn write(&self, columns: &mut Writer) {
        columns.numbers::<UInt32Type>(STATUS, &self.texts);
        self.of_row.write(columns, OF_ROW);
    }

    pub(super) fn read(columns: &Reader<'_>, names: usize, shared_texts: usize) -> Result<Self, NotTaxref> {
        let texts = columns.numbers::<UInt32Type>(STATUS)?;
        ensure(texts.len() % TEXTS == 0 && all_below(&texts, shared_texts), STATUS, "lead nowhere")?;
        let of_row = Lists::read(columns, OF_ROW, names, texts.len() / TEXTS)?;
        Ok(Self { texts, of_row })
    }
}
