//! `openobs reference`: prepares and inspects reference data. One file a subcommand.

mod match_names;
mod upgrade;

use crate::cli::{Global, ReferenceCommand};
use crate::commands::Status;
use crate::error::Result;

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommand.
pub async fn reference(command: &ReferenceCommand, global: &Global) -> Result<Status> {
    match command {
        ReferenceCommand::Match(arguments) => match_names::match_names(arguments, global),
        ReferenceCommand::Upgrade(arguments) => upgrade::upgrade(arguments, global).await,
    }
}
