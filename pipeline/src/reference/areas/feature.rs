//! What the readers of all formats give: features with their code, their name and their rings as they stand in the file.

use std::collections::{BTreeSet, HashMap};

use geo::Coord;
use geozero::error::Result as GeozeroResult;
use geozero::{ColumnValue, GeomProcessor, PropertyProcessor};

use super::crs::Crs;
use crate::reference::provenance::Provenance;
use crate::settings::PropertyNames;

/// Polygons as rings, the outer one first; closed or not.
pub type Rings = Vec<Vec<Vec<Coord<f64>>>>;

/// Which properties are wanted, and of which layer where a file has several.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The property with the code.
    pub code: &'a PropertyNames,
    /// The property with the name.
    pub name: &'a PropertyNames,
    /// The layer.
    pub layer: Option<&'a str>,
}

/// A file that was read.
#[derive(Debug, Default)]
pub struct Contents {
    /// Its features, in order.
    pub features: Vec<Feature>,
    /// The system of its coordinates.
    pub crs: Crs,
    /// What it says of itself.
    pub provenance: Provenance,
    /// Names of its properties.
    pub properties: BTreeSet<String>,
}

/// A feature.
#[derive(Debug)]
pub struct Feature {
    /// Its place in the file, from 1.
    pub number: usize,
    /// Its code, if it has one that is not blank.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its geometry.
    pub shape: Shape,
}

/// A geometry.
#[derive(Debug, PartialEq)]
pub enum Shape {
    /// None at all.
    Missing,
    /// Polygons; a collection counts by those in it.
    Polygons(Rings),
    /// Something else: `a point`.
    Other(&'static str),
}

impl Contents {
    /// Adds a feature, whose properties are looked up by name.
    pub fn add(&mut self, wanted: Wanted<'_>, property: impl Fn(&str) -> Option<String>, shape: Shape) {
        let of = |names: &PropertyNames| {
            let value = names.find(&property)?;
            let value = value.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let number = self.features.len() + 1;
        self.features.push(Feature { number, code: of(wanted.code), name: of(wanted.name), shape });
    }
}

/// Takes the rings of a geometry that geozero goes through.
#[derive(Debug, Default)]
pub struct ShapeBuilder {
    rings: Rings,
    other: Option<&'static str>,
    in_polygon: bool,
}

impl ShapeBuilder {
    /// The geometry that was gone through.
    pub fn finish(self) -> Shape {
        match self.other {
            Some(other) if self.rings.is_empty() => Shape::Other(other),
            _ => Shape::Polygons(self.rings),
        }
    }

    fn is_other(&mut self, what: &'static str) -> GeozeroResult<()> {
        if !self.in_polygon {
            self.other = Some(what);
        }
        Ok(())
    }
}

impl GeomProcessor for ShapeBuilder {
    fn xy(&mut self, x: f64, y: f64, _: usize) -> GeozeroResult<()> {
        if self.in_polygon
            && let Some(ring) = self.rings.last_mut().and_then(|polygon| polygon.last_mut())
        {
            ring.push(Coord { x, y });
        }
        Ok(())
    }

    fn polygon_begin(&mut self, _: bool, size: usize, _: usize) -> GeozeroResult<()> {
        self.in_polygon = true;
        self.rings.push(Vec::with_capacity(size));
        Ok(())
    }

    fn polygon_end(&mut self, _: bool, _: usize) -> GeozeroResult<()> {
        self.in_polygon = false;
        Ok(())
    }

    fn linestring_begin(&mut self, _: bool, size: usize, _: usize) -> GeozeroResult<()> {
        match self.rings.last_mut() {
            Some(polygon) if self.in_polygon => polygon.push(Vec::with_capacity(size)),
            _ => self.is_other("a line")?,
        }
        Ok(())
    }

    fn point_begin(&mut self, _: usize) -> GeozeroResult<()> {
        self.is_other("a point")
    }

    fn multipoint_begin(&mut self, _: usize, _: usize) -> GeozeroResult<()> {
        self.is_other("points")
    }

    fn circularstring_begin(&mut self, _: usize, _: usize) -> GeozeroResult<()> {
        self.is_other("a curve")
    }

    fn curvepolygon_begin(&mut self, _: usize, _: usize) -> GeozeroResult<()> {
        self.is_other("a polygon of curves")
    }

    fn triangle_begin(&mut self, _: bool, _: usize, _: usize) -> GeozeroResult<()> {
        self.is_other("a triangle")
    }
}

/// The properties of a feature that geozero goes through.
#[derive(Debug, Default)]
pub struct Properties(pub HashMap<String, String>);

impl PropertyProcessor for Properties {
    fn property(&mut self, _: usize, name: &str, value: &ColumnValue<'_>) -> GeozeroResult<bool> {
        self.0.insert(name.to_owned(), value.to_string());
        Ok(false)
    }
}
