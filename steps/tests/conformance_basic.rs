//! The cases of `shared/conformance` that concern the steps `basic` and `multimedia` and their parsers.
//!
//! Skipped where the folder is absent. For each table, the failing cases and the rate of passes are printed (with
//! `--nocapture`) and the rate must not fall below a floor. An observed failure of the reference that is resolved here
//! counts as a pass, as the tables' README has it; a contradicted success never does.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use openobs_steps::parse::license::{GbifLicense, License};
use openobs_steps::parse::vocabulary::{BASIS_OF_RECORD, OCCURRENCE_STATUS, TYPE_STATUS};
use openobs_steps::parse::{
    basis_of_record, dynamic_properties, enumeration, life_stage, media, occurrence_status, quantity, sex, type_status,
    url, vocabulary,
};
use openobs_steps::reference::vocabularies::Vocabularies;
use openobs_steps::{Input, References, Step, Verbatim, basic};
use serde_json::Value;

/// One case: its cells by header. An empty cell is left out.
struct Case {
    cells: BTreeMap<String, String>,
}

impl Case {
    /// `None`: not supplied or not stated. `Some(None)`: null.
    fn get(&self, header: &str) -> Option<Option<String>> {
        self.cells.get(header).map(|cell| decode(cell))
    }

    fn input(&self, header: &str) -> Option<String> {
        self.get(header).flatten()
    }

    fn text(&self, header: &str) -> String {
        self.input(header).unwrap_or_default()
    }

    fn id(&self) -> &str {
        &self.cells["case_id"]
    }

    fn is_asserted(&self) -> bool {
        self.cells["evidence"] == "asserted"
    }

    /// Whether the tables state a column of an asserted case; all columns of an observed one.
    fn states(&self, header: &str) -> bool {
        !self.is_asserted()
            || self.cells.get("asserted").is_some_and(|asserted| asserted.split(';').any(|one| one == header))
    }
}

fn decode(cell: &str) -> Option<String> {
    match cell {
        "\\N" => None,
        "\\e" => Some(String::new()),
        cell => {
            let mut text = String::new();
            let mut characters = cell.chars();
            while let Some(character) = characters.next() {
                match character {
                    '\\' => match characters.next() {
                        Some('t') => text.push('\t'),
                        Some('n') => text.push('\n'),
                        Some('r') => text.push('\r'),
                        Some('\\') => text.push('\\'),
                        Some(other) => text.extend(['\\', other]),
                        None => text.push('\\'),
                    },
                    other => text.push(other),
                }
            }
            Some(text)
        }
    }
}

fn cases(area: &str) -> Option<Vec<Case>> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = ["../../shared", "../shared"].map(|up| here.join(up).join("conformance").join(format!("{area}.tsv")));
    let Some(table) = path.iter().find_map(|path| std::fs::read_to_string(path).ok()) else {
        println!("{area}: skipped, shared/conformance is not here");
        return None;
    };
    let mut lines = table.lines();
    let headers: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let cases = lines.map(|line| Case {
        cells: headers
            .iter()
            .zip(line.split('\t'))
            .filter(|(header, cell)| !cell.is_empty() || matches!(**header, "evidence" | "case_id"))
            .map(|(header, cell)| ((*header).to_owned(), cell.to_owned()))
            .collect(),
    });
    Some(cases.collect())
}

/// Runs a table. `run` gives `Ok` or what was got instead; `None` skips a case.
fn check(area: &str, asserted_floor: f64, observed_floor: f64, run: impl Fn(&Case) -> Option<Result<(), String>>) {
    let Some(cases) = cases(area) else { return };
    let mut passed = [0, 0];
    let mut total = [0, 0];
    for case in &cases {
        let kind = usize::from(!case.is_asserted());
        match run(case) {
            None => continue,
            Some(Ok(())) => passed[kind] += 1,
            Some(Err(got)) => println!("{area}: {} got {got}", case.id()),
        }
        total[kind] += 1;
    }
    let rate = |kind: usize| if total[kind] == 0 { 1.0 } else { f64::from(passed[kind]) / f64::from(total[kind]) };
    println!("{area}: asserted {}/{}, observed {}/{}", passed[0], total[0], passed[1], total[1]);
    assert!(rate(0) >= asserted_floor, "{area}: asserted {}", rate(0));
    assert!(rate(1) >= observed_floor, "{area}: observed {}", rate(1));
}

