//! `openobs run` and `openobs verbatim`: archives in, products out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures::StreamExt;
use openobs_steps::parse::license::GbifLicense;
use openobs_steps::reference::vocabularies::Vocabularies;
use tokio::sync::Semaphore;

use super::{Status, layout, settings};
use crate::audit::KeptSecrets;
use crate::checks::Check;
use crate::cli::{Global, RunArguments};
use crate::commit::{Lock, Manifest, prepare_root};
use crate::dataset::Dataset;
use crate::error::{Error, ErrorKind, Result};
use crate::outputs::indicators::Indicator;
use crate::progress::ProgressDisplay;
use crate::protect::area::AreaResolver;
use crate::reference::Loaded;
use crate::registry::Registry;
use crate::report::{DatasetReport, DatasetStatus};
use crate::run::{Outcome, Progress, Run, open_archive};
use crate::session::Sessions;
use crate::settings::Settings;
use crate::sources::{Fetched, Source, expand, fetch};

/// Runs the main job.
///
/// # Errors
/// When nothing could be started, or the environment failed. A dataset that fails is in the report, not here.
pub async fn run(arguments: &RunArguments, global: &Global, only_verbatim: bool) -> Result<Status> {
    let mut settings = settings(global, Some(&arguments.output))?;
    if only_verbatim {
        settings.outputs.products = vec![crate::settings::Product::Verbatim];
    }
    let sources = expand(&arguments.sources)?;
    let registry = settings.registry.as_deref().map(Registry::load).transpose()?.unwrap_or_default();
    let layout = layout(&arguments.output.out)?;
    // Before anything is written: a configuration or reference data that cannot be used starts nothing.
    let mut run = prepare(settings, layout)?;
    run.accept_changed_ids = arguments.output.accept_changed_ids;
    if !only_verbatim {
        run.loaded.warnings().iter().for_each(|warning| tracing::warn!("{warning}"));
    }
    let run = Arc::new(run);
    prepare_root(&run.layout)?;
    let _lock = Lock::take(&run.layout)?;
    let display = ProgressDisplay::new(global, sources.len() as u64);
    let reports = datasets(&run, sources, &registry, &display).await?;
    display.finish();
    let status = match reports.iter().any(|report| report.status == DatasetStatus::Failed) {
        true => Status::Incomplete,
        false => Status::Done,
    };
    let finished = crate::finish::finish(&run, reports).await?;
    super::stage::announce(&finished, global);
    Ok(if finished.leaks() { Status::Incomplete } else { status })
}

/// What all datasets of a run share.
///
/// # Errors
/// When reference data cannot be read.
pub fn prepare(settings: Settings, layout: crate::layout::Layout) -> Result<Run> {
    let loaded = Loaded::load(&settings)?;
    let run_date = settings.run_date();
    let step_settings = settings.of_steps();
    let steps = openobs_steps::all(&loaded.references, &step_settings);
    let sessions = Sessions::new(steps, settings.memory_limit())?;
    let indicators = Indicator::all(settings.outputs.indicators.folder.as_deref())?;
    let checks = Check::chosen(&settings.checks)?;
    let interpretation_sha256 = crate::finish::interpretation_sha256(&settings, &loaded);
    let slots = Arc::new(Semaphore::new(settings.threads()));
    Ok(Run {
        run_date: run_date.to_string(),
        settings,
        layout,
        secrets: KeptSecrets::default(),
        areas: Arc::new(AreaResolver::new(loaded.references.clone())),
        loaded,
        sessions,
        indicators,
        checks,
        interpretation_sha256,
        accept_changed_ids: false,
        slots,
    })
}

/// An archive whose key is known.
struct Opened {
    archive: openobs_dwca::Archive,
    dataset: Dataset,
    fetched: Fetched,
}

async fn datasets(
    run: &Arc<Run>,
    sources: Vec<Source>,
    registry: &Registry,
    display: &ProgressDisplay,
) -> Result<Vec<DatasetReport>> {
    let at_once = run.settings.datasets_at_once();
    let keys: Mutex<HashMap<String, String>> = Mutex::new(HashMap::new());
    // Opening keeps the order of the sources, so that of two archives with one key it is always the same that is refused.
    let opened = futures::stream::iter(sources)
        .map(|source| async move {
            let opened = open(run, &source, registry).await;
            (source, opened)
        })
        .buffered(at_once)
        .map(|(source, opened)| {
            let opened = opened.and_then(|opened| claim(&keys, &source, opened));
            (source, opened)
        });
    let reports: Vec<(DatasetReport, Option<Error>)> = opened
        .map(|(source, opened)| async move {
            let display = display.clone();
            let told = display.clone();
            let progress: Progress = Arc::new(move |records| told.add_records(records));
            let key = opened.as_ref().ok().map(|opened| opened.dataset.key.clone());
            let title = opened.as_ref().ok().and_then(|opened| opened.dataset.title.clone());
            let outcome = match opened {
                Ok(opened) => {
                    let outcome = run.process(opened.archive, opened.dataset, progress).await;
                    drop(opened.fetched);
                    outcome
                }
                Err(error) => Err(error),
            };
            let report = report(&source, key, title, outcome);
            display.dataset_done(&report.0);
            report
        })
        .buffer_unordered(at_once)
        .collect()
        .await;
    let mut finished = Vec::with_capacity(reports.len());
    for (report, error) in reports {
        // A full disk fails every dataset alike: the run ends as one that may help to repeat.
        if let Some(error) = error.filter(|error| error.kind() == ErrorKind::Environment) {
            return Err(error.context("archive", report.archive));
        }
        finished.push(report);
    }
    finished.sort_by(|a, b| a.archive.cmp(&b.archive));
    Ok(finished)
}

