//! Distances on the WGS 84 ellipsoid.

use geo::line_measures::Distance;
use geo::{Coord, Geodesic, Point};

/// Semi-major axis of WGS 84, in metres.
const SEMI_MAJOR: f64 = 6_378_137.0;
/// Square of the first eccentricity of WGS 84.
const ECCENTRICITY_SQUARED: f64 = 6.694_379_990_141_316e-3;
/// Length of a degree of the equator, in metres: what GBIF converts with.
const METRES_PER_DEGREE: f64 = 111_319.490_793_273_57;

/// The geodesic distance between two points given as longitude and latitude, in metres.
pub fn geodesic_metres(a: Coord<f64>, b: Coord<f64>) -> f64 {
    Geodesic.distance(Point::from(a), Point::from(b))
}

/// Metres as degrees of a great circle.
pub fn degrees_of_metres(metres: f64) -> f64 {
    metres / METRES_PER_DEGREE
}

/// The largest geodesic distance from a point to some vertices, rounded up to a metre.
///
/// A geodesic costs a microsecond, so that only the vertices that are farthest by the chord through the Earth are
/// measured: the chord grows with the geodesic to well within a thousandth.
pub fn radius_metres(centre: Coord<f64>, vertices: impl Iterator<Item = Coord<f64>> + Clone) -> Option<f64> {
    let from = cartesian(centre);
    let chord = |vertex: Coord<f64>| {
        let to = cartesian(vertex);
        ((to[0] - from[0]).powi(2) + (to[1] - from[1]).powi(2) + (to[2] - from[2]).powi(2)).sqrt()
    };
    let longest = vertices.clone().map(chord).reduce(f64::max)?;
    let radius = vertices
        .filter(|vertex| chord(*vertex) >= longest * 0.998)
        .map(|vertex| geodesic_metres(centre, vertex))
        .fold(0.0, f64::max);
    Some(radius.ceil())
}

/// Coordinates in metres from the centre of the Earth.
fn cartesian(point: Coord<f64>) -> [f64; 3] {
    let (longitude, latitude) = (point.x.to_radians(), point.y.to_radians());
    let normal = SEMI_MAJOR / (1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2)).sqrt();
    [
        normal * latitude.cos() * longitude.cos(),
        normal * latitude.cos() * longitude.sin(),
        normal * (1.0 - ECCENTRICITY_SQUARED) * latitude.sin(),
    ]
}

/// Distances from one point, on the plane that touches the ellipsoid there: good to some metres over 20 km.
pub(super) struct LocalMetric {
    origin: Coord<f64>,
    /// Metres per degree of longitude.
    east: f64,
    /// Metres per degree of latitude.
    north: f64,
}

impl LocalMetric {
    /// `None` for what is no place on Earth.
    pub(super) fn new(longitude: f64, latitude: f64) -> Option<Self> {
        if !(longitude.abs() <= 180.0 && latitude.abs() <= 90.0) {
            return None;
        }
        let phi = latitude.to_radians();
        let w = 1.0 - ECCENTRICITY_SQUARED * phi.sin().powi(2);
        let degree = std::f64::consts::PI / 180.0;
        // At the poles a degree of longitude has no length; a millimetre keeps divisions sane.
        let east = (SEMI_MAJOR / w.sqrt() * phi.cos() * degree).max(1e-3);
        let north = SEMI_MAJOR * (1.0 - ECCENTRICITY_SQUARED) / w.powf(1.5) * degree;
        Some(Self { origin: Coord { x: longitude, y: latitude }, east, north })
    }

    pub(super) fn origin(&self) -> Coord<f64> {
        self.origin
    }

    /// The length of a segment near the origin.
    pub(super) fn length(&self, a: Coord<f64>, b: Coord<f64>) -> f64 {
        ((b.x - a.x) * self.east).hypot((b.y - a.y) * self.north)
    }

    /// The corners of a box in degrees that holds a circle around the origin.
    pub(super) fn square(&self, metres: f64) -> (Coord<f64>, Coord<f64>) {
        // A hundredth more: the plane shrinks the far side of the circle.
        let (dx, dy) = (metres * 1.01 / self.east, metres * 1.01 / self.north);
        (Coord { x: self.origin.x - dx, y: self.origin.y - dy }, Coord { x: self.origin.x + dx, y: self.origin.y + dy })
    }

    /// Distance to a box in degrees.
    pub(super) fn to_box(&self, low: [f64; 2], high: [f64; 2]) -> f64 {
        let outside = |value: f64, low: f64, high: f64| (low - value).max(value - high).max(0.0);
        let dx = outside(self.origin.x, low[0], high[0]) * self.east;
        let dy = outside(self.origin.y, low[1], high[1]) * self.north;
        dx.hypot(dy)
    }

    /// Distance to a segment, and its nearest point.
    pub(super) fn to_segment(&self, a: Coord<f64>, b: Coord<f64>) -> (f64, Coord<f64>) {
        let (ax, ay) = ((a.x - self.origin.x) * self.east, (a.y - self.origin.y) * self.north);
        let (bx, by) = ((b.x - self.origin.x) * self.east, (b.y - self.origin.y) * self.north);
        let (dx, dy) = (bx - ax, by - ay);
        let length_squared = dx * dx + dy * dy;
        let along = if length_squared > 0.0 { (-(ax * dx + ay * dy) / length_squared).clamp(0.0, 1.0) } else { 0.0 };
        let foot = Coord { x: a.x + (b.x - a.x) * along, y: a.y + (b.y - a.y) * along };
        ((ax + dx * along).hypot(ay + dy * along), foot)
    }
}
