//! GeoJSON: a collection of features.

use geo::Coord;
use geojson::feature::Id;
use geojson::{FeatureCollection, GeometryValue, Position};
use serde_json::Value;

use super::crs::Crs;
use super::feature::{Contents, Rings, Shape, Wanted};
use crate::error::{Error, Result};

/// Reads the text of a file. A feature's own `id` is a property of this name where it has no other.
///
/// # Errors
/// When it is no collection of features.
pub fn read(text: &str, wanted: Wanted<'_>) -> Result<Contents> {
    let json: geojson::GeoJson =
        text.parse().map_err(|error: geojson::Error| Error::usage("the file is not GeoJSON").caused_by(error))?;
    let collection = FeatureCollection::try_from(json)
        .map_err(|error| Error::usage("the file is not a feature collection").caused_by(error))?;
    let crs = collection.foreign_members.as_ref().and_then(|members| members.get("crs"));
    let mut contents = Contents { crs: Crs::of_geojson(crs), ..Contents::default() };
    for mut feature in collection.features {
        let shape = feature.geometry.take().map_or(Shape::Missing, |geometry| shape(geometry.value));
        for name in feature.properties.iter().flat_map(|properties| properties.keys()) {
            if !contents.properties.contains(name) {
                contents.properties.insert(name.clone());
            }
        }
        let property = |name: &str| match feature.property(name) {
            Some(value) => text_of(value),
            None if name == "id" => match &feature.id {
                Some(Id::String(id)) => Some(id.clone()),
                Some(Id::Number(id)) => Some(id.to_string()),
                None => None,
            },
            None => None,
        };
        contents.add(wanted, property, shape);
    }
    Ok(contents)
}

/// A property as text, if it is a text or a number.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn shape(geometry: GeometryValue) -> Shape {
    match geometry {
        GeometryValue::Polygon { coordinates } => Shape::Polygons(vec![polygon(coordinates)]),
        GeometryValue::MultiPolygon { coordinates } => Shape::Polygons(coordinates.into_iter().map(polygon).collect()),
        GeometryValue::GeometryCollection { geometries } => {
            let mut rings = Rings::new();
            let mut other = None;
            for part in geometries {
                match shape(part.value) {
                    Shape::Polygons(polygons) => rings.extend(polygons),
                    Shape::Other(what) => other = Some(what),
                    Shape::Missing => {}
                }
            }
            match other {
                Some(other) if rings.is_empty() => Shape::Other(other),
                _ => Shape::Polygons(rings),
            }
        }
        GeometryValue::Point { .. } => Shape::Other("a point"),
        GeometryValue::MultiPoint { .. } => Shape::Other("points"),
        GeometryValue::LineString { .. } | GeometryValue::MultiLineString { .. } => Shape::Other("a line"),
    }
}

fn polygon(rings: Vec<Vec<Position>>) -> Vec<Vec<Coord<f64>>> {
    // A position without two numbers becomes one that is not finite, which is refused with the number of its feature.
    let number = |position: &Position, axis: usize| position.as_slice().get(axis).copied().unwrap_or(f64::NAN);
    let coordinate = |position: &Position| Coord { x: number(position, 0), y: number(position, 1) };
    rings.into_iter().map(|ring| ring.iter().map(coordinate).collect()).collect()
}
