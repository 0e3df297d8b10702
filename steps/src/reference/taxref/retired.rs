//! CD_NOM that were withdrawn: the file CDNOM_DISPARUS.

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::{Int32Type, UInt8Type};

use super::columns::{NotTaxref, Reader, Table, Writer, ensure};
use super::{MissingColumn, column_of, integer};

/// Why a CD_NOM was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retirement {
    /// Reason 1: another CD_NOM is to be used.
    Replaced,
    /// Reason 2, or none given: not distributed any more (*gel*).
    Frozen,
    /// Reason 3: deleted.
    Deleted,
}

impl Retirement {
    /// The meaning of CD_RAISON_SUPPRESSION.
    pub fn of_reason(reason: Option<u8>) -> Self {
        match reason {
            Some(1) => Self::Replaced,
            Some(3) => Self::Deleted,
            _ => Self::Frozen,
        }
    }
}

/// Where the columns of CDNOM_DISPARUS stand.
#[derive(Debug, Clone, Copy)]
pub struct RetiredColumns {
    cd_nom: usize,
    replacement: Option<usize>,
    reason: Option<usize>,
}

impl RetiredColumns {
    /// Finds the columns by name.
    ///
    /// # Errors
    /// When CD_NOM is missing.
    pub fn new(header: &[&str]) -> Result<Self, MissingColumn> {
        Ok(Self {
            cd_nom: column_of(header, "CD_NOM").ok_or(MissingColumn("CD_NOM"))?,
            replacement: column_of(header, "CD_NOM_REMPLACEMENT"),
            reason: column_of(header, "CD_RAISON_SUPPRESSION"),
        })
    }

    /// The number, its replacement and the reason of a record; `None` when the number is none.
    pub fn read(&self, record: &[&str]) -> Option<(i32, Option<i32>, Option<u8>)> {
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).copied().unwrap_or("");
        let cd_nom = integer(cell(Some(self.cd_nom)))?;
        Some((cd_nom, integer(cell(self.replacement)), cell(self.reason).trim().parse().ok()))
    }
}

/// Withdrawn numbers, sorted; zeros where no replacement or no reason is given.
#[derive(Debug, Clone, Default)]
pub(super) struct Retired {
    cd_noms: ScalarBuffer<i32>,
    replacements: ScalarBuffer<i32>,
    reasons: ScalarBuffer<u8>,
}

const CD_NOM: &str = "retiredCdNom";
const REPLACEMENT: &str = "retiredReplacement";
const REASON: &str = "retiredReason";

impl Retired {
    /// The table of rows in any order; of several rows of a number the last one counts.
    pub(super) fn of(mut rows: Vec<(i32, Option<i32>, Option<u8>)>) -> Self {
        rows.reverse();
        rows.sort_by_key(|row| row.0);
        rows.dedup_by_key(|row| row.0);
        Self {
            cd_noms: rows.iter().map(|row| row.0).collect(),
            replacements: rows.iter().map(|row| row.1.unwrap_or(0)).collect(),
            reasons: rows.iter().map(|row| row.2.unwrap_or(0)).collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.cd_noms.len()
    }

    /// The replacement of a number, and why it was withdrawn.
    pub(super) fn find(&self, cd_nom: i32) -> Option<(Option<i32>, Retirement)> {
        let row = self.cd_noms.binary_search(&cd_nom).ok()?;
        let replacement = self.replacements.get(row).copied().filter(|number| *number != 0);
        Some((replacement, Retirement::of_reason(self.reasons.get(row).copied())))
    }
}

impl Table for Retired {
    fn write(&self, columns: &mut Writer) {
        columns.numbers::<Int32Type>(CD_NOM, &self.cd_noms);
        columns.numbers::<Int32Type>(REPLACEMENT, &self.replacements);
        columns.numbers::<UInt8Type>(REASON, &self.reasons);
    }

    fn read(columns: &Reader<'_>) -> Result<Self, NotTaxref> {
        let retired = Self {
            cd_noms: columns.numbers::<Int32Type>(CD_NOM)?,
            replacements: columns.numbers::<Int32Type>(REPLACEMENT)?,
            reasons: columns.numbers::<UInt8Type>(REASON)?,
        };
        ensure(retired.cd_noms.is_sorted_by(|a, b| a < b), CD_NOM, "not sorted")?;
        ensure(retired.replacements.len() == retired.len(), REPLACEMENT, "not of its length")?;
        ensure(retired.reasons.len() == retired.len(), REASON, "not of its length")?;
        Ok(retired)
    }
}
