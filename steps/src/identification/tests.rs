#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray, StringArray};
use proptest::prelude::*;

use super::*;
use crate::extension::given;

fn step() -> Identification {
    Identification::new(&References::default(), &Settings::new(jiff::civil::date(2025, 6, 30)))
}

#[test]
fn the_current_row_is_told_for_each_record() {
    let history = given::column(&[
        vec![vec![("taxonID", "1")]],
        Vec::new(),
        vec![vec![("taxonID", "2"), ("dateIdentified", "2001")], vec![("taxonID", "3"), ("dateIdentified", "2002")]],
        vec![vec![("taxonID", "4"), ("dateIdentified", "2001")]],
    ]);
    let names: ArrayRef = Arc::new(StringArray::from(vec![None, None, Some(" "), Some("Lutra lutra")]));
    let result = given::interpret(&step(), 4, &[(current::EXTENSION, history), ("scientificName", names)]);
    let lists = result.column(0).as_list::<i32>();
    let current = lists.values().as_struct().column_by_name("isCurrent").unwrap().as_boolean().clone();
    assert!(lists.is_null(1));
    assert_eq!(current.iter().flatten().collect::<Vec<_>>(), [true, false, true, false]);
}

proptest! {
    #[test]
    fn any_history_has_one_current_row_at_most(rows in proptest::collection::vec(proptest::collection::vec("\\PC{0,12}|[12][0-9]{3}", 4), 0..5)) {
        let names = ["dateIdentified", "typeStatus", "identifiedByID", "isAcceptedIdentification"];
        let rows: Vec<given::Row<'_>> =
            rows.iter().map(|row| names.into_iter().zip(row.iter().map(String::as_str)).collect()).collect();
        let result = given::interpret(&step(), 1, &[(current::EXTENSION, given::column(std::slice::from_ref(&rows)))]);
        let list = result.column(0).as_list::<i32>().value(0);
        let current = list.as_struct().column_by_name("isCurrent").unwrap().as_boolean().true_count();
        prop_assert!(list.len() <= rows.len() && current <= 1);
    }
}
