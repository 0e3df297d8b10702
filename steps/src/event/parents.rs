//! The events that others name as their parent, and what they hand down.
//!
//! This is all of a dataset that its records need to be completed, so it is what the engine gathers before it interprets
//! the first of them and hands to whoever interprets a part.

use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{
    Array, ArrayRef, BooleanArray, ListBuilder, StringArray, StringBuilder, StructArray, StructBuilder,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Fields};
use hashbrown::HashTable;

use super::groups::{COUNT, GROUPS, Group, Rule};
use super::lineage::{Lineage, NONE};
use crate::column::list_type;
use crate::verbatim::Text;

/// Bytes of identifiers that `eventHierarchy` holds for one record at most: the ids nearest to the event stay. Ids of forty
/// characters stay whole down to a depth of 400; without a bound, records at the end of a long chain would fill the memory.
const HIERARCHY_BYTES: usize = 16 << 10;

/// Columns beside the terms that [`ParentEvents::complete`] writes, and the step [`super::Event`] reads.
pub(super) const HIERARCHY: &str = "_eventHierarchy";
pub(super) const LOCATION_FROM: &str = "_locationInheritedFrom";
pub(super) const DATE_FROM: &str = "_dateInheritedFrom";
pub(super) const INHERITED: &str = "_inheritedTerms";
pub(super) const ENDLESS: &str = "_lineageIsEndless";
pub(super) const MISSING: &str = "_parentEventIsMissing";
pub(super) const COORDINATES_REPLACED: &str = "_coordinatesReplaced";
pub(super) const DATE_REPLACED: &str = "_dateReplaced";

/// The type of `inheritedTerms`: a term and the event that it was taken from.
pub(super) fn inherited_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Struct(inherited_fields()), true)))
}

fn inherited_fields() -> Fields {
    Fields::from(vec![Field::new("term", DataType::Utf8, false), Field::new("eventID", DataType::Utf8, false)])
}

/// The columns beside the terms, with their types.
pub(super) fn lineage_fields() -> [(&'static str, DataType); 8] {
    [
        (HIERARCHY, list_type()),
        (LOCATION_FROM, DataType::Utf8),
        (DATE_FROM, DataType::Utf8),
        (INHERITED, inherited_type()),
        (ENDLESS, DataType::Boolean),
        (MISSING, DataType::Boolean),
        (COORDINATES_REPLACED, DataType::Boolean),
        (DATE_REPLACED, DataType::Boolean),
    ]
}

/// The fields of a completed batch: the terms under their names, then what is known of the lineage.
pub fn completed_fields<'a>(terms: impl IntoIterator<Item = &'a str>) -> Fields {
    let terms = terms.into_iter().map(|term| Field::new(term, DataType::Utf8, true));
    terms.chain(lineage_fields().map(|(name, data_type)| Field::new(name, data_type, true))).collect()
}

/// The parent events of a dataset.
#[derive(Debug)]
pub struct ParentEvents {
    ids: StringArray,
    terms: Vec<(String, StringArray)>,
    by_id: HashTable<u32>,
    hasher: RandomState,
    lineage: Lineage,
    /// For each group, the event that each parent has it from: itself, one above, or none.
    sources: [Vec<u32>; COUNT],
}

