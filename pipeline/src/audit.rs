//! The proof that no public product holds a protected value: reads every byte that may be published.
//!
//! What is secret is read from the exact rows of protected records, which are restricted. Then each product is held against what it
//! must follow from:
//!
//! - the public table (`table`): its masked rows are those that the exact rows, their levels and their areas give, and no others;
//!   its order and its statistics tell nothing; no free row is of a group that a protected record makes sensitive;
//! - index documents and rows of archives (`documents`): the lines of masked rows follow from the table, byte for byte, so that no
//!   product tells an area, a date or a word more than another, and there is nothing to intersect;
//! - indicators and documents of taxa (`aggregates`): computed again from the public table, so that no difference of two numbers
//!   tells more than the table does;
//! - everything else, and the lines of free rows (`reader`): searched for words, pairs of words, and points of protected records in
//!   degrees, minutes, metres and geohashes. What a free record or a public reference says too is no secret (`public_words`).
//!
//! A free row of the public table is the base of all this: whether *it* is right is for the tests of masking.
//!
//! Source of the list of leaks: SINP, sinp.md 3.9 (L1 to L18, P1 to P10).

mod aggregates;
mod documents;
mod files;
pub mod finding;
mod places;
mod public_words;
mod reader;
mod secrets;
mod table;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use arrow::datatypes::SchemaRef;
use hashbrown::HashSet;
use openobs_steps::reference::sensitivity::AreaKind;

use crate::commit::Manifest;
use crate::error::{Error, Result};
use crate::layout::{Layout, Product, path_segment};
use crate::outputs::occurrence::for_each_batch;
use crate::protect::Mask;
use crate::run::{Run, panicked};
use crate::settings::AuditDepth as Depth;
use finding::{AuditReport, Findings, Leak};
use reader::{Found, Search};
use secrets::Secrets;
use table::{Comparison, Part, Table, file_of};
use words::Finder;

/// Things that are looked for at once; more datasets are looked at in several passes, so that memory is bounded.
const AT_ONCE: usize = 30_000_000;

/// The lines of masked records in the archives of their datasets.
type Lines = HashSet<u64, ahash::RandomState>;

/// Which files an audit of everything reads besides the products of datasets.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// How deep it goes.
    pub depth: Depth,
    /// Whether the products of datasets are read too. At the end of a run they were, before they were committed.
    pub datasets: bool,
    /// The report that is read; all of them where none is named.
    pub report: Option<String>,
    /// Further files and folders: logs, earlier releases, copies elsewhere.
    pub also: Vec<PathBuf>,
}

/// What is secret of the datasets that a run audited, for what it makes of all of them.
#[derive(Debug, Default)]
pub struct KeptSecrets(Mutex<BTreeMap<String, Secrets>>);

impl KeptSecrets {
    fn keep(&self, dataset_key: &str, secrets: Secrets) {
        if let Ok(mut kept) = self.0.lock()
            && kept.values().map(Secrets::len).sum::<usize>() + secrets.len() <= AT_ONCE
        {
            kept.insert(dataset_key.to_owned(), secrets);
        }
    }

    fn take(&self, dataset_key: &str) -> Option<Secrets> {
        self.0.lock().ok()?.remove(dataset_key)
    }
}

/// Audits the products of one dataset, wherever they are: before they are committed, in the folder where they are staged.
///
/// # Errors
/// When a file cannot be read.
pub async fn dataset(run: &Arc<Run>, layout: &Layout, manifest: &Manifest) -> Result<Findings> {
    let (run, layout, manifest) = (Arc::clone(run), layout.clone(), manifest.clone());
    blocking(move || {
        let audit = Audit { run: &run, layout: &layout };
        let mut findings = Findings::default();
        let secrets = audit.secrets_of(&manifest)?;
        if secrets.is_empty() {
            return Ok(findings);
        }
        let search = audit.search(&secrets, run.settings.audit.depth);
        let mut found = Found::default();
        audit.products(&manifest, (&search, &secrets), (&mut findings, &mut found))?;
        audit.explain(std::slice::from_ref(&manifest), &mut found)?;
        audit.tell(found, &mut findings);
        run.secrets.keep(&manifest.dataset_key, secrets);
        Ok(findings)
    })
    .await
}

