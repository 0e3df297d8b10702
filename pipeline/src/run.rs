//! One run: what all datasets share, and the road of one dataset from its archive to its committed products.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use openobs_dwca::Archive;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::audit::finding::AuditReport;
use crate::audit::{self, KeptSecrets};
use crate::checks::Check;
use crate::commit::{self, Counts, FileEntry, Manifest, sha256_file};
use crate::dataset::Dataset;
use crate::error::{Doing, Error, Result};
use crate::event_hierarchy::{EventHierarchy, gather};
use crate::identity::Identity;
use crate::layout::{Layout, Product};
use crate::outputs::archive::ArchiveFile;
use crate::outputs::eml::{Coverage, eml};
use crate::outputs::indicators::{Indicator, register_occurrence};
use crate::outputs::parquet::Written;
use crate::protect::area::AreaResolver;
use crate::protect::for_each_public_batch;
use crate::reference::Loaded;
use crate::session::Sessions;
use crate::settings::{AuditDepth, Settings, VerbatimFormat};
use crate::shard::{ShardOutput, ShardResult, interpret_shard};
use crate::star::Occurrences;
use crate::verbatim::{Verbatim, VerbatimOutput, archive_error, read_schema, write_verbatim};

/// What all datasets of a run share.
#[derive(Debug)]
pub struct Run {
    /// Typed settings.
    pub settings: Settings,
    /// Where outputs go.
    pub layout: Layout,
    /// Reference data.
    pub loaded: Loaded,
    /// The areas that protected records are published as, each computed once.
    pub areas: Arc<AreaResolver>,
    /// What is secret of the datasets that were audited.
    pub secrets: KeptSecrets,
    /// Sessions with the steps registered.
    pub sessions: Sessions,
    /// Declared indicators.
    pub indicators: Vec<Indicator>,
    /// Checks over all datasets that are asked for.
    pub checks: Vec<Check>,
    /// The day that counts as today, `2026-11-24`.
    pub run_date: String,
    /// Hash over the references and the settings that change outputs.
    pub interpretation_sha256: String,
    /// Whether a dataset may change more of its keys than is allowed otherwise.
    pub accept_changed_ids: bool,
    /// One permit for each thread of work.
    pub slots: Arc<Semaphore>,
}

/// How a dataset ended.
#[derive(Debug)]
pub enum Outcome {
    /// Complete and committed.
    Done(Box<Manifest>),
    /// Nothing to interpret: a checklist, or events without occurrences.
    Skipped(String),
    /// The last attempt stays, because too many keys changed.
    Refused(Box<(Identity, Error)>),
}

/// Records that a progress display is told of.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

impl Run {
    /// Whether a product of datasets is wanted in this run.
    pub fn wants(&self, product: Product) -> bool {
        use crate::settings::Product as Wanted;
        let wanted = |product| self.settings.outputs.products.contains(&product);
        match product {
            Product::Verbatim | Product::Quarantine => wanted(Wanted::Verbatim),
            Product::Identity => self.wants_interpretation(),
            Product::Protection | Product::RestrictedOccurrence | Product::Occurrence => wanted(Wanted::Occurrence),
            Product::RestrictedIndex | Product::Index => wanted(Wanted::Index),
            Product::IndicatorPartials => wanted(Wanted::Indicators),
            Product::Archive => wanted(Wanted::Archives),
        }
    }

    fn wants_interpretation(&self) -> bool {
        let before = [Product::Verbatim, Product::Quarantine, Product::Identity];
        Product::ALL.into_iter().filter(|product| !before.contains(product)).any(|product| self.wants(product))
    }

    /// Brings one archive through to committed products.
    ///
    /// # Errors
    /// When the archive cannot be read or an output cannot be written; nothing of the old attempt is touched then.
    pub async fn process(self: &Arc<Self>, archive: Archive, dataset: Dataset, progress: Progress) -> Result<Outcome> {
        let key = dataset.key.clone();
        commit::remove_folder(&self.layout.staging(&key))?;
        let result = self.attempt(archive, dataset, progress).await;
        if !matches!(&result, Ok(Outcome::Done(_))) {
            commit::remove_folder(&self.layout.staging(&key))?;
        }
        match result {
            Ok(Outcome::Refused(refused)) => {
                let (identity, error) = *refused;
                Ok(Outcome::Refused(Box::new((identity, error.context("dataset", key)))))
            }
            result => result.map_err(|error| error.context("dataset", key)),
        }
    }

