//! What a run did: `reports/<run>/run.json` for programs, `index.html` for people (one file, no network).
//!
//! Both hold public values alone: counts, issues and messages about archives, never a record; the map is drawn from the
//! public grid. Nothing in them depends on the clock.

pub mod page;
pub mod sensitivity;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checks::CheckReport;
use crate::commit::{self, Counts, Manifest};
use crate::error::{Doing, Result};
use crate::identity::Identity;
use crate::layout::Layout;
use crate::reference::Source;
use sensitivity::SensitivityReport;

/// `run.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// Name of the run: its date and a number.
    pub run: String,
    /// The day that counted as today.
    pub run_date: String,
    /// Version of the program.
    pub program_version: String,
    /// Reference data with its versions.
    pub references: Vec<Source>,
    /// The state of the rules and decisions that protect records; none where there are none.
    #[serde(default)]
    pub sensitivity: Option<SensitivityReport>,
    /// Sums over the datasets of this run that are complete.
    pub totals: Totals,
    /// Each dataset of this run.
    pub datasets: Vec<DatasetReport>,
    /// Everything that is committed, this run and earlier ones.
    pub committed: Totals,
    /// Indicators with their rows.
    pub indicators: BTreeMap<String, IndicatorReport>,
    /// Public 10 km cells: code, west, south, east, north in degrees, observations.
    pub grid: Vec<GridCell>,
    /// Checks over all datasets, where they were asked for: how much each found.
    #[serde(default)]
    pub checks: BTreeMap<String, CheckReport>,
    /// The proof that nothing protected is public; none where the settings do without.
    #[serde(default)]
    pub audit: Option<AuditSummary>,
}

/// What the audit at the end of a run read and found. The products of datasets were audited before they were committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditSummary {
    /// Leaks: nothing may be published when there are some.
    pub leaks: u64,
    /// Things that someone should look at.
    pub notices: u64,
    /// Whether the published areas could be computed again from the references.
    pub areas_compared: bool,
}

/// An indicator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndicatorReport {
    /// What it says.
    pub title: String,
    /// Rows of its table.
    pub rows: u64,
}

/// A cell of the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GridCell {
    /// Code of the cell.
    pub code: String,
    /// Longitude and latitude of its centre, degrees WGS 84.
    pub centre: (f64, f64),
    /// Published observations in it.
    pub occurrences: u64,
}

/// How one dataset ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DatasetReport {
    /// Name of the archive.
    pub archive: String,
    /// Key, if the archive could be opened.
    pub dataset_key: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// `done`, `skipped`, `failed`.
    pub status: DatasetStatus,
    /// Why it was skipped or failed, with the remedy.
    pub message: Option<String>,
    /// What was odd.
    pub warnings: Vec<String>,
    /// Where every record went.
    pub counts: Option<Counts>,
    /// What is known of its keys; there too when the dataset failed because too many changed.
    pub identity: Option<Identity>,
}

/// How a dataset ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DatasetStatus {
    /// Complete and committed.
    Done,
    /// It has no occurrences.
    Skipped,
    /// Nothing of it was changed.
    Failed,
}

/// Sums over datasets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Datasets.
    pub datasets: u64,
    /// Occurrences in archives.
    pub records: u64,
    /// Interpreted.
    pub interpreted: u64,
    /// In quarantine.
    pub quarantined: u64,
    /// Public.
    pub published: u64,
    /// Public, with a generalised place.
    pub masked: u64,
    /// Not public at all.
    pub withheld: u64,
    /// Public index documents.
    pub index_documents: u64,
    /// Occurrences by issue.
    pub issues: BTreeMap<String, u64>,
}

impl Totals {
    /// Sums of counts.
    pub fn of<'a>(counts: impl IntoIterator<Item = &'a Counts>) -> Self {
        let mut totals = Self::default();
        for counts in counts {
            totals.datasets += 1;
            totals.records += counts.records;
            totals.interpreted += counts.interpreted;
            totals.quarantined += counts.quarantined;
            totals.published += counts.published;
            totals.masked += counts.masked;
            totals.withheld += counts.withheld;
            totals.index_documents += counts.index_documents;
            for (issue, count) in &counts.issues {
                *totals.issues.entry(issue.clone()).or_default() += count;
            }
        }
        totals
    }
}

impl DatasetReport {
    /// The report of a committed dataset.
    pub fn done(manifest: &Manifest) -> Self {
        Self {
            archive: manifest.archive.clone(),
            dataset_key: Some(manifest.dataset_key.clone()),
            title: manifest.title.clone(),
            status: DatasetStatus::Done,
            message: None,
            warnings: manifest.warnings.clone(),
            counts: Some(manifest.counts.clone()),
            identity: manifest.identity.clone(),
        }
    }
}

/// Writes `run.json` and `index.html`, and makes `reports/latest` point at them.
///
/// # Errors
/// When a file cannot be written.
pub fn write(layout: &Layout, report: &RunReport) -> Result<std::path::PathBuf> {
    let folder = layout.report(&report.run);
    commit::write_atomically(&folder.join("run.json"), &commit::json(report)?)?;
    commit::write_atomically(&folder.join("index.html"), page::render(report)?.as_bytes())?;
    let latest = layout.report("latest");
    let staged = layout.report("latest.new");
    let doing = || format!("put {} in place", latest.display());
    match std::fs::remove_file(&staged) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).doing(doing),
        _ => {}
    }
    std::os::unix::fs::symlink(&report.run, &staged).doing(doing)?;
    std::fs::rename(&staged, &latest).doing(doing)?;
    Ok(folder)
}

/// A name for a run of a day: `2026-11-24.1`, `2026-11-24.2` …
///
/// # Errors
/// When the folder of reports cannot be listed.
pub fn next_name(layout: &Layout, run_date: &str) -> Result<String> {
    (1..)
        .map(|number| format!("{run_date}.{number}"))
        .find(|name| !layout.report(name).exists())
        .ok_or_else(|| crate::error::Error::bug("there are too many reports of this day"))
}
