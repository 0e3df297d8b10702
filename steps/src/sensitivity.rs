//! Sensitivity: how precisely a record may be shown.
//!
//! # What it does
//! Judges each record by the rules of the sensitivity referential on its taxon and its ancestors, takes the stricter of that
//! and of the level its producer declares, adds what the owner of private data wishes, and writes the level by which all
//! public products are masked.
//!
//! A rule applies when each of its conditions holds: taxon, area, period of the year, years since the observation, biological
//! state. What a record does not say holds: the step fails closed. Where it stays silent on what a rule asks, or a rule has a
//! condition in words, the record gets an alert for people to look at.
//!
//! A person may decide otherwise on a single record, where that is recorded ([`crate::reference::sensitivity::Decisions`]): the
//! decision then stands for what rules and the producer say of its sensitivity, above or below. It changes nothing of what is
//! private or not for the public, and the group of the record raises it like any other.
//!
//! A record is judged by its name too, where that is the name of a sensitive taxon other than the one matched: identifiers are
//! sometimes wrong, and `cf.` leads to the genus.
//!
//! A record whose name TAXREF does not have is shown at the commune at most; one whose name is that of a sensitive taxon, or a
//! letter or two away, is not shown until it is matched.
//!
//! A sensitive record makes its whole group sensitive (SINP standard, `idSINPRegroupement`): a free record of the same sampling
//! would tell the place. That concerns several records: the step names the groups of each, and the engine raises the levels
//! of those whose group has a stricter one.
//!
//! # Reads
//! The fields cdRef, taxonKeys, matchType, verbatimScientificName, departmentCode, communeCode, crossedDepartmentCodes,
//! crossedCommuneCodes (all that hold a part of the place: a rule on any of them applies), decimalLatitude, eventDateStart,
//! eventDateEnd, obsTechnique, occurrenceKey; the dataset's key; the terms occurrenceID, reproductiveCondition, behavior, lifeStage, dynamicProperties (JSON with the SINP's
//! sensiNiveau, sensible, sensiReferentiel, sensiVersionReferentiel, sensiDateAttribution, diffusionNiveauPrecision, dSPublique, dEEFloutage,
//! diffusionGP, occStatutBiologique, occComportement, occStadeDeVie, idSINPRegroupement; each may be a column of its own),
//! dataGeneralizations, eventID, parentEventID.
//!
//! # Writes
//! `sensitivityLevel` (the rank in the table of levels, never null: the stricter of declared and computed, or what was decided),
//! `diffusionLevel` (a rank, never null: the one that masks), `sensitivityRules` (the rules that apply, strictest first),
//! `sensitivityAlert`, `sensitivityReferential`, `sensiDateAttribution` (the day of the run for a level that rules give, that of
//! the decision, or what the producer declares), `sensitivityDecision` (file and line of the decision), `privateData`, `alreadyGeneralized` (its place was blurred before it was sent: nothing finer may be derived),
//! `sensitivityGroups` (`term:value` of the groups it is in), `groupDiffusionLevel` (the level that it gives them: what is shown
//! at the commune only because it is not matched, or not at all because its producer says so, gives none),
//! `sensitivityFromGroup` (false: the engine sets it where it raises the levels, with the `sensitivityReferential` and
//! `privateData` of what raised them; it also adds the groups of records that share an identifier), `issues`.
//!
//! # Issues
//! SENSITIVITY_ALERT, SENSITIVITY_LEVEL_INVALID, DIFFUSION_LEVEL_IGNORED.
//!
//! # Differences from GBIF
//! See [`Step::differences`].
//!
//! # References
//! SINP, standard « Occurrences de taxons » 2.0 (`sensiNiveau`, `diffusionNiveauPrecision`, `dSPublique`, `dEEFloutage`); code de
//! l'environnement, L124-4; A. D. Chapman, *Current best practices for generalizing sensitive species occurrence data* (2020).

mod columns;
mod declared;
mod diffusion;
mod explanation;
mod judgement;

