//! Names that are misspelt by a letter or two.

use crate::parse::taxon_name::Reading;
use crate::reference::taxref::{Name, Taxref};

/// Keys longer than this are not compared: the longest name of TAXREF has some eighty letters.
const LONGEST: usize = 120;

/// A name close to the one sought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Close<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) distance: usize,
}

/// The names closest to a key, all at the same distance; empty when none is close enough.
///
/// One letter may differ in a name of fewer than ten letters, two in a longer one, and only one of them in the first
/// word. Two letters that change places count as one. The first letter of each word must be right, and the number of
/// words the same: beyond that a match would be a guess.
pub(crate) fn closest<'a>(taxref: &'a Taxref, key: &str) -> Vec<Close<'a>> {
    let letters = key.chars().filter(|c| c.is_alphabetic()).count();
    let (Some(first), true) = (key.chars().next(), letters >= 4 && key.len() <= LONGEST) else { return Vec::new() };
    let bound = if letters < 10 { 1 } else { 2 };
    let words: Vec<&str> = key.split(' ').collect();
    let genus = words.first().copied().unwrap_or("");
    let mut closest: Vec<Close<'a>> = Vec::new();
    let mut best = bound;
    for (word, range) in taxref.first_words(first) {
        if word.len().abs_diff(genus.len()) > 4 || !within_one(word, genus) {
            continue;
        }
        for name in taxref.alphabet(range) {
            let other = Reading::of(name.canonical()).key;
            if other.len().abs_diff(key.len()) > 4 * best || !words_may_match(&words, &other) {
                continue;
            }
            let distance = strsim::osa_distance(key, &other);
            if distance == 0 || distance > best {
                continue;
            }
            if distance < best {
                closest.clear();
                best = distance;
            }
            closest.push(Close { name, distance });
        }
    }
    closest
}

fn words_may_match(words: &[&str], other: &str) -> bool {
    let mut others = other.split(' ');
    let alike = words.iter().all(|word| {
        others.next().is_some_and(|other| other.chars().next() == word.chars().next() && !other.is_empty())
    });
    alike && others.next().is_none()
}

/// Whether two words differ by one letter at most: changed, left out, put in, or changed places with its neighbour.
pub(crate) fn within_one(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if !a.is_ascii() || !b.is_ascii() {
        return strsim::osa_distance(a, b) <= 1;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let ahead = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let behind = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let alike = ahead + behind;
    if a.len() != b.len() {
        return alike >= a.len().min(b.len());
    }
    let changed_places = a.get(ahead) == b.get(ahead + 1) && a.get(ahead + 1) == b.get(ahead) && alike + 2 >= a.len();
    alike + 1 >= a.len() || changed_places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_letter_is_what_the_distance_says(a in "[ab]{0,6}", b in "[ab]{0,6}") {
            prop_assert_eq!(within_one(&a, &b), strsim::osa_distance(&a, &b) <= 1, "{} {}", a, b);
        }
    }
}
