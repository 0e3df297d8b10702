//! The conformance tables about dates: `temporal`, `date_parser`, `date_logic` and the helpers about dates of `text_utils`.
//!
//! The tables state the complete set of GBIF's issues. Issues that GBIF does not have (those of the Living Atlases) are
//! ignored. Functions that read back values already interpreted (`stored-date`) have no counterpart here and are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, StructArray};
use arrow::datatypes::{Int32Type, TimestampMillisecondType};
use jiff::civil::date;
use openobs_steps::parse::date::{
    DateFormats, DateOrder, DateParts, Parsed, PartialDate, Reading, Resolution, date_of_ordinal, read,
    split_iso_range, split_period, start_of_period, within_range,
};
use openobs_steps::parse::month::month_of_name;
use openobs_steps::temporal::Temporal;
use openobs_steps::{Settings, Step, Verbatim};
use serde_json::{Value, json};

/// One case: the cells that are stated; `None` is a stated null.
#[derive(Debug, Clone)]
struct Case(BTreeMap<String, Option<String>>);

impl Case {
    fn stated(&self, column: &str) -> bool {
        self.0.contains_key(column)
    }

    fn text(&self, column: &str) -> Option<&str> {
        self.0.get(column)?.as_deref()
    }

    fn id(&self) -> &str {
        self.text("case_id").unwrap()
    }
}

fn cases(area: &str) -> Option<Vec<Case>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = ["../../shared", "../shared"].map(|shared| root.join(shared).join(format!("conformance/{area}.tsv")));
    let Some(table) = path.iter().find_map(|path| std::fs::read_to_string(path).ok()) else {
        println!("skipped: no conformance table {area}");
        return None;
    };
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = header.iter().zip(line.split('\t')).filter(|(_, cell)| !cell.is_empty());
        Case(cells.map(|(name, cell)| ((*name).to_owned(), unescaped(cell))).collect())
    };
    Some(lines.map(row).collect())
}

fn unescaped(cell: &str) -> Option<String> {
    if cell == "\\N" {
        return None;
    }
    let mut text = String::new();
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        match (character, if character == '\\' { characters.next() } else { None }) {
            ('\\', Some('t')) => text.push('\t'),
            ('\\', Some('n')) => text.push('\n'),
            ('\\', Some('r')) => text.push('\r'),
            ('\\', Some('e')) => {}
            ('\\', Some(other)) => text.push(other),
            (other, _) => text.push(other),
        }
    }
    Some(text)
}

/// Counts and prints; panics below the floors, given in cases that may fail.
fn report(area: &str, results: &[(Case, Option<Vec<String>>)], floors: [usize; 2]) {
    let mut failed = [0, 0];
    for (position, evidence) in ["asserted", "observed"].into_iter().enumerate() {
        let of_kind: Vec<_> = results
            .iter()
            .filter(|(case, _)| case.text("evidence") == Some(evidence))
            .filter_map(|(case, differences)| differences.as_ref().map(|differences| (case, differences)))
            .collect();
        let failing: Vec<_> = of_kind.iter().filter(|(_, differences)| !differences.is_empty()).collect();
        for (case, differences) in &failing {
            println!("{evidence} {}: {}", case.id(), differences.join("; "));
        }
        failed[position] = failing.len();
        println!("{area}: {} of {} {evidence} cases pass", of_kind.len() - failing.len(), of_kind.len());
    }
    let skipped = results.iter().filter(|(_, differences)| differences.is_none()).count();
    println!("{area}: {skipped} cases skipped");
    assert!(failed[0] <= floors[0] && failed[1] <= floors[1], "{area}: {failed:?} cases fail, {floors:?} may");
}

fn settings(date_order: DateOrder) -> Settings {
    Settings { date_order, ..Settings::new(date(2025, 6, 30)) }
}

/// Runs the step on all cases in one batch.
fn interpreted(cases: &[Case]) -> StructArray {
    let step = Temporal::new(&settings(DateOrder::Iso));
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let column = match input.name() {
                "dateFormats" => "option.dateFormats".to_owned(),
                name => format!("in.{name}"),
            };
            let values = cases.iter().map(|case| case.text(&column));
            Some(Arc::new(values.collect::<StringArray>()) as ArrayRef)
        })
        .collect();
    step.interpret(&Verbatim::new(cases.len(), step.reads(), &columns))
}

fn field(record: &StructArray, name: &str, row: usize) -> Option<String> {
    let column = record.column_by_name(name).unwrap();
    if column.is_null(row) {
        return None;
    }
    if let Some(text) = column.as_string_opt::<i32>() {
        return Some(text.value(row).to_owned());
    }
    if let Some(number) = column.as_primitive_opt::<Int32Type>() {
        return Some(number.value(row).to_string());
    }
    let instant = column.as_primitive::<TimestampMillisecondType>().value_as_datetime(row).unwrap();
    Some(instant.format("%Y-%m-%dT%H:%M:%S%.3f").to_string())
}

