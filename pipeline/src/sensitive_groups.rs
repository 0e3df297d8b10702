//! Groups of records that one sensitive record makes sensitive.
//!
//! The SINP standard has it for groupings (`idSINPRegroupement`): the sensitivity of one observation is that of all of them.
//! A free record of the same sampling would tell where the protected one was made, and with whom. The step `sensitivity` names
//! the groups of each record and judges it alone; a pass over the dataset before it is written finds the groups that have a
//! protected record, and the plan of each shard raises the levels of all records in them.
//!
//! A record may be in several groups: then what makes one sensitive makes the others so, as far as that leads.
//!
//! Groups travel with the plan as a literal of hashes, so that an executor needs nothing else. Two groups with one hash would be
//! masked as one: too much, never too little.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, ListArray, RecordBatch, StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Int32Type, Int64Type, Schema};
use datafusion::common::{Result as DataFusionResult, ScalarValue, exec_err};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};
use futures::StreamExt;
use openobs_steps::sensitivity::GROUP_TERMS;
use openobs_steps::{Input, Step};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::event_hierarchy::EventHierarchy;
use crate::identity::ordinal::Ordinals;
use crate::interpret::{AcrossShards, interpretation, step_column};
use crate::run::{Run, panicked};
use crate::star::{Occurrences, column};
use crate::verbatim::Verbatim;

/// The step whose levels are raised.
pub const STEP: &str = "sensitivity";

/// Columns of the step, in the order in which they are read.
const READ: [&str; 3] = ["sensitivityGroups", "sensitivityLevel", "groupDiffusionLevel"];
/// Columns of an archive that may name groups; other spellings stand in the attributes of the SINP.
const NAMING: [&str; 3] = ["identifiantRegroupementPermanent", "permidgrp", "dynamicProperties"];

/// Sensitivity and diffusion level of a group.
type Levels = (i32, i32);

/// The groups of a dataset that have a protected record, with their strictest levels.
#[derive(Debug, Clone)]
pub struct SensitiveGroups(ScalarValue);

impl SensitiveGroups {
    /// Groups by hash.
    ///
    /// # Errors
    /// Never: the columns have the types of their fields.
    pub fn new(groups: HashMap<i64, Levels>) -> Result<Self> {
        let mut groups: Vec<(i64, Levels)> = groups.into_iter().collect();
        groups.sort_unstable();
        let fields = Fields::from(vec![
            Field::new("group", DataType::Int64, false),
            Field::new("sensitivity", DataType::Int32, false),
            Field::new("diffusion", DataType::Int32, false),
        ]);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(groups.iter().map(|(group, _)| *group).collect::<Int64Array>()),
            Arc::new(groups.iter().map(|(_, levels)| levels.0).collect::<Int32Array>()),
            Arc::new(groups.iter().map(|(_, levels)| levels.1).collect::<Int32Array>()),
        ];
        let rows = StructArray::try_new(fields, columns, None)?;
        let item = Arc::new(Field::new_list_field(rows.data_type().clone(), false));
        let list = ListArray::try_new(item, OffsetBuffer::from_lengths([groups.len()]), Arc::new(rows), None)?;
        Ok(Self(ScalarValue::List(Arc::new(list))))
    }

    /// What the step wrote, with the levels of the groups.
    pub fn raised(&self, sensitivity: Expr) -> Expr {
        function().call(vec![sensitivity, lit(self.0.clone())])
    }
}

