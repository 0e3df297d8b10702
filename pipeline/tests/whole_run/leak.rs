//! No public byte tells what is protected.

use std::path::Path;

use crate::archive::write_zip;
use crate::outputs::{all_text, assert_same_trees, tree};
use crate::program::{number, openobs, run, sql, text};
use crate::records::{Record, SAINT_MARTIN, figures, measurements, multimedia, occurrences, records, tokens};

fn run_records(folder: &Path, records: &[Record]) -> std::path::PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let tables = [occurrences(records), multimedia(records), measurements(records)];
    let archive = write_zip(folder, "records.zip", &[&tables[0], &tables[1], &tables[2]]);
    let out = folder.join("out");
    run(&[&archive], &out).with_status(0);
    out
}

#[test]
fn no_token_of_a_protected_record_is_public() {
    let folder = tempfile::tempdir().unwrap();
    let records = records();
    let out = run_records(folder.path(), &records);
    let levels = sql(&out, "SELECT occurrenceID, diffusionLevel FROM occurrence_restricted ORDER BY 1");
    let expected: Vec<&Record> = records.iter().filter(|record| record.level > 0).collect();
    assert_eq!(levels.len(), expected.len());
    for record in &expected {
        let row = levels.iter().find(|row| row["occurrenceID"] == record.id).unwrap();
        assert_eq!(row["diffusionLevel"], record.level, "{}", record.id);
    }
    let mut files = 0;
    for part in ["public", "reports"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path);
            files += 1;
            for record in &expected {
                for token in tokens(record).into_iter().chain(figures(record)) {
                    assert!(!text.contains(&token), "{name} tells {token} of {}", record.id);
                }
                assert!(record.level < 4 || !text.contains(record.id), "{name} names {}", record.id);
            }
        }
    }
    assert!(files > 20, "only {files} files were read");
    // The same search finds the tokens of a record that is free, and the restricted table has what is exact.
    let free = all_text(&out.join("public/occurrence/datasetKey=records/part-00000.parquet"));
    assert!(tokens(&records[0]).iter().take(10).all(|token| free.contains(token)));
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence_restricted WHERE v_locality LIKE 'zq%'"), 12);
    let levels = "SELECT count(*) AS n FROM occurrence WHERE diffusionLevel = 3 AND decimalLatitude IS NOT NULL";
    assert_eq!(number(&out, levels), 0, "a department has no point");
    let cells = "SELECT count(*) AS n FROM occurrence WHERE diffusionLevel = 2 AND (communeCode IS NOT NULL \
                 OR coordinateUncertaintyInMeters NOT BETWEEN 7050 AND 7090)";
    assert_eq!(number(&out, cells), 0, "a cell has its half diagonal and no commune");
}

#[test]
fn where_a_record_is_inside_its_published_area_cannot_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let here = records();
    let mut there = records();
    for record in &mut there {
        let place = match record.id {
            "level1-a" => ("45.18111111", "5.70777777"),
            "level2-a" => ("45.16499999", "5.75111111"),
            "level3-a" => ("45.21876543", "5.73456789"),
            "level4-a" => SAINT_MARTIN,
            _ => continue,
        };
        (record.latitude, record.longitude) = place;
        record.tokens = format!("{}moved", record.tokens);
    }
    let (one, two) = (run_records(&folder.path().join("one"), &here), run_records(&folder.path().join("two"), &there));
    assert_same_trees(&one.join("public"), &two.join("public"));
}

#[test]
fn a_record_is_explained_to_those_who_may_see_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_records(folder.path(), &records());
    let explain = |id: &str| openobs(&["explain", id, "--out", &text(&out)]).with_status(0).stdout;
    assert!(explain("free-1").contains("the record is not protected"));
    let masked = explain("level2-a");
    assert!(masked.contains("zqlocalitylevel2-a") && masked.contains("Localisation ramenée à la maille"), "{masked}");
    assert!(explain("level4-b").contains("nothing: the record is withheld"));
}
