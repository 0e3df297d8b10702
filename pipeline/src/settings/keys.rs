//! Every key of the configuration: the single source of `configs/example.toml`, `schemas/config.schema.json`, the
//! environment variables and the suggestions in error messages. A new key is a line here and a field in [`super`].

use openobs_steps::sensitivity::GROUP_TERMS;

use super::ShareLimit;

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Sections and name, with dots: `run.threads`.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// The value when nothing is given, as TOML; none for a key that may stay unset.
    pub default: Option<&'static str>,
    /// A value to show where there is no default, as TOML.
    pub example: &'static str,
    /// What it does, for people.
    pub doc: &'static str,
}

/// What values a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A day.
    Date,
    /// A whole number from 0.
    Count,
    /// A whole number from 1.
    Positive,
    /// A part of a whole, from 0 to 1.
    Share,
    /// Most of something that may be: a part of a whole, or no bound.
    ShareLimit,
    /// Yes or no.
    Boolean,
    /// A number of bytes, with or without a unit.
    Bytes,
    /// Text.
    Text,
    /// A path, from the folder of the file that gives it.
    Path,
    /// Some paths.
    Paths,
    /// Some names, the first that fits wins.
    Names,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Some of these.
    Choices(&'static [&'static str]),
    /// Declarations of archives: tables with `name` and `filter`.
    Archives,
    /// Declarations of layers: tables with `file` and `column`.
    Layers,
    /// The table of levels: tables with `code`, `rank` and `area`.
    Levels,
}

impl Key {
    /// The environment variable that sets it: `OPENOBS_RUN_THREADS`.
    pub fn variable(&self) -> String {
        variable(self.name)
    }
}

/// The environment variable of a dotted key.
pub(super) fn variable(name: &str) -> String {
    format!("OPENOBS_{}", name.replace('.', "_").to_uppercase())
}

impl Kind {
    /// What may be given, to go after "give".
    pub fn accepts(self) -> String {
        match self {
            Self::Date => "a date such as `2024-06-01`".to_owned(),
            Self::Count => "a whole number from 0".to_owned(),
            Self::Positive => "a whole number from 1".to_owned(),
            Self::Share => "a number from 0 to 1".to_owned(),
            Self::ShareLimit => ShareLimit::ACCEPTS.to_owned(),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Bytes => "a size such as `512 MB`, `2 GiB` or a number of bytes".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::Paths => "a path or a list of paths".to_owned(),
            Self::Names => "a name or a list of names".to_owned(),
            Self::Choice(choices) => format!("one of `{}`", choices.join("`, `")),
            Self::Choices(choices) => format!("a list of `{}`", choices.join("`, `")),
            Self::Archives => "`[[outputs.archives]]` tables with `name` and `filter`".to_owned(),
            Self::Layers => "`[[layer]]` tables with `file` and `column`".to_owned(),
            Self::Levels => "`[[level]]` tables with `code`, `rank` and `area`".to_owned(),
        }
    }
}

/// The key of a name; `references.communes` is short for `references.communes.path`.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    let exact = KEYS.iter().find(|key| key.name == name);
    exact.or_else(|| KEYS.iter().find(|key| key.name.strip_suffix(".path") == Some(name)))
}

