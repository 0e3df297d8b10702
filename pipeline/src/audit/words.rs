//! Words of texts and pairs of adjacent words, as hashes: what a secret is made of, and what is looked for in every public byte.
//!
//! A text leaks when a rare word of it, or two of its words side by side, stand elsewhere, whatever is between and around them:
//! quotes, tags, commas, another order of fields. Common words alone tell nothing, so they are no atoms.

use std::hash::{BuildHasherDefault, Hasher};

use hashbrown::{HashMap, HashSet};

/// Hash of a word or of a pair of words.
pub type Atom = u64;

/// The offset and the factor of FNV-1a, 64 bits.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FACTOR: u64 = 0x0000_0100_0000_01b3;

/// Shortest text of one word that is looked for.
const WORD_BYTES: usize = 4;
/// Fewest bytes of two words that are looked for side by side.
const PAIR_BYTES: usize = 7;
/// Shortest word of letters and digits that is looked for alone.
const CODE_BYTES: usize = 5;
/// Shortest number that is looked for alone: counts and years are shorter.
const NUMBER_BYTES: usize = 8;

/// What separates words.
const BETWEEN: u8 = 0;
/// What separates cells, items and elements: words on both sides of it are no pair.
const BREAK: u8 = 1;

/// What words are made of.
const LETTER: u8 = 2;

/// Which bytes are letters of words, and what separates them. All bytes beyond ASCII belong to words.
const KINDS: [u8; 256] = {
    let mut kinds = [BETWEEN; 256];
    let breaks = b"\t\n\"|<>";
    let mut position = 0;
    while position < breaks.len() {
        kinds[breaks[position] as usize] = BREAK;
        position += 1;
    }
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        if letter.is_ascii_alphanumeric() || letter == b'_' || letter >= 0x80 {
            kinds[byte] = LETTER;
        }
        byte += 1;
    }
    kinds
};

/// A word of a text.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    hash: u64,
    letters: &'a [u8],
    /// Whether it stands in the same cell as the word before.
    follows: bool,
}

impl Word<'_> {
    /// Whether it is a piece of an instant: `26T02`, `00Z`. Public instants are written in other ways than the table has them.
    fn is_of_a_clock(&self) -> bool {
        let is_mark = |letter: &&u8| matches!(**letter, b'T' | b't' | b'Z' | b'z');
        self.letters.iter().filter(is_mark).count() == 1 && self.digits() + 1 == self.letters.len()
    }

    fn digits(&self) -> usize {
        self.letters.iter().filter(|letter| letter.is_ascii_digit()).count()
    }
}

/// The words of a text, one after the other.
struct Words<'a> {
    text: &'a [u8],
    position: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    #[inline]
    fn next(&mut self) -> Option<Word<'a>> {
        let rest = self.text.get(self.position..)?;
        // The separator that ended the word before is looked at again: it may be a break.
        let mut follows = true;
        let start = rest.iter().position(|byte| {
            let kind = KINDS[usize::from(*byte)];
            follows &= kind != BREAK;
            kind == LETTER
        })?;
        let rest = rest.get(start..)?;
        let length = rest.iter().position(|byte| KINDS[usize::from(*byte)] != LETTER).unwrap_or(rest.len());
        self.position += start + length;
        let letters = rest.get(..length)?;
        Some(Word { hash: folded_hash(letters), letters, follows })
    }
}

/// The hash of a word without case, eight letters at a time.
///
/// The bit that makes a letter small is set in all bytes: digits have it, and in UTF-8 it folds most letters with accents too.
fn folded_hash(letters: &[u8]) -> u64 {
    const SMALL: u64 = 0x2020_2020_2020_2020;
    let mix = |hash: u64, eight: u64| (hash.rotate_left(23) ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (eights, rest) = letters.as_chunks::<8>();
    let mut hash = letters.len() as u64;
    for eight in eights {
        hash = mix(hash, u64::from_le_bytes(*eight) | SMALL);
    }
    if !rest.is_empty() {
        let last = rest.iter().rev().fold(0, |last, letter| last << 8 | u64::from(letter | 0x20));
        hash = mix(hash, last);
    }
    hash ^ (hash >> 29)
}

fn words(text: &[u8]) -> Words<'_> {
    Words { text, position: 0 }
}