impl ParentEvents {
    /// The events with these ids, parents and terms; columns have one row an event, and of an id that comes twice the first
    /// row counts. Terms that are in no group are of no use here.
    pub fn new(ids: StringArray, parents: &StringArray, terms: Vec<(String, StringArray)>) -> Self {
        let mut events = Self {
            by_id: HashTable::with_capacity(ids.len()),
            ids,
            terms,
            hasher: RandomState::with_seeds(7, 5, 3, 1),
            lineage: Lineage::default(),
            sources: std::array::from_fn(|_| Vec::new()),
        };
        let ids = Text::new(Some(&events.ids));
        for row in 0..events.ids.len() {
            if let Some(id) = ids.value(row)
                && events.find(id).is_none()
            {
                let hasher = &events.hasher;
                let hash = |row: &u32| hasher.hash_one(ids.value(*row as usize));
                events.by_id.insert_unique(hash(&(row as u32)), row as u32, hash);
            }
        }
        let parents = Text::new(Some(parents));
        let above = (0..events.ids.len()).map(|row| parents.value(row).and_then(|id| events.find(id)).unwrap_or(NONE));
        events.lineage = Lineage::of(above.collect());
        events.sources = events.resolve();
        events
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Bytes that are held.
    pub fn bytes(&self) -> usize {
        let text: usize = self.terms.iter().map(|(_, column)| column.get_buffer_memory_size()).sum();
        let numbers = self.sources.iter().map(|sources| sources.len() * 4).sum::<usize>() + self.by_id.capacity() * 5;
        text + numbers + self.ids.get_buffer_memory_size() + self.lineage.bytes()
    }

    /// Whether there is an event with this id.
    pub fn contains(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    /// Whether the way up from an event never ends; false for one that is not held.
    pub fn is_endless(&self, id: &str) -> bool {
        self.find(id).is_some_and(|event| self.lineage.is_endless(event))
    }

    fn find(&self, id: &str) -> Option<u32> {
        let ids = Text::new(Some(&self.ids));
        self.by_id.find(self.hasher.hash_one(Some(id)), |row| ids.value(*row as usize) == Some(id)).copied()
    }

    fn id(&self, event: u32) -> &str {
        Text::new(Some(&self.ids)).value(event as usize).unwrap_or_default()
    }

    /// The event that each event has each group from.
    fn resolve(&self) -> [Vec<u32>; COUNT] {
        let given = Given::of(self.terms.iter().map(|(term, column)| (term.as_str(), column)));
        GROUPS.map(|rule| {
            let mut sources = vec![NONE; self.len()];
            for &event in self.lineage.order() {
                let (row, above) = (event as usize, self.lineage.above(event));
                sources[row] = if given.has(rule.group, row) {
                    event
                } else if above == NONE || given.forbids(rule.group, row) {
                    NONE
                } else {
                    sources[above as usize]
                };
            }
            sources
        })
    }

    /// Completes a batch of records: what a record lacks is taken from the nearest event above its own that has it.
    ///
    /// `ids` and `parents` are those of the event of each record. `columns` are the terms of the record by name; they come
    /// out in this order, followed by what is known of the lineage: see [`completed_fields`].
    pub fn complete(&self, ids: &StringArray, parents: &StringArray, columns: &[(&str, StringArray)]) -> StructArray {
        let rows = ids.len();
        let fields = completed_fields(columns.iter().map(|(term, _)| *term));
        let given = Given::of(columns.iter().map(|(term, column)| (*term, column)));
        let (ids, parents) = (Text::new(Some(ids)), Text::new(Some(parents)));
        let mut records = Records::with_capacity(rows);
        for row in 0..rows {
            let (id, parent) = (ids.value(row), parents.value(row));
            let place = Place::of(self, id, parent);
            records.add_lineage(self, id, parent, &place);
            records.add_sources(self, &given, row, place.above);
        }
        let mut arrays: Vec<ArrayRef> = columns
            .iter()
            .map(|(term, column)| match Group::of_term(term) {
                Some(group) => self.completed(term, column, &records.sources[group as usize]),
                None => Arc::new(column.clone()),
            })
            .collect();
        arrays.extend(records.finish(self, columns));
        StructArray::try_new_with_length(fields.clone(), arrays, None::<NullBuffer>, rows)
            .unwrap_or_else(|_| StructArray::new_null(fields, rows))
    }

    /// A column in which the rows with a source have the value of that event.
    fn completed(&self, term: &str, column: &StringArray, sources: &[u32]) -> ArrayRef {
        if sources.iter().all(|source| *source == NONE) {
            return Arc::new(column.clone());
        }
        let above = self.terms.iter().find(|(known, _)| known == term).map(|(_, column)| Text::new(Some(column)));
        let mut completed = StringBuilder::with_capacity(column.len(), column.value_data().len());
        for (row, source) in sources.iter().enumerate() {
            completed.append_option(match source {
                &NONE => Text::new(Some(column)).raw(row),
                source => above.and_then(|above| above.raw(*source as usize)),
            });
        }
        Arc::new(completed.finish())
    }
}

/// The columns of each group, for telling what a record or an event says itself.
struct Given<'a>([GroupColumns<'a>; COUNT]);

