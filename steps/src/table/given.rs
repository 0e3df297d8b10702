//! A conformance case as the functions that answer for it see it, and what they answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::Bench;
use super::batch::{self, Inputs};
use super::functions::polygons::Polygons;
use super::value;
use crate::location::Location;
use crate::{Input, Issue, IssueSet, Step};

/// The cells of a case by header, without their escapes. A cell that states nothing is left out; `None` is a null.
#[derive(Debug)]
pub struct Given<'a> {
    bench: &'a Bench<'a>,
    cells: BTreeMap<&'a str, Option<String>>,
}

impl<'a> Given<'a> {
    pub fn new(bench: &'a Bench<'a>, raw: &BTreeMap<&'a str, &'a str>) -> Self {
        Self { bench, cells: raw.iter().map(|(column, cell)| (*column, unescape(cell))).collect() }
    }

    /// What the steps are built from.
    pub fn bench(&self) -> &'a Bench<'a> {
        self.bench
    }

    /// The text of a cell such as `in.country`, if it states one.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.cells.get(column)?.as_deref()
    }

    /// The text of a cell, empty when it states none.
    pub fn text_or_empty(&self, column: &str) -> &str {
        self.text(column).unwrap_or_default()
    }

    /// Whether a cell states something, be it null.
    pub fn states(&self, column: &str) -> bool {
        self.cells.contains_key(column)
    }

    /// The number of a cell.
    pub fn number(&self, column: &str) -> Option<f64> {
        self.text(column)?.parse().ok()
    }

    /// The JSON of a cell.
    pub fn json(&self, column: &str) -> Option<Value> {
        serde_json::from_str(self.text(column)?).ok()
    }

    /// The step of a name.
    pub fn step(&self, name: &str) -> Result<&'a Arc<dyn Step>, String> {
        let step = self.bench.steps.iter().find(|step| step.name() == name);
        step.ok_or_else(|| format!("step `{name}` is not among those to test"))
    }

    /// Whether the case brings along what lies around its place.
    pub fn brings_places(&self) -> bool {
        self.states("context.polygons") || self.states("context.centroids")
    }

    /// The step `location` with what the case brings along; without countries around when it brings nothing.
    pub fn location(&self) -> Arc<dyn Step> {
        let location = Location::new(self.bench.references);
        if !self.brings_places() {
            return Arc::new(location.with_nearby(None));
        }
        let polygons = Polygons::of(&self.json("context.polygons").unwrap_or(Value::Null));
        let polygons = polygons.with_centroids(self.json("context.centroids").as_ref());
        Arc::new(location.with_nearby(Some(Arc::new(polygons))))
    }

    /// What a step makes of the terms that the case gives, by the name of the field.
    pub fn whole_record(&self, step: &dyn Step) -> Result<BTreeMap<String, Value>, String> {
        let columns: Vec<(&str, String)> =
            step.reads().iter().map(|input| (input.name(), format!("in.{}", input.name()))).collect();
        let terms: Vec<(&str, Option<&str>)> =
            columns.iter().map(|(name, column)| (*name, self.text(column))).collect();
        self.record(step, &terms)
    }

    /// What a step makes of a record, by the name of the field. Inputs that the step does not have are left out.
    pub fn record(&self, step: &dyn Step, terms: &[(&str, Option<&str>)]) -> Result<BTreeMap<String, Value>, String> {
        let mut inputs = Inputs::new();
        for (name, text) in terms {
            let known = step.reads().iter().find(|input| input.name() == *name);
            if let (Some(Input::Term(_) | Input::Dataset(_)), Some(text)) = (known, text) {
                inputs.insert((*name).to_owned(), Value::from(*text));
            }
        }
        let result = batch::interpret(step, &[&inputs])?;
        let columns = result.fields().iter().zip(result.columns());
        Ok(columns.map(|(field, column)| (field.name().clone(), value::read(column.as_ref(), 0))).collect())
    }
}

/// What a function answers.
#[derive(Debug, Default)]
pub struct Answer {
    /// Values by the name of the output, without `out.`.
    pub values: BTreeMap<&'static str, Value>,
    /// The names of all issues raised; `None` when the function tells of none.
    pub issues: Option<Vec<String>>,
}

impl Answer {
    /// No value and no word about issues.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more output; `None` is a null.
    #[must_use]
    pub fn with(mut self, output: &'static str, value: impl Into<Value>) -> Self {
        self.values.insert(output, value.into());
        self
    }

    /// Whether something was found, as GBIF's parsers tell it.
    #[must_use]
    pub fn status(self, found: bool) -> Self {
        self.with("status", if found { "SUCCESS" } else { "FAIL" })
    }

    /// How sure what was found is: `DEFINITE`, `PROBABLE` or `POSSIBLE`; nothing when nothing was found.
    #[must_use]
    pub fn confidence(self, confidence: Option<&'static str>) -> Self {
        self.with("confidence", confidence)
    }

    /// The answer of a dictionary: what it holds is definite.
    pub fn entry(output: &'static str, found: Option<impl Into<Value>>) -> Self {
        let answer = Self::new().status(found.is_some()).confidence(found.as_ref().map(|_| "DEFINITE"));
        answer.with(output, found.map_or(Value::Null, Into::into))
    }

    /// All issues that were raised.
    #[must_use]
    pub fn issues(self, issues: IssueSet) -> Self {
        self.issue_names(issues.iter().map(Issue::name))
    }

    /// All issues that were raised, by name.
    #[must_use]
    pub fn issue_names<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.issues = Some(names.into_iter().map(str::to_owned).collect());
        self
    }

    /// The issues of a record, but for those that GBIF does not have.
    #[must_use]
    pub fn issues_of(self, record: &BTreeMap<String, Value>) -> Self {
        let names = record.get("issues").and_then(Value::as_array);
        let names: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
        self.issue_names(names.into_iter().filter(|name| is_of_gbif(name)))
    }

    /// Without the issues whose names start so: the case is not about them.
    #[must_use]
    pub fn without_issues_about(mut self, starts: &[&str]) -> Self {
        if let Some(issues) = &mut self.issues {
            issues.retain(|issue| !starts.iter().any(|start| issue.starts_with(start)));
        }
        self
    }
}

/// From here on, [`Issue::ALL`] has issues of the Living Atlases and our own.
const FIRST_NOT_OF_GBIF: Issue = Issue::GeoreferencePostOccurrence;

/// Whether GBIF has an issue of this name.
pub fn is_of_gbif(name: &str) -> bool {
    Issue::of_name(name).is_none_or(|issue| issue < FIRST_NOT_OF_GBIF)
}

/// A cell without its escapes; `None` for `\N`.
pub fn unescape(cell: &str) -> Option<String> {
    if cell == "\\N" {
        return None;
    }
    let mut text = String::with_capacity(cell.len());
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('t') => text.push('\t'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('e') => {}
            Some('\\') | None => text.push('\\'),
            Some(other) => text.extend(['\\', other]),
        }
    }
    Some(text)
}