pub use explanation::Explanation;
pub use judgement::Precaution;

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, BooleanBuilder, Int32Builder, ListBuilder, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use hashbrown::HashMap;
use jiff::civil::Date;

use crate::column::list_type;
use crate::dataset::DATASET_KEY;
use crate::parse::taxon_name::Reading;
use crate::reference::sensitivity::{Decisions, Levels, Rule, SensitivityRules};
use crate::reference::taxref::Taxref;
use crate::step::{issues_field, record};
use crate::verbatim::Text;
use crate::{Input, References, Settings, Step, Term, Verbatim};
use columns::Columns;
use declared::{Declared, Ownership};

/// The terms that may name groups of records.
pub const GROUP_TERMS: [&str; 3] = ["idSINPRegroupement", "eventID", "parentEventID"];
/// Those that do unless the settings say otherwise. A parent event may be a whole campaign.
pub const DEFAULT_GROUP_TERMS: [&str; 2] = ["idSINPRegroupement", "eventID"];

/// The SINP's attributes, which may also be columns of the archive.
const ATTRIBUTES: [&str; 15] = [
    "sensiNiveau",
    "sensible",
    "sensiReferentiel",
    "sensiVersionReferentiel",
    "sensiDateAttribution",
    "diffusionNiveauPrecision",
    "dSPublique",
    "dEEFloutage",
    "diffusionGP",
    "occStatutBiologique",
    "occComportement",
    "occStadeDeVie",
    "idSINPRegroupement",
    "identifiantRegroupementPermanent",
    "permidgrp",
];

/// Whether `dynamicProperties` say that a place was blurred before it was sent, or may have been.
pub(crate) fn is_blurred(properties: &str) -> bool {
    Declared::of(properties).blurred == Some(true)
}

/// The step `sensitivity`.
#[derive(Debug)]
pub struct Sensitivity {
    rules: Option<Arc<SensitivityRules>>,
    taxref: Option<Arc<Taxref>>,
    decisions: Option<Arc<Decisions>>,
    levels: Arc<Levels>,
    today: Date,
    /// The same as text.
    today_text: String,
    group_terms: Vec<&'static str>,
    reads: Vec<Input>,
    fields: Fields,
}

impl Sensitivity {
    /// The step, with the rules of the run.
    pub fn new(references: &References, settings: &Settings) -> Self {
        let keys = DataType::List(Arc::new(Field::new_list_field(DataType::Int32, true)));
        let instant = DataType::Timestamp(TimeUnit::Millisecond, None);
        let mut reads = vec![
            Input::Field("cdRef", DataType::Int32),
            Input::Field("taxonKeys", keys),
            Input::Field("matchType", DataType::Utf8),
            Input::Field("verbatimScientificName", DataType::Utf8),
            Input::Field("departmentCode", DataType::Utf8),
            Input::Field("communeCode", DataType::Utf8),
            Input::Field("crossedDepartmentCodes", list_type()),
            Input::Field("crossedCommuneCodes", list_type()),
            Input::Field("decimalLatitude", DataType::Float64),
            Input::Field("eventDateStart", instant.clone()),
            Input::Field("eventDateEnd", instant),
            Input::Field("obsTechnique", DataType::Utf8),
            Input::Field("occurrenceKey", DataType::Utf8),
            Input::Dataset(DATASET_KEY),
        ];
        let terms = [
            "occurrenceID",
            "reproductiveCondition",
            "behavior",
            "lifeStage",
            "dynamicProperties",
            "dataGeneralizations",
            "eventID",
            "parentEventID",
        ];
        reads.extend(terms.into_iter().chain(ATTRIBUTES).map(|term| Input::Term(Term(term))));
        Self {
            rules: references.sensitivity.clone(),
            taxref: references.taxref.clone(),
            decisions: references.decisions.clone().filter(|decisions| !decisions.is_empty()),
            levels: Arc::clone(&references.levels),
            today: settings.run_date,
            today_text: settings.run_date.to_string(),
            group_terms: settings.group_terms.clone(),
            reads,
            fields: fields(),
        }
    }

