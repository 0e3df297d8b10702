//! Which record is which: repeated and missing identifiers, stable keys, and the gate on changed ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::archive::{Table, write_entries, write_zip};
use crate::outputs::{assert_same_trees, dataset, number_at, run_json, tree};
use crate::program::{number, openobs_with_references, repository, run, run_with, sql, text};

/// An archive of records whose name is their identifier; a blank identifier is none.
fn write(folder: &Path, name: &str, ids: &[String]) -> PathBuf {
    let mut table = Table::new("Occurrence", &["occurrenceID", "scientificName", "basisOfRecord", "recordNumber"]);
    for id in ids {
        table.push(vec![id.clone(), "Passer domesticus".to_owned(), "HumanObservation".to_owned(), format!("n {id}")]);
    }
    write_zip(folder, name, &[&table])
}

/// Identifiers `a0`, `a1` ...
fn ids(numbers: impl Iterator<Item = u32>) -> Vec<String> {
    numbers.map(|number| format!("a{number}")).collect()
}

/// The keys of all published records, by a column that names them.
fn keys(out: &Path, column: &str) -> BTreeMap<String, String> {
    let rows = sql(out, &format!("SELECT {column} AS name, occurrenceKey FROM occurrence"));
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_else(|| panic!("no {name}: {row}")).to_owned();
    rows.iter().map(|row| (text(row, "name"), text(row, "occurrenceKey"))).collect()
}

/// `duplicateKeys.csv` of a dataset, a list of cells for each row after the header.
fn duplicates(out: &Path, key: &str) -> Vec<Vec<String>> {
    let path = out.join(format!("restricted/identity/datasetKey={key}/duplicateKeys.csv"));
    let content = std::fs::read_to_string(path).unwrap();
    let mut rows: Vec<Vec<String>> = content.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    assert_eq!(rows.remove(0), ["key", "keySource", "ordinal", "occurrenceKey", "file", "line"]);
    rows
}

#[test]
fn records_without_an_identifier_of_their_own_are_kept_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let fixture = repository().join("fixtures/archives/duplicate-and-missing-ids");
    run(&[&fixture], &out).with_status(0);

    let report = run_json(&out);
    let report = dataset(&report, "duplicate-and-missing-ids");
    assert_eq!(number_at(report, "/counts/records"), 5);
    assert_eq!(number_at(report, "/counts/interpreted"), 5);
    assert_eq!(number_at(report, "/counts/issues/OCCURRENCE_ID_DUPLICATE"), 1);
    assert_eq!(number_at(report, "/counts/issues/GBIF_ID_INVALID"), 2);
    let identity = &report["identity"];
    assert_eq!(identity["keySources"], serde_json::json!({ "content": 2, "uniqueKey": 3 }));
    assert_eq!(number_at(identity, "/missingKeys"), 2);
    assert_eq!((number_at(identity, "/duplicateKeys"), number_at(identity, "/duplicateRecords")), (1, 1));
    assert_eq!(identity["comparison"], Value::Null);

    assert_eq!(number(&out, "SELECT count(DISTINCT occurrenceKey) AS n FROM occurrence"), 5);
    let rows = duplicates(&out, "duplicate-and-missing-ids");
    let places: Vec<String> = rows.iter().map(|row| [&row[..3], &row[4..]].concat().join(" ")).collect();
    assert_eq!(places, ["X-1 uniqueKey 1 occurrence.txt 2", "X-1 uniqueKey 2 occurrence.txt 5"]);
    for row in &rows {
        let explained = openobs_with_references(&["explain", &row[3], "--out", &text(&out)]).with_status(0);
        assert!(explained.stdout.contains("occurrenceID: X-1"), "{}", explained.stdout);
    }
    let page = std::fs::read_to_string(out.join("reports/latest/index.html")).unwrap();
    assert!(page.contains("Identity of records") && !page.contains("X-1"), "the report has counts, never a record");
}

