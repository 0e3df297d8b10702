//! Any bytes as a batch of records for a step, and what must hold of every result.
//!
//! The bytes are lines, one a record; a line holds cells between tabs; the first byte of a cell chooses the input, the rest
//! is its text. Cells of an extension are rows, whose own cells stand between unit separators and begin with the byte that
//! chooses the term. So a mutation of one byte moves a text to another term, which is what records in the wild look like.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, ListBuilder, StringArray, StringBuilder, StructArray,
    StructBuilder,
};
use arrow::datatypes::{DataType, Field, Fields};
use openobs_steps::{Input, Settings, Step, Verbatim};

#[path = "../../tests/references/mod.rs"]
mod references;

/// Records of one batch: more make a run slow and find nothing more.
const RECORDS: usize = 6;
/// The byte between cells of an extension row.
const UNIT: u8 = 0x1f;

/// The step of a name, with the reference data of the fixtures.
fn step(name: &str) -> &'static dyn Step {
    static STEPS: OnceLock<Vec<Arc<dyn Step>>> = OnceLock::new();
    let steps = STEPS.get_or_init(|| {
        let settings = Settings { living_atlas_issues: true, ..Settings::new(jiff::civil::date(2025, 9, 15)) };
        openobs_steps::all(&references::references(), &settings)
    });
    steps.iter().find(|step| step.name() == name).unwrap_or_else(|| panic!("there is no step {name}")).as_ref()
}

/// Interprets the bytes as one batch and record by record.
///
/// # Panics
/// When the step does, when the result has other rows or fields than it should, or when a record fares otherwise among
/// others than alone.
pub fn interpret(name: &str, data: &[u8]) {
    let step = step(name);
    let terms = terms_of(name);
    let inputs = step.reads();
    let records: Vec<Record> = data.split(|byte| *byte == b'\n').take(RECORDS).map(|line| record(inputs, line)).collect();
    let together = run(step, terms, &records);
    assert_eq!(together, run(step, terms, &records), "the same batch twice");
    for (row, record) in records.iter().enumerate() {
        let alone = run(step, terms, std::slice::from_ref(record));
        assert_eq!(together.slice(row, 1), alone, "record {row} among others and alone");
    }
}

/// Texts by input.
type Record = BTreeMap<usize, Vec<String>>;

fn record(inputs: &[Input], line: &[u8]) -> Record {
    let mut record = Record::new();
    for cell in line.split(|byte| *byte == b'\t') {
        if let Some((input, text)) = cell.split_first() {
            let texts = record.entry(usize::from(*input) % inputs.len()).or_default();
            texts.push(String::from_utf8_lossy(text).into_owned());
        }
    }
    record
}

