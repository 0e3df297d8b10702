//! Texts with several names.

use super::dictionary::{Area, DICTIONARY, Meaning, Members};
use super::name::{Effort, Name};
use super::words::{Kind, WORDS};
use super::{COUNTRIES, Country, several};
use crate::parse::letters::letters;

/// More names than this are a list: they are looked up as they stand only.
const MANY: usize = 8;
/// More names than this are not looked up.
const MOST: usize = 40;

/// The country that a text is about.
///
/// The text is read with as little effort as makes all of it understood; only then are names that are none passed over, if the
/// country comes first or last.
pub(super) fn country(text: &str) -> Option<&'static Country> {
    let mut whole = Name::of(text);
    let mut meant = Meant::of(text);
    let Parts { names, relation, joined } = Parts::of(text);
    let mut parts: Vec<Name> = names.into_iter().map(Name::of).collect();
    if parts.len() < 2 {
        parts.clear();
    }
    let many = parts.len() > MANY;
    if parts.len() > MOST {
        return None;
    }
    for effort in Effort::ALL {
        if many && effort > Effort::AsItStands {
            let meanings: Vec<Option<Meaning>> = parts.iter().map(|part| part.meaning).collect();
            return combined(&meanings, relation);
        }
        // Names that are known are not taken for parts of another one that is misspelt.
        if (effort < Effort::Misspelt || joined || parts.iter().all(|part| part.meaning.is_none()))
            && let Some(found) = whole.look_up(effort)
        {
            return Some(of_meaning(found));
        }
        if let Some(found) = meant.as_mut().and_then(|meant| meant.look_up(effort)) {
            return Some(found);
        }
        let meanings: Vec<Option<Meaning>> = parts.iter_mut().map(|part| part.look_up(effort)).collect();
        if !meanings.is_empty()
            && meanings.iter().all(Option::is_some)
            && let Some(found) = combined(&meanings, relation)
        {
            return Some(found);
        }
    }
    if parts.is_empty() || joined {
        return None;
    }
    // Beside something unknown, `Que.` need not be Quebec.
    let sure = |part: &Name| part.meaning.filter(|meaning| !part.is_short() || matches!(meaning, Meaning::Country(_)));
    combined(&parts.iter().map(sure).collect::<Vec<_>>(), relation)
}

/// What stands after `[=` says what is meant: `Siam [=Thailand]`; but not if another country stands before it.
struct Meant<'a> {
    before: Name<'a>,
    meant: Name<'a>,
}

impl<'a> Meant<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (_, meant) = text.split_once("[=").or_else(|| text.split_once("(=")).or_else(|| text.split_once("[ ="))?;
        let before = text.split(['[', '(']).next()?;
        Some(Self { before: Name::of(before), meant: Name::of(meant) })
    }

    fn look_up(&mut self, effort: Effort) -> Option<&'static Country> {
        let before = self.before.look_up(effort);
        let meant = self.meant.look_up(effort)?;
        combined(&[before, Some(meant)], Relation::Within)
    }
}

/// How the names of a text stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// One may lie in the other: `Peru, Lima`.
    Within,
    /// All are meant: `Peru and Chile`.
    Both,
    /// One of them is meant: `Peru or Chile`.
    Either,
}

/// A text cut into names.
struct Parts<'a> {
    names: Vec<&'a str>,
    relation: Relation,
    /// Whether they are joined by hyphens or full stops, which stand within names too.
    joined: bool,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let mut relation = Relation::Within;
        let mut joined = false;
        let mut names: Vec<&str> = text
            .split(|letter: char| {
                !letter.is_alphanumeric() && !matches!(letter, '.' | ' ' | '\'' | '’' | '`' | '-' | '&' | '+')
            })
            .flat_map(|part| part.split(" - "))
            .flat_map(sentences)
            .flat_map(|part| between(part, &mut relation))
            .map(str::trim)
            .filter(|part| part.chars().any(char::is_alphabetic))
            .collect();
        if let [only] = names.as_slice() {
            let mark = if only.contains('-') { '-' } else { '.' };
            joined = !only.contains(". ");
            names = only.split(mark).map(str::trim).filter(|part| part.len() > 1).collect();
        }
        Self { names, relation, joined }
    }
}

/// Cuts after a full stop that ends no abbreviation: `Canada. U.S.A.`.
fn sentences(part: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(part);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.match_indices(". ").map(|(end, _)| end).find(|end| {
            let word = text.get(..*end).and_then(|before| before.rsplit(' ').next()).map(letters).unwrap_or_default();
            let known = [Kind::Before, Kind::After].into_iter().any(|kind| WORDS.is(kind, &word));
            word.chars().count() >= 4 && !known && WORDS.stands_for(&word).is_empty()
        });
        match end {
            Some(end) => {
                rest = text.get(end + 1..);
                text.get(..=end)
            }
            None => rest.take(),
        }
    })
}

/// Cuts at words such as `or`.
fn between<'a>(part: &'a str, relation: &mut Relation) -> Vec<&'a str> {
    // `Trinidad & Tobago` is one name.
    if DICTIONARY.meaning(&letters(part)).is_some() {
        return vec![part];
    }
    if part.contains(['&', '+']) {
        *relation = Relation::Both;
        return part.split(['&', '+']).flat_map(|part| between(part, relation)).collect();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let mut position = 0;
    for word in part.split(' ') {
        let end = position + word.len();
        let key = letters(word);
        let before = || part.get(start..position).is_some_and(|before| before.chars().any(char::is_alphabetic));
        let either = WORDS.is(Kind::Or, &key) || (WORDS.is(Kind::To, &key) && before());
        if either || WORDS.is(Kind::And, &key) {
            parts.extend(part.get(start..position));
            start = end;
            *relation = if either { Relation::Either } else { Relation::Both };
        }
        position = end + 1;
    }
    parts.extend(part.get(start..));
    parts
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

/// The country that several names mean together; names that are not understood are `None`.
///
/// One country is the answer, two are none. Places count where no country is named, areas say which countries are possible.
fn combined(meanings: &[Option<Meaning>], relation: Relation) -> Option<&'static Country> {
    let all_known = meanings.iter().all(Option::is_some);
    let of_kind = |wanted: fn(&Meaning) -> Option<usize>| {
        let mut members = Members::default();
        meanings.iter().flatten().filter_map(wanted).for_each(|position| members.insert(position));
        if relation == Relation::Within { without_parents(members) } else { members }
    };
    let countries = of_kind(|meaning| if let Meaning::Country(position) = meaning { Some(*position) } else { None });
    let places = of_kind(|meaning| if let Meaning::Place(position) = meaning { Some(*position) } else { None });
    let areas: Vec<Area> = meanings
        .iter()
        .flatten()
        .filter_map(
            |meaning| if let Meaning::Area(area) = meaning { DICTIONARY.areas.get(*area).copied() } else { None },
        )
        .collect();
    let named = if countries.len() == 0 {
        places
    } else if relation == Relation::Either {
        countries.or(places)
    } else {
        countries
    };
    let vague = |meaning: &Meaning| match meaning {
        Meaning::Anywhere => relation != Relation::Within,
        Meaning::Area(_) => relation == Relation::Either,
        Meaning::Country(_) | Meaning::Place(_) => false,
    };
    if all_known && meanings.iter().flatten().any(vague) {
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
            if areas.iter().any(|area| !area.places && !area.members.contains(position)) && all_known {
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
