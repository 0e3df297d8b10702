#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray};
use proptest::prelude::*;

use super::*;
use crate::parse::sinp_nomenclature::values;

fn interpret(terms: &[(&str, &str)]) -> StructArray {
    let step = Sinp::new();
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let (_, value) = terms.iter().find(|(name, _)| *name == input.name())?;
            Some(Arc::new(StringArray::from(vec![*value])) as ArrayRef)
        })
        .collect();
    let result = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    assert_eq!((result.fields(), result.len(), result.null_count()), (&step.writes(), 1, 0));
    result
}

fn code(result: &StructArray, name: &str) -> Option<String> {
    let column = result.column_by_name(name).unwrap().as_string::<i32>();
    column.is_valid(0).then(|| column.value(0).to_owned())
}

fn issues(result: &StructArray) -> Vec<String> {
    let list = result.column_by_name("issues").unwrap().as_list::<i32>().value(0);
    list.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

#[test]
fn an_archive_without_attributes_is_empty() {
    let result = interpret(&[("dynamicProperties", "sex=female; weight=5 g")]);
    assert!(result.columns()[..COUNT].iter().all(|column| column.null_count() == 1));
    assert!(issues(&result).is_empty());
}

#[test]
fn a_column_counts_before_a_key_of_any_spelling() {
    let keys = r#"{"OCSEX":"2","OC_ETAT_BIO":"Trouvé mort","denbrmin":"3","STAT_OBS":"No"}"#;
    let result = interpret(&[("occSexe", "Mâle"), ("dynamicProperties", keys)]);
    assert_eq!(code(&result, "occSexe").as_deref(), Some("3"));
    assert_eq!(code(&result, "occEtatBiologique").as_deref(), Some("3"));
    assert_eq!(code(&result, "statutObservation").as_deref(), Some("No"));
    assert_eq!(result.column_by_name("denombrementMin").unwrap().null_count(), 0);
    assert!(issues(&result).is_empty());
}

#[test]
fn a_status_of_version_1_becomes_a_behaviour() {
    let result = interpret(&[("occStatutBiologique", "7")]);
    assert_eq!((code(&result, "occStatutBiologique"), code(&result, "occComportement").as_deref()), (None, Some("7")));
    let result = interpret(&[("occStatutBiologique", "Halte migratoire"), ("occComportement", "NSP")]);
    assert_eq!(code(&result, "occComportement").as_deref(), Some("6"));
    let result = interpret(&[("occStatutBiologique", "12"), ("occComportement", "18")]);
    assert_eq!(code(&result, "occComportement").as_deref(), Some("18"));
    assert!(issues(&result).is_empty());
}

#[test]
fn what_is_in_no_nomenclature_is_flagged() {
    for (name, value) in [("occSexe", "9"), ("sensiNiveau", "m02"), ("obsTechnique", "au filet")] {
        let result = interpret(&[(name, value)]);
        assert_eq!((code(&result, name), issues(&result)), (None, vec!["SINP_CODE_INVALID".to_owned()]), "{value}");
    }
    for (name, value) in [
        ("denombrementMin", "2.5"),
        ("denombrementMax", "-1"),
        ("precisionGeometrie", "0"),
        ("precisionGeometrie", "x"),
    ] {
        assert_eq!(issues(&interpret(&[(name, value)])), ["SINP_NUMBER_INVALID"], "{value}");
    }
    assert_eq!(issues(&interpret(&[("denombrementMin", "5"), ("denombrementMax", "2")])), ["SINP_NUMBER_INVALID"]);
}

#[test]
fn what_may_be_blurred_is_not_read_as_precise() {
    for (column, properties, blur) in [
        ("", r#"{"dEEFloutage":"un peu"}"#, "NSP"),
        ("", r#"{"dEEFloutage":["OUI"]}"#, "OUI"),
        ("", r#"{"dEEFloutage":"NON","DEE_FLOU":"OUI"}"#, "OUI"),
        ("", r#"{"dEEFloutage":"OUI","dEEFloutage":"NON"}"#, "OUI"),
        ("", "vu au loin, dEEFloutage=OUI", "NSP"),
        ("NON", r#"{"dEEFloutage":"OUI"}"#, "OUI"),
        ("peut-être", "", "NSP"),
        ("NON", r#"{"dEEFloutage":"NON"}"#, "NON"),
    ] {
        let result = interpret(&[("dEEFloutage", column), ("dynamicProperties", properties)]);
        assert_eq!(code(&result, "dEEFloutage").as_deref(), Some(blur), "{column} {properties}");
    }
}

#[test]
fn every_nomenclature_of_the_table_has_its_attribute() {
    for value in values() {
        assert!(ATTRIBUTES.iter().any(|(_, nomenclature, _)| *nomenclature == value.nomenclature), "{value:?}");
    }
    for (name, nomenclature, _) in ATTRIBUTES {
        assert!(values().iter().any(|value| value.nomenclature == nomenclature), "{name}");
    }
    let keys: usize = ATTRIBUTES.iter().map(|(_, _, names)| 1 + names.len()).sum::<usize>()
        + NUMBERS.iter().map(|(_, names)| 1 + names.len()).sum::<usize>();
    assert_eq!(NAMES.len(), keys, "two attributes claim a name");
}

proptest! {
    #[test]
    fn any_text_is_a_code_or_flagged(texts in proptest::collection::vec("\\PC{1,12}|[0-9]{1,3}|[A-Za-z]{2,4}", COUNT + 1)) {
        let step = Sinp::new();
        let columns: Vec<Option<ArrayRef>> = texts
            .iter()
            .map(|text| Some(Arc::new(StringArray::from(vec![Some(text.as_str()), None])) as ArrayRef))
            .collect();
        let result = step.interpret(&Verbatim::new(2, step.reads(), &columns));
        for (name, nomenclature, _) in ATTRIBUTES {
            let column = result.column_by_name(name).unwrap().as_string::<i32>();
            prop_assert!(column.is_null(0) || of_code(nomenclature, column.value(0)).is_some(), "{}", name);
        }
    }
}
