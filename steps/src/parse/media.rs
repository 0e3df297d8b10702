//! Media: their format (MIME type, RFC 6838) and their type (DCMI).
//!
//! The formats are in `vocabulary/media_format.tsv`: registered types, other names in use, and file extensions.

use std::collections::HashMap;
use std::sync::LazyLock;

use ahash::RandomState;

use super::vocabulary::{self, MEDIA_TYPE};

/// The format of a web page: its address refers to a medium but is none.
pub const PAGE: &str = "text/html";

#[derive(Debug, Default)]
struct Formats {
    names: HashMap<&'static str, &'static str, RandomState>,
    extensions: HashMap<&'static str, &'static str, RandomState>,
    scripts: Vec<(&'static str, &'static str)>,
}

static FORMATS: LazyLock<Formats> = LazyLock::new(|| {
    let mut formats = Formats::default();
    for row in vocabulary::rows(include_str!("../vocabulary/media_format.tsv")) {
        let mut cells = row.split('\t');
        let (Some(format), Some(kind), Some(text)) = (cells.next(), cells.next(), cells.next()) else { continue };
        match kind {
            "name" => {
                formats.names.insert(text, format);
            }
            "extension" => {
                formats.extensions.insert(text, format);
            }
            _ => formats.scripts.push((text, format)),
        }
    }
    formats
});

/// The registered MIME type that a declared format names; `None` when it is none (`gif`, `JPG`).
pub fn of_format(format: &str) -> Option<String> {
    let name = format.trim().split(';').next()?.trim().to_ascii_lowercase();
    if let Some(registered) = FORMATS.names.get(name.as_str()) {
        return Some((*registered).to_owned());
    }
    let (group, subtype) = name.split_once('/')?;
    let token = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let known = matches!(
        group,
        "image" | "audio" | "video" | "text" | "application" | "model" | "multipart" | "message" | "font"
    );
    (known && token(subtype)).then_some(name)
}

/// The MIME type of a file extension, in any case.
pub fn of_extension(extension: &str) -> Option<&'static str> {
    // Longer than any extension of the table.
    const LONGEST: usize = 8;
    if extension.len() > LONGEST {
        return None;
    }
    FORMATS.extensions.get(extension.to_ascii_lowercase().as_str()).copied()
}

/// The MIME type to expect at an address: that of the extension of its path, else of a file named in its query, else
/// that of a known script; anything else on the web is taken for a page.
pub fn of_address(address: &str) -> Option<&'static str> {
    let address = address.trim();
    let (place, query) = match address.split_once(['?', '#']) {
        Some((place, query)) => (place, query),
        None => (address, ""),
    };
    let path = place.split_once("://").map_or(place, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let file = path.rsplit('/').next().unwrap_or("");
    let by_path = file.rsplit_once('.').and_then(|(_, extension)| of_extension(extension));
    if let Some(format) = by_path.filter(|format| *format != PAGE) {
        return Some(format);
    }
    // `…/sound_proxy.php?snd=99881321.mp3&raw=1`, `…/image.cgi?NSPM044956P,jpeg`
    let by_query = query
        .split(['&', ';', '/', '='])
        .rev()
        .find_map(|value| of_extension(value.rsplit_once(['.', ','])?.1).filter(|format| *format != PAGE));
    if by_query.is_some() {
        return by_query;
    }
    let lower = file.to_ascii_lowercase();
    let by_script = FORMATS.scripts.iter().find(|(script, _)| *script == lower).map(|(_, format)| *format);
    by_script.or(by_path).or_else(|| address.contains("://").then_some(PAGE))
}

/// The media type of a MIME type.
pub fn type_of_format(format: &str) -> Option<&'static str> {
    match format.split_once('/')?.0 {
        "image" => Some("StillImage"),
        "audio" => Some("Sound"),
        "video" => Some("MovingImage"),
        _ => None,
    }
}

/// The media type that a text names.
pub fn media_type(text: &str) -> Option<&'static str> {
    MEDIA_TYPE.name(text).or_else(|| type_of_format(&of_format(text)?))
}

/// A medium whose format and type were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// MIME type.
    pub format: Option<String>,
    /// DCMI type.
    pub media_type: Option<&'static str>,
    /// The address is that of a page about the medium.
    pub is_page: bool,
}

/// Finds format and type from what is declared and from the address.
///
/// A declared format decides, then the address; the type follows from the format, and is the declared one when the format
/// says nothing. An address that looks like a page is a page unless the publisher declares a type: many servers of media
/// have addresses without an extension.
pub fn detect(declared_type: Option<&str>, declared_format: Option<&str>, address: Option<&str>) -> Detected {
    let declared = declared_type.and_then(media_type);
    let format = declared_format.and_then(of_format).or_else(|| {
        let declared_word = declared_format.and_then(|format| of_extension(format.trim_start_matches('.').trim()));
        declared_word.or_else(|| of_address(address?)).map(str::to_owned)
    });
    if format.as_deref() == Some(PAGE) {
        return Detected { format: None, media_type: declared, is_page: declared.is_none() };
    }
    let media_type = format.as_deref().and_then(type_of_format).or(declared);
    Detected { format, media_type, is_page: false }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formats() {
        assert_eq!(of_format("audio/mpeg3").as_deref(), Some("audio/mpeg"));
        assert_eq!(of_format(" image/jp2\t").as_deref(), Some("image/jp2"));
        assert_eq!(of_format("image/jpg").as_deref(), Some("image/jpeg"));
        assert_eq!(of_format("gif"), None);
        assert_eq!(of_address("https://inpn.mnhn.fr/photos/uploads/webtofs/inpn/3/123.JPG"), Some("image/jpeg"));
        assert_eq!(of_address("https://dofbasen.dk/sound_proxy.php?mode=o&snd=99881321.mp3&raw=1"), Some("audio/mpeg"));
        assert_eq!(of_address("http://www.gbif.org/image?id=12"), Some(PAGE));
        assert_eq!(of_address("http://www.gbif.org"), Some(PAGE));
        assert_eq!(of_address("something"), None);
    }

    #[test]
    fn what_is_declared_and_what_the_address_says() {
        let page = detect(None, None, Some("http://www.gbif.org/image?id=12"));
        assert_eq!(page, Detected { is_page: true, ..Detected::default() });
        let declared = detect(Some("StillImage"), None, Some("https://api.example.org/media/12"));
        assert_eq!(declared, Detected { media_type: Some("StillImage"), ..Detected::default() });
        let wrong = detect(Some("StillImage"), Some("video/mp4"), Some("http://example.org/format/large"));
        assert_eq!(wrong.media_type, Some("MovingImage"));
        assert_eq!(detect(None, Some("jpeg"), None).format.as_deref(), Some("image/jpeg"));
    }

    proptest! {
        #[test]
        fn any_address_is_read(text in "\\PC{0,60}") {
            let _ = (of_address(&text), of_format(&text), media_type(&text));
        }
    }
}
