//! Placeholder of the step `multimedia`.

use arrow::array::StructArray;
use arrow::datatypes::Fields;

use crate::step::{issues_field, record};
use crate::{Input, IssueSet, References, Settings, Step, Verbatim};

/// The step `multimedia`.
#[derive(Debug)]
pub struct Multimedia;

impl Multimedia {
    /// The step, for a run.
    pub fn new(_settings: &Settings) -> Self {
        Self
    }
}

impl Step for Multimedia {
    fn name(&self) -> &'static str {
        "multimedia"
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
