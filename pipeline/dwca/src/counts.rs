//! What became of every row. For each file: `rows = kept + quarantined`.

/// Counts of one data file, or of the several that hold the rows of one row type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Rows after the header, blank lines left out.
    pub rows: u64,
    /// Rows that were read (for an extension: that were joined to a core record).
    pub kept: u64,
    /// Rows sent to quarantine, for any reason.
    pub quarantined: u64,
    /// Lines with nothing in them, which are not rows.
    pub blank_lines: u64,
    /// Rows with fewer cells than the mapped columns; the missing ones are null.
    pub short_rows: u64,
    /// Rows with more cells than the header; the additional ones are not read.
    pub rows_with_extra_cells: u64,
    /// Rows that were not in the encoding declared.
    pub rows_decoded_by_fallback: u64,
    /// Rows with a quote that follows no rule and was kept as a character.
    pub rows_with_odd_quotes: u64,
}

/// Counts of one extension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtensionCounts {
    /// Name of the column in the batches.
    pub name: String,
    /// Address of the row type.
    pub row_type: String,
    /// What became of its rows; `kept` were joined.
    pub file: FileCounts,
    /// Rows whose core id no core record has; in quarantine.
    pub orphans: u64,
    /// Rows without a core id; in quarantine.
    pub without_core_id: u64,
}

/// Counts of one archive, complete once all records are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// The core; `kept` is the number of star records.
    pub core: FileCounts,
    /// The extensions, in the order of their columns.
    pub extensions: Vec<ExtensionCounts>,
    /// Core records whose id an earlier one has; the extension rows went to the first.
    pub duplicate_core_ids: u64,
    /// Core records without an id.
    pub missing_core_ids: u64,
}

impl Counts {
    /// Rows of the core: star records and quarantined ones.
    pub fn core_rows(&self) -> u64 {
        self.core.rows
    }

    /// Quarantined rows of all files.
    pub fn quarantined(&self) -> u64 {
        self.core.quarantined + self.extensions.iter().map(|extension| extension.file.quarantined).sum::<u64>()
    }
}
