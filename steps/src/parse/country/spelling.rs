//! Names whose words stand in another order or are cut short: `Korea North`, `Brit. Hond.`, `HOND`.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::dictionary::{DICTIONARY, Meaning, Source};
use super::words::{Kind, WORDS};
use crate::parse::letters::letters;

/// Names by what is left of them.
pub(super) struct Spellings {
    /// By their words in alphabetical order.
    sorted: HashMap<String, Option<Meaning>>,
    /// By the first letters of their words.
    initials: HashMap<String, Vec<(Vec<String>, Meaning)>>,
    /// Keys of names in alphabetical order: English names of countries, other names of one word, places, names of several words.
    beginnings: [Vec<(String, Meaning)>; 4],
    /// English names of countries by four letters: the first ones without a vowel (`NAMB`), or two of each word (`FRGU`).
    fours: HashMap<String, Option<Meaning>>,
}

pub(super) static SPELLINGS: LazyLock<Spellings> = LazyLock::new(Spellings::read);

impl Spellings {
    fn read() -> Self {
        let mut spellings = Self {
            sorted: HashMap::new(),
            initials: HashMap::new(),
            beginnings: Default::default(),
            fours: HashMap::new(),
        };
        for (name, meaning, source) in &DICTIONARY.written {
            let words = words(name);
            let n_words = words.len();
            if *source == Source::Title {
                for four in fours(&words) {
                    spellings
                        .fours
                        .entry(four)
                        .and_modify(|known| *known = known.filter(|known| known.is_same(*meaning)))
                        .or_insert(Some(*meaning));
                }
            }
            if n_words > 1 && *source != Source::Place {
                spellings
                    .sorted
                    .entry(sorted(&words))
                    .and_modify(|known| *known = known.filter(|known| known.is_same(*meaning)))
                    .or_insert(Some(*meaning));
                if let Some(initials) = initials(&words) {
                    spellings.initials.entry(initials).or_default().push((words, *meaning));
                }
            }
            if *meaning == Meaning::Anywhere {
                continue;
            }
            let [titles, others, places, long] = &mut spellings.beginnings;
            let beginnings = match source {
                Source::Title => titles,
                Source::Place if n_words < 2 => places,
                Source::Place => continue,
                _ if n_words < 2 => others,
                _ => long,
            };
            beginnings.push((letters(name), *meaning));
        }
        for beginnings in &mut spellings.beginnings {
            beginnings.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        }
        spellings
    }

    /// The meaning of the same words in another order.
    pub(super) fn other_order(&self, words: &[String]) -> Option<Meaning> {
        let words: Vec<String> = large(words.iter().cloned()).collect();
        let n_letters: usize = words.iter().map(String::len).sum();
        if words.len() < 2 || n_letters < 5 { None } else { self.sorted.get(&sorted(&words)).copied().flatten() }
    }

    /// The meaning of the only name whose words begin like these. One letter a word is not enough.
    pub(super) fn initials(&self, words: &[String]) -> Option<Meaning> {
        let words: Vec<String> = large(words.iter().cloned()).collect();
        let n_letters: usize = words.iter().map(String::len).sum();
        if words.len() < 2 || n_letters < words.len() + 3 {
            return None;
        }
        let mut found = None;
        for (name, meaning) in self.initials.get(&initials(&words)?)? {
            if name.iter().zip(&words).all(|(name, word)| shortens(word, name)) {
                if found.is_some_and(|found: Meaning| !found.is_same(*meaning)) {
                    return None;
                }
                found = Some(*meaning);
            }
        }
        found
    }

    /// The meaning of the beginning of one or several English names of countries.
    pub(super) fn beginning_of_title(&self, key: &str) -> Option<Meaning> {
        let [titles, ..] = &self.beginnings;
        let start = titles.partition_point(|(name, _)| name.as_str() < key);
        let mut meanings =
            titles.iter().skip(start).take_while(|(name, _)| name.starts_with(key)).map(|(_, meaning)| *meaning);
        let first = meanings.next()?;
        Some(if meanings.all(|meaning| meaning.is_same(first)) { first } else { Meaning::Anywhere })
    }

    /// The meaning of the only country of four letters in capitals.
    pub(super) fn four(&self, key: &str) -> Option<Meaning> {
        self.fours.get(key).copied().flatten()
    }

    /// The meaning of the only name that begins with these letters: at least five, or four if the text shows that it is `cut`;
    /// eight of a name of several words. Names of different countries that begin with them are none, or, if four capitals are
    /// all that is left, several.
    pub(super) fn beginning(&self, key: &str, cut: bool, capitals: bool) -> Option<Meaning> {
        let n_letters = key.chars().count();
        let least = if cut { [4, 4, 4, 8] } else { [5, 5, usize::MAX, 8] };
        let several = (capitals || cut) && n_letters == 4;
        self.beginnings.iter().zip(least).enumerate().find_map(|(n_list, (beginnings, least))| {
            if n_letters < least {
                return None;
            }
            let start = beginnings.partition_point(|(name, _)| name.as_str() < key);
            let mut meanings = beginnings
                .iter()
                .skip(start)
                .take_while(|(name, _)| name.starts_with(key))
                .map(|(_, meaning)| *meaning);
            let first = meanings.next()?;
            if meanings.all(|meaning| meaning.is_same(first)) {
                return Some(Some(first));
            }
            Some((several && n_list == 0).then_some(Meaning::Anywhere))
        })?
    }
}

/// The words of a name that count when names are compared.
fn words(name: &str) -> Vec<String> {
    let words = name.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’')).map(letters);
    large(words).collect()
}

fn large(words: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    words.filter(|word| !word.is_empty() && !WORDS.is(Kind::Small, word))
}

fn sorted(words: &[String]) -> String {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.join(" ")
}

/// The ways to shorten a name to four letters.
fn fours(words: &[String]) -> Vec<String> {
    let first: Vec<char> = words.first().map(|word| word.chars().take(5).collect()).unwrap_or_default();
    let mut fours = Vec::new();
    for n_letter in 1..first.len() {
        if first.len() == 5 && first.get(n_letter).is_some_and(|letter| "AEIOU".contains(*letter)) {
            let mut four = first.clone();
            four.remove(n_letter);
            fours.push(four.into_iter().collect());
        }
    }
    if let [one, other, ..] = words {
        fours.push(one.chars().take(2).chain(other.chars().take(2)).collect());
    }
    fours
}

fn initials(words: &[String]) -> Option<String> {
    words.iter().map(|word| word.chars().next()).collect()
}

/// Whether a word is the beginning of another, or has lost its vowels: `Untd` for United, `Rp` for Republic.
fn shortens(word: &str, long: &str) -> bool {
    if word.len() < 2 || long.starts_with(word) || word.chars().skip(1).any(|letter| "AEIOU".contains(letter)) {
        return long.starts_with(word);
    }
    let mut letters = long.chars();
    word.chars().enumerate().all(|(n_letter, letter)| match n_letter {
        0 => letters.next() == Some(letter),
        _ => letters.any(|other| other == letter),
    })
}
