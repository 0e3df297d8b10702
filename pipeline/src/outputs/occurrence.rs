//! Occurrence tables: public ones from masked rows, restricted ones from exact rows of protected records.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::parquet::{ParquetFile, Statistics, Written};
use crate::error::{Doing, Result};
use crate::protect::PublicBatch;
use crate::session::BATCH_ROWS;

/// A public occurrence file that is being written.
pub struct PublicOccurrenceFile(ParquetFile);

impl PublicOccurrenceFile {
    /// Starts a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, schema: SchemaRef) -> Result<Self> {
        Ok(Self(ParquetFile::create(path, schema, Statistics::None)?))
    }

    /// Adds masked rows.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, batch: &PublicBatch) -> Result<()> {
        self.0.write(batch.rows())
    }

    /// Ends the free rows: masked ones stand in groups of their own, so that they can be read alone.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn end_of_free_rows(&mut self) -> Result<()> {
        self.0.end_row_group()
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<Written> {
        self.0.finish()
    }
}

/// A restricted occurrence file: made only when there is a protected record.
pub struct RestrictedOccurrenceFile<'a> {
    path: &'a Path,
    schema: SchemaRef,
    file: Option<ParquetFile>,
}

impl<'a> RestrictedOccurrenceFile<'a> {
    /// A file that is made when the first row comes.
    pub fn new(path: &'a Path, schema: SchemaRef) -> Self {
        Self { path, schema, file: None }
    }

    /// Adds exact rows of protected records.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(ParquetFile::create(self.path, self.schema.clone(), Statistics::RowGroups)?),
        };
        file.write(rows)
    }

    /// Ends the file; `None` when there was no row.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<Option<Written>> {
        self.file.map(ParquetFile::finish).transpose()
    }
}

/// Calls `each` with the rows of a file, a batch at a time.
///
/// # Errors
/// When the file cannot be read, or those of `each`.
pub fn for_each_batch(path: &Path, mut each: impl FnMut(RecordBatch) -> Result<()>) -> Result<()> {
    let file = File::open(path).doing(|| format!("read {}", path.display()))?;
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(BATCH_ROWS).build()? {
        each(batch?)?;
    }
    Ok(())
}
