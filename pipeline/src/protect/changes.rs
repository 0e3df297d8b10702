//! What an attempt shows of each record beside what the last one showed: a new sensitivity referential, or new data, makes
//! records stricter or sets them free.
//!
//! A record that becomes stricter was public before, more precisely, and whoever kept the last release still knows where it
//! is: it must be listed (sinp.md 3.9, L9 and P7). The list is exact data and stands in `restricted/protection`; reports have
//! counts alone.
//!
//! Records are compared by their keys. One that only one of the attempts has is not in the list: it was not shown before, or
//! it is gone for another reason than its protection ([`crate::identity::comparison`] counts both).

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};

use crate::commit::{FileEntry, Manifest};
use crate::dataset::Dataset;
use crate::error::{Doing, Error, Result};
use crate::identity::comparison::parquet_files;
use crate::layout::Product;
use crate::outputs::parquet::{ParquetFile, Statistics};
use crate::protect::DATA_GENERALIZATIONS;
use crate::run::Run;

/// Name of the list in the folder of its dataset.
pub const FILE: &str = "changes.parquet";

/// Protected rows up to which a join is made in memory, some hundred bytes each; beyond, it is sorted and spills.
const ROWS_IN_MEMORY: u64 = 1_000_000;

/// How many records are shown otherwise than in the last attempt. Counts alone: it stands in reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProtectionChanges {
    /// Shown less precisely than before, or no longer.
    pub stricter: u64,
    /// Of the stricter ones, those whose place the last attempt showed more precisely: it cannot be taken back. The others
    /// were shown at the same area under a lower level.
    pub were_public: u64,
    /// Of the stricter ones, those that are no longer shown at all.
    pub withdrawn: u64,
    /// Shown more precisely than before.
    pub freed: u64,
    /// Shown as precisely as before, as another area.
    pub other_area: u64,
}

impl ProtectionChanges {
    /// The sum of two.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            stricter: self.stricter + other.stricter,
            were_public: self.were_public + other.were_public,
            withdrawn: self.withdrawn + other.withdrawn,
            freed: self.freed + other.freed,
            other_area: self.other_area + other.other_area,
        }
    }

    /// Whether nothing is shown otherwise.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn count(&mut self, change: &str, was_public: bool) {
        match change {
            "freed" => self.freed += 1,
            "otherArea" => self.other_area += 1,
            "withdrawn" => {
                self.withdrawn += 1;
                self.stricter += 1;
            }
            _ => self.stricter += 1,
        }
        self.were_public += u64::from(was_public);
    }
}

/// The tables of an attempt: public rows, and the exact ones of protected records.
struct Attempt {
    public: Vec<PathBuf>,
    restricted: Vec<PathBuf>,
}

impl Attempt {
    /// Registers `<name>_free` with the keys of free records, and `<name>_protected` with the keys of the others, their levels,
    /// their published areas and whether they are `shown` at all.
    async fn register(&self, session: &SessionContext, name: &str) -> Result<()> {
        let [public, restricted] = [format!("{name}_public"), format!("{name}_restricted")];
        let columns = ["occurrenceKey", "diffusionLevel", DATA_GENERALIZATIONS];
        register(session, &public, &self.public, &columns).await?;
        register(session, &restricted, &self.restricted, &columns[..2]).await?;
        let free = format!("SELECT \"occurrenceKey\" AS key FROM {public} WHERE \"diffusionLevel\" = 0");
        session.register_table(format!("{name}_free"), session.sql(&free).await?.into_view())?;
        // What was generalised to what, without the reason that stands after it. What is withheld is in no public table,
        // whatever its level.
        let protected = format!(
            "SELECT \"occurrenceKey\" AS key, \"diffusionLevel\" AS level, \
             split_part(\"{DATA_GENERALIZATIONS}\", ' – ', 1) AS area, true AS shown \
             FROM {public} WHERE \"diffusionLevel\" > 0 \
             UNION ALL \
             SELECT r.\"occurrenceKey\", r.\"diffusionLevel\", arrow_cast(NULL, 'Utf8'), false \
             FROM {restricted} r LEFT ANTI JOIN {public} p ON r.\"occurrenceKey\" = p.\"occurrenceKey\""
        );
        session.register_table(format!("{name}_protected"), session.sql(&protected).await?.into_view())?;
        Ok(())
    }
}

