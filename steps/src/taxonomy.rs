//! The taxon: the name of a record, matched with TAXREF.
//!
//! # What it does
//! Finds the CD_NOM that a record means, and from it the accepted name (CD_REF), its place in the tree and what TAXREF says
//! of it. The first of these that succeeds wins:
//!
//! 1. an identifier: `taxonID`, `scientificNameID`, `taxonConceptID`, `acceptedNameUsageID`, in every spelling of a CD_NOM
//!    ([`taxref_id`](crate::parse::taxref_id)). A withdrawn number is followed through CDNOM_DISPARUS; a frozen one leaves
//!    the record without a taxon, as the SINP has it. An unknown one is flagged and the name decides;
//! 2. the whole name with its authors, letter for letter but for case, accents and punctuation (confidence 100);
//! 3. the name and authors that agree (99; brackets 98; year or abbreviation 97);
//! 4. the name alone (95, several names of one taxon 93, told apart by higher taxa 92, authors that contradict 90).
//!    Homonyms of several taxa that neither author, rank nor higher taxa tell apart are left unmatched, with their CD_REF
//!    in `candidates`: there is no automatic choice;
//! 5. the one name that is a letter or two away, if the record gives a kingdom, phylum, class, order or family;
//! 6. the species of an unknown sub-species, the genus, the higher taxa given.
//!
//! `cf.`, `aff.`, `?` and `sp.` are never an exact species: what stands before them is matched as `HIGHERRANK` and the mark
//! is kept in `identificationQualifier`. Aggregates (`aggr.`, `gr.`, `s.l.`) match an aggregate of TAXREF, else its species
//! as `AGGREGATE`.
//!
//! # Reads
//! taxonID, scientificNameID, taxonConceptID, acceptedNameUsageID, scientificName, scientificNameAuthorship, taxonRank,
//! verbatimTaxonRank, kingdom, phylum, class, order, family, genus, specificEpithet, infraspecificEpithet,
//! verbatimIdentification, identificationQualifier; the SINP's cdNom, cdRef and nomCite, which stand for taxonID, taxonConceptID
//! and verbatimIdentification; the extension `identification` where the record itself has none of these
//! ([`crate::identification::current`]).
//!
//! # Writes
//! `verbatimCdNom` (the number as it is given, also one that is withdrawn or unknown), `cdNom`, `cdRef`, `taxonKey` (CD_REF), `taxonKeys` (CD_REF and those of all ancestors, nearest first), `matchType` (`EXACT`,
//! `FUZZY`, `HIGHERRANK`, `AGGREGATE`, `NONE`; never null), `matchConfidence`, `matchMethod`, `scientificName` (accepted name
//! with authors), `matchedName` (that of cdNom), `verbatimScientificName`, `taxonRank`, `taxonomicStatus`, `kingdom` to
//! `species` with `subfamily` and `tribe`, `vernacularName`, `vernacularNameEnglish`, `group1Inpn` to `group3Inpn`, `taxrefHabitat` (TAXREF's code), `nameAccordingTo`, `candidates`,
//! `identificationQualifier`, `issues`.
//!
//! # Issues
//! TAXON_MATCH_FUZZY, TAXON_MATCH_HIGHERRANK, TAXON_MATCH_AGGREGATE, TAXON_MATCH_NONE, TAXON_ID_NOT_FOUND and
//! TAXON_MATCH_TAXON_ID_IGNORED with their like for the other identifiers, SCIENTIFIC_NAME_AND_ID_INCONSISTENT,
//! TAXON_MATCH_NAME_AND_ID_AMBIGUOUS, TAXREF_CDNOM_REPLACED, TAXREF_CDNOM_FROZEN, TAXREF_HOMONYM.
//!
//! # Differences from GBIF
//! See [`Step::differences`].
//!
//! # References
//! <https://inpn.mnhn.fr/programme/referentiel-taxonomique-taxref>, <https://dwc.tdwg.org/terms/#taxon>, GBIF's
//! `TaxonomyInterpreter` and `OccurrenceIssue`.

mod candidates;
mod columns;
pub(crate) mod fuzzy;
mod matching;
mod memory;
mod names;
mod outcome;
mod parsed;
mod query;

pub use names::{Matched, Names};
pub use outcome::MatchType;
pub use query::Higher;

use std::sync::Arc;

use arrow::array::StructArray;
use arrow::datatypes::Fields;

use crate::dataset::{BatchFormats, DATE_FORMATS, DATE_ORDER};
use crate::distinct::interpret_distinct;
use crate::identification::current;
use crate::parse::date::DateOrder;
use crate::reference::taxref::Taxref;
use crate::{Input, References, Settings, Step, Term, Verbatim};
use memory::Memory;
use outcome::Outcome;
use query::Query;

