//! `openobs sql`: questions to every table under `--out`; steps are functions.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::csv::WriterBuilder;
use arrow::json::LineDelimitedWriter;
use arrow::util::pretty::pretty_format_batches;
use futures::StreamExt;

use super::run::prepare;
use super::{Status, existing_layout, layout, settings, text_of_column};
use crate::cli::{Global, SqlArguments, TableFormat};
use crate::error::{Doing, Result};
use crate::tables;

/// Answers a query.
///
/// # Errors
/// When the query is not valid or a table cannot be read.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub async fn sql(arguments: &SqlArguments, global: &Global) -> Result<Status> {
    let settings = settings(global, None)?;
    let (layout, has_tables) = match &arguments.out {
        Some(out) => (existing_layout(out)?, true),
        None => (layout(".")?, false),
    };
    let threads = settings.threads();
    let run = prepare(settings, layout)?;
    let session = run.sessions.interactive(threads);
    if has_tables {
        tables::register(&session, &run.layout).await?;
    }
    let frame = session.sql(&arguments.query).await?;
    let schema = Arc::clone(frame.schema().inner());
    let mut stream = frame.execute_stream().await?;
    let format = if global.json { TableFormat::Json } else { arguments.format };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let doing = || "print the result";
    match format {
        TableFormat::Table => {
            let mut batches = vec![RecordBatch::new_empty(schema)];
            while let Some(batch) = stream.next().await {
                batches.push(batch?);
            }
            drop(out);
            println!("{}", pretty_format_batches(&batches)?);
        }
        TableFormat::Csv => {
            let mut writer = WriterBuilder::new().with_header(true).build(&mut out);
            while let Some(batch) = stream.next().await {
                writer.write(&without_nesting(&batch?)?)?;
            }
        }
        TableFormat::Json => {
            let mut writer = LineDelimitedWriter::new(&mut out);
            while let Some(batch) = stream.next().await {
                writer.write(&batch?)?;
            }
            writer.finish()?;
            drop(writer);
            std::io::Write::flush(&mut out).doing(doing)?;
        }
    }
    Ok(Status::Done)
}

/// The batch with lists and structs as text: a delimited file has no place for them.
fn without_nesting(batch: &RecordBatch) -> Result<RecordBatch> {
    let columns = batch.schema_ref().fields().iter().zip(batch.columns()).map(|(field, column)| {
        Ok(match column.data_type().is_nested() {
            true => (field.name(), Arc::new(text_of_column(column)?) as ArrayRef),
            false => (field.name(), Arc::clone(column)),
        })
    });
    Ok(RecordBatch::try_from_iter(columns.collect::<Result<Vec<_>>>()?)?)
}
