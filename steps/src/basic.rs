//! What was seen, how much of it, by whom and under which terms of use.
//!
//! # What it does
//!
//! Turns the terms of a record that concern neither place, time nor name into controlled concepts, numbers, lists and
//! clean text. The words of the controlled terms are in `steps/src/vocabulary/*.tsv` and in the files that a data team lays
//! over them ([`Vocabularies`]); what a table cannot hold (counts, lists, doubt) is in the parsers named below.
//!
//! | field | rule |
//! |---|---|
//! | `basisOfRecord` | [`crate::parse::basis_of_record`]; `OCCURRENCE` when absent or not understood |
//! | `individualCount` | one to ten digits |
//! | `occurrenceStatus` | [`occurrence::status`], from the status, the count and the basis of record |
//! | `sex`, `lifeStage` | [`crate::parse::sex`], [`crate::parse::life_stage`]; else what `dynamicProperties` say |
//! | `establishmentMeans`, `degreeOfEstablishment`, `pathway` | [`crate::parse::establishment_means`], their vocabularies |
//! | `typeStatus`, `typifiedName` | [`crate::parse::type_status`] |
//! | `organismQuantity`, `sampleSizeValue` | finite numbers; `relativeOrganismQuantity` is their quotient when type and unit are the same |
//! | `license` | [`crate::parse::license`]; the record's if GBIF supports it, else the dataset's |
//! | `references` | one address, its scheme added when missing |
//! | `recordedBy`, `identifiedBy`, `datasetID`, `datasetName`, `preparations`, `samplingProtocol`, `projectID` | lists on `\|` |
//! | `otherCatalogNumbers`, `associatedSequences` | lists on `\|` and `;` |
//! | `recordedBy`, `identifiedBy` | where the dataset asks for it (`collectorNames`), names by the rules of the Living Atlases ([`crate::parse::collector_name`]); never by default, since the order of words in a name and a comma mean other things elsewhere |
//! | `recordedByID`, `identifiedByID` | lists on `\|` and `,` of identifiers: `ORCID`, `WIKIDATA` or `OTHER` ([`crate::parse::agent`]) |
//! | `isSequenced` | there are associated sequences, or rows in an extension for DNA |
//! | `vitality`, `identificationVerificationStatus` | their vocabularies, else the text |
//! | other terms | trimmed text |
//!
//! # Reads
//!
//! The verbatim terms of these names, `dynamicProperties`, the dataset's licence, and whether there are rows in the
//! extensions `dnaDerivedData` and `amplification`. The terms about the identification (`identifiedBy`, `typeStatus` …) are
//! read from the extension `identification` where the record has none of them and none about its taxon
//! ([`crate::identification::current`]).
//!
//! # Writes
//!
//! The fields of [`Basic::writes`](crate::Step::writes). Lists are null when they have no element.
//!
//! # Issues
//!
//! `BASIS_OF_RECORD_INVALID`, `INDIVIDUAL_COUNT_INVALID`, `OCCURRENCE_STATUS_UNPARSABLE`,
//! `OCCURRENCE_STATUS_INFERRED_FROM_INDIVIDUAL_COUNT`, `OCCURRENCE_STATUS_INFERRED_FROM_BASIS_OF_RECORD`,
//! `INDIVIDUAL_COUNT_CONFLICTS_WITH_OCCURRENCE_STATUS`, `TYPE_STATUS_INVALID`, `SUSPECTED_TYPE`,
//! `REFERENCES_URI_INVALID`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [Darwin Core](https://dwc.tdwg.org/terms/), GBIF's `BasicInterpreter`, `VocabularyInterpreter`, `CoreInterpreter` and
//! `DynamicPropertiesInterpreter` (gbif/pipelines), the SINP nomenclatures (standard "occurrences de taxon").

pub(crate) mod distinct_text;
mod fields;
pub mod occurrence;

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayBuilder, ArrayRef, AsArray, BooleanArray, Float64Array, Int32Array, ListBuilder, StringArray,
    StringBuilder, StructArray,
};
use arrow::datatypes::Fields;

