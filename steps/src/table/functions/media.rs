//! Media objects and the extensions that hold them.

use serde_json::{Map, Value};

use crate::IssueSet;
use crate::multimedia::item::{Extension, FIELDS, Rows};
use crate::parse::media as parse;
use crate::table::given::{Answer, Given};
use crate::table::value;

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

/// The rows of a media extension.
pub fn extension(given: &Given<'_>) -> Result<Answer, String> {
    let extension = match given.text_or_empty("in.extension") {
        "http://rs.tdwg.org/ac/terms/Multimedia" => Extension::Audubon,
        "http://rs.gbif.org/terms/1.0/Image" => Extension::Image,
        "http://rs.gbif.org/terms/1.0/Multimedia" => Extension::Multimedia,
        other => return Err(format!("nothing answers for extension `{other}`")),
    };
    let rows = given.json("in.rows").unwrap_or(Value::Null);
    let rows: Vec<Value> = rows.as_array().into_iter().flatten().map(simple_names).collect();
    let list = value::rows(&rows)?;
    let mut issues = IssueSet::new();
    let formats = given.bench().settings.date_order.into();
    let items = Rows::of(extension, &list, formats).map(|rows| rows.items(0, &mut issues)).unwrap_or_default();
    let named = |name: &'static str| match (name, extension) {
        ("created", Extension::Audubon) => Some("createDate"),
        ("identifier", Extension::Audubon) => Some("accessUri"),
        ("license", Extension::Audubon) => Some("rightsUri"),
        ("rightsHolder", Extension::Audubon) => Some("owner"),
        ("publisher", Extension::Audubon) => Some("providerLiteral"),
        ("description" | "references", Extension::Audubon) => None,
        ("datasetID", _) => Some("datasetId"),
        // GBIF sets the type of an image when it puts the extensions together.
        ("type", Extension::Image) => None,
        (name, _) => Some(name),
    };
    let items = items.iter().map(|item| {
        let fields = FIELDS.iter().zip(item.values());
        let fields = fields.filter_map(|(name, value)| Some((named(name)?.to_owned(), Value::from(value?))));
        Value::Object(fields.collect())
    });
    Ok(Answer::new().with("items", items.collect::<Vec<_>>()).issues(issues))
}

/// A row with the simple names of its terms.
fn simple_names(row: &Value) -> Value {
    let row = row.as_object().into_iter().flatten();
    let simple = |name: &str| name.rsplit(['/', '#', ':']).next().unwrap_or(name).to_owned();
    Value::Object(row.map(|(name, value)| (simple(name), value.clone())).collect::<Map<_, _>>())
}
