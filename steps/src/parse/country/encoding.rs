//! Texts whose bytes were read in the wrong encoding: `RÃ©union`, `EspaÃ±a`, `Ta?wan`.

use std::borrow::Cow;

/// What the bytes 80 to 9F stand for in Windows-1252, in their order; those that stand for nothing are the control characters.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text with its letters put right: those whose UTF-8 bytes were read as Windows-1252 or Latin-1; of those that were lost,
/// the mark that stands for them within a word is taken away.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    let text = read_again(text).map_or(Cow::Borrowed(text), Cow::Owned);
    if !text.contains(LOST) {
        return text;
    }
    let mut repaired = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut last = ' ';
    while let Some(letter) = letters.next() {
        let within = last.is_alphabetic() && letters.peek().is_some_and(|next| next.is_lowercase());
        if !(LOST.contains(&letter) && within) {
            repaired.push(letter);
        }
        last = letter;
    }
    Cow::Owned(repaired)
}

/// Marks that stand for lost letters.
const LOST: [char; 3] = ['?', '\u{fffd}', '¢'];

fn read_again(text: &str) -> Option<String> {
    // The first byte of a letter of two or three bytes.
    if !text.contains(['Ã', 'Â', 'Å', 'Ä', 'â', 'ï']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text
        .chars()
        .map(|letter| match WINDOWS.iter().position(|other| *other == letter) {
            Some(position) => u8::try_from(position + 0x80).ok(),
            None => u8::try_from(u32::from(letter)).ok(),
        })
        .collect();
    String::from_utf8(bytes?).ok()
}
