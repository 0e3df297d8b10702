//! Taxonomic ranks, as TAXREF codes them.

use std::sync::LazyLock;

use crate::parse::taxon_name::fold_letters;
use crate::parse::vocabulary::TAXON_RANK;

/// A rank of TAXREF, ordered from the root down.
///
/// `CLAD` may stand anywhere in the tree: compare depths, not ranks, where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(u8);

struct Entry {
    code: &'static str,
    darwin_core: &'static str,
    spellings: Vec<&'static str>,
}

static RANKS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    include_str!("../../vocabulary/taxref_rank.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (code, darwin_core) = (cells.next()?, cells.next()?);
            Some(Entry { code, darwin_core, spellings: cells.next().unwrap_or("").split('|').collect() })
        })
        .collect()
});

impl Rank {
    /// Kingdom, `KD`.
    pub const KINGDOM: Self = Self(2);
    /// Phylum, `PH`.
    pub const PHYLUM: Self = Self(5);
    /// Division, `DV`: the phylum of botanists.
    pub const DIVISION: Self = Self(8);
    /// Class, `CL`.
    pub const CLASS: Self = Self(12);
    /// Order, `OR`.
    pub const ORDER: Self = Self(19);
    /// Family, `FM`.
    pub const FAMILY: Self = Self(26);
    /// Subfamily, `SBFM`.
    pub const SUBFAMILY: Self = Self(27);
    /// Tribe, `TR`.
    pub const TRIBE: Self = Self(29);
    /// Genus, `GN`.
    pub const GENUS: Self = Self(31);
    /// Aggregate of species, `AGES`.
    pub const AGGREGATE: Self = Self(37);
    /// Species, `ES`.
    pub const SPECIES: Self = Self(38);
    /// Subspecies, `SSES`.
    pub const SUBSPECIES: Self = Self(41);
    /// Variety, `VAR`.
    pub const VARIETY: Self = Self(43);
    /// Form, `FO`.
    pub const FORM: Self = Self(45);

    /// The position of a rank that is not known, in a built file.
    pub(super) const UNKNOWN: u8 = u8::MAX;

    /// The position of the rank in the table of ranks.
    pub(super) fn position(self) -> u8 {
        self.0
    }

    /// The rank of a position in the table of ranks.
    pub(super) fn of_position(position: u8) -> Option<Self> {
        (usize::from(position) < RANKS.len()).then_some(Self(position))
    }

    /// All codes in order: positions in a built file mean these.
    pub(super) fn codes() -> impl Iterator<Item = &'static str> {
        RANKS.iter().map(|rank| rank.code)
    }

    /// The rank of a TAXREF code; old files have trailing blanks.
    pub fn of_code(code: &str) -> Option<Self> {
        let code = code.trim();
        let position = RANKS.iter().position(|rank| rank.code.eq_ignore_ascii_case(code))?;
        u8::try_from(position).ok().map(Self)
    }

    /// The rank that people write: `species`, `Espèce`, `subsp.`, `ES`.
    pub fn of_text(text: &str) -> Option<Self> {
        let folded = fold_letters(text);
        if folded.is_empty() {
            return None;
        }
        let position = RANKS
            .iter()
            .position(|rank| fold_letters(rank.darwin_core) == folded || rank.spellings.contains(&folded.as_str()));
        let position = position.or_else(|| {
            // A word in another language is a rank of Darwin Core, of which TAXREF may have a code.
            let name = TAXON_RANK.name(text)?.replace('_', " ");
            RANKS.iter().position(|rank| rank.darwin_core.eq_ignore_ascii_case(&name))
        });
        match position {
            Some(position) => u8::try_from(position).ok().map(Self),
            None => Self::of_code(text),
        }
    }

    /// The code of TAXREF: `ES`.
    pub fn code(self) -> &'static str {
        RANKS.get(usize::from(self.0)).map_or("", |rank| rank.code)
    }

    /// The value for Darwin Core's taxonRank: `species`.
    pub fn darwin_core(self) -> &'static str {
        RANKS.get(usize::from(self.0)).map_or("", |rank| rank.darwin_core)
    }

    /// Whether a record of this rank counts as one of a species: species, subspecies, variety and below.
    pub fn is_species_or_below(self) -> bool {
        self >= Self::SPECIES
    }

    /// Whether two ranks are the same for people who do not use TAXREF's codes: a division is a phylum.
    pub fn is_like(self, other: Self) -> bool {
        let plain = |rank: Self| if rank == Self::DIVISION { Self::PHYLUM } else { rank };
        plain(self) == plain(other) || self.darwin_core() == other.darwin_core()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_stand_where_the_table_has_them() {
        for (rank, code) in [
            (Rank::KINGDOM, "KD"),
            (Rank::PHYLUM, "PH"),
            (Rank::DIVISION, "DV"),
            (Rank::CLASS, "CL"),
            (Rank::ORDER, "OR"),
            (Rank::FAMILY, "FM"),
            (Rank::SUBFAMILY, "SBFM"),
            (Rank::TRIBE, "TR"),
            (Rank::GENUS, "GN"),
            (Rank::AGGREGATE, "AGES"),
            (Rank::SPECIES, "ES"),
            (Rank::SUBSPECIES, "SSES"),
            (Rank::VARIETY, "VAR"),
            (Rank::FORM, "FO"),
        ] {
            assert_eq!(rank.code(), code);
            assert_eq!(Rank::of_code(code), Some(rank));
        }
        assert_eq!(Rank::of_code("ES  "), Some(Rank::SPECIES));
    }

    #[test]
    fn ranks_are_read_in_french_and_english() {
        for (text, code) in [
            ("Espèce", "ES"),
            ("species", "ES"),
            ("SUBSPECIES", "SSES"),
            ("sous-espèce", "SSES"),
            ("Genre", "GN"),
            ("fam.", "FM"),
            ("SSES", "SSES"),
            ("Gattung", "GN"),
            ("especie", "ES"),
        ] {
            assert_eq!(Rank::of_text(text).map(Rank::code), Some(code), "{text}");
        }
        assert_eq!(Rank::of_text("n'importe quoi"), None);
        assert!(!Rank::AGGREGATE.is_species_or_below());
    }
}
