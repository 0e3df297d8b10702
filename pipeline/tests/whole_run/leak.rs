//! No public byte tells what is protected.

use std::path::Path;

use crate::archive::{Table, write_zip};
use crate::outputs::{all_text, assert_same_trees, tree};
use crate::program::{number, openobs, run, sql, text};
use crate::records::{PARIS, Record, SAINT_MARTIN, figures, measurements, multimedia, occurrences, records, tokens};

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
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence_restricted WHERE v_locality LIKE 'zq%'"), 14);
    let levels = "SELECT count(*) AS n FROM occurrence WHERE diffusionLevel = 3 AND decimalLatitude IS NOT NULL";
    assert_eq!(number(&out, levels), 0, "a department has no point");
    // A protected polygon tells one area, however many it crosses; the exact one tells them all.
    let crossing = "SELECT occurrenceID, communeCodes, crossedCommuneCodes, protectedAreas FROM occurrence_restricted \
                    WHERE occurrenceID LIKE 'polygon%' ORDER BY 1";
    for row in sql(&out, crossing) {
        assert_eq!(row["crossedCommuneCodes"], serde_json::json!(["38185", "38421"]), "{row}");
        assert_eq!(
            (&row["communeCodes"].as_array().unwrap().len(), &row["protectedAreas"].is_array()),
            (&2, &true),
            "{row}"
        );
    }
    let told = "SELECT communeCodes, gridCells10km, departmentCodes, gridCell5km, protectedAreas, crossedCommuneCodes, region \
                FROM occurrence WHERE occurrenceID LIKE 'polygon%' ORDER BY occurrenceID";
    let told = sql(&out, told);
    for (row, communes, cells) in [(&told[0], 1, 2), (&told[1], 0, 1)] {
        let count = |name: &str| row.get(name).and_then(|list| list.as_array()).map_or(0, Vec::len);
        assert_eq!(
            (count("communeCodes"), count("gridCells10km"), count("departmentCodes")),
            (communes, cells, 1),
            "{row}"
        );
        assert_eq!((count("protectedAreas"), count("crossedCommuneCodes")), (0, 0), "{row}");
        assert!(row.get("gridCell5km").is_none_or(serde_json::Value::is_null), "{row}");
        assert_eq!(row["region"], "Auvergne-Rhône-Alpes");
    }
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
            "polygon-1" => ("45.17412873", "5.73127364"),
            "polygon-2" => ("45.16912873", "5.68227364"),
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

/// Cells of the events below that must not become public.
const EVENT_TOKENS: [&str; 12] = [
    "survey",
    "site",
    "visit",
    "water",
    "municipality",
    "place",
    "remarks",
    "datum",
    "wind",
    "effort",
    "locationid",
    "method",
];

