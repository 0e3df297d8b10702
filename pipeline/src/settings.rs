//! The configuration of a run: TOML files, environment variables and flags, read once into types.
//!
//! Files are given in order and later ones win; `OPENOBS_RUN_THREADS` wins over `run.threads` in any file, and a flag
//! wins over both. Lists are replaced, never joined. Relative paths start at the folder of the file that gives them, or
//! at the working directory for variables and flags. Everything given is checked, even what is overridden later, and all
//! mistakes are told at once: a run with a wrong configuration does not start.
//!
//! Every key stands once, in `keys.rs`; the example configuration and the schema are made from it.

use std::path::PathBuf;

use jiff::civil::Date;
use openobs_steps::parse::date::DateOrder;
use openobs_steps::reference::sensitivity::Levels;

mod declared_layers;
mod declared_levels;
mod document;
pub(crate) mod error;
mod keys;
mod layer;
mod resolve;
mod share;
pub(crate) mod text;
mod value;

pub use error::SettingsError;
pub use keys::{Key, Kind};
pub use layer::OPTION_VARIABLES;
pub use share::ShareLimit;
pub(crate) use value::is_file_stem;

/// The settings of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `[run]`: what one run is.
    pub run: Run,
    /// `[archive]`: bounds on what an archive may cost.
    pub archive: ArchiveLimits,
    /// `[references]`: where reference data is.
    pub references: ReferenceFiles,
    /// `[[layer]]`: further layers of areas.
    pub layers: Vec<LayerDeclaration>,
    /// `[[level]]`: the levels of sensitivity.
    pub levels: Levels,
    /// `[interpretation]`: how values are read.
    pub interpretation: Interpretation,
    /// `[vocabularies]`: words laid over those of the program, in the order in which they are laid.
    pub vocabularies: Vec<WordFile>,
    /// `[sensitivity]`: how protected records are found.
    pub sensitivity: Sensitivity,
    /// `[identity]`: which record is which.
    pub identity: Identity,
    /// `registry`: what is known of datasets besides their archives.
    pub registry: Option<PathBuf>,
    /// `[outputs]`: what is made.
    pub outputs: Outputs,
    /// `[checks]`: what is looked for over all datasets.
    pub checks: Checks,
    /// `[audit]`: the proof that nothing protected is public.
    pub audit: Audit,
    /// `[cluster]`: where jobs run.
    pub cluster: Cluster,
}

/// What one run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The day that counts as today; the caller takes the day of the start when unset.
    pub date: Option<Date>,
    /// Threads; 0 for one per core.
    pub threads: usize,
    /// Memory of queries in bytes; 0 for half of the machine's.
    pub memory_limit: u64,
    /// Datasets at the same time; 0 for as many as threads.
    pub datasets_at_once: usize,
    /// Records in one file of an output.
    pub shard_rows: u64,
}

/// Bounds on one archive, under the names of the archive reader's own limits; each is documented at its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// `archive.cell_bytes`
    pub cell_bytes: usize,
    /// `archive.line_bytes`
    pub line_bytes: usize,
    /// `archive.columns`
    pub columns: usize,
    /// `archive.extensions`
    pub extensions: usize,
    /// `archive.files`
    pub files: usize,
    /// `archive.total_uncompressed_bytes`
    pub total_uncompressed_bytes: u64,
    /// `archive.compression_ratio`
    pub compression_ratio: u64,
    /// `archive.compression_ratio_from_bytes`
    pub compression_ratio_from_bytes: u64,
    /// `archive.xml_depth`
    pub xml_depth: usize,
    /// `archive.xml_bytes`
    pub xml_bytes: usize,
    /// `archive.extension_rows_per_record`
    pub extension_rows_per_record: usize,
    /// `archive.extension_bytes_per_record`
    pub extension_bytes_per_record: usize,
    /// `archive.quarantine_text_bytes`
    pub quarantine_text_bytes: usize,
    /// `archive.join_memory_bytes`
    pub join_memory_bytes: u64,
    /// `archive.parent_event_bytes`
    pub parent_event_bytes: u64,
}

