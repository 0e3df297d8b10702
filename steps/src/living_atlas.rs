//! What is missing in a record, as the Living Atlases flag it.
//!
//! # What it does
//!
//! Raises the issues of la-pipelines about terms that are absent or doubtful, which GBIF does not have. They are true of
//! most records, so they are raised only where the setting `interpretation.living_atlas_issues` or the registry's key of
//! the same name for a dataset asks for them; else the step looks at nothing. Those of dates ([`crate::temporal`]) are always raised.
//!
//! # Reads
//!
//! The terms about georeferencing, names and ranks; the fields `hasCoordinate` and `distanceFromCentroidInMeters` of
//! `location`, `identificationQualifier` of `taxonomy`; the fact `livingAtlasIssues` about the dataset.
//!
//! # Writes
//!
//! Issues alone.
//!
//! # Issues
//!
//! `LOCATION_NOT_SUPPLIED` (no coordinates can be read), `MISSING_GEODETICDATUM` (coordinates without a datum),
//! `MISSING_GEOREFERENCE_DATE`, `MISSING_GEOREFERENCEDBY`, `MISSING_GEOREFERENCEPROTOCOL`, `MISSING_GEOREFERENCESOURCES`,
//! `MISSING_GEOREFERENCEVERIFICATIONSTATUS`, `COORDINATES_CENTRE_OF_COUNTRY` (the centroid of the country, rounded to as
//! many decimals as the coordinates have, is the coordinates), `MISSING_TAXONRANK`, `NAME_NOT_SUPPLIED` (neither a
//! scientific nor a vernacular name), `INVALID_SCIENTIFIC_NAME` (a placeholder such as `unknown`), `UNKNOWN_KINGDOM`,
//! `TAXON_CONFER`, `TAXON_AFFINITY`, `TAXON_INDETERMINATE`, `TAXON_SPECIES_PLURAL`, `TAXON_QUESTION_SPECIES` (by the
//! qualifier of the identification).
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! `ALAOccurrenceIssue`, `ALALocationInterpreter` and `ALATaxonomyInterpreter` (gbif/pipelines, livingatlas).

use arrow::array::{Array, StructArray};
use arrow::datatypes::{DataType, Fields};

use crate::dataset::LIVING_ATLAS_ISSUES;
use crate::parse::taxon_name::is_placeholder;
use crate::step::{issues_field, record};
use crate::verbatim::Text;
use crate::{Input, Issue, IssueSet, Settings, Step, Term, Verbatim};

/// Deviations from GBIF and the Living Atlases.
pub const DIFFERENCES: &[&str] = &[
    "The issues of the Living Atlases about missing terms are raised only where the configuration asks for them; GBIF has none of them.",
    "COORDINATE_UNCERTAINTY_METERS_INVALID is not raised for an absent uncertainty, as the Living Atlases do: absent is not invalid.",
    "Centroids are those of the countries layer that is configured, and there are none of states and provinces.",
];

const QUALIFIER: &str = "identificationQualifier";
const HAS_COORDINATE: &str = "hasCoordinate";
const CENTROID_DISTANCE: &str = "distanceFromCentroidInMeters";
const LATITUDE: Term = Term("decimalLatitude");
const LONGITUDE: Term = Term("decimalLongitude");
/// Metres in a degree of latitude, rounded up.
const METRES_IN_DEGREE: f64 = 111_700.0;

static READS: [Input; 16] = [
    Input::Term(LATITUDE),
    Input::Term(LONGITUDE),
    Input::Term(Term("geodeticDatum")),
    Input::Term(Term("georeferencedDate")),
    Input::Term(Term("georeferencedBy")),
    Input::Term(Term("georeferenceProtocol")),
    Input::Term(Term("georeferenceSources")),
    Input::Term(Term("georeferenceVerificationStatus")),
    Input::Term(Term("taxonRank")),
    Input::Term(Term("scientificName")),
    Input::Term(Term("vernacularName")),
    Input::Term(Term("kingdom")),
    Input::Field(HAS_COORDINATE, DataType::Boolean),
    Input::Field(CENTROID_DISTANCE, DataType::Float64),
    Input::Field(QUALIFIER, DataType::Utf8),
    Input::Dataset(LIVING_ATLAS_ISSUES),
];

/// The step `living_atlas`.
#[derive(Debug)]
pub struct LivingAtlas {
    is_wanted: bool,
}

impl LivingAtlas {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        Self { is_wanted: settings.living_atlas_issues }
    }
}

