//! Rows of extensions for tests.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListArray, StringArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::Field;

use crate::{Step, Verbatim};

/// A row: terms and values.
pub type Row<'a> = Vec<(&'a str, &'a str)>;

/// The column of an extension, a list of rows for each record.
pub fn column(records: &[Vec<Row<'_>>]) -> ArrayRef {
    let rows = || records.iter().flatten();
    let names: BTreeSet<&str> = rows().flatten().map(|(name, _)| *name).collect();
    let columns = names.into_iter().map(|name| {
        let value = |row: &Row<'_>| row.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        let column: ArrayRef = Arc::new(rows().map(value).collect::<StringArray>());
        (Arc::new(Field::new(name, column.data_type().clone(), true)), column)
    });
    let columns: Vec<(Arc<Field>, ArrayRef)> = columns.collect();
    let values = if columns.is_empty() { StructArray::new_empty_fields(rows().count(), None) } else { columns.into() };
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    Arc::new(ListArray::new(field, OffsetBuffer::from_lengths(records.iter().map(Vec::len)), Arc::new(values), None))
}

/// What a step makes of records of which nothing but these columns is known.
pub fn interpret(step: &dyn Step, records: usize, columns: &[(&str, ArrayRef)]) -> StructArray {
    let given = |name: &str| columns.iter().find(|(known, _)| *known == name).map(|(_, column)| Arc::clone(column));
    let columns: Vec<Option<ArrayRef>> = step.reads().iter().map(|input| given(input.name())).collect();
    let result = step.interpret(&Verbatim::new(records, step.reads(), &columns));
    assert_eq!(result.fields(), &step.writes());
    assert_eq!((result.len(), result.null_count()), (records, 0));
    result
}
