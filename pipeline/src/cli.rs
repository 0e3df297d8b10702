//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Batch engine for OpenObs: Darwin Core archives to tables, index documents, archives and indicators.
#[derive(Debug, Parser)]
#[command(name = "openobs", version, max_term_width = 110, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of all commands.
    #[command(flatten)]
    pub global: Global,
}

/// Options of all commands.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Configuration file (TOML); later ones win, then OPENOBS_* variables, then flags
    #[arg(long = "config", value_name = "FILE", global = true)]
    pub configs: Vec<PathBuf>,
    /// One setting, such as run.threads=2; wins over files and variables
    #[arg(long = "set", value_name = "KEY=VALUE", global = true)]
    pub settings: Vec<String>,
    /// Messages to show: error, warn, info, debug, trace, or a filter such as openobs=debug
    #[arg(long, value_name = "LEVEL", default_value = "warn", global = true)]
    pub log: String,
    /// Say nothing but errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Progress bars
    #[arg(long, value_enum, default_value_t = ProgressMode::Auto, global = true)]
    pub progress: ProgressMode,
    /// Print JSON where there is something to parse
    #[arg(long, global = true)]
    pub json: bool,
}

/// When progress bars are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProgressMode {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where outputs are, and which of them.
#[derive(Debug, Clone, Args)]
pub struct Output {
    /// Folder of all outputs
    #[arg(long, value_name = "URL", env = "OPENOBS_OUT")]
    pub out: String,
    /// Limits the run to some products: verbatim,occurrence,index,archives,gbif,indicators,report
    #[arg(long, value_name = "LIST")]
    pub products: Option<String>,
    /// The day that counts as today (run.date)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// Threads of work (run.threads); 0 is one for each processor
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Lets datasets change more of their occurrence keys than identity.changed_ids_limit allows
    #[arg(long)]
    pub accept_changed_ids: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The main job: archives to documents, archives, indicators and a report
    #[command(
        after_help = "Examples:\n  openobs run archives/ --out out\n  openobs run a.zip b.tar.gz --out /data/openobs --config prod.toml\n  openobs run https://ipt.gbif.fr/archive.do?r=aspe --out out --products verbatim,occurrence"
    )]
    Run(RunArguments),
    /// First stage: archives to verbatim tables
    #[command(after_help = "Example:\n  openobs verbatim archives/ --out out")]
    Verbatim(RunArguments),
    /// Interprets and masks again what is in the verbatim tables
    #[command(after_help = "Example:\n  openobs interpret --out out --config new-taxref.toml")]
    Interpret(StageArguments),
    /// Evaluates sensitivity and masks again
    #[command(after_help = "Example:\n  openobs protect --out out --set references.sensitivity=new.csv")]
    Protect(StageArguments),
    /// Makes the index documents again
    Index(StageArguments),
    /// Makes the archives again
    Archive(StageArguments),
    /// Makes the indicators again
    Indicators(StageArguments),
    /// Makes the report of what is committed
    Report(StageArguments),
    /// The data-quality check of archives; writes nothing but what it says
    #[command(
        after_help = "Exit status: 0 publishable under every profile; 1 not; 2 wrong usage; 3 the environment failed.\n\nExamples:\n  openobs validate archive.zip\n  openobs validate archive.zip --profile sinp\n  openobs validate archive.zip --json\n  openobs validate archives/ --html report.html"
    )]
    Validate(ValidateArguments),
    /// SQL over every table under --out; steps are functions
    #[command(
        after_help = "Examples:\n  openobs sql \"SELECT count(*) FROM occurrence\" --out out\n  openobs sql \"SELECT eventDate, count(*) FROM occurrence GROUP BY 1 ORDER BY 2 DESC LIMIT 10\" --out out --format csv"
    )]
    Sql(SqlArguments),
    /// One record: verbatim, each step, issues, what was masked and why
    #[command(
        after_help = "With the configuration of the run it names the sensitivity rules that apply, and those that nearly do.\n\nExamples:\n  openobs explain 5BF5843F-76C0-44DE-E053-2614A8C0ECD0 --out out\n  openobs explain 5BF5843F-76C0-44DE-E053-2614A8C0ECD0 --out out --config prod.toml"
    )]
    Explain(ExplainArguments),
    /// Proves that no public product holds a protected value: reads every public byte
    #[command(
        after_help = "Exit status: 0 nothing leaks; 1 something does: do not publish; 2 wrong usage; 3 the environment failed.\nGive the configuration of the run: published areas are computed again from its references.\n\nExamples:\n  openobs audit --out out --config prod.toml\n  openobs audit --out out --also /var/log/openobs --also /releases/2025-06/public\n  openobs audit --out out --json"
    )]
    Audit(AuditArguments),
    /// Datasets, last attempts, and what the next run would do
    Status(StatusArguments),
    /// Prepares and inspects reference data: TAXREF, areas, the sensitivity list
    #[command(subcommand)]
    Reference(ReferenceCommand),
    /// Runs table tests: fixtures/steps/*.csv and conformance tables
    #[command(
        after_help = "Examples:\n  openobs test fixtures/steps\n  openobs test fixtures/steps/temporal.csv --json\n  UPDATE_EXPECT=1 openobs test fixtures/steps/temporal.csv"
    )]
    Test(TestArguments),
    /// The steps: what each reads and writes, and where it differs from GBIF
    Steps,
    /// Every key of the configuration, as a commented file
    Config,
    /// Shell completions
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// The manual page
    Man,
}

