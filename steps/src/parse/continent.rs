//! Continents, in the seven of GBIF.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::letters::letters;

/// A continent. Central America and the Caribbean belong to North America.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Continent {
    Africa,
    Antarctica,
    Asia,
    Europe,
    NorthAmerica,
    Oceania,
    SouthAmerica,
}

impl Continent {
    /// All continents.
    pub const ALL: [Self; 7] = [
        Self::Africa,
        Self::Antarctica,
        Self::Asia,
        Self::Europe,
        Self::NorthAmerica,
        Self::Oceania,
        Self::SouthAmerica,
    ];

    /// The name in the `continent` column, as GBIF spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Africa => "AFRICA",
            Self::Antarctica => "ANTARCTICA",
            Self::Asia => "ASIA",
            Self::Europe => "EUROPE",
            Self::NorthAmerica => "NORTH_AMERICA",
            Self::Oceania => "OCEANIA",
            Self::SouthAmerica => "SOUTH_AMERICA",
        }
    }

    /// The continent of a name of [`Continent::name`].
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|continent| continent.name() == name)
    }
}

static NAMES: LazyLock<HashMap<String, Continent>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    // The hand-written table first: it says what a name means where languages disagree.
    let tables =
        [(include_str!("../vocabulary/continent.tsv"), " | "), (include_str!("../vocabulary/continent_name.tsv"), " ")];
    for (table, between) in tables {
        for line in table.lines() {
            let Some((continent, names)) = line.split_once('\t') else { continue };
            let Some(continent) = Continent::of_name(continent) else { continue };
            for name in names.split(between).chain([continent.name()]) {
                all.entry(letters(name)).or_insert(continent);
            }
        }
    }
    all
});

/// The continent that a text names.
pub fn continent(text: &str) -> Option<Continent> {
    NAMES.get(&letters(text)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, expected) in [
            ("Amérique du Sud", Some(Continent::SouthAmerica)),
            ("NORTH_AMERICA", Some(Continent::NorthAmerica)),
            ("europe", Some(Continent::Europe)),
            ("Caraïbes", Some(Continent::NorthAmerica)),
            ("Африка", Some(Continent::Africa)),
            ("アジア", Some(Continent::Asia)),
            ("Polinesia", Some(Continent::Oceania)),
            ("America", None),
            ("Atlantic", None),
            ("Southern Ocean", None),
            ("", None),
        ] {
            assert_eq!(continent(text), expected, "{text}");
        }
    }
}
