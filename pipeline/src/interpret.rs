//! The plan of interpretation: verbatim table in, every step beside it out.
//!
//! One shard is one plan of one stage without a shuffle: scan, at most one unnest, and one projection for each level of
//! steps (a step stands one level above the steps whose fields it reads). Each step gives one struct column, so nothing
//! is computed twice and nothing is joined back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, ScalarUDF, lit};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionContext};
use openobs_steps::identifier::{CORE_ID, Identifier, KEY_ORDINAL, UNIQUE_KEY};
use openobs_steps::{Input, Step, dataset as facts};

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::event_hierarchy::EventHierarchy;
use crate::identity::ordinal::Ordinals;
use crate::identity::shared::SharedNames;
use crate::identity::unique_key::unique_key;
use crate::sensitive_groups::{self, SensitiveGroups};
use crate::star::{self, Beside, OccurrenceColumns, Occurrences, column};
use crate::step_udf::{PREFIX, absent};

/// Name of the column that holds what a step wrote.
pub fn step_column(step: &dyn Step) -> String {
    format!("_{}", step.name())
}

/// Facts about a dataset that steps read.
pub fn facts_of(dataset: &Dataset) -> BTreeMap<&'static str, ScalarValue> {
    let mut known: BTreeMap<&'static str, ScalarValue> = BTreeMap::new();
    let mut add = |name, value: Option<&str>| {
        if let Some(value) = value {
            known.insert(name, ScalarValue::from(value));
        }
    };
    add(facts::DATASET_KEY, Some(&dataset.key));
    add(facts::DATASET_LICENSE, dataset.license.as_deref());
    add(facts::DATE_ORDER, dataset.date_order.as_deref());
    let truth = |wanted| if wanted { "true" } else { "false" };
    add(facts::LIVING_ATLAS_ISSUES, dataset.living_atlas_issues.map(truth));
    add(facts::COLLECTOR_NAMES, dataset.collector_names.map(truth));
    let terms = dataset.unique_key_terms.join("|");
    add(facts::UNIQUE_KEY_TERMS, (!terms.is_empty()).then_some(terms.as_str()));
    known
}

/// What was found out over all shards of a dataset and the plan of one of them needs.
#[derive(Debug, Clone, Copy, Default)]
pub struct AcrossShards<'a> {
    /// Those of the shard's records whose name is that of an earlier one ([`crate::identity`]).
    pub ordinals: Option<&'a Ordinals>,
    /// The parent events of the dataset, if there are any.
    pub hierarchy: Option<&'a EventHierarchy>,
    /// The names that several records have, if there are any.
    pub shared: Option<&'a SharedNames>,
    /// The groups of records that one of them makes sensitive, if there are any.
    pub groups: Option<&'a SensitiveGroups>,
}

/// The plan that interprets one shard.
///
/// The result has the columns of [`star::occurrences`] and one struct column for each step, named by [`step_column`].
///
/// # Errors
/// When the shard cannot be opened or a step reads what no step before it writes.
pub async fn interpretation(
    session: &SessionContext,
    steps: &[Arc<dyn Step>],
    dataset: &Dataset,
    shard: &Path,
    star: &Schema,
    occurrences: &Occurrences,
    across: AcrossShards<'_>,
) -> Result<(DataFrame, OccurrenceColumns)> {
    let path = shard.to_string_lossy();
    let verbatim = session.read_parquet(path.as_ref(), ParquetReadOptions::default().schema(star)).await?;
    let beside = Beside { extensions: true, hierarchy: across.hierarchy };
    let (mut frame, columns) = star::occurrences(verbatim, star, occurrences, &dataset.default_values, beside)?;
    let arguments = Arguments::new(steps, dataset, &columns, across.ordinals);
    for level in levels(steps)? {
        let mut projection: Vec<Expr> = frame.schema().columns().into_iter().map(Expr::Column).collect();
        for step in level {
            let given = step.reads().iter().map(|input| match input {
                // The key of a record follows from what is said of it: what is taken from elsewhere may change without it.
                Input::Term(term) if step.name() != Identifier.name() => match columns.completed.get(term.name()) {
                    Some(completed) => Ok(completed.clone()),
                    None => arguments.of(input),
                },
                _ => arguments.of(input),
            });
            let given = given.collect::<Result<Vec<_>>>()?;
            projection.push(function(session, step.as_ref())?.call(given).alias(step_column(step.as_ref())));
        }
        frame = frame.select(projection)?;
    }
    let sensitivity = steps.iter().find(|step| step.name() == sensitive_groups::STEP);
    if let Some(step) = sensitivity.map(|step| step_column(step.as_ref())) {
        if let Some(shared) = across.shared {
            let given = Identifier.reads().iter().map(|input| match input {
                Input::Field(KEY_ORDINAL, _) => Ok(lit(absent(input))),
                _ => arguments.of(input),
            });
            let plain = function(session, &Identifier)?.call(given.collect::<Result<Vec<_>>>()?);
            frame = replaced(frame, &step, |written| shared.grouped(written, &plain))?;
        }
        if let Some(groups) = across.groups {
            frame = replaced(frame, &step, |written| groups.raised(written))?;
        }
    }
    Ok((frame, columns))
}

