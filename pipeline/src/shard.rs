//! One shard: interpreted, masked and written in one pass over its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray, ListArray};
use arrow::datatypes::{Schema, SchemaRef};
use futures::StreamExt;

use crate::commit::{FileEntry, Manifest};
use crate::dataset::Dataset;
use crate::error::Result;
use crate::event_hierarchy::EventHierarchy;
use crate::identity::ordinal::Ordinals;
use crate::identity::shared::SharedNames;
use crate::interpret::{AcrossShards, interpretation};
use crate::layout::Product;
use crate::occurrence::OccurrenceTable;
use crate::outputs::index::{PublicIndexFile, RestrictedIndexFile};
use crate::outputs::occurrence::{PublicOccurrenceFile, RestrictedOccurrenceFile};
use crate::outputs::parquet::Written;
use crate::protect::{Mask, MaskedRows, in_order_of_keys};
use crate::run::Run;
use crate::sensitive_groups::SensitiveGroups;
use crate::star::Occurrences;

/// Where a shard comes from and where its products go.
#[derive(Debug, Clone)]
pub struct ShardOutput {
    /// Folder that stands for the root while the attempt is staged.
    pub staging: PathBuf,
    /// Position of the shard in its dataset: it names the files.
    pub number: usize,
    /// The verbatim file.
    pub shard: PathBuf,
    /// Ordinals of its records whose name is that of an earlier one.
    pub ordinals: Option<Ordinals>,
    /// The parent events of the dataset.
    pub hierarchy: Option<Arc<EventHierarchy>>,
    /// The names that several records of the dataset have.
    pub shared: Option<Arc<SharedNames>>,
    /// The groups that a record of the dataset makes sensitive.
    pub groups: Option<Arc<SensitiveGroups>>,
}

impl ShardOutput {
    fn across_shards(&self) -> AcrossShards<'_> {
        AcrossShards {
            ordinals: self.ordinals.as_ref(),
            hierarchy: self.hierarchy.as_deref(),
            shared: self.shared.as_deref(),
            groups: self.groups.as_deref(),
        }
    }
}

/// What a shard became.
#[derive(Debug)]
pub struct ShardResult {
    /// The public table.
    pub public: Written,
    /// Its schema.
    pub schema: SchemaRef,
    /// Names of the exact table's columns beside the interpreted ones.
    pub verbatim_columns: Vec<String>,
    restricted: Option<Written>,
    index: Option<Written>,
    restricted_index: Option<Written>,
    interpreted: u64,
    masked: u64,
    withheld: u64,
    issues: BTreeMap<String, u64>,
    decisions: BTreeSet<String>,
}

impl ShardResult {
    /// Adds the files and counts of this shard to the manifest of its dataset.
    pub fn add_to(&self, staging: &Path, key: &str, manifest: &mut Manifest) {
        let files = [
            (Product::Occurrence, Some(&self.public)),
            (Product::RestrictedOccurrence, self.restricted.as_ref()),
            (Product::Index, self.index.as_ref()),
            (Product::RestrictedIndex, self.restricted_index.as_ref()),
        ];
        for (product, written) in files {
            let folder = staging.join(product.dataset_folder(key));
            manifest
                .products
                .entry(product)
                .or_default()
                .extend(written.map(|written| FileEntry::of(&folder, written)));
        }
        manifest.decisions.extend(self.decisions.iter().cloned());
        let counts = &mut manifest.counts;
        counts.interpreted += self.interpreted;
        counts.published += self.public.rows;
        counts.masked += self.masked;
        counts.withheld += self.withheld;
        counts.index_documents += self.index.as_ref().map_or(0, |index| index.rows);
        for (issue, count) in &self.issues {
            *counts.issues.entry(issue.clone()).or_default() += count;
        }
    }
}

