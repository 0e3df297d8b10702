#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::parse::sinp_biology::Biology;
use crate::reference::taxref::tests::fixture as taxref;

pub(crate) fn fixture(taxref: &Taxref) -> SensitivityRules {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/reference/sensitivity.csv");
    rules(taxref, &std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn rules(taxref: &Taxref, text: &str) -> Result<SensitivityRules, Vec<UnresolvedRule>> {
    accepting(taxref, text, &[])
}

fn accepting(taxref: &Taxref, text: &str, accepted: &[&str]) -> Result<SensitivityRules, Vec<UnresolvedRule>> {
    let accepted = accepted.iter().map(|id| (*id).to_owned());
    let mut builder = SensitivityBuilder::new(Levels::default()).label("fixtures").accept(accepted);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(';').collect();
    let table = builder.table("sensitivity.csv", &header).unwrap();
    for (line, row) in (2..).zip(lines) {
        builder.push(&table, line, &row.split(';').collect::<Vec<_>>()).unwrap();
    }
    builder.build(taxref)
}

fn seen(department: &str, start: Date, end: Date) -> Circumstances<'_> {
    Circumstances {
        place: Place { departments: Departments::Codes(department), commune: None },
        dates: Some((start, end)),
        status: Biology::Absent,
        behaviour: Biology::Absent,
        life_stage: Biology::Absent,
        method: Biology::Absent,
        today: date(2025, 9, 15),
    }
}

use jiff::civil::Date;

/// Level and alert of a CD_REF.
fn judged(rules: &SensitivityRules, cd_ref: i32, circumstances: &Circumstances<'_>) -> (u8, bool) {
    let verdict = judge(&rules.on([cd_ref].into_iter()), circumstances);
    (verdict.level, verdict.alert)
}

#[test]
fn fixture_rules_are_resolved() {
    let taxref = taxref();
    let rules = fixture(&taxref);
    assert_eq!((rules.rules().len(), rules.states().inactive), (45, 1));
    let of = |cd_nom| rules.rules().iter().find(|rule| rule.cd_nom == cd_nom).unwrap();
    assert_eq!((of(60615).cd_ref, of(107017).cd_ref, of(4322).cd_ref), (60612, 107003, 847121));
    assert_eq!(of(705827).areas, ["974"]);
    assert_eq!(of(105490).areas, ["03"]);
    assert_eq!(of(124699).biology, []);
    assert!(
        rules.rules().iter().any(|rule| rule.biology == [(crate::parse::sinp_biology::Nomenclature::Behaviour, 7)])
    );
    assert_eq!(of(60577).id, "sensitivity.csv:43");
}

#[test]
fn a_rule_that_protects_nothing_stops_the_run() {
    let taxref = taxref();
    let unresolved = rules(&taxref, "CD_NOM;CD_SENSIBILITE\n16;2\n79300;2\n123456789;3").unwrap_err();
    assert_eq!(unresolved.iter().map(|rule| rule.rule.cd_nom).collect::<Vec<_>>(), [16, 123456789]);
    assert_eq!(unresolved[0].to_string(), "rule sensitivity.csv:2: CD_NOM 16 () is not in TAXREF: Withdrawn(Frozen)");
    let mut builder = SensitivityBuilder::default();
    let table = builder.table("a.csv", &["cd_nom", "codage", "duree", "date_min"]).unwrap();
    for row in [["x", "1", "", ""], ["1", "9", "", ""], ["1", "1", "long", ""], ["1", "1", "", "1332"]] {
        assert!(builder.push(&table, 2, &row).is_err(), "{row:?}");
    }
}

#[test]
fn conditions_are_checked_one_by_one() {
    let taxref = taxref();
    let day = date(2015, 6, 1);
    let head =
        "CD_NOM;CD_SENSIBILITE;DUREE;CD_DEP;DATE_MIN;DATE_MAX;STATUT_BIOLOGIQUE;COMPORTEMENT;STADE_VIE;AUTRE;ACTIF\n";
    let level = |row: &str, circumstances: &Circumstances<'_>| {
        judged(&rules(&taxref, &format!("{head}{row}")).unwrap(), 60630, circumstances)
    };
    let at = seen("38", day, day);
    // Duration, to the day, from the end of the observation.
    assert_eq!(level("60630;2;100;;;;;;;;", &at), (2, false));
    assert_eq!(level("60630;2;10;;;;;;;;", &at), (0, false));
    assert_eq!(level("60630;2;10;;;;;;;;", &seen("38", day, date(2015, 9, 15))), (2, false));
    assert_eq!(level("60630;2;10;;;;;;;;", &seen("38", day, date(2015, 9, 14))), (0, false));
    assert_eq!(level("60630;4;;;;;;;;;", &at), (4, false));
    assert_eq!(level("60630;2;;;;;;;;;non", &at), (0, false));
    // Period, with the new year between, and intervals that touch it.
    assert_eq!(level("60630;2;;;04-01;06-30;;;;;", &at), (2, false));
    assert_eq!(level("60630;2;;;04-01;06-30;;;;;", &seen("38", date(2015, 3, 1), date(2015, 3, 31))), (0, false));
    assert_eq!(level("60630;2;;;04-01;06-30;;;;;", &seen("38", date(2015, 3, 20), date(2015, 4, 10))), (2, false));
    assert_eq!(level("60630;2;;;1101;0228;;;;;", &seen("38", date(2015, 1, 10), date(2015, 1, 10))), (2, false));
    assert_eq!(level("60630;2;;;1101;0228;;;;;", &at), (0, false));
    assert_eq!(level("60630;2;;;15/12;31/12;;;;;", &seen("38", date(2015, 1, 1), date(2015, 12, 31))), (2, false));
    // Area.
    assert_eq!(level("60630;2;;38;;;;;;;", &at), (2, false));
    assert_eq!(level("60630;2;;26;;;;;;;", &at), (0, false));
    assert_eq!(level("60630;2;;26,38;;;;;;;", &at), (2, false));
    assert_eq!(level("60630;2;;24;;;;;;;", &seen("24 | 33", day, day)), (2, false));
    assert_eq!(level("60630;2;;D4;;;;;;;", &seen("974", day, day)), (2, false));
    assert_eq!(level("60630;2;;1;;;;;;;", &seen("01", day, day)), (2, false));
    let nowhere = Circumstances { place: Place { departments: Departments::Unknown, commune: None }, ..at };
    let at_sea = Circumstances { place: Place { departments: Departments::Outside, commune: None }, ..at };
    let commune = Circumstances { place: Place { departments: Departments::Unknown, commune: Some("26281") }, ..at };
    assert_eq!(level("60630;2;;38;;;;;;;", &nowhere), (2, false));
    assert_eq!(level("60630;2;;38;;;;;;;", &at_sea), (2, true));
    assert_eq!(level("60630;2;;38;;;;;;;", &commune), (0, false));
    assert_eq!(level("60630;2;;26;;;;;;;", &commune), (2, false));
    assert_eq!(level("60630;2;5;38;04-01;06-30;3;;;;", &Circumstances { dates: None, ..at }), (2, true));
    // Biology: one criterion that fits is enough, values of other nomenclatures never fit.
    let alive = |status, behaviour| Circumstances { status, behaviour, life_stage: Biology::Code(3), ..at };
    assert_eq!(level("60630;2;;;;;3;;;;", &alive(Biology::Code(3), Biology::Absent)), (2, false));
    assert_eq!(level("60630;2;;;;;3;;;;", &alive(Biology::Code(4), Biology::Code(3))), (0, false));
    assert_eq!(level("60630;2;;;;;3;9;;;", &alive(Biology::Code(4), Biology::Code(9))), (2, false));
    assert_eq!(level("60630;2;;;;;3;9;;;", &alive(Biology::Code(4), Biology::Code(6))), (0, false));
    assert_eq!(level("60630;2;;;;;3;;;;", &alive(Biology::Unknown, Biology::Absent)), (2, false));
    assert_eq!(level("60630;2;;;;;3;;;;", &alive(Biology::Absent, Biology::Absent)), (2, true));
    assert_eq!(level("60630;2;;;;;7;;;;", &alive(Biology::Code(4), Biology::Code(7))), (2, false));
    assert_eq!(level("60630;2;;;;;12;;;Tout élément sensible;", &alive(Biology::Code(13), Biology::Absent)), (2, true));
    assert_eq!(level("60630;2;;26;;;3;;;;", &alive(Biology::Code(3), Biology::Absent)), (0, false));
    // A rule without a comment settles what one with a comment leaves open.
    assert_eq!(level("60630;2;;;;;;;;gîtes;", &at), (2, true));
    assert_eq!(level("60630;2;;;;;;;;gîtes;\n60630;2;;;;;;;;;", &at), (2, false));
    assert_eq!(level("60630;3;;;;;;;;gîtes;\n60630;2;;;;;;;;;", &at), (3, true));
}

