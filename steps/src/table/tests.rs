#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{
    Array, ArrayRef, Float64Array, Int32Array, ListBuilder, StringBuilder, StructArray, TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field, Fields, TimeUnit};

use super::*;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Term, Verbatim};

/// Reads a year and what a later table might want to see: lists, numbers, instants, extensions.
#[derive(Debug)]
struct Fake {
    reads: Vec<Input>,
}

impl Fake {
    fn steps() -> Vec<Arc<dyn Step>> {
        let reads = vec![
            Input::Term(Term("eventDate")),
            Input::Term(Term("recordedBy")),
            Input::Field("decimalLatitude", DataType::Float64),
            Input::Dataset("dateOrder"),
            Input::Extension("identification"),
        ];
        vec![Arc::new(Self { reads })]
    }
}

impl Step for Fake {
    fn name(&self) -> &'static str {
        "temporal"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![
            Field::new("year", DataType::Int32, true),
            Field::new("eventDateStart", DataType::Timestamp(TimeUnit::Millisecond, None), true),
            Field::new("south", DataType::Float64, true),
            Field::new("people", DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))), true),
            issues_field(),
        ])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let date = verbatim.text(Term("eventDate"));
        let order = verbatim.text_of("dateOrder");
        let rows = 0..verbatim.rows();
        let years: Vec<Option<i32>> = rows
            .clone()
            .map(|row| {
                date.value(row)?
                    .parse()
                    .ok()
                    .map(|year: i32| if order.value(row) == Some("MDY") { -year } else { year })
            })
            .collect();
        let starts = years.iter().map(|year| year.map(|year| i64::from(year - 1970) * 31_536_000_000));
        let south = rows.clone().map(|row| verbatim.float("decimalLatitude").map(|latitude| -latitude.value(row)));
        let mut people = ListBuilder::new(StringBuilder::new());
        for row in rows.clone() {
            let given = verbatim.text(Term("recordedBy")).value(row).unwrap_or_default();
            given.split('|').filter(|name| !name.is_empty()).for_each(|name| people.values().append_value(name.trim()));
            for _ in verbatim.list("identification").map(|rows| rows.value(row)).iter().flat_map(|rows| 0..rows.len()) {
                people.values().append_value("somebody");
            }
            people.append(true);
        }
        let issues: Vec<IssueSet> = rows
            .map(|row| {
                let mut set = IssueSet::new();
                set.raise_if(date.value(row).is_some() && years[row].is_none(), Issue::RecordedDateInvalid);
                set.raise_if(years[row] == Some(1900), Issue::FirstOfCentury);
                set
            })
            .collect();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int32Array::from(years.clone())),
            Arc::new(starts.collect::<TimestampMillisecondArray>()),
            Arc::new(south.collect::<Float64Array>()),
            Arc::new(people.finish()),
        ];
        record(&self.writes(), columns, &issues)
    }
}

fn run(name: &str, content: &str) -> Result<Report, TableError> {
    run_with(&Deviations::default(), name, content)
}

fn run_with(deviations: &Deviations, name: &str, content: &str) -> Result<Report, TableError> {
    let settings = Settings::new(jiff::civil::date(2024, 6, 1));
    let references = References::default();
    Bench { steps: &Fake::steps(), references: &references, settings: &settings, deviations }.run(name, content)
}

fn check(content: &str) -> Report {
    run("fixtures/steps/temporal.csv", content).unwrap()
}

fn error(content: &str) -> String {
    run("fixtures/steps/temporal.csv", content).unwrap_err().to_string()
}

#[test]
fn a_case_passes_when_all_fields_are_as_expected_and_nothing_else_is_written() {
    let report = check(
        "case,eventDate,recordedBy,identification,=year,=eventDateStart,=people,=issues\n\
         year,1971,,,1971,1971-01-01T00:00:00.000,,\n\
         people,,Linné | Cuvier,\"[{\"\"identifiedBy\"\": \"\"x\"\"}]\",,,Linné | Cuvier | somebody,\n\
         \n\
         bad,tim,,,,,,RECORDED_DATE_INVALID\n",
    );
    assert_eq!(report, Report { asserted: Tally { passed: 3, ..Tally::default() }, ..Report::default() });
}

#[test]
fn a_failure_names_the_case_the_line_and_every_difference() {
    let report =
        check("case,eventDate,note,=year,=issues\na,1971,no column for the start,1972,RECORDED_DATE_INVALID\n");
    let message = "year: expected `1972`, got `1971`; \
                   eventDateStart: expected nothing, got `1971-01-01T00:00:00.000`; \
                   issues: expected `RECORDED_DATE_INVALID`, got nothing";
    let failure = Failure { case: "a".to_owned(), line: 2, asserted: true, message: message.to_owned() };
    let asserted = Tally { failed: 1, ..Tally::default() };
    assert_eq!(report, Report { asserted, failed: vec![failure], ..Report::default() });
}

