//! Levels of sensitivity: what may be published of a record.
//!
//! A table, since there are several: the departmental scheme of the SINP (0 to 4), the meshes of its guide of 2022, codes of
//! regions. A level has a code, which referentials and producers write, a rank, which is compared, and the finest area that
//! may be shown. A higher rank is stricter, whatever the size of its area: a commune of French Guiana is larger than a cell
//! of 10 km, and level 2 forbids it all the same.

use std::fmt;

use crate::reference::grid::Side;

/// Ranks are written as one digit.
pub const HIGHEST_RANK: u8 = 9;

/// An area in which a record may be shown, finest first in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaKind {
    /// No area: the place itself.
    Precise,
    /// The cell of the national 1 km grid.
    Cell1Km,
    /// That of 2 km.
    Cell2Km,
    /// The commune.
    Commune,
    /// The cell of 5 km.
    Cell5Km,
    /// The cell of 10 km.
    Cell10Km,
    /// The cell of 20 km.
    Cell20Km,
    /// The cell of 50 km.
    Cell50Km,
    /// The department.
    Department,
    /// The region.
    Region,
    /// Nowhere: the record is not shown.
    Withheld,
}

impl AreaKind {
    /// All kinds, finest first.
    pub const ALL: [Self; 11] = [
        Self::Precise,
        Self::Cell1Km,
        Self::Cell2Km,
        Self::Commune,
        Self::Cell5Km,
        Self::Cell10Km,
        Self::Cell20Km,
        Self::Cell50Km,
        Self::Department,
        Self::Region,
        Self::Withheld,
    ];

    /// Its name in the configuration: `10km`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Precise => "precise",
            Self::Cell1Km => "1km",
            Self::Cell2Km => "2km",
            Self::Commune => "commune",
            Self::Cell5Km => "5km",
            Self::Cell10Km => "10km",
            Self::Cell20Km => "20km",
            Self::Cell50Km => "50km",
            Self::Department => "department",
            Self::Region => "region",
            Self::Withheld => "withheld",
        }
    }

    /// The kind of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The grid, where it is a cell of one.
    pub fn side(self) -> Option<Side> {
        match self {
            Self::Cell1Km => Some(Side::One),
            Self::Cell2Km => Some(Side::Two),
            Self::Cell5Km => Some(Side::Five),
            Self::Cell10Km => Some(Side::Ten),
            Self::Cell20Km => Some(Side::Twenty),
            Self::Cell50Km => Some(Side::Fifty),
            Self::Precise | Self::Commune | Self::Department | Self::Region | Self::Withheld => None,
        }
    }
}

/// One level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The code in the referential and in `sensiNiveau`.
    pub code: String,
    /// Further codes that mean the same, such as those of another scheme.
    pub other_codes: Vec<String>,
    /// How strict it is, from 0 to [`HIGHEST_RANK`]; a higher rank is stricter, whatever the size of the area.
    pub rank: u8,
    /// The finest area published.
    pub area: AreaKind,
    /// What public texts call it; `niveau <code> SINP` when absent.
    pub label: Option<String>,
}

impl Level {
    /// The codes, its own first.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.code).chain(&self.other_codes).map(String::as_str)
    }
}

/// The levels in use, by rank: the first publishes the place itself, the last nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels(Vec<Level>);

/// What is wrong with a table of levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LevelsError {
    /// A rank above [`HIGHEST_RANK`].
    RankTooHigh(u8),
    /// Two levels of one rank.
    RankTwice(u8),
    /// Two levels with one code.
    CodeTwice(String),
    /// No level of rank 0 that publishes the place itself.
    NothingPrecise,
    /// A level above rank 0 that publishes the place itself.
    PreciseAbove(u8),
    /// No level that publishes nothing, above all others.
    NothingWithheld,
    /// A level that publishes nothing below one that does.
    WithheldBelow(u8),
}

