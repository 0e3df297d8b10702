//! What an audit finds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Findings that are told one by one; more are counted.
const TOLD: usize = 200;

/// A way in which protected things became known in practice: L1 to L18 of the SINP's list of leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Leak {
    /// A column of the place that was not masked.
    L1,
    /// A protected text, or a part of it.
    L2,
    /// A protected record that is published as it is.
    L3,
    /// A place finer than the area that may be told.
    L4,
    /// Areas that together are less than the one that may be told.
    L5,
    /// A table that was not computed from masked rows.
    L6,
    /// A free record of the same group.
    L7,
    /// The same observation elsewhere, not masked.
    L8,
    /// What another attempt left.
    L9,
    /// A point that is not that of its area.
    L10,
    /// A row of an extension.
    L11,
    /// An image or a link.
    L12,
    /// Order of rows, or statistics of a file.
    L13,
    /// A number that does not follow from what is published.
    L14,
    /// What tells which rule protects a record.
    L15,
    /// A measure of the place that is not that of the area.
    L16,
    /// A message, a page or a log.
    L17,
    /// Something of a record that is not published at all.
    L18,
}

/// One finding. It never holds the protected value itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The kind of leak.
    pub leak: Leak,
    /// The file, below the folder of all outputs, and the entry in it where it is a zip.
    pub file: String,
    /// What was found.
    pub message: String,
    /// The first line or row, counted from 1, where there are lines.
    pub line: Option<u64>,
    /// How often.
    pub times: u64,
}

/// What was read and what was found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditReport {
    /// Files that were read to their last byte.
    pub files: u64,
    /// Their bytes, as they lie on the disk.
    pub bytes: u64,
    /// Public records.
    pub published: u64,
    /// Protected records that are published masked.
    pub masked: u64,
    /// Protected records that are not published.
    pub withheld: u64,
    /// Whether the published areas could be computed again: not without the references of the run.
    pub areas_compared: bool,
    /// What must not be: the audit failed when there is one.
    pub leaks: Vec<Finding>,
    /// What someone should look at: a free record by the same observer at the same place on the same day.
    pub notices: Vec<Finding>,
    /// Leaks in all, with those that are not told one by one.
    pub leaks_in_all: u64,
}

/// Gathers findings, each place of a file once.
#[derive(Debug, Default)]
pub struct Findings {
    leaks: BTreeMap<(Leak, String, String), (Option<u64>, u64)>,
    notices: BTreeMap<(Leak, String, String), (Option<u64>, u64)>,
}

impl Findings {
    /// Notes a leak.
    pub fn leak(&mut self, leak: Leak, file: &str, line: Option<u64>, message: impl Into<String>) {
        add(&mut self.leaks, leak, file, line, message.into(), 1);
    }

    /// Notes a leak that was seen several times.
    pub fn leaks(&mut self, leak: Leak, file: &str, line: Option<u64>, message: impl Into<String>, times: u64) {
        add(&mut self.leaks, leak, file, line, message.into(), times);
    }

    /// Notes something to look at.
    pub fn notice(&mut self, leak: Leak, file: &str, line: Option<u64>, message: impl Into<String>) {
        add(&mut self.notices, leak, file, line, message.into(), 1);
    }

    /// Takes those of another part of the audit.
    pub fn merge(&mut self, other: Self) {
        for (mine, others) in [(&mut self.leaks, other.leaks), (&mut self.notices, other.notices)] {
            for ((leak, file, message), (line, times)) in others {
                add(mine, leak, &file, line, message, times);
            }
        }
    }

    /// Puts all into a report.
    pub fn into_report(self, report: &mut AuditReport) {
        report.leaks_in_all = self.leaks.values().map(|(_, times)| times).sum();
        report.leaks = told(self.leaks);
        report.notices = told(self.notices);
    }
}

fn add(
    findings: &mut BTreeMap<(Leak, String, String), (Option<u64>, u64)>,
    leak: Leak,
    file: &str,
    line: Option<u64>,
    message: String,
    times: u64,
) {
    let known = findings.entry((leak, file.to_owned(), message)).or_insert((line, 0));
    known.0 = match (known.0, line) {
        (Some(first), Some(line)) => Some(first.min(line)),
        (first, line) => first.or(line),
    };
    known.1 += times;
}

fn told(findings: BTreeMap<(Leak, String, String), (Option<u64>, u64)>) -> Vec<Finding> {
    let all = findings.into_iter();
    all.take(TOLD).map(|((leak, file, message), (line, times))| Finding { leak, file, message, line, times }).collect()
}

impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} {}", self.leak, self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        write!(formatter, ": {}", self.message)?;
        if self.times > 1 {
            write!(formatter, " ({} times)", self.times)?;
        }
        Ok(())
    }
}
