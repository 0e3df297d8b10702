//! Yes and no, as people and programs write them.

use super::vocabulary;

/// Words for yes: English, French, German, Spanish, Italian, and those of programs.
const TRUE: &[&str] = &["true", "t", "yes", "y", "vrai", "oui", "o", "ja", "wahr", "si", "on", "1"];
/// Words for no.
const FALSE: &[&str] = &["false", "f", "no", "n", "faux", "non", "nein", "falsch", "off", "0", "-1"];

/// What a text says; `None` when it is neither yes nor no (`true in some cases`).
///
/// Case and accents do not count. `-1` is no, as GBIF has it.
pub fn boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    // Longer than any word.
    const LONGEST: usize = 16;
    if text.len() > LONGEST {
        return None;
    }
    let folded = vocabulary::fold(text).to_ascii_lowercase();
    if TRUE.contains(&folded.as_str()) {
        Some(true)
    } else if FALSE.contains(&folded.as_str()) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn yes_and_no() {
        for text in ["true", "True", " T ", "OUI", "vrai", "1", "ja", "sí", "on", "yes"] {
            assert_eq!(boolean(text), Some(true), "{text}");
        }
        for text in ["false", "F", "non", "Faux", "0", "-1", "nein", "off", "no"] {
            assert_eq!(boolean(text), Some(false), "{text}");
        }
        for text in ["", "2", "true in some cases", "n/a", "peut-être", "yes and no"] {
            assert_eq!(boolean(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            let _ = boolean(&text);
        }
    }
}
