//! The one area a protected record is published as, and everything that follows from it.

mod resolver;

pub use resolver::AreaResolver;

use openobs_steps::reference::grid::Side;
use openobs_steps::reference::status_area::Place;

/// A published area: all that a protected record tells about its place.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedArea {
    kind: Kind,
    /// Code of the area; none for nothing at all.
    code: Option<String>,
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
    /// Code of the 10 km cell: the area itself, the one that it lies in, or the only one that it meets.
    pub grid_cell: Option<String>,
    /// Code of the 5 km cell, where the area is a cell that lies in it.
    pub grid_cell_5km: Option<String>,
    /// Code of the 1 km cell, where the area is one.
    pub grid_cell_1km: Option<String>,
    /// Code and name of the region, where the area lies in one.
    pub region: Option<(&'static str, &'static str)>,
    /// All departments that the area meets.
    pub department_codes: Vec<String>,
    /// The commune, where the area is one.
    pub commune_codes: Vec<String>,
    /// All 10 km cells that the area meets; none for a department or a region.
    pub grid_cells: Vec<String>,
    /// What was generalised, for `dataGeneralizations`: a function of the level and the area alone.
    pub generalization: String,
}

/// What kind of area a record is published as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A commune.
    Commune,
    /// A cell of a grid.
    Cell(Side),
    /// A department.
    Department,
    /// A region.
    Region,
    /// Nothing: the record tells no place.
    Nothing,
}

impl PublishedArea {
    /// What kind of area it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its code: of INSEE for a commune, department or region, that of the grid for a cell.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

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
            (Kind::Cell(_), Some(_)) => "XY centroïde maille",
            (Kind::Department, _) => "pas de XY (département)",
            _ => "pas de XY",
        }
    }
}
