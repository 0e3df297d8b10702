//! Checks over all datasets: known duplicates and outliers are found, others are not, and nothing of them is public.

use std::path::{Path, PathBuf};

use crate::archive::{Table, write_zip};
use crate::outputs::{all_text, assert_same_trees, number_at, run_json, tree};
use crate::program::{number, run_with, sql};

const TERMS: [&str; 11] = [
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "countryCode",
    "recordedBy",
    "catalogNumber",
    "occurrenceStatus",
];

fn row(table: Table, id: &str, name: &str, date: &str, place: (f64, f64), by: &str, catalog: &str) -> Table {
    let (latitude, longitude) = (format!("{:.6}", place.0), format!("{:.6}", place.1));
    let cells = [id, "HumanObservation", name, date, &latitude, &longitude, "WGS84", "FR", by, catalog, "present"];
    table.row(&cells)
}

/// One dataset with many records of a taxon around Grenoble, another that repeats some of them.
fn write_archives(folder: &Path) {
    let mut one = Table::new("Occurrence", &TERMS);
    for number in 0..30 {
        let step = f64::from(number);
        let date = format!("2024-05-{:02}", number % 28 + 1);
        let place = (45.18 + step * 0.0004, 5.71 + step * 0.0004);
        one = row(one, &format!("one-{number}"), "Passer domesticus", &date, place, "Hélène Durand", "");
    }
    // Far from the others, and alone in its department.
    one = row(one, "one-far", "Passer domesticus", "2024-05-03", (44.8378, -0.5792), "Chloé Noël", "");
    // Protected: only its department is public.
    one = row(one, "one-secret", "Gypaetus barbatus", "2024-01-10", (45.523187, 4.874365), "Loïc Martin", "G 12-7");
    let mut two = Table::new("Occurrence", &TERMS);
    // The same place and day under another identifier.
    two = row(two, "two-a", "Passer domesticus", "2024-05-01", (45.18, 5.71), "H. Durand", "");
    // Some metres away on the same day.
    two = row(two, "two-b", "Passer domesticus", "2024-05-11", (45.1843, 5.7142), "Other", "");
    // The same identifier, in capitals.
    two = row(two, "ONE-5", "Passer domesticus", "2019-01-01", (45.3, 5.9), "Other", "");
    // The same protected observation.
    two = row(two, "two-secret", "Gypaetus barbatus", "2024-01-10", (45.523187, 4.874365), "Other", "G12/7");
    // The same place and day, another taxon; the same taxon and place, another year.
    two = row(two, "two-c", "Turdus merula", "2024-05-01", (45.18, 5.71), "H. Durand", "");
    two = row(two, "two-d", "Passer domesticus", "2023-05-01", (45.18, 5.71), "H. Durand", "");
    write_zip(folder, "one.zip", &[&one]);
    write_zip(folder, "two.zip", &[&two]);
}

fn run_checks(folder: &Path, out: &str, more: &[&str]) -> PathBuf {
    let out = folder.join(out);
    let mut arguments = vec!["--set", "checks.run=all", "--set", "checks.minimum_sample=20"];
    arguments.extend(more);
    run_with(&[&folder.join("archives")], &out, &arguments).with_status(0);
    out
}

