//! Products that add records up: they must be what the public table gives, and nothing else.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::pretty::pretty_format_batches;

use super::finding::{Findings, Leak};
use crate::commit::Manifest;
use crate::error::{Doing, Result};
use crate::layout::Product;
use crate::outputs::indicators::Indicator;
use crate::outputs::occurrence::for_each_batch;
use crate::outputs::taxa;
use crate::run::Run;
use crate::tables;

/// Computes each indicator again from all public rows at once.
///
/// # Errors
/// When a file cannot be read or a query fails.
pub async fn indicators(run: &Run, manifests: &[Manifest], findings: &mut Findings) -> Result<()> {
    let made: Vec<&Indicator> =
        run.indicators.iter().filter(|indicator| table(run, indicator, "parquet").is_file()).collect();
    // Only what was made of all datasets can be made again of them.
    if made.is_empty() || manifests.iter().any(|manifest| !manifest.products.contains_key(&Product::IndicatorPartials))
    {
        return Ok(());
    }
    let session = run.sessions.interactive(run.settings.threads());
    tables::register_product(&session, &run.layout, manifests, "occurrence", Product::Occurrence).await?;
    let folder = tempfile::tempdir().doing(|| "make a temporary folder")?;
    for indicator in made {
        let partial = indicator.write_partial(&session, &folder.path().join("partial")).await?;
        let again = folder.path().join("again");
        indicator.merge(&session, &[partial.path], &again).await?;
        for ending in ["parquet", "csv"] {
            let (public, again) = (table(run, indicator, ending), again.join(format!("{}.{ending}", indicator.name)));
            if public.is_file() && !is_same(&public, &again, ending)? {
                let name = format!("public/indicators/{}.{ending}", indicator.name);
                findings.leak(Leak::L14, &name, None, "the numbers are not those of the public records");
            }
        }
    }
    Ok(())
}

fn table(run: &Run, indicator: &Indicator, ending: &str) -> PathBuf {
    run.layout.indicators().join(format!("{}.{ending}", indicator.name))
}

/// Whether two tables are the same, in whatever order of rows.
fn is_same(public: &Path, again: &Path, ending: &str) -> Result<bool> {
    let read = |path: &Path| std::fs::read(path).doing(|| format!("read {}", path.display()));
    if read(public)? == read(again)? {
        return Ok(true);
    }
    if ending == "csv" {
        return Ok(sorted_lines(&String::from_utf8_lossy(&read(public)?))
            == sorted_lines(&String::from_utf8_lossy(&read(again)?)));
    }
    Ok(sorted_lines(&rows_of(public)?) == sorted_lines(&rows_of(again)?))
}

fn sorted_lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn rows_of(path: &Path) -> Result<String> {
    let mut batches: Vec<RecordBatch> = Vec::new();
    for_each_batch(path, |batch| {
        batches.push(batch);
        Ok(())
    })?;
    Ok(pretty_format_batches(&batches)?.to_string())
}

/// Writes the documents of taxa again from TAXREF and the public counts.
///
/// # Errors
/// When a file cannot be read.
pub fn taxa(run: &Run, files: &[PathBuf], findings: &mut Findings) -> Result<()> {
    let counts = run.layout.indicators().join("taxon.parquet");
    let (Some(taxref), [file]) = (&run.loaded.references.taxref, files) else { return Ok(()) };
    if !counts.is_file() {
        return Ok(());
    }
    let folder = tempfile::tempdir().doing(|| "make a temporary folder")?;
    let again = taxa::write(taxref, &counts, folder.path(), run.settings.index_compression())?;
    let read = |path: &Path| std::fs::read(path).doing(|| format!("read {}", path.display()));
    if read(file)? != read(&again.path)? {
        let name = format!("public/index/taxa/{}", file.file_name().unwrap_or_default().to_string_lossy());
        findings.leak(Leak::L14, &name, None, "the documents are not those of TAXREF and the public records");
    }
    Ok(())
}
