//! What people decided on single records: it counts, it is recorded, and it changes nothing of what is the producer's.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::archive::{Table, write_folder};
use crate::outputs::{all_text, run_json, tree};
use crate::program::{openobs_with_references, run_with, sql, text};
use crate::records::SAINT_MARTIN;

const HEADER: &str = "occurrenceKey;datasetKey;occurrenceID;sensiNiveau;sensiDateAttribution;author;comment\n";

/// Orchids that rules protect (level 2) and a common bird, alone and in groups.
fn archive(folder: &Path) -> PathBuf {
    let terms = [
        "occurrenceID",
        "eventID",
        "dynamicProperties",
        "scientificName",
        "decimalLatitude",
        "decimalLongitude",
        "countryCode",
        "eventDate",
        "basisOfRecord",
    ];
    let mut table = Table::new("Occurrence", &terms);
    for (id, event, properties, name) in [
        ("lowered", "", "", "Cypripedium calceolus"),
        ("raised", "", "", "Turdus merula"),
        ("untouched", "", "", "Cypripedium calceolus"),
        ("by-key", "", "", "Cypripedium calceolus"),
        ("not-public", "", r#"{"diffusionGP": "false"}"#, "Cypripedium calceolus"),
        ("private", "", r#"{"dSPublique": "Pr", "diffusionNiveauPrecision": "3"}"#, "Cypripedium calceolus"),
        // Lowered, in a group with one that is not; raised, with a free one; lowered, with a free one.
        ("in-strict-group", "e1", "", "Cypripedium calceolus"),
        ("strict", "e1", "", "Cypripedium calceolus"),
        ("raised-in-group", "e2", "", "Turdus merula"),
        ("with-raised", "e2", "", "Turdus merula"),
        ("lowered-in-group", "e3", "", "Cypripedium calceolus"),
        ("with-lowered", "e3", "", "Turdus merula"),
        ("unmatched", "", "", "Gypaetus barbattus"),
    ] {
        let (latitude, longitude) = SAINT_MARTIN;
        table = table.row(&[id, event, properties, name, latitude, longitude, "FR", "2024-06-10", "HumanObservation"]);
    }
    write_folder(folder, "decided", &[&table]);
    folder.join("decided")
}

fn run(folder: &Path, decisions: &str) -> PathBuf {
    let file = folder.join("decisions.csv");
    std::fs::write(&file, decisions).unwrap();
    let out = folder.join("out");
    let setting = format!("sensitivity.decisions={}", text(&file));
    run_with(&[&archive(folder)], &out, &["--set", &setting, "--set", "run.shard_rows=2"]).with_status(0);
    out
}

fn decisions(key: &str) -> String {
    let of = |id: &str, level: u8| format!(";decided;{id};{level};2025-03-04;Zoé Quelqu'un;parce que zqcomment\n");
    [
        HEADER.to_owned(),
        of("LOWERED", 0),
        of("raised", 3),
        of("not-public", 0),
        of("private", 0),
        of("in-strict-group", 0),
        of("raised-in-group", 2),
        of("lowered-in-group", 0),
        of("unmatched", 1),
        of("nobody", 4),
        format!("{};;;1;2025-03-04;Zoé Quelqu'un;\n", key.to_uppercase()),
    ]
    .concat()
}

#[test]
fn a_decision_raises_and_lowers_and_leaves_what_is_the_producers() {
    let folder = tempfile::tempdir().unwrap();
    let before = run(folder.path(), HEADER);
    let key = sql(&before, "SELECT occurrenceKey FROM occurrence WHERE occurrenceID = 'by-key'");
    let key = key[0]["occurrenceKey"].as_str().unwrap().to_owned();
    let out = run(folder.path(), &decisions(&key));
    let all = "SELECT occurrenceID, sensitivityLevel, diffusionLevel FROM occurrence_restricted \
               UNION SELECT occurrenceID, sensitivityLevel, diffusionLevel FROM occurrence WHERE diffusionLevel = 0 ORDER BY 1";
    let level = |row: &Value| {
        let rank = |name: &str| row[name].as_i64().unwrap();
        (row["occurrenceID"].as_str().unwrap().to_owned(), rank("sensitivityLevel"), rank("diffusionLevel"))
    };
    let levels: Vec<_> = sql(&out, all).iter().map(level).collect();
    let expected = [
        ("by-key", 1, 1),
        ("in-strict-group", 2, 2),
        ("lowered", 0, 0),
        ("lowered-in-group", 0, 0),
        ("not-public", 0, 4),
        ("private", 0, 3),
        ("raised", 3, 3),
        ("raised-in-group", 2, 2),
        ("strict", 2, 2),
        ("unmatched", 1, 1),
        ("untouched", 2, 2),
        ("with-lowered", 0, 0),
        ("with-raised", 2, 2),
    ];
    assert_eq!(levels, expected.map(|(id, sensitivity, diffusion)| (id.to_owned(), sensitivity, diffusion)));
    let recorded = "SELECT sensitivityDecision, sensiDateAttribution, sensitivityReferential FROM occurrence_restricted \
                    WHERE occurrenceID = 'raised'";
    assert_eq!(
        sql(&out, recorded),
        [json!({
            "sensitivityDecision": "decisions.csv:3",
            "sensiDateAttribution": "2025-03-04",
            "sensitivityReferential": "Décision manuelle",
        })]
    );
    // Who decided and why is told to nobody, nor which decision met a record.
    for part in ["public", "reports"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path);
            for token in ["Quelqu'un", "zqcomment", "decisions.csv:", "sensitivityDecision"] {
                assert!(!text.contains(token), "{name} tells {token}");
            }
        }
    }
    assert_eq!(run_json(&out)["sensitivity"]["decisions"], json!({ "given": 10, "met": 9 }));
    let file = text(&folder.path().join("decisions.csv"));
    let explained = openobs_with_references(&[
        "explain",
        "in-strict-group",
        "--out",
        &text(&out),
        "--set",
        &format!("sensitivity.decisions={file}"),
    ]);
    let explained = explained.with_status(0).stdout;
    for line in [
        "decision decisions.csv:6: level 0 (precise), 2025-03-04, Zoé Quelqu'un: parce que zqcomment",
        "level by the rules: 2 (10km)",
        "before its groups: sensitivity 0 (precise), diffusion 0 (precise)",
        "its group raised it to these levels: eventID:e1",
        "it is shown as: cell of 10 km 10kmL93E091N645",
    ] {
        assert!(explained.contains(line), "{line:?} is not in {explained}");
    }
}

