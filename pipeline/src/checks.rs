//! Checks over the records of all datasets together: what no single record and no single dataset can show.
//!
//! A check is a file of queries over `occurrence`: the exact row of every record, withheld ones included. So its results are
//! exact data, and stand in `restricted/checks`. A file may build up its answer in tables, each of which is written down
//! before the next is made: memory stays bounded, and nothing is computed twice.
//!
//! ```text
//! -- title: what it finds, for people
//! -- table NAME      a query whose rows later queries know under NAME; any number of them
//! -- count NAME      a query of one number, which goes into the report
//! -- result          the query of the rows that are found; it must order them fully
//! ```
//!
//! `$minimum_sample`, `$bucket_rows`, `$near_metres`, `$far_metres` and `$days_apart` stand for the settings of `[checks]`.
//! A query gives the same rows whatever the number of threads: sums are of whole numbers, and windows have an order.
//!
//! What the engine says of a query that fails over the rows may quote a value of one of them, so it is written to
//! `restricted/checks/<name>.error.txt`; messages say which check failed, and no more.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use datafusion::prelude::{ParquetReadOptions, SessionContext};
use serde::{Deserialize, Serialize};

use crate::commit::{self, Manifest};
use crate::error::{Doing, Error, ErrorKind, Result};
use crate::layout::Product;
use crate::modes::create_file;
use crate::outputs::indicators::{of_folder, write_csv, write_parquet};
use crate::run::Run;
use crate::settings::Checks as Settings;
use crate::tables;

/// The checks that come with the program.
const OWN: &[(&str, &str)] = &[
    ("uniqueness", include_str!("../../configs/checks/uniqueness.sql")),
    ("clusters", include_str!("../../configs/checks/clusters.sql")),
    ("outliers", include_str!("../../configs/checks/outliers.sql")),
    ("lone_in_department", include_str!("../../configs/checks/lone_in_department.sql")),
];

/// A declared check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Name of its files.
    pub name: String,
    /// What it finds, for people.
    pub title: String,
    queries: Vec<(Part, String)>,
}

/// What becomes of the answer to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Table(String),
    Count(String),
    Result,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// What it finds.
    pub title: String,
    /// Rows of its result.
    pub rows: u64,
    /// Other numbers that it gives.
    pub counts: BTreeMap<String, u64>,
}

impl Check {
    /// The checks that the settings ask for: by their names, or `all`.
    ///
    /// # Errors
    /// When a file cannot be read or has no result, or a name is not known.
    pub fn chosen(settings: &Settings) -> Result<Vec<Self>> {
        if settings.run.is_empty() {
            return Ok(Vec::new());
        }
        let known = match &settings.folder {
            None => OWN.iter().map(|(name, text)| Self::parse(name, text)).collect::<Result<Vec<_>>>()?,
            Some(folder) => of_folder(folder, Self::parse)?,
        };
        if settings.run.iter().any(|name| name == "all") {
            return Ok(known);
        }
        if let Some(unknown) = settings.run.iter().find(|name| !known.iter().any(|check| check.name == **name)) {
            let names: Vec<&str> = known.iter().map(|check| check.name.as_str()).collect();
            return Err(Error::usage(format!("there is no check {unknown}"))
                .remedy(format!("give all, or some of {} in checks.run", names.join(", "))));
        }
        Ok(known.into_iter().filter(|check| settings.run.contains(&check.name)).collect())
    }

    fn parse(name: &str, text: &str) -> Result<Self> {
        let mut check = Self { name: name.to_owned(), title: name.to_owned(), queries: Vec::new() };
        for line in text.lines() {
            let comment = line.trim().strip_prefix("--").map(str::trim);
            match comment.and_then(|comment| comment.split_once([' ', ':']).or(Some((comment, "")))) {
                Some(("title", title)) => check.title = title.trim().to_owned(),
                Some(("table", table)) if is_name(table) => {
                    check.queries.push((Part::Table(table.to_owned()), String::new()));
                }
                Some(("count", count)) if is_name(count) => {
                    check.queries.push((Part::Count(count.to_owned()), String::new()));
                }
                Some(("result", "")) => check.queries.push((Part::Result, String::new())),
                Some(_) => {}
                None => {
                    if let Some((_, query)) = check.queries.last_mut() {
                        query.push_str(line);
                        query.push('\n');
                    }
                }
            }
        }
        let results = check.queries.iter().filter(|(part, _)| *part == Part::Result).count();
        if results != 1 || check.queries.iter().any(|(_, query)| query.trim().is_empty()) {
            return Err(Error::usage(format!("the check {name} has no result, or a query that is empty"))
                .remedy("write the queries after lines `-- table NAME`, and the last one after a line `-- result`"));
        }
        Ok(check)
    }

