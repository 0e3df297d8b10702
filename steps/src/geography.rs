//! Placeholder of the step `geography`.

use arrow::array::StructArray;
use arrow::datatypes::Fields;

use crate::step::{issues_field, record};
use crate::{Input, IssueSet, References, Settings, Step, Verbatim};

/// The step `geography`.
#[derive(Debug)]
pub struct Geography;

impl Geography {
    /// The step, with its reference data.
    pub fn new(_references: &References) -> Self {
        Self
    }
}

impl Step for Geography {
    fn name(&self) -> &'static str {
        "geography"
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
