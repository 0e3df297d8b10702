//! Which areas a geometry meets, and with how much of it.
//!
//! Outlines are taken as they are given, with straight edges in longitude and latitude, as [`Areas::at`] takes them. Areas of
//! polygons and lengths of lines are measured on the ellipsoid, so that a share is the same wherever the geometry lies.

use geo::{BooleanOps, Coord, Rect};
use rstar::AABB;

use super::shape::{Parts, Shape, clipped, metres, square_metres};
use super::{Area, Areas};

/// Outlines are cut this much beyond the box of a geometry, in degrees: the cut never falls on an edge of it.
const MARGIN: f64 = 1e-6;
/// A part of this share of a geometry is an effect of rounding.
const NOTHING: f64 = 1e-7;

/// An area that a geometry meets.
#[derive(Debug, Clone, Copy)]
pub struct Overlap<'a> {
    /// The area.
    pub area: &'a Area,
    /// How much of the geometry lies in it: a number of points, metres or square metres.
    pub size: f64,
}

impl Areas {
    /// The areas that a geometry meets, by code; `None` when its box meets more than `limit` areas.
    ///
    /// What only touches an area from outside does not meet it. Where areas share a border, a point or a line on it counts
    /// for the area with the smallest code or for both, as it comes.
    pub fn overlaps(&self, shape: &Shape, limit: usize) -> Option<Vec<Overlap<'_>>> {
        if let Parts::Points(points) = shape.parts() {
            return Some(self.of_points(points));
        }
        let bounds = shape.bounds();
        if let Some(sole) = self.raster.sole(bounds) {
            let area = sole.and_then(|index| self.areas.get(index as usize));
            return Some(area.into_iter().map(|area| Overlap { area, size: shape.size() }).collect());
        }
        self.meeting(shape, limit)
    }

    /// All areas that a geometry meets, where areas may overlap each other; `None` when its box meets more than `limit`.
    pub fn all_overlaps(&self, shape: &Shape, limit: usize) -> Option<Vec<Overlap<'_>>> {
        let Parts::Points(points) = shape.parts() else { return self.meeting(shape, limit) };
        let mut found = Vec::new();
        for index in self.boxed(shape.bounds(), limit)? {
            let inside = points.iter().filter(|point| self.outlines.contains(index, **point)).count();
            found.extend(self.overlap(index, inside as f64, 0.0));
        }
        Some(found)
    }

    /// All areas that hold a point, by code, where areas may overlap each other.
    pub fn all_at(&self, longitude: f64, latitude: f64) -> Vec<&Area> {
        let point = Coord { x: longitude, y: latitude };
        if !(longitude.is_finite() && latitude.is_finite()) {
            return Vec::new();
        }
        let boxed = self.boxed(Rect::new(point, point), usize::MAX).unwrap_or_default().into_iter();
        boxed
            .filter(|index| self.outlines.contains(*index, point))
            .filter_map(|index| self.areas.get(index as usize))
            .collect()
    }

    /// The outline of an area as a geometry.
    pub fn shape_of(&self, code: &str) -> Option<Shape> {
        Shape::of_parts(Parts::Polygons(self.get(code)?.outline.clone()))
    }

    fn of_points(&self, points: &[Coord<f64>]) -> Vec<Overlap<'_>> {
        let mut found: Vec<Overlap<'_>> = Vec::new();
        for area in points.iter().filter_map(|point| self.at(point.x, point.y)) {
            match found.binary_search_by(|overlap| overlap.area.code.cmp(&area.code)) {
                Ok(position) => found.iter_mut().skip(position).take(1).for_each(|overlap| overlap.size += 1.0),
                Err(position) => found.insert(position, Overlap { area, size: 1.0 }),
            }
        }
        found
    }

    fn meeting(&self, shape: &Shape, limit: usize) -> Option<Vec<Overlap<'_>>> {
        let total = shape.size();
        let mut found = Vec::new();
        for index in self.boxed(shape.bounds(), limit)? {
            found.extend(self.overlap(index, self.size_inside(index, shape), total));
        }
        Some(found)
    }

    fn overlap(&self, index: u32, size: f64, total: f64) -> Option<Overlap<'_>> {
        let area = self.areas.get(index as usize)?;
        (size > total * NOTHING).then_some(Overlap { area, size })
    }

    /// Areas whose box meets a box, by code.
    fn boxed(&self, bounds: Rect<f64>, limit: usize) -> Option<Vec<u32>> {
        let (low, high) = (bounds.min(), bounds.max());
        let envelope = AABB::from_corners([low.x, low.y], [high.x, high.y]);
        let mut boxed: Vec<u32> = self
            .boxes
            .locate_in_envelope_intersecting(envelope)
            .map(|found| found.data)
            .take(limit.saturating_add(1))
            .collect();
        boxed.sort_unstable();
        (boxed.len() <= limit).then_some(boxed)
    }

    fn size_inside(&self, index: u32, shape: &Shape) -> f64 {
        let (Some(area), Some(bounds)) = (self.areas.get(index as usize), self.outlines.bounds(index)) else {
            return 0.0;
        };
        let wider = |bounds: Rect<f64>| {
            let (low, high) = (bounds.min(), bounds.max());
            (Coord { x: low.x - MARGIN, y: low.y - MARGIN }, Coord { x: high.x + MARGIN, y: high.y + MARGIN })
        };
        match shape.parts() {
            Parts::Points(points) => {
                points.iter().filter(|point| self.outlines.contains(index, **point)).count() as f64
            }
            Parts::Lines(lines) => {
                let inside = lines.iter().flat_map(|line| line.lines()).map(|line| {
                    let (a, b) = (line.start, line.end);
                    let along = |part: f64| Coord { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
                    let stretches = self.outlines.stretches_inside(index, a, b);
                    stretches.into_iter().map(|(from, to)| metres(along(from), along(to))).sum::<f64>()
                });
                inside.sum()
            }
            Parts::Polygons(polygons) => {
                let (low, high) = wider(bounds);
                let mine = clipped(polygons, low, high);
                if mine.0.is_empty() {
                    return 0.0;
                }
                let (low, high) = wider(shape.bounds());
                let theirs = clipped(&area.outline, low, high);
                if theirs.0.is_empty() {
                    return 0.0;
                }
                square_metres(&mine.intersection(&theirs))
            }
        }
    }
}
