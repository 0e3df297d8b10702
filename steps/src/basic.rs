//! Placeholder of the step `basic`.

use arrow::array::StructArray;
use arrow::datatypes::Fields;

use crate::step::{issues_field, record};
use crate::{Input, IssueSet, References, Settings, Step, Verbatim};

/// The step `basic`.
#[derive(Debug)]
pub struct Basic;

impl Basic {
    /// The step.
    pub fn new() -> Self {
        Self
    }
}

impl Step for Basic {
    fn name(&self) -> &'static str {
        "basic"
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
