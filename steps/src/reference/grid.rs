//! The national 10 km grid of mainland France, which is computed; that of the overseas territories is a layer.
//!
//! A cell is named by its lower left corner in Lambert-93, in tens of kilometres: `10kmL93E065N686` holds the points with
//! `650 000 <= x < 660 000` and `6 860 000 <= y < 6 870 000`. West of `x = 0` the letter is `W` and the sign is kept
//! (`10kmL93W-28N650`), as in the published layer.

use super::areas::{Centre, geodesic_metres};
use super::projection::{LAMBERT_93, Projections, UnknownSystem, WGS84};

/// Side of a cell, in metres.
const SIDE: f64 = 10_000.0;
/// Columns and rows of the published grid: mainland France with its sea.
const COLUMNS: std::ops::RangeInclusive<i32> = -28..=130;
const ROWS: std::ops::RangeInclusive<i32> = 588..=716;
const PREFIX: &str = "10kmL93";

/// A cell of the grid of mainland France.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lambert93Cell {
    column: i32,
    row: i32,
}

impl Lambert93Cell {
    /// The cell that holds a point in Lambert-93; its lower and left edges belong to it. `None` outside the grid.
    pub fn of_point(x: f64, y: f64) -> Option<Self> {
        // A value that is not finite or too large becomes one outside the grid.
        Self::new((x / SIDE).floor() as i32, (y / SIDE).floor() as i32).filter(|_| x.is_finite() && y.is_finite())
    }

    fn new(column: i32, row: i32) -> Option<Self> {
        (COLUMNS.contains(&column) && ROWS.contains(&row)).then_some(Self { column, row })
    }

    /// The cell of a code.
    pub fn parse(code: &str) -> Option<Self> {
        let (column, row) = code.strip_prefix(PREFIX)?.split_once('N')?;
        let column = column.strip_prefix('E').or_else(|| column.strip_prefix('W'))?;
        let cell = Self::new(column.parse().ok()?, row.parse().ok()?)?;
        (cell.code() == code).then_some(cell)
    }

    /// The code.
    pub fn code(self) -> String {
        let side = if self.column < 0 { 'W' } else { 'E' };
        format!("{PREFIX}{side}{:03}N{:03}", self.column, self.row)
    }

    /// The middle, in Lambert-93.
    pub fn middle(self) -> (f64, f64) {
        ((f64::from(self.column) + 0.5) * SIDE, (f64::from(self.row) + 0.5) * SIDE)
    }

    /// The corners in Lambert-93, from the lower left one, against the clock.
    pub fn corners(self) -> [(f64, f64); 4] {
        let (left, bottom) = (f64::from(self.column) * SIDE, f64::from(self.row) * SIDE);
        [(left, bottom), (left + SIDE, bottom), (left + SIDE, bottom + SIDE), (left, bottom + SIDE)]
    }

    /// The point that stands for the cell, with six decimals, and the radius of the circle around it that holds the cell.
    ///
    /// # Errors
    /// When Lambert-93 is not known.
    pub fn centre(self, projections: &dyn Projections) -> Result<Centre, UnknownSystem> {
        let [a, b, c, d] = self.corners();
        let mut points = [self.middle(), a, b, c, d];
        projections.transform(LAMBERT_93, WGS84, &mut points)?;
        let [middle, corners @ ..] = points;
        let (longitude, latitude) = ((middle.0 * 1e6).round() / 1e6, (middle.1 * 1e6).round() / 1e6);
        let radius = corners
            .iter()
            .map(|corner| geodesic_metres((longitude, latitude).into(), (*corner).into()))
            .fold(0.0, f64::max);
        Ok(Centre { longitude, latitude, radius_metres: radius.ceil() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::reference::projection::tests::Lambert93;

    #[test]
    fn codes() {
        for (x, y, code) in [
            (652_469.0, 6_862_035.0, Some("10kmL93E065N686")),
            (800_000.0, 6_810_000.0, Some("10kmL93E080N681")),
            (799_999.999, 6_809_999.999, Some("10kmL93E079N680")),
            (0.0, 6_500_000.0, Some("10kmL93E000N650")),
            (-0.001, 6_510_000.0, Some("10kmL93W-01N651")),
            (-280_000.0, 6_500_000.0, Some("10kmL93W-28N650")),
            (5_000_000.0, 6_500_000.0, None),
            (f64::NAN, 6_500_000.0, None),
        ] {
            let cell = Lambert93Cell::of_point(x, y);
            assert_eq!(cell.map(Lambert93Cell::code).as_deref(), code);
            assert_eq!(code.and_then(Lambert93Cell::parse), cell);
        }
        for code in
            ["10kmL93E65N686", "10kmL93E065N999", "10kmL93", "10kmL93E065", "10kmUTM22E030N050", "", "10kmL93EéN"]
        {
            assert_eq!(Lambert93Cell::parse(code), None, "{code}");
        }
    }

    #[test]
    fn centre_and_radius_are_those_of_the_specification() {
        let centre = Lambert93Cell::parse("10kmL93E080N681").unwrap().centre(&Lambert93).unwrap();
        assert!((centre.longitude - 4.4194).abs() < 2e-6 && (centre.latitude - 48.426789).abs() < 2e-6, "{centre:?}");
        assert_eq!(centre.radius_metres, 7074.0);
    }
}
