//! Star records as one row an occurrence.
//!
//! An occurrence core is that already. For an event or taxon core the rows of the occurrence extension are the
//! occurrences: each takes the terms of its event, its own winning where both have one, as the GBIF pipelines do. Rows of
//! other extensions go to the occurrence that their `occurrenceID` names; rows about the event as a whole stay in the
//! verbatim tables. All of this is plain DataFusion, so a cluster runs it too.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::{DataType, Field, Fields, Schema};
use datafusion::common::{Column, ScalarValue, UnnestOptions};
use datafusion::functions::core::expr_fn::{coalesce, get_field, nullif};
use datafusion::functions::string::expr_fn::btrim;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::DataFrame;

use crate::error::{Error, Result};
use crate::event_extension::rows_of_occurrence;

/// Row type of occurrences, current and old.
const OCCURRENCE: [&str; 2] = ["http://rs.tdwg.org/dwc/terms/Occurrence", "http://rs.tdwg.org/dwc/terms/DarwinCore"];

/// Extensions that steps read, by the row types that mean them.
const EXTENSIONS: [(&str, &[&str]); 12] = [
    ("multimedia", &["http://rs.gbif.org/terms/1.0/Multimedia"]),
    ("audubon", &["http://rs.tdwg.org/ac/terms/Multimedia", "http://rs.tdwg.org/ac/terms/multimedia"]),
    ("image", &["http://rs.gbif.org/terms/1.0/Image"]),
    ("identification", &["http://rs.tdwg.org/dwc/terms/Identification"]),
    ("measurementOrFact", &["http://rs.tdwg.org/dwc/terms/MeasurementOrFact"]),
    ("extendedMeasurementOrFact", &["http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact"]),
    ("resourceRelationship", &["http://rs.tdwg.org/dwc/terms/ResourceRelationship"]),
    ("reference", &["http://rs.gbif.org/terms/1.0/Reference", "http://eol.org/schema/reference/Reference"]),
    (
        "chronometricAge",
        &[
            "http://rs.tdwg.org/chrono/terms/ChronometricAge",
            "http://zooarchnet.org/dwc/terms/ChronometricAge",
            "http://zooarchnet.org/dwc/terms/ChronometricDate",
        ],
    ),
    ("humboldt", &["http://rs.tdwg.org/eco/terms/Event"]),
    ("dnaDerivedData", &["http://rs.gbif.org/terms/1.0/DNADerivedData"]),
    ("amplification", &["http://data.ggbn.org/schemas/ggbn/terms/Amplification"]),
];

/// Columns of an occurrence row before interpretation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OccurrenceColumns {
    /// Simple names of the terms, in the order of the archive.
    pub terms: Vec<String>,
    /// Names of the extension columns that are kept.
    pub extensions: Vec<String>,
    /// Which of them are what a step calls by a fixed name: `multimedia`, `identification`.
    pub known_extensions: BTreeMap<&'static str, String>,
}

/// Where the occurrences of an archive are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occurrences {
    /// Rows of the core.
    Core,
    /// Rows of this extension column.
    Extension(String),
    /// Nowhere: a checklist, or events without occurrences.
    None,
}

impl Occurrences {
    /// Where the occurrences of star records of this schema are.
    pub fn of(core_row_type: &str, star: &Schema) -> Self {
        if OCCURRENCE.contains(&core_row_type) {
            return Self::Core;
        }
        let extension = star.fields().iter().find(|field| {
            field.metadata().get("rowType").is_some_and(|row_type| OCCURRENCE.contains(&row_type.as_str()))
        });
        extension.map_or(Self::None, |field| Self::Extension(field.name().clone()))
    }

    /// The row type whose rows are the occurrences.
    pub fn row_type<'a>(&self, core_row_type: &'a str, star: &'a Schema) -> Option<&'a str> {
        match self {
            Self::Core => Some(core_row_type),
            Self::Extension(name) => star.field_with_name(name).ok()?.metadata().get("rowType").map(String::as_str),
            Self::None => None,
        }
    }
}

/// A column by its exact name: names of terms have capitals, and `ident` would parse dots.
pub fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

