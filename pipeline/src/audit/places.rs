//! Points in texts, however they are written: decimal degrees, degrees and minutes, metres of a projection, geohashes.

use hashbrown::HashSet;
use openobs_steps::parse::coordinate::{Axis, sexagesimal};
use openobs_steps::reference::projection::{Projections, WGS84};

use super::words::Spot;

/// Cells of this many to a degree: 0.001°, some 100 m.
const CELLS: f64 = 1_000.0;
/// Bytes between the two numbers of a point.
const APART: usize = 60;
/// Points that are kept for a second look; more would be no better proof.
const KEPT: usize = 10_000;
/// Projections of France in which a point may be written: Lambert-93 and II extended, the UTM zones of mainland and territories.
const SYSTEMS: [u32; 10] = [2154, 27572, 32630, 32631, 32632, 32620, 2972, 2975, 4471, 5490];

/// A set of points, to some 100 m.
#[derive(Debug, Default, Clone)]
pub struct Places(HashSet<(i32, i32), ahash::RandomState>);

impl Places {
    /// Adds a point, in degrees of WGS 84.
    pub fn add(&mut self, latitude: f64, longitude: f64) {
        if latitude.is_finite() && longitude.is_finite() {
            self.0.insert((cell(latitude), cell(longitude)));
        }
    }

    /// How many cells have a point.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes the points of another set.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether a point of the set is within some cells of another one.
    fn has_near(&self, point: &Point) -> bool {
        let (latitude, longitude) = (cell(point.latitude), cell(point.longitude));
        let (high, wide) = point.reach;
        (-high..=high).any(|up| (-wide..=wide).any(|east| self.0.contains(&(latitude + up, longitude + east))))
    }
}

fn cell(degrees: f64) -> i32 {
    // Degrees of the Earth fit.
    (degrees * CELLS).floor() as i32
}

/// A point that a text tells.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    latitude: f64,
    longitude: f64,
    /// How many cells around it are meant, up and down, and to both sides.
    reach: (i32, i32),
}

/// Points found near protected ones, with where.
#[derive(Debug, Default)]
pub struct PlaceHits(Vec<(Point, Spot)>);

impl PlaceHits {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Leaves out those that are near a public point, or the centre of a public area.
    pub fn explain(&mut self, public: &Places) {
        self.0.retain(|(point, _)| !public.has_near(point));
    }

    /// Where they are.
    pub fn spots(&self) -> impl Iterator<Item = &Spot> {
        self.0.iter().map(|(_, spot)| spot)
    }

    /// Takes the hits of another file.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
        self.0.truncate(KEPT);
    }
}

/// Looks for protected points in the lines of one text.
pub struct PlaceFinder<'a> {
    protected: &'a Places,
    projections: &'a dyn Projections,
    /// Decimals from which two numbers are a point.
    decimals: usize,
    /// The last number and the last angle of the line before: JSON has one number a line.
    number: Option<Number>,
    angle: Option<(f64, Axis)>,
}

#[derive(Debug, Clone, Copy)]
struct Number {
    value: f64,
    decimals: usize,
    /// Bytes that were read since.
    since: usize,
}

impl<'a> PlaceFinder<'a> {
    /// A finder; two numbers are a point in degrees where both have this many decimals.
    pub fn new(protected: &'a Places, projections: &'a dyn Projections, decimals: usize) -> Self {
        Self { protected, projections, decimals, number: None, angle: None }
    }

