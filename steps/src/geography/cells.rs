//! Cells of the national grids: computed in mainland France, looked up overseas.

use std::sync::Arc;

use geo::{Coord, LineString, MultiPolygon, Polygon, Rect};

use crate::References;
use crate::reference::areas::Areas;
use crate::reference::areas::shape::{Parts, Shape, clipped};
use crate::reference::grid::{Lambert93Cell, Side};
use crate::reference::projection::{LAMBERT_93, Projections, WGS84};

/// Most cells of a grid that the box of a geometry may meet: a geometry that needs more has no cells of that grid.
const MOST_CELLS: usize = 1_000;
/// Where Lambert-93 is computed, in degrees: west, south, east, north.
const MAINLAND: [f64; 4] = [-12.0, 40.0, 12.0, 52.5];
/// A part of this share of a geometry is an effect of rounding: an edge that was projected is not where it was.
const NOTHING: f64 = 1e-9;

/// The grids of 1, 5 and 10 km.
#[derive(Debug)]
pub(super) struct Grids {
    /// Layers overseas, by grid.
    layers: [Option<Arc<Areas>>; 3],
    projections: Arc<dyn Projections>,
}

impl Grids {
    pub(super) fn new(references: &References) -> Self {
        Self {
            layers: [references.grid_1km.clone(), references.grid_5km.clone(), references.grid.clone()],
            projections: Arc::clone(&references.projections),
        }
    }

    fn layer(&self, side: Side) -> Option<&Areas> {
        self.layers.get(side as usize)?.as_deref()
    }

    /// Whether a code is that of a cell.
    pub(super) fn is_cell(&self, code: &str) -> bool {
        let in_layer = |side| self.layer(side).is_some_and(|layer| layer.get(code).is_some());
        Lambert93Cell::parse(code).is_some() || Side::of_code(code).is_some_and(in_layer)
    }

    /// Places in Lambert-93, NaN for those that are not in mainland France.
    pub(super) fn projected(&self, points: impl ExactSizeIterator<Item = Option<(f64, f64)>>) -> Vec<(f64, f64)> {
        const NOWHERE: (f64, f64) = (f64::NAN, f64::NAN);
        let mut projected = vec![NOWHERE; points.len()];
        let (mut rows, mut some) = (Vec::new(), Vec::new());
        for (row, point) in points.enumerate() {
            if let Some((longitude, latitude)) =
                point.filter(|(longitude, latitude)| in_mainland(*longitude, *latitude))
            {
                rows.push(row);
                some.push((longitude, latitude));
            }
        }
        if self.projections.transform(WGS84, LAMBERT_93, &mut some).is_ok() {
            for (row, point) in rows.into_iter().zip(some) {
                projected.iter_mut().skip(row).take(1).for_each(|place| *place = point);
            }
        }
        projected
    }

    /// The cell of a point, whose place in Lambert-93 is known if it is in mainland France.
    pub(super) fn at(&self, side: Side, longitude: f64, latitude: f64, (x, y): (f64, f64)) -> Option<String> {
        if let Some(cell) = Lambert93Cell::of_point(side, x, y) {
            return Some(cell.code());
        }
        Some(self.layer(side)?.at(longitude, latitude)?.code.clone())
    }

    /// The cells that a geometry meets, with how much of it is in each, by code; `None` when they are too many.
    pub(super) fn meeting(&self, side: Side, shape: &Shape) -> Option<Vec<(String, f64)>> {
        let (low, high) = (shape.bounds().min(), shape.bounds().max());
        if in_mainland(low.x, low.y)
            && in_mainland(high.x, high.y)
            && let Some(plane) = self.in_plane(shape)
        {
            return mainland_cells(side, &plane);
        }
        let Some(layer) = self.layer(side) else { return Some(Vec::new()) };
        let overlaps = layer.overlaps(shape, MOST_CELLS)?;
        Some(overlaps.into_iter().map(|overlap| (overlap.area.code.clone(), overlap.size)).collect())
    }

    /// The outline of a cell in longitude and latitude, with vertices between its corners since its sides are bent there.
    pub(super) fn outline(&self, code: &str) -> Option<Shape> {
        let Some(cell) = Lambert93Cell::parse(code) else {
            return Side::of_code(code).and_then(|side| self.layer(side)).and_then(|layer| layer.shape_of(code));
        };
        let corners = cell.corners();
        let next = corners.iter().cycle().skip(1);
        let mut ring: Vec<(f64, f64)> = corners
            .iter()
            .zip(next)
            .flat_map(|(a, b)| {
                (0..4)
                    .map(|quarter| f64::from(quarter) / 4.0)
                    .map(|part| (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part))
            })
            .collect();
        self.projections.transform(LAMBERT_93, WGS84, &mut ring).ok()?;
        let ring = ring.into_iter().map(|(x, y)| Coord { x, y }).collect();
        Shape::of_parts(Parts::Polygons(MultiPolygon(vec![Polygon::new(LineString(ring), vec![])])))
    }

