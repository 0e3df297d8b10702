//! CD_NOM that were withdrawn: the file CDNOM_DISPARUS.

use super::MissingColumn;
use super::build::{column_of, integer};

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
