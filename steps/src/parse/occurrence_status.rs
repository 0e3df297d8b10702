//! Occurrence status: whether the taxon was there.
//!
//! The table is `vocabulary/occurrence_status.tsv`. What it does not know as a whole is read by these rules:
//!
//! 1. figures and what stands in brackets qualify a word and are left aside (`Common 5-19`, `Rare (p < 1%)`);
//! 2. so are words of degree before it (`very very abundant`, `très commun`, `locally established`);
//! 3. signs of breeding, whether certain or not, and measures of cover are of something that was there.

use super::vocabulary::{self, Vocabulary};

/// `PRESENT` or `ABSENT`; `None` when the text says neither.
pub fn occurrence_status(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    if let Some(name) = vocabulary.name(text) {
        return Some(name);
    }
    let folded = vocabulary::fold(text).to_uppercase();
    let mut outside = String::with_capacity(folded.len());
    let mut depth = 0_usize;
    for character in folded.chars() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(character),
            _ => {}
        }
    }
    let words: Vec<&str> =
        outside.split(|character| !vocabulary::is_letter(character)).filter(|word| !word.is_empty()).collect();
    if words.len() > 6 {
        return None;
    }
    let degrees = words.iter().take_while(|word| DEGREES.contains(word)).count();
    let rest: String = words.iter().skip(degrees).copied().collect();
    if let Some(concept) = vocabulary.find_key(&rest) {
        return Some(concept.name);
    }
    let negated = words.iter().any(|word| matches!(*word, "NO" | "NOT" | "NON" | "PAS" | "SANS" | "WITHOUT"));
    let implies =
        words.iter().any(|word| matches!(*word, "BREEDING" | "NESTING" | "NICHEUR" | "NIDIFICATION" | "COVER"));
    (implies && !negated).then_some("PRESENT")
}

/// Words of degree.
const DEGREES: [&str; 30] = [
    "VERY",
    "FAIRLY",
    "LOCALLY",
    "QUITE",
    "RATHER",
    "EXTREMELY",
    "LESS",
    "MORE",
    "MOST",
    "WIDELY",
    "CONFIRMED",
    "PROBABLY",
    "TRES",
    "ASSEZ",
    "PEU",
    "PLUTOT",
    "LOCALEMENT",
    "MUY",
    "POCO",
    "BASTANTE",
    "MUITO",
    "POUCO",
    "MOLTO",
    "SEHR",
    "ZIEMLICH",
    "LOKAL",
    "ZEER",
    "VRIJ",
    "MOLT",
    "POC",
];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn words_in_many_forms() {
        for (text, expected) in [
            ("present", Some("PRESENT")),
            ("Présent", Some("PRESENT")),
            ("Pr", Some("PRESENT")),
            ("No", Some("ABSENT")),
            ("Non observé", Some("ABSENT")),
            ("très commun", Some("PRESENT")),
            ("Very very abundant > 500", Some("PRESENT")),
            ("Rare (p < 1%)", Some("PRESENT")),
            ("Average Cover: 1-5% Maximum Cover: 1-5%", Some("PRESENT")),
            ("possible breeding", Some("PRESENT")),
            ("NSP", None),
            ("doubtful", None),
            ("VU", None),
            ("", None),
        ] {
            assert_eq!(occurrence_status(&vocabulary::OCCURRENCE_STATUS, text), expected, "{text}");
        }
    }
}
