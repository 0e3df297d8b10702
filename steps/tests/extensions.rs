//! The tables of `fixtures/steps` about extensions, which need no projections. `UPDATE_EXPECT=1` rewrites what is expected.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use openobs_steps::table::{self, Bench, Deviations};
use openobs_steps::{Settings, all};

mod references;

const STEPS: [&str; 10] = [
    "chronometric_age",
    "dna",
    "event",
    "humboldt",
    "identification",
    "literature",
    "measurement",
    "multimedia",
    "relationship",
    "taxonomy",
];

#[test]
fn every_case_of_the_tables_passes() {
    let settings = Settings::new(jiff::civil::date(2025, 6, 30));
    let references = references::references();
    let steps = all(&references, &settings);
    let deviations = Deviations::default();
    let bench = Bench { steps: &steps, references: &references, settings: &settings, deviations: &deviations };
    for step in STEPS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../fixtures/steps/{step}.csv"));
        let content = fs::read_to_string(&path).unwrap();
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, table::rewrite(&steps, step, &content).unwrap()).unwrap();
            continue;
        }
        let report = bench.run(step, &content).unwrap();
        let messages: Vec<String> =
            report.failed.iter().map(|case| format!("{}: {}", case.case, case.message)).collect();
        assert_eq!(messages, Vec::<String>::new(), "{step}");
        assert!(report.tally().passed > 0, "{step}");
    }
}
