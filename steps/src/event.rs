//! The step `event`: what kind of event a record belongs to, which events hold that one, and what was taken from them.
//!
//! # What it does
//! Reads the type of the event and tells its lineage. In an archive with an event core whose events name a parent, the engine
//! completes each record (an occurrence with the terms of its own event) from the nearest events above that have what it
//! lacks, before any step reads it ([`ParentEvents`]); this step makes that visible. Elsewhere the lineage is what the
//! record says itself: its parent, if any, and its event.
//!
//! What is taken comes in groups, each whole and from one event ([`groups::GROUPS`]):
//!
//! | group | an event has it when it gives | not taken by a record that has |
//! |---|---|---|
//! | coordinates, datum, uncertainty, footprint, georeferencing | both decimal or both verbatim coordinates, `verbatimCoordinates` or `footprintWKT` | |
//! | country, continent, administrative areas | any of them | coordinates |
//! | `locationID` | it | coordinates |
//! | waters, islands, `higherGeography` | any of them | |
//! | locality in words | `locality` or `verbatimLocality` | |
//! | elevation, depth, distance above the surface | any of them | coordinates |
//! | date | `eventDate`, `year` or `verbatimEventDate` | |
//! | `eventTime` | it | a date |
//!
//! The last column says that a group describes another one: country, elevation or time of an event higher up were said of
//! its place and day, and would be held against those of the record, whose coordinates may be swapped or negated to agree with a
//! country. Seas, islands and localities are words that hold for all that lies inside. "Gives" means that the
//! cell is not blank; whether it makes sense is found out later, and a wrong value of one's own shows rather than being
//! papered over by a right one from above.
//!
//! Defaults that the registry sets for a dataset fill what is still blank after that. `v_` columns hold what the row of
//! the occurrence and that of its own event say, never what was taken from above.
//!
//! # Reads
//! `eventType`, `eventID`, `parentEventID`, and the columns that [`ParentEvents::complete`] makes.
//!
//! # Writes
//! * `eventType`: a concept of `vocabulary/event_type.tsv`, or of the words of a data team; null when the text names none.
//! * `eventHierarchy`: ids of the events from the root down to that of the record, where the dataset has parents. A parent that
//!   is not in the dataset is its first element; of very long lineages the part nearest to the event is kept.
//! * `locationInheritedFrom`: the event whose coordinates these are; of a record that has and inherits none, the event that
//!   the first of the other groups of the place was taken from. `dateInheritedFrom`: the same for the date.
//! * `inheritedTerms`: each term that was taken and the event that it was taken from.
//!
//! # Issues
//! `PARENT_EVENT_INFINITE_LINEAGE` for an event that is its own parent or ancestor, and for those below such events; the links
//! of the circle are left out. `PARENT_EVENT_NOT_FOUND` when the parent is not in the dataset. `COORDINATE_INVALID` and
//! `RECORDED_DATE_INVALID` when a half given place (one coordinate) or date (a day without a year) was replaced by that of the
//! event or one above.
//!
//! # Differences from GBIF
//! See [`DIFFERENCES`].
//!
//! # References
//! * Darwin Core, class Event: <https://dwc.tdwg.org/terms/#event>
//! * GBIF, `EventInterpretationPipeline` and `EventCoreInterpreter` (gbif/pipelines)
//! * SINP standard: `typeRegroupement`, `idSINPRegroupement`

pub mod groups;
mod lineage;
mod parents;

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, ListBuilder, StringArray, StringBuilder, StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::column::list_type;
use crate::parse::vocabulary::Vocabulary;
use crate::reference::vocabularies::Vocabularies;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, References, Step, Term, Verbatim};

use parents::{
    COORDINATES_REPLACED, DATE_FROM, DATE_REPLACED, ENDLESS, HIERARCHY, INHERITED, LOCATION_FROM, MISSING,
    inherited_type, lineage_fields,
};
pub use parents::{ParentEvents, completed_fields};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "Place and date are taken from events above in groups, each from one event; GBIF takes latitude, longitude, country, year, month and day independently, maybe from different events.",
    "Occurrences take part: GBIF completes events alone, and an occurrence gets what its own event says itself.",
    "A record that has coordinates takes no country, administrative area, elevation or depth from above: they were said of another place, and its own country follows from its coordinates.",
    "What is taken is what the archive says, before interpretation, so that a datum or a verbatim notation goes along; GBIF takes interpreted values.",
    "Coordinates and dates are those of the occurrence or those of its event, never parts of both, but for the datum; GBIF merges the two rows term by term.",
    "Footprints, verbatim coordinates, localities, elevations, depths and intervals are taken too; locationID with the rest of the place.",
    "The links of a circle of parents are left out and the events on it and below it are flagged; GBIF's search for the root does not end in bounded time.",
    "A parent that is not in the dataset is flagged with PARENT_EVENT_NOT_FOUND.",
    "eventType is null where the text names no concept; GBIF writes Event.",
    "Event types of the SINP (typeRegroupement) are understood by code and by label.",
];

