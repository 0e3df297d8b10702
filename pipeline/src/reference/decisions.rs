//! Decisions on the sensitivity of single records, as people keep them: a table in a file.

use std::path::PathBuf;

use openobs_steps::reference::sensitivity::{Decisions, DecisionsBuilder, Levels};

use super::delimited;
use crate::error::{Error, Result};

/// The setting that names the files.
pub const SETTING: &str = "sensitivity.decisions";

/// Reads the decisions of all files.
///
/// # Errors
/// When a file cannot be read, or a decision has no date, author or known level, or contradicts another: what people decided
/// to protect could be published.
pub fn read(paths: &[PathBuf], levels: &Levels) -> Result<Decisions> {
    let mut builder = DecisionsBuilder::new(levels);
    for path in paths {
        let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        delimited::read(
            path,
            |header| {
                let table = builder.table(source, header).map_err(|error| {
                    Error::usage("the file has no decisions on records")
                        .caused_by(error)
                        .context("setting", SETTING)
                        .remedy(
                            "give the columns occurrenceKey, or datasetKey and occurrenceID, then sensiNiveau, \
                             sensiDateAttribution and author",
                        )
                })?;
                Ok((table, Vec::new()))
            },
            |(_, rows): &mut (_, Vec<(u64, Vec<String>)>), line, row| {
                rows.push((line, row.iter().map(|cell| (*cell).to_owned()).collect()));
                Ok(())
            },
        )
        .and_then(|(table, rows)| {
            for (line, row) in rows {
                let cells: Vec<&str> = row.iter().map(String::as_str).collect();
                builder.push(&table, line, &cells).map_err(|error| {
                    Error::usage("a decision on a record cannot be used")
                        .caused_by(error)
                        .context("setting", SETTING)
                        .context("file", path.display())
                        .remedy("correct the row")
                })?;
            }
            Ok(())
        })?;
    }
    Ok(builder.build())
}
