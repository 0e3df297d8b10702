//! Basis of record: what kind of evidence a record rests on.
//!
//! The table is `vocabulary/basis_of_record.tsv`. What it does not know as a whole is read by three rules:
//!
//! 1. several kinds of evidence (`Specimen, Unpublished Report`): the one that proves most stands, physical evidence
//!    before observations before literature;
//! 2. how an observation was made (`obs from boat`, `vu depuis la route`) and what stage the organism had (`adult, mounted`)
//!    are left aside;
//! 3. a name of the enumeration that was cut off (`PreservedSpecim`) or has one wrong letter (`LivingSpeciman`);
//! 4. digits do not count (`3 specimens`).

use strsim::osa_distance;

use super::vocabulary::{self, LIFE_STAGE, Vocabulary};

/// Concepts from the strongest evidence to the weakest.
const BY_STRENGTH: [&str; 9] = [
    "FOSSIL_SPECIMEN",
    "LIVING_SPECIMEN",
    "PRESERVED_SPECIMEN",
    "MATERIAL_SAMPLE",
    "MACHINE_OBSERVATION",
    "HUMAN_OBSERVATION",
    "OBSERVATION",
    "MATERIAL_CITATION",
    "OCCURRENCE",
];

/// The basis of record in GBIF's spelling; `None` when the text names none.
pub fn basis_of_record(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    // Some archives give the address of the class: http://rs.tdwg.org/dwc/terms/HumanObservation, dwc:HumanObservation.
    let text = text.rsplit_once(['/', '#']).map_or(text, |(path, name)| if path.contains("://") { name } else { text });
    let text = text.strip_prefix("dwc:").or_else(|| text.strip_prefix("dwctype:")).unwrap_or(text);
    vocabulary
        .name(text)
        .or_else(|| strongest(vocabulary, text))
        .or_else(|| qualified(vocabulary, text))
        .or_else(|| misspelt(text))
}

/// Whether the record rests on a specimen: then a count of zero does not mean absence.
pub fn is_specimen(basis_of_record: &str) -> bool {
    basis_of_record.ends_with("SPECIMEN")
}

fn strongest(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    const SEPARATORS: [char; 9] = [',', ';', '|', '/', '+', '&', '(', ')', ':'];
    if !text.contains(SEPARATORS) {
        return None;
    }
    let strength = |name: &'static str| BY_STRENGTH.iter().position(|other| *other == name);
    text.split(SEPARATORS)
        .filter(|part| part.chars().filter(|letter| letter.is_alphabetic()).count() > 3)
        .filter_map(|part| vocabulary.name(part))
        .filter_map(strength)
        .min()
        .and_then(|strength| BY_STRENGTH.get(strength).copied())
}

/// A text without what qualifies the evidence.
fn qualified(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    const PREPOSITIONS: [&str; 12] =
        ["FROM", "BY", "AT", "IN", "ON", "OF", "DEPUIS", "PAR", "EN", "SUR", "DESDE", "POR"];
    /// How the organism was come by.
    const ASIDE: [&str; 6] = ["REARED", "BRED", "CAUGHT", "TRAPPED", "ELEVE", "CAPTURE"];
    let folded = vocabulary::fold(text).to_uppercase();
    let words: Vec<&str> =
        folded.split(|character| !vocabulary::is_letter(character)).filter(|word| !word.is_empty()).collect();
    // Whatever is longer is a remark.
    if words.len() > 6 {
        return None;
    }
    if let [first, second, ..] = words.as_slice()
        && PREPOSITIONS.contains(second)
    {
        return vocabulary.find_key(first).map(|concept| concept.name);
    }
    let rest: String =
        words.iter().copied().filter(|word| !ASIDE.contains(word) && LIFE_STAGE.find_key(word).is_none()).collect();
    vocabulary.find_key(&rest).map(|concept| concept.name)
}

fn misspelt(text: &str) -> Option<&'static str> {
    // Shorter texts are within one letter of too many words.
    const SHORTEST: usize = 10;
    let key = vocabulary::key(text)?;
    if !(SHORTEST..=40).contains(&key.chars().count()) {
        return None;
    }
    BY_STRENGTH.into_iter().find(|concept| {
        let name: String = concept.chars().filter(|letter| letter.is_alphabetic()).collect();
        // Cut off, or cut off and run into the next cell.
        name.starts_with(&key) || osa_distance(&name, &key) <= 1 || is_overrun(&name, &key)
    })
}

/// `PRESERVEDSPECIERIFORMES`: the name was cut off and the next cell runs on.
fn is_overrun(name: &str, key: &str) -> bool {
    name.len() > 14 && key.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count() >= 12
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn names_labels_codes_lists_and_slips() {
        for (text, expected) in [
            ("HumanObservation", Some("HUMAN_OBSERVATION")),
            ("HUMAN_OBSERVATION", Some("HUMAN_OBSERVATION")),
            ("http://rs.tdwg.org/dwc/terms/HumanObservation", Some("HUMAN_OBSERVATION")),
            ("Observation humaine", Some("HUMAN_OBSERVATION")),
            ("Te", Some("HUMAN_OBSERVATION")),
            ("Li", Some("MATERIAL_CITATION")),
            ("Spécimen conservé", Some("PRESERVED_SPECIMEN")),
            ("100 specimens", Some("PRESERVED_SPECIMEN")),
            ("Specimen, Unpublished Report", Some("PRESERVED_SPECIMEN")),
            ("specimen, fossil", Some("FOSSIL_SPECIMEN")),
            ("Observation, Published Report", Some("OBSERVATION")),
            ("PreservedSpecim6", Some("PRESERVED_SPECIMEN")),
            ("LivingSpeciman", Some("LIVING_SPECIMEN")),
            ("obs from boat", Some("OBSERVATION")),
            ("Vu depuis la route", Some("OBSERVATION")),
            ("adult, mounted", Some("PRESERVED_SPECIMEN")),
            ("Specimen (fossil)", Some("FOSSIL_SPECIMEN")),
            ("Te - Terrain", Some("HUMAN_OBSERVATION")),
            ("Co - Terrain", None),
            ("Espèce", None),
            ("Canada", None),
            ("Adult, ex larva on Salix", None),
            ("", None),
        ] {
            assert_eq!(basis_of_record(&vocabulary::BASIS_OF_RECORD, text), expected, "{text}");
        }
    }
}
