//! The exact rows of an archive in a temporary folder: interpreted columns, verbatim ones, and where each row stands.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type};
use datafusion::prelude::DataFrame;
use futures::StreamExt;
use openobs_dwca::Descriptor;
use tokio::task::JoinSet;

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::event_hierarchy::EventHierarchy;
use crate::interpret::{AcrossShards, interpretation};
use crate::occurrence::OccurrenceTable;
use crate::outputs::parquet::{ParquetFile, Statistics};
use crate::run::Run;
use crate::star::{OccurrenceColumns, Occurrences};

/// Folder of the rows below the temporary one.
pub(super) const FOLDER: &str = "rows";

/// Lines that a file may have: files of one table are numbered, and a place is the number of the file and the line.
pub(super) const LINES_OF_A_FILE: i64 = 1 << 40;

/// What is written.
pub(super) struct ExactRows<'a> {
    dataset: &'a Dataset,
    star: &'a SchemaRef,
    occurrences: &'a Occurrences,
    files: Files,
}

/// Which file a row is in.
#[derive(Debug, Clone)]
enum Files {
    /// The row says it: files of the core with their numbers.
    Named(HashMap<String, i64>),
    /// All rows are in this one, or it is not known.
    Same(Option<String>),
}

impl<'a> ExactRows<'a> {
    /// The rows of an archive.
    pub fn new(
        descriptor: &Descriptor,
        dataset: &'a Dataset,
        star: &'a SchemaRef,
        occurrences: &'a Occurrences,
    ) -> Self {
        let files = match occurrences {
            Occurrences::Extension(name) => {
                let row_type = star.field_with_name(name).ok().and_then(|field| field.metadata().get("rowType"));
                let data =
                    descriptor.extensions.iter().find(|data| Some(data.row_type.uri()) == row_type.map(String::as_str));
                Files::Same(data.and_then(|data| match data.locations.as_slice() {
                    [only] => Some(only.clone()),
                    _ => None,
                }))
            }
            _ => Files::Named(descriptor.core.locations.iter().cloned().zip(0..).collect()),
        };
        Self { dataset, star, occurrences, files }
    }

    /// Interprets all shards and writes their rows. Returns how many there are.
    ///
    /// # Errors
    /// When the plan fails or a file cannot be written.
    pub async fn write(
        &self,
        run: &Arc<Run>,
        shards: &[PathBuf],
        hierarchy: Option<EventHierarchy>,
        folder: &Path,
    ) -> Result<u64> {
        let hierarchy = hierarchy.map(Arc::new);
        let mut tasks = JoinSet::new();
        for (number, shard) in shards.iter().enumerate() {
            let path = folder.join(FOLDER).join(format!("part-{number:05}.parquet"));
            let (run, shard, dataset, star) =
                (Arc::clone(run), shard.clone(), self.dataset.clone(), Arc::clone(self.star));
            let (occurrences, files, hierarchy) = (self.occurrences.clone(), self.files.clone(), hierarchy.clone());
            tasks.spawn(async move {
                let _slot = Arc::clone(&run.slots)
                    .acquire_owned()
                    .await
                    .map_err(|error| Error::bug("the run was closed").caused_by(error))?;
                let plan = {
                    let (session, steps) = (run.sessions.local(), run.sessions.steps());
                    // Keys of its own would hide which records share one: that is what is to be told.
                    let across = AcrossShards { hierarchy: hierarchy.as_deref(), ..AcrossShards::default() };
                    interpretation(&session, steps, &dataset, &shard, &star, &occurrences, across).await?
                };
                write_shard(&run, &dataset, plan, &files, &path).await
            });
        }
        let mut rows = 0;
        while let Some(written) = tasks.join_next().await {
            rows += written.map_err(|error| Error::bug("a task ended before it was done").caused_by(error))??;
        }
        Ok(rows)
    }
}

async fn write_shard(
    run: &Run,
    dataset: &Dataset,
    (frame, columns): (DataFrame, OccurrenceColumns),
    files: &Files,
    path: &Path,
) -> Result<u64> {
    let steps = run.sessions.steps();
    let table = OccurrenceTable::new(steps, &dataset.key, &columns, frame.schema().as_arrow());
    let mut fields = vec![
        Field::new("_place", DataType::Int64, false),
        Field::new("_file", DataType::Utf8, true),
        Field::new("_line", DataType::UInt64, true),
        Field::new("_id", DataType::Utf8, true),
    ];
    fields.extend(table.schema().fields().iter().map(|field| field.as_ref().clone()));
    let schema = Arc::new(Schema::new(fields));
    let mut file = ParquetFile::create(path, Arc::clone(&schema), Statistics::RowGroups)?;
    let mut stream = frame.execute_stream().await?;
    while let Some(plan) = stream.next().await {
        let plan = plan?;
        let exact = table.batch(&plan)?;
        let mut columns = places(&plan, files)?;
        columns.extend(exact.rows().columns().iter().cloned());
        file.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
    }
    Ok(file.finish()?.rows)
}

/// `_place`, `_file`, `_line` and `_id` of a batch of the plan.
fn places(plan: &RecordBatch, files: &Files) -> Result<Vec<ArrayRef>> {
    let column = |name: &str| {
        plan.column_by_name(name).ok_or_else(|| Error::bug(format!("the plan of interpretation has no column {name}")))
    };
    let (line, id) = (column("_line")?, column("_id")?);
    let lines = line.as_primitive_opt::<UInt64Type>().ok_or_else(|| Error::bug("lines are not numbers"))?;
    let line_of =
        |row: usize| if lines.is_valid(row) { i64::try_from(lines.value(row)).unwrap_or_default() } else { 0 };
    let (place, file): (Int64Array, ArrayRef) = match files {
        Files::Same(file) => (
            (0..lines.len()).map(line_of).collect(),
            Arc::new((0..lines.len()).map(|_| file.as_deref()).collect::<StringArray>()),
        ),
        Files::Named(numbers) => {
            let file = column("_file")?;
            let names = file.as_string_opt::<i32>().ok_or_else(|| Error::bug("names of files are not text"))?;
            let number_of = |row: usize| numbers.get(names.value(row)).copied().unwrap_or_default();
            ((0..lines.len()).map(|row| number_of(row) * LINES_OF_A_FILE + line_of(row)).collect(), Arc::clone(file))
        }
    };
    Ok(vec![Arc::new(place), file, Arc::clone(line), Arc::clone(id)])
}
