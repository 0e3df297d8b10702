//! Coordinate transformations, seen as an interface: this crate has no C library; the engine gives PROJ.

use std::fmt::Debug;

/// Transformations between coordinate reference systems named by EPSG code.
pub trait Projections: Debug + Send + Sync {
    /// Transforms points in place from one system to another.
    ///
    /// Points are `(x, y)`, that is easting and northing, or longitude and latitude in degrees for geographic systems,
    /// whatever axis order EPSG gives the system. A point that cannot be transformed becomes NaN.
    ///
    /// # Errors
    /// When one of the systems is unknown or there is no transformation between them; no point is changed then.
    fn transform(&self, from: u32, to: u32, points: &mut [(f64, f64)]) -> Result<(), UnknownSystem>;

    /// Whether a code names a known coordinate reference system.
    fn is_known(&self, epsg: u32) -> bool;
}

/// A coordinate reference system that is not known, or that cannot be reached from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSystem(pub u32);

/// EPSG code of WGS 84, longitude and latitude in degrees.
pub const WGS84: u32 = 4326;
/// EPSG code of RGF93 / Lambert-93, the legal projection of mainland France.
pub const LAMBERT_93: u32 = 2154;

/// Knows WGS 84 alone: for tests of what does not project.
#[derive(Debug, Clone, Copy)]
pub struct NoProjections;

impl Projections for NoProjections {
    fn transform(&self, from: u32, to: u32, _points: &mut [(f64, f64)]) -> Result<(), UnknownSystem> {
        if from == to { Ok(()) } else { Err(UnknownSystem(from)) }
    }

    fn is_known(&self, epsg: u32) -> bool {
        epsg == WGS84
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Knows WGS 84 and Lambert-93, by the formulas of Snyder (Map Projections: A Working Manual, 1987, page 108).
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Lambert93;

    const SEMI_MAJOR: f64 = 6_378_137.0;
    const E: f64 = 0.081_819_191_042_815_79;

    fn m(phi: f64) -> f64 {
        phi.cos() / (1.0 - E * E * phi.sin().powi(2)).sqrt()
    }

    fn t(phi: f64) -> f64 {
        let sine = E * phi.sin();
        (std::f64::consts::FRAC_PI_4 - phi / 2.0).tan() / ((1.0 - sine) / (1.0 + sine)).powf(E / 2.0)
    }

    fn constants() -> (f64, f64, f64) {
        let (first, second, origin) = (44_f64.to_radians(), 49_f64.to_radians(), 46.5_f64.to_radians());
        let n = (m(first).ln() - m(second).ln()) / (t(first).ln() - t(second).ln());
        let f = m(first) / (n * t(first).powf(n));
        (n, f, SEMI_MAJOR * f * t(origin).powf(n))
    }

    impl Projections for Lambert93 {
        fn transform(&self, from: u32, to: u32, points: &mut [(f64, f64)]) -> Result<(), UnknownSystem> {
            let (n, f, origin) = constants();
            match (from, to) {
                (WGS84, LAMBERT_93) => points.iter_mut().for_each(|point| {
                    let radius = SEMI_MAJOR * f * t(point.1.to_radians()).powf(n);
                    let theta = n * (point.0 - 3.0).to_radians();
                    *point = (700_000.0 + radius * theta.sin(), 6_600_000.0 + origin - radius * theta.cos());
                }),
                (LAMBERT_93, WGS84) => points.iter_mut().for_each(|point| {
                    let (x, y) = (point.0 - 700_000.0, origin - (point.1 - 6_600_000.0));
                    let t = (x.hypot(y) / (SEMI_MAJOR * f)).powf(1.0 / n);
                    let mut phi = std::f64::consts::FRAC_PI_2 - 2.0 * t.atan();
                    for _ in 0..8 {
                        let sine = E * phi.sin();
                        phi = std::f64::consts::FRAC_PI_2
                            - 2.0 * (t * ((1.0 - sine) / (1.0 + sine)).powf(E / 2.0)).atan();
                    }
                    *point = (3.0 + (x.atan2(y) / n).to_degrees(), phi.to_degrees());
                }),
                _ if from == to => {}
                _ => return Err(UnknownSystem(from)),
            }
            Ok(())
        }

        fn is_known(&self, epsg: u32) -> bool {
            matches!(epsg, WGS84 | LAMBERT_93)
        }
    }
}
