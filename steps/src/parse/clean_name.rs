//! Scientific names and authors without what clings to them: quotes, brackets that are not closed, placeholders.

use super::taxon_name::is_placeholder;

/// Characters that neither begin nor end a name or an author.
fn clings(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '"' | '\'' | '`' | '{' | '}' | '[' | ']' | '?' | '\\' | '/' | '|' | ',' | ';')
}

/// A scientific name without what clings to it; `None` when nothing is left or what is left only says that the name is
/// not known (`unplaced class`).
pub fn clean_taxon_name(text: &str) -> Option<&str> {
    Some(text.trim_matches(clings)).filter(|name| !is_placeholder(name))
}

/// An author without what clings to it; `None` when no letter is left. Brackets and full stops belong to authors.
pub fn clean_author(text: &str) -> Option<&str> {
    Some(text.trim_matches(clings)).filter(|author| author.chars().any(char::is_alphabetic))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_authors() {
        for (text, name) in [
            ("\"{Aus\"", Some("Aus")),
            ("'Aus bus' ", Some("Aus bus")),
            ("UnPLaCED_CLaSS", None),
            ("Incertae sedis", None),
            ("\\", None),
            ("\"? ", None),
            ("", None),
        ] {
            assert_eq!(clean_taxon_name(text), name, "{text}");
        }
        for (text, author) in
            [(" (A. Müller) B. Meyer ", Some("(A. Müller) B. Meyer")), ("L.", Some("L.")), ("{} ", None), ("\"", None)]
        {
            assert_eq!(clean_author(text), author, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_clean_stays(text in "\\PC{0,30}") {
            if let Some(name) = clean_taxon_name(&text) {
                prop_assert_eq!(clean_taxon_name(name), Some(name));
            }
            if let Some(author) = clean_author(&text) {
                prop_assert_eq!(clean_author(author), Some(author));
            }
        }
    }
}
