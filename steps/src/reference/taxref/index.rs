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
        let start = self.start(hash);
        let hashes = self.hashes.get(start..).unwrap_or(&[]);
        let rows = self.rows.get(start..).unwrap_or(&[]);
        let alike = hashes.iter().zip(rows).take_while(|(other, _)| **other == hash);
        alike.map(|(_, row)| NameId(*row)).filter(|row| same(*row)).collect()
    }

    /// The first position whose hash is not below one.
    ///
    /// Hashes are spread evenly, so that their share of all numbers tells where they stand, give or take the square root
    /// of how many there are: a search from there touches one or two lines of memory, one through the middle twenty.
    fn start(&self, hash: u64) -> usize {
        let length = self.hashes.len();
        let guess = ((u128::from(hash) * length as u128) >> 64) as usize;
        let is_below = |position: usize| self.hashes.get(position).is_some_and(|other| *other < hash);
        let mut reach = 64;
        let mut low = guess;
        while low > 0 && !is_below(low - 1) {
            low = low.saturating_sub(reach);
            reach *= 2;
        }
        let mut reach = 64;
        let mut high = guess;
        while is_below(high) {
            high = (high + reach).min(length);
            reach *= 2;
        }
        low + self.hashes.get(low..high).unwrap_or(&[]).partition_point(|other| *other < hash)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_is_found_under_its_hash(
            hashes in proptest::collection::vec(prop_oneof![any::<u64>(), 0_u64..5, (u64::MAX - 3)..=u64::MAX], 0..300),
            sought in any::<u64>(),
        ) {
            let index = Index::of(hashes.iter().copied().zip(0..).collect());
            for hash in hashes.iter().copied().chain([sought, 0, u64::MAX]) {
                let rows: Vec<u32> = index.find(hash, |_| true).into_iter().map(|id| id.0).collect();
                let expected: Vec<u32> = (0..).zip(&hashes).filter(|(_, other)| **other == hash).map(|(row, _)| row).collect();
                prop_assert_eq!(rows, expected);
            }
        }
    }
}
