//! Which record is which: a pass over the keys of a dataset before its shards are interpreted.
//!
//! A key is made from the record alone ([`openobs_steps::identifier`]), so only two things need all records: which records
//! bear the name of an earlier one, and how many keys are those of the last attempt. The pass runs the step `identifier` over
//! the columns that name records and keeps 64 bits of each key. Where none comes twice, as in most datasets, that is all;
//! else the rows are gone through once more for the places of those that do, and the plan of a shard is told the ordinals of
//! its later records. Memory is bounded: hashes spill to disk, and records with shared names are held up to a limit.

pub mod comparison;
pub mod duplicates;
pub mod hashes;
pub mod ordinal;
pub mod shared;
pub mod unique_key;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Schema, UInt64Type};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{Expr, ScalarUDF, lit};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use futures::StreamExt;
use openobs_steps::identifier::{CONTENT, CORE_ID, Identifier, KeySource, TRIPLET, UNIQUE_KEY};
use openobs_steps::verbatim::present;
use openobs_steps::{Input, Step};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::commit::{FileEntry, Manifest};
use crate::dataset::Dataset;
use crate::error::{Doing, Error, Result};
use crate::interpret::{Arguments, function};
use crate::layout::Product;
use crate::protect::columns::{Class, class_of};
use crate::run::{Run, panicked};
use crate::sensitive_groups::has_column;
use crate::star::{self, Beside, OccurrenceColumns, Occurrences, column};
use crate::step_udf::absent;
use crate::verbatim::Verbatim;
use comparison::Comparison;
use duplicates::{Duplicates, Named};
use hashes::{Hashes, hash_of};
use ordinal::Ordinals;
use shared::SharedNames;
use unique_key::unique_key;

/// What is known of the keys of a dataset. Counts alone: it stands in reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Identity {
    /// Records by what their key is made from: `uniqueKey`, `triplet`, `coreId`, `content`.
    pub key_sources: BTreeMap<String, u64>,
    /// Records without a unique key, which are identified by something else.
    pub missing_keys: u64,
    /// Identifiers that more than one record has.
    pub duplicate_keys: u64,
    /// Records whose identifier is that of an earlier one; each has a key of its own.
    pub duplicate_records: u64,
    /// Terms of the dataset's unique key that its archive does not have.
    pub absent_terms: Vec<String>,
    /// The keys beside those of the last attempt, if there was one.
    pub comparison: Option<Comparison>,
}

impl Manifest {
    /// Warns where masked records have keys that are made from what they do not show: whoever guesses that can test it
    /// against the key. Keys are not salted, since they are the same on any machine.
    pub fn warn_of_guessable_keys(&mut self, dataset: &Dataset) {
        self.warnings.retain(|warning| !warning.starts_with(GUESSABLE));
        let Some(identity) = self.identity.as_ref().filter(|_| self.counts.masked > 0) else { return };
        let has = |source: KeySource| identity.key_sources.get(source.name()).is_some_and(|records| *records > 0);
        let is_hidden = |term: &&String| !matches!(class_of(&format!("v_{term}")), Some(Class::Free));
        let mut hidden: Vec<&str> = Vec::new();
        if has(KeySource::UniqueKey) {
            hidden.extend(dataset.unique_key_terms.iter().filter(is_hidden).map(String::as_str));
        }
        if has(KeySource::Triplet) {
            hidden.push("catalogNumber");
        }
        if has(KeySource::CoreId) {
            hidden.push("the id of the core");
        }
        if !hidden.is_empty() {
            hidden.dedup();
            self.warnings.push(format!(
                "{GUESSABLE}{}, which masked records do not show: who guesses it can test it against occurrenceKey; give each \
                 record an occurrenceID, best a UUID, and identify it by that",
                hidden.join(", ")
            ));
        }
    }
}

/// How the warning about keys made from what is hidden begins.
const GUESSABLE: &str = "keys of records are made from ";

