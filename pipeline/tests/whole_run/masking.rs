//! What a protected record tells, level by level: the rows of the SINP's guide as tests, named B03 to B24.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::archive::{Table, write_folder};
use crate::outputs::{all_text, documents, tree, zip_entries};
use crate::program::{number, run_with, sql};
use crate::records::{BORDEAUX, GRENOBLE, PARIS, SAINT_DENIS, SAINT_MARTIN, VIENNE};

const TERMS: [&str; 12] = [
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "coordinateUncertaintyInMeters",
    "countryCode",
    "locationID",
    "municipality",
    "dynamicProperties",
    "locality",
];

struct Seen {
    id: &'static str,
    name: &'static str,
    place: (&'static str, &'static str),
    location_id: &'static str,
    municipality: &'static str,
    properties: &'static str,
}

fn seen(id: &'static str, name: &'static str, place: (&'static str, &'static str)) -> Seen {
    Seen { id, name, place, location_id: "", municipality: "", properties: "" }
}

fn run_records(folder: &Path, records: &[Seen], more: &[&str]) -> PathBuf {
    let mut table = Table::new("Occurrence", &TERMS);
    for record in records {
        let (latitude, longitude) = record.place;
        table = table.row(&[
            record.id,
            "HumanObservation",
            record.name,
            "2024-01-10",
            latitude,
            longitude,
            "20",
            "FR",
            record.location_id,
            record.municipality,
            record.properties,
            "Étang de l'Or, rive nord, 43.57N",
        ]);
    }
    // A row of media without its record: it goes to quarantine with what it says.
    let media = Table::new("Multimedia", &["occurrenceID", "title"]).row(&["nobody", "zqquarantined"]);
    write_folder(folder, "masked", &[&table, &media]);
    let out = folder.join("out");
    run_with(&[&folder.join("masked")], &out, more).with_status(0);
    out
}

fn public(out: &Path, id: &str) -> Value {
    let rows = sql(out, &format!("SELECT * FROM occurrence WHERE occurrenceID = '{id}'"));
    assert_eq!(rows.len(), 1, "{id}");
    rows[0].clone()
}

/// The columns of a row that are null or absent.
fn blank(row: &Value, columns: &[&str]) {
    for column in columns {
        assert!(row.get(column).is_none_or(Value::is_null), "{column} of {row}");
    }
}

