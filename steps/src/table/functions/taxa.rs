//! Decisions around taxa and collections.

use crate::collections::{Entity, Status, not_found};
use crate::table::given::{Answer, Given};
use crate::taxonomy::{Higher, MatchType};
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

/// The issue of a look-up of an institution or a collection that found none.
pub fn collection(given: &Given<'_>) -> Result<Answer, String> {
    let entity = given.text_or_empty("in.entity");
    let entity = Entity::of_name(entity).ok_or_else(|| format!("nothing answers for entity `{entity}`"))?;
    let issue = not_found(entity, given.text("in.matchStatus").and_then(Status::of_name));
    Ok(Answer::new().issues([issue].into_iter().collect()))
}
