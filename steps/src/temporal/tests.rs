#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::parse::date::DateOrder;

fn step(date_order: DateOrder) -> Temporal {
    Temporal::new(&Settings { date_order, ..Settings::new(date(2025, 6, 30)) })
}

fn interpret(step: &Temporal, records: &[Vec<(&str, &str)>]) -> StructArray {
    let value = |record: &[(&str, &str)], name| {
        record.iter().find(|(term, _)| *term == name).map(|(_, value)| (*value).to_owned())
    };
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let column: StringArray = records.iter().map(|record| value(record, input.name())).collect();
            (column.null_count() < records.len()).then(|| Arc::new(column) as ArrayRef)
        })
        .collect();
    let result = step.interpret(&Verbatim::new(records.len(), step.reads(), &columns));
    assert_eq!(result.len(), records.len());
    assert_eq!(result.fields(), &step.writes());
    result
}

fn text(result: &StructArray, name: &str, row: usize) -> Option<String> {
    let column = result.column_by_name(name).unwrap().as_string::<i32>();
    column.is_valid(row).then(|| column.value(row).to_owned())
}

fn issues(result: &StructArray, row: usize) -> BTreeSet<String> {
    let issues = result.column_by_name("issues").unwrap().as_list::<i32>().value(row);
    issues.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

fn instant(result: &StructArray, name: &str, row: usize) -> Option<i64> {
    let column = result.column_by_name(name).unwrap().as_primitive::<TimestampMillisecondType>();
    column.is_valid(row).then(|| column.value(row))
}

#[test]
fn instants_in_order_stay_in_order_when_their_offsets_are_dropped() {
    let result = interpret(
        &step(DateOrder::Iso),
        &[
            vec![("eventDate", "2020-05-02T10:00+02:00/2020-05-02T09:30+01:00")],
            vec![("eventDate", "2020-03-28T10:00+01:00/2020-03-30T09:00+02:00")],
        ],
    );
    assert_eq!(text(&result, "eventDate", 0).as_deref(), Some("2020-05-02T10:00/2020-05-02T10:30"));
    assert_eq!(text(&result, "eventDate", 1).as_deref(), Some("2020-03-28T10:00/2020-03-30T09:00"));
    assert!(issues(&result, 0).is_empty());
}

#[test]
fn a_place_and_a_time_count_only_for_instants_in_utc() {
    let records = [
        vec![("eventDate", "2020-08-07T20:00Z"), ("countryCode", "RE"), ("eventTime", "")],
        vec![("eventDate", "2020-08-07T20:00Z"), ("countryCode", "FR")],
        vec![("eventDate", "2020-08-07"), ("countryCode", "RE"), ("eventTime", "22:00")],
    ];
    let result = interpret(&step(DateOrder::DayMonthYear), &records);
    let dates: Vec<_> = (0..3).map(|row| text(&result, "eventDate", row).unwrap()).collect();
    assert_eq!(dates, ["2020-08-08", "2020-08-07T20:00Z", "2020-08-07"]);
}

#[test]
fn repeated_records_have_the_same_result_as_one() {
    let record = vec![("eventDate", "12 mai 1998"), ("modified", "hier"), ("dateIdentified", "1997")];
    let one = interpret(&step(DateOrder::DayMonthYear), std::slice::from_ref(&record));
    let many = interpret(&step(DateOrder::DayMonthYear), &vec![record; 100]);
    assert_eq!(many.slice(99, 1), one);
    let expected = ["ID_PRE_OCCURRENCE", "MODIFIED_DATE_INVALID"].map(str::to_owned);
    assert_eq!(issues(&one, 0), BTreeSet::from(expected));
}

#[test]
fn a_batch_without_any_date_has_null_columns() {
    let result = interpret(&step(DateOrder::DayMonthYear), &[vec![], vec![]]);
    assert_eq!(text(&result, "eventDate", 1), None);
    assert_eq!(issues(&result, 1), BTreeSet::from(["MISSING_COLLECTION_DATE".to_owned()]));
    assert_eq!(interpret(&step(DateOrder::DayMonthYear), &[]).len(), 0);
}

/// Texts that look like dates more often than chance would have it.
fn date_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "1", "2", "12", "31", "05", "1998", "2004", "2020", "0", "99", "001", "366", "-", "-", "/", "/", ".", " ", " ",
        "T", "Z", ":", "10:30", "T10:30", "+02:00", "W", "mai", "août", "janv.", "VII", "du", "au", "le", "et", "à",
        "1er", "年", "月", "日", "\u{2212}", "P1Y", "h", ",", "é", "\u{0}",
    ]);
    prop_oneof![prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()), "\\PC{0,40}", any::<String>()]
}

#[test]
fn the_date_of_an_identification_is_read_where_the_record_has_none() {
    let rows = || vec![vec![("taxonID", "1"), ("dateIdentified", "12/05/2019")], vec![("dateIdentified", "2021-03")]];
    let history = crate::extension::given::column(&[rows(), rows()]);
    let names: ArrayRef = Arc::new(StringArray::from(vec![None, Some("Lutra lutra")]));
    let columns = [("identification", history), ("scientificName", names)];
    let result = crate::extension::given::interpret(&step(DateOrder::DayMonthYear), 2, &columns);
    let dates = result.column_by_name("dateIdentified").unwrap().as_string::<i32>();
    assert_eq!(dates.iter().collect::<Vec<_>>(), [Some("2021-03"), None]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_sound_date_or_an_issue(
        event_date in date_like(), year in date_like(), month in date_like(), day in date_like(),
        start in date_like(), modified in date_like(), country in "[A-Z]{0,2}",
    ) {
        let day_first = step(DateOrder::DayMonthYear);
        let alone = vec![("eventDate", event_date.as_str()), ("modified", modified.as_str())];
        let full = vec![
            ("eventDate", event_date.as_str()), ("year", &year), ("month", &month), ("day", &day),
            ("startDayOfYear", &start), ("endDayOfYear", &start), ("countryCode", &country), ("verbatimEventDate", &modified),
        ];
        let result = interpret(&day_first, &[alone, full]);
        for row in 0..2 {
            match (text(&result, "eventDate", row), instant(&result, "eventDateStart", row)) {
                (Some(event), Some(first)) => {
                    let last = instant(&result, "eventDateEnd", row).unwrap();
                    prop_assert!(first <= last, "{event}");
                    // From 1500 to the end of the day after the run.
                    prop_assert!((-14_831_769_600_000..1_751_414_400_000).contains(&first), "{event}");
                    // What the step writes, it reads again as the same, whatever the order of dates.
                    let again = interpret(&step(DateOrder::Iso), &[vec![("eventDate", &event), ("countryCode", "XX")]]);
                    prop_assert_eq!(text(&again, "eventDate", 0), Some(event));
                    prop_assert_eq!(instant(&again, "eventDateStart", 0), Some(first));
                    prop_assert_eq!(instant(&again, "eventDateEnd", 0), Some(last));
                }
                (None, None) => prop_assert!(!issues(&result, row).is_empty()),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