/// Interprets, masks and writes one shard.
///
/// # Errors
/// When the plan fails or a file cannot be written.
pub async fn interpret_shard(
    run: &Run,
    dataset: &Dataset,
    output: &ShardOutput,
    star: &Schema,
    occurrences: &Occurrences,
) -> Result<ShardResult> {
    let session = run.sessions.local();
    let steps = run.sessions.steps();
    let (frame, columns) =
        interpretation(&session, steps, dataset, &output.shard, star, occurrences, output.across_shards()).await?;
    let table = OccurrenceTable::new(steps, &dataset.key, &columns, frame.schema().as_arrow());
    let mask = Mask::new(table.schema(), Arc::clone(&run.areas))?;
    let path = |product: Product, ending: &str| {
        let name = format!("part-{:05}.{ending}", output.number);
        output.staging.join(product.dataset_folder(&dataset.key)).join(name)
    };
    let compression = run.settings.index_compression();
    let layers: Vec<String> = run.settings.layers.iter().map(|layer| layer.column.clone()).collect();
    let restricted_path = path(Product::RestrictedOccurrence, "parquet");
    let mut public = PublicOccurrenceFile::create(&path(Product::Occurrence, "parquet"), mask.schema())?;
    let mut restricted = RestrictedOccurrenceFile::new(&restricted_path, table.schema());
    let mut indexes = match run.wants(Product::Index) {
        false => None,
        true => Some((
            PublicIndexFile::create(&path(Product::Index, compression.ending()), compression, &layers)?,
            RestrictedIndexFile::new(path(Product::RestrictedIndex, compression.ending()), compression, layers),
        )),
    };
    let (mut interpreted, mut masked, mut withheld) = (0, 0, 0);
    // They are held until all rows were seen: the memory of a shard is bounded by its rows.
    let (mut masked_rows, mut protected_rows) = (MaskedRows::default(), Vec::new());
    let mut issues = BTreeMap::new();
    let mut decisions = BTreeSet::new();
    let mut stream = frame.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        let exact = table.batch(&batch?)?;
        interpreted += exact.num_rows() as u64;
        let decided =
            exact.rows().column_by_name("sensitivityDecision").and_then(|column| column.as_string_opt::<i32>());
        if let Some(decided) = decided.filter(|decided| decided.null_count() < decided.len()) {
            decisions.extend(decided.iter().flatten().map(str::to_owned));
        }
        let protected = mask.apply(&exact)?;
        // Reports have these counts, so they are those of what is published.
        for published in [&protected.free, &protected.masked] {
            if let Some(column) = published.rows().column_by_name("issues") {
                count_issues(column.as_list(), &mut issues);
            }
        }
        masked += protected.masked.num_rows() as u64;
        withheld += protected.withheld;
        public.write(&protected.free)?;
        if let Some((public, _)) = &mut indexes {
            public.write(&protected.free)?;
        }
        masked_rows.push(protected.masked);
        if protected.restricted.num_rows() > 0 {
            protected_rows.push(protected.restricted);
        }
    }
    public.end_of_free_rows()?;
    for batch in masked_rows.in_order()? {
        public.write(&batch)?;
        if let Some((public, _)) = &mut indexes {
            public.write(&batch)?;
        }
    }
    for batch in in_order_of_keys(&protected_rows)? {
        restricted.write(&batch)?;
        if let Some((_, restricted)) = &mut indexes {
            restricted.write(&batch)?;
        }
    }
    let (index, restricted_index) = match indexes {
        None => (None, None),
        Some((public, restricted)) => (Some(public.finish()?), restricted.finish()?),
    };
    Ok(ShardResult {
        public: public.finish()?,
        schema: mask.schema(),
        verbatim_columns: table.verbatim_columns().map(str::to_owned).collect(),
        restricted: restricted.finish()?,
        index,
        restricted_index,
        interpreted,
        masked,
        withheld,
        issues,
        decisions,
    })
}

fn count_issues(issues: &ListArray, counts: &mut BTreeMap<String, u64>) {
    let names = issues.values().as_string::<i32>();
    // Few distinct names, many rows: counted by name first, so that no text is copied for each row.
    for name in (0..names.len()).map(|issue| names.value(issue)) {
        match counts.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                counts.insert(name.to_owned(), 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ListBuilder, StringBuilder};

    use super::*;

    #[test]
    fn issues_are_counted_by_name() {
        let mut issues = ListBuilder::new(StringBuilder::new());
        for names in [&["A", "B"][..], &[], &["A"]] {
            names.iter().for_each(|name| issues.values().append_value(name));
            issues.append(true);
        }
        let mut counts = BTreeMap::new();
        count_issues(&issues.finish(), &mut counts);
        assert_eq!(counts, BTreeMap::from([("A".to_owned(), 2), ("B".to_owned(), 1)]));
    }
}
