//! A table from the hash of a key to rows: twelve bytes a row, whatever the key.

use std::hash::{BuildHasher, Hasher};

use ahash::RandomState;

use super::NameId;

/// Rows sorted by the hash of their key.
#[derive(Debug, Default)]
pub(super) struct Index {
    hashes: Vec<u64>,
    rows: Vec<u32>,
}

impl Index {
    pub(super) fn of(mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable();
        Self {
            hashes: entries.iter().map(|entry| entry.0).collect(),
            rows: entries.iter().map(|entry| entry.1).collect(),
        }
    }

    /// The rows of a hash that pass `same`, which compares the keys themselves.
    pub(super) fn find(&self, hash: u64, same: impl Fn(NameId) -> bool) -> Vec<NameId> {
        let start = self.hashes.partition_point(|other| *other < hash);
        let hashes = self.hashes.get(start..).unwrap_or(&[]);
        let rows = self.rows.get(start..).unwrap_or(&[]);
        let alike = hashes.iter().zip(rows).take_while(|(other, _)| **other == hash);
        alike.map(|(_, row)| NameId(*row)).filter(|row| same(*row)).collect()
    }
}

/// A hasher with fixed seeds: nothing outside depends on the hashes.
pub(super) fn hasher() -> RandomState {
    RandomState::with_seeds(5, 6, 7, 8)
}

pub(super) fn hash_of(key: &str) -> u64 {
    let mut hasher = hasher().build_hasher();
    hasher.write(key.as_bytes());
    hasher.finish()
}
