//! The registry: what is known of datasets besides what their archives say.
//!
//! TOML with a `[[dataset]]` table each, or CSV with the same names as header; in CSV, lists are joined by `|` and
//! `default_values` are `term=value` pairs joined by `|`. What stands here wins over the archive's own metadata.

use std::collections::BTreeMap;
use std::path::Path;

use openobs_steps::identifier::Strip;

use crate::settings::error::nearest;
use crate::settings::text::{self, Given, Located, Table};
use crate::settings::{SettingsError, ShareLimit, is_file_stem};

/// Settings of datasets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    datasets: Vec<DatasetSettings>,
}

/// Settings of one dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatasetSettings {
    /// The archive: an address, a path, a file name or its stem.
    pub archive: Option<String>,
    /// Key of the dataset, which names its folders.
    pub key: Option<String>,
    /// Title for people.
    pub title: Option<String>,
    /// Who provides it.
    pub provider: Option<String>,
    /// Licence, in any spelling.
    pub license: Option<String>,
    /// Terms whose values together identify a record.
    pub unique_key_terms: Vec<String>,
    /// What is taken out of the values of those terms.
    pub unique_key_strip: Strip,
    /// How many of its keys may change from one attempt to the next: a share, or `off`.
    pub changed_ids_limit: Option<ShareLimit>,
    /// Values for terms that are blank or missing, by simple name of the term.
    pub default_values: BTreeMap<String, String>,
    /// How ambiguous dates are read: `DMY`, `MDY` or `ISO`.
    pub date_order: Option<String>,
    /// Whether the issues of the Living Atlases are raised; the run's setting when absent.
    pub living_atlas_issues: Option<bool>,
    /// Whether names of people are read by the rules of the Living Atlases; not when absent.
    pub collector_names: Option<bool>,
    /// When the dataset is ingested: `hourly`, `daily`, `weekly`, `monthly`, `never`, or five fields as cron has them.
    pub schedule: Option<String>,
    /// Where the dataset stands in the file.
    line: usize,
}

/// Names of the settings of a dataset.
const KEYS: &[&str] = &[
    "archive",
    "key",
    "title",
    "provider",
    "license",
    "unique_key_terms",
    "unique_key_strip",
    "changed_ids_limit",
    "default_values",
    "date_order",
    "living_atlas_issues",
    "collector_names",
    "schedule",
];

const DATE_ORDERS: &[&str] = &["DMY", "MDY", "ISO"];
const SCHEDULES: &[&str] = &["hourly", "daily", "weekly", "monthly", "never"];

impl Registry {
    /// Reads a registry; a name that ends in `.csv` is CSV, any other TOML.
    ///
    /// # Errors
    /// When the file cannot be read, or a key or a value is wrong anywhere. All mistakes are in the one error.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let tables = if is_csv { csv_tables(path)? } else { toml_tables(path)? };
        let mut errors = Vec::new();
        let mut datasets: Vec<DatasetSettings> = Vec::with_capacity(tables.len());
        for (line, table) in &tables {
            match DatasetSettings::read(path, *line, table) {
                Ok(dataset) => datasets.push(dataset),
                Err(error) => errors.push(error),
            }
        }
        errors.extend(doubles(path, &datasets));
        SettingsError::all(errors)?;
        Ok(Self { datasets })
    }

    /// The settings of a dataset, by its key or by its archive: an address, a path, a file name or its stem.
    pub fn dataset(&self, name: &str) -> Option<&DatasetSettings> {
        let by_key = self.datasets.iter().find(|dataset| dataset.key.as_deref() == Some(name));
        by_key.or_else(|| {
            let archives = || self.datasets.iter().filter_map(|dataset| Some((dataset, dataset.archive.as_deref()?)));
            let exact = archives().find(|(_, archive)| *archive == name);
            let same_stem = || archives().find(|(_, archive)| stem(archive) == stem(name));
            exact.or_else(same_stem).map(|(dataset, _)| dataset)
        })
    }

    /// The datasets, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &DatasetSettings> {
        self.datasets.iter()
    }
}

/// The name of an archive's file without folders and endings.
fn stem(archive: &str) -> &str {
    let address = archive.split(['?', '#']).next().unwrap_or(archive).trim_end_matches('/');
    let mut name = address.rsplit(['/', '\\']).next().unwrap_or(address);
    const ENDINGS: &[&str] = &[".zip", ".tar.gz", ".tgz", ".gz", ".txt", ".csv", ".tsv"];
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| {
        let cut = name.len().checked_sub(ending.len())?;
        let (head, tail) = name.split_at_checked(cut)?;
        (!head.is_empty() && tail.eq_ignore_ascii_case(ending)).then_some(head)
    }) {
        name = shorter;
    }
    name
}

