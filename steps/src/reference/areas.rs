//! Areas that can be looked up by point or by code: countries, departments, communes, cells of a grid.
//!
//! A layer answers four questions: which area holds a point ([`Areas::at`]), which areas are near it ([`Areas::near`]), which
//! ones a geometry meets ([`Areas::overlaps`]), and what stands for an area when the point itself may not be told
//! ([`Areas::centre`]).
//!
//! Outlines are closed: a point on the border of two areas lies in both, and the area with the smaller code is the answer.
//! The test is exact (robust predicates on the outlines as given), and it is fast because most points need no test at all:
//! a raster of two levels, fine only where there are borders, says which area covers the whole cell of a point; only in
//! cells that a border crosses are the few candidate areas tested, each against the edges at the latitude of the point.

mod distance;
mod outlines;
mod overlap;
mod raster;
pub mod shape;

use std::fmt;
use std::sync::OnceLock;

use geo::{Centroid, Coord, InteriorPoint, MultiPolygon, Point, Rect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use distance::LocalMetric;
use outlines::Outlines;
use raster::{Candidates, Raster};

pub use distance::{degrees_of_metres, geodesic_metres, radius_metres};
pub use overlap::Overlap;

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

/// The point and the distance that stand for an area where the true place may not be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Centre {
    /// Longitude of the point, in degrees.
    pub longitude: f64,
    /// Latitude of the point, in degrees.
    pub latitude: f64,
    /// The largest geodesic distance from the point to a vertex of the outline, in metres, rounded up: a circle of
    /// this radius holds the area.
    pub radius_metres: f64,
}

/// A layer of areas.
#[derive(Default)]
pub struct Areas {
    /// By code.
    areas: Vec<Area>,
    outlines: Outlines,
    raster: Raster,
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    centres: Vec<OnceLock<Option<Centre>>>,
}

impl fmt::Debug for Areas {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Areas").field("areas", &self.areas.len()).finish_non_exhaustive()
    }
}

/// Areas in the order of their codes, those with the same code as one, with the name of the first.
pub fn by_code(mut areas: Vec<Area>) -> Vec<Area> {
    areas.sort_by(|a, b| a.code.cmp(&b.code));
    let mut merged: Vec<Area> = Vec::with_capacity(areas.len());
    for area in areas {
        match merged.last_mut() {
            Some(last) if last.code == area.code => last.outline.0.extend(area.outline.0),
            _ => merged.push(area),
        }
    }
    merged
}

impl Areas {
    /// A layer; when two areas hold the same point, the one with the smaller code wins. Areas with the same code become
    /// one ([`by_code`]).
    pub fn new(areas: Vec<Area>) -> Self {
        let merged = by_code(areas);
        let outlines = Outlines::new(merged.iter().map(|area| &area.outline));
        let raster = Raster::new(&outlines);
        let boxes = (0..merged.len() as u32)
            .filter_map(|index| {
                let bounds = outlines.bounds(index)?;
                let corners =
                    Rectangle::from_corners([bounds.min().x, bounds.min().y], [bounds.max().x, bounds.max().y]);
                Some(GeomWithData::new(corners, index))
            })
            .collect();
        let centres = merged.iter().map(|_| OnceLock::new()).collect();
        Self { areas: merged, outlines, raster, boxes: RTree::bulk_load(boxes), centres }
    }

