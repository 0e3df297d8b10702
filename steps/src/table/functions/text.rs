//! Numbers, addresses and helpers for text.

use serde_json::{Value, json};

use crate::identifier::digest::sha1;
use crate::parse::date::{DateParts, Token, split_iso_range, split_period, tokens};
use crate::parse::month::month_of_name;
use crate::parse::{
    clean_name, collector_name, dynamic_properties as dynamic, habitat, number as numbers, url as urls, vocabulary,
};
use crate::table::given::{Answer, Given};

type Answered = Result<Answer, String>;

/// A digest of some values.
pub fn hash(given: &Given<'_>) -> Answered {
    let values = given.json("in.values").unwrap_or(Value::Null);
    let values: Vec<&str> = values.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    Ok(Answer::new().with("sha1", sha1(&values)))
}

/// A number.
pub fn number(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.value");
    Ok(match given.text_or_empty("function") {
        "decimal" => Answer::new().with("double", numbers::decimal(text)),
        "integer" => Answer::new().with("integer", numbers::integer(text)),
        function => return Err(format!("nothing answers for function `{function}`")),
    })
}

/// An address, or a list of them.
pub fn url(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.value");
    Ok(match given.text_or_empty("function") {
        "single" => Answer::new().with("url", urls::address(text)),
        "list" => {
            let found = urls::addresses(text);
            Answer::new().with("count", found.len()).with("urls", found)
        }
        function => return Err(format!("nothing answers for function `{function}`")),
    })
}

/// A trait inside free text.
pub fn dynamic_properties(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.dynamicProperties");
    let measured = |found: Option<dynamic::Measurement>| {
        let unit = found.as_ref().and_then(|found| found.unit.clone());
        let property = found.as_ref().map(|found| found.property);
        Answer::new().with("property", property).with("unit", unit).with("value", found.map(|found| found.value))
    };
    Ok(match given.text_or_empty("function") {
        "sex" => Answer::new().with("value", dynamic::sex(text)),
        "lifeStage" => Answer::new().with("value", dynamic::life_stage(text)),
        "length" => measured(dynamic::length::length(text)),
        "mass" => measured(dynamic::mass::mass(text)),
        "tissue" => Answer::new().with("value", dynamic::has_tissue(text)),
        function => return Err(format!("nothing answers for function `{function}`")),
    })
}

/// The names of collectors, as the Living Atlases write them.
pub fn collector_names(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.recordedBy");
    let names = match given.text_or_empty("function") {
        "list" => collector_name::names(text),
        "single" => collector_name::name(text).into_iter().collect(),
        function => return Err(format!("nothing answers for function `{function}`")),
    };
    Ok(Answer::new().with("names", names))
}

/// One of the helpers for text.
pub fn helper(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.value");
    Ok(match given.text_or_empty("function") {
        "month_name" => Answer::new().with("number", month_of_name(text)),
        "date_parts" => {
            let [year, month, day] = ["in.year", "in.month", "in.day"].map(|column| given.text(column));
            let parts = DateParts::read(year, month, day);
            let [year_discarded, month_discarded, day_discarded] = parts.discarded;
            let object = json!({
                "year": parts.year, "month": parts.month, "day": parts.day, "yearDiscarded": year_discarded,
                "monthDiscarded": month_discarded, "dayDiscarded": day_discarded,
            });
            Answer::new().with("object", object)
        }
        "date_tokens" => Answer::new().with("object", date_tokens(text)),
        "split_period" => Answer::new().with("list", Value::from(split_period(text).to_vec())),
        "split_iso_range" => {
            let found = split_iso_range(text).map(|ends| ends.to_vec());
            Answer::new().with("list", found.map_or(Value::Null, Value::from))
        }
        "enum_key" => Answer::new().with(
            "text",
            match given.text("option.allowDigits") {
                Some("true") => vocabulary::key_with_digits(text),
                _ => vocabulary::key(text),
            },
        ),
        "ascii_fold" => Answer::new().with("text", vocabulary::fold(text)),
        "habitat_stem" => Answer::new().with("text", habitat::stem(text)),
        "clean_taxon_name" => Answer::new().with("text", clean_name::clean_taxon_name(text)),
        "clean_author" => Answer::new().with("text", clean_name::clean_author(text)),
        function => return Err(format!("nothing answers for function `{function}`")),
    })
}

/// The first year, the first other number and the first word of a written date.
fn date_tokens(text: &str) -> Value {
    let mut found = serde_json::Map::new();
    for token in tokens(text) {
        let (kind, text) = match token {
            Token::Number(digits) if digits.len() == 4 => ("year4", digits),
            Token::Number(digits) if digits.len() <= 2 => ("number2", digits),
            Token::Word(word) => ("text", word),
            _ => continue,
        };
        found.entry(kind).or_insert_with(|| text.into());
    }
    Value::Object(found)
}
