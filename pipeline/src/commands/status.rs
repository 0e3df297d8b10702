//! `openobs status`: datasets, last attempts, and what the next run would do.

use super::run::prepare;
use super::{Status, existing_layout, settings};
use crate::cli::{Global, StatusArguments};
use crate::commit::{Manifest, json};
use crate::error::Result;
use crate::identity::Identity;
use crate::identity::comparison::Comparison;

/// Prints a line for each committed dataset.
///
/// # Errors
/// When a manifest or the reference data cannot be read.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub fn status(arguments: &StatusArguments, global: &Global) -> Result<Status> {
    let layout = existing_layout(&arguments.out)?;
    let manifests = Manifest::read_all(&layout)?;
    if global.json {
        print!("{}", String::from_utf8_lossy(&json(&manifests)?));
        return Ok(Status::Done);
    }
    let run = prepare(settings(global, None)?, layout)?;
    for manifest in &manifests {
        let counts = &manifest.counts;
        let next = if manifest.interpretation_sha256 == run.interpretation_sha256 {
            "up to date with these settings and references"
        } else {
            "would be interpreted again: settings, references, run date or program changed"
        };
        println!(
            "{}\t{}\t{}\t{} records, {} published, {} quarantined{}\t{}",
            manifest.dataset_key,
            manifest.run_date,
            manifest.archive,
            counts.records,
            counts.published,
            counts.quarantined,
            manifest.identity.as_ref().map(told).unwrap_or_default(),
            next
        );
    }
    println!("{} datasets", manifests.len());
    Ok(Status::Done)
}

/// What is to be known of a dataset's keys, to go after its counts.
fn told(identity: &Identity) -> String {
    let mut told = String::new();
    if identity.missing_keys > 0 {
        told.push_str(&format!(", {} without unique key", identity.missing_keys));
    }
    if identity.duplicate_records > 0 {
        told.push_str(&format!(", {} with the identifier of an earlier one", identity.duplicate_records));
    }
    if let Some(Comparison { kept, new, absent }) = identity.comparison {
        told.push_str(&format!(", keys: {kept} kept, {new} new, {absent} absent"));
    }
    told
}
