//! Masking: the one place where exact rows become public ones.
//!
//! A [`PublicBatch`] cannot be made anywhere else, and public writers take nothing else. What may be public is an
//! allow-list ([`columns`]): a column without a class never leaves. A protected record is published as *one area* (commune,
//! cell, department or region, as the table of levels has it for its diffusion level); every attribute of its place is then computed from that area
//! alone, so that two records that differ only in where they are inside it become the same bytes. When the area is not
//! known the next coarser one is taken; the level that withholds has no row at all. Source: SINP sensitivity guide, sinp.md 3.5 to 3.9.

pub mod area;
pub mod columns;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int32Array, ListArray, ListBuilder, RecordBatch, StringArray,
    StringBuilder,
};
use arrow::compute::kernels::zip::zip;
use arrow::compute::{filter_record_batch, nullif};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Schema, SchemaRef};
use futures::StreamExt;
use openobs_steps::reference::sensitivity::Levels;

use crate::commit::Manifest;
use crate::error::{Error, Result};
use crate::layout::{Layout, Product};
use crate::occurrence::ExactBatch;
use crate::outputs::occurrence::for_each_batch;
use crate::outputs::parquet::Written;
use crate::session::Sessions;
use crate::tables;
use area::{AreaResolver, PublishedArea};
use columns::{Class, class_of};

/// Column that tells what was generalised, as Darwin Core names it.
pub const DATA_GENERALIZATIONS: &str = "dataGeneralizations";
/// Column that tells what was left out.
pub const INFORMATION_WITHHELD: &str = "informationWithheld";
/// Column that tells how precise the published place is (OpenObs' `precisionLocalisation`).
pub const LOCATION_PRECISION: &str = "locationPrecision";

const INFORMATION_WITHHELD_TEXT: &str = "Géométrie précise, lieu-dit, altitude, remarques et médias non diffusés ; accès \
                                         sur demande auprès de la plateforme SINP";

/// Rows that may be published.
///
/// The inner batch is private: only [`Mask::apply`] makes one.
#[derive(Debug, Clone)]
pub struct PublicBatch(RecordBatch);

impl PublicBatch {
    /// The masked rows.
    pub fn rows(&self) -> &RecordBatch {
        &self.0
    }

    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        self.0.num_rows()
    }

    /// Some of the rows.
    #[must_use]
    pub fn slice(&self, start: usize, length: usize) -> Self {
        Self(self.0.slice(start, length))
    }
}

/// What masking makes of a batch.
#[derive(Debug, Clone)]
pub struct Protected {
    /// All published rows.
    pub public: PublicBatch,
    /// The exact rows of protected records, withheld ones included.
    pub restricted: RecordBatch,
    /// Published rows whose place is generalised.
    pub masked: u64,
    /// Rows that are in no public product.
    pub withheld: u64,
}

/// The mask of one dataset's table.
#[derive(Debug)]
pub struct Mask {
    exact: SchemaRef,
    public: SchemaRef,
    /// For each public column: its class and its position in the exact table, if it is there.
    columns: Vec<(Class, Option<usize>)>,
    areas: AreaResolver,
}

impl Mask {
    /// The mask for tables of a schema.
    ///
    /// # Errors
    /// When the table lacks the levels that masking needs: nothing is published then.
    pub fn new(exact: SchemaRef, areas: AreaResolver) -> Result<Self> {
        let level = exact.field_with_name("diffusionLevel").map_err(|_| missing("diffusionLevel"))?;
        if level.data_type() != &DataType::Int32 {
            return Err(missing("diffusionLevel"));
        }
        let mut fields: Vec<Field> = Vec::new();
        let mut classes = Vec::new();
        for (position, field) in exact.fields().iter().enumerate() {
            // A further layer is a place: it has the name that the configuration gives it.
            let of_layer = || areas.is_layer(field.name()).then_some(Class::Withheld);
            if let Some(class) = class_of(field.name()).or_else(of_layer) {
                fields.push(field.as_ref().clone().with_nullable(true));
                classes.push((class, Some(position)));
            }
        }
        for (name, class) in [
            (LOCATION_PRECISION, Class::LocationPrecision),
            (DATA_GENERALIZATIONS, Class::DataGeneralizations),
            (INFORMATION_WITHHELD, Class::InformationWithheld),
        ] {
            let position = fields
                .iter()
                .position(|field| !field.name().starts_with("v_"))
                .map_or(0, |_| fields.iter().position(|field| field.name().starts_with("v_")).unwrap_or(fields.len()));
            fields.insert(position, Field::new(name, DataType::Utf8, true));
            classes.insert(position, (class, None));
        }
        Ok(Self { exact, public: Arc::new(Schema::new(fields)), columns: classes, areas })
    }

