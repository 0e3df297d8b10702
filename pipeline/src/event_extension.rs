//! Extension rows of an event that belong to one of its occurrences.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, AsArray, ListArray, UInt32Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::take;
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

/// `rows_of_occurrence(rows, occurrenceID)`: of a list of extension rows, those whose own `occurrenceID` is the given one.
///
/// Null when there are none, or when the extension has no `occurrenceID`.
pub fn rows_of_occurrence() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(RowsOfOccurrence::new())));
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct RowsOfOccurrence {
    signature: Signature,
}

impl RowsOfOccurrence {
    fn new() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for RowsOfOccurrence {
    fn name(&self) -> &str {
        "rows_of_occurrence"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments.first() {
            Some(list @ DataType::List(_)) => Ok(list.clone()),
            other => exec_err!("rows_of_occurrence takes a list of extension rows, not {other:?}"),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [rows, occurrence_ids] = arrays.as_slice() else {
            return exec_err!("rows_of_occurrence takes two arguments");
        };
        let (Some(list), Some(wanted)) = (rows.as_list_opt::<i32>(), occurrence_ids.as_string_opt::<i32>()) else {
            return exec_err!("rows_of_occurrence takes a list of extension rows and a text");
        };
        let DataType::List(item) = list.data_type() else { return exec_err!("not a list") };
        let children = list.values().as_struct_opt();
        let given =
            children.and_then(|rows| rows.column_by_name("occurrenceID")).and_then(|ids| ids.as_string_opt::<i32>());
        let Some(given) = given else {
            return Ok(ColumnarValue::Array(Arc::new(ListArray::new_null(Arc::clone(item), list.len()))));
        };
        let mut kept = Vec::new();
        let mut offsets = vec![0_i32];
        let mut valid = Vec::with_capacity(list.len());
        for row in 0..list.len() {
            if list.is_valid(row) && wanted.is_valid(row) {
                let start = list.value_offsets()[row] as usize;
                let children = start..start + list.value_length(row) as usize;
                kept.extend(
                    children
                        .filter(|&child| given.is_valid(child) && given.value(child) == wanted.value(row))
                        .map(|child| child as u32),
                );
            }
            valid.push(offsets.last().is_some_and(|&last| kept.len() as i32 > last));
            offsets.push(kept.len() as i32);
        }
        let values = take(list.values(), &UInt32Array::from(kept), None)?;
        let result = ListArray::try_new(
            Arc::clone(item),
            OffsetBuffer::new(offsets.into()),
            values,
            Some(NullBuffer::from(valid)),
        )?;
        Ok(ColumnarValue::Array(Arc::new(result)))
    }
}
