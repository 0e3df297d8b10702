#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, StructArray};
use arrow::datatypes::{Float64Type, Int32Type};
use proptest::prelude::*;

use super::*;
use crate::extension::given;

static SETTINGS: std::sync::LazyLock<Settings> =
    std::sync::LazyLock::new(|| Settings::new(jiff::civil::date(2025, 6, 30)));

fn interpret(terms: &[(&str, &[Option<&str>])]) -> StructArray {
    let step = Basic::new(&References::default(), &SETTINGS);
    let rows = terms.first().map_or(1, |(_, values)| values.len());
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let (_, values) = terms.iter().find(|(name, _)| *name == input.name())?;
            Some(Arc::new(StringArray::from(values.to_vec())) as ArrayRef)
        })
        .collect();
    let result = step.interpret(&Verbatim::new(rows, step.reads(), &columns));
    assert_eq!(result.fields(), &step.writes());
    assert_eq!(result.len(), rows);
    assert_eq!(result.null_count(), 0);
    result
}

fn text<'a>(result: &'a StructArray, name: &str, row: usize) -> Option<&'a str> {
    let column = result.column_by_name(name).unwrap().as_string::<i32>();
    column.is_valid(row).then(|| column.value(row))
}

fn list(result: &StructArray, name: &str, row: usize) -> Vec<String> {
    let column = result.column_by_name(name).unwrap().as_list::<i32>();
    if column.is_null(row) {
        return Vec::new();
    }
    column.value(row).as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

#[test]
fn a_record_with_nothing_is_a_present_occurrence() {
    let result = interpret(&[]);
    assert_eq!(text(&result, "basisOfRecord", 0), Some("OCCURRENCE"));
    assert_eq!(text(&result, "occurrenceStatus", 0), Some("PRESENT"));
    assert_eq!(text(&result, "license", 0), Some("UNSPECIFIED"));
    assert_eq!(list(&result, "issues", 0), ["BASIS_OF_RECORD_INVALID"]);
}

#[test]
fn french_records() {
    let result = interpret(&[
        ("basisOfRecord", &[Some("Te"), Some("HumanObservation"), Some("Collection")]),
        ("occurrenceStatus", &[Some("Pr"), Some("Non observé"), None]),
        ("individualCount", &[Some("3"), Some("0"), Some("environ 10")]),
        ("sex", &[Some("2 mâles, 1 femelle"), Some("2"), Some("Femelle")]),
        ("lifeStage", &[Some("Adulte"), Some("7"), Some("Juvénile")]),
        ("license", &[Some("Licence Ouverte 2.0"), None, Some("tous droits réservés")]),
        ("datasetLicense", &[Some("CC_BY_NC_4_0"); 3]),
        ("recordedBy", &[Some("DUPONT Jean (LPO) | MARTIN Anne"), Some("null"), None]),
        ("organismQuantity", &[Some("2,5"), Some("x"), None]),
    ]);
    assert_eq!(text(&result, "basisOfRecord", 0), Some("HUMAN_OBSERVATION"));
    assert_eq!(text(&result, "basisOfRecord", 2), Some("PRESERVED_SPECIMEN"));
    assert_eq!(text(&result, "occurrenceStatus", 1), Some("ABSENT"));
    assert_eq!(text(&result, "sex", 0), Some("Mixed"));
    assert_eq!(text(&result, "sex", 1), Some("Female"));
    assert_eq!(text(&result, "lifeStage", 1), Some("Caterpillar"));
    assert_eq!(text(&result, "license", 0), Some("CC_BY_4_0"));
    assert_eq!(text(&result, "license", 1), Some("CC_BY_NC_4_0"));
    assert_eq!(text(&result, "license", 2), Some("CC_BY_NC_4_0"));
    assert_eq!(list(&result, "recordedBy", 0), ["DUPONT Jean (LPO)", "MARTIN Anne"]);
    assert_eq!(list(&result, "recordedBy", 1), ["null"]);
    assert_eq!(result.column_by_name("individualCount").unwrap().as_primitive::<Int32Type>().value(0), 3);
    assert!(
        (result.column_by_name("organismQuantity").unwrap().as_primitive::<Float64Type>().value(0) - 2.5).abs() < 1e-9
    );
    assert_eq!(list(&result, "issues", 2), ["INDIVIDUAL_COUNT_INVALID"]);
}

#[test]
fn clean_text_is_not_copied_and_other_text_is_trimmed() {
    let result = interpret(&[
        ("habitat", &[Some("prairie"), None]),
        ("behavior", &[Some(" chant "), Some("NULL")]),
        ("references", &[Some("inpn.mnhn.fr/espece/cd_nom/1"), Some("voir carnet")]),
    ]);
    assert_eq!(text(&result, "habitat", 0), Some("prairie"));
    assert_eq!(text(&result, "behavior", 0), Some("chant"));
    assert_eq!(text(&result, "behavior", 1), None);
    assert_eq!(text(&result, "references", 0), Some("http://inpn.mnhn.fr/espece/cd_nom/1"));
    assert_eq!(
        list(&result, "issues", 1),
        ["REFERENCES_URI_INVALID", "BASIS_OF_RECORD_INVALID"]
            .map(str::to_owned)
            .iter()
            .rev()
            .cloned()
            .collect::<Vec<_>>()
    );
}

#[test]
fn an_identification_is_read_where_the_record_has_none() {
    let step = Basic::new(&References::default(), &SETTINGS);
    let rows = || {
        vec![vec![("identifiedBy", "A. Dupont | B. Martin"), ("typeStatus", "Holotype"), ("dateIdentified", "2019")]]
    };
    let mut two = rows();
    two.push(vec![("identifiedBy", "C. Petit"), ("dateIdentified", "01/02/2021")]);
    let mut undated = rows();
    undated.push(vec![("identifiedBy", "C. Petit")]);
    let history = given::column(&[rows(), rows(), two, undated]);
    let kingdoms: ArrayRef = Arc::new(StringArray::from(vec![None, Some("Animalia"), Some(" "), None]));
    let result = given::interpret(&step, 4, &[("identification", history), ("kingdom", kingdoms)]);
    assert_eq!(list(&result, "identifiedBy", 0), ["A. Dupont", "B. Martin"]);
    assert_eq!(list(&result, "typeStatus", 0), ["Holotype"]);
    assert!(list(&result, "identifiedBy", 1).is_empty(), "the record has a taxon of its own");
    assert_eq!(list(&result, "identifiedBy", 2), ["C. Petit"]);
    assert!(list(&result, "typeStatus", 2).is_empty(), "all or nothing");
    assert!(list(&result, "identifiedBy", 3).is_empty(), "nothing tells which is meant");
}

#[test]
fn names_are_read_only_where_the_dataset_asks() {
    let people = "Smith, J.; A. Berg | MARTIN Anne (LPO)";
    let result = interpret(&[("recordedBy", &[Some(people)]), ("identifiedBy", &[None])]);
    assert_eq!(list(&result, "recordedBy", 0), ["Smith, J.; A. Berg", "MARTIN Anne (LPO)"]);
    let result = interpret(&[("recordedBy", &[Some(people)]), ("collectorNames", &[Some("true")])]);
    assert_eq!(list(&result, "recordedBy", 0), ["Smith, J.", "Berg, A.", "Martin, Anne"]);
    assert!(list(&result, "identifiedBy", 0).is_empty());
}

#[test]
fn verification_is_a_level_or_stays() {
    let texts = ["Certain - très probable", "3 - Douteux", "verified by expert", "2", "A.B. Field, in litt."];
    let result = interpret(&[("identificationVerificationStatus", &texts.map(Some))]);
    let found: Vec<_> = (0..5).map(|row| text(&result, "identificationVerificationStatus", row).unwrap()).collect();
    assert_eq!(found, ["certain", "doubtful", "verified", "2", "A.B. Field, in litt."]);
}

proptest! {
    #[test]
    fn any_text_in_any_term_gives_a_record(values in proptest::collection::vec("\\PC{0,24}|[a-z0-9|;,?= ]{0,20}", 40)) {
        let step = Basic::new(&References::default(), &SETTINGS);
        let columns: Vec<Option<ArrayRef>> = step.reads().iter().enumerate().map(|(position, input)| {
            matches!(input, Input::Term(_) | Input::Dataset(_)).then(|| {
                let value = values.get(position % values.len()).map(String::as_str);
                Arc::new(StringArray::from(vec![value, None])) as ArrayRef
            })
        }).collect();
        let result = step.interpret(&Verbatim::new(2, step.reads(), &columns));
        prop_assert_eq!(result.len(), 2);
        prop_assert_eq!(result.null_count(), 0);
        let column = result.column_by_name("relativeOrganismQuantity").unwrap().as_primitive::<Float64Type>();
        prop_assert!(column.iter().flatten().all(f64::is_finite));
        let counts = result.column_by_name("individualCount").unwrap().as_primitive::<Int32Type>();
        prop_assert!(counts.iter().flatten().all(|count| count >= 0));
    }
}