/// The issues of a record that GBIF knows too.
fn gbif_issues(record: &StructArray, row: usize) -> BTreeSet<String> {
    const OTHERS: [&str; 6] = [
        "GEOREFERENCE_POST_OCCURRENCE",
        "ID_PRE_OCCURRENCE",
        "FIRST_OF_MONTH",
        "FIRST_OF_YEAR",
        "FIRST_OF_CENTURY",
        "MISSING_COLLECTION_DATE",
    ];
    let issues = record.column_by_name("issues").unwrap().as_list::<i32>().value(row);
    let names = issues.as_string::<i32>().iter().flatten().map(str::to_owned);
    names.filter(|name| !OTHERS.contains(&name.as_str())).collect()
}

fn expected_issues(case: &Case) -> Option<BTreeSet<String>> {
    let issues = case.text("issues")?;
    Some(if issues == "NONE" { BTreeSet::new() } else { issues.split(';').map(str::to_owned).collect() })
}

fn compare<T: PartialEq + std::fmt::Debug>(differences: &mut Vec<String>, what: &str, found: T, expected: T) {
    if found != expected {
        differences.push(format!("{what}: {found:?}, expected {expected:?}"));
    }
}

/// A date without its distance from UTC, unless it is `Z`.
fn local(text: &str) -> &str {
    let time = text.find('T').unwrap_or(text.len());
    let end = text[time..].find(['+', '-']).map_or(text.len(), |at| time + at);
    &text[..end]
}

#[test]
fn temporal() {
    let Some(cases) = cases("temporal") else { return };
    let record = interpreted(&cases);
    let results: Vec<_> = cases
        .into_iter()
        .enumerate()
        .map(|(row, case)| {
            let mut differences = Vec::new();
            for (column, name) in [
                ("out.eventDate", "eventDate"),
                ("out.eventDateGte", "eventDateStart"),
                ("out.eventDateLte", "eventDateEnd"),
                ("out.year", "year"),
                ("out.month", "month"),
                ("out.day", "day"),
                ("out.startDayOfYear", "startDayOfYear"),
                ("out.endDayOfYear", "endDayOfYear"),
                ("out.dateIdentified", "dateIdentified"),
                ("out.modified", "modified"),
            ] {
                if case.stated(column) {
                    compare(&mut differences, name, field(&record, name, row).as_deref(), case.text(column));
                }
            }
            let event = field(&record, "eventDate", row);
            let ends = event.as_deref().map(|event| event.split_once('/').unwrap_or((event, event)));
            for (column, end) in [("out.from", ends.map(|ends| ends.0)), ("out.to", ends.map(|ends| ends.1))] {
                if case.stated(column) {
                    compare(&mut differences, column, end, case.text(column).map(local));
                }
            }
            if let Some(expected) = expected_issues(&case) {
                compare(&mut differences, "issues", gbif_issues(&record, row), expected);
            }
            (case, Some(differences))
        })
        .collect();
    // Two observed failures are dates that this project reads (RFC 1123), one is `\N`, which its archive reader takes for absent.
    report("temporal", &results, [0, 3]);
}

#[test]
fn date_parser() {
    let Some(cases) = cases("date_parser") else { return };
    let record = interpreted(&cases);
    let results: Vec<_> = cases
        .into_iter()
        .enumerate()
        .map(|(row, case)| {
            let function = case.text("function").unwrap();
            let parsed = match function {
                "numeric" | "text" => Some(parser(&case, function)),
                "interpreted-parts" => {
                    let number = |column| case.text(column).and_then(|text| text.parse::<i8>().ok());
                    let year = case.text("in.year").and_then(|year| year.parse().ok());
                    let month = number("in.month");
                    let day = number("in.day").filter(|_| month.is_some());
                    Some(Parsed {
                        date: year.and_then(|year| PartialDate::of_parts(year, month, day)),
                        alternatives: None,
                    })
                }
                "iso-year" | "iso-year-month" => {
                    let wanted = if function == "iso-year" { Resolution::Year } else { Resolution::Month };
                    let parsed = DateFormats::from(DateOrder::Iso).parse(case.text("in.eventDate").unwrap());
                    Some(Parsed { date: parsed.date.filter(|date| date.resolution() == wanted), ..parsed })
                }
                "multi" => None,
                _ => return (case, None),
            };
            let mut differences = Vec::new();
            let value = match &parsed {
                Some(parsed) => parsed.date.map(|date| date.to_string()),
                None => field(&record, "eventDate", row).map(|event| event.split('/').next().unwrap().to_owned()),
            };
            if case.stated("out.value") {
                // Java adds the name of a zone that was given by name.
                let expected = case.text("out.value").map(|value| value.split('[').next().unwrap());
                compare(&mut differences, "value", value.as_deref(), expected);
            }
            if case.stated("out.status") {
                compare(&mut differences, "success", value.is_some(), case.text("out.status") == Some("SUCCESS"));
            }
            if let Some((alternatives, parsed)) = case.text("out.alternatives").zip(parsed) {
                let alternatives: BTreeSet<String> = serde_json::from_str(alternatives).unwrap();
                let found = parsed.alternatives.into_iter().flatten().map(|date| date.to_string()).collect();
                compare(&mut differences, "alternatives", found, alternatives);
            }
            if let Some(expected) = expected_issues(&case) {
                compare(&mut differences, "issues", gbif_issues(&record, row), expected);
            }
            (case, Some(differences))
        })
        .collect();
    // One case states what the single-date parser flags and the record does not (README of the tables, "Dates").
    report("date_parser", &results, [1, 0]);
}

