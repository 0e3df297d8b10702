//! The words of a name, and the form that is written.

use std::fmt;

/// What a word of a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word<'t> {
    /// One letter, or two with a hyphen: `J`, `J-P`.
    Initial(&'t str),
    /// Two to four capitals: initials without dots, or a short surname.
    Capitals(&'t str),
    /// `von`, `de`, `Mc`.
    Particle(&'t str),
    /// Any other word of letters.
    Plain(&'t str),
}

const TITLES: [&str; 12] =
    ["dr", "mr", "mrs", "ms", "miss", "lieutenant", "professor", "prof", "mme", "mlle", "sir", "rev"];
const PARTICLES: [&str; 27] = [
    "ben", "da", "Da", "Dal", "de", "De", "del", "Del", "den", "der", "Di", "du", "Du", "e", "la", "La", "Le", "le",
    "Mc", "San", "St", "Ste", "van", "Van", "Vander", "von", "Von",
];

/// The words of a name without titles, remarks in brackets and `et al.`; `None` when something else stands in it.
pub(super) fn words(text: &str) -> Option<Vec<Word<'_>>> {
    let text = without_remark(text.trim());
    let text = others(text).and_then(|start| text.get(..start)).unwrap_or(text);
    let pieces = text.split_whitespace().flat_map(|word| word.split_inclusive('.'));
    let mut words = Vec::new();
    for piece in pieces {
        let has_dot = piece.ends_with('.');
        let bare = piece.trim_end_matches('.');
        let letters = || bare.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '\'' | '’' | '-'));
        if bare.is_empty() || TITLES.contains(&bare.to_lowercase().as_str()) {
            continue;
        }
        if !letters() || !bare.starts_with(char::is_alphabetic) {
            return None;
        }
        let is_initial = |text: &str| text.chars().count() == 1 && text.chars().all(char::is_uppercase);
        words.push(if bare.split('-').all(is_initial) {
            Word::Initial(bare)
        } else if PARTICLES.contains(&bare) {
            Word::Particle(bare)
        } else if bare.len() <= 4 && bare.bytes().all(|byte| byte.is_ascii_uppercase()) && !has_dot {
            Word::Capitals(bare)
        } else {
            Word::Plain(bare)
        });
    }
    Some(words)
}

/// Whether a text ends in `et al.`
pub(super) fn has_others(text: &str) -> bool {
    others(text.trim()).is_some()
}

/// Where `et al.` begins, at the end of a text.
fn others(text: &str) -> Option<usize> {
    let is_al = |word: &str| word.trim_end_matches('.').eq_ignore_ascii_case("al");
    let is_et = |word: &str| word.trim_end_matches('.').eq_ignore_ascii_case("et");
    let (before, last) = text.rsplit_once(char::is_whitespace)?;
    let before = before.trim_end();
    let word = before.rsplit(char::is_whitespace).next()?;
    (is_al(last) && is_et(word)).then(|| before.len() - word.len())
}

/// Without `N/A` or a remark in brackets at the end.
fn without_remark(text: &str) -> &str {
    let text = text.strip_suffix("N/A").or_else(|| text.strip_suffix("n/a")).map_or(text, str::trim_end);
    match text.rfind('(') {
        Some(start) if start > 0 && text.ends_with(')') => text.get(..start).map_or(text, str::trim_end),
        _ => text,
    }
}

/// The parts of a name.
#[derive(Debug, Default)]
pub(super) struct Name<'t> {
    pub(super) particles: Vec<&'t str>,
    pub(super) surname: &'t str,
    pub(super) initials: Vec<&'t str>,
    pub(super) first: Vec<&'t str>,
}

impl fmt::Display for Name<'_> {
    /// `von Surname, I.N. First Second`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for particle in &self.particles {
            write!(formatter, "{particle} ")?;
        }
        formatter.write_str(&capitalised(self.surname))?;
        if !self.initials.is_empty() || !self.first.is_empty() {
            formatter.write_str(",")?;
        }
        if !self.initials.is_empty() {
            formatter.write_str(" ")?;
            for initials in &self.initials {
                let mut letters = initials.chars().filter(|letter| letter.is_alphabetic() || *letter == '-').peekable();
                while let Some(letter) = letters.next() {
                    write!(formatter, "{letter}")?;
                    if letter != '-' && letters.peek() != Some(&'-') {
                        formatter.write_str(".")?;
                    }
                }
            }
        }
        for first in &self.first {
            write!(formatter, " {}", capitalised(first))?;
        }
        Ok(())
    }
}

/// A capital at the start and after hyphens and apostrophes, all else small.
fn capitalised(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut at_start = true;
    for letter in word.chars() {
        if at_start {
            text.extend(letter.to_uppercase());
        } else {
            text.extend(letter.to_lowercase());
        }
        at_start = matches!(letter, '-' | '\'' | '’');
    }
    text
}
