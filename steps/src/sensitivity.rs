//! Placeholder of the step `sensitivity`.

use arrow::array::StructArray;
use arrow::datatypes::Fields;

use crate::step::{issues_field, record};
use crate::{Input, IssueSet, References, Settings, Step, Verbatim};

/// The step `sensitivity`.
#[derive(Debug)]
pub struct Sensitivity;

impl Sensitivity {
    /// The step, with the rules of the run.
    pub fn new(_references: &References, _settings: &Settings) -> Self {
        Self
    }
}

impl Step for Sensitivity {
    fn name(&self) -> &'static str {
        "sensitivity"
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
