//! Which columns may be public, and what becomes of them in a protected record.
//!
//! This is an allow-list: a column that is not named here is in no public product, protected or not. Source of each class:
//! sinp.md 3.6, where a doubtful column is withheld.

use super::area::PublishedArea;

/// What becomes of a column in a protected record.
#[derive(Debug, Clone, Copy)]
pub enum Class {
    /// Kept: it does not tell where the record is.
    Free,
    /// Left out.
    Withheld,
    /// A number computed from the published area.
    AreaNumber(fn(&PublishedArea) -> Option<f64>),
    /// A text computed from the published area.
    AreaText(fn(&PublishedArea) -> Option<&str>),
    /// A whole number computed from the published area.
    AreaInteger(fn(&PublishedArea) -> Option<i32>),
    /// Texts computed from the published area.
    AreaTexts(fn(&PublishedArea) -> &[String]),
    /// A flag computed from the published area.
    AreaFlag(fn(&PublishedArea) -> bool),
    /// Issues, without those of the steps that look at the place.
    PlacelessIssues,
    /// How precise the published place is.
    LocationPrecision,
    /// What was generalised.
    DataGeneralizations,
    /// What was left out.
    InformationWithheld,
}

/// Interpreted columns that tell nothing of the place.
const FREE: &[&str] = &[
    // Identity. Catalogue, record and field numbers and event ids are station codes or join siblings: withheld.
    "datasetKey",
    "occurrenceKey",
    "occurrenceID",
    "institutionCode",
    "collectionCode",
    "datasetID",
    "datasetName",
    // What was observed.
    "basisOfRecord",
    "occurrenceStatus",
    "individualCount",
    "sex",
    "lifeStage",
    "establishmentMeans",
    "degreeOfEstablishment",
    "pathway",
    "typeStatus",
    "organismQuantity",
    "organismQuantityType",
    "license",
    "isSequenced",
    "identificationVerificationStatus",
    "recordedBy",
    "identifiedBy",
    "recordedByID",
    "identifiedByID",
    // What was observed, in codes of the SINP.
    "statutObservation",
    "statutSource",
    "occNaturalite",
    "occSexe",
    "occStadeDeVie",
    "occStatutBiogeographique",
    "objetDenombrement",
    "typeDenombrement",
    "denombrementMin",
    "denombrementMax",
    "niveauValidation",
    "niveauValidationRegionale",
    "niveauValidationNationale",
    // When.
    "eventDate",
    "eventDateStart",
    "eventDateEnd",
    "year",
    "month",
    "day",
    "startDayOfYear",
    "endDayOfYear",
    "datePrecision",
    "modified",
    "dateIdentified",
    // Which taxon.
    "verbatimCdNom",
    "cdNom",
    "cdRef",
    "taxonKey",
    "taxonKeys",
    "matchType",
    "matchConfidence",
    "matchMethod",
    "scientificName",
    "matchedName",
    "verbatimScientificName",
    "taxonRank",
    "taxonomicStatus",
    "kingdom",
    "phylum",
    "class",
    "order",
    "family",
    "subfamily",
    "tribe",
    "genus",
    "species",
    "vernacularName",
    "vernacularNameEnglish",
    "group1Inpn",
    "group2Inpn",
    "group3Inpn",
    "nameAccordingTo",
    "candidates",
    "identificationQualifier",
    // Which country: never finer than what is published anyway.
    "countryCode",
    "country",
    "continent",
    "gbifRegion",
    // Why it is masked.
    "sensitivityLevel",
    "diffusionLevel",
    "sensitivityReferential",
    "privateData",
];