/// Compares one expected text; a failure of the reference may be resolved unless a test asserts it.
fn compare(case: &Case, header: &str, got: Option<&str>) -> Result<(), String> {
    match case.get(header) {
        None => Ok(()),
        Some(None) if got.is_some() && !case.is_asserted() => {
            if std::env::var_os("SHOW_RESOLVED").is_some() {
                println!(
                    "resolved: {} {:?} {header} {got:?}",
                    case.id(),
                    case.cells.iter().find(|(name, _)| name.starts_with("in.") && *name != "in.vocabulary")
                );
            }
            Ok(())
        }
        Some(expected) if expected.as_deref() == got => Ok(()),
        Some(expected) => Err(format!("{header} {got:?}, not {expected:?}")),
    }
}

/// Compares two names of an enumeration in any spelling.
fn compare_names(case: &Case, header: &str, got: Option<&str>) -> Result<(), String> {
    let fold = |name: &str| vocabulary::key(name).unwrap_or_default();
    match (case.input(header), got) {
        (Some(expected), Some(got)) if fold(&expected) == fold(got) => Ok(()),
        _ => compare(case, header, got),
    }
}

#[test]
fn basis_of_record_strings() {
    check("basis_of_record", 1.0, 0.99, |case| {
        Some(compare(
            case,
            "out.basisOfRecord",
            basis_of_record::basis_of_record(&BASIS_OF_RECORD, &case.text("in.basisOfRecord")),
        ))
    });
}

#[test]
fn occurrence_status_strings() {
    check("occurrence_status", 1.0, 1.0, |case| {
        Some(compare(
            case,
            "out.occurrenceStatus",
            occurrence_status::occurrence_status(&OCCURRENCE_STATUS, &case.text("in.occurrenceStatus")),
        ))
    });
}

#[test]
fn sex_strings() {
    check("sex", 1.0, 0.99, |case| Some(compare(case, "out.sex", enumeration::sex(&case.text("in.sex")))));
}

#[test]
fn life_stage_strings() {
    check("life_stage", 1.0, 1.0, |case| {
        Some(compare(case, "out.lifeStage", enumeration::life_stage_name(&case.text("in.lifeStage"))))
    });
}

#[test]
fn establishment_means_strings() {
    check("establishment_means", 1.0, 1.0, |case| {
        Some(compare(
            case,
            "out.establishmentMeans",
            enumeration::establishment_means(&case.text("in.establishmentMeans")),
        ))
    });
}

#[test]
fn type_status_strings() {
    check("type_status", 1.0, 1.0, |case| {
        Some(compare_names(case, "out.typeStatus", enumeration::type_status(&case.text("in.typeStatus")).as_deref()))
    });
}

#[test]
fn typified_names() {
    check("typified_name", 1.0, 1.0, |case| {
        Some(compare(case, "out.typifiedName", type_status::typified_name(&case.text("in.typeStatus")).as_deref()))
    });
}

#[test]
fn licenses() {
    check("license", 1.0, 1.0, |case| {
        let got = if case.cells.get("function").is_some_and(|function| function == "uri-then-title") {
            let (address, title) = (case.input("in.licenseUri"), case.input("in.licenseTitle"));
            Some(GbifLicense::of_address_then_title(address.as_deref(), title.as_deref()))
        } else {
            GbifLicense::of_text(&case.text("in.license"))
        };
        Some(compare(case, "out.license", got.map(GbifLicense::name)))
    });
}

