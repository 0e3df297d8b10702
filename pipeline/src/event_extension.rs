//! Extension rows of an event: those that belong to one of its occurrences, and those that are about the event itself.
//!
//! Occurrences are themselves rows of an extension. Before each becomes a row of its own, the rows of the other extensions go
//! to the occurrence that their `occurrenceID` names: done afterwards, every occurrence would first get a copy of all
//! rows of its event, and an event with thousands of both would fill the memory.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, ListArray, RecordBatch, StringArray, StructArray, UInt32Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use hashbrown::HashMap;

const NAME: &str = "attach_extensions";
const OCCURRENCE_ID: &str = "occurrenceID";

/// `attach_extensions(occurrences, extension, ...)`: the rows of an occurrence extension, each with the rows of the other
/// extensions that name its `occurrenceID`, as lists `_0`, `_1` … in the order of the arguments.
///
/// Where two occurrences of an event have the same id, the first has the rows. A list is null when it would be empty.
pub fn attach_extensions() -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::from(AttachExtensions { signature: Signature::variadic_any(Volatility::Immutable) }))
}

/// The field of an attached extension, by the position of its argument.
pub fn attached_field(position: usize) -> String {
    format!("_{position}")
}

#[derive(Debug)]
struct AttachExtensions {
    signature: Signature,
}

impl PartialEq for AttachExtensions {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for AttachExtensions {}

impl Hash for AttachExtensions {
    fn hash<H: Hasher>(&self, state: &mut H) {
        NAME.hash(state);
    }
}

/// The type of the rows with their attached extensions.
fn attached_item(occurrences: &DataType, extensions: &[&DataType]) -> Option<FieldRef> {
    let DataType::List(item) = occurrences else { return None };
    let DataType::Struct(own) = item.data_type() else { return None };
    let attached = extensions.iter().enumerate();
    let attached = attached.map(|(at, data_type)| Arc::new(Field::new(attached_field(at), (*data_type).clone(), true)));
    let fields: Fields = own.iter().cloned().chain(attached).collect();
    Some(Arc::new(item.as_ref().clone().with_data_type(DataType::Struct(fields))))
}

impl ScalarUDFImpl for AttachExtensions {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let item = arguments
            .split_first()
            .and_then(|(occurrences, extensions)| attached_item(occurrences, &extensions.iter().collect::<Vec<_>>()));
        match item {
            Some(item) => Ok(DataType::List(item)),
            None => plan_err!("{NAME} takes lists of rows, not {arguments:?}"),
        }
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        let types: Vec<DataType> = arguments.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        Ok(Arc::new(Field::new(NAME, self.return_type(&types)?, true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let lists: Option<Vec<&ListArray>> = arrays.iter().map(|array| array.as_list_opt::<i32>()).collect();
        let Some((occurrences, extensions)) = lists.as_deref().and_then(<[_]>::split_first) else {
            return exec_err!("{NAME} takes lists of rows");
        };
        let types: Vec<&DataType> = extensions.iter().map(|extension| extension.data_type()).collect();
        let Some(item) = attached_item(occurrences.data_type(), &types) else {
            return exec_err!("{NAME} takes lists of rows");
        };
        let (first, count) = extent(occurrences);
        let Some(own) = occurrences.values().as_struct_opt() else { return exec_err!("{NAME} takes lists of rows") };
        let own = own.slice(first, count);
        let mut columns = own.columns().to_vec();
        for extension in extensions {
            columns.push(attached(occurrences, extension, first, count)?);
        }
        let DataType::Struct(fields) = item.data_type() else { return exec_err!("{NAME} takes lists of rows") };
        let rows = StructArray::try_new_with_length(fields.clone(), columns, own.nulls().cloned(), count)?;
        let offsets = OffsetBuffer::from_lengths((0..occurrences.len()).map(|row| range(occurrences, row).len()));
        let list = ListArray::try_new(item, offsets, Arc::new(rows), occurrences.nulls().cloned())?;
        Ok(ColumnarValue::Array(Arc::new(list)))
    }
}

/// The rows of one extension by occurrence: a list for each of the `count` occurrences from `first`.
fn attached(occurrences: &ListArray, extension: &ListArray, first: usize, count: usize) -> Result<ArrayRef> {
    let DataType::List(item) = extension.data_type() else { return exec_err!("{NAME} takes lists of rows") };
    let mut lengths = vec![0_usize; count];
    let mut owned: Vec<(usize, u32)> = Vec::new();
    for_each_owner(occurrences, extension, |row, owner| {
        if let Owner::Occurrence(occurrence) = owner {
            lengths[occurrence - first] += 1;
            owned.push((occurrence, row as u32));
        }
    });
    // The order of the rows of one occurrence is that of the archive.
    owned.sort_by_key(|(occurrence, _)| *occurrence);
    let rows = take(extension.values(), &UInt32Array::from_iter_values(owned.into_iter().map(|(_, row)| row)), None)?;
    let valid = NullBuffer::from_iter(lengths.iter().map(|length| *length > 0));
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(Arc::clone(item), offsets, rows, Some(valid))?))
}

/// Whose a row of an extension is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// It is about the core record as a whole.
    Core,
    /// That of the occurrence in this place among all.
    Occurrence(usize),
    /// It names an occurrence that its core record does not have.
    Nobody,
}

