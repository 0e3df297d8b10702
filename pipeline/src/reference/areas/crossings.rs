//! Outlines that cross themselves: bow ties, rings that lie over each other.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line, LinesIter, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Places that are named for one area.
pub const NAMED: usize = 100;

/// Where edges of an outline cross, or lie on each other, at most [`NAMED`] places. Edges that only touch at a corner do not
/// count: lakes touch shores.
pub fn crossings(outline: &MultiPolygon<f64>) -> Vec<Coord<f64>> {
    let edges: Vec<Line<f64>> = outline.lines_iter().filter(|edge| edge.start != edge.end).collect();
    let boxes = edges.iter().enumerate().map(|(position, edge)| {
        let corners = [[edge.start.x, edge.start.y], [edge.end.x, edge.end.y]];
        GeomWithData::new(Rectangle::from_corners(corners[0], corners[1]), position)
    });
    let tree = RTree::bulk_load(boxes.collect());
    let mut places = Vec::new();
    for (position, edge) in edges.iter().enumerate() {
        let around = AABB::from_corners([edge.start.x, edge.start.y], [edge.end.x, edge.end.y]);
        for other in tree.locate_in_envelope_intersecting(around) {
            if other.data <= position {
                continue;
            }
            let Some(second) = edges.get(other.data) else { continue };
            match line_intersection(*edge, *second) {
                Some(LineIntersection::SinglePoint { intersection, is_proper: true }) => places.push(intersection),
                Some(LineIntersection::Collinear { intersection }) if intersection.start != intersection.end => {
                    places.push(intersection.start);
                }
                _ => continue,
            }
            if places.len() >= NAMED {
                return places;
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Geometry, polygon};

    fn of(geometry: impl Into<Geometry<f64>>) -> Vec<Coord<f64>> {
        match geometry.into() {
            Geometry::Polygon(polygon) => crossings(&MultiPolygon::new(vec![polygon])),
            Geometry::MultiPolygon(outline) => crossings(&outline),
            _ => panic!("no area"),
        }
    }

    #[test]
    fn a_bow_tie_crosses_itself_and_a_square_does_not() {
        let square = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
        let tie = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 4.0), (x: 4.0, y: 0.0), (x: 0.0, y: 4.0)];
        assert_eq!(of(square.clone()), []);
        assert_eq!(of(tie), [Coord { x: 2.0, y: 2.0 }]);
        // The same square twice, as a code that occurs twice may have it.
        assert_eq!(of(MultiPolygon::new(vec![square.clone(), square])).len(), 4);
    }

    #[test]
    fn corners_that_touch_do_not_cross() {
        let lake = polygon! {
            exterior: [(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)],
            interiors: [[(x: 0.0, y: 2.0), (x: 2.0, y: 1.0), (x: 2.0, y: 3.0)]],
        };
        assert_eq!(of(lake), []);
    }
}