#[test]
fn keys_stay_when_rows_move_and_whatever_the_number_of_threads_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = Table::new(
        "Occurrence",
        &[
            "occurrenceID",
            "institutionCode",
            "collectionCode",
            "catalogNumber",
            "eventDate",
            "recordNumber",
            "scientificName",
        ],
    );
    for number in 0..40 {
        let id = |has: bool, id: String| if has { id } else { String::new() };
        // Every fifth record has a triplet alone, every seventh nothing but what was seen.
        let (by_triplet, by_content) = (number % 5 == 0, number % 7 == 0);
        table.push(vec![
            id(!by_triplet && !by_content, format!("id-{number}")),
            "MNHN".to_owned(),
            "P".to_owned(),
            id(!by_content, format!("P{number}")),
            format!("2024-{:02}-{:02}", number / 28 + 5, number % 28 + 1),
            format!("r{number}"),
            "Passer domesticus".to_owned(),
        ]);
    }
    // Repeated identifiers; only of these does the order decide.
    for number in 0..3 {
        let cells = ["twice", "", "", "", "2020", &format!("again {number}"), "Passer domesticus"];
        table.push(cells.map(str::to_owned).to_vec());
    }
    let archives = folder.path().join("archives");
    std::fs::create_dir(&archives).unwrap();
    write_zip(&archives, "moving.zip", &[&table]);
    let (one, three) = (folder.path().join("one"), folder.path().join("three"));
    run_with(&[&archives], &one, &["--threads", "1", "--set", "run.shard_rows=5"]).with_status(0);
    run_with(&[&archives], &three, &["--threads", "3", "--set", "run.shard_rows=5"]).with_status(0);
    for part in ["restricted", "public", "reports"] {
        assert_same_trees(&one.join(part), &three.join(part));
    }
    let first = keys(&one, "recordNumber");
    assert_eq!(first.len(), 43);
    assert_eq!(first.values().collect::<std::collections::BTreeSet<_>>().len(), 43);

    // In one file.
    let whole = folder.path().join("whole");
    run(&[&archives], &whole).with_status(0);
    assert_eq!(keys(&whole, "recordNumber"), first);
    assert_eq!(duplicates(&whole, "moving"), duplicates(&one, "moving"));

    // Backwards, but for the repeated ones.
    let rest = table.rows.split_off(40);
    table.rows.reverse();
    table.rows.splice(7..7, rest);
    write_zip(&archives, "moving.zip", &[&table]);
    run(&[&archives], &one).with_status(0);
    assert_eq!(keys(&one, "recordNumber"), first);
    let report = run_json(&one);
    let comparison = &dataset(&report, "moving.zip")["identity"]["comparison"];
    assert_eq!(*comparison, serde_json::json!({ "kept": 43, "new": 0, "absent": 0 }));
}

