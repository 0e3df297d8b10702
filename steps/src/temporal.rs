//! Placeholder of the step `temporal`.

use arrow::array::StructArray;
use arrow::datatypes::Fields;

use crate::step::{issues_field, record};
use crate::{Input, IssueSet, References, Settings, Step, Verbatim};

/// The step `temporal`.
#[derive(Debug)]
pub struct Temporal;

impl Temporal {
    /// The step, for a run.
    pub fn new(_settings: &Settings) -> Self {
        Self
    }
}

impl Step for Temporal {
    fn name(&self) -> &'static str {
        "temporal"
    }

    fn reads(&self) -> &[Input] {
        &[]
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![issues_field()])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        record(&self.writes(), vec![], &vec![IssueSet::new(); verbatim.rows()])
    }
}