#[test]
fn known_duplicates_and_outliers_are_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("archives")).unwrap();
    write_archives(&folder.path().join("archives"));
    let out = run_checks(folder.path(), "out", &["--threads", "1"]);

    let shared = sql(&out, "SELECT kind, value, records, datasets, datasetKeys FROM check_uniqueness");
    assert_eq!(shared.len(), 1, "{shared:?}");
    assert_eq!((&shared[0]["value"], &shared[0]["records"]), (&"one-5".into(), &2.into()));
    assert_eq!(shared[0]["datasetKeys"], "one | two");

    let pairs = sql(&out, "SELECT occurrenceID1, occurrenceID2, reasons, distanceInMeters FROM check_clusters");
    let mut found: Vec<(String, String)> = pairs
        .iter()
        .map(|pair| {
            let mut ids = [&pair["occurrenceID1"], &pair["occurrenceID2"]].map(|id| id.as_str().unwrap().to_owned());
            ids.sort();
            (ids.join(" "), pair["reasons"].as_str().unwrap().to_owned())
        })
        .collect();
    found.sort();
    let expected = [
        ("one-0 two-a", "SAME_ACCEPTED_SPECIES SAME_DATE SAME_COORDINATES SAME_COUNTRY"),
        ("one-10 two-b", "SAME_ACCEPTED_SPECIES SAME_DATE WITHIN_200m SAME_COUNTRY"),
        ("one-secret two-secret", "SAME_ACCEPTED_SPECIES SAME_DATE SAME_COORDINATES SAME_COUNTRY IDENTIFIERS_OVERLAP"),
    ];
    assert_eq!(found, expected.map(|(ids, reasons)| (ids.to_owned(), reasons.to_owned())));

    let outliers = sql(&out, "SELECT occurrenceID, variable FROM check_outliers ORDER BY variable, occurrenceID");
    let far = |variable: &str| {
        let of: Vec<&str> = outliers
            .iter()
            .filter(|row| row["variable"] == variable)
            .map(|row| row["occurrenceID"].as_str().unwrap())
            .collect();
        of
    };
    assert_eq!(far("decimalLongitude"), ["one-far"], "{outliers:?}");
    assert!(far("decimalLatitude").contains(&"one-far"), "{outliers:?}");
    let lone = sql(&out, "SELECT occurrenceID, departmentCode, departments FROM check_lone_in_department");
    assert_eq!(lone.len(), 1, "{lone:?}");
    assert_eq!((&lone[0]["occurrenceID"], &lone[0]["departmentCode"]), (&"one-far".into(), &"33".into()));

    let report = run_json(&out);
    assert_eq!(number_at(&report, "/checks/clusters/rows"), 3);
    assert_eq!(number_at(&report, "/checks/clusters/counts/bucketsLeftOut"), 0);
    assert_eq!(number(&out, "SELECT count(*) AS n FROM check_clusters"), 3);
    assert!(out.join("restricted/checks/clusters.csv").is_file());
    for (name, path) in tree(&out.join("public")).into_iter().chain(tree(&out.join("reports"))) {
        assert!(!all_text(&path).contains("45.523187"), "{name} tells where a protected record is");
    }
    assert_eq!(std::fs::read_dir(out.join("state/staging")).unwrap().count(), 0, "nothing staged is left");

    // The number of threads changes nothing; a smaller bound on groups leaves out and says so.
    let again = run_checks(folder.path(), "again", &["--threads", "3"]);
    assert_same_trees(&out.join("restricted/checks"), &again.join("restricted/checks"));
    let bounded = run_checks(folder.path(), "bounded", &["--set", "checks.bucket_rows=1"]);
    let report = run_json(&bounded);
    assert_eq!(number_at(&report, "/checks/clusters/rows"), 0);
    assert!(number_at(&report, "/checks/clusters/counts/bucketsLeftOut") >= 3);
}

#[test]
fn no_check_is_run_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("archives")).unwrap();
    write_archives(&folder.path().join("archives"));
    let out = folder.path().join("out");
    run_with(&[&folder.path().join("archives")], &out, &[]).with_status(0);
    assert!(!out.join("restricted/checks").exists());
    let ended = run_with(&[&folder.path().join("archives")], &out, &["--set", "checks.run=cluster"]).with_status(2);
    assert!(ended.stderr.contains("there is no check cluster; give all, or some of uniqueness"), "{}", ended.stderr);
}

#[test]
fn a_check_that_fails_over_the_rows_quotes_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("archives")).unwrap();
    write_archives(&folder.path().join("archives"));
    let checks = folder.path().join("checks");
    std::fs::create_dir(&checks).unwrap();
    let query =
        "SELECT CAST(\"v_catalogNumber\" AS INT) AS number FROM occurrence WHERE \"v_catalogNumber\" LIKE 'G 1%'";
    std::fs::write(checks.join("numbers.sql"), format!("-- title: Numbers\n-- result\n{query}\n")).unwrap();
    let set = format!("checks.folder={}", checks.display());
    let (archives, out) = (folder.path().join("archives"), folder.path().join("out"));
    let arguments = ["--set", "checks.run=numbers", "--set", &set];
    let ended = run_with(&[&archives], &out, &arguments);
    assert!(ended.status.is_some_and(|status| status != 0), "{ended:?}");
    assert!(
        ended.stderr.contains("numbers") && ended.stderr.contains("restricted/checks/numbers.error.txt"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains("12-7") && !ended.stdout.contains("12-7"), "{ended:?}");
    let said = out.join("restricted/checks/numbers.error.txt");
    assert!(std::fs::read_to_string(&said).unwrap().contains("G 12-7"));
    // Once it works, nothing is left of the failure.
    std::fs::write(checks.join("numbers.sql"), "-- title: Numbers\n-- result\nSELECT 1 AS number\n").unwrap();
    run_with(&[&archives], &out, &arguments).with_status(0);
    assert!(!said.exists());
}
