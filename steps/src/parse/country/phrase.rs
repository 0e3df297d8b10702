//! Texts with several names.

use super::dictionary::{Area, DICTIONARY, Meaning, Members};
use super::name::{Effort, name};
use super::words::BETWEEN;
use super::{COUNTRIES, Country, several};
use crate::parse::letters::letters;

/// More names than this are a sentence or a list.
const MOST_PARTS: usize = 8;

/// A text cut into names.
struct Parts<'a> {
    names: Vec<&'a str>,
    /// Whether the names stand beside each other as equals: `Peru or Chile`.
    alternatives: bool,
}

/// The country that a text is about.
///
/// The text is read with as little effort as makes all of it understood; only then are names that are none passed over, if the
/// country comes first or last.
pub(super) fn country(text: &str) -> Option<&'static Country> {
    let parts = Parts::of(text);
    for effort in Effort::ALL {
        // Names that are known are not taken for parts of another one that is misspelt.
        let one = effort < Effort::Misspelt
            || parts.names.len() < 2
            || parts.names.iter().all(|part| name(part, Effort::AsItStands).is_none());
        if one && let Some(found) = name(text, effort) {
            return Some(of_meaning(found));
        }
        if let Some(found) = meant(text, effort) {
            return Some(found);
        }
        if parts.names.len() > MOST_PARTS {
            continue;
        }
        let meanings: Vec<Option<Meaning>> = parts.names.iter().map(|part| name(part, effort)).collect();
        let last = effort == Effort::Within;
        if parts.names.len() > 1
            && (last || meanings.iter().all(Option::is_some))
            && let Some(found) = combined(&meanings, parts.alternatives)
        {
            return Some(found);
        }
    }
    None
}

pub(super) fn of_meaning(meaning: Meaning) -> &'static Country {
    match meaning {
        Meaning::Country(position) | Meaning::Place(position) => COUNTRIES.all.get(position).unwrap_or(several()),
        Meaning::Area(area) => {
            let usual = DICTIONARY.areas.get(area).and_then(|area| area.usual);
            usual.and_then(|position| COUNTRIES.all.get(position)).unwrap_or(several())
        }
        Meaning::Anywhere => several(),
    }
}

/// What stands after `[=` says what is meant: `Siam [=Thailand]`; but not if another country stands before it.
fn meant(text: &str, effort: Effort) -> Option<&'static Country> {
    let (_, meant) = text.split_once("[=").or_else(|| text.split_once("(=")).or_else(|| text.split_once("[ ="))?;
    let meant = name(meant, effort)?;
    let before = text.split(['[', '(']).next().and_then(|before| name(before, effort));
    combined(&[before, Some(meant)], false)
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let mut alternatives = false;
        let mut names: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '.' | ' ' | '\'' | '’' | '`' | '-'))
            .flat_map(|part| part.split(" - "))
            .flat_map(|part| {
                let parts = between(part);
                alternatives |= parts.len() > 1;
                parts
            })
            .map(str::trim)
            .filter(|part| part.chars().any(char::is_alphabetic))
            .collect();
        if let [only] = names.as_slice()
            && only.contains(['-', '.'])
        {
            names = only.split(['-', '.']).map(str::trim).filter(|part| part.len() > 1).collect();
        }
        Self { names, alternatives }
    }
}

/// Cuts at words such as `or`.
fn between(part: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut position = 0;
    for word in part.split(' ') {
        let end = position + word.len();
        if BETWEEN.contains(&letters(word).as_str()) {
            parts.extend(part.get(start..position));
            start = end;
        }
        position = end + 1;
    }
    parts.extend(part.get(start..));
    parts
}

/// The country that several names mean together; names that are not understood are `None`.
///
/// One country is the answer, two are none. Places count where no country is named, areas say which countries are possible.
fn combined(meanings: &[Option<Meaning>], alternatives: bool) -> Option<&'static Country> {
    let all_known = meanings.iter().all(Option::is_some);
    let of_kind = |wanted: fn(&Meaning) -> Option<usize>| {
        let mut members = Members::default();
        meanings.iter().flatten().filter_map(wanted).for_each(|position| members.insert(position));
        if alternatives { members } else { without_parents(members) }
    };
    let countries = of_kind(|meaning| if let Meaning::Country(position) = meaning { Some(*position) } else { None });
    let places = of_kind(|meaning| if let Meaning::Place(position) = meaning { Some(*position) } else { None });
    let areas: Vec<Area> = meanings
        .iter()
        .flatten()
        .filter_map(|meaning| if let Meaning::Area(area) = meaning { DICTIONARY.areas.get(*area).copied() } else { None })
        .collect();
    let named = if countries.len() == 0 {
        places
    } else if alternatives {
        countries.or(places)
    } else {
        countries
    };
    let anything = meanings.iter().flatten().any(|one| matches!(one, Meaning::Area(_) | Meaning::Anywhere));
    if alternatives && all_known && anything {
        return Some(several());
    }
    // What is not understood beside a name is a place in it, if the name comes first or last.
    let at_an_end = |wanted: &dyn Fn(Meaning) -> bool| {
        [meanings.first(), meanings.last()].into_iter().flatten().flatten().any(|meaning| wanted(*meaning))
    };
    match named.len() {
        0 if all_known || at_an_end(&|_| true) => {
            let common = areas.iter().map(|area| area.members).reduce(Members::and);
            let usual = areas.iter().find_map(|area| area.usual);
            let found = common.and_then(|common| common.only().or(usual.filter(|usual| common.contains(*usual))));
            Some(found.and_then(|position| COUNTRIES.all.get(position)).unwrap_or(several()))
        }
        1 => {
            let position = named.only()?;
            if areas.iter().any(|area| !area.members.contains(position)) && all_known {
                return Some(several());
            }
            let is_it = |meaning| DICTIONARY.members(meaning) == Some(Members::one(position));
            (all_known || at_an_end(&is_it)).then(|| COUNTRIES.all.get(position)).flatten()
        }
        0 => None,
        _ => (all_known || countries.len() > 1).then(several),
    }
}

/// Countries without those that are named beside one of their territories: `Puerto Rico (USA)`.
fn without_parents(members: Members) -> Members {
    let mut parents = Members::default();
    for country in members.positions().filter_map(|position| COUNTRIES.all.get(position)) {
        for code in country.named_with.split(' ').filter(|code| !code.is_empty()) {
            if let Some(position) = COUNTRIES.by_code.get(code) {
                parents.insert(*position);
            }
        }
    }
    members.without(parents)
}
