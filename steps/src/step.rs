//! The one interface that every step has.

use std::fmt::Debug;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StructArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Fields};
use jiff::civil::Date;

use crate::parse::date::DateOrder;
use crate::{Issue, IssueSet, Term, Verbatim};

/// What a step reads, in argument order of its SQL function.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The text of a term as the archive gives it, or a default of the dataset.
    Term(Term),
    /// A field that an earlier step wrote, with its type.
    Field(&'static str, DataType),
    /// A fact about the dataset, the same for all its records ([`crate::dataset`]).
    Dataset(&'static str),
    /// The rows of an extension, as `List<Struct<Utf8…>>`; the name is that of the column in the verbatim table.
    Extension(&'static str),
}

impl Input {
    /// The name of the column or argument.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Term(term) => term.name(),
            Self::Field(name, _) | Self::Dataset(name) | Self::Extension(name) => name,
        }
    }
}

/// One category of information: one interpreter, one record type, one table of tests.
///
/// A step is stateless from outside: the result for a record depends on the record, the references and the settings
/// alone, never on the records before it. Caches inside are allowed, since they cannot be seen.
pub trait Step: Debug + Send + Sync {
    /// Name in configurations, plans and columns: `temporal`.
    fn name(&self) -> &'static str;

    /// What the step reads, in argument order.
    fn reads(&self) -> &[Input];

    /// The Arrow fields written. The last one is always [`issues_field`].
    fn writes(&self) -> Fields;

    /// Interprets one batch. A bad value becomes an issue, never an error.
    ///
    /// The result has as many rows as `verbatim` and the fields of [`Step::writes`].
    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray;

    /// Deviations from what the GBIF pipelines do, one sentence each, with the reason.
    fn differences(&self) -> &'static [&'static str] {
        &[]
    }
}

/// Settings of a run that change what steps do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The day that counts as today. A parameter of the run, so that a run can be repeated; never the clock.
    pub run_date: Date,
    /// How `5/4/2014` is read where nothing else decides. Day first in France.
    pub date_order: DateOrder,
    /// Whether the issues of the Living Atlases about what is missing are raised (`MISSING_GEODETICDATUM` and the like).
    /// They are true of most records, so only those who count them want them.
    pub living_atlas_issues: bool,
    /// The terms whose values name groups of records, all of which are as sensitive as the most sensitive of them: of
    /// [`crate::sensitivity::GROUP_TERMS`].
    pub group_terms: Vec<&'static str>,
}

impl Settings {
    /// The settings of a run on a day, all others as they are by default.
    pub fn new(run_date: Date) -> Self {
        Self {
            run_date,
            date_order: DateOrder::default(),
            living_atlas_issues: false,
            group_terms: crate::sensitivity::DEFAULT_GROUP_TERMS.to_vec(),
        }
    }
}

/// The field that every step writes last: names of [`Issue`]s, empty when there are none.
pub fn issues_field() -> Field {
    Field::new("issues", DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))), false)
}

/// Puts the columns of a step and its issues together.
///
/// `columns` are those of `fields` but the last, in order; `issues` has one set a row. A column of another length is a
/// mistake of the step: it shows in every test of the step.
pub fn record(fields: &Fields, mut columns: Vec<ArrayRef>, issues: &[IssueSet]) -> StructArray {
    columns.push(Arc::new(Issue::column(issues)));
    debug_assert!(columns.iter().all(|column| column.len() == issues.len()));
    StructArray::try_new_with_length(fields.clone(), columns, None::<NullBuffer>, issues.len())
        .unwrap_or_else(|_| StructArray::new_null(fields.clone(), issues.len()))
}