#[test]
fn s07_an_inactive_rule_does_not_apply() {
    let taxref = taxref();
    let at = seen("38", date(2015, 6, 1), date(2015, 6, 1));
    for (active, level) in [("non", 0), ("0", 0), ("FALSE", 0), ("oui", 2), ("1", 2), ("", 2)] {
        let rules = rules(&taxref, &format!("CD_NOM;CD_SENSIBILITE;ACTIF\n60630;2;{active}")).unwrap();
        assert_eq!(judged(&rules, 60630, &at), (level, false), "{active}");
        assert_eq!(rules.states().inactive, usize::from(level == 0), "{active}");
    }
}

#[test]
fn s13_a_rule_applies_in_each_of_its_areas() {
    let taxref = taxref();
    let day = date(2015, 6, 1);
    let level = |areas: &str| {
        let rules = rules(&taxref, &format!("CD_NOM;CD_SENSIBILITE;CD_DEP\n60630;2;{areas}")).unwrap();
        judged(&rules, 60630, &seen("38", day, day)).0
    };
    assert_eq!([level("38"), level("26"), level("26|38")], [2, 0, 2]);
}

#[test]
fn s16_an_area_that_fits_does_not_make_up_for_the_status() {
    let taxref = taxref();
    let day = date(2015, 6, 1);
    let rules = rules(&taxref, "CD_NOM;CD_SENSIBILITE;CD_DEP;STATUT_BIOLOGIQUE\n60630;2;38;3").unwrap();
    let with = |status| Circumstances { status, ..seen("38", day, day) };
    assert_eq!(judged(&rules, 60630, &with(Biology::Code(4))), (0, false));
    assert_eq!(judged(&rules, 60630, &with(Biology::Code(3))), (2, false));
}

