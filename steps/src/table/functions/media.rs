//! Media objects.

use crate::parse::media as parse;
use crate::table::given::{Answer, Given};

/// The type and the format of a media object.
pub fn media(given: &Given<'_>) -> Result<Answer, String> {
    let (format, identifier) = (given.text("in.format"), given.text("in.identifier"));
    Ok(match given.text_or_empty("function") {
        "mime_from_format" => Answer::new().with("format", format.and_then(parse::of_format)),
        "mime_from_uri" => Answer::new().with("format", identifier.and_then(parse::of_address)),
        "detect_type" => {
            let found = parse::detect(None, format, identifier);
            // A page is where to read about the object, not the object.
            let (identifier, references) = if found.is_page { (None, identifier) } else { (identifier, None) };
            Answer::new()
                .with("type", found.media_type)
                .with("format", found.format.as_deref())
                .with("identifier", identifier)
                .with("references", references)
        }
        function => return Err(format!("nothing answers for function `{function}`")),
    })
}
