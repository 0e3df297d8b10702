//! The step `status`: what TAXREF and BDC_STATUTS say of the taxon where the record is.
//!
//! # What it does
//! Finds the territory of the record, reads TAXREF's status of the taxon there, and holds the record against it. Collects
//! the statuses of BDC_STATUTS (protections, red lists, directives, regulations) that the taxon or one of its ancestors has
//! in an area that holds the record. A record whose place is not known has those of France as a whole only; one from abroad
//! has none.
//!
//! The establishment means of a record are its own: TAXREF's status stands beside, and never fills them.
//!
//! # Reads
//! `cdRef` of the step `taxonomy`; `departmentCode` and `communeCode` of the step `geography`; `countryCode` of the step
//! `location`; `occurrenceStatus` of the step `basic`.
//!
//! # Writes
//! - `taxrefTerritory`: the column of TAXREF, `FR` to `CLI`;
//! - `taxrefStatus`: its letter for the taxon there (P, E, S, C, I, J, M, B, D, Q, A, W, X, Y, Z), null where it says nothing;
//! - `taxrefPresence`: the letter in a word, `present` (P, E, S, C), `introduced` (I, J, M), `occasional` (B), `doubtful` (D),
//!   `erroneous` (Q: mentioned by mistake), `absent` (A), `extirpated` (W), `extinct` (X, Y, Z);
//! - `statusCodes`: `TYPE:CODE` of BDC_STATUTS, sorted, each once: `DH:CDH4`, `LRN:VU`, `PN:NM2`; empty where none applies;
//! - `especeEvalueeLR`: a red list (`LRM`, `LRE`, `LRN`, `LRR`) has a category for it, other than not applicable (NA) and not
//!   evaluated (NE);
//! - `especeReglementee`: it is protected (`PN`, `PR`, `PD`, `POM`) or its introduction, fight or trade is regulated (`REGL`,
//!   `REGLII`, `REGLLUTTE`; not `REGLSO`, *sans objet*);
//! - `especeDirectiveEuropeenne`: it is in an annex of the Habitats or Birds directive (`DH`, `DO`).
//!
//! The last four are null without a taxon, and where the TAXREF that is loaded has no BDC_STATUTS.
//!
//! # Issues
//! Of this project: `TAXREF_ABSENT_FROM_TERRITORY` (a present record of a taxon with A or Q there), `TAXREF_GONE_FROM_TERRITORY`
//! (with W, X, Y or Z; the date is not looked at, so that records from before it was gone bear it too).
//!
//! # Differences from GBIF
//! See [`Step::differences`].
//!
//! # References
//! - TAXREF, statuts biogéographiques; <https://taxref.mnhn.fr>
//! - Base de connaissance « Statuts » des espèces en France; <https://inpn.mnhn.fr/programme/base-de-connaissance-statuts>

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanBuilder, ListBuilder, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields};

use crate::distinct::interpret_distinct;
use crate::reference::status_area::Place;
use crate::reference::taxref::{self, Name, Presence, Taxref};
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, References, Step, Verbatim};

const INPUTS: &[Input] = &[
    Input::Field("cdRef", DataType::Int32),
    Input::Field("departmentCode", DataType::Utf8),
    Input::Field("communeCode", DataType::Utf8),
    Input::Field("countryCode", DataType::Utf8),
    Input::Field("occurrenceStatus", DataType::Utf8),
];

/// The step `status`.
#[derive(Debug)]
pub struct Status {
    taxref: Option<Arc<Taxref>>,
    fields: Fields,
}

impl Status {
    /// The step, with its reference data.
    pub fn new(references: &References) -> Self {
        let text = |name| Field::new(name, DataType::Utf8, true);
        let flag = |name| Field::new(name, DataType::Boolean, true);
        let texts = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
        let fields = Fields::from(vec![
            text("taxrefTerritory"),
            text("taxrefStatus"),
            text("taxrefPresence"),
            Field::new("statusCodes", texts, true),
            flag("especeEvalueeLR"),
            flag("especeReglementee"),
            flag("especeDirectiveEuropeenne"),
            issues_field(),
        ]);
        Self { taxref: references.taxref.clone(), fields }
    }

