//! Public archives: one for each dataset, and those that the configuration declares; `index.json` lists them.

use std::path::Path;

use serde::Serialize;

use crate::commit::{self, Manifest, sha256_file};
use crate::error::{Doing, Result};
use crate::layout::{Layout, Product, path_segment};

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
}

/// Publishes the committed archive of each dataset and writes the list.
///
/// # Errors
/// When the file system refuses.
pub fn publish(layout: &Layout, manifests: &[Manifest]) -> Result<Vec<ArchiveEntry>> {
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
            name,
        });
    }
    commit::write_atomically(&folder.join("index.json"), &commit::json(&entries)?)?;
    Ok(entries)
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
