//! What an operator should know about an archive that was read all the same.

use std::fmt;

/// Something odd that lost no data, or lost it in a way the counts show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// File inside the archive.
    pub file: Option<String>,
    /// 1-based physical line of the first case.
    pub line: Option<u64>,
    /// What is odd, in lower case.
    pub what: String,
    /// What the publisher should do.
    pub remedy: String,
}

impl Warning {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: None, line: None, what: what.into(), remedy: remedy.into() }
    }

    pub(crate) fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}, line {line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            _ => {}
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}
