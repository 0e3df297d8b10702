//! The tables of names, and what a name in them means.

use std::sync::LazyLock;

use hashbrown::HashMap;
use std::borrow::Cow;

use super::{COUNTRIES, SEVERAL};
use crate::parse::letters::letters;

/// Countries, by their positions in [`COUNTRIES`]; there are fewer than 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Members([u64; 4]);

impl Members {
    /// One country.
    pub(super) fn one(position: usize) -> Self {
        let mut members = Self::default();
        members.insert(position);
        members
    }

    pub(super) fn insert(&mut self, position: usize) {
        if let Some(part) = self.0.get_mut(position / 64) {
            *part |= 1 << (position % 64);
        }
    }

    pub(super) fn contains(self, position: usize) -> bool {
        self.0.get(position / 64).is_some_and(|part| part & (1 << (position % 64)) != 0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        self.with(other, |one, other| one & !other)
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.with(other, |one, other| one & other)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.with(other, |one, other| one | other)
    }

    fn with(mut self, other: Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            *one = operation(*one, other);
        }
        self
    }

    pub(super) fn len(self) -> u32 {
        self.0.iter().map(|part| part.count_ones()).sum()
    }

    /// The position of the only member.
    pub(super) fn only(self) -> Option<usize> {
        (self.len() == 1).then(|| self.positions().next()).flatten()
    }

    pub(super) fn positions(self) -> impl Iterator<Item = usize> {
        (0..256).filter(move |position| self.contains(*position))
    }
}

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A country, or a former name of one, by its position.
    Country(usize),
    /// A place in a country: a province, an island, a town.
    Place(usize),
    /// Something that is no single country: an area, by its position in [`Dictionary::areas`].
    Area(usize),
    /// A continent, a sea, or nothing known: any country may be meant.
    Anywhere,
}

impl Meaning {
    /// Whether both mean the same country, be it its name or a place in it.
    pub(super) fn is_same(self, other: Self) -> bool {
        self == other || self.position().is_some_and(|position| other.position() == Some(position))
    }

    fn position(self) -> Option<usize> {
        match self {
            Self::Country(position) | Self::Place(position) => Some(position),
            Self::Area(_) | Self::Anywhere => None,
        }
    }
}

/// An area of several countries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) members: Members,
    /// The country that is meant when no other one is named.
    pub(super) usual: Option<usize>,
    /// Whether it is no land, but a name that places in several countries bear: beside another country it is a place there.
    pub(super) places: bool,
}

/// Names, and what they mean.
pub(super) struct Dictionary {
    /// By the key of the name.
    keys: HashMap<Cow<'static, str>, (Meaning, Source)>,
    /// By codes beside those of ISO 3166-1.
    codes: HashMap<&'static str, Meaning>,
    /// Areas of several countries.
    pub(super) areas: Vec<Area>,
    /// Names as they are written, with spaces, for what is compared word by word.
    pub(super) written: Vec<(&'static str, Meaning, Source)>,
}

/// The table of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The title of a country, or its English name.
    Title,
    /// A name of a country in the hand-written tables.
    Alias,
    /// A name of an area.
    Area,
    /// A place in the hand-written table.
    Place,
    /// A name of a country in another language.
    Language,
    /// A unit of ISO 3166-2.
    Subdivision,
    /// A code that is none of ISO 3166-1.
    Code,
}

pub(super) static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(Dictionary::read);

impl Dictionary {
    /// What a key of [`letters`] means as the name of something.
    pub(super) fn meaning(&self, key: &str) -> Option<Meaning> {
        self.keys.get(key).map(|(meaning, _)| *meaning)
    }

    /// What a code beside those of ISO 3166-1 means.
    pub(super) fn code(&self, key: &str) -> Option<Meaning> {
        self.codes.get(key).copied()
    }

    /// What a key means as the name of a unit of ISO 3166-2.
    pub(super) fn subdivision(&self, key: &str) -> Option<Meaning> {
        self.keys.get(key).filter(|(_, source)| *source == Source::Subdivision).map(|(meaning, _)| *meaning)
    }

