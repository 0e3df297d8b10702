//! The tables of an archive, as SQL sees them: the core, each extension, rows in quarantine, exact rows of occurrences.
//!
//! Each has `_place`, which orders its rows as they stand in the archive, `_file`, `_line` and `_id`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, Fields, SchemaRef};
use datafusion::common::UnnestOptions;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use futures::StreamExt;
use openobs_dwca::{Archive, DataFile, Term, Warning, WarningKind};

use super::finding::{Findings, finding};
use super::query::{each_batch, name, number, samples, shown, string, text};
use super::report::{Finding, Sample};
use super::rows::{FOLDER, LINES_OF_A_FILE};
use super::{parquet_files, query};
use crate::error::{Error, Result};
use crate::layout::Product;
use crate::outputs::parquet::{ParquetFile, Statistics};
use crate::run::Run;
use crate::star::{OCCURRENCE, column};
use crate::verbatim::Verbatim;

/// Name of the core's table.
const CORE: &str = "core";
/// Name of the table of exact rows.
pub(super) const OCCURRENCES: &str = "occurrence";

/// The tables of an archive.
pub(super) struct Tables {
    /// Knows them.
    pub session: SessionContext,
    /// The core, then the extensions.
    pub tables: Vec<Table>,
    has_quarantine: bool,
}

/// The rows of one row type.
pub(super) struct Table {
    /// Its name in the session.
    pub name: String,
    /// Its files.
    pub data: DataFile,
    /// Mapped terms.
    pub columns: Vec<MappedTerm>,
    /// Rows that were read and joined.
    pub rows: u64,
    /// Rows in quarantine.
    pub quarantined: u64,
}

/// A column and the term it has.
#[derive(Debug, Clone)]
pub(super) struct MappedTerm {
    /// Name of the column.
    pub column: String,
    /// The term.
    pub term: Term,
}

/// The table of exact rows.
pub(super) struct Exact {
    /// Rows.
    pub rows: u64,
    columns: BTreeMap<String, DataType>,
}

impl Exact {
    /// Whether it has a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The type of a column.
    pub fn type_of(&self, column: &str) -> Option<&DataType> {
        self.columns.get(column)
    }
}

impl Table {
    /// Whether its rows are occurrences.
    pub fn has_occurrences(&self) -> bool {
        OCCURRENCE.contains(&self.data.row_type.uri())
    }
}