    /// Notes the points of a line that are near protected ones.
    pub fn find(&mut self, line: &[u8], file: &str, number: u64, hits: &mut PlaceHits) {
        if self.protected.len() == 0 {
            return;
        }
        let mut note = |point: Point| {
            if hits.0.len() < KEPT && self.protected.has_near(&point) {
                hits.0.push((point, Spot { file: file.to_owned(), line: number, times: 1 }));
            }
        };
        let mut position = 0;
        let mut last_end = 0;
        while let Some((start, end, value, decimals)) = next_number(line, position) {
            position = end;
            let gap = start - last_end;
            last_end = end;
            if let Some(before) = &mut self.number {
                before.since += gap;
            }
            let found = Number { value, decimals, since: 0 };
            if let Some(before) = self.number.filter(|before| before.since <= APART) {
                points_of(before, found, self.decimals, self.projections, &mut note);
            }
            self.number = Some(found);
            if let Some((degrees, axis)) = angle(line, start, end) {
                if let Some((before, of)) = self.angle
                    && of != axis
                {
                    let (latitude, longitude) =
                        if of == Axis::Latitude { (before, degrees) } else { (degrees, before) };
                    note(Point { latitude, longitude, reach: (1, 1) });
                }
                self.angle = Some((degrees, axis));
            }
        }
        if let Some(before) = &mut self.number {
            before.since += line.len() - last_end;
        }
        for point in geohashes(line) {
            note(point);
        }
    }
}

/// The points that two numbers may be.
fn points_of(
    first: Number,
    second: Number,
    decimals: usize,
    projections: &dyn Projections,
    note: &mut impl FnMut(Point),
) {
    let fewest = first.decimals.min(second.decimals);
    if fewest >= decimals {
        let reach = if fewest == 2 { (10, 10) } else { (1, 1) };
        for (latitude, longitude) in [(first.value, second.value), (second.value, first.value)] {
            if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 {
                note(Point { latitude, longitude, reach });
            }
        }
    }
    let metres = |value: f64| (10_000.0..20_000_000.0).contains(&value.abs());
    if metres(first.value) && metres(second.value) && first.value.abs().max(second.value.abs()) >= 100_000.0 {
        for (x, y) in [(first.value, second.value), (second.value, first.value)] {
            for system in SYSTEMS {
                let mut points = [(x, y)];
                if projections.transform(system, WGS84, &mut points).is_ok()
                    && points[0].0.is_finite()
                    && points[0].1.is_finite()
                {
                    note(Point { latitude: points[0].1, longitude: points[0].0, reach: (1, 1) });
                }
            }
        }
    }
}

/// The next number of a text from a position: its ends, its value and its decimals.
fn next_number(text: &[u8], from: usize) -> Option<(usize, usize, f64, usize)> {
    let mut start = from + text.get(from..)?.iter().position(u8::is_ascii_digit)?;
    let digits =
        |from: usize| text.get(from..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count());
    let whole = start + digits(start);
    let decimals = match text.get(whole) {
        Some(b'.' | b',') => digits(whole + 1),
        _ => 0,
    };
    let end = if decimals > 0 { whole + 1 + decimals } else { whole };
    if start > 0 && text.get(start - 1) == Some(&b'-') {
        start -= 1;
    }
    let written = std::str::from_utf8(text.get(start..end)?).ok()?.replace(',', ".");
    Some((start, end, written.parse().unwrap_or(f64::NAN), decimals))
}

/// The angle in degrees, minutes and seconds with a direction that starts with a number.
fn angle(line: &[u8], start: usize, end: usize) -> Option<(f64, Axis)> {
    let after = line.get(end..)?;
    if !["°", "º", "&deg;", "deg", "d"].iter().any(|sign| after.trim_ascii_start().starts_with(sign.as_bytes())) {
        return None;
    }
    let text = String::from_utf8_lossy(line.get(start..line.len().min(start + 40))?).replace("&deg;", "°");
    let text = text.replace("&#x27;", "'").replace("&quot;", "\"").replace("\\\"", "\"");
    let direction = text.char_indices().find(|(_, letter)| matches!(letter, 'N' | 'S' | 'E' | 'W' | 'O'))?;
    let axis = if matches!(direction.1, 'N' | 'S') { Axis::Latitude } else { Axis::Longitude };
    // A French `O` is west.
    let written = text.get(..=direction.0)?.replace('O', "W");
    sexagesimal(&written, axis).map(|degrees| (degrees, axis))
}

