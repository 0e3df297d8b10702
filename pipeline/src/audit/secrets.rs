//! What is secret of protected records: read from their exact rows, which are restricted.

use std::collections::BTreeSet;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Float64Type, Int32Type};
use hashbrown::{HashMap, HashSet};

use super::places::Places;
use super::words::{AtomSet, atoms_of, whole};
use crate::error::{Error, Result};
use crate::occurrence::VERBATIM_PREFIX;
use crate::protect::columns::{Class, class_of};

/// Interpreted columns whose texts tell the place; what else an exact row has of it stands in its verbatim terms.
const OF_THE_PLACE: &[&str] = &[
    "commune",
    "gridCell10km",
    "gridCell5km",
    "gridCell1km",
    "gridCells10km",
    "arrondissementCode",
    "eventHierarchy",
    "eventID",
    "parentEventID",
    "locationInheritedFrom",
    "dateInheritedFrom",
];
/// Columns that name a record that must not be known at all.
const OF_THE_RECORD: &[&str] = &["occurrenceKey", "occurrenceID", "v_occurrenceID"];
/// Fewest decimals of a rounded coordinate that is looked for: 11 m.
const DECIMALS: std::ops::RangeInclusive<usize> = 4..=6;

/// What must not be known of the protected records of some datasets.
#[derive(Debug, Default)]
pub struct Secrets {
    /// Words and pairs of words.
    pub atoms: AtomSet,
    /// True points.
    pub places: Places,
    /// Hashes of their keys, with whether they are withheld.
    pub keys: HashMap<u64, bool, ahash::RandomState>,
    /// Hashes of the groups that one of them makes sensitive.
    pub groups: HashSet<u64, ahash::RandomState>,
    /// Hashes of who saw something when and where.
    pub sightings: HashSet<u64, ahash::RandomState>,
    /// Values that were taken apart already.
    seen: HashSet<u64, ahash::RandomState>,
    /// Columns of the place besides the known ones: further layers.
    layers: BTreeSet<String>,
}

impl Secrets {
    /// Nothing yet, with the columns of further layers.
    pub fn new(layers: impl IntoIterator<Item = String>) -> Self {
        Self { layers: layers.into_iter().collect(), ..Self::default() }
    }

    /// How many things are looked for.
    pub fn len(&self) -> usize {
        self.atoms.len() + self.places.len()
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Takes the secrets of other datasets.
    pub fn merge(&mut self, other: Self) {
        self.atoms.extend(other.atoms);
        self.places.merge(other.places);
        self.keys.extend(other.keys);
        self.groups.extend(other.groups);
        self.sightings.extend(other.sightings);
    }

    /// Adds exact rows of protected records; those from `withheld` on must not be known at all.
    ///
    /// # Errors
    /// When the rows lack their keys or levels.
    pub fn add(&mut self, exact: &RecordBatch, withheld: i32) -> Result<()> {
        let levels = integers(exact, "diffusionLevel")?;
        let group_levels = integers(exact, "groupDiffusionLevel")?;
        let keys = texts(exact, "occurrenceKey")?;
        for row in 0..exact.num_rows() {
            let is_withheld = levels.is_null(row) || levels.value(row) >= withheld;
            self.keys.insert(whole(keys.value(row).as_bytes()), is_withheld);
        }
        let (atoms, seen) = (&mut self.atoms, &mut self.seen);
        let mut take = |text: &str| {
            if seen.insert(whole(text.as_bytes())) {
                atoms_of(text, |atom| {
                    atoms.insert(atom);
                });
            }
        };
        for (field, column) in exact.schema().fields().iter().zip(exact.columns()) {
            let name = field.name().as_str();
            let is_secret = match class_of(name) {
                Some(Class::Free) => false,
                _ => name.starts_with(VERBATIM_PREFIX) || OF_THE_PLACE.contains(&name) || self.layers.contains(name),
            };
            if is_secret {
                each_text(column, &mut take);
            } else if OF_THE_RECORD.contains(&name)
                && let Some(texts) = column.as_string_opt::<i32>()
            {
                let hidden = |row: &usize| levels.is_null(*row) || levels.value(*row) >= withheld;
                (0..texts.len())
                    .filter(|row| texts.is_valid(*row))
                    .filter(hidden)
                    .for_each(|row| take(texts.value(row)));
            }
        }
        let group_of = exact.column_by_name("sensitivityGroups").and_then(|column| column.as_list_opt::<i32>());
        let sighting = Sighting::of(exact);
        for row in 0..exact.num_rows() {
            if let Some((latitude, longitude)) = sighting.point(row) {
                self.places.add(latitude, longitude);
                for degrees in [latitude, longitude] {
                    each_writing(degrees, |written| {
                        atoms_of(written, |atom| {
                            self.atoms.insert(atom);
                        })
                    });
                }
            }
            // What is shown at its commune because nobody knows the taxon makes nothing else sensitive.
            if group_levels.value(row) > 0 {
                self.sightings.extend(sighting.hash(row));
                if let Some(groups) = group_of.filter(|groups| groups.is_valid(row)) {
                    let names = groups.value(row);
                    let names = names.as_string_opt::<i32>().into_iter().flat_map(|names| names.iter().flatten());
                    self.groups.extend(names.map(|name| whole(name.as_bytes())));
                }
            }
        }
        Ok(())
    }
}

/// Who saw something when and where: records that have it in common are of one moment.
pub struct Sighting<'a> {
    observers: Option<ArrayRef>,
    dates: Option<&'a StringArray>,
    latitudes: Option<&'a arrow::array::Float64Array>,
    longitudes: Option<&'a arrow::array::Float64Array>,
}

