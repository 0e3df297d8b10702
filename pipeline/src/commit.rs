//! Attempts are written aside and put in place at once.
//!
//! A dataset is written below `state/staging/<key>`, in the shape it will have below the root. When all its products are
//! there and the sums meet, each product's folder is exchanged with the old one in a single step of the file system, and
//! then the manifest is replaced. A reader sees the whole old or the whole new folder; a run that is killed leaves only
//! staged files, which the next run removes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Doing, Error, Result};
use crate::identity::Identity;
use crate::layout::{Layout, Product};
use crate::modes;
use crate::outputs::parquet::Written;
use crate::protect::changes::ProtectionChanges;

/// What is committed for a dataset, from which inputs, by which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// UUID of the dataset, or the name of its archive.
    pub dataset_key: String,
    /// Title from the EML or the registry.
    pub title: Option<String>,
    /// Who provides it.
    pub provider: Option<String>,
    /// Licence in GBIF's spelling.
    pub license: Option<String>,
    /// Version of the program that made the attempt.
    pub program_version: String,
    /// The day that counted as today.
    pub run_date: String,
    /// Name of the archive's file, without its folder.
    pub archive: String,
    /// SHA-256 of the archive's bytes.
    pub archive_sha256: String,
    /// SHA-256 over the references and the settings that change outputs.
    pub interpretation_sha256: String,
    /// Files of each product.
    pub products: BTreeMap<Product, Vec<FileEntry>>,
    /// Where every record went.
    pub counts: Counts,
    /// What is known of the records' keys; none where they were never interpreted.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Records that are shown otherwise than in the attempt before; none where there was no such attempt.
    #[serde(default)]
    pub protection: Option<ProtectionChanges>,
    /// Decisions on single records that met one, as `file:line`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub decisions: BTreeSet<String>,
    /// What was odd about the archive without costing a record.
    pub warnings: Vec<String>,
    /// Columns of the occurrence table beside the interpreted ones, in order, for the schema of the whole table.
    pub verbatim_columns: Vec<String>,
}

/// One file of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileEntry {
    /// Path below the product's folder of the dataset.
    pub path: String,
    /// Rows or documents.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
}

/// Where every record of a dataset went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counts {
    /// Rows of the core.
    pub core_records: u64,
    /// Rows of each extension, by row type.
    pub extension_rows: BTreeMap<String, u64>,
    /// Of these, in an archive with an event or taxon core, rows about the core record as a whole, which no occurrence has
    /// (but those of the Humboldt extension), by row type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub event_rows: BTreeMap<String, u64>,
    /// Of these, rows that name an occurrence which their core record does not have, by row type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unattached_rows: BTreeMap<String, u64>,
    /// The events of an event core in which events name parents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<EventCounts>,
    /// Occurrences in the archive: rows of the core, or of the occurrence extension of an event or taxon core.
    pub records: u64,
    /// Occurrences that were interpreted.
    pub interpreted: u64,
    /// Occurrences that could not be read.
    pub quarantined: u64,
    /// Rows of any kind in quarantine, extension rows included.
    pub quarantined_rows: u64,
    /// Occurrences in public tables.
    pub published: u64,
    /// Occurrences that may not be public at all (the level that withholds).
    pub withheld: u64,
    /// Published occurrences whose place is generalised.
    pub masked: u64,
    /// Public index documents.
    pub index_documents: u64,
    /// Rows of the dataset's archive.
    pub archive_records: u64,
    /// Published occurrences by issue, without the issues that a masked one does not tell.
    pub issues: BTreeMap<String, u64>,
}

/// Events and the events above them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventCounts {
    /// Events that name a parent.
    pub with_parent: u64,
    /// Events that others name as their parent.
    pub parents: u64,
    /// Events that are their own ancestors, or stand below such ones.
    pub infinite_lineage: u64,
    /// Events whose parent is not in the archive.
    pub parent_not_found: u64,
}

impl Counts {
    /// Checks that every record is accounted for.
    ///
    /// `with_index` and `with_archive` say which products were made.
    ///
    /// # Errors
    /// When a sum does not meet.
    pub fn check(&self, with_index: bool, with_archive: bool) -> Result<()> {
        let mut sums = vec![
            ("records in archive = interpreted + quarantined", self.records, self.interpreted + self.quarantined),
            ("interpreted = published + withheld", self.interpreted, self.published + self.withheld),
        ];
        if with_index {
            sums.push((
                "interpreted = index documents + withheld",
                self.interpreted,
                self.index_documents + self.withheld,
            ));
        }
        if with_archive {
            sums.push(("published = records of the archive", self.published, self.archive_records));
        }
        match sums.into_iter().find(|(_, left, right)| left != right) {
            Some((sum, left, right)) => {
                Err(Error::bug(format!("the sums do not meet: {sum}, but {left} is not {right}")))
            }
            None => Ok(()),
        }
    }
}

impl FileEntry {
    /// The entry of a file that was written below `folder`.
    pub fn of(folder: &Path, written: &Written) -> Self {
        let path = written.path.strip_prefix(folder).unwrap_or(&written.path);
        Self { path: path.to_string_lossy().replace('\\', "/"), rows: written.rows, bytes: written.bytes }
    }
}

