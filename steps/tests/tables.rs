//! Reads every conformance table. Those of `fixtures/steps` need projections and are run by `openobs test`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use openobs_steps::{References, Settings, Step, all, table};

fn steps() -> Vec<Arc<dyn Step>> {
    let settings = Settings::new(jiff::civil::date(2024, 6, 1));
    all(&References::default(), &settings)
}

/// The tables of a folder in order; none when there is no such folder.
fn tables(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: there is no {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == extension));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn every_case_of_every_conformance_table_is_counted_once() {
    let steps = steps();
    for (path, content) in tables("../../shared/conformance", "tsv") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = table::run(&steps, &name, &content).unwrap();
        let asserted = report.failed.iter().filter(|failure| failure.asserted).count();
        let (passed, failed, skipped) = (report.passed, report.failed.len(), report.skipped.len());
        println!("{name}: {passed} passed, {failed} failed ({asserted} of them asserted), {skipped} skipped");
        let rows = content.lines().skip(1).filter(|line| !line.is_empty()).count();
        assert_eq!(passed + failed + skipped, rows, "{name}");
    }
}