#[test]
fn each_level_tells_its_area_and_nothing_finer() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        seen("commune", "Parnassius apollo", GRENOBLE),
        seen("cell", "Cypripedium calceolus", SAINT_MARTIN),
        seen("department", "Gypaetus barbatus", VIENNE),
        seen("nothing", "Margaritifera margaritifera", PARIS),
        seen("overseas", "Angraecum cornigerum", SAINT_DENIS),
        Seen {
            location_id: "INSEE:38421",
            municipality: "Saint-Martin-d'Hères",
            ..seen("named", "Cypripedium calceolus", ("", ""))
        },
        Seen {
            properties: r#"{"dSPublique": "Pr", "diffusionNiveauPrecision": "2"}"#,
            ..seen("private", "Turdus merula", GRENOBLE)
        },
        seen("free", "Turdus merula", GRENOBLE),
    ];
    let out = run_records(folder.path(), &records, &["--set", "references.commune_year=2025"]);
    let finer = ["footprintWKT", "gridCell5km", "gridCell1km", "nearestCommuneCode", "v_decimalLatitude", "v_locality"];

    // B03
    let row = public(&out, "commune");
    assert_eq!((&row["communeCode"], &row["departmentCode"]), (&"38185".into(), &"38".into()));
    assert_eq!(
        row["dataGeneralizations"],
        "Localisation ramenée à la commune (INSEE 38185, COG 2025) – donnée sensible, niveau 1 SINP"
    );
    assert_eq!(row["locationPrecision"], "XY centroïde commune");
    assert!(row["gridCells10km"].as_array().is_some_and(|cells| cells.len() > 1), "{}", row["gridCells10km"]);
    blank(&row, &finer);

    // B04
    let row = public(&out, "department");
    assert_eq!((&row["departmentCode"], &row["locationPrecision"]), (&"38".into(), &"pas de XY (département)".into()));
    blank(
        &row,
        &["decimalLatitude", "decimalLongitude", "coordinateUncertaintyInMeters", "communeCode", "gridCell10km"],
    );
    blank(&row, &finer);

    // B07, B08, B23
    let row = public(&out, "cell");
    assert_eq!(row["gridCell10km"], "10kmL93E091N645");
    assert!((7_050.0..7_090.0).contains(&row["coordinateUncertaintyInMeters"].as_f64().unwrap()), "{row}");
    blank(&row, &["communeCode", "commune", "municipality", "locality", "v_coordinateUncertaintyInMeters"]);
    blank(&row, &finer);

    // B13: no polygon that is smaller than the cell finds the record by where it is; one that holds the cell finds it.
    let in_box = |latitude: f64, longitude: f64, half: f64| {
        let (south, north, west, east) = (latitude - half, latitude + half, longitude - half, longitude + half);
        let condition =
            format!("decimalLatitude BETWEEN {south} AND {north} AND decimalLongitude BETWEEN {west} AND {east}");
        number(&out, &format!("SELECT count(*) AS n FROM occurrence WHERE occurrenceID = 'cell' AND {condition}"))
    };
    let (latitude, longitude): (f64, f64) = (SAINT_MARTIN.0.parse().unwrap(), SAINT_MARTIN.1.parse().unwrap());
    let centre = ["decimalLatitude", "decimalLongitude"].map(|name| row[name].as_f64().unwrap());
    let mirrored = (2.0 * centre[0] - latitude, 2.0 * centre[1] - longitude);
    assert_eq!(in_box(latitude, longitude, 0.005), 0, "where it is");
    assert_eq!(in_box(mirrored.0, mirrored.1, 0.005), 0, "as everywhere else in the cell");
    assert_eq!(in_box(centre[0], centre[1], 0.07), 1, "in the cell");

    // B10: the commune goes though there are no coordinates to blur.
    let row = public(&out, "named");
    assert_eq!(row["departmentCode"], "38");
    assert_eq!(row["gridCell10km"], "10kmL93E091N645", "the only cell that the commune meets");
    blank(&row, &["communeCode", "commune", "municipality", "v_municipality", "v_locationID"]);
    assert!(row["communeCodes"].is_null() || row["communeCodes"].as_array().is_some_and(Vec::is_empty), "{row}");

    // B22: the cell is one of the layer, its centre in degrees.
    let row = public(&out, "overseas");
    let cell = row["gridCell10km"].as_str().unwrap();
    assert!(cell.starts_with("10kmUTM40E"), "{cell}");
    assert!((-20.98..-20.88).contains(&row["decimalLatitude"].as_f64().unwrap()), "{row}");

    // B24
    let row = public(&out, "private");
    let text = row["dataGeneralizations"].as_str().unwrap();
    assert!(text.contains("donnée privée, niveau de diffusion 2") && !text.contains("sensible"), "{text}");

    // B12, B14: no commune has the species, its cell has.
    let of_species = "SELECT count(*) AS n FROM occurrence WHERE scientificName LIKE 'Cypripedium%' AND ";
    assert_eq!(number(&out, &format!("{of_species} communeCode IS NOT NULL")), 0);
    assert_eq!(number(&out, &format!("{of_species} gridCell10km = '10kmL93E091N645'")), 2);
    // B15
    let communes = number(&out, "SELECT count(communeCode) AS n FROM occurrence WHERE departmentCode = '38'");
    assert!(communes < number(&out, "SELECT count(*) AS n FROM occurrence WHERE departmentCode = '38'"));
}

#[test]
fn s26d_the_name_of_the_stream_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let terms = [
        "occurrenceID",
        "basisOfRecord",
        "scientificName",
        "eventDate",
        "decimalLatitude",
        "decimalLongitude",
        "countryCode",
        "waterBody",
        "locality",
    ];
    let mut table = Table::new("Occurrence", &terms);
    for (id, (latitude, longitude)) in [("stream", BORDEAUX), ("expired", VIENNE)] {
        let (water, locality) = (format!("zqwater{id}"), format!("zqlocality{id}"));
        let name = "Austropotamobius pallipes";
        table = table.row(&[id, "HumanObservation", name, "2000-06-01", latitude, longitude, "FR", &water, &locality]);
    }
    write_folder(folder.path(), "masked", &[&table]);
    let out = folder.path().join("out");
    run_with(&[&folder.path().join("masked")], &out, &[]).with_status(0);
    let row = public(&out, "stream");
    assert_eq!((&row["diffusionLevel"], &row["communeCode"]), (&1.into(), &"33063".into()));
    blank(&row, &["waterBody", "locality", "v_waterBody", "v_locality", "higherGeography"]);
    let exact = sql(&out, "SELECT sensitivityAlert, waterBody, locality FROM occurrence_restricted");
    assert_eq!(
        exact,
        [serde_json::json!({ "sensitivityAlert": true, "waterBody": "zqwaterstream", "locality": "zqlocalitystream" })]
    );
    for (name, path) in tree(&out.join("public")) {
        let text = all_text(&path);
        assert!(!text.contains("zqwaterstream") && !text.contains("zqlocalitystream"), "{name} names the stream");
    }
    // The twenty years of the rule in Isère are over.
    let row = public(&out, "expired");
    assert_eq!((&row["diffusionLevel"], &row["waterBody"]), (&0.into(), &"zqwaterexpired".into()));
}

