//! The codes that communes had, from the list of communes that Etalab makes of INSEE's official geographic code.
//!
//! `communes.json` of the npm package `@etalab/decoupage-administratif` has, for each commune of today, the codes that were
//! merged into it, and, as entries of their own, delegated and associated communes and the arrondissements of Paris, Lyon and
//! Marseille, whose codes are still met in data. What comes out is a line for each code that is no commune of today, with the
//! commune it is in now. The list has no dates: `from` stays empty.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::error::{Doing, Error, Result};

/// Columns of the table.
pub const COLUMNS: [&str; 4] = ["code", "current_code", "name", "from"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    code: String,
    nom: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    anciens_codes: Vec<String>,
    /// Of a delegated or associated commune, the commune it is part of.
    chef_lieu: Option<String>,
    /// Of an arrondissement, the commune it is part of.
    commune: Option<String>,
}

/// A code that is no commune of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// The code.
    pub code: String,
    /// The commune of today.
    pub current: String,
    /// The name that it had, where the list has it.
    pub name: String,
}

/// What the list says.
#[derive(Debug, PartialEq, Eq)]
pub struct History {
    /// Communes of today.
    pub current: usize,
    /// Codes that are none, in order.
    pub former: Vec<Former>,
    /// Codes whose land is in several communes of today, which no one code can stand for.
    pub split: Vec<String>,
}

/// Reads the list.
///
/// # Errors
/// When it is no such list.
pub fn read(path: &Path) -> Result<History> {
    let bytes = std::fs::read(path).map_err(|error| {
        Error::usage(format!("a reference file cannot be read: {error}")).context("file", path.display())
    })?;
    of_json(&bytes).map_err(|error| error.context("file", path.display()))
}

fn of_json(bytes: &[u8]) -> Result<History> {
    let entries: Vec<Entry> = serde_json::from_slice(bytes).map_err(|error| {
        Error::usage("the file is no list of communes")
            .caused_by(error)
            .remedy("give data/communes.json of @etalab/decoupage-administratif")
    })?;
    let is_current = |entry: &&Entry| entry.kind == "commune-actuelle";
    let current: BTreeMap<&str, &Entry> =
        entries.iter().filter(is_current).map(|entry| (entry.code.as_str(), entry)).collect();
    if current.is_empty() {
        return Err(Error::usage("the list has no commune of today")
            .remedy("give data/communes.json of @etalab/decoupage-administratif"));
    }
    // Names of former communes are those of the delegated and associated ones, which keep the code that they had.
    let parts: BTreeMap<&str, &Entry> =
        entries.iter().filter(|entry| !is_current(entry)).map(|entry| (entry.code.as_str(), entry)).collect();
    let mut former: BTreeMap<String, Former> = BTreeMap::new();
    let mut split: BTreeSet<String> = BTreeSet::new();
    let mut add = |code: &str, now: &str| {
        // A commune that was merged into one that keeps its code is a commune of today under this code.
        if current.contains_key(code) {
            return;
        }
        if former.get(code).is_some_and(|known| known.current != now) {
            split.insert(code.to_owned());
        }
        let name = parts.get(code).map(|entry| entry.nom.clone()).unwrap_or_default();
        former.insert(code.to_owned(), Former { code: code.to_owned(), current: now.to_owned(), name });
    };
    for entry in &entries {
        let parent = entry.chef_lieu.as_deref().or(entry.commune.as_deref());
        if entry.kind == "commune-actuelle" {
            entry.anciens_codes.iter().for_each(|code| add(code, &entry.code));
        } else if let Some(parent) = parent.filter(|parent| current.contains_key(parent)) {
            add(&entry.code, parent);
        }
    }
    former.retain(|code, _| !split.contains(code));
    Ok(History { current: current.len(), former: former.into_values().collect(), split: split.into_iter().collect() })
}

/// Writes the table.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, history: &History) -> Result<()> {
    let doing = || format!("write {}", path.display());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).doing(doing)?;
    for Former { code, current, name } in &history.former {
        writer.write_record([code, current, name, ""]).doing(doing)?;
    }
    crate::commit::write_atomically(path, &writer.into_inner().doing(doing)?)?;
    crate::modes::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"[
        {"code": "01015", "nom": "Arboys en Bugey", "type": "commune-actuelle", "anciensCodes": ["01340"]},
        {"code": "01015", "nom": "Arbignieu", "type": "commune-deleguee", "chefLieu": "01015"},
        {"code": "01340", "nom": "Saint-Bois", "type": "commune-deleguee", "chefLieu": "01015"},
        {"code": "01059", "nom": "Ars", "type": "commune-associee", "chefLieu": "01015"},
        {"code": "75056", "nom": "Paris", "type": "commune-actuelle"},
        {"code": "75101", "nom": "Paris 1er Arrondissement", "type": "arrondissement-municipal", "commune": "75056"}
    ]"#;

    #[test]
    fn each_code_leads_to_the_commune_of_today() {
        let history = of_json(LIST.as_bytes()).unwrap();
        let lines: Vec<_> =
            history.former.iter().map(|one| format!("{},{},{}", one.code, one.current, one.name)).collect();
        assert_eq!(history.current, 2);
        assert_eq!(lines, ["01059,01015,Ars", "01340,01015,Saint-Bois", "75101,75056,Paris 1er Arrondissement"]);
    }

    #[test]
    fn a_code_in_two_communes_stands_for_none() {
        let twice = LIST.replace(
            "\"Paris\", \"type\": \"commune-actuelle\"",
            "\"Paris\", \"type\": \"commune-actuelle\", \"anciensCodes\": [\"01340\"]",
        );
        let history = of_json(twice.as_bytes()).unwrap();
        assert_eq!((history.split, history.former.len()), (vec!["01340".to_owned()], 2));
        assert!(of_json(b"[]").unwrap_err().to_string().starts_with("the list has no commune of today"));
    }
}