    /// Whether a point lies in a cell or within some metres of it; unknown cells are far.
    pub(super) fn is_near(&self, code: &str, longitude: f64, latitude: f64, (x, y): (f64, f64), metres: f64) -> bool {
        let Some(cell) = Lambert93Cell::parse(code) else {
            let layer = Side::of_code(code).and_then(|side| self.layer(side));
            return layer.is_some_and(|layer| layer.distance_to(code, longitude, latitude, metres).is_some());
        };
        let [(left, bottom), _, (right, top), _] = cell.corners();
        let outside = |value: f64, low: f64, high: f64| (low - value).max(value - high).max(0.0);
        outside(x, left, right).hypot(outside(y, bottom, top)) <= metres
    }

    /// A geometry in Lambert-93.
    fn in_plane(&self, shape: &Shape) -> Option<Parts> {
        let moved = |ring: &LineString<f64>| {
            let mut points: Vec<(f64, f64)> = ring.0.iter().map(|vertex| (vertex.x, vertex.y)).collect();
            self.projections.transform(WGS84, LAMBERT_93, &mut points).ok()?;
            let finite = points.iter().all(|(x, y)| x.is_finite() && y.is_finite());
            finite.then(|| LineString(points.into_iter().map(|(x, y)| Coord { x, y }).collect()))
        };
        Some(match shape.parts() {
            Parts::Points(points) => Parts::Points(moved(&LineString(points.clone()))?.0),
            Parts::Lines(lines) => Parts::Lines(lines.iter().map(moved).collect::<Option<_>>()?),
            Parts::Polygons(polygons) => {
                let polygon = |polygon: &Polygon<f64>| {
                    let interiors = polygon.interiors().iter().map(moved).collect::<Option<_>>()?;
                    Some(Polygon::new(moved(polygon.exterior())?, interiors))
                };
                Parts::Polygons(MultiPolygon(polygons.iter().map(polygon).collect::<Option<_>>()?))
            }
        })
    }
}

fn in_mainland(longitude: f64, latitude: f64) -> bool {
    let [west, south, east, north] = MAINLAND;
    (west..=east).contains(&longitude) && (south..=north).contains(&latitude)
}

/// The cells that a geometry in Lambert-93 meets.
fn mainland_cells(side: Side, parts: &Parts) -> Option<Vec<(String, f64)>> {
    let bounds = Shape::of_parts(parts.clone())?.bounds();
    let cells_of = |low: f64, high: f64| {
        let (first, last) = ((low / side.metres()).floor(), (high / side.metres()).floor());
        (first as i32, last as i32)
    };
    let (left, right) = cells_of(bounds.min().x, bounds.max().x);
    let (bottom, top) = cells_of(bounds.min().y, bounds.max().y);
    let count = |first: i32, last: i32| last.saturating_sub(first).saturating_add(1).max(0) as usize;
    if count(left, right).saturating_mul(count(bottom, top)) > MOST_CELLS {
        return None;
    }
    let mut found = Vec::new();
    let mut total = 0.0;
    for column in left..=right {
        for row in bottom..=top {
            let Some(cell) = Lambert93Cell::new(side, column, row) else { continue };
            let [low, _, high, _] = cell.corners();
            let size = size_inside(parts, Rect::new(Coord::from(low), Coord::from(high)));
            total += size;
            found.push((cell.code(), size));
        }
    }
    found.retain(|(_, size)| *size > total * NOTHING);
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Some(found)
}

/// How much of a geometry is in a cell: points, metres or square metres of the plane. The upper and right side of a cell
/// belong to the next one.
fn size_inside(parts: &Parts, cell: Rect<f64>) -> f64 {
    let (low, high) = (cell.min(), cell.max());
    match parts {
        Parts::Points(points) => {
            let inside =
                |point: &&Coord<f64>| point.x >= low.x && point.x < high.x && point.y >= low.y && point.y < high.y;
            points.iter().filter(inside).count() as f64
        }
        Parts::Lines(lines) => {
            lines.iter().flat_map(LineString::lines).map(|line| length_inside(line.start, line.end, cell)).sum()
        }
        Parts::Polygons(polygons) => clipped(polygons, low, high).iter().map(plane_area).sum(),
    }
}

/// The length of the part of a segment that lies in a cell (Liang and Barsky).
fn length_inside(a: Coord<f64>, b: Coord<f64>, cell: Rect<f64>) -> f64 {
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    let step = b - a;
    for (from, step, low, high) in
        [(a.x, step.x, cell.min().x, cell.max().x), (a.y, step.y, cell.min().y, cell.max().y)]
    {
        if step == 0.0 {
            if from < low || from >= high {
                return 0.0;
            }
            continue;
        }
        let (first, last) = ((low - from) / step, (high - from) / step);
        enters = enters.max(first.min(last));
        leaves = leaves.min(first.max(last));
    }
    step.x.hypot(step.y) * (leaves - enters).max(0.0)
}

fn plane_area(polygon: &Polygon<f64>) -> f64 {
    let ring = |ring: &LineString<f64>| {
        let Some(&origin) = ring.0.first() else { return 0.0 };
        let twice: f64 = ring
            .lines()
            .map(|line| {
                let (a, b) = (line.start - origin, line.end - origin);
                a.x * b.y - b.x * a.y
            })
            .sum();
        twice.abs() / 2.0
    };
    (ring(polygon.exterior()) - polygon.interiors().iter().map(ring).sum::<f64>()).max(0.0)
}
