//! The sensitivity referential as it is published.

use std::path::PathBuf;

use openobs_steps::reference::sensitivity::SensitivityRules;
use openobs_steps::reference::taxref::Taxref;

use crate::error::Result;

/// Reads the referential.
///
/// # Errors
/// When a file cannot be read or a rule cannot be resolved.
pub fn read(_paths: &[PathBuf], _taxref: Option<&Taxref>) -> Result<SensitivityRules> {
    Ok(SensitivityRules::default())
}
