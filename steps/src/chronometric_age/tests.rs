#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray};
use proptest::prelude::*;

use super::*;
use crate::extension::given;

use arrow::datatypes::Float64Type;

proptest! {
    #[test]
    fn the_earliest_is_never_younger(ages in proptest::collection::vec(("\\PC{0,8}|[0-9]{1,5}([.,][0-9])?", "\\PC{0,8}|BP|ka|AD|BC|cal BP"), 2)) {
        let row = vec![
            ("earliestChronometricAge", ages[0].0.as_str()),
            ("earliestChronometricAgeReferenceSystem", &ages[0].1),
            ("latestChronometricAge", &ages[1].0),
            ("latestChronometricAgeReferenceSystem", &ages[1].1),
        ];
        let step = ChronometricAge::new(&Settings::new(jiff::civil::date(2025, 6, 30)));
        let result = given::interpret(&step, 1, &[(EXTENSION, given::column(&[vec![row]]))]);
        let rows = result.column(0).as_list::<i32>().value(0);
        let years = ["earliestYearsBeforePresent", "latestYearsBeforePresent"]
            .map(|name| rows.as_struct().column_by_name(name).unwrap().as_primitive::<Float64Type>().clone());
        for row in (0..rows.len()).filter(|row| years.iter().all(|years| years.is_valid(*row))) {
            prop_assert!(years[0].value(row) >= years[1].value(row));
        }
    }
}