fn run(step: &dyn Step, terms: &[&'static str], records: &[Record]) -> StructArray {
    let inputs = step.reads();
    let columns: Vec<Option<ArrayRef>> =
        inputs.iter().enumerate().map(|(position, input)| Some(column(input, position, terms, records))).collect();
    let result = step.interpret(&Verbatim::new(records.len(), inputs, &columns));
    assert_eq!(result.len(), records.len());
    assert_eq!(*result.fields(), step.writes());
    result
}

fn column(input: &Input, position: usize, terms: &[&'static str], records: &[Record]) -> ArrayRef {
    let texts = records.iter().map(|record| record.get(&position).and_then(|texts| texts.first()).map(String::as_str));
    match input {
        Input::Term(_) | Input::Dataset(_) => Arc::new(texts.collect::<StringArray>()),
        Input::Extension(_) => extension(position, terms, records),
        Input::Field(_, DataType::Utf8) => Arc::new(texts.collect::<StringArray>()),
        Input::Field(_, DataType::Float64) => {
            Arc::new(texts.map(|text| text.and_then(|text| text.parse().ok())).collect::<Float64Array>())
        }
        Input::Field(_, DataType::Int32) => {
            Arc::new(texts.map(|text| text.and_then(|text| text.parse().ok())).collect::<Int32Array>())
        }
        Input::Field(_, DataType::Boolean) => {
            Arc::new(texts.map(|text| text.map(|text| text.starts_with('t'))).collect::<BooleanArray>())
        }
        Input::Field(_, DataType::List(item)) if *item.data_type() == DataType::Utf8 => {
            let mut list = ListBuilder::new(StringBuilder::new());
            for record in records {
                let texts = record.get(&position);
                texts.into_iter().flatten().for_each(|text| list.values().append_value(text));
                list.append(texts.is_some());
            }
            Arc::new(list.finish())
        }
        Input::Field(_, other) => arrow::array::new_null_array(other, records.len()),
    }
}

/// Rows of an extension with all its terms.
fn extension(position: usize, terms: &[&'static str], records: &[Record]) -> ArrayRef {
    let fields: Fields = terms.iter().map(|term| Field::new(*term, DataType::Utf8, true)).collect();
    let mut list = ListBuilder::new(StructBuilder::from_fields(fields, 0));
    for record in records {
        let rows = record.get(&position);
        for row in rows.into_iter().flatten() {
            let mut cells: BTreeMap<usize, &str> = BTreeMap::new();
            for cell in row.split(char::from(UNIT)) {
                let mut letters = cell.chars();
                if let Some(first) = letters.next() {
                    cells.insert(first as usize % terms.len().max(1), letters.as_str());
                }
            }
            for term in 0..terms.len() {
                if let Some(column) = list.values().field_builder::<StringBuilder>(term) {
                    column.append_option(cells.get(&term));
                }
            }
            list.values().append(true);
        }
        list.append(rows.is_some());
    }
    Arc::new(list.finish())
}

/// The bytes of a case of `fixtures/steps`, to start from.
pub fn seed(inputs: &[Input], terms: &[&'static str], cells: &BTreeMap<String, String>) -> Vec<u8> {
    let mut line: Vec<u8> = Vec::new();
    for (position, input) in inputs.iter().enumerate() {
        let Some(text) = cells.get(input.name()).filter(|text| !text.is_empty()) else { continue };
        let rows: Vec<String> = match (input, serde_json::from_str::<Vec<BTreeMap<String, String>>>(text)) {
            (Input::Extension(_), Ok(rows)) => rows.iter().map(|row| row_of(terms, row)).collect(),
            _ => vec![text.replace(['\t', '\n'], " ")],
        };
        for row in rows {
            if !line.is_empty() {
                line.push(b'\t');
            }
            // A byte that is neither a tab nor a line feed stands for the position.
            line.push(byte_of(position, inputs.len()));
            line.extend(row.as_bytes());
        }
    }
    line
}

fn row_of(terms: &[&'static str], row: &BTreeMap<String, String>) -> String {
    let cells = row.iter().filter_map(|(term, text)| {
        let position = terms.iter().position(|known| known == term)?;
        Some(format!("{}{}", char::from(byte_of(position, terms.len())), text.replace(['\t', '\n', '\u{1f}'], " ")))
    });
    cells.collect::<Vec<_>>().join("\u{1f}")
}

/// A printable byte whose remainder is the position.
fn byte_of(position: usize, count: usize) -> u8 {
    (b' '..=b'~').find(|byte| usize::from(*byte) % count == position).unwrap_or(position as u8)
}

/// Terms that rows of the extensions of a step may have.
pub fn terms_of(step: &str) -> &'static [&'static str] {
    match step {
        "taxonomy" | "identification" | "basic" | "temporal" => &[
            "scientificName", "scientificNameAuthorship", "taxonID", "taxonRank", "kingdom", "phylum", "class", "order",
            "family", "genus", "specificEpithet", "infraspecificEpithet", "identificationQualifier", "dateIdentified",
            "identifiedBy", "identifiedByID", "typeStatus", "identificationVerificationStatus", "identificationID",
            "identificationRemarks", "isAcceptedIdentification",
        ],
        "multimedia" => &[
            "identifier", "accessURI", "references", "type", "format", "title", "description", "created", "CreateDate",
            "creator", "contributor", "publisher", "audience", "source", "license", "rights", "rightsHolder", "datasetID",
        ],
        "chronometric_age" => &[
            "chronometricAgeID", "earliestChronometricAge", "earliestChronometricAgeReferenceSystem", "latestChronometricAge",
            "latestChronometricAgeReferenceSystem", "maximumChronometricAge", "chronometricAgeUncertaintyInYears",
            "chronometricAgeDeterminedDate", "chronometricAgeRemarks",
        ],
        "dna" => &["dna_sequence", "target_gene"],
        "humboldt" => &[
            "siteCount", "verbatimSiteNames", "geospatialScopeAreaValue", "geospatialScopeAreaUnit", "totalAreaSampledValue",
            "totalAreaSampledUnit", "eventDurationValue", "eventDurationUnit", "targetTaxonomicScope",
            "excludedTaxonomicScope", "isAbsenceReported", "hasNonTargetTaxa", "nonTargetTaxa", "targetLifeStageScope",
            "excludedLifeStageScope", "targetDegreeOfEstablishmentScope", "excludedDegreeOfEstablishmentScope",
            "targetHabitatScope", "excludedHabitatScope", "abundanceCap", "hasMaterialSamples", "materialSampleTypes",
            "samplingEffortValue",
        ],
        "literature" => &["identifier", "doi", "bibliographicCitation", "title", "creator", "date", "source", "uri"],
        "measurement" => &[
            "measurementID", "measurementType", "measurementTypeID", "measurementValue", "measurementUnit",
            "measurementDeterminedDate", "measurementRemarks",
        ],
        "relationship" => &["resourceID", "relatedResourceID", "relationshipOfResource", "relationshipEstablishedDate"],
        _ => &[],
    }
}

/// The inputs of a step, for seeds.
pub fn inputs(name: &str) -> &'static [Input] {
    step(name).reads()
}
