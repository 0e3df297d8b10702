//! How texts are folded before they are looked up.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The key under which a text is looked up: [`fold`]ed, letters only, capitals; `None` when no letter is left or the text
/// says `n/a`.
pub fn key(text: &str) -> Option<String> {
    key_of(text, is_letter)
}

/// As [`key`], with digits beside the letters.
pub fn key_with_digits(text: &str) -> Option<String> {
    key_of(text, |character| is_letter(character) || character.is_ascii_digit())
}

fn key_of(text: &str, keep: impl Fn(char) -> bool) -> Option<String> {
    if matches!(text.trim().to_ascii_lowercase().as_str(), "n/a" | "n.a." | "n.a") {
        return None;
    }
    let key: String = fold(text).chars().filter(|letter| keep(*letter)).flat_map(char::to_uppercase).collect();
    (!key.is_empty()).then_some(key)
}

/// Letters of any script, and the signs of the sexes.
pub fn is_letter(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '♀' | '♂' | '⚥' | '☿')
}

/// The text without accents, with ligatures and stroked letters spelt out; case stays.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let repaired = repair(text);
    let text = repaired.as_deref().unwrap_or(text);
    let mut folded = String::with_capacity(text.len());
    // Compatibility decomposition also takes full-width letters and typographic ligatures (`ﬁ`) apart.
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'Æ' => folded.push_str("AE"),
            'œ' => folded.push_str("oe"),
            'Œ' => folded.push_str("OE"),
            'ø' => folded.push('o'),
            'Ø' => folded.push('O'),
            'ł' => folded.push('l'),
            'Ł' => folded.push('L'),
            'đ' | 'ð' => folded.push('d'),
            'Đ' | 'Ð' => folded.push('D'),
            'þ' => folded.push_str("th"),
            'Þ' => folded.push_str("TH"),
            'ħ' => folded.push('h'),
            'Ħ' => folded.push('H'),
            'ı' => folded.push('i'),
            'ŋ' => folded.push('n'),
            'ŧ' => folded.push('t'),
            '’' | '‘' | 'ʼ' => folded.push('\''),
            '‐' | '‑' | '–' | '—' => folded.push('-'),
            other => folded.push(other),
        }
    }
    folded
}

/// The text when its UTF-8 was once read as Latin-1 (`MÃ¢le` for `Mâle`).
fn repair(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â', 'Å']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_fold_to_letters() {
        assert_eq!(key("Hello Bértöçkø").as_deref(), Some("HELLOBERTOCKO"));
        assert_eq!(key("(h6").as_deref(), Some("H"));
        assert_eq!(key("Œuf").as_deref(), Some("OEUF"));
        assert_eq!(key("♀♀").as_deref(), Some("♀♀"));
        assert_eq!(key("Песня, голос").as_deref(), Some("ПЕСНЯГОЛОС"));
        assert_eq!(key("MÃ¢le").as_deref(), Some("MALE"));
        assert_eq!(key("Âge").as_deref(), Some("AGE"));
        assert_eq!(key("n/A"), None);
        assert_eq!(key("NA").as_deref(), Some("NA"));
        assert_eq!(key(" - "), None);
        assert_eq!(key_with_digits("(h6").as_deref(), Some("H6"));
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in "\\PC{0,40}") {
            if let Some(once) = key(&text) {
                prop_assert_eq!(key(&once).unwrap_or_default(), once);
            }
        }
    }
}
