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
