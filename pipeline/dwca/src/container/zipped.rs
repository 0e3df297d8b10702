//! Zip files, streamed by their central directory.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::DeflateDecoder;
use hashbrown::HashSet;
use zip::CompressionMethod;
use zip::result::ZipError;

use super::guard::{Expected, Guard, ratio_error};
use super::{Bytes, Entry, Place, READ_BUFFER, add_entry, buffered, check_files, entry_path, open_file, path};
use crate::error::ArchiveError;
use crate::limits::Limits;
use crate::warning::Warning;

type ZipArchive = zip::ZipArchive<std::io::BufReader<std::fs::File>>;

pub(super) fn list(path: &Path, limits: &Limits, warnings: &mut Vec<Warning>) -> Result<Vec<Entry>, ArchiveError> {
    let zip = open(path)?;
    check_files(zip.len(), limits)?;
    let mut entries = Vec::new();
    let mut seen = HashSet::new();
    for index in 0..zip.len() {
        let file = zip.by_index_data(index).map_err(|error| zip_error(path, error))?;
        let name = match file.name() {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(file.name_raw()).into_owned(),
        };
        let clean = entry_path(&name)?;
        if file.is_dir() || clean.is_empty() || path::is_hidden(&clean) {
            continue;
        }
        let entry =
            Entry { path: clean, bytes: Some(file.size()), is_link: file.is_symlink(), place: Place::Zip(index) };
        add_entry(&mut entries, &mut seen, entry, warnings);
    }
    Ok(entries)
}

pub(super) fn read(
    path: &Path,
    index: usize,
    name: &str,
    work_folder: &Path,
    limits: &Limits,
) -> Result<Bytes, ArchiveError> {
    let mut zip = open(path)?;
    let file = zip.by_index_raw(index).map_err(|error| zip_error(path, error).in_file(name))?;
    if file.encrypted() {
        return Err(ArchiveError::unreadable("the file is encrypted", "make the archive again without a password")
            .in_file(name));
    }
    let expected =
        Expected { bytes: Some(file.size()), compressed: Some(file.compressed_size()), crc: Some(file.crc32()) };
    if file.size() > limits.compression_ratio_from_bytes
        && file.size() / file.compressed_size().max(1) > limits.compression_ratio
    {
        return Err(ratio_error(name, limits.compression_ratio));
    }
    let (method, start, compressed) = (file.compression(), file.data_start(), file.compressed_size());
    drop(file);
    let start = start.ok_or_else(|| zip_error(path, ZipError::InvalidArchive("no data".into())).in_file(name))?;
    match method {
        CompressionMethod::Stored | CompressionMethod::Deflated => {
            let mut file = open_file(path)?;
            file.seek(SeekFrom::Start(start))
                .map_err(|error| ArchiveError::io(format_args!("read {}", path.display()), error))?;
            let raw = buffered(file.take(compressed));
            Ok(if method == CompressionMethod::Stored {
                Box::new(Guard::new(raw, name, expected, limits))
            } else {
                Box::new(Guard::new(DeflateDecoder::new(raw), name, expected, limits))
            })
        }
        // Rare enough that the crate's own decoder on its own thread is simpler than a borrow of the archive: it
        // copies to a file without a name, under the same guard.
        _ => {
            let decoded = zip.by_index(index).map_err(|error| zip_error(path, error).in_file(name))?;
            let mut guarded = Guard::new(decoded, name, expected, limits);
            let mut copy =
                tempfile::tempfile_in(work_folder).map_err(|error| ArchiveError::io("make a temporary file", error))?;
            std::io::copy(&mut guarded, &mut copy)
                .map_err(|error| ArchiveError::io(format_args!("decompress {name:?}"), error).in_file(name))?;
            copy.seek(SeekFrom::Start(0)).map_err(|error| ArchiveError::io("read a temporary file", error))?;
            Ok(Box::new(std::io::BufReader::with_capacity(READ_BUFFER, copy)))
        }
    }
}

fn open(path: &Path) -> Result<ZipArchive, ArchiveError> {
    zip::ZipArchive::new(buffered(open_file(path)?)).map_err(|error| zip_error(path, error))
}

fn zip_error(path: &Path, error: ZipError) -> ArchiveError {
    match error {
        ZipError::Io(error) => ArchiveError::io(format_args!("read {}", path.display()), error),
        error => ArchiveError::unreadable(
            format!("{} is not a sound zip file: {error}", path.display()),
            "ask the publisher to send the archive again",
        ),
    }
}
