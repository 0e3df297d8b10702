//! `openobs steps`: what each step reads and writes, and where it differs from GBIF.

use openobs_steps::{Input, References};

use super::{Status, settings};
use crate::cli::Global;
use crate::error::Result;
use crate::step_udf::PREFIX;

/// Prints the steps.
///
/// # Errors
/// When the settings are not valid.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub fn steps(global: &Global) -> Result<Status> {
    let settings = settings(global, None)?;
    let step_settings = settings.of_steps();
    for step in openobs_steps::all(&References::default(), &step_settings) {
        let reads: Vec<&str> = step.reads().iter().map(Input::name).collect();
        println!("{PREFIX}{}({})", step.name(), reads.join(", "));
        for field in &step.writes() {
            println!("    {}: {}", field.name(), field.data_type());
        }
        for difference in step.differences() {
            println!("    differs from GBIF: {difference}");
        }
    }
    Ok(Status::Done)
}
