#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray};
use proptest::prelude::*;

use super::*;
use crate::extension::given;

#[test]
fn what_repeats_is_read_once_and_told_for_each_record() {
    let row = || vec![vec![("dna_sequence", "acgtacgtacgt"), ("target_gene", "COI")]];
    let result = given::interpret(&Dna, 3, &[(EXTENSION, given::column(&[row(), Vec::new(), row()]))]);
    let lists = result.column(0).as_list::<i32>();
    assert!(lists.is_valid(0) && lists.is_null(1) && lists.is_valid(2));
    assert_eq!(lists.value(0).as_ref(), lists.value(2).as_ref());
}

proptest! {
    #[test]
    fn any_rows_are_read(rows in proptest::collection::vec(("\\PC{0,20}|[ACGTN -]{0,40}", "\\PC{0,10}|COI|16S"), 0..4)) {
        let rows: Vec<given::Row<'_>> =
            rows.iter().map(|(sequence, gene)| vec![("dna_sequence", sequence.as_str()), ("target_gene", gene)]).collect();
        let result = given::interpret(&Dna, 1, &[(EXTENSION, given::column(std::slice::from_ref(&rows)))]);
        prop_assert!(result.column(0).as_list::<i32>().value(0).len() <= rows.len());
        prop_assert!(result.column(1).as_list::<i32>().value(0).len() <= rows.len());
    }
}
