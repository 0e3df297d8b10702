//! What is wrong with a configuration or a registry, where, and what would be right.

use std::fmt;
use std::path::PathBuf;

/// A mistake in a configuration or a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// What is wrong, in lower case.
    pub message: String,
    /// The file it is in; none for environment variables and flags.
    pub file: Option<PathBuf>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The key at fault: `run.threads`.
    pub key: Option<Box<str>>,
    /// What to do.
    pub remedy: Option<Box<str>>,
    /// Further mistakes of the same kind, so that they can be mended in one go.
    pub others: Vec<SettingsError>,
}

impl SettingsError {
    /// A mistake that is nowhere yet.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), file: None, line: None, key: None, remedy: None, others: Vec::new() }
    }

    pub(crate) fn at(mut self, file: impl Into<PathBuf>, line: impl Into<Option<usize>>) -> Self {
        self.file = Some(file.into());
        self.line = line.into();
        self
    }

    pub(crate) fn key(mut self, key: impl Into<Box<str>>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<Box<str>>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// All mistakes as one error; nothing when there are none.
    pub(crate) fn all(mut errors: Vec<Self>) -> Result<(), Self> {
        if errors.is_empty() {
            return Ok(());
        }
        let mut first = errors.remove(0);
        first.others.extend(errors);
        Err(first)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(formatter, " ({}:{line})", file.display())?,
            (Some(file), None) => write!(formatter, " ({})", file.display())?,
            (None, _) => {}
        }
        if let Some(remedy) = &self.remedy {
            write!(formatter, "; {remedy}")?;
        }
        self.others.iter().try_for_each(|other| write!(formatter, "\n{other}"))
    }
}

impl std::error::Error for SettingsError {}

/// `did you mean X?` for what is known and near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = name.to_lowercase();
    let distance = |other: &str| strsim::damerau_levenshtein(&lower, &other.to_lowercase());
    let (distance, nearest) = known.into_iter().map(|other| (distance(other), other)).min()?;
    (distance <= 1.max(name.chars().count() / 3)).then(|| format!("did you mean `{nearest}`?"))
}