/// Protected occurrences of an event that has nothing but a date: the place is that of the site above, the waters those of
/// the survey above that. A free occurrence hangs below another survey.
fn run_events(folder: &Path, (latitude, longitude): (&str, &str), tokens: &str) -> std::path::PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let token = |field: &str| format!("zq{field}{tokens}");
    let terms = [
        "eventID",
        "parentEventID",
        "eventType",
        "eventDate",
        "decimalLatitude",
        "decimalLongitude",
        "coordinateUncertaintyInMeters",
        "verbatimCoordinates",
        "countryCode",
        "municipality",
        "locality",
        "locationID",
        "waterBody",
        "samplingProtocol",
        "eventRemarks",
    ];
    let mut events = Table::new("Event", &terms);
    let mut push = |cells: &[(&str, &str)]| {
        assert!(cells.iter().all(|(term, _)| terms.contains(term)));
        let cell =
            |term: &&str| cells.iter().find(|(known, _)| known == term).map_or("", |(_, value)| value).to_owned();
        events.push(terms.iter().map(cell).collect());
    };
    let [survey, site, visit] = ["survey", "site", "visit"].map(token);
    push(&[("eventID", &survey), ("waterBody", &token("water")), ("samplingProtocol", &token("method"))]);
    push(&[
        ("eventID", &site),
        ("parentEventID", &survey),
        ("eventType", "station"),
        ("decimalLatitude", latitude),
        ("decimalLongitude", longitude),
        ("coordinateUncertaintyInMeters", "17"),
        ("verbatimCoordinates", &token("datum")),
        ("countryCode", "FR"),
        ("municipality", &token("municipality")),
        ("locality", &token("place")),
        ("locationID", &token("locationid")),
    ]);
    // One visit for each: those of one visit would all be as sensitive as the most sensitive.
    let visits = ["1", "2", "4"].map(|level| format!("{visit}-{level}"));
    for visit in &visits {
        push(&[
            ("eventID", visit),
            ("parentEventID", &site),
            ("eventType", "visit"),
            ("eventDate", "2024-01-10"),
            ("eventRemarks", &token("remarks")),
        ]);
    }
    push(&[
        ("eventID", "open-site"),
        ("decimalLatitude", PARIS.0),
        ("decimalLongitude", PARIS.1),
        ("countryCode", "FR"),
    ]);
    push(&[("eventID", "open-visit"), ("parentEventID", "open-site"), ("eventDate", "2024-01-11")]);
    let mut seen = Table::new("Occurrence", &["eventID", "occurrenceID", "scientificName", "basisOfRecord"]);
    for (event, id, name) in [
        (visits[0].as_str(), "below-1", "Parnassius apollo"),
        (&visits[1], "below-2", "Cypripedium calceolus"),
        (&visits[2], "below-4", "Margaritifera margaritifera"),
        ("open-visit", "below-0", "Turdus merula"),
    ] {
        seen = seen.row(&[event, id, name, "HumanObservation"]);
    }
    let measured = Table::new("ExtendedMeasurementOrFact", &["eventID", "occurrenceID", "measurementValue"])
        .row(&[&visits[0], "", &token("wind")])
        .row(&[&visits[1], "below-2", &token("wind")]);
    let looked_for = Table::new("Humboldt", &["eventID", "verbatimSiteNames"]).row(&[&visits[0], &token("effort")]);
    let archive = write_zip(folder, "events.zip", &[&events, &seen, &measured, &looked_for]);
    let out = folder.join("out");
    run(&[&archive], &out).with_status(0);
    out
}

#[test]
fn a_place_that_came_from_an_event_above_is_as_secret_as_one_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_events(folder.path(), SAINT_MARTIN, "first");
    // The exact rows have it, so that there is something to hide.
    let exact = "SELECT occurrenceID, diffusionLevel, locationInheritedFrom, decimalLatitude FROM occurrence_restricted \
                 ORDER BY 1";
    let levels: Vec<(String, i64)> = sql(&out, exact)
        .iter()
        .map(|row| {
            assert_eq!(
                (&row["locationInheritedFrom"], &row["decimalLatitude"]),
                (&"zqsitefirst".into(), &45.171283.into())
            );
            (row["occurrenceID"].as_str().unwrap().to_owned(), row["diffusionLevel"].as_i64().unwrap())
        })
        .collect();
    let expected = [("below-1", 1), ("below-2", 2), ("below-4", 4)];
    assert_eq!(levels, expected.map(|(id, level)| (id.to_owned(), level)));
    for part in ["public", "reports"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path);
            for secret in EVENT_TOKENS
                .map(|field| format!("zq{field}first"))
                .iter()
                .chain(&["45.1712", "5.7709"].map(String::from))
            {
                assert!(!text.contains(secret.as_str()), "{name} tells {secret}");
            }
        }
    }
    let masked = "SELECT count(*) AS n FROM occurrence WHERE diffusionLevel > 0 AND (eventHierarchy IS NOT NULL OR \
                  eventType IS NOT NULL OR locationInheritedFrom IS NOT NULL OR dateInheritedFrom IS NOT NULL OR \
                  inheritedTerms IS NOT NULL OR eventID IS NOT NULL OR v_event IS NOT NULL OR humboldt IS NOT NULL)";
    assert_eq!(number(&out, masked), 0);
    // The same columns are there for the record that is free.
    let free =
        "SELECT count(*) AS n FROM occurrence WHERE locationInheritedFrom = 'open-site' AND eventHierarchy IS NOT NULL";
    assert_eq!(number(&out, free), 1);

    let other = run_events(&folder.path().join("other"), ("45.16499999", "5.75111111"), "second");
    assert_same_trees(&out.join("public"), &other.join("public"));
}
