//! Table tests: a file of cases, one row a case, run through a step.
//!
//! Two kinds of table are understood and told apart by their headers:
//!
//! - the project's own, `fixtures/steps/<step>.csv`: plain headers are inputs of the step, `=name` headers are expected
//!   values of fields it writes; a field without a header must come out null and an issue not listed must be absent;
//! - the conformance tables extracted from the GBIF projects, tab separated, with `in.*`, `out.*` and `issues` columns.
//!   Which step answers for which area is declared in `table/mapping.rs`, which function in `table/functions.rs`.
//!
//! All cases of a file go through the step as one batch, so a table also tests that records do not disturb each other.
//! Nothing is read from or written to disk here: the caller gives the text of the table and saves a rewritten one.
//!
//! # How a conformance case is judged
//! - A case that a test *asserts* is judged on the columns of its `asserted` cell. Its other stated values come from a run
//!   of the reference: a difference there is told ([`Report::beside`]) and does not fail the case.
//! - A case that was only *observed* is judged on all that is stated. A failure of the reference, or a value that it does
//!   not find, may be resolved; a value that it finds may not be contradicted.
//! - A case that fails and is covered by a row of the [`Deviations`] is told with the reason instead.

use std::fmt;
use std::sync::Arc;

use crate::{References, Settings, Step};

mod batch;
mod conformance;
mod delimited;
mod deviations;
mod fixture;
mod functions;
mod given;
mod judge;
mod mapping;
pub(crate) mod value;

pub use deviations::Deviations;

/// What tables are run against.
#[derive(Debug, Clone, Copy)]
pub struct Bench<'a> {
    /// The steps.
    pub steps: &'a [Arc<dyn Step>],
    /// The reference data of the steps, for cases that bring a part of it themselves.
    pub references: &'a References,
    /// The settings of the steps.
    pub settings: &'a Settings,
    /// The classes of conformance cases that are meant to differ.
    pub deviations: &'a Deviations,
}

/// What came of the cases of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What came of the cases of the project's own tables and of those that a test asserts.
    pub asserted: Tally,
    /// What came of the cases that were only observed.
    pub observed: Tally,
    /// Cases that differ, in the order of the table.
    pub failed: Vec<Failure>,
    /// Cases that differ and are meant to, in the order of the table.
    pub deviating: Vec<Deviating>,
    /// Cases that could not be run, in the order of the table.
    pub skipped: Vec<Skip>,
    /// Cases that pass what is asserted, and differ in a value that was only observed.
    pub beside: Vec<Failure>,
}

/// Numbers of cases; each case is counted once.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Cases as expected.
    pub passed: usize,
    /// Cases that differ.
    pub failed: usize,
    /// Cases that differ and are meant to.
    pub deviations: usize,
    /// Cases that could not be run.
    pub skipped: usize,
}

impl Tally {
    /// All cases.
    pub fn total(self) -> usize {
        self.passed + self.failed + self.deviations + self.skipped
    }
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            deviations: self.deviations + other.deviations,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl Report {
    /// All cases of the table.
    pub fn tally(&self) -> Tally {
        self.asserted + self.observed
    }

    fn tally_of(&mut self, asserted: bool) -> &mut Tally {
        if asserted { &mut self.asserted } else { &mut self.observed }
    }

    fn pass(&mut self, asserted: bool) {
        self.tally_of(asserted).passed += 1;
    }

    fn fail(&mut self, failure: Failure) {
        self.tally_of(failure.asserted).failed += 1;
        self.failed.push(failure);
    }

    fn deviate(&mut self, failure: Failure, reason: &str) {
        self.tally_of(failure.asserted).deviations += 1;
        self.deviating.push(Deviating { failure, reason: reason.to_owned() });
    }

    fn skip(&mut self, skip: Skip) {
        self.tally_of(skip.asserted).skipped += 1;
        self.skipped.push(skip);
    }

    /// Puts the cases in the order of the table.
    fn sort(&mut self) {
        self.failed.sort_by_key(|failure| failure.line);
        self.deviating.sort_by_key(|deviating| deviating.failure.line);
        self.skipped.sort_by_key(|skip| skip.line);
        self.beside.sort_by_key(|failure| failure.line);
    }
}

/// A case that gave something else than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The case: its `case` or `case_id` cell, or `line 12`.
    pub case: String,
    /// Line of the table, from 1.
    pub line: usize,
    /// False when all that differs are values which a conformance table observed but no test asserts.
    pub asserted: bool,
    /// Field, expected and actual value of each difference.
    pub message: String,
}

/// A case that gives something else than expected, and is meant to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviating {
    /// The case and what differs.
    pub failure: Failure,
    /// Why that is right.
    pub reason: String,
}

/// A case that was not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The case: its `case_id` cell.
    pub case: String,
    /// Line of the table, from 1.
    pub line: usize,
    /// Whether a test asserts the case.
    pub asserted: bool,
    /// Why it cannot be run.
    pub reason: String,
}

/// A table that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// The table, as the caller named it.
    pub file: String,
    /// Line of the table, from 1, where one line is at fault.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl std::error::Error for TableError {}

impl TableError {
    fn new(file: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

impl Bench<'_> {
    /// Runs the cases of a table.
    ///
    /// `name` is the name or path of the file. The stem of the project's own tables names their step.
    ///
    /// # Errors
    /// When the table is malformed, names a step, an input, a field or an issue that does not exist, or holds an expected
    /// value that its field cannot have.
    pub fn run(&self, name: &str, content: &str) -> Result<Report, TableError> {
        let content = content.strip_prefix('\u{feff}').unwrap_or(content);
        if conformance::is_conformance(content) {
            conformance::run(self, name, content)
        } else {
            fixture::run(step_of(self.steps, name)?, name, content)
        }
    }
}

/// A table of the project with what the step really writes in its `=` columns, for review.
///
/// Columns are added for fields that have none and came out with a value. Inputs, notes and the order stay.
///
/// # Errors
/// As [`Bench::run`]; a conformance table is not ours to rewrite and is an error.
pub fn rewrite(steps: &[Arc<dyn Step>], name: &str, content: &str) -> Result<String, TableError> {
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    if conformance::is_conformance(content) {
        let message = "a conformance table states what others observed: it cannot be rewritten";
        return Err(TableError::new(name, None, message));
    }
    fixture::rewrite(step_of(steps, name)?, name, content)
}

/// The step that the stem of a file name names.
fn step_of<'a>(steps: &'a [Arc<dyn Step>], name: &str) -> Result<&'a dyn Step, TableError> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    steps.iter().find(|step| step.name() == stem).map(Arc::as_ref).ok_or_else(|| {
        let known: Vec<&str> = steps.iter().map(|step| step.name()).collect();
        let message = format!("a table bears the name of its step and `{stem}` is none{}", suggestion(stem, &known));
        TableError::new(name, None, message)
    })
}

/// `; did you mean X?` when something known is near, else the list of what is known.
fn suggestion(name: &str, known: &[&str]) -> String {
    let distance = |other: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let nearest = known.iter().map(|other| (distance(other), *other)).min();
    match nearest {
        Some((distance, other)) if distance <= 1.max(name.chars().count() / 3) => format!("; did you mean `{other}`?"),
        Some(_) => format!("; known are `{}`", known.join("`, `")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
