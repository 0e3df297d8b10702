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
//! A record whose name TAXREF does not have is shown at the commune at most; one whose name is that of a sensitive taxon, or a
//! letter or two away, is not shown until it is matched.
//!
//! The rule that a sensitive record makes its whole group sensitive (`idSINPRegroupement`) concerns several records: it is
//! applied by the engine over the results of this step, which can only raise `diffusionLevel`.
//!
//! # Reads
//! The fields cdRef, taxonKeys, matchType, verbatimScientificName, departmentCode, communeCode, decimalLatitude,
//! eventDateStart, eventDateEnd; the terms reproductiveCondition, behavior, lifeStage, dynamicProperties (JSON with the SINP's
//! sensiNiveau, sensible, sensiReferentiel, sensiVersionReferentiel, diffusionNiveauPrecision, dSPublique, dEEFloutage,
//! diffusionGP, occStatutBiologique, occComportement, occStadeDeVie), dataGeneralizations.
//!
//! # Writes
//! `sensitivityLevel` (0 to 4, never null: the stricter of declared and computed), `diffusionLevel` (0 to 4, never null: the one
//! that masks), `sensitivityRules` (the rules that apply, strictest first), `sensitivityAlert`, `sensitivityReferential`,
//! `privateData`, `alreadyGeneralized` (its place was blurred before it was sent: nothing finer may be derived), `issues`.
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

mod declared;
mod diffusion;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Float64Array, Int32Array, Int32Builder, ListArray, ListBuilder,
    PrimitiveArray, StringBuilder, StructArray,
};
use arrow::datatypes::{DataType, Field, Fields, Int32Type, TimeUnit, TimestampMillisecondType};
use hashbrown::HashMap;
use jiff::Span;
use jiff::civil::Date;

use crate::parse::sinp_biology::{Biology, Nomenclature, is_moved, read};
use crate::reference::sensitivity::{
    Circumstances, Departments, Levels, Place, Rule, SensitivityRules, Verdict, judge,
};
use crate::reference::taxref::Taxref;
use crate::step::{issues_field, record};
use crate::verbatim::Text;
use crate::{Input, Issue, IssueSet, References, Settings, Step, Term, Verbatim};
use declared::{Declared, Ownership};
use diffusion::{WITHHELD, declared_level, private_level};

/// The step `sensitivity`.
#[derive(Debug)]
pub struct Sensitivity {
    rules: Option<Arc<SensitivityRules>>,
    taxref: Option<Arc<Taxref>>,
    levels: Levels,
    today: Date,
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
            Input::Field("decimalLatitude", DataType::Float64),
            Input::Field("eventDateStart", instant.clone()),
            Input::Field("eventDateEnd", instant),
        ];
        let terms = ["reproductiveCondition", "behavior", "lifeStage", "dynamicProperties", "dataGeneralizations"];
        reads.extend(terms.map(|term| Input::Term(Term(term))));
        Self {
            rules: references.sensitivity.clone(),
            taxref: references.taxref.clone(),
            levels: references.sensitivity.as_ref().map(|rules| rules.levels().clone()).unwrap_or_default(),
            today: settings.run_date,
            reads,
            fields: fields(),
        }
    }

    /// The rules on a taxon; its ancestors are looked up where the record does not bring them.
    fn rules_on<'a>(&self, rules: &'a SensitivityRules, cd_ref: i32, keys: &[i32]) -> Vec<&'a Rule> {
        if !keys.is_empty() {
            return rules.on(keys.iter().copied());
        }
        match self.taxref.as_ref().and_then(|taxref| taxref.by_cd_nom(cd_ref).map(|id| taxref.name(id))) {
            Some(name) => rules.on(name.lineage().iter().map(|above| above.cd_nom())),
            None => rules.on([cd_ref].into_iter()),
        }
    }
}

fn fields() -> Fields {
    Fields::from(vec![
        Field::new("sensitivityLevel", DataType::Int32, false),
        Field::new("diffusionLevel", DataType::Int32, false),
        Field::new("sensitivityRules", DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))), true),
        Field::new("sensitivityAlert", DataType::Boolean, false),
        Field::new("sensitivityReferential", DataType::Utf8, true),
        Field::new("privateData", DataType::Boolean, false),
        Field::new("alreadyGeneralized", DataType::Boolean, false),
        issues_field(),
    ])
}

