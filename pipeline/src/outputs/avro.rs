//! The verbatim archive as Avro `ExtendedRecord`s, as the GBIF pipelines hand them on.
//!
//! arrow-avro encodes the records. The container around them is written here, because the library draws the sync marker
//! at random and our outputs must not change from run to run; it is 40 lines of the Avro 1.11 specification, "Object
//! Container Files". The marker is a fixed value: it only has to be unlikely inside a block.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, RecordBatch, StringArray, StringBuilder, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use arrow_avro::schema::{AvroSchema, SCHEMA_METADATA_KEY};
use arrow_avro::writer::format::AvroBinaryFormat;
use arrow_avro::writer::{Encoder, WriterBuilder};
use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::parquet::Written;
use crate::error::{Doing, Error, Result};
use crate::modes;

/// The schema of the file, for people and for readers: `schemas/avro/verbatim.avsc`.
pub const VERBATIM_SCHEMA: &str = include_str!("../../../schemas/avro/verbatim.avsc");

/// Encoded bytes collected before a block is compressed and written.
const BLOCK_BYTES: usize = 1 << 20;
const SYNC_MARKER: [u8; 16] = *b"\xf5openobs\x00avro\xae\x13\x9c";

/// An Avro file of `ExtendedRecord`s that is being written.
pub struct VerbatimAvroFile {
    path: PathBuf,
    out: BufWriter<File>,
    encoder: Encoder,
    core_row_type: String,
    schema: SchemaRef,
    pending: Vec<u8>,
    pending_rows: u64,
    rows: u64,
}

impl VerbatimAvroFile {
    /// Starts a file for records whose core has the given row type.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, core_row_type: &str) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).doing(|| format!("make the folder {}", folder.display()))?;
        }
        let schema = extended_record_schema();
        let encoder = WriterBuilder::new(schema.as_ref().clone())
            .build_encoder::<AvroBinaryFormat>()
            .map_err(|error| Error::bug("the Avro schema of verbatim records is wrong").caused_by(error))?;
        let file = modes::create_file(path).doing(|| format!("write {}", path.display()))?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        out.write_all(&header()).doing(|| format!("write {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            out,
            encoder,
            core_row_type: core_row_type.to_owned(),
            schema,
            pending: Vec::with_capacity(2 * BLOCK_BYTES),
            pending_rows: 0,
            rows: 0,
        })
    }

    /// Adds star records.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, records: &RecordBatch) -> Result<()> {
        let batch = extended_records(records, &self.core_row_type, &self.schema)?;
        self.encoder
            .encode(&batch)
            .map_err(|error| Error::bug("verbatim records could not be encoded").caused_by(error))?;
        self.pending.extend_from_slice(self.encoder.flush().bytes());
        self.pending_rows += batch.num_rows() as u64;
        self.rows += batch.num_rows() as u64;
        if self.pending.len() >= BLOCK_BYTES { self.write_block() } else { Ok(()) }
    }

    fn write_block(&mut self) -> Result<()> {
        if self.pending_rows == 0 {
            return Ok(());
        }
        let path = &self.path;
        let doing = || format!("write {}", path.display());
        let mut compressed = DeflateEncoder::new(Vec::with_capacity(self.pending.len() / 4), Compression::fast());
        compressed.write_all(&self.pending).doing(doing)?;
        let compressed = compressed.finish().doing(doing)?;
        let mut prefix = Vec::with_capacity(20);
        write_long(&mut prefix, self.pending_rows as i64);
        write_long(&mut prefix, compressed.len() as i64);
        self.out.write_all(&prefix).doing(doing)?;
        self.out.write_all(&compressed).doing(doing)?;
        self.out.write_all(&SYNC_MARKER).doing(doing)?;
        self.pending.clear();
        self.pending_rows = 0;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<Written> {
        self.write_block()?;
        let file = self.out.into_inner().map_err(|error| error.into_error());
        let file = file.doing(|| format!("write {}", self.path.display()))?;
        let bytes = file.metadata().doing(|| format!("measure {}", self.path.display()))?.len();
        Ok(Written { path: self.path, rows: self.rows, bytes })
    }
}

fn header() -> Vec<u8> {
    let mut header = b"Obj\x01".to_vec();
    let metadata: [(&str, &[u8]); 2] = [("avro.codec", b"deflate"), ("avro.schema", VERBATIM_SCHEMA.as_bytes())];
    write_long(&mut header, metadata.len() as i64);
    for (key, value) in metadata {
        write_long(&mut header, key.len() as i64);
        header.extend_from_slice(key.as_bytes());
        write_long(&mut header, value.len() as i64);
        header.extend_from_slice(value);
    }
    write_long(&mut header, 0);
    header.extend_from_slice(&SYNC_MARKER);
    header
}

/// An Avro `long`: zigzag, then seven bits a byte.
fn write_long(out: &mut Vec<u8>, value: i64) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn map_type(nullable: bool) -> DataType {
    let entries =
        Fields::from(vec![Field::new("key", DataType::Utf8, false), Field::new("value", DataType::Utf8, nullable)]);
    DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries), false)), false)
}

/// `ExtendedRecord { id, coreId?, coreRowType, coreTerms: map<string>, extensions: map<array<map<string?>>> }`.
fn extended_record_schema() -> SchemaRef {
    let rows = DataType::List(Arc::new(Field::new("item", map_type(true), false)));
    let extension_entries =
        Fields::from(vec![Field::new("key", DataType::Utf8, false), Field::new("value", rows, false)]);
    let extensions = DataType::Map(Arc::new(Field::new("entries", DataType::Struct(extension_entries), false)), false);
    let schema = Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("coreId", DataType::Utf8, true),
        Field::new("coreRowType", DataType::Utf8, false),
        Field::new("coreTerms", map_type(false), false),
        Field::new("extensions", extensions, false),
    ]);
    let avro = AvroSchema::new(VERBATIM_SCHEMA.to_owned());
    let metadata = [(SCHEMA_METADATA_KEY.to_owned(), avro.json_string)].into();
    Arc::new(schema.with_metadata(metadata))
}

