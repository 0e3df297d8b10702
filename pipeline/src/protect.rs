//! Masking: the one place where exact rows become public ones.
//!
//! A [`PublicBatch`] cannot be made anywhere else, and public writers take nothing else. What may be public is an
//! allow-list ([`columns`]): a column without a class never leaves. A protected record is published as *one area* (commune,
//! cell, department or region, as the table of levels has it for its diffusion level); every attribute of its place is then computed from that area
//! alone, so that two records that differ only in where they are inside it become the same bytes. When the area is not
//! known the next coarser one is taken; the level that withholds has no row at all. Source: SINP sensitivity guide, sinp.md 3.5 to 3.9.

pub mod area;
pub mod columns;
mod dates;

pub mod changes;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int32Array, ListArray, ListBuilder, RecordBatch, StringArray,
    StringBuilder, new_null_array,
};
use arrow::compute::{filter, filter_record_batch, interleave_record_batch};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef, TimestampMillisecondType};
use futures::StreamExt;
use openobs_steps::parse::country::{self, Country};
use openobs_steps::parse::vocabulary::Vocabulary;
use openobs_steps::reference::departments::department;
use openobs_steps::reference::sensitivity::Levels;

use crate::commit::Manifest;
use crate::error::{Error, Result};
use crate::layout::{Layout, Product};
use crate::occurrence::ExactBatch;
use crate::outputs::occurrence::for_each_batch;
use crate::outputs::parquet::Written;
use crate::session::{BATCH_ROWS, Sessions};
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
    /// Rows that are not protected, in their order.
    pub free: PublicBatch,
    /// Masked rows of protected records, without those that are in no public product.
    pub masked: PublicBatch,
    /// The exact rows of protected records, withheld ones included.
    pub restricted: RecordBatch,
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
    areas: Arc<AreaResolver>,
}

impl Mask {
    /// The mask for tables of a schema.
    ///
    /// # Errors
    /// When the table lacks the levels that masking needs: nothing is published then.
    pub fn new(exact: SchemaRef, areas: Arc<AreaResolver>) -> Result<Self> {
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
        let protected = levels.is(|level| level > 0);
        if protected.true_count() == 0 {
            return Ok(Protected {
                free: self.free(rows)?,
                masked: PublicBatch(RecordBatch::new_empty(self.schema())),
                restricted: RecordBatch::new_empty(self.exact()),
                withheld: 0,
            });
        }
        let free = self.free(&filter_record_batch(rows, &levels.is(|level| level == 0))?)?;
        let restricted = filter_record_batch(rows, &protected)?;
        let published = levels.is(|level| level > 0 && level < withheld_rank);
        let issues = filter(exact.placeless_issues(), &published)?;
        let shown = levels.0.iter().copied().filter(|level| *level > 0 && *level < withheld_rank);
        let masked = self.masked(&filter_record_batch(rows, &published)?, shown, &issues)?;
        let withheld = restricted.num_rows() as u64 - masked.num_rows() as u64;
        Ok(Protected { free, masked, restricted, withheld })
    }

    /// What masking makes of exact rows of protected records that are published, without their issues: for the audit.
    ///
    /// # Errors
    /// When the rows are not of the table this mask was made for.
    pub fn masked_again(&self, exact: &RecordBatch) -> Result<RecordBatch> {
        let levels = Ranks::of(exact, self.areas.levels())?;
        let rows = exact.num_rows();
        let issues = match self.public.field_with_name("issues") {
            Ok(field) => new_null_array(field.data_type(), rows),
            Err(_) => new_null_array(&DataType::Null, rows),
        };
        Ok(self.masked(exact, levels.0.into_iter(), &issues)?.0)
    }

    fn exact(&self) -> SchemaRef {
        Arc::clone(&self.exact)
    }

    /// The public columns of rows that are not protected: what they say.
    fn free(&self, rows: &RecordBatch) -> Result<PublicBatch> {
        let columns = self.columns.iter().zip(self.public.fields()).map(|((_, position), field)| match position {
            Some(position) => Arc::clone(rows.column(*position)),
            None => new_null_array(field.data_type(), rows.num_rows()),
        });
        Ok(PublicBatch(RecordBatch::try_new(self.schema(), columns.collect())?))
    }

