//! `openobs test`: table tests, the project's own and the conformance ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use openobs_steps::table::{self, Bench, Deviations, Failure, Report, Tally};
use serde::Serialize;

use super::{Status, settings};
use crate::cli::{Global, TestArguments};
use crate::commit::json;
use crate::error::{Doing, Error, Result};
use crate::reference::Loaded;

/// The classes of conformance cases that are meant to differ.
const DEVIATIONS: &str = include_str!("../../../fixtures/conformance/deviations.csv");

/// `passed`, `failed`, `skipped` and `deviations` count each case once; `asserted` and `observed` say which of them a test
/// of the reference asserts (all of the project's own tables), and which are only its behaviour.
#[derive(Debug, Default, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
    deviations: usize,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(flatten)]
    counts: Counts,
    asserted: Counts,
    observed: Counts,
    files: Vec<FileSummary>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FileSummary {
    file: String,
    #[serde(flatten)]
    counts: Counts,
    asserted: Counts,
    observed: Counts,
    /// Failing cases, by id.
    failures: Vec<FailureSummary>,
    /// Cases that differ and are meant to, with the reason.
    deviating: Vec<FailureSummary>,
    /// Cases that pass what is asserted and differ in a value that was only observed.
    beside: Vec<FailureSummary>,
    /// Why cases were skipped, and how many.
    skips: BTreeMap<String, usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureSummary {
    case: String,
    line: usize,
    asserted: bool,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Runs the tables; with `UPDATE_EXPECT` set, rewrites what they expect instead.
///
/// # Errors
/// When a table cannot be read or understood.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub fn test(arguments: &TestArguments, global: &Global) -> Result<Status> {
    let settings = settings(global, None)?;
    let loaded = Loaded::load(&settings)?;
    let step_settings = settings.of_steps();
    let steps = openobs_steps::all(&loaded.references, &step_settings);
    let wrong = |error: table::TableError| Error::usage("the table cannot be understood").caused_by(error);
    let deviations = deviations(arguments.deviations.as_deref())?;
    let bench =
        Bench { steps: &steps, references: &loaded.references, settings: &step_settings, deviations: &deviations };
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut files = Vec::new();
    let (mut asserted, mut observed) = (Tally::default(), Tally::default());
    for path in tables(&arguments.paths)? {
        let name = path.to_string_lossy().into_owned();
        let content = std::fs::read_to_string(&path).doing(|| format!("read {name}"))?;
        if update {
            let rewritten = table::rewrite(&steps, &name, &content).map_err(wrong)?;
            std::fs::write(&path, rewritten).doing(|| format!("write {name}"))?;
            continue;
        }
        let report = bench.run(&name, &content).map_err(wrong)?;
        asserted = asserted + report.asserted;
        observed = observed + report.observed;
        files.push(FileSummary::of(name, report));
    }
    let (counts, asserted, observed) = ((asserted + observed).into(), asserted.into(), observed.into());
    let summary = Summary { counts, asserted, observed, files };
    let status = if summary.counts.failed == 0 { Status::Done } else { Status::Incomplete };
    if global.json {
        print!("{}", String::from_utf8_lossy(&json(&summary)?));
    } else if !update {
        for file in &summary.files {
            for failure in &file.failures {
                println!("{}:{} {}: {}", file.file, failure.line, failure.case, failure.message);
            }
            if !global.quiet {
                println!("{}: {}", file.file, file.counts.sentence());
            }
        }
        println!("{}", summary.counts.sentence());
    }
    Ok(status)
}

/// The built-in deviations, or those of a file.
fn deviations(path: Option<&Path>) -> Result<Deviations> {
    let wrong = |error: table::TableError| Error::usage("the deviations cannot be understood").caused_by(error);
    let Some(path) = path else {
        return Deviations::read("fixtures/conformance/deviations.csv", DEVIATIONS).map_err(wrong);
    };
    let name = path.to_string_lossy();
    let content = std::fs::read_to_string(path).doing(|| format!("read {name}"))?;
    Deviations::read(&name, &content).map_err(wrong)
}

impl Counts {
    fn sentence(&self) -> String {
        let mut sentence = format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped);
        if self.deviations > 0 {
            sentence.push_str(&format!(", {} deviate on purpose", self.deviations));
        }
        sentence
    }
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        let Tally { passed, failed, deviations, skipped } = tally;
        Self { passed, failed, skipped, deviations }
    }
}

impl FileSummary {
    fn of(file: String, report: Report) -> Self {
        let counts = report.tally().into();
        let mut skips: BTreeMap<String, usize> = BTreeMap::new();
        report.skipped.into_iter().for_each(|skip| *skips.entry(skip.reason).or_default() += 1);
        let all = |failures: Vec<Failure>| failures.into_iter().map(FailureSummary::from).collect();
        let deviating = report.deviating.into_iter();
        Self {
            file,
            counts,
            asserted: report.asserted.into(),
            observed: report.observed.into(),
            failures: all(report.failed),
            deviating: deviating.map(|d| FailureSummary { reason: Some(d.reason), ..d.failure.into() }).collect(),
            beside: all(report.beside),
            skips,
        }
    }
}

impl From<Failure> for FailureSummary {
    fn from(failure: Failure) -> Self {
        let Failure { case, line, asserted, message } = failure;
        Self { case, line, asserted, message, reason: None }
    }
}

/// The tables of files and folders, sorted; folders are not entered further down.
fn tables(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut tables = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut children = Vec::new();
            for entry in std::fs::read_dir(path).doing(|| format!("list {}", path.display()))? {
                let child = entry.doing(|| format!("list {}", path.display()))?.path();
                if is_table(&child) {
                    children.push(child);
                }
            }
            children.sort();
            tables.extend(children);
        } else {
            tables.push(path.clone());
        }
    }
    Ok(tables)
}

fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "csv" || ending == "tsv")
}
