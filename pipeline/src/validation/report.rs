//! What `openobs validate` says, as it is printed with `--json`. The fields are documented in
//! `schemas/validation/README.md`; names and meanings stay, new ones may come.

use std::collections::BTreeMap;

use serde::Serialize;

use super::profile::Status;
use crate::reference::Source;
use crate::verbatim::Verbatim;

/// The report of one command.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidationReport {
    /// Version of the program.
    pub program_version: String,
    /// The day that counted as today.
    pub run_date: String,
    /// Reference data that records were interpreted with.
    pub references: Vec<Source>,
    /// Whether every archive can be published under every profile that was asked for.
    pub publishable: bool,
    /// Each archive, in the order in which they were named.
    pub archives: Vec<ArchiveValidation>,
}

/// What is known of one archive.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveValidation {
    /// Name of its file.
    pub archive: String,
    /// Key of the dataset, if the archive could be opened.
    pub dataset_key: Option<String>,
    /// Title of its metadata.
    pub title: Option<String>,
    /// Whether it can be published under every profile that was asked for.
    pub publishable: bool,
    /// One for each profile.
    pub verdicts: Vec<Verdict>,
    /// How the archive is made.
    pub structure: Option<Structure>,
    /// Where its rows went.
    pub counts: Option<RecordCounts>,
    /// Everything that was found, the gravest first.
    pub findings: Vec<Finding>,
    /// The core, then each extension.
    pub tables: Vec<TableReport>,
    /// How far the terms of each profile are filled; part of the verdicts.
    #[serde(skip)]
    pub requirements: BTreeMap<String, Vec<RequirementReport>>,
}

impl ArchiveValidation {
    /// An archive of which nothing is known.
    pub fn new(archive: &str) -> Self {
        Self {
            archive: archive.to_owned(),
            dataset_key: None,
            title: None,
            publishable: false,
            verdicts: Vec::new(),
            structure: None,
            counts: None,
            findings: Vec::new(),
            tables: Vec::new(),
            requirements: BTreeMap::new(),
        }
    }
}

/// Whether an archive can be published somewhere.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// `gbif`, `sinp`.
    pub profile: String,
    /// The same for people.
    pub title: String,
    /// Nothing is in the way.
    pub publishable: bool,
    /// What is in the way.
    pub blocking: Vec<Reason>,
    /// What would make it better.
    pub improvements: Vec<Reason>,
    /// How far the terms that are asked for are filled.
    pub requirements: Vec<RequirementReport>,
}

/// A reason of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// Code of the finding.
    pub code: String,
    /// What was found.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Cases.
    pub count: u64,
}

/// How far a term, or one of several alternatives, is filled.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequirementReport {
    /// The term, or the name of the attribute.
    pub name: String,
    /// How much it is wanted.
    pub status: Status,
    /// Terms that satisfy it: the terms of one alternative belong together.
    pub alternatives: Vec<Vec<String>>,
    /// Whether the terms of one alternative are mapped.
    pub mapped: bool,
    /// Occurrences that have it.
    pub filled: u64,
    /// All occurrences.
    pub records: u64,
    /// Their share in per cent, with one decimal; 100 only when none is missing.
    pub coverage: f64,
    /// What to do when it is missing.
    pub remedy: String,
}

/// How an archive is made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Structure {
    /// `meta.xml`, or `header` where the columns are known by the header of the only file.
    pub descriptor: &'static str,
    /// Address of the core's row type.
    pub core_row_type: String,
    /// Path of the metadata document.
    pub metadata: Option<String>,
    /// Licence of the dataset in GBIF's spelling.
    pub license: Option<String>,
    /// Addresses of the row types of the extensions that are read.
    pub extensions: Vec<String>,
}

/// Where the rows of an archive went.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordCounts {
    /// Rows of the core.
    pub core_records: u64,
    /// Rows of each extension, by row type.
    pub extension_rows: BTreeMap<String, u64>,
    /// Rows of any kind that could not be used.
    pub quarantined_rows: u64,
    /// Occurrences that were interpreted.
    pub interpreted: u64,
}

impl RecordCounts {
    /// What reading counted.
    pub(super) fn of(verbatim: &Verbatim) -> Self {
        Self {
            core_records: verbatim.core_records,
            extension_rows: verbatim.extension_rows.clone(),
            quarantined_rows: verbatim.quarantined.values().sum(),
            interpreted: 0,
        }
    }
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Data is lost, or cannot be told apart.
    Error,
    /// Something is doubtful, or was dropped.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The word in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// GBIF's name for it, where it has one.
    pub code: String,
    /// `archive`, `structure`, `metadata`, `rows`, `identity`, `terms`, `values`, `records` or `interpretation`.
    pub category: String,
    /// How grave it is.
    pub severity: Severity,
    /// What was found.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Cases: rows, records, terms, or 1.
    pub count: u64,
    /// File inside the archive.
    pub file: Option<String>,
    /// 1-based physical line of the first case.
    pub line: Option<u64>,
    /// Terms concerned.
    pub terms: Vec<String>,
    /// The profile that asks for it; none when it is wrong for everyone.
    pub profile: Option<String>,
    /// The first cases, at most five.
    pub samples: Vec<Sample>,
}

/// A row that has what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// File inside the archive.
    pub file: Option<String>,
    /// 1-based physical line.
    pub line: Option<u64>,
    /// Identifier of the row.
    pub id: Option<String>,
    /// The values of the terms concerned as they were sent; those that are empty are left out.
    pub values: BTreeMap<String, String>,
}

/// A file of rows.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TableReport {
    /// `core` or `extension`.
    pub role: &'static str,
    /// Name of the row type.
    pub name: String,
    /// Its address.
    pub row_type: String,
    /// Paths inside the archive.
    pub files: Vec<String>,
    /// Encoding that is declared, or was guessed.
    pub encoding: &'static str,
    /// Between two cells.
    pub delimiter: String,
    /// Around a cell.
    pub quote: Option<String>,
    /// Lines before the first row.
    pub header_lines: usize,
    /// Rows that were read and joined.
    pub rows: u64,
    /// Rows that could not be used.
    pub quarantined: u64,
    /// Its mapped terms, in the order of the descriptor.
    pub terms: Vec<TermReport>,
}

/// A mapped term.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TermReport {
    /// Its simple name.
    pub name: String,
    /// Its address.
    pub uri: String,
    /// Whether it is in a vocabulary that is known.
    pub known: bool,
    /// How much each profile wants it.
    pub status: BTreeMap<String, Status>,
    /// Rows with a value.
    pub filled: u64,
    /// Occurrences whose interpreted value is not null; none for a term that is not interpreted.
    pub interpreted: Option<u64>,
    /// Different values, without the blanks around them.
    pub distinct: u64,
    /// Values that are not of the term's type.
    pub wrong: u64,
    /// The most frequent values; those that are as frequent in their own order.
    pub top: Vec<TopValue>,
}

/// A value and how often it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopValue {
    /// The value, cut when it is long.
    pub value: String,
    /// Rows.
    pub count: u64,
}