async fn open(run: &Arc<Run>, source: &Source, registry: &Registry) -> Result<Opened> {
    let fetched = fetch(source).await?;
    let path = fetched.path.clone();
    let settings = Arc::clone(run);
    let opened_path = path.clone();
    let archive = tokio::task::spawn_blocking(move || open_archive(&opened_path, &settings.settings))
        .await
        .map_err(|error| Error::bug("an archive could not be opened").caused_by(error))??;
    let name = source.name();
    let registered = registry.dataset(archive.file_stem()).or_else(|| registry.dataset(&name));
    let words = &run.loaded.references.vocabularies;
    let mut dataset = Dataset::describe(&archive, path.clone(), registered, words);
    if registered.is_none()
        && let Some(by_key) = registry.dataset(&dataset.key)
    {
        dataset = Dataset::describe(&archive, path, Some(by_key), words);
    }
    Ok(Opened { archive, dataset, fetched })
}

fn claim(keys: &Mutex<HashMap<String, String>>, source: &Source, opened: Opened) -> Result<Opened> {
    let mut keys = keys.lock().map_err(|_| Error::bug("the keys of datasets are not readable"))?;
    let key = opened.dataset.key.clone();
    match keys.get(&key) {
        Some(other) => Err(Error::data(format!("the dataset key {key} is already that of {other}"))
            .remedy("give one of the two another key in the registry, or leave it out")),
        None => {
            keys.insert(key, source.name());
            Ok(opened)
        }
    }
}

fn report(
    source: &Source,
    key: Option<String>,
    title: Option<String>,
    outcome: Result<Outcome>,
) -> (DatasetReport, Option<Error>) {
    let ended = |status, message| DatasetReport {
        archive: source.name(),
        dataset_key: key.clone(),
        title: title.clone(),
        status,
        message,
        warnings: Vec::new(),
        counts: None,
        identity: None,
        protection: None,
    };
    match outcome {
        Ok(Outcome::Done(manifest)) => {
            (DatasetReport { archive: source.name(), ..DatasetReport::done(&manifest) }, None)
        }
        Ok(Outcome::Skipped(reason)) => (ended(DatasetStatus::Skipped, Some(reason)), None),
        Ok(Outcome::Refused(refused)) => {
            let (identity, error) = *refused;
            let message = error.context("archive", source.name()).to_string();
            let ended = ended(DatasetStatus::Failed, Some(message));
            (DatasetReport { identity: Some(identity), ..ended }, None)
        }
        Err(error) => {
            let error = error.context("archive", source.name());
            (ended(DatasetStatus::Failed, Some(error.to_string())), Some(error))
        }
    }
}

/// What a manifest says of its dataset, for stages that go on from committed tables.
pub fn dataset_of(manifest: &Manifest, registry: &Registry, words: &Vocabularies) -> Dataset {
    let stem = manifest.archive.split('.').next().unwrap_or_default();
    let registered = registry.dataset(&manifest.dataset_key).or_else(|| registry.dataset(stem));
    let mut dataset = Dataset {
        key: manifest.dataset_key.clone(),
        title: manifest.title.clone(),
        provider: manifest.provider.clone(),
        license: manifest.license.clone(),
        archive_name: manifest.archive.clone(),
        ..Dataset::default()
    };
    if let Some(registered) = registered {
        dataset.title = registered.title.clone().or(dataset.title);
        dataset.provider = registered.provider.clone().or(dataset.provider);
        let given = registered.license.as_deref().map(|given| GbifLicense::of_term(&words.license, Some(given)));
        dataset.license = given.map(|license| license.name().to_owned()).or(dataset.license);
        dataset.unique_key_terms.clone_from(&registered.unique_key_terms);
        dataset.unique_key_strip = registered.unique_key_strip;
        dataset.changed_ids_limit = registered.changed_ids_limit;
        dataset.default_values.clone_from(&registered.default_values);
        dataset.date_order.clone_from(&registered.date_order);
        dataset.living_atlas_issues = registered.living_atlas_issues;
        dataset.collector_names = registered.collector_names;
    }
    dataset
}
