//! The conformance cases on taxon matches and on the identification extension.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringArray};
use openobs_steps::taxonomy::{Higher, Taxonomy};
use openobs_steps::{Step, Verbatim};

mod references;

type Case = BTreeMap<String, String>;

/// The cases of an area; none when the folder is absent.
fn cases(area: &str) -> Vec<Case> {
    let path = format!("{}/../../shared/conformance/{area}.tsv", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: there is no {path}");
        return Vec::new();
    };
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    lines.map(|line| header.iter().map(|name| (*name).to_owned()).zip(cells(line)).collect()).collect()
}

fn settings() -> openobs_steps::Settings {
    openobs_steps::Settings::new(jiff::civil::date(2025, 6, 30))
}

fn report(area: &str, cases: &[Case], passes: impl Fn(&Case) -> bool) {
    let mut rates: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for case in cases {
        let rate = rates.entry(&case["evidence"]).or_default();
        rate.1 += 1;
        if passes(case) {
            rate.0 += 1;
        } else {
            println!("{area}: failed {}", case["case_id"]);
        }
    }
    for (evidence, (passed, all)) in rates {
        println!("{area}: {passed} of {all} {evidence}");
        assert_eq!(passed, all, "{area} {evidence}");
    }
}

#[test]
fn taxonomy() {
    let step = Taxonomy::new(&references::references(), &settings());
    report("taxonomy", &cases("taxonomy"), |case| {
        let given = |term: &str| case.get(&format!("in.{term}")).map(String::as_str).filter(|text| !text.is_empty());
        if let Some(expected) = case.get("out.treatedAsNoMatch").filter(|cell| !cell.is_empty()) {
            let higher = Higher { family: given("family"), genus: given("genus"), ..Higher::default() };
            let fuzzy = matches!(given("matchType"), Some("VARIANT" | "FUZZY"));
            return (fuzzy && !higher.supports_fuzzy()).to_string() == *expected;
        }
        let column = |name: &str| given(name).map(|text| Arc::new(StringArray::from(vec![text])) as ArrayRef);
        let columns: Vec<Option<ArrayRef>> = step.reads().iter().map(|input| column(input.name())).collect();
        let record = step.interpret(&Verbatim::new(1, step.reads(), &columns));
        let issues = record.column_by_name("issues").unwrap().as_list::<i32>().value(0);
        let issues: Vec<&str> = issues.as_string::<i32>().iter().flatten().collect();
        issues.join(";") == case["issues"]
    });
}