#[test]
fn license_addresses() {
    check("license_uri", 1.0, 0.99, |case| {
        let got = License::of_text(&case.text("in.license")).map(|license| license.address());
        Some(compare(case, "out.licenseUri", got.as_deref()))
    });
}

#[test]
fn vocabulary_lookups() {
    check("vocabulary_lookup", 1.0, 0.97, |case| {
        let text = case.text("in.value");
        let (got, vocabulary) = match case.text("in.vocabulary").as_str() {
            "Sex" => (sex::sex(Vocabularies::built_in(), &text), &vocabulary::SEX),
            "LifeStage" => (life_stage::life_stage(Vocabularies::built_in(), &text), &vocabulary::LIFE_STAGE),
            "TypeStatus" => (type_status::one(&TYPE_STATUS, &text), &TYPE_STATUS),
            "EstablishmentMeans" => (vocabulary::ESTABLISHMENT_MEANS.name(&text), &vocabulary::ESTABLISHMENT_MEANS),
            "DegreeOfEstablishment" => {
                (vocabulary::DEGREE_OF_ESTABLISHMENT.name(&text), &vocabulary::DEGREE_OF_ESTABLISHMENT)
            }
            "Pathway" => (vocabulary::PATHWAY.name(&text), &vocabulary::PATHWAY),
            _ => return None,
        };
        let parents = got.and_then(|name| vocabulary.find(name)).map(|concept| vocabulary.parents(concept));
        Some(compare(case, "out.concept", got).and_then(|()| {
            match (case.input("out.concept"), case.input("out.parents")) {
                (Some(_), Some(expected)) => {
                    let expected: Vec<String> = serde_json::from_str(&expected).unwrap();
                    let got = parents.unwrap_or_default();
                    if expected == got { Ok(()) } else { Err(format!("parents {got:?}, not {expected:?}")) }
                }
                _ => Ok(()),
            }
        }))
    });
}

#[test]
fn other_vocabularies() {
    check("other_vocabularies", 1.0, 1.0, |case| {
        (case.text("in.vocabulary") == "mediaType")
            .then(|| compare(case, "out.value", media::media_type(&case.text("in.value"))))
    });
}

#[test]
fn traits_in_text() {
    check("dynamic_properties", 1.0, 1.0, |case| {
        let text = case.text("in.dynamicProperties");
        let got = match case.cells["function"].as_str() {
            "sex" => dynamic_properties::sex(&text),
            "lifeStage" => dynamic_properties::life_stage(&text),
            _ => return None,
        };
        Some(compare(case, "out.value", got.as_deref()))
    });
}

#[test]
fn urls() {
    check("url", 1.0, 1.0, |case| {
        let text = case.text("in.value");
        Some(if case.cells["function"] == "single" {
            compare(case, "out.url", url::address(&text).as_deref())
        } else {
            let got = url::addresses(&text);
            let expected: Vec<String> = serde_json::from_str(&case.text("out.urls")).unwrap();
            if got == expected { Ok(()) } else { Err(format!("{got:?}")) }
        })
    });
}

#[test]
fn numbers() {
    check("number", 1.0, 0.0, |case| {
        (case.cells["function"] == "decimal").then(|| {
            let got = quantity::quantity(&case.text("in.value"));
            let expected: Option<f64> = case.input("out.double").map(|expected| expected.parse().unwrap());
            if got == expected { Ok(()) } else { Err(format!("{got:?}")) }
        })
    });
}

