//! `openobs validate`: what a producer should know before sending an archive.

use std::io::IsTerminal;
use std::sync::Arc;

use super::run::prepare;
use super::{Status, settings};
use crate::cli::{Global, ValidateArguments};
use crate::commit::json;
use crate::error::{Doing, Result};
use crate::layout::Layout;
use crate::sources::{expand, fetch};
use crate::validation::profile::Profile;
use crate::validation::report::ValidationReport;
use crate::validation::text::{Style, render};
use crate::validation::{page, validate as check};

/// Checks archives one by one.
///
/// # Errors
/// When an archive is not there or the environment fails; what is wrong with an archive is in the result.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub async fn validate(arguments: &ValidateArguments, global: &Global) -> Result<Status> {
    let profiles = Profile::named(&arguments.profiles)?;
    let sources = expand(&arguments.archives)?;
    let folder = tempfile::tempdir().doing(|| "make a temporary folder")?;
    let run = Arc::new(prepare(settings(global, None)?, Layout::new(folder.path()))?);
    let mut archives = Vec::with_capacity(sources.len());
    for source in &sources {
        let fetched = fetch(source).await?;
        archives.push(check(&run, &source.name(), &fetched.path, &profiles).await?);
    }
    let report = ValidationReport {
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        run_date: run.run_date.clone(),
        references: run.loaded.sources.clone(),
        publishable: archives.iter().all(|archive| archive.publishable),
        archives,
    };
    if let Some(html) = &arguments.html {
        std::fs::write(html, page::render(&report)?).doing(|| format!("write {}", html.display()))?;
    }
    if global.json {
        print!("{}", String::from_utf8_lossy(&json(&report)?));
    } else if !global.quiet {
        let is_coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        print!("{}", render(&report, if is_coloured { Style::Coloured } else { Style::Plain }));
    }
    Ok(if report.publishable { Status::Done } else { Status::Incomplete })
}
