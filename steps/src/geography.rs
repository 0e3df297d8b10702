//! The step `geography`: the French administrative areas and the grid cell of a record.
//!
//! # What it does
//! Places the interpreted coordinates in the communes, departments and cells of the national 10 km grid, and holds the
//! codes and names that are given against that. Without coordinates, the areas are those that are given. A point outside
//! every commune is not moved to the coast: its commune and department stay empty, and the nearest commune stands apart.
//!
//! # Reads
//! `decimalLatitude`, `decimalLongitude`, `countryCode` and `coordinateUncertaintyInMeters` of the step `location`; `locationID`
//! (a code of INSEE or of a grid cell, with or without a scheme before it), `municipality`, `county` and `stateProvince`
//! (codes or names).
//!
//! # Writes
//! Codes of INSEE with their names, the code of the cell, and `attachment`: what the codes come from (`coordinates`,
//! `commune`, `gridCell`, `department`). Arrondissements of Paris, Lyon and Marseille become their commune.
//!
//! # Issues
//! `DEPARTMENT_COORDINATE_MISMATCH` and `COMMUNE_COORDINATE_MISMATCH` (the given area is farther from the coordinates than
//! their uncertainty), `COMMUNE_DEPARTMENT_MISMATCH`, `DEPARTMENT_INVALID`, `COMMUNE_INVALID` (also for a code that
//! had lost its leading zero, which is put right), `GRID_CELL_INVALID`.
//!
//! # Differences from GBIF
//! GBIF has no such step: its GADM areas are those of the whole world, without the codes of INSEE.
//!
//! # References
//! - Code officiel géographique, INSEE
//! - Grille nationale 10 km x 10 km, INPN; <https://inpn.mnhn.fr/telechargement/cartes-et-information-geographique>

pub mod given;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Float64Builder, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields};

use crate::reference::areas::Areas;
use crate::reference::grid::Lambert93Cell;
use crate::reference::projection::{LAMBERT_93, Projections, WGS84};
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, References, Step, Term, Verbatim};

use given::{Gazetteer, Given, GivenReader};

/// The nearest commune is told within the territorial sea.
const NEAREST_LIMIT_METRES: f64 = 22_000.0;
/// Countries of the areas of INSEE.
const FRENCH: &[&str] = &["FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "PF", "NC", "WF", "TF"];

const INPUTS: &[Input] = &[
    Input::Field("decimalLatitude", DataType::Float64),
    Input::Field("decimalLongitude", DataType::Float64),
    Input::Field("countryCode", DataType::Utf8),
    Input::Field("coordinateUncertaintyInMeters", DataType::Float64),
    Input::Term(Term("locationID")),
    Input::Term(Term("municipality")),
    Input::Term(Term("county")),
    Input::Term(Term("stateProvince")),
];

/// The step `geography`.
#[derive(Debug)]
pub struct Geography {
    fields: Fields,
    gazetteer: Gazetteer,
    grid: Option<Arc<Areas>>,
    projections: Arc<dyn Projections>,
}

/// What is written for a record.
#[derive(Debug, Default)]
struct Found<'a> {
    department: Option<&'a str>,
    commune: Option<&'a str>,
    commune_name: Option<&'a str>,
    cell: Option<String>,
    attachment: Option<&'static str>,
    nearest: Option<(&'a str, f64)>,
}

impl Geography {
    /// The step, with its reference data.
    pub fn new(references: &References) -> Self {
        let text = |name| Field::new(name, DataType::Utf8, true);
        let fields = Fields::from(vec![
            text("departmentCode"),
            text("department"),
            text("communeCode"),
            text("commune"),
            text("gridCell10km"),
            text("attachment"),
            text("nearestCommuneCode"),
            Field::new("nearestCommuneDistanceInMeters", DataType::Float64, true),
            issues_field(),
        ]);
        Self {
            fields,
            gazetteer: Gazetteer::new(references.communes.clone(), references.departments.clone()),
            grid: references.grid.clone(),
            projections: Arc::clone(&references.projections),
        }
    }

    /// Places of the batch in Lambert-93, NaN where there is none in mainland France.
    fn projected(&self, latitudes: &Float64Array, longitudes: &Float64Array) -> Vec<(f64, f64)> {
        const NOWHERE: (f64, f64) = (f64::NAN, f64::NAN);
        let mut rows = Vec::new();
        let mut points = Vec::new();
        for (row, (latitude, longitude)) in latitudes.iter().zip(longitudes).enumerate() {
            if let (Some(latitude), Some(longitude)) = (latitude, longitude)
                && (40.0..=52.5).contains(&latitude)
                && (-12.0..=12.0).contains(&longitude)
            {
                rows.push(row);
                points.push((longitude, latitude));
            }
        }
        let mut projected = vec![NOWHERE; latitudes.len()];
        if self.projections.transform(WGS84, LAMBERT_93, &mut points).is_ok() {
            for (row, point) in rows.into_iter().zip(points) {
                if let Some(place) = projected.get_mut(row) {
                    *place = point;
                }
            }
        }
        projected
    }

    /// The areas of coordinates, held against what is given.
    fn place<'a>(
        &'a self,
        (longitude, latitude): (f64, f64),
        lambert: (f64, f64),
        country: Option<&str>,
        uncertainty: Option<f64>,
        given: &Given<'a>,
        issues: &mut IssueSet,
    ) -> Found<'a> {
        let french = country.is_none_or(|country| FRENCH.contains(&country));
        if !french {
            return Found::default();
        }
        let (commune, commune_name) = self.gazetteer.commune_at(longitude, latitude).unzip();
        let department = commune
            .and_then(|commune| self.gazetteer.department_of(commune))
            .or_else(|| self.gazetteer.department_at(longitude, latitude));
        let nearest =
            if commune.is_none() { self.gazetteer.nearest(longitude, latitude, NEAREST_LIMIT_METRES) } else { None };
        // Far from land and without a country it cannot be told whose sea it is.
        let at_home = commune.is_some() || department.is_some() || nearest.is_some() || country == Some("FR");
        let cell = at_home.then(|| self.cell(longitude, latitude, lambert)).flatten();

        let reach = uncertainty.unwrap_or(0.0);
        let far = |layer: Option<&Areas>, code: &str| {
            layer.is_some_and(|layer| {
                layer.get(code).is_some() && layer.distance_to(code, longitude, latitude, reach).is_none()
            })
        };
        if !given.communes.is_empty() && !commune.is_some_and(|commune| given.communes.contains(&commune)) {
            let all_far = given.communes.iter().all(|code| far(self.gazetteer.communes(), code));
            issues.raise_if(all_far, Issue::CommuneCoordinateMismatch);
        }
        if let Some(given) = given.department
            && department != Some(given)
        {
            issues.raise_if(far(self.gazetteer.departments(), given), Issue::DepartmentCoordinateMismatch);
        }
        let placed = commune.is_some() || department.is_some() || cell.is_some();
        Found {
            department,
            commune,
            commune_name: commune_name.flatten(),
            cell,
            attachment: placed.then_some("coordinates"),
            nearest,
        }
    }

    /// The cell of a point: computed in mainland France, looked up elsewhere.
    fn cell(&self, longitude: f64, latitude: f64, (x, y): (f64, f64)) -> Option<String> {
        if let Some(cell) = Lambert93Cell::of_point(x, y) {
            return Some(cell.code());
        }
        Some(self.grid.as_ref()?.at(longitude, latitude)?.code.clone())
    }

    fn is_cell(&self, code: &str) -> bool {
        Lambert93Cell::parse(code).is_some() || self.grid.as_ref().is_some_and(|grid| grid.get(code).is_some())
    }

    /// The areas that are given, where there are no coordinates.
    fn attach<'a>(&'a self, given: &Given<'a>, cell: Option<&str>) -> Found<'a> {
        if let [commune] = given.communes.as_slice() {
            let department = self.gazetteer.department_of(commune).or(given.department);
            return Found {
                department,
                commune: Some(commune),
                commune_name: self.gazetteer.commune_name(commune),
                attachment: Some("commune"),
                ..Found::default()
            };
        }
        let attachment = match (cell, given.department) {
            (Some(_), _) => Some("gridCell"),
            (None, Some(_)) => Some("department"),
            (None, None) => None,
        };
        Found { department: given.department, cell: cell.map(str::to_owned), attachment, ..Found::default() }
    }
}

