//! What the answer of a look-up in a registry of collections (GRSciColl) means for a record.
//!
//! # What it does
//! Gives the issue of a record whose institution or collection the registry did not find, by the status that the registry
//! gives with its answer. No look-up stands behind it yet: a registry is a service or a table that comes from outside.
//!
//! # Issues
//! `INSTITUTION_MATCH_NONE`, `AMBIGUOUS_INSTITUTION`, `DIFFERENT_OWNER_INSTITUTION`, `COLLECTION_MATCH_NONE`,
//! `AMBIGUOUS_COLLECTION`, `INSTITUTION_COLLECTION_MISMATCH`, `INSTITUTION_MATCH_FUZZY`, `COLLECTION_MATCH_FUZZY`.
//!
//! # Differences from GBIF
//! None.
//!
//! # References
//! - GBIF registry, look-up of GRSciColl: <https://techdocs.gbif.org/en/openapi/v1/registry#/GRSciColl%20lookup>
//! - GBIF pipelines, `GrscicollInterpreter`

use crate::Issue;

/// What was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// An institution, by its code or identifier.
    Institution,
    /// A collection of it.
    Collection,
}

/// Why the registry found none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Several fit.
    Ambiguous,
    /// Several fit by what curators of the registry have said about the dataset.
    AmbiguousExplicitMappings,
    /// The institution that fits is not the one that owns the specimen.
    AmbiguousOwner,
    /// The collection that fits is of another institution.
    AmbiguousInstitutionMismatch,
}

impl Entity {
    /// The entity of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "institution" => Some(Self::Institution),
            "collection" => Some(Self::Collection),
            _ => None,
        }
    }
}

impl Status {
    /// The status of its name in the answers of the registry; others say nothing more than that none was found.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "AMBIGUOUS" => Some(Self::Ambiguous),
            "AMBIGUOUS_EXPLICIT_MAPPINGS" => Some(Self::AmbiguousExplicitMappings),
            "AMBIGUOUS_OWNER" => Some(Self::AmbiguousOwner),
            "AMBIGUOUS_INSTITUTION_MISMATCH" => Some(Self::AmbiguousInstitutionMismatch),
            _ => None,
        }
    }
}

/// The issue of a record whose institution or collection was not found.
pub fn not_found(entity: Entity, status: Option<Status>) -> Issue {
    use Status::{Ambiguous, AmbiguousExplicitMappings, AmbiguousInstitutionMismatch, AmbiguousOwner};
    match (entity, status) {
        (Entity::Institution, Some(Ambiguous | AmbiguousExplicitMappings)) => Issue::AmbiguousInstitution,
        (Entity::Institution, Some(AmbiguousOwner)) => Issue::DifferentOwnerInstitution,
        (Entity::Institution, _) => Issue::InstitutionMatchNone,
        (Entity::Collection, Some(Ambiguous | AmbiguousExplicitMappings)) => Issue::AmbiguousCollection,
        (Entity::Collection, Some(AmbiguousInstitutionMismatch)) => Issue::InstitutionCollectionMismatch,
        (Entity::Collection, _) => Issue::CollectionMatchNone,
    }
}

/// The issue of a record whose institution or collection was found by a code or name that only resembles its own.
pub fn found_by_resemblance(entity: Entity) -> Issue {
    match entity {
        Entity::Institution => Issue::InstitutionMatchFuzzy,
        Entity::Collection => Issue::CollectionMatchFuzzy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_of_the_other_entity_says_only_that_none_was_found() {
        for (entity, status, issue) in [
            (Entity::Institution, None, Issue::InstitutionMatchNone),
            (Entity::Institution, Some(Status::AmbiguousInstitutionMismatch), Issue::InstitutionMatchNone),
            (Entity::Institution, Some(Status::AmbiguousOwner), Issue::DifferentOwnerInstitution),
            (Entity::Collection, Some(Status::AmbiguousOwner), Issue::CollectionMatchNone),
            (Entity::Collection, Some(Status::AmbiguousInstitutionMismatch), Issue::InstitutionCollectionMismatch),
            (Entity::Collection, Some(Status::Ambiguous), Issue::AmbiguousCollection),
        ] {
            assert_eq!(not_found(entity, status), issue, "{entity:?} {status:?}");
        }
    }
}
