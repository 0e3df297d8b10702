//! Which file is which: nothing in the public folders is left out.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Scope;
use super::finding::{Findings, Leak};
use crate::commit::Manifest;
use crate::error::{Doing, Result};
use crate::layout::{Layout, Product, path_segment};
use crate::run::Run;

/// The files that are read, by how they are read.
#[derive(Debug, Default)]
pub struct List {
    /// Products of datasets, with a line for each row of their tables.
    pub of_datasets: Vec<PathBuf>,
    /// Archives over several datasets, with the records that the list of archives says they have.
    pub declared: Vec<(PathBuf, u64)>,
    /// Indicators.
    pub indicators: Vec<PathBuf>,
    /// Documents of taxa.
    pub taxa: Vec<PathBuf>,
    /// All that is only searched.
    pub texts: Vec<PathBuf>,
    /// Files that no product has: searched, and told.
    pub unknown: Vec<PathBuf>,
}

impl List {
    /// All files of a scope.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn of(layout: &Layout, manifests: &[Manifest], run: &Run, scope: &Scope) -> Result<Self> {
        let mut list = Self::default();
        let mut committed: BTreeSet<PathBuf> = BTreeSet::new();
        for manifest in manifests {
            for product in [Product::Occurrence, Product::Index] {
                let folder = layout.dataset(product, &manifest.dataset_key);
                let files = manifest.products.get(&product).map(Vec::as_slice).unwrap_or_default();
                committed.extend(files.iter().map(|file| folder.join(&file.path)));
            }
            if manifest.products.contains_key(&Product::Archive) {
                committed.insert(layout.archives().join(format!("{}.zip", path_segment(&manifest.dataset_key))));
            }
        }
        let declared = declared_archives(layout)?;
        let indicators: BTreeSet<&str> = run.indicators.iter().map(|indicator| indicator.name.as_str()).collect();
        for file in files_below(&layout.root().join("public"))? {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let folder = file.parent().unwrap_or(layout.root());
            if committed.contains(&file) {
                list.of_datasets.push(file);
            } else if folder == layout.taxa_index() {
                list.taxa.push(file);
            } else if folder == layout.indicators() && indicators.contains(stem.as_str()) {
                list.indicators.push(file);
            } else if folder == layout.archives() && file.ends_with("index.json") {
                list.texts.push(file);
            } else if let Some((_, records)) = declared.iter().find(|(known, _)| **known == file) {
                list.declared.push((file, *records));
            } else {
                list.unknown.push(file);
            }
        }
        list.texts.extend(match &scope.report {
            Some(report) => files_below(&layout.report(report))?,
            None => files_below(&layout.root().join("reports"))?,
        });
        for path in &scope.also {
            list.texts.extend(if path.is_dir() { files_below(path)? } else { vec![path.clone()] });
        }
        Ok(list)
    }

    /// How many files there are, and their bytes.
    ///
    /// # Errors
    /// When one cannot be measured.
    pub fn size(&self) -> Result<(u64, u64)> {
        let declared = self.declared.iter().map(|(file, _)| file);
        let all = self.of_datasets.iter().chain(declared).chain(&self.indicators).chain(&self.taxa);
        let mut size = (0, 0);
        for file in all.chain(&self.texts).chain(&self.unknown) {
            size.0 += 1;
            size.1 += file.metadata().doing(|| format!("measure {}", file.display()))?.len();
        }
        Ok(size)
    }
}

/// All files below a folder, in order; what links point at is read where it is.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let doing = || format!("list {}", folder.display());
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.doing(doing)?,
        };
        for entry in entries {
            let entry = entry.doing(doing)?;
            let kind = entry.file_type().doing(doing)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.path().is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The entries of `index.json`: name, filter and records.
fn entries(layout: &Layout) -> Result<Vec<(String, String, u64)>> {
    let path = layout.archives().join("index.json");
    let text = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.doing(|| format!("read {}", path.display()))?,
    };
    let list: Vec<Value> = serde_json::from_slice(&text).doing(|| format!("understand {}", path.display()))?;
    let text = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let records = |entry: &Value| entry.get("records").and_then(Value::as_u64).unwrap_or_default();
    Ok(list.iter().map(|entry| (text(entry, "name"), text(entry, "filter"), records(entry))).collect())
}

fn declared_archives(layout: &Layout) -> Result<Vec<(PathBuf, u64)>> {
    let entries = entries(layout)?.into_iter();
    Ok(entries.map(|(name, _, records)| (layout.archives().join(format!("{name}.zip")), records)).collect())
}

/// Compares the numbers of the list of archives with what is published: the difference to what was sent would be withheld records.
///
/// # Errors
/// When the list cannot be read.
pub fn numbers_of_archives(layout: &Layout, manifests: &[Manifest], findings: &mut Findings) -> Result<()> {
    let entries = entries(layout)?;
    for manifest in manifests {
        let Some(archive) = manifest.products.get(&Product::Archive).and_then(|files| files.first()) else { continue };
        let name = path_segment(&manifest.dataset_key);
        if entries.iter().any(|(known, _, records)| *known == name && *records != archive.rows) {
            let message = "the list names another number of records than are published";
            findings.leak(Leak::L18, "public/archives/index.json", None, message);
        }
    }
    Ok(())
}

/// Exact data must be closed to others.
///
/// # Errors
/// When a folder cannot be looked at.
pub fn modes(layout: &Layout, findings: &mut Findings) -> Result<()> {
    for name in ["restricted", "state"] {
        let folder = layout.root().join(name);
        if !folder.is_dir() {
            continue;
        }
        let mode = folder.metadata().doing(|| format!("look at {}", folder.display()))?.permissions().mode();
        if mode & 0o077 != 0 {
            findings.leak(Leak::L17, name, None, "the folder is open to others than its owner");
        }
    }
    Ok(())
}
