//! Rings that cross the antimeridian: cut there, as layers of degrees are looked up in a plane.
//!
//! TopoJSON of the world is stitched together on the sphere, so that a ring of Russia goes from 180 to -180 in one step, and one
//! of Antarctica ends a turn away from where it began.

use geo::{BooleanOps, BoundingRect, Coord, LineString, MapCoords, Polygon, Rect};

use super::feature::Rings;

/// Nearer to a pole than this is the pole.
const POLE: f64 = 90.0;

/// The polygons with those cut that cross the antimeridian.
pub fn cut(polygons: Rings) -> Rings {
    let mut all = Rings::with_capacity(polygons.len());
    for rings in polygons {
        if rings.iter().any(|ring| ring.windows(2).any(crosses)) {
            all.extend(pieces(rings));
        } else {
            all.push(rings);
        }
    }
    all
}

/// Whether an edge is shorter the other way round the world.
fn crosses(edge: &[Coord<f64>]) -> bool {
    matches!(edge, [from, to] if (to.x - from.x).abs() > 180.0)
}

/// The parts of a polygon in each turn of the world.
fn pieces(rings: Vec<Vec<Coord<f64>>>) -> Rings {
    let mut rings = rings.into_iter().map(unrolled);
    let Some(exterior) = rings.next() else { return Rings::new() };
    let bounds = exterior.bounding_rect();
    let beside = |ring: LineString<f64>| {
        // A hole was unrolled from its own beginning, which may be a turn away from where the ring around it is.
        let is_within = |ring: &LineString<f64>| match (ring.bounding_rect(), bounds) {
            (Some(hole), Some(bounds)) => hole.min().x >= bounds.min().x && hole.max().x <= bounds.max().x,
            _ => false,
        };
        [0.0, 360.0, -360.0].map(|turn| turned(&ring, turn)).into_iter().find(is_within).unwrap_or(ring)
    };
    let polygon = Polygon::new(exterior, rings.map(beside).collect());
    let mut pieces = Rings::new();
    for turn in [-360.0, 0.0, 360.0] {
        let world = Rect::new((-180.0 + turn, -POLE), (180.0 + turn, POLE)).to_polygon();
        for piece in polygon.intersection(&world) {
            let (exterior, interiors) = piece.into_inner();
            let rings = std::iter::once(exterior).chain(interiors);
            pieces.push(rings.map(|ring| turned(&ring, -turn).into_inner()).collect());
        }
    }
    pieces
}

fn turned(ring: &LineString<f64>, turn: f64) -> LineString<f64> {
    ring.map_coords(|point| Coord { x: point.x + turn, y: point.y })
}

/// A ring without steps across the antimeridian; one that goes round a pole is closed over it.
fn unrolled(ring: Vec<Coord<f64>>) -> LineString<f64> {
    let mut turn = 0.0;
    let mut points = Vec::with_capacity(ring.len() + 3);
    let mut before: Option<Coord<f64>> = None;
    for point in ring {
        match before.map(|before| point.x - before.x) {
            Some(step) if step > 180.0 => turn -= 360.0,
            Some(step) if step < -180.0 => turn += 360.0,
            _ => {}
        }
        before = Some(point);
        points.push(Coord { x: point.x + turn, y: point.y });
    }
    if let (Some(&first), Some(&last)) = (points.first(), points.last())
        && (last.x - first.x).abs() > 180.0
    {
        let pole = POLE.copysign(points.iter().map(|point| point.y).sum());
        points.extend([Coord { x: last.x, y: pole }, Coord { x: first.x, y: pole }, first]);
    }
    LineString::new(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::areas::feature::Shape;
    use crate::reference::areas::outline::{Mended, outline};

    fn bounds(rings: &[(f64, f64)]) -> Vec<[f64; 4]> {
        let ring = rings.iter().map(|&(x, y)| Coord { x, y }).collect();
        let outline = outline(Shape::Polygons(cut(vec![vec![ring]])), None, &mut Mended::default()).unwrap();
        let bounds = outline.iter().filter_map(BoundingRect::bounding_rect);
        let rounded = |value: f64| (value * 1e3).round() / 1e3;
        bounds.map(|one| [one.min().x, one.min().y, one.max().x, one.max().y].map(rounded)).collect()
    }

    #[test]
    fn a_ring_across_the_antimeridian_is_two() {
        let chukotka = [(170.0, 65.0), (-170.0, 65.0), (-170.0, 70.0), (170.0, 70.0), (170.0, 65.0)];
        assert_eq!(bounds(&chukotka), [[170.0, 65.0, 180.0, 70.0], [-180.0, 65.0, -170.0, 70.0]]);
        let antarctica = [(-120.0, -70.0), (0.0, -70.0), (120.0, -70.0), (-120.0, -70.0)];
        assert_eq!(bounds(&antarctica), [[-120.0, -90.0, 180.0, -70.0], [-180.0, -90.0, -120.0, -70.0]]);
        let kansas = [(-100.0, 40.0), (-95.0, 40.0), (-95.0, 45.0), (-100.0, 40.0)];
        assert_eq!(bounds(&kansas), [[-100.0, 40.0, -95.0, 45.0]]);
    }
}
