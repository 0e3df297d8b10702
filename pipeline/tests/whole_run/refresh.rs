//! Another sensitivity referential over what is committed: what it changes is told, and nothing of it is left behind.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::archive::{Table, write_folder};
use crate::outputs::{all_text, dataset, run_json, tree};
use crate::program::{Ended, openobs_with_references, repository, run, run_with, sql, text};
use crate::records::{GRENOBLE, PARIS, SAINT_MARTIN};

const TERMS: [&str; 7] = [
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "countryCode",
];

fn write(folder: &Path, name: &str, records: &[(&str, &str, (&str, &str))]) -> PathBuf {
    let mut table = Table::new("Occurrence", &TERMS);
    for (id, name, (latitude, longitude)) in records {
        table = table.row(&[id, "HumanObservation", name, "2024-01-10", latitude, longitude, "FR"]);
    }
    write_folder(folder, name, &[&table])
}

/// The rules of the fixtures, without those that begin so, with others.
fn rules(folder: &Path, without: &[&str], with: &[&str]) -> String {
    let known = std::fs::read_to_string(repository().join("fixtures/reference/sensitivity.csv")).unwrap();
    let kept = known.lines().filter(|line| !without.iter().any(|start| line.starts_with(start)));
    let path = folder.join(format!("rules-{}-{}.csv", without.len(), with.len()));
    std::fs::write(&path, kept.chain(with.iter().copied()).map(|line| format!("{line}\n")).collect::<String>())
        .unwrap();
    format!("references.sensitivity={}", path.display())
}

fn protect(out: &Path, more: &[&str]) -> Ended {
    openobs_with_references(&[&["protect", "--out", &text(out)], more].concat())
}

/// What the last refresh changed, by occurrenceID: levels, areas, what it is called and whether it was public.
fn changes(out: &Path) -> Vec<Value> {
    let changes = sql(
        out,
        "SELECT o.occurrenceID AS id, p.levelBefore AS before, p.levelAfter AS after, p.areaBefore AS was, p.areaAfter AS is, \
         p.change, p.wasPublic FROM protection p \
         JOIN (SELECT DISTINCT occurrenceKey, occurrenceID FROM occurrence UNION SELECT occurrenceKey, occurrenceID FROM \
         occurrence_restricted) o ON o.occurrenceKey = p.occurrenceKey ORDER BY 1",
    );
    let cell = |row: &Value, name: &str| row.get(name).cloned().unwrap_or(Value::Null);
    changes
        .iter()
        .map(|row| json!(["id", "before", "after", "was", "is", "change", "wasPublic"].map(|name| cell(row, name))))
        .collect()
}

fn published(out: &Path, id: &str) -> Vec<Value> {
    sql(out, &format!("SELECT * FROM occurrence WHERE occurrenceID = '{id}'"))
}

#[test]
fn a_rule_that_comes_and_goes_is_told_in_both_directions() {
    // B18
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let blackbird = ("45.18347561", "5.71234987");
    let archive = write(
        folder.path(),
        "some",
        &[
            ("blackbird", "Turdus merula", blackbird),
            ("sparrow", "Passer domesticus", PARIS),
            ("apollo", "Parnassius apollo", GRENOBLE),
            ("orchid", "Cypripedium calceolus", SAINT_MARTIN),
            ("mussel", "Margaritifera margaritifera", PARIS),
        ],
    );
    let first = run(&[&archive], &out).with_status(0);
    assert!(!first.stdout.contains("beside the last attempt"), "{}", first.stdout);
    assert_eq!(dataset(&run_json(&out), "some")["protection"], Value::Null, "nothing was there before");
    assert_eq!(published(&out, "blackbird")[0]["decimalLatitude"], json!(45.183476));
    // It reads no archive.
    std::fs::remove_dir_all(&archive).unwrap();

    // The blackbird becomes sensitive, the orchid is withdrawn, the apollo is free and the mussel is shown.
    let without = ["38;54496", ";64435", "38;94041"];
    let with = [
        "38;4117;Turdus merula;2;;;;;9;;",
        "38;94041;Cypripedium calceolus;4;;;;;9;;",
        ";64435;Margaritifera margaritifera;3;;;;;9;;",
    ];
    let new = rules(folder.path(), &without, &with);
    let ended = protect(&out, &["--set", &new]).with_status(0);
    let told =
        "2 records became stricter (2 of them were public more precisely, 1 are withdrawn), 2 are freed, 0 are shown";
    assert!(ended.stdout.contains(told), "{}", ended.stdout);
    let (commune, cell) = ("Localisation ramenée à la commune (INSEE 38185, COG 2025)", "10kmL93E091N645");
    let cell = format!("Localisation ramenée à la maille 10 x 10 km {cell}");
    let paris = "Localisation ramenée au département 75";
    let expected = [
        json!(["apollo", 1, 0, commune, null, "freed", false]),
        json!(["blackbird", 0, 2, null, cell, "stricter", true]),
        json!(["mussel", 4, 3, null, paris, "freed", false]),
        json!(["orchid", 2, 4, cell, null, "withdrawn", true]),
    ];
    assert_eq!(changes(&out), expected);
    let counts = json!({ "stricter": 2, "werePublic": 2, "withdrawn": 1, "freed": 2, "otherArea": 0 });
    assert_eq!(dataset(&run_json(&out), "some")["protection"], counts);
    let manifest = std::fs::read(out.join("state/datasets/some.json")).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&manifest).unwrap()["protection"], counts);
    let page = std::fs::read_to_string(out.join("reports/latest/index.html")).unwrap();
    assert!(page.contains("Protection, beside the last attempt"));
    for part in ["public", "reports/2025-09-15.2"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path);
            assert!(!text.contains("orchid"), "{name} names what is withdrawn");
            // The apollo stands where the blackbird was seen, and is free now.
            let is_shown = text.contains("45.183475");
            assert!(!is_shown || !text.contains("blackbird") || text.contains("apollo"), "{name}");
        }
    }
    let row = &published(&out, "blackbird")[0];
    assert_eq!((&row["gridCell10km"], row["decimalLatitude"] == json!(45.183476)), (&json!("10kmL93E091N645"), false));
    assert!(published(&out, "orchid").is_empty());

    // The same again changes nothing, and the list is gone.
    let again = protect(&out, &["--set", &new]).with_status(0);
    assert!(!again.stdout.contains("beside the last attempt"), "{}", again.stdout);
    assert!(!out.join("restricted/protection/datasetKey=some").exists());
    let none = json!({ "stricter": 0, "werePublic": 0, "withdrawn": 0, "freed": 0, "otherArea": 0 });
    assert_eq!(dataset(&run_json(&out), "some")["protection"], none);

    // Back to the rules of the first release: all of it the other way round.
    protect(&out, &[]).with_status(0);
    let expected = [
        json!(["apollo", 0, 1, null, commune, "stricter", true]),
        json!(["blackbird", 2, 0, cell, null, "freed", false]),
        json!(["mussel", 3, 4, paris, null, "withdrawn", true]),
        json!(["orchid", 4, 2, null, cell, "freed", false]),
    ];
    assert_eq!(changes(&out), expected);

    // Data change too: the apollo is now in another commune, and a new record was not shown before.
    let archive = write(
        folder.path(),
        "some",
        &[
            ("blackbird", "Turdus merula", blackbird),
            ("sparrow", "Passer domesticus", PARIS),
            ("apollo", "Parnassius apollo", SAINT_MARTIN),
            ("orchid", "Cypripedium calceolus", SAINT_MARTIN),
            ("another", "Cypripedium calceolus", SAINT_MARTIN),
        ],
    );
    run(&[&archive], &out).with_status(0);
    let there = "Localisation ramenée à la commune (INSEE 38421, COG 2025)";
    assert_eq!(changes(&out), [json!(["apollo", 1, 1, commune, there, "otherArea", false])]);
}