/// The step `taxonomy`.
#[derive(Debug)]
pub struct Taxonomy {
    taxref: Option<Arc<Taxref>>,
    order: DateOrder,
    reads: Vec<Input>,
    fields: Fields,
    memory: Memory,
}

impl Taxonomy {
    /// The step, with its reference data, for a run.
    pub fn new(references: &References, settings: &Settings) -> Self {
        let mut reads: Vec<Input> = TERMS.into_iter().map(Input::Term).collect();
        reads.extend([Input::Extension(current::EXTENSION), Input::Dataset(DATE_ORDER), Input::Dataset(DATE_FORMATS)]);
        Self {
            taxref: references.taxref.clone(),
            order: settings.date_order,
            reads,
            fields: columns::fields(),
            memory: Memory::default(),
        }
    }

    fn interpret_rows(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let texts = TERMS.map(|term| verbatim.text(term));
        let mut columns = columns::Columns::new(&self.fields, verbatim.rows(), self.taxref.as_deref());
        for row in 0..verbatim.rows() {
            let query = query_of(texts.map(|text| text.value(row)));
            let outcome = match &self.taxref {
                Some(taxref) => matching::at_once(taxref, &query)
                    .unwrap_or_else(|| self.memory.get_or(&query, || matching::find(taxref, &query))),
                None => Outcome::none(),
            };
            columns.append(&query, &outcome);
        }
        columns.finish()
    }
}

/// The terms read, in the order of [`query_of`].
const TERMS: [Term; 21] = [
    Term("taxonID"),
    Term("scientificNameID"),
    Term("taxonConceptID"),
    Term("acceptedNameUsageID"),
    Term("scientificName"),
    Term("scientificNameAuthorship"),
    Term("taxonRank"),
    Term("verbatimTaxonRank"),
    Term("kingdom"),
    Term("phylum"),
    Term("class"),
    Term("order"),
    Term("family"),
    Term("genus"),
    Term("specificEpithet"),
    Term("infraspecificEpithet"),
    Term("verbatimIdentification"),
    Term("identificationQualifier"),
    Term("cdNom"),
    Term("cdRef"),
    Term("nomCite"),
];

fn query_of<'a>(texts: [Option<&'a str>; 21]) -> Query<'a> {
    let [
        taxon_id,
        scientific_name_id,
        taxon_concept_id,
        accepted_name_usage_id,
        scientific_name,
        authorship,
        rank,
        verbatim_rank,
        kingdom,
        phylum,
        class,
        order,
        family,
        genus,
        specific_epithet,
        infraspecific_epithet,
        verbatim_identification,
        qualifier,
        cd_nom,
        cd_ref,
        cited,
    ] = texts;
    Query {
        // In its own term a number is what it says, padded or not.
        taxon_id: cd_nom.map(|number| number.trim_start_matches('0')).or(taxon_id),
        scientific_name_id,
        taxon_concept_id: cd_ref.or(taxon_concept_id),
        accepted_name_usage_id,
        scientific_name,
        authorship,
        rank,
        verbatim_rank,
        higher: Higher { kingdom, phylum, class, order, family, genus },
        specific_epithet,
        infraspecific_epithet,
        verbatim_identification: verbatim_identification.or(cited),
        qualifier,
    }
}

impl Step for Taxonomy {
    fn name(&self) -> &'static str {
        "taxonomy"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let completed = current::completed(verbatim, &TERMS, BatchFormats::of(verbatim, self.order));
        let columns = completed.as_deref().unwrap_or(verbatim.columns());
        // The extension and the facts have done their part: only the terms tell records apart.
        let inputs = self.reads.get(..TERMS.len()).unwrap_or_default();
        let terms = Verbatim::new(verbatim.rows(), inputs, columns.get(..TERMS.len()).unwrap_or_default());
        interpret_distinct(&terms, |distinct| self.interpret_rows(distinct))
    }

    fn differences(&self) -> &'static [&'static str] {
        &[
            "Names are matched with TAXREF, in memory, not with the GBIF backbone through a web service: TAXREF is the national reference.",
            "A record whose identifier is a CD_NOM keeps it even where its name says otherwise; GBIF lets the name weigh: in the SINP the CD_NOM is the identification.",
            "Homonyms that nothing tells apart are left unmatched and listed; GBIF may choose by score.",
            "A whole match needs no higher taxa, a fuzzy one does, as at GBIF; names more than two letters away are never fuzzy.",
            "The identification extension is read when the record has no taxonomic term; GBIF also asks that it has no other identification term, and then loses the name.",
            "scientificName is the accepted name of TAXREF, and the matched one stands in matchedName.",
        ]
    }
}

#[cfg(test)]
mod tests;
