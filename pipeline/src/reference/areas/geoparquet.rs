//! GeoParquet: a column of WKB, and what it says of itself in the metadata of the file.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use bytes::Bytes;
use geozero::GeozeroGeometry;
use geozero::wkb::Wkb;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::crs::Crs;
use super::feature::{Contents, Shape, ShapeBuilder, Wanted};
use crate::error::{Error, Result};
use crate::reference::provenance::Provenance;
use crate::settings::PropertyNames;

/// Reads the bytes of a file.
///
/// # Errors
/// When it is no Parquet file, or has no column of geometries or codes.
pub fn read(bytes: Vec<u8>, wanted: Wanted<'_>) -> Result<Contents> {
    let wrong = |error: parquet::errors::ParquetError| Error::usage("the file is not Parquet").caused_by(error);
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).map_err(wrong)?;
    let entries = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let entry = |key: &str| entries.iter().find(|entry| entry.key == key).and_then(|entry| entry.value.as_deref());
    let geo: Value = entry("geo").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let primary = geo.get("primary_column").and_then(Value::as_str).unwrap_or("geometry").to_owned();
    let column = geo.get("columns").and_then(|columns| columns.get(&primary));
    let mut contents = Contents {
        crs: Crs::of_projjson(column.and_then(|column| column.get("crs"))),
        provenance: Provenance::of_entries(entry),
        properties: reader.schema().fields().iter().map(|field| field.name().clone()).collect(),
        ..Contents::default()
    };
    for batch in reader.build()? {
        let batch = batch?;
        // Columns that a name of another meaning has come before, so the whole list is gone through for each row.
        let columns = |names: &PropertyNames| -> Result<Vec<(String, StringArray)>> {
            let there = names.0.iter().filter_map(|name| Some((name.clone(), batch.column_by_name(name)?)));
            there.map(|(name, column)| Ok((name, text(column)?))).collect()
        };
        let known: Vec<(String, StringArray)> = [columns(wanted.code)?, columns(wanted.name)?].concat();
        let geometry = geometries(&batch, &primary)?;
        let geometry = geometry.as_binary::<i32>();
        for row in 0..batch.num_rows() {
            let shape = if geometry.is_valid(row) {
                let mut builder = ShapeBuilder::default();
                Wkb(geometry.value(row)).process_geom(&mut builder).map_err(|error| {
                    let number = contents.features.len() + 1;
                    Error::usage(format!("the geometry of row {number} is not valid")).caused_by(error)
                })?;
                builder.finish()
            } else {
                Shape::Missing
            };
            let property = |name: &str| {
                let (_, column) = known.iter().find(|(known, _)| known == name)?;
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            contents.add(wanted, property, shape);
        }
    }
    Ok(contents)
}

fn text(column: &ArrayRef) -> Result<StringArray> {
    Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn geometries(batch: &RecordBatch, primary: &str) -> Result<ArrayRef> {
    let column = batch.column_by_name(primary).ok_or_else(|| {
        Error::usage(format!("the layer has no column {primary}"))
            .remedy("give a GeoParquet file with geometries as WKB")
    })?;
    cast(column, &DataType::Binary).map_err(|error| {
        Error::usage(format!("the column {primary} has no WKB")).caused_by(error).remedy("give geometries as WKB")
    })
}