    /// The public columns of protected rows, which are shown at these levels.
    fn masked(
        &self,
        rows: &RecordBatch,
        levels: impl Iterator<Item = i32>,
        placeless_issues: &ArrayRef,
    ) -> Result<PublicBatch> {
        let areas: Vec<Arc<PublishedArea>> =
            levels.enumerate().map(|(row, level)| self.areas.of(rows, row, level)).collect();
        let mut columns = Vec::with_capacity(self.columns.len());
        for ((class, position), field) in self.columns.iter().zip(self.public.fields()) {
            let given = position.map(|position| rows.column(position));
            let words = self.areas.words_for_countries();
            columns.push(masked_column(*class, field, given, rows, &areas, placeless_issues, words)?);
        }
        Ok(PublicBatch(RecordBatch::try_new(self.schema(), columns)?))
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

/// One public column of protected rows: what its class allows.
fn masked_column(
    class: Class,
    field: &Field,
    given: Option<&ArrayRef>,
    exact: &RecordBatch,
    areas: &[Arc<PublishedArea>],
    placeless_issues: &ArrayRef,
    words: &Vocabulary,
) -> Result<ArrayRef> {
    let rows = areas.iter().map(Arc::as_ref);
    let wrong = || missing(field.name());
    let given_text = || given.and_then(|given| given.as_string_opt::<i32>()).ok_or_else(wrong);
    let given_instants =
        || given.and_then(|given| given.as_primitive_opt::<TimestampMillisecondType>()).ok_or_else(wrong);
    let text =
        |name: &str| exact.column_by_name(name).and_then(|column| column.as_string_opt::<i32>()).ok_or_else(wrong);
    let masked: ArrayRef = match class {
        Class::Free => Arc::clone(given.ok_or_else(wrong)?),
        Class::TextIf(is_shown) => {
            let texts = given_text()?.iter().map(|text| text.filter(|text| is_shown(text)));
            Arc::new(texts.collect::<StringArray>())
        }
        Class::Days => Arc::new(given_text()?.iter().map(|date| date.map(dates::days)).collect::<StringArray>()),
        Class::StartOfDay => dates::starts_of_days(given_instants()?),
        Class::EndOfDay => dates::ends_of_days(given_instants()?),
        Class::DatePrecision => {
            let precisions = given_text()?.iter().zip(text("eventDate")?);
            let precisions =
                precisions.map(|(precision, date)| precision.map(|precision| dates::precision(precision, date)));
            Arc::new(precisions.collect::<StringArray>())
        }
        Class::OfCountry(of) => {
            let declared = DeclaredCountry::of(exact, words);
            let countries = rows.enumerate().map(|(row, area)| country_of(area, || declared.value(row)));
            Arc::new(countries.map(|country| country.and_then(of)).collect::<StringArray>())
        }
        Class::Withheld => new_null_array(field.data_type(), areas.len()),
        Class::PlacelessIssues => Arc::clone(placeless_issues),
        Class::AreaNumber(of) => Arc::new(Float64Array::from_iter(rows.map(of))),
        Class::AreaText(of) => Arc::new(StringArray::from_iter(rows.map(of))),
        Class::AreaInteger(of) => Arc::new(Int32Array::from_iter(rows.map(of))),
        Class::AreaTexts(of) => Arc::new(lists(areas, of)),
        Class::AreaFlag(of) => Arc::new(BooleanArray::from_iter(rows.map(|area| Some(of(area))))),
        Class::LocationPrecision => Arc::new(StringArray::from_iter_values(rows.map(PublishedArea::precision))),
        Class::DataGeneralizations => {
            Arc::new(StringArray::from_iter_values(rows.map(|area| area.generalization.as_str())))
        }
        Class::InformationWithheld => {
            Arc::new(StringArray::from_iter_values(areas.iter().map(|_| INFORMATION_WITHHELD_TEXT)))
        }
    };
    if masked.data_type() == field.data_type() { Ok(masked) } else { Err(missing(field.name())) }
}

/// The country that a published area is in; the one that the archive declares where nothing else is told of the place.
fn country_of(area: &PublishedArea, declared: impl FnOnce() -> Option<&'static Country>) -> Option<&'static Country> {
    let known = area.department_code.as_deref().or(area.department_codes.first().map(String::as_str));
    match known.and_then(department) {
        Some(department) => country::of_code(department.country),
        None if area.is_nowhere() => declared(),
        None => None,
    }
}

/// What the archive says of the country, by its words alone.
///
/// The interpreted column may have the country of the coordinates, or none since they are far from any: that tells on which
/// side of a border or a coast they are.
struct DeclaredCountry<'a> {
    columns: [Option<&'a StringArray>; 2],
    words: &'a Vocabulary,
}

impl<'a> DeclaredCountry<'a> {
    fn of(exact: &'a RecordBatch, words: &'a Vocabulary) -> Self {
        let text = |name| exact.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        Self { columns: ["v_countryCode", "v_country"].map(text), words }
    }

    fn value(&self, row: usize) -> Option<&'static Country> {
        let texts = self.columns.iter().flatten().filter(|texts| texts.is_valid(row));
        let mut countries = texts.filter_map(|texts| country::country_in(self.words, texts.value(row)));
        countries.find(|country| country.code != country::SEVERAL)
    }
}

/// A list for each published area, null where there is nothing in it.
fn lists(areas: &[Arc<PublishedArea>], of: impl Fn(&PublishedArea) -> &[String]) -> ListArray {
    let mut lists = ListBuilder::with_capacity(StringBuilder::new(), areas.len());
    for area in areas {
        let texts = of(area);
        texts.iter().for_each(|text| lists.values().append_value(text));
        lists.append(!texts.is_empty());
    }
    lists.finish()
}

/// Rows in the order of their occurrenceKeys, in batches.
///
/// A key is a hash: the order of protected records then tells nothing of where their archive has them, among neighbours of
/// the same pond.
///
/// # Errors
/// When the batches have no keys.
pub fn in_order_of_keys(batches: &[RecordBatch]) -> Result<Vec<RecordBatch>> {
    let mut rows: Vec<(&str, (usize, usize))> = Vec::new();
    for (number, batch) in batches.iter().enumerate() {
        let keys = batch.column_by_name("occurrenceKey").and_then(|keys| keys.as_string_opt::<i32>());
        let keys = keys.ok_or_else(|| missing("occurrenceKey"))?;
        rows.extend((0..keys.len()).map(|row| (keys.value(row), (number, row))));
    }
    rows.sort_unstable();
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    let positions: Vec<(usize, usize)> = rows.into_iter().map(|(_, position)| position).collect();
    let sorted = positions.chunks(BATCH_ROWS).map(|positions| interleave_record_batch(&batches, positions));
    Ok(sorted.collect::<arrow::error::Result<Vec<_>>>()?)
}

/// Masked rows that wait for the end of their file.
///
/// They stand behind the free rows, in the order of their keys ([`in_order_of_keys`]).
#[derive(Debug, Default)]
pub struct MaskedRows(Vec<RecordBatch>);

impl MaskedRows {
    /// Takes masked rows.
    pub fn push(&mut self, masked: PublicBatch) {
        if masked.num_rows() > 0 {
            self.0.push(masked.0);
        }
    }

    /// All of them, in order.
    ///
    /// # Errors
    /// When they are not of one table.
    pub fn in_order(self) -> Result<Vec<PublicBatch>> {
        Ok(in_order_of_keys(&self.0)?.into_iter().map(PublicBatch).collect())
    }
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
        let mask = Mask::new(table.schema(), Arc::new(AreaResolver::new(References::default()))).unwrap();
        mask.apply(&table.batch(&plan).unwrap()).unwrap()
    }

    #[test]
    fn s46_a_record_without_a_level_is_not_published() {
        let protected = masked(&[Some(0), None, Some(-1), Some(5), Some(4), Some(3)]);
        let levels = |batch: &PublicBatch| {
            let levels = batch.rows().column_by_name("diffusionLevel").unwrap().as_primitive::<Int32Type>().clone();
            levels.iter().collect::<Vec<_>>()
        };
        assert_eq!((levels(&protected.free), levels(&protected.masked)), (vec![Some(0)], vec![Some(3)]));
        assert_eq!((protected.restricted.num_rows(), protected.withheld), (5, 4));
        let nothing = masked(&[None, None]);
        assert_eq!((nothing.free.num_rows(), nothing.masked.num_rows(), nothing.withheld), (0, 0, 2));
    }

    #[test]
    fn s46_a_table_without_levels_is_not_published() {
        for (column, data_type) in [("occurrenceID", DataType::Utf8), ("diffusionLevel", DataType::Utf8)] {
            let schema = Arc::new(Schema::new(vec![Field::new(column, data_type, true)]));
            assert!(Mask::new(schema, Arc::new(AreaResolver::new(References::default()))).is_err());
        }
    }
}
