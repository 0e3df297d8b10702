//! The public occurrence table against the exact rows of protected records: every other product is compared with this table.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray, Int32Array, ListArray, RecordBatch, StringArray};
use arrow::compute::{concat, concat_batches, filter_record_batch};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use serde_json::Value;

use super::finding::{Findings, Leak};
use super::secrets::{Secrets, Sighting, integers, texts};
use super::words::whole;
use crate::error::{Doing, Error, Result};
use crate::protect::columns::{Class, class_of};
use crate::protect::{DATA_GENERALIZATIONS, Mask};
use crate::session::BATCH_ROWS;

/// Terms of the place that no protected record tells, whatever the classes of columns say: a second opinion, written from the
/// list of the SINP (sinp.md 3.6) and the Location class of Darwin Core.
const NEVER_TOLD: &[&str] = &[
    "locality",
    "verbatimLocality",
    "locationID",
    "locationRemarks",
    "verbatimCoordinates",
    "verbatimLatitude",
    "verbatimLongitude",
    "verbatimSRS",
    "verbatimCoordinateSystem",
    "coordinatePrecision",
    "pointRadiusSpatialFit",
    "footprintWKT",
    "footprintSRS",
    "footprintSpatialFit",
    "georeferenceRemarks",
    "georeferenceSources",
    "georeferenceProtocol",
    "georeferencedBy",
    "island",
    "islandGroup",
    "waterBody",
    "verbatimElevation",
    "minimumElevationInMeters",
    "maximumElevationInMeters",
    "verbatimDepth",
    "minimumDepthInMeters",
    "maximumDepthInMeters",
    "elevation",
    "depth",
    "habitat",
    "fieldNumber",
    "fieldNotes",
    "recordNumber",
    "eventID",
    "parentEventID",
    "eventTime",
    "occurrenceRemarks",
    "eventRemarks",
    "behavior",
    "associatedMedia",
    "references",
    "multimedia",
    "dynamicProperties",
    "gridCell5km",
    "gridCell1km",
];

/// What is to be known of the public table of one part of a dataset, to compare other products with.
#[derive(Debug)]
pub struct Part {
    /// Keys of all its rows, in order.
    pub keys: StringArray,
    /// The masked rows, which stand last.
    pub masked: RecordBatch,
    /// The box and the years of all rows.
    pub bounds: Bounds,
}

/// The box and the years of public rows.
#[derive(Debug, Clone, Default)]
pub struct Bounds {
    /// West, east, south, north, in degrees.
    pub degrees: Option<[f64; 4]>,
    /// The first and the last.
    pub years: Option<[i32; 2]>,
}

impl Bounds {
    fn add(&mut self, rows: &RecordBatch) -> Result<()> {
        let seen = Sighting::of(rows);
        for (latitude, longitude) in (0..rows.num_rows()).filter_map(|row| seen.point(row)) {
            self.add_box([longitude, longitude, latitude, latitude]);
        }
        for year in integers(rows, "year")?.iter().flatten() {
            self.add_years([year, year]);
        }
        Ok(())
    }

    /// Adds those of other rows.
    pub fn merge(&mut self, other: &Self) {
        other.degrees.into_iter().for_each(|degrees| self.add_box(degrees));
        other.years.into_iter().for_each(|years| self.add_years(years));
    }

    fn add_box(&mut self, of: [f64; 4]) {
        let [west, east, south, north] = self.degrees.unwrap_or(of);
        self.degrees = Some([west.min(of[0]), east.max(of[1]), south.min(of[2]), north.max(of[3])]);
    }

    fn add_years(&mut self, of: [i32; 2]) {
        let [first, last] = self.years.unwrap_or(of);
        self.years = Some([first.min(of[0]), last.max(of[1])]);
    }
}

