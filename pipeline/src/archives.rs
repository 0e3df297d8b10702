//! Public archives: one for each dataset, and those that the configuration declares; `index.json` lists them.

use std::collections::BTreeSet;
use std::path::Path;

use arrow::array::{Array, AsArray};
use serde::Serialize;

use crate::commit::{self, Manifest, sha256_file};
use crate::dataset::Dataset;
use crate::error::{Doing, Result};
use crate::layout::{Layout, Product, path_segment};
use crate::outputs::archive::ArchiveFile;
use crate::outputs::eml::{Coverage, eml};
use crate::outputs::parquet::Written;
use crate::protect::{PublicBatch, for_each_public_row_where};
use crate::run::Run;
use crate::settings::ArchiveDeclaration;

/// An entry of `public/archives/index.json`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveEntry {
    /// Name of the file, without `.zip`.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// Condition on the occurrence table that chose the records.
    pub filter: String,
    /// Records.
    pub records: u64,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Licences of the datasets in it.
    pub licenses: Vec<String>,
    /// Reference data that its records were interpreted with, as its licences ask to name it.
    pub attributions: Vec<String>,
}

/// Publishes the committed archive of each dataset and those that are declared, and writes the list.
///
/// # Errors
/// When a declared condition is not valid, or the file system refuses.
pub async fn publish(run: &Run, manifests: &[Manifest]) -> Result<()> {
    let mut entries = of_datasets(&run.layout, manifests, &run.loaded.attributions())?;
    for declaration in &run.settings.outputs.archives {
        let declared = declared(run, manifests, declaration).await;
        entries.extend(declared.map_err(|error| error.context("archive", &declaration.name))?);
    }
    commit::write_atomically(&run.layout.archives().join("index.json"), &commit::json(&entries)?)?;
    remove_others(&run.layout, &entries)
}

/// Removes the archives that are no longer listed: parts that are fewer now, and what is not declared any more. They would keep
/// public what a newer rule masks.
fn remove_others(layout: &Layout, entries: &[ArchiveEntry]) -> Result<()> {
    let folder = layout.archives();
    for entry in std::fs::read_dir(&folder).doing(|| format!("list {}", folder.display()))? {
        let path = entry.doing(|| format!("list {}", folder.display()))?.path();
        let stem = path.file_stem().unwrap_or_default();
        let is_archive = path.extension().is_some_and(|ending| ending == "zip");
        if is_archive && !entries.iter().any(|entry| stem == entry.name.as_str()) {
            std::fs::remove_file(&path).doing(|| format!("remove {}", path.display()))?;
        }
    }
    Ok(())
}

fn of_datasets(layout: &Layout, manifests: &[Manifest], attributions: &[String]) -> Result<Vec<ArchiveEntry>> {
    let folder = layout.archives();
    std::fs::create_dir_all(&folder).doing(|| format!("make the folder {}", folder.display()))?;
    let mut entries = Vec::new();
    for manifest in manifests {
        let Some(file) = manifest.products.get(&Product::Archive).and_then(|files| files.first()) else { continue };
        let source = layout.dataset(Product::Archive, &manifest.dataset_key).join(&file.path);
        let name = path_segment(&manifest.dataset_key);
        let target = folder.join(format!("{name}.zip"));
        link(&source, &target)?;
        entries.push(ArchiveEntry {
            filter: format!("datasetKey = '{}'", manifest.dataset_key.replace('\'', "''")),
            title: manifest.title.clone(),
            records: file.rows,
            bytes: file.bytes,
            sha256: sha256_file(&target)?,
            licenses: manifest.license.clone().into_iter().collect(),
            attributions: attributions.to_vec(),
            name,
        });
    }
    Ok(entries)
}