    /// The areas, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter()
    }

    /// Number of areas.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether the layer has no area.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The area of a code.
    pub fn get(&self, code: &str) -> Option<&Area> {
        self.areas.get(self.position(code)?)
    }

    /// The area that holds a point; on a common border, or where areas overlap, the one with the smallest code.
    pub fn at(&self, longitude: f64, latitude: f64) -> Option<&Area> {
        let index = match self.raster.candidates(longitude, latitude) {
            Candidates::None => return None,
            Candidates::One(index) => index,
            Candidates::Several(list) => {
                let point = Coord { x: longitude, y: latitude };
                list.into_iter()
                    .find_map(|(index, certain)| (certain || self.outlines.contains(index, point)).then_some(index))?
            }
        };
        self.areas.get(index as usize)
    }

    /// Whether the area of a code holds a point.
    pub fn contains(&self, code: &str, longitude: f64, latitude: f64) -> bool {
        self.position(code)
            .is_some_and(|index| self.outlines.contains(index as u32, Coord { x: longitude, y: latitude }))
    }

    /// The area nearest to a point and its distance in metres (0 inside), if one is within `max_metres`.
    ///
    /// Of areas at the same distance, the one with the smallest code. Distances across the antimeridian are not seen.
    pub fn nearest(&self, longitude: f64, latitude: f64, max_metres: f64) -> Option<(&Area, f64)> {
        let metric = LocalMetric::new(longitude, latitude)?;
        let mut best: Option<(u32, f64, Coord<f64>)> = None;
        for (index, at_least) in self.boxes_near(&metric, max_metres) {
            let limit = best.map_or(max_metres, |(_, metres, _)| metres);
            if at_least > limit {
                break;
            }
            if let Some((metres, foot)) = self.distance(index, &metric, limit)
                && best.is_none_or(|(other, nearest, _)| (metres, index) < (nearest, other))
            {
                best = Some((index, metres, foot));
            }
        }
        let (index, metres, foot) = best?;
        let metres = if metres == 0.0 { 0.0 } else { geodesic_metres(metric.origin(), foot) };
        Some((self.areas.get(index as usize)?, metres))
    }

    /// The distance in metres from a point to the area of a code (0 inside), if it is within `max_metres`.
    pub fn distance_to(&self, code: &str, longitude: f64, latitude: f64, max_metres: f64) -> Option<f64> {
        let metric = LocalMetric::new(longitude, latitude)?;
        let (metres, foot) = self.distance(self.position(code)? as u32, &metric, max_metres)?;
        Some(if metres == 0.0 { 0.0 } else { geodesic_metres(metric.origin(), foot) })
    }

    /// All areas within a distance of a point, nearest first, with the distance in metres (0 inside).
    pub fn near(&self, longitude: f64, latitude: f64, max_metres: f64) -> Vec<(&Area, f64)> {
        let Some(metric) = LocalMetric::new(longitude, latitude) else { return Vec::new() };
        let mut found: Vec<(u32, f64)> = self
            .boxes_near(&metric, max_metres)
            .into_iter()
            .filter_map(|(index, _)| Some((index, self.distance(index, &metric, max_metres)?.0)))
            .collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found.into_iter().filter_map(|(index, metres)| Some((self.areas.get(index as usize)?, metres))).collect()
    }

    /// The box that holds all areas.
    pub fn bounds(&self) -> Option<Rect<f64>> {
        (0..self.areas.len() as u32).filter_map(|index| self.outlines.bounds(index)).reduce(|a, b| {
            Rect::new(
                Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
                Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
            )
        })
    }

    /// The box of one area.
    pub fn bounds_of(&self, code: &str) -> Option<Rect<f64>> {
        self.outlines.bounds(self.position(code)? as u32)
    }

    /// The point published for an area instead of a true place, and the radius around it.
    ///
    /// The point is the centroid of the outline (in degrees), rounded to six decimals, where the area holds it; else the
    /// middle of the widest stretch of the area at mid-height, which it always holds. It depends on the area alone.
    pub fn centre(&self, code: &str) -> Option<Centre> {
        let position = self.position(code)?;
        *self.centres.get(position)?.get_or_init(|| {
            let outline = &self.areas.get(position)?.outline;
            let inside = |point: &Point<f64>| self.outlines.contains(position as u32, point.0);
            let point = outline.centroid().map(rounded).filter(inside).or_else(|| outline.interior_point())?;
            let vertices = outline.0.iter().flat_map(|polygon| polygon.exterior().0.iter().copied());
            Some(Centre { longitude: point.x(), latitude: point.y(), radius_metres: radius_metres(point.0, vertices)? })
        })
    }

    fn position(&self, code: &str) -> Option<usize> {
        self.areas.binary_search_by(|area| area.code.as_str().cmp(code)).ok()
    }

    /// Areas whose box comes within a distance of the point, with a lower bound of their own distance, lowest first.
    fn boxes_near(&self, metric: &LocalMetric, max_metres: f64) -> Vec<(u32, f64)> {
        let (low, high) = metric.square(max_metres);
        let mut boxes: Vec<(u32, f64)> = self
            .boxes
            .locate_in_envelope_intersecting(AABB::from_corners([low.x, low.y], [high.x, high.y]))
            .map(|found| (found.data, metric.to_box(found.geom().lower(), found.geom().upper())))
            .collect();
        boxes.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        boxes
    }

    fn distance(&self, index: u32, metric: &LocalMetric, max_metres: f64) -> Option<(f64, Coord<f64>)> {
        if self.outlines.contains(index, metric.origin()) {
            return Some((0.0, metric.origin()));
        }
        self.outlines.nearest_on_border(index, metric, max_metres)
    }
}

/// Six decimals, about a decimetre: what is published is what was computed with.
fn rounded(point: Point<f64>) -> Point<f64> {
    Point::new((point.x() * 1e6).round() / 1e6, (point.y() * 1e6).round() / 1e6)
}

#[cfg(test)]
mod tests;
