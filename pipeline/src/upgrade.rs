//! What a new TAXREF changes: for each name of the old one, and for the records that are committed.
//!
//! Records are matched again from their verbatim tables, with the old release and with the new one in one pass, so that
//! what is told is what [`crate::run::Run::reinterpret`] would do: names that match only now, numbers that are replaced,
//! taxa that are split or lumped. No archive is read and nothing is written.
//!
//! The change list follows what the SINP asks for at each release: old and new CD_REF, records and datasets concerned
//! (`TAXREF_CHANGES` of the INPN; `taxoModif` of the SINP's platforms).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, StringArray, StructArray};
use arrow::datatypes::{Fields, Int32Type, Int64Type};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::lit;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use futures::StreamExt;
use openobs_steps::reference::taxref::{Name, Resolution, Retirement, Taxref};
use openobs_steps::taxonomy::Taxonomy;
use openobs_steps::{Input, References, Settings, Step, Verbatim};

use crate::commit::Manifest;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::interpret::Arguments;
use crate::layout::{Layout, Product};
use crate::star::{self, Beside, Occurrences, column};
use crate::step_udf::step_udf;
use crate::verbatim::{CORE_ROW_TYPE, read_schema};

/// What became of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// It has another accepted name: a split, a lump, a new synonymy.
    Moved,
    /// Its number was withdrawn for another.
    Replaced,
    /// It has no taxon any more: its number is frozen or deleted.
    Withdrawn,
    /// It matched nothing and does now.
    Matched,
    /// It matched and does not now.
    Unmatched,
    /// Its taxon is the same and is written otherwise.
    Renamed,
    /// It is in the new release alone.
    New,
}

impl Change {
    /// The word of the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
            Self::Matched => "matched",
            Self::Unmatched => "unmatched",
            Self::Renamed => "renamed",
            Self::New => "new",
        }
    }
}

/// A taxon as one release has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// CD_NOM.
    pub cd_nom: Option<i32>,
    /// CD_REF.
    pub cd_ref: Option<i32>,
    /// Accepted name with its authors.
    pub accepted: Option<String>,
    /// How well a record matches; `None` in a comparison of releases alone.
    pub match_type: Option<String>,
}

impl Side {
    fn of(name: Name<'_>) -> Self {
        Self {
            cd_nom: Some(name.cd_nom()),
            cd_ref: Some(name.cd_ref()),
            accepted: Some(name.accepted().full().to_owned()),
            match_type: None,
        }
    }
}

/// Records and datasets that a change concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerned {
    /// Number of records.
    pub records: u64,
    /// Keys of their datasets.
    pub datasets: BTreeSet<String>,
}

/// Changes, each with the taxon before and after.
pub type Changes = BTreeMap<(Change, Side, Side), Concerned>;

/// Two releases of TAXREF.
#[derive(Debug, Clone)]
pub struct Upgrade {
    /// The release in use.
    pub before: Arc<Taxref>,
    /// The release to come.
    pub after: Arc<Taxref>,
}

impl Upgrade {
    /// What changes between the releases themselves.
    pub fn of_names(&self) -> Changes {
        let mut changes = Changes::new();
        for name in self.before.all() {
            let before = Side::of(name);
            let (change, after) = match self.after.resolve(name.cd_nom()) {
                Resolution::Current(id) => (None, Side::of(self.after.name(id))),
                Resolution::Replaced(id) => (Some(Change::Replaced), Side::of(self.after.name(id))),
                Resolution::Withdrawn(_) | Resolution::Unknown => (Some(Change::Withdrawn), Side::default()),
            };
            if let Some(change) = change.or_else(|| of_taxon(&before, &after)) {
                changes.insert((change, before, after), Concerned::default());
            }
        }
        for name in self.after.all().filter(|name| self.before.by_cd_nom(name.cd_nom()).is_none()) {
            changes.insert((Change::New, Side::default(), Side::of(name)), Concerned::default());
        }
        changes
    }

    /// What changes for the records of committed datasets; `dataset_of` says what else is known of a dataset.
    ///
    /// # Errors
    /// When a verbatim table cannot be read. A dataset that was committed without one is an error that names it.
    pub async fn of_records(
        &self,
        session: &SessionContext,
        layout: &Layout,
        settings: &Settings,
        dataset_of: impl Fn(&Manifest) -> Dataset,
    ) -> Result<Changes> {
        let step = |taxref: &Arc<Taxref>, name| {
            let references = References { taxref: Some(Arc::clone(taxref)), ..References::default() };
            Arc::new(Release { name, step: Taxonomy::new(&references, settings) })
        };
        let steps = [step(&self.before, "taxonomy_before"), step(&self.after, "taxonomy_after")];
        let mut changes = Changes::new();
        for manifest in Manifest::read_all(layout)? {
            if manifest.counts.records == 0 {
                continue;
            }
            let dataset = dataset_of(&manifest);
            for shard in verbatim_shards(layout, &manifest)? {
                self.add_shard(session, &steps, &dataset, &shard, &mut changes).await?;
            }
        }
        Ok(changes)
    }

