#![allow(clippy::unwrap_used, clippy::expect_used)]

use arrow::array::{Float64Array, Int32Array, StringArray, TimestampMillisecondArray};
use arrow::util::display::array_value_to_string;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::reference::sensitivity::tests::fixture as rules;
use crate::reference::sensitivity::{DecisionsBuilder, meshes};
use crate::reference::taxref::tests::fixture as taxref;

fn step(with_rules: bool) -> Sensitivity {
    step_with(with_rules, Levels::default(), None)
}

fn step_with(with_rules: bool, levels: Levels, decisions: Option<Decisions>) -> Sensitivity {
    let taxref = taxref();
    let sensitivity = with_rules.then(|| Arc::new(rules(&taxref)));
    let (levels, decisions) = (Arc::new(levels), decisions.map(Arc::new));
    let references =
        References { sensitivity, taxref: Some(Arc::new(taxref)), levels, decisions, ..References::default() };
    Sensitivity::new(&references, &Settings::new(date(2025, 9, 15)))
}

fn decisions(rows: &[[&str; 3]]) -> Decisions {
    let levels = Levels::default();
    let mut builder = DecisionsBuilder::new(&levels);
    let header = ["datasetKey", "occurrenceID", "sensiNiveau", "sensiDateAttribution", "author"];
    let table = builder.table("decisions.csv", &header).unwrap();
    for (line, [dataset, id, level]) in (2..).zip(rows) {
        builder.push(&table, line, &[*dataset, *id, *level, "2025-01-31", "A. Aus"]).unwrap();
    }
    builder.build()
}

fn run(step: &Sensitivity, values: &[(&str, &str)]) -> StructArray {
    step.interpret(&Verbatim::new(1, step.reads(), &columns(step, values)))
}

