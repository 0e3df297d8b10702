//! TopoJSON: areas that share their borders as arcs, as the npm package `world-atlas` has them.
//!
//! Decoded here: the crate `topojson` was left at version 0.5, whose types are those of a `geojson` of 2022, and what is
//! needed of the format is short (<https://github.com/topojson/topojson-specification>).

use geo::Coord;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::antimeridian::cut;
use super::crs::Crs;
use super::feature::{Contents, Rings, Shape, Wanted};
use super::geojson::text_of;
use crate::error::{Error, Result};

/// How deep collections may stand in each other.
const DEPTH: usize = 8;

#[derive(Deserialize)]
struct Topology {
    transform: Option<Transform>,
    objects: Map<String, Value>,
    arcs: Vec<Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<Value>,
    properties: Option<Map<String, Value>>,
    #[serde(default)]
    arcs: Value,
    #[serde(default)]
    geometries: Vec<Object>,
}

/// Reads the text of a file; its objects are its layers.
///
/// # Errors
/// When it is no topology, or has several objects and none is named.
pub fn read(text: &str, wanted: Wanted<'_>) -> Result<Contents> {
    let wrong = |error: serde_json::Error| Error::usage("the file is not TopoJSON").caused_by(error);
    let mut topology: Topology = serde_json::from_str(text).map_err(wrong)?;
    let names: Vec<String> = topology.objects.keys().cloned().collect();
    let name = super::source::one_of(&names, wanted.layer)?;
    let object: Object = serde_json::from_value(topology.objects.remove(&name).unwrap_or_default()).map_err(wrong)?;
    let arcs: Vec<Vec<Coord<f64>>> = topology.arcs.iter().map(|arc| decode(arc, topology.transform.as_ref())).collect();
    let mut contents = Contents { crs: Crs::Wgs84, ..Contents::default() };
    add(object, &arcs, wanted, &mut contents, DEPTH)?;
    Ok(contents)
}

/// The points of an arc. With a transform, each is a difference from the one before, in steps of a grid.
fn decode(arc: &[Vec<f64>], transform: Option<&Transform>) -> Vec<Coord<f64>> {
    let number = |position: &[f64], axis: usize| position.get(axis).copied().unwrap_or(f64::NAN);
    let (mut x, mut y) = (0.0, 0.0);
    let points = arc.iter().map(|position| match transform {
        None => Coord { x: number(position, 0), y: number(position, 1) },
        Some(Transform { scale, translate }) => {
            (x, y) = (x + number(position, 0), y + number(position, 1));
            Coord { x: x * scale[0] + translate[0], y: y * scale[1] + translate[1] }
        }
    });
    points.collect()
}

/// Adds a geometry, or each of a collection.
fn add(
    object: Object,
    arcs: &[Vec<Coord<f64>>],
    wanted: Wanted<'_>,
    contents: &mut Contents,
    depth: usize,
) -> Result<()> {
    let Object { kind, id, properties, arcs: indices, geometries } = object;
    let kind = kind.unwrap_or_default();
    if kind == "GeometryCollection" {
        if depth == 0 {
            return Err(Error::usage(format!("collections stand in each other more than {DEPTH} deep")));
        }
        return geometries.into_iter().try_for_each(|part| add(part, arcs, wanted, contents, depth - 1));
    }
    let number = contents.features.len() + 1;
    let wrong =
        |error: serde_json::Error| Error::usage(format!("the arcs of feature {number} are not valid")).caused_by(error);
    let polygon = |rings: Vec<Vec<i64>>| -> Result<Vec<Vec<Coord<f64>>>> {
        rings.iter().map(|ring| stitch(ring, arcs, number)).collect()
    };
    let shape = match kind.as_str() {
        "Polygon" => Shape::Polygons(cut(vec![polygon(serde_json::from_value(indices).map_err(wrong)?)?])),
        "MultiPolygon" => {
            let polygons: Vec<Vec<Vec<i64>>> = serde_json::from_value(indices).map_err(wrong)?;
            Shape::Polygons(cut(polygons.into_iter().map(polygon).collect::<Result<Rings>>()?))
        }
        "" => Shape::Missing,
        "Point" | "MultiPoint" => Shape::Other("a point"),
        _ => Shape::Other("a line"),
    };
    let properties = properties.unwrap_or_default();
    contents.properties.extend(properties.keys().cloned());
    if id.is_some() {
        contents.properties.insert("id".to_owned());
    }
    let property = |name: &str| match properties.get(name) {
        None if name == "id" => id.as_ref().and_then(text_of),
        value => value.and_then(text_of),
    };
    contents.add(wanted, property, shape);
    Ok(())
}

/// A ring of arcs, one after the other; an arc that is given as its complement (`!2`) is gone through backwards. The last
/// point of an arc is the first of the next.
fn stitch(ring: &[i64], arcs: &[Vec<Coord<f64>>], number: usize) -> Result<Vec<Coord<f64>>> {
    let mut points: Vec<Coord<f64>> = Vec::new();
    for &index in ring {
        let backwards = index < 0;
        let position = if backwards { !index } else { index };
        let arc = usize::try_from(position)
            .ok()
            .and_then(|position| arcs.get(position))
            .ok_or_else(|| Error::usage(format!("feature {number} names arc {position} of {}", arcs.len())))?;
        points.pop();
        if backwards { points.extend(arc.iter().rev()) } else { points.extend(arc) }
    }
    Ok(points)
}
