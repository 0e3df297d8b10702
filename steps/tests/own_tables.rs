//! Runs the tables of `fixtures/steps` whose steps need no projection and no reference; `openobs test` runs all of them.
//!
//! With `UPDATE_EXPECT=1` the tables are rewritten for review.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use openobs_steps::table::{Bench, Deviations, rewrite};
use openobs_steps::{Issue, References, Settings, all};

#[test]
fn the_tables_of_steps_without_references_hold() {
    let settings = Settings::new(jiff::civil::date(2024, 6, 1));
    let (references, deviations) = (References::default(), Deviations::default());
    let steps = all(&references, &settings);
    let bench = Bench { steps: &steps, references: &references, settings: &settings, deviations: &deviations };
    for step in ["basic", "dynamic_properties", "event", "geology", "identifier", "sinp"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../fixtures/steps/{step}.csv"));
        let content = fs::read_to_string(&path).unwrap();
        let name = format!("{step}.csv");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, rewrite(&steps, &name, &content).unwrap()).unwrap();
            continue;
        }
        let report = bench.run(&name, &content).unwrap();
        assert!(report.failed.is_empty() && report.skipped.is_empty(), "{name}: {report:#?}");
        assert!(report.tally().passed > 0);
    }
}

#[test]
fn a_row_of_the_table_of_geology_raises_each_of_the_issues_about_it() {
    let table =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/steps/geology.csv")).unwrap();
    let issues = Issue::ALL.iter().filter(|issue| {
        let first = Issue::EraOrErathemInferredFromParentRank;
        (first..=Issue::EpochOrSeriesAndAgeOrStageMismatch).contains(issue) || **issue == Issue::GeologicalTimeInvalid
    });
    let missing: Vec<_> = issues.clone().filter(|issue| !table.contains(issue.name())).collect();
    assert_eq!((issues.count(), missing), (19, Vec::new()));
}
