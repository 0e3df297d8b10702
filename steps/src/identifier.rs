//! Placeholder of the step `identifier`.

use arrow::array::StructArray;
use arrow::datatypes::Fields;

use crate::step::{issues_field, record};
use crate::{Input, IssueSet, References, Settings, Step, Verbatim};

/// The step `identifier`.
#[derive(Debug)]
pub struct Identifier;

impl Step for Identifier {
    fn name(&self) -> &'static str {
        "identifier"
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
