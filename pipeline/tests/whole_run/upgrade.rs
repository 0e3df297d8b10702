//! A new TAXREF: what it changes for committed records, and all products made again without an archive.

use std::path::Path;

use crate::archive::{Table, write_folder};
use crate::program::{openobs, openobs_with_references, repository, run_with, sql, text};

/// The TAXREF of the fixtures with some lines changed, as a next release would have them.
fn next_release(folder: &Path) -> (String, String) {
    let fixture = std::fs::read_to_string(repository().join("fixtures/reference/TAXREFv18.txt")).unwrap();
    let header: Vec<&str> = fixture.lines().next().unwrap().split('\t').collect();
    let column = |name: &str| header.iter().position(|cell| *cell == name).unwrap();
    let (cd_nom, cd_ref, name) = (column("CD_NOM"), column("CD_REF"), column("NOM_COMPLET"));
    let lines = fixture.lines().filter_map(|line| {
        let mut cells: Vec<&str> = line.split('\t').collect();
        match cells[cd_nom] {
            // The sub-species goes back into its species.
            "4322" => cells[cd_ref] = "4319",
            // Withdrawn: see below.
            "60630" | "351" => return None,
            "79300" => cells[name] = "Myotis brandtii (Eversmann, 1846)",
            _ => {}
        }
        Some(cells.join("\t"))
    });
    let taxref = folder.join("TAXREFv19.txt");
    std::fs::write(&taxref, lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    let retired = folder.join("CDNOM_DISPARUS.txt");
    let rows = std::fs::read_to_string(repository().join("fixtures/reference/CDNOM_DISPARUS.txt")).unwrap();
    std::fs::write(&retired, rows.trim_end().to_owned() + "\n351\t18.0\t320\t1\t\n60630\t18.0\t\t2\t\n").unwrap();
    (text(&taxref), text(&retired))
}

#[test]
fn a_new_taxref_tells_what_it_changes_and_is_then_used() {
    // T30
    let folder = tempfile::tempdir().unwrap();
    let seen = Table::new("Occurrence", &["occurrenceID", "basisOfRecord", "taxonID", "scientificName"])
        .row(&["o1", "HumanObservation", "4322", ""])
        .row(&["o2", "HumanObservation", "351", "Rana temporaria"])
        .row(&["o3", "HumanObservation", "60630", ""])
        .row(&["o4", "HumanObservation", "79300", ""])
        .row(&["o5", "HumanObservation", "4319", ""])
        .row(&["o6", "HumanObservation", "351", ""]);
    write_folder(folder.path(), "birds", &[&seen]);
    let (archive, out) = (folder.path().join("birds"), folder.path().join("out"));
    run_with(&[&archive], &out, &[]).with_status(0);
    let cd_refs = |out: &Path| {
        let rows = sql(out, "SELECT cdRef, nameAccordingTo FROM occurrence ORDER BY occurrenceID");
        rows.iter().map(|row| row["cdRef"].as_i64()).collect::<Vec<_>>()
    };
    assert_eq!(cd_refs(&out), [Some(847_121), Some(351), Some(60_630), Some(79_300), Some(4319), Some(351)]);

    let (taxref, retired) = next_release(folder.path());
    let old = text(&repository().join("fixtures/reference/TAXREFv18.txt"));
    let table = text(&folder.path().join("changes.csv"));
    let said = openobs(&[
        "reference",
        "upgrade",
        &old,
        &taxref,
        "--retired",
        &retired,
        "--out",
        &text(&out),
        "--table",
        &table,
    ])
    .with_status(0)
    .stdout;
    assert!(said.contains("replaced: 1 changes of 2 records"), "{said}");
    let changes = std::fs::read_to_string(&table).unwrap();
    let rows: Vec<Vec<&str>> = changes.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let first =
        |change: &str| rows.iter().find(|row| row[0] == change).unwrap_or_else(|| panic!("{change}: {changes}"));
    assert_eq!(rows.len(), 4, "{changes}");
    assert_eq!(&first("moved")[1..3], ["4322", "847121"]);
    assert_eq!(&first("withdrawn")[1..3], ["60630", "60630"]);
    assert_eq!(&first("renamed")[1..3], ["79300", "79300"]);

    // All of TAXREF, without records.
    let said = openobs(&["reference", "upgrade", &old, &taxref, "--retired", &retired, "--json"]).with_status(0).stdout;
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["before"], &said["after"]), (&"TAXREF v18".into(), &"TAXREF v19".into()));
    assert_eq!(said["changes"]["moved"]["names"], 1);

    // The archive is gone: products are made from what was read from it.
    std::fs::remove_dir_all(&archive).unwrap();
    let settings = [format!("references.taxref={taxref}"), format!("references.taxref_retired={retired}")];
    openobs_with_references(&["interpret", "--out", &text(&out), "--set", &settings[0], "--set", &settings[1]])
        .with_status(0);
    assert_eq!(cd_refs(&out), [Some(4319), Some(320), None, Some(79_300), Some(4319), Some(320)]);
    let rows = sql(&out, "SELECT DISTINCT nameAccordingTo FROM occurrence WHERE cdRef IS NOT NULL");
    assert_eq!(rows[0]["nameAccordingTo"], "TAXREF v19");
}
