//! Reference data: read once, shared by all threads, and known by a hash of its bytes.

pub mod areas;
pub mod check;
pub mod commune_history;
pub mod communes;
pub mod decisions;
pub mod delimited;
pub mod provenance;
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
use crate::reference::provenance::Provenance;
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
    /// Title, version, licence and source, where they are known.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Loaded {
    /// Reads all reference data that the settings name. Words come first: they are small, and people write them.
    ///
    /// # Errors
    /// When a file cannot be read, or a sensitivity rule cannot be resolved: publishing without it could leak.
    pub fn load(settings: &Settings) -> Result<Self> {
        let mut sources = Vec::new();
        let mut references = References { projections: Arc::new(ProjTransformations), ..References::default() };
        if !settings.vocabularies.is_empty() {
            let mut vocabularies = Vocabularies::default();
            for file in &settings.vocabularies {
                let words = vocabularies::lay_over(&mut vocabularies, file)?;
                let source = Source::of(&vocabularies::setting(file), &file.path, format!("{words} words"))?;
                sources.push(source);
            }
            references.vocabularies = Arc::new(vocabularies);
        }
        let files = &settings.references;
        if let Some(release) = taxref::open(files)? {
            sources.extend(release.sources());
            references.taxref = Some(Arc::new(release.taxref));
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
                let read = areas::read(layer).map_err(|error| error.context("setting", setting))?;
                let content = format!("{} areas", read.areas.len());
                sources.push(Source { provenance: read.provenance, ..Source::of(setting, &layer.path, content)? });
                *slot = Some(Arc::new(read.areas));
            }
        }
        references.commune_year = files.commune_year;
        if let Some(path) = &files.commune_history {
            let history = communes::read(path)?;
            let content = format!("{} codes that were replaced", history.len());
            sources.push(Source::of("references.commune_history", path, content)?);
            references.commune_history = Some(Arc::new(history));
        }
        for LayerDeclaration { column, areas: layer } in &settings.layers {
            let setting = format!("layer.{column}");
            let read = areas::read(layer).map_err(|error| error.context("setting", &setting))?;
            let content = format!("{} areas", read.areas.len());
            sources.push(Source { provenance: read.provenance, ..Source::of(&setting, &layer.path, content)? });
            references.layers.push(Layer { column: column.clone(), areas: Arc::new(read.areas) });
        }
        references.levels = Arc::new(settings.levels.clone());
        if !settings.sensitivity.decisions.is_empty() {
            let decisions = decisions::read(&settings.sensitivity.decisions, &settings.levels)?;
            for path in &settings.sensitivity.decisions {
                let content = format!("{} decisions in all", decisions.len());
                sources.push(Source::of(decisions::SETTING, path, content)?);
            }
            references.decisions = Some(Arc::new(decisions));
        }
        if !files.sensitivity.is_empty() {
            let rules = sensitivity::read(settings, references.taxref.as_deref())?;
            for path in &files.sensitivity {
                let content = format!("{} rules in all", rules.rules().len());
                let source = Source::of("references.sensitivity", path, content)?;
                sources.push(Source { provenance: sensitivity::provenance(path), ..source });
            }
            references.sensitivity = Some(Arc::new(rules));
        }
        Ok(Self { references, sources })
    }

    /// What is missing so that more would be public than should be, with the setting that mends it.
    pub fn warnings(&self) -> Vec<String> {
        let without_rules = self.references.sensitivity.is_none().then(|| {
            "no sensitivity referential is configured, so that nothing is masked but what producers declare; name its files \
             in references.sensitivity"
                .to_owned()
        });
        without_rules.into_iter().collect()
    }

    /// What must be said of this data where something is published that was made with it: each once, in the order of the
    /// settings.
    pub fn attributions(&self) -> Vec<String> {
        let mut said = Vec::new();
        for attribution in self.sources.iter().filter_map(|source| source.provenance.attribution()) {
            if !said.contains(&attribution) {
                said.push(attribution);
            }
        }
        said
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

impl Source {
    /// A file that was read, under the setting that names it.
    fn of(setting: &str, path: &Path, content: String) -> Result<Self> {
        Ok(Self {
            setting: setting.to_owned(),
            file: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            sha256: sha256_file(path)?,
            content,
            provenance: Provenance::default(),
        })
    }
}
