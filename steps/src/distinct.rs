//! Repeated values are interpreted once.
//!
//! Names, dates, places and people repeat: in a batch of 8,192 records there are often a few hundred distinct ones. A
//! step that costs more than a hash of its inputs wraps its work in [`interpret_distinct`]: the work then runs on one
//! row for each distinct combination of inputs and the result is spread over the rows by an Arrow `take`.

use std::hash::{BuildHasher, Hash, Hasher};

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, StructArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{Float64Type, Int32Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use hashbrown::HashTable;

use crate::Verbatim;

/// Interprets each distinct combination of the inputs once.
///
/// `interpret` is called on a batch of the distinct rows (in order of first appearance) and must return one row for each.
/// When fewer than an eighth of the rows repeat, it is called on the batch itself: a `take` would cost more than it saves.
pub fn interpret_distinct(verbatim: &Verbatim<'_>, interpret: impl Fn(&Verbatim<'_>) -> StructArray) -> StructArray {
    let groups = Groups::of(verbatim);
    if groups.first_rows.len() * 8 > verbatim.rows() * 7 {
        return interpret(verbatim);
    }
    let rows = groups.first_rows.len();
    let first_rows = UInt32Array::from(groups.first_rows);
    let columns: Option<Vec<Option<ArrayRef>>> = verbatim
        .columns()
        .iter()
        .map(|column| match column {
            Some(column) => take(column, &first_rows, None).ok().map(Some),
            None => Some(None),
        })
        .collect();
    let Some(columns) = columns else { return interpret(verbatim) };
    let distinct = interpret(&Verbatim::new(rows, verbatim.inputs(), &columns));
    match take(&distinct, &UInt32Array::from(groups.group_of_row), None) {
        Ok(spread) => spread.as_struct().clone(),
        Err(_) => interpret(verbatim),
    }
}

/// Rows with equal inputs.
struct Groups {
    /// The first row of each group, in order of appearance.
    first_rows: Vec<u32>,
    /// The group of each row.
    group_of_row: Vec<u32>,
}

impl Groups {
    fn of(verbatim: &Verbatim<'_>) -> Self {
        // The seeds are fixed: nothing that is seen outside depends on them, and a run can be repeated under a profiler.
        let state = RandomState::with_seeds(1, 2, 3, 4);
        let columns: Vec<Column<'_>> = verbatim.columns().iter().flatten().map(Column::of).collect();
        let mut hashes = vec![0_u64; verbatim.rows()];
        for column in &columns {
            for (row, hash) in hashes.iter_mut().enumerate() {
                let mut hasher = state.build_hasher();
                hasher.write_u64(*hash);
                column.hash(row, &mut hasher);
                *hash = hasher.finish();
            }
        }
        let mut table: HashTable<u32> = HashTable::with_capacity(verbatim.rows() / 4);
        let mut first_rows: Vec<u32> = Vec::new();
        let mut group_of_row = Vec::with_capacity(verbatim.rows());
        for (row, &hash) in hashes.iter().enumerate() {
            let same = |group: &u32| {
                let first = first_rows[*group as usize] as usize;
                hashes[first] == hash && columns.iter().all(|column| column.equal(first, row))
            };
            let group = match table.find(hash, same) {
                Some(group) => *group,
                None => {
                    let group = first_rows.len() as u32;
                    first_rows.push(row as u32);
                    table.insert_unique(hash, group, |group| hashes[first_rows[*group as usize] as usize]);
                    group
                }
            };
            group_of_row.push(group);
        }
        Self { first_rows, group_of_row }
    }
}

/// A column that can be hashed and compared by row.
enum Column<'a> {
    Text(&'a arrow::array::StringArray),
    Float(&'a arrow::array::Float64Array),
    Integer(&'a arrow::array::Int32Array),
    /// Lists and structs, compared by their printed form.
    Other(Box<ArrayFormatter<'a>>),
    /// A column that cannot be printed makes every row its own group.
    Unknown,
}

impl<'a> Column<'a> {
    fn of(column: &'a ArrayRef) -> Self {
        if let Some(text) = column.as_string_opt::<i32>() {
            Self::Text(text)
        } else if let Some(float) = column.as_primitive_opt::<Float64Type>() {
            Self::Float(float)
        } else if let Some(integer) = column.as_primitive_opt::<Int32Type>() {
            Self::Integer(integer)
        } else {
            const OPTIONS: FormatOptions<'_> = FormatOptions::new();
            ArrayFormatter::try_new(column, &OPTIONS)
                .map_or(Self::Unknown, |formatter| Self::Other(Box::new(formatter)))
        }
    }

    fn hash(&self, row: usize, hasher: &mut impl Hasher) {
        match self {
            Self::Text(column) => column.is_valid(row).then(|| column.value(row)).hash(hasher),
            Self::Float(column) => column.is_valid(row).then(|| column.value(row).to_bits()).hash(hasher),
            Self::Integer(column) => column.is_valid(row).then(|| column.value(row)).hash(hasher),
            Self::Other(column) => column.value(row).to_string().hash(hasher),
            Self::Unknown => row.hash(hasher),
        }
    }

    fn equal(&self, a: usize, b: usize) -> bool {
        match self {
            Self::Text(column) => {
                column.is_valid(a) == column.is_valid(b) && (!column.is_valid(a) || column.value(a) == column.value(b))
            }
            Self::Float(column) => {
                column.is_valid(a) == column.is_valid(b)
                    && (!column.is_valid(a) || column.value(a).to_bits() == column.value(b).to_bits())
            }
            Self::Integer(column) => {
                column.is_valid(a) == column.is_valid(b) && (!column.is_valid(a) || column.value(a) == column.value(b))
            }
            Self::Other(column) => column.value(a).to_string() == column.value(b).to_string(),
            Self::Unknown => a == b,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;

    use arrow::array::StringArray;
    use arrow::datatypes::{DataType, Field, Fields};

    use super::*;
    use crate::{Input, Term};

    #[test]
    fn repeated_rows_are_interpreted_once_and_spread_in_order() {
        let inputs = [Input::Term(Term("eventDate")), Input::Term(Term("year"))];
        let dates: ArrayRef =
            Arc::new(StringArray::from_iter((0..100).map(|row| (row % 3 != 2).then(|| ["a", "b"][row % 3]))));
        let columns = [Some(dates.clone()), None];
        let seen = Cell::new(0);
        let fields = Fields::from(vec![Field::new("copy", DataType::Utf8, true)]);
        let result = interpret_distinct(&Verbatim::new(100, &inputs, &columns), |verbatim| {
            seen.set(verbatim.rows());
            StructArray::new(fields.clone(), vec![verbatim.column("eventDate").cloned().unwrap()], None)
        });
        assert_eq!(seen.get(), 3);
        assert_eq!(result.column(0).as_ref(), dates.as_ref());
    }
}
