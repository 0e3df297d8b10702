//! Pairs of keys and values: JSON objects and `key=value; key=value`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// Longer keys are sentences.
const LONGEST_KEY: usize = 64;

/// The members of a JSON object in its order; a key that comes again is there again, where a map would keep the last.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonObject(pub(crate) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = JsonObject;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonObject, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(JsonObject(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The pairs of a text, in its order (those of JSON in the order of keys, a key that comes again again); none when it is free text.
///
/// - A JSON object gives its keys; a value that is itself an object or list stays JSON, a null is left out.
/// - Other text is cut at `;`, `|` and line ends, and at `,` too when it is in braces or every part then is a pair; not
///   inside quotes. A part with `=` or `:` after a word or a few is a pair; other parts are left aside.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let text = text.trim();
    if text.starts_with('{')
        && let Ok(JsonObject(mut members)) = serde_json::from_str(text)
    {
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        let pairs = members.into_iter().filter_map(|(key, value)| {
            let value = match value {
                Value::Null => return None,
                Value::String(text) => text.trim().to_owned(),
                value => value.to_string(),
            };
            (!value.is_empty()).then(|| (key.trim().to_owned(), value))
        });
        return pairs.collect();
    }
    let parts = match text.strip_prefix('{') {
        // An object that is no JSON: a wrong sign in it, or cut off.
        Some(inside) => cut(inside.strip_suffix('}').unwrap_or(inside), &[';', '|', '\n', ',']),
        None => {
            let parts = cut(text, &[';', '|', '\n']);
            let finer = cut(text, &[';', '|', '\n', ',']);
            // A comma inside a sentence is no separator.
            if finer.len() > parts.len() && finer.iter().all(|part| part.contains('=')) { finer } else { parts }
        }
    };
    parts.into_iter().filter_map(pair).collect()
}

fn pair(part: &str) -> Option<(String, String)> {
    let (key, value) = part.split_once(['=', ':'])?;
    let bare = |text: &str| text.trim().trim_matches(['"', '\'']).trim().to_owned();
    let (key, value) = (bare(key), bare(value));
    let is_key = key.len() <= LONGEST_KEY
        && key.starts_with(char::is_alphabetic)
        && key.split_whitespace().count() <= 4
        && key.chars().all(|letter| letter.is_alphanumeric() || " _-.()/²³°%".contains(letter));
    // `http://…` is an address.
    let is_value =
        !value.is_empty() && !value.starts_with("//") && value != "\\N" && !value.eq_ignore_ascii_case("null");
    (is_key && is_value).then_some((key, value))
}

/// The parts of a text between separators that stand in no quotes.
fn cut<'t>(text: &'t str, separators: &[char]) -> Vec<&'t str> {
    // A text with an odd quote, as for inches, has none that enclose.
    let quotes = text.matches('"').count().is_multiple_of(2);
    let mut parts = Vec::new();
    let (mut start, mut inside) = (0, false);
    for (position, character) in text.char_indices() {
        if character == '"' && quotes {
            inside = !inside;
        } else if !inside && separators.contains(&character) {
            parts.extend(text.get(start..position));
            start = position + character.len_utf8();
        }
    }
    parts.extend(text.get(start..));
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = pairs(text);
        let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn objects_and_lists_of_pairs() {
        check(
            r#"{"diffusionGP":"true","sensiNiveau":2,"x":null,"y":{"z":[1]}}"#,
            &[("diffusionGP", "true"), ("sensiNiveau", "2"), ("y", r#"{"z":[1]}"#)],
        );
        check(r#"{"b":1,"a":2,"b":0}"#, &[("a", "2"), ("b", "1"), ("b", "0")]);
        check("sex=female ; age class=adult ;", &[("sex", "female"), ("age class", "adult")]);
        check("syndrome=PSP", &[("syndrome", "PSP")]);
        check("a=1, b=2", &[("a", "1"), ("b", "2")]);
        check("note=seen, then lost; b=2", &[("note", "seen, then lost"), ("b", "2")]);
        check(r#"{ "massingrams"="20.1", "x"="a;b" }"#, &[("massingrams", "20.1"), ("x", "a;b")]);
        check("{'sexe': 'mâle', 'âge': 'adulte'}", &[("sexe", "mâle"), ("âge", "adulte")]);
        check("total length: 111 mm | weight: 5 g", &[("total length", "111 mm"), ("weight", "5 g")]);
    }

    #[test]
    fn free_text_has_no_pairs() {
        for text in [
            "",
            "{}",
            "mentions juveniles in the field",
            "see https://example.org/x",
            "12:30",
            "[1,2]",
            "a=",
            "=b",
            "this is a long sentence that ends so: nothing",
        ] {
            check(text, &[]);
        }
    }

    proptest! {
        #[test]
        fn keys_and_values_are_never_empty(text in "\\PC{0,60}|[a-z=:;,|\"{} ]{0,40}") {
            for (key, value) in pairs(&text) {
                prop_assert!(!value.is_empty(), "{} {}", key, value);
            }
        }

        #[test]
        fn what_is_written_is_read(values in proptest::collection::btree_map("[a-z][a-zA-Z]{0,8}", "[a-z0-9 ]{0,6}[a-z0-9]", 1..5)) {
            let expected: Vec<(String, String)> = values.iter().map(|(k, v)| (k.clone(), v.trim().to_owned())).collect();
            let text: Vec<String> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let mut found = pairs(&text.join("; "));
            found.sort();
            let expected: Vec<_> = expected.into_iter().filter(|(_, value)| value != "null").collect();
            prop_assert_eq!(&found, &expected);
            let json = serde_json::to_string(&values).unwrap_or_default();
            let mut found = pairs(&json);
            found.sort();
            prop_assert_eq!(found.len(), values.len());
        }
    }
}
