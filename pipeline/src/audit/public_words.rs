//! Words that are public: those of the public table, of references, and of the program itself. A secret that is one of them is none.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Schema};
use openobs_steps::Issue;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::places::Places;
use super::secrets::each_text;
use super::words::{AtomSet, Finder};
use crate::commit::Manifest;
use crate::dataset::Dataset;
use crate::error::{Doing, Result};
use crate::layout::Layout;
use crate::outputs::eml::{Coverage, eml};
use crate::outputs::{archive, index};
use crate::protect::area::AreaResolver;
use crate::report::RunReport;
use crate::run::Run;
use crate::session::BATCH_ROWS;

/// The atoms of a public table that are among those of a finder; and its points, where `with_places` asks for them.
///
/// The centres of its cells are public too: maps show them.
pub fn of_table(
    path: &Path,
    finder: &Finder<'_>,
    areas: &AreaResolver,
    with_places: bool,
) -> Result<(AtomSet, Places)> {
    let (mut public, mut places) = (AtomSet::default(), Places::default());
    let mut note = |text: &str| {
        finder.find(text.as_bytes(), |atom| {
            public.insert(atom);
        });
    };
    let file = File::open(path).doing(|| format!("read {}", path.display()))?;
    let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
    // Texts that repeat are looked at once for each group of rows: in its dictionary.
    let with_dictionaries = plain.schema().fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => {
            let repeating = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            field.as_ref().clone().with_data_type(repeating)
        }
        _ => field.as_ref().clone(),
    });
    let schema = Arc::new(Schema::new(with_dictionaries.collect::<Vec<_>>()));
    let reader =
        ParquetRecordBatchReaderBuilder::try_new_with_options(file, ArrowReaderOptions::new().with_schema(schema))?;
    let mut dictionaries: Vec<Option<ArrayRef>> = vec![None; plain.schema().fields().len()];
    for batch in reader.with_batch_size(BATCH_ROWS).build()? {
        let batch = batch?;
        for ((field, column), before) in batch.schema().fields().iter().zip(batch.columns()).zip(&mut dictionaries) {
            let texts = match column.as_any_dictionary_opt() {
                Some(dictionary) => dictionary.values(),
                None => column,
            };
            let is_same = |before: &ArrayRef| Arc::ptr_eq(before, texts) || before.to_data().ptr_eq(&texts.to_data());
            if before.as_ref().is_some_and(is_same) {
                continue;
            }
            *before = Some(Arc::clone(texts));
            each_text(texts, &mut note);
            if field.name() == "gridCell10km" {
                each_text(texts, &mut |code| {
                    if let Some((longitude, latitude, _)) = areas.cell_centre(code) {
                        note(&latitude.to_string());
                        note(&longitude.to_string());
                        if with_places {
                            places.add(latitude, longitude);
                        }
                    }
                });
            }
        }
        let degrees = |name: &str| batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>());
        if let (Some(latitudes), Some(longitudes)) = (degrees("decimalLatitude"), degrees("decimalLongitude")) {
            for (latitude, longitude) in latitudes.iter().zip(longitudes) {
                let (Some(latitude), Some(longitude)) = (latitude, longitude) else { continue };
                note(&latitude.to_string());
                note(&longitude.to_string());
                if with_places {
                    places.add(latitude, longitude);
                }
            }
        }
    }
    Ok((public, places))
}

/// The centres of the cells that the public map shows, as it writes them.
pub fn of_map(run: &Run, finder: &Finder<'_>, areas: &AreaResolver) -> Result<(AtomSet, Places)> {
    let path = run.layout.indicators().join("grid_cell.parquet");
    match path.is_file() {
        true => of_table(&path, finder, areas, true),
        false => Ok((AtomSet::default(), Places::default())),
    }
}

/// Names and titles of the archives that reports are about, those without a committed dataset too.
fn named_in_reports(layout: &Layout) -> Vec<String> {
    let folders = std::fs::read_dir(layout.root().join("reports")).into_iter().flatten().flatten();
    let reports = folders.filter_map(|folder| std::fs::read(folder.path().join("run.json")).ok());
    let reports = reports.filter_map(|text| serde_json::from_slice::<RunReport>(&text).ok());
    let datasets = reports.flat_map(|report| report.datasets);
    datasets.flat_map(|dataset| [Some(dataset.archive), dataset.title, dataset.dataset_key]).flatten().collect()
}

/// The atoms of the program, of its settings, and of what is known of datasets that are among those of a finder.
pub fn of_the_program(run: &Run, manifests: &[Manifest], finder: &Finder<'_>) -> AtomSet {
    let mut texts: Vec<String> = vec![crate::report::page::words(), archive::header(), archive::meta(true)];
    // What JSON writes without quotes, and the classes of Darwin Core, after which files are named.
    texts.push("null true false; Occurrence, Event, Taxon, Location, Identification, Multimedia".to_owned());
    for license in ["CC0_1_0", "CC_BY_4_0", "CC_BY_NC_4_0"] {
        let dataset = Dataset { license: Some(license.to_owned()), ..Dataset::default() };
        let metadata = eml(&dataset, Coverage::default(), "", &run.loaded.attributions());
        texts.push(String::from_utf8_lossy(&metadata).into_owned());
    }
    texts.extend(index::names().map(str::to_owned));
    texts.extend(Issue::ALL.iter().map(|issue| issue.name().to_owned()));
    for manifest in manifests {
        texts.extend([manifest.dataset_key.clone(), manifest.archive.clone(), manifest.archive_sha256.clone()]);
        texts.extend([&manifest.title, &manifest.provider, &manifest.license].into_iter().flatten().cloned());
        texts.extend(manifest.verbatim_columns.iter().cloned());
        texts.extend(manifest.counts.extension_rows.keys().cloned());
    }
    for source in &run.loaded.sources {
        texts.push(format!("{} {} {} {}", source.setting, source.file, source.sha256, source.content));
        let provenance = &source.provenance;
        let known = [&provenance.title, &provenance.version, &provenance.license, &provenance.source];
        texts.extend(known.into_iter().flatten().cloned());
    }
    texts.extend(run.indicators.iter().map(|indicator| format!("{} {}", indicator.name, indicator.title)));
    for declared in &run.settings.outputs.archives {
        texts.extend([declared.name.clone(), declared.filter.clone()]);
        texts.extend(declared.title.clone());
    }
    texts.extend(named_in_reports(&run.layout));
    let mut public = AtomSet::default();
    for text in texts {
        finder.find(text.as_bytes(), |atom| {
            public.insert(atom);
        });
    }
    public
}
