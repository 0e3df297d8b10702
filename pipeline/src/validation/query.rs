//! Questions to the tables of an archive.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, UInt64Type};
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use super::report::Sample;
use crate::error::{Error, ErrorKind, Result};

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
    // The questions are ours: one that cannot be planned is no mistake of the user.
    let failed = |error| {
        let error = Error::from(error);
        if error.kind() == ErrorKind::Usage {
            Error::bug("an archive cannot be questioned").caused_by(error)
        } else {
            error
        }
    };
    let mut stream = session.sql(query).await.map_err(failed)?.execute_stream().await.map_err(failed)?;
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
    samples_of_any(session, table, columns, &[condition]).await
}

/// The first rows that meet one of some conditions, of which no row meets two.
pub(super) async fn samples_of_any(
    session: &SessionContext,
    table: &str,
    columns: &[String],
    conditions: &[&str],
) -> Result<Vec<Sample>> {
    let order = format!("ORDER BY \"_place\", \"_id\" LIMIT {SAMPLES}");
    let mut found = Vec::new();
    for condition in conditions {
        found.extend(rows(session, table, columns, condition, &order).await?);
    }
    Ok(first(found))
}

/// The rows of a table at some places, of which there are few.
pub(super) async fn samples_at(
    session: &SessionContext,
    table: &str,
    columns: &[String],
    places: impl IntoIterator<Item = u64>,
) -> Result<Vec<Sample>> {
    let places: Vec<String> = places.into_iter().map(|place| place.to_string()).collect();
    let condition = format!("\"_place\" IN ({})", places.join(", "));
    // They are put in order here: a sort by what the condition makes constant confuses the planner.
    Ok(first(rows(session, table, columns, &condition, "").await?))
}

/// The first of some rows.
fn first(mut rows: Vec<(u64, Sample)>) -> Vec<Sample> {
    rows.sort_by(|(a, of_a), (b, of_b)| (a, &of_a.id).cmp(&(b, &of_b.id)));
    rows.truncate(SAMPLES);
    rows.into_iter().map(|(_, sample)| sample).collect()
}

/// Rows that meet a condition, with their places.
async fn rows(
    session: &SessionContext,
    table: &str,
    columns: &[String],
    condition: &str,
    order: &str,
) -> Result<Vec<(u64, Sample)>> {
    let list: String = columns.iter().map(|column| format!(", {}", name(column))).collect();
    let query =
        format!("SELECT \"_file\", \"_line\", \"_id\", \"_place\"{list} FROM {table} WHERE {condition} {order}");
    let mut samples = Vec::new();
    each_batch(session, &query, |batch| {
        for row in 0..batch.num_rows() {
            let values: BTreeMap<String, String> = columns
                .iter()
                .zip(batch.columns().iter().skip(4))
                .filter_map(|(column, values)| {
                    let value = string(values, row).filter(|value| !value.trim().is_empty())?;
                    Some((column.strip_prefix("v_").unwrap_or(column).to_owned(), shown(value)))
                })
                .collect();
            let sample = Sample {
                file: string(batch.column(0), row).map(str::to_owned),
                line: number(batch.column(1), row),
                id: string(batch.column(2), row).map(shown),
                values,
            };
            samples.push((number(batch.column(3), row).unwrap_or_default(), sample));
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
