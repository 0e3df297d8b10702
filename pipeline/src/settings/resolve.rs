//! From values by key to typed settings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use openobs_steps::parse::date::DateOrder;

use super::value::Value;
use super::{
    ArchiveLimits, AreaLayer, AuditDepth, AvroCodec, Checks, Cluster, Compression, Identity, Index, Indicators,
    Interpretation, Outputs, Product, PropertyNames, ReferenceFiles, Run, Settings, SettingsError, Verbatim,
    VerbatimFormat, WordFile,
};

type Result<T> = std::result::Result<T, SettingsError>;

/// Values of all keys that have one.
struct Values<'a>(&'a BTreeMap<&'static str, Value>);

pub(super) fn settings(values: &BTreeMap<&'static str, Value>) -> Result<Settings> {
    let values = Values(values);
    Ok(Settings {
        run: Run {
            date: match values.0.get("run.date") {
                Some(Value::Date(date)) => Some(*date),
                _ => None,
            },
            threads: values.count("run.threads")?,
            memory_limit: values.count("run.memory_limit")?,
            datasets_at_once: values.count("run.datasets_at_once")?,
            shard_rows: values.count("run.shard_rows")?,
        },
        archive: ArchiveLimits {
            cell_bytes: values.count("archive.cell_bytes")?,
            line_bytes: values.count("archive.line_bytes")?,
            columns: values.count("archive.columns")?,
            extensions: values.count("archive.extensions")?,
            files: values.count("archive.files")?,
            total_uncompressed_bytes: values.count("archive.total_uncompressed_bytes")?,
            compression_ratio: values.count("archive.compression_ratio")?,
            compression_ratio_from_bytes: values.count("archive.compression_ratio_from_bytes")?,
            xml_depth: values.count("archive.xml_depth")?,
            xml_bytes: values.count("archive.xml_bytes")?,
            extension_rows_per_record: values.count("archive.extension_rows_per_record")?,
            extension_bytes_per_record: values.count("archive.extension_bytes_per_record")?,
            quarantine_text_bytes: values.count("archive.quarantine_text_bytes")?,
            join_memory_bytes: values.count("archive.join_memory_bytes")?,
            parent_event_bytes: values.count("archive.parent_event_bytes")?,
        },
        references: ReferenceFiles {
            taxref: values.path("references.taxref"),
            taxref_retired: values.path("references.taxref_retired"),
            taxref_statuses: values.path("references.taxref_statuses"),
            sensitivity: match values.0.get("references.sensitivity") {
                Some(Value::Paths(paths)) => paths.clone(),
                _ => Vec::new(),
            },
            departments: values.layer("references.departments")?,
            communes: values.layer("references.communes")?,
            countries: values.layer("references.countries")?,
            marine_areas: values.layer("references.marine_areas")?,
            commune_year: match values.0.get("references.commune_year") {
                Some(Value::Count(_)) => Some(values.count("references.commune_year")?),
                _ => None,
            },
            commune_history: values.path("references.commune_history"),
            grid: values.layer("references.grid")?,
            grid_5km: values.layer("references.grid_5km")?,
            grid_1km: values.layer("references.grid_1km")?,
        },
        layers: match values.0.get("layer") {
            Some(Value::Layers(layers)) => layers.clone(),
            _ => Vec::new(),
        },
        levels: match values.0.get("level") {
            Some(Value::Levels(levels)) => levels.clone(),
            _ => return Err(missing("level")),
        },
        interpretation: Interpretation {
            date_order: values.choice("interpretation.date_order")?,
            living_atlas_issues: values.boolean("interpretation.living_atlas_issues")?,
        },
        vocabularies: values.word_files(),
        sensitivity: super::Sensitivity {
            group_terms: match values.0.get("sensitivity.group_terms") {
                Some(Value::Choices(terms)) => terms.clone(),
                _ => return Err(missing("sensitivity.group_terms")),
            },
            accepted_unresolved: match values.0.get("sensitivity.accepted_unresolved") {
                Some(Value::Names(rules)) => rules.clone(),
                _ => Vec::new(),
            },
            decisions: match values.0.get("sensitivity.decisions") {
                Some(Value::Paths(paths)) => paths.clone(),
                _ => Vec::new(),
            },
        },
        identity: Identity {
            changed_ids_limit: match values.0.get("identity.changed_ids_limit") {
                Some(Value::ShareLimit(limit)) => *limit,
                _ => return Err(missing("identity.changed_ids_limit")),
            },
            duplicate_records_limit: values.count("identity.duplicate_records_limit")?,
        },
        registry: values.path("registry"),
        outputs: Outputs {
            products: values.choices("outputs.products")?,
            verbatim: Verbatim {
                formats: values.choices("outputs.verbatim.formats")?,
                avro_codec: values.choice("outputs.verbatim.avro_codec")?,
            },
            index: Index { compression: values.choice("outputs.index.compression")? },
            archives: match values.0.get("outputs.archives") {
                Some(Value::Archives(archives)) => archives.clone(),
                _ => Vec::new(),
            },
            indicators: Indicators { folder: values.path("outputs.indicators.folder") },
        },
        checks: Checks {
            run: match values.0.get("checks.run") {
                Some(Value::Names(names)) => names.clone(),
                _ => Vec::new(),
            },
            folder: values.path("checks.folder"),
            minimum_sample: values.count("checks.minimum_sample")?,
            bucket_rows: values.count("checks.bucket_rows")?,
            near_metres: values.count("checks.near_metres")?,
            far_metres: values.count("checks.far_metres")?,
            days_apart: values.count("checks.days_apart")?,
        },
        audit: super::Audit { depth: values.choice("audit.depth")? },
        cluster: Cluster {
            scheduler: match values.0.get("cluster.scheduler") {
                Some(Value::Text(address)) => Some(address.clone()),
                _ => None,
            },
        },
    })
}

