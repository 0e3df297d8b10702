//! The parent events of a dataset, gathered before its records are interpreted.
//!
//! A shard holds a part of the events, but what a record lacks may stand anywhere in the dataset. Two passes over the
//! verbatim tables, each over the few columns that it needs, find the events that others name as their parent, with what
//! they can hand down: mostly a small part of all events. They are written to one file beside the staged attempt, which a plan
//! names by path and hash, so that an executor elsewhere reads the same ([`crate::event_inheritance`]).
//!
//! A dataset whose core has no `parentEventID` pays nothing, one in which it is blank the reading of one column. Memory is
//! bounded by `archive.parent_event_bytes`; a dataset that needs more fails by itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray, UInt64Array};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type};
use hashbrown::HashMap;
use openobs_steps::event::ParentEvents;
use openobs_steps::event::groups;
use openobs_steps::verbatim::Text;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::commit::{EventCounts, sha256_file};
use crate::error::{Doing, Error, Result};
use crate::outputs::parquet::{ParquetFile, Statistics};
use crate::session::BATCH_ROWS;
use crate::star::{is_event, term_names};

/// Columns of the file, before the terms.
const ID: &str = "id";
const PARENT: &str = "parent";
/// What an entry of a hash table costs beside its text.
const ENTRY_BYTES: u64 = 64;
/// How many lines a message names.
const LINES: usize = 5;

/// The parent events of one dataset.
#[derive(Debug, Clone)]
pub struct EventHierarchy {
    /// The file that holds them.
    pub path: PathBuf,
    /// Its hash.
    pub sha256: String,
    /// What it holds.
    pub parents: Arc<ParentEvents>,
    /// How many there are, and what is wrong with them.
    pub counts: EventCounts,
    /// What is wrong with them, for people. Lines alone: the ids of events may not be public.
    pub warnings: Vec<String>,
}

/// Gathers the parent events of the shards of a dataset into `file`.
///
/// `None` for anything but an event core in which at least one event names a parent. `limit` is the number of bytes that may be
/// held.
///
/// # Errors
/// When a file cannot be read or written, or more than `limit` would have to be held.
pub fn gather(shards: &[PathBuf], star: &Schema, file: &Path, limit: u64) -> Result<Option<EventHierarchy>> {
    let terms = term_names(star.fields());
    if !is_event(star) || !terms.contains(&"parentEventID") {
        return Ok(None);
    }
    let children = children(shards, limit)?;
    if children.0.is_empty() {
        return Ok(None);
    }
    let inherited: Vec<&str> = groups::terms().filter(|term| terms.contains(term)).collect();
    let rows = parents(shards, &children, &inherited, terms.contains(&"eventID"), limit)?;
    let mut written = ParquetFile::create(file, rows.schema(), Statistics::RowGroups)?;
    written.write(&rows)?;
    written.finish()?;
    let parents = table_of(&rows);
    let (counts, warnings) = children.account(&parents);
    Ok(Some(EventHierarchy {
        path: file.to_owned(),
        sha256: sha256_file(file)?,
        parents: Arc::new(parents),
        counts,
        warnings,
    }))
}