/// The single-date parser with the options of a case.
fn parser(case: &Case, function: &str) -> Parsed {
    let century = case.text("option.twoDigitYearBase").map(|base| base.parse().unwrap());
    let Some(text) = case.text("in.eventDate") else {
        let [year, month, day] = ["in.year", "in.month", "in.day"].map(|column| case.text(column));
        let date = match case.text("in.dayOfYear") {
            Some(day) => date_of_ordinal(year.unwrap().parse().unwrap(), day.parse().unwrap()).map(PartialDate::from),
            None => DateParts::read(year, month, day).date(),
        };
        return Parsed { date, alternatives: None };
    };
    let orderings = case.text("option.orderings").unwrap_or_default();
    if let Some(ordering) = orderings.strip_prefix("single:") {
        // Exactly this ordering: a certain date fits only when it begins with its year.
        let timed = ordering.contains('T');
        let date = match (read(text, century), ordering.as_bytes()[0]) {
            (Reading::Ambiguous { day_first, .. }, b'D') => Some(day_first),
            (Reading::Ambiguous { month_first, .. }, b'M') => Some(month_first),
            (Reading::Certain(date), b'Y') => Some(date),
            _ => None,
        };
        return Parsed {
            date: date.filter(|date| (date.resolution() == Resolution::Time) == timed),
            alternatives: None,
        };
    }
    let formats = DateFormats::of_names(orderings);
    match function {
        "text" => start_of_period(text, formats),
        _ => formats.choose(read(text, century)),
    }
}

#[test]
fn date_logic() {
    let Some(mut cases) = cases("date_logic") else { return };
    for case in &mut cases {
        let text = case.text("in.a").map(str::to_owned);
        case.0.insert("in.eventDate".to_owned(), text);
    }
    let record = interpreted(&cases);
    let results: Vec<_> = cases
        .into_iter()
        .enumerate()
        .map(|(row, case)| {
            let date = |column| DateFormats::from(DateOrder::Iso).parse(case.text(column)?).date;
            let (a, b) = (date("in.a"), date("in.b"));
            let pair = a.zip(b);
            let found = match case.text("function").unwrap() {
                "latest_instant" => a.map(|a| {
                    let latest = a.latest();
                    let clock = openobs_steps::parse::date::Clock { time: latest.time(), offset: None };
                    PartialDate::from(latest.date()).at(clock).to_string()
                }),
                "same_or_contained" => Some(pair.is_some_and(|(a, b)| a.same_or_contained(b)).to_string()),
                "best_resolution" => match (a, b) {
                    (Some(a), Some(b)) => a.best(b).map(|best| best.to_string()),
                    (a, b) => a.or(b).map(|date| date.to_string()),
                },
                "within_range" => {
                    let (from, to) = (date("in.rangeStart").unwrap(), date("in.rangeEnd").unwrap());
                    Some(within_range(from, to, a.unwrap()).to_string())
                }
                "epoch_millis_utc" => {
                    let ignore_offset = case.text("option.ignoreOffset") == Some("true");
                    a.map(|a| a.epoch_milliseconds(ignore_offset).to_string())
                }
                "plausible_event_date" => Some(field(&record, "eventDate", row).is_some().to_string()),
                _ => return (case, None),
            };
            let mut differences = Vec::new();
            compare(&mut differences, "value", found.as_deref(), case.text("out.value"));
            (case, Some(differences))
        })
        .collect();
    report("date_logic", &results, [0, 0]);
}

#[test]
fn text_utils() {
    let Some(cases) = cases("text_utils") else { return };
    let results: Vec<_> = cases
        .into_iter()
        .map(|case| {
            let value = case.text("in.value").unwrap_or_default();
            let (found, column) = match case.text("function").unwrap() {
                "month_name" => (json!(month_of_name(value)), "out.number"),
                "date_parts" => {
                    let [year, month, day] = ["in.year", "in.month", "in.day"].map(|column| case.text(column));
                    let parts = DateParts::read(year, month, day);
                    let [year_discarded, month_discarded, day_discarded] = parts.discarded;
                    let object = json!({
                        "year": parts.year, "month": parts.month, "day": parts.day, "yearDiscarded": year_discarded,
                        "monthDiscarded": month_discarded, "dayDiscarded": day_discarded,
                    });
                    (object, "out.object")
                }
                "split_period" => (json!(split_period(value)), "out.list"),
                "split_iso_range" => (json!(split_iso_range(value)), "out.list"),
                _ => return (case, None),
            };
            let mut differences = Vec::new();
            let expected = case.text(column).map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
            compare(&mut differences, column, found, expected);
            (case, Some(differences))
        })
        .collect();
    report("text_utils", &results, [0, 0]);
}
