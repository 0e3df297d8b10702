//! Texts that are kept once.

use ahash::RandomState;
use arrow::array::StringArray;
use hashbrown::HashMap;

/// Texts that are kept once, by position.
#[derive(Debug)]
pub(super) struct Interned {
    positions: HashMap<Box<str>, u32, RandomState>,
    texts: Vec<Box<str>>,
}

impl Interned {
    /// The empty text is at 0.
    pub(super) fn new() -> Self {
        let mut texts = Self { positions: HashMap::with_hasher(hasher()), texts: Vec::new() };
        texts.intern("");
        texts
    }

    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if let Some(position) = self.positions.get(text) {
            return *position;
        }
        let position = u32::try_from(self.texts.len()).unwrap_or(0);
        self.texts.push(Box::from(text));
        self.positions.insert(Box::from(text), position);
        position
    }

    pub(super) fn finish(&mut self) -> StringArray {
        std::mem::take(&mut self.texts).iter().map(|text| Some(text.as_ref())).collect()
    }
}

/// A hasher with fixed seeds: nothing outside depends on the hashes.
pub(super) fn hasher() -> RandomState {
    RandomState::with_seeds(5, 6, 7, 8)
}