#[test]
fn numbers_are_given_and_compared_as_numbers() {
    let report = check("decimalLatitude,=south\n48.85,-48.8500001\n48.85,-48.851\n");
    assert_eq!(report.asserted.passed, 1);
    assert_eq!(report.failed[0].case, "line 3");
    assert_eq!(report.failed[0].message, "south: expected `-48.851`, got `-48.85`");
}

#[test]
fn a_wrong_table_is_an_error_that_names_what_is_near() {
    let file = "fixtures/steps/temporal.csv";
    let cases = [
        (
            "eventdate,=year\n",
            "1: unknown header `eventdate`: step `temporal` reads no such input; did you mean `eventDate`?",
        ),
        ("eventDate,=yaer\n", "1: unknown header `=yaer`: step `temporal` writes no such field; did you mean `=year`?"),
        ("eventDate,eventDate\n", "1: header `eventDate` stands twice"),
        ("eventDate,=year\n1971\n", "2: 1 cells where the header has 2"),
        ("eventDate,=year\n1971,x\n", "2: `=year`: `x` is not an integer"),
        (
            "eventDate,=issues\nx,RECORDED_DATE_INVALLID\n",
            "2: `=issues`: unknown issue `RECORDED_DATE_INVALLID`; did you mean `RECORDED_DATE_INVALID`?",
        ),
        ("eventDate,=year\n\"1971\n", "2: a quoted cell is never closed"),
        ("identification\n{}\n", "2: `identification`: the rows of an extension are a JSON array of objects"),
    ];
    for (content, message) in cases {
        assert_eq!(error(content), format!("{file}:{message}"));
    }
    let misnamed = run("temporel.csv", "case\n").unwrap_err().to_string();
    let message = "a table bears the name of its step and `temporel` is none; did you mean `temporal`?";
    assert_eq!(misnamed, format!("temporel.csv: {message}"));
}

#[test]
fn rewriting_fills_expected_columns_and_adds_the_missing_ones() {
    let before = "\u{feff}case,eventDate,=year,=issues\r\na,1971,,\r\n\"b, c\",tim,3,\r\n";
    let after = "case,eventDate,=year,=issues,=eventDateStart\n\
                 a,1971,1971,,1971-01-01T00:00:00.000\n\
                 \"b, c\",tim,,RECORDED_DATE_INVALID,\n";
    assert_eq!(rewrite(&Fake::steps(), "temporal.csv", before).unwrap(), after);
    assert_eq!(rewrite(&Fake::steps(), "temporal.csv", after).unwrap(), after);
    assert_eq!(check(after).failed, []);
}

const HEADER: &str = "case_id\tarea\tin.eventDate\toption.dateFormats\tcontext.polygons\tout.year\tout.eventDateGte\tout.from\tissues\tasserted\tevidence";

#[test]
fn a_conformance_case_states_only_what_has_a_cell() {
    let rows = "t-1\ttemporal\t1971\t\t\t1971\t\t\tNONE\t\tobserved\n\
                t-2\ttemporal\t1971\tMDYT,MDY\t\t-1971\t\t\t\t\tobserved\n\
                t-3\ttemporal\ttim\t\t\t\\N\t\\N\t\tRECORDED_DATE_INVALID\t\tobserved\n\
                t-4\ttemporal\t\\e\t\t\t\\N\t\\N\t\tNONE\t\tobserved\n\
                t-0\ttemporal\t1900\t\t\t1900\t\t\tNONE\t\tobserved\n";
    let report = run("any.tsv", &format!("{HEADER}\n{rows}")).unwrap();
    assert_eq!(report.observed.passed, 5, "an issue that GBIF does not have is no difference: {report:?}");
}

#[test]
fn an_asserted_case_is_judged_on_what_is_asserted() {
    let rows = "t-5\ttemporal\t1971\t\t\t1971\t\t\tRECORDED_DATE_INVALID\tout.year\tasserted\n\
                t-6\ttemporal\t1971\t\t\t1970\t\t\t\tout.year;issues\tasserted\n\
                t-7\ttemporal\t1971\t\t\t\\N\t\t\t\tout.year\tasserted\n";
    let report = run("any.tsv", &format!("{HEADER}\n{rows}")).unwrap();
    let told = |failures: &[Failure]| -> Vec<(String, usize, bool, String)> {
        failures.iter().map(|f| (f.case.clone(), f.line, f.asserted, f.message.clone())).collect()
    };
    let failure = |case: &str, line, asserted, message: &str| (case.to_owned(), line, asserted, message.to_owned());
    assert_eq!(
        told(&report.failed),
        [
            failure("t-6", 3, true, "year: expected `1970`, got `1971`"),
            failure("t-7", 4, true, "year: expected nothing, got `1971`"),
        ]
    );
    let beside = "issues: expected `RECORDED_DATE_INVALID`, got nothing";
    assert_eq!(told(&report.beside), [failure("t-5", 2, false, beside)]);
    assert_eq!(report.asserted, Tally { passed: 1, failed: 2, ..Tally::default() });
}