/// A choice with a type of its own.
trait Named: Copy + 'static {
    /// The value of each name in the list of its key.
    const NAMES: &'static [(&'static str, Self)];

    fn of(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

impl Named for Product {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("verbatim", Self::Verbatim),
        ("occurrence", Self::Occurrence),
        ("index", Self::Index),
        ("archives", Self::Archives),
        ("gbif", Self::Gbif),
        ("indicators", Self::Indicators),
        ("report", Self::Report),
    ];
}

impl Named for VerbatimFormat {
    const NAMES: &'static [(&'static str, Self)] = &[("avro", Self::Avro), ("parquet", Self::Parquet)];
}

impl Named for AuditDepth {
    const NAMES: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("masked", Self::Masked), ("everything", Self::Everything)];
}

impl Named for AvroCodec {
    const NAMES: &'static [(&'static str, Self)] = &[("deflate", Self::Deflate), ("none", Self::None)];
}

impl Named for Compression {
    const NAMES: &'static [(&'static str, Self)] = &[("zstd", Self::Zstd), ("gzip", Self::Gzip), ("none", Self::None)];
}

impl Named for DateOrder {
    const NAMES: &'static [(&'static str, Self)] =
        &[("DMY", Self::DayMonthYear), ("MDY", Self::MonthDayYear), ("ISO", Self::Iso)];
}

impl Values<'_> {
    fn count<T: TryFrom<u64>>(&self, key: &str) -> Result<T> {
        match self.0.get(key) {
            Some(Value::Count(count)) => T::try_from(*count).map_err(|_| {
                SettingsError::new(format!("`{key}` is `{count}`, more than this machine can count")).key(key)
            }),
            _ => Err(missing(key)),
        }
    }

    fn boolean(&self, key: &str) -> Result<bool> {
        match self.0.get(key) {
            Some(Value::Boolean(value)) => Ok(*value),
            _ => Err(missing(key)),
        }
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        match self.0.get(key) {
            Some(Value::Path(path)) => Some(path.clone()),
            _ => None,
        }
    }

    fn word_files(&self) -> Vec<WordFile> {
        let mut files = Vec::new();
        for (key, value) in self.0 {
            if let (Some(vocabulary), Value::Paths(paths)) = (key.strip_prefix("vocabularies."), value) {
                files.extend(paths.iter().map(|path| WordFile { vocabulary, path: path.clone() }));
            }
        }
        files
    }

    fn names(&self, key: &str) -> Result<PropertyNames> {
        match self.0.get(key) {
            Some(Value::Names(names)) => Ok(PropertyNames(names.clone())),
            _ => Err(missing(key)),
        }
    }

    fn layer(&self, section: &str) -> Result<Option<AreaLayer>> {
        let key = |name: &str| format!("{section}.{name}");
        let Some(path) = self.path(&key("path")) else { return Ok(None) };
        Ok(Some(AreaLayer { path, code: self.names(&key("code"))?, name: self.names(&key("name"))? }))
    }

    fn choice<T: Named>(&self, key: &str) -> Result<T> {
        match self.0.get(key) {
            Some(Value::Choice(name)) => T::of(name).ok_or_else(|| missing(key)),
            _ => Err(missing(key)),
        }
    }

    /// Each value once, in the order of the type.
    fn choices<T: Named + Ord>(&self, key: &str) -> Result<Vec<T>> {
        let Some(Value::Choices(names)) = self.0.get(key) else { return Err(missing(key)) };
        let mut values =
            names.iter().map(|name| T::of(name).ok_or_else(|| missing(key))).collect::<Result<Vec<T>>>()?;
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }
}

/// A key that the table of keys and this file do not agree on: a test would have found it.
fn missing(key: &str) -> SettingsError {
    SettingsError::new(format!("`{key}` has no value of its type"))
        .key(key)
        .remedy("report this as a mistake of the program")
}