impl Step for Geography {
    fn name(&self) -> &'static str {
        "geography"
    }

    fn reads(&self) -> &[Input] {
        INPUTS
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn differences(&self) -> &'static [&'static str] {
        &["French administrative areas and the national grid are told by their codes; GBIF tells GADM areas."]
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let absent = Float64Array::new_null(rows);
        let latitudes = verbatim.float("decimalLatitude").unwrap_or(&absent);
        let longitudes = verbatim.float("decimalLongitude").unwrap_or(&absent);
        let uncertainties = verbatim.float("coordinateUncertaintyInMeters").unwrap_or(&absent);
        let countries = verbatim.text_of("countryCode");
        let projected = self.projected(latitudes, longitudes);
        let mut reader = GivenReader::new(verbatim, &self.gazetteer);
        let mut columns: [StringBuilder; 7] = std::array::from_fn(|_| StringBuilder::with_capacity(rows, 0));
        let mut distances = Float64Builder::with_capacity(rows);
        let mut issues = vec![IssueSet::new(); rows];

        for (row, (issues, lambert)) in issues.iter_mut().zip(projected).enumerate() {
            let country = countries.value(row);
            let given = if country.is_none_or(|country| FRENCH.contains(&country)) {
                reader.read(row, country.is_some(), issues)
            } else {
                Given::default()
            };
            let cell = given.cell.filter(|code| self.is_cell(code));
            issues.raise_if(given.cell.is_some() && cell.is_none(), Issue::GridCellInvalid);
            let point = (latitudes.is_valid(row) && longitudes.is_valid(row))
                .then(|| (longitudes.value(row), latitudes.value(row)));
            let uncertainty = uncertainties.is_valid(row).then(|| uncertainties.value(row));
            let found = match point {
                Some(point) => self.place(point, lambert, country, uncertainty, &given, issues),
                None => self.attach(&given, cell),
            };
            let values = [
                found.department,
                found.department.and_then(|code| self.gazetteer.department_name(code)),
                found.commune,
                found.commune_name,
                found.cell.as_deref(),
                found.attachment,
                found.nearest.map(|(code, _)| code),
            ];
            columns.iter_mut().zip(values).for_each(|(column, value)| column.append_option(value));
            distances.append_option(found.nearest.map(|(_, metres)| (metres * 10.0).round() / 10.0));
        }
        let mut arrays: Vec<ArrayRef> =
            columns.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef).collect();
        arrays.push(Arc::new(distances.finish()));
        record(&self.fields, arrays, &issues)
    }
}

#[cfg(test)]
mod tests;
