//! The life stage of one or more individuals.
//!
//! A text that the table (`vocabulary/life_stage.tsv`) knows as a whole is that concept. Otherwise sexes, counts and
//! words without meaning are left aside (`2 adult males`, `femelle adulte`); when all that is left names one stage, it is
//! that stage. Two stages (`adult/juvenile`) or a doubt (`adult ?`) give none, as the field holds one.

use super::vocabulary;
use crate::reference::vocabularies::Vocabularies;

/// The concept of the vocabulary `LifeStage`.
pub fn life_stage(vocabularies: &Vocabularies, text: &str) -> Option<&'static str> {
    if let Some(concept) = vocabularies.life_stage.find_code(text) {
        return Some(concept.name);
    }
    if text.contains('?') {
        return None;
    }
    vocabularies.life_stage.name(text).or_else(|| by_words(vocabularies, text))
}

fn by_words(vocabularies: &Vocabularies, text: &str) -> Option<&'static str> {
    let folded = vocabulary::fold(text).to_uppercase().replace("(S)", "");
    let words: Vec<&str> =
        folded.split(|character| !vocabulary::is_letter(character)).filter(|word| !word.is_empty()).collect();
    // A longer text is a remark, in which a stage may belong to something else.
    if words.len() > 6 {
        return None;
    }
    let mut stage = None;
    let mut position = 0;
    while let Some(word) = words.get(position) {
        let (length, found) = phrase(vocabularies, &words, position);
        match found {
            Some(found) if stage.is_none_or(|stage| stage == found) => stage = Some(found),
            Some(_) => return None,
            None if is_filler(vocabularies, word) => {}
            None => return None,
        }
        position += length;
    }
    stage
}

fn phrase(vocabularies: &Vocabularies, words: &[&str], position: usize) -> (usize, Option<&'static str>) {
    let mut best = (1, None);
    let mut joined = String::new();
    for (length, word) in words.iter().skip(position).take(4).enumerate() {
        joined.push_str(word);
        if let Some(concept) = vocabularies.life_stage.find_key(&joined) {
            best = (length + 1, Some(concept.name));
        }
    }
    best
}

fn is_filler(vocabularies: &Vocabularies, word: &str) -> bool {
    const FILLERS: [&str; 19] = [
        "AND",
        "ET",
        "Y",
        "UND",
        "EN",
        "STAGE",
        "STADE",
        "ESTADO",
        "INDIVIDUAL",
        "INDIVIDUALS",
        "INDIVIDU",
        "INDIVIDUS",
        "SPECIMEN",
        "SPECIMENS",
        "BREEDING",
        "NON",
        "GRAVID",
        "ALATE",
        "S",
    ];
    FILLERS.contains(&word)
        || vocabularies
            .sex
            .find_key(word)
            .is_some_and(|concept| matches!(concept.name, "Male" | "Female" | "Worker" | "Indeterminate"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn stages() {
        for (text, stage) in [
            ("Adulte", Some("Adult")),
            ("2", Some("Adult")),
            ("12", Some("Pupa")),
            ("sub-adulte", Some("Subadult")),
            ("Œuf", Some("Egg")),
            ("têtards", Some("Tadpole")),
            ("2 adult males", Some("Adult")),
            ("Femelle adulte", Some("Adult")),
            ("adult(s)", Some("Adult")),
            ("1 adulte, 2 adultes", Some("Adult")),
            ("adult/juvenile", None),
            ("adult ?", None),
            ("Padua", None),
            ("Adult, ex larva on Salix", None),
            ("", None),
        ] {
            assert_eq!(life_stage(Vocabularies::built_in(), text), stage, "{text}");
        }
    }
}
