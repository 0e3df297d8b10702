//! Questions to the tables of an archive.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, UInt64Type};
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use super::report::Sample;
use crate::error::Result;

/// Rows shown of each finding.
pub(super) const SAMPLES: usize = 5;
/// Characters shown of a value.
const SHOWN: usize = 200;

/// A name in SQL, whatever is in it.
pub(super) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in SQL.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A condition that a column has a value.
pub(super) fn filled(column: &str) -> String {
    format!("nullif(btrim({}), '') IS NOT NULL", name(column))
}

/// A value as it is shown: cut when it is long.
pub(super) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

/// Calls `each` with the batches of an answer.
pub(super) async fn each_batch(
    session: &SessionContext,
    query: &str,
    mut each: impl FnMut(&RecordBatch) -> Result<()>,
) -> Result<()> {
    let mut stream = session.sql(query).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        each(&batch?)?;
    }
    Ok(())
}

/// The numbers of the only row of an answer; none stands for null.
pub(super) async fn numbers(session: &SessionContext, query: &str) -> Result<Vec<u64>> {
    let mut numbers = Vec::new();
    each_batch(session, query, |batch| {
        if batch.num_rows() > 0 {
            numbers = batch.columns().iter().map(|column| number(column, 0).unwrap_or_default()).collect();
        }
        Ok(())
    })
    .await?;
    Ok(numbers)
}

/// A count, a line or a place of a batch.
pub(super) fn number(column: &dyn Array, row: usize) -> Option<u64> {
    if column.is_null(row) {
        return None;
    }
    let signed = column.as_primitive_opt::<Int64Type>().map(|column| column.value(row).unsigned_abs());
    signed.or_else(|| column.as_primitive_opt::<UInt64Type>().map(|column| column.value(row)))
}

/// A text of a batch.
pub(super) fn string(column: &dyn Array, row: usize) -> Option<&str> {
    column.as_string_opt::<i32>().filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

/// The first rows of a table that meet a condition, in the order of the archive.
///
/// `columns` are shown, under names without the prefix of verbatim columns. The table has `_place`, `_file`, `_line`, `_id`.
pub(super) async fn samples(
    session: &SessionContext,
    table: &str,
    columns: &[String],
    condition: &str,
) -> Result<Vec<Sample>> {
    let list: String = columns.iter().map(|column| format!(", {}", name(column))).collect();
    let query = format!(
        "SELECT \"_file\", \"_line\", \"_id\"{list} FROM {table} WHERE {condition} ORDER BY \"_place\", \"_id\" LIMIT {SAMPLES}"
    );
    let mut samples = Vec::new();
    each_batch(session, &query, |batch| {
        for row in 0..batch.num_rows() {
            let values: BTreeMap<String, String> = columns
                .iter()
                .zip(batch.columns().iter().skip(3))
                .filter_map(|(column, values)| {
                    let value = string(values, row).filter(|value| !value.trim().is_empty())?;
                    Some((column.strip_prefix("v_").unwrap_or(column).to_owned(), shown(value)))
                })
                .collect();
            samples.push(Sample {
                file: string(batch.column(0), row).map(str::to_owned),
                line: number(batch.column(1), row),
                id: string(batch.column(2), row).map(shown),
                values,
            });
        }
        Ok(())
    })
    .await?;
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_of_an_archive_stay_what_they_are() {
        assert_eq!(name("a\"; DROP TABLE x"), "\"a\"\"; DROP TABLE x\"");
        assert_eq!(text("l'Aude"), "'l''Aude'");
        assert_eq!(shown(&"é".repeat(300)).chars().count(), SHOWN + 1);
        assert_eq!(shown("court"), "court");
    }
}
