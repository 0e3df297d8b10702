//! Digital object identifiers.

use std::sync::LazyLock;

use regex::Regex;

/// The first DOI in a text, without its address and in lower case, as DOIs do not depend on case.
///
/// It begins with `10.` and a registrant of four to nine digits, and stands alone, after `doi:` or an address of doi.org. Full
/// stops, commas and brackets at its end belong to the sentence around it.
pub fn doi(text: &str) -> Option<String> {
    static DOI: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)(?:^|[\s/:(\[<"])(10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s"<>|]+)"#).ok());
    let found = DOI.as_ref()?.captures(text)?.get(1)?.as_str();
    let mut doi = found.trim_end_matches(['.', ',', ';', ':']);
    // A closing bracket is a part of the identifier only when it was opened there.
    while let Some(shorter) = doi.strip_suffix([')', ']']) {
        let (open, close) = if doi.ends_with(')') { ('(', ')') } else { ('[', ']') };
        if doi.matches(close).count() <= doi.matches(open).count() {
            break;
        }
        doi = shorter.trim_end_matches(['.', ',', ';', ':']);
    }
    // Nothing may be left after the slash.
    (!doi.ends_with('/')).then(|| doi.to_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn identifiers_are_found() {
        for (text, expected) in [
            ("10.15468/39omei", Some("10.15468/39omei")),
            ("https://doi.org/10.15468/39OMEI", Some("10.15468/39omei")),
            ("doi:10.1000/182.", Some("10.1000/182")),
            (
                "Dupont J. (2003). Titre. Revue 12 (https://doi.org/10.1016/S0022-1(98)00)",
                Some("10.1016/s0022-1(98)00"),
            ),
            ("http://dx.doi.org/10.1002/(SICI)1096<1::AID>3.0.CO;2-L", Some("10.1002/(sici)1096")),
            ("110.1000/182", None),
            ("10.10/x", None),
            ("10.1000/", None),
            ("", None),
        ] {
            assert_eq!(doi(text).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_doi_is_its_own(text in "\\PC{0,40}|(10\\.1234|/|abc|[()., ]|doi:){1,8}") {
            if let Some(once) = doi(&text) {
                prop_assert_eq!(doi(&once), Some(once));
            }
        }
    }
}