    /// The rules on a taxon; its ancestors are looked up where the record does not bring them.
    ///
    /// A number may be wrong where a name is right: when the name given is that of another taxon, a sensitive one, the rules on
    /// that one count too.
    fn rules_on<'a>(
        &self,
        rules: &'a SensitivityRules,
        cd_ref: i32,
        keys: &[i32],
        name: Option<&str>,
    ) -> Vec<&'a Rule> {
        let taxon = self.taxref.as_ref().and_then(|taxref| taxref.by_cd_nom(cd_ref).map(|id| taxref.name(id)));
        let mut keys = keys.to_vec();
        if keys.is_empty() {
            keys.push(cd_ref);
            keys.extend(taxon.iter().flat_map(|taxon| taxon.lineage()).map(|above| above.cd_nom()));
        }
        let named = name.map(|name| rules.named(name)).unwrap_or_default();
        if !named.is_empty() && !named.contains(&cd_ref) {
            // A name may be that of both: then the number decides. The genus alone, or the species of a sub-species, is not it.
            let borne = name.and_then(|name| rules.sensitive_key(name));
            let own = taxon.is_some_and(|taxon| {
                taxon.names().any(|own| borne.as_ref().is_some_and(|borne| Reading::of(own.canonical()).key == *borne))
            });
            let others = named.iter().filter(|_| !own).filter_map(|cd_ref| {
                let taxref = self.taxref.as_ref()?;
                taxref.by_cd_nom(*cd_ref).map(|id| taxref.name(id).lineage())
            });
            keys.extend(others.flatten().map(|above| above.cd_nom()));
        }
        keys.sort_unstable();
        keys.dedup();
        rules.on(keys.into_iter())
    }
}

fn fields() -> Fields {
    Fields::from(vec![
        Field::new("sensitivityLevel", DataType::Int32, false),
        Field::new("diffusionLevel", DataType::Int32, false),
        Field::new("sensitivityRules", DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))), true),
        Field::new("sensitivityAlert", DataType::Boolean, false),
        Field::new("sensitivityReferential", DataType::Utf8, true),
        Field::new("sensiDateAttribution", DataType::Utf8, true),
        Field::new("sensitivityDecision", DataType::Utf8, true),
        Field::new("privateData", DataType::Boolean, false),
        Field::new("alreadyGeneralized", DataType::Boolean, false),
        Field::new("sensitivityGroups", DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))), true),
        Field::new("groupDiffusionLevel", DataType::Int32, false),
        Field::new("sensitivityFromGroup", DataType::Boolean, false),
        issues_field(),
    ])
}

