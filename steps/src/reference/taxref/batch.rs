//! A release as a record batch of one row, whose columns are its tables: what a built file holds.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;

use super::alphabet::Alphabet;
use super::columns::{NotTaxref, Reader, Table, Writer, damaged, ensure};
use super::index::{Index, Lists, Numbers};
use super::names::Names;
use super::problem::Problems;
use super::retired::Retired;
use super::status::Statuses;
use super::{NameId, Rank, Taxref};
use crate::parse::taxon_name::Reading;

/// The format of the batch. It is another one when a table changes, and when the keys by which names are found do
/// (`full_name_key`, `Reading::key`, the hash): old files would then be searched with new keys, in vain.
const FORMAT: &str = "openobs-taxref-1";
/// Key of the schema's metadata that holds the format.
const FORMAT_KEY: &str = "openobs.format";
/// Key of the schema's metadata that holds the number of the release.
const VERSION_KEY: &str = "openobs.taxref.version";

const RANK_CODES: &str = "rankCodes";
const FULL_NAMES: [&str; 2] = ["fullNameHashes", "fullNameRows"];
const CANONICAL_NAMES: [&str; 2] = ["canonicalNameHashes", "canonicalNameRows"];
const BY_ACCEPTED: [&str; 2] = ["namesOfTaxonStarts", "namesOfTaxonRows"];
const CHILDREN: [&str; 2] = ["childrenStarts", "childrenRows"];

/// Names whose keys are tried when a batch is taken up.
const TRIED: usize = 512;

impl Taxref {
    /// The release as one row. Its arrays are this release's own: nothing is copied.
    ///
    /// # Errors
    /// Never, for a release that was built: its columns are of one row each.
    pub fn to_batch(&self) -> Result<RecordBatch, ArrowError> {
        let mut columns = Writer::default();
        columns.texts(RANK_CODES, &Rank::codes().map(Some).collect::<StringArray>());
        self.names.write(&mut columns);
        self.numbers.write(&mut columns);
        self.full_names.write(&mut columns, FULL_NAMES);
        self.canonical_names.write(&mut columns, CANONICAL_NAMES);
        self.alphabet.write(&mut columns);
        self.by_accepted.write(&mut columns, BY_ACCEPTED);
        self.children.write(&mut columns, CHILDREN);
        self.retired.write(&mut columns);
        self.statuses.write(&mut columns);
        self.problems.write(&mut columns);
        let (fields, arrays) = columns.finish();
        let mut metadata = HashMap::from([(FORMAT_KEY.to_owned(), FORMAT.to_owned())]);
        metadata.extend(self.version.map(|version| (VERSION_KEY.to_owned(), version.to_string())));
        RecordBatch::try_new(Arc::new(Schema::new_with_metadata(fields, metadata)), arrays)
    }

    /// Whether a schema is that of a release in the format of this version.
    ///
    /// # Errors
    /// When it is not: nothing of the batch is then to be read.
    pub fn check_schema(schema: &Schema) -> Result<(), NotTaxref> {
        let format = schema.metadata().get(FORMAT_KEY);
        let own = || Self::default().to_batch().map(|batch| batch.schema());
        if format.map(String::as_str) == Some(FORMAT)
            && own().is_ok_and(|own: SchemaRef| own.fields() == schema.fields())
        {
            return Ok(());
        }
        Err(NotTaxref::OtherFormat(format.cloned()))
    }

    /// The release of a batch. Its arrays are slices of the batch's memory: nothing is copied.
    ///
    /// # Errors
    /// When the batch is not a release, is of another format, or its tables do not fit each other.
    pub fn from_batch(batch: &RecordBatch) -> Result<Self, NotTaxref> {
        Self::check_schema(&batch.schema())?;
        let columns = &Reader(batch);
        ensure(columns.texts(RANK_CODES)?.iter().flatten().eq(Rank::codes()), RANK_CODES, "not this version's ranks")?;
        let names = Names::read(columns)?;
        let count = names.len();
        let version = batch.schema().metadata().get(VERSION_KEY).and_then(|version| version.parse().ok());
        let taxref = Self {
            version,
            label: label(version),
            numbers: Numbers::read(columns, &names.cd_noms)?,
            full_names: Index::read(columns, FULL_NAMES, count)?,
            canonical_names: Index::read(columns, CANONICAL_NAMES, count)?,
            alphabet: Alphabet::read(columns, count)?,
            by_accepted: Lists::read(columns, BY_ACCEPTED, count, count)?,
            children: Lists::read(columns, CHILDREN, count, count)?,
            retired: Retired::read(columns)?,
            statuses: Statuses::read(columns, count, names.shared_texts.len())?,
            problems: Problems::read(columns)?,
            names,
        };
        taxref.try_keys()?;
        Ok(taxref)
    }

    /// Looks some names up by their texts: a file whose keys were made otherwise would find nothing, and say nothing.
    fn try_keys(&self) -> Result<(), NotTaxref> {
        let step = (self.len() / TRIED).max(1);
        for row in (0_u32..).take(self.len()).step_by(step) {
            let name = self.name(NameId(row));
            let key = Reading::of(name.canonical()).key;
            if !self.by_full_name(name.full()).contains(&name.id()) {
                return Err(damaged(FULL_NAMES[0], "made with other keys"));
            }
            if !self.by_canonical_key(&key).contains(&name.id()) {
                return Err(damaged(CANONICAL_NAMES[0], "made with other keys"));
            }
        }
        Ok(())
    }
}

/// Name of a release: `TAXREF v18`.
pub(super) fn label(version: Option<u32>) -> String {
    version.map_or_else(|| "TAXREF".to_owned(), |version| format!("TAXREF v{version}"))
}
