//! `openobs validate`: verdicts with reasons, findings with rows, and nothing left behind.

use std::path::Path;

use serde_json::Value;

use crate::archive::{Table, write_folder, write_zip};
use crate::program::{Ended, openobs_with_references, text};

const TERMS: [&str; 8] = [
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "countryCode",
    "individualCount",
];

fn good() -> Table {
    Table::new("Occurrence", &TERMS)
        .row(&["o1", "HumanObservation", "Turdus merula", "2024-05-01", "45.18", "5.71", "FR", "2"])
        .row(&["o2", "HumanObservation", "Passer domesticus", "2024-05-02", "45.19", "5.72", "FR", "1"])
        .row(&["o3", "HumanObservation", "Passer domesticus", "2024-05-03", "45.20", "5.73", "FR", "4"])
}

fn validate(path: &Path, more: &[&str]) -> Ended {
    let mut arguments = vec!["validate".to_owned(), text(path)];
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    openobs_with_references(&arguments)
}

fn json(path: &Path, status: i32) -> Value {
    let ended = validate(path, &["--json"]).with_status(status);
    serde_json::from_str(&ended.stdout).unwrap()
}

/// The finding of a code, of which there must be one.
#[track_caller]
fn finding<'a>(report: &'a Value, code: &str) -> &'a Value {
    let all = report["archives"][0]["findings"].as_array().unwrap();
    let of_code: Vec<&Value> = all.iter().filter(|finding| finding["code"] == code).collect();
    let [finding] = of_code.as_slice() else { panic!("{code} in {all:#?}") };
    finding
}

fn publishable(report: &Value) -> (bool, bool) {
    let verdicts = report["archives"][0]["verdicts"].as_array().unwrap();
    let of = |name: &str| verdicts.iter().find(|verdict| verdict["profile"] == name).unwrap()["publishable"].as_bool();
    (of("gbif").unwrap(), of("sinp").unwrap())
}

#[test]
fn a_good_archive_can_be_published() {
    let folder = tempfile::tempdir().unwrap();
    let archive = write_zip(folder.path(), "good.zip", &[&good()]);
    let ended = validate(&archive, &[]).with_status(0);
    assert!(ended.stdout.starts_with("good.zip: publishable\n"), "{}", ended.stdout);
    assert!(!ended.stdout.contains('\u{1b}'), "no colours in a pipe");
    let report = json(&archive, 0);
    assert_eq!(publishable(&report), (true, true));
    let terms = report["archives"][0]["tables"][0]["terms"].as_array().unwrap();
    let name = terms.iter().find(|term| term["name"] == "scientificName").unwrap();
    assert_eq!((&name["filled"], &name["interpreted"], &name["distinct"]), (&3.into(), &3.into(), &2.into()));
    assert_eq!(name["top"][0], serde_json::json!({"value": "Passer domesticus", "count": 2}));
    assert_eq!(name["status"]["gbif"], "required");
}

#[test]
fn the_form_of_the_report_is_stable() {
    let folder = tempfile::tempdir().unwrap();
    let table = good().row(&["o2", "", "Zzyzx inventus", "hier", "95", "5.73", "FR", "x"]);
    let archive = write_zip(folder.path(), "some.zip", &[&table]);
    let mut report = json(&archive, 1);
    // What depends on the version and the references is told elsewhere.
    report["programVersion"] = "VERSION".into();
    report["references"] = Value::Array(Vec::new());
    insta::assert_snapshot!(format!("{report:#}"));
}

#[test]
fn what_is_wrong_is_found_with_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = good();
    for (id, date, count) in [("o2", "2024-05-04", "x"), ("", "hier", "1"), ("o6", "2024-05-06", "-3")] {
        table = table.row(&[id, "HumanObservation", "Turdus merula", date, "45.18", "5.71", "FR", count]);
    }
    let media = Table::new("Multimedia", &["occurrenceID", "identifier"])
        .row(&["o1", "https://example.org/1.jpg"])
        .row(&["nowhere", "https://example.org/2.jpg"]);
    let archive = write_zip(folder.path(), "bad.zip", &[&table, &media]);
    let report = json(&archive, 1);
    assert_eq!(publishable(&report), (false, false));
    let repeated = finding(&report, "RECORD_NOT_UNIQUELY_IDENTIFIED");
    assert_eq!((&repeated["count"], &repeated["samples"][0]["line"]), (&1.into(), &3.into()));
    let unidentified = finding(&report, "OCCURRENCE_NOT_UNIQUELY_IDENTIFIED");
    assert_eq!(unidentified["count"], 2);
    let orphan = finding(&report, "RECORD_REFERENTIAL_INTEGRITY_VIOLATION");
    assert_eq!((&orphan["file"], &orphan["line"]), (&"multimedia.txt".into(), &3.into()));
    let date = finding(&report, "RECORDED_DATE_INVALID");
    assert_eq!(date["samples"][0]["values"]["eventDate"], "hier");
    assert_eq!((&date["samples"][0]["file"], &date["samples"][0]["line"]), (&"occurrence.txt".into(), &6.into()));
    let findings = report["archives"][0]["findings"].as_array().unwrap();
    let wrong: Vec<&Value> = findings.iter().filter(|finding| finding["code"] == "VALUE_NOT_OF_TYPE").collect();
    let of = |term: &str| wrong.iter().find(|finding| finding["terms"][0] == term).unwrap();
    assert_eq!((&of("eventDate")["count"], &of("individualCount")["count"]), (&1.into(), &2.into()));
    assert_eq!(of("individualCount")["samples"][1]["values"]["individualCount"], "-3");
}

