//! The exact occurrence table: interpreted columns, then the verbatim ones as `v_<term>`, then extensions.
//!
//! Batches of this table are [`ExactBatch`]es. No public writer takes one: the way to the public is [`crate::protect`].

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, ListArray, ListBuilder, RecordBatch, StringArray, StringBuilder, StructArray,
    new_null_array,
};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use openobs_steps::{Issue, Step};

use crate::error::{Error, Result};
use crate::interpret::step_column;
use crate::star::OccurrenceColumns;

/// Prefix of the columns that hold what the archive says.
pub const VERBATIM_PREFIX: &str = "v_";

/// The shape of the exact occurrence table of a dataset.
#[derive(Debug, Clone)]
pub struct OccurrenceTable {
    steps: Vec<(String, Fields)>,
    dataset_key: String,
    verbatim: Vec<(String, String)>,
    schema: SchemaRef,
    interpreted: usize,
}

/// Rows with exact values, protected records among them.
#[derive(Debug, Clone)]
pub struct ExactBatch {
    rows: RecordBatch,
    /// Issues of steps that do not look at the place: what a masked record may still tell.
    placeless_issues: ListArray,
}

impl ExactBatch {
    /// The exact rows.
    pub fn rows(&self) -> &RecordBatch {
        &self.rows
    }

    /// Issues that do not depend on the place.
    pub fn placeless_issues(&self) -> &ListArray {
        &self.placeless_issues
    }

    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        self.rows.num_rows()
    }
}

/// Steps whose issues a protected record tells. The others look at where it is, on which events it hangs or which rule
/// protects it, or at what is withheld; a new step is one of these until it is named here.
const STEPS_TOLD: [&str; 4] = ["identifier", "basic", "temporal", "taxonomy"];

/// Issues of these steps that a protected record does not tell: they hold its date against the hour or the day on which
/// something withheld was done.
const ISSUES_WITHHELD: [Issue; 5] = [
    Issue::GeoreferencedDateInvalid,
    Issue::GeoreferencedDateUnlikely,
    Issue::GeoreferencePostOccurrence,
    Issue::IdPreOccurrence,
    Issue::ReferencesUriInvalid,
];

/// The interpreted columns of every occurrence table, in order: the same for all datasets.
pub fn interpreted_fields(steps: &[Arc<dyn Step>]) -> Vec<Field> {
    let mut fields = vec![Field::new("datasetKey", DataType::Utf8, false)];
    for step in steps {
        fields
            .extend(step.writes().iter().filter(|field| field.name() != "issues").map(|field| field.as_ref().clone()));
    }
    fields.push(Field::new("issues", DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))), false));
    fields
}

impl OccurrenceTable {
    /// The table of a dataset whose interpretation has these columns.
    pub fn new(steps: &[Arc<dyn Step>], dataset_key: &str, columns: &OccurrenceColumns, plan: &Schema) -> Self {
        let mut fields = interpreted_fields(steps);
        let interpreted = fields.len();
        let mut verbatim = Vec::new();
        for term in columns.terms.iter().chain(&columns.extensions) {
            let name = format!("{VERBATIM_PREFIX}{term}");
            let data_type = plan.field_with_name(term).map_or(DataType::Utf8, |field| field.data_type().clone());
            fields.push(Field::new(&name, data_type, true));
            verbatim.push((term.clone(), name));
        }
        Self {
            steps: steps.iter().map(|step| (step_column(step.as_ref()), step.writes())).collect(),
            dataset_key: dataset_key.to_owned(),
            verbatim,
            schema: Arc::new(Schema::new(fields)),
            interpreted,
        }
    }

    /// The schema.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Names of the columns beside the interpreted ones.
    pub fn verbatim_columns(&self) -> impl Iterator<Item = &str> {
        self.verbatim.iter().map(|(_, name)| name.as_str())
    }

    /// A batch of the interpretation plan as a batch of this table.
    ///
    /// # Errors
    /// When the batch is not one of the plan's.
    pub fn batch(&self, plan: &RecordBatch) -> Result<ExactBatch> {
        let rows = plan.num_rows();
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        columns.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(self.dataset_key.as_str(), rows))));
        let mut issues = Vec::with_capacity(self.steps.len());
        let mut placeless = Vec::with_capacity(self.steps.len());
        for (name, fields) in &self.steps {
            let step = plan
                .column_by_name(name)
                .and_then(|column| column.as_any().downcast_ref::<StructArray>())
                .ok_or_else(|| Error::bug(format!("the plan has no column {name}")))?;
            for (field, column) in fields.iter().zip(step.columns()) {
                if field.name() == "issues" {
                    let list = column.as_list::<i32>();
                    issues.push(list);
                    if STEPS_TOLD.contains(&name.trim_start_matches('_')) {
                        placeless.push(list);
                    }
                } else {
                    columns.push(Arc::clone(column));
                }
            }
        }
        columns.push(Arc::new(union(&issues, rows, |_| true)));
        debug_assert_eq!(columns.len(), self.interpreted);
        for (position, (term, _)) in self.verbatim.iter().enumerate() {
            let field = self.schema.field(self.interpreted + position);
            columns.push(match plan.column_by_name(term) {
                Some(column) => Arc::clone(column),
                None => new_null_array(field.data_type(), rows),
            });
        }
        let rows = RecordBatch::try_new(self.schema(), columns)?;
        let is_told = |name: &str| ISSUES_WITHHELD.iter().all(|issue| issue.name() != name);
        Ok(ExactBatch { rows, placeless_issues: union(&placeless, plan.num_rows(), is_told) })
    }
}

/// The issues of several steps that are `told`, in the order of the steps, each once.
fn union(lists: &[&ListArray], rows: usize, is_told: impl Fn(&str) -> bool) -> ListArray {
    let mut union = ListBuilder::with_capacity(StringBuilder::new(), rows);
    let mut seen: Vec<&str> = Vec::new();
    for row in 0..rows {
        seen.clear();
        for list in lists {
            let (start, end) = (list.value_offsets()[row] as usize, list.value_offsets()[row + 1] as usize);
            if start == end || list.is_null(row) {
                continue;
            }
            let names = list.values().as_string::<i32>();
            for issue in start..end {
                let name = names.value(issue);
                if !seen.contains(&name) && is_told(name) {
                    seen.push(name);
                }
            }
        }
        seen.iter().for_each(|name| union.values().append_value(name));
        union.append(true);
    }
    union.finish()
}
