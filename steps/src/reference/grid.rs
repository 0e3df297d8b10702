//! The national grids of mainland France (10 km, 5 km, 1 km), which are computed; those of the overseas territories are layers.
//!
//! A cell is named by its lower left corner in Lambert-93: in tens of kilometres on three digits for the cells of 10 km
//! (`10kmL93E065N686` holds the points with `650 000 <= x < 660 000` and `6 860 000 <= y < 6 870 000`), in kilometres on four
//! digits for those of 5 km and 1 km (`5kmL93E0905N6250`, `1kmL93E0652N6861`). West of `x = 0` the letter is `W` and the sign
//! is kept (`10kmL93W-28N650`), as in the published layer.

use super::areas::{Centre, geodesic_metres};
use super::projection::{LAMBERT_93, Projections, UnknownSystem, WGS84};

/// Columns and rows of the published grid in cells of 10 km: mainland France with its sea.
const COLUMNS: std::ops::RangeInclusive<i32> = -28..=130;
const ROWS: std::ops::RangeInclusive<i32> = 588..=716;

/// A grid, named by the side of its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// 1 km.
    One,
    /// 5 km.
    Five,
    /// 10 km.
    Ten,
}

impl Side {
    /// All grids, finest first.
    pub const ALL: [Self; 3] = [Self::One, Self::Five, Self::Ten];

    /// In kilometres.
    fn kilometres(self) -> i32 {
        match self {
            Self::One => 1,
            Self::Five => 5,
            Self::Ten => 10,
        }
    }

    /// In metres.
    pub fn metres(self) -> f64 {
        f64::from(self.kilometres()) * 1_000.0
    }

    /// What codes of this grid start with, wherever they are: `10km`.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::One => "1km",
            Self::Five => "5km",
            Self::Ten => "10km",
        }
    }

    /// The grid that a code of a cell belongs to.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| code.starts_with(side.prefix()))
    }
}

/// A cell of a grid of mainland France.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lambert93Cell {
    side: Side,
    column: i32,
    row: i32,
}

impl Lambert93Cell {
    /// The cell that holds a point in Lambert-93; its lower and left edges belong to it. `None` outside the grid.
    pub fn of_point(side: Side, x: f64, y: f64) -> Option<Self> {
        // A value that is not finite or too large becomes one outside the grid.
        let metres = side.metres();
        Self::new(side, (x / metres).floor() as i32, (y / metres).floor() as i32)
            .filter(|_| x.is_finite() && y.is_finite())
    }

    /// The cell of a column and a row, counted in cells from the origin of Lambert-93.
    pub fn new(side: Side, column: i32, row: i32) -> Option<Self> {
        let per_ten = 10 / side.kilometres();
        let inside = COLUMNS.contains(&column.div_euclid(per_ten)) && ROWS.contains(&row.div_euclid(per_ten));
        inside.then_some(Self { side, column, row })
    }

    /// The cell of a code.
    pub fn parse(code: &str) -> Option<Self> {
        let side = Side::of_code(code)?;
        let (column, row) = code.strip_prefix(side.prefix())?.strip_prefix("L93")?.split_once('N')?;
        let column = column.strip_prefix('E').or_else(|| column.strip_prefix('W'))?;
        // A number of a code in cells: codes of 5 km are in kilometres.
        let cells = |number: &str| -> Option<i32> {
            let number: i32 = number.parse().ok()?;
            match side {
                Side::Five => (number % 5 == 0).then_some(number / 5),
                Side::One | Side::Ten => Some(number),
            }
        };
        let cell = Self::new(side, cells(column)?, cells(row)?)?;
        (cell.code() == code).then_some(cell)
    }

    /// The code.
    pub fn code(self) -> String {
        let letter = if self.column < 0 { 'W' } else { 'E' };
        let (factor, width) = match self.side {
            Side::Ten => (1, 3),
            Side::Five => (5, 4),
            Side::One => (1, 4),
        };
        let (column, row) = (self.column * factor, self.row * factor);
        format!("{}L93{letter}{column:0width$}N{row:0width$}", self.side.prefix())
    }

