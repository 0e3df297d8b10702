//! Findings as they are collected.

use openobs_dwca::{ArchiveError, ErrorKind};

use super::catalogue::finding_kind;
use super::report::{Finding, Severity};

/// All findings of an archive.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

/// A finding of a code; its category, severity and remedy are those of the catalogue.
pub(super) fn finding(code: &str, message: impl Into<String>) -> Finding {
    let kind = finding_kind(code);
    Finding {
        code: code.to_owned(),
        category: kind.map_or("archive", |kind| kind.category.as_str()).to_owned(),
        severity: kind.map_or(Severity::Warning, |kind| kind.severity),
        message: message.into(),
        remedy: kind.map(|kind| kind.remedy.clone()).unwrap_or_default(),
        count: 1,
        file: None,
        line: None,
        terms: Vec::new(),
        profile: None,
        samples: Vec::new(),
    }
}

impl Findings {
    /// Adds a finding that needs no more than words.
    pub fn add(&mut self, code: &str, message: impl Into<String>) {
        self.push(finding(code, message));
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds what is wrong with an archive that cannot be opened.
    pub fn add_archive_error(&mut self, error: &ArchiveError) {
        let code = match error.kind() {
            ErrorKind::Descriptor => "DWCA_META_XML_SCHEMA",
            _ => "DWCA_UNREADABLE",
        };
        self.push(Finding {
            remedy: error.remedy().to_owned(),
            file: error.file().map(str::to_owned),
            line: error.line(),
            terms: error.term().map(str::to_owned).into_iter().collect(),
            ..finding(code, error.message())
        });
    }

    /// All findings.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }

    /// The gravest first, then the most frequent.
    pub fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by(|a, b| {
            (a.severity, std::cmp::Reverse(a.count), &a.code, &a.file, &a.terms, &a.message).cmp(&(
                b.severity,
                std::cmp::Reverse(b.count),
                &b.code,
                &b.file,
                &b.terms,
                &b.message,
            ))
        });
        self.0
    }
}
