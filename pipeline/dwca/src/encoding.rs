//! Character encodings: what is declared, what is there, and what to do when the two differ.
//!
//! Rows are split on bytes and cells decoded one by one, so the usual case (UTF-8) is checked and never copied, a byte
//! offset is an offset into the file, and one badly encoded cell costs neither its row nor its file. Only encodings in
//! which a byte below 128 may be part of another character (UTF-16, Shift JIS, ...) are decoded before rows are split.
//!
//! A declaration is a claim. A cell that is not valid UTF-8 in a file declared UTF-8 is read as windows-1252, which
//! gives every byte a character; a cell of a file declared Latin-1 that is valid UTF-8 beyond ASCII is read as UTF-8,
//! since `Ã©` is what no one writes. Both are counted and warned about. "Latin-1" means windows-1252, as in HTML.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How the cells of a file are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8, and windows-1252 where it is not.
    Utf8,
    /// windows-1252, and UTF-8 where it plainly is.
    Latin,
    /// Another encoding whose first 128 characters are ASCII.
    Single(&'static Encoding),
}

impl Charset {
    /// The text, and whether it took another encoding than the declared one to get it.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match self {
            Self::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => (Cow::Borrowed(text), false),
                Err(_) => (latin(bytes), true),
            },
            Self::Latin => match std::str::from_utf8(bytes) {
                Ok(text) => (Cow::Borrowed(text), !text.is_ascii()),
                Err(_) => (latin(bytes), false),
            },
            Self::Single(encoding) => (encoding.decode_without_bom_handling(bytes).0, false),
        }
    }
}

fn latin(bytes: &[u8]) -> Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// What the first bytes of a file tell of its encoding.
#[derive(Debug)]
pub(crate) struct Found {
    pub charset: Charset,
    /// Decode the whole stream from this first.
    pub transcode: Option<&'static Encoding>,
    /// Bytes of the byte order mark.
    pub mark: usize,
    /// What is there instead of what was declared.
    pub instead: Option<&'static str>,
}

/// The encoding of that name, with the spellings that publishers use.
pub(crate) fn by_name(name: &str) -> Option<&'static Encoding> {
    if let Some(encoding) = Encoding::for_label(name.as_bytes()) {
        return Some(encoding);
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    Some(match plain.as_str() {
        "utf8" | "utf8sig" | "utf8bom" | "unicode11utf8" => UTF_8,
        "utf16" | "utf16le" | "ucs2" | "ucs2le" | "unicode" => UTF_16LE,
        "utf16be" | "ucs2be" => UTF_16BE,
        "latin1" | "iso88591" | "88591" | "ansi" | "cp1252" | "win1252" | "windows1252" | "windowslatin1"
        | "isolatin1" | "ascii" | "usascii" | "ansiascii" => WINDOWS_1252,
        "macroman" | "mac" | "macosroman" | "xmacroman" => MACINTOSH,
        _ => return Encoding::for_label(plain.as_bytes()),
    })
}

/// UTF-16, from its mark or from the zero beside every Latin letter.
pub(crate) fn utf16_of(start: &[u8]) -> Option<&'static Encoding> {
    if start.starts_with(&[0xff, 0xfe]) {
        return Some(UTF_16LE);
    }
    if start.starts_with(&[0xfe, 0xff]) {
        return Some(UTF_16BE);
    }
    let pairs = start.len() / 2;
    if pairs < 2 {
        return None;
    }
    let (mut first, mut second) = (0, 0);
    for pair in start.chunks_exact(2) {
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.get(1) == Some(&0));
    }
    if second * 5 > pairs * 2 && first * 20 < pairs {
        Some(UTF_16LE)
    } else if first * 5 > pairs * 2 && second * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Weighs the declaration against the first bytes.
pub(crate) fn find(declared: &'static Encoding, start: &[u8]) -> Found {
    let is_wide_declared = declared == UTF_16LE || declared == UTF_16BE;
    if let Some(wide) = utf16_of(start) {
        let mark = if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) { 2 } else { 0 };
        let instead = (!is_wide_declared).then(|| wide.name());
        return Found { charset: Charset::Utf8, transcode: Some(wide), mark, instead };
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        let instead = (declared != UTF_8).then_some("UTF-8");
        return Found { charset: Charset::Utf8, transcode: None, mark: 3, instead };
    }
    // A few ideographs have no zero byte at all, yet UTF-16 text with no line end in it would be no table.
    if is_wide_declared && !start.contains(&0) && !start.is_empty() {
        return Found { charset: Charset::Utf8, transcode: None, mark: 0, instead: Some("UTF-8") };
    }
    let plain = |charset| Found { charset, transcode: None, mark: 0, instead: None };
    if declared == UTF_8 {
        plain(Charset::Utf8)
    } else if declared == WINDOWS_1252 {
        plain(Charset::Latin)
    } else if declared.is_single_byte() && declared.is_ascii_compatible() {
        plain(Charset::Single(declared))
    } else {
        Found { charset: Charset::Utf8, transcode: Some(declared), mark: 0, instead: None }
    }
}