/// Two datasets that answer to the same key or archive.
fn doubles(path: &Path, datasets: &[DatasetSettings]) -> Vec<SettingsError> {
    let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut errors = Vec::new();
    for dataset in datasets {
        let key = dataset.key.as_deref().map(|key| ("key", key, key));
        let archive = dataset.archive.as_deref().map(|archive| ("archive", stem(archive), archive));
        for (name, identity, shown) in key.into_iter().chain(archive) {
            if let Some(line) = first.get(&(name, identity)) {
                let message = format!("the {name} `{shown}` is that of the dataset in line {line} already");
                let error = SettingsError::new(message).at(path, dataset.line).key(name);
                errors.push(error.remedy("keep one of the two"));
            } else {
                first.insert((name, identity), dataset.line);
            }
        }
    }
    errors
}

impl DatasetSettings {
    fn read(path: &Path, line: usize, table: &Table) -> Result<Self, SettingsError> {
        let mut dataset = Self { line, ..Self::default() };
        let mut errors = Vec::new();
        for (name, located) in table {
            if let Err(error) = dataset.set(name, &located.value) {
                errors.push(error.at(path, located.line).key(format!("dataset.{name}")));
            }
        }
        if errors.is_empty() && dataset.archive.is_none() && dataset.key.is_none() {
            let error = SettingsError::new("a dataset has neither `archive` nor `key`").at(path, line);
            errors.push(error.remedy("give the name of its archive, or its key"));
        }
        SettingsError::all(errors)?;
        Ok(dataset)
    }

    fn set(&mut self, name: &str, given: &Given) -> Result<(), SettingsError> {
        let refuse = |what: &str| {
            SettingsError::new(format!("`{name}` of a dataset is {}", given.show())).remedy(format!("give {what}"))
        };
        let text = || match given {
            Given::Raw(text) | Given::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            _ => None,
        };
        // An empty cell of a CSV gives nothing.
        if matches!(given, Given::Raw(text) if text.trim().is_empty()) && KEYS.contains(&name) {
            return Ok(());
        }
        match name {
            "archive" => self.archive = Some(text().ok_or_else(|| refuse("the name or address of an archive"))?),
            "key" => {
                let what = "a UUID, or a name of letters, digits, `-`, `_` and `.`";
                self.key = Some(text().filter(|key| is_file_stem(key)).ok_or_else(|| refuse(what))?);
            }
            "title" => self.title = Some(text().ok_or_else(|| refuse("text"))?),
            "provider" => self.provider = Some(text().ok_or_else(|| refuse("text"))?),
            // The British spelling is what people write, the American one is the name of the term.
            "license" | "licence" => self.license = Some(text().ok_or_else(|| refuse("text"))?),
            "unique_key_terms" => self.unique_key_terms = terms(given).ok_or_else(|| refuse("a list of terms"))?,
            "unique_key_strip" => {
                self.unique_key_strip = strip(given).ok_or_else(|| refuse("a list of `spaces`, `non_ascii`"))?;
            }
            "changed_ids_limit" => {
                let limit = given.plain().and_then(|text| ShareLimit::parse(&text));
                self.changed_ids_limit = Some(limit.ok_or_else(|| refuse(ShareLimit::ACCEPTS))?);
            }
            "default_values" => {
                self.default_values = pairs(given).ok_or_else(|| refuse("a table with a text for each term"))?;
            }
            "date_order" => {
                let known = |text: String| DATE_ORDERS.iter().find(|order| order.eq_ignore_ascii_case(&text));
                let order = text().and_then(known).ok_or_else(|| refuse("one of `DMY`, `MDY`, `ISO`"))?;
                self.date_order = Some((*order).to_owned());
            }
            "living_atlas_issues" | "collector_names" => {
                let wanted = match given {
                    Given::Boolean(wanted) => Some(*wanted),
                    _ => text().and_then(|text| text.to_ascii_lowercase().parse().ok()),
                };
                let wanted = Some(wanted.ok_or_else(|| refuse("`true` or `false`"))?);
                match name {
                    "collector_names" => self.collector_names = wanted,
                    _ => self.living_atlas_issues = wanted,
                }
            }
            "schedule" => {
                let what = "`hourly`, `daily`, `weekly`, `monthly`, `never`, or five fields as cron has them";
                self.schedule = Some(text().filter(|text| is_schedule(text)).ok_or_else(|| refuse(what))?);
            }
            _ => {
                let remedy =
                    nearest(name, KEYS.iter().copied()).unwrap_or_else(|| format!("known are `{}`", KEYS.join("`, `")));
                return Err(SettingsError::new(format!("unknown key `{name}` of a dataset")).remedy(remedy));
            }
        }
        Ok(())
    }
}

fn terms(given: &Given) -> Option<Vec<String>> {
    let texts: Vec<&str> = match given {
        Given::Raw(text) => text.split('|').collect(),
        Given::Text(text) => vec![text],
        Given::List(values) => values.iter().map(|value| term(&value.value)).collect::<Option<_>>()?,
        _ => return None,
    };
    let terms: Vec<String> = texts.into_iter().map(|text| text.trim().to_owned()).collect();
    (!terms.is_empty() && terms.iter().all(|term| !term.is_empty())).then_some(terms)
}

