//! Star records as one row an occurrence.
//!
//! An occurrence core is that already. For an event or taxon core the rows of the occurrence extension are the
//! occurrences: each takes the terms of its event, its own winning where both have one, as the GBIF pipelines do. What is
//! then missing of a place or a date comes from the events above ([`crate::event_inheritance`]); steps read it, but it never
//! stands in the columns of the terms themselves, which hold what the two rows say.
//!
//! Rows of other extensions go to the occurrence that their `occurrenceID` names. Rows about the event as a whole stay in the
//! verbatim tables, where they are counted ([`crate::event_extension::ExtensionRows`]): a measurement of the water is none of
//! each fish in it, and a picture of the site none of the bird. The exception is the Humboldt extension, which says how all
//! that was seen was looked for: its rows go to every occurrence of the event.
//!
//! All of this is plain DataFusion and functions of the plan, so a cluster runs it too.

mod unnested;

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Fields, Schema};
use datafusion::common::Column;
use datafusion::functions::core::expr_fn::{get_field, nullif};
use datafusion::functions::string::expr_fn::btrim;
use datafusion::logical_expr::{Expr, lit, when};
use datafusion::prelude::DataFrame;
use openobs_steps::event::{groups, made_columns};

use crate::error::{Error, Result};
use crate::event_hierarchy::EventHierarchy;
use crate::event_inheritance::{SEPARATOR, complete_from_parent_events};
use crate::verbatim::CORE_ROW_TYPE;

/// Row type of occurrences, current and old.
pub const OCCURRENCE: [&str; 2] =
    ["http://rs.tdwg.org/dwc/terms/Occurrence", "http://rs.tdwg.org/dwc/terms/DarwinCore"];
/// Row types of the other cores, with the term that their id stands for.
const EVENT: &str = "http://rs.tdwg.org/dwc/terms/Event";
const CORE_IDS: [(&str, &str); 2] = [(EVENT, "eventID"), ("http://rs.tdwg.org/dwc/terms/Taxon", "taxonID")];
/// Row type of the Humboldt extension, whose rows are about an event and hold for all that was seen in it.
const HUMBOLDT: &str = "http://rs.tdwg.org/eco/terms/Event";

/// The column with what a record is completed with, before interpretation.
const COMPLETED: &str = "_completed";
/// The id of the event of a record and of the event above it, as the core has them.
const CORE_EVENT: [&str; 2] = ["_coreEventID", "_coreParentEventID"];
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
    ("humboldt", &[HUMBOLDT]),
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
    /// What steps read for a term, where that is not the column of the term: its value completed from other events.
    pub completed: BTreeMap<String, Expr>,
    /// Columns that the engine makes for steps, by name.
    pub made: BTreeMap<&'static str, Expr>,
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

/// Whether star records of this schema have a core of events.
pub fn is_event(star: &Schema) -> bool {
    star.metadata().get(CORE_ROW_TYPE).is_some_and(|row_type| row_type == EVENT)
}

/// A column without the table that it comes from, so that no name stands with it and without in one plan.
fn unqualified(name: &str) -> Expr {
    column(name).alias(name)
}

/// What a plan needs of occurrences beside their terms.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Whether the rows of other extensions are wanted.
    pub extensions: bool,
    /// The events above, where records are to be completed from them.
    pub hierarchy: Option<&'a EventHierarchy>,
}