fn pair(first: u64, second: u64) -> Atom {
    // The pair is not symmetric, and never equal to a word by construction of either.
    (first.rotate_left(29) ^ second).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Hash of a whole text as it is.
pub fn whole(text: &[u8]) -> u64 {
    text.iter().fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FACTOR))
}

/// Calls `each` with the atoms of a secret text.
pub fn atoms_of(text: &str, mut each: impl FnMut(Atom)) {
    let mut before: Option<Word<'_>> = None;
    let mut number = 0;
    for word in words(text.as_bytes()) {
        number += 1;
        if word.is_of_a_clock() {
            before = None;
            continue;
        }
        let (bytes, digits) = (word.letters.len(), word.digits());
        let is_code = digits > 0 && digits < bytes && bytes >= CODE_BYTES;
        if is_code || digits >= NUMBER_BYTES {
            each(word.hash);
        }
        if let Some(before) = before.filter(|_| word.follows)
            && before.letters.len() + bytes >= PAIR_BYTES
        {
            each(pair(before.hash, word.hash));
        }
        before = Some(word);
    }
    if let (1, Some(word)) = (number, before)
        && word.letters.len() >= WORD_BYTES
        && word.digits() < word.letters.len()
    {
        each(word.hash);
    }
}

/// A hash that is its value.
#[derive(Debug, Default, Clone, Copy)]
pub struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = whole(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        // FNV is weak in its high bits, which the tables use too.
        self.0 = value.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }
}

/// A set of atoms.
pub type AtomSet = HashSet<Atom, BuildHasherDefault<Identity>>;

/// A set of atoms with a filter before it, which answers for nearly all words of a text from the cache.
#[derive(Debug)]
pub struct Finder<'a> {
    atoms: &'a AtomSet,
    bits: Vec<u64>,
    mask: u64,
}

impl<'a> Finder<'a> {
    /// A finder of these atoms.
    pub fn new(atoms: &'a AtomSet) -> Self {
        let bits = (atoms.len() * 16).next_power_of_two().max(64);
        let mut finder = Self { atoms, bits: vec![0; bits / 64], mask: bits as u64 - 1 };
        for atom in atoms {
            for bit in finder.positions(*atom) {
                if let Some(word) = finder.bits.get_mut((bit / 64) as usize) {
                    *word |= 1 << (bit % 64);
                }
            }
        }
        finder
    }

    fn positions(&self, atom: Atom) -> [u64; 2] {
        let mixed = (atom ^ (atom >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        [mixed & self.mask, (mixed >> 32) & self.mask]
    }

    fn has(&self, atom: Atom) -> bool {
        let is_set = |bit: u64| self.bits.get((bit / 64) as usize).is_some_and(|word| word & (1 << (bit % 64)) != 0);
        self.positions(atom).into_iter().all(is_set) && self.atoms.contains(&atom)
    }

    /// Calls `hit` with each atom that stands in a text.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(Atom)) {
        if self.atoms.is_empty() {
            return;
        }
        let mut before = None;
        for word in words(text) {
            if word.letters.len() >= WORD_BYTES && self.has(word.hash) {
                hit(word.hash);
            }
            if let Some(before) = before.filter(|_| word.follows) {
                let pair = pair(before, word.hash);
                if self.has(pair) {
                    hit(pair);
                }
            }
            before = Some(word.hash);
        }
    }
}

impl Finder<'_> {
    /// The same in a text of the program's own sentences, such as its messages, where a plain word or two side by side may be
    /// chance: they count at the start of a cell, and three words of a secret count anywhere.
    pub fn find_in_prose(&self, text: &[u8], mut hit: impl FnMut(Atom)) {
        if self.atoms.is_empty() {
            return;
        }
        let mut before: Option<Word<'_>> = None;
        // The pair that ended with the word before, if it is one of a secret; whether it was told.
        let mut last: Option<(Atom, bool)> = None;
        for word in words(text) {
            let is_plain = word.digits() == 0;
            if word.letters.len() >= WORD_BYTES && (!is_plain || !word.follows) && self.has(word.hash) {
                hit(word.hash);
            }
            let pair_here = before.filter(|_| word.follows).map(|before| (pair(before.hash, word.hash), before));
            last = match pair_here.filter(|(atom, _)| self.has(*atom)) {
                None => None,
                Some((atom, before)) => {
                    let is_told = last.is_some() || !before.follows || !is_plain || before.digits() > 0;
                    if let Some((atom_before, false)) = last {
                        hit(atom_before);
                    }
                    if is_told {
                        hit(atom);
                    }
                    Some((atom, is_told))
                }
            };
            before = Some(word);
        }
    }
}

