//! Bounds on what an archive may cost, and how it is read.
//!
//! Every bound is a setting under `[archive]`; the error of a bound that is exceeded names the setting, so an operator
//! who trusts an archive knows which line to change. Bounds on a row send that row to quarantine; all others fail the
//! archive, since half an archive must never pass for a whole one.

use std::path::PathBuf;

use serde::Deserialize;

/// Bounds on one archive, all of them settings under `[archive]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// `archive.cell_bytes`: longest cell, in bytes as found in the file. A longer one quarantines its row.
    pub cell_bytes: usize,
    /// `archive.line_bytes`: longest record, quoted newlines included. A longer one is quarantined.
    pub line_bytes: usize,
    /// `archive.columns`: most cells in a row, and highest column that meta.xml may name.
    pub columns: usize,
    /// `archive.extensions`: most extensions that meta.xml may declare.
    pub extensions: usize,
    /// `archive.files`: most entries in an archive (a GBIF download has one metadata file per dataset).
    pub files: usize,
    /// `archive.total_uncompressed_bytes`: most bytes of the core and extension files together, once decompressed.
    pub total_uncompressed_bytes: u64,
    /// `archive.compression_ratio`: most decompressed bytes per compressed byte.
    pub compression_ratio: u64,
    /// `archive.compression_ratio_from_bytes`: decompressed bytes below which the ratio is not looked at, for a
    /// small file of repeated values compresses well and harms no one.
    pub compression_ratio_from_bytes: u64,
    /// `archive.xml_depth`: deepest nesting of elements in meta.xml and the EML document.
    pub xml_depth: usize,
    /// `archive.xml_bytes`: largest meta.xml or EML document.
    pub xml_bytes: usize,
    /// `archive.extension_rows_per_record`: most rows of one extension joined to one core record; the rest go to
    /// quarantine.
    pub extension_rows_per_record: usize,
    /// `archive.extension_bytes_per_record`: most bytes of extension rows joined to one core record; the rest go to
    /// quarantine.
    pub extension_bytes_per_record: usize,
    /// `archive.quarantine_text_bytes`: how much of a quarantined row's text is kept.
    pub quarantine_text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cell_bytes: 4 << 20,
            line_bytes: 16 << 20,
            columns: 2048,
            extensions: 64,
            files: 100_000,
            total_uncompressed_bytes: 512 << 30,
            compression_ratio: 250,
            compression_ratio_from_bytes: 64 << 20,
            xml_depth: 64,
            xml_bytes: 16 << 20,
            extension_rows_per_record: 1_000_000,
            extension_bytes_per_record: 256 << 20,
            quarantine_text_bytes: 16 << 10,
        }
    }
}

impl Limits {
    /// Positions inside a record are 32-bit, so a record is held under 1 GiB whatever the setting says.
    pub(crate) fn record_bytes(&self) -> usize {
        self.line_bytes.clamp(1024, 1 << 30)
    }
}

/// How an archive is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Bounds on what the archive may cost.
    pub limits: Limits,
    /// Folder for spill files. They have no name, so nothing remains there even after a crash.
    pub work_folder: PathBuf,
    /// Extension bytes held in memory while the star is joined; beyond, both sides are spilled to the work folder.
    pub join_memory_bytes: u64,
    /// Most records in a batch.
    pub batch_rows: usize,
    /// A batch is cut early once its values take this many bytes.
    pub batch_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            work_folder: std::env::temp_dir(),
            join_memory_bytes: 128 << 20,
            batch_rows: 8192,
            batch_bytes: 16 << 20,
        }
    }
}