/// The encoding of a file that declares none: UTF-8, or the likelier of windows-1252 and Mac Roman.
pub(crate) fn guess(sample: &[u8]) -> &'static Encoding {
    if let Some(wide) = utf16_of(sample) {
        return wide;
    }
    match std::str::from_utf8(sample) {
        Ok(_) => return UTF_8,
        // The sample may end within a character.
        Err(error) if error.error_len().is_none() => return UTF_8,
        Err(_) => {}
    }
    // Accented letters are 80-9F in Mac Roman and C0-FF in windows-1252. Quotes and dashes of windows-1252 are left
    // out of the count, for French text is full of them.
    let (mut mac, mut windows) = (0, 0);
    let letter = |at: Option<usize>| at.and_then(|at| sample.get(at)).is_some_and(u8::is_ascii_alphabetic);
    for (at, &byte) in sample.iter().enumerate() {
        if byte >= 0x80 && (letter(at.checked_sub(1)) || letter(at.checked_add(1))) {
            match byte {
                0x85 | 0x91..=0x94 | 0x96 | 0x97 => {}
                0x80..=0x9f => mac += 1,
                0xc0..=0xff => windows += 1,
                _ => {}
            }
        }
    }
    if mac > windows { MACINTOSH } else { WINDOWS_1252 }
}

/// A document, whole: by its mark, by the encoding its first line declares, else UTF-8 or windows-1252.
pub(crate) fn decode_document<'a>(bytes: &'a [u8], declared: Option<&str>) -> (Cow<'a, str>, bool) {
    if let Some(wide) = utf16_of(bytes.get(..bytes.len().min(256)).unwrap_or_default()) {
        return (wide.decode_with_bom_removal(bytes).0, false);
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match declared.and_then(by_name) {
        Some(encoding) if encoding != UTF_8 && encoding != WINDOWS_1252 && encoding.is_ascii_compatible() => {
            (encoding.decode_without_bom_handling(bytes).0, false)
        }
        Some(encoding) if encoding == WINDOWS_1252 => Charset::Latin.decode(bytes),
        _ => Charset::Utf8.decode(bytes),
    }
}

/// Decodes a stream to UTF-8.
pub(crate) struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// The decoder was told of the end and must not be called again.
    finished: bool,
}

impl<R: Read> Transcoder<R> {
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            input: vec![0; 64 << 10],
            start: 0,
            end: 0,
            ended: false,
            finished: false,
        }
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The decoder wants room for one character.
        if buffer.len() < 4 {
            return if buffer.is_empty() { Ok(0) } else { Err(io::Error::other("buffer under 4 bytes")) };
        }
        while !self.finished {
            if self.start == self.end && !self.ended {
                self.start = 0;
                self.end = self.inner.read(&mut self.input)?;
                self.ended = self.end == 0;
            }
            let input = self.input.get(self.start..self.end).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(input, buffer, self.ended);
            self.start += read;
            self.finished = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_as_publishers_write_them() {
        for (name, encoding) in [
            ("utf-8", UTF_8),
            ("UTF8", UTF_8),
            ("latin-1", WINDOWS_1252),
            ("ISO-8859-1", WINDOWS_1252),
            ("Cp1252", WINDOWS_1252),
            ("windows-1252", WINDOWS_1252),
            ("MacRoman", MACINTOSH),
            ("UTF-16", UTF_16LE),
            ("UTF-16BE", UTF_16BE),
        ] {
            assert_eq!(by_name(name), Some(encoding), "{name}");
        }
        assert_eq!(by_name("EBCDIC"), None);
    }

    #[test]
    fn a_cell_is_decoded_by_what_it_holds() {
        assert_eq!(Charset::Utf8.decode("forêt".as_bytes()), ("forêt".into(), false));
        assert_eq!(Charset::Utf8.decode(b"for\xeat"), ("forêt".into(), true));
        assert_eq!(Charset::Latin.decode(b"for\xeat"), ("forêt".into(), false));
        assert_eq!(Charset::Latin.decode("forêt".as_bytes()), ("forêt".into(), true));
        assert_eq!(Charset::Single(MACINTOSH).decode(b"for\x90t"), ("forêt".into(), false));
    }

    #[test]
    fn wide_text_is_seen_with_and_without_mark() {
        let le: Vec<u8> = "id\tnom\n1\tHêtre\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "id\tnom\n1\tHêtre\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(utf16_of(&le), Some(UTF_16LE));
        assert_eq!(utf16_of(&be), Some(UTF_16BE));
        assert_eq!(utf16_of(b"id\tnom\n"), None);
        let mut text = String::new();
        Transcoder::new(&le[..], UTF_16LE).read_to_string(&mut text).unwrap();
        assert_eq!(text, "id\tnom\n1\tHêtre\n");
    }

    #[test]
    fn undeclared_encodings_are_guessed() {
        assert_eq!(guess("id\tHêtre".as_bytes()), UTF_8);
        assert_eq!(guess(b"l\x92\xe9t\xe9 \xe0 Besan\xe7on"), WINDOWS_1252);
        assert_eq!(guess(b"l'\x8et\x8e, Besan\x8don, for\x90t"), MACINTOSH);
    }
}