    /// Whether a key is a name of a country in another language than English, and nothing in the hand-written tables.
    pub(super) fn is_foreign(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|(_, source)| *source == Source::Language)
    }

    /// What a name means that is too short to be met in any language without meeting other words.
    pub(super) fn short(&self, key: &str) -> Option<Meaning> {
        let own = |source| matches!(source, Source::Title | Source::Alias | Source::Area);
        self.keys.get(key).filter(|(_, source)| own(*source)).map(|(meaning, _)| *meaning)
    }

    /// The countries that may be meant; `None` if it may be any.
    pub(super) fn members(&self, meaning: Meaning) -> Option<Members> {
        match meaning {
            Meaning::Country(position) | Meaning::Place(position) => Some(Members::one(position)),
            Meaning::Area(area) => self.areas.get(area).map(|area| area.members),
            Meaning::Anywhere => None,
        }
    }

    fn read() -> Self {
        let mut dictionary = Self {
            keys: HashMap::with_capacity(50_000),
            codes: HashMap::new(),
            areas: Vec::new(),
            written: Vec::new(),
        };
        for (position, country) in COUNTRIES.all.iter().enumerate() {
            let meaning = if country.code == SEVERAL { Meaning::Anywhere } else { Meaning::Country(position) };
            dictionary.add_written(country.title, meaning, Source::Title);
        }
        // The hand-written tables first: they say what a name means where languages or times disagree.
        dictionary.add_table(include_str!("../../vocabulary/country_alias.tsv"), Source::Alias);
        dictionary.add_table(include_str!("../../vocabulary/country_area.tsv"), Source::Area);
        for (code, rest) in rows(include_str!("../../vocabulary/country_name.tsv")) {
            let Some(&position) = COUNTRIES.by_code.get(code) else { continue };
            let (written, keys) = rest.split_once('\t').unwrap_or((rest, ""));
            for (n_name, name) in written.split(" | ").filter(|name| !name.is_empty()).enumerate() {
                // English is the first language.
                let source = if n_name == 0 { Source::Title } else { Source::Language };
                dictionary.add_written(name, Meaning::Country(position), source);
            }
            for key in keys.split(' ').filter(|key| !key.is_empty()) {
                dictionary.add(Cow::Borrowed(key), Meaning::Country(position), Source::Language);
            }
        }
        dictionary.add_table(include_str!("../../vocabulary/country_part.tsv"), Source::Place);
        dictionary.add_subdivisions(include_str!("../../vocabulary/country_subdivision.tsv"));
        dictionary.add_table(include_str!("../../vocabulary/country_code.tsv"), Source::Code);
        dictionary
    }

    fn add(&mut self, key: Cow<'static, str>, meaning: Meaning, source: Source) {
        if !key.is_empty() {
            self.keys.entry(key).or_insert((meaning, source));
        }
    }

    fn add_written(&mut self, name: &'static str, meaning: Meaning, source: Source) {
        self.add(Cow::Owned(letters(name)), meaning, source);
        self.written.push((name, meaning, source));
        if name.contains(UMLAUTS.map(|(letter, _)| letter)) {
            let mut plain = name.to_owned();
            for (letter, letters) in UMLAUTS {
                plain = plain.replace(letter, letters);
            }
            self.add(Cow::Owned(letters(&plain)), meaning, source);
        }
    }

    fn add_table(&mut self, table: &'static str, source: Source) {
        for (codes, names) in rows(table) {
            let Some(meaning) = self.of_codes(codes, source) else { continue };
            for name in names.split(" | ") {
                if source == Source::Code {
                    self.codes.entry(name).or_insert(meaning);
                } else {
                    self.add_written(name, meaning, source);
                }
            }
        }
    }

    /// What the codes before a row of names mean.
    fn of_codes(&mut self, codes: &str, source: Source) -> Option<Meaning> {
        if codes == "*" {
            return Some(Meaning::Anywhere);
        }
        let mut members = Members::default();
        let mut usual = None;
        let places = codes.starts_with("? ");
        for code in codes.trim_start_matches("? ").split(' ') {
            let position = *COUNTRIES.by_code.get(code.trim_end_matches('!'))?;
            members.insert(position);
            usual = usual.or(code.ends_with('!').then_some(position));
        }
        Some(match members.only() {
            Some(position) if source == Source::Place => Meaning::Place(position),
            Some(position) => Meaning::Country(position),
            None => self.area(Area { members, usual, places }),
        })
    }

    fn area(&mut self, area: Area) -> Meaning {
        self.areas.push(area);
        Meaning::Area(self.areas.len() - 1)
    }

    /// Units of the same name in two countries are an area of both.
    fn add_subdivisions(&mut self, table: &'static str) {
        let mut named: HashMap<String, Members> = HashMap::with_capacity(6000);
        for (code, names) in rows(table) {
            let Some(&position) = COUNTRIES.by_code.get(code) else { continue };
            for name in names.split(" | ") {
                named.entry(letters(name)).or_default().insert(position);
            }
        }
        for (key, members) in named {
            let meaning = match members.only() {
                Some(position) => Meaning::Place(position),
                None => self.area(Area { members, usual: None, places: true }),
            };
            self.add(Cow::Owned(key), meaning, Source::Subdivision);
        }
    }
}

/// Letters that are written as two where they are not on the keyboard: `Oesterreich`.
const UMLAUTS: [(char, &str); 8] =
    [('Ä', "Ae"), ('Ö', "Oe"), ('Ü', "Ue"), ('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('å', "aa"), ('ø', "oe")];

/// The rows of a table: the first cell and the rest.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}