#[test]
fn media_objects() {
    check("media", 1.0, 1.0, |case| {
        let (format, identifier) = (case.input("in.format"), case.input("in.identifier"));
        match case.cells["function"].as_str() {
            "mime_from_format" => Some(compare(case, "out.format", media::of_format(&format.unwrap()).as_deref())),
            "mime_from_uri" => Some(compare(case, "out.format", media::of_address(&identifier.unwrap()))),
            _ => {
                let found = media::detect(None, format.as_deref(), identifier.as_deref());
                let mut result = compare(case, "out.type", found.media_type);
                if case.states("out.format") {
                    result = result.and_then(|()| compare(case, "out.format", found.format.as_deref()));
                    let (identifier, references) = if found.is_page { (None, identifier) } else { (identifier, None) };
                    result = result
                        .and_then(|()| compare(case, "out.identifier", identifier.as_deref()))
                        .and_then(|()| compare(case, "out.references", references.as_deref()));
                }
                Some(result)
            }
        }
    });
}

/// The record that a step makes of the `in.` cells of a case.
fn record(step: &dyn Step, case: &Case) -> BTreeMap<String, Value> {
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let Input::Term(term) = input else { return None };
            // GBIF's tests do not always keep the capitals of a term.
            let name = format!("in.{}", term.name());
            let header = case.cells.keys().find(|header| header.eq_ignore_ascii_case(&name))?;
            let value = case.get(header)?;
            Some(Arc::new(StringArray::from(vec![value])) as ArrayRef)
        })
        .collect();
    let result = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    let options = FormatOptions::new();
    let mut record = BTreeMap::new();
    for (field, column) in result.fields().iter().zip(result.columns()) {
        let value = if column.is_null(0) {
            Value::Null
        } else if let Some(list) = column.as_list_opt::<i32>() {
            let elements = list.value(0);
            let texts = (0..elements.len()).map(|row| match elements.as_struct_opt() {
                Some(fields) => {
                    let text = |column: usize| fields.column(column).as_string::<i32>().value(row).to_owned();
                    serde_json::json!({"type": text(0), "value": text(1)})
                }
                None => Value::String(elements.as_string::<i32>().value(row).to_owned()),
            });
            Value::Array(texts.collect())
        } else {
            let text = ArrayFormatter::try_new(column, &options).unwrap().value(0).to_string();
            Value::String(text)
        };
        record.insert(field.name().clone(), value);
    }
    record
}

/// Compares the `out.` cells and issues of a case with a record; `None` when the case needs an extension.
fn compare_record(
    case: &Case,
    step: &dyn Step,
    names: &[(&str, &str)],
    ignored: &[&str],
) -> Option<Result<(), String>> {
    let got = record(step, case);
    let mut wrong = Vec::new();
    for (header, expected) in &case.cells {
        let Some(name) = header.strip_prefix("out.").filter(|_| case.states(header)) else { continue };
        let name = names.iter().find(|(from, _)| *from == name).map_or(name, |(_, to)| to);
        let Some(value) = got.get(name) else { continue };
        let expected = match decode(expected) {
            None => Value::Null,
            Some(text) => match serde_json::from_str::<Value>(&text) {
                Ok(Value::Object(concept)) => concept["concept"].clone(),
                Ok(Value::Array(list)) => Value::Array(list),
                _ => Value::String(text),
            },
        };
        if !same(&expected, value) {
            wrong.push(format!("{name} {value}, not {expected}"));
        }
    }
    if let Some(issues) = case.input("issues").filter(|_| case.states("issues")) {
        let expected: BTreeSet<&str> = issues.split(';').filter(|issue| *issue != "NONE").collect();
        let Value::Array(raised) = &got["issues"] else { unreachable!() };
        let raised: BTreeSet<&str> =
            raised.iter().filter_map(Value::as_str).filter(|issue| !ignored.contains(issue)).collect();
        if raised != expected {
            wrong.push(format!("issues {raised:?}, not {expected:?}"));
        }
    }
    Some(if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) })
}

