//! Who may read what is written: exact data its owner alone, file by file and not by the folder above it alone.
//!
//! Every file of a product is made closed to others ([`create_file`]), and temporary files are closed by nature. What is public
//! is opened by name when it is put in place ([`open`]). So a product that nobody thought of is closed, and a folder whose mode
//! is changed by hand later shows nothing. Of what stands in `state/` the archives of datasets alone are open: each is the same
//! file as the public one.

use std::fs::{self, File, OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::error::{Doing, Result};

/// Mode of a public file.
const FILE: u32 = 0o644;
/// Mode of a public folder.
const FOLDER: u32 = 0o755;
/// Mode of a file with exact data.
const CLOSED_FILE: u32 = 0o600;
/// Mode of a folder with exact data.
const CLOSED_FOLDER: u32 = 0o700;

/// Makes a file that its owner alone can read.
///
/// # Errors
/// When the file system refuses.
pub fn create_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(CLOSED_FILE).open(path)
}

/// Closes a folder to all but its owner.
///
/// # Errors
/// When the file system refuses.
pub fn close(folder: &Path) -> Result<()> {
    set(folder, CLOSED_FOLDER)
}

/// Opens a folder to readers, without what is in it.
///
/// # Errors
/// When the file system refuses.
pub fn open_folder(folder: &Path) -> Result<()> {
    set(folder, FOLDER)
}

/// Opens a file to readers, or a folder with all that is in it; nothing where there is none.
///
/// # Errors
/// When the file system refuses.
pub fn open(path: &Path) -> Result<()> {
    let doing = || format!("open {} to readers", path.display());
    let kind = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        metadata => metadata.doing(doing)?.file_type(),
    };
    if kind.is_file() {
        return set(path, FILE);
    }
    if kind.is_dir() {
        for entry in fs::read_dir(path).doing(doing)? {
            open(&entry.doing(doing)?.path())?;
        }
        return set(path, FOLDER);
    }
    Ok(())
}

/// Makes a folder with those above it up to the root of the output, and opens them to readers.
///
/// # Errors
/// When the file system refuses.
pub fn make_public_folder(folder: &Path, root: &Path) -> Result<()> {
    fs::create_dir_all(folder).doing(|| format!("make the folder {}", folder.display()))?;
    folder.ancestors().take_while(|above| *above != root).try_for_each(open_folder)
}

fn set(path: &Path, mode: u32) -> Result<()> {
    // Another's file that is open already stays as it is.
    let is_set = fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o777 == mode);
    if is_set {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).doing(|| format!("set the mode of {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_opened_is_open_up_to_the_root_and_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let (inside, beside) = (root.path().join("public/archives"), root.path().join("restricted"));
        fs::create_dir(&beside).unwrap();
        close(&beside).unwrap();
        let at_first = mode(root.path());
        make_public_folder(&inside, root.path()).unwrap();
        let file = inside.join("a.zip");
        create_file(&file).unwrap();
        assert_eq!(mode(&file), CLOSED_FILE);
        open(&inside).unwrap();
        assert_eq!([mode(&file), mode(&inside), mode(&root.path().join("public"))], [FILE, FOLDER, FOLDER]);
        assert_eq!([mode(&beside), mode(root.path())], [CLOSED_FOLDER, at_first]);
        open(&root.path().join("nothing")).unwrap();
    }
}