use crate::column;
use crate::dataset::{BatchFormats, COLLECTOR_NAMES, DATASET_LICENSE};
use crate::identification::current;
use crate::parse::date::DateOrder;
use crate::parse::license::GbifLicense;
use crate::parse::vocabulary::Vocabulary;
use crate::parse::{
    basis_of_record, collector_name, dynamic_properties, establishment_means, life_stage, occurrence_status, quantity,
    sex, type_status, url,
};
use crate::reference::vocabularies::Vocabularies;
use crate::step::record;
use crate::verbatim::Text;
use crate::{Input, Issue, IssueSet, References, Settings, Step, Term, Verbatim};

use distinct_text::DistinctText;
use fields::SEQUENCE_EXTENSIONS;

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "The French Licence Ouverte (Etalab) 1.0 and 2.0 is CC_BY_4_0, because it says itself that it is compatible with CC BY; GBIF does not know it.",
    "Where the record's licence is unknown to GBIF, the dataset's licence is written, if there is one.",
    "Codes of the SINP nomenclatures are understood in basisOfRecord, occurrenceStatus, sex, lifeStage, establishmentMeans, degreeOfEstablishment and vitality.",
    "sex is read by rules for counts, lists and doubt and not by a list of observed texts; it understands more texts and contradicts none that GBIF asserts.",
    "A basisOfRecord that lists several kinds of evidence is the strongest of them, where GBIF gives OCCURRENCE with an issue.",
    "A basisOfRecord `Espèce` is not understood, where GBIF makes it PRESERVED_SPECIMEN: it names a rank and no evidence. Values of single datasets are left to a data team's own words.",
    "A typeStatus that names different kinds in one element (`holotype + paratypes`) is Type; one kind named twice is that kind.",
    "Words of a data team, laid over a vocabulary by the configuration, win over those of GBIF.",
    "lifeStage has the concepts Exuvia, Moulting, PostLarva, Seed, Thallus, Tuber, Bulb, Rhizome, Withered and Sporophyte, which SINP data need and GBIF's vocabulary lacks.",
    "sex, lifeStage, typeStatus and the like are the names of concepts; their parents are not repeated in each record.",
    "vitality is the concept that Darwin Core recommends where the text names one; identificationVerificationStatus likewise is a level of the SINP, or verified or unverified. A figure alone stays: it means different things in different schemes.",
    "recordedBy and identifiedBy can be read by the rules of the Living Atlases, where the registry says so for a dataset; a part of a list that has no form of a name is then kept, where the Living Atlases drop it.",
    "An ORCID is recognised with any prefix of its address too, and only when its check character is right, as in GBIF.",
    "A decimal comma is understood in organismQuantity and sampleSizeValue.",
];

/// The step `basic`.
#[derive(Debug)]
pub struct Basic {
    order: DateOrder,
    reads: Vec<Input>,
    writes: Fields,
    vocabularies: Arc<Vocabularies>,
}

impl Basic {
    /// The step, with the words and settings of a run.
    pub fn new(references: &References, settings: &Settings) -> Self {
        Self {
            order: settings.date_order,
            reads: fields::reads(),
            writes: fields::writes(),
            vocabularies: Arc::clone(&references.vocabularies),
        }
    }
}

