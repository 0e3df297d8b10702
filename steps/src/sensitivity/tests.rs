#![allow(clippy::unwrap_used, clippy::expect_used)]

use arrow::array::{Float64Array, Int32Array, StringArray, TimestampMillisecondArray};
use arrow::util::display::array_value_to_string;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::reference::sensitivity::tests::fixture as rules;
use crate::reference::taxref::tests::fixture as taxref;

fn step(with_rules: bool) -> Sensitivity {
    let taxref = taxref();
    let sensitivity = with_rules.then(|| Arc::new(rules(&taxref)));
    let references = References { sensitivity, taxref: Some(Arc::new(taxref)), ..References::default() };
    Sensitivity::new(&references, &Settings::new(date(2025, 9, 15)))
}

fn run(step: &Sensitivity, values: &[(&str, &str)]) -> StructArray {
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let text = values.iter().find(|(name, _)| *name == input.name())?.1;
            Some(match input {
                Input::Field(_, DataType::Int32) => {
                    Arc::new(Int32Array::from(vec![text.parse::<i32>().unwrap()])) as ArrayRef
                }
                Input::Field(_, DataType::Float64) => Arc::new(Float64Array::from(vec![text.parse::<f64>().unwrap()])),
                Input::Field(_, DataType::Timestamp(..)) => {
                    let day = text.parse::<Date>().unwrap();
                    let days = day.since(date(1970, 1, 1)).unwrap().get_days();
                    Arc::new(TimestampMillisecondArray::from(vec![i64::from(days) * 86_400_000]))
                }
                _ => Arc::new(StringArray::from(vec![text])),
            })
        })
        .collect();
    step.interpret(&Verbatim::new(1, step.reads(), &columns))
}

fn cell(record: &StructArray, field: &str) -> String {
    array_value_to_string(record.column_by_name(field).unwrap(), 0).unwrap()
}

fn levels(step: &Sensitivity, values: &[(&str, &str)]) -> (String, String, String) {
    let mut values = values.to_vec();
    if values.iter().any(|(name, _)| *name == "cdRef") && !values.iter().any(|(name, _)| *name == "matchType") {
        values.push(("matchType", "EXACT"));
    }
    let record = run(step, &values);
    (cell(&record, "sensitivityLevel"), cell(&record, "diffusionLevel"), cell(&record, "issues"))
}

macro_rules! assert_levels {
    ($step:expr, $values:expr, $sensitivity:expr, $diffusion:expr, $issues:expr) => {
        let expected = ($sensitivity.to_string(), $diffusion.to_string(), format!("[{}]", $issues));
        assert_eq!(levels($step, &$values), expected, "{:?}", $values);
    };
}

#[test]
fn rules_apply_by_taxon_place_and_time() {
    let step = &step(true);
    assert_levels!(step, [("cdRef", "94041"), ("departmentCode", "38")], 2, 2, "");
    assert_levels!(step, [("cdRef", "94041"), ("departmentCode", "33")], 0, 0, "");
    assert_levels!(step, [("cdRef", "94041")], 2, 2, "");
    assert_levels!(step, [("cdRef", "94041"), ("decimalLatitude", "43.1")], 2, 2, "SENSITIVITY_ALERT");
    assert_levels!(step, [("cdRef", "64435"), ("departmentCode", "75")], 4, 4, "");
    // On a sub-species through its species, on a species through its genus.
    assert_levels!(step, [("cdRef", "60408"), ("departmentCode", "34"), ("behavior", "hivernage")], 1, 1, "");
    // A date that expired, one that did not.
    let crayfish = [("cdRef", "18437"), ("departmentCode", "38")];
    let on = |day| [crayfish[0], crayfish[1], ("eventDateStart", day), ("eventDateEnd", day)];
    assert_levels!(step, on("2000-06-01"), 0, 0, "");
    assert_levels!(step, on("2020-06-01"), 2, 2, "");
    let tern = |day| [("cdRef", "3332"), ("departmentCode", "34"), ("eventDateStart", day), ("eventDateEnd", day)];
    assert_levels!(step, tern("2024-06-01"), 3, 3, "");
    assert_levels!(step, tern("2024-12-01"), 0, 0, "");
    // A rule written on a synonym, one on a retired number, one in overseas spelling.
    assert_levels!(step, [("cdRef", "107003"), ("departmentCode", "33")], 1, 1, "");
    assert_levels!(step, [("cdRef", "60612"), ("departmentCode", "26")], 2, 2, "");
    assert_levels!(step, [("cdRef", "705827"), ("departmentCode", "974")], 2, 2, "");
    // A comment alerts.
    assert_levels!(step, [("cdRef", "18437"), ("departmentCode", "33")], 1, 1, "SENSITIVITY_ALERT");
    let record = run(step, &[("cdRef", "94041"), ("departmentCode", "38"), ("matchType", "EXACT")]);
    assert_eq!(cell(&record, "sensitivityReferential"), "fixtures");
    assert_eq!(cell(&record, "sensitivityRules"), "[sensitivity.csv:28]");
}