#[test]
fn s31_a_rule_on_a_department_applies_off_its_coast() {
    let folder = tempfile::tempdir().unwrap();
    // 300 m west of the coast of Gironde as the fixtures have it.
    let records = [seen("offshore", "Liparis loeselii", ("44.8", "-1.2338"))];
    let out = run_records(folder.path(), &records, &[]);
    let exact = "SELECT departmentCode, communeCode, diffusionLevel, sensitivityAlert FROM occurrence_restricted";
    let rows = sql(&out, exact);
    assert_eq!((&rows[0]["diffusionLevel"], &rows[0]["sensitivityAlert"]), (&3.into(), &true.into()), "{rows:?}");
    blank(&rows[0], &["departmentCode", "communeCode"]);
    let row = public(&out, "offshore");
    blank(&row, &["decimalLatitude", "departmentCode", "communeCode", "gridCell10km", "gridCell1km"]);
}

#[test]
fn a_withheld_record_is_in_no_number_and_a_quarantined_row_is_counted_alone() {
    let folder = tempfile::tempdir().unwrap();
    let records = [seen("free", "Turdus merula", GRENOBLE), seen("nothing", "Margaritifera margaritifera", PARIS)];
    let out = run_records(folder.path(), &records, &[]);
    // B05: the box of the metadata is that of what is published.
    let archive =
        tree(&out.join("public/archives")).into_values().find(|path| path.extension().is_some_and(|end| end == "zip"));
    let entries = zip_entries(std::fs::read(archive.unwrap()).unwrap());
    let eml = String::from_utf8(entries["eml.xml"].clone()).unwrap();
    let west = eml.split("<westBoundingCoordinate>").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    assert!((west.parse::<f64>().unwrap() - 5.712).abs() < 0.01, "{west}");
    for part in ["public", "reports"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path);
            // All taxa of TAXREF have a document, with or without records.
            assert!(
                name.starts_with("index/taxa/") || !text.contains("Margaritifera"),
                "{name} names a withheld species"
            );
            // B20
            assert!(!text.contains("zqquarantined"), "{name} tells a row of the quarantine");
        }
    }
    assert_eq!(number(&out, "SELECT count(*) AS n FROM quarantine"), 1);
    let taxa = documents(&out.join("public/index/taxa"));
    let mussel = taxa.iter().find(|taxon| taxon.to_string().contains("Margaritifera margaritifera")).unwrap();
    assert_eq!(mussel["occurrenceCount"], 0, "{mussel}");
}