/// Arguments of commands that read archives.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Archives, folders of archives, or URLs (file://, http://, https://, s3://)
    #[arg(value_name = "ARCHIVE | FOLDER | URL", required = true)]
    pub sources: Vec<String>,
    /// Outputs.
    #[command(flatten)]
    pub output: Output,
}

/// Arguments of commands that go on from what is committed.
#[derive(Debug, Args)]
pub struct StageArguments {
    /// Outputs.
    #[command(flatten)]
    pub output: Output,
    /// Only these datasets
    #[arg(long = "dataset", value_name = "KEY")]
    pub datasets: Vec<String>,
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArguments {
    /// Archives, folders of archives, or URLs
    #[arg(value_name = "ARCHIVE", required = true)]
    pub archives: Vec<String>,
    /// Where it is to be published: gbif, sinp; both unless given
    #[arg(long = "profile", value_name = "NAME", value_delimiter = ',')]
    pub profiles: Vec<String>,
    /// Writes the report as a page as well
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For people
    Table,
    /// Comma separated
    Csv,
    /// One JSON object a line
    Json,
}

/// Arguments of `sql`.
#[derive(Debug, Args)]
pub struct SqlArguments {
    /// The query; names keep their case: SELECT eventDate FROM occurrence
    #[arg(value_name = "SELECT ...")]
    pub query: String,
    /// Folder of all outputs
    #[arg(long, value_name = "URL", env = "OPENOBS_OUT")]
    pub out: Option<String>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    pub format: TableFormat,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// occurrenceKey or occurrenceID
    #[arg(value_name = "OCCURRENCE")]
    pub occurrence: String,
    /// Folder of all outputs
    #[arg(long, value_name = "URL", env = "OPENOBS_OUT")]
    pub out: String,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Folder of all outputs
    #[arg(long, value_name = "URL", env = "OPENOBS_OUT")]
    pub out: String,
}

/// What to do with reference data.
#[derive(Debug, Subcommand)]
pub enum ReferenceCommand {
    /// Makes one file of a TAXREF release, which opens at once
    #[command(
        after_help = "Files are known by their names: TAXREFvNN.txt, which is needed; CDNOM_DISPARUS.txt, TAXVERNvNN.txt and\nbdc_statuts_NN.csv, which are not. Others of a release are left out. The same files give the same bytes.\n\nExamples:\n  openobs reference build TAXREF_v18_2025.zip BDC-Statuts-v18.zip --out reference/\n  openobs reference build TAXREFv18.txt CDNOM_DISPARUS.txt --out reference/taxref.arrow\n  openobs run archive.zip --out out --set references.taxref=reference/taxref-v18.arrow"
    )]
    Build(BuildArguments),
    /// Matches a list of names with TAXREF and writes the answer beside each
    #[command(
        after_help = "Columns are known by name: cdNom or taxonID, scientificName or nomCite, scientificNameAuthorship, taxonRank,\nkingdom to genus. A file without any of them is a list of names, one a line.\n\nExamples:\n  openobs reference match names.csv --config prod.toml > answer.csv\n  openobs reference match names.txt --set references.taxref=TAXREFv18.txt --out answer.csv"
    )]
    Match(MatchArguments),
    /// Prepares a layer of areas: any format and system to GeoParquet in WGS 84, checked
    #[command(
        after_help = "Formats: GeoJSON, TopoJSON (plain or .gz), FlatGeobuf, GeoParquet, GeoPackage, Shapefile (.shp beside its .dbf, .prj and\n.cpg), and a .zip with one of them.\n\nExamples:\n  openobs reference areas COMMUNE.shp --for communes --version 2025 --license 'Licence Ouverte 2.0' \\\n      --source 'IGN, ADMIN EXPRESS COG' --out communes.parquet\n  openobs reference areas grids/*.zip --for grid --license 'Licence Ouverte 2.0' --out grid.parquet\n  openobs reference areas countries-10m.json --layer countries --for countries --code id --out countries.parquet"
    )]
    Areas(AreasArguments),
    /// Prepares the codes that communes had, from data/communes.json of @etalab/decoupage-administratif
    #[command(
        after_help = "Writes a table with the columns code, current_code, name and from, a line for each code that is no commune of today.\n\nExample:\n  openobs reference communes communes.json --out commune_history.csv"
    )]
    Communes(CommunesArguments),
    /// Checks that all reference data that production needs is there, and fits together
    #[command(
        after_help = "Exit status: 0 all is there and fits; 1 something is missing or does not fit; 2 the configuration cannot be used.\n\nExamples:\n  openobs reference check --config references.toml\n  openobs reference check --config prod.toml --json"
    )]
    Check,
    /// What a new TAXREF changes: for its names, or for the records that are committed
    #[command(
        after_help = "Examples:\n  openobs reference upgrade TAXREFv17.txt TAXREFv18.txt --retired CDNOM_DISPARUS.txt\n  openobs reference upgrade TAXREFv17.txt TAXREFv18.txt --retired CDNOM_DISPARUS.txt --out out --table changes.csv\n  openobs interpret --out out --set references.taxref=TAXREFv18.txt"
    )]
    Upgrade(UpgradeArguments),
}

