//! Groups of records that one sensitive record makes sensitive.
//!
//! The SINP standard has it for groupings (`idSINPRegroupement`): the sensitivity of one observation is that of all of them.
//! A free record of the same sampling would tell where the protected one was made, and with whom. The step `sensitivity` names
//! the groups of each record and judges it alone; a pass over the dataset before it is written finds the groups that have a
//! protected record, and the plan of each shard raises the levels of all records in them.
//!
//! A record may be in several groups: then what makes one sensitive makes the others so, as far as that leads.
//!
//! Records that share a name ([`crate::identity::shared`]) are a group of their own kind. They are taken for one record, so each
//! is shown as the strictest of them, for whatever reason that one is protected, also where its other groups are not.
//!
//! What raises a record gives it its referential, and says whether the data are private: a record whose level came from
//! nowhere would show that it is a neighbour.
//!
//! Groups travel with the plan as a literal of hashes, so that an executor needs nothing else. Two groups with one hash would be
//! masked as one: too much, never too little.

mod raised;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Int32Type, Schema};
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, lit};
use futures::StreamExt;
use openobs_steps::sensitivity::GROUP_TERMS;
use openobs_steps::{Input, Step};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::event_hierarchy::EventHierarchy;
use crate::identity::ordinal::Ordinals;
use crate::identity::shared::{SharedNames, is_shared_name};
use crate::interpret::{AcrossShards, interpretation, step_column};
use crate::run::{Run, panicked};
use crate::star::{Occurrences, column};
use crate::verbatim::Verbatim;

pub use raised::function;

/// The step whose levels are raised.
pub const STEP: &str = "sensitivity";

/// Columns of the step, in the order in which they are read.
const READ: [&str; 6] = [
    "sensitivityGroups",
    "sensitivityLevel",
    "groupDiffusionLevel",
    "diffusionLevel",
    "privateData",
    "sensitivityReferential",
];
/// Columns of an archive that may name groups; other spellings stand in the attributes of the SINP.
const NAMING: [&str; 3] = ["identifiantRegroupementPermanent", "permidgrp", "dynamicProperties"];

/// How a group is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupLevels {
    /// The strictest sensitivity level.
    pub sensitivity: i32,
    /// The strictest diffusion level.
    pub diffusion: i32,
    /// Whether data in it are private.
    pub private: bool,
    /// The referential of the strictest sensitivity level.
    pub referential: Option<Arc<str>>,
}

impl GroupLevels {
    fn raise(&mut self, other: &Self) {
        if other.sensitivity > self.sensitivity {
            self.referential.clone_from(&other.referential);
        } else if other.sensitivity == self.sensitivity {
            // Of several the first by its letters, whatever the order in which they were met.
            let both = [self.referential.take(), other.referential.clone()];
            self.referential = both.into_iter().flatten().min();
        }
        self.sensitivity = self.sensitivity.max(other.sensitivity);
        self.diffusion = self.diffusion.max(other.diffusion);
        self.private |= other.private;
    }
}

/// The groups of a dataset that have a protected record, with their strictest levels.
#[derive(Debug, Clone)]
pub struct SensitiveGroups(ScalarValue);

