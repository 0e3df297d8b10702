//! Layers of areas from GeoJSON (plain or gzip), GeoParquet and FlatGeobuf, in WGS 84.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use flate2::read::MultiGzDecoder;
use geo::{Geometry, MultiPolygon};
use geozero::wkb::Wkb;
use geozero::{PropertyProcessor, ToGeo};
use openobs_steps::reference::areas::{Area, Areas};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Doing, Error, Result};
use crate::settings::{AreaLayer, PropertyNames};

/// Reads a layer; its format is told by the ending of the file's name.
///
/// # Errors
/// When the file cannot be read, a feature has no code, or its geometry is no polygon.
pub fn read(layer: &AreaLayer) -> Result<Areas> {
    let path = &layer.path;
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let areas = if name.ends_with(".parquet") {
        from_geoparquet(layer)
    } else if name.ends_with(".fgb") {
        from_flatgeobuf(layer)
    } else if name.ends_with(".geojson") || name.ends_with(".json") || name.ends_with(".gz") {
        from_geojson(layer)
    } else {
        Err(Error::usage("the format of a layer is not known by the ending of its name")
            .remedy("give a .geojson, .geojson.gz, .parquet or .fgb file"))
    };
    areas.map(Areas::new).map_err(|error| error.context("file", path.display()))
}

fn open(path: &Path) -> Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).map_err(|error| {
        Error::usage(format!("a reference file cannot be read: {error}")).context("file", path.display())
    })?))
}

/// An area of a feature; features without a code are left out where the layer says so by a null (disputed countries).
fn area(
    code: Option<String>,
    name: Option<String>,
    geometry: Option<Geometry<f64>>,
    feature: usize,
) -> Result<Option<Area>> {
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else { return Ok(None) };
    let outline = match geometry {
        Some(Geometry::Polygon(polygon)) => MultiPolygon::new(vec![polygon]),
        Some(Geometry::MultiPolygon(outline)) => outline,
        Some(Geometry::GeometryCollection(parts)) => MultiPolygon::new(
            parts
                .into_iter()
                .flat_map(|part| match part {
                    Geometry::Polygon(polygon) => vec![polygon],
                    Geometry::MultiPolygon(outline) => outline.0,
                    _ => Vec::new(),
                })
                .collect(),
        ),
        _ => {
            return Err(Error::usage(format!("feature {feature} ({code}) is no polygon"))
                .remedy("give polygons or multipolygons in WGS 84"));
        }
    };
    Ok(Some(Area { name: name.unwrap_or_else(|| code.clone()), code, outline }))
}

fn from_geojson(layer: &AreaLayer) -> Result<Vec<Area>> {
    let path = &layer.path;
    let mut text = String::new();
    let is_gzip = path.extension().is_some_and(|ending| ending == "gz");
    let read = if is_gzip {
        MultiGzDecoder::new(open(path)?).read_to_string(&mut text)
    } else {
        open(path)?.read_to_string(&mut text)
    };
    read.doing(|| format!("read {}", path.display()))?;
    let json: geojson::GeoJson =
        text.parse().map_err(|error: geojson::Error| Error::usage("the file is not GeoJSON").caused_by(error))?;
    let collection = geojson::FeatureCollection::try_from(json)
        .map_err(|error| Error::usage("the file is not a feature collection").caused_by(error))?;
    let mut areas = Vec::with_capacity(collection.features.len());
    for (position, feature) in collection.features.into_iter().enumerate() {
        let property = |name: &str| {
            feature.property(name).and_then(|value| match value {
                serde_json::Value::String(text) => Some(text.clone()),
                serde_json::Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
        };
        let (code, name) = (layer.code.find(property), layer.name.find(property));
        let geometry = match feature.geometry {
            None => None,
            Some(geometry) => Some(Geometry::<f64>::try_from(geometry).map_err(|error| {
                Error::usage(format!("the geometry of feature {} is not valid", position + 1)).caused_by(error)
            })?),
        };
        areas.extend(area(code, name, geometry, position + 1)?);
    }
    Ok(areas)
}

fn from_geoparquet(layer: &AreaLayer) -> Result<Vec<Area>> {
    let file = File::open(&layer.path).doing(|| format!("read {}", layer.path.display()))?;
    let mut areas = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
        let batch = batch?;
        let text = |names: &PropertyNames| -> Result<arrow::array::StringArray> {
            let column = names.find(|name| batch.column_by_name(name)).ok_or_else(|| {
                let known: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
                Error::usage(format!("the layer has no column {names}"))
                    .remedy(format!("name one of {} in the setting's `code` or `name`", known.join(", ")))
            })?;
            Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
        };
        let (codes, names) = (text(&layer.code)?, text(&layer.name)?);
        let geometry = batch
            .column_by_name("geometry")
            .ok_or_else(|| Error::usage("the layer has no column geometry"))
            .and_then(|column| Ok(cast(column, &DataType::Binary)?))?;
        let geometry = geometry.as_binary::<i32>();
        for row in 0..batch.num_rows() {
            let outline = match geometry.is_valid(row) {
                false => None,
                true => Some(Wkb(geometry.value(row)).to_geo().map_err(|error| {
                    Error::usage(format!("the geometry of row {} is not valid", row + 1)).caused_by(error)
                })?),
            };
            let value = |column: &arrow::array::StringArray| column.is_valid(row).then(|| column.value(row).to_owned());
            areas.extend(area(value(&codes), value(&names), outline, row + 1)?);
        }
    }
    Ok(areas)
}

fn from_flatgeobuf(layer: &AreaLayer) -> Result<Vec<Area>> {
    use flatgeobuf::{FallibleStreamingIterator, FeatureProperties, FgbReader};
    let wrong = |error: flatgeobuf::Error| Error::usage("the file is not FlatGeobuf").caused_by(error);
    let mut file = open(&layer.path)?;
    let mut features = FgbReader::open(&mut file).map_err(wrong)?.select_all().map_err(wrong)?;
    let mut areas = Vec::new();
    let mut position = 0;
    while let Some(feature) = features.next().map_err(wrong)? {
        position += 1;
        let mut properties = Properties::default();
        feature
            .process_properties(&mut properties)
            .map_err(|error| Error::usage(format!("feature {position} cannot be read")).caused_by(error))?;
        let geometry = feature.to_geo().map_err(|error| {
            Error::usage(format!("the geometry of feature {position} is not valid")).caused_by(error)
        })?;
        let property = |name: &str| properties.0.get(name).cloned();
        areas.extend(area(layer.code.find(property), layer.name.find(property), Some(geometry), position)?);
    }
    Ok(areas)
}

/// Properties of a feature.
#[derive(Default)]
struct Properties(HashMap<String, String>);

impl PropertyProcessor for Properties {
    fn property(&mut self, _: usize, name: &str, value: &geozero::ColumnValue<'_>) -> geozero::error::Result<bool> {
        self.0.insert(name.to_owned(), value.to_string());
        Ok(false)
    }
}