    /// Runs the queries in order; the result is written as `<folder>/<name>.parquet` and `.csv`.
    async fn run(
        &self,
        session: &SessionContext,
        settings: &Settings,
        folder: &Path,
        failures: &Path,
    ) -> Result<CheckReport> {
        let mut report = CheckReport { title: self.title.clone(), rows: 0, counts: BTreeMap::new() };
        let scratch = folder.join(&self.name);
        for (part, query) in &self.queries {
            // Planning reads no row: what is wrong with the query itself is told.
            let frame = session.sql(&with_settings(query, settings)).await;
            let frame = frame.map_err(|error| Error::from(error).context("check", &self.name))?;
            let in_check = |error: Error| self.without_values(error, failures);
            let stream = frame.execute_stream().await.map_err(|error| in_check(error.into()))?;
            match part {
                Part::Table(name) => {
                    let path = scratch.join(format!("{name}.parquet"));
                    write_parquet(stream, &path).await.map_err(in_check)?;
                    session.deregister_table(name.as_str())?;
                    session.register_parquet(name, path.to_string_lossy(), ParquetReadOptions::default()).await?;
                }
                Part::Count(name) => {
                    let path = scratch.join("count.parquet");
                    write_parquet(stream, &path).await.map_err(in_check)?;
                    report.counts.insert(name.clone(), only_number(&path).map_err(in_check)?);
                }
                Part::Result => {
                    let path = folder.join(format!("{}.parquet", self.name));
                    report.rows = write_parquet(stream, &path).await.map_err(in_check)?.rows;
                    write_csv(&path).map_err(in_check)?;
                }
            }
        }
        for (part, _) in &self.queries {
            if let Part::Table(name) = part {
                session.deregister_table(name.as_str())?;
            }
        }
        commit::remove_folder(&scratch)?;
        Ok(report)
    }
}

impl Check {
    /// An error met while rows were read, without the words of the engine; those are written into the folder `failures`,
    /// which is restricted. What the environment did is told: a full disk has no values.
    fn without_values(&self, error: Error, failures: &Path) -> Error {
        if error.kind() == ErrorKind::Environment {
            return error.context("check", &self.name);
        }
        let file = format!("{}.error.txt", self.name);
        let written = create_file(&failures.join(&file)).and_then(|mut log| writeln!(log, "{error}"));
        let remedy = match written {
            Ok(()) => format!("see restricted/checks/{file} for what the engine says, which may quote exact values"),
            Err(error) => format!("what the engine says could not be written to restricted/checks/{file}: {error}"),
        };
        Error::new(error.kind(), "a query of the check failed over the rows")
            .context("check", &self.name)
            .remedy(remedy)
    }
}

/// Runs the checks of a run over everything committed, and puts their results in place.
///
/// # Errors
/// When a query is wrong or a file cannot be written.
pub async fn run(run: &Run, manifests: &[Manifest]) -> Result<BTreeMap<String, CheckReport>> {
    let mut reports = BTreeMap::new();
    if run.checks.is_empty() {
        return Ok(reports);
    }
    let session = run.sessions.interactive(run.settings.threads());
    // A hash join holds one side whole; a merge join spills.
    session.sql("SET datafusion.optimizer.prefer_hash_join = false").await?;
    if !register_exact(run, &session, manifests).await? {
        return Ok(reports);
    }
    let target = run.layout.checks();
    std::fs::create_dir_all(&target).doing(|| format!("make the folder {}", target.display()))?;
    let staged = run.layout.staging("checks");
    commit::remove_folder(&staged)?;
    for check in &run.checks {
        let failure = target.join(format!("{}.error.txt", check.name));
        match std::fs::remove_file(&failure) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).doing(|| format!("remove {}", failure.display()));
            }
            _ => {}
        }
        let report = check.run(&session, &run.settings.checks, &staged, &target).await?;
        for ending in ["parquet", "csv"] {
            let file = format!("{}.{ending}", check.name);
            std::fs::rename(staged.join(&file), target.join(&file)).doing(|| format!("put {file} in place"))?;
        }
        reports.insert(check.name.clone(), report);
    }
    commit::remove_folder(&staged)?;
    Ok(reports)
}