impl<'a> Sighting<'a> {
    /// The columns of a batch of an occurrence table.
    pub fn of(rows: &'a RecordBatch) -> Self {
        let number = |name: &str| rows.column_by_name(name).and_then(|column| column.as_primitive_opt::<Float64Type>());
        Self {
            observers: rows.column_by_name("recordedBy").cloned(),
            dates: rows.column_by_name("eventDate").and_then(|column| column.as_string_opt::<i32>()),
            latitudes: number("decimalLatitude"),
            longitudes: number("decimalLongitude"),
        }
    }

    /// Latitude and longitude of a row.
    pub fn point(&self, row: usize) -> Option<(f64, f64)> {
        let value = |column: Option<&arrow::array::Float64Array>| {
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
        };
        value(self.latitudes).zip(value(self.longitudes))
    }

    /// The hash of observer, day and point; none where one of them is not known.
    pub fn hash(&self, row: usize) -> Option<u64> {
        let (latitude, longitude) = self.point(row)?;
        let day = self.dates.filter(|dates| dates.is_valid(row)).map(|dates| dates.value(row))?;
        let mut text = day.split('T').next()?.as_bytes().to_vec();
        let observers = self.observers.as_ref().filter(|observers| observers.is_valid(row))?;
        each_text(&observers.slice(row, 1), &mut |name| text.extend(name.as_bytes()));
        text.extend(latitude.to_bits().to_be_bytes());
        text.extend(longitude.to_bits().to_be_bytes());
        Some(whole(&text))
    }
}

/// The ways in which a coordinate may be written in decimal degrees: as it is, rounded, and cut off.
fn each_writing(degrees: f64, mut each: impl FnMut(&str)) {
    let degrees = degrees.abs();
    each(&degrees.to_string());
    for decimals in DECIMALS {
        let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(6));
        for value in [(degrees * scale).round() / scale, (degrees * scale).trunc() / scale] {
            // Zeros at the end would make it a coarser number, which is not looked for.
            let written = value.to_string();
            if written.split_once('.').is_some_and(|(_, fraction)| fraction.len() >= *DECIMALS.start()) {
                each(&written);
            }
        }
    }
}

/// Calls `each` with all texts of a column, those inside lists and structs too. Texts that repeat one after the other come once.
pub fn each_text(column: &ArrayRef, each: &mut dyn FnMut(&str)) {
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            let mut before = "";
            for row in (0..texts.len()).filter(|row| texts.is_valid(*row)) {
                let text = texts.value(row);
                if text != before {
                    each(text);
                    before = text;
                }
            }
        }
        DataType::List(_) => {
            let lists = column.as_list::<i32>();
            let offsets = lists.value_offsets();
            if let (Some(first), Some(last)) = (offsets.first(), offsets.last())
                && let (Ok(start), Ok(end)) = (usize::try_from(*first), usize::try_from(*last))
            {
                each_text(&lists.values().slice(start, end - start), each);
            }
        }
        DataType::Struct(_) => column.as_struct().columns().iter().for_each(|column| each_text(column, each)),
        _ => {}
    }
}

/// A column of whole numbers.
///
/// # Errors
/// When there is none of this name.
pub fn integers<'a>(rows: &'a RecordBatch, name: &str) -> Result<&'a arrow::array::Int32Array> {
    let column = rows.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int32Type>());
    column.ok_or_else(|| missing(name))
}

/// A column of texts.
///
/// # Errors
/// When there is none of this name.
pub fn texts<'a>(rows: &'a RecordBatch, name: &str) -> Result<&'a StringArray> {
    rows.column_by_name(name).and_then(|column| column.as_string_opt::<i32>()).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Error {
    Error::data(format!("an occurrence table has no column {name}"))
        .remedy("make it again with `openobs interpret`: it was written by another version of the program")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coordinate_is_looked_for_in_all_its_writings() {
        let mut written = BTreeSet::new();
        each_writing(-5.712_349_87, |text| {
            written.insert(text.to_owned());
        });
        let expected = ["5.7123", "5.71234", "5.712349", "5.71234987", "5.71235"].map(String::from);
        assert_eq!(written, BTreeSet::from(expected));
        each_writing(45.5, |text| assert_eq!(text, "45.5"));
    }
}
