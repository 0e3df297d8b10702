//! Names of months, in the languages of the people who record nature in France and its neighbours.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Names of months by number and language.
const TABLE: &str = include_str!("../vocabulary/months.tsv");

/// Languages of which a single letter is enough, as on labels and in field books: F, S, O, N, D.
const BY_INITIAL: [&str; 2] = ["fr", "en"];

/// A name this long may have one wrong, missing, added or exchanged letter: `Novermber`, `fevirer`.
const LONG_NAME: usize = 7;

/// The words of a written date must have this many letters to be a month; a `month` term may have fewer.
const SHORTEST_WORD: usize = 3;

struct Months {
    /// Names and their beginnings; 0 where a beginning fits several months.
    beginnings: HashMap<&'static str, i8>,
    /// Full names with [`LONG_NAME`] letters or more.
    long: Vec<(&'static str, i8)>,
}

static MONTHS: LazyLock<Months> = LazyLock::new(|| {
    let mut months = Months { beginnings: HashMap::new(), long: Vec::new() };
    let mut full = Vec::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(number), Some(language), Some(names)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let Ok(number) = number.parse::<i8>() else { continue };
        for name in names.split(' ') {
            let shortest = if BY_INITIAL.contains(&language) { 1 } else { 2 };
            for beginning in (shortest..name.len()).filter_map(|length| name.get(..length)) {
                let known = months.beginnings.entry(beginning).or_insert(number);
                if *known != number {
                    *known = 0;
                }
            }
            full.push((name, number));
        }
    }
    // A full name wins over a longer name that begins with it.
    months.beginnings.extend(full.iter().copied());
    months.long = full.into_iter().filter(|(name, _)| name.len() >= LONG_NAME).collect();
    months
});

/// The number of a month from its name, an abbreviation with or without a point, or a Roman numeral, in any capitals.
pub fn month_of_name(name: &str) -> Option<i8> {
    let name = folded(name.trim());
    of_folded(name.strip_suffix('.').unwrap_or(&name))
}

/// The same for a word of a written date, in folded letters: short abbreviations do not count, since they are also words.
pub(super) fn month_of_word(word: &str) -> Option<i8> {
    if word.len() >= SHORTEST_WORD { of_folded(word) } else { roman(word) }
}

fn of_folded(name: &str) -> Option<i8> {
    if let Some(number) = roman(name) {
        return Some(number);
    }
    match MONTHS.beginnings.get(name) {
        Some(0) => None,
        Some(number) => Some(*number),
        None if name.len() >= LONG_NAME && name.len() <= 2 * LONG_NAME => MONTHS
            .long
            .iter()
            .find(|(known, _)| name.len().abs_diff(known.len()) <= 1 && strsim::osa_distance(known, name) <= 1)
            .map(|(_, number)| *number),
        None => None,
    }
}

/// `i` to `xii`, as on museum labels: 12.VII.1998.
fn roman(name: &str) -> Option<i8> {
    const NUMERALS: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    NUMERALS.into_iter().position(|numeral| numeral == name).and_then(|position| i8::try_from(position + 1).ok())
}

/// Lower case without accents: `Août` and `AOUT` are `aout`.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    } else {
        Cow::Owned(text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn french_months_are_known_in_full_and_abbreviated() {
        for (number, names) in [
            (1, "janvier janv. janv jan JANVIER I"),
            (2, "février fevrier févr. fév. fev FÉVRIER F"),
            (3, "mars mar. MARS III"),
            (4, "avril avr. avr Avril"),
            (5, "mai Mai V"),
            (6, "juin JUIN juin."),
            (7, "juillet juil. juill. jul VII"),
            (8, "août aout Août AOÛT aoû."),
            (9, "septembre sept. sep S"),
            (10, "octobre oct. O X"),
            (11, "novembre nov. Novermber N"),
            (12, "décembre déc. dec dez. XII D"),
        ] {
            for name in names.split(' ') {
                assert_eq!(month_of_name(name), Some(number), "{name}");
            }
        }
    }

    #[test]
    fn a_beginning_of_several_months_is_none() {
        for name in ["j", "ju", "ma", "m", "a", "jui", "été", "", ".", "xiii"] {
            assert_eq!(month_of_name(name), None, "{name}");
        }
    }
}
