//! What holds the files of an archive: a zip, a tar, a folder, or nothing but one file.
//!
//! The kind is told by content, never by name: publishers call a tar.gz `.zip` and the reverse. Files are streamed from
//! where they are and never extracted under their own name, so no entry can leave a work folder there is none of.

pub(crate) mod guard;
pub(crate) mod path;

mod folder;
mod tape;
mod zipped;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::error::ArchiveError;
use crate::limits::{Limits, Options};
use crate::warning::{Warning, WarningKind};
use guard::{Expected, Guard};

/// Large enough that reading a disk is not counted in calls.
const READ_BUFFER: usize = 256 << 10;

/// A stream of one file's bytes, decompressed.
pub(crate) type Bytes = Box<dyn Read + Send>;

/// One visible file of an archive.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Cleaned path: `/` between parts, never absolute, no `..`.
    pub path: String,
    /// Decompressed size, where the archive tells it.
    pub bytes: Option<u64>,
    /// A link is listed so that a `<location>` naming it can be refused by name; it is never followed.
    pub is_link: bool,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Zip(usize),
    Tar { data: u64, bytes: u64 },
    Folder(PathBuf),
    Whole,
}

/// An opened archive: where it is, and what is in it.
#[derive(Debug)]
pub(crate) struct Container {
    path: PathBuf,
    work_folder: PathBuf,
    gzip: bool,
    entries: Vec<Entry>,
    /// The path was one plain file, not something that holds files.
    pub is_single_file: bool,
}

impl Container {
    pub(crate) fn open(path: &Path, options: &Options, warnings: &mut Vec<Warning>) -> Result<Self, ArchiveError> {
        let limits = &options.limits;
        let metadata = std::fs::metadata(path).map_err(|error| ArchiveError::io(opening(path), error))?;
        let mut this = Self {
            path: path.to_owned(),
            work_folder: options.work_folder.clone(),
            gzip: false,
            entries: Vec::new(),
            is_single_file: false,
        };
        if metadata.is_dir() {
            this.entries = folder::list(path, limits, warnings)?;
            return Ok(this);
        }
        if !metadata.is_file() {
            return Err(ArchiveError::unreadable(
                format!("{} is neither a file nor a folder", path.display()),
                "give the path of an archive",
            ));
        }
        let start = head(open_file(path)?).map_err(|error| ArchiveError::io(opening(path), error))?;
        if start.is_empty() {
            return Err(ArchiveError::unreadable(
                format!("{} is empty", path.display()),
                "ask the publisher to send the archive again",
            ));
        }
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") || start.starts_with(b"PK\x07\x08") {
            this.entries = zipped::list(path, limits, warnings)?;
        } else if start.starts_with(&[0x1f, 0x8b]) {
            this.gzip = true;
            let start = head(MultiGzDecoder::new(buffered(open_file(path)?)))
                .map_err(|error| ArchiveError::io(opening(path), error))?;
            if is_tar(&start) {
                this.entries = tape::list(this.stream(metadata.len(), limits)?, limits, warnings)?;
            } else {
                this.one_file(path, None);
            }
        } else if is_tar(&start) {
            this.entries = tape::list(this.stream(metadata.len(), limits)?, limits, warnings)?;
        } else if is_binary(&start) {
            return Err(ArchiveError::unreadable(
                format!("{} is none of zip, tar, gzip and text", path.display()),
                "send a Darwin Core archive as .zip or .tar.gz, or one delimited text file",
            ));
        } else {
            this.one_file(path, Some(metadata.len()));
        }
        Ok(this)
    }

    fn one_file(&mut self, path: &Path, bytes: Option<u64>) {
        let name = path.file_name().map_or_else(|| "data.txt".into(), |name| name.to_string_lossy().into_owned());
        let name = match name.len().checked_sub(3).and_then(|at| name.split_at_checked(at)) {
            Some((stem, suffix)) if self.gzip && suffix.eq_ignore_ascii_case(".gz") => stem.to_owned(),
            _ => name,
        };
        self.is_single_file = true;
        self.entries = vec![Entry { path: name, bytes, is_link: false, place: Place::Whole }];
    }

    /// Visible files, in the order of the archive (of names, for a folder).
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The whole archive file, gunzipped if it is gzipped.
    fn stream(&self, compressed: u64, limits: &Limits) -> Result<Bytes, ArchiveError> {
        let file = buffered(open_file(&self.path)?);
        let name = self.path.display().to_string();
        Ok(if self.gzip {
            let expected = Expected { compressed: Some(compressed), ..Expected::default() };
            Box::new(Guard::new(MultiGzDecoder::new(file), &name, expected, limits))
        } else {
            Box::new(file)
        })
    }

    /// Streams a file from its first byte.
    pub(crate) fn read(&self, entry: &Entry, limits: &Limits) -> Result<Bytes, ArchiveError> {
        if entry.is_link {
            return Err(ArchiveError::unsafe_path(
                format!("{:?} is a link, and links are not followed", entry.path),
                "put the file itself in the archive",
            ));
        }
        let doing = || format!("read {:?} of {}", entry.path, self.path.display());
        match &entry.place {
            Place::Zip(index) => zipped::read(&self.path, *index, &entry.path, &self.work_folder, limits),
            Place::Folder(path) => folder::read(path, &entry.path, limits),
            Place::Whole => self.stream(self.compressed_bytes()?, limits),
            Place::Tar { data, bytes } => {
                let expected = Expected { bytes: Some(*bytes), ..Expected::default() };
                if self.gzip {
                    let mut stream = self.stream(self.compressed_bytes()?, limits)?;
                    std::io::copy(&mut stream.by_ref().take(*data), &mut std::io::sink())
                        .map_err(|error| ArchiveError::io(doing(), error))?;
                    Ok(Box::new(Guard::new(stream.take(*bytes), &entry.path, expected, limits)))
                } else {
                    let mut file = open_file(&self.path)?;
                    file.seek(SeekFrom::Start(*data)).map_err(|error| ArchiveError::io(doing(), error))?;
                    Ok(Box::new(Guard::new(buffered(file).take(*bytes), &entry.path, expected, limits)))
                }
            }
        }
    }

    fn compressed_bytes(&self) -> Result<u64, ArchiveError> {
        std::fs::metadata(&self.path)
            .map(|metadata| metadata.len())
            .map_err(|error| ArchiveError::io(opening(&self.path), error))
    }

    /// A small document, whole.
    pub(crate) fn read_document(&self, entry: &Entry, limits: &Limits) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        let most = limits.xml_bytes as u64;
        self.read(entry, limits)?
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| ArchiveError::io(format_args!("read {:?}", entry.path), error))?;
        if bytes.len() as u64 > most {
            return Err(ArchiveError::bound("the document is too large", format!("{most} bytes"), "archive.xml_bytes")
                .in_file(&entry.path));
        }
        Ok(bytes)
    }
}

