//! Events above events: what records take from them, and what is said of lineages that lead nowhere.

use std::path::Path;

use serde_json::{Value, json};

use crate::archive::{Table, write_zip};
use crate::outputs::{dataset, number_at, run_json};
use crate::program::{number, openobs, repository, run, run_with, sql, text};

fn run_fixture(name: &str, folder: &Path) -> std::path::PathBuf {
    let out = folder.join("out");
    run(&[&repository().join("fixtures/archives").join(name)], &out).with_status(0);
    out
}

/// The row of an occurrence.
fn row(out: &Path, columns: &str, id: &str) -> Value {
    let mut rows = sql(out, &format!("SELECT {columns} FROM occurrence WHERE occurrenceID = '{id}'"));
    assert_eq!(rows.len(), 1, "{id}");
    rows.remove(0)
}

#[test]
fn a_record_takes_place_and_date_from_the_events_above() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_fixture("event-hierarchy", folder.path());
    let columns = "decimalLatitude, decimalLongitude, coordinateUncertaintyInMeters, countryCode, municipality, waterBody, \
                   locality, elevation, eventDate, eventType, eventHierarchy, locationInheritedFrom, dateInheritedFrom, \
                   departmentCode, v_decimalLatitude, v_eventDate, v_eventTime, v_municipality";
    let sample = row(&out, columns, "H-1");
    let (campaign, site) = ("BELLEDONNE-2023", "BELLEDONNE-2023-S1");
    let (visit, taken) = ("BELLEDONNE-2023-S1-V1", "BELLEDONNE-2023-S1-V1-E1");
    let expected = json!({
        "decimalLatitude": 45.1908, "decimalLongitude": 5.7214, "coordinateUncertaintyInMeters": 25.0, "countryCode": "FR",
        "municipality": "Grenoble", "waterBody": "Isère", "locality": "Île d’Amour", "elevation": 213.0,
        "eventDate": "2023-05-14", "eventType": "Sample", "eventHierarchy": [campaign, site, visit, taken],
        "locationInheritedFrom": site, "dateInheritedFrom": visit, "departmentCode": "38", "v_eventTime": "06:40",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&sample[name], value, "{name}");
    }
    // What was taken does not stand in the columns of what the archive says of the record.
    for name in ["v_decimalLatitude", "v_eventDate", "v_municipality"] {
        assert!(sample[name].is_null(), "{name}: {sample}");
    }
    let inherited = row(&out, "inheritedTerms", "H-1");
    let from = |term: &str| {
        let terms = inherited["inheritedTerms"].as_array().unwrap();
        terms.iter().find(|taken| taken["term"] == term).map(|taken| taken["eventID"].clone())
    };
    assert_eq!(from("geodeticDatum"), Some(json!(site)));
    assert_eq!(from("waterBody"), Some(json!(campaign)));
    assert_eq!(from("eventDate"), Some(json!(visit)));
    assert_eq!(from("eventTime"), None);

    // One's own wins, whole: nothing of the site's datum, uncertainty or elevation goes with coordinates of another place.
    let own = row(&out, columns, "H-2");
    assert_eq!((&own["eventDate"], &own["decimalLatitude"]), (&json!("2023-05-16"), &json!(45.1933)));
    for name in
        ["coordinateUncertaintyInMeters", "elevation", "municipality", "locationInheritedFrom", "dateInheritedFrom"]
    {
        assert!(own[name].is_null(), "{name}: {own}");
    }
    let event = row(&out, columns, "H-3");
    assert_eq!((&event["locality"], &event["eventDate"]), (&json!("Île d’Amour, berge"), &json!("2023-05-15")));
    let half = row(&out, "decimalLatitude, issues, v_decimalLatitude", "H-4");
    assert_eq!((&half["decimalLatitude"], &half["v_decimalLatitude"]), (&json!(45.1908), &json!("45.19")));
    assert!(half["issues"].as_array().unwrap().contains(&json!("COORDINATE_INVALID")), "{half}");
    let root = row(&out, "decimalLatitude, eventDate, eventHierarchy", "H-6");
    assert_eq!((&root["eventDate"], &root["eventHierarchy"]), (&json!("2023"), &json!([campaign])));
    assert!(root["decimalLatitude"].is_null(), "nothing is taken from below");

    let explained = openobs(&["explain", "H-1", "--out", &text(&out)]).with_status(0).stdout;
    assert!(explained.contains(&format!("of {visit}: eventDate")), "{explained}");
}