impl Part {
    /// Reads a part, and gives `each` the columns of its rows that tell who saw what when, with the first row's number.
    ///
    /// # Errors
    /// When the file cannot be read, or those of `each`.
    pub fn read(table: &Table, mut each: impl FnMut(&RecordBatch, u64) -> Result<()>) -> Result<Self> {
        let reader = table.reader()?;
        let columns = ProjectionMask::columns(reader.parquet_schema(), OF_SIGHTINGS);
        let (mut keys, mut row, mut first_masked) = (Vec::new(), 0_u64, None);
        let mut bounds = Bounds::default();
        for batch in reader.with_projection(columns).build()? {
            let batch = batch?;
            each(&batch, row)?;
            bounds.add(&batch)?;
            let levels = integers(&batch, "diffusionLevel")?;
            let masked = (0..levels.len()).find(|row| levels.is_null(*row) || levels.value(*row) > 0);
            first_masked = first_masked.or(masked.map(|masked| row + masked as u64));
            row += batch.num_rows() as u64;
            keys.push(texts(&batch, "occurrenceKey")?.clone());
        }
        let keys: Vec<&dyn Array> = keys.iter().map(|keys| keys as &dyn Array).collect();
        let keys = match keys.is_empty() {
            true => StringArray::from(Vec::<&str>::new()),
            false => concat(&keys)?.as_string::<i32>().clone(),
        };
        let reader = table.reader()?;
        let schema = reader.schema().clone();
        let mut masked = Vec::new();
        if let Some(first) = first_masked.and_then(|first| usize::try_from(first).ok()) {
            // Masked rows stand in groups of rows of their own.
            let mut before = 0;
            let groups = reader.metadata().row_groups().iter().enumerate().filter_map(|(number, group)| {
                before += usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
                (before > first).then_some(number)
            });
            let groups = groups.collect();
            for batch in reader.with_row_groups(groups).build()? {
                let batch = batch?;
                let levels = integers(&batch, "diffusionLevel")?;
                let is_masked: BooleanArray = levels.iter().map(|level| Some(level != Some(0))).collect();
                masked.push(filter_record_batch(&batch, &is_masked)?);
            }
        }
        Ok(Self { keys, masked: concat_batches(&schema, &masked)?, bounds })
    }

    /// How many rows are not masked.
    pub fn free_rows(&self) -> usize {
        self.keys.len() - self.masked.num_rows()
    }
}

/// Columns of a public table that tell who saw what when, and in which group.
const OF_SIGHTINGS: [&str; 15] = [
    "occurrenceKey",
    "year",
    "diffusionLevel",
    "recordedBy",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "eventID",
    "parentEventID",
    "v_eventID",
    "v_parentEventID",
    "v_idSINPRegroupement",
    "v_identifiantRegroupementPermanent",
    "v_permidgrp",
    "v_dynamicProperties",
];

/// A Parquet file whose metadata was read once: tables have hundreds of columns.
pub struct Table {
    file: File,
    metadata: ArrowReaderMetadata,
}

impl Table {
    /// Opens a file.
    ///
    /// # Errors
    /// When it is not there, or no Parquet.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).doing(|| format!("read {}", path.display()))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
        Ok(Self { file, metadata })
    }

    fn reader(&self) -> Result<ParquetRecordBatchReaderBuilder<File>> {
        let file = self.file.try_clone().doing(|| "open a table again")?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        Ok(reader.with_batch_size(BATCH_ROWS))
    }
}

/// How public rows are compared with exact ones.
pub struct Comparison<'a> {
    /// Makes the mask of a table; none without references: areas are not compared then.
    pub mask: &'a (dyn Fn(SchemaRef) -> Result<Option<Mask>> + Sync),
    /// Terms that name groups.
    pub group_terms: &'a [&'static str],
    /// Level from which nothing is published.
    pub withheld: i32,
    /// Of [`NEVER_TOLD`], the cells that levels by mesh allow some records to tell; the mask says which.
    pub told: Vec<&'static str>,
}