/// The step `event`.
#[derive(Debug)]
pub struct Event {
    vocabularies: Arc<Vocabularies>,
    reads: Vec<Input>,
    fields: Fields,
}

impl Event {
    /// The step, with the words of the run.
    pub fn new(references: &References) -> Self {
        let terms = ["eventType", "eventID", "parentEventID"].map(|name| Input::Term(Term(name)));
        let made = lineage_fields().map(|(name, data_type)| Input::Field(name, data_type));
        let fields = Fields::from(vec![
            Field::new("eventType", DataType::Utf8, true),
            Field::new("eventHierarchy", list_type(), true),
            Field::new("locationInheritedFrom", DataType::Utf8, true),
            Field::new("dateInheritedFrom", DataType::Utf8, true),
            Field::new("inheritedTerms", inherited_type(), true),
            issues_field(),
        ]);
        Self {
            vocabularies: Arc::clone(&references.vocabularies),
            reads: terms.into_iter().chain(made).collect(),
            fields,
        }
    }
}

/// Names of the columns that [`ParentEvents::complete`] makes beside the terms, and the step reads.
pub fn made_columns() -> impl Iterator<Item = &'static str> {
    lineage_fields().into_iter().map(|(name, _)| name)
}

/// The column that tells whether a half of a group was replaced, for the groups that have halves.
pub fn replaced_column(group: groups::Group) -> Option<&'static str> {
    match group {
        groups::Group::Coordinates => Some(COORDINATES_REPLACED),
        groups::Group::Date => Some(DATE_REPLACED),
        _ => None,
    }
}

impl Step for Event {
    fn name(&self) -> &'static str {
        "event"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let mut issues = vec![IssueSet::new(); rows];
        for (flag, issue) in [
            (ENDLESS, Issue::ParentEventInfiniteLineage),
            (MISSING, Issue::ParentEventNotFound),
            (COORDINATES_REPLACED, Issue::CoordinateInvalid),
            (DATE_REPLACED, Issue::RecordedDateInvalid),
        ] {
            let Some(flags) = verbatim.boolean(flag) else { continue };
            for (row, issues) in issues.iter_mut().enumerate() {
                issues.raise_if(flags.is_valid(row) && flags.value(row), issue);
            }
        }
        let made = |name, data_type: &DataType| match verbatim.column(name) {
            Some(column) if column.data_type() == data_type => Arc::clone(column),
            _ => new_null_array(data_type, rows),
        };
        let hierarchy = match verbatim.list(HIERARCHY) {
            Some(_) => made(HIERARCHY, &list_type()),
            None => own_hierarchy(verbatim, &mut issues),
        };
        let columns = vec![
            event_types(verbatim, &self.vocabularies.event_type),
            hierarchy,
            made(LOCATION_FROM, &DataType::Utf8),
            made(DATE_FROM, &DataType::Utf8),
            made(INHERITED, &inherited_type()),
        ];
        record(&self.fields, columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// The concepts of the types, each distinct text looked up once.
fn event_types(verbatim: &Verbatim<'_>, vocabulary: &Vocabulary) -> ArrayRef {
    let given = verbatim.text(Term("eventType"));
    if !given.is_present() {
        return new_null_array(&DataType::Utf8, verbatim.rows());
    }
    let mut known: HashMap<&str, Option<&'static str>, RandomState> = HashMap::default();
    let concepts = (0..verbatim.rows())
        .map(|row| given.value(row).and_then(|text| *known.entry(text).or_insert_with(|| vocabulary.name(text))));
    Arc::new(concepts.collect::<StringArray>())
}

/// The lineage that records tell themselves, where there are parents at all.
fn own_hierarchy(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) -> ArrayRef {
    let (ids, parents) = (verbatim.text(Term("eventID")), verbatim.text(Term("parentEventID")));
    if !parents.is_present() {
        return new_null_array(&list_type(), verbatim.rows());
    }
    let mut column = ListBuilder::with_capacity(StringBuilder::new(), verbatim.rows());
    for (row, issues) in issues.iter_mut().enumerate() {
        let (id, parent) = (ids.value(row), parents.value(row));
        let is_own = parent.is_some() && parent == id;
        issues.raise_if(is_own, Issue::ParentEventInfiniteLineage);
        let parent = parent.filter(|_| !is_own);
        parent.into_iter().chain(id).for_each(|id| column.values().append_value(id));
        column.append(parent.is_some() || id.is_some());
    }
    Arc::new(column.finish())
}

#[cfg(test)]
#[path = "event/tests.rs"]
mod tests;
