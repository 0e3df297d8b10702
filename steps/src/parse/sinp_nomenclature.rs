//! Values of the SINP's nomenclatures, by code or by label.
//!
//! The nomenclatures are in `vocabulary/sinp_nomenclature.tsv`, one row a code. A text is read as
//!
//! 1. a code, whatever its case and leading zeros: `3`, `03`, `pr`;
//! 2. a code with its label after it: `3 - Reproduction`, `Pr : Présent`; the label is not compared;
//! 3. a label, or one of the words that producers write for it, by its letters and figures: `Reproduction`, `en fleurs`.
//!
//! A text that is none of these is in no nomenclature.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::taxon_name::fold_letters;
use super::vocabulary::rows;

/// Longer texts are neither a code nor a label.
const LONGEST: usize = 120;

/// A nomenclature, by its name in the standard, such as `STATUT_BIO`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nomenclature(pub &'static str);

/// A value of a nomenclature.
#[derive(Debug, PartialEq, Eq)]
pub struct NomenclatureValue {
    /// The nomenclature.
    pub nomenclature: Nomenclature,
    /// The code, in the spelling of the standard.
    pub code: &'static str,
    /// The label, in French.
    pub label: &'static str,
    /// Whether it says that nothing is known.
    pub is_unknown: bool,
    /// The Darwin Core term that carries the same, and the value that `basic` gives it.
    pub darwin_core: Option<(&'static str, &'static str)>,
}

struct Table {
    values: Vec<NomenclatureValue>,
    codes: HashMap<(Nomenclature, String), usize>,
    labels: HashMap<(Nomenclature, String), usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { values: Vec::new(), codes: HashMap::new(), labels: HashMap::new() };
    for line in rows(include_str!("../vocabulary/sinp_nomenclature.tsv")) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [nomenclature, code, unknown, label, others, term, concept] = cells.as_slice() else { continue };
        let nomenclature = Nomenclature(nomenclature);
        let position = table.values.len();
        table.values.push(NomenclatureValue {
            nomenclature,
            code,
            label,
            is_unknown: *unknown == "?",
            darwin_core: (!term.is_empty()).then_some((*term, *concept)),
        });
        table.codes.entry((nomenclature, code.to_lowercase())).or_insert(position);
        for name in others.split('|').chain([*label]).filter(|name| !name.is_empty()) {
            table.codes.entry((nomenclature, name.to_lowercase())).or_insert(position);
            if let Some(key) = key(name) {
                table.labels.entry((nomenclature, key)).or_insert(position);
            }
        }
    }
    table
});

/// Every value, in the order of the table.
pub fn values() -> &'static [NomenclatureValue] {
    &TABLE.values
}

/// The value that a text names.
pub fn value(nomenclature: Nomenclature, text: &str) -> Option<&'static NomenclatureValue> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let whole = || of_code(nomenclature, text);
    let before_label = || {
        let (code, _) = text.split_once(['-', ':', '.', '–', '='])?;
        of_code(nomenclature, code).filter(|value| value.code.eq_ignore_ascii_case(without_zeros(code.trim())))
    };
    whole().or_else(|| of_label(nomenclature, text)).or_else(before_label)
}

/// The value of a code alone.
pub fn of_code(nomenclature: Nomenclature, code: &str) -> Option<&'static NomenclatureValue> {
    let code = without_zeros(code.trim()).to_lowercase();
    TABLE.codes.get(&(nomenclature, code)).and_then(|position| TABLE.values.get(*position))
}

/// The value of a label alone.
pub fn of_label(nomenclature: Nomenclature, label: &str) -> Option<&'static NomenclatureValue> {
    TABLE.labels.get(&(nomenclature, key(label)?)).and_then(|position| TABLE.values.get(*position))
}

/// What labels are compared by: letters, then figures. `3 adultes` is no label; `maille 10x10 km` is `Maille 10 x 10 km`.
fn key(label: &str) -> Option<String> {
    let mut key = fold_letters(label);
    if key.is_empty() {
        return None;
    }
    key.extend(label.chars().filter(char::is_ascii_digit));
    Some(key)
}

