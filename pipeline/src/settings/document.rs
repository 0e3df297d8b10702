//! What is made from the table of keys: the example configuration and the JSON schema.

use openobs_steps::reference::sensitivity::HIGHEST_RANK;
use serde_json::{Map, Value, json};

use super::declared_levels;
use super::keys::{KEYS, Key, Kind};
use super::text::{self, Given};

/// Longest line of a comment.
const WIDTH: usize = 110;

pub(super) fn example() -> String {
    let mut out = String::from(
        "# Every key of the configuration of openobs, with its default or, where it has none, an example.\n\
         # Made from pipeline/src/settings/keys.rs: do not edit.\n\
         #\n\
         # Files are given with --config; later ones win over earlier ones, variables such as OPENOBS_RUN_THREADS over\n\
         # files, and flags over both. Relative paths start at the folder of the file.\n",
    );
    let mut section = "";
    for key in KEYS {
        let (of, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        out.push('\n');
        if of != section {
            out.push_str(&format!("[{of}]\n"));
            section = of;
        }
        for line in wrap(key.doc) {
            out.push_str(&format!("# {line}\n"));
        }
        let without = if key.default.is_none() { " (unset by default)" } else { "" };
        out.push_str(&format!("# Takes {}{without}.\n", key.kind.accepts()));
        out.push_str(&format!("#{name} = {}\n", key.default.unwrap_or(key.example)));
    }
    out
}

fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

pub(super) fn schema() -> String {
    let mut root = section("Configuration of openobs");
    for key in KEYS {
        add(&mut root, key, key.name);
    }
    // A layer of areas may be given by its path alone.
    if let Some(Value::Object(references)) = root.pointer_mut("/properties/references/properties") {
        for layer in references.values_mut().filter(|value| value["type"] == "object") {
            *layer = json!({ "anyOf": [{ "type": "string" }, layer.take()] });
        }
    }
    let mut document = Map::new();
    document.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    if let Value::Object(root) = root {
        document.extend(root);
    }
    format!("{:#}\n", sorted(Value::Object(document)))
}

fn section(description: &str) -> Value {
    json!({ "type": "object", "description": description, "additionalProperties": false, "properties": {} })
}

fn add(parent: &mut Value, key: &Key, rest: &str) {
    let Some(properties) = parent.get_mut("properties").and_then(Value::as_object_mut) else { return };
    match rest.split_once('.') {
        Some((name, rest)) => {
            let described =
                || section(&format!("Section [{}]", key.name.strip_suffix(rest).unwrap_or(name).trim_end_matches('.')));
            add(properties.entry(name).or_insert_with(described), key, rest);
        }
        None => {
            properties.insert(rest.to_owned(), property(key));
        }
    }
}

fn property(key: &Key) -> Value {
    let strings = json!({ "type": "array", "items": { "type": "string" } });
    let mut property = match key.kind {
        Kind::Date | Kind::Text | Kind::Path => json!({ "type": "string" }),
        Kind::Count => json!({ "type": "integer", "minimum": 0 }),
        Kind::Positive => json!({ "type": "integer", "minimum": 1 }),
        Kind::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Kind::ShareLimit => json!({ "anyOf": [
            { "type": "number", "minimum": 0, "maximum": 1 },
            { "type": "string", "pattern": "^(off|[0-9.]+ ?%?)$" },
        ] }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Bytes => json!({ "type": ["string", "integer"] }),
        Kind::Paths | Kind::Names => json!({ "anyOf": [{ "type": "string" }, strings] }),
        Kind::Choice(choices) => json!({ "enum": choices }),
        Kind::Choices(choices) => json!({ "type": "array", "items": { "enum": choices } }),
        Kind::Layers => json!({ "type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["file", "column"],
            "properties": {
                "file": { "type": "string" },
                "column": { "type": "string", "pattern": "^[a-z][A-Za-z0-9]*$" },
                "code": { "anyOf": [{ "type": "string" }, strings] },
                "name": { "anyOf": [{ "type": "string" }, strings] },
            },
        } }),
        Kind::Levels => json!({ "type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["code", "rank", "area"],
            "properties": {
                "code": { "anyOf": [{ "type": "string" }, strings] },
                "rank": { "type": "integer", "minimum": 0, "maximum": HIGHEST_RANK },
                "area": { "enum": declared_levels::AREAS },
                "label": { "type": "string" },
            },
        } }),
        Kind::Archives => json!({ "type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["name", "filter"],
            "properties": {
                "name": { "type": "string" },
                "filter": { "type": "string" },
                "title": { "type": "string" },
                "rows_per_part": { "type": "integer", "minimum": 1 },
            },
        } }),
    };
    property["description"] = json!(key.doc);
    if let Some(default) = key.default.and_then(text::parse_value) {
        property["default"] = given(default);
    }
    property
}

fn given(value: Given) -> Value {
    match value {
        Given::Integer(number) => json!(number),
        Given::Boolean(value) => json!(value),
        Given::Other(text) => serde_json::from_str(&text).unwrap_or_else(|_| json!(text)),
        Given::Raw(text) | Given::Text(text) | Given::Date(text) => json!(text),
        Given::List(values) => values.into_iter().map(|located| given(located.value)).collect(),
        Given::Table(table) => table.into_iter().map(|(key, located)| (key, given(located.value))).collect(),
    }
}

/// Keys in alphabetical order, whether or not another crate of the build asks serde_json to keep theirs.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<(String, Value)> =
                object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        value => value,
    }
}
