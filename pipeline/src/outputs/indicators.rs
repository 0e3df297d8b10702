//! Indicators: SQL over the public occurrence table, in two steps.
//!
//! An indicator is a file with two queries. `-- partial` runs over one dataset's masked rows and its result is committed
//! with the dataset; `-- merge` runs over the partial results of all datasets. So a run recomputes only what changed, and
//! a cluster never shuffles. Counts add up; distinct things are kept as keys in the partial and counted in the merge.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::csv::WriterBuilder;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use futures::StreamExt;

use super::parquet::{ParquetFile, Statistics, Written};
use crate::error::{Doing, Error, Result};
use crate::verbatim::read_schema;

/// A declared indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// Name of its files.
    pub name: String,
    /// What it says, for people.
    pub title: String,
    /// Query over `occurrence`, the public rows of one dataset.
    pub partial: String,
    /// Query over `partial`, the results of all datasets.
    pub merge: String,
}

/// The indicators that come with the program.
const OWN: &[(&str, &str)] = &[
    ("summary", include_str!("../../../configs/indicators/summary.sql")),
    ("dataset", include_str!("../../../configs/indicators/dataset.sql")),
    ("taxon", include_str!("../../../configs/indicators/taxon.sql")),
    ("taxon_month", include_str!("../../../configs/indicators/taxon_month.sql")),
    ("taxon_year", include_str!("../../../configs/indicators/taxon_year.sql")),
    ("taxon_department", include_str!("../../../configs/indicators/taxon_department.sql")),
    ("grid_cell", include_str!("../../../configs/indicators/grid_cell.sql")),
    ("group_department", include_str!("../../../configs/indicators/group_department.sql")),
    ("issue", include_str!("../../../configs/indicators/issue.sql")),
];

/// What the `.sql` files of a folder declare, by name: `parse` takes the stem of a file and its text.
///
/// # Errors
/// When a file cannot be read, or `parse` refuses it.
pub fn of_folder<T>(folder: &Path, parse: impl Fn(&str, &str) -> Result<T>) -> Result<Vec<T>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).doing(|| format!("list {}", folder.display()))? {
        let path = entry.doing(|| format!("list {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    files.sort();
    files
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).doing(|| format!("read {}", path.display()))?;
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            parse(&name, &text).map_err(|error| error.context("file", path.display()))
        })
        .collect()
}

impl Indicator {
    /// The indicators of a folder of `.sql` files, or those that come with the program.
    ///
    /// # Errors
    /// When a file cannot be read or does not have the two queries.
    pub fn all(folder: Option<&Path>) -> Result<Vec<Self>> {
        let Some(folder) = folder else {
            return OWN.iter().map(|(name, text)| Self::parse(name, text)).collect();
        };
        of_folder(folder, Self::parse)
    }

    fn parse(name: &str, text: &str) -> Result<Self> {
        let mut indicator =
            Self { name: name.to_owned(), title: name.to_owned(), partial: String::new(), merge: String::new() };
        let mut query: Option<&mut String> = None;
        for line in text.lines() {
            match line.trim() {
                "-- partial" => query = Some(&mut indicator.partial),
                "-- merge" => query = Some(&mut indicator.merge),
                other => {
                    if let Some(title) = other.strip_prefix("-- title:") {
                        indicator.title = title.trim().to_owned();
                    } else if let Some(query) = &mut query {
                        query.push_str(line);
                        query.push('\n');
                    }
                }
            }
        }
        if indicator.partial.trim().is_empty() || indicator.merge.trim().is_empty() {
            return Err(Error::usage(format!("the indicator {name} lacks a query"))
                .remedy("write one after a line `-- partial` and one after a line `-- merge`"));
        }
        Ok(indicator)
    }

    /// Computes the partial result of one dataset, whose table `occurrence` the session knows.
    ///
    /// # Errors
    /// When the query is wrong or a file cannot be written.
    pub async fn write_partial(&self, session: &SessionContext, folder: &Path) -> Result<Written> {
        let frame = session.sql(&self.partial).await.map_err(|error| self.wrong(error))?;
        let path = folder.join(format!("{}.parquet", self.name));
        write_parquet(frame.execute_stream().await?, &path).await
    }

    /// Merges the partial results of all datasets into `<folder>/<name>.parquet` and `.csv`.
    ///
    /// # Errors
    /// When the query is wrong or a file cannot be written.
    pub async fn merge(&self, session: &SessionContext, partials: &[PathBuf], folder: &Path) -> Result<Option<u64>> {
        if partials.is_empty() {
            return Ok(None);
        }
        let paths: Vec<String> = partials.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let partial = session.read_parquet(paths, ParquetReadOptions::default()).await?;
        session.deregister_table("partial")?;
        session.register_table("partial", partial.into_view())?;
        let frame = session.sql(&self.merge).await.map_err(|error| self.wrong(error))?;
        let path = folder.join(format!("{}.parquet", self.name));
        let written = write_parquet(frame.execute_stream().await?, &path).await?;
        write_csv(&path)?;
        Ok(Some(written.rows))
    }

    fn wrong(&self, error: datafusion::error::DataFusionError) -> Error {
        Error::from(error).context("indicator", &self.name)
    }
}

/// Writes the rows of a stream as a Parquet file without statistics.
///
/// # Errors
/// When the query fails or the disk is full.
pub async fn write_parquet(mut stream: SendableRecordBatchStream, path: &Path) -> Result<Written> {
    let mut file = ParquetFile::create(path, stream.schema(), Statistics::None)?;
    while let Some(batch) = stream.next().await {
        file.write(&batch?)?;
    }
    file.finish()
}

/// Writes the same table as CSV beside a Parquet file.
///
/// # Errors
/// When the file cannot be read, or the disk is full.
pub fn write_csv(parquet: &Path) -> Result<()> {
    let path = parquet.with_extension("csv");
    let file = crate::modes::create_file(&path).doing(|| format!("write {}", path.display()))?;
    let mut writer = WriterBuilder::new().with_header(true).build(std::io::BufWriter::new(file));
    // A table without rows has its header all the same.
    writer.write(&RecordBatch::new_empty(read_schema(parquet)?))?;
    super::occurrence::for_each_batch(parquet, |batch| Ok(writer.write(&batch)?))
}

/// Registers the public rows of one dataset as `occurrence`.
///
/// # Errors
/// When a file cannot be opened.
pub async fn register_occurrence(
    session: &SessionContext,
    files: &[PathBuf],
    schema: &Arc<arrow::datatypes::Schema>,
) -> Result<()> {
    let paths: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let frame = session.read_parquet(paths, ParquetReadOptions::default().schema(schema)).await?;
    session.register_table("occurrence", frame.into_view())?;
    Ok(())
}
