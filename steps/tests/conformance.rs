//! Runs every conformance table, where the folder is present.
//!
//! No asserted case may fail that `fixtures/conformance/deviations.csv` does not list, and of the observed cases of an area
//! a share must pass. Set `SHOW_CASES` to an area to see what differs in it. The tables of `fixtures/steps` need
//! projections and are run by `openobs test`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use openobs_steps::reference::projection::{Projections, UnknownSystem};
use openobs_steps::table::{Bench, Deviations, Tally};
use openobs_steps::{References, Settings, all};

mod references;

/// Where the cases are, beside a folder above this one.
const CASES: &str = "shared/conformance";
const DEVIATIONS: &str = include_str!("../../fixtures/conformance/deviations.csv");

/// Areas with observed cases of which fewer than 97 % are as they should be, and the part that is.
const FLOORS: &[(&str, f64)] = &[];

/// Areas with asserted cases that fail for now, and how many.
const OPEN: &[(&str, usize)] = &[];

/// Knows the systems of coordinates that exist, and transforms none: projections come from outside this crate.
#[derive(Debug)]
struct Registry;

impl Projections for Registry {
    fn transform(&self, from: u32, to: u32, _points: &mut [(f64, f64)]) -> Result<(), UnknownSystem> {
        if from == to { Ok(()) } else { Err(UnknownSystem(from)) }
    }

    fn is_known(&self, epsg: u32) -> bool {
        (2000..=32766).contains(&epsg) && !(6001..=6999).contains(&epsg)
    }
}

/// The folder with the cases, if there is one.
fn folder() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = above.map(|folder| folder.join(CASES)).find(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("skipped: there is no {CASES}");
    }
    folder
}

#[test]
fn every_case_is_as_it_should_be() {
    let Some(folder) = folder() else { return };
    let deviations = Deviations::read("fixtures/conformance/deviations.csv", DEVIATIONS).unwrap();
    let settings = Settings::new(jiff::civil::date(2025, 6, 30));
    let references = References { projections: Arc::new(Registry), ..references::references() };
    let steps = all(&references, &settings);
    let bench = Bench { steps: &steps, references: &references, settings: &settings, deviations: &deviations };
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "tsv"));
    paths.sort();
    let show = std::env::var("SHOW_CASES").unwrap_or_default();
    let mut asserted = Tally::default();
    let mut wrong = Vec::new();
    for path in paths {
        let content = fs::read_to_string(&path).unwrap();
        let area = path.file_stem().unwrap().to_string_lossy().into_owned();
        let report = bench.run(&area, &content).unwrap();
        let cases = content.lines().skip(1).filter(|line| !line.is_empty()).count();
        assert_eq!(report.tally().total(), cases, "{area}: each case is counted once");
        println!("{area}: asserted {}, observed {}", rate(report.asserted), rate(report.observed));
        if show == area || show == "all" {
            report.failed.iter().for_each(|f| println!("  failed {}:{} {} {}", area, f.line, f.case, f.message));
            report.beside.iter().for_each(|f| println!("  beside {}:{} {} {}", area, f.line, f.case, f.message));
            let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
            report.skipped.iter().for_each(|skip| *reasons.entry(&skip.reason).or_default() += 1);
            reasons.iter().for_each(|(reason, n)| println!("  skipped {n}: {reason}"));
        }
        asserted = asserted + report.asserted;
        if report.asserted.failed > OPEN.iter().find(|(of, _)| *of == area).map_or(0, |(_, open)| *open) {
            wrong.push(format!("{area}: {} asserted cases fail", report.asserted.failed));
        }
        let run = report.observed.total() - report.observed.skipped;
        let floor = FLOORS.iter().find(|(of, _)| *of == area).map_or(0.97, |(_, floor)| *floor);
        if ((report.observed.passed + report.observed.deviations) as f64) < floor * run as f64 {
            wrong.push(format!("{area}: observed {}", rate(report.observed)));
        }
    }
    println!("asserted {}", rate(asserted));
    assert!(asserted.deviations * 100 < asserted.total(), "more than one asserted case in a hundred deviates");
    assert_eq!(wrong, Vec::<String>::new());
}

fn rate(tally: Tally) -> String {
    let Tally { passed, deviations, skipped, .. } = tally;
    format!("{passed}/{} ({deviations} deviate, {skipped} skipped)", tally.total())
}
