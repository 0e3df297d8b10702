//! `openobs reference build`: one file of a TAXREF release, which opens at once and is shared by all threads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use openobs_steps::reference::status_area;
use openobs_steps::reference::taxref::Taxref;
use serde::Serialize;

use crate::cli::{BuildArguments, Global};
use crate::commands::Status;
use crate::commit::json;
use crate::error::Result;
use crate::reference::taxref::{Release, SourceFile, built, read_release};

/// Numbers that are named where more of them have a problem.
const NAMED: usize = 5;

/// What was made, and of what.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    file: PathBuf,
    bytes: u64,
    /// SHA-256 of its content, by which runs know it.
    sha256: String,
    version: String,
    names: usize,
    accepted: usize,
    retired: usize,
    /// Different statuses, and how many taxa have one.
    statuses: usize,
    taxa_with_statuses: usize,
    problems: Vec<Found>,
    sources: Vec<SourceFile>,
    /// Files of the release that nothing needs.
    unused: Vec<String>,
}

/// A kind of problem.
#[derive(Debug, Serialize)]
struct Found {
    problem: String,
    count: usize,
    /// The first of them.
    examples: Vec<String>,
}

/// Builds the file.
///
/// # Errors
/// When an input cannot be read, or the file cannot be written.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub fn build(arguments: &BuildArguments, global: &Global) -> Result<Status> {
    let Release { taxref, files, unused, left_out } = read_release(&arguments.inputs)?;
    let sources: Vec<SourceFile> = files.into_iter().map(|(_, file)| file).collect();
    let file = destination(&arguments.out, &taxref);
    let sha256 = built::write(&taxref, &sources, &file)?;
    // What was written is opened as a run opens it: a file that cannot be used is told now.
    let opened = built::open(&file)?;
    debug_assert_eq!(opened.sha256, sha256);
    let mut problems = problems(&taxref);
    if left_out.0 > 0 {
        let count = usize::try_from(left_out.0).unwrap_or(usize::MAX);
        problems.push(Found { problem: "rows that cannot be read (left out)".to_owned(), count, examples: left_out.1 });
    }
    let summary = Summary {
        bytes: std::fs::metadata(&file).map(|metadata| metadata.len()).unwrap_or_default(),
        file,
        sha256,
        version: taxref.version().to_owned(),
        names: taxref.len(),
        accepted: taxref.accepted().count(),
        retired: taxref.retired_len(),
        statuses: taxref.statuses().count(),
        taxa_with_statuses: taxref.accepted().filter(|name| name.statuses().next().is_some()).count(),
        problems,
        sources,
        unused,
    };
    match global.json {
        true => print!("{}", String::from_utf8_lossy(&json(&summary)?)),
        false => print!("{}", for_people(&summary)),
    }
    Ok(Status::Done)
}

/// The file to write: in a folder that exists or that the path says to be one, a name that tells the release.
fn destination(out: &Path, taxref: &Taxref) -> PathBuf {
    if !out.is_dir() && !out.to_string_lossy().ends_with('/') {
        return out.to_owned();
    }
    out.join(match taxref.version_number() {
        Some(number) => format!("taxref-v{number}.arrow"),
        None => "taxref.arrow".to_owned(),
    })
}

fn problems(taxref: &Taxref) -> Vec<Found> {
    let mut kinds: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for problem in taxref.problems() {
        kinds.entry(problem.meaning()).or_default().push(problem.cd_nom());
    }
    let of_names = kinds.into_iter().map(|(meaning, numbers)| Found {
        problem: meaning.to_owned(),
        count: numbers.len(),
        examples: numbers.iter().take(NAMED).map(ToString::to_string).collect(),
    });
    let areas: BTreeSet<&str> =
        taxref.statuses().map(|status| status.area).filter(|area| !status_area::is_known(area)).collect();
    let of_areas = (!areas.is_empty()).then(|| Found {
        problem: "area of statuses (CD_SIG) that is not known (they apply nowhere)".to_owned(),
        count: areas.len(),
        examples: areas.iter().take(NAMED).map(ToString::to_string).collect(),
    });
    of_names.chain(of_areas).collect()
}

fn for_people(summary: &Summary) -> String {
    let Summary { version, names, accepted, retired, statuses, taxa_with_statuses, .. } = summary;
    let mut text = format!(
        "{}: {version}, {:.1} MB, sha256 {}\n  {names} names, of which {accepted} accepted; {retired} retired CD_NOMs; \
         {statuses} different statuses of {taxa_with_statuses} taxa\n",
        summary.file.display(),
        summary.bytes as f64 / 1e6,
        summary.sha256,
    );
    for source in &summary.sources {
        text += &format!("  from {}: {} rows\n", source.file, source.rows);
    }
    if !summary.unused.is_empty() {
        text += &format!("  not needed: {}\n", summary.unused.join(", "));
    }
    for Found { problem, count, examples } in &summary.problems {
        let more = if examples.len() < *count { ", ..." } else { "" };
        text += &format!("  problem: {count} {problem}: {}{more}\n", examples.join(", "));
    }
    text
}
