//! Coordinate reference systems, by EPSG code or by name.
//!
//! `EPSG:2154`, `urn:ogc:def:crs:EPSG::4326`, `ESPG 4326`, `2154`, `RGF93 / Lambert-93`, `Lambert II étendu`, `NTF (Paris)`.

use std::sync::LazyLock;

use hashbrown::HashMap;
use regex::Regex;

use super::letters::letters_and_digits;

/// How coordinates of a system become longitude and latitude in WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Degrees that are those of WGS 84 within a metre or so.
    SameAsWgs84,
    /// Degrees of another datum, or a system of which only the code is known.
    Other,
    /// Grads from the meridian of Paris.
    ParisGrads,
    /// Metres.
    Projected,
}

/// A coordinate reference system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct System {
    /// EPSG code of the system.
    pub crs: u32,
    /// EPSG code told for the name: that of the datum for many names, as with GBIF.
    pub code: u32,
    /// How its coordinates are read.
    pub kind: Kind,
    /// West, south, east, north of where the system is used, in degrees, where it is known.
    pub bounds: Option<[f64; 4]>,
    /// Whether the name leaves the datum open, so that the one of today is assumed: `UTM 31N`.
    pub is_assumed: bool,
}

struct Systems {
    by_name: HashMap<String, System>,
    by_code: HashMap<u32, System>,
}

static SYSTEMS: LazyLock<Systems> = LazyLock::new(|| {
    let mut systems = Systems { by_name: HashMap::new(), by_code: HashMap::new() };
    for line in include_str!("../vocabulary/datum.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(crs), Some(code), Some(kind), Some(bounds), Some(names)) =
            (cells.next(), cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let (Ok(crs), Ok(code)) = (crs.parse(), code.parse()) else { continue };
        let kind = match kind {
            "same" => Kind::SameAsWgs84,
            "grads" => Kind::ParisGrads,
            "projected" => Kind::Projected,
            _ => Kind::Other,
        };
        let bounds: Vec<f64> = bounds.split(',').filter_map(|bound| bound.parse().ok()).collect();
        let system = System { crs, code, kind, bounds: bounds.try_into().ok(), is_assumed: false };
        systems.by_code.entry(crs).or_insert(System { code: crs, ..system });
        for name in names.split(" | ") {
            let key = letters_and_digits(name);
            let is_assumed = key.starts_with("UTM") && !key.contains("WGS") && is_utm_of_wgs84(crs);
            systems.by_name.entry(key).or_insert(System { is_assumed, ..system });
        }
    }
    systems
});

static EPSG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:E\s?PSG|ESPG|SRID|SDO)(?:/0)?[\s:/=_]*(\d{4,6})\b").ok());

/// The system that a text names; `None` when it cannot be told.
///
/// A code is taken as it is: whether there is such a system is for PROJ to say.
pub fn system(text: &str) -> Option<System> {
    let text = text.trim();
    if let Some(code) = EPSG.as_ref().and_then(|pattern| pattern.captures(text)).and_then(|found| found.get(1)) {
        return of_code(code.as_str().parse().ok()?);
    }
    if matches!(text.len(), 4 | 5) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_code(text.parse().ok()?).filter(|system| SYSTEMS.by_code.contains_key(&system.crs));
    }
    let named = |text: &str| SYSTEMS.by_name.get(&letters_and_digits(text)).copied();
    named(text).or_else(|| {
        // `WGS84, decimal degrees`, `Lambert 93 (source: GPS)`.
        let start = text.split([',', ';', '(', '[']).next()?;
        (start.len() < text.len()).then(|| named(start)).flatten()
    })
}

/// The system of an EPSG code.
pub fn of_code(code: u32) -> Option<System> {
    let known = SYSTEMS.by_code.get(&code).copied();
    known.or((code >= 1024).then_some(System { crs: code, code, kind: Kind::Other, bounds: None, is_assumed: false }))
}

fn is_utm_of_wgs84(code: u32) -> bool {
    (32601..=32660).contains(&code) || (32701..=32760).contains(&code)
}

/// Whether a system is of the triangulation of France (NTF).
pub fn is_ntf(code: u32) -> bool {
    matches!(code, 4275 | 4807 | 27561..=27564 | 27571..=27574 | 27581..=27584)
}

/// Systems with the coordinates of a zone of UTM on the datums that were in use before WGS 84 in France and overseas.
pub fn other_datums(code: u32) -> &'static [u32] {
    match code {
        32629 => &[23029],
        32630 => &[23030],
        32631 => &[23031],
        32632 => &[23032],
        32620 => &[2969, 2970, 2973],
        32621 => &[2987],
        32622 => &[2971],
        32738 => &[2980],
        _ => &[],
    }
}

/// Whether the dictionary has a system.
pub fn is_listed(code: u32) -> bool {
    SYSTEMS.by_code.contains_key(&code)
}

/// The system of mainland France whose range of coordinates holds an easting and a northing, if there is only one.
///
/// Lambert-93, the nine conic zones (the northing tells the zone) and Lambert II étendu do not overlap.
pub fn french_projection(x: f64, y: f64) -> Option<System> {
    let within = |value: f64, low: f64, high: f64| value >= low && value <= high;
    if within(x, 90_000.0, 1_230_000.0) && within(y, 6_040_000.0, 7_120_000.0) {
        return of_code(2154);
    }
    if within(x, 1_050_000.0, 2_130_000.0) && within(y, 1_080_000.0, 9_320_000.0) {
        let zone = (y / 1e6).floor();
        if within(y - zone * 1e6, 80_000.0, 320_000.0) {
            return of_code(3941 + zone as u32);
        }
    }
    if within(x, 40_000.0, 1_190_000.0) && within(y, 1_610_000.0, 2_690_000.0) {
        return of_code(27572);
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn names_and_codes() {
        for (text, crs) in [
            ("EPSG:2154", Some(2154)),
            ("urn:ogc:def:crs:EPSG::4326", Some(4326)),
            ("http://www.opengis.net/def/crs/EPSG/0/27572", Some(27572)),
            (" ESPG :: 4269 ", Some(4269)),
            ("2154", Some(2154)),
            ("1234", None),
            ("RGF93 / Lambert-93", Some(2154)),
            ("Lambert 93", Some(2154)),
            ("lambert II ETENDU", Some(27572)),
            ("RGF93", Some(4171)),
            ("NTF (Paris)", Some(4807)),
            ("ED 50", Some(4230)),
            ("WGS84, decimal degrees", Some(4326)),
            ("WGS86", None),
            ("RGAF09 / UTM zone 20N", Some(5490)),
            ("carte IGN", None),
            ("", None),
        ] {
            assert_eq!(system(text).map(|system| system.crs), crs, "{text}");
        }
    }

    #[test]
    fn french_ranges() {
        for (x, y, crs) in [
            (652_297.0, 6_861_636.4, Some(2154)),
            (600_983.5, 2_428_295.3, Some(27572)),
            (1_652_295.7, 8_183_858.0, Some(3949)),
            (452_310.4, 5_411_318.4, None),
            (12_344.0, 12_344.0, None),
        ] {
            assert_eq!(french_projection(x, y).map(|system| system.crs), crs);
        }
    }
}
