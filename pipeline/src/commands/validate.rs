//! `openobs validate`: what a producer should know before sending an archive.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::run::prepare;
use super::{Status, settings};
use crate::cli::{Global, ValidateArguments};
use crate::commit::{Counts, json, prepare_root};
use crate::dataset::Dataset;
use crate::error::{Doing, Result};
use crate::layout::Layout;
use crate::report::page::render;
use crate::report::{DatasetReport, DatasetStatus, RunReport, Totals};
use crate::run::{Outcome, Run, open_archive};
use crate::settings::Product;

/// Terms without which GBIF does not take a record, and those it asks for.
const REQUIRED: [&str; 4] = ["occurrenceID", "basisOfRecord", "scientificName", "eventDate"];
const RECOMMENDED: [&str; 8] = [
    "countryCode",
    "taxonRank",
    "kingdom",
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "coordinateUncertaintyInMeters",
    "individualCount",
];

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Validation {
    archive: String,
    /// Whether it can be published as it is.
    publishable: bool,
    /// Why not, or what would make it better.
    remarks: Vec<String>,
    core_row_type: Option<String>,
    terms: Vec<String>,
    extensions: Vec<String>,
    counts: Option<Counts>,
}

/// Checks archives one by one.
///
/// # Errors
/// When the environment fails; what is wrong with an archive is in the result.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub async fn validate(arguments: &ValidateArguments, global: &Global) -> Result<Status> {
    let mut settings = settings(global, None)?;
    settings.outputs.products = vec![Product::Occurrence];
    let folder = tempfile::tempdir().doing(|| "make a temporary folder")?;
    let layout = Layout::new(folder.path());
    prepare_root(&layout)?;
    let run = Arc::new(prepare(settings, layout)?);
    let mut validations = Vec::new();
    let mut reports = Vec::new();
    for path in &arguments.archives {
        let (validation, report) = check(&run, path).await?;
        validations.push(validation);
        reports.push(report);
    }
    if let Some(html) = &arguments.html {
        let report = RunReport {
            run: "validation".to_owned(),
            run_date: run.run_date.clone(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            references: run.loaded.sources.clone(),
            totals: Totals::of(reports.iter().filter_map(|report| report.counts.as_ref())),
            committed: Totals::default(),
            indicators: Default::default(),
            grid: Vec::new(),
            datasets: reports,
        };
        std::fs::write(html, render(&report)?).doing(|| format!("write {}", html.display()))?;
    }
    if global.json {
        print!("{}", String::from_utf8_lossy(&json(&validations)?));
    } else {
        validations.iter().for_each(print);
    }
    let all = validations.iter().all(|validation| validation.publishable);
    Ok(if all { Status::Done } else { Status::Incomplete })
}

async fn check(run: &Arc<Run>, path: &Path) -> Result<(Validation, DatasetReport)> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut validation = Validation {
        archive: name.clone(),
        publishable: true,
        remarks: Vec::new(),
        core_row_type: None,
        terms: Vec::new(),
        extensions: Vec::new(),
        counts: None,
    };
    let mut report = DatasetReport {
        archive: name,
        dataset_key: None,
        title: None,
        status: DatasetStatus::Failed,
        message: None,
        warnings: Vec::new(),
        counts: None,
        identity: None,
    };
    let archive = match open_archive(path, &run.settings) {
        Ok(archive) => archive,
        Err(error) => {
            validation.publishable = false;
            validation.remarks.push(error.to_string());
            report.message = Some(error.to_string());
            return Ok((validation, report));
        }
    };
    validation.core_row_type = Some(archive.descriptor().core.row_type.uri().to_owned());
    for field in archive.schema().fields() {
        match field.metadata().get("rowType") {
            Some(row_type) => validation.extensions.push(row_type.clone()),
            None if field.metadata().contains_key("term") => validation.terms.push(field.name().clone()),
            None => {}
        }
    }
    if archive.metadata().is_none() {
        validation
            .remarks
            .push("there is no metadata document; add an eml.xml with title, licence and contacts".to_owned());
    }
    let dataset = Dataset::describe(&archive, path.to_owned(), None, &run.loaded.references.vocabularies);
    if !matches!(dataset.license.as_deref(), Some("CC0_1_0" | "CC_BY_4_0" | "CC_BY_NC_4_0")) {
        validation.remarks.push("the metadata names no licence that GBIF knows; add CC0, CC-BY or CC-BY-NC".to_owned());
    }
    report.dataset_key = Some(dataset.key.clone());
    report.title.clone_from(&dataset.title);
    match run.process(archive, dataset, Arc::new(|_| {})).await {
        Ok(Outcome::Done(manifest)) => {
            let verbatim = |term: &str| manifest.verbatim_columns.iter().any(|column| column == &format!("v_{term}"));
            for term in REQUIRED.into_iter().filter(|term| !verbatim(term)) {
                validation.publishable = false;
                validation.remarks.push(format!("the required term {term} is missing; map a column to it"));
            }
            for term in RECOMMENDED.into_iter().filter(|term| !verbatim(term)) {
                validation.remarks.push(format!("the recommended term {term} is missing"));
            }
            if manifest.counts.quarantined_rows > 0 {
                validation.publishable = false;
                validation
                    .remarks
                    .push(format!("{} rows cannot be read; see the warnings", manifest.counts.quarantined_rows));
            }
            validation.remarks.extend(manifest.warnings.iter().cloned());
            validation.counts = Some(manifest.counts.clone());
            report = DatasetReport::done(&manifest);
        }
        Ok(Outcome::Skipped(reason)) => {
            validation.remarks.push(reason.clone());
            report.status = DatasetStatus::Skipped;
            report.message = Some(reason);
        }
        Ok(Outcome::Refused(refused)) => {
            let message = refused.1.to_string();
            validation.publishable = false;
            validation.remarks.push(message.clone());
            report.message = Some(message);
        }
        Err(error) => {
            validation.publishable = false;
            validation.remarks.push(error.to_string());
            report.message = Some(error.to_string());
        }
    }
    Ok((validation, report))
}

#[expect(clippy::print_stdout, reason = "the result of the command")]
fn print(validation: &Validation) {
    println!("{}: {}", validation.archive, if validation.publishable { "publishable" } else { "not publishable" });
    if let Some(row_type) = &validation.core_row_type {
        println!("  core {row_type}, {} terms, {} extensions", validation.terms.len(), validation.extensions.len());
    }
    if let Some(counts) = &validation.counts {
        println!(
            "  {} records, {} interpreted, {} quarantined",
            counts.records, counts.interpreted, counts.quarantined
        );
    }
    for remark in &validation.remarks {
        println!("  - {remark}");
    }
    if let Some(counts) = &validation.counts {
        for (issue, count) in &counts.issues {
            println!("  {issue}: {count}");
        }
    }
}
