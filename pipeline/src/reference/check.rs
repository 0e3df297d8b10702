//! Whether all reference data that production needs is there, can be read, and fits together.
//!
//! Nothing here stops at the first fault: what is missing is told with the name under which it is published, and what does
//! not fit with the codes that do not. Layers are read as a run reads them.

mod consistency;
mod published;

use std::path::Path;

use openobs_steps::reference::areas::Areas;
use openobs_steps::reference::taxref::Taxref;
use serde::Serialize;

use super::areas::{self, Kind};
use super::provenance::Provenance;
use super::{communes, decisions, sensitivity, taxref};
use crate::error::Error;
use crate::settings::{AreaLayer, Settings};

/// How reference data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// There, read, and it fits.
    Fine,
    /// No file is named, or the one that is named is not there.
    Missing,
    /// It cannot be read, or does not fit with itself or the others.
    Wrong,
}

/// What was found of one setting.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// The setting.
    pub setting: &'static str,
    /// How it is.
    pub state: State,
    /// The file.
    pub file: Option<String>,
    /// Rows, names, areas.
    pub count: Option<usize>,
    /// Title, version, licence and source.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// What is wrong.
    pub problems: Vec<String>,
    /// What should be known, and is not wrong.
    pub notes: Vec<String>,
    /// Of what is missing, what is published and where.
    pub published: Option<String>,
}

impl Checked {
    /// What is known before a file is read.
    fn of(setting: &'static str, path: Option<&Path>) -> Self {
        let missing = |problem: String| Self {
            setting,
            state: State::Missing,
            file: path.map(|path| path.display().to_string()),
            count: None,
            provenance: Provenance::default(),
            problems: vec![problem],
            notes: Vec::new(),
            published: published::of(setting).map(str::to_owned),
        };
        match path {
            None => missing(format!("{setting} is not set")),
            Some(path) if !path.exists() => missing(format!("there is no file {}", path.display())),
            Some(_) => Self { state: State::Fine, problems: Vec::new(), published: None, ..missing(String::new()) },
        }
    }

    fn wrong(&mut self, problem: impl Into<String>) {
        if self.state == State::Fine {
            self.state = State::Wrong;
        }
        self.problems.push(problem.into());
    }

    /// Takes what a reader gave.
    fn take<T>(&mut self, read: Result<T, Error>) -> Option<T> {
        read.map_err(|error| self.wrong(error.to_string())).ok()
    }
}

