//! Columns made of one verbatim column each.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, ListBuilder, StringBuilder, StructBuilder, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::parse::{agent, list};
use crate::verbatim::Text;
use crate::{Term, Verbatim};

/// The text of a term without surrounding space; what stands for "nothing" becomes null.
///
/// A column that is clean already, which most are, is passed on without a copy.
pub(crate) fn text(verbatim: &Verbatim<'_>, name: &str) -> ArrayRef {
    let text = verbatim.text_of(name);
    let clean = verbatim.column(name).filter(|column| column.as_string_opt::<i32>().is_some()).filter(|_| {
        (0..verbatim.rows()).all(|row| match (text.raw(row), text.value(row)) {
            (Some(raw), Some(value)) => raw.len() == value.len(),
            (None, _) => true,
            (Some(_), None) => false,
        })
    });
    if let Some(column) = clean {
        return Arc::clone(column);
    }
    if !text.is_present() {
        return new_null_array(&DataType::Utf8, verbatim.rows());
    }
    Arc::new((0..verbatim.rows()).map(|row| text.value(row)).collect::<arrow::array::StringArray>())
}

/// The type of a list of texts.
pub(crate) fn list_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
}

/// The elements of the list of a row. The literal text `null` counts as absence only in terms with one value.
pub(crate) fn elements<'a>(text: Text<'a>, row: usize, separators: &'a [char]) -> impl Iterator<Item = &'a str> {
    list::elements(text.raw(row).filter(|raw| *raw != "\\N").unwrap_or(""), separators)
}

/// The elements of lists; null when there are none.
pub(crate) fn list(verbatim: &Verbatim<'_>, term: Term, separators: &[char]) -> ArrayRef {
    let text = verbatim.text(term);
    if !text.is_present() {
        return new_null_array(&list_type(), verbatim.rows());
    }
    let mut column = ListBuilder::with_capacity(StringBuilder::new(), verbatim.rows());
    for row in 0..verbatim.rows() {
        let mut any = false;
        for element in elements(text, row, separators) {
            column.values().append_value(element);
            any = true;
        }
        column.append(any);
    }
    Arc::new(column.finish())
}

/// The fields of an identifier of a person.
pub(crate) fn identifier_fields() -> Fields {
    Fields::from(vec![Field::new("type", DataType::Utf8, false), Field::new("value", DataType::Utf8, false)])
}

/// The type of a list of identifiers of people.
pub(crate) fn identifiers_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Struct(identifier_fields()), true)))
}

/// Identifiers of people; null when there are none.
pub(crate) fn identifiers(verbatim: &Verbatim<'_>, term: Term) -> ArrayRef {
    let text = verbatim.text(term);
    if !text.is_present() {
        return new_null_array(&identifiers_type(), verbatim.rows());
    }
    let mut column = ListBuilder::with_capacity(StructBuilder::from_fields(identifier_fields(), 0), verbatim.rows());
    for row in 0..verbatim.rows() {
        let found = text.value(row).map(agent::identifiers).unwrap_or_default();
        for (kind, value) in &found {
            let fields = column.values();
            if let Some(types) = fields.field_builder::<StringBuilder>(0) {
                types.append_value(kind.name());
            }
            if let Some(values) = fields.field_builder::<StringBuilder>(1) {
                values.append_value(value);
            }
            fields.append(true);
        }
        column.append(!found.is_empty());
    }
    Arc::new(column.finish())
}