impl Step for LivingAtlas {
    fn name(&self) -> &'static str {
        "living_atlas"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![issues_field()])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let mut issues = vec![IssueSet::new(); verbatim.rows()];
        let dataset = verbatim.text_of(LIVING_ATLAS_ISSUES);
        let is_wanted = |row| dataset.value(row).map_or(self.is_wanted, |text| text == "true");
        if self.is_wanted || dataset.is_present() {
            missing(verbatim, &mut issues);
            places(verbatim, &mut issues);
            names(verbatim, &mut issues);
            issues
                .iter_mut()
                .enumerate()
                .filter(|(row, _)| !is_wanted(*row))
                .for_each(|(_, set)| *set = IssueSet::new());
        }
        record(&self.writes(), Vec::new(), &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// Terms that are absent.
fn missing(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) {
    for (term, issue) in [
        ("georeferencedDate", Issue::MissingGeoreferenceDate),
        ("georeferencedBy", Issue::MissingGeoreferencedby),
        ("georeferenceProtocol", Issue::MissingGeoreferenceprotocol),
        ("georeferenceSources", Issue::MissingGeoreferencesources),
        ("georeferenceVerificationStatus", Issue::MissingGeoreferenceverificationstatus),
        ("taxonRank", Issue::MissingTaxonrank),
    ] {
        let text = verbatim.text(Term(term));
        issues.iter_mut().enumerate().for_each(|(row, issues)| issues.raise_if(text.value(row).is_none(), issue));
    }
}

/// What is doubtful about the place.
fn places(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) {
    let datum = verbatim.text(Term("geodeticDatum"));
    let has_coordinate = verbatim.boolean(HAS_COORDINATE);
    let distance = verbatim.float(CENTROID_DISTANCE);
    let coordinates = [LATITUDE, LONGITUDE].map(|term| verbatim.text(term));
    for (row, issues) in issues.iter_mut().enumerate() {
        let located = has_coordinate.is_some_and(|located| located.is_valid(row) && located.value(row));
        issues.raise_if(!located, Issue::LocationNotSupplied);
        issues.raise_if(located && datum.value(row).is_none(), Issue::MissingGeodeticdatum);
        let distance = distance.filter(|distance| distance.is_valid(row)).map(|distance| distance.value(row));
        let at_centre = distance.is_some_and(|distance| distance <= rounding(coordinates, row));
        issues.raise_if(at_centre, Issue::CoordinatesCentreOfCountry);
    }
}

/// How far rounding to the decimals of the coordinates can move a point, in metres.
fn rounding(coordinates: [Text<'_>; 2], row: usize) -> f64 {
    let decimals = coordinates.map(|text| {
        text.value(row).and_then(|text| text.split_once(['.', ','])).map_or(0, |(_, decimals)| decimals.trim().len())
    });
    let decimals = decimals.into_iter().max().unwrap_or(0).min(6) as i32;
    0.5 * std::f64::consts::SQRT_2 * 10_f64.powi(-decimals) * METRES_IN_DEGREE
}

/// What is doubtful about the name.
fn names(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) {
    let text = |name| verbatim.text(Term(name));
    let (scientific, vernacular, kingdom) = (text("scientificName"), text("vernacularName"), text("kingdom"));
    let qualifier = verbatim.text_of(QUALIFIER);
    // Names come in runs: what was found of the last one is not looked for again.
    let mut last_name = (None, false);
    let mut last_kingdom = (None, false);
    for (row, issues) in issues.iter_mut().enumerate() {
        let name = scientific.value(row);
        issues.raise_if(name.is_none() && vernacular.value(row).is_none(), Issue::NameNotSupplied);
        if name != last_name.0 {
            last_name = (name, name.is_some_and(is_placeholder));
        }
        issues.raise_if(last_name.1, Issue::InvalidScientificName);
        let kingdom = kingdom.value(row);
        if kingdom != last_kingdom.0 {
            last_kingdom = (kingdom, kingdom.is_some_and(|kingdom| !is_kingdom(kingdom)));
        }
        issues.raise_if(last_kingdom.1, Issue::UnknownKingdom);
        if let Some(issue) = qualifier.value(row).and_then(doubt) {
            issues.raise(issue);
        }
    }
}

/// Kingdoms of the Catalogue of Life and of TAXREF, with old and common names.
const KINGDOMS: [&str; 15] = [
    "animalia",
    "metazoa",
    "plantae",
    "viridiplantae",
    "fungi",
    "chromista",
    "protozoa",
    "protista",
    "bacteria",
    "archaea",
    "monera",
    "orthornavirae",
    "viruses",
    "virus",
    "incertae sedis",
];

fn is_kingdom(text: &str) -> bool {
    KINGDOMS.iter().any(|kingdom| kingdom.eq_ignore_ascii_case(text))
}

/// The issue of a qualifier such as `cf.` or `aff. tyrrhenica`.
fn doubt(qualifier: &str) -> Option<Issue> {
    if qualifier.contains('?') {
        return Some(Issue::TaxonQuestionSpecies);
    }
    let word = qualifier.split(|letter: char| !letter.is_alphabetic()).find(|word| !word.is_empty())?;
    match word.to_lowercase().as_str() {
        "cf" | "confer" => Some(Issue::TaxonConfer),
        "aff" | "affinis" => Some(Issue::TaxonAffinity),
        "sp" | "ssp" | "indet" | "ind" => Some(Issue::TaxonIndeterminate),
        "spp" => Some(Issue::TaxonSpeciesPlural),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn qualifiers() {
        for (qualifier, issue) in [
            ("cf.", Some(Issue::TaxonConfer)),
            ("cf. tyrrhenica", Some(Issue::TaxonConfer)),
            ("aff.", Some(Issue::TaxonAffinity)),
            ("sp.", Some(Issue::TaxonIndeterminate)),
            ("spp.", Some(Issue::TaxonSpeciesPlural)),
            ("?", Some(Issue::TaxonQuestionSpecies)),
            ("s.l.", None),
            ("", None),
        ] {
            assert_eq!(doubt(qualifier), issue, "{qualifier}");
        }
    }

    #[test]
    fn nothing_is_raised_unless_asked_for() {
        let columns: Vec<_> = READS.iter().map(|_| None).collect();
        let verbatim = Verbatim::new(3, &READS, &columns);
        let day = jiff::civil::date(2025, 9, 15);
        let count = |is_wanted| {
            let settings = Settings { living_atlas_issues: is_wanted, ..Settings::new(day) };
            let result = LivingAtlas::new(&settings).interpret(&verbatim);
            result.column(0).to_data().child_data().first().map_or(0, |issues| issues.len())
        };
        assert_eq!(count(false), 0);
        assert_eq!(count(true), 3 * 8);
    }

    proptest! {
        #[test]
        fn any_qualifier_is_read_without_panic(text in any::<String>()) {
            let _ = doubt(&text);
        }
    }
}