/// Calls `each` with every row of an extension, by its place among all, and its owner.
fn for_each_owner(occurrences: &ListArray, extension: &ListArray, mut each: impl FnMut(usize, Owner)) {
    let (known, named) = (occurrence_ids(occurrences), occurrence_ids(extension));
    let mut by_id: HashMap<&str, usize, RandomState> = HashMap::with_hasher(RandomState::with_seeds(1, 2, 3, 4));
    for record in 0..extension.len() {
        let rows = range(extension, record);
        if rows.is_empty() {
            continue;
        }
        by_id.clear();
        if let Some(known) = known.filter(|_| named.is_some()) {
            // Backwards, so that of two occurrences with an id the first stays.
            for occurrence in range(occurrences, record).rev() {
                if known.is_valid(occurrence) {
                    by_id.insert(known.value(occurrence), occurrence);
                }
            }
        }
        for row in rows {
            let id = named.filter(|named| named.is_valid(row)).map(|named| named.value(row));
            each(
                row,
                match id.filter(|id| !id.trim().is_empty()) {
                    None => Owner::Core,
                    Some(id) => by_id.get(id).map_or(Owner::Nobody, |occurrence| Owner::Occurrence(*occurrence)),
                },
            );
        }
    }
}

/// The `occurrenceID`s of the rows of all lists, if the extension has the term.
fn occurrence_ids(list: &ListArray) -> Option<&StringArray> {
    list.values().as_struct_opt()?.column_by_name(OCCURRENCE_ID)?.as_string_opt::<i32>()
}

/// The rows of one list, by their places among all.
fn range(list: &ListArray, record: usize) -> std::ops::Range<usize> {
    let start = list.value_offsets()[record] as usize;
    start..start + list.value_length(record) as usize
}

/// Where the rows of all lists begin, and how many there are.
fn extent(list: &ListArray) -> (usize, usize) {
    let offsets = list.value_offsets();
    let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
    (first as usize, (last - first) as usize)
}

/// Rows of extensions that no occurrence has, by row type: with those that occurrences have they are all rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtensionRows {
    /// Rows without an `occurrenceID`: they are about the core record as a whole.
    pub of_core: BTreeMap<String, u64>,
    /// Rows with the `occurrenceID` of an occurrence which their core record does not have.
    pub unattached: BTreeMap<String, u64>,
}