#[test]
fn a_dataset_whose_keys_changed_too_much_keeps_its_last_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let (archives, out) = (folder.path().join("archives"), folder.path().join("out"));
    std::fs::create_dir(&archives).unwrap();
    write(&archives, "a.zip", &ids(0..10));
    write(&archives, "b.zip", &ids(0..3));
    run(&[&archives], &out).with_status(0);
    let committed = |part: &str| -> BTreeMap<String, Vec<u8>> {
        let files = tree(&out.join(part))
            .into_iter()
            .filter(|(name, _)| name.contains("datasetKey=a") || name.ends_with("/a.json"));
        files.map(|(name, path)| (name, std::fs::read(path).unwrap())).collect()
    };
    let before = ["restricted", "public", "state"].map(committed);
    assert!(before.iter().all(|files| !files.is_empty()));

    // Six of ten were replaced; the other dataset grows fourfold.
    write(&archives, "a.zip", &ids((0..4).chain(20..26)));
    write(&archives, "b.zip", &ids(0..12));
    let ended = run(&[&archives], &out).with_status(1);
    for part in [
        "a.zip",
        "of 10 of the last attempt 4 are kept and 6 are absent",
        "6 are new",
        "(50 %)",
        "--accept-changed-ids",
    ] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    assert!(["restricted", "public", "state"].map(committed) == before, "the last attempt is untouched");
    assert_eq!(std::fs::read_dir(out.join("state/staging")).unwrap().count(), 0);
    let report = run_json(&out);
    let refused = dataset(&report, "a.zip");
    assert_eq!(refused["status"], "failed");
    assert_eq!(refused["identity"]["comparison"], serde_json::json!({ "kept": 4, "new": 6, "absent": 6 }));
    let grown = dataset(&report, "b.zip");
    assert_eq!(grown["status"], "done");
    assert_eq!(grown["identity"]["comparison"], serde_json::json!({ "kept": 3, "new": 9, "absent": 0 }));

    // By stages, the same; and with another limit, or the word of whoever runs it, it passes.
    openobs_with_references(&["verbatim", &text(&archives.join("a.zip")), "--out", &text(&out)]).with_status(0);
    let interpret = |more: &[&str]| {
        openobs_with_references(&[&["interpret", "--dataset", "a", "--out", &text(&out)], more].concat())
    };
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence WHERE datasetKey = 'b'"), 12);
    let ended = interpret(&[]).with_status(1);
    assert!(ended.stderr.contains("--accept-changed-ids"), "{}", ended.stderr);
    assert!(out.join("public/occurrence/datasetKey=a/part-00000.parquet").is_file());
    interpret(&["--set", "identity.changed_ids_limit=60 %"]).with_status(0);
    write(&archives, "a.zip", &ids(40..45));
    run(&[&archives], &out).with_status(1);
    run_with(&[&archives], &out, &["--accept-changed-ids"]).with_status(0);
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence WHERE datasetKey = 'a'"), 5);
    let status = openobs_with_references(&["status", "--out", &text(&out)]).with_status(0).stdout;
    assert!(status.contains("keys: 0 kept, 5 new, 10 absent"), "{status}");

    // The registry decides for one dataset; no limit lets an empty archive pass.
    let registry = folder.path().join("registry.toml");
    std::fs::write(&registry, "[[dataset]]\nkey = \"a\"\nchanged_ids_limit = \"off\"\n").unwrap();
    let registry = format!("registry={}", text(&registry));
    write(&archives, "a.zip", &ids(60..65));
    run_with(&[&archives], &out, &["--set", &registry]).with_status(0);
    write(&archives, "a.zip", &[]);
    let ended = run_with(&[&archives], &out, &["--set", &registry]).with_status(1);
    assert!(ended.stderr.contains("the archive has no record, where the last attempt had 5"), "{}", ended.stderr);
    run_with(&[&archives], &out, &["--accept-changed-ids"]).with_status(0);
}