#[test]
fn s26e_a_window_in_words_is_not_read_and_alerts() {
    let taxref = taxref();
    let on = |month| seen("34", date(2024, month, 1), date(2024, month, 1));
    let comment = "CD_NOM;CD_SENSIBILITE;CD_DEP;AUTRE\n3332;3;34;entre le 15/04 et le 01/09 dans l'étang de l'Or";
    let comment = rules(&taxref, comment).unwrap();
    assert_eq!([judged(&comment, 3332, &on(6)), judged(&comment, 3332, &on(12))], [(3, true), (3, true)]);
    let curated = "CD_NOM;CD_SENSIBILITE;CD_DEP;DATE_MIN;DATE_MAX\n3332;3;34;0415;0901";
    let curated = rules(&taxref, curated).unwrap();
    assert_eq!([judged(&curated, 3332, &on(6)), judged(&curated, 3332, &on(12))], [(3, false), (0, false)]);
}

#[test]
fn a_technique_is_one_of_the_criteria() {
    let taxref = taxref();
    let day = date(2015, 6, 1);
    let level = |criteria: &str, method, status| {
        let text = format!("CD_NOM;CD_SENSIBILITE;METH_OBS;STATUT_BIOLOGIQUE\n60630;2;{criteria}");
        let circumstances = Circumstances { method, status, ..seen("38", day, day) };
        judged(&rules(&taxref, &text).unwrap(), 60630, &circumstances)
    };
    let (absent, other) = (Biology::Absent, Biology::Code(0));
    assert_eq!(level("3;", Biology::Code(3), absent), (2, false));
    assert_eq!(level("Ultrasons|8;", Biology::Code(8), absent), (2, false));
    assert_eq!(level("Nid/gîte;", Biology::Code(8), absent), (2, false));
    assert_eq!(level("3;", other, absent), (0, false));
    // A status of the same number is another thing.
    assert_eq!(level("3;", other, Biology::Code(3)), (0, false));
    assert_eq!(level("3;", absent, absent), (2, true));
    assert_eq!(level("3;", Biology::Unknown, absent), (2, false));
    assert_eq!(level("3;4", other, Biology::Code(4)), (2, false));
    // A technique that cannot be read must not narrow the rule.
    assert_eq!(level("au télescope;", other, absent), (2, true));
}

