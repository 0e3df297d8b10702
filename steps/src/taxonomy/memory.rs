//! What was matched is remembered: names repeat from batch to batch, and parsing one costs as much as reading a hundred.

use std::sync::RwLock;

use ahash::RandomState;
use hashbrown::HashMap;

use super::outcome::{Found, Outcome};
use super::query::{Higher, Query};

/// How many matches a shard remembers before it forgets all of them.
const ROOM: usize = 8192;
const SHARDS: usize = 16;

/// Remembered matches. It changes how fast a step is and nothing else.
#[derive(Debug)]
pub(super) struct Memory {
    state: RandomState,
    shards: [RwLock<HashMap<Box<str>, Outcome, RandomState>>; SHARDS],
}

impl Default for Memory {
    fn default() -> Self {
        let state = RandomState::with_seeds(9, 10, 11, 12);
        Self { shards: std::array::from_fn(|_| RwLock::new(HashMap::with_hasher(state.clone()))), state }
    }
}

impl Memory {
    /// The match of a query, found once.
    ///
    /// What is found at once, by an identifier or by a name written as TAXREF has it, is not worth remembering: finding
    /// it again costs as much.
    pub(super) fn get_or(&self, query: &Query<'_>, find: impl FnOnce() -> Found) -> Outcome {
        if !query.may_have_name() {
            return find().outcome;
        }
        let key = key_of(query);
        let Some(shard) = self.shards.get(self.state.hash_one(&key) as usize % SHARDS) else {
            return find().outcome;
        };
        if let Ok(known) = shard.read()
            && let Some(outcome) = known.get(key.as_str())
        {
            return outcome.clone();
        }
        let Found { outcome, at_once } = find();
        if !at_once && let Ok(mut known) = shard.write() {
            if known.len() >= ROOM {
                known.clear();
            }
            known.insert(key.into_boxed_str(), outcome.clone());
        }
        outcome
    }
}

/// All that a match depends on.
fn key_of(query: &Query<'_>) -> String {
    let Higher { kingdom, phylum, class, order, family, genus } = query.higher;
    let mut key = String::with_capacity(128);
    for text in [
        query.taxon_id,
        query.scientific_name_id,
        query.taxon_concept_id,
        query.accepted_name_usage_id,
        query.scientific_name,
        query.authorship,
        query.rank,
        query.verbatim_rank,
        kingdom,
        phylum,
        class,
        order,
        family,
        genus,
        query.specific_epithet,
        query.infraspecific_epithet,
        query.verbatim_identification,
        query.qualifier,
    ] {
        // A text is never empty, and a separator within one is told apart by its doubling.
        match text {
            Some(text) if text.contains('\u{1f}') => key.push_str(&text.replace('\u{1f}', "\u{1f}\u{1f}\u{1e}")),
            Some(text) => key.push_str(text),
            None => {}
        }
        key.push('\u{1f}');
    }
    key
}
