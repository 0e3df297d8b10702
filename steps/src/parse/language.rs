//! Languages: codes of ISO 639, with or without a region (`fr`, `fra`, `fr-FR`, `eng_US`), and names.

use super::vocabulary::LANGUAGE;

/// The language in GBIF's enumeration. Of names in a row, as ISO 639 has them (`Spanish; Castilian`), the first decides.
pub fn language(text: &str) -> Option<&'static str> {
    let region = |text: &str| {
        let (code, _) = text.trim().split_once(['-', '_'])?;
        LANGUAGE.find_code(code).map(|concept| concept.name)
    };
    let first = || LANGUAGE.name(text.split_once([';', '('])?.0);
    LANGUAGE.name(text).or_else(|| region(text)).or_else(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_regions_and_names() {
        for (text, expected) in [
            ("fr", Some("FRENCH")),
            ("FRE", Some("FRENCH")),
            ("fr-FR", Some("FRENCH")),
            ("eng_US", Some("ENGLISH")),
            ("français", Some("FRENCH")),
            ("De ", Some("GERMAN")),
            ("Deutsch", Some("GERMAN")),
            ("breton", Some("BRETON")),
            ("Norwegian Bokmål", Some("NORWEGIAN_BOKMAL")),
            ("[West Indian Ocean]", None),
            ("Spanish; Castilian", Some("SPANISH")),
            ("Chinese (Traditional)", Some("CHINESE")),
            ("x-klingon", None),
            ("", None),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }
}