impl Comparison<'_> {
    /// Checks one part and gives what other products are compared with.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn part(
        &self,
        public: &Path,
        restricted: Option<&Path>,
        name: &str,
        secrets: &Secrets,
        findings: &mut Findings,
    ) -> Result<Part> {
        let public = Table::open(public)?;
        check_file(&public.metadata, name, findings);
        let mut last_key: Option<String> = None;
        let part = Part::read(&public, |batch, first| {
            let levels = integers(batch, "diffusionLevel")?;
            let keys = texts(batch, "occurrenceKey")?;
            for row in 0..batch.num_rows() {
                let line = Some(first + row as u64 + 1);
                let key = keys.value(row);
                if levels.is_null(row) || levels.value(row) >= self.withheld {
                    findings.leak(Leak::L18, name, line, "a record that must not be public");
                }
                if levels.is_valid(row) && levels.value(row) == 0 {
                    if last_key.is_some() {
                        findings.leak(Leak::L13, name, line, "a free record stands behind a masked one");
                    }
                    if secrets.keys.contains_key(&whole(key.as_bytes())) {
                        findings.leak(Leak::L3, name, line, "a protected record is published as it is");
                    }
                    continue;
                }
                if last_key.as_deref().is_some_and(|last| last > key) {
                    findings.leak(Leak::L13, name, line, "masked records are not in the order of their keys");
                }
                last_key = Some(key.to_owned());
            }
            self.siblings(batch, levels, name, first, secrets, findings);
            Ok(())
        })?;
        let exact = match restricted {
            None => None,
            Some(path) => {
                let reader = Table::open(path)?.reader()?;
                let schema = reader.schema().clone();
                let batches = reader.build()?.collect::<arrow::error::Result<Vec<_>>>()?;
                Some(concat_batches(&schema, &batches)?)
            }
        };
        self.masked(&part.masked, exact.as_ref(), name, part.free_rows() as u64, findings)?;
        Ok(part)
    }

    /// Masked rows against the exact ones they were made of, which have the same order.
    fn masked(
        &self,
        masked: &RecordBatch,
        exact: Option<&RecordBatch>,
        name: &str,
        first: u64,
        findings: &mut Findings,
    ) -> Result<()> {
        for (field, column) in masked.schema().fields().iter().zip(masked.columns()) {
            let term = field.name().strip_prefix("v_").unwrap_or(field.name());
            if NEVER_TOLD.contains(&term) && !self.told.contains(&term) && column.null_count() < column.len() {
                let row = (0..column.len()).find(|row| column.is_valid(*row)).map(|row| first + row as u64 + 1);
                findings.leak(Leak::L1, name, row, format!("masked records tell {}", field.name()));
            }
        }
        let Some(exact) = exact else {
            if masked.num_rows() > 0 {
                let message = "masked records have no exact rows to compare them with";
                findings.leak(Leak::L3, name, Some(first + 1), message);
            }
            return Ok(());
        };
        let levels = integers(exact, "diffusionLevel")?;
        let published = (0..levels.len()).map(|row| Some(levels.is_valid(row) && levels.value(row) < self.withheld));
        let exact = filter_record_batch(exact, &published.collect())?;
        if texts(&exact, "occurrenceKey")? != texts(masked, "occurrenceKey")? {
            let message = "the masked records are not those that are protected";
            findings.leak(Leak::L3, name, Some(first + 1), message);
            return Ok(());
        }
        within_reach(masked, &exact, name, first, findings);
        let expected = (self.mask)(exact.schema())?.map(|mask| mask.masked_again(&exact)).transpose()?;
        for (field, column) in masked.schema().fields().iter().zip(masked.columns()) {
            let wrong = |row: Option<usize>, leak: Leak, message: String, findings: &mut Findings| {
                findings.leak(leak, name, row.map(|row| first + row as u64 + 1), message);
            };
            let class = class_of(field.name());
            if let Some(Class::PlacelessIssues) = class {
                if let Some(row) = added(column.as_list_opt(), exact.column_by_name(field.name())) {
                    wrong(Some(row), Leak::L1, "an issue that the record does not have".to_owned(), findings);
                }
                continue;
            }
            let expected = match (&expected, class) {
                (Some(expected), _) => expected.column_by_name(field.name()),
                (None, Some(Class::Free)) => exact.column_by_name(field.name()),
                (None, Some(Class::Withheld)) if column.null_count() < column.len() => None,
                (None, _) => continue,
            };
            if expected.is_some_and(|expected| expected == column) {
                continue;
            }
            let differing = |row: &usize| {
                expected.is_none_or(|expected| {
                    expected.data_type() != column.data_type() || expected.slice(*row, 1) != column.slice(*row, 1)
                })
            };
            let row = (0..column.len()).find(differing);
            let message = format!("{} of a masked record is not what its area and its level allow", field.name());
            wrong(row, leak_of(field.name()), message, findings);
        }
        Ok(())
    }

    /// Free records that stand beside a protected one.
    fn siblings(
        &self,
        batch: &RecordBatch,
        levels: &Int32Array,
        name: &str,
        first: u64,
        secrets: &Secrets,
        findings: &mut Findings,
    ) {
        if secrets.groups.is_empty() && secrets.sightings.is_empty() {
            return;
        }
        let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        let grouping = "idSINPRegroupement";
        let columns: Vec<(&str, &StringArray)> = self
            .group_terms
            .iter()
            .flat_map(|term| match *term {
                term if term == grouping => {
                    let names = ["v_idSINPRegroupement", "v_identifiantRegroupementPermanent", "v_permidgrp"];
                    names.map(|name| (term, text(name))).to_vec()
                }
                term => vec![(term, text(&format!("v_{term}"))), (term, text(term))],
            })
            .filter_map(|(term, column)| Some((term, column?)))
            .collect();
        let properties = text("v_dynamicProperties").filter(|_| self.group_terms.contains(&grouping));
        let sighting = Sighting::of(batch);
        let mut known: BTreeMap<&str, bool> = BTreeMap::new();
        for row in (0..batch.num_rows()).filter(|row| levels.is_valid(*row) && levels.value(*row) == 0) {
            let line = Some(first + row as u64 + 1);
            let named = columns.iter().filter(|(_, column)| column.is_valid(row)).any(|(term, column)| {
                let value = column.value(row);
                let name = if *term == grouping {
                    format!("{term}:{}", value.to_lowercase())
                } else {
                    format!("{term}:{value}")
                };
                secrets.groups.contains(&whole(name.as_bytes()))
            });
            let in_properties = properties.filter(|properties| properties.is_valid(row)).is_some_and(|properties| {
                let text = properties.value(row);
                *known.entry(text).or_insert_with(|| names_group(text, grouping, secrets))
            });
            if named || in_properties {
                findings.leak(Leak::L7, name, line, "a free record is of the group of a protected one");
            }
            if sighting.hash(row).is_some_and(|hash| secrets.sightings.contains(&hash)) {
                let message = "a free record has observer, day and place of a protected one";
                findings.notice(Leak::L8, name, line, message);
            }
        }
    }
}