/// The same rows with another expression for one column.
fn replaced(frame: DataFrame, name: &str, with: impl Fn(Expr) -> Expr) -> Result<DataFrame> {
    let columns = frame.schema().columns().into_iter().map(|column| match column.name == name {
        true => with(Expr::Column(column)).alias(name),
        false => Expr::Column(column),
    });
    let columns: Vec<Expr> = columns.collect();
    Ok(frame.select(columns)?)
}

/// The SQL function of a step.
///
/// # Errors
/// When the session does not know it.
pub fn function(session: &SessionContext, step: &dyn Step) -> Result<Arc<ScalarUDF>> {
    let name = format!("{PREFIX}{}", step.name());
    let state = session.state();
    let function = state.scalar_functions().get(&name).cloned();
    function.ok_or_else(|| Error::bug(format!("the function {name} is not registered")))
}

/// Steps by level: those of one level read only what levels before it wrote.
///
/// # Errors
/// When a step reads a field that no step before it writes.
pub fn levels(steps: &[Arc<dyn Step>]) -> Result<Vec<Vec<Arc<dyn Step>>>> {
    let mut level_of: Vec<usize> = Vec::with_capacity(steps.len());
    let mut levels: Vec<Vec<Arc<dyn Step>>> = Vec::new();
    for (position, step) in steps.iter().enumerate() {
        let mut level = 0;
        for input in step.reads() {
            if let Input::Field(name, _) = input
                && !is_row_field(name)
            {
                let writer = writer_of(&steps[..position], name).ok_or_else(|| {
                    Error::bug(format!("step {} reads {name}, which no step before it writes", step.name()))
                })?;
                level = level.max(level_of[writer] + 1);
            }
        }
        level_of.push(level);
        if levels.len() <= level {
            levels.resize(level + 1, Vec::new());
        }
        levels[level].push(Arc::clone(step));
    }
    Ok(levels)
}

/// Fields that the engine gives itself.
fn is_row_field(name: &str) -> bool {
    matches!(name, CORE_ID | UNIQUE_KEY | KEY_ORDINAL) || openobs_steps::event::made_columns().any(|made| made == name)
}

fn writer_of(steps: &[Arc<dyn Step>], field: &str) -> Option<usize> {
    steps.iter().position(|step| step.writes().iter().any(|written| written.name() == field && field != "issues"))
}

/// What the steps of a plan are given.
#[derive(Debug)]
pub struct Arguments<'a> {
    steps: &'a [Arc<dyn Step>],
    dataset: &'a Dataset,
    columns: &'a OccurrenceColumns,
    ordinals: Option<&'a Ordinals>,
    known_facts: BTreeMap<&'static str, ScalarValue>,
}

impl<'a> Arguments<'a> {
    /// Arguments over the rows of [`star::occurrences`].
    pub fn new(
        steps: &'a [Arc<dyn Step>],
        dataset: &'a Dataset,
        columns: &'a OccurrenceColumns,
        ordinals: Option<&'a Ordinals>,
    ) -> Self {
        Self { steps, dataset, columns, ordinals, known_facts: facts_of(dataset) }
    }

    /// The expression that an input stands for.
    ///
    /// # Errors
    /// When no step writes it.
    pub fn of(&self, input: &Input) -> Result<Expr> {
        let Self { steps, columns, .. } = *self;
        Ok(match input {
            Input::Term(term) if columns.completed.contains_key(term.name()) => columns.completed[term.name()].clone(),
            Input::Term(term) if columns.terms.iter().any(|known| known == term.name()) => column(term.name()),
            Input::Extension(name) => match columns.known_extensions.get(name) {
                Some(extension) => column(extension),
                None => lit(absent(input)),
            },
            Input::Dataset(name) => lit(self.known_facts.get(name).cloned().unwrap_or_else(|| absent(input))),
            Input::Field(CORE_ID, _) => column(CORE_ID),
            Input::Field(UNIQUE_KEY, _) => unique_key(self.dataset, columns),
            Input::Field(KEY_ORDINAL, _) => match self.ordinals {
                Some(ordinals) => ordinals.expression(),
                None => lit(absent(input)),
            },
            Input::Field(name, _) if is_row_field(name) => {
                columns.made.get(name).cloned().unwrap_or_else(|| lit(absent(input)))
            }
            Input::Field(name, _) => {
                let writer = writer_of(steps, name).ok_or_else(|| Error::bug(format!("no step writes {name}")))?;
                get_field(column(&step_column(steps[writer].as_ref())), *name)
            }
            Input::Term(_) => lit(absent(input)),
        })
    }
}