/// Interpreted columns that are public only where the record is not protected.
const WITHHELD: &[&str] = &[
    "keySource",
    "catalogNumber",
    "recordNumber",
    "fieldNumber",
    "organismID",
    "eventID",
    "parentEventID",
    "eventType",
    "eventHierarchy",
    "locationInheritedFrom",
    "dateInheritedFrom",
    "inheritedTerms",
    "otherCatalogNumbers",
    "preparations",
    "samplingProtocol",
    "projectID",
    "associatedSequences",
    "typifiedName",
    "sampleSizeValue",
    "sampleSizeUnit",
    "relativeOrganismQuantity",
    "references",
    "behavior",
    "reproductiveCondition",
    "vitality",
    "habitat",
    "occurrenceRemarks",
    "eventRemarks",
    "georeferencedDate",
    "coordinatePrecision",
    "stateProvince",
    "county",
    "municipality",
    "waterBody",
    "island",
    "islandGroup",
    "locality",
    "higherGeography",
    "georeferencedBy",
    "elevation",
    "elevationAccuracy",
    "minimumElevationInMeters",
    "maximumElevationInMeters",
    "depth",
    "depthAccuracy",
    "minimumDepthInMeters",
    "maximumDepthInMeters",
    "minimumDistanceAboveSurfaceInMeters",
    "maximumDistanceAboveSurfaceInMeters",
    "footprintWKT",
    "distanceFromCentroidInMeters",
    "coordinateSource",
    "attachment",
    // Finer than what is published, or the areas on both sides of a border near which the place is.
    "arrondissementCode",
    "crossedDepartmentCodes",
    "crossedCommuneCodes",
    "nearestCommuneCode",
    "nearestCommuneDistanceInMeters",
    "multimedia",
    "mediaTypes",
    // Rows of extensions: remarks, dates of collection and of other people, identifiers that lead to the place elsewhere.
    "identifications",
    "measurementOrFacts",
    "measurementTypes",
    "measurementTypeIDs",
    "resourceRelationships",
    "nucleotideSequence",
    "dnaSequenceID",
    "chronometricAges",
    "literatureReferences",
    "humboldt",
    "alreadyGeneralized",
    "taxrefHabitat",
    // What the taxon is at the record's place: a status of a commune or of a department would tell where that is.
    "taxrefStatus",
    "taxrefPresence",
    "statusCodes",
    "especeEvalueeLR",
    "especeReglementee",
    "especeDirectiveEuropeenne",
    // Whatever a producer puts in.
    "dynamicProperties",
    "dynamicMeasurements",
    "hasTissue",
    // A layer is a place.
    "earliestEonOrLowestEonothem",
    "latestEonOrHighestEonothem",
    "earliestEraOrLowestErathem",
    "latestEraOrHighestErathem",
    "earliestPeriodOrLowestSystem",
    "latestPeriodOrHighestSystem",
    "earliestEpochOrLowestSeries",
    "latestEpochOrHighestSeries",
    "earliestAgeOrLowestStage",
    "latestAgeOrHighestStage",
    "startAge",
    "endAge",
    "lowestBiostratigraphicZone",
    "highestBiostratigraphicZone",
    "group",
    "formation",
    "member",
    "bed",
    "lithostratigraphy",
    "biostratigraphy",
    // What the animal did tells of roosts and nests; the rest is about the place, or tells why a record is protected.
    "occEtatBiologique",
    "occStatutBiologique",
    "occComportement",
    "obsTechnique",
    "preuveExistante",
    "typeRegroupement",
    "natureObjetGeo",
    "typeInfoGeo",
    "precisionGeometrie",
    "sensiNiveau",
    "sensible",
    "diffusionNiveauPrecision",
    "dEEFloutage",
    "dSPublique",
];

/// Verbatim terms that a protected record keeps: their interpreted columns say the same.
const FREE_VERBATIM: &[&str] = &[
    "v_occurrenceID",
    "v_basisOfRecord",
    "v_occurrenceStatus",
    "v_individualCount",
    "v_sex",
    "v_lifeStage",
    "v_taxonID",
    "v_scientificName",
    "v_scientificNameAuthorship",
    "v_taxonRank",
    "v_kingdom",
    "v_phylum",
    "v_class",
    "v_order",
    "v_family",
    "v_genus",
    "v_eventDate",
    "v_year",
    "v_month",
    "v_day",
    "v_license",
    "v_datasetID",
    "v_datasetName",
    "v_institutionCode",
    "v_collectionCode",
    "v_recordedBy",
    "v_identifiedBy",
    "v_countryCode",
];