#[test]
fn old_statuses_are_behaviours() {
    let step = &step(true);
    let bat = |status| [("cdRef", "79300"), ("departmentCode", "38"), ("dynamicProperties", status)];
    let alert = "SENSITIVITY_ALERT";
    assert_levels!(step, bat(r#"{"occComportement":"7","occStatutBiologique":"9"}"#), 2, 2, alert);
    assert_levels!(step, bat(r#"{"occStatutBiologique":"7"}"#), 2, 2, alert);
    assert_levels!(step, bat(r#"{"occStatutBiologique":"9","occComportement":"8"}"#), 0, 0, "");
    assert_levels!(step, bat(r#"{"occStatutBiologique":"Non renseigné","occComportement":"8"}"#), 2, 2, alert);
}

#[test]
fn the_stricter_of_declared_and_computed_counts() {
    let step = &step(true);
    let with = |declared| [("cdRef", "94041"), ("departmentCode", "38"), ("dynamicProperties", declared)];
    assert_levels!(step, with(r#"{"sensiNiveau":"3"}"#), 3, 3, "");
    assert_levels!(step, with(r#"{"sensiNiveau":"0"}"#), 2, 2, "");
    assert_levels!(step, with(r#"{"dSPublique":"Pr","diffusionNiveauPrecision":"3"}"#), 2, 3, "");
    assert_levels!(step, with(r#"{"diffusionGP":"false"}"#), 2, 4, "");
    assert_levels!(step, with(r#"{"sensiNiveau":"trois"}"#), 3, 3, "SENSITIVITY_LEVEL_INVALID");
    let record = run(
        step,
        &with(
            r#"{"sensiNiveau":"3","sensiReferentiel":"Liste régionale","sensiVersionReferentiel":"2","dEEFloutage":"OUI","dSPublique":"Pr"}"#,
        ),
    );
    assert_eq!(cell(&record, "sensitivityReferential"), "Liste régionale 2");
    assert_eq!((cell(&record, "privateData"), cell(&record, "alreadyGeneralized")), ("true".into(), "true".into()));
}

#[test]
fn unmatched_names_are_not_published_where_they_may_be_sensitive() {
    let step = &step(true);
    let named = |name| [("matchType", "NONE"), ("verbatimScientificName", name)];
    assert_levels!(step, named("Gypaetus barbattus"), 0, 4, "SENSITIVITY_ALERT");
    assert_levels!(step, named("Chose inconnue"), 0, 1, "");
    assert_levels!(step, [("matchType", "NONE")], 0, 1, "");
    let cf = [("matchType", "HIGHERRANK"), ("cdRef", "193078"), ("verbatimScientificName", "Gypaetus cf. barbatus")];
    assert_levels!(step, cf, 3, 3, "SENSITIVITY_ALERT");
    let genus = [("matchType", "HIGHERRANK"), ("cdRef", "193078"), ("verbatimScientificName", "Gypaetus barbattus")];
    assert_levels!(step, genus, 0, 4, "SENSITIVITY_ALERT");
    // In doubt and misspelt: no rule can be judged, so doubt is no reason to show it.
    for (genus, name) in
        [("193078", "Gypaetus cf. barbattus"), ("192992", "Gypaetus cf. barbattus"), ("192992", "Gypaetus barbattus ?")]
    {
        let misspelt = [("matchType", "HIGHERRANK"), ("cdRef", genus), ("verbatimScientificName", name)];
        assert_levels!(step, misspelt, 0, 4, "SENSITIVITY_ALERT");
    }
    // The name of the genus starts that of the species, and is not the species' name.
    let cf = [("matchType", "HIGHERRANK"), ("cdRef", "192992"), ("verbatimScientificName", "Gypaetus cf. barbatus")];
    assert_levels!(step, cf, 3, 3, "SENSITIVITY_ALERT");
}

#[test]
fn a_wrong_number_does_not_hide_a_sensitive_name() {
    let step = &step(true);
    let vulture =
        [("cdRef", "4319"), ("departmentCode", "2A"), ("verbatimScientificName", "Gypaetus barbatus (Linnaeus, 1758)")];
    assert_levels!(step, vulture, 3, 3, "");
    let of_genus = [("cdRef", "192992"), ("departmentCode", "2A"), ("verbatimScientificName", "Gypaetus barbatus")];
    assert_levels!(step, of_genus, 3, 3, "");
    let of_species =
        [("cdRef", "4319"), ("departmentCode", "2A"), ("verbatimScientificName", "Muscicapa striata tyrrhenica")];
    assert_levels!(step, of_species, 1, 1, "SENSITIVITY_ALERT");
    let flycatcher = [("cdRef", "4319"), ("departmentCode", "2A"), ("verbatimScientificName", "Muscicapa striata")];
    assert_levels!(step, flycatcher, 0, 0, "");
}

#[test]
fn attributes_may_be_columns() {
    let step = &step(true);
    assert_levels!(
        step,
        [("cdRef", "60630"), ("sensiNiveau", "2"), ("dynamicProperties", r#"{"sensiNiveau":1}"#)],
        2,
        2,
        ""
    );
    assert_levels!(step, [("cdRef", "60630"), ("dSPublique", "Pr"), ("diffusionNiveauPrecision", "3")], 0, 3, "");
}

#[test]
fn without_rules_declared_levels_still_count() {
    let step = &step(false);
    assert_levels!(step, [("cdRef", "94041"), ("departmentCode", "38")], 0, 0, "");
    assert_levels!(step, [("matchType", "NONE")], 0, 0, "");
    assert_levels!(step, [("dynamicProperties", r#"{"sensiNiveau":2}"#)], 2, 2, "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn levels_stay_in_bounds_and_never_fall(
        properties in prop_oneof![any::<String>(), "\\{\"(sensiNiveau|dSPublique|diffusionNiveauPrecision)\":\"[0-9A-Za-z]{0,3}\"\\}"],
        department in any::<String>(),
        name in any::<String>(),
        status in any::<String>(),
    ) {
        thread_local!(static STEP: Sensitivity = step(true));
        STEP.with(|step| {
            let known = [("cdRef", "94041"), ("departmentCode", "38"), ("dynamicProperties", properties.as_str()), ("reproductiveCondition", status.as_str())];
            let level = |values: &[(&str, &str)], field: &str| cell(&run(step, values), field).parse::<i32>().unwrap();
            prop_assert!((2..=4).contains(&level(&known, "sensitivityLevel")));
            prop_assert!(level(&known, "diffusionLevel") >= level(&known, "sensitivityLevel"));
            let wild = [("departmentCode", department.as_str()), ("verbatimScientificName", name.as_str()), ("dynamicProperties", properties.as_str())];
            prop_assert!((1..=4).contains(&level(&wild, "diffusionLevel")));
            Ok(())
        })?;
    }
}
