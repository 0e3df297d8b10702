//! A prepared layer: GeoParquet 1.1 (<https://geoparquet.org/releases/v1.1.0/>), the same bytes for the same areas.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Float64Array, RecordBatch, StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Schema};
use geo::orient::{Direction, Orient};
use geo::{BoundingRect, CoordsIter, Geometry, MultiPolygon};
use geozero::{CoordDimensions, ToWkb};
use openobs_steps::reference::areas::Area;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use serde_json::json;

use crate::error::{Doing, Result};
use crate::reference::provenance::Provenance;

/// How hard zstd tries: the file is written once and read by each run.
const LEVEL: i32 = 9;
/// Corners in a batch; a batch is a row group, so that readers skip by the boxes.
const BATCH_CORNERS: usize = 4_000_000;
/// Rows in a batch.
const BATCH_ROWS: usize = 4096;
/// Columns of the box of an area.
const BOX: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// Writes areas, which are in order of their codes.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, areas: &[Area], bounds: [f64; 4], provenance: &Provenance) -> Result<()> {
    let staged = path.with_extension("parquet.new");
    let doing = || format!("write {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).doing(|| format!("make the folder {}", folder.display()))?;
    }
    let number = |name: &&str| Field::new(*name, DataType::Float64, false);
    let boxes: arrow::datatypes::Fields = BOX.iter().map(number).collect();
    let schema = Arc::new(Schema::new(vec![
        Field::new("code", DataType::Utf8, false),
        Field::new("name", DataType::Utf8, false),
        Field::new("bbox", DataType::Struct(boxes.clone()), false),
        Field::new("geometry", DataType::Binary, false),
    ]));
    let covering: serde_json::Map<String, serde_json::Value> =
        BOX.iter().map(|name| ((*name).to_owned(), json!(["bbox", name]))).collect();
    let geo = json!({
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {
            "encoding": "WKB",
            "geometry_types": ["MultiPolygon"],
            "orientation": "counterclockwise",
            "bbox": bounds,
            "covering": {"bbox": covering},
        }},
    });
    let mut entries = vec![KeyValue::new("geo".to_owned(), geo.to_string())];
    entries.extend(provenance.entries().map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned())));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
        .set_created_by(format!("openobs {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(entries))
        .build();
    // Readers in Python look for the metadata of the file only where it has no schema of Arrow besides.
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let file = File::create(&staged).doing(doing)?;
    let mut writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)?;
    let mut rest = areas;
    while !rest.is_empty() {
        let mut corners = 0;
        let fits = rest.iter().take(BATCH_ROWS).take_while(|area| {
            corners += area.outline.coords_count();
            corners <= BATCH_CORNERS
        });
        let (batch, later) = rest.split_at(fits.count().max(1));
        rest = later;
        writer.write(&rows(&schema, &boxes, batch)?)?;
        writer.flush()?;
    }
    writer.close()?;
    std::fs::rename(&staged, path).doing(doing)
}

fn rows(schema: &Arc<Schema>, boxes: &arrow::datatypes::Fields, areas: &[Area]) -> Result<RecordBatch> {
    let codes: StringArray = areas.iter().map(|area| Some(area.code.as_str())).collect();
    let names: StringArray = areas.iter().map(|area| Some(area.name.as_str())).collect();
    let corners: Vec<[f64; 4]> = areas.iter().map(|area| bounds(&area.outline)).collect();
    let side = |side: usize| -> ArrayRef {
        Arc::new(corners.iter().map(|corners| corners.get(side).copied()).collect::<Float64Array>())
    };
    let outlines = areas.iter().map(|area| {
        let outline = Geometry::MultiPolygon(area.outline.orient(Direction::Default));
        outline.to_wkb(CoordDimensions::xy()).doing(|| format!("encode the outline of {}", area.code))
    });
    let outlines = outlines.collect::<Result<Vec<Vec<u8>>>>()?;
    let outlines: BinaryArray = outlines.iter().map(|bytes| Some(bytes.as_slice())).collect();
    let boxes = StructArray::try_new(boxes.clone(), (0..BOX.len()).map(side).collect(), None)?;
    let columns: Vec<ArrayRef> = vec![Arc::new(codes), Arc::new(names), Arc::new(boxes), Arc::new(outlines)];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// West, south, east and north of an outline.
pub fn bounds(outline: &MultiPolygon<f64>) -> [f64; 4] {
    let bounds = outline.bounding_rect();
    bounds.map_or([0.0; 4], |bounds| [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y])
}