/// The letters of geohashes, in the order of their values.
const GEOHASH: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// The middles of the words that are geohashes of six letters (1.2 km) or more.
fn geohashes(line: &[u8]) -> impl Iterator<Item = Point> {
    line.split(|byte| !byte.is_ascii_alphanumeric()).filter_map(|word| {
        let is_code = (6..=12).contains(&word.len())
            && word.iter().any(u8::is_ascii_digit)
            && word.iter().any(u8::is_ascii_lowercase);
        if is_code { geohash(word) } else { None }
    })
}

fn geohash(word: &[u8]) -> Option<Point> {
    let (mut south, mut north, mut west, mut east) = (-90.0, 90.0, -180.0, 180.0);
    let mut is_longitude = true;
    for letter in word {
        let value = GEOHASH.iter().position(|known| known == letter)?;
        for bit in (0..5).rev() {
            let upper = value >> bit & 1 == 1;
            let (low, high) = if is_longitude { (&mut west, &mut east) } else { (&mut south, &mut north) };
            let middle: f64 = (*low + *high) / 2.0;
            *(if upper { low } else { high }) = middle;
            is_longitude = !is_longitude;
        }
    }
    let reach = |low: f64, high: f64| ((high - low) / 2.0 * CELLS).ceil() as i32;
    Some(Point {
        latitude: (south + north) / 2.0,
        longitude: (west + east) / 2.0,
        reach: (reach(south, north), reach(west, east)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::ProjTransformations;

    #[test]
    fn a_point_is_found_however_it_is_written() {
        let mut protected = Places::default();
        protected.add(45.18347561, 5.71234987);
        protected.add(44.84127639, -0.58273416);
        for (text, expected) in [
            ("45.18347561, 5.71234987", 1),
            ("north 45.183 east 5.712", 1),
            ("lon=5,7123 lat=45,1835", 1),
            ("[\n5.71234\n,\n45.18348\n]", 1),
            ("45.18 5.71", 1),
            ("45.21 5.71", 0),
            ("44.8413 -0.5827", 1),
            ("44.8413 0.5827", 0),
            ("45°11'00.5\"N 5°42'44.5\"E", 1),
            ("5° 42' 44\" E, 45° 11' 0\" N", 1),
            ("45&deg;11&#x27;00&quot;N 5&deg;42&#x27;44&quot;E", 1),
            ("X=912990 Y=6457455 (Lambert-93)", 1),
            ("865 of 913149 records", 0),
            ("u0h0fp", 0),
            ("spuy", 0),
        ] {
            let mut hits = PlaceHits::default();
            let mut finder = PlaceFinder::new(&protected, &ProjTransformations, 2);
            text.split('\n').zip(1..).for_each(|(line, number)| finder.find(line.as_bytes(), "f", number, &mut hits));
            assert_eq!(usize::from(!hits.is_empty()), expected, "{text}: {hits:?}");
        }
    }

    #[test]
    fn a_geohash_is_the_square_it_names() {
        // The example of the inventor: ezs42 is near 42.605, -5.603.
        let point = geohash(b"ezs42").unwrap();
        assert!((point.latitude - 42.605).abs() < 0.01 && (point.longitude + 5.603).abs() < 0.01, "{point:?}");
        let mut protected = Places::default();
        protected.add(42.605, -5.603);
        let mut hits = PlaceHits::default();
        PlaceFinder::new(&protected, &ProjTransformations, 2).find(b"at ezs42e", "f", 1, &mut hits);
        assert_eq!(hits.0.len(), usize::from(geohash(b"ezs42e").is_some_and(|point| protected.has_near(&point))));
        let mut public = Places::default();
        public.add(42.605, -5.603);
        hits.explain(&public);
        assert!(hits.is_empty());
    }
}
