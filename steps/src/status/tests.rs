#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Int32Array, StringArray};
use arrow::util::display::array_value_to_string;
use proptest::prelude::*;

use super::*;
use crate::reference::taxref::{StatusColumns, TaxrefBuilder};

/// A genus with two species: one with statuses in many areas, one without any.
fn step(with_statuses: bool) -> Status {
    let header = ["CD_NOM", "CD_REF", "CD_SUP", "RANG", "LB_NOM", "FR", "REU", "TAAF", "EPA", "SA"];
    let mut builder = TaxrefBuilder::new(&header).unwrap();
    for row in [
        ["1", "1", "", "GN", "Aus", "", "", "", "", ""],
        ["2", "2", "1", "ES", "Aus bus", "P", "A", "", "X", "B"],
        ["3", "3", "1", "ES", "Aus cus", "W", "Q", "", "", ""],
        ["4", "4", "", "ES", "Dus eus", "J", "", "D", "", ""],
    ] {
        builder.push(2, &row).unwrap();
    }
    let columns = StatusColumns::new(&["CD_NOM", "CD_TYPE_STATUT", "CODE_STATUT", "CD_SIG"]).unwrap();
    let statuses = [
        ["1", "DH", "CDH4", "ETATFRA"],
        ["2", "PN", "NM2", "TERFXFR"],
        ["2", "LRR", "VU", "INSEER82"],
        ["2", "LRR", "NA", "INSEENR84"],
        ["2", "PD", "true", "INSEED26"],
        ["2", "REGLSO", "true", "INSEEC38185"],
        ["4", "LRN", "NE", "ETATFRA"],
    ];
    for row in statuses.into_iter().filter(|_| with_statuses) {
        builder.push_status(&columns, 2, &row).unwrap();
    }
    Status::new(&References { taxref: Some(Arc::new(builder.build())), ..References::default() })
}

/// Fields of a record of a taxon at a place: department, commune, country, occurrence status.
fn run(step: &Status, cd_ref: Option<i32>, place: [&str; 4]) -> Vec<String> {
    let mut columns: Vec<Option<ArrayRef>> = vec![Some(Arc::new(Int32Array::from(vec![cd_ref])))];
    columns.extend(
        place.map(|text| {
            Some(Arc::new(StringArray::from(vec![Some(text).filter(|text| !text.is_empty())])) as ArrayRef)
        }),
    );
    let result = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    result.columns().iter().map(|column| array_value_to_string(column, 0).unwrap()).collect()
}

#[test]
fn statuses_apply_where_the_record_is() {
    let (step, without) = (step(true), step(false));
    let codes = |place: [&str; 4]| run(&step, Some(2), place)[3..7].join(" ");
    assert_eq!(
        codes(["38", "38185", "FR", "PRESENT"]),
        "[DH:CDH4, LRR:NA, LRR:VU, PN:NM2, REGLSO:true] true true true"
    );
    assert_eq!(codes(["63", "", "FR", ""]), "[DH:CDH4, LRR:NA, PN:NM2] false true true");
    assert_eq!(codes(["", "", "", ""]), "[DH:CDH4] false false true");
    assert_eq!(codes(["974", "", "RE", ""]), "[DH:CDH4] false false true");
    assert_eq!(codes(["", "", "BE", ""]), "[] false false false");
    assert_eq!(run(&step, Some(4), ["38", "", "", ""])[3..7].join(" "), "[LRN:NE] false false false");
    assert_eq!(run(&step, None, ["38", "", "", ""])[3..7].join(" "), "   ");
    assert_eq!(run(&without, Some(2), ["38", "", "", ""])[3..7].join(" "), "   ");
}

#[test]
fn presence_is_that_of_the_territory() {
    let step = step(true);
    for (cd_ref, place, expected) in [
        (2, ["38", "", "FR", "PRESENT"], "FR P present []"),
        (2, ["974", "", "RE", "PRESENT"], "REU A absent [TAXREF_ABSENT_FROM_TERRITORY]"),
        (2, ["974", "", "RE", "ABSENT"], "REU A absent []"),
        (2, ["984", "", "TF", ""], "TAAF B occasional []"),
        (2, ["984", "98415", "TF", ""], "EPA X extinct [TAXREF_GONE_FROM_TERRITORY]"),
        (3, ["", "", "FR", ""], "FR W extirpated [TAXREF_GONE_FROM_TERRITORY]"),
        (3, ["", "97411", "", ""], "REU Q erroneous [TAXREF_ABSENT_FROM_TERRITORY]"),
        (4, ["2A", "", "", ""], "FR J introduced []"),
        (4, ["984", "", "", ""], "TAAF D doubtful []"),
        (1, ["38", "", "", ""], "FR   []"),
        (2, ["", "", "BE", ""], "   []"),
    ] {
        let fields = run(&step, Some(cd_ref), place);
        assert_eq!([&fields[0], &fields[1], &fields[2], &fields[7]].map(String::as_str).join(" "), expected);
    }
}

#[test]
fn without_taxref_only_the_territory_is_known() {
    let step = Status::new(&References::default());
    assert_eq!(run(&step, Some(2), ["974", "", "", ""]).join(" "), "REU       []");
}

proptest! {
    #[test]
    fn any_text_gives_one_sound_row(cd_ref in any::<Option<i32>>(), texts in prop::array::uniform4(any::<String>())) {
        let step = step(true);
        let texts = [texts[0].as_str(), &texts[1], &texts[2], &texts[3]];
        let once = run(&step, cd_ref, texts);
        prop_assert_eq!(&once, &run(&step, cd_ref, texts));
        prop_assert_eq!(once.len(), 8);
        prop_assert!(once[1].is_empty() || !once[0].is_empty());
    }
}