impl Tables {
    /// Makes the tables of an archive that was read into a folder.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub async fn register(run: &Run, archive: &Archive, verbatim: &Verbatim, folder: &Path) -> Result<Self> {
        let session = run.sessions.interactive(run.settings.threads());
        let star = verbatim.schema.clone().ok_or_else(|| Error::bug("a verbatim table has no schema"))?;
        let shards: Vec<String> = verbatim.shards.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let frame = session.read_parquet(shards, ParquetReadOptions::default().schema(&star)).await?;
        session.register_table("star", frame.into_view())?;
        let descriptor = archive.descriptor();
        let place = place(&descriptor.core.locations);
        let core = session.sql(&format!("SELECT {place} AS \"_place\", * FROM star")).await?;
        session.register_table(CORE, core.into_view())?;
        let counts = &verbatim.counts;
        let mut tables = vec![Table {
            name: CORE.to_owned(),
            columns: mapped(star.fields()),
            data: descriptor.core.clone(),
            rows: counts.core.kept,
            quarantined: counts.core.quarantined,
        }];
        for (position, (data, counts)) in descriptor.extensions.iter().zip(&counts.extensions).enumerate() {
            let name = format!("extension_{position}");
            let path = folder.join(format!("{name}.parquet"));
            let columns = write_extension(&session, &star, &counts.name, data, &path).await?;
            session.register_parquet(&name, path.to_string_lossy(), ParquetReadOptions::default()).await?;
            tables.push(Table {
                name,
                data: data.clone(),
                columns,
                rows: counts.file.kept,
                quarantined: counts.file.quarantined,
            });
        }
        let quarantine = parquet_files(&folder.join(Product::Quarantine.dataset_folder(&verbatim.dataset_key)))?;
        for path in &quarantine {
            session.register_parquet("quarantine", path.to_string_lossy(), ParquetReadOptions::default()).await?;
        }
        Ok(Self { session, tables, has_quarantine: !quarantine.is_empty() })
    }

    /// Makes the table of exact rows, which were written below a folder.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn register_exact(&self, folder: &Path, rows: u64) -> Result<Exact> {
        let files = parquet_files(&folder.join(FOLDER))?;
        let paths: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let frame = self.session.read_parquet(paths, ParquetReadOptions::default()).await?;
        let columns = frame.schema().fields().iter().map(|field| (field.name().clone(), field.data_type().clone()));
        let exact = Exact { rows, columns: columns.collect() };
        self.session.register_table(OCCURRENCES, frame.into_view())?;
        Ok(exact)
    }

    /// Adds what the reader found odd.
    ///
    /// # Errors
    /// When a query fails.
    pub async fn add_warnings(&self, warnings: impl Iterator<Item = &Warning>, findings: &mut Findings) -> Result<()> {
        // Rows that belong to no record are told from quarantine, with their text.
        for warning in warnings.filter(|warning| warning.kind != WarningKind::Orphans) {
            let samples = self.samples_of(warning).await?;
            findings.push(Finding {
                remedy: warning.remedy.clone(),
                count: warning.count,
                file: warning.file.clone(),
                line: warning.line.or_else(|| samples.first().and_then(|sample| sample.line)),
                samples,
                ..finding(warning.kind.code(), warning.what.clone())
            });
        }
        Ok(())
    }

    async fn samples_of(&self, warning: &Warning) -> Result<Vec<Sample>> {
        let condition = match warning.kind {
            WarningKind::MissingIds => "\"_id\" IS NULL".to_owned(),
            WarningKind::DuplicatedIds => format!(
                "\"_id\" IN (SELECT \"_id\" FROM {CORE} WHERE \"_id\" IS NOT NULL GROUP BY \"_id\" HAVING count(*) > 1)"
            ),
            _ if warning.lines.is_empty() => return Ok(Vec::new()),
            _ => {
                let lines: Vec<String> = warning.lines.iter().map(ToString::to_string).collect();
                format!("\"_line\" IN ({})", lines.join(", "))
            }
        };
        let Some(file) = &warning.file else { return Ok(Vec::new()) };
        let Some(table) = self.tables.iter().find(|table| table.data.locations.contains(file)) else {
            return Ok(Vec::new());
        };
        let condition = match table.data.locations.len() {
            1 => condition,
            _ if warning.lines.is_empty() => condition,
            _ => format!("{condition} AND \"_file\" = {}", text(file)),
        };
        samples(&self.session, &table.name, &[], &condition).await
    }

    /// Adds the rows that could not be used, by file and reason.
    ///
    /// # Errors
    /// When a query fails.
    pub async fn add_quarantined(&self, findings: &mut Findings) -> Result<()> {
        if !self.has_quarantine {
            return Ok(());
        }
        let mut groups = Vec::new();
        let query = "SELECT file, code, count(*) AS n FROM quarantine GROUP BY file, code ORDER BY file, code";
        each_batch(&self.session, query, |batch| {
            for row in 0..batch.num_rows() {
                let cell = |column: usize| string(batch.column(column), row).unwrap_or_default().to_owned();
                groups.push((cell(0), cell(1), number(batch.column(2), row).unwrap_or_default()));
            }
            Ok(())
        })
        .await?;
        for (file, reason, count) in groups {
            let (samples, message) = self.quarantined_rows(&file, &reason).await?;
            let code = match reason.as_str() {
                "ORPHAN" | "BLANK_CORE_ID" => "RECORD_REFERENTIAL_INTEGRITY_VIOLATION",
                _ => "UNREADABLE_SECTION_ERROR",
            };
            let message = match reason.as_str() {
                "ORPHAN" => "rows belong to no core record".to_owned(),
                "BLANK_CORE_ID" => "rows do not say which core record they belong to".to_owned(),
                _ => message,
            };
            findings.push(Finding {
                count,
                line: samples.first().and_then(|sample| sample.line),
                file: Some(file),
                samples,
                ..finding(code, message)
            });
        }
        Ok(())
    }

    /// The first rows of a file that are in quarantine for a reason, and the reason of the first.
    async fn quarantined_rows(&self, file: &str, reason: &str) -> Result<(Vec<Sample>, String)> {
        let query = format!(
            "SELECT line, reason, text FROM quarantine WHERE file = {} AND code = {} ORDER BY line LIMIT {}",
            text(file),
            text(reason),
            query::SAMPLES
        );
        let (mut samples, mut first) = (Vec::new(), None);
        each_batch(&self.session, &query, |batch| {
            for row in 0..batch.num_rows() {
                let cell = |column: usize| string(batch.column(column), row).unwrap_or_default();
                first.get_or_insert_with(|| cell(1).split(';').next().unwrap_or_default().to_owned());
                samples.push(Sample {
                    file: Some(file.to_owned()),
                    line: number(batch.column(0), row),
                    id: None,
                    values: BTreeMap::from([("row".to_owned(), shown(cell(2)))]),
                });
            }
            Ok(())
        })
        .await?;
        Ok((samples, first.unwrap_or_default()))
    }
}

