//! Rings to outlines in WGS 84: what is mended, what is refused, what is told.
//!
//! Mended is what has one meaning only: a ring that is not closed is closed, a ring without an area is left out. Outlines that
//! cross themselves are told and left as they are: a point is looked up by the even-odd rule, which such an outline has an
//! answer for, and cutting it would move its corners.

use geo::{Coord, LineString, MultiPolygon, Polygon, Winding};

use super::feature::{Rings, Shape};
use crate::projection::ToWgs84;

/// Why a geometry cannot be an area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("has no geometry")]
    Missing,
    /// It is a point, a line.
    #[error("is no polygon but {0}")]
    Other(&'static str),
    /// No ring has an area.
    #[error("is empty: no ring of it has an area")]
    Empty,
    /// A coordinate is not a number.
    #[error("has a coordinate that is no number")]
    NotFinite,
    /// A coordinate is outside of what its system is for.
    #[error("has a coordinate that cannot be transformed to WGS 84: {0}, {1}")]
    NotTransformed(String, String),
    /// A coordinate is not in degrees.
    #[error("has a coordinate that is not in degrees: {0}, {1}")]
    NotDegrees(String, String),
}

/// What was mended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mended {
    /// Rings that were not closed.
    pub closed: usize,
    /// Rings that had no area and were left out.
    pub left_out: usize,
}

/// The outline of a geometry.
///
/// # Errors
/// When it cannot be an area.
pub fn outline(shape: Shape, to_wgs84: Option<&ToWgs84>, mended: &mut Mended) -> Result<MultiPolygon<f64>, Refusal> {
    let rings: Rings = match shape {
        Shape::Missing => return Err(Refusal::Missing),
        Shape::Other(what) => return Err(Refusal::Other(what)),
        Shape::Polygons(rings) => rings,
    };
    let mut polygons = Vec::with_capacity(rings.len());
    for polygon in rings {
        let mut closed = Vec::with_capacity(polygon.len());
        for (position, ring) in polygon.into_iter().enumerate() {
            let ring = close(ring, to_wgs84, mended)?;
            // A flat ring goes neither way round.
            let has_area = ring.0.len() >= 4 && ring.winding_order().is_some();
            if !has_area {
                mended.left_out += 1;
                if position == 0 {
                    break;
                }
                continue;
            }
            closed.push(ring);
        }
        let mut closed = closed.into_iter();
        if let Some(exterior) = closed.next() {
            polygons.push(Polygon::new(exterior, closed.collect()));
        }
    }
    if polygons.is_empty() { Err(Refusal::Empty) } else { Ok(MultiPolygon::new(polygons)) }
}

fn close(
    mut ring: Vec<Coord<f64>>,
    to_wgs84: Option<&ToWgs84>,
    mended: &mut Mended,
) -> Result<LineString<f64>, Refusal> {
    for point in &mut ring {
        if !(point.x.is_finite() && point.y.is_finite()) {
            return Err(Refusal::NotFinite);
        }
        if let Some(to_wgs84) = to_wgs84 {
            *point = to_wgs84
                .convert(*point)
                .ok_or_else(|| Refusal::NotTransformed(point.x.to_string(), point.y.to_string()))?;
        }
        // A little beyond the antimeridian is met in layers that do not cut there.
        if point.x.abs() > 360.0 || point.y.abs() > 90.000_001 {
            return Err(Refusal::NotDegrees(point.x.to_string(), point.y.to_string()));
        }
    }
    if let (Some(&first), Some(&last)) = (ring.first(), ring.last())
        && first != last
        && ring.len() >= 3
    {
        mended.closed += 1;
        ring.push(first);
    }
    Ok(LineString::new(ring))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Vec<Coord<f64>> {
        points.iter().map(|&(x, y)| Coord { x, y }).collect()
    }

    #[test]
    fn rings_are_closed_and_those_without_an_area_left_out() {
        let triangle = ring(&[(0.0, 0.0), (4.0, 0.0), (0.0, 4.0)]);
        let line = ring(&[(1.0, 1.0), (2.0, 1.0), (1.0, 1.0)]);
        let mut mended = Mended::default();
        let shape = Shape::Polygons(vec![vec![triangle.clone(), line.clone()], vec![line.clone()]]);
        let outline = outline(shape, None, &mut mended).unwrap();
        assert_eq!((outline.0.len(), outline.0[0].exterior().0.len(), outline.0[0].interiors().len()), (1, 4, 0));
        assert_eq!(mended, Mended { closed: 1, left_out: 2 });
    }

    #[test]
    fn what_is_no_area_is_refused() {
        let refused = |shape| outline(shape, None, &mut Mended::default()).unwrap_err().to_string();
        assert_eq!(refused(Shape::Missing), "has no geometry");
        assert_eq!(refused(Shape::Other("a point")), "is no polygon but a point");
        assert_eq!(refused(Shape::Polygons(Vec::new())), "is empty: no ring of it has an area");
        let metres = ring(&[(652_469.0, 6_862_035.0), (652_470.0, 6_862_035.0), (652_470.0, 6_862_036.0)]);
        let message = refused(Shape::Polygons(vec![vec![metres]]));
        assert_eq!(message, "has a coordinate that is not in degrees: 652469, 6862035");
        let message = refused(Shape::Polygons(vec![vec![ring(&[(f64::NAN, 0.0)])]]));
        assert_eq!(message, "has a coordinate that is no number");
    }
}