    async fn attempt(self: &Arc<Self>, archive: Archive, dataset: Dataset, progress: Progress) -> Result<Outcome> {
        let occurrences = Occurrences::of(archive.descriptor().core.row_type.uri(), &archive.schema());
        if occurrences == Occurrences::None {
            return Ok(Outcome::Skipped(format!(
                "the archive has a {} core and no occurrences",
                archive.descriptor().core.row_type.name()
            )));
        }
        let verbatim = {
            let _slot = self.slot().await?;
            let run = Arc::clone(self);
            let key = dataset.key.clone();
            tokio::task::spawn_blocking(move || {
                let output = VerbatimOutput {
                    staging: run.layout.staging(&key),
                    dataset_key: key,
                    avro: run.settings.writes_verbatim(VerbatimFormat::Avro),
                    shard_rows: run.settings.run.shard_rows,
                };
                write_verbatim(&archive, &output, progress.as_ref())
            })
            .await
            .map_err(panicked)??
        };
        let mut manifest = self.manifest(&dataset)?;
        manifest.warnings.clone_from(&verbatim.warnings);
        manifest.products = verbatim.files.clone();
        add_verbatim_counts(&verbatim, &occurrences, &mut manifest.counts);
        if self.wants_interpretation()
            && let Some(refused) = self.interpret(&dataset, &verbatim, &occurrences, &mut manifest).await?
        {
            return Ok(refused);
        }
        if !self.settings.writes_verbatim(VerbatimFormat::Parquet) {
            self.drop_verbatim_parquet(&mut manifest, &verbatim)?;
        }
        let made: Vec<Product> = Product::ALL.into_iter().filter(|product| self.wants(*product)).collect();
        self.audited(&manifest, &made).await?;
        self.commit(&mut manifest, &made)?;
        Ok(Outcome::Done(Box::new(manifest)))
    }

    /// Interprets a dataset again from its committed verbatim tables, without its archive.
    ///
    /// # Errors
    /// When the verbatim tables are not there, or an output cannot be written.
    pub async fn reinterpret(self: &Arc<Self>, old: &Manifest, dataset: Dataset) -> Result<Outcome> {
        let folder = self.layout.dataset(Product::Verbatim, &old.dataset_key);
        let files = old.products.get(&Product::Verbatim).map(Vec::as_slice).unwrap_or_default();
        let shards: Vec<PathBuf> =
            files.iter().filter(|file| file.path.ends_with(".parquet")).map(|file| folder.join(&file.path)).collect();
        let Some(first) = shards.first() else {
            return Err(Error::usage("the dataset has no verbatim Parquet table to interpret")
                .context("dataset", &old.dataset_key)
                .remedy("run `openobs run` on its archive with outputs.verbatim.formats containing \"parquet\""));
        };
        if !self.wants(Product::Occurrence) && old.interpretation_sha256 != self.interpretation_sha256 {
            return Err(Error::usage(
                "the table was made with other settings, references or another run date: what this stage makes would not \
                 agree with it",
            )
            .context("dataset", &old.dataset_key)
            .remedy(format!("run `openobs interpret`, or give --date {} and the settings of then", old.run_date)));
        }
        let schema = read_schema(first)?;
        let core_row_type = schema.metadata().get(crate::verbatim::CORE_ROW_TYPE).cloned().unwrap_or_default();
        let occurrences = Occurrences::of(&core_row_type, &schema);
        let verbatim = Verbatim { shards, schema: Some(schema), core_row_type, ..Verbatim::default() };
        commit::remove_folder(&self.layout.staging(&dataset.key))?;
        let mut manifest = Manifest {
            archive: old.archive.clone(),
            archive_sha256: old.archive_sha256.clone(),
            ..self.manifest(&dataset)?
        };
        manifest.warnings.clone_from(&old.warnings);
        manifest.counts = Counts {
            core_records: old.counts.core_records,
            extension_rows: old.counts.extension_rows.clone(),
            event_rows: old.counts.event_rows.clone(),
            unattached_rows: old.counts.unattached_rows.clone(),
            records: old.counts.records,
            quarantined: old.counts.quarantined,
            quarantined_rows: old.counts.quarantined_rows,
            ..Counts::default()
        };
        if let Some(refused) = self.interpret(&dataset, &verbatim, &occurrences, &mut manifest).await? {
            commit::remove_folder(&self.layout.staging(&dataset.key))?;
            return Ok(refused);
        }
        let made: Vec<Product> = Product::ALL
            .into_iter()
            .filter(|product| self.wants(*product) && !matches!(product, Product::Verbatim | Product::Quarantine))
            .collect();
        // What this stage does not make stays as it was committed.
        manifest.products.retain(|product, _| made.contains(product));
        let kept = old.products.iter().filter(|(product, _)| !made.contains(product));
        manifest.products.extend(kept.map(|(product, files)| (*product, files.clone())));
        if !made.contains(&Product::Protection) {
            manifest.protection = old.protection;
        }
        self.audited(&manifest, &made).await?;
        self.commit(&mut manifest, &made)?;
        Ok(Outcome::Done(Box::new(manifest)))
    }

