//! Choosing between the names that share a canonical form, or saying that there is no choice.

use super::outcome::{MatchType, Outcome};
use super::query::Higher;
use crate::parse::taxon_author::{Agreement, Authorship};
use crate::parse::taxon_name::{Reading, fold_letters};
use crate::reference::taxref::{Name, Rank, SharedColumn};

/// What narrows the choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub(super) authorship: Option<&'a str>,
    pub(super) rank: Option<Rank>,
    pub(super) aggregate: bool,
    pub(super) higher: Higher<'a>,
}

/// The match among candidates; `None` when none of them can be meant.
///
/// Several names of one accepted name are no homonyms: the accepted name is taken. Names of several taxa that nothing
/// tells apart are never chosen from.
pub(super) fn choose<'a>(candidates: impl Iterator<Item = Name<'a>>, evidence: Evidence<'_>) -> Option<Outcome> {
    let mut names: Vec<Name<'a>> = candidates.filter(|name| !kingdoms_clash(*name, evidence.higher.kingdom)).collect();
    if names.is_empty() {
        return None;
    }
    let is_aggregate = |name: &Name<'_>| name.rank() == Some(Rank::AGGREGATE);
    let wants_aggregate = evidence.aggregate || evidence.rank == Some(Rank::AGGREGATE);
    keep_some(&mut names, |name| is_aggregate(name) == wants_aggregate);
    let mut confidence = 95;
    let mut method = "canonicalName";
    if let Some(given) = evidence.authorship.map(Authorship::of).filter(|given| !given.is_empty()) {
        let agreement = |name: &Name<'_>| given.agreement(&Authorship::of(name.author()));
        match names.iter().filter_map(agreement).max() {
            Some(best) => {
                names.retain(|name| agreement(name) == Some(best));
                method = "nameAndAuthor";
                confidence = match best {
                    Agreement::Same => 99,
                    Agreement::Brackets => 98,
                    Agreement::Loose => 97,
                };
            }
            None => confidence = 90,
        }
    } else {
        // `auct. non L.` is a name in the sense of those who misapplied it: without authors the name itself is meant.
        keep_some(&mut names, |name| !name.author().starts_with("auct"));
    }
    if let Some(rank) = evidence.rank {
        keep_some(&mut names, |name| name.rank().is_some_and(|its| its.is_like(rank)));
    }
    if taxa(&names) > 1 {
        narrow(&mut names, evidence.higher);
        confidence = confidence.min(92);
    }
    let first = *names.first()?;
    if taxa(&names) > 1 {
        return Some(Outcome::homonym(names.iter().map(|name| name.cd_ref()).collect()));
    }
    let (name, confidence) = match names.len() {
        1 => (first, confidence),
        _ => (first.accepted(), confidence.min(if method == "canonicalName" { 93 } else { 98 })),
    };
    let match_type = if is_aggregate(&name) == wants_aggregate { MatchType::Exact } else { MatchType::Aggregate };
    Some(Outcome::found(name.id(), match_type, confidence, method))
}

/// Keeps those that pass when some do, else all.
fn keep_some(names: &mut Vec<Name<'_>>, pass: impl Fn(&Name<'_>) -> bool) {
    if names.iter().any(&pass) {
        names.retain(pass);
    }
}

fn taxa(names: &[Name<'_>]) -> usize {
    let mut accepted: Vec<i32> = names.iter().map(|name| name.cd_ref()).collect();
    accepted.sort_unstable();
    accepted.dedup();
    accepted.len()
}

/// Keeps the names whose ancestors bear the names given, the lowest rank first.
///
/// A name counts wherever it stands among the ancestors: what one classification calls a class is a clade in another.
fn narrow(names: &mut Vec<Name<'_>>, higher: Higher<'_>) {
    for (rank, given) in higher.lowest_first() {
        let key = Reading::of(given).key;
        if rank == Rank::KINGDOM {
            let kingdom = kingdom_of(given);
            keep_some(names, |name| {
                kingdom.is_some() && name.shared(SharedColumn::Kingdom).and_then(kingdom_of) == kingdom
            });
        }
        keep_some(names, |name| name.lineage().iter().any(|above| Reading::of(above.canonical()).key == key));
    }
}

/// A kingdom that a name cannot leave without being another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kingdom {
    Animals,
    Plants,
    Fungi,
    Bacteria,
    Archaea,
}

/// The kingdoms of algae and of single-celled beings are left out: classifications disagree on them.
fn kingdom_of(text: &str) -> Option<Kingdom> {
    match fold_letters(text).as_str() {
        "animalia" | "metazoa" | "animal" | "animals" | "animaux" | "animale" => Some(Kingdom::Animals),
        "plantae" | "plant" | "plants" | "plantes" | "vegetal" | "vegetale" | "vegetaux" | "viridiplantae" => {
            Some(Kingdom::Plants)
        }
        "fungi" | "fungus" | "mycota" | "champignon" | "champignons" | "fonge" => Some(Kingdom::Fungi),
        "bacteria" | "bacteries" | "eubacteria" => Some(Kingdom::Bacteria),
        "archaea" | "archees" => Some(Kingdom::Archaea),
        _ => None,
    }
}

/// Whether a name is of another kingdom than the one given.
pub(super) fn kingdoms_clash(name: Name<'_>, given: Option<&str>) -> bool {
    let Some(given) = given.and_then(kingdom_of) else { return false };
    let own = match name.shared(SharedColumn::Kingdom) {
        Some(kingdom) => kingdom_of(kingdom),
        None => name.ancestor(Rank::KINGDOM).and_then(|kingdom| kingdom_of(kingdom.canonical())),
    };
    own.is_some_and(|own| own != given)
}
