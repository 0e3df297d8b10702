//! The columns of the step, and what goes into them for a record.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder, Int32Builder, ListBuilder, StringBuilder};
use arrow::datatypes::{DataType, Field, Fields};

use super::chain::region_of;
use super::gazetteer::Gazetteer;
use crate::column::list_type;
use crate::reference::Layer;
use crate::step::issues_field;

/// Texts, in the order in which they are written.
const TEXTS: [&str; 12] = [
    "departmentCode",
    "department",
    "regionCode",
    "region",
    "communeCode",
    "commune",
    "arrondissementCode",
    "gridCell10km",
    "gridCell5km",
    "gridCell1km",
    "attachment",
    "nearestCommuneCode",
];
/// Lists, after the texts.
const LISTS: [&str; 5] =
    ["departmentCodes", "communeCodes", "gridCells10km", "crossedDepartmentCodes", "crossedCommuneCodes"];

/// What is written for a record.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    pub(super) department: Option<&'a str>,
    pub(super) commune: Option<&'a str>,
    pub(super) arrondissement: Option<&'a str>,
    /// Cells of 1, 5 and 10 km.
    pub(super) cells: [Option<String>; 3],
    pub(super) attachment: Option<&'static str>,
    pub(super) nearest: Option<(&'a str, f64)>,
    pub(super) departments: Vec<&'a str>,
    pub(super) communes: Vec<&'a str>,
    pub(super) cells_10km: Vec<String>,
    /// All areas that hold a part of the place, whatever the nature of the object.
    pub(super) crossed_departments: Vec<&'a str>,
    pub(super) crossed_communes: Vec<&'a str>,
    /// Codes by further layer.
    pub(super) layers: Vec<Vec<&'a str>>,
}

/// The fields of the step.
pub(super) fn fields(layers: &[Layer]) -> Fields {
    let mut fields: Vec<Field> = TEXTS.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    fields.extend(LISTS.iter().map(|name| Field::new(*name, list_type(), true)));
    fields.push(Field::new("communeYear", DataType::Int32, true));
    fields.push(Field::new("nearestCommuneDistanceInMeters", DataType::Float64, true));
    fields.extend(layers.iter().map(|layer| Field::new(&layer.column, list_type(), true)));
    fields.push(issues_field());
    Fields::from(fields)
}

/// Builders of the columns.
pub(super) struct Columns {
    texts: [StringBuilder; TEXTS.len()],
    lists: [ListBuilder<StringBuilder>; LISTS.len()],
    years: Int32Builder,
    distances: Float64Builder,
    layers: Vec<ListBuilder<StringBuilder>>,
}

impl Columns {
    pub(super) fn with_capacity(rows: usize, layers: usize) -> Self {
        let list = || ListBuilder::with_capacity(StringBuilder::new(), rows);
        Self {
            texts: std::array::from_fn(|_| StringBuilder::with_capacity(rows, 0)),
            lists: std::array::from_fn(|_| list()),
            years: Int32Builder::with_capacity(rows),
            distances: Float64Builder::with_capacity(rows),
            layers: (0..layers).map(|_| list()).collect(),
        }
    }

    pub(super) fn append(&mut self, found: &Found<'_>, gazetteer: &Gazetteer, commune_year: Option<i32>) {
        let (region, region_name) = match found.department {
            Some(department) => region_of([department]),
            None => region_of(found.departments.iter().copied()),
        }
        .unzip();
        let [one, five, ten] = &found.cells;
        let texts = [
            found.department,
            found.department.and_then(|code| gazetteer.department_name(code)),
            region,
            region_name,
            found.commune,
            found.commune.and_then(|code| gazetteer.commune_name(code)),
            found.arrondissement,
            ten.as_deref(),
            five.as_deref(),
            one.as_deref(),
            found.attachment,
            found.nearest.map(|(code, _)| code),
        ];
        self.texts.iter_mut().zip(texts).for_each(|(column, value)| column.append_option(value));
        let [departments, communes, cells, crossed_departments, crossed_communes] = &mut self.lists;
        append(departments, &found.departments);
        append(communes, &found.communes);
        append(cells, &found.cells_10km);
        append(crossed_departments, &found.crossed_departments);
        append(crossed_communes, &found.crossed_communes);
        self.years.append_option(commune_year.filter(|_| found.commune.is_some()));
        self.distances.append_option(found.nearest.map(|(_, metres)| (metres * 10.0).round() / 10.0));
        for (position, column) in self.layers.iter_mut().enumerate() {
            append(column, found.layers.get(position).map_or(&[][..], Vec::as_slice));
        }
    }

    pub(super) fn finish(self) -> Vec<ArrayRef> {
        let Self { texts, lists, mut years, mut distances, layers } = self;
        let mut arrays: Vec<ArrayRef> = Vec::new();
        arrays.extend(texts.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef));
        arrays.extend(lists.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef));
        arrays.push(Arc::new(years.finish()));
        arrays.push(Arc::new(distances.finish()));
        arrays.extend(layers.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef));
        arrays
    }
}

/// A list; null when there is nothing.
fn append<T: AsRef<str>>(column: &mut ListBuilder<StringBuilder>, values: &[T]) {
    values.iter().for_each(|value| column.values().append_value(value.as_ref()));
    column.append(!values.is_empty());
}
