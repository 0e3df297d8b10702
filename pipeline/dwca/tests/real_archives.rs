//! Every archive of a collection of real ones is read to its end, or refused with an error that says what to do.
//!
//! The collection is not part of the repository: without `../shared/data/dwca` beside the workspace this test says so
//! and passes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use openobs_dwca::{Archive, Counts, Options};

/// Core and extension rows that reading found, or the error.
fn read(path: &Path, options: &Options) -> Result<(Counts, Vec<String>), String> {
    let archive = Archive::open(path, options).map_err(|error| {
        assert!(!error.remedy().is_empty());
        assert!(!error.message().is_empty());
        error.to_string()
    })?;
    let mut records = archive.records().map_err(|error| error.to_string())?;
    let (mut rows, mut quarantined) = (0, 0);
    let mut joined = vec![0; archive.descriptor().extensions.len()];
    let first_list = archive.schema().fields().len() - joined.len();
    for batch in records.by_ref() {
        let batch = batch.map_err(|error| error.to_string())?;
        rows += batch.records.num_rows() as u64;
        quarantined += batch.quarantined.len() as u64;
        for (number, joined) in joined.iter_mut().enumerate() {
            *joined += batch.records.column(first_list + number).as_list::<i32>().values().len() as u64;
        }
    }
    let counts = records.counts().clone();
    assert_eq!(rows, counts.core.kept);
    assert_eq!(counts.core.rows, counts.core.kept + counts.core.quarantined);
    for (extension, joined) in counts.extensions.iter().zip(joined) {
        assert_eq!(extension.file.kept, joined, "{}", extension.name);
        assert_eq!(extension.file.rows, extension.file.kept + extension.file.quarantined, "{}", extension.name);
    }
    assert_eq!(quarantined, counts.quarantined());
    let warnings = archive.warnings().iter().chain(records.warnings()).map(ToString::to_string).collect();
    Ok((counts, warnings))
}

#[test]
fn every_archive_is_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dwca");
    let Ok(listing) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let mut paths: Vec<PathBuf> = listing.map(|item| item.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_none_or(|suffix| suffix != "md"));
    paths.sort();
    let spilled = Options { join_memory_bytes: 30_000, ..Options::default() };
    let mut refused = 0;
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy();
        match read(path, &Options::default()) {
            Ok((counts, warnings)) => {
                let extensions: Vec<String> = counts
                    .extensions
                    .iter()
                    .map(|extension| format!("{}={}", extension.row_type, extension.file.rows))
                    .collect();
                println!("{name}\t{}\t{}", counts.core.rows, extensions.join(" "));
                println!("  {counts:?}");
                warnings.iter().for_each(|warning| println!("  warning: {warning}"));
                let (again, _) = read(path, &spilled).unwrap();
                assert_eq!(again, counts, "{name}: the join through disk differs");
            }
            Err(error) => {
                refused += 1;
                println!("{name}\terror\t{error}");
                assert!(error.contains("; "), "{error}");
            }
        }
    }
    println!("{} archives, {refused} refused", paths.len());
    assert!(refused <= 8, "more archives are refused than are known to be broken");
}