#[test]
fn circles_missing_parents_and_orphans_are_told_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_fixture("event-hierarchy", folder.path());
    let report = run_json(&out);
    let events = dataset(&report, "event-hierarchy");
    let count = |name: &str| number_at(events, &format!("/counts/{name}"));
    assert_eq!((count("records"), count("interpreted"), count("quarantined")), (13, 12, 1));
    assert_eq!((count("events/withParent"), count("events/parents")), (11, 7));
    assert_eq!((count("events/infiniteLineage"), count("events/parentNotFound")), (5, 1));
    assert_eq!(count("issues/PARENT_EVENT_INFINITE_LINEAGE"), 4);
    assert_eq!(count("issues/PARENT_EVENT_NOT_FOUND"), 1);
    let warnings = events["warnings"].as_array().unwrap();
    let told = |what: &str| warnings.iter().any(|warning| warning.as_str().unwrap().contains(what));
    assert!(told("below such events: 5, the first in these lines of the core: 8, 9, 10, 12"), "{warnings:#?}");
    assert!(told("not in the archive: 1, the first in these lines of the core: 13"), "{warnings:#?}");

    let lineage = |id: &str| row(&out, "eventHierarchy, eventDate, decimalLatitude", id);
    assert_eq!(lineage("H-7")["eventHierarchy"], json!(["CERCLE-A"]));
    assert!(lineage("H-7")["decimalLatitude"].is_null(), "nothing goes round the circle");
    assert_eq!(lineage("H-9")["eventHierarchy"], json!(["CERCLE-B", "SOUS-LE-CERCLE"]));
    assert_eq!(lineage("H-9")["decimalLatitude"], 45.18, "what hangs below keeps its own link");
    assert_eq!(lineage("H-10")["eventHierarchy"], json!(["SOI-MEME"]));
    assert_eq!(lineage("H-11")["eventHierarchy"], json!(["AILLEURS-2019", "ORPHELIN"]));

    // Interpreted again from the verbatim tables, the same is counted, once.
    let before = number(&out, "SELECT count(*) AS n FROM occurrence WHERE locationInheritedFrom IS NOT NULL");
    openobs(&["interpret", "--out", &text(&out), "--config", &crate::program::quickstart()]).with_status(0);
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence WHERE locationInheritedFrom IS NOT NULL"), before);
}

#[test]
fn rows_about_the_event_are_counted_and_humboldt_goes_to_all_its_occurrences() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_fixture("event-hierarchy", folder.path());
    let report = run_json(&out);
    let counts = &dataset(&report, "event-hierarchy")["counts"];
    let measurements = "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact";
    assert_eq!(counts["extensionRows"][measurements], 5);
    assert_eq!(counts["eventRows"][measurements], 2);
    assert_eq!(counts["unattachedRows"][measurements], 1);
    assert_eq!(counts["eventRows"]["http://rs.tdwg.org/eco/terms/Event"], 2);
    let rows = sql(
        &out,
        "SELECT occurrenceID, v_extendedMeasurementOrFact AS m, v_event AS h FROM occurrence ORDER BY occurrenceID",
    );
    let of = |id: &str, list: &str| -> Vec<Value> {
        let row = rows.iter().find(|row| row["occurrenceID"] == id).unwrap();
        row[list].as_array().cloned().unwrap_or_default()
    };
    assert_eq!(of("H-1", "m").len(), 1);
    assert_eq!(of("H-1", "m")[0]["measurementID"], "M-2");
    assert_eq!(of("H-2", "m")[0]["measurementID"], "M-3");
    assert_eq!((of("H-1", "h").len(), of("H-2", "h").len(), of("H-3", "h").len(), of("H-6", "h").len()), (1, 1, 1, 0));
    assert_eq!(of("H-2", "h")[0]["samplingEffortValue"], "10");
}