impl fmt::Display for LevelsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RankTooHigh(rank) => write!(formatter, "has the rank {rank}, and {HIGHEST_RANK} is the highest"),
            Self::RankTwice(rank) => write!(formatter, "has two levels of rank {rank}"),
            Self::CodeTwice(code) => write!(formatter, "has two levels with the code `{code}`"),
            Self::NothingPrecise => formatter.write_str("has no level of rank 0 with the area `precise`"),
            Self::PreciseAbove(rank) => {
                write!(formatter, "has the area `precise` at rank {rank}, and what is not protected has rank 0")
            }
            Self::NothingWithheld => formatter.write_str("has no level with the area `withheld` above the others"),
            Self::WithheldBelow(rank) => {
                write!(formatter, "has the area `withheld` at rank {rank}, below a level that publishes something")
            }
        }
    }
}

impl std::error::Error for LevelsError {}

impl Levels {
    /// A table of levels.
    ///
    /// # Errors
    /// When two levels have one rank or code, or the table does not go from the place itself to nothing.
    pub fn new(mut levels: Vec<Level>) -> Result<Self, LevelsError> {
        levels.sort_by_key(|level| level.rank);
        for (position, level) in levels.iter().enumerate() {
            let before = levels.get(..position).unwrap_or(&[]);
            if level.rank > HIGHEST_RANK {
                return Err(LevelsError::RankTooHigh(level.rank));
            }
            if before.iter().any(|other| other.rank == level.rank) {
                return Err(LevelsError::RankTwice(level.rank));
            }
            let is_known = |code: &&str| before.iter().flat_map(Level::codes).any(|known| same_code(known, code));
            if let Some(code) = level.codes().find(is_known) {
                return Err(LevelsError::CodeTwice(code.to_owned()));
            }
            if level.area == AreaKind::Precise && level.rank > 0 {
                return Err(LevelsError::PreciseAbove(level.rank));
            }
            if let Some(withheld) = before.iter().find(|other| other.area == AreaKind::Withheld) {
                return Err(LevelsError::WithheldBelow(withheld.rank));
            }
        }
        if !levels.first().is_some_and(|first| first.rank == 0 && first.area == AreaKind::Precise) {
            return Err(LevelsError::NothingPrecise);
        }
        if levels.last().is_none_or(|last| last.area != AreaKind::Withheld) {
            return Err(LevelsError::NothingWithheld);
        }
        Ok(Self(levels))
    }

    /// The level of a code; `2.0` is `2`.
    pub fn of_code(&self, code: &str) -> Option<&Level> {
        let code = code.trim();
        let find = |code: &str| self.0.iter().find(|level| level.codes().any(|known| same_code(known, code)));
        find(code).or_else(|| find(code.strip_suffix(".0")?))
    }

    /// The level of a rank.
    pub fn of_rank(&self, rank: u8) -> Option<&Level> {
        self.0.iter().find(|level| level.rank == rank)
    }

    /// The rank at which a record is not shown.
    pub fn withheld(&self) -> u8 {
        self.0.last().map_or(HIGHEST_RANK, |level| level.rank)
    }

    /// The rank of what is declared in words or numbers that mean nothing: the strictest that still shows something, so that
    /// the record is not lost.
    pub fn doubtful(&self) -> u8 {
        let shown = self.0.iter().rev().find(|level| level.area < AreaKind::Withheld && level.rank > 0);
        shown.map_or(self.withheld(), |level| level.rank)
    }

    /// The lowest rank from which no level shows anything finer than a kind of area.
    pub fn at_least(&self, area: AreaKind) -> u8 {
        let finer = self.0.iter().rposition(|level| level.area < area);
        let next = finer.map_or(0, |position| position + 1);
        self.0.get(next).map_or(self.withheld(), |level| level.rank)
    }

    /// All levels, by rank.
    pub fn iter(&self) -> impl Iterator<Item = &Level> {
        self.0.iter()
    }
}

