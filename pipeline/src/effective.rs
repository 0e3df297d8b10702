//! Settings as the parts of the engine want them, with what depends on the machine filled in.

use std::num::NonZeroUsize;

use jiff::ZonedDateTime;
use jiff::civil::Date;
use openobs_dwca::{Limits, Options};

use crate::outputs::index;
use crate::session::BATCH_ROWS;
use crate::settings::{Compression, Settings, VerbatimFormat};

/// Memory for queries where the machine does not tell its own.
const FALLBACK_MEMORY: u64 = 1 << 30;

impl Settings {
    /// The day that counts as today. Where no setting gives it, the day on which the program was started: the only use of
    /// the clock, and it is recorded.
    pub fn run_date(&self) -> Date {
        self.run.date.unwrap_or_else(|| ZonedDateTime::now().date())
    }

    /// What steps are told.
    pub fn of_steps(&self) -> openobs_steps::Settings {
        openobs_steps::Settings {
            date_order: self.interpretation.date_order,
            living_atlas_issues: self.interpretation.living_atlas_issues,
            group_terms: self.sensitivity.group_terms.clone(),
            ..openobs_steps::Settings::new(self.run_date())
        }
    }

    /// Threads of work.
    pub fn threads(&self) -> usize {
        match self.run.threads {
            0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            threads => threads,
        }
    }

    /// Datasets at the same time.
    pub fn datasets_at_once(&self) -> usize {
        if self.run.datasets_at_once == 0 { self.threads() } else { self.run.datasets_at_once }
    }

    /// Bytes that all queries together may hold.
    pub fn memory_limit(&self) -> usize {
        let limit = if self.run.memory_limit == 0 { half_of_memory() } else { self.run.memory_limit };
        usize::try_from(limit).unwrap_or(usize::MAX)
    }

    /// Whether verbatim tables are written in a format.
    pub fn writes_verbatim(&self, format: VerbatimFormat) -> bool {
        self.outputs.verbatim.formats.contains(&format)
    }

    /// How index documents are compressed.
    pub fn index_compression(&self) -> index::Compression {
        match self.outputs.index.compression {
            Compression::Zstd => index::Compression::Zstd,
            Compression::Gzip => index::Compression::Gzip,
            Compression::None => index::Compression::None,
        }
    }

    /// How archives are read.
    pub fn archive_options(&self) -> Options {
        let archive = &self.archive;
        Options {
            limits: Limits {
                cell_bytes: archive.cell_bytes,
                line_bytes: archive.line_bytes,
                columns: archive.columns,
                extensions: archive.extensions,
                files: archive.files,
                total_uncompressed_bytes: archive.total_uncompressed_bytes,
                compression_ratio: archive.compression_ratio,
                compression_ratio_from_bytes: archive.compression_ratio_from_bytes,
                xml_depth: archive.xml_depth,
                xml_bytes: archive.xml_bytes,
                extension_rows_per_record: archive.extension_rows_per_record,
                extension_bytes_per_record: archive.extension_bytes_per_record,
                quarantine_text_bytes: archive.quarantine_text_bytes,
            },
            join_memory_bytes: archive.join_memory_bytes,
            batch_rows: BATCH_ROWS,
            ..Options::default()
        }
    }
}

/// Half of the machine's memory, as Linux tells it.
fn half_of_memory() -> u64 {
    let Ok(text) = std::fs::read_to_string("/proc/meminfo") else { return FALLBACK_MEMORY };
    let kibibytes = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .and_then(|number| number.trim().parse::<u64>().ok());
    kibibytes.map_or(FALLBACK_MEMORY, |kibibytes| kibibytes * 512)
}
