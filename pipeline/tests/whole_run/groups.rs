//! A sensitive record makes its group sensitive: what was seen with it tells where it was.

use std::path::{Path, PathBuf};

use crate::archive::{Table, write_folder};
use crate::outputs::{all_text, tree};
use crate::program::{number, run_with, sql};

/// A butterfly that is shown at its commune and what was seen with it, in groups of all kinds.
fn samplings(folder: &Path) -> PathBuf {
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
    let mut seen = Table::new("Occurrence", &terms);
    for (id, event, group, name) in [
        // Of one event.
        ("apollo", "e1", "", "Parnassius apollo"),
        ("with-apollo", "e1", "G1", "Turdus merula"),
        // In one SINP grouping with a record of that event; the case of identifiers does not count.
        ("grouped", "", "g1", "Turdus merula"),
        ("grouped-elsewhere", "e2", "g1", "Turdus merula"),
        ("with-the-other", "e2", "", "Turdus merula"),
        // A name that TAXREF does not have is shown at its commune, and leaves its group alone.
        ("unmatched", "e5", "", "Aus bus"),
        ("with-unmatched", "e5", "", "Turdus merula"),
        // Of no group, and of another.
        ("alone", "", "", "Turdus merula"),
        ("other", "e3", "g3", "Turdus merula"),
        // A mussel that is not shown at all, and what was seen with it.
        ("mussel", "e4", "", "Margaritifera margaritifera"),
        ("with-mussel", "e4", "", "Turdus merula"),
    ] {
        let group = if group.is_empty() { String::new() } else { format!(r#"{{"idSINPRegroupement": "{group}"}}"#) };
        seen = seen.row(&[id, event, &group, name, "45.171283", "5.770924", "FR", "2024-06-10", "HumanObservation"]);
    }
    write_folder(folder, "samplings", &[&seen]);
    folder.join("samplings")
}

fn levels(out: &Path) -> Vec<(String, i64)> {
    let exact = "SELECT occurrenceID, diffusionLevel FROM occurrence_restricted ORDER BY 1";
    let level = |row: &serde_json::Value| row["diffusionLevel"].as_i64().unwrap();
    sql(out, exact).iter().map(|row| (row["occurrenceID"].as_str().unwrap().to_owned(), level(row))).collect()
}

#[test]
fn what_was_seen_with_a_sensitive_record_is_as_sensitive() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, out) = (samplings(folder.path()), folder.path().join("out"));
    // One record a shard: groups reach across files.
    run_with(&[&archive], &out, &["--set", "run.shard_rows=1"]).with_status(0);
    let expected = [
        ("apollo", 1),
        ("grouped", 1),
        ("grouped-elsewhere", 1),
        ("mussel", 4),
        ("unmatched", 1),
        ("with-apollo", 1),
        ("with-mussel", 4),
        ("with-the-other", 1),
    ];
    assert_eq!(levels(&out), expected.map(|(id, level)| (id.to_owned(), level)));
    let raised = "SELECT count(*) AS n FROM occurrence_restricted WHERE sensitivityFromGroup";
    assert_eq!(number(&out, raised), 5);
    let exact = "SELECT count(*) AS n FROM occurrence WHERE decimalLatitude = 45.171283";
    assert_eq!(number(&out, exact), 3, "only what is in none of these groups keeps its place");
    for (name, path) in tree(&out.join("public")) {
        let text = all_text(&path);
        assert!(!text.contains("mussel"), "{name} names a withheld record");
    }
}

#[test]
fn the_terms_that_name_groups_are_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, out) = (samplings(folder.path()), folder.path().join("out"));
    run_with(&[&archive], &out, &["--set", "sensitivity.group_terms=idSINPRegroupement"]).with_status(0);
    assert_eq!(
        levels(&out),
        [("apollo", 1), ("mussel", 4), ("unmatched", 1)].map(|(id, level)| (id.to_owned(), level))
    );
}
