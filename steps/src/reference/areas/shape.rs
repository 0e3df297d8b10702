//! A geometry that is held against areas: points, lines or polygons in longitude and latitude, with its size on the ground.

use geo::{BoundingRect, Coord, Geometry, LineString, MultiPolygon, Polygon, Rect};

use super::distance::LocalMetric;

/// Semi-major axis of WGS 84, in metres.
const SEMI_MAJOR: f64 = 6_378_137.0;
/// Square of the first eccentricity of WGS 84.
const ECCENTRICITY_SQUARED: f64 = 6.694_379_990_141_316e-3;

/// A geometry in WGS 84. Of a collection, the parts of the highest dimension count: polygons, else lines, else points.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    parts: Parts,
    bounds: Rect<f64>,
}

/// What a geometry is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Parts {
    /// Points.
    Points(Vec<Coord<f64>>),
    /// Lines.
    Lines(Vec<LineString<f64>>),
    /// Polygons.
    Polygons(MultiPolygon<f64>),
}

impl Shape {
    /// The shape of a geometry; `None` when it is empty.
    pub fn of(geometry: Geometry<f64>) -> Option<Self> {
        let (mut points, mut lines, mut polygons) = (Vec::new(), Vec::new(), Vec::new());
        collect(geometry, &mut points, &mut lines, &mut polygons);
        if !polygons.is_empty() {
            return Self::of_parts(Parts::Polygons(MultiPolygon(polygons)));
        }
        match lines.is_empty() {
            false => Self::of_parts(Parts::Lines(lines)),
            true => Self::of_parts(Parts::Points(points)),
        }
    }

    /// The shape of parts; `None` when there is none.
    pub fn of_parts(parts: Parts) -> Option<Self> {
        let bounds = match &parts {
            Parts::Points(points) => LineString(points.clone()).bounding_rect(),
            Parts::Lines(lines) => lines.iter().filter_map(BoundingRect::bounding_rect).reduce(joined),
            Parts::Polygons(polygons) => polygons.bounding_rect(),
        }?;
        Some(Self { parts, bounds })
    }

    /// The parts.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The box around it.
    pub fn bounds(&self) -> Rect<f64> {
        self.bounds
    }

    /// Number of points, length in metres or area in square metres.
    pub fn size(&self) -> f64 {
        match &self.parts {
            Parts::Points(points) => points.len() as f64,
            Parts::Lines(lines) => {
                lines.iter().flat_map(LineString::lines).map(|line| metres(line.start, line.end)).sum()
            }
            Parts::Polygons(polygons) => square_metres(polygons),
        }
    }
}

fn joined(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    )
}

/// The reader of well-known text bounds how deep collections are nested.
fn collect(
    geometry: Geometry<f64>,
    points: &mut Vec<Coord<f64>>,
    lines: &mut Vec<LineString<f64>>,
    polygons: &mut Vec<Polygon<f64>>,
) {
    match geometry {
        Geometry::Point(point) => points.push(point.0),
        Geometry::MultiPoint(some) => points.extend(some.into_iter().map(|point| point.0)),
        Geometry::Line(line) => lines.push(LineString(vec![line.start, line.end])),
        Geometry::LineString(line) => lines.push(line),
        Geometry::MultiLineString(some) => lines.extend(some),
        Geometry::Polygon(polygon) => polygons.push(polygon),
        Geometry::MultiPolygon(some) => polygons.extend(some),
        Geometry::Rect(rect) => polygons.push(rect.to_polygon()),
        Geometry::Triangle(triangle) => polygons.push(triangle.to_polygon()),
        Geometry::GeometryCollection(some) => {
            some.into_iter().for_each(|geometry| collect(geometry, points, lines, polygons));
        }
    }
    lines.retain(|line| !line.0.is_empty());
    polygons.retain(|polygon| !polygon.exterior().0.is_empty());
}

/// The length of a short segment in metres, in the plane that touches the ellipsoid in its middle.
pub(super) fn metres(a: Coord<f64>, b: Coord<f64>) -> f64 {
    LocalMetric::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0).map_or(0.0, |metric| metric.length(a, b))
}