/// What the columns of a record add to what its `dynamicProperties` declare.
fn with_attributes(declared: &Declared, attributes: &[Text<'_>], row: usize) -> Declared {
    let mut both = declared.clone();
    for (term, text) in ATTRIBUTES.iter().zip(attributes) {
        text.value(row).into_iter().for_each(|value| both.take(term, value));
    }
    both
}

impl Step for Sensitivity {
    fn name(&self) -> &'static str {
        "sensitivity"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let columns = Columns::new(verbatim);
        let properties = verbatim.text(Term("dynamicProperties"));
        let generalizations = verbatim.text(Term("dataGeneralizations"));
        // Both repeat within a batch: taxa by their nature, properties since most datasets declare the same for all records.
        let mut declarations: HashMap<&str, Declared> = HashMap::new();
        let mut on_taxa: HashMap<(i32, Option<&str>), Vec<&Rule>> = HashMap::new();
        let attributes = ATTRIBUTES.map(|term| verbatim.text(Term(term)));
        let has_attributes = attributes.iter().any(Text::is_present);
        let nothing = Declared::default();
        let mut sensitivity = Int32Builder::with_capacity(rows);
        let mut diffusion = Int32Builder::with_capacity(rows);
        let mut applying = ListBuilder::with_capacity(StringBuilder::new(), rows);
        let mut alert = BooleanBuilder::with_capacity(rows);
        let mut referential = StringBuilder::new();
        let mut attributed = StringBuilder::new();
        let mut decided = StringBuilder::new();
        let mut decisions = self.decisions.as_deref().map(Decisions::of_records);
        let mut private = BooleanBuilder::with_capacity(rows);
        let mut generalized = BooleanBuilder::with_capacity(rows);
        let mut groups = ListBuilder::with_capacity(StringBuilder::new(), rows);
        let mut for_groups = Int32Builder::with_capacity(rows);
        let events = ["eventID", "parentEventID"].map(|term| (term, verbatim.text(Term(term))));
        let mut issues = Vec::with_capacity(rows);
        for row in 0..rows {
            let declared = match properties.value(row) {
                Some(text) => &*declarations.entry(text).or_insert_with(|| Declared::of(text)),
                None => &nothing,
            };
            let completed;
            let declared = if has_attributes {
                completed = with_attributes(declared, &attributes, row);
                &completed
            } else {
                declared
            };
            let on_taxon: &[&Rule] = match (&self.rules, columns.cd_ref(row)) {
                (Some(rules), Some(cd_ref)) => {
                    let name = columns.name.value(row);
                    let find = || self.rules_on(rules, cd_ref, columns.taxon_keys(row), name);
                    on_taxa.entry((cd_ref, name)).or_insert_with(find)
                }
                _ => &[],
            };
            let decision = decisions.as_mut().and_then(|decisions| columns.decision(row, decisions));
            let judgement = self.judge(&columns, row, declared, on_taxon, decision);
            sensitivity.append_value(i32::from(judgement.sensitivity));
            diffusion.append_value(i32::from(judgement.diffusion));
            judgement.verdict.rules.iter().for_each(|rule| applying.values().append_value(&rule.id));
            applying.append(!judgement.verdict.rules.is_empty());
            alert.append_value(judgement.alert);
            referential.append_option(judgement.referential);
            attributed.append_option(judgement.attributed);
            decided.append_option(decision.map(|decision| decision.id.as_str()));
            private.append_value(declared.ownership == Some(Ownership::Private));
            generalized.append_value(declared.blurred.unwrap_or(generalizations.value(row).is_some()));
            let of_events = events.iter().map(|(term, text)| (*term, text.value(row)));
            let named = std::iter::once(("idSINPRegroupement", declared.group.as_deref())).chain(of_events);
            let named = named.filter(|(term, _)| self.group_terms.contains(term));
            let mut is_grouped = false;
            for (term, value) in named.filter_map(|(term, value)| Some((term, value?))) {
                is_grouped = true;
                let _ = write!(groups.values(), "{term}:{value}");
                groups.values().append_value("");
            }
            groups.append(is_grouped);
            for_groups.append_value(i32::from(judgement.for_group));
            issues.push(judgement.issues);
        }
        let written: Vec<ArrayRef> = vec![
            Arc::new(sensitivity.finish()),
            Arc::new(diffusion.finish()),
            Arc::new(applying.finish()),
            Arc::new(alert.finish()),
            Arc::new(referential.finish()),
            Arc::new(attributed.finish()),
            Arc::new(decided.finish()),
            Arc::new(private.finish()),
            Arc::new(generalized.finish()),
            Arc::new(groups.finish()),
            Arc::new(for_groups.finish()),
            Arc::new(BooleanArray::from(vec![false; rows])),
        ];
        record(&self.fields, written, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        &[
            "GBIF has no such step: records come to it blurred. The Living Atlases' list matches names and Australian zones; ours is the SINP referential, by CD_REF and ancestors.",
            "What a record does not say makes a rule apply, so that a missing coordinate, date or status never publishes a sensitive record; the Living Atlases leave a record without coordinates unchanged.",
        ]
    }
}

#[cfg(test)]
mod tests;
