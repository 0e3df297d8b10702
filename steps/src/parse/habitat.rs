//! Habitats in the widest sense: marine, freshwater or terrestrial.

use super::vocabulary::{self, HABITAT};

/// `MARINE`, `FRESHWATER` or `TERRESTRIAL`.
pub fn habitat(text: &str) -> Option<&'static str> {
    HABITAT.name(text).or_else(|| {
        let stem = stem(text);
        // `estuaries`
        HABITAT.name(&stem).or_else(|| HABITAT.name(&format!("{}Y", stem.strip_suffix("IE")?)))
    })
}

/// A word for a habitat in capitals without the s of its plural.
pub fn stem(text: &str) -> String {
    let word = vocabulary::fold(text.trim()).to_uppercase();
    word.strip_suffix('S').map(str::to_owned).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_languages() {
        for (text, expected) in [
            ("marine", Some("MARINE")),
            ("estuaries", Some("MARINE")),
            ("Forests", Some("TERRESTRIAL")),
            ("Forêts", Some("TERRESTRIAL")),
            ("eaux douces", Some("FRESHWATER")),
            ("Salzwasser", Some("MARINE")),
            ("2", Some("FRESHWATER")),
            ("Padua", None),
            ("", None),
        ] {
            assert_eq!(habitat(text), expected, "{text}");
        }
        assert_eq!(
            (stem("estuaries ").as_str(), stem("missess").as_str(), stem("S").as_str()),
            ("ESTUARIE", "MISSES", "")
        );
    }
}
