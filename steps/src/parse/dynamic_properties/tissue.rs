//! Whether a text tells of a tissue sample.

/// Words that begin so tell of tissue (VertNet's list, in English, Spanish and Catalan, with French words).
const STARTS: [&str; 24] = [
    "tiss", "blood", "dmso", "extract", "froze", "forzen", "freez", "congel", "heart", "muscle", "musculo", "higado",
    "kidney", "liver", "lung", "nitrogen", "pectoral", "rinon", "riñon", "rnalater", "sangre", "spleen", "fetge",
    "teixit",
];
/// Short words, which begin many others: they count whole.
const WHOLE: [&str; 8] = ["dna", "adn", "toe", "toes", "fin", "cor", "sang", "foie"];

/// Whether there is a word for tissue.
pub fn has_tissue(text: &str) -> bool {
    let text = text.to_lowercase();
    let is_tissue = |word: &str| WHOLE.contains(&word) || STARTS.iter().any(|start| word.starts_with(start));
    text.contains("+t") || text.split(|character: char| !character.is_alphanumeric()).any(is_tissue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tissue_is_told_by_words() {
        for text in
            ["+tissue something", "frozen carcass", "skin, skull +T", "Muscle in EtOH", "fin clip", "toe; DNA extract"]
        {
            assert!(has_tissue(text), "{text}");
        }
        for text in ["", "record of Finistère", "coral", "dnase"] {
            assert!(!has_tissue(text), "{text}");
        }
    }
}
