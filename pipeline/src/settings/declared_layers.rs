//! `[[layer]]`: further layers of areas, each with a column of its own.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use openobs_steps::References;

use super::error::nearest;
use super::keys::Kind;
use super::text::{self, Given, Table};
use super::value::{Refused, Value};
use super::{AreaLayer, LayerDeclaration, PropertyNames};
use crate::occurrence::interpreted_fields;
use crate::outputs::index;
use crate::protect::{DATA_GENERALIZATIONS, INFORMATION_WITHHELD, LOCATION_PRECISION};

const KEYS: &[&str] = &["file", "column", "code", "name"];
/// Properties with the code and the name of an area, where a declaration does not say.
const CODES: &[&str] = &["code", "CODE", "id", "ID", "cd_sig", "CD_SIG", "mrgid", "MRGID"];
const NAMES: &[&str] = &["nom", "name", "NOM", "NAME", "nom_officiel"];
/// Longer names are a mistake.
const LONGEST_NAME: usize = 60;

/// Names, in small letters, that columns and fields of documents have already.
static TAKEN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let settings = openobs_steps::Settings::new(jiff::civil::date(2000, 1, 1));
    let columns = interpreted_fields(&openobs_steps::all(&References::default(), &settings));
    let columns = columns.iter().map(|field| field.name().to_lowercase());
    let made = [DATA_GENERALIZATIONS, INFORMATION_WITHHELD, LOCATION_PRECISION];
    columns.chain(index::names().chain(made).map(str::to_lowercase)).collect()
});

/// The layers that are declared.
pub(super) fn layers(given: &Given, folder: Option<&Path>) -> Result<Vec<LayerDeclaration>, Refused> {
    let refuse = |message: String| Refused { message, remedy: format!("give {}", Kind::Layers.accepts()), line: None };
    let parsed = match given {
        Given::Raw(text) => text::parse_value(text),
        _ => None,
    };
    let Given::List(tables) = parsed.as_ref().unwrap_or(given) else {
        return Err(refuse(format!("is {}", given.show())));
    };
    let mut layers: Vec<LayerDeclaration> = Vec::with_capacity(tables.len());
    for (position, table) in tables.iter().enumerate() {
        let Given::Table(table) = &table.value else {
            return Err(refuse(format!("holds {}", table.value.show())));
        };
        let layer = layer(table, position + 1, folder)?;
        if layers.iter().any(|other| other.column.eq_ignore_ascii_case(&layer.column)) {
            let message = format!("declares the column `{}` twice", layer.column);
            return Err(Refused { message, remedy: "give each layer a column of its own".to_owned(), line: None });
        }
        layers.push(layer);
    }
    Ok(layers)
}

fn layer(table: &Table, position: usize, folder: Option<&Path>) -> Result<LayerDeclaration, Refused> {
    if let Some((key, _)) = table.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
        let known = || format!("known are `{}`", KEYS.join("`, `"));
        let remedy = nearest(key, KEYS.iter().copied()).unwrap_or_else(known);
        return Err(Refused {
            message: format!("has the unknown key `{key}` in layer {position}"),
            remedy,
            line: None,
        });
    }
    let value = |name: &str, kind: Kind| -> Result<Option<Value>, Refused> {
        let Some((_, given)) = table.iter().find(|(key, _)| key == name) else { return Ok(None) };
        let place = |refused: Refused| Refused {
            message: format!("has a `{name}` in layer {position} that {}", refused.message),
            ..refused
        };
        kind.value(&given.value, folder).map(Some).map_err(place)
    };
    let lacks = |name: &str| Refused {
        message: format!("has no `{name}` in layer {position}"),
        remedy: format!("give a `{name}`"),
        line: None,
    };
    let names = |name: &str, default: &[&str]| -> Result<PropertyNames, Refused> {
        Ok(match value(name, Kind::Names)? {
            Some(Value::Names(names)) => PropertyNames(names),
            _ => PropertyNames(default.iter().map(|name| (*name).to_owned()).collect()),
        })
    };
    let Some(Value::Path(path)) = value("file", Kind::Path)? else { return Err(lacks("file")) };
    let Some(Value::Text(column)) = value("column", Kind::Text)? else { return Err(lacks("column")) };
    let is_name = column.starts_with(|letter: char| letter.is_ascii_lowercase())
        && column.chars().all(|letter| letter.is_ascii_alphanumeric())
        && column.len() <= LONGEST_NAME;
    if !is_name {
        let message = format!("has the column `{column}` in layer {position}");
        return Err(Refused {
            message,
            remedy: "use letters and digits, a small letter first: `protectedAreas`".to_owned(),
            line: None,
        });
    }
    if TAKEN.contains(&column.to_lowercase()) {
        let message = format!("has the column `{column}` in layer {position}, which is one of the program");
        return Err(Refused { message, remedy: "give the column another name".to_owned(), line: None });
    }
    Ok(LayerDeclaration { column, areas: AreaLayer { path, code: names("code", CODES)?, name: names("name", NAMES)? } })
}