#[test]
fn a_hierarchy_across_shards_and_too_large_for_its_bound() {
    let folder = tempfile::tempdir().unwrap();
    // A chain of a thousand events: the first has the place and the date, the last the occurrence.
    let mut events =
        Table::new("Event", &["eventID", "parentEventID", "eventDate", "decimalLatitude", "decimalLongitude"]);
    for event in (0..1000).rev() {
        let parent = if event > 0 { format!("e{}", event - 1) } else { String::new() };
        let [date, latitude, longitude] = if event > 0 { ["", "", ""] } else { ["1999-12-31", "45.18", "5.72"] };
        events.push([&format!("e{event}"), &parent, date, latitude, longitude].map(str::to_owned).to_vec());
    }
    let seen = Table::new("Occurrence", &["eventID", "occurrenceID", "scientificName", "basisOfRecord"])
        .row(&["e999", "last", "Turdus merula", "HumanObservation"])
        .row(&["e0", "first", "Turdus merula", "HumanObservation"]);
    let archive = write_zip(folder.path(), "chain.zip", &[&events, &seen]);
    let out = folder.path().join("out");
    run_with(&[&archive], &out, &["--set", "run.shard_rows=100"]).with_status(0);
    let last = row(&out, "eventDate, decimalLatitude, dateInheritedFrom, cardinality(eventHierarchy) AS depth", "last");
    assert_eq!((&last["eventDate"], &last["decimalLatitude"]), (&json!("1999-12-31"), &json!(45.18)));
    assert_eq!((&last["dateInheritedFrom"], &last["depth"]), (&json!("e0"), &json!(1000)));

    let ended = run_with(&[&archive], &out, &["--set", "archive.parent_event_bytes=2 KiB"]).with_status(1);
    assert!(
        ended.stderr.contains("chain") && ended.stderr.contains("raise archive.parent_event_bytes"),
        "{}",
        ended.stderr
    );
}

#[test]
fn an_occurrence_core_tells_its_own_lineage_and_defaults_come_last() {
    let folder = tempfile::tempdir().unwrap();
    let terms = ["occurrenceID", "eventID", "parentEventID", "scientificName", "basisOfRecord"];
    let core = Table::new("Occurrence", &terms)
        .row(&["o1", "e1", "e0", "Turdus merula", "HumanObservation"])
        .row(&["o2", "e2", "e2", "Turdus merula", "HumanObservation"])
        .row(&["o3", "", "", "Turdus merula", "HumanObservation"]);
    let occurrences = write_zip(folder.path(), "occurrences.zip", &[&core]);
    let events = Table::new("Event", &["eventID", "parentEventID", "countryCode", "eventDate"])
        .row(&["a", "", "BE", "2020-01-02"])
        .row(&["b", "a", "", ""])
        .row(&["c", "", "", ""]);
    let seen = Table::new("Occurrence", &["eventID", "occurrenceID", "scientificName", "basisOfRecord"])
        .row(&["b", "below", "Turdus merula", "HumanObservation"])
        .row(&["c", "alone", "Turdus merula", "HumanObservation"]);
    let events = write_zip(folder.path(), "events.zip", &[&events, &seen]);
    let registry = folder.path().join("registry.toml");
    std::fs::write(
        &registry,
        "[[dataset]]\narchive = \"events.zip\"\ndefault_values = { countryCode = \"FR\", eventDate = \"1900\" }\n",
    )
    .unwrap();
    let out = folder.path().join("out");
    run_with(&[&occurrences, &events], &out, &["--set", &format!("registry={}", text(&registry))]).with_status(0);
    let hierarchy = |id: &str| row(&out, "eventHierarchy, issues", id);
    assert_eq!(hierarchy("o1")["eventHierarchy"], json!(["e0", "e1"]));
    assert!(hierarchy("o2")["issues"].as_array().unwrap().contains(&json!("PARENT_EVENT_INFINITE_LINEAGE")));
    assert!(hierarchy("o3")["eventHierarchy"].is_null());
    let below = row(&out, "countryCode, eventDate", "below");
    assert_eq!((&below["countryCode"], &below["eventDate"]), (&json!("BE"), &json!("2020-01-02")));
    let alone = row(&out, "countryCode, eventDate", "alone");
    assert_eq!((&alone["countryCode"], &alone["eventDate"]), (&json!("FR"), &json!("1900")));
}

