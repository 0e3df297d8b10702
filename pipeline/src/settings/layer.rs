//! Layers: files, then the environment, then flags. What comes later wins, key by key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::{SettingsError, nearest};
use super::keys::{self, KEYS, Key};
use super::text::{self, Given, Table};
use super::value::Value;

/// Variables that start like settings and are options of the command line.
pub const OPTION_VARIABLES: &[&str] =
    &["OPENOBS_CONFIG", "OPENOBS_LOG", "OPENOBS_OUT", "OPENOBS_PROGRESS", "OPENOBS_QUIET", "OPENOBS_CLUSTER"];

/// Values by key, with all mistakes met so far.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub values: BTreeMap<&'static str, Value>,
    pub errors: Vec<SettingsError>,
}

/// Where a value comes from.
enum Origin<'a> {
    Default,
    File(&'a Path, usize),
    Variable(&'a str),
    Flag,
}

impl Layers {
    /// The defaults.
    pub fn new() -> Self {
        let mut layers = Self::default();
        for key in KEYS {
            match key.default.map(text::parse_value) {
                Some(Some(given)) => layers.set(key, &given, &Origin::Default),
                Some(None) => {
                    layers.errors.push(SettingsError::new(format!("the default of `{}` is not TOML", key.name)))
                }
                None => {}
            }
        }
        layers
    }

    /// Adds a file.
    pub fn add_file(&mut self, file: &Path) {
        match text::read(file) {
            Ok(table) => self.add_table(file, "", &table),
            Err(error) => self.errors.push(error),
        }
    }

    fn add_table(&mut self, file: &Path, section: &str, table: &Table) {
        for (name, located) in table {
            let name = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
            match (&located.value, keys::find(&name)) {
                (Given::Table(table), _) if keys::is_section(&name) => self.add_table(file, &name, table),
                (given, Some(key)) => self.set(key, given, &Origin::File(file, located.line)),
                (given, None) if keys::is_section(&name) => {
                    let message = format!("`{name}` is {}, and it is a section", given.show());
                    let remedy = format!("give its keys under `[{name}]`");
                    self.errors.push(SettingsError::new(message).at(file, located.line).key(name).remedy(remedy));
                }
                (given, None) => {
                    let what = if matches!(given, Given::Table(_)) { "section" } else { "key" };
                    let error = SettingsError::new(format!("unknown {what} `{name}`")).at(file, located.line);
                    self.errors.push(error.remedy(near(&name)).key(name));
                }
            }
        }
    }

    /// Adds the variables that start with `OPENOBS_`; an empty one counts as unset.
    pub fn add_environment(&mut self, environment: impl Iterator<Item = (String, String)>) {
        // Sorted, so that messages do not depend on the order of the environment.
        let variables: BTreeMap<String, String> =
            environment.filter(|(name, _)| name.starts_with("OPENOBS_")).collect();
        for (name, value) in &variables {
            if OPTION_VARIABLES.contains(&name.as_str()) || value.trim().is_empty() {
                continue;
            }
            let known = |key: &&Key| {
                let short = key.name.strip_suffix(".path").map(keys::variable);
                key.variable() == *name || short.as_ref() == Some(name)
            };
            match KEYS.iter().find(known) {
                Some(key) => self.set(key, &Given::Raw(value.clone()), &Origin::Variable(name)),
                None => {
                    let known: Vec<String> = KEYS.iter().map(Key::variable).collect();
                    let known = known.iter().map(String::as_str).chain(OPTION_VARIABLES.iter().copied());
                    let remedy =
                        nearest(name, known).unwrap_or_else(|| "unset it, or see configs/example.toml".to_owned());
                    let error = SettingsError::new(format!("unknown variable `{name}`")).remedy(remedy);
                    self.errors.push(error.key(name.clone()));
                }
            }
        }
    }

    /// Adds flags: dotted keys with their values.
    pub fn add_flags(&mut self, flags: &[(String, String)]) {
        for (name, value) in flags {
            match keys::find(name) {
                Some(key) => self.set(key, &Given::Raw(value.clone()), &Origin::Flag),
                None => {
                    let message = format!("unknown key `{name}` on the command line");
                    self.errors.push(SettingsError::new(message).key(name.clone()).remedy(near(name)));
                }
            }
        }
    }

    fn set(&mut self, key: &'static Key, given: &Given, origin: &Origin<'_>) {
        let folder: Option<PathBuf> = match origin {
            Origin::File(file, _) => file.parent().map(Path::to_owned),
            _ => None,
        };
        match key.kind.value(given, folder.as_deref()) {
            Ok(value) => {
                self.values.insert(key.name, value);
            }
            Err(refused) => {
                let place = match origin {
                    Origin::Default => ", by default,".to_owned(),
                    Origin::File(..) => String::new(),
                    Origin::Variable(name) => format!(", from the variable `{name}`,"),
                    Origin::Flag => ", from the command line,".to_owned(),
                };
                let mut error = SettingsError::new(format!("`{}`{place} {}", key.name, refused.message)).key(key.name);
                if let Origin::File(file, line) = origin {
                    error = error.at(*file, refused.line.unwrap_or(*line));
                }
                self.errors.push(error.remedy(refused.remedy));
            }
        }
    }
}

/// What an unknown key may have been meant to be.
fn near(name: &str) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    // A key in the wrong section.
    let elsewhere: Vec<&str> = KEYS.iter().map(|key| key.name).filter(|key| last(key) == last(name)).collect();
    if let [only] = elsewhere.as_slice() {
        return format!("did you mean `{only}`?");
    }
    let short = KEYS.iter().filter_map(|key| key.name.strip_suffix(".path"));
    let sections = KEYS.iter().filter_map(|key| key.name.rsplit_once('.').map(|(section, _)| section));
    let known = KEYS.iter().map(|key| key.name).chain(short).chain(sections);
    nearest(name, known).unwrap_or_else(|| "see configs/example.toml for every key".to_owned())
}