#[test]
fn the_registry_says_what_identifies_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let table = Table::new("Occurrence", &["occurrenceID", "institutionCode", "catalogNumber", "recordNumber"])
        .row(&["1", "MNHN", "P 1", "r1"])
        .row(&["1", "MNHN", "P 2", "r2"])
        .row(&["2", "MNHN", " P1", "r3"])
        .row(&["3", "MNHN", "null", "r4"]);
    let archive = write_zip(folder.path(), "collection.zip", &[&table]);
    let out = folder.path().join("out");
    let registry = folder.path().join("registry.toml");
    let with = |registered: &str, more: &[&str]| {
        let content = format!("[[dataset]]\nkey = \"collection\"\n{registered}\n");
        std::fs::write(&registry, content).unwrap();
        let setting = format!("registry={}", text(&registry));
        run_with(&[&archive], &out, &[&["--set", &setting], more].concat())
    };
    let places = || -> Vec<String> {
        duplicates(&out, "collection").iter().map(|row| format!("{} {} {}", row[0], row[2], row[5])).collect()
    };
    with("", &[]).with_status(0);
    assert_eq!(places(), ["1 1 2", "1 2 3"]);

    // Other terms are other keys: the gate holds until it is told that this is meant.
    let terms = "unique_key_terms = [\"institutionCode\", \"catalogNumber\"]";
    with(terms, &[]).with_status(1);
    with(terms, &["--accept-changed-ids"]).with_status(0);
    let report = run_json(&out);
    let identity = &dataset(&report, "collection.zip")["identity"];
    assert_eq!(identity["keySources"], serde_json::json!({ "coreId": 1, "uniqueKey": 3 }));
    assert_eq!(number_at(identity, "/duplicateRecords"), 0);
    assert!(!out.join("restricted/identity/datasetKey=collection").exists(), "there is nothing to list");

    let stripped = format!("{terms}\nunique_key_strip = [\"spaces\"]");
    with(&stripped, &["--accept-changed-ids"]).with_status(0);
    assert_eq!(places(), ["MNHN|P1 1 2", "MNHN|P1 2 4"]);

    with("unique_key_terms = [\"catalogueNumber\"]", &["--accept-changed-ids"]).with_status(0);
    let report = run_json(&out);
    let identity = &dataset(&report, "collection.zip")["identity"];
    assert_eq!(identity["absentTerms"], serde_json::json!(["catalogueNumber"]));
    let ended = with("", &["--accept-changed-ids", "--set", "identity.duplicate_records_limit=1"]).with_status(1);
    assert!(ended.stderr.contains("2 records share a key with another"), "{}", ended.stderr);
}

#[test]
fn rows_of_an_extension_have_the_place_of_their_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let extension = |locations: &str| {
        format!(
            "<archive xmlns=\"http://rs.tdwg.org/dwc/text/\">\n\
             <core rowType=\"http://rs.tdwg.org/dwc/terms/Event\" fieldsTerminatedBy=\",\" fieldsEnclosedBy=\"\">\
             <files><location>event.txt</location></files><id index=\"0\"/>\
             <field index=\"1\" term=\"http://rs.tdwg.org/dwc/terms/eventDate\"/></core>\n\
             <extension rowType=\"http://rs.tdwg.org/dwc/terms/Occurrence\" fieldsTerminatedBy=\",\" fieldsEnclosedBy=\"\">\
             <files>{locations}</files><coreid index=\"0\"/>\
             <field index=\"1\" term=\"http://rs.tdwg.org/dwc/terms/occurrenceID\"/>\
             <field index=\"2\" term=\"http://rs.tdwg.org/dwc/terms/scientificName\"/></extension></archive>"
        )
    };
    let entry = |name: &str, content: &str| (name.to_owned(), content.as_bytes().to_vec());
    let one = [
        entry("meta.xml", &extension("<location>seen.txt</location>")),
        entry("event.txt", "e1,2024-05-01\ne2,2024-05-02\n"),
        entry("seen.txt", "e1,o,Lutra lutra\ne2,o,Bufo bufo\n"),
    ];
    // The same line of two files, with one identifier, in one event.
    let two = [
        entry("meta.xml", &extension("<location>b.txt</location><location>a.txt</location>")),
        entry("event.txt", "e1,2024-05-01\n"),
        entry("a.txt", "e1,o,Lutra lutra\n"),
        entry("b.txt", "e1,o,Bufo bufo\n"),
    ];
    for (name, entries, expected) in
        [("one", &one[..], ["seen.txt 1", "seen.txt 2"]), ("two", &two[..], ["a.txt 1", "b.txt 1"])]
    {
        let archive = write_entries(&folder.path().join(format!("{name}.zip")), entries);
        let out = folder.path().join(format!("out-{name}"));
        run(&[&archive], &out).with_status(0);
        let rows = duplicates(&out, name);
        let places: Vec<String> = rows.iter().map(|row| format!("{} {}", row[4], row[5])).collect();
        assert_eq!(places, expected);
        let keys = keys(&out, "scientificName");
        assert_eq!(keys.values().collect::<std::collections::BTreeSet<_>>().len(), 2, "{keys:?}");
    }
}