/// Names of what is stripped; the list is written as one of terms is.
fn strip(given: &Given) -> Option<Strip> {
    let mut strip = Strip::default();
    for name in terms(given)? {
        match name.as_str() {
            "spaces" => strip.spaces = true,
            "non_ascii" => strip.non_ascii = true,
            _ => return None,
        }
    }
    Some(strip)
}

fn term(given: &Given) -> Option<&str> {
    match given {
        Given::Text(text) => Some(text),
        _ => None,
    }
}

fn pairs(given: &Given) -> Option<BTreeMap<String, String>> {
    let pair = |term: &str, value: &str| {
        let (term, value) = (term.trim(), value.trim());
        (!term.is_empty()).then(|| (term.to_owned(), value.to_owned()))
    };
    match given {
        Given::Raw(text) => {
            text.split('|').map(|part| part.split_once('=').and_then(|(term, value)| pair(term, value))).collect()
        }
        Given::Table(table) => table
            .iter()
            .map(|(term, located)| match &located.value {
                Given::Text(value) => pair(term, value),
                Given::Integer(value) => pair(term, &value.to_string()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// A word, or minute, hour, day of month, month and day of week as cron has them.
fn is_schedule(text: &str) -> bool {
    const RANGES: [(u32, u32); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
    let number =
        |text: &str, (low, high): (u32, u32)| text.parse().is_ok_and(|number: u32| (low..=high).contains(&number));
    let part = |text: &str, range: (u32, u32)| {
        let (span, every) = text.split_once('/').map_or((text, None), |(span, every)| (span, Some(every)));
        let is_span = match span.split_once('-') {
            Some((from, to)) => number(from, range) && number(to, range),
            None => span == "*" || number(span, range),
        };
        is_span && every.is_none_or(|every| number(every, (1, range.1)))
    };
    let fields: Vec<&str> = text.split_whitespace().collect();
    let is_cron = fields.len() == 5
        && fields.iter().zip(RANGES).all(|(field, range)| field.split(',').all(|text| part(text, range)));
    SCHEDULES.contains(&text) || is_cron
}

fn toml_tables(path: &Path) -> Result<Vec<(usize, Table)>, SettingsError> {
    let mut tables = Vec::new();
    for (name, located) in text::read(path)? {
        let wrong = |message: String| SettingsError::new(message).at(path, located.line).key(name.clone());
        if name != "dataset" {
            let remedy =
                nearest(&name, ["dataset"]).unwrap_or_else(|| "a registry has `[[dataset]]` tables".to_owned());
            return Err(wrong(format!("unknown key `{name}`")).remedy(remedy));
        }
        let Given::List(datasets) = located.value else {
            return Err(
                wrong(format!("`dataset` is {}", located.value.show())).remedy("write `[[dataset]]`, once for each")
            );
        };
        for Located { line, value } in datasets {
            match value {
                Given::Table(table) => tables.push((line, table)),
                other => {
                    let error =
                        SettingsError::new(format!("`dataset` holds {}", other.show())).at(path, line).key("dataset");
                    return Err(error.remedy("write `[[dataset]]`, once for each"));
                }
            }
        }
    }
    Ok(tables)
}

fn csv_tables(path: &Path) -> Result<Vec<(usize, Table)>, SettingsError> {
    let wrong = |error: csv::Error| {
        let line = error.position().and_then(|position| usize::try_from(position.line()).ok());
        match error.into_kind() {
            csv::ErrorKind::Io(error) => SettingsError::new(format!("the file cannot be read: {error}"))
                .at(path, line)
                .remedy("give the path of a readable file"),
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                SettingsError::new(format!("a row has {len} cells where the header has {expected_len}"))
                    .at(path, line)
                    .remedy("quote cells that hold commas")
            }
            csv::ErrorKind::Utf8 { .. } => SettingsError::new("the file is not UTF-8").at(path, line),
            _ => SettingsError::new("the file is not CSV").at(path, line),
        }
    };
    let mut reader = csv::ReaderBuilder::new().from_path(path).map_err(wrong)?;
    let header: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    for name in &header {
        if !KEYS.contains(&name.as_str()) && name != "licence" {
            let remedy =
                nearest(name, KEYS.iter().copied()).unwrap_or_else(|| format!("known are `{}`", KEYS.join("`, `")));
            let error = SettingsError::new(format!("unknown column `{name}`")).at(path, 1);
            return Err(error.key(name.clone()).remedy(remedy));
        }
    }
    let mut tables = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().and_then(|position| usize::try_from(position.line()).ok()).unwrap_or_default();
        let cell = |(name, cell): (&String, &str)| (name.clone(), Located { line, value: Given::Raw(cell.to_owned()) });
        tables.push((line, header.iter().zip(record.iter()).map(cell).collect()));
    }
    Ok(tables)
}

#[cfg(test)]
mod tests;