#[test]
fn what_the_reference_did_not_find_may_be_found() {
    let rows = "r-1\ttemporal\t1971\t\t\t\\N\t\t\tRECORDED_DATE_INVALID\t\tobserved\n\
                r-2\ttemporal\ttim\t\t\t1971\t\t\t\t\tobserved\n";
    let report = run("any.tsv", &format!("{HEADER}\n{rows}")).unwrap();
    assert_eq!(report.observed, Tally { passed: 1, failed: 1, ..Tally::default() });
    assert_eq!(report.failed[0].message, "year: expected `1971`, got nothing");
}

#[test]
fn a_deviation_is_told_with_its_reason_and_covers_its_class_alone() {
    let rows = "d-1\ttemporal\t1971\t\t\t1970\t\t\tNONE\t\tobserved\n\
                d-2\ttemporal\t1972\t\t\t1970\t\t\tNONE\t\tobserved\n\
                d-3\ttemporal\t1971\t\t\t1970\t\t\tRECORDED_DATE_INVALID\t\tobserved\n\
                d-4\ttemporal\t1973\t\t\t1970\t\t\t\tout.year\tasserted\n";
    let table = "area,function,case,column,pattern,outputs,reason\n\
                 temporal,,,in.eventDate,71$,year,the year is right\n\
                 temporal,,d-4,,,,so is this\n";
    let deviations = Deviations::read("deviations.csv", table).unwrap();
    let report = run_with(&deviations, "any.tsv", &format!("{HEADER}\n{rows}")).unwrap();
    let told: Vec<_> = report.deviating.iter().map(|d| (d.failure.case.as_str(), d.reason.as_str())).collect();
    assert_eq!(told, [("d-1", "the year is right"), ("d-4", "so is this")]);
    assert_eq!(report.observed, Tally { failed: 2, deviations: 1, ..Tally::default() });
    assert_eq!(report.asserted, Tally { deviations: 1, ..Tally::default() });
}

#[test]
fn a_conformance_case_that_cannot_be_run_is_skipped_with_the_reason() {
    let rows = "s-1\tweather\tx\t\t\t\t\t\t\t\tasserted\n\
                s-2\ttemporal\tx\t\t[1]\t1\t\t\t\t\t\n\
                s-3\ttemporal\tx\tQQQ\t\t1\t\t\t\t\t\n\
                s-4\ttemporal\tx\t\t\t\t\t\t\t\t\n\
                s-5\tlocation\tx\t\t\t\t\tx\t\t\t\n";
    let report = run("any.tsv", &format!("{HEADER}\n{rows}")).unwrap();
    let skipped: Vec<_> = report.skipped.iter().map(|skip| (skip.case.as_str(), skip.reason.as_str())).collect();
    assert_eq!(
        skipped,
        [
            ("s-1", "nothing answers for area `weather`"),
            ("s-2", "`context.polygons` is not supported yet"),
            ("s-3", "`option.dateFormats` `QQQ` is not supported"),
            ("s-4", "nothing of what is stated is told"),
            ("s-5", "step `location` is not among those to test"),
        ]
    );
    assert_eq!((report.asserted.skipped, report.observed.skipped), (1, 4));
    let error = run("any.tsv", "case_id\tarea\tisues\n").unwrap_err().to_string();
    assert_eq!(error, "any.tsv:1: unknown header `isues`; did you mean `issues`?");
    let error = rewrite(&Fake::steps(), "any.tsv", HEADER).unwrap_err().to_string();
    assert_eq!(error, "any.tsv: a conformance table states what others observed: it cannot be rewritten");
}

#[test]
fn the_mapping_names_steps_and_issues_that_exist() {
    let settings = Settings::new(jiff::civil::date(2024, 6, 1));
    let steps = crate::all(&References::default(), &settings);
    for mapping in mapping::MAPPINGS {
        assert!(steps.iter().any(|step| step.name() == mapping.step), "{}", mapping.step);
        for (issue, _) in mapping.beside {
            assert!(Issue::of_name(issue).is_some(), "{issue}");
        }
    }
}