/// Whether properties name the group of a protected record.
fn names_group(properties: &str, grouping: &str, secrets: &Secrets) -> bool {
    let Ok(Value::Object(properties)) = serde_json::from_str::<Value>(properties) else { return false };
    let same =
        |key: &str| key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().eq_ignore_ascii_case(grouping);
    properties
        .iter()
        .filter(|(key, _)| same(key))
        .filter_map(|(_, value)| value.as_str())
        .any(|value| secrets.groups.contains(&whole(format!("{grouping}:{}", value.to_lowercase()).as_bytes())))
}

/// Columns without a decision, and statistics, which tell of rows what the rows do not.
fn check_file(reader: &ArrowReaderMetadata, name: &str, findings: &mut Findings) {
    let metadata = reader.metadata();
    for field in reader.schema().fields() {
        if matches!(field.name().as_str(), "sensitivityRules" | "sensitivityAlert" | "sensitivityFromGroup") {
            findings.leak(Leak::L15, name, None, format!("the column {} is public", field.name()));
        }
    }
    for column in metadata.row_groups().iter().flat_map(|group| group.columns()) {
        let has_bounds = column
            .statistics()
            .is_some_and(|statistics| statistics.min_bytes_opt().is_some() || statistics.max_bytes_opt().is_some());
        if has_bounds || column.bloom_filter_offset().is_some() || column.column_index_offset().is_some() {
            let message = format!("the file has statistics of {}", column.column_path().string());
            findings.leak(Leak::L13, name, None, message);
        }
    }
    let known = ["ARROW:schema"];
    for entry in metadata.file_metadata().key_value_metadata().into_iter().flatten() {
        if !known.contains(&entry.key.as_str()) {
            findings.leak(Leak::L13, name, None, format!("the file has the metadata {}", entry.key));
        }
    }
}

