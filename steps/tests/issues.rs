//! Every issue is raised by some row of a table test, or it is said here why it cannot be.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;

use openobs_steps::Issue;

/// Issues that no step raises, with the reason.
const NOT_RAISED: &[(Issue, &str)] = &[
    (Issue::InterpretationError, "our parsers have no unexpected state: what they cannot read has its own issue"),
    (Issue::AmbiguousInstitution, "needs GRSciColl, a service of GBIF"),
    (Issue::AmbiguousCollection, "needs GRSciColl"),
    (Issue::InstitutionMatchNone, "needs GRSciColl"),
    (Issue::CollectionMatchNone, "needs GRSciColl"),
    (Issue::InstitutionMatchFuzzy, "needs GRSciColl"),
    (Issue::CollectionMatchFuzzy, "needs GRSciColl"),
    (Issue::InstitutionCollectionMismatch, "needs GRSciColl"),
    (Issue::DifferentOwnerInstitution, "needs GRSciColl"),
];

/// The words of the tables that could be names of issues.
fn named() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/steps");
    let mut words = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let is_part = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
        words.extend(text.split(|letter| !is_part(letter)).map(str::to_owned));
    }
    words
}

#[test]
fn every_issue_is_expected_by_some_row() {
    let named = named();
    let missing: Vec<&str> = Issue::ALL
        .iter()
        .filter(|issue| !NOT_RAISED.iter().any(|(known, _)| known == *issue))
        .map(|issue| issue.name())
        .filter(|name| !named.contains(*name))
        .collect();
    assert!(missing.is_empty(), "no row of fixtures/steps expects {missing:#?}");
}

#[test]
fn what_is_said_not_to_be_raised_is_not() {
    let named = named();
    for (issue, reason) in NOT_RAISED {
        assert!(!named.contains(issue.name()), "{} is raised, though {reason}", issue.name());
    }
}
