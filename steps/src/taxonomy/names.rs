//! Names that stand alone, outside of a record's own taxon: in lists, in extensions.

use std::sync::Arc;

use super::matching;
use super::memory::Memory;
use super::outcome::{MatchType, Outcome};
use super::query::Query;
use crate::reference::taxref::Taxref;

/// Matches names with TAXREF and remembers what it found.
#[derive(Debug, Default)]
pub struct Names {
    taxref: Option<Arc<Taxref>>,
    memory: Memory,
}

/// What was found for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// How well it matches.
    pub match_type: MatchType,
    /// CD_REF of the taxon.
    pub cd_ref: Option<i32>,
    /// The accepted name with its authors.
    pub scientific_name: Option<String>,
}

impl Names {
    /// Names of this version of TAXREF; without one nothing matches.
    pub fn new(taxref: Option<Arc<Taxref>>) -> Self {
        Self { taxref, memory: Memory::default() }
    }

    /// Matches a scientific name without anything beside it.
    pub fn find(&self, name: &str) -> Matched {
        let query = Query { scientific_name: Some(name), ..Query::default() };
        let outcome = match &self.taxref {
            Some(taxref) => self.memory.get_or(&query, || matching::find(taxref, &query)),
            None => Outcome::none(),
        };
        let found = self.taxref.as_ref().zip(outcome.name).map(|(taxref, id)| taxref.name(id));
        Matched {
            match_type: outcome.match_type,
            cd_ref: found.map(|name| name.cd_ref()),
            scientific_name: found.map(|name| name.accepted().full().to_owned()),
        }
    }
}
