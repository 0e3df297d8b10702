//! Reference data: read once, shared by all threads, and known by a hash of its bytes.

pub mod areas;
pub mod communes;
pub mod delimited;
pub mod sensitivity;
pub mod taxref;
pub mod vocabularies;

use std::path::Path;
use std::sync::Arc;

use openobs_steps::References;
use openobs_steps::reference::Layer;
use openobs_steps::reference::vocabularies::Vocabularies;
use sha2::{Digest, Sha256};

use crate::commit::{hexadecimal, sha256_file};
use crate::error::Result;
use crate::projection::ProjTransformations;
use crate::settings::{LayerDeclaration, Settings};

/// The reference data of a run.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What steps see.
    pub references: References,
    /// Each file with its hash and what it holds, for manifests and reports.
    pub sources: Vec<Source>,
}

/// A file of reference data.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Setting that names it: `references.taxref`.
    pub setting: String,
    /// Name of the file, without folders.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What it holds: `TAXREF v18, 708685 names`.
    pub content: String,
}

impl Loaded {
    /// Reads all reference data that the settings name. Words come first: they are small, and people write them.
    ///
    /// # Errors
    /// When a file cannot be read, or a sensitivity rule cannot be resolved: publishing without it could leak.
    pub fn load(settings: &Settings) -> Result<Self> {
        let mut sources = Vec::new();
        let mut add = |setting: &str, path: &Path, content: String| -> Result<()> {
            sources.push(Source {
                setting: setting.to_owned(),
                file: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
                sha256: sha256_file(path)?,
                content,
            });
            Ok(())
        };
        let mut references = References { projections: Arc::new(ProjTransformations), ..References::default() };
        if !settings.vocabularies.is_empty() {
            let mut vocabularies = Vocabularies::default();
            for file in &settings.vocabularies {
                let words = vocabularies::lay_over(&mut vocabularies, file)?;
                add(&vocabularies::setting(file), &file.path, format!("{words} words"))?;
            }
            references.vocabularies = Arc::new(vocabularies);
        }
        let files = &settings.references;
        if let Some(path) = &files.taxref {
            let taxref = taxref::read(path, files.taxref_retired.as_deref())?;
            add("references.taxref", path, format!("{}, {} names", taxref.version(), taxref.len()))?;
            if let Some(retired) = &files.taxref_retired {
                add("references.taxref_retired", retired, "retired CD_NOMs".to_owned())?;
            }
            references.taxref = Some(Arc::new(taxref));
        }
        for (setting, layer, slot) in [
            ("references.departments", &files.departments, &mut references.departments),
            ("references.communes", &files.communes, &mut references.communes),
            ("references.countries", &files.countries, &mut references.countries),
            ("references.marine_areas", &files.marine_areas, &mut references.marine_areas),
            ("references.grid", &files.grid, &mut references.grid),
            ("references.grid_5km", &files.grid_5km, &mut references.grid_5km),
            ("references.grid_1km", &files.grid_1km, &mut references.grid_1km),
        ] {
            if let Some(layer) = layer {
                let areas = areas::read(layer).map_err(|error| error.context("setting", setting))?;
                add(setting, &layer.path, format!("{} areas", areas.len()))?;
                *slot = Some(Arc::new(areas));
            }
        }
        references.commune_year = files.commune_year;
        if let Some(path) = &files.commune_history {
            let history = communes::read(path)?;
            add("references.commune_history", path, format!("{} codes that were replaced", history.len()))?;
            references.commune_history = Some(Arc::new(history));
        }
        for LayerDeclaration { column, areas: layer } in &settings.layers {
            let setting = format!("layer.{column}");
            let areas = areas::read(layer).map_err(|error| error.context("setting", &setting))?;
            add(&setting, &layer.path, format!("{} areas", areas.len()))?;
            references.layers.push(Layer { column: column.clone(), areas: Arc::new(areas) });
        }
        if !files.sensitivity.is_empty() {
            let rules = sensitivity::read(&files.sensitivity, references.taxref.as_deref())?;
            for path in &files.sensitivity {
                add("references.sensitivity", path, format!("{} rules in all", rules.rules().len()))?;
            }
            references.sensitivity = Some(Arc::new(rules));
        }
        Ok(Self { references, sources })
    }

    /// One hash over all reference data: outputs made with the same one, and the same settings, are the same.
    pub fn sha256(&self) -> String {
        let mut hasher = Sha256::new();
        for source in &self.sources {
            hasher.update(source.setting.as_bytes());
            hasher.update(source.sha256.as_bytes());
        }
        hexadecimal(&hasher.finalize())
    }
}
