//! Attributes of the SINP's standard, as codes.
//!
//! # What it does
//!
//! Reads the attributes of the standard "occurrences de taxons" whose values are in a nomenclature, by code or by label
//! ([`crate::parse::sinp_nomenclature`]), from columns of their names or from keys of `dynamicProperties`, and writes the
//! codes of version 2. A column counts before a key. Codes of the biological status that are behaviours since version 2 are
//! written as behaviours, unless another one is given.
//!
//! A record is blurred (`dEEFloutage`) if one of the values that say so does, in a column, a key or a key that comes again; a
//! value that cannot be read is `NSP`, "I do not know": the place of such a record may stand for something larger.
//!
//! Archives without these columns and keys cost nothing.
//!
//! # Reads
//!
//! The attributes of [`ATTRIBUTES`] and [`NUMBERS`], `dynamicProperties`. The archive reader knows the attributes under the
//! names of versions 1 and 2 of the standard and of exchange files (`obsMethode`, `ocstatbio`); keys of
//! `dynamicProperties` are compared to the same names, by their letters.
//!
//! # Writes
//!
//! One column for each attribute, under its name: codes as text; `denombrementMin`, `denombrementMax` whole numbers;
//! `precisionGeometrie` in metres.
//!
//! # Issues
//!
//! `SINP_CODE_INVALID`: a value that is in no nomenclature; it is not written (but see `dEEFloutage`), and stays readable in the verbatim column.
//! `SINP_NUMBER_INVALID`: a count that is no whole number, a precision that is no positive one, a minimum above its maximum
//! (both are then kept as they are).
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! SINP, standard « Occurrences de taxons » 2.0 and 1.2.1; nomenclatures of the INPN.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Float64Array, Int32Array, StringArray, StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};
use hashbrown::HashMap;

use crate::basic::distinct_text::DistinctText;
use crate::parse::dynamic_properties::pairs;
use crate::parse::number::decimal;
use crate::parse::sinp_biology::is_moved;
use crate::parse::sinp_nomenclature::{Nomenclature, NomenclatureValue, of_code, value};
use crate::parse::taxon_name::fold_letters;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Step, Term, Verbatim, sensitivity};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &["GBIF does not know the attributes of the SINP; this step is ours."];

/// Attributes with a nomenclature, and the names under which keys of `dynamicProperties` may give them.
pub const ATTRIBUTES: [(&str, Nomenclature, &[&str]); 24] = [
    ("statutObservation", Nomenclature("STATUT_OBS"), &["statobs"]),
    ("statutSource", Nomenclature("STATUT_SOURCE"), &["statsource"]),
    ("occEtatBiologique", Nomenclature("ETA_BIO"), &["ocetatbio", "etatbiologique"]),
    ("occNaturalite", Nomenclature("NATURALITE"), &["ocnat", "naturalite"]),
    ("occSexe", Nomenclature("SEXE"), &["ocsex"]),
    ("occStadeDeVie", Nomenclature("STADE_VIE"), &["ocstade", "stadedevie"]),
    ("occStatutBiologique", STATUS, &["ocstatbio", "statutbiologique"]),
    ("occComportement", BEHAVIOUR, &["occcomport", "comportement"]),
    ("occStatutBiogeographique", Nomenclature("STAT_BIOGEO"), &["ocbiogeo", "statutbiogeographique"]),
    ("obsTechnique", Nomenclature("METH_OBS"), &["obsmethode", "obstech"]),
    ("preuveExistante", Nomenclature("PREUVE_EXIST"), &["preuveoui"]),
    ("objetDenombrement", Nomenclature("OBJ_DENBR"), &["objdenbr"]),
    ("typeDenombrement", Nomenclature("TYP_DENBR"), &["denbrtyp"]),
    ("typeRegroupement", Nomenclature("TYP_GRP"), &[]),
    ("niveauValidation", VALIDATION, &["nivval"]),
    ("niveauValidationRegionale", VALIDATION, &["validationlevelregionale"]),
    ("niveauValidationNationale", VALIDATION, &["validationlevelnationale"]),
    ("natureObjetGeo", Nomenclature("NAT_OBJ_GEO"), &["natobjgeo"]),
    (
        "typeInfoGeo",
        Nomenclature("TYP_INF_GEO"),
        &["typinfgeo", "typeInfoGeoCommune", "typeInfoGeoMaille", "typeInfoGeoDepartement"],
    ),
    ("sensiNiveau", Nomenclature("SENSIBILITE"), &["sensiniv"]),
    ("sensible", Nomenclature("SENSIBLE"), &[]),
    ("diffusionNiveauPrecision", Nomenclature("NIV_PRECIS"), &["difnivprec", "difniveauprecision"]),
    ("dEEFloutage", BLUR, &["deeflou", "floutage"]),
    ("dSPublique", Nomenclature("DS_PUBLIQUE"), &[]),
];

