//! Parquet files that are the same, byte for byte, whenever their rows are.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::error::{Doing, Result};
use crate::modes;

/// Bytes of rows held before a row group is written. Bounds the memory of a writer.
const ROW_GROUP_BYTES: usize = 64 << 20;

/// A file that is being written.
pub struct ParquetFile {
    path: PathBuf,
    writer: ArrowWriter<File>,
    rows: u64,
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// Rows or documents in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
}

/// What may stand in the statistics of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistics {
    /// Minimum and maximum of row groups: for exact tables, which only authorised users read.
    RowGroups,
    /// None: minima and maxima of a public table could tell where a masked record is among its neighbours.
    None,
}

impl ParquetFile {
    /// Starts a file; the folders above it are made.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, schema: SchemaRef, statistics: Statistics) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).doing(|| format!("make the folder {}", folder.display()))?;
        }
        let file = modes::create_file(path).doing(|| format!("write {}", path.display()))?;
        let level = ZstdLevel::try_new(1)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(format!("openobs {}", env!("CARGO_PKG_VERSION")))
            .set_statistics_enabled(match statistics {
                Statistics::RowGroups => EnabledStatistics::Chunk,
                Statistics::None => EnabledStatistics::None,
            })
            .build();
        Ok(Self { path: path.to_owned(), writer: ArrowWriter::try_new(file, schema, Some(properties))?, rows: 0 })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When the disk is full or the rows do not have the file's schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.writer.write(batch)?;
        self.rows += batch.num_rows() as u64;
        if self.writer.in_progress_size() > ROW_GROUP_BYTES {
            self.writer.flush()?;
        }
        Ok(())
    }

    /// Ends the rows that are read together.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn end_row_group(&mut self) -> Result<()> {
        if self.writer.in_progress_rows() > 0 {
            self.writer.flush()?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<Written> {
        let mut file = self.writer.into_inner()?;
        file.flush().doing(|| format!("write {}", self.path.display()))?;
        let bytes = file.metadata().doing(|| format!("measure {}", self.path.display()))?.len();
        Ok(Written { path: self.path, rows: self.rows, bytes })
    }
}
