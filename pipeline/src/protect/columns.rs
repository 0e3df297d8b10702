//! Which columns may be public, and what becomes of them in a protected record.
//!
//! This is an allow-list: a column that is not named here is in no public product, protected or not. Source of each class:
//! sinp.md 3.6, where a doubtful column is withheld.

use openobs_steps::identifier::is_whole_number;
use openobs_steps::location::region::Region;
use openobs_steps::parse::country::Country;
use openobs_steps::parse::date::is_plain;

use super::area::PublishedArea;

/// What becomes of a column in a protected record.
#[derive(Debug, Clone, Copy)]
pub enum Class {
    /// Kept: it does not tell where the record is.
    Free,
    /// Left out.
    Withheld,
    /// A text that is kept where it can be nothing but what it is expected to be.
    TextIf(fn(&str) -> bool),
    /// A text with a date or an interval, of which the days are kept.
    Days,
    /// An instant, which becomes the first one of its day.
    StartOfDay,
    /// An instant, which becomes the last one of its day.
    EndOfDay,
    /// How precise the date is: never finer than a day.
    DatePrecision,
    /// What follows from the country of the published area, or of what the archive declares where the area lies in none.
    OfCountry(fn(&'static Country) -> Option<&'static str>),
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
    "license",
    "isSequenced",
    "recordedBy",
    "identifiedBy",
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
    // When, to the day.
    "year",
    "month",
    "day",
    "startDayOfYear",
    "endDayOfYear",
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
    // Why it is masked.
    "sensitivityLevel",
    "diffusionLevel",
    "sensitivityReferential",
    "privateData",
];

/// Interpreted columns that are public only where the record is not protected.
const WITHHELD: &[&str] = &[
    "keySource",
    // A text of the record, where the title of its dataset is public anyway.
    "datasetName",
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
    // What is no number is a text.
    "organismQuantityType",
    // Identifiers of people are whatever is written there; the names stand in recordedBy and identifiedBy.
    "recordedByID",
    "identifiedByID",
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

/// Verbatim terms that a protected record keeps whatever is in them: identifiers, the name that was given, people.
///
/// Their interpreted columns say the same. A term that is interpreted by a vocabulary is not one of them: what is in the
/// vocabulary stands in the interpreted column, and what is not may be any text.
const FREE_VERBATIM: &[&str] = &[
    "v_occurrenceID",
    "v_datasetID",
    "v_institutionCode",
    "v_collectionCode",
    "v_scientificName",
    "v_recordedBy",
    "v_identifiedBy",
];

/// Levels of verification: the concepts of `steps/src/vocabulary/identification_verification_status.tsv`.
const VERIFICATION: [&str; 8] =
    ["certain", "probable", "doubtful", "invalid", "notAssessable", "notAssessed", "verified", "unverified"];

fn is_verification(text: &str) -> bool {
    VERIFICATION.contains(&text)
}

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
        "countryCode" => Class::OfCountry(|country| Some(country.code)),
        "country" => Class::OfCountry(|country| Some(country.title)),
        "continent" => Class::OfCountry(|country| country.continents.first().map(|continent| continent.name())),
        "gbifRegion" => Class::OfCountry(|country| Region::of_country(country).map(Region::name)),
        "eventDate" | "modified" | "dateIdentified" => Class::Days,
        "eventDateStart" => Class::StartOfDay,
        "eventDateEnd" => Class::EndOfDay,
        "datePrecision" => Class::DatePrecision,
        "v_eventDate" => Class::TextIf(is_plain),
        "v_year" | "v_month" | "v_day" | "v_individualCount" => Class::TextIf(is_whole_number),
        "identificationVerificationStatus" => Class::TextIf(is_verification),
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
#[allow(clippy::panic, reason = "tests")]
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
        use openobs_steps::identifier::{CONTENT, content};
        for term in CONTENT {
            match class_of(&format!("v_{term}")) {
                Some(Class::Free) => {}
                Some(Class::TextIf(is_shown)) => {
                    for text in ["2024", "12", "2024-01-10", "2024-01-10T14:37", "12 au pont", "le soir", "2 + 3"] {
                        let part = content(term, text);
                        assert!(part.is_none_or(|part| is_shown(&part)), "{term}: {text} could be guessed");
                    }
                }
                // The number of the taxon stands in verbatimCdNom.
                Some(Class::Withheld) if term == "taxonID" => assert_eq!(content(term, "station 12"), None),
                class => panic!("{term} could be guessed from a public key: {class:?}"),
            }
        }
    }

    #[test]
    fn levels_of_verification_are_those_of_the_vocabulary() {
        let words = openobs_steps::reference::vocabularies::Vocabularies::default();
        let known: BTreeSet<&str> =
            words.identification_verification_status.concepts().iter().map(|concept| concept.name).collect();
        assert_eq!(known, BTreeSet::from(VERIFICATION));
    }

    #[test]
    fn what_is_not_named_is_not_public() {
        assert!(class_of("exactLatitude").is_none());
        assert!(matches!(class_of("v_locality"), Some(Class::Withheld)));
        assert!(matches!(class_of("v_someNewTerm"), Some(Class::Withheld)));
    }
}