const STATUS: Nomenclature = Nomenclature("STATUT_BIO");
const BEHAVIOUR: Nomenclature = Nomenclature("OCC_COMPORTEMENT");
const VALIDATION: Nomenclature = Nomenclature("STATUT_VALID");
const BLUR: Nomenclature = Nomenclature("DEE_FLOU");

/// Attributes that are numbers.
pub const NUMBERS: [(&str, &[&str]); 3] =
    [("denombrementMin", &["denbrmin"]), ("denombrementMax", &["denbrmax"]), ("precisionGeometrie", &["precisgeo"])];

const DYNAMIC_PROPERTIES: Term = Term("dynamicProperties");
const COUNT: usize = ATTRIBUTES.len() + NUMBERS.len();

/// Positions of attributes, numbers last, by the letters of their names.
static NAMES: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let attributes = ATTRIBUTES.iter().map(|(name, _, others)| (*name, *others));
    let all = attributes.chain(NUMBERS);
    all.enumerate()
        .flat_map(|(position, (name, others))| {
            others.iter().copied().chain([name]).map(move |name| (fold_letters(name), position))
        })
        .collect()
});

/// The step `sinp`.
#[derive(Debug)]
pub struct Sinp {
    reads: Vec<Input>,
    writes: Fields,
}

impl Default for Sinp {
    fn default() -> Self {
        Self::new()
    }
}

impl Sinp {
    /// The step.
    pub fn new() -> Self {
        let reads = names().map(Term).chain([DYNAMIC_PROPERTIES]).map(Input::Term).collect();
        let mut writes: Vec<Field> = names().map(|name| Field::new(name, type_of(name), true)).collect();
        writes.push(issues_field());
        Self { reads, writes: Fields::from(writes) }
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.iter().map(|(name, _, _)| *name).chain(NUMBERS.iter().map(|(name, _)| *name))
}

fn type_of(name: &str) -> DataType {
    match name {
        "denombrementMin" | "denombrementMax" => DataType::Int32,
        "precisionGeometrie" => DataType::Float64,
        _ => DataType::Utf8,
    }
}

/// What an attribute of a record says.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Reading {
    #[default]
    Absent,
    Invalid,
    Code(&'static str),
    Number(f64),
}

impl Reading {
    /// Reads an attribute by its position.
    fn of(position: usize, text: &str) -> Self {
        let found = match (ATTRIBUTES.get(position), position.checked_sub(ATTRIBUTES.len())) {
            (Some((_, nomenclature, _)), _) => code(*nomenclature, text).map(Self::Code),
            (None, Some(2)) => decimal(text).filter(|metres| metres.is_finite() && *metres > 0.0).map(Self::Number),
            (None, _) => {
                let is_count = |count: &f64| (0.0..=f64::from(i32::MAX)).contains(count) && count.fract() == 0.0;
                decimal(text).filter(is_count).map(Self::Number)
            }
        };
        found.unwrap_or(Self::Invalid)
    }

    fn code(self) -> Option<&'static str> {
        if let Self::Code(code) = self { Some(code) } else { None }
    }

    fn number(self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// Of two values of `dEEFloutage`, the one that lets less be made of the place.
    fn more_blurred(self, other: Self) -> Self {
        let blur = |reading: Self| match reading {
            Self::Code("OUI") => 3,
            Self::Invalid => 2,
            Self::Code("NON") => 0,
            _ => 1,
        };
        if blur(other) > blur(self) { other } else { self }
    }
}

/// Whether an attribute tells that the place was blurred.
fn is_blur(position: usize) -> bool {
    ATTRIBUTES.get(position).is_some_and(|(_, nomenclature, _)| *nomenclature == BLUR)
}

/// The code of a value. That of a status which is a behaviour now is no code of a status: [`settle`] moves it.
fn code(nomenclature: Nomenclature, text: &str) -> Option<&'static str> {
    value(nomenclature, text)
        .or_else(|| if nomenclature == STATUS { moved(text) } else { None })
        .map(|value| value.code)
}

/// A behaviour that version 1 of the standard had among the biological statuses.
fn moved(text: &str) -> Option<&'static NomenclatureValue> {
    value(BEHAVIOUR, text).filter(|value| value.code.parse().is_ok_and(is_moved))
}

/// What `dynamicProperties` say, by position.
type Declared = Vec<(usize, Reading)>;

fn declared(text: Option<&str>) -> Declared {
    let mut declared = Declared::new();
    let mut take = |position: usize, reading: Reading| match declared.iter_mut().find(|(known, _)| *known == position) {
        None => declared.push((position, reading)),
        Some((_, known)) if is_blur(position) => *known = known.more_blurred(reading),
        Some(_) => {}
    };
    for (key, value) in text.map(pairs).unwrap_or_default() {
        if let Some(position) = NAMES.get(&fold_letters(&key)) {
            take(*position, Reading::of(*position, &value));
        }
    }
    // The step `sensitivity` reads sentences too: a place that is blurred there is so here.
    if let (Some(text), Some(position)) = (text.filter(|text| says_blur(text)), NAMES.get("floutage"))
        && sensitivity::is_blurred(text)
    {
        take(*position, Reading::Code("NSP"));
    }
    declared
}

