//! The columns that the step writes.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Builder, ListBuilder, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields};

use super::outcome::{MatchType, Outcome};
use super::query::Query;
use crate::IssueSet;
use crate::reference::taxref::{Name, Rank, SharedColumn, Taxref};
use crate::step::{issues_field, record};

/// The fields written, issues last.
pub(super) fn fields() -> Fields {
    let integers = || DataType::List(Arc::new(Field::new_list_field(DataType::Int32, true)));
    let mut fields = vec![
        Field::new("verbatimCdNom", DataType::Int32, true),
        Field::new("cdNom", DataType::Int32, true),
        Field::new("cdRef", DataType::Int32, true),
        Field::new("taxonKey", DataType::Int32, true),
        Field::new("taxonKeys", integers(), true),
        Field::new("matchType", DataType::Utf8, false),
        Field::new("matchConfidence", DataType::Int32, true),
    ];
    fields.extend(TEXTS.iter().map(|name| Field::new(*name, DataType::Utf8, true)));
    fields.push(Field::new("candidates", integers(), true));
    fields.push(Field::new("identificationQualifier", DataType::Utf8, true));
    fields.push(issues_field());
    Fields::from(fields)
}

/// The text fields, in the order of [`Columns::append`].
const TEXTS: [&str; 22] = [
    "matchMethod",
    "scientificName",
    "matchedName",
    "verbatimScientificName",
    "taxonRank",
    "taxonomicStatus",
    "kingdom",
    "phylum",
    "class",
    "order",
    "family",
    "subfamily",
    "tribe",
    "genus",
    "species",
    "vernacularName",
    "vernacularNameEnglish",
    "group1Inpn",
    "group2Inpn",
    "group3Inpn",
    "taxrefHabitat",
    "nameAccordingTo",
];

/// Builders of the columns of one batch.
pub(super) struct Columns<'a> {
    fields: &'a Fields,
    taxref: Option<&'a Taxref>,
    given: Int32Builder,
    cd_nom: Int32Builder,
    cd_ref: Int32Builder,
    taxon_keys: ListBuilder<Int32Builder>,
    match_type: StringBuilder,
    confidence: Int32Builder,
    texts: [StringBuilder; 22],
    candidates: ListBuilder<Int32Builder>,
    qualifier: StringBuilder,
    issues: Vec<IssueSet>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(fields: &'a Fields, rows: usize, taxref: Option<&'a Taxref>) -> Self {
        Self {
            fields,
            taxref,
            given: Int32Builder::with_capacity(rows),
            cd_nom: Int32Builder::with_capacity(rows),
            cd_ref: Int32Builder::with_capacity(rows),
            taxon_keys: ListBuilder::with_capacity(Int32Builder::with_capacity(rows * 16), rows),
            match_type: StringBuilder::with_capacity(rows, rows * 5),
            confidence: Int32Builder::with_capacity(rows),
            texts: std::array::from_fn(|_| StringBuilder::with_capacity(rows, rows * 12)),
            candidates: ListBuilder::with_capacity(Int32Builder::new(), rows),
            qualifier: StringBuilder::new(),
            issues: Vec::with_capacity(rows),
        }
    }

    pub(super) fn append(&mut self, query: &Query<'_>, outcome: &Outcome) {
        let name = self.taxref.zip(outcome.name).map(|(taxref, id)| taxref.name(id));
        let lineage = name.map(Name::lineage).unwrap_or_default();
        self.given.append_option(query.given_cd_nom());
        self.cd_nom.append_option(name.map(Name::cd_nom));
        self.cd_ref.append_option(name.map(Name::cd_ref));
        lineage.iter().for_each(|above| self.taxon_keys.values().append_value(above.cd_nom()));
        self.taxon_keys.append(name.is_some());
        self.match_type.append_value(outcome.match_type.name());
        self.confidence.append_option(outcome.confidence);
        let verbatim = query.verbatim_name();
        let accepted = name.map(Name::accepted);
        let rank = |rank: Rank| lineage.iter().find(|above| above.rank().is_some_and(|its| its.is_like(rank)));
        let higher = |column: SharedColumn, wanted: Rank| {
            let own = name.and_then(|name| name.shared(column));
            own.or_else(|| rank(wanted).map(|above| above.canonical()))
        };
        let genus = rank(Rank::GENUS).map(|above| above.canonical()).or_else(|| {
            let below = accepted.filter(|name| name.rank().is_some_and(Rank::is_species_or_below));
            below.and_then(|name| name.canonical().split(' ').next())
        });
        let texts: [Option<&str>; 22] = [
            outcome.method,
            accepted.map(Name::full),
            name.map(Name::full),
            verbatim.as_deref(),
            accepted.and_then(Name::rank).map(Rank::darwin_core),
            name.map(|name| if name.is_accepted() { "accepted" } else { "synonym" }),
            higher(SharedColumn::Kingdom, Rank::KINGDOM),
            higher(SharedColumn::Phylum, Rank::PHYLUM),
            higher(SharedColumn::Class, Rank::CLASS),
            higher(SharedColumn::Order, Rank::ORDER),
            higher(SharedColumn::Family, Rank::FAMILY),
            higher(SharedColumn::Subfamily, Rank::SUBFAMILY),
            higher(SharedColumn::Tribe, Rank::TRIBE),
            genus,
            rank(Rank::SPECIES).map(|above| above.canonical()),
            name.and_then(Name::vernacular),
            name.and_then(Name::vernacular_english),
            name.and_then(|name| name.shared(SharedColumn::Group1)),
            name.and_then(|name| name.shared(SharedColumn::Group2)),
            name.and_then(|name| name.shared(SharedColumn::Group3)),
            name.and_then(|name| name.shared(SharedColumn::Habitat)),
            self.taxref.filter(|_| name.is_some()).map(Taxref::version),
        ];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_option(text);
        }
        if let Some(candidates) = &outcome.candidates {
            self.candidates.values().append_slice(candidates);
        }
        self.candidates.append(outcome.candidates.is_some());
        self.qualifier.append_option(outcome.qualifier);
        debug_assert!(name.is_some() || outcome.match_type == MatchType::None);
        self.issues.push(outcome.issues);
    }

    pub(super) fn finish(mut self) -> StructArray {
        let cd_ref: ArrayRef = Arc::new(self.cd_ref.finish());
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.given.finish()),
            Arc::new(self.cd_nom.finish()),
            cd_ref.clone(),
            cd_ref,
            Arc::new(self.taxon_keys.finish()),
            Arc::new(self.match_type.finish()),
            Arc::new(self.confidence.finish()),
        ];
        columns.extend(self.texts.iter_mut().map(|text| Arc::new(text.finish()) as ArrayRef));
        columns.push(Arc::new(self.candidates.finish()));
        columns.push(Arc::new(self.qualifier.finish()));
        record(self.fields, columns, &self.issues)
    }
}
