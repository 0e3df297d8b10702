#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray};
use proptest::prelude::*;

use super::*;
use crate::extension::given;

use crate::Issue;

#[test]
fn every_issue_of_events_is_raised_by_some_value() {
    let wrong = TERMS.iter().filter_map(|(name, kind)| match kind {
        Kind::Number(issue) | Kind::Count(issue) | Kind::Flag(issue) => Some((*name, *issue)),
        _ => None,
    });
    for (name, issue) in wrong {
        let column = given::column(&[vec![vec![(name, "perhaps")]]]);
        let result = given::interpret(&Humboldt::new(&References::default()), 1, &[(EXTENSION, column)]);
        let issues = result.column_by_name("issues").unwrap().as_list::<i32>().value(0);
        assert_eq!(issues.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), [issue.name()], "{name}");
        assert!(issue < Issue::GeoreferencePostOccurrence);
    }
}

#[test]
fn areas_are_compared_in_one_unit_only() {
    let lower = |a: f64, unit: Option<&str>, b: f64, other: Option<&str>| {
        checks::Area { value: Some(a), unit }.is_lower_than(checks::Area { value: Some(b), unit: other })
    };
    assert!(lower(5.0, Some("m2"), 10.0, Some("M²")));
    assert!(!lower(10.0, Some("m2"), 10.0, Some("m2")));
    assert!(!lower(5.0, Some("m2"), 10.0, Some("ha")));
    assert!(!lower(5.0, None, 10.0, None));
}

proptest! {
    #[test]
    fn any_rows_are_read(value in "\\PC{0,16}|(-?[0-9]{1,4}|oui|a|\\|){1,3}", names in proptest::collection::vec(0..TERMS.len(), 0..12)) {
        let row: given::Row<'_> = names.iter().map(|name| (TERMS[*name].0, value.as_str())).collect();
        let step = Humboldt::new(&References::default());
        let result = given::interpret(&step, 2, &[(EXTENSION, given::column(&[vec![row], Vec::new()]))]);
        let lists = result.column(0).as_list::<i32>();
        prop_assert!(lists.value(0).len() <= 1 && lists.is_null(1));
    }
}