impl SensitiveGroups {
    /// Groups by hash.
    ///
    /// # Errors
    /// Never: the columns have the types of their fields.
    pub fn new(groups: HashMap<i64, GroupLevels>) -> Result<Self> {
        let mut groups: Vec<(i64, GroupLevels)> = groups.into_iter().collect();
        groups.sort_unstable();
        let fields = Fields::from(vec![
            Field::new("group", DataType::Int64, false),
            Field::new("sensitivity", DataType::Int32, false),
            Field::new("diffusion", DataType::Int32, false),
            Field::new("private", DataType::Boolean, false),
            Field::new("referential", DataType::Utf8, true),
        ]);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(groups.iter().map(|(group, _)| *group).collect::<Int64Array>()),
            Arc::new(groups.iter().map(|(_, levels)| levels.sensitivity).collect::<Int32Array>()),
            Arc::new(groups.iter().map(|(_, levels)| levels.diffusion).collect::<Int32Array>()),
            Arc::new(groups.iter().map(|(_, levels)| Some(levels.private)).collect::<BooleanArray>()),
            Arc::new(groups.iter().map(|(_, levels)| levels.referential.as_deref()).collect::<StringArray>()),
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
        hierarchy: Option<&Arc<EventHierarchy>>,
        (ordinals, shared): (&[Option<Ordinals>], Option<&Arc<SharedNames>>),
    ) -> Result<Option<SensitiveGroups>> {
        if shared.is_none() && !names_groups(star, occurrences, dataset) {
            return Ok(None);
        }
        let mut tasks = JoinSet::new();
        // With their ordinals records have the keys by which decisions name them.
        for (shard, ordinals) in verbatim.shards.iter().cloned().zip(ordinals.iter().cloned()) {
            let (run, dataset, star) = (Arc::clone(self), dataset.clone(), Arc::clone(star));
            let (occurrences, hierarchy, shared) = (occurrences.clone(), hierarchy.cloned(), shared.cloned());
            tasks.spawn(async move {
                let _slot = run.slot().await?;
                let across = AcrossShards {
                    ordinals: ordinals.as_ref(),
                    hierarchy: hierarchy.as_deref(),
                    shared: shared.as_deref(),
                    groups: None,
                };
                groups_of_shard(&run, &dataset, &shard, &star, &occurrences, across).await
            });
        }
        let mut found = Found::default();
        while let Some(finished) = tasks.join_next().await {
            found.take(finished.map_err(panicked)??);
        }
        let groups = found.spread();
        if groups.is_empty() { Ok(None) } else { SensitiveGroups::new(groups).map(Some) }
    }
}

/// What a pass finds.
#[derive(Debug, Default)]
struct Found {
    /// Groups with a protected record.
    levels: HashMap<i64, GroupLevels>,
    /// Groups of records that share a name, with all that one of them is protected for.
    of_names: HashMap<i64, GroupLevels>,
    /// Pairs of groups that have a record in common, the smaller hash first.
    links: HashSet<(i64, i64)>,
}

impl Found {
    fn take(&mut self, other: Self) {
        other.levels.iter().for_each(|(group, levels)| self.raise(*group, levels));
        other.of_names.iter().for_each(|(group, levels)| self.of_names.entry(*group).or_default().raise(levels));
        self.links.extend(other.links);
    }

    fn raise(&mut self, group: i64, levels: &GroupLevels) {
        self.levels.entry(group).or_default().raise(levels);
    }

    /// The levels of all groups that a protected record reaches.
    fn spread(mut self) -> HashMap<i64, GroupLevels> {
        let mut neighbours: HashMap<i64, Vec<i64>> = HashMap::new();
        for (a, b) in &self.links {
            neighbours.entry(*a).or_default().push(*b);
            neighbours.entry(*b).or_default().push(*a);
        }
        let mut waiting: Vec<i64> = self.levels.keys().copied().collect();
        while let Some(group) = waiting.pop() {
            let levels = self.levels.get(&group).cloned().unwrap_or_default();
            for neighbour in neighbours.get(&group).into_iter().flatten() {
                let before = self.levels.get(neighbour).cloned();
                self.raise(*neighbour, &levels);
                // Levels rise to a handful of values, and referentials fall to the first: this ends.
                if self.levels.get(neighbour) != before.as_ref() {
                    waiting.push(*neighbour);
                }
            }
        }
        for (group, levels) in std::mem::take(&mut self.of_names) {
            self.raise(group, &levels);
        }
        self.levels
    }
}

/// Whether the archive has a column that may name groups.
fn names_groups(star: &Schema, occurrences: &Occurrences, dataset: &Dataset) -> bool {
    // The occurrences of events have the identifier of their event.
    crate::star::is_event(star) || has_column(star, occurrences, dataset, &[&GROUP_TERMS[..], &NAMING].concat())
}