/// The area of polygons on the ellipsoid, whose edges are straight in longitude and latitude.
///
/// The area under an edge is the integral of `q` along it (Simpson's rule), so that the parts of a polygon that was cut add
/// up to the whole.
pub(super) fn square_metres(polygons: &MultiPolygon<f64>) -> f64 {
    let ring = |ring: &LineString<f64>| {
        let Some(origin) = ring.0.first().map(|origin| authalic(origin.y)) else { return 0.0 };
        let under = |line: geo::Line<f64>| {
            let q = |latitude: f64| authalic(latitude) - origin;
            let (a, b) = (line.start, line.end);
            (b.x - a.x).to_radians() * (q(a.y) + 4.0 * q((a.y + b.y) / 2.0) + q(b.y)) / 6.0
        };
        ring.lines().map(under).sum::<f64>().abs() * SEMI_MAJOR.powi(2) / 2.0
    };
    let area = |polygon: &Polygon<f64>| ring(polygon.exterior()) - polygon.interiors().iter().map(ring).sum::<f64>();
    polygons.iter().map(|polygon| area(polygon).max(0.0)).sum()
}

/// Snyder's `q`, to which the area of a zone of the ellipsoid is proportional (Map Projections, 1987, page 16).
fn authalic(latitude: f64) -> f64 {
    let e = ECCENTRICITY_SQUARED.sqrt();
    let sine = latitude.to_radians().sin();
    (1.0 - ECCENTRICITY_SQUARED)
        * (sine / (1.0 - ECCENTRICITY_SQUARED * sine * sine) + ((1.0 + e * sine) / (1.0 - e * sine)).ln() / (2.0 * e))
}

/// The part of polygons that lies in a box, by cutting each ring at each side of it (Sutherland and Hodgman).
///
/// Where a ring leaves the box and comes back, edges along the side of the box join what remains: they hold no area, and
/// the even-odd rule sees through them.
pub(crate) fn clipped(polygons: &MultiPolygon<f64>, low: Coord<f64>, high: Coord<f64>) -> MultiPolygon<f64> {
    let inside = |bounds: Rect<f64>| {
        bounds.min().x >= low.x && bounds.max().x <= high.x && bounds.min().y >= low.y && bounds.max().y <= high.y
    };
    let mut kept = Vec::new();
    for polygon in polygons {
        let Some(bounds) = polygon.bounding_rect() else { continue };
        let beside =
            bounds.max().x < low.x || bounds.min().x > high.x || bounds.max().y < low.y || bounds.min().y > high.y;
        if beside {
            continue;
        }
        if inside(bounds) {
            kept.push(polygon.clone());
            continue;
        }
        let exterior = clipped_ring(polygon.exterior(), low, high);
        if exterior.0.len() < 4 {
            continue;
        }
        let interiors = polygon.interiors().iter().map(|ring| clipped_ring(ring, low, high));
        kept.push(Polygon::new(exterior, interiors.filter(|ring| ring.0.len() >= 4).collect()));
    }
    MultiPolygon(kept)
}

fn clipped_ring(ring: &LineString<f64>, low: Coord<f64>, high: Coord<f64>) -> LineString<f64> {
    let mut vertices = ring.0.clone();
    // The last vertex is the first again: it is put back at the end.
    vertices.pop();
    let at_x =
        |x: f64| move |a: Coord<f64>, b: Coord<f64>| Coord { x, y: a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x)) };
    let at_y =
        |y: f64| move |a: Coord<f64>, b: Coord<f64>| Coord { x: a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)), y };
    vertices = cut(&vertices, |vertex| vertex.x >= low.x, at_x(low.x));
    vertices = cut(&vertices, |vertex| vertex.x <= high.x, at_x(high.x));
    vertices = cut(&vertices, |vertex| vertex.y >= low.y, at_y(low.y));
    vertices = cut(&vertices, |vertex| vertex.y <= high.y, at_y(high.y));
    if let Some(&first) = vertices.first() {
        vertices.push(first);
    }
    LineString(vertices)
}

/// The vertices on the inner side of a line, with those where edges cross it.
fn cut(
    vertices: &[Coord<f64>],
    inside: impl Fn(Coord<f64>) -> bool,
    crossing: impl Fn(Coord<f64>, Coord<f64>) -> Coord<f64>,
) -> Vec<Coord<f64>> {
    let mut kept = Vec::with_capacity(vertices.len() + 4);
    let Some(mut before) = vertices.last().copied() else { return kept };
    for &vertex in vertices {
        if inside(vertex) != inside(before) {
            kept.push(crossing(before, vertex));
        }
        if inside(vertex) {
            kept.push(vertex);
        }
        before = vertex;
    }
    kept
}
