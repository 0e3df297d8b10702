//! The vocabularies that come with the program, each read once when first used.

use std::sync::LazyLock;

use super::Vocabulary;
use crate::parse::country;

/// A vocabulary of the program that is read when first used.
pub(crate) type BuiltIn = LazyLock<Vocabulary>;

/// Declares each table with its file.
macro_rules! tables {
    ($($(#[$meta:meta])* $name:ident $file:literal $read:ident;)*) => {
        $(
            $(#[$meta])*
            pub static $name: BuiltIn =
                LazyLock::new(|| Vocabulary::$read(include_str!(concat!("../../vocabulary/", $file, ".tsv"))));
        )*

        /// Every table, by the name of its file, with its text.
        pub fn all() -> Vec<(&'static str, &'static Vocabulary, &'static str)> {
            vec![$(($file, &*$name, include_str!(concat!("../../vocabulary/", $file, ".tsv"))),)*]
        }
    };
}

tables! {
    /// `dwc:basisOfRecord`, in the spelling of GBIF's enumeration.
    BASIS_OF_RECORD "basis_of_record" of_table;
    /// `dwc:occurrenceStatus`: `PRESENT` or `ABSENT`.
    OCCURRENCE_STATUS "occurrence_status" of_table;
    /// Words for sexes; read through [`crate::parse::sex`], which understands counts and doubt.
    SEX "sex" of_table;
    /// `dwc:lifeStage`; read through [`crate::parse::life_stage`].
    LIFE_STAGE "life_stage" of_table;
    /// `dwc:establishmentMeans`.
    ESTABLISHMENT_MEANS "establishment_means" of_table;
    /// `dwc:degreeOfEstablishment`.
    DEGREE_OF_ESTABLISHMENT "degree_of_establishment" of_table;
    /// `dwc:pathway`.
    PATHWAY "pathway" of_table;
    /// `dwc:typeStatus`; read through [`crate::parse::type_status`].
    TYPE_STATUS "type_status" of_table;
    /// `dwc:vitality`.
    VITALITY "vitality" of_table;
    /// `dwc:identificationVerificationStatus`: the levels of the SINP, and whether it was verified at all.
    VERIFICATION_STATUS "identification_verification_status" of_table;
    /// `dc:license`, in GBIF's enumeration; read through [`crate::parse::license`].
    LICENSE "license" of_table_with_digits;
    /// `dwc:eventType`.
    EVENT_TYPE "event_type" of_table;
    /// `dc:type` of media.
    MEDIA_TYPE "media_type" of_table;
    /// `dwc:taxonRank`.
    TAXON_RANK "taxon_rank" of_table;
    /// `dwc:taxonomicStatus`.
    TAXONOMIC_STATUS "taxonomic_status" of_table;
    /// `dwc:nomenclaturalStatus`; read through [`crate::parse::nomenclatural_status`].
    NOMENCLATURAL_STATUS "nomenclatural_status" of_table;
    /// `dwc:nomenclaturalCode`.
    NOMENCLATURAL_CODE "nomenclatural_code" of_table;
    /// `dwc:kingdom`.
    KINGDOM "kingdom" of_table;
    /// Marine, freshwater or terrestrial; read through [`crate::parse::habitat`].
    HABITAT "habitat" of_table;
    /// `dc:language`; read through [`crate::parse::language`].
    LANGUAGE "language" of_table;
    /// Yes and no.
    BOOLEAN "boolean" of_table;
    /// Categories of the IUCN.
    THREAT_STATUS "threat_status" of_table;
    /// Appendices of CITES.
    CITES_APPENDIX "cites_appendix" of_table_with_digits;
    /// Status of a taxon in an area.
    DISTRIBUTION_STATUS "distribution_status" of_table;
    /// `maintenanceUpdateFrequency` of EML.
    MAINTENANCE_UPDATE_FREQUENCY "maintenance_update_frequency" of_table;
    /// States of Australia, for [`crate::parse::living_atlas`].
    AUSTRALIAN_STATE "australian_state" of_table;
}

/// Countries and territories by ISO 3166-1 alpha-2 code. Their names are read by [`crate::parse::country`], so this one has
/// concepts and no labels of its own: it is there for the words of a data team.
pub static COUNTRY: BuiltIn = LazyLock::new(|| Vocabulary::of_concepts(country::codes()));