fn opening(path: &Path) -> String {
    format!("open {}", path.display())
}

fn open_file(path: &Path) -> Result<File, ArchiveError> {
    File::open(path).map_err(|error| ArchiveError::io(opening(path), error))
}

fn buffered<R: Read>(reader: R) -> BufReader<R> {
    BufReader::with_capacity(READ_BUFFER, reader)
}

/// The first bytes, as many as tell a kind.
fn head(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(4096).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_tar(start: &[u8]) -> bool {
    start.get(257..262) == Some(b"ustar")
}

/// Text may hold a NUL or two, and UTF-16 text holds one beside each letter; other binary files start with a known
/// mark or hold many.
fn is_binary(start: &[u8]) -> bool {
    const MARKS: [&[u8]; 7] =
        [b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x28\xb5\x2f\xfd"];
    let nuls = start.iter().filter(|&&byte| byte == 0).count();
    MARKS.iter().any(|mark| start.starts_with(mark))
        || (nuls * 10 > start.len() && crate::encoding::utf16_of(start).is_none())
}

/// Refuses an archive of too many entries.
fn check_files(count: usize, limits: &Limits) -> Result<(), ArchiveError> {
    if count > limits.files {
        return Err(ArchiveError::bound("the archive holds too many files", limits.files, "archive.files"));
    }
    Ok(())
}

/// Cleans an entry's name, or refuses the archive.
fn entry_path(name: &str) -> Result<String, ArchiveError> {
    path::clean(name).map_err(|refused| {
        ArchiveError::unsafe_path(
            format!("the archive holds an entry named {name:?}, which {}", refused.reason()),
            "do not use this archive; ask the publisher to make it again",
        )
    })
}

/// Adds an entry unless one of that name is there already: the first wins, as in the GBIF reader.
fn add_entry(
    entries: &mut Vec<Entry>,
    seen: &mut hashbrown::HashSet<String>,
    entry: Entry,
    warnings: &mut Vec<Warning>,
) {
    if seen.insert(entry.path.clone()) {
        entries.push(entry);
    } else {
        warnings.push(
            Warning::new(
                WarningKind::File,
                "the archive holds two files of this name; the first is read",
                "remove one of them",
            )
            .in_file(&entry.path),
        );
    }
}
