//! Which of the records with one name a record is, by its place in the archive.
//!
//! The few records whose name is that of an earlier one travel with the plan of their shard as a literal, so the function
//! needs nothing but its arguments and gives the same on an executor.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, AsArray, Int32Array, ListArray, StringArray, StructArray, UInt64Array};
use arrow::buffer::OffsetBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields, Int32Type, UInt64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};

use crate::star::column;

/// The later records of a shard with their ordinals, from 2.
#[derive(Debug, Clone)]
pub struct Ordinals(ScalarValue);

impl Ordinals {
    /// The later records of a shard: file, line and ordinal of each.
    ///
    /// # Errors
    /// Never: the columns have the types of their fields.
    pub fn new(mut later: Vec<(&str, u64, u32)>) -> crate::error::Result<Self> {
        later.sort_unstable_by_key(|(file, line, _)| (*line, *file));
        let fields = Fields::from(vec![
            Field::new("file", DataType::Utf8, false),
            Field::new("line", DataType::UInt64, false),
            Field::new("ordinal", DataType::Int32, true),
        ]);
        let rows = later.len();
        let files: StringArray = later.iter().map(|(file, ..)| Some(*file)).collect();
        let lines: UInt64Array = later.iter().map(|(_, line, _)| Some(*line)).collect();
        let ordinals: Int32Array = later.iter().map(|(.., ordinal)| i32::try_from(*ordinal).ok()).collect();
        let records = StructArray::try_new(fields, vec![Arc::new(files), Arc::new(lines), Arc::new(ordinals)], None)?;
        let item = Arc::new(Field::new_list_field(records.data_type().clone(), false));
        let list = ListArray::try_new(item, OffsetBuffer::from_lengths([rows]), Arc::new(records), None)?;
        Ok(Self(ScalarValue::List(Arc::new(list))))
    }

    /// The ordinal of a record of the shard; null for one that is the first of its name, or the only one.
    pub fn expression(&self) -> Expr {
        function().call(vec![column("_file"), column("_line"), lit(self.0.clone())])
    }
}

/// `key_ordinal(file, line, later)`: the ordinal that a list of `{file, line, ordinal}`, sorted by line, gives a place.
pub(super) fn function() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(KeyOrdinal::new())));
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct KeyOrdinal {
    signature: Signature,
}

impl KeyOrdinal {
    fn new() -> Self {
        Self { signature: Signature::any(3, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for KeyOrdinal {
    fn name(&self) -> &str {
        "key_ordinal"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let Ok([file, line, ColumnarValue::Scalar(ScalarValue::List(later))]) =
            <[ColumnarValue; 3]>::try_from(arguments.args)
        else {
            return exec_err!("key_ordinal takes a file, a line and a list of places with ordinals");
        };
        let files = cast(&file.into_array(rows)?, &DataType::Utf8)?;
        let lines = cast(&line.into_array(rows)?, &DataType::UInt64)?;
        let (files, lines) = (files.as_string::<i32>(), lines.as_primitive::<UInt64Type>());
        let columns = later.values().as_struct_opt().map(|later| {
            let column = |name| later.column_by_name(name);
            (
                column("file").and_then(|files| files.as_string_opt::<i32>()),
                column("line").and_then(|lines| lines.as_primitive_opt::<UInt64Type>()),
                column("ordinal").and_then(|ordinals| ordinals.as_primitive_opt::<Int32Type>()),
            )
        });
        let Some((Some(later_files), Some(later_lines), Some(ordinals))) = columns else {
            return exec_err!("the list of key_ordinal does not hold file, line and ordinal");
        };
        let of_row = |row: usize| {
            let line = lines.is_valid(row).then(|| lines.value(row))?;
            let start = later_lines.values().partition_point(|later| *later < line);
            let same_line = (start..later_lines.len()).take_while(|&at| later_lines.value(at) == line);
            same_line
                .filter(|&at| files.is_valid(row) && later_files.value(at) == files.value(row))
                .map(|at| ordinals.value(at))
                .next()
        };
        let ordinals: Int32Array = (0..rows).map(of_row).collect();
        Ok(ColumnarValue::Array(Arc::new(ordinals)))
    }
}
