//! The coordinate reference systems that a batch names; each name is read once.

use hashbrown::HashMap;

use crate::parse::datum::{self, Kind, System};
use crate::reference::projection::Projections;
use crate::verbatim::Text;

/// What a record says about the system of its coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given {
    /// Nothing.
    Absent,
    /// Something that is no system.
    Invalid,
    /// A system.
    Known(System),
}

/// Reads the names of systems.
pub(super) struct Systems<'a> {
    projections: &'a dyn Projections,
    read: HashMap<String, Given>,
}

impl<'a> Systems<'a> {
    pub(super) fn new(projections: &'a dyn Projections) -> Self {
        Self { projections, read: HashMap::new() }
    }

    /// The system of the first text that says something.
    pub(super) fn of(&mut self, texts: &[Text<'_>], row: usize) -> Given {
        texts.iter().find_map(|text| text.value(row)).map_or(Given::Absent, |text| self.named(text))
    }

    /// The system of the first text that names one; what names none (`degrees decimal`) is no fault.
    pub(super) fn of_any(&mut self, texts: &[Text<'_>], row: usize) -> Given {
        let mut named = texts.iter().filter_map(|text| text.value(row)).map(|text| self.named(text));
        named.find(|given| matches!(given, Given::Known(_))).unwrap_or(Given::Absent)
    }

    fn named(&mut self, text: &str) -> Given {
        if let Some(given) = self.read.get(text) {
            return *given;
        }
        let given = system(text, self.projections).map_or(Given::Invalid, Given::Known);
        self.read.insert(text.to_owned(), given);
        given
    }
}

/// The system that a text names, if there is such a system.
///
/// Old codes of datums (6001 to 6999) stand for the geographic system with 2000 less, unless they are those of a system.
pub fn system(text: &str, projections: &dyn Projections) -> Option<System> {
    let system = datum::system(text)?;
    if system.kind != Kind::Other || system.code != system.crs || projections.is_known(system.crs) {
        return Some(system);
    }
    // A name of the dictionary is a system even where it cannot be transformed from.
    if datum::is_listed(system.crs) {
        return Some(system);
    }
    let of_datum = system.crs.checked_sub(2000).filter(|_| (6001..=6999).contains(&system.crs))?;
    (datum::is_listed(of_datum) || projections.is_known(of_datum)).then(|| datum::of_code(of_datum)).flatten()
}