#[test]
fn an_area_that_no_record_is_in_stops_the_run_unless_it_is_accepted() {
    let taxref = taxref();
    let text =
        "CD_SENS;CD_NOM;CD_SENSIBILITE;CD_DEP\n12;60630;2;hab_12\n13;60630;2;38|99\n;60630;2;69M\n;60630;2;29232";
    let unresolved = rules(&taxref, text).unwrap_err();
    assert_eq!(
        unresolved.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "rule 12 (sensitivity.csv:2): CD_DEP \"hab_12\" is no department and no commune, and records are compared with these",
            "rule 13 (sensitivity.csv:3): CD_DEP \"99\" is no department and no commune, and records are compared with these",
        ]
    );
    let day = date(2015, 6, 1);
    let rules = accepting(&taxref, text, &["12", "sensitivity.csv:3"]).unwrap();
    // It applies everywhere, and someone should look.
    assert_eq!(judged(&rules, 60630, &seen("974", day, day)), (2, true));
    let everywhere = |id: &str, line: u8| AcceptedRule {
        id: id.to_owned(),
        place: format!("sensitivity.csv:{line}"),
        effect: Effect::Everywhere,
    };
    assert_eq!(
        *rules.states(),
        RuleStates { resolved: 4, accepted: vec![everywhere("12", 2), everywhere("13", 3)], ..RuleStates::default() }
    );
}

#[test]
fn an_accepted_rule_without_a_taxon_protects_what_bears_its_name() {
    let taxref = taxref();
    let text =
        "CD_NOM;NOM_CITE;CD_SENSIBILITE\n123456789;Lutra lutra (Linnaeus, 1758);3\n123456790;Aus bus;2\n60615;Lynx;1";
    assert_eq!(rules(&taxref, text).unwrap_err().len(), 2);
    let rules = accepting(&taxref, text, &["sensitivity.csv:2", "sensitivity.csv:3"]).unwrap();
    let day = date(2015, 6, 1);
    assert_eq!(judged(&rules, 60630, &seen("38", day, day)), (3, false));
    let accepted = |line: u8, effect| {
        let place = format!("sensitivity.csv:{line}");
        AcceptedRule { id: place.clone(), place, effect }
    };
    assert_eq!(
        *rules.states(),
        RuleStates {
            replaced: 1,
            accepted: vec![accepted(2, Effect::CitedName), accepted(3, Effect::Nothing)],
            ..RuleStates::default()
        }
    );
}

#[test]
fn names_near_a_sensitive_one_are_seen() {
    let rules = fixture(&taxref());
    for name in ["Gypaetus barbattus", "Gypaetus barbatus (Linnaeus, 1758)", "Gypaetus barbatus", "Salamandra lanzaï"]
    {
        assert!(rules.is_close_to_sensitive(name), "{name}");
    }
    for name in ["Lutra lutra", "Gypaetus", "", "Turdus merula"] {
        assert!(!rules.is_close_to_sensitive(name), "{name}");
    }
}

fn any_date() -> impl Strategy<Value = Date> {
    (1900_i16..2100, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

proptest! {
    #[test]
    fn a_period_is_missed_by_no_day(from in any_date(), to in any_date(), start in any_date(), days in 0_i64..800) {
        use jiff::ToSpan;
        let period = Period { from: MonthDay::of(from), to: MonthDay::of(to) };
        let end = start.checked_add(days.days()).unwrap();
        let holds = |day: Date| {
            let day = MonthDay::of(day);
            if period.from <= period.to { period.from <= day && day <= period.to } else { period.from <= day || day <= period.to }
        };
        let expected = start.series(1.day()).take_while(|day| *day <= end).any(holds);
        prop_assert_eq!(period.overlaps(start, end), expected);
    }
}