#[derive(Default)]
struct GroupColumns<'a> {
    halves: Vec<Text<'a>>,
    /// Sets of which one must be given entirely.
    enough: Vec<Vec<Text<'a>>>,
}

impl<'a> Given<'a> {
    fn of<'t>(columns: impl Iterator<Item = (&'t str, &'a StringArray)> + Clone) -> Self {
        let find =
            |term: &str| columns.clone().find(|(known, _)| *known == term).map(|(_, column)| Text::new(Some(column)));
        Self(std::array::from_fn(|group| {
            let rule = &GROUPS[group];
            let halves = rule.halves.iter().filter_map(|term| find(term)).collect();
            let enough = match rule.enough {
                [] => rule.terms.iter().filter_map(|term| find(term)).map(|column| vec![column]).collect(),
                // A set with a term that no record has is given by none.
                sets => sets.iter().filter_map(|set| set.iter().map(|term| find(term)).collect()).collect(),
            };
            GroupColumns { halves, enough }
        }))
    }

    fn has(&self, group: Group, row: usize) -> bool {
        let sets = &self.0[group as usize].enough;
        sets.iter().any(|set| set.iter().all(|column| column.value(row).is_some()))
    }

    /// Whether a row has what a group describes, so that the group may not come from elsewhere.
    fn forbids(&self, group: Group, row: usize) -> bool {
        group.rule().describes.is_some_and(|described| self.has(described, row))
    }

    /// Whether a row gives a part of a group that is of no use alone.
    fn has_half(&self, group: Group, row: usize) -> bool {
        self.0[group as usize].halves.iter().any(|column| column.value(row).is_some())
    }
}

/// Where a record hangs.
struct Place {
    /// The parent of its event, when that link counts.
    above: u32,
    is_endless: bool,
    is_missing: bool,
}

impl Place {
    fn of(events: &ParentEvents, id: Option<&str>, parent: Option<&str>) -> Self {
        let Some(parent) = parent else { return Self { above: NONE, is_endless: false, is_missing: false } };
        let is_own = id == Some(parent);
        match events.find(parent) {
            None => Self { above: NONE, is_endless: is_own, is_missing: !is_own },
            Some(above) => {
                let circular =
                    is_own || id.and_then(|id| events.find(id)).is_some_and(|event| events.lineage.is_circular(event));
                let is_endless = circular || events.lineage.is_endless(above);
                Self { above: if circular { NONE } else { above }, is_endless, is_missing: false }
            }
        }
    }
}

/// What is gathered of a batch, row by row.
struct Records {
    hierarchy: ListBuilder<StringBuilder>,
    endless: Vec<bool>,
    missing: Vec<bool>,
    sources: [Vec<u32>; COUNT],
    /// For each row, where its coordinates are from, or the place in other words when there are none.
    location_from: Vec<u32>,
    replaced: [Vec<bool>; 2],
}

impl Records {
    fn with_capacity(rows: usize) -> Self {
        Self {
            hierarchy: ListBuilder::with_capacity(StringBuilder::new(), rows),
            endless: Vec::with_capacity(rows),
            missing: Vec::with_capacity(rows),
            sources: std::array::from_fn(|_| Vec::with_capacity(rows)),
            location_from: Vec::with_capacity(rows),
            replaced: std::array::from_fn(|_| Vec::with_capacity(rows)),
        }
    }

