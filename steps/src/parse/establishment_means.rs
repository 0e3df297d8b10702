//! Establishment means: a word of the table, alone or before the place it is said of (`introduced in Hawaii`, `indigène en Corse`).

use super::vocabulary::Vocabulary;

/// The concept of `dwc:establishmentMeans`.
pub fn establishment_means(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    const BEFORE_PLACES: [&str; 7] = [" in ", " on ", " en ", " à ", " au ", " aux ", " dans "];
    vocabulary.name(text).or_else(|| {
        let lower = text.to_lowercase();
        let (means, _) =
            BEFORE_PLACES.iter().filter_map(|word| lower.split_once(word)).min_by_key(|(means, _)| means.len())?;
        vocabulary.name(means)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::vocabulary::ESTABLISHMENT_MEANS;

    #[test]
    fn words_and_places() {
        for (text, expected) in [
            ("Introduit", Some("introduced")),
            ("introduced in Hawaii and in the lower 48 states", Some("introduced")),
            ("Indigène en Corse", Some("native")),
            ("planted in gardens", None),
            ("in", None),
        ] {
            assert_eq!(establishment_means(&ESTABLISHMENT_MEANS, text), expected, "{text}");
        }
    }
}
