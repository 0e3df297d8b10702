//! Keys of names: what is left of a name when case, accents, spaces and punctuation are taken away.
//!
//! Dictionaries of names are looked up by such a key, so that `Côte d'Ivoire`, `COTE D IVOIRE` and `cote-divoire` are one
//! name. Letters of all scripts count.

use unicode_normalization::UnicodeNormalization;

/// The letters of a text, without accents, in capitals.
pub fn letters(text: &str) -> String {
    key(text, char::is_alphabetic)
}

/// The letters and digits of a text, without accents, in capitals.
pub fn letters_and_digits(text: &str) -> String {
    key(text, char::is_alphanumeric)
}

fn key(text: &str, keep: impl Fn(char) -> bool) -> String {
    if text.is_ascii() {
        return text.chars().filter(|letter| keep(*letter)).map(|letter| letter.to_ascii_uppercase()).collect();
    }
    let mut key = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| keep(*letter)) {
        match plain(letter) {
            Some(plain) => key.push_str(plain),
            None => key.extend(letter.to_uppercase()),
        }
    }
    key
}

/// Latin letters that do not decompose.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ø' | 'Ø' => "O",
        'æ' | 'Æ' => "AE",
        'œ' | 'Œ' => "OE",
        'ß' | 'ẞ' => "SS",
        'ı' => "I",
        'đ' | 'Đ' | 'ð' | 'Ð' => "D",
        'ł' | 'Ł' => "L",
        'þ' | 'Þ' => "TH",
        'ħ' | 'Ħ' => "H",
        'ŋ' | 'Ŋ' => "N",
        'ŧ' | 'Ŧ' => "T",
        'ə' | 'Ə' => "E",
        'ʻ' | 'ʼ' | 'ʹ' | 'ʺ' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        assert_eq!(letters("Côte d’Ivoire"), "COTEDIVOIRE");
        assert_eq!(letters(" Farœ, Turkıye! "), "FAROETURKIYE");
        assert_eq!(letters("Россия"), "РОССИЯ");
        assert_eq!(letters("12 ---"), "");
        assert_eq!(letters_and_digits("Lambert-93"), "LAMBERT93");
        assert_eq!(letters_and_digits("WGS 84"), "WGS84");
    }
}