fn columns(step: &Sensitivity, values: &[(&str, &str)]) -> Vec<Option<ArrayRef>> {
    step.reads()
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
        .collect()
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
fn s35_a_computed_level_has_its_date_and_its_list() {
    let step = &step(true);
    let record = run(
        step,
        &[
            ("cdRef", "94041"),
            ("departmentCode", "38"),
            ("matchType", "EXACT"),
            ("dynamicProperties", r#"{"sensiNiveau":"0","sensiDateAttribution":"2020-01-01"}"#),
        ],
    );
    let told = ["sensitivityLevel", "sensiDateAttribution", "sensitivityReferential"].map(|name| cell(&record, name));
    assert_eq!(told, ["2", "2025-09-15", "fixtures"]);
    // What the producer declares is the producer's, with its date.
    let declared = r#"{"sensiNiveau":"3","sensiDateAttribution":"2020-01-01","sensiReferentiel":"Liste"}"#;
    let record = run(step, &[("cdRef", "60630"), ("matchType", "EXACT"), ("dynamicProperties", declared)]);
    let told = ["sensitivityLevel", "sensiDateAttribution", "sensitivityReferential"].map(|name| cell(&record, name));
    assert_eq!(told, ["3", "2020-01-01", "Liste"]);
    let record = run(step, &[("cdRef", "60630"), ("matchType", "EXACT")]);
    assert_eq!(cell(&record, "sensiDateAttribution"), "");
}

#[test]
fn a_decision_stands_for_what_rules_and_producers_say() {
    let rows = [["d1", "free", "0"], ["d1", "strict", "3"], ["d1", "near", "1"]];
    let step = &step_with(true, Levels::default(), Some(decisions(&rows)));
    let orchid = |id, properties| {
        [
            ("cdRef", "94041"),
            ("departmentCode", "38"),
            ("datasetKey", "d1"),
            ("occurrenceID", id),
            ("dynamicProperties", properties),
        ]
    };
    assert_levels!(step, orchid("FREE", r#"{"sensiNiveau":"1"}"#), 0, 0, "");
    assert_levels!(step, orchid("strict", "{}"), 3, 3, "");
    assert_levels!(step, orchid("another", "{}"), 2, 2, "");
    // It is no word on what is private or not for the public.
    assert_levels!(step, orchid("free", r#"{"diffusionGP":"non"}"#), 0, 4, "");
    assert_levels!(step, orchid("free", r#"{"dSPublique":"Pr","diffusionNiveauPrecision":"3"}"#), 0, 3, "");
    // Who decided knew what it is.
    let near = [
        ("matchType", "NONE"),
        ("verbatimScientificName", "Gypaetus barbattus"),
        ("datasetKey", "d1"),
        ("occurrenceID", "near"),
    ];
    assert_levels!(step, near, 1, 1, "");
    let record = run(step, &orchid("free", "{}"));
    let told = ["sensitivityDecision", "sensiDateAttribution", "sensitivityReferential", "groupDiffusionLevel"];
    assert_eq!(told.map(|name| cell(&record, name)), ["decisions.csv:2", "2025-01-31", "Décision manuelle", "0"]);
    assert_eq!(cell(&run(step, &orchid("another", "{}")), "sensitivityDecision"), "");
}

#[test]
fn levels_are_those_of_the_table() {
    let step = &step_with(false, meshes(), None);
    let declared = |level| [("cdRef", "60630"), ("departmentCode", "38"), ("sensiNiveau", level)];
    assert_levels!(step, declared("M10"), 4, 4, "");
    assert_levels!(step, declared("X"), 7, 7, "");
    assert_levels!(step, declared("M3"), 6, 6, "SENSITIVITY_LEVEL_INVALID");
    assert_levels!(step, [("cdRef", "60630"), ("dynamicProperties", r#"{"diffusionGP":"non"}"#)], 0, 7, "");
    let step = &step_with(true, meshes(), None);
    // The commune at most: no level shows it, and the cell of 5 km is the next.
    assert_levels!(step, [("matchType", "NONE")], 0, 3, "");
}

#[test]
fn an_explanation_names_what_applied_and_what_nearly_did() {
    let step = &step_with(true, Levels::default(), Some(decisions(&[["d1", "decided", "1"]])));
    let explain = |values: &[(&str, &str)], see: &dyn Fn(&Explanation<'_>)| {
        let columns = columns(step, values);
        see(&step.explain(&Verbatim::new(1, step.reads(), &columns)).unwrap());
    };
    let tern = [
        ("cdRef", "3332"),
        ("matchType", "EXACT"),
        ("departmentCode", "34"),
        ("eventDateStart", "2024-12-01"),
        ("eventDateEnd", "2024-12-01"),
    ];
    explain(&tern, &|explanation| {
        assert!(explanation.applying.is_empty());
        let nearly: Vec<_> = explanation.nearly.iter().map(|(rule, why)| (rule.id.as_str(), why.as_str())).collect();
        assert_eq!(nearly, [("sensitivity.csv:21", "period 04-15 to 09-01, the record is of 2024-12-01")]);
        assert_eq!((explanation.computed, explanation.diffusion), (0, 0));
    });
    let orchid = [("cdRef", "94041"), ("matchType", "EXACT"), ("departmentCode", "38"), ("datasetKey", "d1")];
    explain(&orchid, &|explanation| {
        assert_eq!(explanation.applying.iter().map(|rule| rule.line).collect::<Vec<_>>(), [28]);
        let nearly: Vec<_> = explanation.nearly.iter().map(|(rule, why)| (rule.line, why.as_str())).collect();
        assert_eq!(nearly, [(29, "area 26, the record is in 38")]);
        assert_eq!((explanation.computed, explanation.others, explanation.decision), (2, 0, None));
    });
    explain(&[orchid[0], orchid[1], orchid[2], orchid[3], ("occurrenceID", "decided")], &|explanation| {
        assert_eq!((explanation.computed, explanation.sensitivity), (2, 1));
        assert_eq!(explanation.decision.map(|decision| decision.author.as_str()), Some("A. Aus"));
    });
    explain(&[("matchType", "NONE"), ("verbatimScientificName", "Gypaetus barbattus")], &|explanation| {
        assert_eq!(explanation.precaution, Some(Precaution::NearSensitiveName));
    });
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