/// Checks all reference data.
pub fn check(settings: &Settings) -> Vec<Checked> {
    let files = &settings.references;
    let mut rows = Vec::new();

    let mut row = Checked::of("references.taxref", files.taxref.as_deref());
    let [retired, statuses] =
        [&files.taxref_retired, &files.taxref_statuses].map(|path| path.as_deref().filter(|path| path.is_file()));
    let there = files.taxref.as_deref().filter(|_| row.state == State::Fine);
    let taxref = there.and_then(|path| row.take(taxref::read(path, retired, statuses))).map(|release| release.taxref);
    if let Some(taxref) = &taxref {
        row.count = Some(taxref.len());
        row.provenance = taxref::provenance(taxref);
        if taxref.version_number().is_none() {
            row.notes.push("the file's name does not say which release it is: TAXREFv18.txt does".to_owned());
        }
    }
    rows.push(row);
    // A release that is built, or a folder or zip of one, brings them along.
    let counted = |count: fn(&Taxref) -> usize| taxref.as_ref().map(count).filter(|count| *count > 0);
    for (setting, path, count) in [
        ("references.taxref_retired", &files.taxref_retired, counted(Taxref::retired_len)),
        ("references.taxref_statuses", &files.taxref_statuses, counted(|taxref| taxref.statuses().count())),
    ] {
        let mut row = match (path, count) {
            (None, Some(_)) => Checked::of(setting, files.taxref.as_deref()),
            _ => Checked::of(setting, path.as_deref()),
        };
        if let Some(taxref) = taxref.as_ref().filter(|_| row.state == State::Fine) {
            row.provenance = taxref::provenance(taxref);
            row.count = count;
        }
        rows.push(row);
    }

    let mut row = Checked::of("references.sensitivity", files.sensitivity.first().map(std::path::PathBuf::as_path));
    if let Some(absent) = files.sensitivity.iter().skip(1).find(|path| !path.is_file()) {
        row.wrong(format!("there is no file {}", absent.display()));
    }
    if row.state == State::Fine {
        row.provenance = files.sensitivity.first().map(|path| sensitivity::provenance(path)).unwrap_or_default();
        if let Some(rules) = row.take(sensitivity::read(settings, taxref.as_ref())) {
            row.count = Some(rules.rules().len());
        }
        consistency::sensitivity(&mut row, &files.sensitivity, taxref.as_ref());
    }
    rows.push(row);

    let decided = &settings.sensitivity.decisions;
    if !decided.is_empty() {
        let mut row = Checked::of(decisions::SETTING, decided.first().map(std::path::PathBuf::as_path));
        if row.state == State::Fine
            && let Some(decisions) = row.take(decisions::read(decided, &settings.levels))
        {
            row.count = Some(decisions.len());
        }
        rows.push(row);
    }

    let (mut departments, department_areas) = layer(Kind::Departments, files.departments.as_ref());
    let (mut commune_row, commune_areas) = layer(Kind::Communes, files.communes.as_ref());
    let (mut countries, country_areas) = layer(Kind::Countries, files.countries.as_ref());
    let (mut seas, sea_areas) = layer(Kind::MarineAreas, files.marine_areas.as_ref());
    let (mut grid, cells) = layer(Kind::Grid, files.grid.as_ref());
    if let Some(areas) = &department_areas {
        consistency::departments(&mut departments, areas);
    }
    if let Some(areas) = &commune_areas {
        consistency::communes(&mut commune_row, areas, department_areas.as_ref());
        consistency::vintage(&mut commune_row, &departments, files.commune_year);
    }
    let mut history = Checked::of("references.commune_history", files.commune_history.as_deref());
    let there = files.commune_history.as_deref().filter(|_| history.state == State::Fine);
    if let Some(changes) = there.and_then(|path| history.take(communes::read(path))) {
        history.count = Some(changes.len());
        if let Some(areas) = &commune_areas {
            consistency::history(&mut history, &changes, areas);
        }
    }
    if let Some(areas) = &country_areas {
        consistency::countries(&mut countries, areas);
    }
    if let Some(areas) = &sea_areas {
        consistency::marine_areas(&mut seas, areas);
    }
    if let Some(areas) = &cells {
        consistency::grid(&mut grid, areas);
    }
    rows.extend([departments, commune_row, countries, seas, grid]);
    for row in rows.iter_mut().filter(|row| row.count.is_some() && row.provenance.license.is_none()) {
        row.notes.push("its licence is not known: prepare it with `openobs reference areas --license`".to_owned());
    }
    rows.push(history);
    rows
}

/// Reads a layer, with what every layer must be.
fn layer(kind: Kind, layer: Option<&AreaLayer>) -> (Checked, Option<Areas>) {
    let mut row = Checked::of(kind.setting(), layer.map(|layer| layer.path.as_path()));
    let there = layer.filter(|_| row.state == State::Fine);
    let Some(read) = there.and_then(|layer| row.take(areas::read(layer))) else { return (row, None) };
    row.count = Some(read.areas.len());
    row.provenance = read.provenance;
    if !read.repeated.is_empty() {
        let said = format!("codes that occur more than once: {}", consistency::named(&read.repeated));
        match kind {
            // A country may be given in parts.
            Kind::Countries | Kind::MarineAreas => row.notes.push(said),
            Kind::Departments | Kind::Communes | Kind::Grid => row.wrong(said),
        }
    }
    (row, Some(read.areas))
}

#[cfg(test)]
mod tests;