    /// The schema of the public table.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.public)
    }

    /// Masks a batch.
    ///
    /// # Errors
    /// When the batch is not of the table this mask was made for.
    pub fn apply(&self, exact: &ExactBatch) -> Result<Protected> {
        let rows = exact.rows();
        if rows.schema() != self.exact {
            return Err(Error::bug("a batch of another table came to the mask"));
        }
        let withheld_rank = i32::from(self.areas.levels().withheld());
        let levels = Ranks::of(rows, self.areas.levels())?;
        let withheld = levels.is(|level| level >= withheld_rank);
        let protected = levels.is(|level| level > 0);
        let published = levels.is(|level| level < withheld_rank);
        let areas: Vec<Option<Arc<PublishedArea>>> = (0..rows.num_rows())
            .map(|row| {
                levels.0.get(row).copied().filter(|level| *level > 0).map(|level| self.areas.of(rows, row, level))
            })
            .collect();
        let mut columns = Vec::with_capacity(self.columns.len());
        for ((class, position), field) in self.columns.iter().zip(self.public.fields()) {
            let given = position.map(|position| rows.column(position));
            columns.push(masked_column(*class, field, given, &protected, &areas, exact.placeless_issues())?);
        }
        let all = RecordBatch::try_new(self.schema(), columns)?;
        let public = if withheld.true_count() == 0 { all } else { filter_record_batch(&all, &published)? };
        let restricted = filter_record_batch(rows, &protected)?;
        let withheld = withheld.true_count() as u64;
        Ok(Protected {
            public: PublicBatch(public),
            masked: restricted.num_rows() as u64 - withheld,
            restricted,
            withheld,
        })
    }
}

fn missing(column: &str) -> Error {
    Error::bug(format!("the occurrence table has no column {column}, so nothing of it can be published"))
}

/// Diffusion levels of a batch; one that is missing or in no table counts as the strictest.
struct Ranks(Vec<i32>);

impl Ranks {
    fn of(rows: &RecordBatch, levels: &Levels) -> Result<Self> {
        let column = rows.column_by_name("diffusionLevel").ok_or_else(|| missing("diffusionLevel"))?;
        let ranks = column.as_primitive_opt::<Int32Type>().ok_or_else(|| missing("diffusionLevel"))?;
        let withheld = i32::from(levels.withheld());
        let is_known = |rank: &i32| u8::try_from(*rank).is_ok_and(|rank| levels.of_rank(rank).is_some());
        Ok(Self(ranks.iter().map(|rank| rank.filter(is_known).unwrap_or(withheld)).collect()))
    }

    fn is(&self, condition: impl Fn(i32) -> bool) -> BooleanArray {
        self.0.iter().map(|level| Some(condition(*level))).collect()
    }
}

/// One public column of a batch: the exact value where the record is free, what its class allows where it is protected.
fn masked_column(
    class: Class,
    field: &Field,
    given: Option<&ArrayRef>,
    protected: &BooleanArray,
    areas: &[Option<Arc<PublishedArea>>],
    placeless_issues: &ListArray,
) -> Result<ArrayRef> {
    let any = protected.true_count() > 0;
    match (class, given) {
        (Class::Free, Some(given)) => Ok(Arc::clone(given)),
        (Class::Withheld, Some(given)) => {
            if any {
                Ok(nullif(given, protected)?)
            } else {
                Ok(Arc::clone(given))
            }
        }
        (Class::PlacelessIssues, Some(given)) => {
            if any {
                Ok(zip(protected, placeless_issues, given)?)
            } else {
                Ok(Arc::clone(given))
            }
        }
        (Class::AreaNumber(of), Some(given)) => {
            let given = given.as_primitive_opt::<Float64Type>().ok_or_else(|| missing(field.name()))?;
            Ok(Arc::new(Float64Array::from_iter(given.iter().zip(areas).map(|(given, area)| match area {
                None => given,
                Some(area) => of(area),
            }))))
        }
        (Class::AreaText(of), Some(given)) => {
            let given = given.as_string_opt::<i32>().ok_or_else(|| missing(field.name()))?;
            let mut values = StringBuilder::with_capacity(given.len(), given.value_data().len());
            for (given, area) in given.iter().zip(areas) {
                values.append_option(match area {
                    None => given,
                    Some(area) => of(area),
                });
            }
            Ok(Arc::new(values.finish()))
        }
        (Class::AreaInteger(of), Some(given)) => {
            let given = given.as_primitive_opt::<Int32Type>().ok_or_else(|| missing(field.name()))?;
            Ok(Arc::new(Int32Array::from_iter(given.iter().zip(areas).map(|(given, area)| match area {
                None => given,
                Some(area) => of(area),
            }))))
        }
        (Class::AreaTexts(_), Some(given)) if !any => Ok(Arc::clone(given)),
        (Class::AreaTexts(of), Some(given)) => {
            let published = lists(areas, of);
            if published.data_type() != given.data_type() {
                return Err(missing(field.name()));
            }
            Ok(zip(protected, &published, given)?)
        }
        (Class::AreaFlag(of), Some(given)) => {
            let given = given.as_boolean_opt().ok_or_else(|| missing(field.name()))?;
            Ok(Arc::new(BooleanArray::from_iter(given.iter().zip(areas).map(|(given, area)| match area {
                None => given,
                Some(area) => Some(of(area)),
            }))))
        }
        (Class::LocationPrecision, _) => Ok(text(areas, |area| Some(area.precision()))),
        (Class::DataGeneralizations, _) => Ok(text(areas, |area| Some(area.generalization.as_str()))),
        (Class::InformationWithheld, _) => Ok(text(areas, |_| Some(INFORMATION_WITHHELD_TEXT))),
        (_, None) => Err(missing(field.name())),
    }
}

