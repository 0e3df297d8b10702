//! The decision on presence: what is given as status, against what is counted.

use crate::{Issue, IssueSet};

/// What `occurrenceStatus` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// No value.
    Nothing,
    /// A word for presence.
    Present,
    /// A word for absence.
    Absent,
    /// A text that is neither.
    Rubbish,
}

/// `PRESENT` or `ABSENT`, and what was found on the way.
///
/// A count of zero beside no status means absence, except of a specimen, which is there whatever was counted. A status that
/// was given but not understood may have said so: there the count decides, as in GBIF's table.
///
/// | count | no status | present | absent | rubbish |
/// |---|---|---|---|---|
/// | none | PRESENT | PRESENT | ABSENT | PRESENT, unparsable |
/// | 0 | ABSENT by count, PRESENT by basis of a specimen | PRESENT, conflict | ABSENT | ABSENT by count, unparsable |
/// | > 0 | PRESENT by count | PRESENT | ABSENT, conflict | PRESENT by count, unparsable |
pub fn status(given: Given, count: Option<i32>, is_specimen: bool) -> (&'static str, IssueSet) {
    let mut issues = IssueSet::new();
    issues.raise_if(given == Given::Rubbish, Issue::OccurrenceStatusUnparsable);
    let status = match (given, count) {
        (Given::Present, _) => {
            issues.raise_if(count == Some(0), Issue::IndividualCountConflictsWithOccurrenceStatus);
            "PRESENT"
        }
        (Given::Absent, _) => {
            issues.raise_if(count.is_some_and(|count| count > 0), Issue::IndividualCountConflictsWithOccurrenceStatus);
            "ABSENT"
        }
        (Given::Nothing | Given::Rubbish, None) => "PRESENT",
        (Given::Nothing, Some(0)) if is_specimen => {
            issues.raise(Issue::OccurrenceStatusInferredFromBasisOfRecord);
            "PRESENT"
        }
        (Given::Nothing | Given::Rubbish, Some(count)) => {
            issues.raise(Issue::OccurrenceStatusInferredFromIndividualCount);
            if count == 0 { "ABSENT" } else { "PRESENT" }
        }
    };
    (status, issues)
}