/// The place of a core row: the number of its file and its line.
fn place(files: &[String]) -> String {
    let line = "CAST(\"_line\" AS BIGINT)";
    if files.len() < 2 {
        return line.to_owned();
    }
    let cases = files.iter().enumerate().map(|(number, file)| format!(" WHEN {} THEN {number}", text(file)));
    format!("CASE \"_file\"{} ELSE 0 END * CAST({LINES_OF_A_FILE} AS BIGINT) + {line}", cases.collect::<String>())
}

/// Columns of terms among fields.
fn mapped(fields: &Fields) -> Vec<MappedTerm> {
    fields
        .iter()
        .filter(|field| field.data_type() == &DataType::Utf8)
        .filter_map(|field| {
            let term = field.metadata().get("term")?;
            Some(MappedTerm { column: field.name().clone(), term: Term::resolve(term) })
        })
        .collect()
}

/// Writes the rows of an extension as a table of their own, so that each question reads the columns it needs.
async fn write_extension(
    session: &SessionContext,
    star: &SchemaRef,
    extension: &str,
    data: &DataFile,
    path: &Path,
) -> Result<Vec<MappedTerm>> {
    let item = match star.field_with_name(extension)?.data_type() {
        DataType::List(item) => Arc::clone(item),
        _ => return Err(Error::bug("an extension is not a list")),
    };
    let DataType::Struct(fields) = item.data_type() else { return Err(Error::bug("an extension is not of structs")) };
    let columns = mapped(fields);
    let field = |name: &str| get_field(column(extension), name);
    let file: Expr = match data.locations.as_slice() {
        [only] => lit(only.as_str()),
        _ => lit(datafusion::common::ScalarValue::Utf8(None)),
    };
    let mut projection = vec![
        datafusion::logical_expr::cast(field("_line"), DataType::Int64).alias("_place"),
        file.alias("_file"),
        field("_line").alias("_line"),
        column("_id"),
    ];
    projection.extend(columns.iter().map(|term| field(&term.column).alias(&term.column)));
    let rows = session
        .table("star")
        .await?
        .select(vec![column("_id"), column(extension)])?
        .unnest_columns_with_options(&[&name(extension)], UnnestOptions::new().with_preserve_nulls(false))?
        .select(projection)?;
    let mut stream = rows.execute_stream().await?;
    let mut file = ParquetFile::create(path, stream.schema(), Statistics::None)?;
    while let Some(batch) = stream.next().await {
        file.write(&batch?)?;
    }
    file.finish()?;
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_table_are_numbered() {
        assert_eq!(place(&["a.txt".to_owned()]), "CAST(\"_line\" AS BIGINT)");
        assert!(place(&["a".to_owned(), "l'b".to_owned()]).contains("WHEN 'l''b' THEN 1 ELSE 0 END"));
    }
}
