//! Decisions around taxa and collections.

use serde_json::Value;

use crate::collections::{Entity, Status, not_found};
use crate::table::given::{Answer, Given};
use crate::taxonomy::{Higher, MatchType, identification};
use crate::verbatim::present;

/// What becomes of the answer of a name matcher.
pub fn matching(given: &Given<'_>) -> Result<Answer, String> {
    let term = |name: &str| given.text(&format!("in.{name}")).and_then(present);
    let answer = term("matchType").unwrap_or("NONE");
    let found = MatchType::of_name(answer).ok_or_else(|| format!("nothing answers for match type `{answer}`"))?;
    let higher = Higher {
        kingdom: term("kingdom"),
        phylum: term("phylum"),
        class: term("class"),
        order: term("order"),
        family: term("family"),
        genus: term("genus"),
    };
    let rejected = found == MatchType::Fuzzy && !higher.supports_fuzzy();
    let settled = if rejected { MatchType::None } else { found };
    Ok(Answer::new().with("treatedAsNoMatch", rejected).issues(settled.issue().into_iter().collect()))
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

/// The issue of a look-up of an institution or a collection that found none.
pub fn collection(given: &Given<'_>) -> Result<Answer, String> {
    let entity = given.text_or_empty("in.entity");
    let entity = Entity::of_name(entity).ok_or_else(|| format!("nothing answers for entity `{entity}`"))?;
    let issue = not_found(entity, given.text("in.matchStatus").and_then(Status::of_name));
    Ok(Answer::new().issues([issue].into_iter().collect()))
}
