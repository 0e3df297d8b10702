//! Stages that go on from what is committed: `interpret`, `protect`, `index`, `archive`, `indicators`, `report`.

use std::sync::Arc;

use super::run::{dataset_of, prepare};
use super::{Status, existing_layout, settings};
use crate::cli::{Global, StageArguments};
use crate::commit::{Lock, Manifest};
use crate::error::{Error, Result};
use crate::finish::Finished;
use crate::registry::Registry;
use crate::report::{DatasetReport, DatasetStatus, RunReport};
use crate::run::Outcome;
use crate::settings::Product;

/// A stage after the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Interpretation and masking: occurrence tables and all that is made of them.
    Interpret,
    /// Index documents.
    Index,
    /// Archives.
    Archive,
    /// Indicators.
    Indicators,
    /// The report alone.
    Report,
}

impl Stage {
    /// The products a stage makes. What is made of occurrence tables is made with them, so that they never differ.
    fn products(self) -> Vec<Product> {
        match self {
            Self::Interpret => vec![Product::Occurrence, Product::Index, Product::Archives, Product::Indicators],
            Self::Index => vec![Product::Index],
            Self::Archive => vec![Product::Archives],
            Self::Indicators => vec![Product::Indicators],
            Self::Report => vec![Product::Report],
        }
    }
}

/// Runs a stage over committed datasets.
///
/// # Errors
/// When nothing is committed, or the environment failed.
pub async fn stage(stage: Stage, arguments: &StageArguments, global: &Global) -> Result<Status> {
    let mut settings = settings(global, Some(&arguments.output))?;
    settings.outputs.products = stage.products();
    let registry = settings.registry.as_deref().map(Registry::load).transpose()?.unwrap_or_default();
    let layout = existing_layout(&arguments.output.out)?;
    let _lock = Lock::take(&layout)?;
    let mut run = prepare(settings, layout)?;
    run.accept_changed_ids = arguments.output.accept_changed_ids;
    let run = Arc::new(run);
    let manifests = Manifest::read_all(&run.layout)?;
    if let Some(unknown) =
        arguments.datasets.iter().find(|key| !manifests.iter().any(|known| known.dataset_key == **key))
    {
        return Err(Error::usage(format!("there is no committed dataset {unknown}")).remedy("see `openobs status`"));
    }
    let chosen: Vec<&Manifest> = manifests
        .iter()
        .filter(|manifest| arguments.datasets.is_empty() || arguments.datasets.contains(&manifest.dataset_key))
        .collect();
    let mut reports = Vec::with_capacity(chosen.len());
    for manifest in chosen {
        if stage == Stage::Report {
            reports.push(DatasetReport::done(manifest));
            continue;
        }
        reports.push(
            match run.reinterpret(manifest, dataset_of(manifest, &registry, &run.loaded.references.vocabularies)).await
            {
                Ok(Outcome::Done(manifest)) => DatasetReport::done(&manifest),
                Ok(Outcome::Skipped(reason)) => ended(manifest, DatasetStatus::Skipped, reason),
                Ok(Outcome::Refused(refused)) => {
                    let (identity, error) = *refused;
                    let ended = ended(
                        manifest,
                        DatasetStatus::Failed,
                        error.context("dataset", &manifest.dataset_key).to_string(),
                    );
                    DatasetReport { identity: Some(identity), ..ended }
                }
                Err(error) => ended(manifest, DatasetStatus::Failed, error.to_string()),
            },
        );
    }
    for report in reports.iter().filter(|report| report.status == DatasetStatus::Failed) {
        eprintln!("failed: {}", report.message.as_deref().unwrap_or_default());
    }
    let failed = reports.iter().any(|report| report.status == DatasetStatus::Failed);
    let finished = crate::finish::finish(&run, reports).await?;
    announce(&finished, global);
    Ok(if failed || finished.leaks() { Status::Incomplete } else { Status::Done })
}

fn ended(manifest: &Manifest, status: DatasetStatus, message: String) -> DatasetReport {
    DatasetReport { status, message: Some(message), counts: None, identity: None, ..DatasetReport::done(manifest) }
}

/// Says where the report is, with the sums.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub fn announce(finished: &Finished, global: &Global) {
    let folder = &finished.folder;
    let text = std::fs::read(folder.join("run.json")).unwrap_or_default();
    if global.json {
        print!("{}", String::from_utf8_lossy(&text));
        return;
    }
    if global.quiet {
        return;
    }
    if let Ok(report) = serde_json::from_slice::<RunReport>(&text) {
        let count = |status| report.datasets.iter().filter(|dataset| dataset.status == status).count();
        println!(
            "{} datasets done, {} skipped, {} failed",
            count(DatasetStatus::Done),
            count(DatasetStatus::Skipped),
            count(DatasetStatus::Failed)
        );
        let totals = &report.totals;
        println!(
            "{} records in archives = {} interpreted + {} quarantined; {} published, {} of them generalised, {} withheld",
            totals.records, totals.interpreted, totals.quarantined, totals.published, totals.masked, totals.withheld
        );
    }
    match finished.audit.as_ref().map(|audit| audit.leaks_in_all) {
        Some(0) => println!("audit: nothing protected is public"),
        Some(leaks) => println!("audit: {leaks} leaks: do not publish; see `openobs audit`"),
        None => {}
    }
    println!("report: {}", folder.join("index.html").display());
}