/// Whether occurrences of the archive have one of these terms, whatever stands before its name.
pub(crate) fn has_column(star: &Schema, occurrences: &Occurrences, dataset: &Dataset, terms: &[&str]) -> bool {
    let names = |name: &str| {
        let simple = name.rsplit(['/', '#', ':']).next().unwrap_or(name);
        terms.iter().any(|term| term.eq_ignore_ascii_case(simple))
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
    in_fields(star.fields()) || in_extension || dataset.default_values.keys().any(|name| names(name))
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
    let [named, sensitivity, diffusion, shown, private, referential] = READ.map(|name| batch.column_by_name(name));
    let named = named.and_then(|column| column.as_list_opt::<i32>()).ok_or_else(wrong)?;
    let level = |column: Option<&ArrayRef>| {
        column.and_then(|column| column.as_primitive_opt::<Int32Type>()).cloned().ok_or_else(wrong)
    };
    let (sensitivity, diffusion, shown) = (level(sensitivity)?, level(diffusion)?, level(shown)?);
    let private = private.and_then(|column| column.as_boolean_opt()).ok_or_else(wrong)?;
    let referential = referential.and_then(|column| column.as_string_opt::<i32>()).ok_or_else(wrong)?;
    // A batch has few referentials, mostly one.
    let mut known: Option<Arc<str>> = None;
    for row in 0..batch.num_rows() {
        let is_protected = diffusion.value(row) > 0 || sensitivity.value(row) > 0;
        let is_masked = is_protected || shown.value(row) > 0;
        // Most records are free and in one group: they cost a look.
        if !is_masked && named.value_length(row) < 2 {
            continue;
        }
        let mut levels = GroupLevels {
            sensitivity: sensitivity.value(row),
            diffusion: diffusion.value(row),
            private: private.value(row),
            referential: None,
        };
        if is_masked && referential.is_valid(row) {
            let text = referential.value(row);
            if known.as_deref() != Some(text) {
                known = Some(Arc::from(text));
            }
            levels.referential.clone_from(&known);
        }
        let names = named.value(row);
        let names = names.as_string_opt::<i32>().ok_or_else(wrong)?;
        let hashes: Vec<i64> = names.iter().flatten().map(hash_of).collect();
        for (position, group) in hashes.iter().enumerate() {
            if is_protected {
                found.raise(*group, &levels);
            }
            let others = hashes.get(position + 1..).unwrap_or(&[]).iter().filter(|other| *other != group);
            found.links.extend(others.map(|other| (*group.min(other), *group.max(other))));
        }
        if is_masked {
            levels.diffusion = shown.value(row);
            for name in names.iter().flatten().filter(|name| is_shared_name(name)) {
                found.of_names.entry(hash_of(name)).or_default().raise(&levels);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_a_group_sensitive_makes_those_so_that_share_a_record_with_it() {
        let levels = |sensitivity, diffusion, referential: Option<&str>| GroupLevels {
            sensitivity,
            diffusion,
            private: diffusion > sensitivity,
            referential: referential.map(Arc::from),
        };
        let mut found = Found::default();
        found.raise(1, &levels(2, 2, Some("list b")));
        found.raise(3, &levels(2, 2, Some("list a")));
        found.raise(5, &levels(0, 4, None));
        found.links.extend([(1, 2), (2, 3), (8, 9), (3, 5)]);
        // What is not shown for a reason of its own takes those of its name with it, and no other group.
        found.links.insert((8, 10));
        found.of_names.insert(10, levels(0, 4, None));
        let mut spread: Vec<_> = found.spread().into_iter().collect();
        spread.sort_unstable();
        let all = GroupLevels { private: true, ..levels(2, 4, Some("list a")) };
        let expected: Vec<_> = [1, 2, 3, 5].into_iter().map(|group| (group, all.clone())).collect();
        assert_eq!(spread, [&expected[..], &[(10, levels(0, 4, None))]].concat());
    }

    #[test]
    fn hashes_are_those_of_every_machine() {
        assert_eq!(hash_of("eventID:e1"), hash_of("eventID:e1"));
        assert_ne!(hash_of("eventID:e1"), hash_of("idSINPRegroupement:e1"));
        let expected = Sha256::digest(b"eventID:e1");
        assert_eq!(hash_of("eventID:e1").to_be_bytes(), expected[..8]);
    }
}