/// The class of a column; `None` when it is in no public product.
pub fn class_of(column: &str) -> Option<Class> {
    let class = match column {
        "decimalLatitude" => Class::AreaNumber(|area| area.latitude()),
        "decimalLongitude" => Class::AreaNumber(|area| area.longitude()),
        "coordinateUncertaintyInMeters" => Class::AreaNumber(|area| area.uncertainty()),
        "geodeticDatum" => Class::AreaText(|area| area.latitude().map(|_| "EPSG:4326")),
        "hasCoordinate" => Class::AreaFlag(|area| area.latitude().is_some()),
        "hasGeospatialIssues" => Class::AreaFlag(|_| false),
        "departmentCode" => Class::AreaText(|area| area.department_code.as_deref()),
        "department" => Class::AreaText(|area| area.department.as_deref()),
        "communeCode" => Class::AreaText(|area| area.commune_code.as_deref()),
        "commune" => Class::AreaText(|area| area.commune.as_deref()),
        "taxrefTerritory" => Class::AreaText(|area| area.territory()),
        "gridCell10km" => Class::AreaText(|area| area.grid_cell.as_deref()),
        "gridCell5km" => Class::AreaText(|area| area.grid_cell_5km.as_deref()),
        "gridCell1km" => Class::AreaText(|area| area.grid_cell_1km.as_deref()),
        "regionCode" => Class::AreaText(|area| area.region.map(|(code, _)| code)),
        "region" => Class::AreaText(|area| area.region.map(|(_, name)| name)),
        "communeYear" => Class::AreaInteger(|area| area.commune_year),
        "departmentCodes" => Class::AreaTexts(|area| &area.department_codes),
        "communeCodes" => Class::AreaTexts(|area| &area.commune_codes),
        "gridCells10km" => Class::AreaTexts(|area| &area.grid_cells),
        "issues" => Class::PlacelessIssues,
        free if FREE.contains(&free) || FREE_VERBATIM.contains(&free) => Class::Free,
        withheld if WITHHELD.contains(&withheld) => Class::Withheld,
        // Whatever the archive says beside: public where the record is free, never where it is protected.
        verbatim if verbatim.starts_with("v_") => Class::Withheld,
        _ => return None,
    };
    Some(class)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use openobs_steps::{References, Settings};

    use super::*;
    use crate::occurrence::interpreted_fields;

    /// Interpreted columns that are in no public product: they tell which rule protects a record.
    const NEVER_PUBLIC: [&str; 7] = [
        "sensitivityRules",
        "sensitivityAlert",
        // The day of the run for most records: public files would differ from one day to the next.
        "sensiDateAttribution",
        "sensitivityDecision",
        "sensitivityGroups",
        "groupDiffusionLevel",
        "sensitivityFromGroup",
    ];

    #[test]
    fn every_interpreted_column_was_decided_upon_once() {
        let settings = Settings::new(jiff::civil::date(2025, 9, 15));
        let fields = interpreted_fields(&openobs_steps::all(&References::default(), &settings));
        let mut seen = BTreeSet::new();
        for field in &fields {
            let name = field.name().as_str();
            assert!(seen.insert(name), "two steps write {name}");
            assert_eq!(class_of(name).is_none(), NEVER_PUBLIC.contains(&name), "{name} has no class");
        }
        for name in FREE.iter().chain(WITHHELD) {
            assert!(seen.contains(name), "no step writes {name}");
        }
    }

    #[test]
    fn keys_by_content_tell_nothing_that_is_hidden() {
        for term in openobs_steps::identifier::CONTENT {
            assert!(FREE_VERBATIM.contains(&format!("v_{term}").as_str()), "{term} could be guessed from a public key");
        }
    }

    #[test]
    fn what_is_not_named_is_not_public() {
        assert!(class_of("exactLatitude").is_none());
        assert!(matches!(class_of("v_locality"), Some(Class::Withheld)));
        assert!(matches!(class_of("v_someNewTerm"), Some(Class::Withheld)));
    }
}
