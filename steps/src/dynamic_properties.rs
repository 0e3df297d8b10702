//! `dynamicProperties` taken apart: its pairs of keys and values, and what it says of the body.
//!
//! # What it does
//!
//! Reads each distinct text once ([`crate::parse::dynamic_properties`]): the keys and values of a JSON object or of
//! `key=value; key=value`, among them those of the SINP (`diffusionGP`, `sensiNiveau`), which other steps read for themselves;
//! and, in texts of any form, the length and mass of the animal and whether tissue was kept, by the rules of VertNet.
//! Sex and life stage are fields of `basic`.
//!
//! # Reads
//!
//! `dynamicProperties`.
//!
//! # Writes
//!
//! - `dynamicProperties`: a list of `key`, `value`, in the order of the text (JSON: of the keys); null where there is no pair;
//! - `dynamicMeasurements`: a list of `measurementType` (`total length`, `standard length`, `fork length`, `head-body length`,
//!   `snout-vent length`, `total weight`), `measurementValue` (a number or range, as it stands) and `measurementUnit`;
//! - `hasTissue`: true where the text tells of tissue, else null.
//!
//! # Issues
//!
//! None: whatever a text holds, it stays readable in the verbatim term.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [dwc:dynamicProperties](http://rs.tdwg.org/dwc/terms/dynamicProperties),
//! [VertNet traits](https://github.com/VertNet/post-harvest-processor), GBIF's `LengthParser`, `MassParser` and `TissueParser`,
//! the `dynamicProperties_…` fields of the index of the Living Atlases.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, ListBuilder, StringBuilder, StructArray, StructBuilder, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::basic::distinct_text::DistinctText;
use crate::parse::dynamic_properties::{Measurement, has_tissue, length, mass, pairs};
use crate::step::{issues_field, record};
use crate::{Input, IssueSet, Step, Term, Verbatim};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "dynamicProperties is a list of keys and values, lengths and masses a list of measurements; GBIF keeps the text alone and applies the rules for lengths and masses to nothing.",
    "A unit ends a word (`5 gonads` is no mass in grams), a date is no list of measurements, and French words and units are known.",
    "Words for tissue count as words or beginnings of words: GBIF finds `fin` in Finistère and `cor` in record.",
    "An embryo in a text is not a life stage of the specimen.",
];

const TERM: Term = Term("dynamicProperties");
static READS: [Input; 1] = [Input::Term(TERM)];

/// The step `dynamic_properties`.
#[derive(Debug, Default)]
pub struct DynamicProperties;

fn list_of(fields: Fields) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields), true)))
}

fn pair_fields() -> Fields {
    Fields::from(vec![Field::new("key", DataType::Utf8, false), Field::new("value", DataType::Utf8, false)])
}

fn measurement_fields() -> Fields {
    Fields::from(vec![
        Field::new("measurementType", DataType::Utf8, false),
        Field::new("measurementValue", DataType::Utf8, false),
        Field::new("measurementUnit", DataType::Utf8, true),
    ])
}

/// What one text says.
#[derive(Default)]
struct Properties {
    pairs: Vec<(String, String)>,
    measurements: Vec<Measurement>,
    has_tissue: bool,
}

impl Properties {
    fn of(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::default() };
        let measurements = [length::length(text), mass::mass(text)].into_iter().flatten().collect();
        Self { pairs: pairs(text), measurements, has_tissue: has_tissue(text) }
    }
}

impl Step for DynamicProperties {
    fn name(&self) -> &'static str {
        "dynamic_properties"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![
            Field::new(TERM.name(), list_of(pair_fields()), true),
            Field::new("dynamicMeasurements", list_of(measurement_fields()), true),
            Field::new("hasTissue", DataType::Boolean, true),
            issues_field(),
        ])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let fields = self.writes();
        let issues = vec![IssueSet::new(); rows];
        let text = verbatim.text(TERM);
        if !text.is_present() {
            let columns = fields.iter().take(3).map(|field| new_null_array(field.data_type(), rows)).collect();
            return record(&fields, columns, &issues);
        }
        let properties = DistinctText::of(rows, text, |text, row| text.value(row), Properties::of);
        let pairs = column(rows, pair_fields(), |row| {
            let pairs = properties.row(row).map(|found| found.pairs.as_slice()).unwrap_or_default();
            pairs.iter().map(|(key, value)| [Some(key.as_str()), Some(value.as_str())])
        });
        let measurements = column(rows, measurement_fields(), |row| {
            let found = properties.row(row).map(|found| found.measurements.as_slice()).unwrap_or_default();
            found.iter().map(|found| [Some(found.property), Some(found.value.as_str()), found.unit.as_deref()])
        });
        let has_tissue = (0..rows).map(|row| properties.row(row)?.has_tissue.then_some(true));
        record(&fields, vec![pairs, measurements, Arc::new(BooleanArray::from_iter(has_tissue))], &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// A list of structs of text for each row; null where there is none.
fn column<'a, const N: usize, I: Iterator<Item = [Option<&'a str>; N]>>(
    rows: usize,
    fields: Fields,
    elements: impl Fn(usize) -> I,
) -> ArrayRef {
    let mut list = ListBuilder::with_capacity(StructBuilder::from_fields(fields, 0), rows);
    for row in 0..rows {
        let mut any = false;
        for element in elements(row) {
            let record = list.values();
            for (position, text) in element.into_iter().enumerate() {
                if let Some(column) = record.field_builder::<StringBuilder>(position) {
                    column.append_option(text);
                }
            }
            record.append(true);
            any = true;
        }
        list.append(any);
    }
    Arc::new(list.finish())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use arrow::array::{Array, AsArray, StringArray};
    use proptest::prelude::*;

    use super::*;

    fn interpret(texts: &[Option<&str>]) -> StructArray {
        let column: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
        let result = DynamicProperties.interpret(&Verbatim::new(texts.len(), &READS, &[Some(column)]));
        assert_eq!((result.fields(), result.len()), (&DynamicProperties.writes(), texts.len()));
        result
    }

    #[test]
    fn an_absent_term_is_null() {
        let result = DynamicProperties.interpret(&Verbatim::new(3, &READS, &[None]));
        assert!(result.columns()[..3].iter().all(|column| column.null_count() == 3));
    }

    #[test]
    fn rows_keep_their_own() {
        let result = interpret(&[Some("weight=5 g; liver"), None, Some("seen"), Some("weight=5 g; liver")]);
        let lengths = |name: &str| -> Vec<usize> {
            let list = result.column_by_name(name).unwrap().as_list::<i32>();
            (0..4).map(|row| if list.is_null(row) { 0 } else { list.value(row).len() }).collect()
        };
        assert_eq!(lengths("dynamicProperties"), [1, 0, 0, 1]);
        assert_eq!(lengths("dynamicMeasurements"), [1, 0, 0, 1]);
        let tissue = result.column_by_name("hasTissue").unwrap().as_boolean().clone();
        assert_eq!(tissue.iter().collect::<Vec<_>>(), [Some(true), None, None, Some(true)]);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_record(texts in proptest::collection::vec("\\PC{0,40}|[a-z0-9=:;{}\" ]{0,30}", 1..6)) {
            let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
            prop_assert_eq!(interpret(&texts).null_count(), 0);
        }
    }
}
