//! The national grids of mainland France, which are computed; those of the overseas territories are layers.
//!
//! A cell is named by its lower left corner in Lambert-93: in tens of kilometres on three digits for the cells of 10 km
//! (`10kmL93E065N686` holds the points with `650 000 <= x < 660 000` and `6 860 000 <= y < 6 870 000`), in kilometres on four
//! digits for those of 5 km and 1 km (`5kmL93E0905N6250`, `1kmL93E0652N6861`). West of `x = 0` the letter is `W` and the sign
//! is kept (`10kmL93W-28N650`), as in the published layer. The layer of 2 km has kilometres on three digits where they do
//! (`2kmL93E370N6526`). Those of 20 km and 50 km, which are for protected records alone, are named as the one of 10 km.

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use super::areas::{Centre, geodesic_metres};
use super::projection::{LAMBERT_93, Projections, UnknownSystem, WGS84};

/// Columns and rows of the published grid in cells of 10 km: mainland France with its sea.
const COLUMNS: RangeInclusive<i32> = -28..=130;
const ROWS: RangeInclusive<i32> = 588..=716;

/// A grid, named by the side of its cells; finer ones come first in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// 1 km.
    One,
    /// 5 km.
    Five,
    /// 10 km.
    Ten,
    /// 2 km.
    Two,
    /// 20 km.
    Twenty,
    /// 50 km.
    Fifty,
}

impl PartialOrd for Side {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Side {
    fn cmp(&self, other: &Self) -> Ordering {
        self.kilometres().cmp(&other.kilometres())
    }
}

impl Side {
    /// The grids that records are attached to, finest first.
    pub const ALL: [Self; 3] = [Self::One, Self::Five, Self::Ten];
    /// Every grid, finest first: protected records may be shown at any.
    pub const EVERY: [Self; 6] = [Self::One, Self::Two, Self::Five, Self::Ten, Self::Twenty, Self::Fifty];

    /// In kilometres.
    pub fn kilometres(self) -> i32 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Five => 5,
            Self::Ten => 10,
            Self::Twenty => 20,
            Self::Fifty => 50,
        }
    }

    /// How the kilometres of a corner are written: the unit in kilometres, and the least number of digits.
    fn notation(self) -> (i32, usize) {
        match self {
            Self::One | Self::Five => (1, 4),
            Self::Two => (1, 3),
            Self::Ten | Self::Twenty | Self::Fifty => (10, 3),
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
            Self::Two => "2km",
            Self::Five => "5km",
            Self::Ten => "10km",
            Self::Twenty => "20km",
            Self::Fifty => "50km",
        }
    }

    /// The grid that a code of a cell belongs to.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|side| code.starts_with(side.prefix()))
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
        let kilometres = side.kilometres();
        // The first and the last cell of 10 km that it meets: of a cell at the edge of the grid one is enough.
        let meets = |position: i32, range: &RangeInclusive<i32>| {
            let low = position.checked_mul(kilometres)?;
            let high = low.checked_add(kilometres - 1)?;
            Some(low.div_euclid(10) <= *range.end() && high.div_euclid(10) >= *range.start())
        };
        let inside = meets(column, &COLUMNS)? && meets(row, &ROWS)?;
        inside.then_some(Self { side, column, row })
    }

    /// The cell of a code.
    pub fn parse(code: &str) -> Option<Self> {
        let side = Side::of_code(code)?;
        let (column, row) = code.strip_prefix(side.prefix())?.strip_prefix("L93")?.split_once('N')?;
        let column = column.strip_prefix('E').or_else(|| column.strip_prefix('W'))?;
        let (unit, _) = side.notation();
        let cells = |number: &str| -> Option<i32> {
            let kilometres = number.parse::<i32>().ok()?.checked_mul(unit)?;
            (kilometres % side.kilometres() == 0).then_some(kilometres / side.kilometres())
        };
        let cell = Self::new(side, cells(column)?, cells(row)?)?;
        (cell.code() == code).then_some(cell)
    }

    /// The code.
    pub fn code(self) -> String {
        let letter = if self.column < 0 { 'W' } else { 'E' };
        let (unit, width) = self.side.notation();
        let (column, row) = (self.column * self.side.kilometres() / unit, self.row * self.side.kilometres() / unit);
        format!("{}L93{letter}{column:0width$}N{row:0width$}", self.side.prefix())
    }

    /// The grid it is of.
    pub fn side(self) -> Side {
        self.side
    }

    /// The cell of a coarser grid, or of the same, that holds this one; `None` for a finer grid, and where it lies in two
    /// cells, as one of 2 km may in those of 5 km.
    pub fn within(self, side: Side) -> Option<Self> {
        let (own, wanted) = (self.side.kilometres(), side.kilometres());
        let holding = |position: i32| {
            let low = position * own;
            let holding = low.div_euclid(wanted);
            (low + own <= (holding + 1) * wanted).then_some(holding)
        };
        Self::new(side, holding(self.column)?, holding(self.row)?)
    }

    /// The cells of a finer grid, or of the same, that it meets, by code.
    pub fn meeting(self, side: Side) -> Vec<Self> {
        let (own, wanted) = (self.side.kilometres(), side.kilometres());
        let met = |position: i32| (position * own).div_euclid(wanted)..=(position * own + own - 1).div_euclid(wanted);
        met(self.column).flat_map(|column| met(self.row).filter_map(move |row| Self::new(side, column, row))).collect()
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
            // A cell of the published layer of 2 km.
            (Side::Two, 370_001.0, 6_527_999.0, Some("2kmL93E370N6526")),
            (Side::Twenty, 652_469.0, 6_862_035.0, Some("20kmL93E064N686")),
            (Side::Fifty, 652_469.0, 6_862_035.0, Some("50kmL93E065N685")),
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
            "2kmL93E371N6526",
            "20kmL93E065N686",
            "50kmL93E064N685",
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
            for fine in Side::EVERY {
                let cell = Lambert93Cell::of_point(fine, x, y).unwrap();
                prop_assert_eq!(Lambert93Cell::parse(&cell.code()), Some(cell));
                for coarse in Side::EVERY {
                    let of_point = Lambert93Cell::of_point(coarse, x, y).unwrap();
                    let [low, _, high, _] = of_point.corners();
                    let holds = cell.corners().iter().all(|(x, y)| low.0 <= *x && *x <= high.0 && low.1 <= *y && *y <= high.1);
                    prop_assert_eq!(cell.within(coarse), holds.then_some(of_point));
                    prop_assert_eq!(of_point.meeting(fine).contains(&cell), true);
                }
            }
        }
    }
}
