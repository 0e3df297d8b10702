#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::AsArray;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::parents::{ENDLESS, MISSING};
use super::*;

const TERMS: [&str; 12] = [
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "countryCode",
    "locality",
    "waterBody",
    "minimumElevationInMeters",
    "eventDate",
    "year",
    "month",
    "eventTime",
    "scientificName",
];

/// An event or a record: its id, its parent, and what it says.
type Given<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> StringArray {
    values.map(|value| (!value.is_empty()).then_some(value)).collect()
}

fn column(rows: &[Given<'_>], term: &str) -> StringArray {
    texts(rows.iter().map(|(_, _, said)| said.iter().find(|(known, _)| *known == term).map_or("", |(_, value)| value)))
}

fn parents(events: &[Given<'_>]) -> ParentEvents {
    let ids = texts(events.iter().map(|event| event.0));
    let above = texts(events.iter().map(|event| event.1));
    ParentEvents::new(ids, &above, TERMS.iter().map(|term| ((*term).to_owned(), column(events, term))).collect())
}

fn complete(events: &ParentEvents, records: &[Given<'_>]) -> StructArray {
    let columns: Vec<(&str, StringArray)> = TERMS.iter().map(|term| (*term, column(records, term))).collect();
    let (ids, above) = (texts(records.iter().map(|r| r.0)), texts(records.iter().map(|r| r.1)));
    events.complete(&ids, &above, &columns)
}

/// Completed records as JSON, without what is null or false.
fn told(events: &[Given<'_>], records: &[Given<'_>]) -> Vec<Map<String, Value>> {
    let completed = complete(&parents(events), records);
    assert_eq!(completed.fields(), &completed_fields(TERMS));
    let row = |row: usize| -> Map<String, Value> {
        let Value::Object(row) = crate::table::value::read(&completed, row) else { panic!("a record is no object") };
        row.into_iter().filter(|(_, value)| *value != json!(false)).collect()
    };
    (0..completed.len()).map(row).collect()
}

fn from(row: &Map<String, Value>) -> Vec<(String, String)> {
    let pair =
        |taken: &Value| (taken["term"].as_str().unwrap().to_owned(), taken["eventID"].as_str().unwrap().to_owned());
    row.get("_inheritedTerms").map_or_else(Vec::new, |taken| taken.as_array().unwrap().iter().map(pair).collect())
}

const SURVEY: &[Given<'_>] = &[
    ("root", "", &[("eventDate", "2021"), ("waterBody", "Manche"), ("countryCode", "FR"), ("decimalLatitude", "1")]),
    (
        "site",
        "root",
        &[
            ("decimalLatitude", "49.1"),
            ("decimalLongitude", "-1.6"),
            ("geodeticDatum", "ED50"),
            ("locality", "Barneville"),
            ("minimumElevationInMeters", "4"),
        ],
    ),
    ("visit", "site", &[("eventDate", "2021-06-03"), ("locality", "Barneville, dune")]),
];

#[test]
fn each_group_comes_whole_from_the_nearest_event_that_has_it() {
    let rows =
        told(SURVEY, &[("sample", "visit", &[("scientificName", "Eryngium maritimum"), ("geodeticDatum", "WGS84")])]);
    let row = &rows[0];
    assert_eq!(row["_eventHierarchy"], json!(["root", "site", "visit", "sample"]));
    let expected = [
        ("decimalLatitude", "49.1"),
        ("decimalLongitude", "-1.6"),
        ("geodeticDatum", "ED50"),
        ("locality", "Barneville, dune"),
        ("waterBody", "Manche"),
        ("minimumElevationInMeters", "4"),
        ("eventDate", "2021-06-03"),
        ("scientificName", "Eryngium maritimum"),
    ];
    for (term, value) in expected {
        assert_eq!(row[term], value, "{term}");
    }
    // The site has coordinates: the country said of the whole is not held against them.
    assert!(!row.contains_key("countryCode"));
    assert_eq!(row["_locationInheritedFrom"], "site");
    assert_eq!(row["_dateInheritedFrom"], "visit");
    let taken = from(row);
    assert!(taken.contains(&("geodeticDatum".to_owned(), "site".to_owned())));
    assert!(taken.contains(&("waterBody".to_owned(), "root".to_owned())));
    assert_eq!(taken.len(), 7);
    // A datum alone, which is often the same in all rows, is no half of a place.
    assert!(!row.contains_key("_coordinatesReplaced"));
}

#[test]
fn what_a_record_says_itself_stays() {
    let own: &[(&str, &str)] = &[
        ("decimalLatitude", "49.2"),
        ("decimalLongitude", "-1.7"),
        ("year", "2022"),
        ("locality", " "),
        ("eventTime", "06:10"),
    ];
    let rows = told(SURVEY, &[("sample", "visit", own)]);
    let row = &rows[0];
    assert_eq!((&row["decimalLatitude"], &row["year"]), (&json!("49.2"), &json!("2022")));
    for absent in
        ["geodeticDatum", "eventDate", "minimumElevationInMeters", "_dateInheritedFrom", "_locationInheritedFrom"]
    {
        assert!(!row.contains_key(absent), "{absent}");
    }
    assert_eq!(row["locality"], "Barneville, dune");
    assert_eq!(from(row).len(), 2);
}

#[test]
fn latitude_and_longitude_never_come_from_two_events() {
    let events: &[Given<'_>] = &[
        ("a", "", &[("decimalLatitude", "45"), ("decimalLongitude", "5")]),
        ("b", "a", &[("decimalLatitude", "46"), ("month", "5")]),
    ];
    let rows = told(events, &[("c", "b", &[]), ("d", "b", &[("decimalLongitude", "6"), ("month", "7")])]);
    for row in &rows {
        assert_eq!((&row["decimalLatitude"], &row["decimalLongitude"]), (&json!("45"), &json!("5")));
        assert_eq!(row["_locationInheritedFrom"], "a");
    }
    assert!(!rows[0].contains_key("_coordinatesReplaced"));
    assert_eq!(rows[1]["_coordinatesReplaced"], true);
    // Nobody has a date, so that nothing replaces the month.
    assert_eq!(rows[1]["month"], "7");
}

#[test]
fn without_coordinates_the_words_are_taken() {
    let events: &[Given<'_>] = &[("a", "", &[("countryCode", "FR")]), ("b", "a", &[("locality", "Bugey")])];
    let rows = told(events, &[("c", "b", &[]), ("d", "b", &[("countryCode", "CH")])]);
    assert_eq!((&rows[0]["countryCode"], &rows[0]["locality"]), (&json!("FR"), &json!("Bugey")));
    assert_eq!(rows[0]["_locationInheritedFrom"], "a");
    assert_eq!((&rows[1]["countryCode"], &rows[1]["locality"]), (&json!("CH"), &json!("Bugey")));
}

#[test]
fn circles_end_and_missing_parents_are_told() {
    let events: &[Given<'_>] = &[
        ("one", "two", &[("year", "2001")]),
        ("two", "one", &[("locality", "Bugey")]),
        ("self", "self", &[("year", "2002")]),
    ];
    let records: &[Given<'_>] = &[
        ("one", "two", &[]),
        ("below", "two", &[]),
        ("self", "self", &[]),
        ("child", "self", &[]),
        ("orphan", "gone", &[]),
        ("root", "", &[]),
        ("", "self", &[]),
    ];
    let rows = told(events, records);
    let hierarchy = |row: usize| rows[row]["_eventHierarchy"].clone();
    assert_eq!(
        (0..7).map(hierarchy).collect::<Vec<_>>(),
        [
            json!(["one"]),
            json!(["two", "below"]),
            json!(["self"]),
            json!(["self", "child"]),
            json!(["gone", "orphan"]),
            json!(["root"]),
            json!(["self"]),
        ]
    );
    let endless: Vec<usize> = (0..7).filter(|row| rows[*row].contains_key(ENDLESS)).collect();
    assert_eq!(endless, [0, 1, 2, 3, 6]);
    let missing: Vec<usize> = (0..7).filter(|row| rows[*row].contains_key(MISSING)).collect();
    assert_eq!(missing, [4]);
    // Across the link of a circle nothing is taken; below it, what the circle's member says itself.
    assert!(!rows[0].contains_key("locality"));
    assert_eq!((&rows[1]["locality"], rows[1].get("year")), (&json!("Bugey"), None));
    assert_eq!(rows[3]["year"], "2002");
    let events = parents(events);
    assert!(events.is_endless("two") && events.contains("self") && !events.contains("gone"));
}

#[test]
fn the_first_of_two_events_with_an_id_counts_and_ids_are_trimmed() {
    let events: &[Given<'_>] = &[(" a ", "", &[("year", "2001")]), ("a", "", &[("year", "2002")]), (" ", "", &[])];
    let rows = told(events, &[("b", "a ", &[])]);
    assert_eq!(rows[0]["year"], "2001");
    assert_eq!(rows[0]["_eventHierarchy"], json!(["a", "b"]));
}

#[test]
fn a_very_deep_lineage_hands_down_and_is_listed_in_part() {
    let names: Vec<String> = (0..100_000).map(|depth| format!("event-{depth}")).collect();
    let ids: StringArray = names.iter().map(Some).collect();
    let above: StringArray = (0..names.len()).map(|at| at.checked_sub(1).map(|at| names[at].as_str())).collect();
    let dates: StringArray = (0..names.len()).map(|at| (at == 0).then_some("1999")).collect();
    let events = ParentEvents::new(ids, &above, vec![("eventDate".to_owned(), dates)]);
    let last = names.last().unwrap().as_str();
    let completed = events.complete(
        &texts(["end"].into_iter()),
        &texts([last].into_iter()),
        &[("eventDate", texts([""].into_iter()))],
    );
    assert_eq!(completed.column(0).as_string::<i32>().value(0), "1999");
    let hierarchy = completed.column_by_name(HIERARCHY).unwrap().as_list::<i32>().value(0);
    assert!((1000..2000).contains(&hierarchy.len()));
    assert_eq!(hierarchy.as_string::<i32>().value(hierarchy.len() - 2), last);
}

#[test]
fn a_dataset_without_parents_has_no_hierarchy() {
    let step = Event::new(&References::default());
    let mut columns: Vec<Option<ArrayRef>> = vec![None; step.reads().len()];
    columns[1] = Some(Arc::new(texts(["a"].into_iter())));
    let written = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    assert!(written.columns().iter().take(5).all(|column| column.is_null(0)));
}

proptest! {
    #[test]
    fn whatever_is_above_records_come_out_whole(
        events in proptest::collection::vec((0..6_u8, 0..7_u8, proptest::option::of("[a-z]{0,2}"), proptest::option::of("[0-9]{0,2}")), 0..8),
        records in proptest::collection::vec((0..9_u8, 0..9_u8, proptest::option::of("[a-z]{0,2}")), 1..8),
    ) {
        let id = |number: &u8| Some(format!("e{number}")).filter(|_| *number > 0);
        let ids: StringArray = events.iter().map(|event| id(&event.0)).collect();
        let above: StringArray = events.iter().map(|event| id(&event.1)).collect();
        let terms = vec![
            ("locality".to_owned(), events.iter().map(|event| event.2.clone()).collect::<StringArray>()),
            ("year".to_owned(), events.iter().map(|event| event.3.clone()).collect()),
        ];
        let table = ParentEvents::new(ids, &above, terms);
        let localities: StringArray = records.iter().map(|record| record.2.clone()).collect();
        let columns = [("locality", localities.clone()), ("year", StringArray::new_null(records.len()))];
        let record_ids: StringArray = records.iter().map(|record| id(&record.0)).collect();
        let record_parents: StringArray = records.iter().map(|record| id(&record.1)).collect();
        let once = table.complete(&record_ids, &record_parents, &columns);
        prop_assert_eq!(once.len(), records.len());
        prop_assert_eq!(once.fields(), &completed_fields(["locality", "year"]));
        let completed = once.column(0).as_string::<i32>().clone();
        for row in 0..records.len() {
            // One's own is never replaced.
            if let Some(own) = crate::verbatim::Text::new(Some(&localities)).value(row) {
                prop_assert_eq!(completed.value(row), own);
            }
        }
        // What is complete stays as it is.
        let columns = [("locality", completed), ("year", once.column(1).as_string::<i32>().clone())];
        let twice = table.complete(&record_ids, &record_parents, &columns);
        prop_assert_eq!(once.column(0).as_ref(), twice.column(0).as_ref());
        prop_assert_eq!(once.column(1).as_ref(), twice.column(1).as_ref());
    }
}
