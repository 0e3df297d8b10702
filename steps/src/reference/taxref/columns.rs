//! A release as one row of lists, and back: the arrays that a built file holds.
//!
//! Numbers and texts go out and come in as slices of the same memory: nothing is copied either way.

use std::fmt;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, LargeStringArray, ListArray, PrimitiveArray, RecordBatch, StringArray,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field};

/// Why a batch is not a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaxref {
    /// It was made for another version of this program, or by something else; the format that was found.
    OtherFormat(Option<String>),
    /// A column is not as it should be.
    Damaged {
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl fmt::Display for NotTaxref {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherFormat(Some(format)) => {
                write!(formatter, "its format is {format:?}, which is not this version's")
            }
            Self::OtherFormat(None) => formatter.write_str("it does not say that it holds TAXREF"),
            Self::Damaged { column, reason } => write!(formatter, "column {column}: {reason}"),
        }
    }
}

impl std::error::Error for NotTaxref {}

/// A part of a release that is kept in columns.
pub(super) trait Table: Sized {
    /// Puts its arrays down.
    fn write(&self, columns: &mut Writer);

    /// Takes them up again.
    fn read(columns: &Reader<'_>) -> Result<Self, NotTaxref>;
}

/// Columns that are being put down.
#[derive(Default)]
pub(super) struct Writer {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Writer {
    pub(super) fn numbers<T: ArrowPrimitiveType>(&mut self, name: &'static str, values: &ScalarBuffer<T::Native>) {
        self.list(name, Arc::new(PrimitiveArray::<T>::new(values.clone(), None)));
    }

    pub(super) fn texts(&mut self, name: &'static str, values: &StringArray) {
        self.list(name, Arc::new(values.clone()));
    }

    /// One long text, which others are cut from.
    pub(super) fn arena(&mut self, name: &'static str, text: &LargeStringArray) {
        self.fields.push(Field::new(name, DataType::LargeUtf8, false));
        self.arrays.push(Arc::new(text.clone()));
    }

    fn list(&mut self, name: &'static str, values: ArrayRef) {
        let item = Arc::new(Field::new_list_field(values.data_type().clone(), false));
        self.fields.push(Field::new(name, DataType::List(Arc::clone(&item)), false));
        let offsets = OffsetBuffer::from_lengths([values.len()]);
        self.arrays.push(Arc::new(ListArray::new(item, offsets, values, None)));
    }

    pub(super) fn finish(self) -> (Vec<Field>, Vec<ArrayRef>) {
        (self.fields, self.arrays)
    }
}

/// Columns that are being taken up.
pub(super) struct Reader<'a>(pub(super) &'a RecordBatch);

impl Reader<'_> {
    pub(super) fn numbers<T: ArrowPrimitiveType>(
        &self,
        name: &'static str,
    ) -> Result<ScalarBuffer<T::Native>, NotTaxref> {
        let values = self.list(name)?;
        let numbers = values.as_primitive_opt::<T>().ok_or(damaged(name, "not of its type"))?;
        Ok(numbers.values().clone())
    }

    pub(super) fn texts(&self, name: &'static str) -> Result<StringArray, NotTaxref> {
        Ok(self.list(name)?.as_string_opt::<i32>().ok_or(damaged(name, "not text"))?.clone())
    }

    pub(super) fn arena(&self, name: &'static str) -> Result<LargeStringArray, NotTaxref> {
        let column = self.0.column_by_name(name).ok_or(damaged(name, "absent"))?;
        let text = column.as_string_opt::<i64>().ok_or(damaged(name, "not text"))?;
        if text.len() == 1 && text.null_count() == 0 { Ok(text.clone()) } else { Err(damaged(name, "not one row")) }
    }

    fn list(&self, name: &'static str) -> Result<ArrayRef, NotTaxref> {
        let column = self.0.column_by_name(name).ok_or(damaged(name, "absent"))?;
        let list = column.as_list_opt::<i32>().ok_or(damaged(name, "not a list"))?;
        if list.len() != 1 || list.null_count() != 0 {
            return Err(damaged(name, "not one row"));
        }
        let values = list.value(0);
        if values.null_count() == 0 { Ok(values) } else { Err(damaged(name, "nulls")) }
    }
}

/// A column that is not as it should be.
pub(super) fn damaged(column: &'static str, reason: &'static str) -> NotTaxref {
    NotTaxref::Damaged { column, reason }
}

/// `Ok` when a condition holds.
pub(super) fn ensure(condition: bool, column: &'static str, reason: &'static str) -> Result<(), NotTaxref> {
    if condition { Ok(()) } else { Err(damaged(column, reason)) }
}