#[test]
fn occurrences_of_a_checklist_take_the_terms_of_their_taxon() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_fixture("taxon-core-with-occurrences", folder.path());
    let columns = "scientificName, kingdom, eventID, eventDate, v_scientificName, v_taxonID, v_taxonRank";
    let otter = row(&out, columns, "L-1");
    assert_eq!(otter["v_scientificName"], "Lutra lutra (Linnaeus, 1758)");
    assert_eq!((&otter["kingdom"], &otter["eventDate"]), (&json!("Animalia"), &json!("2021-01-09")));
    assert_eq!(otter["v_taxonID"], "https://inpn.mnhn.fr/espece/cd_nom/60612");
    assert!(otter["eventID"].is_null(), "the id of a taxon is not that of an event: {otter}");
}

#[test]
fn the_place_and_the_date_are_of_the_occurrence_or_of_its_event() {
    let folder = tempfile::tempdir().unwrap();
    let place = ["decimalLatitude", "decimalLongitude", "coordinateUncertaintyInMeters", "geodeticDatum", "locality"];
    let terms: Vec<&str> = ["eventID", "year", "month", "day"].into_iter().chain(place).collect();
    let events = Table::new("Event", &terms).row(&["e", "2020", "5", "1", "45.2", "5.7", "5000", "WGS84", "plaine"]);
    let terms = ["eventID", "occurrenceID", "scientificName", "basisOfRecord", "eventDate", "decimalLatitude"];
    let terms: Vec<&str> = terms.into_iter().chain(["decimalLongitude", "locality"]).collect();
    let seen = Table::new("Occurrence", &terms)
        .row(&["e", "own", "Turdus merula", "HumanObservation", "2020-05-09", "45.19", "5.71", " "])
        .row(&["e", "half", "Turdus merula", "HumanObservation", "", "45.21", "", "mare"])
        .row(&["e", "none", "Turdus merula", "HumanObservation", "", "", "", ""]);
    let archive = write_zip(folder.path(), "one.zip", &[&events, &seen]);
    let out = folder.path().join("out");
    run(&[&archive], &out).with_status(0);
    let columns = "eventDate, decimalLatitude, decimalLongitude, coordinateUncertaintyInMeters AS uncertainty, locality, \
                   issues, v_day, v_decimalLatitude";
    let told = |id: &str| row(&out, columns, id);
    let flagged = |row: &Value, issue: &str| row["issues"].as_array().unwrap().contains(&json!(issue));

    let own = told("own");
    assert_eq!((&own["eventDate"], &own["decimalLatitude"]), (&json!("2020-05-09"), &json!(45.19)));
    assert!(own["uncertainty"].is_null(), "that of the event was said of another point: {own}");
    assert!(!flagged(&own, "RECORDED_DATE_MISMATCH") && !flagged(&own, "GEODETIC_DATUM_ASSUMED_WGS84"), "{own}");
    assert_eq!((&own["locality"], &own["v_day"]), (&json!("plaine"), &json!("1")));
    let half = told("half");
    assert_eq!((&half["decimalLatitude"], &half["decimalLongitude"]), (&json!(45.2), &json!(5.7)));
    assert_eq!((&half["v_decimalLatitude"], &half["locality"]), (&json!("45.21"), &json!("mare")));
    assert!(flagged(&half, "COORDINATE_INVALID"), "{half}");
    let none = told("none");
    assert_eq!((&none["decimalLatitude"], &none["uncertainty"]), (&json!(45.2), &json!(5000.0)));
    assert!(!flagged(&none, "COORDINATE_INVALID"), "{none}");
}