/// What the pass found.
#[derive(Debug)]
pub struct Identified {
    /// Counts for reports.
    pub identity: Identity,
    /// For each shard, the ordinals of its later records.
    pub ordinals: Vec<Option<Ordinals>>,
    /// The names that records share; `None` where none can be shared.
    pub shared: Option<Arc<SharedNames>>,
    /// Why the attempt may not take the place of the last one.
    pub refusal: Option<Error>,
}

/// The functions that the plans of this module need, for every session.
pub fn functions() -> [Arc<ScalarUDF>; 3] {
    [unique_key::function(), ordinal::function(), shared::function()]
}

/// Name of the column with what the step gives.
const KEYS: &str = "_keys";

impl Run {
    /// Goes over the keys of a dataset and puts what it finds into the manifest.
    ///
    /// # Errors
    /// When the verbatim tables or those of the last attempt cannot be read, the disk is full, or more records share names
    /// than may be held.
    pub async fn identify(
        self: &Arc<Self>,
        dataset: &Dataset,
        verbatim: &Verbatim,
        star: &Arc<Schema>,
        occurrences: &Occurrences,
        manifest: &mut Manifest,
    ) -> Result<Identified> {
        let start = Instant::now();
        let staging = self.layout.staging(&dataset.key);
        std::fs::create_dir_all(&staging).doing(|| format!("make the folder {}", staging.display()))?;
        let pass = Arc::new(Pass {
            run: Arc::clone(self),
            session: self.sessions.local(),
            dataset: dataset.clone(),
            star: Arc::clone(star),
            occurrences: occurrences.clone(),
        });
        let mut hashes = Hashes::new(&staging);
        let mut identity = pass.keys(verbatim, &mut hashes).await?;
        let limit = self.settings.identity.duplicate_records_limit;
        let repeated = hashes.repeated(limit).doing(|| "find keys that come twice")?;
        if repeated.records > limit {
            return Err(Error::data(format!("{} records share a key with another", repeated.records)).remedy(format!(
                "name the terms that identify a record in unique_key_terms of the dataset's registry entry, or raise \
                 identity.duplicate_records_limit ({limit})"
            )));
        }
        let mut ordinals = vec![None; verbatim.shards.len()];
        let mut files = Vec::new();
        let mut shared_keys = Vec::new();
        if !repeated.hashes.is_empty() {
            let duplicates = pass.places(verbatim, repeated.hashes).await?.in_order();
            hashes.add(duplicates.later_keys().map(hash_of).collect()).doing(|| "keep keys")?;
            ordinals = duplicates.ordinals(verbatim.shards.len())?;
            shared_keys = duplicates.shared_keys().collect();
            (identity.duplicate_keys, identity.duplicate_records) = duplicates.counts();
            let folder = staging.join(Product::Identity.dataset_folder(&dataset.key));
            files.extend(duplicates.write(&folder)?.map(|written| FileEntry::of(&folder, &written)));
        }
        if let Some(mut last) = self.keys_of_last_attempt(&dataset.key).await? {
            let overlap = hashes.overlap(&mut last).doing(|| "compare keys with those of the last attempt")?;
            identity.comparison = Some(Comparison::of(overlap));
        }
        let limit = dataset.changed_ids_limit.unwrap_or(self.settings.identity.changed_ids_limit);
        let refusal = identity.comparison.and_then(|comparison| comparison.refusal(limit));
        let unique = &dataset.unique_key_terms;
        let by_occurrence_id = !unique.is_empty()
            && *unique != ["occurrenceID"]
            && has_column(star, occurrences, dataset, &["occurrenceID"]);
        let shared = match shared_keys.is_empty() && !by_occurrence_id {
            true => None,
            false => Some(Arc::new(SharedNames::new(shared_keys.into_iter(), by_occurrence_id)?)),
        };
        let milliseconds = start.elapsed().as_millis();
        tracing::debug!(dataset = dataset.key, milliseconds, ?identity, "went over the keys");
        manifest.products.insert(Product::Identity, files);
        manifest.identity = Some(identity.clone());
        Ok(Identified { identity, ordinals, shared, refusal: refusal.filter(|_| !self.accept_changed_ids) })
    }

