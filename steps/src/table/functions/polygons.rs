//! The polygons that a case brings along, in the place of those of a run.

use serde_json::Value;

use crate::location::place::{Near, Nearby};
use crate::parse::continent::Continent;

/// Points nearer than this, in degrees, are the same.
const SAME_POINT: f64 = 1e-6;

/// The countries and continents at some points; everything else is open sea.
#[derive(Debug)]
pub struct Polygons(Vec<Point>);

#[derive(Debug)]
struct Point {
    latitude: f64,
    longitude: f64,
    countries: Vec<Near>,
    continents: Vec<Continent>,
}

impl Polygons {
    /// The list of a case: points with their `countries` as pairs of a code and a distance in degrees, and their
    /// `continents`, by name or likewise.
    pub fn of(list: &Value) -> Self {
        let points = list.as_array().into_iter().flatten();
        Self(points.filter_map(Point::of).collect())
    }

    fn at(&self, longitude: f64, latitude: f64) -> impl Iterator<Item = &Point> {
        self.0.iter().filter(move |point| {
            (point.latitude - latitude).abs() < SAME_POINT && (point.longitude - longitude).abs() < SAME_POINT
        })
    }
}

impl Point {
    fn of(point: &Value) -> Option<Self> {
        let list = |name: &str| point.get(name).and_then(Value::as_array).into_iter().flatten();
        let near = |pair: &Value| {
            let code = pair.get(0)?.as_str()?.to_owned();
            Some(Near { code, degrees: pair.get(1).and_then(Value::as_f64).unwrap_or_default() })
        };
        let mut countries: Vec<Near> = list("countries").filter_map(near).collect();
        countries.sort_by(|a, b| a.degrees.total_cmp(&b.degrees));
        let name = |continent: &Value| {
            let name = continent.as_str().or_else(|| continent.get(0)?.as_str())?;
            Continent::of_name(name)
        };
        Some(Self {
            latitude: point.get("latitude")?.as_f64()?,
            longitude: point.get("longitude")?.as_f64()?,
            countries,
            continents: list("continents").filter_map(name).collect(),
        })
    }
}

impl Nearby for Polygons {
    fn countries(&self, longitude: f64, latitude: f64, degrees: f64) -> Vec<Near> {
        let near = self.at(longitude, latitude).flat_map(|point| &point.countries);
        near.filter(|near| near.degrees <= degrees).cloned().collect()
    }

    fn continents(&self, longitude: f64, latitude: f64) -> Option<Vec<Continent>> {
        Some(self.at(longitude, latitude).flat_map(|point| point.continents.iter().copied()).collect())
    }
}