fn same_code(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

impl Default for Levels {
    /// The levels of the SINP, 0 to 4.
    fn default() -> Self {
        let areas =
            [AreaKind::Precise, AreaKind::Commune, AreaKind::Cell10Km, AreaKind::Department, AreaKind::Withheld];
        let level = |(rank, area): (u8, AreaKind)| Level {
            code: rank.to_string(),
            other_codes: Vec::new(),
            rank,
            area,
            label: None,
        };
        Self((0_u8..).zip(areas).map(level).collect())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
pub(crate) mod tests {
    use super::*;

    /// Levels of meshes, as the guide of 2022 has them.
    pub(crate) fn meshes() -> Levels {
        use AreaKind::{Cell1Km, Cell2Km, Cell5Km, Cell10Km, Cell20Km, Cell50Km, Precise, Withheld};
        let areas = [Precise, Cell1Km, Cell2Km, Cell5Km, Cell10Km, Cell20Km, Cell50Km, Withheld];
        let codes = ["M0", "M1", "M2", "M5", "M10", "M20", "M50", "X"];
        let older = ["0", "", "", "1", "2", "", "3", "4"];
        Levels::new(
            (0_u8..)
                .zip(areas)
                .zip(codes)
                .zip(older)
                .map(|(((rank, area), code), older)| Level {
                    code: code.to_owned(),
                    other_codes: Some(older.to_owned()).filter(|code| !code.is_empty()).into_iter().collect(),
                    rank,
                    area,
                    label: None,
                })
                .collect(),
        )
        .unwrap()
    }

    fn level(code: &str, rank: u8, area: AreaKind) -> Level {
        Level { code: code.to_owned(), other_codes: Vec::new(), rank, area, label: None }
    }

    #[test]
    fn codes_are_read_in_their_spellings() {
        let levels = meshes();
        let rank = |code: &str| levels.of_code(code).map(|level| level.rank);
        assert_eq!([rank("M10"), rank("m10"), rank(" M10 "), rank("2"), rank("2.0")], [Some(4); 5]);
        assert_eq!([rank("M3"), rank(""), rank("5")], [None; 3]);
        assert_eq!(Levels::default().of_code("2.0").map(|level| level.rank), Some(2));
    }

    #[test]
    fn what_is_meant_at_least_is_never_finer() {
        let (older, meshes) = (Levels::default(), meshes());
        let kinds = [AreaKind::Commune, AreaKind::Cell10Km, AreaKind::Department, AreaKind::Withheld];
        assert_eq!(kinds.map(|kind| older.at_least(kind)), [1, 2, 3, 4]);
        assert_eq!(kinds.map(|kind| meshes.at_least(kind)), [3, 4, 7, 7]);
        assert_eq!((older.withheld(), meshes.withheld()), (4, 7));
        assert_eq!((older.doubtful(), meshes.doubtful()), (3, 6));
        // Ranks need not follow sizes: a level above that is finer is one too many to stop before it.
        let odd = Levels::new(vec![
            level("a", 0, AreaKind::Precise),
            level("b", 1, AreaKind::Department),
            level("c", 2, AreaKind::Commune),
            level("d", 3, AreaKind::Cell10Km),
            level("e", 4, AreaKind::Withheld),
        ]);
        assert_eq!(odd.unwrap().at_least(AreaKind::Cell10Km), 3);
    }

    #[test]
    fn a_table_goes_from_the_place_to_nothing() {
        use AreaKind::{Commune, Department, Precise, Withheld};
        let wrong = |levels: &[(&str, u8, AreaKind)]| {
            Levels::new(levels.iter().map(|(code, rank, area)| level(code, *rank, *area)).collect()).unwrap_err()
        };
        assert_eq!(wrong(&[]), LevelsError::NothingPrecise);
        assert_eq!(wrong(&[("a", 0, Commune), ("b", 1, Withheld)]), LevelsError::NothingPrecise);
        assert_eq!(wrong(&[("a", 0, Precise), ("b", 1, Commune)]), LevelsError::NothingWithheld);
        assert_eq!(wrong(&[("a", 0, Precise), ("b", 1, Commune), ("c", 1, Withheld)]), LevelsError::RankTwice(1));
        assert_eq!(
            wrong(&[("a", 0, Precise), ("b", 1, Commune), ("B", 2, Withheld)]),
            LevelsError::CodeTwice("B".to_owned())
        );
        assert_eq!(wrong(&[("a", 0, Precise), ("b", 1, Precise), ("c", 2, Withheld)]), LevelsError::PreciseAbove(1));
        assert_eq!(
            wrong(&[("a", 0, Precise), ("b", 1, Withheld), ("c", 2, Department)]),
            LevelsError::WithheldBelow(1)
        );
        assert_eq!(wrong(&[("a", 0, Precise), ("b", 12, Withheld)]), LevelsError::RankTooHigh(12));
    }
}