#[test]
fn a_protected_record_tells_days_and_no_hours() {
    let folder = tempfile::tempdir().unwrap();
    let terms = [
        "occurrenceID",
        "scientificName",
        "eventDate",
        "eventTime",
        "modified",
        "dateIdentified",
        "sex",
        "identificationVerificationStatus",
        "recordedByID",
        "datasetName",
        "decimalLatitude",
        "decimalLongitude",
    ];
    let mut table = Table::new("Occurrence", &terms);
    for (id, name, date, people) in [
        ("instant", "Cypripedium calceolus", "2024-01-10T14:37", "zq"),
        ("hours", "Cypripedium calceolus", "2024-01-10T14:37/2024-01-10T14:52", "zq"),
        ("night", "Cypripedium calceolus", "2024-01-10T14:37/2024-01-11T14:52", "zq"),
        ("days", "Cypripedium calceolus", "2024-01-10/2024-01-12", "zq"),
        ("free", "Turdus merula", "2024-01-10T14:38", "https://orcid.org/0000-0002-1825-0097"),
    ] {
        let is_free = id == "free";
        let told = |text: &'static str| if is_free { "probable" } else { text };
        table = table.row(&[
            id,
            name,
            date,
            if is_free { "14:38" } else { "14:37" },
            if is_free { "2024-02-01T09:00" } else { "2024-02-01T14:37" },
            "2024-01-20",
            told("femelle zqsex"),
            told("zqverified"),
            people,
            told("zqdataset"),
            SAINT_MARTIN.0,
            SAINT_MARTIN.1,
        ]);
    }
    write_folder(folder.path(), "masked", &[&table]);
    let out = folder.path().join("out");
    run_with(&[&folder.path().join("masked")], &out, &[]).with_status(0);
    let dates = |id: &str| {
        let columns = "eventDate, eventDateStart, eventDateEnd, datePrecision, modified, v_eventDate";
        let rows = sql(&out, &format!("SELECT {columns} FROM occurrence WHERE occurrenceID = '{id}'"));
        let cell = |name: &str| rows[0].get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
        columns.split(", ").map(cell).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(dates("instant"), "2024-01-10 2024-01-10T00:00:00 2024-01-10T23:59:59.999 DAY 2024-02-01 -");
    assert_eq!(dates("hours"), "2024-01-10 2024-01-10T00:00:00 2024-01-10T23:59:59.999 DAY 2024-02-01 -");
    assert_eq!(
        dates("night"),
        "2024-01-10/2024-01-11 2024-01-10T00:00:00 2024-01-11T23:59:59.999 DAY_RANGE 2024-02-01 -"
    );
    let days =
        "2024-01-10/2024-01-12 2024-01-10T00:00:00 2024-01-12T23:59:59.999 DAY_RANGE 2024-02-01 2024-01-10/2024-01-12";
    assert_eq!(dates("days"), days);
    assert!(dates("free").starts_with("2024-01-10T14:38 2024-01-10T14:38:00 "), "{}", dates("free"));
    for (name, path) in tree(&out.join("public")) {
        let text = all_text(&path);
        for secret in ["14:37", "14:52", "T14:3", "zqsex", "zqverified", "zqdataset"] {
            let of_the_free = secret == "T14:3" && text.contains("T14:38");
            assert!(!text.contains(secret) || of_the_free, "{name} tells {secret}");
        }
    }
}

#[test]
fn the_country_of_a_masked_record_is_that_of_its_area() {
    let folder = tempfile::tempdir().unwrap();
    let terms = ["occurrenceID", "scientificName", "decimalLatitude", "decimalLongitude", "countryCode"];
    let table = Table::new("Occurrence", &terms)
        .row(&["named", "Angraecum cornigerum", SAINT_DENIS.0, SAINT_DENIS.1, "FR"])
        .row(&["unnamed", "Angraecum cornigerum", SAINT_DENIS.0, SAINT_DENIS.1, ""])
        .row(&["nowhere", "Angraecum cornigerum", "", "", "FR"]);
    write_folder(folder.path(), "masked", &[&table]);
    let out = folder.path().join("out");
    run_with(&[&folder.path().join("masked")], &out, &[]).with_status(0);
    for (id, code, continent) in [("named", "RE", "AFRICA"), ("unnamed", "RE", "AFRICA"), ("nowhere", "FR", "EUROPE")] {
        let row = public(&out, id);
        assert_eq!((&row["countryCode"], &row["continent"]), (&code.into(), &continent.into()), "{row}");
    }
}

#[test]
fn keys_made_from_what_is_hidden_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let terms =
        ["institutionCode", "collectionCode", "catalogNumber", "scientificName", "decimalLatitude", "decimalLongitude"];
    let table =
        |name: &str| Table::new("Occurrence", &terms).row(&["MNHN", "P", "P1", name, SAINT_MARTIN.0, SAINT_MARTIN.1]);
    let warned = |name: &str| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        write_folder(&folder, "masked", &[&table(name)]);
        let out = folder.join("out");
        run_with(&[&folder.join("masked")], &out, &[]).with_status(0);
        std::fs::read_to_string(out.join("reports/latest/run.json"))
            .unwrap()
            .contains("keys of records are made from catalogNumber")
    };
    assert!(warned("Cypripedium calceolus"));
    assert!(!warned("Turdus merula"), "nothing of it is hidden");
}

#[test]
fn s47_a_day_later_nothing_is_different_if_no_rule_ends() {
    let folder = tempfile::tempdir().unwrap();
    let public = |name: &str, date: &str| {
        let folder = folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let records = [seen("cell", "Cypripedium calceolus", SAINT_MARTIN), seen("free", "Turdus merula", GRENOBLE)];
        let out = run_records(&folder, &records, &["--date", date]);
        std::fs::read(out.join("public/occurrence/datasetKey=masked/part-00000.parquet")).unwrap()
    };
    assert!(public("one", "2025-09-15") == public("two", "2025-09-16"));
}

#[test]
fn s44_a_rule_on_a_withdrawn_taxon_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.csv");
    std::fs::write(&rules, "CD_DEPT;CD_NOM;CD_SENSIBILITE\n38;16;3\n38;94041;2\n").unwrap();
    let table = Table::new("Occurrence", &TERMS[..3]).row(&["o1", "HumanObservation", "Turdus merula"]);
    write_folder(folder.path(), "masked", &[&table]);
    let out = folder.path().join("out");
    let setting = format!("references.sensitivity={}", rules.display());
    let ended = run_with(&[&folder.path().join("masked")], &out, &["--set", &setting]).with_status(2);
    assert!(ended.stderr.contains("rules.csv:2") && ended.stderr.contains("16"), "{}", ended.stderr);
    assert!(!out.join("public").exists());
}
