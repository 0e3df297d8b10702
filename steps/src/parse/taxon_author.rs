//! Authors of names, compared as taxonomists compare them.

use super::taxon_name::fold_letters;

/// The authors of a name, reduced to what tells one from another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authorship {
    /// Surnames in order; the flag says that the name was cut short by a full stop (`L.`, `Poir.`).
    surnames: Vec<(String, bool)>,
    year: Option<i32>,
    brackets: bool,
}

/// How well two authorships agree, best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// Year off by one or missing on one side, or a surname abbreviated.
    Loose,
    /// The same but for the brackets of a changed combination.
    Brackets,
    /// The same authors, year and brackets.
    Same,
}

impl Authorship {
    /// Reads an authorship such as `(L.) Rich., 1817`.
    pub fn of(text: &str) -> Self {
        let mut authorship = Self { brackets: text.trim_start().starts_with(['(', '[']), ..Self::default() };
        // `Neck. ex Nevski`: the name is Nevski's. `Fitzinger in Bonaparte`: it is Fitzinger's.
        for part in text.split(['(', ')', '[', ']']) {
            let part = after_ex(part);
            let part = part.split(" in ").next().unwrap_or(part);
            for token in part.split(|c: char| matches!(c, ',' | '&' | ';' | ':') || c.is_whitespace()) {
                authorship.take(token);
            }
        }
        authorship
    }

    fn take(&mut self, token: &str) {
        let digits: String = token.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == 4 {
            self.year = self.year.or(digits.parse().ok());
            return;
        }
        // `J.A.` and `A.Kern.`: initials go, the surname stays.
        let end = token.trim_end_matches('.');
        let surname = end.rsplit('.').next().unwrap_or(end);
        let folded = fold_letters(surname);
        let initial = folded.chars().count() < 2 && folded != "l";
        if initial
            || matches!(folded.as_str(), "" | "et" | "and" | "al" | "ex" | "de" | "von" | "van" | "der" | "f" | "fil")
        {
            return;
        }
        self.surnames.push((folded, token.ends_with('.')));
    }

    /// Whether there is anything to compare.
    pub fn is_empty(&self) -> bool {
        self.surnames.is_empty()
    }

    /// How well two authorships agree; `None` when they do not.
    pub fn agreement(&self, other: &Self) -> Option<Agreement> {
        if self.is_empty() || other.is_empty() || self.surnames.len() != other.surnames.len() {
            return None;
        }
        let mut agreement = Agreement::Same;
        for (mine, theirs) in self.surnames.iter().zip(&other.surnames) {
            if mine.0 != theirs.0 {
                let cut =
                    |short: &(String, bool), long: &(String, bool)| short.1 && long.0.starts_with(short.0.as_str());
                if !cut(mine, theirs) && !cut(theirs, mine) {
                    return None;
                }
                agreement = Agreement::Loose;
            }
        }
        match (self.year, other.year) {
            (Some(mine), Some(theirs)) if mine == theirs => {}
            (Some(mine), Some(theirs)) if (mine - theirs).abs() > 1 => return None,
            (None, None) => {}
            _ => agreement = Agreement::Loose,
        }
        if self.brackets != other.brackets {
            agreement = agreement.min(Agreement::Brackets);
        }
        Some(agreement)
    }
}

fn after_ex(part: &str) -> &str {
    part.rsplit_once(" ex ").map_or(part, |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agree(a: &str, b: &str) -> Option<Agreement> {
        Authorship::of(a).agreement(&Authorship::of(b))
    }

    #[test]
    fn authors_agree_when_a_taxonomist_says_so() {
        for (a, b, expected) in [
            ("(Pallas, 1764)", "(Pallas, 1764)", Some(Agreement::Same)),
            ("(Pallas 1764)", "(PALLAS, 1764)", Some(Agreement::Same)),
            ("(Denis & Schiffermüller, 1775)", "(Denis et Schiffermuller, 1775)", Some(Agreement::Same)),
            ("Pallas, 1764", "(Pallas, 1764)", Some(Agreement::Brackets)),
            ("(Pallas, 1765)", "(Pallas, 1764)", Some(Agreement::Loose)),
            ("(Pallas)", "(Pallas, 1764)", Some(Agreement::Loose)),
            ("L.", "Linnaeus, 1758", Some(Agreement::Loose)),
            ("Nevski, 1937", "Neck. ex Nevski, 1937", Some(Agreement::Same)),
            ("A. Kern.", "A.Kern.", Some(Agreement::Same)),
            ("Forster, 1772", "(Pallas, 1764)", None),
            ("Pallas, 1790", "Pallas, 1764", None),
            ("Denis, 1775", "Denis & Schiffermüller, 1775", None),
            ("", "Pallas", None),
        ] {
            assert_eq!(agree(a, b), expected, "{a} / {b}");
        }
    }

    proptest! {
        #[test]
        fn comparison_is_even_handed(a in any::<String>(), b in any::<String>()) {
            prop_assert_eq!(agree(&a, &b), agree(&b, &a));
        }
    }
}
