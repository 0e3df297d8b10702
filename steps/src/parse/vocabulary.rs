//! Controlled vocabularies: a word in any language to a concept of a standard.
//!
//! A vocabulary is one text file under `steps/src/vocabulary/`; its README describes the columns, how texts are folded
//! and which label wins. A data team's file in the same format can be laid over it ([`Vocabulary::lay_over`]): its
//! words then win, and concepts stay those of the standard.

mod built_in;
mod fold;
mod overlay;

use std::collections::HashMap;

use ahash::RandomState;

pub use built_in::*;
pub use fold::{fold, is_letter, key, key_with_digits};
pub use overlay::Mistake;

/// One concept of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    /// The value written.
    pub name: &'static str,
    /// Position of the concept above.
    parent: Option<usize>,
}

/// A controlled vocabulary.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    concepts: Vec<Concept>,
    /// Position of each concept by name.
    positions: HashMap<&'static str, usize, RandomState>,
    /// Position of the concept by folded label.
    keys: HashMap<String, usize, RandomState>,
    /// Position of the concept by code, in lower case.
    codes: HashMap<String, usize, RandomState>,
    /// Bytes of the longest code.
    longest_code: usize,
    /// Whether digits count in labels, as they do where they are versions or numbers.
    keeps_digits: bool,
}

/// Kinds of labels, in the order in which they claim a key.
const KINDS: [&str; 5] = ["name", "label", "alternative", "hidden", "code"];

impl Vocabulary {
    /// Reads a table of the program. Rows that are not understood are left out; a test checks that there are none.
    pub fn of_table(table: &'static str) -> Self {
        Self::read_table(table, false)
    }

    /// As [`Self::of_table`], for a vocabulary in whose labels digits count.
    pub fn of_table_with_digits(table: &'static str) -> Self {
        Self::read_table(table, true)
    }

    fn read_table(table: &'static str, keeps_digits: bool) -> Self {
        let rows: Vec<Vec<&'static str>> = rows(table).map(|line| line.split('\t').collect()).collect();
        let cell = |row: &[&'static str], column: usize| row.get(column).copied().unwrap_or("").trim();
        let names = || rows.iter().filter(|row| cell(row, 1) == "name");
        let mut vocabulary = Self::of_concepts(names().map(|row| cell(row, 0)));
        vocabulary.keeps_digits = keeps_digits;
        for row in names() {
            let parent = vocabulary.position(cell(row, 4));
            let concept = vocabulary.position(cell(row, 0));
            if let Some(concept) = concept.and_then(|concept| vocabulary.concepts.get_mut(concept)) {
                concept.parent = parent;
            }
        }
        for kind in KINDS {
            for english in [true, false] {
                for row in rows.iter().filter(|row| cell(row, 1) == kind && (cell(row, 2) == "en") == english) {
                    let Some(concept) = vocabulary.position(cell(row, 0)) else { continue };
                    let label = cell(row, 3);
                    if kind == "code" {
                        vocabulary.longest_code = vocabulary.longest_code.max(label.len());
                        vocabulary.codes.entry(label.to_lowercase()).or_insert(concept);
                    } else if let Some(key) = vocabulary.key(label) {
                        vocabulary.keys.entry(key).or_insert(concept);
                    }
                }
            }
        }
        // What a label says in brackets may be left out, where nothing else claims what is left.
        for row in rows.iter().filter(|row| cell(row, 1) != "code") {
            let outside = cell(row, 3).split_once('(').and_then(|(before, _)| vocabulary.key(before));
            if let (Some(key), Some(concept)) = (outside, vocabulary.position(cell(row, 0))) {
                vocabulary.keys.entry(key).or_insert(concept);
            }
        }
        vocabulary
    }

    /// Concepts that have no labels yet.
    pub fn of_concepts(names: impl IntoIterator<Item = &'static str>) -> Self {
        let mut vocabulary = Self::default();
        for name in names {
            vocabulary.positions.entry(name).or_insert(vocabulary.concepts.len());
            vocabulary.concepts.push(Concept { name, parent: None });
        }
        vocabulary
    }

    /// The concept that a text names as a whole: by its code, by a label, or by both (`2 - Femelle`).
    pub fn find(&self, text: &str) -> Option<&Concept> {
        if self.keys.is_empty() && self.codes.is_empty() {
            return None;
        }
        self.find_code(text).or_else(|| self.find_key(&self.key(text)?)).or_else(|| self.find_coded_label(text))
    }

    /// The concept that a text gives both the code and a label of; none when they disagree.
    pub fn find_coded_label(&self, text: &str) -> Option<&Concept> {
        let (code, label) = text.split_once([':', '-', '–', '='])?;
        let concept = self.find_code(code)?;
        (self.find_key(&self.key(label)?)? == concept).then_some(concept)
    }

    /// The concept that a text gives the code of.
    pub fn find_code(&self, text: &str) -> Option<&Concept> {
        let text = text.trim();
        // Lower case may be shorter in bytes than what it is made from, but never by half.
        if self.codes.is_empty() || text.len() > 2 * self.longest_code {
            return None;
        }
        self.concepts.get(*self.codes.get(&text.to_lowercase())?)
    }

    /// The concept of a text that is folded already.
    pub fn find_key(&self, key: &str) -> Option<&Concept> {
        self.concepts.get(*self.keys.get(key)?)
    }

    /// The name of the concept that a text names as a whole.
    pub fn name(&self, text: &str) -> Option<&'static str> {
        self.find(text).map(|concept| concept.name)
    }

    /// The concepts above one, nearest first.
    pub fn parents(&self, concept: &Concept) -> Vec<&'static str> {
        let mut parents = Vec::new();
        let mut above = concept.parent;
        while let Some(concept) = above.and_then(|position| self.concepts.get(position)) {
            // A file in which concepts stand above each other would never end.
            if parents.contains(&concept.name) {
                break;
            }
            parents.push(concept.name);
            above = concept.parent;
        }
        parents
    }

    /// All concepts, in the order of the file.
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// All folded labels.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The key under which this vocabulary looks a text up.
    pub fn key(&self, text: &str) -> Option<String> {
        if self.keeps_digits { key_with_digits(text) } else { key(text) }
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

/// The rows of a text table without comments, blank lines and the header.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).skip(1)
}

#[cfg(test)]
#[path = "vocabulary/tests.rs"]
mod tests;
