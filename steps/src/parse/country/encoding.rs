//! Texts whose bytes were read in the wrong encoding: `RÃ©union`, `EspaÃ±a`.

/// What the bytes 80 to 9F stand for in Windows-1252, in their order; those that stand for nothing are the control characters.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“',
    '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text whose UTF-8 bytes were read as Windows-1252 or Latin-1, if that is what happened.
pub(super) fn repaired(text: &str) -> Option<String> {
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
    String::from_utf8(bytes?).ok().filter(|repaired| repaired != text)
}