#[test]
fn a_term_that_is_missing_stops_who_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let table = Table::new("Occurrence", &["occurrenceID", "scientificName", "eventDate", "municipality"])
        .row(&["o1", "Turdus merula", "2024-05-01", "Grenoble"])
        .row(&["o2", "Turdus merula", "", "Grenoble"]);
    let archive = write_folder(folder.path(), "place", &[&table]);
    let report = json(&archive, 1);
    assert_eq!(publishable(&report), (false, true));
    let gbif = &report["archives"][0]["verdicts"][0];
    assert_eq!(gbif["blocking"].as_array().unwrap().len(), 1, "{gbif:#}");
    assert!(gbif["blocking"][0]["message"].as_str().unwrap().contains("basisOfRecord"));
    let date = gbif["requirements"].as_array().unwrap().iter().find(|of| of["name"] == "eventDate").unwrap();
    assert_eq!((&date["filled"], &date["coverage"]), (&1.into(), &50.0.into()));
    validate(&archive, &["--profile", "sinp"]).with_status(0);
    validate(&archive, &["--profile", "gbif,sinp"]).with_status(1);
    let ended = validate(&archive, &["--profile", "ala"]).with_status(2);
    assert_eq!(ended.stderr, "openobs: there is no profile ala; give one of gbif, sinp\n");
}

#[test]
fn archives_of_every_kind_get_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let checklist =
        Table::new("Taxon", &["taxonID", "scientificName"]).row(&["1", "Bufo bufo"]).row(&["2", "Bufo bufo"]);
    let checklist = write_zip(folder.path(), "checklist.zip", &[&checklist]);
    let report = json(&checklist, 1);
    let none = finding(&report, "NO_OCCURRENCES");
    assert!(none["message"].as_str().unwrap().starts_with("there is nothing to publish as occurrences"));
    assert_eq!(report["archives"][0]["tables"][0]["terms"][1]["top"][0]["count"], 2);

    let events = Table::new("Event", &["eventID", "eventDate", "municipality"]).row(&["e1", "2024-05-01", "Grenoble"]);
    let seen = ["eventID", "occurrenceID", "scientificName", "basisOfRecord"];
    let seen = Table::new("Occurrence", &seen).row(&["e1", "o1", "Turdus merula", "HumanObservation"]).row(&[
        "e1",
        "o2",
        "Zzyzx inventus",
        "HumanObservation",
    ]);
    let events = write_zip(folder.path(), "events.zip", &[&events, &seen]);
    let report = json(&events, 0);
    let unmatched = finding(&report, "TAXON_MATCH_NONE");
    let sample = &unmatched["samples"][0];
    assert_eq!((&sample["file"], &sample["line"], &sample["id"]), (&"occurrence.txt".into(), &3.into(), &"o2".into()));

    let single = folder.path().join("observations.csv");
    std::fs::write(&single, "occurrenceID,scientificName,eventDate,decimalLatitude,decimalLongitude,recordedby_\n1,Bufo bufo,2024-05-01,45.2,5.7,x\n").unwrap();
    let report = json(&single, 1);
    assert_eq!(publishable(&report), (false, true));
    assert_eq!(report["archives"][0]["structure"]["descriptor"], "header");
    finding(&report, "DWCA_META_XML_NOT_FOUND");
    finding(&report, "EML_NOT_FOUND");

    let broken = folder.path().join("broken.zip");
    std::fs::write(&broken, b"PK\x03\x04 and nothing more").unwrap();
    let report = json(&broken, 1);
    assert_eq!(finding(&report, "DWCA_UNREADABLE")["severity"], "error");
    assert_eq!(publishable(&report), (false, false));

    // A folder of archives is checked as a whole; what is not there is a matter of usage.
    let all = json(folder.path(), 1);
    assert_eq!(all["archives"].as_array().unwrap().len(), 4);
    validate(&folder.path().join("absent.zip"), &[]).with_status(2);
}

#[test]
fn the_page_stands_alone_and_nothing_in_it_becomes_markup() {
    let folder = tempfile::tempdir().unwrap();
    let table = good().row(&["<b>x</b>", "<script>alert(1)</script>", "T<i>", "<u>hier", "95", "5.71", "FR", "<x>"]);
    let archive = write_zip(folder.path(), "page<b>.zip", &[&table]);
    let page = folder.path().join("page.html");
    validate(&archive, &["--html", &text(&page)]).with_status(0);
    let page = std::fs::read_to_string(page).unwrap();
    for hostile in ["<script>alert", "<b>x", "<u>hier", "<x>", "page<b>"] {
        assert!(!page.contains(hostile), "{hostile}");
    }
    assert!(page.contains("&lt;u&gt;hier") && page.contains("RECORDED_DATE_INVALID"));
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        let scripts = page.matches(outside).count();
        let shown = page.matches("title=\"http").count();
        assert!(scripts <= shown, "{outside} is named {scripts} times");
    }
}
