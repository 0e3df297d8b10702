//! The meaning of one name, with or without the words around it.

use super::dictionary::{DICTIONARY, Meaning};
use super::misspelling;
use super::spelling::SPELLINGS;
use super::words::{Kind, WORDS};
use super::{COUNTRIES, of_code};
use crate::parse::letters::letters;

/// How far a text may be from a name of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effort {
    /// The name, with words around it that do not change the country, and usual abbreviations.
    AsItStands,
    /// Its words in another order, or cut short.
    Abbreviated,
    /// A few letters wrong.
    Misspelt,
    /// A place that is not known, with the country before or after it.
    Within,
}

impl Effort {
    pub(super) const ALL: [Self; 4] = [Self::AsItStands, Self::Abbreviated, Self::Misspelt, Self::Within];
}

/// More words than this are a sentence.
const MOST_WORDS: usize = 12;

/// A name cut into words.
pub(super) struct Name<'a> {
    text: &'a str,
    /// The words as keys.
    words: Vec<String>,
    /// What it means, once that is known.
    pub(super) meaning: Option<Meaning>,
}

impl<'a> Name<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let words = text
            .split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’' | '`'))
            .flat_map(|word| {
                // The articles of `l'Inde` and `d'Iran` are words of their own.
                let split =
                    word.split_once(['\'', '’']).filter(|(article, _)| matches!(*article, "d" | "D" | "l" | "L"));
                let (article, word) = split.unwrap_or(("", word));
                [letters(article), letters(word)]
            })
            .filter(|word| !word.is_empty())
            .collect();
        Self { text, words, meaning: None }
    }

    /// Whether it is so short that it may be a word of its own.
    pub(super) fn is_short(&self) -> bool {
        self.words.iter().map(String::len).sum::<usize>() <= 3
    }

    /// Looks the name up with this effort, lesser ones having been tried before.
    pub(super) fn look_up(&mut self, effort: Effort) -> Option<Meaning> {
        if self.meaning.is_none() && (1..=MOST_WORDS).contains(&self.words.len()) {
            let words = self.words.as_slice();
            // Names of counties, of the United States above all, are the names of men and of places elsewhere.
            let county = matches!(words, [rest @ .., last] if !rest.is_empty() && WORDS.is(Kind::County, last));
            self.meaning = match effort {
                _ if county && effort > Effort::AsItStands => None,
                Effort::AsItStands => stripped(words, as_it_stands),
                Effort::Abbreviated => {
                    // `HOND` or `Hond.` is cut short, `Alba` may be a word of its own.
                    let capitals = words.len() == 1 && !self.text.chars().any(char::is_lowercase);
                    let cut = capitals || self.text.contains('.');
                    stripped(words, |words| abbreviated(words, cut, capitals))
                }
                Effort::Misspelt => misspelt(words),
                Effort::Within => within(words),
            };
        }
        self.meaning
    }
}

/// Looks words up, then without words that stand around the name, as few as possible. From the end first, so that `N. Ireland`
/// is not cut before `Kei Is.`.
fn stripped(words: &[String], look_up: impl Fn(&[String]) -> Option<Meaning>) -> Option<Meaning> {
    let n_before = words.iter().take_while(|word| WORDS.is(Kind::Before, word)).count();
    let n_after = words.iter().rev().take_while(|word| WORDS.is(Kind::After, word)).count();
    (0..words.len()).find_map(|n_removed| {
        (0..=n_removed.min(n_before)).find_map(|n_first| {
            let n_last = n_removed - n_first;
            if n_last > n_after {
                return None;
            }
            look_up(words.get(n_first..words.len() - n_last)?)
        })
    })
}

fn as_it_stands(words: &[String]) -> Option<Meaning> {
    joined(words).or_else(|| spelled_out(words)).or_else(|| match words {
        // `S.E. of New Guinea` is a part of it as `S.E. New Guinea` is.
        [first, of, rest @ ..] if of == "OF" && !rest.is_empty() && WORDS.is(Kind::Before, first) => {
            let words: Vec<String> = std::iter::once(first).chain(rest).cloned().collect();
            joined(&words).or_else(|| spelled_out(&words))
        }
        [first, second, of, rest @ ..] if of == "OF" && !rest.is_empty() && WORDS.is(Kind::Before, first) => {
            let words: Vec<String> = [first, second].into_iter().chain(rest).cloned().collect();
            joined(&words).or_else(|| spelled_out(&words))
        }
        [rest @ .., last] if !rest.is_empty() && WORDS.is(Kind::Island, last) => islands(rest),
        [rest @ .., last] if !rest.is_empty() && WORDS.is(Kind::County, last) => DICTIONARY.subdivision(&rest.concat()),
        _ => None,
    })
}

/// The meaning of words as they stand. Short ones would meet names in some language by chance.
fn joined(words: &[String]) -> Option<Meaning> {
    let key = words.concat();
    // The German and Scandinavian name of Iceland, when it is not the whole text.
    if key == "ISLAND" {
        return None;
    }
    if key.chars().count() > 3 || (key.len() > 1 && !key.is_ascii()) {
        return DICTIONARY.meaning(&key);
    }
    if key.len() < 2 {
        return None;
    }
    let known = matches!(key.as_str(), "USA" | "FIJ").then(|| of_code(&key)).flatten();
    DICTIONARY.short(&key).or_else(|| known.map(|country| Meaning::Country(country.position())))
}

/// The meaning of a name that the dictionary has with `Islands` or `Island` after it: `Aleutian Is.`.
fn islands(words: &[String]) -> Option<Meaning> {
    let mut words = words;
    loop {
        let key = words.concat();
        let found = ["ISLANDS", "ISLAND"].iter().find_map(|kind| DICTIONARY.meaning(&format!("{key}{kind}")));
        if found.is_some() {
            return found;
        }
        words = match words {
            [first, rest @ ..] if !rest.is_empty() && WORDS.is(Kind::Before, first) => rest,
            _ => return None,
        };
    }
}

/// The meaning of words with their abbreviations spelled out.
fn spelled_out(words: &[String]) -> Option<Meaning> {
    expansions(words, 64).find_map(|key| if key.len() > 3 { DICTIONARY.meaning(&key) } else { None })
}

/// The keys of words with their abbreviations spelled out in each way, if there are no more than `most`; none without any.
fn expansions(words: &[String], most: usize) -> impl Iterator<Item = String> {
    let choices: Vec<Vec<&str>> = words
        .iter()
        .map(|word| {
            let mut choices: Vec<&str> = WORDS.stands_for(word).to_vec();
            choices.push(word.as_str());
            choices
        })
        .collect();
    let n_keys = choices.iter().map(Vec::len).try_fold(1, |product: usize, n| product.checked_mul(n));
    // The last one is the words as they stand.
    let n_keys = n_keys.filter(|n_keys| *n_keys <= most && words.len() > 1).map_or(0, |n_keys| n_keys - 1);
    (0..n_keys).map(move |mut n_key| {
        let mut key = String::new();
        for choices in &choices {
            key.push_str(choices.get(n_key % choices.len()).copied().unwrap_or_default());
            n_key /= choices.len();
        }
        key
    })
}

/// The meaning of words in another order, or cut short.
fn abbreviated(words: &[String], cut: bool, capitals: bool) -> Option<Meaning> {
    match words {
        [word] => {
            // `Bermudas`, `Loyalties`.
            let one = word.strip_suffix("IES").map(|one| format!("{one}Y"));
            let one = one.or_else(|| word.strip_suffix('S').map(str::to_owned)).filter(|one| one.len() > 3);
            let enough = |one: &str, meaning: &Meaning| match meaning {
                Meaning::Country(_) => true,
                Meaning::Place(_) => one.len() > 5,
                Meaning::Area(_) | Meaning::Anywhere => false,
            };
            if let Some(one) = one
                && let Some(found) = DICTIONARY.meaning(&one).filter(|meaning| enough(&one, meaning))
            {
                return Some(found);
            }
            let four = || if capitals && word.len() == 4 { SPELLINGS.four(word) } else { None };
            SPELLINGS
                .beginning(word, cut, capitals)
                .filter(|meaning| *meaning != Meaning::Anywhere)
                .or_else(four)
                .or_else(|| SPELLINGS.beginning(word, cut, capitals))
        }
        _ => SPELLINGS.other_order(words).or_else(|| SPELLINGS.initials(words)).or_else(|| {
            let key = words.concat();
            if key.len() < 8 { None } else { SPELLINGS.beginning(&key, false, false) }
        }),
    }
}

/// The meaning of a misspelt name: all words, then without those around it.
fn misspelt(words: &[String]) -> Option<Meaning> {
    // Each comparison passes over the whole dictionary: a few are enough.
    let n_before = words.iter().take_while(|word| WORDS.is(Kind::Before, word)).count();
    let n_after = words.iter().rev().take_while(|word| WORDS.is(Kind::After, word)).count();
    let mut tried: Vec<String> = Vec::new();
    [(0, 0), (0, n_after), (n_before, 0), (n_before, n_after)].into_iter().find_map(|(n_first, n_last)| {
        let words = words.get(n_first..words.len().checked_sub(n_last)?)?;
        let most = if words.iter().map(String::len).sum::<usize>() < 5 { 1 } else { 6 };
        std::iter::once(words.concat()).chain(expansions(words, most)).find_map(|key| {
            let found = if tried.contains(&key) { None } else { misspelling::nearest(&key) };
            tried.push(key);
            found
        })
    })
}

/// The country before or after a place that is not known: `Belgium Aalter`, `Windward coast of St. Vincent`.
fn within(words: &[String]) -> Option<Meaning> {
    if words.len() > 1 && words.first().is_some_and(|word| WORDS.is(Kind::Water, word)) {
        return Some(Meaning::Anywhere);
    }
    let known = |words: &[String]| {
        let long = words.iter().map(String::len).sum::<usize>() >= 3;
        as_it_stands(words).filter(|_| long)
    };
    let country = |words: &[String]| known(words).filter(|meaning| matches!(meaning, Meaning::Country(_)));
    // Two names without anything between them.
    for n_words in 1..words.len() {
        let (head, tail) = words.split_at_checked(n_words)?;
        let Some(second) = known(tail).or_else(|| if tail.len() > 1 { SPELLINGS.initials(tail) } else { None }) else {
            continue;
        };
        let first = as_it_stands(head).or_else(|| short_for(head, second));
        if let Some(found) = first.and_then(|first| one_of(first, second)) {
            return Some(found);
        }
    }
    for n_words in (1..words.len()).rev() {
        let (head, tail) = words.split_at_checked(n_words)?;
        if let Some(found) = country(head)
            && !tail.iter().any(|word| WORDS.is(Kind::Elsewhere, word))
        {
            return Some(found);
        }
    }
    for n_words in 1..words.len() {
        let (head, tail) = words.split_at_checked(n_words)?;
        let last = head.last()?;
        if WORDS.is(Kind::Preposition, last)
            && let Some(found) =
                known(tail).filter(|meaning| matches!(meaning, Meaning::Country(_) | Meaning::Place(_)))
        {
            return Some(found);
        }
    }
    None
}

/// What two names mean together; `None` if they are places that have nothing to do with each other.
fn one_of(first: Meaning, second: Meaning) -> Option<Meaning> {
    if first.is_same(second) {
        return Some(first);
    }
    match (first, second) {
        (Meaning::Country(_), Meaning::Country(_)) => Some(Meaning::Anywhere),
        (Meaning::Area(area), Meaning::Country(position) | Meaning::Place(position))
        | (Meaning::Country(position) | Meaning::Place(position), Meaning::Area(area)) => {
            let area = DICTIONARY.areas.get(area)?;
            area.members.contains(position).then_some(Meaning::Country(position))
        }
        _ => None,
    }
}

/// The country of a name if another one is short for it: `Can Br Colum`.
fn short_for(words: &[String], meaning: Meaning) -> Option<Meaning> {
    let (Meaning::Country(position) | Meaning::Place(position)) = meaning else { return None };
    let key = words.concat();
    let title = letters(COUNTRIES.all.get(position)?.title);
    (key.len() >= 3 && title.starts_with(&key)).then_some(Meaning::Country(position))
}

/// The meaning of four letters that are the beginning of English names of countries, and a name in another language.
pub(super) fn cut_short(key: &str) -> Option<Meaning> {
    if key.len() == 4 && DICTIONARY.is_foreign(key) { SPELLINGS.beginning_of_title(key) } else { None }
}
