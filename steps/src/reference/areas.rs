//! Areas that can be looked up by point or by code.

use geo::MultiPolygon;

/// One area of a layer.
#[derive(Debug, Clone)]
pub struct Area {
    /// Code, unique in the layer: INSEE, ISO 3166-1 alpha-2, cell code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Outline in WGS 84, longitude then latitude.
    pub outline: MultiPolygon<f64>,
}

/// A layer of areas.
#[derive(Debug, Default)]
pub struct Areas {
    areas: Vec<Area>,
}

impl Areas {
    /// A layer; when two areas hold the same point, the one with the smaller code wins.
    pub fn new(mut areas: Vec<Area>) -> Self {
        areas.sort_by(|a, b| a.code.cmp(&b.code));
        Self { areas }
    }

    /// The areas, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter()
    }
}