    /// From verbatim shards to every product of the dataset, staged; an outcome where it is refused before that.
    async fn interpret(
        self: &Arc<Self>,
        dataset: &Dataset,
        verbatim: &Verbatim,
        occurrences: &Occurrences,
        manifest: &mut Manifest,
    ) -> Result<Option<Outcome>> {
        let star = verbatim.schema.clone().ok_or_else(|| Error::bug("a verbatim table has no schema"))?;
        let staging = self.layout.staging(&dataset.key);
        let identified = self.identify(dataset, verbatim, &star, occurrences, manifest).await?;
        if let Some(refusal) = identified.refusal {
            return Ok(Some(Outcome::Refused(Box::new((identified.identity, refusal)))));
        }
        let hierarchy = self.event_hierarchy(verbatim, &star, &staging).await?.map(Arc::new);
        if let Some(hierarchy) = &hierarchy {
            manifest.counts.events = Some(hierarchy.counts.clone());
            // They are there already when the dataset is interpreted again.
            let new = hierarchy.warnings.iter().filter(|warning| !manifest.warnings.contains(*warning));
            manifest.warnings.extend(new.cloned().collect::<Vec<_>>());
        }
        let shared = identified.shared;
        let names = (identified.ordinals.as_slice(), shared.as_ref());
        let groups = self
            .sensitive_groups(dataset, verbatim, &star, occurrences, hierarchy.as_ref(), names)
            .await?
            .map(Arc::new);
        let mut tasks = JoinSet::new();
        for ((number, shard), ordinals) in verbatim.shards.iter().enumerate().zip(identified.ordinals) {
            let (shard, hierarchy, shared, groups) = (shard.clone(), hierarchy.clone(), shared.clone(), groups.clone());
            let output = ShardOutput { staging: staging.clone(), number, shard, ordinals, hierarchy, shared, groups };
            let (run, dataset, star, occurrences) =
                (Arc::clone(self), dataset.clone(), Arc::clone(&star), occurrences.clone());
            tasks.spawn(async move {
                let _slot = run.slot().await?;
                interpret_shard(&run, &dataset, &output, &star, &occurrences).await.map(|result| (number, result))
            });
        }
        let mut shards: BTreeMap<usize, ShardResult> = BTreeMap::new();
        while let Some(finished) = tasks.join_next().await {
            let (number, result) = finished.map_err(panicked)??;
            shards.insert(number, result);
        }
        let mut public = Vec::new();
        for result in shards.into_values() {
            result.add_to(&staging, &dataset.key, manifest);
            manifest.verbatim_columns.clone_from(&result.verbatim_columns);
            public.push((result.public, result.schema));
        }
        manifest.warn_of_guessable_keys(dataset);
        if self.wants(Product::Protection) {
            self.compare_protection(dataset, manifest).await?;
        }
        if self.wants(Product::IndicatorPartials) {
            self.indicator_partials(dataset, &public, manifest).await?;
        }
        if self.wants(Product::Archive) {
            let _slot = self.slot().await?;
            let (run, dataset) = (Arc::clone(self), dataset.clone());
            let files: Vec<Written> = public.into_iter().map(|(file, _)| file).collect();
            let written =
                tokio::task::spawn_blocking(move || run.write_archive(&dataset, &files)).await.map_err(panicked)??;
            manifest.counts.archive_records = written.rows;
            let folder = staging.join(Product::Archive.dataset_folder(&manifest.dataset_key));
            manifest.products.insert(Product::Archive, vec![FileEntry::of(&folder, &written)]);
        }
        manifest.counts.check(self.wants(Product::Index), self.wants(Product::Archive))?;
        Ok(None)
    }

