//! Which step answers for which area of the conformance tables, and under which names.
//!
//! Areas that are not here test a parser, a dictionary or a helper inside a step: a function answers for them
//! (`table/functions.rs`). To take one up, add a line: nothing else has to change.

use arrow::array::{Array, StructArray};
use serde_json::Value;

use super::functions;
use super::given::{Answer, Given};
use super::judge::{Output, Outputs};
use super::value;

/// How one area, or one function of it, is put to a step.
#[derive(Debug)]
pub struct Mapping {
    /// The area, which is the name of the table.
    pub area: &'static str,
    /// The functions, where only some can be put to a step; empty for all.
    pub functions: &'static [&'static str],
    /// The step.
    pub step: &'static str,
    /// The column with the issues of the record.
    pub issues: &'static str,
    /// Outputs that bear another name in the step, by preference; all others bear the same name.
    pub outputs: &'static [(&'static str, &'static [&'static str])],
    /// The field whose presence is the success of a parser, where cases state one.
    pub status: Option<&'static str>,
    /// What a parser inside the step tells, and the step does not write.
    pub inside: Option<fn(&Given<'_>) -> Answer>,
    /// Options that are facts about the dataset.
    pub options: &'static [Setting],
    /// Issues that a whole record has when a term is not given, which the test of one function does not see.
    pub beside: &'static [(&'static str, &'static str)],
    /// Whether the tests of the area assert that issues are there, and not that there are no others.
    pub at_least: bool,
    /// Parts of the world that cases bring along and the step has in itself, such as a time scale.
    pub contexts: &'static [&'static str],
    /// Starts of the names of issues about terms that the cases are not about.
    pub without: &'static [&'static str],
    /// How far numbers may stand apart, in the unit of the output.
    pub tolerance: f64,
    /// Whether the order of lists says nothing.
    pub sets: bool,
}

/// An option of a case as a fact about its dataset.
#[derive(Debug)]
pub struct Setting {
    /// The option, without `option.`.
    pub option: &'static str,
    /// The fact, one of [`crate::dataset`].
    pub fact: &'static str,
    /// The value of the fact for the option, and for its absence.
    pub translate: fn(Option<&str>) -> Option<String>,
}

const DEGREES: f64 = 1e-6;
const METRES: f64 = 0.01;

/// What an area has unless it says otherwise.
const PLAIN: Mapping = Mapping {
    area: "",
    functions: &[],
    step: "",
    issues: "issues",
    outputs: &[],
    status: None,
    inside: None,
    options: &[],
    beside: &[],
    at_least: false,
    contexts: &[],
    without: &[],
    tolerance: DEGREES,
    sets: false,
};

/// A record without these terms is flagged for it.
const BASIC_BESIDE: &[(&str, &str)] = &[
    ("BASIS_OF_RECORD_INVALID", "basisOfRecord"),
    ("OCCURRENCE_STATUS_INFERRED_FROM_BASIS_OF_RECORD", "occurrenceStatus"),
    ("OCCURRENCE_STATUS_INFERRED_FROM_INDIVIDUAL_COUNT", "occurrenceStatus"),
];
const LOCATION_BESIDE: &[(&str, &str)] = &[
    ("GEODETIC_DATUM_ASSUMED_WGS84", "geodeticDatum"),
    ("COUNTRY_DERIVED_FROM_COORDINATES", "countryCode"),
    ("CONTINENT_DERIVED_FROM_COORDINATES", "continent"),
    ("CONTINENT_DERIVED_FROM_COUNTRY", "continent"),
];
const PERSONS: &[(&str, &[&str])] = &[
    ("recordedByIds", &["recordedByIds", "recordedByID"]),
    ("identifiedByIds", &["identifiedByIds", "identifiedByID"]),
];