    fn add_lineage(&mut self, events: &ParentEvents, id: Option<&str>, parent: Option<&str>, place: &Place) {
        self.endless.push(place.is_endless);
        self.missing.push(place.is_missing);
        let mut nearest_first: Vec<&str> = id.into_iter().collect();
        let mut bytes = id.map_or(0, str::len);
        if place.is_missing {
            nearest_first.extend(parent);
        }
        let mut above = place.above;
        while above != NONE {
            let id = events.id(above);
            bytes += id.len();
            if bytes > HIERARCHY_BYTES {
                break;
            }
            nearest_first.push(id);
            above = events.lineage.above(above);
        }
        nearest_first.iter().rev().for_each(|id| self.hierarchy.values().append_value(id));
        self.hierarchy.append(!nearest_first.is_empty());
    }

    fn add_sources(&mut self, events: &ParentEvents, given: &Given<'_>, row: usize, above: u32) {
        if above == NONE {
            self.sources.iter_mut().for_each(|sources| sources.push(NONE));
            self.location_from.push(NONE);
            self.replaced.iter_mut().for_each(|replaced| replaced.push(false));
            return;
        }
        let has_coordinates = given.has(Group::Coordinates, row);
        let mut location_from = NONE;
        for (Rule { group, .. }, sources) in GROUPS.iter().zip(&mut self.sources) {
            let source = if given.has(*group, row) || given.forbids(*group, row) {
                NONE
            } else {
                events.sources[*group as usize][above as usize]
            };
            if group.is_of_the_place() && location_from == NONE && !has_coordinates {
                location_from = source;
            }
            sources.push(source);
        }
        self.location_from.push(location_from);
        for (replaced, group) in self.replaced.iter_mut().zip([Group::Coordinates, Group::Date]) {
            let is_inherited = self.sources[group as usize].last().is_some_and(|source| *source != NONE);
            replaced.push(is_inherited && given.has_half(group, row));
        }
    }

    fn finish(mut self, events: &ParentEvents, columns: &[(&str, StringArray)]) -> Vec<ArrayRef> {
        let from = |sources: &[u32]| -> ArrayRef {
            let ids = sources.iter().map(|source| (*source != NONE).then(|| events.id(*source)));
            Arc::new(ids.collect::<StringArray>())
        };
        let flags = |flags: &[bool]| -> ArrayRef { Arc::new(BooleanArray::from(flags.to_vec())) };
        vec![
            Arc::new(self.hierarchy.finish()),
            from(&self.location_from),
            from(&self.sources[Group::Date as usize]),
            self.inherited_terms(events, columns),
            flags(&self.endless),
            flags(&self.missing),
            flags(&self.replaced[0]),
            flags(&self.replaced[1]),
        ]
    }

    /// The terms that each record took, and from which event.
    fn inherited_terms(&self, events: &ParentEvents, columns: &[(&str, StringArray)]) -> ArrayRef {
        let terms: Vec<(&str, &[u32], Text<'_>)> = columns
            .iter()
            .filter_map(|(term, _)| {
                let (_, column) = events.terms.iter().find(|(known, _)| known == term)?;
                Some((*term, self.sources[Group::of_term(term)? as usize].as_slice(), Text::new(Some(column))))
            })
            .filter(|(_, sources, _)| sources.iter().any(|source| *source != NONE))
            .collect();
        let rows = StructBuilder::from_fields(inherited_fields(), 0);
        let mut column = ListBuilder::with_capacity(rows, self.endless.len());
        for row in 0..self.endless.len() {
            let mut any = false;
            for (term, sources, above) in &terms {
                let source = sources[row];
                if source != NONE && above.value(source as usize).is_some() {
                    let fields = column.values();
                    for (field, value) in [term, events.id(source)].into_iter().enumerate() {
                        if let Some(field) = fields.field_builder::<StringBuilder>(field) {
                            field.append_value(value);
                        }
                    }
                    fields.append(true);
                    any = true;
                }
            }
            column.append(any);
        }
        Arc::new(column.finish())
    }
}