    /// The parent events of a dataset with an event core, in a file beside the attempt that goes with it.
    ///
    /// # Errors
    /// When a table cannot be read, or more parents would have to be held than the settings allow.
    pub async fn event_hierarchy(
        &self,
        verbatim: &Verbatim,
        star: &arrow::datatypes::SchemaRef,
        staging: &std::path::Path,
    ) -> Result<Option<EventHierarchy>> {
        let _slot = self.slot().await?;
        let (shards, star) = (verbatim.shards.clone(), Arc::clone(star));
        let file = staging.join("parent-events.parquet");
        let limit = self.settings.archive.parent_event_bytes;
        tokio::task::spawn_blocking(move || gather(&shards, &star, &file, limit)).await.map_err(panicked)?
    }

    async fn indicator_partials(
        &self,
        dataset: &Dataset,
        public: &[(Written, arrow::datatypes::SchemaRef)],
        manifest: &mut Manifest,
    ) -> Result<()> {
        let _slot = self.slot().await?;
        let Some((_, schema)) = public.first() else { return Ok(()) };
        let folder = self.layout.staging(&dataset.key).join(Product::IndicatorPartials.dataset_folder(&dataset.key));
        let session = self.sessions.local();
        let files: Vec<PathBuf> = public.iter().map(|(file, _)| file.path.clone()).collect();
        register_occurrence(&session, &files, schema).await?;
        let mut entries = Vec::new();
        for indicator in &self.indicators {
            entries.push(FileEntry::of(&folder, &indicator.write_partial(&session, &folder).await?));
        }
        manifest.products.insert(Product::IndicatorPartials, entries);
        Ok(())
    }

    fn write_archive(&self, dataset: &Dataset, files: &[Written]) -> Result<Written> {
        let folder = self.layout.staging(&dataset.key).join(Product::Archive.dataset_folder(&dataset.key));
        let mut archive = ArchiveFile::create(&folder.join("archive.zip"))?;
        let mut coverage = Coverage::default();
        for file in files {
            for_each_public_batch(file, |batch| {
                coverage.add(&batch);
                archive.write(&batch)
            })?;
        }
        archive.finish(&eml(dataset, coverage, &self.run_date, &self.loaded.attributions()))
    }