/// Where reference data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceFiles {
    /// TAXREF: a built file, or a release as it is published.
    pub taxref: Option<PathBuf>,
    /// CDNOM_DISPARUS, the retired names of TAXREF.
    pub taxref_retired: Option<PathBuf>,
    /// BDC_STATUTS, the statuses of taxa.
    pub taxref_statuses: Option<PathBuf>,
    /// The sensitivity referential.
    pub sensitivity: Vec<PathBuf>,
    /// Departments.
    pub departments: Option<AreaLayer>,
    /// Communes.
    pub communes: Option<AreaLayer>,
    /// Countries.
    pub countries: Option<AreaLayer>,
    /// Exclusive economic zones.
    pub marine_areas: Option<AreaLayer>,
    /// The year of the official code of the communes.
    pub commune_year: Option<i32>,
    /// What became of communes that are no more.
    pub commune_history: Option<PathBuf>,
    /// Cells of the 10 km grid overseas.
    pub grid: Option<AreaLayer>,
    /// Cells of the 5 km grid overseas.
    pub grid_5km: Option<AreaLayer>,
    /// Cells of the 1 km grid overseas.
    pub grid_1km: Option<AreaLayer>,
}

/// A further layer of areas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerDeclaration {
    /// The column with the codes of the areas that a record is in.
    pub column: String,
    /// The areas.
    pub areas: AreaLayer,
}

/// A layer of areas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaLayer {
    /// The file.
    pub path: PathBuf,
    /// The property with the code of an area.
    pub code: PropertyNames,
    /// The property with its name.
    pub name: PropertyNames,
}

/// Names that a property may have; the first that a file has is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyNames(pub Vec<String>);

impl PropertyNames {
    /// What the first name that is known stands for.
    pub fn find<T>(&self, property: impl FnMut(&str) -> Option<T>) -> Option<T> {
        self.0.iter().map(String::as_str).find_map(property)
    }
}

impl std::fmt::Display for PropertyNames {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.join(", "))
    }
}

/// A file of words that is laid over a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordFile {
    /// The vocabulary: `basisOfRecord`.
    pub vocabulary: &'static str,
    /// The file.
    pub path: PathBuf,
}

/// How values are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    /// How an ambiguous date is read.
    pub date_order: DateOrder,
    /// Whether the issues of the Living Atlases about what is missing are raised.
    pub living_atlas_issues: bool,
}

/// How protected records are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensitivity {
    /// Terms that name groups whose records are all as sensitive as the most sensitive of them.
    pub group_terms: Vec<&'static str>,
    /// Rules that may stay unresolved.
    pub accepted_unresolved: Vec<String>,
    /// Files of decisions on single records.
    pub decisions: Vec<PathBuf>,
}

/// Which record is which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Most keys of a dataset that may change from one attempt to the next.
    pub changed_ids_limit: ShareLimit,
    /// Most records of a dataset that may share an identifier with another.
    pub duplicate_records_limit: u64,
}

/// What is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Outputs {
    /// The products, each once, in the order in which they are made.
    pub products: Vec<Product>,
    /// `[outputs.verbatim]`
    pub verbatim: Verbatim,
    /// `[outputs.index]`
    pub index: Index,
    /// `[[outputs.archives]]`
    pub archives: Vec<ArchiveDeclaration>,
    /// `[outputs.indicators]`
    pub indicators: Indicators,
}

impl Outputs {
    /// Whether a product is to be made.
    pub fn makes(&self, product: Product) -> bool {
        self.products.contains(&product)
    }
}

/// A product that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Product {
    /// Archives as they were sent.
    Verbatim,
    /// Interpreted records.
    Occurrence,
    /// Index documents.
    Index,
    /// Archives made ahead of time.
    Archives,
    /// Archives for GBIF.
    Gbif,
    /// Indicators.
    Indicators,
    /// The report of the run.
    Report,
}