    fn interpret_rows(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let cd_refs = verbatim.integer("cdRef");
        let [departments, communes, countries, statuses] =
            ["departmentCode", "communeCode", "countryCode", "occurrenceStatus"].map(|name| verbatim.text_of(name));
        let mut texts: [StringBuilder; 3] = std::array::from_fn(|_| StringBuilder::with_capacity(rows, rows * 2));
        let mut codes = ListBuilder::with_capacity(StringBuilder::new(), rows);
        let mut flags: [BooleanBuilder; 3] = std::array::from_fn(|_| BooleanBuilder::with_capacity(rows));
        let mut issues = Vec::with_capacity(rows);
        for row in 0..rows {
            let place = Place::of(departments.value(row), communes.value(row), countries.value(row));
            let cd_ref = cd_refs.and_then(|cd_refs| cd_refs.is_valid(row).then(|| cd_refs.value(row)));
            let name = self.taxref.as_ref().zip(cd_ref).and_then(|(taxref, cd_ref)| {
                let id = taxref.by_cd_nom(cd_ref)?;
                Some(taxref.name(id))
            });
            let letter = name.zip(place.territory()).and_then(|(name, territory)| name.letter(territory));
            let presence = letter.and_then(Presence::of_letter);
            let values = [place.territory(), letter, presence.map(Presence::name)];
            texts.iter_mut().zip(values).for_each(|(column, value)| column.append_option(value));
            let applying = self
                .taxref
                .as_ref()
                .filter(|taxref| taxref.has_statuses())
                .and(name)
                .map(|name| Applying::of(name, &place));
            for code in applying.iter().flat_map(|applying| &applying.codes) {
                codes.values().append_value(code);
            }
            codes.append(applying.is_some());
            let values = match &applying {
                Some(applying) => [applying.evaluated, applying.regulated, applying.directive].map(Some),
                None => [None; 3],
            };
            flags.iter_mut().zip(values).for_each(|(column, value)| column.append_option(value));
            let is_present = statuses.value(row) != Some("ABSENT");
            issues.push(presence.filter(|_| is_present).and_then(issue).into_iter().collect::<IssueSet>());
        }
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.fields.len());
        columns.extend(texts.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        columns.push(Arc::new(codes.finish()));
        columns.extend(flags.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        record(&self.fields, columns, &issues)
    }
}

/// What is odd about a present record of a taxon with this presence.
fn issue(presence: Presence) -> Option<Issue> {
    match presence {
        Presence::Absent | Presence::Erroneous => Some(Issue::TaxrefAbsentFromTerritory),
        Presence::Extirpated | Presence::Extinct => Some(Issue::TaxrefGoneFromTerritory),
        Presence::Present | Presence::Introduced | Presence::Occasional | Presence::Doubtful => None,
    }
}

/// The statuses that apply to a taxon at a place.
#[derive(Debug, Default)]
struct Applying {
    codes: Vec<String>,
    evaluated: bool,
    regulated: bool,
    directive: bool,
}

impl Applying {
    /// A status of a genus is one of its species: those of all ancestors apply.
    fn of(name: Name<'_>, place: &Place<'_>) -> Self {
        let mut applying = Self::default();
        for above in name.lineage() {
            for status in above.statuses().filter(|status| place.is_in(status.area)) {
                applying.add(status);
            }
        }
        applying.codes.sort_unstable();
        applying.codes.dedup();
        applying
    }

    fn add(&mut self, status: taxref::Status<'_>) {
        match status.kind {
            "LRM" | "LRE" | "LRN" | "LRR" => self.evaluated |= !matches!(status.code, "NA" | "NE" | ""),
            "PN" | "PR" | "PD" | "POM" | "REGL" | "REGLII" | "REGLLUTTE" => self.regulated = true,
            "DH" | "DO" => self.directive = true,
            _ => {}
        }
        self.codes.push(format!("{}:{}", status.kind, status.code));
    }
}

impl Step for Status {
    fn name(&self) -> &'static str {
        "status"
    }

    fn reads(&self) -> &[Input] {
        INPUTS
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        interpret_distinct(verbatim, |distinct| self.interpret_rows(distinct))
    }

    fn differences(&self) -> &'static [&'static str] {
        &[
            "GBIF takes iucnRedListCategory from the global red list; here the statuses are those of BDC_STATUTS that apply at the record's place.",
        ]
    }
}

#[cfg(test)]
mod tests;