fn same(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Array(expected), Value::Null) => expected.is_empty(),
        (Value::Array(expected), Value::Array(got)) => {
            let sorted = |list: &[Value]| {
                let mut texts: Vec<String> = list.iter().map(Value::to_string).collect();
                texts.sort();
                texts
            };
            sorted(expected) == sorted(got)
        }
        (Value::String(expected), Value::String(got)) => {
            expected == got
                || matches!((expected.parse::<f64>(), got.parse::<f64>()), (Ok(a), Ok(b)) if (a - b).abs() < 1e-9)
        }
        _ => expected == got,
    }
}

/// Names of GBIF's record that differ from ours.
const NAMES: [(&str, &str); 3] =
    [("recordedByIds", "recordedByID"), ("identifiedByIds", "identifiedByID"), ("projectId", "projectID")];

/// A case of one term has no basis of record; the step reads whole records.
fn ignored(case: &Case) -> &'static [&'static str] {
    if case.cells.contains_key("in.basisOfRecord") { &[] } else { &["BASIS_OF_RECORD_INVALID"] }
}

#[test]
fn basic_records() {
    let step = basic::Basic::new(&References::default());
    check("basic_record", 1.0, 1.0, |case| {
        // The engine puts the values of the Identification extension into the record before any step reads it.
        let from_extension =
            case.input("in.identifiedBy").is_none() && case.text("out.identifiedBy").contains("person");
        if from_extension {
            return None;
        }
        compare_record(case, &step, &NAMES, ignored(case))
    });
}

#[test]
fn occurrence_status_records() {
    let step = basic::Basic::new(&References::default());
    check("occurrence_status_record", 1.0, 1.0, |case| compare_record(case, &step, &NAMES, ignored(case)));
}

#[test]
fn vocabulary_records() {
    let step = basic::Basic::new(&References::default());
    check("vocabulary_record", 1.0, 1.0, |case| compare_record(case, &step, &NAMES, ignored(case)));
}

#[test]
fn person_identifiers() {
    let step = basic::Basic::new(&References::default());
    check("person_identifier", 1.0, 1.0, |case| compare_record(case, &step, &NAMES, ignored(case)));
}

/// The rows of an extension as one record of the verbatim table.
fn extension_rows(rows: &[serde_json::Map<String, Value>]) -> arrow::array::ListArray {
    use arrow::array::{ListArray, StructArray};
    use arrow::buffer::OffsetBuffer;
    use arrow::datatypes::{DataType, Field};
    let simple = |name: &str| name.rsplit(['/', '#']).next().unwrap_or(name).to_owned();
    let names: BTreeSet<String> = rows.iter().flat_map(|row| row.keys().map(|name| simple(name))).collect();
    let columns: Vec<(Arc<Field>, ArrayRef)> = names
        .iter()
        .map(|name| {
            let value = |row: &serde_json::Map<String, Value>| {
                row.iter()
                    .find(|(other, _)| simple(other) == *name)
                    .and_then(|(_, value)| value.as_str().map(str::to_owned))
            };
            let column: ArrayRef = Arc::new(rows.iter().map(value).collect::<StringArray>());
            (Arc::new(Field::new(name, DataType::Utf8, true)), column)
        })
        .collect();
    let values = StructArray::from(columns);
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    ListArray::new(field, OffsetBuffer::from_lengths([values.len()]), Arc::new(values), None)
}

