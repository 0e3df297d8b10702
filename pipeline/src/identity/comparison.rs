//! The keys of an attempt beside those of the last one, and whether so many may have changed.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hashes::{Hashes, Overlap, hash_of};
use crate::error::{Doing, Error, Result};
use crate::layout::{Layout, Product};
use crate::session::BATCH_ROWS;
use crate::settings::ShareLimit;

/// How many keys of the last attempt are kept, and how many are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Comparison {
    /// In the last attempt and in this one.
    pub kept: u64,
    /// In this attempt alone.
    pub new: u64,
    /// In the last attempt alone.
    pub absent: u64,
}

impl Comparison {
    /// The comparison of keys with those of the last attempt.
    pub fn of(overlap: Overlap) -> Self {
        Self { kept: overlap.both, new: overlap.first_alone, absent: overlap.second_alone }
    }

    /// Why this attempt may not take the place of the last one; `None` when it may.
    ///
    /// What is measured is the larger of two shares: of the last attempt's keys, those that are absent; of this attempt's
    /// keys, those that are new. As in the GBIF pipelines, an archive that still has every key of the last attempt only
    /// grows and may grow to any size. One without any record is refused whatever the limit.
    pub fn refusal(&self, limit: ShareLimit) -> Option<Error> {
        let Self { kept, new, absent } = *self;
        let (last, this) = (kept + absent, kept + new);
        let why = if last > 0 && this == 0 {
            format!("the archive has no record, where the last attempt had {last}")
        } else if absent > 0 && !(limit.allows(absent, last) && limit.allows(new, this)) {
            format!(
                "too many occurrence keys changed: of {last} of the last attempt {kept} are kept and {absent} are absent, \
                 and of {this} in the archive {new} are new, more than identity.changed_ids_limit ({limit}) allows"
            )
        } else {
            return None;
        };
        Some(Error::data(why).remedy(
            "the last attempt stays; see whether the archive's identifiers or the dataset's unique_key_terms changed, and \
             run again with --accept-changed-ids if they are meant to",
        ))
    }
}

/// The Parquet files that hold the rows of a dataset's last attempt: public rows, and the exact ones of protected records,
/// some of which are in no public table.
///
/// # Errors
/// When a folder cannot be listed.
pub fn last_attempt(layout: &Layout, dataset_key: &str) -> Result<Vec<PathBuf>> {
    let mut files = parquet_files(&layout.dataset(Product::Occurrence, dataset_key))?;
    files.extend(parquet_files(&layout.dataset(Product::RestrictedOccurrence, dataset_key))?);
    Ok(files)
}

/// The Parquet files in a folder, sorted; none where there is no folder.
///
/// # Errors
/// When the folder cannot be listed.
pub fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let doing = || format!("list {}", folder.display());
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.doing(doing)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.doing(doing)?.path();
        if path.extension().is_some_and(|ending| ending == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Adds the keys of an occurrence table to a set.
///
/// # Errors
/// When the file cannot be read, or the disk is full.
pub fn add_keys(path: &Path, hashes: &mut Hashes) -> Result<()> {
    let file = File::open(path).doing(|| format!("read {}", path.display()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["occurrenceKey"]);
    for batch in builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()? {
        let batch = batch?;
        let Some(keys) = batch.column_by_name("occurrenceKey").and_then(|keys| keys.as_string_opt::<i32>()) else {
            continue;
        };
        let of_batch = keys.iter().flatten().filter_map(|key| Uuid::try_parse(key).ok()).map(hash_of).collect();
        hashes.add(of_batch).doing(|| "keep the keys of the last attempt")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_refused_when_too_many_keys_changed() {
        let refused = |kept, new, absent, limit| Comparison { kept, new, absent }.refusal(limit).is_some();
        let half = ShareLimit::Millionths(500_000);
        assert!(!refused(0, 10, 0, half), "there was nothing before");
        assert!(!refused(3, 90, 0, half), "it only grows");
        assert!(!refused(5, 5, 5, half), "half of the keys were replaced");
        assert!(refused(4, 6, 6, half), "more than half were replaced");
        assert!(refused(4, 0, 6, half), "more than half are absent");
        assert!(refused(9, 30, 1, half), "it is another dataset");
        assert!(!refused(1, 9, 9, ShareLimit::Off));
        assert!(refused(0, 0, 10, ShareLimit::Off), "nothing is left");
        assert!(refused(9, 0, 1, ShareLimit::Millionths(0)));
        assert!(!refused(0, 0, 0, ShareLimit::Millionths(0)));
    }

    #[test]
    fn a_refusal_says_what_changed_and_what_to_do() {
        let error = Comparison { kept: 1, new: 3, absent: 4 }.refusal(ShareLimit::Millionths(500_000)).unwrap();
        let message = error.to_string();
        for part in
            ["of 5 of the last attempt 1 are kept and 4 are absent", "3 are new", "50 %", "--accept-changed-ids"]
        {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(error.exit_status(), 1);
    }
}
