//! Rows of extensions.

use serde_json::{Map, Value};

use crate::extension::Rows;
use crate::humboldt::checks::Area;
use crate::identification::current;
use crate::multimedia::item::{Extension, FIELDS, Item, Rows as MediaRows};
use crate::parse::date::DateFormats;
use crate::parse::nucleotide::Sequence;
use crate::table::given::{Answer, Given};
use crate::table::{batch, value};
use crate::{IssueSet, dna};

/// The rows of an extension for media or measurements.
pub fn extension(given: &Given<'_>) -> Result<Answer, String> {
    match given.text_or_empty("in.extension") {
        "http://rs.tdwg.org/ac/terms/Multimedia" => media(given, Extension::Audubon),
        "http://rs.gbif.org/terms/1.0/Image" => media(given, Extension::Image),
        "http://rs.gbif.org/terms/1.0/Multimedia" => media(given, Extension::Multimedia),
        "http://rs.tdwg.org/dwc/terms/MeasurementOrFact" => {
            rows_of_step(given, "measurement", "measurementOrFact", "measurementOrFacts")
        }
        other => Err(format!("nothing answers for extension `{other}`")),
    }
}

/// The rows of the Humboldt extension, or the comparison of two areas.
pub fn humboldt(given: &Given<'_>) -> Result<Answer, String> {
    if given.states("in.rows") {
        return rows_of_step(given, "humboldt", "humboldt", "humboldt");
    }
    let area = |value: &str, unit| Area { value: given.number(value), unit: given.text(unit) };
    let scope = area("in.geospatialScopeAreaValue", "in.geospatialScopeAreaUnit");
    let sampled = area("in.totalAreaSampledValue", "in.totalAreaSampledUnit");
    Ok(Answer::new().with("areaIssue", scope.is_lower_than(sampled)))
}

/// A sequence, cleaned and measured.
pub fn sequence(given: &Given<'_>) -> Result<Answer, String> {
    let sequence = Sequence::of(given.text_or_empty("in.dna_sequence"));
    Ok(Answer::new()
        .with("sequence", sequence.sequence.as_deref())
        .with("sequenceLength", sequence.length)
        .with("nucleotideSequenceID", sequence.id.as_deref())
        .with("gcContent", sequence.gc_content)
        .with("nonIupacFraction", sequence.non_iupac_fraction)
        .with("nonACGTNFraction", sequence.non_acgtn_fraction)
        .with("nFraction", sequence.n_fraction)
        .with("nRunsCapped", sequence.n_runs_capped)
        .with("naturalLanguageDetected", sequence.natural_language)
        .with("endsTrimmed", sequence.ends_trimmed)
        .with("gapsOrWhitespaceRemoved", sequence.gaps_removed)
        .with("invalid", sequence.invalid)
        .issues(dna::issues_of(&sequence)))
}

/// The terms about the identification that a record is read with: its own, or those of a row.
pub fn identification(given: &Given<'_>) -> Result<Answer, String> {
    let core = given.json("in.core").unwrap_or(Value::Null);
    let has_own =
        |term: &crate::Term| core.get(term.name()).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    if current::TERMS.iter().any(has_own) {
        return Ok(Answer::new().with("identificationTerms", core));
    }
    let list = rows(given, "in.identifications")?;
    let chosen = Rows::of(Some(&list)).and_then(|rows| {
        let dates = rows.cells(&["dateIdentified"]);
        current::latest(rows.of_record(0).map(|row| dates.value(row)), formats(given))
    });
    let given_rows = given.json("in.identifications").unwrap_or(Value::Null);
    let row = chosen.and_then(|position| given_rows.get(position).cloned());
    Ok(Answer::new().with("identificationTerms", row.unwrap_or_else(|| Value::Object(Map::new()))))
}

fn formats(given: &Given<'_>) -> DateFormats {
    given.bench().settings.date_order.into()
}

/// What a step makes of rows: the terms that the reference has too, under their names there.
fn rows_of_step(given: &Given<'_>, step: &str, extension: &str, field: &str) -> Result<Answer, String> {
    // Numbers, signs and intervals beside the given text, and minutes beside a duration: GBIF has no such fields.
    const OWN: [&str; 4] = [
        "measurementValueNumber",
        "measurementUnitSign",
        "measurementDeterminedInterval",
        "eventDurationValueInMinutes",
    ];
    let step = given.step(step)?;
    let inputs = [(extension.to_owned(), Value::Array(simple_rows(given, "in.rows")))].into_iter().collect();
    let record = batch::interpret(step.as_ref(), &[&inputs])?;
    let column = |name: &str| record.column_by_name(name).map_or(Value::Null, |column| value::read(column, 0));
    let mut items = column(field);
    for item in items.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        item.retain(|name, value| !OWN.contains(&name.as_str()) && !value.is_null());
    }
    let issues = column("issues");
    let names = issues.as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(Answer::new().with("items", items).issue_names(names))
}