/// A list for each published area, null where there is nothing in it.
fn lists(areas: &[Option<Arc<PublishedArea>>], of: impl Fn(&PublishedArea) -> &[String]) -> ListArray {
    let mut lists = ListBuilder::with_capacity(StringBuilder::new(), areas.len());
    for area in areas {
        let texts = area.as_deref().map(&of).unwrap_or_default();
        texts.iter().for_each(|text| lists.values().append_value(text));
        lists.append(!texts.is_empty());
    }
    lists.finish()
}

fn text(areas: &[Option<Arc<PublishedArea>>], of: impl Fn(&PublishedArea) -> Option<&str>) -> ArrayRef {
    let values = areas.iter().map(|area| area.as_deref().and_then(&of));
    Arc::new(values.collect::<StringArray>())
}

/// Calls `each` with the rows of a file that was written by the writer of public occurrence tables.
///
/// What was masked when it was written is masked.
///
/// # Errors
/// When the file cannot be read, or those of `each`.
pub fn for_each_public_batch(file: &Written, mut each: impl FnMut(PublicBatch) -> Result<()>) -> Result<()> {
    for_each_batch(&file.path, |rows| each(PublicBatch(rows)))
}

/// Calls `each` with the committed public rows that meet a condition in SQL.
///
/// The session knows the public table and nothing else, so that no condition reaches an exact one.
///
/// # Errors
/// When the condition is not valid, a file cannot be read, or those of `each`.
pub async fn for_each_public_row_where(
    sessions: &Sessions,
    layout: &Layout,
    manifests: &[Manifest],
    condition: &str,
    mut each: impl FnMut(PublicBatch) -> Result<()>,
) -> Result<()> {
    let session = sessions.local();
    tables::register_product(&session, layout, manifests, "occurrence", Product::Occurrence).await?;
    let mut rows = session.sql(&format!("SELECT * FROM occurrence WHERE {condition}")).await?.execute_stream().await?;
    while let Some(batch) = rows.next().await {
        each(PublicBatch(batch?))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow::array::StructArray;
    use arrow::datatypes::Fields;
    use openobs_steps::step::{issues_field, record};
    use openobs_steps::{Input, IssueSet, References, Step, Verbatim};

    use super::*;
    use crate::interpret::step_column;
    use crate::occurrence::OccurrenceTable;
    use crate::star::OccurrenceColumns;

    /// A step that leaves levels out, which ours never does.
    #[derive(Debug)]
    struct Forgetful(Vec<Option<i32>>);

    impl Step for Forgetful {
        fn name(&self) -> &'static str {
            "forgetful"
        }

        fn reads(&self) -> &[Input] {
            &[]
        }

        fn writes(&self) -> Fields {
            Fields::from(vec![Field::new("diffusionLevel", DataType::Int32, true), issues_field()])
        }

        fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
            let levels: ArrayRef = Arc::new(Int32Array::from(self.0.clone()));
            record(&self.writes(), vec![levels], &vec![IssueSet::new(); verbatim.rows()])
        }
    }

    fn masked(levels: &[Option<i32>]) -> Protected {
        let step = Forgetful(levels.to_vec());
        let written: ArrayRef = Arc::new(step.interpret(&Verbatim::new(levels.len(), &[], &[])));
        let plan = RecordBatch::try_from_iter([(step_column(&step), written)]).unwrap();
        let steps: [Arc<dyn Step>; 1] = [Arc::new(step)];
        let table = OccurrenceTable::new(&steps, "d", &OccurrenceColumns::default(), &plan.schema());
        let mask = Mask::new(table.schema(), AreaResolver::new(References::default())).unwrap();
        mask.apply(&table.batch(&plan).unwrap()).unwrap()
    }

    #[test]
    fn s46_a_record_without_a_level_is_not_published() {
        let protected = masked(&[Some(0), None, Some(-1), Some(5), Some(4), Some(3)]);
        assert_eq!((protected.public.num_rows(), protected.masked, protected.withheld), (2, 1, 4));
        let levels = protected.public.rows().column_by_name("diffusionLevel").unwrap();
        assert_eq!(levels.as_primitive::<Int32Type>().values(), &[0, 3]);
        assert_eq!(protected.restricted.num_rows(), 5);
        assert_eq!(masked(&[None, None]).public.num_rows(), 0);
    }

    #[test]
    fn s46_a_table_without_levels_is_not_published() {
        for (column, data_type) in [("occurrenceID", DataType::Utf8), ("diffusionLevel", DataType::Utf8)] {
            let schema = Arc::new(Schema::new(vec![Field::new(column, data_type, true)]));
            assert!(Mask::new(schema, AreaResolver::new(References::default())).is_err());
        }
    }
}
