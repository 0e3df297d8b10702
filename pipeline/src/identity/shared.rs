//! Records that share a name are one group: what is public of one must not tell of another what is protected.
//!
//! Two rows under one identifier are one observation, or are taken for one. Where one is sensitive and the other free, the free
//! one would tell its place. The step `sensitivity` does not know which records share a name; their groups are added to those
//! that it writes, and [`crate::sensitive_groups`] treats them like any other.

use std::sync::{Arc, LazyLock};

use arrow::array::{
    Array, ArrayRef, AsArray, ListArray, ListBuilder, StringArray, StringBuilder, StructArray, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, UInt64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};
use uuid::Uuid;

use super::hashes::hash_of;

/// Groups of records of one plain key, by the column of the step `identifier`.
const KEY: &str = "occurrenceKey";
/// Groups of records of one `occurrenceID`, where that is not what identifies records.
const OCCURRENCE_ID: &str = "occurrenceID";

/// Whether a group is one of records that share a name.
pub fn is_shared_name(group: &str) -> bool {
    group.split_once(':').is_some_and(|(term, _)| term == KEY || term == OCCURRENCE_ID)
}

/// The names that records of a dataset share.
#[derive(Debug, Clone)]
pub struct SharedNames {
    /// Hashes of the plain keys that several records have, sorted.
    keys: ScalarValue,
    /// Whether an `occurrenceID` is a name too.
    by_occurrence_id: bool,
}

impl SharedNames {
    /// The plain keys that several records have. `by_occurrence_id` says that records are identified by something else than
    /// their `occurrenceID`, which may then be repeated unseen.
    ///
    /// # Errors
    /// Never: the column has the type of its field.
    pub fn new(keys: impl Iterator<Item = Uuid>, by_occurrence_id: bool) -> crate::error::Result<Self> {
        let mut hashes: Vec<u64> = keys.map(hash_of).collect();
        hashes.sort_unstable();
        let item = Arc::new(Field::new_list_field(DataType::UInt64, false));
        let offsets = OffsetBuffer::from_lengths([hashes.len()]);
        let list = ListArray::try_new(item, offsets, Arc::new(UInt64Array::from(hashes)), None)?;
        Ok(Self { keys: ScalarValue::List(Arc::new(list)), by_occurrence_id })
    }

    /// What the step `sensitivity` wrote, with the groups of shared names; `plain` is what the step `identifier` gives where
    /// nothing is known of other records.
    pub fn grouped(&self, sensitivity: Expr, plain: &Expr) -> Expr {
        let with = |sensitivity, term: &'static str, shared: ScalarValue| {
            function().call(vec![sensitivity, lit(term), get_field(plain.clone(), term), lit(shared)])
        };
        let grouped = with(sensitivity, KEY, self.keys.clone());
        if self.by_occurrence_id { with(grouped, OCCURRENCE_ID, ScalarValue::Null) } else { grouped }
    }
}

/// `in_group_of_name(sensitivity, term, name, keys)`: what the step wrote, with the group `term:name` for the records whose
/// name, a UUID, is one of the keys; for all that have a name where `keys` is null.
pub(super) fn function() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        Arc::new(ScalarUDF::from(InGroupOfName { signature: Signature::any(4, Volatility::Immutable) }))
    });
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct InGroupOfName {
    signature: Signature,
}

impl ScalarUDFImpl for InGroupOfName {
    fn name(&self) -> &str {
        "in_group_of_name"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [sensitivity, ..] => Ok(sensitivity.clone()),
            [] => exec_err!("in_group_of_name takes what the step sensitivity wrote, a term, names and keys"),
        }
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        match arguments.arg_fields {
            [sensitivity, ..] => Ok(Arc::clone(sensitivity)),
            [] => exec_err!("in_group_of_name takes what the step sensitivity wrote, a term, names and keys"),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let Ok([sensitivity, ColumnarValue::Scalar(ScalarValue::Utf8(Some(term))), names, ColumnarValue::Scalar(keys)]) =
            <[ColumnarValue; 4]>::try_from(arguments.args)
        else {
            return exec_err!("in_group_of_name takes what the step sensitivity wrote, a term, names and keys");
        };
        let (sensitivity, names) = (sensitivity.into_array(rows)?, names.into_array(rows)?);
        let keys = match &keys {
            ScalarValue::List(keys) => keys.values().as_primitive_opt::<UInt64Type>(),
            _ => None,
        };
        let grouped = sensitivity
            .as_struct_opt()
            .zip(names.as_string_opt::<i32>())
            .and_then(|(sensitivity, names)| grouped(sensitivity, &term, names, keys));
        match grouped {
            Some(grouped) => Ok(ColumnarValue::Array(Arc::new(grouped))),
            None => exec_err!("in_group_of_name was not given what the steps write"),
        }
    }
}

/// `None` where the column of groups is missing: then nothing may be published.
fn grouped(
    sensitivity: &StructArray,
    term: &str,
    names: &StringArray,
    keys: Option<&UInt64Array>,
) -> Option<StructArray> {
    let known = sensitivity.column_by_name("sensitivityGroups")?.as_list_opt::<i32>()?;
    let texts = known.values().as_string_opt::<i32>()?;
    let is_shared = |name: &str| match keys {
        Some(keys) => Uuid::try_parse(name).is_ok_and(|key| keys.values().binary_search(&hash_of(key)).is_ok()),
        None => true,
    };
    let mut groups = ListBuilder::with_capacity(StringBuilder::new(), sensitivity.len());
    let mut group = String::new();
    for row in 0..sensitivity.len() {
        let (mut start, mut end) = (0, 0);
        if known.is_valid(row) {
            start = usize::try_from(*known.value_offsets().get(row)?).ok()?;
            end = usize::try_from(*known.value_offsets().get(row + 1)?).ok()?;
        }
        (start..end).for_each(|text| groups.values().append_value(texts.value(text)));
        let name = names.is_valid(row).then(|| names.value(row)).filter(|name| is_shared(name));
        if let Some(name) = name {
            group.clear();
            group.extend([term, ":", name]);
            groups.values().append_value(&group);
        }
        groups.append(end > start || name.is_some());
    }
    let groups: ArrayRef = Arc::new(groups.finish());
    let fields = sensitivity.fields().clone();
    let columns = fields
        .iter()
        .zip(sensitivity.columns())
        .map(|(field, column)| Arc::clone(if field.name() == "sensitivityGroups" { &groups } else { column }));
    StructArray::try_new(fields.clone(), columns.collect(), sensitivity.nulls().cloned()).ok()
}
