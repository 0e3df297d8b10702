//! The areas of the fixtures, and places drawn in them by a seed.

use serde_json::Value;

use crate::program::repository;

/// Numbers that follow from a seed alone (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below a number.
    pub fn below(&mut self, number: usize) -> usize {
        usize::try_from(self.next() % number as u64).unwrap()
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A place in degrees, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub longitude: f64,
    pub latitude: f64,
}

/// The third to fifth decimals of every secret coordinate, which no other has: a number that has them tells a place.
pub const SECRET_DECIMALS: &str = "777";

impl Point {
    /// The point beside with the decimals of a secret one, less than a kilometre away.
    fn secret(self, random: &mut Random) -> Self {
        let mut moved = |degrees: f64| {
            (degrees * 100.0).trunc() / 100.0 + (0.007_77 + random.between(1e-7, 9e-6)).copysign(degrees)
        };
        Self { longitude: moved(self.longitude), latitude: moved(self.latitude) }
    }

    /// Whether one of its coordinates has the decimals of a secret one.
    fn looks_secret(self) -> bool {
        [self.longitude, self.latitude]
            .iter()
            .any(|degrees| format!("{degrees:.8}").split('.').nth(1).unwrap()[2..5] == *SECRET_DECIMALS)
    }

    /// Easting and northing in Lambert-93, metres (EPSG:2154).
    pub fn lambert93(self) -> (f64, f64) {
        // Constants of the projection, IGN, NTG 71.
        let (n, c, xs, ys) = (0.725_607_765_053_267_1, 11_754_255.426_096_5, 700_000.0, 12_655_612.049_876);
        let eccentricity = 0.081_819_191_042_815_79_f64;
        let latitude = self.latitude.to_radians();
        let sine = eccentricity * latitude.sin();
        let isometric = ((std::f64::consts::FRAC_PI_4 + latitude / 2.0).tan()
            * ((1.0 - sine) / (1.0 + sine)).powf(eccentricity / 2.0))
        .ln();
        let (radius, angle) = (c * (-n * isometric).exp(), n * (self.longitude - 3.0).to_radians());
        (xs + radius * angle.sin(), ys - radius * angle.cos())
    }
}

/// An area with its outline.
struct Area {
    code: String,
    ring: Vec<(f64, f64)>,
}

impl Area {
    fn holds(&self, point: Point) -> bool {
        let (x, y) = (point.longitude, point.latitude);
        let mut inside = false;
        for (&(x1, y1), &(x2, y2)) in self.ring.iter().zip(self.ring.iter().cycle().skip(1)) {
            if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
                inside = !inside;
            }
        }
        inside
    }

    fn draw(&self, random: &mut Random) -> Point {
        let bound = |of: fn(&(f64, f64)) -> f64| {
            let values = self.ring.iter().map(of);
            (values.clone().fold(f64::MAX, f64::min), values.fold(f64::MIN, f64::max))
        };
        let ((west, east), (south, north)) = (bound(|corner| corner.0), bound(|corner| corner.1));
        loop {
            let point = Point { longitude: random.between(west, east), latitude: random.between(south, north) };
            if self.holds(point) {
                return point;
            }
        }
    }
}

/// The areas that hold a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Areas {
    pub department: String,
    pub commune: Option<String>,
    pub cell: String,
}

/// The layers of the fixtures.
pub struct World {
    departments: Vec<Area>,
    communes: Vec<Area>,
    grid: Vec<Area>,
}

impl World {
    pub fn load() -> Self {
        let [departments, communes, grid] = ["departments", "communes", "grid"].map(layer);
        Self { departments, communes, grid }
    }

    fn at(&self, point: Point) -> Option<Areas> {
        let code = |layer: &[Area]| layer.iter().find(|area| area.holds(point)).map(|area| area.code.clone());
        let cell = match code(&self.grid) {
            Some(cell) => cell,
            None if point.latitude > 40.0 => {
                let (east, north) = point.lambert93();
                format!("{} {}", (east / 10_000.0).floor(), (north / 10_000.0).floor())
            }
            None => return None,
        };
        Some(Areas { department: code(&self.departments)?, commune: code(&self.communes), cell })
    }

    /// The areas of a point that has a few hundred metres of them on all sides.
    pub fn areas(&self, point: Point) -> Option<Areas> {
        let areas = self.at(point)?;
        let margin = 0.004;
        let around = [(margin, margin), (-margin, margin), (margin, -margin), (-margin, -margin)];
        let same = around.into_iter().all(|(east, north)| {
            let beside = Point { longitude: point.longitude + east, latitude: point.latitude + north };
            self.at(beside).as_ref() == Some(&areas)
        });
        same.then_some(areas)
    }

    /// A point in a commune of a department, that of a secret or of a free record.
    pub fn point_in(&self, random: &mut Random, department: &str, is_secret: bool) -> Point {
        let communes: Vec<&Area> =
            self.communes.iter().filter(|commune| commune.code.starts_with(department)).collect();
        loop {
            let commune = random.pick(&communes);
            let drawn = commune.draw(random);
            let point = if is_secret { drawn.secret(random) } else { drawn };
            // Corners of footprints stand 0.002 degrees aside.
            let beside = |by: f64| Point { longitude: point.longitude + by, latitude: point.latitude + by };
            if !is_secret && [-0.002, 0.0, 0.002].into_iter().any(|by| beside(by).looks_secret()) {
                continue;
            }
            if self.areas(point).is_some_and(|areas| areas.department == department && areas.commune.is_some()) {
                return point;
            }
        }
    }

    /// Another point that is published as the same area at a level.
    pub fn moved(&self, random: &mut Random, point: Point, level: i64) -> Point {
        let known = self.areas(point).unwrap();
        let communes = self.communes.iter().filter(|commune| Some(&commune.code) == known.commune.as_ref());
        let department = self.departments.iter().filter(|department| department.code == known.department);
        // A commune first: a cell is small in a department.
        let within: Vec<&Area> = communes.chain(department).collect();
        for attempt in 0.. {
            let area = within[if level == 1 || attempt % 2 == 0 { 0 } else { within.len() - 1 }];
            let other = area.draw(random).secret(random);
            let Some(areas) = self.areas(other) else { continue };
            let same = match level {
                1 => areas.commune == known.commune,
                2 => areas.cell == known.cell,
                _ => true,
            };
            if same && areas.department == known.department && other != point {
                return other;
            }
        }
        unreachable!()
    }
}

fn layer(name: &str) -> Vec<Area> {
    let path = repository().join(format!("fixtures/reference/{name}.geojson"));
    let layer: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let features = layer["features"].as_array().unwrap();
    features
        .iter()
        .map(|feature| {
            let corners = feature["geometry"]["coordinates"][0].as_array().unwrap();
            let corner = |corner: &Value| (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
            Area {
                code: feature["properties"]["code"].as_str().unwrap().to_owned(),
                ring: corners.iter().map(corner).collect(),
            }
        })
        .collect()
}