/// Where something was found first, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file, and the entry in it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// How often it was found.
    pub times: u64,
}

/// Atoms that were found in public bytes, with where.
#[derive(Debug, Default)]
pub struct Hits(pub HashMap<Atom, Spot, BuildHasherDefault<Identity>>);

impl Hits {
    /// Notes an atom.
    pub fn add(&mut self, atom: Atom, file: &str, line: u64) {
        self.0.entry(atom).or_insert_with(|| Spot { file: file.to_owned(), line, times: 0 }).times += 1;
    }

    /// Takes the hits of another file.
    pub fn merge(&mut self, other: Self) {
        for (atom, spot) in other.0 {
            match self.0.get_mut(&atom) {
                Some(known) => known.times += spot.times,
                None => {
                    self.0.insert(atom, spot);
                }
            }
        }
    }

    /// The atoms alone.
    pub fn atoms(&self) -> AtomSet {
        self.0.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(secret: &str, public: &str) -> bool {
        let mut atoms = AtomSet::default();
        atoms_of(secret, |atom| {
            atoms.insert(atom);
        });
        let mut hits = 0;
        Finder::new(&atoms).find(public.as_bytes(), |_| hits += 1);
        hits > 0
    }

    #[test]
    fn a_text_is_found_whatever_stands_around_its_words() {
        for (secret, public, expected) in [
            ("Étang de l'Or, rive nord", "<para>vu à l'Étang de l’Or</para>", true),
            ("Étang de l'Or, rive nord", "sur la rive nord du lac", true),
            ("Étang de l'Or, rive nord", "la rive du nord", false),
            ("zqtoken", r#"{"title":"ZQTOKEN"}"#, true),
            ("zqtoken", "zqtokens", false),
            ("45.18347561", "north=45.18347561", true),
            ("45.18347561", "45 km; 18347561.5", true),
            ("45.1", "45.1", false),
            ("Lac", "Lac", false),
            ("B12-77c4", "b12_77c4", false),
            ("station 77c4x", "77C4X", true),
            ("12345", "12345", false),
            ("1999-07-26T02:00:00Z", "on 1999-07-26T02:00:00Z", false),
            ("rive nord", "sur la rive\tnord", false),
            ("rive nord", r#"["la rive","nord"]"#, false),
        ] {
            assert_eq!(found(secret, public), expected, "{secret} in {public}");
        }
    }

    #[test]
    fn chance_in_the_sentences_of_messages_is_no_finding() {
        let mut atoms = AtomSet::default();
        for secret in ["the file", "damaged", "Étang de Thau, grande rive nord", "zq7canary", "45.18347561"] {
            atoms_of(secret, |atom| {
                atoms.insert(atom);
            });
        }
        for (text, expected) in [
            ("cannot read the file: it is damaged", 0),
            ("<td>damaged</td>", 1),
            ("a row cannot be read: vu, rive nord", 0),
            ("a row cannot be read: grande rive nord", 2),
            ("a row cannot be read: zq7canary", 1),
            ("north of 45.18347561", 2),
        ] {
            let mut hits = 0;
            Finder::new(&atoms).find_in_prose(text.as_bytes(), |_| hits += 1);
            assert_eq!(hits, expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_code_is_found_in_any_text(before in ".{0,20}", after in ".{0,20}") {
            assert!(found("zq7canary", &format!("{before} \"zq7canary\" {after}")));
        }
    }
}
