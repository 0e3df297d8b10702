//! Rules of the sensitivity list that cannot be resolved, and rules in the words of `openobs explain`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::archive::{Table, write_folder};
use crate::outputs::run_json;
use crate::program::{openobs, openobs_with_references, run_with, sql, text};
use crate::records::{BORDEAUX, MONTPELLIER, SAINT_MARTIN, VIENNE};

const TERMS: [&str; 9] = [
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "countryCode",
    "eventID",
    "dynamicProperties",
];

/// Identifier, name, date, place, event, and what `dynamicProperties` say.
type Seen<'a> = (&'a str, &'a str, &'a str, (&'a str, &'a str), &'a str, &'a str);

fn archive(folder: &Path, records: &[Seen<'_>]) -> PathBuf {
    let mut table = Table::new("Occurrence", &TERMS);
    for (id, name, date, (latitude, longitude), event, properties) in records {
        table = table.row(&[id, "HumanObservation", name, date, latitude, longitude, "FR", event, properties]);
    }
    write_folder(folder, "ruled", &[&table]);
    folder.join("ruled")
}

#[test]
fn what_cannot_be_resolved_stops_the_run_until_it_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.csv");
    let text_of_rules = "CD_SENS;CD_DEPT;CD_NOM;NOM_CITE;CD_SENSIBILITE;ACTIF\n\
                         7;hab_12;94041;Cypripedium calceolus;2;\n\
                         8;38;60615;Lynx lynx lynx;2;\n\
                         9;38;123456789;Parnassius apollo (Linnaeus, 1758);1;\n\
                         ;38;123456790;Aus bus;3;\n\
                         11;38;60313;Rhinolophus hipposideros;2;non\n\
                         12;33;18437;Austropotamobius pallipes;1;\n";
    std::fs::write(&rules, text_of_rules).unwrap();
    let records = [
        ("orchid", "Cypripedium calceolus", "2024-06-10", BORDEAUX, "", ""),
        ("butterfly", "Parnassius apollo", "2024-06-10", SAINT_MARTIN, "", ""),
        ("bird", "Turdus merula", "2024-06-10", SAINT_MARTIN, "", ""),
    ];
    let archive = archive(folder.path(), &records);
    let out = folder.path().join("out");
    let setting = format!("references.sensitivity={}", text(&rules));
    let refused = |accepted: &str, named: &[&str], unnamed: &[&str]| {
        let accepted = format!("sensitivity.accepted_unresolved={accepted}");
        let ended = run_with(&[&archive], &out, &["--set", &setting, "--set", &accepted]).with_status(2);
        for part in named {
            assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
        }
        for part in unnamed {
            assert!(!ended.stderr.contains(part), "{part:?} is in {}", ended.stderr);
        }
        assert!(!out.exists());
    };
    let area = "rule 7 (rules.csv:2): CD_DEPT \"hab_12\" is no department and no commune";
    let taxon = "rule 9 (rules.csv:4): CD_NOM 123456789 (Parnassius apollo (Linnaeus, 1758)) is not in TAXREF";
    let remedies = ["correct their areas", "correct their CD_NOM", "name them in sensitivity.accepted_unresolved"];
    refused("1000", &[area, taxon, "3 sensitivity rules", remedies[0], remedies[1], remedies[2]], &[]);
    refused("7,rules.csv:5", &["1 sensitivity rules", taxon, remedies[1]], &[area, remedies[0]]);

    let accepted = "sensitivity.accepted_unresolved=7,9,rules.csv:5,unknown";
    let ended = run_with(&[&archive], &out, &["--set", &setting, "--set", accepted]).with_status(0);
    assert!(ended.stderr.contains("names unknown, and no rule of this name is unresolved"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("names 7") && !ended.stderr.contains("names rules.csv:5"), "{}", ended.stderr);
    let levels = "SELECT occurrenceID, diffusionLevel, sensitivityAlert FROM occurrence_restricted ORDER BY 1";
    assert_eq!(
        sql(&out, levels),
        [
            json!({ "occurrenceID": "butterfly", "diffusionLevel": 1, "sensitivityAlert": false }),
            json!({ "occurrenceID": "orchid", "diffusionLevel": 2, "sensitivityAlert": true }),
        ]
    );
    assert_eq!(
        run_json(&out)["sensitivity"],
        json!({
            "rules": {
                "resolved": 2,
                "replaced": 1,
                "inactive": 1,
                "acceptedByName": 1,
                "acceptedWithoutEffect": 1,
                "acceptedEverywhere": 1,
            },
            "acceptedRules": ["7", "9", "rules.csv:5"],
            "decisions": { "given": 0, "met": 0 },
        })
    );
}

#[test]
fn each_record_is_explained_with_what_nearly_applied() {
    let folder = tempfile::tempdir().unwrap();
    let private = r#"{"dSPublique": "Pr", "diffusionNiveauPrecision": "3", "sensiNiveau": "1"}"#;
    let records = [
        ("orchid", "Cypripedium calceolus", "2024-06-10", SAINT_MARTIN, "", ""),
        ("winter", "Gelochelidon nilotica", "2024-03-12", MONTPELLIER, "", ""),
        ("expired", "Austropotamobius pallipes", "2000-06-01", VIENNE, "", ""),
        ("breeding", "Recurvirostra avosetta", "2024-06-10", MONTPELLIER, "", r#"{"occStatutBiologique": "4"}"#),
        ("private", "Turdus merula", "2024-06-10", SAINT_MARTIN, "", private),
        ("seen-with", "Turdus merula", "2024-06-10", SAINT_MARTIN, "e1", ""),
        ("apollo", "Parnassius apollo", "2024-06-10", SAINT_MARTIN, "e1", ""),
        ("near", "Gypaetus barbattus", "2024-06-10", SAINT_MARTIN, "", ""),
        ("free", "Turdus merula", "2024-06-10", SAINT_MARTIN, "", ""),
    ];
    let out = folder.path().join("out");
    run_with(&[&archive(folder.path(), &records)], &out, &[]).with_status(0);
    let explain = |id: &str| openobs_with_references(&["explain", id, "--out", &text(&out)]).with_status(0).stdout;
    for (id, lines) in [
        (
            "orchid",
            &[
                "sensitivity level 2 (10km), diffusion level 2 (10km)",
                "the level was given by: sensitivity.csv (TAXREF v18) on 2025-09-15",
                "rule sensitivity.csv:28 (sensitivity.csv, line 28, list 9) on 94041 Cypripedium calceolus: level 2 (10km); area 38",
                "nearly: rule sensitivity.csv:29 (sensitivity.csv, line 29, list 9) on 94041 Cypripedium calceolus: level 2 (10km); \
                 area 26; comment Tout élément sensible; fails by area 26, the record is in 38",
                "it is shown as: cell of 10 km 10kmL93E091N645",
            ][..],
        ),
        (
            "winter",
            &[
                "no rule applies",
                "level 3 (department); area 34; period 04-15 to 09-01; fails by period 04-15 to 09-01, the record is of 2024-03-12",
            ],
        ),
        ("expired", &["fails by duration 20 years, the record is of 2000-06-01 and today counts as 2025-09-15"]),
        ("breeding", &["fails by biology status 3 (Reproduction), the record has status 4 (Hibernation)"]),
        (
            "private",
            &[
                "level that the producer declares: 1 (commune)",
                "level that the owner of private data wishes: 3 (department)",
                "it is shown as: department 38",
            ],
        ),
        (
            "seen-with",
            &[
                "before its groups: sensitivity 0 (precise), diffusion 0 (precise)",
                "its group raised it to these levels: eventID:e1",
                "it is shown as: commune 38421",
            ],
        ),
        ("near", &["its name is not matched and is near that of a sensitive taxon"]),
        ("free", &["no rule applies", "the record is not protected"]),
    ] {
        let explained = explain(id);
        for line in lines {
            assert!(explained.contains(line), "{id}: {line:?} is not in {explained}");
        }
        assert!(!explained.contains("made with other references"), "{explained}");
    }
    // The same for programs.
    let ended = openobs_with_references(&["explain", "winter", "--out", &text(&out), "--json"]).with_status(0);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    let protection = &document["protection"];
    assert_eq!(protection["rules"], json!([]));
    let fails = "period 04-15 to 09-01, the record is of 2024-03-12";
    let nearly = json!([{
        "id": "sensitivity.csv:21", "list": "16", "file": "sensitivity.csv", "line": 21, "cdNom": 3332, "name": "Gelochelidon nilotica",
        "level": { "rank": 3, "code": "3", "area": "department" }, "area": "34", "period": "04-15 to 09-01", "duration": null,
        "biology": null, "comment": null, "fails": fails,
    }]);
    assert_eq!(protection["nearly"], nearly);
    assert_eq!(protection["computed"], json!({ "rank": 0, "code": "0", "area": "precise" }));
    // Without the rules at hand the table tells what it has.
    let bare = openobs(&["explain", "orchid", "--out", &text(&out)]).with_status(0).stdout;
    for line in [
        "rule sensitivity.csv:28 applied",
        "note: give --config",
        "it is shown as: Localisation ramenée à la maille 10 x 10 km",
    ] {
        assert!(bare.contains(line), "{line:?} is not in {bare}");
    }
    // Other rules than those of the run are told to be so.
    let rules = folder.path().join("rules.csv");
    std::fs::write(&rules, "CD_DEPT;CD_NOM;CD_SENSIBILITE\n38;94041;3\n").unwrap();
    let setting = format!("references.sensitivity={}", text(&rules));
    let other = openobs_with_references(&["explain", "orchid", "--out", &text(&out), "--set", &setting]).with_status(0);
    assert!(other.stdout.contains("rule rules.csv:2 (rules.csv, line 2)"), "{}", other.stdout);
    assert!(other.stdout.contains("note: the table was made with other references or settings"), "{}", other.stdout);
}
