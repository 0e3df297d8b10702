#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::StringArray;
use arrow::datatypes::Float64Type;
use proptest::prelude::*;

use super::*;

fn interpret(terms: &[(&str, &str)]) -> StructArray {
    let step = Geology::new();
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let (_, value) = terms.iter().find(|(name, _)| *name == input.name())?;
            Some(Arc::new(StringArray::from(vec![*value])) as ArrayRef)
        })
        .collect();
    let result = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    assert_eq!(result.fields(), &step.writes());
    assert_eq!((result.len(), result.null_count()), (1, 0));
    result
}

fn strings(result: &StructArray, name: &str) -> Vec<String> {
    let list = result.column_by_name(name).unwrap().as_list::<i32>().value(0);
    list.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

#[test]
fn a_record_without_geology_is_empty() {
    let result = interpret(&[]);
    assert!(result.columns().iter().take(result.num_columns() - 1).all(|column| column.null_count() == 1));
    assert!(strings(&result, "issues").is_empty());
}

#[test]
fn layers_are_listed_as_in_the_index_of_gbif() {
    let result = interpret(&[
        ("group", "Groupe d'Oxford"),
        ("formation", " Calcaire à Astartes "),
        ("bed", "NULL"),
        ("lowestBiostratigraphicZone", "Zone à Bifurcatum"),
    ]);
    assert_eq!(strings(&result, "lithostratigraphy"), ["Calcaire à Astartes", "Groupe d'Oxford"]);
    assert_eq!(strings(&result, "biostratigraphy"), ["Zone à Bifurcatum"]);
}

#[test]
fn the_ages_are_those_of_the_smallest_rank() {
    let age = |result: &StructArray, name: &str| {
        let column = result.column_by_name(name).unwrap().as_primitive::<Float64Type>();
        column.is_valid(0).then(|| column.value(0))
    };
    let result = interpret(&[("earliestPeriodOrLowestSystem", "Jurassique"), ("latestAgeOrHighestStage", "Bathonien")]);
    assert_eq!((age(&result, "startAge"), age(&result, "endAge")), (Some(168.2), Some(165.3)));
    let result =
        interpret(&[("earliestPeriodOrLowestSystem", "Crétacé"), ("latestPeriodOrHighestSystem", "Jurassique")]);
    assert_eq!((age(&result, "startAge"), age(&result, "endAge")), (None, None));
    assert_eq!(strings(&result, "issues"), ["PERIOD_OR_SYSTEM_INVALID_RANGE"]);
}

proptest! {
    #[test]
    fn any_text_gives_a_context_in_order(values in proptest::collection::vec(
        "\\PC{0,12}|(lower|upper|middle|late)? ?(jurassic|cretaceous|miocene|albian|danian|cenozoic|phanerozoic)", 16)) {
        let step = Geology::new();
        let columns: Vec<Option<ArrayRef>> =
            values.iter().map(|value| Some(Arc::new(StringArray::from(vec![Some(value.as_str()), None])) as ArrayRef)).collect();
        let result = step.interpret(&Verbatim::new(2, step.reads(), &columns));
        let starts = result.column_by_name("startAge").unwrap().as_primitive::<Float64Type>();
        let ends = result.column_by_name("endAge").unwrap().as_primitive::<Float64Type>();
        prop_assert_eq!(starts.is_valid(0), ends.is_valid(0));
        prop_assert!(starts.is_null(0) || starts.value(0) > ends.value(0));
        prop_assert!(starts.is_null(1));
    }
}
