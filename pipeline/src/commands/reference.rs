//! `openobs reference`: prepares and inspects reference data. One file a subcommand.

mod areas;
mod build;
mod check;
mod communes;
mod match_names;
mod upgrade;

use crate::cli::{Global, ReferenceCommand};
use crate::commands::Status;
use crate::error::{Doing, Result};

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommand.
pub async fn reference(command: &ReferenceCommand, global: &Global) -> Result<Status> {
    match command {
        ReferenceCommand::Build(arguments) => build::build(arguments, global),
        ReferenceCommand::Match(arguments) => match_names::match_names(arguments, global),
        ReferenceCommand::Areas(arguments) => areas::areas(arguments, global),
        ReferenceCommand::Check => check::check(global),
        ReferenceCommand::Communes(arguments) => communes::communes(arguments, global),
        ReferenceCommand::Upgrade(arguments) => upgrade::upgrade(arguments, global).await,
    }
}

/// Prints what a command found.
fn print(text: &str) -> Result<()> {
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()).doing(|| "print")
}