impl Step for Basic {
    fn name(&self) -> &'static str {
        "basic"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        self.writes.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let completed = current::completed(verbatim, &current::TERMS, BatchFormats::of(verbatim, self.order));
        let with_identification = completed.as_ref().map(|columns| Verbatim::new(rows, verbatim.inputs(), columns));
        let verbatim = with_identification.as_ref().unwrap_or(verbatim);
        let words = &*self.vocabularies;
        let mut issues = vec![IssueSet::new(); rows];
        let [basis_of_record, status, count] = occurrence(words, verbatim, &mut issues);
        let [sex, life_stage] = sex_and_life_stage(words, verbatim);
        let [type_status, typified_name] = types(&words.type_status, verbatim, &mut issues);
        let associated_sequences = column::list(verbatim, Term("associatedSequences"), &['|', ';']);
        let quantities = quantities(verbatim);
        let list = |name| column::list(verbatim, Term(name), &['|']);
        let text = |name| column::text(verbatim, name);
        let mut columns = vec![
            basis_of_record,
            status,
            count,
            sex,
            life_stage,
            establishment_means(&words.establishment_means, verbatim),
            concept(verbatim, "degreeOfEstablishment", &words.degree_of_establishment),
            concept(verbatim, "pathway", &words.pathway),
            type_status,
            typified_name,
        ];
        columns.extend(quantities);
        columns.extend([
            licenses(&words.license, verbatim),
            references(verbatim, &mut issues),
            people(verbatim, Term("recordedBy")),
            people(verbatim, Term("identifiedBy")),
            column::identifiers(verbatim, Term("recordedByID")),
            column::identifiers(verbatim, Term("identifiedByID")),
            list("datasetID"),
            list("datasetName"),
            column::list(verbatim, Term("otherCatalogNumbers"), &['|', ';']),
            list("preparations"),
            list("samplingProtocol"),
            list("projectID"),
            Arc::clone(&associated_sequences),
            is_sequenced(verbatim, &associated_sequences),
            text("behavior"),
            text("reproductiveCondition"),
            concept_or_text(verbatim, "vitality", &words.vitality),
            text("habitat"),
            text("occurrenceRemarks"),
            text("eventRemarks"),
            concept_or_text(verbatim, "identificationVerificationStatus", &words.identification_verification_status),
        ]);
        record(&self.writes, columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// The value of a row as steps read it: see [`Text::value`].
fn value(column: Text<'_>, row: usize) -> Option<&str> {
    column.value(row)
}

/// As [`value`], but a cell that is there and empty is not absent: GBIF calls an empty licence unsupported.
fn value_or_empty(column: Text<'_>, row: usize) -> Option<&str> {
    column.value(row).or_else(|| column.raw(row).filter(|raw| raw.is_empty()))
}

/// The concept of a controlled term that is looked up whole.
fn concept(verbatim: &Verbatim<'_>, name: &'static str, vocabulary: &Vocabulary) -> ArrayRef {
    DistinctText::of(verbatim.rows(), verbatim.text(Term(name)), value, |text| {
        text.and_then(|text| vocabulary.name(text))
    })
    .text_column(|concept| *concept)
}

/// The concept of establishment means.
fn establishment_means(vocabulary: &Vocabulary, verbatim: &Verbatim<'_>) -> ArrayRef {
    DistinctText::of(verbatim.rows(), verbatim.text(Term("establishmentMeans")), value, |text| {
        text.and_then(|text| establishment_means::establishment_means(vocabulary, text))
    })
    .text_column(|concept| *concept)
}

/// Basis of record, occurrence status and count, which depend on each other.
fn occurrence(words: &Vocabularies, verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) -> [ArrayRef; 3] {
    let rows = verbatim.rows();
    let bases = DistinctText::of(rows, verbatim.text(Term("basisOfRecord")), value, |text| {
        text.and_then(|text| basis_of_record::basis_of_record(&words.basis_of_record, text))
    });
    let statuses = DistinctText::of(rows, verbatim.text(Term("occurrenceStatus")), value, |text| match text {
        None => occurrence::Given::Nothing,
        Some(text) => match occurrence_status::occurrence_status(&words.occurrence_status, text) {
            Some("ABSENT") => occurrence::Given::Absent,
            Some(_) => occurrence::Given::Present,
            None => occurrence::Given::Rubbish,
        },
    });
    let counts = verbatim.text(Term("individualCount"));
    let mut status_column = StringBuilder::with_capacity(rows, rows * 7);
    let mut count_column = Int32Array::builder(rows);
    for (row, issues) in issues.iter_mut().enumerate() {
        let basis = bases.row(row).copied().flatten();
        issues.raise_if(basis.is_none(), Issue::BasisOfRecordInvalid);
        let text = counts.value(row);
        let count = text.and_then(quantity::individual_count);
        issues.raise_if(text.is_some() && count.is_none(), Issue::IndividualCountInvalid);
        count_column.append_option(count);
        let given = statuses.row(row).copied().unwrap_or(occurrence::Given::Nothing);
        let is_specimen = basis.is_some_and(basis_of_record::is_specimen);
        let (status, raised) = occurrence::status(given, count, is_specimen);
        issues.extend(raised);
        status_column.append_value(status);
    }
    let bases = bases.text_column(|basis| Some(basis.unwrap_or("OCCURRENCE")));
    [bases, Arc::new(status_column.finish()), Arc::new(count_column.finish())]
}

/// Sex and life stage: of their terms, else of the dynamic properties.
fn sex_and_life_stage(words: &Vocabularies, verbatim: &Verbatim<'_>) -> [ArrayRef; 2] {
    let rows = verbatim.rows();
    let sex_of = |text: &str| sex::sex(words, text);
    let stage_of = |text: &str| life_stage::life_stage(words, text);
    let sexes = DistinctText::of(rows, verbatim.text(Term("sex")), value, |text| text.and_then(sex_of));
    let stages = DistinctText::of(rows, verbatim.text(Term("lifeStage")), value, |text| text.and_then(stage_of));
    let dynamic = verbatim.text(Term("dynamicProperties"));
    if !dynamic.is_present() {
        return [sexes.text_column(|sex| *sex), stages.text_column(|stage| *stage)];
    }
    let traits = DistinctText::of(rows, dynamic, value, |text| {
        let sex = text.and_then(dynamic_properties::sex).and_then(|text| sex_of(&text));
        let stage = text.and_then(dynamic_properties::life_stage).and_then(|text| stage_of(&text));
        (sex, stage)
    });
    let traits = |row| traits.row(row).copied().unwrap_or((None, None));
    let sex = |row: usize| sexes.row(row).copied().flatten().or_else(|| traits(row).0);
    let stage = |row: usize| stages.row(row).copied().flatten().or_else(|| traits(row).1);
    [Arc::new((0..rows).map(sex).collect::<StringArray>()), Arc::new((0..rows).map(stage).collect::<StringArray>())]
}

/// Type status and the name that the type bears.
fn types(vocabulary: &Vocabulary, verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) -> [ArrayRef; 2] {
    let rows = verbatim.rows();
    let statuses = verbatim.text(Term("typeStatus"));
    if !statuses.is_present() {
        return [arrow::array::new_null_array(&column::list_type(), rows), column::text(verbatim, "typifiedName")];
    }
    let types = DistinctText::of(rows, statuses, value, |text| {
        let (concepts, issues) = text.map(|text| type_status::type_status(vocabulary, text)).unwrap_or_default();
        (concepts, issues, text.and_then(type_status::typified_name))
    });
    let names = verbatim.text(Term("typifiedName"));
    let mut concept_column = ListBuilder::with_capacity(StringBuilder::new(), rows);
    let mut name_column = StringBuilder::new();
    for (row, issues) in issues.iter_mut().enumerate() {
        let Some((concepts, raised, name)) = types.row(row) else { continue };
        issues.extend(*raised);
        concepts.iter().for_each(|concept| concept_column.values().append_value(concept));
        concept_column.append(!concepts.is_empty());
        name_column.append_option(names.value(row).or(name.as_deref()));
    }
    [Arc::new(concept_column.finish()), Arc::new(name_column.finish())]
}

/// The five columns about quantities.
fn quantities(verbatim: &Verbatim<'_>) -> [ArrayRef; 5] {
    let number = |name| {
        let text = verbatim.text(Term(name));
        (0..verbatim.rows()).map(|row| text.value(row).and_then(quantity::quantity)).collect::<Float64Array>()
    };
    let (organisms, size) = (number("organismQuantity"), number("sampleSizeValue"));
    let (organism_type, size_unit) =
        (verbatim.text(Term("organismQuantityType")), verbatim.text(Term("sampleSizeUnit")));
    let relative: Float64Array = (0..verbatim.rows())
        .map(|row| {
            let same = organism_type.value(row)?.eq_ignore_ascii_case(size_unit.value(row)?);
            let given = same && organisms.is_valid(row) && size.is_valid(row);
            given.then(|| organisms.value(row) / size.value(row)).filter(|relative| relative.is_finite())
        })
        .collect();
    [
        Arc::new(organisms),
        column::text(verbatim, "organismQuantityType"),
        Arc::new(size),
        column::text(verbatim, "sampleSizeUnit"),
        Arc::new(relative),
    ]
}

/// The licence of the record if GBIF supports it, else that of the dataset.
fn licenses(vocabulary: &Vocabulary, verbatim: &Verbatim<'_>) -> ArrayRef {
    let rows = verbatim.rows();
    let datasets = DistinctText::of(rows, verbatim.text_of(DATASET_LICENSE), value, |text| {
        Some(GbifLicense::of_term(vocabulary, text)).filter(|license| license.is_supported())
    });
    let records = DistinctText::of(rows, verbatim.text(Term("license")), value_or_empty, |text| {
        GbifLicense::of_term(vocabulary, text)
    });
    let license = |row: usize| {
        let record = records.row(row).copied().unwrap_or(GbifLicense::Unspecified);
        if record.is_supported() { record } else { datasets.row(row).copied().flatten().unwrap_or(record) }
    };
    Arc::new((0..rows).map(|row| Some(license(row).name())).collect::<StringArray>())
}

/// The address that a record refers to.
fn references(verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) -> ArrayRef {
    let text = verbatim.text(Term("references"));
    let addresses = issues.iter_mut().enumerate().map(|(row, issues)| {
        let text = text.value(row)?;
        let address: Option<Cow<'_, str>> = url::address(text);
        issues.raise_if(address.is_none(), Issue::ReferencesUriInvalid);
        address
    });
    Arc::new(addresses.collect::<StringArray>())
}

/// Whether there are sequences of the organism.
fn is_sequenced(verbatim: &Verbatim<'_>, sequences: &ArrayRef) -> ArrayRef {
    let extensions = SEQUENCE_EXTENSIONS.map(|name| verbatim.list(name));
    let has_rows = |row: usize| {
        extensions.iter().flatten().any(|extension| extension.is_valid(row) && extension.value_length(row) > 0)
    };
    let sequences = sequences.as_list_opt::<i32>();
    let has_sequences = |row: usize| sequences.is_some_and(|sequences| sequences.is_valid(row));
    Arc::new(BooleanArray::from_iter((0..verbatim.rows()).map(|row| Some(has_sequences(row) || has_rows(row)))))
}

/// The concept of a term, or the text when it names none.
fn concept_or_text(verbatim: &Verbatim<'_>, name: &'static str, vocabulary: &Vocabulary) -> ArrayRef {
    let concepts = DistinctText::of(verbatim.rows(), verbatim.text(Term(name)), value, |text| {
        text.map(|text| vocabulary.name(text).unwrap_or(text))
    });
    concepts.text_column(|concept| *concept)
}

/// People: a list on `|`, or names by the rules of the Living Atlases where the dataset asks for them.
fn people(verbatim: &Verbatim<'_>, term: Term) -> ArrayRef {
    let asked = verbatim.text_of(COLLECTOR_NAMES);
    if !asked.is_present() || !verbatim.text(term).is_present() {
        return column::list(verbatim, term, &['|']);
    }
    let text = verbatim.text(term);
    let names =
        DistinctText::of(verbatim.rows(), text, value, |text| text.map(collector_name::names).unwrap_or_default());
    let mut list = ListBuilder::with_capacity(StringBuilder::new(), verbatim.rows());
    for row in 0..verbatim.rows() {
        let before = list.values().len();
        if asked.value(row) == Some("true") {
            names.row(row).into_iter().flatten().for_each(|name| list.values().append_value(name));
        } else {
            column::elements(text, row, &['|']).for_each(|element| list.values().append_value(element));
        }
        let is_given = list.values().len() > before;
        list.append(is_given);
    }
    Arc::new(list.finish())
}

#[cfg(test)]
#[path = "basic/tests.rs"]
mod tests;