/// An archive of the records that meet a condition, in as many parts as declared.
async fn declared(run: &Run, manifests: &[Manifest], declaration: &ArchiveDeclaration) -> Result<Vec<ArchiveEntry>> {
    let mut parts = Parts { run, declaration, open: None, finished: Vec::new() };
    let condition = &declaration.filter;
    for_each_public_row_where(&run.sessions, &run.layout, manifests, condition, |batch| parts.write(&batch)).await?;
    if parts.open.is_none() && parts.finished.is_empty() {
        parts.open = Some(parts.start()?);
    }
    parts.close()?;
    let folder = run.layout.archives();
    let mut entries = Vec::with_capacity(parts.finished.len());
    for (written, datasets) in parts.finished {
        let name = written.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let target = folder.join(format!("{name}.zip"));
        std::fs::rename(&written.path, &target).doing(|| format!("put {} in place", target.display()))?;
        let of_part = manifests.iter().filter(|manifest| datasets.contains(&manifest.dataset_key));
        let licenses: BTreeSet<String> = of_part.filter_map(|manifest| manifest.license.clone()).collect();
        entries.push(ArchiveEntry {
            name,
            title: declaration.title.clone(),
            filter: declaration.filter.clone(),
            records: written.rows,
            bytes: written.bytes,
            sha256: sha256_file(&target)?,
            licenses: licenses.into_iter().collect(),
            attributions: run.loaded.attributions(),
        });
    }
    commit::remove_folder(&run.layout.staging("archives"))?;
    Ok(entries)
}

/// The parts of a declared archive.
struct Parts<'a> {
    run: &'a Run,
    declaration: &'a ArchiveDeclaration,
    open: Option<Part>,
    /// Finished parts with the datasets in each.
    finished: Vec<(Written, BTreeSet<String>)>,
}

struct Part {
    file: ArchiveFile,
    coverage: Coverage,
    datasets: BTreeSet<String>,
    rows: u64,
}

impl Parts<'_> {
    fn start(&self) -> Result<Part> {
        // The first part bears the name alone: `plantes.zip`, `plantes_part2.zip` …
        let name = match self.finished.len() {
            0 => self.declaration.name.clone(),
            finished => format!("{}_part{}", self.declaration.name, finished + 1),
        };
        let path = self.run.layout.staging("archives").join(format!("{name}.zip"));
        let file = ArchiveFile::create(&path)?;
        Ok(Part { file, coverage: Coverage::default(), datasets: BTreeSet::new(), rows: 0 })
    }

    fn write(&mut self, batch: &PublicBatch) -> Result<()> {
        let bound = self.declaration.rows_per_part.unwrap_or(u64::MAX).max(1);
        let mut start = 0;
        while start < batch.num_rows() {
            let mut part = match self.open.take() {
                Some(part) => part,
                None => self.start()?,
            };
            let length = usize::try_from(bound - part.rows).unwrap_or(usize::MAX).min(batch.num_rows() - start);
            let slice = batch.slice(start, length);
            part.coverage.add(&slice);
            part.file.write(&slice)?;
            let keys = slice.rows().column_by_name("datasetKey").and_then(|column| column.as_string_opt::<i32>());
            for key in keys.into_iter().flat_map(|keys| (0..keys.len()).map(|row| keys.value(row))) {
                if !part.datasets.contains(key) {
                    part.datasets.insert(key.to_owned());
                }
            }
            part.rows += length as u64;
            start += length;
            let is_full = part.rows >= bound;
            self.open = Some(part);
            if is_full {
                self.close()?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let Some(part) = self.open.take() else { return Ok(()) };
        let described =
            Dataset { key: self.declaration.name.clone(), title: self.declaration.title.clone(), ..Dataset::default() };
        let written =
            part.file.finish(&eml(&described, part.coverage, &self.run.run_date, &self.run.loaded.attributions()))?;
        self.finished.push((written, part.datasets));
        Ok(())
    }
}

/// Makes `target` the same file as `source`, in one step for readers.
fn link(source: &Path, target: &Path) -> Result<()> {
    let doing = || format!("put {} in place", target.display());
    let staged = target.with_extension("zip.new");
    match std::fs::remove_file(&staged) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).doing(doing),
        _ => {}
    }
    std::fs::hard_link(source, &staged).or_else(|_| std::fs::copy(source, &staged).map(drop)).doing(doing)?;
    std::fs::rename(&staged, target).doing(doing)?;
    // Renaming onto another name of the same file does nothing and leaves both.
    match std::fs::remove_file(&staged) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).doing(doing),
        _ => Ok(()),
    }
}