impl ExtensionRows {
    /// Counts the rows of a batch of star records whose occurrences are the rows of `extension`.
    pub fn count(&mut self, records: &RecordBatch, extension: &str) {
        let lists = |name: &str| records.column_by_name(name).and_then(|column| column.as_list_opt::<i32>());
        let Some(occurrences) = lists(extension) else { return };
        for field in records.schema().fields().iter().filter(|field| field.name() != extension) {
            let (Some(row_type), Some(list)) = (field.metadata().get("rowType"), lists(field.name())) else { continue };
            let (mut of_core, mut unattached) = (0_u64, 0_u64);
            for_each_owner(occurrences, list, |_, owner| match owner {
                Owner::Core => of_core += 1,
                Owner::Nobody => unattached += 1,
                Owner::Occurrence(_) => {}
            });
            for (counts, rows) in [(&mut self.of_core, of_core), (&mut self.unattached, unattached)] {
                if rows > 0 {
                    *counts.entry(row_type.clone()).or_default() += rows;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ListBuilder, StringBuilder, StructBuilder};

    use super::*;

    /// Lists of rows with an `occurrenceID` and a value.
    fn lists(records: &[&[(Option<&str>, &str)]]) -> ListArray {
        let fields = [OCCURRENCE_ID, "value"].map(|name| Field::new(name, DataType::Utf8, true));
        let mut lists = ListBuilder::new(StructBuilder::from_fields(Fields::from(fields.to_vec()), 0));
        for rows in records {
            for (id, value) in *rows {
                lists.values().field_builder::<StringBuilder>(0).unwrap().append_option(*id);
                lists.values().field_builder::<StringBuilder>(1).unwrap().append_value(value);
                lists.values().append(true);
            }
            lists.append(true);
        }
        lists.finish()
    }

    #[test]
    fn rows_go_to_the_occurrence_they_name_and_all_are_counted() {
        let occurrences =
            lists(&[&[(Some("x"), "")], &[(Some("a"), "1"), (None, "2"), (Some("b"), "3"), (Some("a"), "4")], &[]]);
        let rows = lists(&[
            &[(Some("a"), "of another event")],
            &[
                (Some("b"), "m1"),
                (None, "m2"),
                (Some("a"), "m3"),
                (Some(" "), "m4"),
                (Some("c"), "m5"),
                (Some("b"), "m6"),
            ],
            &[(None, "m7")],
        ]);
        // A slice, as batches may be one.
        let (occurrences_cut, rows_cut) = (occurrences.slice(1, 2), rows.slice(1, 2));
        let (first, count) = extent(&occurrences_cut);
        assert_eq!((first, count), (1, 4));
        let attached = attached(&occurrences_cut, &rows_cut, first, count).unwrap();
        let attached = attached.as_list::<i32>();
        let values = |occurrence: usize| -> Vec<String> {
            let rows = attached.value(occurrence);
            rows.as_struct().column(1).as_string::<i32>().iter().map(|value| value.unwrap().to_owned()).collect()
        };
        assert_eq!((values(0), values(2)), (vec!["m3".to_owned()], vec!["m1".to_owned(), "m6".to_owned()]));
        assert!(attached.is_null(1) && attached.is_null(3), "the second of two with an id has none");

        let field = |name: &str, list: &ListArray, row_type: &str| {
            let metadata = [("rowType".to_owned(), row_type.to_owned())];
            Field::new(name, list.data_type().clone(), true).with_metadata(metadata.into())
        };
        let schema = arrow::datatypes::Schema::new(vec![
            field("occurrence", &occurrences, "o"),
            field("measurement", &rows, "m"),
        ]);
        let columns: Vec<ArrayRef> = vec![Arc::new(occurrences), Arc::new(rows)];
        let batch = RecordBatch::try_new(Arc::new(schema), columns).unwrap();
        let mut counts = ExtensionRows::default();
        counts.count(&batch, "occurrence");
        assert_eq!(counts.of_core, BTreeMap::from([("m".to_owned(), 3)]));
        assert_eq!(counts.unattached, BTreeMap::from([("m".to_owned(), 2)]));
    }
}