/// Registers `occurrence`: the public rows of free records and the exact rows of the others. False when there are none.
async fn register_exact(run: &Run, session: &SessionContext, manifests: &[Manifest]) -> Result<bool> {
    let (public, restricted) = ("occurrence_public", "occurrence_restricted");
    tables::register_product(session, &run.layout, manifests, public, Product::Occurrence).await?;
    tables::register_product(session, &run.layout, manifests, restricted, Product::RestrictedOccurrence).await?;
    if !session.table_exist(public)? {
        return Ok(false);
    }
    let free = "\"diffusionLevel\" = 0";
    let fields = session.table(public).await?.schema().as_arrow().clone();
    let mut names: Vec<String> = fields.fields().iter().map(|field| format!("\"{}\"", field.name())).collect();
    let query = if session.table_exist(restricted)? {
        let exact = session.table(restricted).await?.schema().as_arrow().clone();
        // What only one of the two has is no column of all records.
        names = fields
            .fields()
            .iter()
            .filter(|field| {
                exact.field_with_name(field.name()).is_ok_and(|other| other.data_type() == field.data_type())
            })
            .map(|field| format!("\"{}\"", field.name()))
            .collect();
        let names = names.join(", ");
        format!("SELECT {names} FROM {public} WHERE {free} UNION ALL SELECT {names} FROM {restricted}")
    } else {
        format!("SELECT {} FROM {public} WHERE {free}", names.join(", "))
    };
    let view = session.sql(&query).await?.into_view();
    session.register_table("occurrence", view)?;
    Ok(true)
}

/// Whether a text names a table or a count.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// A query with the values of the settings it names. They are numbers, so nothing else can come in.
fn with_settings(query: &str, settings: &Settings) -> String {
    let values = [
        ("$minimum_sample", settings.minimum_sample),
        ("$bucket_rows", settings.bucket_rows),
        ("$near_metres", settings.near_metres),
        ("$far_metres", settings.far_metres),
        ("$days_apart", settings.days_apart),
    ];
    values.into_iter().fold(query.to_owned(), |query, (name, value)| query.replace(name, &value.to_string()))
}

fn only_number(path: &Path) -> Result<u64> {
    let mut number = 0;
    crate::outputs::occurrence::for_each_batch(path, |batch| {
        let column = batch.columns().first().filter(|_| batch.num_rows() > 0);
        if let Some(column) =
            column.and_then(|column| arrow::array::AsArray::as_primitive_opt::<arrow::datatypes::Int64Type>(column))
        {
            number = column.value(0).unsigned_abs();
        }
        Ok(())
    })?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(run: &[&str]) -> Settings {
        Settings {
            run: run.iter().map(|&name| name.to_owned()).collect(),
            folder: None,
            minimum_sample: 80,
            bucket_rows: 200,
            near_metres: 250,
            far_metres: 2_000,
            days_apart: 1,
        }
    }

    #[test]
    fn checks_are_chosen_by_name() {
        assert!(Check::chosen(&settings(&[])).unwrap().is_empty());
        assert_eq!(Check::chosen(&settings(&["all"])).unwrap().len(), OWN.len());
        let chosen = Check::chosen(&settings(&["outliers", "clusters"])).unwrap();
        assert_eq!(chosen.iter().map(|check| check.name.as_str()).collect::<Vec<_>>(), ["clusters", "outliers"]);
        let message = Check::chosen(&settings(&["cluster"])).unwrap_err().to_string();
        assert_eq!(
            message,
            "there is no check cluster; give all, or some of uniqueness, clusters, outliers, lone_in_department in checks.run"
        );
    }

    #[test]
    fn a_file_is_cut_into_its_queries() {
        let text = "-- title: All: of them\n-- why\n-- table a\nSELECT 1\n-- a comment of table a\nAS x\n-- count many\nSELECT 2\n-- result\nSELECT 3\n";
        let check = Check::parse("c", text).unwrap();
        assert_eq!(check.title, "All: of them");
        assert_eq!(
            check.queries,
            [
                (Part::Table("a".to_owned()), "SELECT 1\nAS x\n".to_owned()),
                (Part::Count("many".to_owned()), "SELECT 2\n".to_owned()),
                (Part::Result, "SELECT 3\n".to_owned())
            ]
        );
        for wrong in ["", "-- table a\nSELECT 1", "-- result\n", "-- result\nSELECT 1\n-- result\nSELECT 2"] {
            assert!(Check::parse("c", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_stand_in_queries() {
        assert_eq!(
            with_settings("d <= $near_metres, 'WITHIN_$near_metresm'", &settings(&[])),
            "d <= 250, 'WITHIN_250m'"
        );
    }
}
