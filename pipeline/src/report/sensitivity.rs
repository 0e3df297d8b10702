//! What a report tells of the rules and decisions that protect records: counts, and the names of accepted rules.
//!
//! Which records they meet is told nowhere: that a decision met one would say that the record exists.

use std::collections::BTreeSet;

use openobs_steps::reference::sensitivity::Effect;
use serde::{Deserialize, Serialize};

use crate::commit::Manifest;
use crate::reference::Loaded;

/// The state of rules and decisions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SensitivityReport {
    /// Rules by state.
    pub rules: RuleCounts,
    /// The rules that cannot be resolved, which the configuration accepts.
    pub accepted_rules: Vec<String>,
    /// Decisions on single records.
    pub decisions: DecisionCounts,
}

/// Rules by state; each is in one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleCounts {
    /// Their CD_NOM is one of the release.
    pub resolved: u64,
    /// Their CD_NOM was withdrawn for another.
    pub replaced: u64,
    /// The list calls them inactive.
    pub inactive: u64,
    /// Accepted: the taxon is not known, and the taxa that bear its name are protected.
    pub accepted_by_name: u64,
    /// Accepted: neither the taxon nor its name is known, and nothing is protected.
    pub accepted_without_effect: u64,
    /// Of all of them, rules whose area is not known: accepted, they apply everywhere.
    pub accepted_everywhere: u64,
}

/// Decisions on single records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionCounts {
    /// In the files.
    pub given: u64,
    /// Of these, those on a record of a dataset that is committed with these references and settings.
    pub met: u64,
}

impl DecisionCounts {
    /// Decisions that are on no record.
    pub fn unmet(self) -> u64 {
        self.given.saturating_sub(self.met)
    }
}

impl SensitivityReport {
    /// The state of the rules and decisions of a run, over all datasets that are committed with them.
    pub fn of(loaded: &Loaded, manifests: &[Manifest], interpretation_sha256: &str) -> Option<Self> {
        let references = &loaded.references;
        if references.sensitivity.is_none() && references.decisions.is_none() {
            return None;
        }
        let mut report = Self::default();
        if let Some(rules) = &references.sensitivity {
            let states = rules.states();
            let accepted = |effect: Effect| states.accepted.iter().filter(|rule| rule.effect == effect).count() as u64;
            report.rules = RuleCounts {
                resolved: states.resolved as u64,
                replaced: states.replaced as u64,
                inactive: states.inactive as u64,
                accepted_by_name: accepted(Effect::CitedName),
                accepted_without_effect: accepted(Effect::Nothing),
                accepted_everywhere: accepted(Effect::Everywhere),
            };
            let names: BTreeSet<&str> = states.accepted.iter().map(|rule| rule.id.as_str()).collect();
            report.accepted_rules = names.into_iter().map(str::to_owned).collect();
        }
        if let Some(decisions) = &references.decisions {
            let current = manifests.iter().filter(|manifest| manifest.interpretation_sha256 == interpretation_sha256);
            let met: BTreeSet<&str> = current.flat_map(|manifest| &manifest.decisions).map(String::as_str).collect();
            let is_met = |id: &&str| met.contains(id);
            report.decisions = DecisionCounts {
                given: decisions.len() as u64,
                met: decisions.iter().map(|decision| decision.id.as_str()).filter(is_met).count() as u64,
            };
        }
        Some(report)
    }
}