/// The published circle must hold the true point: else the point was moved, and moves average out.
fn within_reach(masked: &RecordBatch, exact: &RecordBatch, name: &str, first: u64, findings: &mut Findings) {
    let (told, truth) = (Sighting::of(masked), Sighting::of(exact));
    let areas = masked.column_by_name(DATA_GENERALIZATIONS).and_then(|column| column.as_string_opt::<i32>());
    let mut points: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let radius = masked
        .column_by_name("coordinateUncertaintyInMeters")
        .and_then(|column| column.as_primitive_opt::<arrow::datatypes::Float64Type>());
    for row in 0..masked.num_rows() {
        let (Some(told), Some(truth)) = (told.point(row), truth.point(row)) else { continue };
        let line = Some(first + row as u64 + 1);
        if let Some(areas) = areas.filter(|areas| areas.is_valid(row))
            && *points.entry(areas.value(row)).or_insert(told) != told
        {
            findings.leak(Leak::L10, name, line, "two records of one area are shown at two points");
        }
        if told == truth {
            findings.leak(Leak::L1, name, line, "a masked record tells its true point");
        }
        // The area of a line or polygon may be beside the point that is shown for it: those are told by their area alone.
        let is_point = exact.column_by_name("v_footprintWKT").is_none_or(|column| column.is_null(row));
        let reach = radius.filter(|radius| radius.is_valid(row)).map_or(0.0, |radius| radius.value(row));
        if reach <= 0.0 {
            findings.leak(Leak::L16, name, line, "a masked point has no uncertainty");
        } else if is_point && metres(told, truth) > reach * 2.0 + 30_000.0 {
            findings.leak(Leak::L10, name, line, "a masked point is far from the area of its record");
        }
    }
}

fn metres(one: (f64, f64), other: (f64, f64)) -> f64 {
    let north = (one.0 - other.0) * 111_200.0;
    let east = (one.1 - other.1) * 111_200.0 * one.0.to_radians().cos();
    north.hypot(east)
}

/// The first row with an issue that the exact one does not have.
fn added(public: Option<&ListArray>, exact: Option<&arrow::array::ArrayRef>) -> Option<usize> {
    let (public, exact) = (public?, exact?.as_list_opt::<i32>()?);
    (0..public.len()).find(|row| {
        let (public, exact) = (public.value(*row), exact.value(*row));
        let (Some(public), Some(exact)) = (public.as_string_opt::<i32>(), exact.as_string_opt::<i32>()) else {
            return true;
        };
        public.iter().any(|issue| !exact.iter().any(|known| known == issue))
    })
}

/// The leak that a wrong column is.
fn leak_of(column: &str) -> Leak {
    match column {
        "decimalLatitude" | "decimalLongitude" => Leak::L10,
        "coordinateUncertaintyInMeters" | "coordinatePrecision" => Leak::L16,
        "communeCode" | "commune" | "communeCodes" => Leak::L4,
        "gridCell10km" | "gridCells10km" | "departmentCode" | "departmentCodes" | "department" | "region"
        | "regionCode" => Leak::L5,
        "multimedia" | "mediaTypes" | "references" => Leak::L12,
        "dataGeneralizations" | "informationWithheld" | "sensitivityReferential" => Leak::L15,
        "occurrenceRemarks" | "eventRemarks" | "v_occurrenceRemarks" | "v_eventRemarks" | "v_fieldNotes" => Leak::L2,
        _ => Leak::L1,
    }
}

/// The file of a manifest below its folder.
///
/// # Errors
/// When a manifest names a file outside its folder.
pub fn file_of(folder: &Path, path: &str) -> Result<std::path::PathBuf> {
    let is_inside = Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if is_inside { Ok(folder.join(path)) } else { Err(Error::data(format!("a manifest names the file {path}"))) }
}
