//! Errors, named by who must act.
//!
//! A message is in lower case and says what is wrong; the context says where (`dataset`, `file`, `line`, `term`); the
//! remedy says what to do. Exit statuses follow from the kind.

use std::fmt;

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The user: wrong usage or configuration. Exit status 2; nothing was started.
    Usage,
    /// The sender of the data: an archive that cannot be read. Exit status 1; other datasets go on.
    Data,
    /// The administrator: storage, server, memory. Exit status 3; a rerun may help.
    Environment,
    /// Us: a mistake in this program. Exit status 3.
    Bug,
}

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error with its context.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    context: Vec<(&'static str, String)>,
    remedy: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), context: Vec::new(), remedy: None, source: None }))
    }

    /// Wrong usage or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Data that cannot be read.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// A mistake in this program.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Bug, message).remedy("report this with the command and the dataset")
    }

    /// A failure of the environment while doing something, such as `write public/archives/index.json`.
    pub fn environment(doing: impl fmt::Display, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error = Self::new(ErrorKind::Environment, format!("cannot {doing}"));
        error.0.source = Some(source.into());
        error
    }

    /// Adds where it happened. What is nearer to the cause comes first and is not replaced.
    #[must_use]
    pub fn context(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        if !self.0.context.iter().any(|(known, _)| *known == key) {
            self.0.context.push((key, value.to_string()));
        }
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.0.remedy = Some(remedy.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Who must act.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The exit status of a program that ends with this error.
    pub fn exit_status(&self) -> u8 {
        match self.0.kind {
            ErrorKind::Usage => 2,
            ErrorKind::Data => 1,
            ErrorKind::Environment | ErrorKind::Bug => 3,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)?;
        let mut source: Option<&dyn std::error::Error> = self.0.source.as_deref().map(|source| source as _);
        while let Some(cause) = source {
            write!(formatter, ": {cause}")?;
            source = cause.source();
        }
        if !self.0.context.is_empty() {
            let context: Vec<String> = self.0.context.iter().map(|(key, value)| format!("{key} {value}")).collect();
            write!(formatter, " ({})", context.join(", "))?;
        }
        if let Some(remedy) = &self.0.remedy {
            write!(formatter, "; {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<datafusion::error::DataFusionError> for Error {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        use datafusion::error::DataFusionError as E;
        match error.find_root() {
            E::ResourcesExhausted(_) => Self::environment("go on within the memory limit", error)
                .remedy("raise run.memory_limit or lower run.datasets_at_once"),
            E::IoError(_) | E::ObjectStore(_) => Self::environment("read or write a file", error),
            E::SQL(..) | E::Plan(_) | E::SchemaError(..) => Self::usage("the query is not valid").caused_by(error),
            _ => Self::new(ErrorKind::Bug, "the engine failed").caused_by(error),
        }
    }
}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::bug("a record batch could not be built").caused_by(error)
    }
}

impl From<parquet::errors::ParquetError> for Error {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::environment("read or write a Parquet file", error)
    }
}

impl From<crate::settings::SettingsError> for Error {
    fn from(error: crate::settings::SettingsError) -> Self {
        Self::usage(error.to_string())
    }
}

/// Gives a result of the environment the words of what was being done.
pub trait Doing<T> {
    /// Turns the failure into an environment error: `cannot <doing>: <cause>`.
    ///
    /// # Errors
    /// The failure itself.
    fn doing<D: fmt::Display>(self, doing: impl FnOnce() -> D) -> Result<T>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> Doing<T> for std::result::Result<T, E> {
    fn doing<D: fmt::Display>(self, doing: impl FnOnce() -> D) -> Result<T> {
        self.map_err(|error| Error::environment(doing(), error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_where_and_what_to_do() {
        let error = Error::data("the core file is missing")
            .context("file", "meta.xml")
            .context("dataset", "a-b")
            .context("file", "ignored: the nearer one stays")
            .remedy("add occurrence.txt to the archive");
        assert_eq!(
            error.to_string(),
            "the core file is missing (file meta.xml, dataset a-b); add occurrence.txt to the archive"
        );
        assert_eq!(error.exit_status(), 1);
    }
}
