#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray};
use proptest::prelude::*;

use super::*;
use crate::extension::given;

fn step() -> Measurement {
    Measurement::new(&Settings::new(jiff::civil::date(2025, 6, 30)))
}

#[test]
fn rows_of_both_extensions_are_told_for_each_record() {
    let plain = given::column(&[Vec::new(), vec![vec![("measurementType", "a")]]]);
    let extended = given::column(&[vec![vec![("measurementType", "b")]], vec![vec![("measurementType", "a")]]]);
    let result = given::interpret(&step(), 2, &[(EXTENSIONS[0], plain), (EXTENSIONS[1], extended)]);
    let lists = result.column(0).as_list::<i32>();
    assert_eq!([lists.value_length(0), lists.value_length(1)], [1, 2]);
    let types = result.column(1).as_list::<i32>();
    assert_eq!(types.value(1).as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["a"]);
}

proptest! {
    #[test]
    fn given_texts_are_kept(value in "\\PC{0,16}|[0-9,.<-]{1,6}", unit in "\\PC{0,8}|mm|m2", date in "\\PC{0,12}|[12][0-9]{3}/[12][0-9]{3}") {
        let row = vec![("measurementValue", value.as_str()), ("measurementUnit", &unit), ("measurementDeterminedDate", &date)];
        let result = given::interpret(&step(), 1, &[(EXTENSIONS[0], given::column(&[vec![row.clone()]]))]);
        let lists = result.column(0).as_list::<i32>();
        let rows = lists.value(0);
        for (name, text) in row.into_iter().filter(|_| !rows.is_empty()) {
            let column = rows.as_struct().column_by_name(name).unwrap().as_string::<i32>();
            let kept = column.is_valid(0).then(|| column.value(0));
            let clean = crate::extension::clean(text);
            prop_assert_eq!(kept, clean.as_deref());
        }
    }
}
