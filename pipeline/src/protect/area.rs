//! The one area a protected record is published as, and everything that follows from it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray, RecordBatch};
use openobs_steps::References;
use openobs_steps::reference::areas::geodesic_metres;
use openobs_steps::reference::projection::{LAMBERT_93, WGS84};
use openobs_steps::reference::status_area::Place;

/// A published area: all that a protected record tells about its place.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedArea {
    kind: Kind,
    /// Longitude and latitude of the point shown for the area, and the radius in metres that holds it.
    centre: Option<(f64, f64, f64)>,
    /// INSEE code of the department.
    pub department_code: Option<String>,
    /// Name of the department.
    pub department: Option<String>,
    /// INSEE code of the commune.
    pub commune_code: Option<String>,
    /// Name of the commune.
    pub commune: Option<String>,
    /// Code of the 10 km cell.
    pub grid_cell: Option<String>,
    /// What was generalised, for `dataGeneralizations`: a function of the level and the area alone.
    pub generalization: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Commune,
    Cell,
    Department,
    Nothing,
}

impl PublishedArea {
    /// Latitude of the point shown, degrees WGS 84.
    pub fn latitude(&self) -> Option<f64> {
        self.centre.map(|(_, latitude, _)| latitude)
    }

    /// Longitude of the point shown, degrees WGS 84.
    pub fn longitude(&self) -> Option<f64> {
        self.centre.map(|(longitude, _, _)| longitude)
    }

    /// Radius of the smallest circle around the point that holds the area, in whole metres.
    pub fn uncertainty(&self) -> Option<f64> {
        self.centre.map(|(_, _, radius)| radius)
    }

    /// The territory of TAXREF, where the area tells its department or its commune.
    pub fn territory(&self) -> Option<&'static str> {
        Place::of(self.department_code.as_deref(), self.commune_code.as_deref(), None).territory()
    }

    /// OpenObs' class of precision.
    pub fn precision(&self) -> &'static str {
        match (self.kind, self.centre) {
            (Kind::Commune, Some(_)) => "XY centroïde commune",
            (Kind::Cell, Some(_)) => "XY centroïde maille",
            (Kind::Department, _) => "pas de XY (département)",
            _ => "pas de XY",
        }
    }
}

/// Finds the published area of protected rows. Areas repeat, so each is computed once.
#[derive(Debug)]
pub struct AreaResolver {
    references: References,
    known: Mutex<HashMap<Key, Arc<PublishedArea>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    kind: Kind,
    code: String,
    level: i32,
    private: bool,
}

impl AreaResolver {
    /// A resolver over the areas of a run.
    pub fn new(references: References) -> Self {
        Self { references, known: Mutex::new(HashMap::new()) }
    }

