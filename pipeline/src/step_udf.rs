//! A step as a SQL function: the only file that knows both sides.
//!
//! `interpret_temporal(eventDate, year, ...)` takes what the step reads, in order, and returns a struct of what it writes.
//! Steps travel to executors by that name; the reference data is in the function that is registered there.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use openobs_steps::{Input, Step, Verbatim};

/// Prefix of the names of the SQL functions.
pub const PREFIX: &str = "interpret_";

/// The SQL function of a step.
pub fn step_udf(step: Arc<dyn Step>) -> ScalarUDF {
    ScalarUDF::from(StepUdf::new(step))
}

#[derive(Debug)]
struct StepUdf {
    name: String,
    step: Arc<dyn Step>,
    fields: Fields,
    signature: Signature,
}

impl StepUdf {
    fn new(step: Arc<dyn Step>) -> Self {
        let arguments = step.reads().len();
        // Any types: an extension is a list of structs that differs by archive, and a missing term is an untyped null.
        let signature = match arguments {
            0 => Signature::nullary(Volatility::Immutable),
            _ => Signature::any(arguments, Volatility::Immutable),
        };
        Self { name: format!("{PREFIX}{}", step.name()), fields: step.writes(), step, signature }
    }
}

impl PartialEq for StepUdf {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for StepUdf {}

impl Hash for StepUdf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for StepUdf {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(self.fields.clone()))
    }

    fn return_field_from_args(&self, _arguments: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(&self.name, DataType::Struct(self.fields.clone()), false)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let inputs = self.step.reads();
        let columns = inputs
            .iter()
            .zip(arguments.args)
            .map(|(input, argument)| column(input, argument, rows))
            .collect::<Result<Vec<_>>>()?;
        let result = self.step.interpret(&Verbatim::new(rows, inputs, &columns));
        debug_assert_eq!(result.len(), rows, "{} changed the number of rows", self.name);
        Ok(ColumnarValue::Array(Arc::new(result)))
    }
}

/// An argument as the column that the step expects; `None` for a term that the dataset does not have.
fn column(input: &Input, argument: ColumnarValue, rows: usize) -> Result<Option<ArrayRef>> {
    if let ColumnarValue::Scalar(scalar) = &argument
        && scalar.is_null()
    {
        return Ok(None);
    }
    let array = argument.into_array(rows)?;
    if array.data_type() == &DataType::Null {
        return Ok(None);
    }
    let expected = match input {
        Input::Term(_) | Input::Dataset(_) => DataType::Utf8,
        Input::Field(_, data_type) => data_type.clone(),
        Input::Extension(_) => return Ok(Some(array)),
    };
    if array.data_type() == &expected { Ok(Some(array)) } else { Ok(Some(cast(&array, &expected)?)) }
}

/// A null of the type of an input, for a term that the dataset does not have.
pub fn absent(input: &Input) -> ScalarValue {
    match input {
        Input::Field(_, data_type) => ScalarValue::try_from(data_type).unwrap_or(ScalarValue::Null),
        Input::Term(_) | Input::Dataset(_) => ScalarValue::Utf8(None),
        Input::Extension(_) => ScalarValue::Null,
    }
}