/// The columns read, in one batch.
struct Columns<'a> {
    cd_ref: Option<&'a Int32Array>,
    taxon_keys: Option<&'a ListArray>,
    match_type: Text<'a>,
    name: Text<'a>,
    department: Text<'a>,
    commune: Text<'a>,
    latitude: Option<&'a Float64Array>,
    start: Option<&'a PrimitiveArray<TimestampMillisecondType>>,
    end: Option<&'a PrimitiveArray<TimestampMillisecondType>>,
    status: Text<'a>,
    behaviour: Text<'a>,
    life_stage: Text<'a>,
}

impl<'a> Columns<'a> {
    fn new(verbatim: &Verbatim<'a>) -> Self {
        let instant =
            |name| verbatim.column(name).and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>());
        Self {
            cd_ref: verbatim.integer("cdRef"),
            taxon_keys: verbatim.list("taxonKeys"),
            match_type: verbatim.text_of("matchType"),
            name: verbatim.text_of("verbatimScientificName"),
            department: verbatim.text_of("departmentCode"),
            commune: verbatim.text_of("communeCode"),
            latitude: verbatim.float("decimalLatitude"),
            start: instant("eventDateStart"),
            end: instant("eventDateEnd"),
            status: verbatim.text(Term("reproductiveCondition")),
            behaviour: verbatim.text(Term("behavior")),
            life_stage: verbatim.text(Term("lifeStage")),
        }
    }

    fn cd_ref(&self, row: usize) -> Option<i32> {
        self.cd_ref.filter(|column| column.is_valid(row)).map(|column| column.value(row))
    }

    fn taxon_keys(&self, row: usize) -> &'a [i32] {
        let slice = || {
            let list = self.taxon_keys.filter(|list| list.is_valid(row))?;
            let start = usize::try_from(*list.value_offsets().get(row)?).ok()?;
            let end = usize::try_from(*list.value_offsets().get(row + 1)?).ok()?;
            list.values().as_primitive_opt::<Int32Type>()?.values().get(start..end)
        };
        slice().unwrap_or(&[])
    }

    fn circumstances(&self, row: usize, declared: &Declared, today: Date) -> Circumstances<'a> {
        let placed = self.latitude.is_some_and(|latitude| latitude.is_valid(row));
        let departments = match self.department.value(row) {
            Some(codes) => Departments::Codes(codes),
            None if placed => Departments::Outside,
            None => Departments::Unknown,
        };
        let day = |column: Option<&PrimitiveArray<TimestampMillisecondType>>| {
            let column = column.filter(|column| column.is_valid(row))?;
            day_of(column.value(row))
        };
        let (start, end) = (day(self.start), day(self.end));
        let biology = |declared: Biology, nomenclature, text: Text<'_>| match declared {
            Biology::Absent => text.value(row).map_or(Biology::Absent, |text| read(nomenclature, text)),
            known => known,
        };
        let mut status = biology(declared.status, Nomenclature::Status, self.status);
        let mut behaviour = biology(declared.behaviour, Nomenclature::Behaviour, self.behaviour);
        // Version 1 of the standard has behaviours among the statuses, and people write statuses among the behaviours.
        if let Biology::Code(code) = status
            && is_moved(code)
            && behaviour == Biology::Absent
        {
            behaviour = status;
        }
        if status == Biology::Absent && behaviour == Biology::Unreadable {
            let elsewhere = self.behaviour.value(row).map_or(Biology::Absent, |text| read(Nomenclature::Status, text));
            if let Biology::Code(_) = elsewhere {
                (status, behaviour) = (elsewhere, Biology::Absent);
            }
        }
        Circumstances {
            place: Place { departments, commune: self.commune.value(row) },
            dates: start.or(end).zip(end.or(start)),
            status,
            behaviour,
            life_stage: biology(declared.life_stage, Nomenclature::LifeStage, self.life_stage),
            today,
        }
    }
}

/// The day of an instant without a zone.
fn day_of(milliseconds: i64) -> Option<Date> {
    let days = Span::new().try_days(milliseconds.div_euclid(86_400_000)).ok()?;
    Date::constant(1970, 1, 1).checked_add(days).ok()
}