/// Star records as `ExtendedRecord`s: maps keyed by the full address of the term, without absent values.
fn extended_records(records: &RecordBatch, core_row_type: &str, schema: &SchemaRef) -> Result<RecordBatch> {
    let rows = records.num_rows();
    let record_schema = records.schema();
    let mut terms: Vec<(&str, &StringArray)> = Vec::new();
    let mut extensions: Vec<(&str, &ListArray)> = Vec::new();
    for (field, column) in record_schema.fields().iter().zip(records.columns()) {
        if let Some(row_type) = field.metadata().get("rowType") {
            extensions.push((row_type, column.as_list()));
        } else if let Some(term) = field.metadata().get("term")
            && let Some(column) = column.as_string_opt::<i32>()
        {
            terms.push((term, column));
        }
    }
    let id = match records.column_by_name("_id").and_then(|column| column.as_string_opt::<i32>()) {
        Some(id) => {
            StringArray::from_iter_values((0..rows).map(|row| if id.is_valid(row) { id.value(row) } else { "" }))
        }
        None => StringArray::from_iter_values(std::iter::repeat_n("", rows)),
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(id),
        Arc::new(StringArray::new_null(rows)),
        Arc::new(StringArray::from_iter_values(std::iter::repeat_n(core_row_type, rows))),
        Arc::new(maps(&terms, rows, false)?),
        Arc::new(extension_maps(&extensions, rows)?),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// One map a row, of the columns that have a value there.
fn maps(columns: &[(&str, &StringArray)], rows: usize, nullable: bool) -> Result<MapArray> {
    let present: usize = columns.iter().map(|(_, column)| column.len() - column.null_count()).sum();
    let bytes: usize = columns.iter().map(|(_, column)| column.value_data().len()).sum();
    let key_bytes: usize = columns.iter().map(|(key, column)| key.len() * (column.len() - column.null_count())).sum();
    let mut keys = StringBuilder::with_capacity(present, key_bytes);
    let mut values = StringBuilder::with_capacity(present, bytes);
    let mut offsets = Vec::with_capacity(rows + 1);
    offsets.push(0_i32);
    let mut end = 0_i32;
    for row in 0..rows {
        for (key, column) in columns {
            if column.is_valid(row) {
                keys.append_value(key);
                values.append_value(column.value(row));
                end += 1;
            }
        }
        offsets.push(end);
    }
    map_array(map_type(nullable), offsets, vec![Arc::new(keys.finish()), Arc::new(values.finish())], None)
}

fn map_array(
    data_type: DataType,
    offsets: Vec<i32>,
    columns: Vec<ArrayRef>,
    nulls: Option<NullBuffer>,
) -> Result<MapArray> {
    let DataType::Map(entries, sorted) = data_type else { return Err(Error::bug("not a map type")) };
    let DataType::Struct(fields) = entries.data_type() else { return Err(Error::bug("not a map entry type")) };
    let entry_values = StructArray::try_new(fields.clone(), columns, None)?;
    Ok(MapArray::try_new(entries, OffsetBuffer::new(offsets.into()), entry_values, nulls, sorted)?)
}

/// One map a row, from the row type of an extension to its rows.
fn extension_maps(extensions: &[(&str, &ListArray)], rows: usize) -> Result<MapArray> {
    // The rows of each extension as maps, each over its own child array.
    let mut row_maps: Vec<MapArray> = Vec::with_capacity(extensions.len());
    for (_, list) in extensions {
        let children = list.values().as_struct();
        let terms: Vec<(&str, &StringArray)> = children
            .fields()
            .iter()
            .zip(children.columns())
            .filter_map(|(field, column)| {
                Some((field.metadata().get("term")?.as_str(), column.as_string_opt::<i32>()?))
            })
            .collect();
        row_maps.push(maps(&terms, children.len(), true)?);
    }
    let mut keys = StringBuilder::new();
    let mut offsets = vec![0_i32];
    let mut list_offsets = vec![0_i32];
    // Where each extension row of the result comes from: (extension, row of its child array).
    let mut sources: Vec<(usize, usize)> = Vec::new();
    for row in 0..rows {
        for (position, (row_type, list)) in extensions.iter().enumerate() {
            if list.is_null(row) || list.value_length(row) == 0 {
                continue;
            }
            keys.append_value(row_type);
            let start = list.value_offsets()[row] as usize;
            sources.extend((start..start + list.value_length(row) as usize).map(|child| (position, child)));
            list_offsets.push(sources.len() as i32);
        }
        offsets.push(keys.offsets_slice().len() as i32 - 1);
    }
    let item = map_type(true);
    let items: ArrayRef = if row_maps.is_empty() {
        arrow::array::new_empty_array(&item)
    } else {
        let arrays: Vec<&dyn Array> = row_maps.iter().map(|map| map as &dyn Array).collect();
        arrow::compute::interleave(&arrays, &sources)?
    };
    let list_field = Arc::new(Field::new("item", item, false));
    let lists = ListArray::try_new(list_field, OffsetBuffer::new(list_offsets.into()), items, None)?;
    let DataType::Map(..) = extended_record_schema().field(4).data_type() else {
        return Err(Error::bug("extensions are not a map"));
    };
    map_array(
        extended_record_schema().field(4).data_type().clone(),
        offsets,
        vec![Arc::new(keys.finish()), Arc::new(lists)],
        None,
    )
}