/// The hash of a group's name; the same on every machine.
fn hash_of(group: &str) -> i64 {
    let digest = Sha256::digest(group.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(digest.get(..8).unwrap_or(&[0; 8]));
    i64::from_be_bytes(bytes)
}

impl Run {
    /// The groups of a dataset that have a protected record; `None` when there are none.
    ///
    /// Records are interpreted as far as their sensitivity goes, which is a small part of what writing them costs, and only
    /// where the archive names groups at all.
    ///
    /// # Errors
    /// When a shard cannot be read.
    pub async fn sensitive_groups(
        self: &Arc<Self>,
        dataset: &Dataset,
        verbatim: &Verbatim,
        star: &Arc<Schema>,
        occurrences: &Occurrences,
        ordinals: &[Option<Ordinals>],
        hierarchy: Option<&Arc<EventHierarchy>>,
    ) -> Result<Option<SensitiveGroups>> {
        if !names_groups(star, occurrences, dataset) {
            return Ok(None);
        }
        let mut tasks = JoinSet::new();
        // With their ordinals records have the keys by which decisions name them.
        for (shard, ordinals) in verbatim.shards.iter().cloned().zip(ordinals.iter().cloned()) {
            let (run, dataset, star) = (Arc::clone(self), dataset.clone(), Arc::clone(star));
            let (occurrences, hierarchy) = (occurrences.clone(), hierarchy.cloned());
            tasks.spawn(async move {
                let _slot = run.slot().await?;
                let (ordinals, hierarchy) = (ordinals.as_ref(), hierarchy.as_deref());
                let across = AcrossShards { ordinals, hierarchy, groups: None };
                groups_of_shard(&run, &dataset, &shard, &star, &occurrences, across).await
            });
        }
        let mut found = Found::default();
        while let Some(finished) = tasks.join_next().await {
            found.take(finished.map_err(panicked)??);
        }
        if found.levels.is_empty() { Ok(None) } else { SensitiveGroups::new(found.spread()).map(Some) }
    }
}

/// What a pass finds.
#[derive(Debug, Default)]
struct Found {
    /// Groups with a protected record.
    levels: HashMap<i64, Levels>,
    /// Pairs of groups that have a record in common, the smaller hash first.
    links: HashSet<(i64, i64)>,
}

impl Found {
    fn take(&mut self, other: Self) {
        other.levels.into_iter().for_each(|(group, levels)| self.raise(group, levels));
        self.links.extend(other.links);
    }

    fn raise(&mut self, group: i64, (sensitivity, diffusion): Levels) {
        let known = self.levels.entry(group).or_default();
        *known = (known.0.max(sensitivity), known.1.max(diffusion));
    }

    /// The levels of all groups that a protected record reaches.
    fn spread(mut self) -> HashMap<i64, Levels> {
        let mut neighbours: HashMap<i64, Vec<i64>> = HashMap::new();
        for (a, b) in &self.links {
            neighbours.entry(*a).or_default().push(*b);
            neighbours.entry(*b).or_default().push(*a);
        }
        let mut waiting: Vec<i64> = self.levels.keys().copied().collect();
        while let Some(group) = waiting.pop() {
            let levels = self.levels.get(&group).copied().unwrap_or_default();
            for neighbour in neighbours.get(&group).into_iter().flatten() {
                let before = self.levels.get(neighbour).copied().unwrap_or_default();
                self.raise(*neighbour, levels);
                // Levels rise to a handful of values: this ends.
                if self.levels.get(neighbour) != Some(&before) {
                    waiting.push(*neighbour);
                }
            }
        }
        self.levels
    }
}

/// Whether the archive has a column that may name groups.
fn names_groups(star: &Schema, occurrences: &Occurrences, dataset: &Dataset) -> bool {
    let names = |name: &str| {
        let simple = name.rsplit(['/', '#', ':']).next().unwrap_or(name);
        GROUP_TERMS.iter().chain(&NAMING).any(|naming| naming.eq_ignore_ascii_case(simple))
    };
    let in_fields = |fields: &Fields| fields.iter().any(|field| names(field.name()));
    let extension = match occurrences {
        Occurrences::Extension(extension) => star.field_with_name(extension).ok(),
        _ => None,
    };
    let in_extension = extension.is_some_and(|field| match field.data_type() {
        DataType::List(item) => matches!(item.data_type(), DataType::Struct(fields) if in_fields(fields)),
        _ => false,
    });
    // The occurrences of events have the identifier of their event.
    crate::star::is_event(star)
        || in_fields(star.fields())
        || in_extension
        || dataset.default_values.keys().any(|name| names(name))
}

/// The steps that sensitivity depends on, with itself, in order.
fn needed(steps: &[Arc<dyn Step>]) -> Vec<Arc<dyn Step>> {
    let mut wanted: Vec<&str> = Vec::new();
    let mut needed: Vec<Arc<dyn Step>> = Vec::new();
    for step in steps.iter().rev() {
        let is_read =
            step.writes().iter().any(|field| wanted.contains(&field.name().as_str()) && field.name() != "issues");
        if step.name() == STEP || is_read {
            wanted.extend(step.reads().iter().filter(|input| matches!(input, Input::Field(..))).map(Input::name));
            needed.push(Arc::clone(step));
        }
    }
    needed.reverse();
    needed
}

async fn groups_of_shard(
    run: &Run,
    dataset: &Dataset,
    shard: &Path,
    star: &Schema,
    occurrences: &Occurrences,
    across: AcrossShards<'_>,
) -> Result<Found> {
    let session = run.sessions.local();
    let steps = needed(run.sessions.steps());
    let Some(step) = steps.iter().find(|step| step.name() == STEP) else { return Ok(Found::default()) };
    let (frame, _) = interpretation(&session, &steps, dataset, shard, star, occurrences, across).await?;
    let written = step_column(step.as_ref());
    let mut stream = frame
        .select(READ.map(|name| get_field(column(&written), name).alias(name)).to_vec())?
        .filter(column("sensitivityGroups").is_not_null())?
        .execute_stream()
        .await?;
    let mut found = Found::default();
    while let Some(batch) = stream.next().await {
        add(&batch?, &mut found)?;
    }
    Ok(found)
}

fn add(batch: &RecordBatch, found: &mut Found) -> Result<()> {
    let wrong = || Error::bug("the step sensitivity gave no groups");
    let [named, sensitivity, diffusion] = READ.map(|name| batch.column_by_name(name));
    let named = named.and_then(|column| column.as_list_opt::<i32>()).ok_or_else(wrong)?;
    let level = |column: Option<&ArrayRef>| {
        column.and_then(|column| column.as_primitive_opt::<Int32Type>()).cloned().ok_or_else(wrong)
    };
    let (sensitivity, diffusion) = (level(sensitivity)?, level(diffusion)?);
    for row in 0..batch.num_rows() {
        let is_protected = diffusion.value(row) > 0 || sensitivity.value(row) > 0;
        // Most records are free and in one group: they cost a look.
        if !is_protected && named.value_length(row) < 2 {
            continue;
        }
        let names = named.value(row);
        let hashes: Vec<i64> = names.as_string_opt::<i32>().ok_or_else(wrong)?.iter().flatten().map(hash_of).collect();
        for (position, group) in hashes.iter().enumerate() {
            if is_protected {
                found.raise(*group, (sensitivity.value(row), diffusion.value(row)));
            }
            let others = hashes.get(position + 1..).unwrap_or(&[]).iter().filter(|other| *other != group);
            found.links.extend(others.map(|other| (*group.min(other), *group.max(other))));
        }
    }
    Ok(())
}

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

    fn return_type(&self, arguments: &[DataType]) -> DataFusionResult<DataType> {
        match arguments {
            [sensitivity, _] => Ok(sensitivity.clone()),
            _ => exec_err!("raised_by_group takes what the step sensitivity wrote and groups"),
        }
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> DataFusionResult<FieldRef> {
        match arguments.arg_fields {
            [sensitivity, _] => Ok(Arc::clone(sensitivity)),
            _ => exec_err!("raised_by_group takes what the step sensitivity wrote and groups"),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> DataFusionResult<ColumnarValue> {
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
    let (own, shown) = (level(sensitivity, "sensitivityLevel")?, level(sensitivity, "diffusionLevel")?);
    let named = sensitivity.column_by_name("sensitivityGroups")?.as_list_opt::<i32>()?;
    let names = named.values().as_string_opt::<i32>()?;
    let (mut levels, mut shown_levels, mut is_raised) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..sensitivity.len() {
        let (mut level, mut shown_level) = (own.value(row), shown.value(row));
        if named.is_valid(row) {
            let start = usize::try_from(*named.value_offsets().get(row)?).ok()?;
            let end = usize::try_from(*named.value_offsets().get(row + 1)?).ok()?;
            for name in (start..end).filter(|name| names.is_valid(*name)).map(|name| names.value(name)) {
                if let Ok(group) = hashes.binary_search(&hash_of(name)) {
                    level = level.max(of_group.value(group));
                    shown_level = shown_level.max(shown_of_group.value(group));
                }
            }
        }
        is_raised.push(level > own.value(row) || shown_level > shown.value(row));
        levels.push(level);
        shown_levels.push(shown_level);
    }
    let fields = sensitivity.fields().clone();
    let columns: Vec<ArrayRef> = fields
        .iter()
        .zip(sensitivity.columns())
        .map(|(field, column)| match field.name().as_str() {
            "sensitivityLevel" => Arc::new(Int32Array::from(std::mem::take(&mut levels))) as ArrayRef,
            "diffusionLevel" => Arc::new(Int32Array::from(std::mem::take(&mut shown_levels))),
            "sensitivityFromGroup" => Arc::new(BooleanArray::from(std::mem::take(&mut is_raised))),
            _ => Arc::clone(column),
        })
        .collect();
    StructArray::try_new(fields, columns, sensitivity.nulls().cloned()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_a_group_sensitive_makes_those_so_that_share_a_record_with_it() {
        let mut found = Found::default();
        found.raise(1, (2, 2));
        found.raise(5, (0, 4));
        found.links.extend([(1, 2), (2, 3), (8, 9), (3, 5)]);
        let mut spread: Vec<_> = found.spread().into_iter().collect();
        spread.sort_unstable();
        assert_eq!(spread, [(1, (2, 4)), (2, (2, 4)), (3, (2, 4)), (5, (2, 4))]);
    }

    #[test]
    fn hashes_are_those_of_every_machine() {
        assert_eq!(hash_of("eventID:e1"), hash_of("eventID:e1"));
        assert_ne!(hash_of("eventID:e1"), hash_of("idSINPRegroupement:e1"));
        let expected = Sha256::digest(b"eventID:e1");
        assert_eq!(hash_of("eventID:e1").to_be_bytes(), expected[..8]);
    }
}