    /// Hashes of the keys that are committed; `None` when the dataset has no occurrence table.
    async fn keys_of_last_attempt(self: &Arc<Self>, dataset_key: &str) -> Result<Option<Hashes>> {
        let files = comparison::last_attempt(&self.layout, dataset_key)?;
        if files.is_empty() {
            return Ok(None);
        }
        let _slot = self.slot().await?;
        let mut hashes = Hashes::new(&self.layout.staging(dataset_key));
        let read = move || {
            files.iter().try_for_each(|file| comparison::add_keys(file, &mut hashes))?;
            Ok(Some(hashes))
        };
        tokio::task::spawn_blocking(read).await.map_err(panicked)?
    }
}

/// Keys of one shard.
struct ShardKeys {
    hashes: Vec<u64>,
    sources: BTreeMap<KeySource, u64>,
    /// Terms of the dataset's unique key that the archive does not have: the same for all shards.
    absent_terms: Vec<String>,
}

/// What the tasks of the pass share.
struct Pass {
    run: Arc<Run>,
    session: SessionContext,
    dataset: Dataset,
    star: Arc<Schema>,
    occurrences: Occurrences,
}

impl Pass {
    /// Counts of the keys of all shards; their hashes are added to `hashes`.
    async fn keys(self: &Arc<Self>, verbatim: &Verbatim, hashes: &mut Hashes) -> Result<Identity> {
        let mut tasks = JoinSet::new();
        for shard in &verbatim.shards {
            let (pass, shard) = (Arc::clone(self), shard.clone());
            tasks.spawn(async move {
                let _slot = pass.run.slot().await?;
                pass.keys_of_shard(&shard).await
            });
        }
        let mut sources: BTreeMap<KeySource, u64> = BTreeMap::new();
        let mut absent_terms = Vec::new();
        while let Some(finished) = tasks.join_next().await {
            let shard = finished.map_err(panicked)??;
            hashes.add(shard.hashes).doing(|| "keep keys")?;
            absent_terms = shard.absent_terms;
            for (source, records) in shard.sources {
                *sources.entry(source).or_default() += records;
            }
        }
        let missing = sources.iter().filter(|(source, _)| **source != KeySource::UniqueKey);
        Ok(Identity {
            missing_keys: missing.map(|(_, records)| records).sum(),
            key_sources: sources.into_iter().map(|(source, records)| (source.name().to_owned(), records)).collect(),
            absent_terms,
            ..Identity::default()
        })
    }

    async fn keys_of_shard(&self, shard: &Path) -> Result<ShardKeys> {
        let keys = self.read_keys(shard, &TRIPLET).await?;
        // Few archives have records that nothing identifies: the columns that name those are read for these alone.
        if !keys.sources.contains_key(&KeySource::Content) {
            return Ok(keys);
        }
        self.read_keys(shard, &[&TRIPLET[..], &CONTENT].concat()).await
    }

    async fn read_keys(&self, shard: &Path, terms: &[&str]) -> Result<ShardKeys> {
        let (mut stream, columns) = self.plan(shard, terms, |_| Vec::new()).await?;
        let lacks = |term: &&String| !columns.terms.contains(term);
        let absent_terms = self.dataset.unique_key_terms.iter().filter(lacks).cloned().collect();
        let mut keys = ShardKeys { hashes: Vec::new(), sources: BTreeMap::new(), absent_terms };
        while let Some(batch) = stream.next().await {
            for (key, source) in keys_in(&batch?)? {
                keys.hashes.push(hash_of(key));
                *keys.sources.entry(source).or_default() += 1;
            }
        }
        Ok(keys)
    }

    /// The records whose key may be that of others, by the hashes of such keys.
    async fn places(self: &Arc<Self>, verbatim: &Verbatim, repeated: Vec<u64>) -> Result<Duplicates> {
        let repeated = Arc::new(repeated);
        let mut tasks = JoinSet::new();
        for (number, shard) in verbatim.shards.iter().cloned().enumerate() {
            let (pass, repeated) = (Arc::clone(self), Arc::clone(&repeated));
            tasks.spawn(async move {
                let _slot = pass.run.slot().await?;
                pass.places_in_shard(&shard, &repeated).await.map(|named| (number, named))
            });
        }
        let mut duplicates = Duplicates::default();
        while let Some(finished) = tasks.join_next().await {
            let (number, named) = finished.map_err(panicked)??;
            duplicates.add(number, named);
        }
        Ok(duplicates)
    }