fn media(given: &Given<'_>, extension: Extension) -> Result<Answer, String> {
    let list = rows(given, "in.rows")?;
    let mut issues = IssueSet::new();
    let items =
        MediaRows::of(extension, &list).map(|rows| rows.items(0, formats(given), &mut issues)).unwrap_or_default();
    let items: Vec<Value> = match extension {
        Extension::Audubon => {
            let given_rows = given.json("in.rows").unwrap_or(Value::Null);
            items
                .iter()
                .zip(given_rows.as_array().into_iter().flatten())
                .map(|(item, row)| audubon(item, row))
                .collect()
        }
        _ => items.iter().map(|item| Value::Object(fields(item, extension))).collect(),
    };
    Ok(Answer::new().with("items", items).issues(issues))
}

/// The fields of a medium under GBIF's names.
fn fields(item: &Item<'_>, extension: Extension) -> Map<String, Value> {
    let fields = FIELDS.iter().zip(item.values()).filter_map(|(name, value)| Some((*name, value?)));
    let named = fields.filter_map(|(name, value)| match name {
        "datasetID" => Some(("datasetId", value)),
        // GBIF sets the type of an image when it puts the extensions together.
        "type" if extension == Extension::Image => None,
        name => Some((name, value)),
    });
    named.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

/// A medium as GBIF's record of Audubon Core has it: every term as given, but for those that are interpreted.
fn audubon(item: &Item<'_>, row: &Value) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    for (address, value) in row.as_object().into_iter().flatten() {
        let name = simple(address);
        let of_terms = address.starts_with("http://purl.org/dc/terms/");
        let field = match name {
            "creator" | "source" | "language" if of_terms => format!("{name}Uri"),
            "type" | "format" | "rights" | "accessURI" | "furtherInformationURL" | "CreateDate" => continue,
            name => camel(name),
        };
        fields.insert(field, value.clone());
    }
    let license = item.license.as_deref();
    // Of the terms that a medium's licence is read from, GBIF reads these.
    let has_rights = row.as_object().into_iter().flatten().any(|(address, _)| simple(address) == "rights");
    let rights = license.filter(|_| has_rights);
    let read = [
        ("type", item.media_type),
        ("format", item.format.as_deref()),
        ("accessUri", item.identifier.as_deref()),
        ("furtherInformationUrl", item.references.as_deref()),
        ("createDate", item.created.as_deref()),
        ("rights", rights),
        ("rightsUri", rights),
    ];
    fields.extend(read.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))));
    Value::Object(fields)
}

/// `providerManagedID` is `providerManagedId`, `Owner` is `owner`.
fn camel(name: &str) -> String {
    let name = name.replace("URL", "Url").replace("URI", "Uri").replace("ID", "Id");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// The rows of a case as the one record of a batch.
fn rows(given: &Given<'_>, column: &str) -> Result<arrow::array::ListArray, String> {
    value::rows(&simple_rows(given, column))
}

/// The rows of a case with the simple names of their terms. Where two terms share one, that of `dc` gets its prefix.
fn simple_rows(given: &Given<'_>, column: &str) -> Vec<Value> {
    let rows = given.json(column).unwrap_or(Value::Null);
    rows.as_array().into_iter().flatten().map(simple_names).collect()
}

fn simple_names(row: &Value) -> Value {
    let terms = || row.as_object().into_iter().flatten();
    let name_of = |address: &str| {
        let name = simple(address);
        let shared = terms().any(|(other, _)| other != address && simple(other) == name);
        if shared && address.starts_with("http://purl.org/dc/elements/1.1/") {
            format!("dc_{name}")
        } else {
            name.to_owned()
        }
    };
    Value::Object(terms().map(|(address, value)| (name_of(address), value.clone())).collect())
}

/// The simple name of a term.
fn simple(address: &str) -> &str {
    address.rsplit(['/', '#', ':']).next().unwrap_or(address)
}