/// The verbatim table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verbatim {
    /// Its formats, each once.
    pub formats: Vec<VerbatimFormat>,
    /// How blocks of Avro files are compressed.
    pub avro_codec: AvroCodec,
}

/// A format of the verbatim table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VerbatimFormat {
    /// Avro `ExtendedRecord`s.
    Avro,
    /// Parquet with a column for each term.
    Parquet,
}

/// How blocks of Avro files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AvroCodec {
    /// With deflate.
    Deflate,
    /// Not at all.
    None,
}

/// Index documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// How files of documents are compressed.
    pub compression: Compression,
}

/// How text files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// `.zst`
    Zstd,
    /// `.gz`
    Gzip,
    /// Not at all.
    None,
}

/// An archive made ahead of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveDeclaration {
    /// Stem of its file: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// What goes in: a condition in SQL over the public `occurrence` table.
    pub filter: String,
    /// Title for people.
    pub title: Option<String>,
    /// Rows after which the next part starts; one part when unset.
    pub rows_per_part: Option<u64>,
}

/// Indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicators {
    /// Folder of `.sql` files; those that come with the program when unset.
    pub folder: Option<PathBuf>,
}

/// What is looked for over all datasets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checks {
    /// Names of the checks; `all` for every one; none when empty.
    pub run: Vec<String>,
    /// Folder of `.sql` files; those that come with the program when unset.
    pub folder: Option<PathBuf>,
    /// Records that a taxon must have before one of them can be an outlier.
    pub minimum_sample: u64,
    /// Most records that are compared with each other because they share a key.
    pub bucket_rows: u64,
    /// Metres within which two records may be of one place.
    pub near_metres: u64,
    /// The same where an identifier or the recorder agrees.
    pub far_metres: u64,
    /// Days within which two dates may be one.
    pub days_apart: u64,
}

/// The proof that nothing protected is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audit {
    /// How deep every run goes.
    pub depth: AuditDepth,
}

/// How deep an audit goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuditDepth {
    /// There is none.
    None,
    /// What is published of protected records, line by line, and everything that is not a line of a free record.
    Masked,
    /// The lines of free records too, and numbers and documents of taxa computed again.
    #[default]
    Everything,
}

/// Where jobs run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Address of the scheduler; this process when unset.
    pub scheduler: Option<String>,
}

impl Settings {
    /// Reads the layers: `files` in order, then the variables of `environment` that start with `OPENOBS_` (others are not
    /// looked at), then `flags`, which are dotted keys with values.
    ///
    /// # Errors
    /// When a file cannot be read, or a key or a value is wrong anywhere. All mistakes are in the one error.
    pub fn load(
        files: &[PathBuf],
        environment: impl Iterator<Item = (String, String)>,
        flags: &[(String, String)],
    ) -> Result<Self, SettingsError> {
        let mut layers = layer::Layers::new();
        files.iter().for_each(|file| layers.add_file(file));
        layers.add_environment(environment);
        layers.add_flags(flags);
        SettingsError::all(std::mem::take(&mut layers.errors))?;
        resolve::settings(&layers.values)
    }

    /// Every key, section by section.
    pub fn keys() -> &'static [Key] {
        keys::KEYS
    }

    /// The names that a key of names has when nothing is given; none for any other key.
    pub fn default_names(key: &str) -> Vec<String> {
        let names = keys::find(key).filter(|known| known.kind == Kind::Names).and_then(|known| known.default);
        let table: Option<toml::Table> = names.and_then(|names| format!("names = {names}").parse().ok());
        let names = table.as_ref().and_then(|table| table.get("names")).and_then(toml::Value::as_array);
        names.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect()
    }

    /// The text of `configs/example.toml`: every key with its documentation, commented out.
    pub fn example() -> String {
        document::example()
    }

    /// The text of `schemas/config.schema.json`, for editors.
    pub fn schema() -> String {
        document::schema()
    }
}

#[cfg(test)]
mod tests;
