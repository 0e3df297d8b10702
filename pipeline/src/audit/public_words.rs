//! Words that are public: those of the public table, of references, and of the program itself. A secret that is one of them is none.

use std::path::Path;

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use openobs_steps::Issue;

use super::places::Places;
use super::secrets::each_text;
use super::words::{AtomSet, Finder};
use crate::commit::Manifest;
use crate::dataset::Dataset;
use crate::error::Result;
use crate::outputs::eml::{Coverage, eml};
use crate::outputs::occurrence::for_each_batch;
use crate::outputs::{archive, index};
use crate::protect::area::AreaResolver;
use crate::run::Run;

/// The atoms of a public table that are among those of a finder; and, where areas are given, its points with the centres of its cells.
pub fn of_table(path: &Path, finder: &Finder<'_>, areas: Option<&AreaResolver>) -> Result<(AtomSet, Places)> {
    let (mut public, mut places) = (AtomSet::default(), Places::default());
    let mut note = |text: &str| {
        finder.find(text.as_bytes(), |atom| {
            public.insert(atom);
        });
    };
    for_each_batch(path, |batch| {
        batch.columns().iter().for_each(|column| each_text(column, &mut note));
        let degrees = |name: &str| batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>());
        if let (Some(latitudes), Some(longitudes)) = (degrees("decimalLatitude"), degrees("decimalLongitude")) {
            for (latitude, longitude) in latitudes.iter().zip(longitudes) {
                let (Some(latitude), Some(longitude)) = (latitude, longitude) else { continue };
                note(&latitude.to_string());
                note(&longitude.to_string());
                if areas.is_some() {
                    places.add(latitude, longitude);
                }
            }
        }
        if let Some(areas) = areas
            && let Some(cells) = batch.column_by_name("gridCell10km")
        {
            each_text(cells, &mut |code| {
                if let Some((longitude, latitude, _)) = areas.cell_centre(code) {
                    places.add(latitude, longitude);
                }
            });
        }
        Ok(())
    })?;
    Ok((public, places))
}

/// The atoms of the program, of its settings, and of what is known of datasets that are among those of a finder.
pub fn of_the_program(run: &Run, manifests: &[Manifest], finder: &Finder<'_>) -> AtomSet {
    let mut texts: Vec<String> = vec![crate::report::page::words(), archive::header(), archive::meta(true)];
    let nothing = Dataset::default();
    texts.push(
        String::from_utf8_lossy(&eml(&nothing, Coverage::default(), "", &run.loaded.attributions())).into_owned(),
    );
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
    let mut public = AtomSet::default();
    for text in texts {
        finder.find(text.as_bytes(), |atom| {
            public.insert(atom);
        });
    }
    public
}