/// Arguments of `reference areas`.
#[derive(Debug, Args)]
pub struct AreasArguments {
    /// The layer as it is published; several files become one layer, each from its own system
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Where the prepared layer is written
    #[arg(long, value_name = "LAYER.parquet")]
    pub out: PathBuf,
    /// The setting it is for: it tells where codes are looked for, and how they are checked
    #[arg(long = "for", value_enum, value_name = "SETTING")]
    pub kind: Option<crate::reference::areas::Kind>,
    /// Property with the code; of several the first that a feature has
    #[arg(long, value_name = "PROPERTY", value_delimiter = ',')]
    pub code: Vec<String>,
    /// Property with the name
    #[arg(long, value_name = "PROPERTY", value_delimiter = ',')]
    pub name: Vec<String>,
    /// The layer, where the file has several
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// The system of the coordinates, whatever the file says: EPSG:2154, WKT, or a PROJ string
    #[arg(long, value_name = "EPSG:CODE")]
    pub crs: Option<String>,
    /// Leaves out features that cannot be areas instead of refusing the layer
    #[arg(long)]
    pub leave_out: bool,
    /// What the layer is, for reports and archives
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Its edition, such as 2025
    #[arg(long, value_name = "TEXT")]
    pub version: Option<String>,
    /// Its licence, such as 'Licence Ouverte 2.0'
    #[arg(long, value_name = "TEXT")]
    pub license: Option<String>,
    /// Whose it is, in the words they ask for
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
}

/// Arguments of `reference communes`.
#[derive(Debug, Args)]
pub struct CommunesArguments {
    /// The list of communes
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where the table is written
    #[arg(long, value_name = "TABLE.csv")]
    pub out: PathBuf,
}

/// Arguments of `reference upgrade`.
#[derive(Debug, Args)]
pub struct UpgradeArguments {
    /// The TAXREF in use
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// The TAXREF to come
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// CDNOM_DISPARUS of the TAXREF to come
    #[arg(long, value_name = "FILE")]
    pub retired: Option<PathBuf>,
    /// Tells what changes for the records under this folder
    #[arg(long, value_name = "URL", env = "OPENOBS_OUT")]
    pub out: Option<String>,
    /// Writes all changes as CSV
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,
}

/// Arguments of `reference build`.
#[derive(Debug, Args)]
pub struct BuildArguments {
    /// Files of one TAXREF release, and of BDC_STATUTS: as they are, or in folders or zips
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The file to write, or a folder, where it is called taxref-vNN.arrow
    #[arg(long, value_name = "FILE | FOLDER")]
    pub out: PathBuf,
}

/// Arguments of `reference match`.
#[derive(Debug, Args)]
pub struct MatchArguments {
    /// Delimited text (comma, semicolon or tab; plain or .gz)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Reads a term from a column of another name, such as scientificName=taxon_latin
    #[arg(long = "column", value_name = "TERM=COLUMN")]
    pub columns: Vec<String>,
    /// Writes the answer to a file instead of printing it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// Folder of all outputs
    #[arg(long, value_name = "URL", env = "OPENOBS_OUT")]
    pub out: String,
    /// Reads a file or folder besides: a log, an earlier release, a copy elsewhere
    #[arg(long, value_name = "PATH")]
    pub also: Vec<PathBuf>,
    /// Fails too where someone should look: a free record by the same observer at the same place on the same day
    #[arg(long)]
    pub strict: bool,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArguments {
    /// Tables, or folders of tables
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Classes of conformance cases that are meant to differ, instead of the built-in table
    #[arg(long, value_name = "FILE")]
    pub deviations: Option<PathBuf>,
}