/// One row an occurrence, with a text column for each term and the extensions.
///
/// The columns are `_id`, `_file`, `_line`, the terms under their simple names, the extensions, and what
/// [`OccurrenceColumns::completed`] and [`OccurrenceColumns::made`] refer to.
///
/// # Errors
/// When the schema is not that of star records.
pub fn occurrences(
    verbatim: DataFrame,
    star: &Schema,
    occurrences: &Occurrences,
    defaults: &BTreeMap<String, String>,
    beside: Beside<'_>,
) -> Result<(DataFrame, OccurrenceColumns)> {
    let mut columns = OccurrenceColumns::default();
    let mut frame = match occurrences {
        Occurrences::None => return Err(Error::bug("the archive has no occurrences to interpret")),
        Occurrences::Core => {
            columns.terms.extend(term_names(star.fields()).into_iter().map(str::to_owned));
            columns.extensions.extend(extensions(star).filter(|_| beside.extensions).map(|(name, _)| name.to_owned()));
            let names = columns.terms.iter().chain(&columns.extensions).map(String::as_str);
            verbatim.select(["_id", "_file", "_line"].into_iter().chain(names).map(unqualified))?
        }
        Occurrences::Extension(extension) => unnested::unnested(verbatim, star, extension, beside, &mut columns)?,
    };
    if let Some(hierarchy) = beside.hierarchy {
        frame = completed(frame, hierarchy, &mut columns)?;
    }
    let mut projection: Vec<Expr> = frame.schema().columns().into_iter().map(Expr::Column).collect();
    for (term, default) in defaults {
        match columns.terms.iter().any(|known| known == term) {
            true => {
                let position = frame.schema().index_of_column_by_name(None, term);
                let Some(given) = position.and_then(|position| projection.get_mut(position)) else { continue };
                *given = with_default(column(term), default).alias(term);
            }
            false => {
                projection.push(lit(default.as_str()).alias(term));
                columns.terms.push(term.clone());
            }
        }
        if let Some(completed) = columns.completed.get_mut(term) {
            *completed = with_default(completed.clone(), default);
        }
    }
    for (name, row_types) in EXTENSIONS {
        let known = extensions(star).find(|(extension, row_type)| {
            row_types.contains(row_type) && columns.extensions.iter().any(|known| known == extension)
        });
        if let Some((extension, _)) = known {
            columns.known_extensions.insert(name, extension.to_owned());
        }
    }
    Ok((frame.select(projection)?, columns))
}

/// The frame with what its records lack and events above have, and the columns that tell so.
fn completed(frame: DataFrame, hierarchy: &EventHierarchy, columns: &mut OccurrenceColumns) -> Result<DataFrame> {
    let terms: Vec<&str> = groups::terms().filter(|term| columns.terms.iter().any(|known| known == term)).collect();
    let mut arguments = vec![
        lit(hierarchy.path.to_string_lossy().into_owned()),
        lit(hierarchy.sha256.as_str()),
        lit(terms.join(&SEPARATOR.to_string())),
    ];
    arguments.extend(CORE_EVENT.map(column));
    for term in &terms {
        arguments.push(columns.completed.get(*term).cloned().unwrap_or_else(|| column(term)));
    }
    let mut projection: Vec<Expr> = frame.schema().columns().into_iter().map(Expr::Column).collect();
    projection.push(complete_from_parent_events(Some(hierarchy)).call(arguments).alias(COMPLETED));
    for term in terms {
        columns.completed.insert(term.to_owned(), get_field(column(COMPLETED), term));
    }
    for name in made_columns() {
        let made = get_field(column(COMPLETED), name);
        // Something may have been replaced by what the event of the record says already.
        let made = match columns.made.remove(name) {
            Some(before) => before.or(made),
            None => made,
        };
        columns.made.insert(name, made);
    }
    Ok(frame.select(projection)?)
}

/// Whether a value is not blank.
fn is_given(value: Expr) -> Expr {
    nullif(btrim(vec![value]), lit("")).is_not_null()
}

/// The extensions of star records, with their row types.
fn extensions(star: &Schema) -> impl Iterator<Item = (&str, &str)> {
    star.fields().iter().filter_map(|field| Some((field.name().as_str(), field.metadata().get("rowType")?.as_str())))
}

/// The fields of a row of an extension.
pub(crate) fn row_fields(star: &Schema, extension: &str) -> Result<Fields> {
    if let DataType::List(item) = star.field_with_name(extension)?.data_type()
        && let DataType::Struct(fields) = item.data_type()
    {
        return Ok(fields.clone());
    }
    Err(Error::bug("an extension is not a list of structs"))
}

/// Simple names of the term columns among fields.
pub(crate) fn term_names(fields: &Fields) -> Vec<&str> {
    fields
        .iter()
        .filter(|field| field.metadata().contains_key("term") && field.data_type() == &DataType::Utf8)
        .map(|field| field.name().as_str())
        .collect()
}

/// A term with the dataset's default for blank cells.
fn with_default(value: Expr, default: &str) -> Expr {
    when(is_given(value.clone()), value.clone()).otherwise(lit(default)).unwrap_or(value)
}