    async fn add_shard(
        &self,
        session: &SessionContext,
        steps: &[Arc<Release>; 2],
        dataset: &Dataset,
        shard: &std::path::Path,
        changes: &mut Changes,
    ) -> Result<()> {
        let star = read_schema(shard)?;
        let core_row_type = star.metadata().get(CORE_ROW_TYPE).cloned().unwrap_or_default();
        let occurrences = Occurrences::of(&core_row_type, &star);
        let options = ParquetReadOptions::default().schema(&star);
        let verbatim = session.read_parquet(shard.to_string_lossy().as_ref(), options).await?;
        let beside = Beside { extensions: true, hierarchy: None };
        let (frame, columns) = star::occurrences(verbatim, &star, &occurrences, &dataset.default_values, beside)?;
        let arguments = Arguments::new(&[], dataset, &columns, None);
        let mut matched = Vec::new();
        for step in steps {
            let given = step.reads().iter().map(|input| arguments.of(input)).collect::<Result<Vec<_>>>()?;
            matched.push(step_udf(Arc::clone(step) as Arc<dyn Step>).call(given).alias(step.name));
        }
        let mut groups = Vec::new();
        for step in steps {
            groups
                .extend(COLUMNS.map(|name| get_field(column(step.name), name).alias(format!("{}_{name}", step.name))));
        }
        let counted = frame.select(matched)?.aggregate(groups, vec![count(lit(1_i64)).alias("records")])?;
        let mut stream = counted.execute_stream().await?;
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let before = sides(&batch, steps[0].name)?;
            let after = sides(&batch, steps[1].name)?;
            let records = batch.column_by_name("records").and_then(|column| column.as_primitive_opt::<Int64Type>());
            let records = records.ok_or_else(|| Error::bug("records are not counted"))?;
            for ((before, after), records) in before.into_iter().zip(after).zip(records.values()) {
                let Some(change) = self.of_record(&before, &after) else { continue };
                let concerned = changes.entry((change, before, after)).or_default();
                concerned.records += u64::try_from(*records).unwrap_or_default();
                concerned.datasets.insert(dataset.key.clone());
            }
        }
        Ok(())
    }

    fn of_record(&self, before: &Side, after: &Side) -> Option<Change> {
        match (before.cd_ref, after.cd_ref) {
            (None, None) => None,
            (None, Some(_)) => Some(Change::Matched),
            (Some(_), None) => {
                let frozen = before.cd_nom.is_some_and(|cd_nom| {
                    matches!(
                        self.after.resolve(cd_nom),
                        Resolution::Withdrawn(Retirement::Frozen | Retirement::Deleted)
                    )
                });
                Some(if frozen { Change::Withdrawn } else { Change::Unmatched })
            }
            _ if before.cd_nom != after.cd_nom
                && before.cd_nom.is_some_and(|old| self.after.by_cd_nom(old).is_none()) =>
            {
                Some(Change::Replaced)
            }
            _ => of_taxon(before, after),
        }
    }
}

/// The change of a name that both releases have.
fn of_taxon(before: &Side, after: &Side) -> Option<Change> {
    if before.cd_ref != after.cd_ref {
        Some(Change::Moved)
    } else {
        (before.accepted != after.accepted).then_some(Change::Renamed)
    }
}

/// What is read of the step, in the order of [`Side`].
const COLUMNS: [&str; 4] = ["cdNom", "cdRef", "scientificName", "matchType"];

fn sides(batch: &RecordBatch, step: &str) -> Result<Vec<Side>> {
    let wrong = || Error::bug(format!("{step} gave no taxon"));
    let [cd_nom, cd_ref, accepted, match_type] = COLUMNS.map(|name| batch.column_by_name(&format!("{step}_{name}")));
    let integers = |column: Option<&arrow::array::ArrayRef>| {
        column.and_then(|column| column.as_primitive_opt::<Int32Type>()).cloned().ok_or_else(wrong)
    };
    let texts = |column: Option<&arrow::array::ArrayRef>| -> Result<StringArray> {
        column.and_then(|column| column.as_string_opt::<i32>()).cloned().ok_or_else(wrong)
    };
    let (cd_nom, cd_ref) = (integers(cd_nom)?, integers(cd_ref)?);
    let (accepted, match_type) = (texts(accepted)?, texts(match_type)?);
    let text = |column: &StringArray, row: usize| column.is_valid(row).then(|| column.value(row).to_owned());
    let number = |column: &arrow::array::Int32Array, row: usize| column.is_valid(row).then(|| column.value(row));
    Ok((0..batch.num_rows())
        .map(|row| Side {
            cd_nom: number(&cd_nom, row),
            cd_ref: number(&cd_ref, row),
            accepted: text(&accepted, row),
            match_type: text(&match_type, row),
        })
        .collect())
}

fn verbatim_shards(layout: &Layout, manifest: &Manifest) -> Result<Vec<PathBuf>> {
    let folder = layout.dataset(Product::Verbatim, &manifest.dataset_key);
    let files = manifest.products.get(&Product::Verbatim).map(Vec::as_slice).unwrap_or_default();
    let shards: Vec<PathBuf> =
        files.iter().filter(|file| file.path.ends_with(".parquet")).map(|file| folder.join(&file.path)).collect();
    if shards.is_empty() {
        return Err(Error::usage("the dataset has no verbatim Parquet table to match again")
            .context("dataset", &manifest.dataset_key)
            .remedy("run `openobs run` on its archive with outputs.verbatim.formats containing \"parquet\""));
    }
    Ok(shards)
}

/// The step `taxonomy` with one of the releases, under a name of its own: two functions of one name would be one.
#[derive(Debug)]
struct Release {
    name: &'static str,
    step: Taxonomy,
}

impl Step for Release {
    fn name(&self) -> &'static str {
        self.name
    }

    fn reads(&self) -> &[Input] {
        self.step.reads()
    }

    fn writes(&self) -> Fields {
        self.step.writes()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        self.step.interpret(verbatim)
    }
}