/// What is written of one record.
struct Decision<'a> {
    sensitivity: u8,
    diffusion: u8,
    verdict: Verdict<'a>,
    alert: bool,
    referential: Option<String>,
    issues: IssueSet,
}

impl Sensitivity {
    fn decide<'a>(
        &'a self,
        columns: &Columns<'_>,
        row: usize,
        declared: &Declared,
        on_taxon: &[&'a Rule],
    ) -> Decision<'a> {
        let mut issues = IssueSet::new();
        let verdict = match on_taxon.is_empty() {
            true => Verdict::default(),
            false => judge(on_taxon, &columns.circumstances(row, declared, self.today)),
        };
        let by_producer = declared_level(declared, &self.levels, &mut issues);
        let sensitivity = by_producer.max(verdict.level);
        let mut diffusion = sensitivity.max(private_level(declared, &mut issues));
        if declared.for_the_public == Some(false) {
            diffusion = WITHHELD;
        }
        let mut alert = verdict.alert;
        if let Some(rules) = &self.rules
            && !matches!(columns.match_type.value(row), Some("EXACT" | "FUZZY" | "AGGREGATE"))
        {
            // No rule can be looked up for a name that is not matched, nor for a species that was matched to its genus.
            let near = columns.name.value(row).is_some_and(|name| rules.is_close_to_sensitive(name));
            if near {
                diffusion = WITHHELD;
                alert = true;
            } else if columns.cd_ref(row).is_none() {
                diffusion = diffusion.max(1);
            }
        }
        issues.raise_if(alert, Issue::SensitivityAlert);
        let referential = match (sensitivity, &self.rules) {
            (0, _) => None,
            (_, Some(rules)) if verdict.level == sensitivity => Some(rules.label().to_owned()),
            _ => declared.referential.as_ref().map(|referential| match &declared.referential_version {
                Some(version) => format!("{referential} {version}"),
                None => referential.clone(),
            }),
        };
        Decision { sensitivity, diffusion, verdict, alert, referential, issues }
    }
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
        let mut on_taxa: HashMap<i32, Vec<&Rule>> = HashMap::new();
        let nothing = Declared::default();
        let mut sensitivity = Int32Builder::with_capacity(rows);
        let mut diffusion = Int32Builder::with_capacity(rows);
        let mut applying = ListBuilder::with_capacity(StringBuilder::new(), rows);
        let mut alert = BooleanBuilder::with_capacity(rows);
        let mut referential = StringBuilder::new();
        let mut private = BooleanBuilder::with_capacity(rows);
        let mut generalized = BooleanBuilder::with_capacity(rows);
        let mut issues = Vec::with_capacity(rows);
        for row in 0..rows {
            let declared = match properties.value(row) {
                Some(text) => &*declarations.entry(text).or_insert_with(|| Declared::of(text)),
                None => &nothing,
            };
            let on_taxon: &[&Rule] = match (&self.rules, columns.cd_ref(row)) {
                (Some(rules), Some(cd_ref)) => {
                    on_taxa.entry(cd_ref).or_insert_with(|| self.rules_on(rules, cd_ref, columns.taxon_keys(row)))
                }
                _ => &[],
            };
            let decision = self.decide(&columns, row, declared, on_taxon);
            sensitivity.append_value(i32::from(decision.sensitivity));
            diffusion.append_value(i32::from(decision.diffusion));
            decision.verdict.rules.iter().for_each(|rule| applying.values().append_value(&rule.id));
            applying.append(!decision.verdict.rules.is_empty());
            alert.append_value(decision.alert);
            referential.append_option(decision.referential);
            private.append_value(declared.ownership == Some(Ownership::Private));
            generalized.append_value(declared.blurred.unwrap_or(generalizations.value(row).is_some()));
            issues.push(decision.issues);
        }
        let written: Vec<ArrayRef> = vec![
            Arc::new(sensitivity.finish()),
            Arc::new(diffusion.finish()),
            Arc::new(applying.finish()),
            Arc::new(alert.finish()),
            Arc::new(referential.finish()),
            Arc::new(private.finish()),
            Arc::new(generalized.finish()),
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
