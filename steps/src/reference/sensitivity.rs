//! The sensitivity referential: which taxa are sensitive, where, when, for how long and in which biological state.
//!
//! The national list and the regional ones are flattened to one row for each taxon, department and condition. A rule counts
//! for its taxon and everything below, through synonyms on both sides: its CD_NOM is carried to today's CD_REF when the rules
//! are built, and a record is looked up by its CD_REF and those of its ancestors. A rule whose taxon cannot be found any more
//! would be a rule that protects nothing, and one whose area no record is attached to would protect everything: both are
//! returned to the engine, which stops the run unless someone accepted them.

mod accepted;
mod build;
mod decision;
mod level;
mod reason;
mod rule;

pub use accepted::{AcceptedRule, Effect, RuleStates};
pub use build::{RuleError, RuleTable, SensitivityBuilder, Unresolvable, UnresolvedRule};
pub use decision::{Decision, DecisionError, DecisionTable, Decisions, DecisionsBuilder, OfRecords};
pub use level::{AreaKind, HIGHEST_RANK, Level, Levels, LevelsError};
pub use rule::{Circumstances, Condition, Departments, MonthDay, Period, Place, Rule};

use hashbrown::HashMap;

use crate::parse::taxon_name::Reading;
use crate::reference::taxref::{NameId, Taxref};

/// All rules of the referential, resolved against TAXREF.
#[derive(Debug, Default)]
pub struct SensitivityRules {
    label: String,
    states: RuleStates,
    rules: Vec<Rule>,
    by_cd_ref: HashMap<i32, Vec<u32>, ahash::RandomState>,
    /// Canonical keys of the sensitive taxa, what is below them and their synonyms, in order, with the CD_REF.
    names: Vec<(String, i32)>,
}

/// What the rules say of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// The highest level of the rules that apply; 0 when none does.
    pub level: u8,
    /// Whether someone should look: a rule has a condition in words, or the record is silent where the rule asks.
    pub alert: bool,
    /// The rules that apply, highest level first.
    pub rules: Vec<&'a Rule>,
}

impl SensitivityRules {
    /// Name of the referential, for `sensitivityReferential`.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How many rules are in which state.
    pub fn states(&self) -> &RuleStates {
        &self.states
    }

    /// All rules, in the order of the files.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules on a taxon or on one of its ancestors.
    pub fn on(&self, taxon_keys: impl Iterator<Item = i32>) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = taxon_keys
            .filter_map(|key| self.by_cd_ref.get(&key))
            .flatten()
            .filter_map(|position| self.rules.get(*position as usize))
            .collect();
        rules.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.id.cmp(&b.id)));
        rules
    }

    /// CD_REF of the sensitive taxa that bear a name; authors may follow it.
    pub fn named(&self, name: &str) -> Vec<i32> {
        let mut taxa: Vec<i32> = prefixes(name)
            .iter()
            .flat_map(|key| {
                let start = self.names.partition_point(|(name, _)| name < key);
                self.names.get(start..).unwrap_or(&[]).iter().take_while(move |(name, _)| name == key)
            })
            .map(|(_, cd_ref)| *cd_ref)
            .collect();
        taxa.dedup();
        taxa
    }

    /// The longest start of a name that is the key of a sensitive taxon's name.
    pub fn sensitive_key(&self, name: &str) -> Option<String> {
        let is_sensitive = |key: &String| self.names.binary_search_by(|(name, _)| name.cmp(key)).is_ok();
        prefixes(name).into_iter().find(is_sensitive)
    }

    /// Whether a name that TAXREF does not have is that of a sensitive taxon, or a letter or two away from it.
    pub fn is_close_to_sensitive(&self, name: &str) -> bool {
        prefixes(name).iter().any(|key| {
            let bound = if key.len() < 10 { 1 } else { 2 };
            let first = key.chars().next();
            let start = self.names.partition_point(|(name, _)| name.chars().next() < first);
            let alike =
                self.names.get(start..).unwrap_or(&[]).iter().take_while(|(name, _)| name.chars().next() == first);
            alike
                .filter(|(name, _)| name.len().abs_diff(key.len()) <= 4 * bound)
                .any(|(name, _)| strsim::osa_distance(name, key) <= bound)
        })
    }

    fn index(&mut self, taxref: &Taxref) {
        let mut names: Vec<(String, i32)> = Vec::new();
        for (position, rule) in (0_u32..).zip(&self.rules) {
            let rules = self.by_cd_ref.entry(rule.cd_ref).or_default();
            if rules.is_empty()
                && let Some(taxon) = taxref.by_cd_nom(rule.cd_ref).map(|id: NameId| taxref.name(id))
            {
                let below = taxon.descendants();
                let all = below.iter().flat_map(|taxon| taxon.names());
                let keys = all.map(|name| (Reading::of(name.canonical()).key, name.cd_ref()));
                names.extend(keys.filter(|(key, _)| key.contains(' ')));
            }
            rules.push(position);
        }
        names.sort_unstable();
        names.dedup();
        self.names = names;
    }
}

/// The keys that a name may stand for: its first three words and its first two, since authors may follow.
fn prefixes(name: &str) -> Vec<String> {
    let reading = Reading::of(name);
    let words: Vec<&str> = reading.words().collect();
    (2..=words.len().min(3)).rev().filter_map(|n| words.get(..n)).map(|words| words.join(" ")).collect()
}

/// Judges a record by the rules on its taxon.
///
/// Every condition of a rule must hold; where the record does not say, it holds (sensitivity fails closed). Where rules of
/// the highest level apply both with and without a doubt, the one without settles it and there is no alert.
pub fn judge<'a>(rules: &[&'a Rule], circumstances: &Circumstances<'_>) -> Verdict<'a> {
    let mut verdict = Verdict { alert: true, ..Verdict::default() };
    for rule in rules {
        let Some(alert) = rule.applies(circumstances) else { continue };
        if verdict.rules.is_empty() {
            verdict.level = rule.level;
        }
        if rule.level == verdict.level {
            verdict.alert &= alert;
        }
        verdict.rules.push(*rule);
    }
    verdict.alert &= !verdict.rules.is_empty();
    verdict
}

#[cfg(test)]
pub(crate) use level::tests::meshes;

#[cfg(test)]
pub(crate) mod tests;
