//! An unpacked archive of given files, read to its end.

use std::path::Path;

use openobs_dwca::{Archive, Options};

/// Reads everything; an error is as good as an end, a panic is not. Rows must add up.
pub fn read(folder: &Path) {
    let options = Options { join_memory_bytes: 64, batch_rows: 16, ..Options::default() };
    let Ok(archive) = Archive::open(folder, &options) else { return };
    let Ok(mut records) = archive.records() else { return };
    for batch in records.by_ref() {
        if batch.is_err() {
            return;
        }
    }
    let counts = records.counts();
    assert_eq!(counts.core.rows, counts.core.kept + counts.core.quarantined);
    for extension in &counts.extensions {
        assert_eq!(extension.file.rows, extension.file.kept + extension.file.quarantined);
    }
}

/// Makes a folder of these files and reads it.
pub fn read_files(files: &[(&str, &[u8])]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    for (name, bytes) in files {
        if std::fs::write(folder.path().join(name), bytes).is_err() {
            return;
        }
    }
    read(folder.path());
}
