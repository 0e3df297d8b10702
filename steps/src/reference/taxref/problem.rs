//! What is odd in the files of a release.

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::{Int32Type, UInt8Type};

use super::columns::{NotTaxref, Reader, Table, Writer, damaged, ensure};

/// Something odd in TAXREF that does not stop it from being used; each with the CD_NOM it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A CD_NOM stands on two rows; the first one counts.
    DuplicateCdNom(i32),
    /// CD_REF is not in the file; the name counts as accepted.
    UnknownCdRef(i32),
    /// A parent is not in the file.
    UnknownParent(i32),
    /// The rank is not one of TAXREF's.
    UnknownRank(i32),
    /// The number is negative or zero: a regional platform's own taxon, never one of TAXREF. The row is left out.
    LocalCdNom(i32),
    /// A status is given for a number that is not in TAXREF; it is left out.
    UnknownStatusTaxon(i32),
}

impl Problem {
    /// What is odd, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::DuplicateCdNom(_) => "CD_NOM on more than one row (the first one counts)",
            Self::UnknownCdRef(_) => "CD_REF that is not in the file (the name counts as accepted)",
            Self::UnknownParent(_) => "parent that is not in the file",
            Self::UnknownRank(_) => "rank that is not TAXREF's",
            Self::LocalCdNom(_) => "number below 1, which is never a CD_NOM (left out)",
            Self::UnknownStatusTaxon(_) => "status of a number that is not in TAXREF (left out)",
        }
    }

    /// The number it concerns.
    pub fn cd_nom(self) -> i32 {
        match self {
            Self::DuplicateCdNom(cd_nom)
            | Self::UnknownCdRef(cd_nom)
            | Self::UnknownParent(cd_nom)
            | Self::UnknownRank(cd_nom)
            | Self::LocalCdNom(cd_nom)
            | Self::UnknownStatusTaxon(cd_nom) => cd_nom,
        }
    }

    /// The code of its kind in a built file.
    fn kind(self) -> u8 {
        match self {
            Self::DuplicateCdNom(_) => 0,
            Self::UnknownCdRef(_) => 1,
            Self::UnknownParent(_) => 2,
            Self::UnknownRank(_) => 3,
            Self::LocalCdNom(_) => 4,
            Self::UnknownStatusTaxon(_) => 5,
        }
    }

    fn of_kind(kind: u8, cd_nom: i32) -> Option<Self> {
        Some(match kind {
            0 => Self::DuplicateCdNom(cd_nom),
            1 => Self::UnknownCdRef(cd_nom),
            2 => Self::UnknownParent(cd_nom),
            3 => Self::UnknownRank(cd_nom),
            4 => Self::LocalCdNom(cd_nom),
            5 => Self::UnknownStatusTaxon(cd_nom),
            _ => return None,
        })
    }
}

/// All problems of a release.
#[derive(Debug, Clone, Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

const KIND: &str = "problemKinds";
const CD_NOM: &str = "problemCdNom";

impl Table for Problems {
    fn write(&self, columns: &mut Writer) {
        columns.numbers::<UInt8Type>(KIND, &self.0.iter().map(|problem| problem.kind()).collect());
        columns.numbers::<Int32Type>(CD_NOM, &self.0.iter().map(|problem| problem.cd_nom()).collect());
    }

    fn read(columns: &Reader<'_>) -> Result<Self, NotTaxref> {
        let kinds: ScalarBuffer<u8> = columns.numbers::<UInt8Type>(KIND)?;
        let cd_noms = columns.numbers::<Int32Type>(CD_NOM)?;
        ensure(kinds.len() == cd_noms.len(), CD_NOM, "not of its length")?;
        let problems = kinds.iter().zip(cd_noms.iter()).map(|(kind, cd_nom)| Problem::of_kind(*kind, *cd_nom));
        Ok(Self(problems.collect::<Option<_>>().ok_or(damaged(KIND, "not a kind of problem"))?))
    }
}