/// Audits everything that is committed and published.
///
/// # Errors
/// When a file cannot be read.
pub async fn everything(run: &Arc<Run>, scope: &Scope) -> Result<AuditReport> {
    let manifests = Manifest::read_all(&run.layout)?;
    let mut findings = Findings::default();
    if scope.depth == Depth::Everything {
        aggregates::indicators(run, &manifests, &mut findings).await?;
    }
    let (run, scope) = (Arc::clone(run), scope.clone());
    blocking(move || {
        let audit = Audit { run: &run, layout: &run.layout };
        audit.everything(&manifests, &scope, findings)
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(panicked)?
}

/// An audit of the products below a folder.
struct Audit<'a> {
    run: &'a Run,
    layout: &'a Layout,
}

/// A file of a dataset's table with those that follow from it.
struct PartFiles {
    table: PathBuf,
    exact: Option<PathBuf>,
    documents: Option<PathBuf>,
}

impl Audit<'_> {
    /// The rank from which a record is in no public product.
    fn withheld(&self) -> i32 {
        i32::from(self.run.loaded.references.levels.withheld())
    }

    /// The columns of cells below 10 km that the levels of the run may show.
    fn told_cells(&self) -> Vec<&'static str> {
        let levels = &self.run.loaded.references.levels;
        let shows = |kinds: &[AreaKind]| levels.iter().any(|level| kinds.contains(&level.area));
        let finer = [
            ("gridCell1km", &[AreaKind::Cell1Km][..]),
            ("gridCell5km", &[AreaKind::Cell1Km, AreaKind::Cell2Km, AreaKind::Cell5Km]),
        ];
        finer.into_iter().filter(|(_, kinds)| shows(kinds)).map(|(column, _)| column).collect()
    }

    fn everything(&self, manifests: &[Manifest], scope: &Scope, mut findings: Findings) -> Result<AuditReport> {
        let mut report = AuditReport { areas_compared: self.has_areas(), ..AuditReport::default() };
        files::modes(self.layout, &mut findings)?;
        let list = files::List::of(self.layout, manifests, self.run, scope)?;
        for file in &list.unknown {
            findings.leak(Leak::L9, &self.name(file), None, "the file belongs to no product that is committed");
        }
        if scope.depth == Depth::Everything {
            aggregates::taxa(self.run, &list.taxa, &mut findings)?;
        }
        (report.files, report.bytes) = list.size()?;
        let mut waiting: Vec<&Manifest> = manifests.iter().collect();
        // Once at least, so that all is read where nothing is protected.
        loop {
            let mut secrets = Secrets::new(self.layers());
            while let Some(manifest) = waiting.pop() {
                let kept = self.run.secrets.take(&manifest.dataset_key).filter(|_| !scope.datasets);
                secrets.merge(kept.map_or_else(|| self.secrets_of(manifest), Ok)?);
                if secrets.len() > AT_ONCE {
                    break;
                }
            }
            let search = self.search(&secrets, scope.depth);
            let mut found = Found::default();
            let mut lines = Lines::default();
            if scope.datasets {
                for manifest in manifests {
                    lines.extend(self.products(manifest, (&search, &secrets), (&mut findings, &mut found))?);
                }
            }
            if !scope.datasets && !list.declared.is_empty() {
                lines = self.lines_of_masked(manifests)?;
            }
            for (file, entry) in &list.declared {
                let name = self.name(file);
                let both = (&mut findings, &mut found);
                let rows = documents::archive_of_many(file, &name, &lines, (&search, &secrets), both)?;
                if rows != *entry {
                    findings.leak(Leak::L18, &name, None, "the list of archives names another number of records");
                }
            }
            for file in list.texts.iter().chain(&list.unknown) {
                search.file(file, &self.name(file), &mut found)?;
            }
            self.explain(manifests, &mut found)?;
            self.tell(found, &mut findings);
            if waiting.is_empty() {
                break;
            }
        }
        files::numbers_of_archives(self.layout, manifests, &mut findings)?;
        for manifest in manifests {
            report.published += manifest.counts.published;
            report.masked += manifest.counts.masked;
            report.withheld += manifest.counts.withheld;
        }
        findings.into_report(&mut report);
        Ok(report)
    }

    /// A file as findings name it.
    fn name(&self, file: &Path) -> String {
        file.strip_prefix(self.layout.root()).unwrap_or(file).to_string_lossy().into_owned()
    }

    fn layers(&self) -> Vec<String> {
        self.run.settings.layers.iter().map(|layer| layer.column.clone()).collect()
    }

    /// Whether the areas of the run are at hand, so that those that are published can be computed again.
    fn has_areas(&self) -> bool {
        let references = &self.run.loaded.references;
        references.departments.is_some() || references.communes.is_some() || references.grid.is_some()
    }

    fn search<'a>(&'a self, secrets: &'a Secrets, depth: Depth) -> Search<'a> {
        let projections = self.run.loaded.references.projections.as_ref();
        Search::new(depth == Depth::Everything, Finder::new(&secrets.atoms), &secrets.places, projections)
    }

    fn threads(&self) -> usize {
        self.run.settings.threads()
    }

    /// The files of a product of a dataset.
    fn files(&self, manifest: &Manifest, product: Product) -> Result<Vec<PathBuf>> {
        let folder = self.layout.dataset(product, &manifest.dataset_key);
        let files = manifest.products.get(&product).map(Vec::as_slice).unwrap_or_default();
        files.iter().map(|file| file_of(&folder, &file.path)).collect()
    }

    /// What is secret of the protected records of a dataset.
    fn secrets_of(&self, manifest: &Manifest) -> Result<Secrets> {
        let files = self.files(manifest, Product::RestrictedOccurrence)?;
        let layers = self.layers();
        let of_files = in_parallel(&files, self.threads(), |file| {
            let mut secrets = Secrets::new(layers.iter().cloned());
            for_each_batch(file, |exact| secrets.add(&exact, self.withheld()))?;
            Ok(secrets)
        })?;
        let mut all = Secrets::new(Vec::new());
        of_files.into_iter().for_each(|secrets| all.merge(secrets));
        Ok(all)
    }

    /// The tables of a dataset with the files that follow from them, by the name of the part.
    fn parts(&self, manifest: &Manifest) -> Result<Vec<PartFiles>> {
        let stem = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.split('.').next().unwrap_or_default().to_owned()
        };
        let by_stem = |product| -> Result<BTreeMap<String, PathBuf>> {
            Ok(self.files(manifest, product)?.into_iter().map(|path| (stem(&path), path)).collect())
        };
        let (mut exact, mut documents) = (by_stem(Product::RestrictedOccurrence)?, by_stem(Product::Index)?);
        let tables = self.files(manifest, Product::Occurrence)?.into_iter();
        Ok(tables
            .map(|table| {
                let stem = stem(&table);
                PartFiles { exact: exact.remove(&stem), documents: documents.remove(&stem), table }
            })
            .collect())
    }

    /// Holds the products of a dataset against each other; gives the lines of its masked records.
    fn products(
        &self,
        manifest: &Manifest,
        (search, secrets): (&Search<'_>, &Secrets),
        (findings, found): (&mut Findings, &mut Found),
    ) -> Result<Vec<u64>> {
        let has_areas = self.has_areas();
        let mask = |schema: SchemaRef| has_areas.then(|| Mask::new(schema, Arc::clone(&self.run.areas))).transpose();
        let group_terms = &self.run.settings.sensitivity.group_terms;
        let comparison = Comparison { mask: &mask, group_terms, withheld: self.withheld(), told: self.told_cells() };
        let layers = self.layers();
        let parts = self.parts(manifest)?;
        let archive = self.files(manifest, Product::Archive)?.into_iter().next().map(|staged| {
            let public = self.layout.archives().join(format!("{}.zip", path_segment(&manifest.dataset_key)));
            // The public file is the same as that of the attempt, or should be.
            if public.is_file() { public } else { staged }
        });
        let check = |files: &PartFiles, (findings, found): (&mut Findings, &mut Found)| {
            let name = self.name(&files.table);
            let part = comparison.part(&files.table, files.exact.as_deref(), &name, secrets, findings)?;
            if let Some(file) = &files.documents {
                let both = (findings, found);
                documents::documents(file, &self.name(file), &part, &layers, (search, secrets), both)?;
            }
            Ok(part)
        };
        if let ([files], Some(archive)) = (parts.as_slice(), &archive) {
            // Most datasets have one part, which is read once then.
            let part = check(files, (findings, found));
            let parts = std::iter::once(part);
            let both = (findings, found);
            return documents::archive_of_dataset(archive, &self.name(archive), parts, (search, secrets), both);
        }
        // The archive is one sequence: it is the longest piece of work, so it starts first.
        let mut work: Vec<Option<&PartFiles>> = archive.iter().map(|_| None).collect();
        work.extend(parts.iter().map(Some));
        let results = in_parallel(&work, self.threads(), |part| {
            let (mut findings, mut found) = (Findings::default(), Found::default());
            let mut lines = Vec::new();
            let both = (&mut findings, &mut found);
            match (part, &archive) {
                (Some(files), _) => drop(check(files, both)?),
                (None, Some(archive)) => {
                    let parts = parts.iter().map(|files| Part::read(&Table::open(&files.table)?, |_, _| Ok(())));
                    let name = self.name(archive);
                    lines = documents::archive_of_dataset(archive, &name, parts, (search, secrets), both)?;
                }
                (None, None) => {}
            }
            Ok((findings, found, lines))
        })?;
        let mut lines = Vec::new();
        for (of_work, found_there, lines_there) in results {
            findings.merge(of_work);
            found.merge(found_there);
            lines.extend(lines_there);
        }
        Ok(lines)
    }

    /// The lines that masked records have in archives.
    fn lines_of_masked(&self, manifests: &[Manifest]) -> Result<Lines> {
        let mut lines = Lines::default();
        for manifest in manifests.iter().filter(|manifest| manifest.counts.masked > 0) {
            let tables = self.files(manifest, Product::Occurrence)?;
            let of_tables = in_parallel(&tables, self.threads(), |table| {
                let mut lines = Vec::new();
                crate::outputs::archive::for_each_line(
                    &Part::read(&Table::open(table)?, |_, _| Ok(()))?.masked,
                    &mut Vec::new(),
                    |line| {
                        lines.push(words::whole(line.strip_suffix(b"\n").unwrap_or(line)));
                        Ok(())
                    },
                )?;
                Ok(lines)
            })?;
            lines.extend(of_tables.into_iter().flatten());
        }
        Ok(lines)
    }

    /// Leaves out of what was found what the public table, the references or the program itself say.
    fn explain(&self, manifests: &[Manifest], found: &mut Found) -> Result<()> {
        if found.hits.0.is_empty() && found.places.is_empty() {
            return Ok(());
        }
        let atoms = found.hits.atoms();
        let finder = Finder::new(&atoms);
        for atom in public_words::of_the_program(self.run, manifests, &finder) {
            found.hits.0.remove(&atom);
        }
        let areas = self.run.areas.as_ref();
        let (of_map, places_of_map) = public_words::of_map(self.run, &finder, areas)?;
        of_map.iter().for_each(|atom| drop(found.hits.0.remove(atom)));
        found.places.explain(&places_of_map);
        if found.hits.0.is_empty() && found.places.is_empty() {
            return Ok(());
        }
        let mut tables = Vec::new();
        for manifest in manifests {
            tables.extend(self.files(manifest, Product::Occurrence)?);
        }
        let atoms = found.hits.atoms();
        let finder = Finder::new(&atoms);
        let with_places = !found.places.is_empty();
        let public =
            in_parallel(&tables, self.threads(), |table| public_words::of_table(table, &finder, areas, with_places))?;
        for (atoms, places) in public {
            atoms.iter().for_each(|atom| drop(found.hits.0.remove(atom)));
            found.places.explain(&places);
        }
        Ok(())
    }

    /// Makes findings of what nothing explains.
    fn tell(&self, found: Found, findings: &mut Findings) {
        for spot in found.hits.0.into_values() {
            let message = "words that only protected records have";
            findings.leaks(leak_of(&spot.file), &spot.file, Some(spot.line), message, spot.times);
        }
        for spot in found.places.spots() {
            let leak = if spot.file.starts_with("reports/") { Leak::L17 } else { Leak::L6 };
            findings.leak(leak, &spot.file, Some(spot.line), "a point where only protected records are");
        }
    }
}

/// The leak that protected words in a file are.
fn leak_of(file: &str) -> Leak {
    match file {
        file if file.ends_with("multimedia.txt") => Leak::L12,
        file if file.ends_with("eml.xml") => Leak::L6,
        file if file.starts_with("public/") => Leak::L2,
        _ => Leak::L17,
    }
}

/// Calls `work` for each item on some threads, and gives what it gives in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let one = || -> Result<Vec<(usize, R)>> {
        let mut done = Vec::new();
        while let Some((position, item)) = {
            let position = next.fetch_add(1, Ordering::Relaxed);
            items.get(position).map(|item| (position, item))
        } {
            done.push((position, work(item)?));
        }
        Ok(done)
    };
    if items.len() < 2 || threads < 2 {
        return Ok(one()?.into_iter().map(|(_, result)| result).collect());
    }
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(items.len())).map(|_| scope.spawn(one)).collect();
        let mut all = one()?;
        for other in others {
            all.extend(other.join().map_err(|_| Error::bug("a part of the audit ended before it was done"))??);
        }
        Ok::<_, Error>(all)
    })?;
    all.sort_unstable_by_key(|(position, _)| *position);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}