    async fn places_in_shard(&self, shard: &Path, repeated: &[u64]) -> Result<Vec<Named>> {
        let dataset = &self.dataset;
        let columns = |known: &OccurrenceColumns| {
            let mut columns = vec![column("_file"), column("_line"), column(CORE_ID)];
            columns.push(unique_key(dataset, known).alias(UNIQUE_KEY));
            columns.extend(
                TRIPLET.iter().filter(|term| known.terms.iter().any(|known| known == *term)).map(|term| column(term)),
            );
            columns
        };
        let (mut stream, _) = self.plan(shard, &[&TRIPLET[..], &CONTENT].concat(), columns).await?;
        let mut found = Vec::new();
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            let (Some(files), Some(lines)) =
                (text("_file"), batch.column_by_name("_line").and_then(|lines| lines.as_primitive_opt::<UInt64Type>()))
            else {
                return Err(Error::bug("records of the verbatim table have no place"));
            };
            let [unique_key, core_id] = [UNIQUE_KEY, CORE_ID].map(text);
            let triplet = TRIPLET.map(text);
            for (row, (key, source)) in keys_in(&batch)?.into_iter().enumerate() {
                if repeated.binary_search(&hash_of(key)).is_err() {
                    continue;
                }
                let value = |column: Option<&StringArray>| {
                    column.and_then(|column| present(column.value(row))).unwrap_or_default().to_owned()
                };
                let text = match source {
                    KeySource::UniqueKey => value(unique_key),
                    KeySource::Triplet => triplet.map(value).join("|"),
                    KeySource::CoreId => value(core_id),
                    KeySource::Content => String::new(),
                };
                found.push(Named { key, source, text, file: value(Some(files)), line: lines.value(row) });
            }
        }
        Ok(found)
    }

    /// The step `identifier` over a shard, which sees only these terms, and other columns beside it.
    async fn plan(
        &self,
        shard: &Path,
        terms: &[&str],
        beside: impl Fn(&OccurrenceColumns) -> Vec<Expr>,
    ) -> Result<(SendableRecordBatchStream, OccurrenceColumns)> {
        let session = &self.session;
        let options = ParquetReadOptions::default().schema(&self.star);
        let verbatim = session.read_parquet(shard.to_string_lossy().as_ref(), options).await?;
        let (frame, columns) = star::occurrences(
            verbatim,
            &self.star,
            &self.occurrences,
            &self.dataset.default_values,
            Beside::default(),
        )?;
        let arguments = Arguments::new(self.run.sessions.steps(), &self.dataset, &columns, None);
        let arguments = Identifier.reads().iter().map(|input| match input {
            Input::Term(term) if !terms.contains(&term.name()) => Ok(lit(absent(input))),
            _ => arguments.of(input),
        });
        let keys = function(session, &Identifier)?.call(arguments.collect::<Result<Vec<_>>>()?).alias(KEYS);
        let projection = std::iter::once(keys).chain(beside(&columns)).collect::<Vec<_>>();
        Ok((frame.select(projection)?.execute_stream().await?, columns))
    }
}

/// The plain keys of a batch of the pass and what each is made from.
fn keys_in(batch: &RecordBatch) -> Result<Vec<(Uuid, KeySource)>> {
    let wrong = || Error::bug("the step identifier gave no key");
    let columns = batch.column_by_name(KEYS).and_then(|keys| keys.as_struct_opt()).ok_or_else(wrong)?;
    let text = |name: &str| columns.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let (Some(keys), Some(sources)) = (text("occurrenceKey"), text("keySource")) else { return Err(wrong()) };
    let pairs = keys.iter().zip(sources.iter());
    pairs
        .map(|(key, source)| {
            let key = key.and_then(|key| Uuid::try_parse(key).ok());
            key.zip(source.and_then(KeySource::of_name)).ok_or_else(wrong)
        })
        .collect()
}
