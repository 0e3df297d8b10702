//! Rules that may stay unresolved because someone accepted it, and how many rules are in which state.

use crate::parse::taxon_name::Reading;
use crate::reference::taxref::Taxref;

use super::{Rule, prefixes};

/// How many rules are in which state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleStates {
    /// Rules whose CD_NOM is one of the release.
    pub resolved: usize,
    /// Rules whose CD_NOM was withdrawn for another.
    pub replaced: usize,
    /// Rows that the list itself calls inactive.
    pub inactive: usize,
    /// Rules that could not be resolved, which is accepted.
    pub accepted: Vec<AcceptedRule>,
}

/// A rule that could not be resolved, which is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRule {
    /// The rule's identifier.
    pub id: String,
    /// The file and the line it stands on: `sensitivity.csv:28`.
    pub place: String,
    /// What it protects all the same.
    pub effect: Effect,
}

impl AcceptedRule {
    pub(super) fn new(rule: &Rule, effect: Effect) -> Self {
        Self { id: rule.id.clone(), place: place_of(rule), effect }
    }
}

/// The file and the line of a rule.
pub(super) fn place_of(rule: &Rule) -> String {
    format!("{}:{}", rule.source, rule.line)
}

/// What an unresolved rule protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Its area is not known: its taxon everywhere.
    Everywhere,
    /// Its taxon is not known: the taxa that bear its cited name.
    CitedName,
    /// Nothing: neither its taxon nor its name is known.
    Nothing,
}

/// CD_REF of the taxa that bear a cited name, whole or without its authors.
pub(super) fn taxa_of_name(taxref: &Taxref, cited: &str) -> Vec<i32> {
    let full = || taxref.by_full_name(cited);
    let keys = std::iter::once(Reading::of(cited).key).chain(prefixes(cited));
    let found = std::iter::once_with(full).chain(keys.map(|key| taxref.by_canonical_key(&key)));
    let names = found.into_iter().find(|names| !names.is_empty()).unwrap_or_default();
    let mut taxa: Vec<i32> = names.into_iter().map(|id| taxref.name(id).cd_ref()).collect();
    taxa.sort_unstable();
    taxa.dedup();
    taxa
}
