//! Names with a few letters wrong: `Phillipines`, `Untied States`, `Ecaudor`.
//!
//! A text is taken for the name that is nearest to it, counted in letters changed, left out, added or exchanged with the next
//! one, if all the names that are as near mean the same. Short names are near to too many words: under six letters only
//! vowels may be wrong and letters exchanged.

use std::sync::LazyLock;

use super::dictionary::{DICTIONARY, Meaning, Source};
use crate::parse::letters::letters;

/// A name that may be misspelt.
struct Name {
    key: Box<[u8]>,
    /// One bit for each letter that occurs.
    letters: u32,
    meaning: Meaning,
    /// The most letters that may be wrong.
    most: usize,
    /// How many letters there are without the word for islands.
    n_letters: usize,
    /// Whether it is the name of a place in a country.
    place: bool,
    /// Of names that are as near, those of the lowest rank count: English ones, then others of countries, then of places.
    rank: u8,
}

/// Names by the length of their keys.
static NAMES: LazyLock<Vec<Vec<Name>>> = LazyLock::new(|| {
    let mut names: Vec<Vec<Name>> = Vec::new();
    for (name, meaning, source) in &DICTIONARY.written {
        let key = letters(name);
        // Abbreviations are near to everything.
        let abbreviated = name.split_inclusive([' ', '.', '-']).any(|word| match letters(word).len() {
            1 => true,
            2 => word.ends_with('.'),
            _ => false,
        });
        if abbreviated || !key.bytes().all(|letter| letter.is_ascii_uppercase()) || key.len() > LONGEST {
            continue;
        }
        // `Islands` does not make a name longer.
        let islands = ["ISLANDS", "ISLAND"].iter().find_map(|word| key.strip_suffix(word));
        let n_letters = islands.map_or(key.len(), str::len);
        let most = match (source, n_letters) {
            (_, 0..=3) => continue,
            (_, 4) if islands.is_none() => continue,
            (Source::Place, 0..=5) if islands.is_none() => continue,
            (_, 4..=8) => 1,
            (_, 9..) => 2,
        };
        while names.len() <= key.len() {
            names.push(Vec::new());
        }
        let letters = occurring(key.as_bytes());
        if let Some(names) = names.get_mut(key.len()) {
            let place = *source == Source::Place;
            let rank = match (source, meaning) {
                (_, Meaning::Anywhere) => 4,
                (Source::Title, _) => 0,
                (Source::Language, _) => 2,
                (Source::Place, _) => 3,
                _ => 1,
            };
            names.push(Name {
                key: key.into_bytes().into_boxed_slice(),
                letters,
                meaning: *meaning,
                most,
                n_letters,
                place,
                rank,
            });
        }
    }
    names
});

/// Names that are near to that of a country, and are not misspelt: counties of the United States, towns, genera.
const OTHERS: &[&str] =
    &["GREENE", "CLEVELAND", "RICHLAND", "BUTEO", "MACON", "MARION", "TRINITY", "HIGHLAND", "HOLLANDER", "MORRIS"];

/// Longer names are not compared.
const LONGEST: usize = 48;

/// The meaning of the names nearest to a key, if they are near enough and agree.
pub(super) fn nearest(key: &str) -> Option<Meaning> {
    if key.len() < 5
        || key.len() > LONGEST
        || OTHERS.contains(&key)
        || !key.bytes().all(|letter| letter.is_ascii_uppercase())
    {
        return None;
    }
    let key = key.as_bytes();
    let letters = occurring(key);
    // The distance and the rank of the nearest name.
    let mut least = (3, 0);
    let mut found: Option<Meaning> = None;
    let mut agree = true;
    for length in key.len().saturating_sub(2)..=key.len() + 2 {
        for name in NAMES.get(length).into_iter().flatten() {
            let most = name.most.min(least.0);
            // A letter that is changed differs in two bits, one that is added in one.
            if (name.letters ^ letters).count_ones() as usize > 2 * most {
                continue;
            }
            let Some(distance) = distance(key, &name.key, most).filter(|distance| *distance > 0) else { continue };
            let near = (distance, name.rank);
            if near > least || !plausible(key, name) {
                continue;
            }
            if near < least {
                least = near;
                found = Some(name.meaning);
                agree = true;
            } else if found.is_some_and(|found| !found.is_same(name.meaning)) {
                agree = false;
            }
        }
    }
    found.filter(|_| agree)
}

/// One bit for each letter that occurs.
fn occurring(key: &[u8]) -> u32 {
    key.iter().fold(0, |letters, letter| letters | 1 << (letter.wrapping_sub(b'A') & 31))
}

/// Whether the letters that differ may be wrong: in short names only inner ones, in the shortest only vowels and exchanges.
fn plausible(key: &[u8], name: &Name) -> bool {
    let Name { key: name, n_letters, place, .. } = name;
    if *n_letters >= 8 {
        return true;
    }
    if key.first() != name.first() {
        return false;
    }
    if *n_letters >= 6 + usize::from(*place) || *n_letters < name.len() {
        return true;
    }
    let vowel = |letter: &u8| matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y');
    let consonants = |key: &[u8]| key.iter().filter(|letter| !vowel(letter)).copied().collect::<Vec<u8>>();
    let mut one = key.to_vec();
    let mut other = name.to_vec();
    one.sort_unstable();
    other.sort_unstable();
    key.len() > name.len()
        || (key.len() == name.len()
            && (one == other || consonants(key) == consonants(name))
            && key.last() == name.last())
}

/// The letters changed, left out, added or exchanged with the next one between two keys; `None` if more than `most`.
fn distance(one: &[u8], other: &[u8], most: usize) -> Option<usize> {
    const WIDTH: usize = LONGEST + 3;
    let mut rows = [[0_usize; WIDTH]; 3];
    for (column, cell) in rows[1].iter_mut().enumerate() {
        *cell = column;
    }
    for (n_row, letter) in one.iter().enumerate() {
        let [before, last, row] = &mut rows;
        row[0] = n_row + 1;
        let mut smallest = row[0];
        for (column, other_letter) in other.iter().enumerate() {
            let changed = last.get(column)? + usize::from(letter != other_letter);
            let mut cell = changed.min(last.get(column + 1)? + 1).min(row.get(column)? + 1);
            if n_row > 0
                && column > 0
                && Some(other_letter) == one.get(n_row - 1)
                && other.get(column - 1) == Some(letter)
            {
                cell = cell.min(before.get(column - 1)? + 1);
            }
            *row.get_mut(column + 1)? = cell;
            smallest = smallest.min(cell);
        }
        if smallest > most {
            return None;
        }
        rows.rotate_left(1);
    }
    rows[1].get(other.len()).copied().filter(|distance| *distance <= most)
}
