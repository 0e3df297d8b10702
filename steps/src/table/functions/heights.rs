//! Elevations, depths and metres.

use serde_json::Value;

use crate::IssueSet;
use crate::parse::measure::{self, Quantity};
use crate::table::given::{Answer, Given};

/// A range of elevation or depth with an optional precision.
pub fn range(given: &Given<'_>) -> Result<Answer, String> {
    let is_depth = given.states("in.minimumDepthInMeters") || given.states("in.maximumDepthInMeters");
    let (quantity, name) = if is_depth { (Quantity::Depth, "Depth") } else { (Quantity::Elevation, "Elevation") };
    let mut issues = IssueSet::new();
    let found = measure::span(
        quantity,
        given.text(&format!("in.minimum{name}InMeters")),
        given.text(&format!("in.maximum{name}InMeters")),
        given.text("in.precision"),
        &mut issues,
    );
    let (middle, accuracy) = if is_depth { ("depth", "depthAccuracy") } else { ("elevation", "elevationAccuracy") };
    Ok(Answer::new()
        .status(found.is_some())
        .with(middle, found.map(|span| span.middle))
        .with(accuracy, found.and_then(|span| span.accuracy).map_or(Value::Null, Value::from))
        .issues(issues))
}

/// One length.
pub fn metres(given: &Given<'_>) -> Result<Answer, String> {
    let found = given.text("in.meters").and_then(measure::metres);
    Ok(Answer::entry("meters", found.map(|length| length.metres)))
}
