//! The sensitivity referential as it is published: the national file and its regional variants.

use std::path::PathBuf;

use openobs_steps::reference::sensitivity::{Levels, SensitivityBuilder, SensitivityRules};
use openobs_steps::reference::taxref::Taxref;

use super::delimited;
use crate::error::{Error, Result};

/// Rules that are named when more of them cannot be resolved.
const NAMED_RULES: usize = 20;

/// Reads the referential and resolves its taxa.
///
/// # Errors
/// When a file cannot be read, or a rule cannot: what it protects would be published.
pub fn read(paths: &[PathBuf], taxref: Option<&Taxref>) -> Result<SensitivityRules> {
    let taxref = taxref.ok_or_else(|| {
        Error::usage("the sensitivity list cannot be applied without TAXREF").remedy("set references.taxref")
    })?;
    let mut builder = SensitivityBuilder::new(Levels::default());
    for path in paths {
        let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (table, rows) = delimited::read(
            path,
            |header| {
                let table = builder
                    .table(source, header)
                    .map_err(|error| Error::usage("the file is not a sensitivity list").caused_by(error))?;
                Ok((table, Vec::new()))
            },
            |(_, rows): &mut (_, Vec<(u64, Vec<String>)>), line, row| {
                rows.push((line, row.iter().map(|cell| (*cell).to_owned()).collect()));
                Ok(())
            },
        )?;
        for (line, row) in rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            builder.push(&table, line, &cells).map_err(|error| {
                Error::usage("a sensitivity rule cannot be read, and what it protects would be published")
                    .caused_by(error)
                    .context("file", path.display())
                    .remedy("correct the row")
            })?;
        }
    }
    builder.build(taxref).map_err(|unresolved| {
        let rules: Vec<String> = unresolved.iter().take(NAMED_RULES).map(ToString::to_string).collect();
        Error::usage(format!(
            "{} sensitivity rules have no taxon in {}, and what they protect would be published: {}",
            unresolved.len(),
            taxref.version(),
            rules.join("; ")
        ))
        .remedy("correct their CD_NOM, or give the CDNOM_DISPARUS of this release in references.taxref_retired")
    })
}
