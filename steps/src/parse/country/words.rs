//! Words around names of countries, as keys of [`letters`](crate::parse::letters::letters).

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};

use super::dictionary::rows;

/// What words do beside a name; `country_word.tsv` says more of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Stand before a name without changing the country.
    Before,
    /// Stand after a name without changing the country.
    After,
    /// Mean islands after a name.
    Island,
    /// Mean a county after a name.
    County,
    /// Do not count when names are compared word by word.
    Small,
    /// Stand before the country in which a place lies.
    Preposition,
    /// Stand after the name of a country when a place elsewhere bears it.
    Elsewhere,
    /// Mean waters before the name of the land beside them.
    Water,
    /// Stand between names that are all meant.
    And,
    /// Stand between names of which one is meant.
    Or,
    /// Stand between the ends of what is meant.
    To,
}

impl Kind {
    /// The kind of a name in the table.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "before" => Self::Before,
            "after" => Self::After,
            "island" => Self::Island,
            "county" => Self::County,
            "small" => Self::Small,
            "preposition" => Self::Preposition,
            "elsewhere" => Self::Elsewhere,
            "water" => Self::Water,
            "and" => Self::And,
            "or" => Self::Or,
            "to" => Self::To,
            _ => return None,
        })
    }
}

/// Words around names.
pub(super) struct Words {
    kinds: HashMap<Kind, HashSet<&'static str>>,
    /// What an abbreviation may stand for, the likeliest first.
    abbreviations: HashMap<&'static str, Vec<&'static str>>,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { kinds: HashMap::new(), abbreviations: HashMap::new() };
    for (kind, listed) in rows(include_str!("../../vocabulary/country_word.tsv")) {
        match kind.strip_prefix("for ") {
            Some(short) => words.abbreviations.entry(short).or_default().extend(listed.split(" | ")),
            None => {
                let Some(kind) = Kind::of_name(kind) else { continue };
                words.kinds.entry(kind).or_default().extend(listed.split(" | "));
            }
        }
    }
    words
});

impl Words {
    /// Whether a word is of a kind.
    pub(super) fn is(&self, kind: Kind, word: &str) -> bool {
        self.kinds.get(&kind).is_some_and(|words| words.contains(word))
    }

    /// What an abbreviation may stand for.
    pub(super) fn stands_for(&self, short: &str) -> &[&'static str] {
        self.abbreviations.get(short).map_or(&[], Vec::as_slice)
    }
}
