//! A run over good and bad archives: each product is there, each record is counted, and doing it again changes nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::archive::{Table, write_entries, write_folder, write_zip};
use crate::outputs::{assert_same_trees, dataset, documents, number_at, rows, run_json, zip_entries};
use crate::program::{number, openobs, run, run_with, sql, text};
use crate::records::{measurements, multimedia, occurrences, records};

/// An archive of all levels, one of events, a checklist and one that is no archive.
fn write_archives(folder: &Path) {
    let records = records();
    write_zip(folder, "records.zip", &[&occurrences(&records), &multimedia(&records), &measurements(&records)]);
    let events = Table::new("Event", &["eventID", "eventDate"]).row(&["e1", "2024-05-01"]).row(&["e2", "2024-05-02"]);
    let seen = ["eventID", "occurrenceID", "scientificName", "basisOfRecord"];
    let seen = Table::new("Occurrence", &seen)
        .row(&["e1", "o1", "Turdus merula", "HumanObservation"])
        .row(&["e1", "o2", "Passer domesticus", "HumanObservation"])
        .row(&["nowhere", "o3", "Passer domesticus", "HumanObservation"]);
    write_folder(folder, "events", &[&events, &seen]);
    write_zip(
        folder,
        "checklist.zip",
        &[&Table::new("Taxon", &["taxonID", "scientificName"]).row(&["1", "Bufo bufo"])],
    );
    std::fs::write(folder.join("broken.zip"), b"PK\x03\x04 and nothing more").unwrap();
}

#[test]
fn every_product_is_there_and_every_record_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (archives, out) = (folder.path().join("archives"), folder.path().join("out"));
    std::fs::create_dir(&archives).unwrap();
    write_archives(&archives);
    let ended = run(&[&archives], &out).with_status(1);
    assert!(ended.stderr.contains("broken.zip"), "{}", ended.stderr);

    let report = run_json(&out);
    assert_eq!(dataset(&report, "broken.zip")["status"], "failed");
    assert_eq!(dataset(&report, "checklist.zip")["status"], "skipped");
    let events = dataset(&report, "events");
    let count = |name: &str| number_at(events, &format!("/counts/{name}"));
    assert_eq!((count("coreRecords"), count("records"), count("interpreted"), count("quarantined")), (2, 3, 2, 1));
    let sum = |name: &str| number_at(&report, &format!("/totals/{name}"));
    assert_eq!(sum("records"), sum("interpreted") + sum("quarantined"));
    assert_eq!(sum("interpreted"), sum("published") + sum("withheld"));
    assert_eq!(sum("withheld"), 2);
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence"), sum("published"));
    assert_eq!(number(&out, "SELECT count(*) AS n FROM quarantine"), 1);
    let dates = sql(&out, "SELECT eventDate FROM occurrence WHERE occurrenceID = 'o1'");
    assert_eq!(dates[0]["eventDate"], "2024-05-01", "an occurrence takes the date of its event");

    let mode = |name: &str| std::fs::metadata(out.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("restricted"), mode("state")), (0o700, 0o700));
    let of = |product: &str| out.join(product).join("datasetKey=records");
    let public = documents(&of("public/index"));
    assert_eq!(public.len(), 15);
    let free = public.iter().find(|document| document["occurrenceID"] == "free-1").unwrap();
    assert_eq!(free["protectedAreas"], serde_json::json!(["FR9900001", "FR9900002"]));
    assert_eq!((&free["state"], &free["codeMaille1Km"]), (&"Auvergne-Rhône-Alpes".into(), &"1kmL93E0912N6457".into()));
    let protected = public.iter().filter(|document| document["sensitivityLevel"] != 0);
    assert!(protected.into_iter().all(|document| document.get("protectedAreas").is_none()));
    assert_eq!(rows(&of("restricted/verbatim").join("part-00000.parquet")), 17);
    let archive = zip_entries(std::fs::read(out.join("public/archives/records.zip")).unwrap());
    assert_eq!(archive["occurrence.txt"].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count(), 16);
    assert!(archive.contains_key("meta.xml") && archive.contains_key("eml.xml"));
    for name in ["summary", "taxon", "grid_cell"] {
        assert!(out.join(format!("public/indicators/{name}.parquet")).is_file(), "{name}");
        assert!(out.join(format!("public/indicators/{name}.csv")).is_file(), "{name}");
    }
    assert_eq!(std::fs::read_dir(out.join("state/staging")).unwrap().count(), 0, "nothing staged is left");
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let archives = folder.path().join("archives");
    std::fs::create_dir(&archives).unwrap();
    write_archives(&archives);
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    run_with(&[&archives], &one, &["--threads", "1"]).with_status(1);
    run_with(&[&archives], &two, &["--threads", "3", "--set", "run.datasets_at_once=2"]).with_status(1);
    for part in ["restricted", "public", "reports"] {
        assert_same_trees(&one.join(part), &two.join(part));
    }
    // Doing it again, from the archives or from the verbatim tables, replaces what is there by the same.
    run(&[&archives], &two).with_status(1);
    openobs(&["interpret", "--out", &text(&two), "--config", &crate::program::quickstart()]).with_status(0);
    for part in ["restricted", "public"] {
        assert_same_trees(&one.join(part), &two.join(part));
    }
}

#[test]
fn an_archive_that_leaves_its_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let entries = [("../../escaped.txt".to_owned(), b"x".to_vec()), ("meta.xml".to_owned(), b"<archive/>".to_vec())];
    let archive = write_entries(&folder.path().join("slip.zip"), &entries);
    let out = folder.path().join("out");
    let ended = run(&[&archive], &out).with_status(1);
    assert!(ended.stderr.contains("escaped.txt"), "{}", ended.stderr);
    assert!(
        !folder.path().join("escaped.txt").exists() && !folder.path().parent().unwrap().join("escaped.txt").exists()
    );
}
