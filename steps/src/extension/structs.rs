//! Writing lists of structs.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int32Builder, ListArray, ListBuilder, StringBuilder, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};

/// The value of a field of a struct.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// For `Utf8`.
    Text(Option<Cow<'a, str>>),
    /// For `Float64`.
    Number(Option<f64>),
    /// For `Int32`.
    Integer(Option<i32>),
    /// For `Boolean`.
    Flag(Option<bool>),
    /// For a list of `Utf8`; null when empty.
    Texts(Vec<Cow<'a, str>>),
    /// For a list of structs; null when empty.
    Rows(Vec<Vec<Value<'a>>>),
}

impl<'a> Value<'a> {
    /// A text that stays as it is.
    pub fn text(text: Option<&'a str>) -> Self {
        Self::Text(text.map(Cow::Borrowed))
    }

    /// Whether there is no value.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Text(text) => text.is_none(),
            Self::Number(number) => number.is_none(),
            Self::Integer(number) => number.is_none(),
            Self::Flag(flag) => flag.is_none(),
            Self::Texts(texts) => texts.is_empty(),
            Self::Rows(rows) => rows.is_empty(),
        }
    }
}

/// The type of a list of structs of these fields.
pub fn list_type(fields: &Fields) -> DataType {
    DataType::List(item(fields))
}

fn item(fields: &Fields) -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Struct(fields.clone()), true))
}

/// A column of lists of structs under construction: rows are added, then the record that they belong to is ended.
#[derive(Debug)]
pub struct Structs {
    fields: Fields,
    columns: Vec<Column>,
    offsets: Vec<i32>,
    valid: Vec<bool>,
    rows: i32,
}

#[derive(Debug)]
enum Column {
    Text(StringBuilder),
    Number(Float64Builder),
    Integer(Int32Builder),
    Flag(BooleanBuilder),
    Texts(ListBuilder<StringBuilder>),
    Rows(Structs),
}

impl Column {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Float64 => Self::Number(Float64Builder::new()),
            DataType::Int32 => Self::Integer(Int32Builder::new()),
            DataType::Boolean => Self::Flag(BooleanBuilder::new()),
            DataType::List(item) => match item.data_type() {
                DataType::Struct(fields) => Self::Rows(Structs::of(fields.clone(), 0)),
                _ => Self::Texts(ListBuilder::new(StringBuilder::new())),
            },
            _ => Self::Text(StringBuilder::new()),
        }
    }

    fn append(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Text(column), Value::Text(text)) => column.append_option(text),
            (Self::Number(column), Value::Number(number)) => column.append_option(number),
            (Self::Integer(column), Value::Integer(number)) => column.append_option(number),
            (Self::Flag(column), Value::Flag(flag)) => column.append_option(flag),
            (Self::Texts(column), Value::Texts(texts)) => {
                texts.iter().for_each(|text| column.values().append_value(text));
                column.append(!texts.is_empty());
            }
            (Self::Rows(column), Value::Rows(rows)) => {
                rows.into_iter().for_each(|row| column.append(row));
                column.end_record();
            }
            (column, value) => {
                debug_assert!(false, "{value:?} is of another type than its field");
                column.append_null();
            }
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Text(column) => column.append_null(),
            Self::Number(column) => column.append_null(),
            Self::Integer(column) => column.append_null(),
            Self::Flag(column) => column.append_null(),
            Self::Texts(column) => column.append(false),
            Self::Rows(column) => column.end_record(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut column) => Arc::new(column.finish()),
            Self::Number(mut column) => Arc::new(column.finish()),
            Self::Integer(mut column) => Arc::new(column.finish()),
            Self::Flag(mut column) => Arc::new(column.finish()),
            Self::Texts(mut column) => Arc::new(column.finish()),
            Self::Rows(column) => Arc::new(column.finish()),
        }
    }
}

impl Structs {
    /// An empty column for about so many records.
    pub fn of(fields: Fields, records: usize) -> Self {
        let mut offsets = Vec::with_capacity(records + 1);
        offsets.push(0);
        Self {
            columns: fields.iter().map(|field| Column::of(field.data_type())).collect(),
            fields,
            offsets,
            valid: Vec::with_capacity(records),
            rows: 0,
        }
    }

    /// Adds a row to the record under way: its values in the order of the fields, nulls where they end early.
    pub fn append<'a>(&mut self, values: impl IntoIterator<Item = Value<'a>>) {
        let mut values = values.into_iter();
        for column in &mut self.columns {
            match values.next() {
                Some(value) => column.append(value),
                None => column.append_null(),
            }
        }
        self.rows = self.rows.saturating_add(1);
    }

    /// Ends a record; its list is null when it got no rows.
    pub fn end_record(&mut self) {
        self.valid.push(self.offsets.last().is_some_and(|last| *last < self.rows));
        self.offsets.push(self.rows);
    }

    /// The column.
    pub fn finish(self) -> ListArray {
        let records = self.valid.len();
        let item = item(&self.fields);
        let columns: Vec<ArrayRef> = self.columns.into_iter().map(Column::finish).collect();
        let rows = StructArray::try_new(self.fields, columns, None).ok();
        let lists = rows.and_then(|rows| {
            let offsets = OffsetBuffer::new(self.offsets.into());
            ListArray::try_new(Arc::clone(&item), offsets, Arc::new(rows), Some(NullBuffer::from(self.valid))).ok()
        });
        lists.unwrap_or_else(|| ListArray::new_null(item, records))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use arrow::array::{Array, AsArray};

    use super::*;

    #[test]
    fn rows_are_put_under_their_records() {
        let inner = Fields::from(vec![Field::new("name", DataType::Utf8, true)]);
        let fields = Fields::from(vec![
            Field::new("text", DataType::Utf8, true),
            Field::new("rows", list_type(&inner), true),
            Field::new("number", DataType::Float64, true),
        ]);
        let mut structs = Structs::of(fields, 3);
        structs.append([Value::text(Some("a")), Value::Rows(vec![vec![Value::text(Some("x"))], vec![]])]);
        structs.append([Value::text(None)]);
        structs.end_record();
        structs.end_record();
        structs.append([Value::text(Some("c")), Value::Rows(Vec::new()), Value::Number(Some(2.0))]);
        structs.end_record();
        let lists = structs.finish();
        assert_eq!(lists.len(), 3);
        assert_eq!([0, 1, 2].map(|record| lists.value_length(record)), [2, 0, 1]);
        assert!(lists.is_null(1));
        let rows = lists.values().as_struct();
        assert_eq!(rows.column(1).as_list::<i32>().value(0).len(), 2);
        assert!(rows.column(1).is_null(1));
        assert!(rows.column(2).is_valid(2));
    }
}
