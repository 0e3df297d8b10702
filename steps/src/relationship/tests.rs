#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray};
use proptest::prelude::*;

use super::*;
use crate::extension::given;

proptest! {
    #[test]
    fn any_rows_are_read(rows in proptest::collection::vec(proptest::collection::vec("\\PC{0,12}|[12][0-9]{3}", 3), 0..4)) {
        let names = ["relatedResourceID", "relationshipOfResource", "relationshipEstablishedDate"];
        let rows: Vec<given::Row<'_>> =
            rows.iter().map(|row| names.into_iter().zip(row.iter().map(String::as_str)).collect()).collect();
        let step = Relationship::new(&Settings::new(jiff::civil::date(2025, 6, 30)));
        let result = given::interpret(&step, 2, &[(EXTENSION, given::column(&[rows.clone(), Vec::new()]))]);
        let lists = result.column(0).as_list::<i32>();
        prop_assert!(lists.value(0).len() <= rows.len() && lists.is_null(1));
    }
}
