//! A layer as people have it, checked and brought into the form that runs read.

use std::collections::BTreeSet;
use std::path::Path;

use geo::CoordsIter;
use openobs_steps::parse::country;
use openobs_steps::reference::areas::{Area, by_code};
use openobs_steps::reference::departments;
use serde::Serialize;

use super::crossings::{NAMED, crossings};
use super::crs::Crs;
use super::feature::{Contents, Feature, Wanted};
use super::outline::{Mended, outline};
use super::source::{self, Format};
use super::{expect_codes, territories, write};
use crate::error::{Error, Result};
use crate::projection::ToWgs84;
use crate::reference::provenance::Provenance;
use crate::settings::{PropertyNames, Settings};

/// Refused features that an error names.
const NAMED_REFUSALS: usize = 20;

/// What a layer is for. It tells where its code is looked for, and how one is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// references.departments
    Departments,
    /// references.communes
    Communes,
    /// references.countries
    Countries,
    /// references.marine_areas
    MarineAreas,
    /// references.grid
    Grid,
}

/// How a layer is prepared.
#[derive(Debug, Clone, Default)]
pub struct Preparation {
    /// What it is for.
    pub kind: Option<Kind>,
    /// The property with the code; where none is given, those of the settings.
    pub code: Vec<String>,
    /// The property with the name.
    pub name: Vec<String>,
    /// The layer, where the file has several.
    pub layer: Option<String>,
    /// The system of its coordinates, whatever the file says.
    pub crs: Option<String>,
    /// What is known of it.
    pub provenance: Provenance,
    /// Whether features that cannot be areas are left out instead of refused.
    pub leave_out: bool,
}

/// A layer that is ready to be written.
#[derive(Debug)]
pub struct Prepared {
    /// Its areas, by code.
    pub areas: Vec<Area>,
    /// The system that its coordinates were in.
    pub crs: String,
    /// West, south, east and north.
    pub bounds: [f64; 4],
    /// Corners of all outlines.
    pub corners: usize,
    /// What is known of it.
    pub provenance: Provenance,
    /// What was found, in the order of the file, then of the codes.
    pub problems: Vec<Problem>,
}

/// Something that whoever prepares a layer should know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which kind: `unclosed`, `noCode`, `selfIntersection` …
    pub kind: &'static str,
    /// The feature, from 1; none where it is about several.
    pub feature: Option<usize>,
    /// The code.
    pub code: Option<String>,
    /// What was found, and what became of it.
    pub message: String,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Departments, Self::Communes, Self::Countries, Self::MarineAreas, Self::Grid];

    /// The setting that names the layer.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Departments => "references.departments",
            Self::Communes => "references.communes",
            Self::Countries => "references.countries",
            Self::MarineAreas => "references.marine_areas",
            Self::Grid => "references.grid",
        }
    }

    /// The code as steps know it, or what is wrong with it.
    fn code(self, code: &str) -> Result<String, &'static str> {
        match self {
            Self::Countries | Self::MarineAreas => {
                let numeric = code.bytes().all(|byte| byte.is_ascii_digit());
                let found = if numeric { country::of_numeric_code(code) } else { country::of_code(code) };
                found.map(|country| country.code.to_owned()).ok_or("is no code of ISO 3166-1")
            }
            Self::Departments => match departments::department(code) {
                Some(_) => Ok(code.to_owned()),
                None => Err("is no code of a department"),
            },
            Self::Communes => {
                let department = departments::department_code_of_commune(code).and_then(departments::department);
                match department.filter(|_| code.len() == 5) {
                    Some(_) => Ok(code.to_owned()),
                    None => Err("is no code of a commune"),
                }
            }
            Self::Grid => Ok(code.to_owned()),
        }
    }
}

/// The names that are looked for: those given, else those of the settings for this kind of layer, or for any.
fn names(given: &[String], kind: Option<Kind>, key: &str) -> PropertyNames {
    if !given.is_empty() {
        return PropertyNames(given.to_vec());
    }
    let mut names = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one)) {
        for name in Settings::default_names(&format!("{}.{key}", kind.setting())) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    PropertyNames(names)
}

/// Reads files, checks their areas and brings them to WGS 84: one layer of all of them.
///
/// # Errors
/// When one cannot be read, its system is not known, or features of it cannot be areas.
pub fn prepare(paths: &[impl AsRef<Path>], how: &Preparation) -> Result<Prepared> {
    let mut work = Work { how, problems: Vec::new(), refused: Vec::new(), areas: Vec::new() };
    let mut crs: Vec<String> = Vec::new();
    let mut provenance = how.provenance.clone();
    for path in paths.iter().map(AsRef::as_ref) {
        let contents = read(path, how).map_err(|error| error.context("file", path.display()))?;
        let system = work.crs(&contents).map_err(|error| error.context("file", path.display()))?;
        let to_wgs84 = transformation(&system).map_err(|error| error.context("file", path.display()))?;
        if !crs.iter().any(|known| known == system.name()) {
            crs.push(system.name().to_owned());
        }
        provenance = provenance.or(contents.provenance);
        for feature in contents.features {
            work.add(feature, to_wgs84.as_ref());
        }
        work.refuse().map_err(|error| error.context("file", path.display()))?;
    }
    let (areas, problems) = work.finish();
    let corners = areas.iter().map(|area| area.outline.coords_count()).sum();
    let bounds = areas.iter().map(|area| write::bounds(&area.outline)).reduce(|a, b| {
        let [west, south, east, north] = b;
        [a[0].min(west), a[1].min(south), a[2].max(east), a[3].max(north)]
    });
    let bounds = bounds.ok_or_else(|| Error::usage("no feature of the layer is an area with a code"))?;
    Ok(Prepared { areas, crs: crs.join(", "), bounds, corners, provenance, problems })
}

