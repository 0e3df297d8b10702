//! TAXREF, the national taxonomy: every name of one release, with its accepted name and its place in the tree.
//!
//! A release has some 710,000 names. They are kept as arrays of numbers over one arena of text, with sorted or addressed
//! tables for look-ups, shared by all threads. The same arrays make up a built file ([`Taxref::to_batch`]), which is opened
//! as it lies on disk, without a copy: a release that was built takes a fifth of a second to open, one that is read from
//! its text several.
//!
//! Two rules of TAXREF shape this module. CD_NOM numbers a *name*, CD_REF is the CD_NOM of the accepted name of the same
//! taxon. And synonyms have no parents: every climb starts from CD_REF. Parents come in two columns, CD_SUP (every rank)
//! and CD_TAXSUP (principal ranks only); ancestors are those reached through either, so that a rule on a sub-genus or a
//! clade is not missed.

mod alphabet;
mod batch;
mod build;
mod columns;
mod header;
mod index;
mod interned;
mod name;
mod names;
mod problem;
mod rank;
mod retired;
mod status;
mod territory;
mod vernacular;

pub use build::TaxrefBuilder;
pub use columns::NotTaxref;
pub use header::{MissingColumn, RowError};
pub(crate) use header::{column_of, integer};
pub use name::Name;
pub use names::SharedColumn;
pub use problem::Problem;
pub use rank::Rank;
pub use retired::{RetiredColumns, Retirement};
pub use status::{Status, StatusColumns};
pub use territory::{Presence, TERRITORIES};
pub use vernacular::VernacularColumns;

use std::ops::Range;

use alphabet::Alphabet;
use index::{Index, Lists, Numbers, hash_of};
use names::Names;
use problem::Problems;
use retired::Retired;
use status::Statuses;

use crate::parse::taxon_name::{Reading, full_name_key};

/// The position of a name in a [`Taxref`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u32);

/// A row that is none.
const NONE: u32 = u32::MAX;

/// All names of one TAXREF release, indexed.
#[derive(Debug, Clone, Default)]
pub struct Taxref {
    version: Option<u32>,
    label: String,
    names: Names,
    numbers: Numbers,
    full_names: Index,
    canonical_names: Index,
    alphabet: Alphabet,
    /// Rows of all names of each accepted one.
    by_accepted: Lists,
    /// Rows of the accepted taxa right below each accepted one.
    children: Lists,
    retired: Retired,
    statuses: Statuses,
    problems: Problems,
}

/// What became of a CD_NOM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The number is in the release.
    Current(NameId),
    /// It was withdrawn for another, through one or several replacements.
    Replaced(NameId),
    /// It was withdrawn without a replacement that leads anywhere.
    Withdrawn(Retirement),
    /// It never was a CD_NOM, as far as is known.
    Unknown,
}

impl Taxref {
    /// Number of the release, where the engine gave it.
    pub fn version_number(&self) -> Option<u32> {
        self.version
    }

    /// Name of the release: `TAXREF v18`.
    pub fn version(&self) -> &str {
        &self.label
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.names.len() == 0
    }

    /// What was wrong in the files.
    pub fn problems(&self) -> &[Problem] {
        &self.problems.0
    }

    /// A name of the release.
    pub fn name(&self, id: NameId) -> Name<'_> {
        Name { taxref: self, id }
    }

    /// All names, by position.
    pub fn all(&self) -> impl Iterator<Item = Name<'_>> {
        (0_u32..).take(self.len()).map(|row| self.name(NameId(row)))
    }

    /// All accepted names, by position.
    pub fn accepted(&self) -> impl Iterator<Item = Name<'_>> {
        self.all().filter(|name| name.is_accepted())
    }

    /// Number of withdrawn CD_NOM that are known.
    pub fn retired_len(&self) -> usize {
        self.retired.len()
    }

    /// The different statuses that taxa have; none where BDC_STATUTS was not given.
    pub fn statuses(&self) -> impl Iterator<Item = Status<'_>> {
        (0_u32..).take(self.statuses.len()).filter_map(|number| self.status(number))
    }

    /// Whether statuses are known at all.
    pub fn has_statuses(&self) -> bool {
        self.statuses.len() > 0
    }

    /// The name of a CD_NOM, if it is in the release.
    pub fn by_cd_nom(&self, cd_nom: i32) -> Option<NameId> {
        self.numbers.find(cd_nom).map(NameId)
    }

    /// The name of a CD_NOM, followed through CDNOM_DISPARUS when it is withdrawn.
    ///
    /// Replacements may chain over releases. An empty replacement, one that leads to itself or round in a circle, or to a
    /// number that is nowhere, is none: the number counts as frozen, as SINP has it for a withdrawal without a reason.
    pub fn resolve(&self, cd_nom: i32) -> Resolution {
        if let Some(id) = self.by_cd_nom(cd_nom) {
            return Resolution::Current(id);
        }
        let mut seen = vec![cd_nom];
        let mut current = cd_nom;
        let mut first = None;
        while let Some((replacement, retirement)) = self.retired.find(current) {
            first.get_or_insert(retirement);
            let Some(next) = replacement.filter(|next| retirement == Retirement::Replaced && !seen.contains(next))
            else {
                break;
            };
            if let Some(id) = self.by_cd_nom(next) {
                return Resolution::Replaced(id);
            }
            seen.push(next);
            current = next;
        }
        match first {
            Some(Retirement::Deleted) => Resolution::Withdrawn(Retirement::Deleted),
            Some(_) => Resolution::Withdrawn(Retirement::Frozen),
            None => Resolution::Unknown,
        }
    }

    /// The names whose whole form, authors included, is this but for case, accents and punctuation.
    pub fn by_full_name(&self, text: &str) -> Vec<NameId> {
        let key = full_name_key(text);
        // Most names that are found are written as TAXREF has them.
        self.full_names.find(hash_of(&key), |row| {
            let full = self.name(row).full();
            full == text || full_name_key(full) == key
        })
    }

    /// The names whose canonical form has this [`Reading::key`].
    pub fn by_canonical_key(&self, key: &str) -> Vec<NameId> {
        self.canonical_names.find(hash_of(key), |row| {
            let canonical = self.name(row).canonical();
            canonical.eq_ignore_ascii_case(key) || Reading::of(canonical).key == key
        })
    }

    /// The first words of names that start with a letter, each with the range of its names in the alphabet.
    pub(crate) fn first_words(&self, letter: char) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.alphabet.words(letter)
    }

    pub(crate) fn alphabet(&self, range: Range<usize>) -> impl Iterator<Item = Name<'_>> {
        self.alphabet.rows(range).iter().map(|row| self.name(NameId(*row)))
    }

    fn status(&self, number: u32) -> Option<Status<'_>> {
        let [kind, code, label, area] = self.statuses.texts(number)?.map(|text| self.names.shared_text(text));
        Some(Status { kind, code, label, area })
    }
}

#[cfg(test)]
pub(crate) mod tests;
