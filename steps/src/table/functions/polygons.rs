//! The polygons and centroids that a case brings along, in the place of those of a run.

use serde_json::Value;

use crate::location::place::{Near, Nearby};
use crate::parse::continent::Continent;

/// Points nearer than this, in degrees, are the same.
const SAME_POINT: f64 = 1e-6;

/// The countries and continents at some points; everything else is open sea.
#[derive(Debug)]
pub struct Polygons {
    points: Vec<Point>,
    /// The distance of the place of the case from the nearest centroid, in metres.
    centroid_metres: Option<f64>,
}

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
        Self { points: points.filter_map(Point::of).collect(), centroid_metres: None }
    }

    /// With the centroids of a case: the shortest distance that the list names, as pairs of a code and a distance in
    /// metres, as members whose name says that they are a distance, or alone.
    pub fn with_centroids(self, list: Option<&Value>) -> Self {
        let mut distances = Vec::new();
        list.into_iter().for_each(|list| collect_distances(list, &mut distances));
        Self { centroid_metres: distances.into_iter().min_by(f64::total_cmp), ..self }
    }

    fn at(&self, longitude: f64, latitude: f64) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(move |point| {
            (point.latitude - latitude).abs() < SAME_POINT && (point.longitude - longitude).abs() < SAME_POINT
        })
    }
}

fn collect_distances(value: &Value, distances: &mut Vec<f64>) {
    match value {
        Value::Array(values) => match values.as_slice() {
            [Value::String(_), distance] => distances.extend(distance.as_f64()),
            values => values.iter().for_each(|value| collect_distances(value, distances)),
        },
        Value::Number(distance) => distances.extend(distance.as_f64()),
        Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_f64() {
            Some(distance) if name.to_lowercase().contains("distance") => distances.push(distance),
            Some(_) => {}
            None => collect_distances(value, distances),
        }),
        _ => {}
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

    fn centroid_metres(&self, _longitude: f64, _latitude: f64, _country: Option<&str>) -> Option<f64> {
        self.centroid_metres
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_listed_is_open_sea() {
        let list = json!([{"latitude": 8.6, "longitude": -82.9, "countries": [["PA", 0.2], ["CR", 0.0]]}]);
        let polygons = Polygons::of(&list);
        let codes = |degrees| -> Vec<String> {
            polygons.countries(-82.9, 8.6, degrees).into_iter().map(|near| near.code).collect()
        };
        assert_eq!(codes(0.05), ["CR"]);
        assert_eq!(codes(0.3), ["CR", "PA"]);
        assert_eq!(polygons.countries(82.9, 8.6, 1.0), []);
        assert_eq!(polygons.continents(-82.9, 8.6), Some(Vec::new()));
        let centroids = json!([["CR", 1200.5], {"iso": "PA", "distanceInMeters": 40}]);
        assert_eq!(polygons.with_centroids(Some(&centroids)).centroid_metres(0.0, 0.0, None), Some(40.0));
    }
}
