//! `openobs test`: table tests, the project's own and the conformance ones.

use std::path::{Path, PathBuf};

use openobs_steps::table::{self, Report};
use serde::Serialize;

use super::{Status, settings};
use crate::cli::{Global, TestArguments};
use crate::commit::json;
use crate::error::{Doing, Error, Result};
use crate::reference::Loaded;

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    passed: usize,
    failed: usize,
    skipped: usize,
    files: Vec<FileSummary>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FileSummary {
    file: String,
    passed: usize,
    failed: usize,
    skipped: usize,
    /// Failing cases, by id.
    failures: Vec<FailureSummary>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureSummary {
    case: String,
    line: usize,
    asserted: bool,
    message: String,
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
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut summary = Summary::default();
    for path in tables(&arguments.paths)? {
        let name = path.to_string_lossy().into_owned();
        let content = std::fs::read_to_string(&path).doing(|| format!("read {name}"))?;
        let wrong = |error: table::TableError| Error::usage("the table cannot be understood").caused_by(error);
        if update {
            let rewritten = table::rewrite(&steps, &name, &content).map_err(wrong)?;
            std::fs::write(&path, rewritten).doing(|| format!("write {name}"))?;
            continue;
        }
        let file = summarise(name, table::run(&steps, &path.to_string_lossy(), &content).map_err(wrong)?);
        summary.passed += file.passed;
        summary.failed += file.failed;
        summary.skipped += file.skipped;
        summary.files.push(file);
    }
    let status = if summary.failed == 0 { Status::Done } else { Status::Incomplete };
    if global.json {
        print!("{}", String::from_utf8_lossy(&json(&summary)?));
    } else if !update {
        for file in &summary.files {
            for failure in &file.failures {
                println!("{}:{} {}: {}", file.file, failure.line, failure.case, failure.message);
            }
            if !global.quiet {
                println!("{}: {} passed, {} failed, {} skipped", file.file, file.passed, file.failed, file.skipped);
            }
        }
        println!("{} passed, {} failed, {} skipped", summary.passed, summary.failed, summary.skipped);
    }
    Ok(status)
}

fn summarise(file: String, report: Report) -> FileSummary {
    FileSummary {
        file,
        passed: report.passed,
        failed: report.failed.len(),
        skipped: report.skipped.len(),
        failures: report
            .failed
            .into_iter()
            .map(|failure| FailureSummary {
                case: failure.case,
                line: failure.line,
                asserted: failure.asserted,
                message: failure.message,
            })
            .collect(),
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