#[test]
fn media_extensions() {
    use openobs_steps::multimedia::item::{Extension, FIELDS, Rows};
    check("extensions", 1.0, 1.0, |case| {
        let extension = match case.text("in.extension").as_str() {
            "http://rs.tdwg.org/ac/terms/Multimedia" => Extension::Audubon,
            "http://rs.gbif.org/terms/1.0/Image" => Extension::Image,
            "http://rs.gbif.org/terms/1.0/Multimedia" => Extension::Multimedia,
            _ => return None,
        };
        let rows: Vec<serde_json::Map<String, Value>> = serde_json::from_str(&case.text("in.rows")).unwrap();
        let expected: Vec<BTreeMap<String, Value>> = serde_json::from_str(&case.text("out.items")).unwrap();
        let list = extension_rows(&rows);
        let mut issues = openobs_steps::IssueSet::new();
        let items = Rows::of(extension, &list, openobs_steps::parse::date::DateOrder::Iso.into())
            .unwrap()
            .items(0, &mut issues);
        let raised: BTreeSet<&str> = issues.iter().map(openobs_steps::Issue::name).collect();
        let issues = case.text("issues");
        let wanted: BTreeSet<&str> = issues.split(';').filter(|issue| *issue != "NONE").collect();
        if raised != wanted || items.len() != expected.len() {
            return Some(Err(format!("{raised:?} {items:?}")));
        }
        for (item, expected) in items.iter().zip(&expected) {
            // Names of Audubon Core in GBIF's record; fields that the merged record does not have are left aside.
            for (name, value) in FIELDS.iter().zip(item.values()) {
                let theirs = match (*name, extension) {
                    ("created", Extension::Audubon) => "createDate",
                    ("identifier", Extension::Audubon) => "accessUri",
                    ("license", Extension::Audubon) => "rightsUri",
                    ("rightsHolder", Extension::Audubon) => "owner",
                    ("publisher", Extension::Audubon) => "providerLiteral",
                    ("description" | "references", Extension::Audubon) => continue,
                    ("datasetID", _) => "datasetId",
                    // GBIF sets the type of an image when it puts the extensions together.
                    ("type", Extension::Image) => continue,
                    (name, _) => name,
                };
                if value != expected.get(theirs).and_then(Value::as_str) {
                    return Some(Err(format!("{name} {value:?}, not {:?}", expected.get(theirs))));
                }
            }
        }
        Some(Ok(()))
    });
}

/// How far the rules reach: labels of the reference vocabularies, which the tables here do not copy. For information.
#[test]
fn labels_of_the_reference_vocabularies() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    type Find = fn(&str) -> Option<&'static str>;
    let areas: [(&str, Find, f64); 7] = [
        ("sex", |text| sex::sex(Vocabularies::built_in(), text), 0.96),
        ("life_stage", |text| life_stage::life_stage(Vocabularies::built_in(), text), 0.99),
        ("type_status", |text| type_status::one(&TYPE_STATUS, text), 0.99),
        ("establishment_means", |text| vocabulary::ESTABLISHMENT_MEANS.name(text), 0.99),
        ("degree_of_establishment", |text| vocabulary::DEGREE_OF_ESTABLISHMENT.name(text), 0.99),
        ("pathway", |text| vocabulary::PATHWAY.name(text), 0.99),
        ("occurrence_status", |text| occurrence_status::occurrence_status(&OCCURRENCE_STATUS, text), 0.99),
    ];
    for (area, find, floor) in areas {
        let path = ["../../shared", "../shared"]
            .map(|up| here.join(up).join(format!("conformance/vocab/vocabulary_{area}.tsv")));
        let Some(table) = path.iter().find_map(|path| std::fs::read_to_string(path).ok()) else { continue };
        let (mut right, mut wrong, mut unknown) = (0, 0, 0);
        for line in table.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let Some(label) = cells.get(5).and_then(|label| decode(label)) else { continue };
            match find(&label) {
                None => unknown += 1,
                Some(concept) if concept.eq_ignore_ascii_case(cells[0]) => right += 1,
                Some(concept) => {
                    wrong += 1;
                    if std::env::var_os("SHOW_RESOLVED").is_some() {
                        println!("label: {area} {label:?} {concept}, not {}", cells[0]);
                    }
                    continue;
                }
            }
            if std::env::var_os("SHOW_RESOLVED").is_some() && find(&label).is_none() {
                println!("label: {area} {label:?} none, not {}", cells[0]);
            }
        }
        println!("{area}: {right} labels right, {wrong} other, {unknown} unknown");
        assert!(f64::from(right) >= floor * f64::from(right + wrong), "{area}");
    }
}
