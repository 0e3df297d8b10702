//! `openobs reference areas`: a layer as it is published, checked and brought into the form that runs read.

use std::fmt::Write as _;

use serde::Serialize;
use tracing::warn;

use super::print;
use crate::cli::{AreasArguments, Global};
use crate::commands::Status;
use crate::error::{Doing, Error, Result};
use crate::reference::areas::{Preparation, Prepared, Problem, prepare};
use crate::reference::provenance::Provenance;
use crate::report::page::grouped;

/// Problems of a kind that are named for people; JSON has all of them.
const NAMED: usize = 5;

/// What was done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    file: String,
    bytes: u64,
    areas: usize,
    vertices: usize,
    /// West, south, east and north.
    bounds: [f64; 4],
    crs: &'a str,
    #[serde(flatten)]
    provenance: &'a Provenance,
    problems: &'a [Problem],
}

/// Prepares a layer.
///
/// # Errors
/// When the file cannot be read or has what cannot be an area.
pub fn areas(arguments: &AreasArguments, global: &Global) -> Result<Status> {
    if arguments.out.extension().is_none_or(|ending| ending != "parquet") {
        return Err(Error::usage(format!("a layer is written as Parquet, not as {}", arguments.out.display()))
            .remedy("give --out a name that ends with .parquet"));
    }
    let preparation = Preparation {
        kind: arguments.kind,
        code: arguments.code.clone(),
        name: arguments.name.clone(),
        layer: arguments.layer.clone(),
        crs: arguments.crs.clone(),
        provenance: Provenance {
            title: arguments.title.clone(),
            version: arguments.version.clone(),
            license: arguments.license.clone(),
            source: arguments.source.clone(),
        },
        leave_out: arguments.leave_out,
    };
    let prepared = prepare(&arguments.files, &preparation)?;
    prepared.write(&arguments.out)?;
    if prepared.provenance.license.is_none() {
        warn!(
            file = %arguments.out.display(),
            "the licence of the layer is not known, and what is published with it cannot name it: give --license"
        );
    }
    let bytes = std::fs::metadata(&arguments.out).doing(|| format!("read {}", arguments.out.display()))?.len();
    let summary = Summary {
        file: arguments.out.display().to_string(),
        bytes,
        areas: prepared.areas.len(),
        vertices: prepared.corners,
        bounds: prepared.bounds,
        crs: &prepared.crs,
        provenance: &prepared.provenance,
        problems: &prepared.problems,
    };
    if global.json {
        print(&String::from_utf8_lossy(&crate::commit::json(&summary)?))?;
    } else if !global.quiet {
        print(&told(&summary, &prepared))?;
    }
    Ok(Status::Done)
}

fn told(summary: &Summary<'_>, prepared: &Prepared) -> String {
    let [west, south, east, north] = summary.bounds;
    let mut text = format!(
        "{}: {} areas, {} vertices, {} bytes\n  from {}, within {west:.4} {south:.4} {east:.4} {north:.4}\n",
        summary.file,
        grouped(summary.areas as u64),
        grouped(summary.vertices as u64),
        grouped(summary.bytes),
        summary.crs,
    );
    // Writing to a string does not fail.
    for (key, value) in prepared.provenance.entries() {
        let _ = writeln!(text, "  {}: {value}", key.trim_start_matches("openobs."));
    }
    let mut kinds: Vec<&str> = Vec::new();
    for problem in summary.problems {
        if !kinds.contains(&problem.kind) {
            kinds.push(problem.kind);
        }
    }
    for kind in kinds {
        let of_kind: Vec<&Problem> = summary.problems.iter().filter(|problem| problem.kind == kind).collect();
        for problem in of_kind.iter().take(NAMED) {
            let feature = problem.feature.map(|number| format!("feature {number} ")).unwrap_or_default();
            let code = problem.code.as_ref().map(|code| format!("({code}) ")).unwrap_or_default();
            let _ = writeln!(text, "  {feature}{code}{}", problem.message);
        }
        if of_kind.len() > NAMED {
            let _ = writeln!(text, "  … and {} more like this (--json lists all)", of_kind.len() - NAMED);
        }
    }
    text
}