#[test]
fn decisions_on_no_record_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.csv");
    std::fs::write(&file, format!("{HEADER};other;raised;0;2025-03-04;A;\n;decided;raised;0;2025-03-04;A;\n")).unwrap();
    let setting = format!("sensitivity.decisions={}", text(&file));
    let ended = run_with(&[&archive(folder.path())], &folder.path().join("out"), &["--set", &setting]).with_status(0);
    assert!(ended.stderr.contains("1 of the decisions in sensitivity.decisions"), "{}", ended.stderr);
}

#[test]
fn a_decision_that_cannot_be_used_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path());
    for (row, message) in [
        (";decided;raised;0;;A;", "line 3: sensiDateAttribution is empty"),
        (";decided;raised;0;2025-03-04;;", "line 3: there is no author"),
        (";decided;raised;9;2025-03-04;A;", "line 3: sensiNiveau \"9\" is no level; known are 0, 1, 2, 3, 4"),
        (
            ";decided;RAISED;1;2025-03-04;A;",
            "line 3: it contradicts the decision on the same record at decisions.csv:2",
        ),
    ] {
        let file = folder.path().join("decisions.csv");
        std::fs::write(&file, format!("{HEADER};decided;raised;3;2025-03-04;A;\n{row}\n")).unwrap();
        let out = folder.path().join("out");
        let setting = format!("sensitivity.decisions={}", text(&file));
        let ended = run_with(&[&archive], &out, &["--set", &setting]).with_status(2);
        assert!(ended.stderr.contains(message) && ended.stderr.contains("decisions.csv"), "{}", ended.stderr);
        assert!(!out.exists());
    }
}