/// One row an occurrence, with a text column for each term and the extensions.
///
/// The columns are `_id`, `_file`, `_line`, the terms under their simple names, and the extensions.
///
/// # Errors
/// When the schema is not that of star records.
pub fn occurrences(
    verbatim: DataFrame,
    star: &Schema,
    occurrences: &Occurrences,
    defaults: &BTreeMap<String, String>,
) -> Result<(DataFrame, OccurrenceColumns)> {
    let core_terms: Vec<&str> = terms(star.fields());
    let mut columns = OccurrenceColumns::default();
    let mut projection: Vec<Expr>;
    let frame = match occurrences {
        Occurrences::None => return Err(Error::bug("the archive has no occurrences to interpret")),
        Occurrences::Core => {
            projection = ["_id", "_file", "_line"].map(column).to_vec();
            for term in &core_terms {
                projection.push(with_default(column(term), term, defaults).alias(*term));
                columns.terms.push((*term).to_owned());
            }
            for field in star.fields().iter().filter(|field| field.metadata().contains_key("rowType")) {
                projection.push(column(field.name()));
                columns.extensions.push(field.name().clone());
            }
            verbatim
        }
        Occurrences::Extension(extension) => {
            let frame = verbatim.unnest_columns_with_options(
                &[&format!("\"{extension}\"")],
                UnnestOptions::new().with_preserve_nulls(false),
            )?;
            let child_fields = match star.field_with_name(extension)?.data_type() {
                DataType::List(item) => match item.data_type() {
                    DataType::Struct(fields) => fields.clone(),
                    _ => return Err(Error::bug("an extension is not a list of structs")),
                },
                _ => return Err(Error::bug("an extension is not a list")),
            };
            let own_terms: Vec<&str> = terms(&child_fields);
            let own = |term: &str| get_field(column(extension), term);
            let occurrence_id = own_terms.contains(&"occurrenceID").then(|| own("occurrenceID"));
            projection = vec![
                occurrence_id.clone().unwrap_or_else(|| lit(ScalarValue::Utf8(None))).alias("_id"),
                file_of_rows(star.field_with_name(extension)?, &child_fields).alias("_file"),
                get_field(column(extension), "_line").alias("_line"),
            ];
            // The event's own id stands for eventID where neither row has one.
            let mut all: Vec<&str> = own_terms.clone();
            let known: BTreeSet<&str> = own_terms.iter().copied().collect();
            all.extend(core_terms.iter().filter(|term| !known.contains(*term)));
            if !all.contains(&"eventID") {
                all.push("eventID");
            }
            for term in all {
                let mut sources = Vec::new();
                if own_terms.contains(&term) {
                    sources.push(own(term));
                }
                if core_terms.contains(&term) {
                    sources.push(column(term));
                }
                if term == "eventID" {
                    sources.push(column("_id"));
                }
                let value = if sources.len() == 1 { sources.remove(0) } else { coalesce(sources) };
                projection.push(with_default(value, term, defaults).alias(term));
                columns.terms.push(term.to_owned());
            }
            for field in star.fields().iter().filter(|field| field.metadata().contains_key("rowType")) {
                if field.name() != extension
                    && let Some(occurrence_id) = &occurrence_id
                {
                    let rows = rows_of_occurrence().call(vec![column(field.name()), occurrence_id.clone()]);
                    projection.push(rows.alias(field.name()));
                    columns.extensions.push(field.name().clone());
                }
            }
            frame
        }
    };
    for (term, default) in defaults {
        if !columns.terms.contains(term) {
            projection.push(lit(default.as_str()).alias(term));
            columns.terms.push(term.clone());
        }
    }
    for (name, row_types) in EXTENSIONS {
        let known = columns.extensions.iter().find(|extension| {
            star.field_with_name(extension).is_ok_and(|field| {
                field.metadata().get("rowType").is_some_and(|row_type| row_types.contains(&row_type.as_str()))
            })
        });
        if let Some(extension) = known {
            columns.known_extensions.insert(name, extension.clone());
        }
    }
    Ok((frame.select(projection)?, columns))
}

/// The file of an extension's rows: the only one that the extension has, or that of each row.
fn file_of_rows(extension: &Field, row: &Fields) -> Expr {
    match extension.metadata().get("file") {
        Some(file) => lit(file.as_str()),
        None if row.find("_file").is_some() => get_field(column(extension.name()), "_file"),
        // A verbatim table of an earlier version does not say.
        None => column("_file"),
    }
}

/// Simple names of the term columns among fields.
fn terms(fields: &Fields) -> Vec<&str> {
    fields
        .iter()
        .filter(|field| field.metadata().contains_key("term") && field.data_type() == &DataType::Utf8)
        .map(|field| field.name().as_str())
        .collect()
}

/// A term with the dataset's default for blank cells.
fn with_default(value: Expr, term: &str, defaults: &BTreeMap<String, String>) -> Expr {
    match defaults.get(term) {
        None => value,
        Some(default) => {
            let mut given = datafusion::logical_expr::when(
                nullif(btrim(vec![value.clone()]), lit("")).is_not_null(),
                value.clone(),
            );
            given.otherwise(lit(default.as_str())).unwrap_or(value)
        }
    }
}
