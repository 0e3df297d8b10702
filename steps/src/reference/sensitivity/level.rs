//! Levels of sensitivity: what may be published of a record.

/// The finest area in which a record may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaKind {
    /// No area: the place itself.
    Precise,
    /// The commune.
    Commune,
    /// The cell of the national 10 km grid.
    Cell10Km,
    /// The department.
    Department,
    /// Nowhere: the record is not shown.
    Withheld,
}

/// One level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The code in the referential and in `sensiNiveau`.
    pub code: String,
    /// How strict it is; a higher rank is stricter, whatever the size of the area.
    pub rank: u8,
    /// The finest area published.
    pub area: AreaKind,
}

/// The levels in use. A table, since regions and a coming guide have codes of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels(Vec<Level>);

impl Levels {
    /// A table of levels.
    pub fn new(levels: Vec<Level>) -> Self {
        Self(levels)
    }

    /// The level of a code; `2.0` is `2`.
    pub fn of_code(&self, code: &str) -> Option<&Level> {
        let code = code.trim();
        let code = code.strip_suffix(".0").unwrap_or(code);
        self.0.iter().find(|level| level.code.eq_ignore_ascii_case(code))
    }

    /// The level of a rank.
    pub fn of_rank(&self, rank: u8) -> Option<&Level> {
        self.0.iter().find(|level| level.rank == rank)
    }

    /// All levels.
    pub fn iter(&self) -> impl Iterator<Item = &Level> {
        self.0.iter()
    }
}

impl Default for Levels {
    /// The levels of the SINP, 0 to 4.
    fn default() -> Self {
        let areas =
            [AreaKind::Precise, AreaKind::Commune, AreaKind::Cell10Km, AreaKind::Department, AreaKind::Withheld];
        Self((0_u8..).zip(areas).map(|(rank, area)| Level { code: rank.to_string(), rank, area }).collect())
    }
}