/// Whether keys stand under a name.
pub(super) fn is_section(name: &str) -> bool {
    KEYS.iter().any(|key| key.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

const fn key(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key { name, kind, default: Some(default), example: "", doc }
}

const fn unset(name: &'static str, kind: Kind, example: &'static str, doc: &'static str) -> Key {
    Key { name, kind, default: None, example, doc }
}

/// Files of words that are laid over a vocabulary.
const fn words(name: &'static str, doc: &'static str) -> Key {
    key(name, Kind::Paths, "[]", doc)
}

pub(super) const DATE_ORDERS: &[&str] = &["DMY", "MDY", "ISO"];
pub(super) const PRODUCTS: &[&str] = &["verbatim", "occurrence", "index", "archives", "gbif", "indicators", "report"];
pub(super) const VERBATIM_FORMATS: &[&str] = &["avro", "parquet"];
pub(super) const AVRO_CODECS: &[&str] = &["deflate", "none"];
pub(super) const COMPRESSIONS: &[&str] = &["zstd", "gzip", "none"];
pub(super) const AUDIT_DEPTHS: &[&str] = &["none", "masked", "everything"];

/// The keys, section by section.
pub(super) const KEYS: &[Key] = &[
    unset(
        "registry",
        Kind::Path,
        "\"datasets.toml\"",
        "What is known of datasets besides their archives: `[[dataset]]` tables in TOML, or CSV with the same names: `archive` or \
         `key`, `title`, `provider`, `license`, `unique_key_terms` (what identifies a record), `unique_key_strip` (`spaces`, \
         `non_ascii`: what is taken out of it), `changed_ids_limit`, `default_values`, `date_order`, `living_atlas_issues`, \
         `collector_names`, `schedule`.",
    ),
    unset(
        "layer",
        Kind::Layers,
        r#"[{ file = "reference/protected_areas.geojson", code = "id", name = "name", column = "protectedAreas" }]"#,
        "Further layers of areas in WGS 84, which may overlap: protected areas, water bodies, sea regions. Each gives a column \
         of the occurrence table with the codes of all its areas that hold the point or meet the footprint of a record; the \
         column is in index documents too, and blank for protected records. `[[layer]]` tables do as well: `file`, `column`, \
         and, where the file has other names for them, `code` and `name`. A later file replaces all of them.",
    ),
    key(
        "level",
        Kind::Levels,
        r#"[{ code = "0", rank = 0, area = "precise" }, { code = "1", rank = 1, area = "commune" }, { code = "2", rank = 2, area = "10km" }, { code = "3", rank = 3, area = "department" }, { code = "4", rank = 4, area = "withheld" }]"#,
        "The levels of sensitivity: `code` (one, or a list of codes that mean the same) is what referentials and producers write, \
         `rank` what is compared and stands in the columns `sensitivityLevel` and `diffusionLevel` (a higher one is stricter, \
         whatever the size of its area), `area` the finest that is published: `precise`, `1km`, `2km`, `commune`, `5km`, `10km`, \
         `20km`, `50km` (cells), `department`, `region` or `withheld`; `label` what public texts call it. Rank 0 is `precise`, the \
         highest, up to 9, `withheld`. A record without the area of its level is shown at the next coarser one, or without a \
         place. `[[level]]` tables do as well; a later file replaces all of them. configs/levels-mesh.toml has levels by mesh.",
    ),
    unset(
        "run.date",
        Kind::Date,
        "2024-06-01",
        "The day that counts as today. Later dates are unlikely; the same date gives the same outputs. \
         The day on which the run starts when unset.",
    ),
    key("run.threads", Kind::Count, "0", "Threads to use; 0 for one per core. Outputs do not depend on it."),
    key(
        "run.memory_limit",
        Kind::Bytes,
        "\"0\"",
        "Memory that queries may use before they spill to disk: `2 GiB`, `512 MB`. 0 for half of the machine's memory.",
    ),
    key(
        "run.datasets_at_once",
        Kind::Count,
        "0",
        "Datasets that are worked on at the same time; 0 for as many as there are threads.",
    ),
    key(
        "run.shard_rows",
        Kind::Positive,
        "200_000",
        "Records in one file of an output. It cuts outputs, so changing it changes files, never what is in them.",
    ),
    key("archive.cell_bytes", Kind::Bytes, "\"4 MiB\"", "Longest cell. A longer one sends its row to quarantine."),
    key(
        "archive.line_bytes",
        Kind::Bytes,
        "\"16 MiB\"",
        "Longest row, quoted line ends included. A longer one goes to quarantine.",
    ),
    key("archive.columns", Kind::Positive, "2048", "Most cells in a row, and highest column that meta.xml may name."),
    key("archive.extensions", Kind::Positive, "64", "Most extensions that meta.xml may declare."),
    key("archive.files", Kind::Positive, "100_000", "Most entries in an archive."),
    key(
        "archive.total_uncompressed_bytes",
        Kind::Bytes,
        "\"512 GiB\"",
        "Most bytes of the core and extension files together, once decompressed.",
    ),
    key("archive.compression_ratio", Kind::Positive, "250", "Most decompressed bytes per compressed byte."),
    key(
        "archive.compression_ratio_from_bytes",
        Kind::Bytes,
        "\"64 MiB\"",
        "Decompressed size below which the ratio is not looked at.",
    ),
    key("archive.xml_depth", Kind::Positive, "64", "Deepest nesting of elements in meta.xml and the EML document."),
    key("archive.xml_bytes", Kind::Bytes, "\"16 MiB\"", "Largest meta.xml or EML document."),
    key(
        "archive.extension_rows_per_record",
        Kind::Positive,
        "1_000_000",
        "Most rows of one extension joined to one core record; the rest go to quarantine.",
    ),
    key(
        "archive.extension_bytes_per_record",
        Kind::Bytes,
        "\"256 MiB\"",
        "Most bytes of extension rows joined to one core record; the rest go to quarantine.",
    ),
    key(
        "archive.quarantine_text_bytes",
        Kind::Bytes,
        "\"16 KiB\"",
        "How much of the text of a quarantined row is kept.",
    ),
    key(
        "archive.join_memory_bytes",
        Kind::Bytes,
        "\"128 MiB\"",
        "Extension rows held in memory while they are joined to the core; beyond, they are spilled to disk.",
    ),
    key(
        "archive.parent_event_bytes",
        Kind::Bytes,
        "\"256 MiB\"",
        "Most bytes of events that others name as their parent, with their place and date: they are held while a dataset is \
         interpreted. One that needs more fails.",
    ),
    unset(
        "references.taxref",
        Kind::Path,
        "\"reference/TAXREFv18.txt\"",
        "TAXREF: the file that `openobs reference build` makes, which opens at once, or a release as it is published: \
         TAXREFvNN.txt, its folder or its zip. Without it names are not matched.",
    ),
    unset(
        "references.taxref_retired",
        Kind::Path,
        "\"reference/CDNOM_DISPARUS.txt\"",
        "The retired CD_NOMs of TAXREF. A built file, a folder or a zip has them in it.",
    ),
    unset(
        "references.taxref_statuses",
        Kind::Path,
        "\"reference/bdc_statuts_18.csv\"",
        "BDC_STATUTS, the statuses of taxa by area, as csv or zip. A built file, a folder or a zip of TAXREF may have it in it.",
    ),
    key("references.sensitivity", Kind::Paths, "[]", "Files of the sensitivity referential; all of them apply."),
    unset(
        "references.commune_year",
        Kind::Positive,
        "2025",
        "The year of the official code (COG) that the communes are of: it stands beside each code of a commune.",
    ),
    unset(
        "references.commune_history",
        Kind::Path,
        "\"reference/commune_history.csv\"",
        "What became of communes that are no more, as CSV with the columns `code`, `current_code`, `name`, `from` (the year of \
         the change, which may be empty). An old code then stands for the commune of today.",
    ),
    unset(
        "references.departments.path",
        Kind::Path,
        "\"reference/departments.geojson\"",
        "Departments as GeoJSON, GeoParquet or FlatGeobuf in WGS 84; `openobs reference areas` makes one of any layer. \
         `departments = \"...\"` under [references] is short for it; the same goes for the layers below.",
    ),
    key(
        "references.departments.code",
        Kind::Names,
        r#"["code", "code_insee", "INSEE_DEP", "insee_dep", "code_dept", "CODE_DEPT"]"#,
        "Property with the INSEE code of a department; of several names the first that the file has.",
    ),
    key("references.departments.name", Kind::Names, NAMES, "Property with the name of a department."),
    unset("references.communes.path", Kind::Path, "\"reference/communes.parquet\"", "Communes."),
    key(
        "references.communes.code",
        Kind::Names,
        r#"["code", "code_insee", "INSEE_COM", "insee_com"]"#,
        "Property with the INSEE code of a commune.",
    ),
    key("references.communes.name", Kind::Names, NAMES, "Property with the name of a commune."),
    unset("references.countries.path", Kind::Path, "\"reference/countries.parquet\"", "Countries."),
    key(
        "references.countries.code",
        Kind::Names,
        r#"["code", "iso_a2", "ISO_A2", "ISO2", "iso2"]"#,
        "Property with the ISO 3166-1 alpha-2 code of a country.",
    ),
    key(
        "references.countries.name",
        Kind::Names,
        r#"["nom", "name", "name_fr", "name_en", "NAME", "ADMIN"]"#,
        "Property with the name of a country.",
    ),
    unset(
        "references.marine_areas.path",
        Kind::Path,
        "\"reference/eez.parquet\"",
        "Seas of countries: exclusive economic zones. A point at sea is then in the country whose sea it is.",
    ),
    key(
        "references.marine_areas.code",
        Kind::Names,
        r#"["code", "iso_a2", "ISO_A2", "ISO2", "iso2", "ISO_TER1", "iso_ter1", "ISO_SOV1", "iso_sov1"]"#,
        "Property with the ISO 3166-1 code of the country or territory, of two or three letters.",
    ),
    key(
        "references.marine_areas.name",
        Kind::Names,
        r#"["nom", "name", "geoname", "GEONAME", "NAME"]"#,
        "Property with the name of the area.",
    ),
    unset(
        "references.grid.path",
        Kind::Path,
        "\"reference/grid.parquet\"",
        "Cells of the 10 km grid overseas; those of the mainland are computed.",
    ),
    key("references.grid.code", Kind::Names, CELL_CODES, "Property with the code of a cell."),
    key("references.grid.name", Kind::Names, CELL_NAMES, "Property with the name of a cell."),
    unset("references.grid_5km.path", Kind::Path, "\"reference/grid_5km.parquet\"", "The same for the 5 km grid."),
    key("references.grid_5km.code", Kind::Names, CELL_CODES, "Property with the code of a cell."),
    key("references.grid_5km.name", Kind::Names, CELL_NAMES, "Property with the name of a cell."),
    unset("references.grid_1km.path", Kind::Path, "\"reference/grid_1km.parquet\"", "The same for the 1 km grid."),
    key("references.grid_1km.code", Kind::Names, CELL_CODES, "Property with the code of a cell."),
    key("references.grid_1km.name", Kind::Names, CELL_NAMES, "Property with the name of a cell."),
    key(
        "interpretation.date_order",
        Kind::Choice(DATE_ORDERS),
        "\"DMY\"",
        "How a date such as 5/4/2014 is read where nothing else decides: day first, month first, or not at all (ISO).",
    ),
    key(
        "interpretation.living_atlas_issues",
        Kind::Boolean,
        "false",
        "Whether the issues of the Living Atlases about what is missing are raised too, such as MISSING_GEODETICDATUM and \
         NAME_NOT_SUPPLIED. They are true of most records.",
    ),
    key(
        "sensitivity.group_terms",
        Kind::Choices(&GROUP_TERMS),
        r#"["idSINPRegroupement", "eventID"]"#,
        "Terms that name groups of records of one dataset. A sensitive record makes its whole group as sensitive as itself \
         (SINP standard): a free record of the same sampling would tell the place.",
    ),
    unset(
        "sensitivity.accepted_unresolved",
        Kind::Names,
        r#"["sensitivity.csv:28"]"#,
        "Rules of the sensitivity list that cannot be resolved and are accepted, as the message that stopped the run names them: \
         by their own identifier or as `file:line`. One whose area is not known applies everywhere, with an alert; one whose \
         taxon is not known applies to the taxa that bear its cited name, if there are any.",
    ),
    key(
        "sensitivity.decisions",
        Kind::Paths,
        "[]",
        "Files of decisions on single records, as CSV: `occurrenceKey`, or `datasetKey` and `occurrenceID`; `sensiNiveau` (a code \
         of a level), `sensiDateAttribution` (a date), `author`, and if there is one `comment`. A decision stands for what rules \
         and the producer say of the record's sensitivity, above or below; what is private, or not for the public, stays so.",
    ),
    words(
        "vocabularies.basisOfRecord",
        "Files of words for basisOfRecord, laid over those of the program: tab-separated, with the columns `concept` and \
         `label` (steps/src/vocabulary/README.md has the others). A later file wins over an earlier one, and both over the \
         program. The same goes for the vocabularies below; a file that names an unknown concept stops the run.",
    ),
    words("vocabularies.occurrenceStatus", "Files of words for occurrenceStatus."),
    words("vocabularies.sex", "Files of words for sex."),
    words("vocabularies.lifeStage", "Files of words for lifeStage."),
    words("vocabularies.establishmentMeans", "Files of words for establishmentMeans."),
    words("vocabularies.degreeOfEstablishment", "Files of words for degreeOfEstablishment."),
    words("vocabularies.pathway", "Files of words for pathway."),
    words("vocabularies.typeStatus", "Files of words for typeStatus."),
    words("vocabularies.vitality", "Files of words for vitality."),
    words("vocabularies.eventType", "Files of words for eventType."),
    words("vocabularies.identificationVerificationStatus", "Files of words for identificationVerificationStatus."),
    words(
        "vocabularies.license",
        "Files of words for license; concepts are CC0_1_0, CC_BY_4_0, CC_BY_NC_4_0, UNSPECIFIED, UNSUPPORTED.",
    ),
    words("vocabularies.country", "Files of words for country and countryCode; concepts are ISO 3166-1 alpha-2 codes."),
    key(
        "identity.changed_ids_limit",
        Kind::ShareLimit,
        "0.5",
        "Most occurrence keys of a dataset that may change from one attempt to the next: of the last attempt's keys those \
         that are absent, and of the archive's keys those that are new, each as a share. Where more changed, the dataset \
         fails and its last attempt stays, unless the run has --accept-changed-ids. An archive that still has every key \
         only grows and is never stopped; one that has lost all its records always is. The registry may set \
         `changed_ids_limit` for a dataset.",
    ),
    key(
        "identity.duplicate_records_limit",
        Kind::Positive,
        "10_000_000",
        "Most records of a dataset that may share an identifier with another; they are held in memory, about 100 bytes \
         each. A dataset with more fails.",
    ),
    key(
        "outputs.products",
        Kind::Choices(PRODUCTS),
        r#"["verbatim", "occurrence", "index", "archives", "gbif", "indicators", "report"]"#,
        "What is made.",
    ),
    unset(
        "outputs.archives",
        Kind::Archives,
        r#"[{ name = "birds", title = "Birds of France", filter = "class = 'Aves'", rows_per_part = 1_000_000 }]"#,
        "Archives made ahead of time. `filter` is SQL over the public occurrence table, `name` names the file; `title` \
         and `rows_per_part` (rows after which the next part starts) may be left out. `[[outputs.archives]]` tables do as \
         well. A later file replaces all of them.",
    ),
    key(
        "outputs.verbatim.formats",
        Kind::Choices(VERBATIM_FORMATS),
        r#"["avro", "parquet"]"#,
        "Formats of the verbatim table.",
    ),
    key(
        "outputs.verbatim.avro_codec",
        Kind::Choice(AVRO_CODECS),
        "\"deflate\"",
        "How blocks of Avro files are compressed.",
    ),
    key("outputs.index.compression", Kind::Choice(COMPRESSIONS), "\"zstd\"", "How index documents are compressed."),
    unset(
        "outputs.indicators.folder",
        Kind::Path,
        "\"indicators\"",
        "Folder with an `.sql` file for each indicator. Those that come with the program when unset.",
    ),
    unset(
        "checks.run",
        Kind::Names,
        r#"["uniqueness", "clusters"]"#,
        "Checks over the records of all datasets, at the end of each run and of `openobs report`: names of their files, or \
         `all`. They read everything that is committed, so none is run when unset. Results are exact data, in \
         restricted/checks.",
    ),
    unset(
        "checks.folder",
        Kind::Path,
        "\"checks\"",
        "Folder with an `.sql` file for each check. Those that come with the program when unset.",
    ),
    key(
        "checks.minimum_sample",
        Kind::Positive,
        "80",
        "Records that a taxon must have before one of them can be an outlier.",
    ),
    key(
        "checks.bucket_rows",
        Kind::Positive,
        "200",
        "Most records that are compared in pairs because they share a key; larger groups are left out and counted.",
    ),
    key("checks.near_metres", Kind::Count, "200", "Distance within which two records may be of one place."),
    key("checks.far_metres", Kind::Count, "2000", "The same where an identifier or the recorder agrees as well."),
    key("checks.days_apart", Kind::Count, "1", "Days within which two dates may be those of one observation."),
    key(
        "audit.depth",
        Kind::Choice(AUDIT_DEPTHS),
        "\"masked\"",
        "How deep every run proves that nothing protected is public, each dataset before it is committed and what all make together \
         at the end: `masked` holds each line of a protected record against what it must be, and searches all but the lines of \
         free records; `everything` searches these too and computes all numbers again, as `openobs audit` does; `none` does \
         without.",
    ),
    unset(
        "cluster.scheduler",
        Kind::Text,
        "\"df://scheduler.example.org:50050\"",
        "The scheduler that runs jobs. This process does when unset.",
    ),
];

const CELL_CODES: &str = r#"["cd_sig", "CD_SIG", "code"]"#;
const CELL_NAMES: &str = r#"["nom", "name", "cd_sig", "CD_SIG", "code"]"#;
const NAMES: &str = r#"["nom", "name", "NOM", "NAME", "nom_officiel"]"#;