/// Registers these columns of files as a table, which is empty where there are no files.
async fn register(session: &SessionContext, name: &str, files: &[PathBuf], columns: &[&str]) -> Result<()> {
    let fields = columns.iter().map(|column| {
        let is_level = *column == "diffusionLevel";
        Field::new(*column, if is_level { DataType::Int32 } else { DataType::Utf8 }, true)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    if files.is_empty() {
        session.register_batch(name, RecordBatch::new_empty(schema))?;
        return Ok(());
    }
    let files: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let rows = session.read_parquet(files, ParquetReadOptions::default().schema(&schema)).await?;
    session.register_table(name, rows.into_view())?;
    Ok(())
}

/// Every record that is protected in one of the attempts and shown otherwise in the other.
const CHANGES: &str = "
SELECT key AS \"occurrenceKey\", before AS \"levelBefore\", after AS \"levelAfter\", \"areaBefore\", \"areaAfter\", change,
  change IN ('withdrawn', 'stricter') AND (\"areaBefore\" IS NULL OR \"areaBefore\" IS DISTINCT FROM \"areaAfter\") AS \"wasPublic\"
FROM (
  SELECT o.key, o.level AS before, n.level AS after, o.area AS \"areaBefore\", n.area AS \"areaAfter\",
    CASE WHEN NOT n.shown THEN 'withdrawn' WHEN NOT o.shown THEN 'freed' WHEN n.level > o.level THEN 'stricter'
      WHEN n.level < o.level THEN 'freed' ELSE 'otherArea' END AS change
  FROM old_protected o JOIN new_protected n ON o.key = n.key
  WHERE (o.shown OR n.shown) AND (o.shown <> n.shown OR o.level <> n.level OR o.area IS DISTINCT FROM n.area)
  UNION ALL
  SELECT o.key, arrow_cast(0, 'Int32'), n.level, arrow_cast(NULL, 'Utf8'), n.area,
    CASE WHEN n.shown THEN 'stricter' ELSE 'withdrawn' END
  FROM new_protected n JOIN old_free o ON o.key = n.key
  UNION ALL
  SELECT o.key, o.level, arrow_cast(0, 'Int32'), o.area, arrow_cast(NULL, 'Utf8'), 'freed'
  FROM old_protected o JOIN new_free n ON o.key = n.key
) ORDER BY key";

impl Run {
    /// Compares a staged attempt with the committed one, writes the list beside the attempt and its counts into the manifest.
    ///
    /// # Errors
    /// When a table cannot be read, or the list cannot be written.
    pub async fn compare_protection(&self, dataset: &Dataset, manifest: &mut Manifest) -> Result<()> {
        let _slot = self.slot().await?;
        let key = &dataset.key;
        let staging = self.layout.staging(key);
        let of_last = |product| parquet_files(&self.layout.dataset(product, key));
        let of_this = |product: Product| parquet_files(&staging.join(product.dataset_folder(key)));
        let last =
            Attempt { public: of_last(Product::Occurrence)?, restricted: of_last(Product::RestrictedOccurrence)? };
        let this =
            Attempt { public: of_this(Product::Occurrence)?, restricted: of_this(Product::RestrictedOccurrence)? };
        manifest.products.insert(Product::Protection, Vec::new());
        manifest.protection = None;
        if last.public.is_empty() && last.restricted.is_empty() {
            return Ok(());
        }
        let mut changes = ProtectionChanges::default();
        if last.restricted.is_empty() && this.restricted.is_empty() {
            manifest.protection = Some(changes);
            return Ok(());
        }
        let session = self.sessions.local();
        let protected = manifest.counts.masked + manifest.counts.withheld;
        if protected > ROWS_IN_MEMORY || rows_of(&last.restricted)? > ROWS_IN_MEMORY {
            session.sql("SET datafusion.optimizer.prefer_hash_join = false").await?;
        }
        last.register(&session, "old").await?;
        this.register(&session, "new").await?;
        let mut found = session.sql(CHANGES).await?.execute_stream().await?;
        let folder = staging.join(Product::Protection.dataset_folder(key));
        let mut file = None;
        while let Some(rows) = found.next().await {
            let rows = rows?;
            let wrong = || Error::bug("the comparison of two attempts has other columns");
            let kinds =
                rows.column_by_name("change").and_then(|kinds| kinds.as_string_opt::<i32>()).ok_or_else(wrong)?;
            let public =
                rows.column_by_name("wasPublic").and_then(|public| public.as_boolean_opt()).ok_or_else(wrong)?;
            for (kind, was_public) in kinds.iter().zip(public.iter()) {
                changes.count(kind.unwrap_or_default(), was_public.unwrap_or_default());
            }
            if rows.num_rows() > 0 {
                let file = match &mut file {
                    Some(file) => file,
                    None => file.insert(ParquetFile::create(&folder.join(FILE), rows.schema(), Statistics::RowGroups)?),
                };
                file.write(&rows)?;
            }
        }
        if let Some(file) = file {
            let written = file.finish()?;
            manifest.products.insert(Product::Protection, vec![FileEntry::of(&folder, &written)]);
        }
        manifest.protection = Some(changes);
        Ok(())
    }
}

/// Rows of Parquet files, as their footers tell.
fn rows_of(files: &[PathBuf]) -> Result<u64> {
    let mut rows = 0;
    for path in files {
        let file = File::open(path).doing(|| format!("read {}", path.display()))?;
        let footer = ParquetRecordBatchReaderBuilder::try_new(file)?;
        rows += footer.metadata().file_metadata().num_rows().unsigned_abs();
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_counted_once() {
        let mut changes = ProtectionChanges::default();
        for (change, was_public) in
            [("stricter", true), ("withdrawn", true), ("freed", false), ("otherArea", false), ("stricter", true)]
        {
            changes.count(change, was_public);
        }
        let expected = ProtectionChanges { stricter: 3, were_public: 3, withdrawn: 1, freed: 1, other_area: 1 };
        assert_eq!(changes, expected);
        assert_eq!(changes.plus(expected).stricter, 6);
        assert!(ProtectionChanges::default().is_empty() && !changes.is_empty());
    }
}
