//! Footprints: shapes in well-known text.

use std::cell::{Cell, RefCell};

use geo::algorithm::map_coords::{MapCoords, MapCoordsInPlace};
use geo::{Centroid, Coord, CoordsIter, Geometry, InteriorPoint, Intersects};
use wkt::{ToWkt, TryFromWkt};

use crate::reference::areas::{Centre, radius_metres};

/// Deeper nesting than any shape needs; the reader recurses.
const DEEPEST: usize = 8;

/// The shape that a text describes, if it is one: known kind, finite numbers, closed rings.
pub fn shape(text: &str) -> Option<Geometry<f64>> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth > DEEPEST {
            return None;
        }
    }
    if depth != 0 || !rings_are_closed(text) {
        return None;
    }
    let shape = Geometry::<f64>::try_from_wkt_str(text).ok()?;
    let finite = shape.coords_iter().all(|vertex| vertex.x.is_finite() && vertex.y.is_finite());
    (finite && shape.coords_count() > 0).then_some(shape)
}

/// Whether every ring of a polygon ends where it starts: the reader would close it silently.
fn rings_are_closed(text: &str) -> bool {
    let upper = text.trim_start().get(..12).unwrap_or(text).to_ascii_uppercase();
    if !upper.starts_with("POLYGON") && !upper.starts_with("MULTIPOLYGON") {
        return true;
    }
    let rings =
        text.split('(').filter_map(|part| part.split(')').next()).map(str::trim).filter(|ring| ring.contains(','));
    rings.into_iter().all(|ring| {
        let numbers = |vertex: &str| -> Vec<Option<f64>> {
            vertex.split_whitespace().take(2).map(|number| number.parse().ok()).collect()
        };
        let mut vertices = ring.split(',');
        match (vertices.next(), vertices.next_back()) {
            (Some(first), Some(last)) => numbers(first) == numbers(last) && vertices.count() >= 2,
            _ => false,
        }
    })
}

/// The text of a shape whose vertices were moved; `moved` stands in the order of [`vertices`].
pub fn moved(mut shape: Geometry<f64>, moved: &[(f64, f64)]) -> String {
    let next = Cell::new(0);
    shape.map_coords_in_place(|vertex| {
        let position = next.replace(next.get() + 1);
        let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
        moved.get(position).map_or(vertex, |(x, y)| Coord { x: round(*x), y: round(*y) })
    });
    shape.wkt_string()
}

/// The point that stands for a shape, with seven decimals, and the radius around it that holds the shape.
///
/// The point is the centroid where it lies in the shape, else a point of the shape.
pub fn centre(shape: &Geometry<f64>) -> Option<Centre> {
    let centroid = shape.centroid().filter(|centroid| shape.intersects(centroid));
    let point = centroid.or_else(|| shape.interior_point())?;
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7 + 0.0;
    let (longitude, latitude) = (round(point.x()), round(point.y()));
    let vertices = shape.coords_iter().collect::<Vec<_>>();
    let radius_metres = radius_metres(Coord { x: longitude, y: latitude }, vertices.into_iter())?;
    Some(Centre { longitude, latitude, radius_metres })
}

/// The vertices of a shape.
pub fn vertices(shape: &Geometry<f64>) -> Vec<(f64, f64)> {
    let all = RefCell::new(Vec::with_capacity(shape.coords_count()));
    let _ = shape.map_coords(|vertex| {
        all.borrow_mut().push((vertex.x, vertex.y));
        vertex
    });
    all.into_inner()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn shapes() {
        for (text, valid) in [
            ("POINT (1 2)", true),
            ("POLYGON((0 0, 0 10, 10 10, 0 0))", true),
            ("POLYGON((0 0, 0 10, 10 10, 10 0))", false),
            ("MULTIPOLYGON(((0 0, 0 10, 10 10, 0 0)), ((20 20, 20 21, 21 21, 20 20)))", true),
            ("LINESTRING(0 0, 1 1)", true),
            ("POINT EMPTY", false),
            ("POINT (1", false),
            ("CIRCLE (1 2)", false),
            ("", false),
        ] {
            assert_eq!(shape(text).is_some(), valid, "{text}");
        }
        assert!(shape(&"GEOMETRYCOLLECTION(".repeat(100_000)).is_none());
    }

    #[test]
    fn a_point_of_the_shape_stands_for_it() {
        for (text, longitude, latitude, metres) in [
            ("POLYGON((2 48, 2.2 48, 2.2 48.2, 2 48.2, 2 48))", 2.1, 48.1, 13_382.0),
            // The centroid of a horseshoe lies outside it.
            ("POLYGON((0 0, 3 0, 3 3, 2.9 3, 2.9 0.1, 0.1 0.1, 0.1 3, 0 3, 0 0))", 0.05, 1.5, 0.0),
            ("LINESTRING(2 48, 2.2 48)", 2.1, 48.0, 7_459.0),
            ("MULTIPOINT(2 48, 2.1 48, 2.2 48)", 2.1, 48.0, 7_459.0),
        ] {
            let shape = shape(text).unwrap();
            let centre = centre(&shape).unwrap();
            assert!(shape.intersects(&geo::Point::new(centre.longitude, centre.latitude)), "{text}: {centre:?}");
            if metres > 0.0 {
                assert_eq!((centre.longitude, centre.latitude), (longitude, latitude), "{text}");
                assert!((centre.radius_metres - metres).abs() < 10.0, "{text}: {centre:?}");
            }
        }
    }

    #[test]
    fn vertices_are_moved_in_order() {
        let polygon = shape("POLYGON((0 0, 0 10, 10 10, 0 0))").unwrap();
        let all: Vec<(f64, f64)> = vertices(&polygon).iter().map(|(x, y)| (x + 1.0, y + 2.0)).collect();
        assert_eq!(moved(polygon, &all), "POLYGON((1 2,1 12,11 12,1 2))");
    }
}
