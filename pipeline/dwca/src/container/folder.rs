//! An unpacked archive.

use std::path::{Path, PathBuf};

use super::guard::{Expected, Guard};
use super::{Bytes, Entry, Place, buffered, check_files, open_file, path};
use crate::error::ArchiveError;
use crate::limits::Limits;
use crate::warning::{Warning, WarningKind};

/// Deepest sub-folder looked into.
const DEPTH: usize = 16;

pub(super) fn list(root: &Path, limits: &Limits, warnings: &mut Vec<Warning>) -> Result<Vec<Entry>, ArchiveError> {
    let mut entries = Vec::new();
    let mut folders: Vec<(PathBuf, String, usize)> = vec![(root.to_owned(), String::new(), 0)];
    let mut count = 0;
    while let Some((folder, prefix, depth)) = folders.pop() {
        let failed = |error| ArchiveError::io(format_args!("list {}", folder.display()), error);
        for item in std::fs::read_dir(&folder).map_err(failed)? {
            let item = item.map_err(failed)?;
            count += 1;
            check_files(count, limits)?;
            let relative = format!("{prefix}{}", item.file_name().to_string_lossy());
            if path::is_hidden(&relative) {
                continue;
            }
            let kind = item.file_type().map_err(failed)?;
            if kind.is_dir() {
                if depth < DEPTH {
                    folders.push((item.path(), format!("{relative}/"), depth + 1));
                }
            } else if kind.is_file() || kind.is_symlink() {
                let bytes = item.metadata().map_err(failed)?.len();
                entries.push(Entry {
                    path: relative,
                    bytes: Some(bytes),
                    is_link: kind.is_symlink(),
                    place: Place::Folder(item.path()),
                });
            } else {
                warnings.push(
                    Warning::new(
                        WarningKind::File,
                        "neither a file nor a folder; it is not read",
                        "remove it from the archive",
                    )
                    .in_file(relative),
                );
            }
        }
    }
    // The system lists a folder in any order; the reader must not depend on it.
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

pub(super) fn read(path: &Path, name: &str, limits: &Limits) -> Result<Bytes, ArchiveError> {
    let failed = |error| ArchiveError::io(format_args!("read {}", path.display()), error);
    // Looked at again, for the listing is older than this.
    if !std::fs::symlink_metadata(path).map_err(failed)?.is_file() {
        return Err(ArchiveError::unsafe_path(
            format!("{} is not a plain file", path.display()),
            "put the file itself in the archive",
        ));
    }
    Ok(Box::new(Guard::new(buffered(open_file(path)?), name, Expected::default(), limits)))
}
