//! What follows upwards from an area alone: the cells that a commune meets, the departments that a cell meets.
//!
//! Masking uses it as the step does, so that a record that was given at an area and one that was generalised to it tell the
//! same.

use super::cells::Grids;
use super::gazetteer::{Gazetteer, commune_of_arrondissement};
use crate::References;
use crate::reference::areas::shape::{Parts, Shape};
use crate::reference::departments::department;
use crate::reference::grid::Side;
use geo::MultiPolygon;

/// Most communes whose box a cell may meet.
const MOST_COMMUNES: usize = 1_000;

/// Areas that follow from others.
#[derive(Debug)]
pub struct Chain {
    pub(super) gazetteer: Gazetteer,
    pub(super) grids: Grids,
}

impl Chain {
    /// The chain over the areas of a run.
    pub fn new(references: &References) -> Self {
        Self { gazetteer: Gazetteer::new(references), grids: Grids::new(references) }
    }

    /// Cells of 10 km that a commune meets, by code; none when its outline is not known.
    pub fn cells_of_commune(&self, code: &str) -> Vec<String> {
        let Some(communes) = self.gazetteer.communes() else { return Vec::new() };
        // A layer may have the arrondissements of a commune instead of the commune.
        let parts =
            communes.iter().filter(|area| area.code == code || commune_of_arrondissement(&area.code) == Some(code));
        let outline = match communes.get(code) {
            Some(area) => area.outline.clone(),
            None => MultiPolygon(parts.flat_map(|area| area.outline.0.iter().cloned()).collect()),
        };
        let shape = Shape::of_parts(Parts::Polygons(outline));
        let cells = shape.and_then(|shape| self.grids.meeting(Side::Ten, &shape)).unwrap_or_default();
        cells.into_iter().map(|(code, _)| code).collect()
    }

    /// Departments that a cell meets, by code; none when they are not known.
    pub fn departments_of_cell(&self, code: &str) -> Vec<&str> {
        let Some(shape) = self.grids.outline(code) else { return Vec::new() };
        let mut found: Vec<&str> = match self.gazetteer.departments() {
            Some(departments) => departments
                .overlaps(&shape, usize::MAX)
                .unwrap_or_default()
                .into_iter()
                .map(|overlap| overlap.area.code.as_str())
                .collect(),
            None => {
                let communes = self.gazetteer.communes().and_then(|communes| communes.overlaps(&shape, MOST_COMMUNES));
                let communes = communes.unwrap_or_default().into_iter().map(|overlap| overlap.area.code.as_str());
                communes.filter_map(|commune| self.gazetteer.department_of(commune)).collect()
            }
        };
        found.dedup();
        found
    }
}

/// The code and the name of the one region of some departments.
pub fn region_of<'a>(departments: impl IntoIterator<Item = &'a str>) -> Option<(&'static str, &'static str)> {
    let mut regions =
        departments.into_iter().map(|code| department(code).and_then(|one| one.region.zip(one.region_name)));
    let first = regions.next()??;
    regions.all(|region| region == Some(first)).then_some(first)
}