#[test]
fn a_refresh_goes_on_when_a_dataset_fails() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // One has an identifier twice, which the refresh does not allow any more.
    let archives = ["a", "b", "c"].map(|name| {
        let id = format!("blackbird-{name}");
        let records = [(id.as_str(), "Turdus merula", GRENOBLE), (id.as_str(), "Turdus merula", PARIS)];
        write(folder.path(), name, if name == "b" { &records } else { &records[..1] })
    });
    run(&archives.each_ref().map(PathBuf::as_path), &out).with_status(0);
    let before = std::fs::read(out.join("public/occurrence/datasetKey=b/part-00000.parquet")).unwrap();
    let new = rules(folder.path(), &[], &["38;4117;Turdus merula;2;;;;;9;;"]);
    let limit = "identity.duplicate_records_limit=1";
    let ended = protect(&out, &["--set", &new, "--set", limit]).with_status(1);
    assert!(ended.stderr.contains("records share a key"), "{}", ended.stderr);
    let ids: Vec<String> = changes(&out).iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["blackbird-a", "blackbird-c"]);
    assert!(std::fs::read(out.join("public/occurrence/datasetKey=b/part-00000.parquet")).unwrap() == before);
    let report = run_json(&out);
    assert_eq!(
        (&dataset(&report, "b")["status"], &dataset(&report, "b")["protection"]),
        (&json!("failed"), &Value::Null)
    );
    assert_eq!(dataset(&report, "c")["protection"]["werePublic"], 1);
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn exact_files_are_closed_one_by_one_and_public_ones_open() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let archive = write(
        folder.path(),
        "some",
        &[
            ("blackbird", "Turdus merula", GRENOBLE),
            ("blackbird", "Turdus merula", PARIS),
            ("orchid", "Cypripedium calceolus", SAINT_MARTIN),
        ],
    );
    run_with(&[&archive], &out, &["--set", "checks.run=all"]).with_status(0);
    protect(&out, &["--set", &rules(folder.path(), &[], &["38;4117;Turdus merula;2;;;;;9;;"])]).with_status(0);
    let mut seen = [0, 0];
    for (name, path) in tree(&out) {
        // The archive of a dataset is one file under two names, one of them public.
        let is_public = ["public/", "reports/", "state/archives/"].iter().any(|part| name.starts_with(part));
        assert_eq!(mode(&path), if is_public { 0o644 } else { 0o600 }, "{name}");
        seen[usize::from(is_public)] += 1;
        for above in path.ancestors().skip(1).take_while(|above| *above != out) {
            let name = above.strip_prefix(&out).unwrap().to_str().unwrap();
            match name.split('/').next().unwrap() {
                "public" | "reports" => assert_eq!(mode(above), 0o755, "{name}"),
                _ if !name.contains('/') => assert_eq!(mode(above), 0o700, "{name}"),
                _ => {}
            }
        }
    }
    assert!(seen[0] > 8 && seen[1] > 20, "{seen:?}");
    for kind in ["verbatim", "occurrence", "index", "identity", "protection", "checks"] {
        assert!(!tree(&out.join("restricted").join(kind)).is_empty(), "{kind}");
    }
}