/// `03` as `3`.
fn without_zeros(code: &str) -> &str {
    if code.len() < 2 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return code;
    }
    let bare = code.trim_start_matches('0');
    if bare.is_empty() { "0" } else { bare }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::vocabulary::{DEGREE_OF_ESTABLISHMENT, ESTABLISHMENT_MEANS, VITALITY};
    use crate::parse::{basis_of_record, life_stage, occurrence_status, sex};
    use crate::reference::vocabularies::Vocabularies;

    #[track_caller]
    fn check(nomenclature: &'static str, text: &str, code: Option<&str>) {
        assert_eq!(value(Nomenclature(nomenclature), text).map(|value| value.code), code, "{nomenclature} {text}");
    }

    #[test]
    fn codes_labels_and_both() {
        check("STATUT_OBS", "Pr", Some("Pr"));
        check("STATUT_OBS", " pr ", Some("Pr"));
        check("STATUT_OBS", "PRÉSENT", Some("Pr"));
        check("STATUT_OBS", "No : Non observé", Some("No"));
        check("STATUT_OBS", "NSP", Some("NSP"));
        check("STATUT_OBS", "peut-être", None);
        check("STADE_VIE", "03", Some("3"));
        check("STADE_VIE", "9 - Œuf", Some("9"));
        check("STADE_VIE", "oeufs", Some("9"));
        check("STADE_VIE", "28", None);
        check("STADE_VIE", "3 adultes", None);
        check("STATUT_VALID", "Certain - très probable", Some("1"));
        check("STATUT_VALID", "NON_REALISABLE", Some("5"));
        check("STATUT_VALID", "NON_EVALUE", Some("6"));
        check("METH_OBS", "0", Some("0"));
        check("METH_OBS", "00", Some("0"));
        check("METH_OBS", "Vu et entendu", Some("25"));
        check("METH_OBS", "Fèces/Guano/Epreintes", Some("6"));
        check("DEE_FLOU", "1", Some("OUI"));
        check("DEE_FLOU", "false", Some("NON"));
        check("SENSIBILITE", "m02", None);
        check("DS_PUBLIQUE", "Re", Some("Re"));
        check("OBJ_DENBR", "individus", Some("IND"));
        check("SEXE", "", None);
        check("SEXE", "-", None);
        check("NO_SUCH", "1", None);
    }

    #[test]
    fn every_row_is_understood_and_no_two_claim_a_text() {
        let mut seen: HashMap<(Nomenclature, String), &str> = HashMap::new();
        for line in rows(include_str!("../vocabulary/sinp_nomenclature.tsv")) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 7, "{line}");
            let nomenclature = values().iter().find(|value| value.nomenclature.0 == cells[0]).unwrap().nomenclature;
            for text in cells[4].split('|').chain([cells[1], cells[3]]).filter(|text| !text.is_empty()) {
                assert_eq!(value(nomenclature, text).map(|value| value.code), Some(cells[1]), "{text}: {line}");
                let id = key(text).unwrap_or_else(|| text.to_lowercase());
                let other = seen.insert((nomenclature, id), cells[1]);
                assert!(other.is_none_or(|other| other == cells[1]), "{text}: also {other:?}: {line}");
            }
        }
    }

    #[test]
    fn the_vocabularies_of_darwin_core_say_the_same() {
        let words = Vocabularies::built_in();
        for value in values() {
            let Some((term, concept)) = value.darwin_core else { continue };
            let of_code = |code: &str| match term {
                "occurrenceStatus" => {
                    occurrence_status::occurrence_status(&words.occurrence_status, code).map(str::to_owned)
                }
                "basisOfRecord" => basis_of_record::basis_of_record(&words.basis_of_record, code).map(str::to_owned),
                "sex" => sex::sex(words, code).map(str::to_owned),
                "lifeStage" => life_stage::life_stage(words, code).map(str::to_owned),
                "vitality" => VITALITY.name(code).map(str::to_owned),
                "establishmentMeans" => ESTABLISHMENT_MEANS.name(code).map(str::to_owned),
                "degreeOfEstablishment" => DEGREE_OF_ESTABLISHMENT.name(code).map(str::to_owned),
                // Nomenclatures whose codes mean something else in the term.
                _ => Some(concept.to_owned()),
            };
            // The technique of observation is no basis of record by itself.
            if value.nomenclature.0 != "METH_OBS" {
                assert_eq!(of_code(value.code).as_deref(), Some(concept), "{value:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,30}|[0-9]{1,3} ?[-:.]? ?[a-z]{0,9}") {
            for nomenclature in ["STATUT_OBS", "STADE_VIE", "OBJ_DENBR"] {
                if let Some(found) = value(Nomenclature(nomenclature), &text) {
                    prop_assert_eq!(value(found.nomenclature, found.code), Some(found));
                }
            }
        }
    }
}
