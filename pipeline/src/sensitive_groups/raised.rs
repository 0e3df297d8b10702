//! The levels of groups given to their records: a function of the plan.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int32Array, StringBuilder, StructArray};
use arrow::datatypes::{DataType, FieldRef, Int32Type, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::hash_of;

/// `raised_by_group(sensitivity, groups)`: what the step wrote, with the levels of the strictest group of each record.
pub fn function() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        Arc::new(ScalarUDF::from(RaisedByGroup { signature: Signature::any(2, Volatility::Immutable) }))
    });
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct RaisedByGroup {
    signature: Signature,
}

impl ScalarUDFImpl for RaisedByGroup {
    fn name(&self) -> &str {
        "raised_by_group"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [sensitivity, _] => Ok(sensitivity.clone()),
            _ => exec_err!("raised_by_group takes what the step sensitivity wrote and groups"),
        }
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        match arguments.arg_fields {
            [sensitivity, _] => Ok(Arc::clone(sensitivity)),
            _ => exec_err!("raised_by_group takes what the step sensitivity wrote and groups"),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let Ok([sensitivity, ColumnarValue::Scalar(ScalarValue::List(groups))]) =
            <[ColumnarValue; 2]>::try_from(arguments.args)
        else {
            return exec_err!("raised_by_group takes what the step sensitivity wrote and a list of groups");
        };
        let sensitivity = sensitivity.into_array(rows)?;
        match raised(sensitivity.as_struct_opt(), groups.values().as_struct_opt()) {
            Some(raised) => Ok(ColumnarValue::Array(Arc::new(raised))),
            None => exec_err!("raised_by_group was not given what the step sensitivity writes"),
        }
    }
}

/// `None` where a column is missing: then nothing may be published.
fn raised(sensitivity: Option<&StructArray>, groups: Option<&StructArray>) -> Option<StructArray> {
    let (sensitivity, groups) = (sensitivity?, groups?);
    let hashes = groups.column_by_name("group")?.as_primitive_opt::<Int64Type>()?.values();
    let level = |of: &StructArray, name: &str| of.column_by_name(name)?.as_primitive_opt::<Int32Type>().cloned();
    let (of_group, shown_of_group) = (level(groups, "sensitivity")?, level(groups, "diffusion")?);
    let private_group = groups.column_by_name("private")?.as_boolean_opt()?;
    let referential_of_group = groups.column_by_name("referential")?.as_string_opt::<i32>()?;
    let (own, shown) = (level(sensitivity, "sensitivityLevel")?, level(sensitivity, "diffusionLevel")?);
    let own_private = sensitivity.column_by_name("privateData")?.as_boolean_opt()?;
    let own_referential = sensitivity.column_by_name("sensitivityReferential")?.as_string_opt::<i32>()?;
    let named = sensitivity.column_by_name("sensitivityGroups")?.as_list_opt::<i32>()?;
    let names = named.values().as_string_opt::<i32>()?;
    let rows = sensitivity.len();
    let (mut levels, mut shown_levels) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (mut is_raised, mut is_private) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut referentials = StringBuilder::with_capacity(rows, 0);
    for row in 0..rows {
        let (mut level, mut shown_level) = (own.value(row), shown.value(row));
        let mut referential = own_referential.is_valid(row).then(|| own_referential.value(row));
        let mut private = own_private.value(row);
        if named.is_valid(row) {
            let start = usize::try_from(*named.value_offsets().get(row)?).ok()?;
            let end = usize::try_from(*named.value_offsets().get(row + 1)?).ok()?;
            for name in (start..end).filter(|name| names.is_valid(*name)).map(|name| names.value(name)) {
                let Ok(group) = hashes.binary_search(&hash_of(name)) else { continue };
                if of_group.value(group) > level {
                    level = of_group.value(group);
                    referential = referential_of_group.is_valid(group).then(|| referential_of_group.value(group));
                }
                shown_level = shown_level.max(shown_of_group.value(group));
                // Only what is masked further than its sensitivity asks for is masked as private data are.
                private |= private_group.value(group) && shown_level > shown.value(row) && shown_level > level;
            }
        }
        is_raised.push(level > own.value(row) || shown_level > shown.value(row));
        levels.push(level);
        shown_levels.push(shown_level);
        is_private.push(private);
        referentials.append_option(referential);
    }
    let fields = sensitivity.fields().clone();
    let columns: Vec<ArrayRef> = fields
        .iter()
        .zip(sensitivity.columns())
        .map(|(field, column)| match field.name().as_str() {
            "sensitivityLevel" => Arc::new(Int32Array::from(std::mem::take(&mut levels))) as ArrayRef,
            "diffusionLevel" => Arc::new(Int32Array::from(std::mem::take(&mut shown_levels))),
            "sensitivityFromGroup" => Arc::new(BooleanArray::from(std::mem::take(&mut is_raised))),
            "privateData" => Arc::new(BooleanArray::from(std::mem::take(&mut is_private))),
            "sensitivityReferential" => Arc::new(referentials.finish()),
            _ => Arc::clone(column),
        })
        .collect();
    StructArray::try_new(fields, columns, sensitivity.nulls().cloned()).ok()
}