fn read(path: &Path, how: &Preparation) -> Result<Contents> {
    let format = Format::of(path).ok_or_else(|| {
        Error::usage("the format of the file is not known by the ending of its name").remedy(
            "give a .geojson, .json, .topojson (or .gz), .fgb, .parquet, .shp, .gpkg or .zip file; unpack a .7z first",
        )
    })?;
    let (code, name) = (names(&how.code, how.kind, "code"), names(&how.name, how.kind, "name"));
    let wanted = Wanted { code: &code, name: &name, layer: how.layer.as_deref() };
    let contents = source::read(path, format, wanted)?;
    expect_codes(&contents, wanted, "with --code")?;
    Ok(contents)
}

/// The transformation from a system; none from WGS 84.
fn transformation(crs: &Crs) -> Result<Option<ToWgs84>> {
    let Crs::Defined(definition) = crs else { return Ok(None) };
    let transformation = ToWgs84::from_definition(definition).map_err(|error| {
        Error::usage(format!("the system {} is not known: {error}", crs.name()))
            .remedy("give it with --crs, such as --crs EPSG:2154")
    })?;
    Ok(Some(transformation))
}

impl Prepared {
    /// Writes the layer.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        write::write(path, &self.areas, self.bounds, &self.provenance)
    }
}

/// A layer that is being prepared.
struct Work<'a> {
    how: &'a Preparation,
    problems: Vec<Problem>,
    refused: Vec<String>,
    areas: Vec<Area>,
}

impl Work<'_> {
    fn crs(&mut self, contents: &Contents) -> Result<Crs> {
        let given = self.how.crs.as_deref().map(Crs::of_definition);
        match (given, &contents.crs) {
            (None | Some(Crs::Unknown), Crs::Unknown) => {
                Err(Error::usage("the file does not say in which system its coordinates are")
                    .remedy("give it with --crs: EPSG:2154 for Lambert-93, EPSG:4326 for degrees in WGS 84"))
            }
            (None | Some(Crs::Unknown), stated) => Ok(stated.clone()),
            (Some(given), stated) => {
                if *stated != Crs::Unknown && *stated != given {
                    let message = format!("the file says {}; --crs {} was taken", stated.name(), given.name());
                    self.problems.push(Problem { kind: "crs", feature: None, code: None, message });
                }
                Ok(given)
            }
        }
    }

    fn add(&mut self, feature: Feature, to_wgs84: Option<&ToWgs84>) {
        let Feature { number, code, name, shape } = feature;
        let mut problem = |kind, code: Option<&String>, message: String| {
            self.problems.push(Problem { kind, feature: Some(number), code: code.cloned(), message });
        };
        let Some(given) = code else {
            let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
            return problem("noCode", None, format!("has no code{name} and was left out"));
        };
        let code = match self.how.kind.map_or_else(|| Ok(given.clone()), |kind| kind.code(&given)) {
            Ok(code) => code,
            Err(what) => return problem("unknownCode", Some(&given), format!("{what} and was left out")),
        };
        let mut mended = Mended::default();
        match outline(shape, to_wgs84, &mut mended) {
            Ok(outline) => {
                if mended.closed > 0 {
                    problem("unclosed", Some(&code), format!("{} closed", counted(mended.closed, "ring")));
                }
                if mended.left_out > 0 {
                    problem(
                        "noArea",
                        Some(&code),
                        format!("{} without an area left out", counted(mended.left_out, "ring")),
                    );
                }
                self.areas.push(Area { name: name.unwrap_or_else(|| code.clone()), code, outline });
            }
            Err(refusal) if self.how.leave_out => {
                problem("refused", Some(&code), format!("{refusal} and was left out"));
            }
            Err(refusal) => self.refused.push(format!("feature {number} ({code}) {refusal}")),
        }
    }

    fn refuse(&self) -> Result<()> {
        if self.refused.is_empty() {
            return Ok(());
        }
        let named = self.refused.iter().take(NAMED_REFUSALS).cloned().collect::<Vec<_>>().join("; ");
        let more = self.refused.len().saturating_sub(NAMED_REFUSALS);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        Err(Error::usage(format!("features cannot be areas: {named}{more}"))
            .remedy("correct them, give another --crs, or leave them out with --leave-out"))
    }

    /// The areas by code, each once, and what was found.
    fn finish(self) -> (Vec<Area>, Vec<Problem>) {
        let Self { how, areas, mut problems, .. } = self;
        let repeated: BTreeSet<String> = super::repeated(&areas).into_iter().collect();
        let mut merged = by_code(areas);
        let mut about = |kind, code: &str, message: String| {
            problems.push(Problem { kind, feature: None, code: Some(code.to_owned()), message });
        };
        for code in &repeated {
            about("repeatedCode", code, "occurs more than once; its outlines are one area now".to_owned());
        }
        if matches!(how.kind, Some(Kind::Countries | Kind::MarineAreas)) {
            for (territory, around) in territories::take_out(&mut merged) {
                about("taken", &territory, format!("was part of {around} as well, and was taken out of it"));
            }
        }
        for area in &merged {
            let places = crossings(&area.outline);
            if let Some(first) = places.first() {
                let count = counted(places.len(), "place");
                let more = if places.len() < NAMED { "" } else { " or more" };
                let place = format!("{:.5} {:.5}", first.x, first.y);
                about("selfIntersection", &area.code, format!("crosses itself in {count}{more}, as at {place}"));
            }
        }
        (merged, problems)
    }
}

/// `1 ring`, `2 rings`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
