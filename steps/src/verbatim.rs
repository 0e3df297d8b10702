//! One batch of inputs, seen by name.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int32Array, ListArray, StringArray};
use arrow::datatypes::{Float64Type, Int32Type};

use crate::{Input, Term};

/// The inputs of a step for one batch of records.
///
/// A term that the dataset does not have is `None` and costs nothing. Text columns are `Utf8`.
#[derive(Debug, Clone, Copy)]
pub struct Verbatim<'a> {
    rows: usize,
    inputs: &'a [Input],
    columns: &'a [Option<ArrayRef>],
}

impl<'a> Verbatim<'a> {
    /// A view of `columns`, which stand in the order of `inputs`.
    pub fn new(rows: usize, inputs: &'a [Input], columns: &'a [Option<ArrayRef>]) -> Self {
        debug_assert_eq!(inputs.len(), columns.len());
        Self { rows, inputs, columns }
    }

    /// Number of records.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The inputs, in argument order.
    pub fn inputs(&self) -> &'a [Input] {
        self.inputs
    }

    /// The columns, in argument order.
    pub fn columns(&self) -> &'a [Option<ArrayRef>] {
        self.columns
    }

    /// The column of a name, if the dataset has it.
    pub fn column(&self, name: &str) -> Option<&'a ArrayRef> {
        let position = self.inputs.iter().position(|input| input.name() == name)?;
        self.columns.get(position)?.as_ref()
    }

    /// The text of a verbatim term.
    pub fn text(&self, term: Term) -> Text<'a> {
        self.text_of(term.name())
    }

    /// A text column by name: a term, an interpreted field or a fact about the dataset.
    pub fn text_of(&self, name: &str) -> Text<'a> {
        Text(self.column(name).and_then(|column| column.as_string_opt::<i32>()))
    }

    /// An interpreted field of type `Float64`.
    pub fn float(&self, name: &str) -> Option<&'a Float64Array> {
        self.column(name)?.as_primitive_opt::<Float64Type>()
    }

    /// An interpreted field of type `Int32`.
    pub fn integer(&self, name: &str) -> Option<&'a Int32Array> {
        self.column(name)?.as_primitive_opt::<Int32Type>()
    }

    /// An interpreted field of type `Boolean`.
    pub fn boolean(&self, name: &str) -> Option<&'a BooleanArray> {
        self.column(name)?.as_boolean_opt()
    }

    /// An extension or an interpreted field of type `List`.
    pub fn list(&self, name: &str) -> Option<&'a ListArray> {
        self.column(name)?.as_list_opt::<i32>()
    }
}

/// A column of text that may be absent.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a>(Option<&'a StringArray>);

impl<'a> Text<'a> {
    /// A view of a column.
    pub fn new(column: Option<&'a StringArray>) -> Self {
        Self(column)
    }

    /// True when the dataset has this column.
    pub fn is_present(&self) -> bool {
        self.0.is_some()
    }

    /// The value exactly as given; `None` when null.
    pub fn raw(&self, row: usize) -> Option<&'a str> {
        let column = self.0?;
        column.is_valid(row).then(|| column.value(row))
    }

    /// The value without surrounding space; `None` when null, blank, `null` (any case) or `\N`, as the GBIF reader has it.
    pub fn value(&self, row: usize) -> Option<&'a str> {
        present(self.raw(row)?)
    }
}

/// A text without surrounding space; `None` when it is blank, `null` (any case) or `\N`.
pub fn present(text: &str) -> Option<&str> {
    let value = text.trim();
    let absent = value.is_empty() || value == "\\N" || value.eq_ignore_ascii_case("null");
    (!absent).then_some(value)
}
