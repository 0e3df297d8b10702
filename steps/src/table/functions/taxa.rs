//! Decisions around taxa.

use crate::table::given::{Answer, Given};
use crate::taxonomy::Higher;

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