    /// The area that a row of a diffusion level is published as.
    ///
    /// A row whose area is not known is published as the next coarser one, down to nothing at all. A commune is never
    /// refined to a cell or the reverse.
    pub fn of(&self, rows: &RecordBatch, row: usize, level: i32) -> Arc<PublishedArea> {
        let text = |name: &str| {
            let column = rows.column_by_name(name)?.as_string_opt::<i32>()?;
            column.is_valid(row).then(|| column.value(row).to_owned())
        };
        let flag = |name: &str| {
            let column = rows.column_by_name(name).and_then(|column| column.as_boolean_opt());
            column.is_some_and(|column| column.is_valid(row) && column.value(row))
        };
        let finest = match level {
            1 => text("communeCode").map(|code| (Kind::Commune, code)),
            2 => text("gridCell10km").map(|code| (Kind::Cell, code)),
            _ => None,
        };
        let department = || (level <= 3).then(|| text("departmentCode")).flatten().map(|code| (Kind::Department, code));
        let (kind, code) = finest.or_else(department).unwrap_or((Kind::Nothing, String::new()));
        let sensitive = rows
            .column_by_name("sensitivityLevel")
            .and_then(|column| column.as_primitive_opt::<arrow::datatypes::Int32Type>())
            .is_none_or(|levels| levels.is_null(row) || levels.value(row) > 0);
        let key = Key { kind, code, level, private: flag("privateData") && !sensitive };
        let mut known = match self.known.lock() {
            Ok(known) => known,
            // A thread that panicked while it held the map left it whole: entries are inserted at once.
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(area) = known.get(&key) {
            return Arc::clone(area);
        }
        let area = Arc::new(self.build(&key));
        known.insert(key, Arc::clone(&area));
        area
    }

    fn build(&self, key: &Key) -> PublishedArea {
        let code = key.code.as_str();
        let reason = match key.private {
            true => format!("donnée privée, niveau de diffusion {}", key.level),
            false => format!("donnée sensible, niveau {} SINP", key.level),
        };
        let mut area = PublishedArea {
            kind: key.kind,
            centre: None,
            department_code: None,
            department: None,
            commune_code: None,
            commune: None,
            grid_cell: None,
            generalization: String::new(),
        };
        match key.kind {
            Kind::Commune => {
                let communes = self.references.communes.as_ref();
                area.commune = communes.and_then(|communes| communes.get(code)).map(|commune| commune.name.clone());
                area.centre = communes
                    .and_then(|communes| communes.centre(code))
                    .map(|centre| (centre.longitude, centre.latitude, centre.radius_metres));
                self.add_department(&mut area, department_of_commune(code));
                area.commune_code = Some(code.to_owned());
                area.generalization = format!("Localisation ramenée à la commune (INSEE {code}) – {reason}");
            }
            Kind::Cell => {
                area.centre = self.cell_centre(code);
                area.grid_cell = Some(code.to_owned());
                area.generalization = format!("Localisation ramenée à la maille 10 x 10 km {code} – {reason}");
            }
            Kind::Department => {
                self.add_department(&mut area, code);
                area.generalization = format!("Localisation ramenée au département {code} – {reason}");
            }
            Kind::Nothing => area.generalization = format!("Localisation non diffusée – {reason}"),
        }
        area
    }

    fn add_department(&self, area: &mut PublishedArea, code: &str) {
        area.department = self
            .references
            .departments
            .as_ref()
            .and_then(|departments| departments.get(code))
            .map(|department| department.name.clone());
        area.department_code = Some(code.to_owned());
    }

    /// Longitude and latitude of the centre of a 10 km cell, and its half diagonal on the ground in metres: of the layer overseas, by the formula on the mainland.
    pub fn cell_centre(&self, code: &str) -> Option<(f64, f64, f64)> {
        if let Some(centre) = self.references.grid.as_ref().and_then(|grid| grid.centre(code)) {
            return Some((centre.longitude, centre.latitude, centre.radius_metres));
        }
        let (x, y) = mainland_cell(code)?;
        let mut points =
            [(x + 5_000.0, y + 5_000.0), (x, y), (x + 10_000.0, y), (x, y + 10_000.0), (x + 10_000.0, y + 10_000.0)];
        self.references.projections.transform(LAMBERT_93, WGS84, &mut points).ok()?;
        let [centre, corners @ ..] = points;
        let radius = corners
            .iter()
            .map(|corner| geodesic_metres(centre.into(), (*corner).into()))
            .fold(0.0_f64, f64::max)
            .ceil();
        let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
        radius.is_finite().then(|| (rounded(centre.0), rounded(centre.1), radius))
    }
}

/// Lower left corner of a cell such as `10kmL93E080N681`, in metres of Lambert-93.
fn mainland_cell(code: &str) -> Option<(f64, f64)> {
    let rest = code.strip_prefix("10kmL93")?;
    let rest = match rest.strip_prefix('E') {
        Some(rest) => rest,
        // West of the origin the national layer writes W and keeps the sign: `W-28`.
        None => rest.strip_prefix('W')?,
    };
    let (east, north) = rest.split_once('N')?;
    let east: i32 = east.parse().ok()?;
    let north: i32 = north.parse().ok()?;
    Some((f64::from(east) * 10_000.0, f64::from(north) * 10_000.0))
}

/// The department of a commune: two characters of its code, three overseas.
fn department_of_commune(code: &str) -> &str {
    let length = if code.starts_with("97") || code.starts_with("98") { 3 } else { 2 };
    code.get(..length).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::ProjTransformations;

    #[test]
    fn a_cell_is_published_as_its_centre_and_half_diagonal() {
        // Values computed from the EPSG registry, sinp.md 3.8.
        let references = References { projections: Arc::new(ProjTransformations), ..References::default() };
        let resolver = AreaResolver::new(references);
        for (code, longitude, latitude, radius) in
            [("10kmL93E080N681", 4.419_400, 48.426_789, 7_074.0), ("10kmL93E117N610", 8.715_747, 41.890_958, 7_056.0)]
        {
            let centre = resolver.cell_centre(code).unwrap();
            assert!((centre.0 - longitude).abs() < 2e-6 && (centre.1 - latitude).abs() < 2e-6, "{centre:?}");
            assert_eq!(centre.2, radius);
        }
        assert_eq!(resolver.cell_centre("10kmUTM22E010N050"), None);
    }

    #[test]
    fn departments_follow_from_communes() {
        assert_eq!(department_of_commune("2A004"), "2A");
        assert_eq!(department_of_commune("97411"), "974");
        assert_eq!(department_of_commune("01001"), "01");
    }
}
