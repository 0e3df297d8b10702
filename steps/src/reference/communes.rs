//! What became of communes: the history of the official code of INSEE.
//!
//! Communes merge and split every first of January; records keep the code of their day. A code that is no longer in use is
//! that of another commune today, with the code that is given left as it is in the archive.

use hashbrown::HashMap;

/// Longer chains of mergers are a mistake of the file, such as a circle.
const LONGEST_CHAIN: usize = 8;

/// One change: a code that is replaced by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneChange {
    /// The old code: of a commune that merged, of a delegated or associated commune.
    pub code: String,
    /// The code of the commune that it became, or became a part of.
    pub current_code: String,
    /// Its old name.
    pub name: String,
    /// The year of the change, where it is known.
    pub from: Option<i32>,
}

/// The history of communes.
#[derive(Debug, Default)]
pub struct CommuneHistory {
    changes: HashMap<String, CommuneChange>,
}

impl CommuneHistory {
    /// The history; of several changes of one code the last stays.
    pub fn new(changes: impl IntoIterator<Item = CommuneChange>) -> Self {
        let changes = changes.into_iter().filter(|change| change.code != change.current_code);
        Self { changes: changes.map(|change| (change.code.clone(), change)).collect() }
    }

    /// Number of codes that were replaced.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The codes that a code was replaced by, one after the other, up to a year where one is given.
    pub fn after<'a>(&'a self, code: &str, until: Option<i32>) -> impl Iterator<Item = &'a str> {
        let next = move |code: &str| {
            let change = self.changes.get(code)?;
            let happened = until.is_none_or(|until| change.from.is_none_or(|from| from <= until));
            happened.then_some(change.current_code.as_str())
        };
        std::iter::successors(next(code), move |code| next(code)).take(LONGEST_CHAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(code: &str, current_code: &str, from: Option<i32>) -> CommuneChange {
        CommuneChange { code: code.into(), current_code: current_code.into(), name: String::new(), from }
    }

    #[test]
    fn codes_are_followed_to_the_year_that_is_asked_for() {
        let history = CommuneHistory::new([
            change("01033", "01034", Some(2016)),
            change("01034", "01035", Some(2023)),
            change("02001", "02002", None),
            change("02002", "02001", None),
            change("03001", "03001", None),
        ]);
        assert_eq!(history.len(), 4);
        assert_eq!(history.after("01033", None).collect::<Vec<_>>(), ["01034", "01035"]);
        assert_eq!(history.after("01033", Some(2018)).collect::<Vec<_>>(), ["01034"]);
        assert_eq!(history.after("01033", Some(2015)).count(), 0);
        assert_eq!(history.after("02001", None).count(), LONGEST_CHAIN);
        assert_eq!(history.after("03001", None).count(), 0);
    }
}