impl Manifest {
    /// The manifest of a dataset, if it was ever committed.
    ///
    /// # Errors
    /// When the file is there but cannot be read.
    pub fn read(layout: &Layout, dataset_key: &str) -> Result<Option<Self>> {
        Self::read_file(&layout.manifest(dataset_key))
    }

    fn read_file(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::environment(format!("read {}", path.display()), error)),
        };
        let manifest = serde_json::from_slice(&text).map_err(|error| {
            Error::environment(format!("understand the manifest {}", path.display()), error)
                .remedy("remove it and run the dataset again")
        })?;
        Ok(Some(manifest))
    }

    /// The manifests of all committed datasets, by key.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read_all(layout: &Layout) -> Result<Vec<Self>> {
        let folder = layout.manifests();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::environment(format!("list {}", folder.display()), error)),
        };
        let mut manifests = Vec::new();
        for entry in entries {
            let path = entry.doing(|| format!("list {}", folder.display()))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                manifests.extend(Self::read_file(&path)?);
            }
        }
        manifests.sort_by(|a, b| a.dataset_key.cmp(&b.dataset_key));
        Ok(manifests)
    }
}

/// Puts a staged attempt in place.
///
/// Every product of [`Product::ALL`] that the attempt has replaces the old one; one that the attempt should have, but is
/// empty of, removes it. Products that this run does not make (`made`) stay as they are.
///
/// # Errors
/// When the file system refuses; what was exchanged before stays, and the next run of the dataset makes it whole.
pub fn commit(layout: &Layout, manifest: &Manifest, made: &[Product]) -> Result<()> {
    let key = &manifest.dataset_key;
    let staging = layout.staging(key);
    for product in Product::ALL.into_iter().filter(|product| made.contains(product)) {
        let staged = staging.join(product.dataset_folder(key));
        if product.is_public() {
            modes::open(&staged)?;
            modes::make_public_folder(&layout.root().join(product.folder()), layout.root())?;
        }
        exchange(&staged, &layout.dataset(product, key))?;
    }
    write_atomically(&layout.manifest(key), &json(manifest)?)?;
    remove_folder(&staging)
}

/// Puts `staged` where `target` is; `target` is removed when nothing was staged.
fn exchange(staged: &Path, target: &Path) -> Result<()> {
    let doing = || format!("put {} in place", target.display());
    if !staged.exists() {
        return remove_folder(target);
    }
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).doing(doing)?;
    }
    if target.exists() {
        rustix::fs::renameat_with(rustix::fs::CWD, staged, rustix::fs::CWD, target, rustix::fs::RenameFlags::EXCHANGE)
            .doing(doing)
    } else {
        fs::rename(staged, target).doing(doing)
    }
}

/// Removes a folder and all below it, if it is there.
///
/// # Errors
/// When the file system refuses.
pub fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::environment(format!("remove {}", folder.display()), error))
        }
        _ => Ok(()),
    }
}

/// Writes a file so that a reader sees all of the old or all of the new content. Only its owner can read it; what is public
/// is opened with [`modes::open`].
///
/// # Errors
/// When the file system refuses.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<()> {
    let doing = || format!("write {}", path.display());
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).doing(doing)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).doing(doing)?;
    std::io::Write::write_all(&mut file, content).doing(doing)?;
    file.as_file().sync_all().doing(doing)?;
    file.persist(path).map(drop).map_err(|error| error.error).doing(doing)
}

/// A value as indented JSON with a newline at the end.
///
/// # Errors
/// Never for our types.
pub fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|error| Error::bug("a manifest could not be written as JSON").caused_by(error))?;
    text.push(b'\n');
    Ok(text)
}

/// SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// When the file cannot be read.
pub fn sha256_file(path: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut file = fs::File::open(path).doing(|| format!("read {}", path.display()))?;
    std::io::copy(&mut file, &mut hasher).doing(|| format!("read {}", path.display()))?;
    Ok(hexadecimal(&hasher.finalize()))
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes the folders of an output: those that hold exact data are readable by their owner alone.
///
/// # Errors
/// When the file system refuses.
pub fn prepare_root(layout: &Layout) -> Result<()> {
    for folder in ["restricted", "state", "public", "reports"] {
        let path = layout.root().join(folder);
        fs::create_dir_all(&path).doing(|| format!("make the folder {}", path.display()))?;
        match folder {
            "restricted" | "state" => modes::close(&path)?,
            _ => modes::open_folder(&path)?,
        }
    }
    Ok(())
}

/// Holds the lock of an output folder until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the lock is released when the file is closed")] fs::File);

impl Lock {
    /// Takes the lock.
    /// # Errors
    /// When another run holds it.
    pub fn take(layout: &Layout) -> Result<Self> {
        let path = layout.lock();
        let file = modes::create_file(&path).doing(|| format!("write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(fs::TryLockError::WouldBlock) => {
                Err(Error::new(crate::error::ErrorKind::Environment, "another run is writing to this folder")
                    .context("folder", layout.root().display())
                    .remedy("wait until it has ended"))
            }
            Err(fs::TryLockError::Error(error)) => Err(Error::environment("lock the output folder", error)),
        }
    }
}