    /// The cell of a coarser grid, or of the same, that holds this one; `None` for a finer grid.
    pub fn within(self, side: Side) -> Option<Self> {
        if side < self.side {
            return None;
        }
        let cells = side.kilometres() / self.side.kilometres();
        Self::new(side, self.column.div_euclid(cells), self.row.div_euclid(cells))
    }

    /// The middle, in Lambert-93.
    pub fn middle(self) -> (f64, f64) {
        let side = self.side.metres();
        ((f64::from(self.column) + 0.5) * side, (f64::from(self.row) + 0.5) * side)
    }

    /// The corners in Lambert-93, from the lower left one, against the clock.
    pub fn corners(self) -> [(f64, f64); 4] {
        let side = self.side.metres();
        let (left, bottom) = (f64::from(self.column) * side, f64::from(self.row) * side);
        [(left, bottom), (left + side, bottom), (left + side, bottom + side), (left, bottom + side)]
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

    use proptest::prelude::*;

    use super::*;
    use crate::reference::projection::tests::Lambert93;

    #[test]
    fn codes() {
        for (side, x, y, code) in [
            (Side::Ten, 652_469.0, 6_862_035.0, Some("10kmL93E065N686")),
            (Side::Five, 652_469.0, 6_862_035.0, Some("5kmL93E0650N6860")),
            (Side::One, 652_469.0, 6_861_999.0, Some("1kmL93E0652N6861")),
            (Side::Five, 907_000.0, 6_250_000.0, Some("5kmL93E0905N6250")),
            // G13: a corner lies in one cell.
            (Side::Ten, 800_000.0, 6_810_000.0, Some("10kmL93E080N681")),
            (Side::Ten, 799_999.999, 6_809_999.999, Some("10kmL93E079N680")),
            (Side::Ten, 0.0, 6_500_000.0, Some("10kmL93E000N650")),
            (Side::Ten, -0.001, 6_510_000.0, Some("10kmL93W-01N651")),
            (Side::Five, -0.001, 6_510_000.0, Some("5kmL93W-005N6510")),
            (Side::Ten, -280_000.0, 6_500_000.0, Some("10kmL93W-28N650")),
            (Side::Ten, 5_000_000.0, 6_500_000.0, None),
            (Side::One, f64::NAN, 6_500_000.0, None),
        ] {
            let cell = Lambert93Cell::of_point(side, x, y);
            assert_eq!(cell.map(Lambert93Cell::code).as_deref(), code);
            assert_eq!(code.and_then(Lambert93Cell::parse), cell);
        }
        for code in [
            "10kmL93E65N686",
            "10kmL93E065N999",
            "10kmL93",
            "10kmL93E065",
            "10kmUTM22E030N050",
            "5kmL93E0652N6860",
            "1kmL93E652N6861",
            "",
            "10kmL93EéN",
        ] {
            assert_eq!(Lambert93Cell::parse(code), None, "{code}");
        }
    }

    #[test]
    fn centre_and_radius_are_those_of_the_specification() {
        for (code, longitude, latitude, radius) in
            [("10kmL93E080N681", 4.4194, 48.426_789, 7074.0), ("5kmL93E0905N6250", 5.557_972, 43.341_395, 3534.0)]
        {
            let centre = Lambert93Cell::parse(code).unwrap().centre(&Lambert93).unwrap();
            assert!((centre.longitude - longitude).abs() < 2e-6, "{centre:?}");
            assert!((centre.latitude - latitude).abs() < 2e-6, "{centre:?}");
            assert_eq!(centre.radius_metres, radius);
        }
    }

    proptest! {
        #[test]
        fn a_cell_lies_in_that_of_each_coarser_grid(x in -280_000.0..1_300_000.0_f64, y in 5_890_000.0..7_160_000.0_f64) {
            for fine in Side::ALL {
                let cell = Lambert93Cell::of_point(fine, x, y).unwrap();
                prop_assert_eq!(Lambert93Cell::parse(&cell.code()), Some(cell));
                for coarse in Side::ALL {
                    let of_point = Lambert93Cell::of_point(coarse, x, y).filter(|_| coarse >= fine);
                    prop_assert_eq!(cell.within(coarse), of_point);
                }
            }
        }
    }
}