/// Whether a text has anything about blurring.
fn says_blur(text: &str) -> bool {
    text.as_bytes().windows(4).any(|letters| letters.eq_ignore_ascii_case(b"flou"))
}

impl Step for Sinp {
    fn name(&self) -> &'static str {
        "sinp"
    }

    fn reads(&self) -> &[Input] {
        &self.reads
    }

    fn writes(&self) -> Fields {
        self.writes.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let mut issues = vec![IssueSet::new(); rows];
        let columns: Vec<(usize, DistinctText<Reading>)> = names()
            .enumerate()
            .map(|(position, name)| (position, verbatim.text(Term(name))))
            .filter(|(_, text)| text.is_present())
            .map(|(position, text)| {
                let read = |text: Option<&str>| text.map_or(Reading::Absent, |text| Reading::of(position, text));
                (position, DistinctText::of(rows, text, |text, row| text.value(row), read))
            })
            .collect();
        let keys = DistinctText::of(rows, verbatim.text(DYNAMIC_PROPERTIES), |text, row| text.value(row), declared);
        let says_anything = |row| keys.row(row).is_some_and(|keys| !keys.is_empty());
        if columns.is_empty() && !(0..rows).any(says_anything) {
            let columns = self.writes.iter().take(COUNT).map(|field| new_null_array(field.data_type(), rows)).collect();
            return record(&self.writes, columns, &issues);
        }
        let mut records = vec![[Reading::Absent; COUNT]; rows];
        for ((row, record), issues) in records.iter_mut().enumerate().zip(&mut issues) {
            for (position, column) in &columns {
                if let (Some(reading), Some(given)) = (record.get_mut(*position), column.row(row)) {
                    *reading = *given;
                }
            }
            for (position, declared) in keys.row(row).into_iter().flatten() {
                match record.get_mut(*position) {
                    Some(reading) if *reading == Reading::Absent => *reading = *declared,
                    Some(reading) if is_blur(*position) => *reading = reading.more_blurred(*declared),
                    _ => {}
                }
            }
            settle(record, issues);
        }
        let fields = self.writes.iter().take(COUNT).enumerate();
        let columns = fields.map(|(position, field)| column(&records, position, field.data_type())).collect();
        record(&self.writes, columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// Checks the attributes of a record against each other.
fn settle(record: &mut [Reading; COUNT], issues: &mut IssueSet) {
    for (position, reading) in record.iter().enumerate() {
        let issue = if position < ATTRIBUTES.len() { Issue::SinpCodeInvalid } else { Issue::SinpNumberInvalid };
        issues.raise_if(*reading == Reading::Invalid, issue);
    }
    let [.., minimum, maximum, _] = record;
    if let (Some(minimum), Some(maximum)) = (minimum.number(), maximum.number()) {
        issues.raise_if(minimum > maximum, Issue::SinpNumberInvalid);
    }
    let position_of = |nomenclature| ATTRIBUTES.iter().position(|(_, known, _)| *known == nomenclature);
    if let Some(blur) = position_of(BLUR).and_then(|blur| record.get_mut(blur))
        && *blur == Reading::Invalid
    {
        *blur = Reading::Code("NSP");
    }
    let (Some(status), Some(behaviour)) = (position_of(STATUS), position_of(BEHAVIOUR)) else { return };
    let code = record.get(status).and_then(|reading| reading.code());
    if let Some(code) = code.filter(|code| code.parse().is_ok_and(is_moved)) {
        let given = record.get(behaviour).and_then(|reading| reading.code());
        let is_known = given.and_then(|code| of_code(BEHAVIOUR, code)).is_some_and(|value| !value.is_unknown);
        if let Some(behaviour) = record.get_mut(behaviour).filter(|_| !is_known) {
            *behaviour = Reading::Code(code);
        }
        if let Some(status) = record.get_mut(status) {
            *status = Reading::Absent;
        }
    }
}

/// The column of an attribute.
fn column(records: &[[Reading; COUNT]], position: usize, data_type: &DataType) -> ArrayRef {
    let readings = || records.iter().map(|record| record.get(position).copied().unwrap_or_default());
    let is_empty = readings().all(|reading| matches!(reading, Reading::Absent | Reading::Invalid));
    match data_type {
        _ if is_empty => new_null_array(data_type, records.len()),
        DataType::Int32 => Arc::new(readings().map(|reading| Some(reading.number()? as i32)).collect::<Int32Array>()),
        DataType::Float64 => Arc::new(readings().map(Reading::number).collect::<Float64Array>()),
        _ => Arc::new(readings().map(Reading::code).collect::<StringArray>()),
    }
}

#[cfg(test)]
#[path = "sinp/tests.rs"]
mod tests;