/// Reads a file that [`gather`] wrote.
///
/// # Errors
/// When it cannot be read, or is not the one that was meant.
pub fn load(path: &Path, sha256: &str) -> Result<ParentEvents> {
    if sha256_file(path)? != sha256 {
        return Err(Error::environment(
            format!("interpret events with {}", path.display()),
            "its content is not what it was when the dataset was read",
        ));
    }
    let file = File::open(path).doing(|| format!("read {}", path.display()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let schema = Arc::clone(builder.schema());
    let batches = builder.with_batch_size(BATCH_ROWS).build()?.collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(table_of(&concat_batches(&schema, &batches)?))
}

fn table_of(rows: &RecordBatch) -> ParentEvents {
    let text = |name: &str| text_column(rows, name);
    let schema = rows.schema();
    let terms = schema.fields().iter().map(|field| field.name()).filter(|name| *name != ID && *name != PARENT);
    ParentEvents::new(text(ID), &text(PARENT), terms.map(|term| (term.clone(), text(term))).collect())
}

/// A column as text; nothing where there is no such column.
fn text_column(rows: &RecordBatch, name: &str) -> StringArray {
    let column = rows.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    column.cloned().unwrap_or_else(|| StringArray::new_null(rows.num_rows()))
}

/// Calls `each` with some columns of every shard, in order.
fn for_each_batch(
    shards: &[PathBuf],
    columns: &[&str],
    mut each: impl FnMut(&RecordBatch) -> Result<()>,
) -> Result<()> {
    for shard in shards {
        let file = File::open(shard).doing(|| format!("read {}", shard.display()))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
        let fields = builder.schema().fields().iter().enumerate();
        let wanted: Vec<usize> =
            fields.filter(|(_, field)| columns.contains(&field.name().as_str())).map(|(root, _)| root).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
        for batch in builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()? {
            each(&batch?)?;
        }
    }
    Ok(())
}

/// The ids that events name as their parent.
struct Children(HashMap<String, Child, RandomState>);

/// The events that name one parent.
struct Child {
    events: u64,
    first_line: u64,
}

fn children(shards: &[PathBuf], limit: u64) -> Result<Children> {
    let mut children = HashMap::with_hasher(RandomState::with_seeds(2, 4, 6, 8));
    let mut bytes = 0;
    for_each_batch(shards, &["parentEventID", "_line"], |batch| {
        let column = text_column(batch, "parentEventID");
        let lines = batch.column_by_name("_line").and_then(|lines| lines.as_primitive_opt::<UInt64Type>());
        let parents = Text::new(Some(&column));
        for row in 0..batch.num_rows() {
            let Some(parent) = parents.value(row) else { continue };
            let child = children.entry_ref(parent).or_insert_with(|| {
                bytes += parent.len() as u64 + ENTRY_BYTES;
                Child { events: 0, first_line: lines.map_or(0, |lines: &UInt64Array| lines.value(row)) }
            });
            child.events += 1;
        }
        within(bytes, limit)
    })?;
    Ok(Children(children))
}

/// The rows of the parents: the first of each id.
fn parents(
    shards: &[PathBuf],
    children: &Children,
    terms: &[&str],
    has_event_id: bool,
    limit: u64,
) -> Result<RecordBatch> {
    let mut columns = vec!["_id", "eventID", "parentEventID"];
    columns.extend(terms);
    let fields = [ID, PARENT].into_iter().chain(terms.iter().copied());
    let schema: SchemaRef =
        Arc::new(Schema::new(fields.map(|name| Field::new(name, DataType::Utf8, true)).collect::<Vec<_>>()));
    let mut seen: hashbrown::HashSet<&str, RandomState> =
        hashbrown::HashSet::with_hasher(RandomState::with_seeds(2, 4, 6, 8));
    let mut kept = Vec::new();
    let mut bytes = children.0.keys().map(|id| id.len() as u64 + ENTRY_BYTES).sum();
    for_each_batch(shards, &columns, |batch| {
        let ids = event_ids(batch, has_event_id);
        let ids_as_text = Text::new(Some(&ids));
        let wanted: BooleanArray = (0..batch.num_rows())
            .map(|row| {
                let known = ids_as_text.value(row).and_then(|id| children.0.get_key_value(id));
                Some(known.is_some_and(|(id, _)| seen.insert(id)))
            })
            .collect();
        if wanted.true_count() > 0 {
            let mut arrays: Vec<ArrayRef> = vec![Arc::new(ids.clone()), Arc::new(text_column(batch, "parentEventID"))];
            arrays.extend(terms.iter().map(|term| Arc::new(text_column(batch, term)) as ArrayRef));
            let rows = filter_record_batch(&RecordBatch::try_new(Arc::clone(&schema), arrays)?, &wanted)?;
            bytes += rows.get_array_memory_size() as u64;
            kept.push(rows);
        }
        within(bytes, limit)
    })?;
    Ok(concat_batches(&schema, &kept)?)
}

/// The ids of the events of a batch: `eventID`, where it is blank the id of the row in the core.
fn event_ids(batch: &RecordBatch, has_event_id: bool) -> StringArray {
    let core = text_column(batch, "_id");
    if !has_event_id {
        return core;
    }
    let own = text_column(batch, "eventID");
    let (own, core) = (Text::new(Some(&own)), Text::new(Some(&core)));
    (0..batch.num_rows()).map(|row| own.value(row).or_else(|| core.value(row))).collect()
}

fn within(bytes: u64, limit: u64) -> Result<()> {
    if bytes <= limit {
        return Ok(());
    }
    Err(Error::data(format!("the parent events of the dataset take more than {limit} bytes of memory"))
        .remedy("raise archive.parent_event_bytes"))
}

impl Children {
    /// How many events hang where, and what people should look at.
    fn account(&self, parents: &ParentEvents) -> (EventCounts, Vec<String>) {
        let mut counts = EventCounts { parents: parents.len() as u64, ..EventCounts::default() };
        let mut endless: Vec<u64> = Vec::new();
        let mut missing: Vec<u64> = Vec::new();
        for (id, child) in &self.0 {
            counts.with_parent += child.events;
            if !parents.contains(id) {
                counts.parent_not_found += child.events;
                missing.push(child.first_line);
            } else if parents.is_endless(id) {
                counts.infinite_lineage += child.events;
                endless.push(child.first_line);
            }
        }
        let mut warnings = Vec::new();
        for (events, mut lines, what) in [
            (counts.infinite_lineage, endless, "are their own ancestors or stand below such events"),
            (counts.parent_not_found, missing, "name a parent that is not in the archive"),
        ] {
            if events > 0 {
                lines.sort_unstable();
                let lines: Vec<String> = lines.iter().take(LINES).map(u64::to_string).collect();
                let lines = lines.join(", ");
                warnings.push(format!("events that {what}: {events}, the first in these lines of the core: {lines}"));
            }
        }
        (counts, warnings)
    }
}

#[cfg(test)]
mod tests;
