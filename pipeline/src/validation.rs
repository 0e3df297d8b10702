//! What a producer should know before sending an archive.
//!
//! An archive is read and interpreted as in a run, but into a temporary folder that is removed afterwards; what is said of
//! it is SQL over those tables, so memory stays bounded whatever the archive's size. Findings about the archive as a whole
//! bear the codes of GBIF's data validator where it has one, findings about records the names of their issues. What makes
//! a finding grave, which terms are asked for, and what stops a publication are tables in `schemas/validation`.

mod catalogue;
mod finding;
mod identity;
mod issues;
mod metadata;
pub mod page;
pub mod profile;
mod query;
pub mod report;
mod requirement;
mod rows;
mod structure;
mod tables;
mod terms;
pub mod text;
mod verdict;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use openobs_dwca::{Archive, ErrorKind};

use crate::dataset::Dataset;
use crate::error::{Doing, Error, Result};
use crate::run::Run;
use crate::star::Occurrences;
use crate::verbatim::{Verbatim, VerbatimOutput, archive_error, write_verbatim};
use finding::Findings;
use profile::Profile;
use report::{ArchiveValidation, RecordCounts};
use rows::ExactRows;
use tables::Tables;

/// Checks one archive.
///
/// # Errors
/// When the environment fails; what is wrong with the archive is in the result.
pub async fn validate(run: &Arc<Run>, name: &str, path: &Path, profiles: &[Profile]) -> Result<ArchiveValidation> {
    let mut validation = ArchiveValidation::new(name);
    let mut findings = Findings::default();
    if let Some(archive) = open(run, path, &mut findings).await? {
        let folder = tempfile::tempdir().doing(|| "make a temporary folder")?;
        let examined = Examination { run, path, profiles, folder: folder.path() };
        examined.examine(archive, &mut validation, &mut findings).await?;
    }
    verdict::judge(profiles, &mut validation, &findings);
    validation.findings = findings.sorted();
    Ok(validation)
}

async fn open(run: &Arc<Run>, path: &Path, findings: &mut Findings) -> Result<Option<Archive>> {
    let (path, options) = (path.to_owned(), run.settings.archive_options());
    let opened = tokio::task::spawn_blocking(move || Archive::open(&path, &options))
        .await
        .map_err(|error| Error::bug("an archive could not be opened").caused_by(error))?;
    match opened {
        Ok(archive) => Ok(Some(archive)),
        Err(error) if error.kind() == ErrorKind::Io => Err(archive_error(error)),
        Err(error) => {
            findings.add_archive_error(&error);
            Ok(None)
        }
    }
}

/// One archive that could be opened, and what it is looked at with.
struct Examination<'a> {
    run: &'a Arc<Run>,
    path: &'a Path,
    profiles: &'a [Profile],
    /// Holds exact data; it is removed with all that is in it.
    folder: &'a Path,
}

impl Examination<'_> {
    async fn examine(
        &self,
        archive: Archive,
        validation: &mut ArchiveValidation,
        findings: &mut Findings,
    ) -> Result<()> {
        let dataset = Dataset::describe(&archive, self.path.to_owned(), None, &self.run.loaded.references.vocabularies);
        let occurrences = Occurrences::of(archive.descriptor().core.row_type.uri(), &archive.schema());
        validation.dataset_key = Some(dataset.key.clone());
        validation.title.clone_from(&dataset.title);
        validation.structure = Some(structure::structure(&archive, &dataset));
        structure::add_findings(&archive, findings);
        metadata::add_findings(&archive, &dataset, findings);
        let archive = Arc::new(archive);
        let Some(verbatim) = self.read(&archive, &dataset, findings).await? else { return Ok(()) };
        let star = verbatim.schema.clone().ok_or_else(|| Error::bug("a verbatim table has no schema"))?;
        let tables = Tables::register(self.run, &archive, &verbatim, self.folder).await?;
        tables.add_warnings(archive.warnings().iter().chain(&verbatim.found), findings).await?;
        tables.add_quarantined(findings).await?;
        let mut counts = RecordCounts::of(&verbatim);
        let exact = match occurrences {
            Occurrences::None => None,
            _ => {
                let hierarchy = self.run.event_hierarchy(&verbatim, &star, self.folder).await?;
                let rows = ExactRows::new(archive.descriptor(), &dataset, &star, &occurrences);
                counts.interpreted = rows.write(self.run, &verbatim.shards, hierarchy, self.folder).await?;
                Some(tables.register_exact(self.folder, counts.interpreted).await?)
            }
        };
        let core_row_type = &archive.descriptor().core.row_type;
        match &exact {
            Some(exact) if counts.interpreted > 0 => {
                issues::add_findings(&tables, exact, findings).await?;
                identity::add_findings(&tables, exact, findings).await?;
                validation.requirements =
                    requirement::measure(self.profiles, core_row_type.name(), &tables, exact, findings).await?;
            }
            Some(_) => findings.add("NO_OCCURRENCES", "the archive holds no occurrence that can be read"),
            None => findings.add(
                "NO_OCCURRENCES",
                format!(
                    "there is nothing to publish as occurrences: the core is {} and no extension has them",
                    core_row_type.name()
                ),
            ),
        }
        validation.tables = terms::measure(self.run, self.profiles, &tables, exact.as_ref(), findings).await?;
        validation.counts = Some(counts);
        Ok(())
    }

    /// Reads the rows to their end; none when they cannot be read.
    async fn read(
        &self,
        archive: &Arc<Archive>,
        dataset: &Dataset,
        findings: &mut Findings,
    ) -> Result<Option<Verbatim>> {
        let output = VerbatimOutput {
            staging: self.folder.to_owned(),
            dataset_key: dataset.key.clone(),
            avro: false,
            shard_rows: self.run.settings.run.shard_rows,
        };
        let archive = Arc::clone(archive);
        let read = tokio::task::spawn_blocking(move || write_verbatim(&archive, &output, &|_| ()))
            .await
            .map_err(|error| Error::bug("an archive could not be read").caused_by(error))?;
        match read {
            Ok(verbatim) => Ok(Some(verbatim)),
            Err(error) if error.kind() == crate::error::ErrorKind::Data => {
                findings.add("DWCA_UNREADABLE", error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Parquet files below a folder, by name.
fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(folder).doing(|| format!("list {}", folder.display()))? {
        let path = entry.doing(|| format!("list {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