    fn manifest(&self, dataset: &Dataset) -> Result<Manifest> {
        Ok(Manifest {
            dataset_key: dataset.key.clone(),
            title: dataset.title.clone(),
            provider: dataset.provider.clone(),
            license: dataset.license.clone(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            run_date: self.run_date.clone(),
            archive: dataset.archive_name.clone(),
            archive_sha256: if dataset.archive_path.is_file() {
                sha256_file(&dataset.archive_path)?
            } else {
                String::new()
            },
            interpretation_sha256: self.interpretation_sha256.clone(),
            products: BTreeMap::new(),
            counts: Counts::default(),
            identity: None,
            protection: None,
            decisions: BTreeSet::new(),
            warnings: Vec::new(),
            verbatim_columns: Vec::new(),
        })
    }

    fn drop_verbatim_parquet(&self, manifest: &mut Manifest, verbatim: &Verbatim) -> Result<()> {
        for shard in &verbatim.shards {
            std::fs::remove_file(shard).doing(|| format!("remove {}", shard.display()))?;
        }
        if let Some(files) = manifest.products.get_mut(&Product::Verbatim) {
            files.retain(|file| !file.path.ends_with(".parquet"));
        }
        Ok(())
    }

    /// Makes sure that nothing protected is in what is about to become public.
    ///
    /// # Errors
    /// When there is, or a file cannot be read.
    async fn audited(self: &Arc<Self>, manifest: &Manifest, made: &[Product]) -> Result<()> {
        if self.settings.audit.depth == AuditDepth::None || !made.contains(&Product::Occurrence) {
            return Ok(());
        }
        let _slot = self.slot().await?;
        let mut staged = manifest.clone();
        staged.products.retain(|product, _| made.contains(product));
        let layout = Layout::new(self.layout.staging(&manifest.dataset_key));
        let mut report = AuditReport::default();
        audit::dataset(self, &layout, &staged).await?.into_report(&mut report);
        match report.leaks.as_slice() {
            [] => Ok(()),
            [first, ..] => Err(Error::bug(format!(
                "{} leaks of protected records were found before anything was published, such as {first}",
                report.leaks_in_all
            ))),
        }
    }

    fn commit(&self, manifest: &mut Manifest, made: &[Product]) -> Result<()> {
        manifest
            .products
            .retain(|product, files| !files.is_empty() && (made.contains(product) || !self.wants(*product)));
        let gone = self.keep_of_last_attempt(manifest, made)?;
        let staging = self.layout.staging(&manifest.dataset_key);
        // What was made only because a later product needs it does not stay.
        for product in Product::ALL.into_iter().filter(|product| !made.contains(product)) {
            commit::remove_folder(&staging.join(product.dataset_folder(&manifest.dataset_key)))?;
        }
        commit::commit(&self.layout, manifest, made)?;
        for product in gone {
            commit::remove_folder(&self.layout.dataset(product, &manifest.dataset_key))?;
        }
        Ok(())
    }

    /// What becomes of products of the last attempt that this one does not make; gives those that go.
    ///
    /// They stay as long as they follow from the same archive, settings and references as what is made. Beside a newer public
    /// product an older one could tell what the newer one masks.
    fn keep_of_last_attempt(&self, manifest: &mut Manifest, made: &[Product]) -> Result<Vec<Product>> {
        let Some(old) = Manifest::read(&self.layout, &manifest.dataset_key)? else { return Ok(Vec::new()) };
        let of_archive = [Product::Verbatim, Product::Quarantine];
        // An archive that is a folder has no hash.
        let same_archive = !old.archive_sha256.is_empty() && old.archive_sha256 == manifest.archive_sha256;
        let is_same = same_archive && old.interpretation_sha256 == manifest.interpretation_sha256;
        let makes_public = made.iter().any(|product| !of_archive.contains(product));
        let mut gone = Vec::new();
        for (product, files) in old.products {
            if made.contains(&product) || manifest.products.contains_key(&product) && of_archive.contains(&product) {
                continue;
            }
            if is_same || !makes_public || (same_archive && of_archive.contains(&product)) {
                manifest.products.insert(product, files);
            } else {
                manifest.products.remove(&product);
                gone.push(product);
            }
        }
        let counts = &mut manifest.counts;
        if !makes_public {
            let of_new = std::mem::replace(counts, old.counts);
            if !is_same {
                *counts = Counts { interpreted: 0, published: 0, withheld: 0, masked: 0, ..of_new };
            }
            manifest.identity = manifest.identity.take().or(old.identity);
            manifest.protection = manifest.protection.or(old.protection);
            if manifest.verbatim_columns.is_empty() {
                manifest.verbatim_columns = old.verbatim_columns;
            }
        } else if is_same {
            if !made.contains(&Product::Index) {
                counts.index_documents = old.counts.index_documents;
            }
            if !made.contains(&Product::Archive) {
                counts.archive_records = old.counts.archive_records;
            }
        }
        Ok(gone)
    }

    pub(crate) async fn slot(&self) -> Result<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.slots).acquire_owned().await.map_err(|error| Error::bug("the run was closed").caused_by(error))
    }
}

/// Counts that are known once the archive is read.
fn add_verbatim_counts(verbatim: &Verbatim, occurrences: &Occurrences, counts: &mut Counts) {
    let star = verbatim.schema.clone();
    let row_type =
        star.as_deref().and_then(|star| occurrences.row_type(&verbatim.core_row_type, star)).unwrap_or_default();
    counts.core_records = verbatim.core_records;
    counts.extension_rows.clone_from(&verbatim.extension_rows);
    counts.event_rows.clone_from(&verbatim.extension_belonging.of_core);
    counts.unattached_rows.clone_from(&verbatim.extension_belonging.unattached);
    counts.quarantined = verbatim.quarantined.get(row_type).copied().unwrap_or_default();
    counts.quarantined_rows = verbatim.quarantined.values().sum();
    counts.records = match occurrences {
        Occurrences::Extension(_) => verbatim.extension_rows.get(row_type).copied().unwrap_or_default(),
        _ => verbatim.core_records,
    };
}

/// The error of a task that did not end by itself.
pub(crate) fn panicked(error: tokio::task::JoinError) -> Error {
    Error::bug("a task ended before it was done").caused_by(error)
}

/// Opens an archive with the bounds of the settings.
///
/// # Errors
/// When it is no archive, or one whose descriptor cannot be understood.
pub fn open_archive(path: &std::path::Path, settings: &Settings) -> Result<Archive> {
    Archive::open(path, &settings.archive_options()).map_err(archive_error)
}
