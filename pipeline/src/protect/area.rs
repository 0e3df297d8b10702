//! The one area a protected record is published as, and everything that follows from it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use arrow::array::{Array, AsArray, RecordBatch};
use openobs_steps::References;
use openobs_steps::geography::chain::{Chain, region_of};
use openobs_steps::parse::vocabulary::Vocabulary;
use openobs_steps::reference::departments::{department, department_code_of_commune};
use openobs_steps::reference::grid::Lambert93Cell;
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
    /// Year of the official code that the commune is of.
    pub commune_year: Option<i32>,
    /// Code of the 10 km cell: the area itself, or the only one that it meets.
    pub grid_cell: Option<String>,
    /// Code and name of the region, where the area lies in one.
    pub region: Option<(&'static str, &'static str)>,
    /// All departments that the area meets.
    pub department_codes: Vec<String>,
    /// The commune, where the area is one.
    pub commune_codes: Vec<String>,
    /// All 10 km cells that the area meets; none for a department.
    pub grid_cells: Vec<String>,
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

    /// Whether nothing is told of the place.
    pub fn is_nowhere(&self) -> bool {
        self.kind == Kind::Nothing
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
    /// What follows from an area alone; made when it is first needed.
    chain: OnceLock<Chain>,
    known: Mutex<HashMap<Key, Arc<PublishedArea>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    kind: Kind,
    code: String,
    level: i32,
    reason: Reason,
}

/// Why a record is masked, as far as that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Reason {
    Sensitive,
    Private,
    /// Its taxon is not known, or its producer wishes it.
    Other,
}

impl AreaResolver {
    /// A resolver over the areas of a run.
    pub fn new(references: References) -> Self {
        Self { references, chain: OnceLock::new(), known: Mutex::new(HashMap::new()) }
    }

    /// Whether a column is that of a further layer.
    pub fn is_layer(&self, column: &str) -> bool {
        self.references.layers.iter().any(|layer| layer.column == column)
    }

    /// A data team's own words for countries.
    pub fn words_for_countries(&self) -> &Vocabulary {
        &self.references.vocabularies.country
    }

    fn chain(&self) -> &Chain {
        self.chain.get_or_init(|| Chain::new(&self.references))
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
        let reason = match (sensitive, flag("privateData")) {
            (true, _) => Reason::Sensitive,
            (false, true) => Reason::Private,
            (false, false) => Reason::Other,
        };
        let key = Key { kind, code, level, reason };
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
        let reason = match key.reason {
            Reason::Private => format!("donnée privée, niveau de diffusion {}", key.level),
            Reason::Sensitive => format!("donnée sensible, niveau {} SINP", key.level),
            Reason::Other => format!("diffusion restreinte, niveau de diffusion {}", key.level),
        };
        let mut area = PublishedArea {
            kind: key.kind,
            centre: None,
            department_code: None,
            department: None,
            commune_code: None,
            commune: None,
            commune_year: None,
            grid_cell: None,
            region: None,
            department_codes: Vec::new(),
            commune_codes: Vec::new(),
            grid_cells: Vec::new(),
            generalization: String::new(),
        };
        match key.kind {
            Kind::Commune => {
                let communes = self.references.communes.as_ref();
                area.commune = communes.and_then(|communes| communes.get(code)).map(|commune| commune.name.clone());
                area.centre = communes
                    .and_then(|communes| communes.centre(code))
                    .map(|centre| (centre.longitude, centre.latitude, centre.radius_metres));
                self.add_department(&mut area, department_code_of_commune(code).unwrap_or(code));
                area.commune_code = Some(code.to_owned());
                area.commune_codes = vec![code.to_owned()];
                area.commune_year = self.references.commune_year;
                area.grid_cells = self.chain().cells_of_commune(code);
                if let [cell] = area.grid_cells.as_slice() {
                    area.grid_cell = Some(cell.clone());
                }
                let year = area.commune_year.map(|year| format!(", COG {year}")).unwrap_or_default();
                area.generalization = format!("Localisation ramenée à la commune (INSEE {code}{year}) – {reason}");
            }
            Kind::Cell => {
                area.centre = self.cell_centre(code);
                area.grid_cell = Some(code.to_owned());
                area.grid_cells = vec![code.to_owned()];
                let departments = self.chain().departments_of_cell(code);
                area.region = region_of(departments.iter().copied());
                if let [department] = departments.as_slice() {
                    self.add_department(&mut area, department);
                }
                area.department_codes = departments.into_iter().map(str::to_owned).collect();
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
            .map(|layer| layer.name.clone())
            .or_else(|| department(code).map(|department| department.name.to_owned()));
        area.department_code = Some(code.to_owned());
        area.department_codes = vec![code.to_owned()];
        area.region = region_of([code]);
    }

    /// Longitude and latitude of the centre of a 10 km cell, and its half diagonal on the ground in metres: of the layer overseas, by the formula on the mainland.
    pub fn cell_centre(&self, code: &str) -> Option<(f64, f64, f64)> {
        if let Some(centre) = self.references.grid.as_ref().and_then(|grid| grid.centre(code)) {
            return Some((centre.longitude, centre.latitude, centre.radius_metres));
        }
        let centre = Lambert93Cell::parse(code)?.centre(self.references.projections.as_ref()).ok()?;
        centre.radius_metres.is_finite().then_some((centre.longitude, centre.latitude, centre.radius_metres))
    }
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
}
