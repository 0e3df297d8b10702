//! What a run makes of all datasets together, once each is committed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use sha2::{Digest, Sha256};

use crate::archives;
use crate::audit::finding::AuditReport;
use crate::audit::{self, Scope};
use crate::checks;
use crate::commit::{Manifest, hexadecimal};
use crate::error::{Doing, Result};
use crate::layout::Product;
use crate::modes;
use crate::outputs::occurrence::for_each_batch;
use crate::outputs::taxa;
use crate::reference::Loaded;
use crate::report::sensitivity::SensitivityReport;
use crate::report::{self, AuditSummary, DatasetReport, GridCell, IndicatorReport, RunReport, Totals};
use crate::run::Run;
use crate::settings::{AuditDepth, Product as Wanted, Settings};

/// How a run ended.
#[derive(Debug)]
pub struct Finished {
    /// The folder of the report.
    pub folder: PathBuf,
    /// What the audit found, where the settings ask for it.
    pub audit: Option<AuditReport>,
}

impl Finished {
    /// Whether public products tell what is protected.
    pub fn leaks(&self) -> bool {
        self.audit.as_ref().is_some_and(|audit| audit.leaks_in_all > 0)
    }
}

/// Merges indicators, lists archives, writes the report and audits what all datasets make together.
///
/// # Errors
/// When an output cannot be written.
pub async fn finish(run: &Arc<Run>, datasets: Vec<DatasetReport>) -> Result<Finished> {
    let manifests = Manifest::read_all(&run.layout)?;
    let wanted = &run.settings.outputs.products;
    if wanted.contains(&Wanted::Archives) {
        archives::publish(run, &manifests).await?;
    }
    if wanted.contains(&Wanted::Indicators) {
        merge_indicators(run, &manifests).await?;
    }
    if wanted.contains(&Wanted::Index) {
        write_taxa(run)?;
    }
    let checks = checks::run(run, &manifests).await?;
    let sensitivity = SensitivityReport::of(&run.loaded, &manifests, &run.interpretation_sha256);
    let unmet = sensitivity.as_ref().map_or(0, |report| report.decisions.unmet());
    if unmet > 0 {
        tracing::warn!(
            "{unmet} of the decisions in sensitivity.decisions are on no record of a committed dataset: look at their keys"
        );
    }
    let done = datasets.iter().filter_map(|dataset| dataset.counts.as_ref());
    let mut report = RunReport {
        run: report::next_name(&run.layout, &run.run_date)?,
        run_date: run.run_date.clone(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        references: run.loaded.sources.clone(),
        warnings: run.loaded.warnings(),
        sensitivity,
        totals: Totals::of(done),
        committed: Totals::of(manifests.iter().map(|manifest| &manifest.counts)),
        indicators: indicator_reports(run)?,
        grid: grid(run)?,
        checks,
        audit: None,
        datasets,
    };
    let folder = report::write(&run.layout, &report)?;
    let depth = run.settings.audit.depth;
    if depth == AuditDepth::None || wanted == &[Wanted::Verbatim] {
        return Ok(Finished { folder, audit: None });
    }
    let scope = Scope { depth, report: Some(report.run.clone()), ..Scope::default() };
    let audit = audit::everything(run, &scope).await?;
    for leak in &audit.leaks {
        eprintln!("leak {leak}");
    }
    report.audit = Some(AuditSummary {
        leaks: audit.leaks_in_all,
        notices: audit.notices.iter().map(|notice| notice.times).sum(),
        areas_compared: audit.areas_compared,
    });
    report::write(&run.layout, &report)?;
    Ok(Finished { folder, audit: Some(audit) })
}

/// Merges the committed partial results of all datasets, and puts the tables in place together.
async fn merge_indicators(run: &Run, manifests: &[Manifest]) -> Result<()> {
    let target = run.layout.indicators();
    modes::make_public_folder(&target, run.layout.root())?;
    let staged = run.layout.staging("indicators");
    crate::commit::remove_folder(&staged)?;
    let session = run.sessions.interactive(run.settings.threads());
    for indicator in &run.indicators {
        let name = format!("{}.parquet", indicator.name);
        let partials: Vec<PathBuf> = manifests
            .iter()
            .filter(|manifest| {
                manifest
                    .products
                    .get(&Product::IndicatorPartials)
                    .is_some_and(|files| files.iter().any(|file| file.path == name))
            })
            .map(|manifest| run.layout.dataset(Product::IndicatorPartials, &manifest.dataset_key).join(&name))
            .collect();
        if indicator.merge(&session, &partials, &staged).await?.is_none() {
            // Numbers of what is no more would stay.
            remove_indicator(&target, &indicator.name)?;
            continue;
        }
        for ending in ["parquet", "csv"] {
            let file = format!("{}.{ending}", indicator.name);
            modes::open(&staged.join(&file))?;
            std::fs::rename(staged.join(&file), target.join(&file)).doing(|| format!("put {file} in place"))?;
        }
    }
    remove_other_indicators(run)?;
    crate::commit::remove_folder(&staged)
}

fn remove_indicator(folder: &Path, name: &str) -> Result<()> {
    for ending in ["parquet", "csv"] {
        let path = folder.join(format!("{name}.{ending}"));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).doing(|| format!("remove {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Removes the tables of indicators that are not declared any more.
fn remove_other_indicators(run: &Run) -> Result<()> {
    let folder = run.layout.indicators();
    for entry in std::fs::read_dir(&folder).doing(|| format!("list {}", folder.display()))? {
        let path = entry.doing(|| format!("list {}", folder.display()))?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !run.indicators.iter().any(|indicator| indicator.name == stem) {
            remove_indicator(&folder, &stem)?;
        }
    }
    Ok(())
}

/// Writes the documents of taxa, where TAXREF and the counts are there.
fn write_taxa(run: &Run) -> Result<()> {
    let counts = run.layout.indicators().join("taxon.parquet");
    let Some(taxref) = run.loaded.references.taxref.as_ref().filter(|_| counts.is_file()) else { return Ok(()) };
    let staged = run.layout.staging("taxa");
    let written = taxa::write(taxref, &counts, &staged, run.settings.index_compression())?;
    let target = run.layout.taxa_index();
    modes::make_public_folder(&target, run.layout.root())?;
    modes::open(&written.path)?;
    if let Some(name) = written.path.file_name() {
        std::fs::rename(&written.path, target.join(name)).doing(|| "put the documents of taxa in place")?;
    }
    crate::commit::remove_folder(&staged)
}

fn indicator_reports(run: &Run) -> Result<BTreeMap<String, IndicatorReport>> {
    let mut reports = BTreeMap::new();
    for indicator in &run.indicators {
        let path = run.layout.indicators().join(format!("{}.parquet", indicator.name));
        if path.is_file() {
            let mut rows = 0;
            for_each_batch(&path, |batch| {
                rows += batch.num_rows() as u64;
                Ok(())
            })?;
            reports.insert(indicator.name.clone(), IndicatorReport { title: indicator.title.clone(), rows });
        }
    }
    Ok(reports)
}

/// The cells of the public grid indicator with their centres, for the map.
fn grid(run: &Run) -> Result<Vec<GridCell>> {
    let path = run.layout.indicators().join("grid_cell.parquet");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let areas = &run.areas;
    let mut cells = Vec::new();
    for_each_batch(&path, |batch| {
        let codes = batch.column_by_name("gridCell10km").and_then(|column| column.as_string_opt::<i32>());
        let counts = batch.column_by_name("occurrences").and_then(|column| column.as_primitive_opt::<Int64Type>());
        if let (Some(codes), Some(counts)) = (codes, counts) {
            for row in (0..batch.num_rows()).filter(|row| codes.is_valid(*row)) {
                if let Some((longitude, latitude, _)) = areas.cell_centre(codes.value(row)) {
                    cells.push(GridCell {
                        code: codes.value(row).to_owned(),
                        centre: (longitude, latitude),
                        occurrences: counts.value(row).unsigned_abs(),
                    });
                }
            }
        }
        Ok(())
    })?;
    Ok(cells)
}

/// One hash over all that changes what the interpretation of a record gives.
pub fn interpretation_sha256(settings: &Settings, loaded: &Loaded) -> String {
    let mut hasher = Sha256::new();
    hasher.update(env!("CARGO_PKG_VERSION"));
    hasher.update(loaded.sha256());
    hasher.update(settings.run_date().to_string());
    hasher.update(format!("{:?}", settings.interpretation));
    hasher.update(format!("{:?}", settings.references.commune_year));
    hasher.update(format!("{:?}", settings.levels));
    hasher.update(format!("{:?} {:?}", settings.sensitivity.group_terms, settings.sensitivity.accepted_unresolved));
    for layer in &settings.layers {
        hasher.update(format!("{} {} {}", layer.column, layer.areas.code, layer.areas.name));
    }
    hexadecimal(&hasher.finalize())
}
