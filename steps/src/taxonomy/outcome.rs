//! The result of matching one record.

use std::sync::Arc;

use crate::reference::taxref::NameId;
use crate::{Issue, IssueSet};

/// How well a record matches, in the words of GBIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchType {
    /// The taxon itself.
    Exact,
    /// A name written a little differently.
    Fuzzy,
    /// A taxon above the one meant.
    HigherRank,
    /// A species where an aggregate was meant, or the reverse.
    Aggregate,
    /// Nothing.
    None,
}

impl MatchType {
    /// The value of `matchType`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "EXACT",
            Self::Fuzzy => "FUZZY",
            Self::HigherRank => "HIGHERRANK",
            Self::Aggregate => "AGGREGATE",
            Self::None => "NONE",
        }
    }

    /// The match type of a name; GBIF's newer name matcher calls a fuzzy one a variant.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "EXACT" => Some(Self::Exact),
            "FUZZY" | "VARIANT" => Some(Self::Fuzzy),
            "HIGHERRANK" => Some(Self::HigherRank),
            "AGGREGATE" => Some(Self::Aggregate),
            "NONE" => Some(Self::None),
            _ => None,
        }
    }

    /// The issue of a record that matches so.
    pub fn issue(self) -> Option<Issue> {
        match self {
            Self::Exact => None,
            Self::Fuzzy => Some(Issue::TaxonMatchFuzzy),
            Self::HigherRank => Some(Issue::TaxonMatchHigherrank),
            Self::Aggregate => Some(Issue::TaxonMatchAggregate),
            Self::None => Some(Issue::TaxonMatchNone),
        }
    }
}

/// An outcome, and whether it cost no more than a look-up.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) outcome: Outcome,
    pub(super) at_once: bool,
}

/// The name found for a record and how it was found.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) name: Option<NameId>,
    pub(super) match_type: MatchType,
    pub(super) confidence: Option<i32>,
    pub(super) method: Option<&'static str>,
    pub(super) qualifier: Option<&'static str>,
    /// CD_REF of the homonyms that could not be told apart.
    pub(super) candidates: Option<Arc<[i32]>>,
    pub(super) issues: IssueSet,
}

impl Outcome {
    pub(super) fn found(name: NameId, match_type: MatchType, confidence: i32, method: &'static str) -> Self {
        Self {
            name: Some(name),
            match_type,
            confidence: Some(confidence),
            method: Some(method),
            qualifier: None,
            candidates: None,
            issues: match_type.issue().into_iter().collect(),
        }
    }

    pub(super) fn none() -> Self {
        Self {
            name: None,
            match_type: MatchType::None,
            confidence: None,
            method: None,
            qualifier: None,
            candidates: None,
            issues: IssueSet::from_iter([Issue::TaxonMatchNone]),
        }
    }

    pub(super) fn homonym(mut candidates: Vec<i32>) -> Self {
        candidates.sort_unstable();
        candidates.dedup();
        let mut outcome = Self { candidates: Some(candidates.into()), ..Self::none() };
        outcome.issues.raise(Issue::TaxrefHomonym);
        outcome
    }

    pub(super) fn with_issues(mut self, issues: IssueSet) -> Self {
        self.issues.extend(issues);
        self
    }

    pub(super) fn with_qualifier(mut self, qualifier: Option<&'static str>) -> Self {
        self.qualifier = self.qualifier.or(qualifier);
        self
    }
}
