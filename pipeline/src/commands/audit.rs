//! `openobs audit`: proves that no public product holds a protected value.

use std::sync::Arc;

use super::run::prepare;
use super::{Status, existing_layout, settings};
use crate::audit::finding::AuditReport;
use crate::audit::{Scope, everything};
use crate::cli::{AuditArguments, Global};
use crate::commit::json;
use crate::error::Result;
use crate::settings::AuditDepth;

/// Reads all that is published, and says what leaks.
///
/// # Errors
/// When a file cannot be read.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub async fn audit(arguments: &AuditArguments, global: &Global) -> Result<Status> {
    let layout = existing_layout(&arguments.out)?;
    let run = Arc::new(prepare(settings(global, None)?, layout)?);
    let scope = Scope { depth: AuditDepth::Everything, datasets: true, report: None, also: arguments.also.clone() };
    let report = everything(&run, &scope).await?;
    let has_failed = !report.leaks.is_empty() || (arguments.strict && !report.notices.is_empty());
    if global.json {
        print!("{}", String::from_utf8_lossy(&json(&report)?));
    } else {
        for leak in &report.leaks {
            println!("leak {leak}");
        }
        for notice in report.notices.iter().filter(|_| !global.quiet || arguments.strict) {
            println!("look {notice}");
        }
        if !global.quiet {
            println!("{}", told(&report));
        }
    }
    Ok(if has_failed { Status::Incomplete } else { Status::Done })
}

/// The result in a sentence.
pub fn told(report: &AuditReport) -> String {
    let read = format!(
        "{} files ({:.1} MB) were read; {} records are published, {} of them masked, {} are withheld",
        report.files,
        report.bytes as f64 / 1e6,
        report.published,
        report.masked,
        report.withheld
    );
    let areas = match report.areas_compared {
        true => "",
        false => "; the published areas were not computed again: give --config with the references of the run",
    };
    match report.leaks_in_all {
        0 => format!("nothing protected is public: {read}{areas}"),
        leaks => format!("{leaks} leaks: do not publish. {read}{areas}"),
    }
}