/// The table.
pub const MAPPINGS: &[Mapping] = &[
    Mapping {
        area: "temporal",
        step: "temporal",
        outputs: &[("eventDateGte", &["eventDateStart"]), ("eventDateLte", &["eventDateEnd"])],
        inside: Some(functions::dates::ends),
        options: &[
            Setting { option: "dateFormats", fact: crate::dataset::DATE_ORDER, translate: date_order },
            // The list itself, for a step that reads it.
            Setting { option: "dateFormats", fact: "dateFormats", translate: |formats| formats.map(str::to_owned) },
        ],
        ..PLAIN
    },
    Mapping {
        area: "basic_record",
        step: "basic",
        outputs: &[
            ("recordedByIds", &["recordedByIds", "recordedByID"]),
            ("identifiedByIds", &["identifiedByIds", "identifiedByID"]),
        ],
        beside: BASIC_BESIDE,
        ..PLAIN
    },
    Mapping {
        area: "occurrence_status_record",
        step: "basic",
        beside: &[("BASIS_OF_RECORD_INVALID", "basisOfRecord")],
        ..PLAIN
    },
    Mapping { area: "geological_context", step: "geology", at_least: true, contexts: &["context.timeScale"], ..PLAIN },
    Mapping { area: "person_identifier", step: "basic", outputs: PERSONS, sets: true, ..PLAIN },
    Mapping { area: "vocabulary_record", step: "basic", beside: BASIC_BESIDE, ..PLAIN },
    Mapping {
        area: "location",
        step: "location",
        outputs: &[("hasGeospatialIssue", &["hasGeospatialIssues"])],
        // Coordinates and country alone: GBIF interprets continents and footprints apart from them.
        without: &["CONTINENT_", "FOOTPRINT_"],
        ..PLAIN
    },
    Mapping {
        area: "location_other",
        step: "location",
        inside: Some(functions::places::published_region),
        beside: LOCATION_BESIDE,
        tolerance: METRES,
        ..PLAIN
    },
    Mapping {
        area: "elevation_depth",
        functions: &["record"],
        step: "location",
        beside: LOCATION_BESIDE,
        tolerance: METRES,
        ..PLAIN
    },
];

impl Mapping {
    /// What came out of one row, by the column that states it.
    pub fn outputs_of(&self, result: &StructArray, row: usize) -> Outputs {
        let mut outputs = Outputs::new();
        for (field, column) in result.fields().iter().zip(result.columns()) {
            let value = if result.is_null(row) { Value::Null } else { value::read(column.as_ref(), row) };
            let output = |value| Output { value, data_type: Some(field.data_type().clone()) };
            if field.name() == "issues" {
                outputs.insert(self.issues.to_owned(), output(value));
                continue;
            }
            if self.status == Some(field.name().as_str()) {
                let status = if value.is_null() { "FAIL" } else { "SUCCESS" };
                outputs.insert("out.status".to_owned(), Output { value: status.into(), data_type: None });
            }
            for (name, _) in self.outputs.iter().filter(|(_, fields)| fields.contains(&field.name().as_str())) {
                outputs.insert(format!("out.{name}"), output(value.clone()));
            }
            outputs.entry(format!("out.{}", field.name())).or_insert_with(|| output(value));
        }
        outputs
    }
}

/// The mapping of a case, or why there is none.
pub fn of(area: &str, function: &str) -> Result<&'static Mapping, String> {
    let mut of_area = MAPPINGS.iter().filter(|mapping| mapping.area == area).peekable();
    if of_area.peek().is_none() {
        return Err(format!("nothing answers for area `{area}`"));
    }
    of_area
        .find(|mapping| mapping.functions.is_empty() || mapping.functions.contains(&function))
        .ok_or_else(|| format!("nothing answers for function `{function}` of area `{area}`"))
}

/// `DMYT,DMY` is day first, `MDYT,MDY` month first; without an option, GBIF leaves ambiguous dates unread.
fn date_order(formats: Option<&str>) -> Option<String> {
    match formats {
        None => Some("ISO".to_owned()),
        Some(formats) => {
            let first = formats.split(',').next().unwrap_or_default().trim();
            let orders = [("DMY", "DMY"), ("MDY", "MDY"), ("ISO", "ISO")];
            let known = orders.iter().find(|(prefix, _)| first.starts_with(prefix));
            known.map(|(_, order)| (*order).to_owned())
        }
    }
}
