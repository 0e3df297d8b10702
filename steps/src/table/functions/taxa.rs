//! Decisions around taxa.

use serde_json::Value;

use crate::table::given::{Answer, Given};
use crate::taxonomy::{Higher, identification};

/// A decision about a name match, or the issues of a record.
pub fn matching(given: &Given<'_>) -> Result<Answer, String> {
    let term = |name: &str| given.text(&format!("in.{name}")).filter(|text| !text.trim().is_empty());
    let higher = Higher { family: term("family"), genus: term("genus"), ..Higher::default() };
    let is_fuzzy = matches!(term("matchType"), Some("VARIANT" | "FUZZY"));
    let step = given.step("taxonomy")?;
    let record = given.record(
        step.as_ref(),
        &[("scientificName", term("scientificName")), ("genus", term("genus")), ("family", term("family"))],
    )?;
    Ok(Answer::new().with("treatedAsNoMatch", is_fuzzy && !higher.supports_fuzzy()).issues_of(&record))
}

/// The record from which the terms of an identification are read.
pub fn identification_extension(given: &Given<'_>) -> Result<Answer, String> {
    let core = given.json("in.core").unwrap_or(Value::Null);
    let rows = given.json("in.identifications").unwrap_or(Value::Null);
    let rows: Vec<&Value> = rows.as_array().into_iter().flatten().collect();
    if core.as_object().is_some_and(|core| !core.is_empty()) {
        return Ok(Answer::new().with("identificationTerms", core));
    }
    let dates = rows.iter().map(|row| row.get("dateIdentified").and_then(Value::as_str));
    let chosen = identification::chosen(dates).and_then(|position| rows.get(position).copied().cloned());
    let empty = Value::Object(serde_json::Map::new());
    Ok(Answer::new().with("identificationTerms", chosen.unwrap_or(empty)))
}
