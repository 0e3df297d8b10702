//! What a protected record could be guessed from: records of the same name, words that are no values, counts, and columns that
//! follow from the place.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::archive::{Table, write_folder};
use crate::outputs::{all_text, assert_same_trees, dataset, run_json, tree};
use crate::program::{number, openobs, run_with, sql, text};
use crate::records::{GRENOBLE, SAINT_MARTIN, VIENNE};

const TERMS: [&str; 7] = [
    "occurrenceID",
    "scientificName",
    "decimalLatitude",
    "decimalLongitude",
    "eventDate",
    "basisOfRecord",
    "dynamicProperties",
];

/// Records of these names and properties at one place in winter.
fn write(folder: &Path, place: (&str, &str), records: &[(&str, &str, &str)]) -> PathBuf {
    let mut table = Table::new("Occurrence", &TERMS);
    for (id, name, properties) in records {
        table = table.row(&[id, name, place.0, place.1, "2024-01-10", "HumanObservation", properties]);
    }
    write_folder(folder, "records", &[&table])
}

fn run(folder: &Path, records: &[(&str, &str, &str)], more: &[&str]) -> PathBuf {
    let (archive, out) = (write(folder, SAINT_MARTIN, records), folder.join("out"));
    run_with(&[&archive], &out, more).with_status(0);
    out
}

/// The only public row of a condition.
fn public(out: &Path, condition: &str) -> Value {
    let rows = sql(out, &format!("SELECT * FROM occurrence WHERE {condition}"));
    assert_eq!(rows.len(), 1, "{condition}: {rows:?}");
    rows[0].clone()
}

#[test]
fn records_of_one_identifier_are_shown_as_the_strictest_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        // Masked, and free under the same name; the same with the free one first.
        ("A", "Turdus merula", ""),
        ("A", "Cypripedium calceolus", ""),
        ("B", "Cypripedium calceolus", ""),
        ("B", "Turdus merula", ""),
        // Not shown at all, for what it is or because its producer says so.
        ("C", "Margaritifera margaritifera", ""),
        ("C", "Turdus merula", ""),
        ("D", "Turdus merula", r#"{"diffusionGP": "false"}"#),
        ("D", "Turdus merula", ""),
        // Without a taxon, and so shown at its commune.
        ("E", "Aus bus", ""),
        ("E", "Turdus merula", ""),
        ("F", "Turdus merula", ""),
        ("F", "Turdus merula", ""),
        ("G", "Turdus merula", ""),
    ];
    // One record a shard: names reach across files.
    let out = run(folder.path(), &records, &["--set", "run.shard_rows=1"]);
    let levels =
        "SELECT occurrenceID, diffusionLevel, count(*) AS n FROM occurrence_restricted GROUP BY 1, 2 ORDER BY 1, 2";
    let levels: Vec<(String, i64, u64)> = sql(&out, levels)
        .iter()
        .map(|row| {
            let id = row["occurrenceID"].as_str().unwrap().to_owned();
            (id, row["diffusionLevel"].as_i64().unwrap(), row["n"].as_u64().unwrap())
        })
        .collect();
    let expected = [("A", 2, 2), ("B", 2, 2), ("C", 4, 2), ("D", 4, 2), ("E", 1, 2)];
    assert_eq!(levels, expected.map(|(id, level, n)| (id.to_owned(), level, n)));
    let exact = "SELECT count(*) AS n FROM occurrence WHERE decimalLatitude = 45.171283";
    assert_eq!(number(&out, exact), 3, "records that share a name and are free stay free");
}

#[test]
fn an_occurrence_id_is_a_name_where_something_else_is_the_unique_key() {
    let folder = tempfile::tempdir().unwrap();
    let registry = folder.path().join("registry.toml");
    std::fs::write(
        &registry,
        "[[dataset]]\nkey = \"records\"\narchive = \"records\"\nunique_key_terms = [\"catalogNumber\"]\n",
    )
    .unwrap();
    let terms =
        ["occurrenceID", "catalogNumber", "scientificName", "decimalLatitude", "decimalLongitude", "basisOfRecord"];
    let (latitude, longitude) = SAINT_MARTIN;
    let row = |table: Table, id: &str, catalog: &str, name: &str| {
        table.row(&[id, catalog, name, latitude, longitude, "HumanObservation"])
    };
    let mut table = row(Table::new("Occurrence", &terms), "A", "1", "Turdus merula");
    table = row(table, "A", "2", "Cypripedium calceolus");
    table = row(table, "B", "3", "Turdus merula");
    let archive = write_folder(folder.path(), "records", &[&table]);
    let out = folder.path().join("out");
    run_with(&[&archive], &out, &["--set", &format!("registry={}", registry.display())]).with_status(0);
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence WHERE diffusionLevel = 2 AND occurrenceID = 'A'"), 2);
    assert_eq!(number(&out, "SELECT count(*) AS n FROM occurrence WHERE diffusionLevel = 0"), 1);
}

#[test]
fn a_raised_record_looks_like_the_one_that_raised_it() {
    let folder = tempfile::tempdir().unwrap();
    let grouped = |group: &str, more: &str| format!(r#"{{"idSINPRegroupement": "{group}"{more}}}"#);
    let (rule, declared, private, wish) =
        (grouped("rule", ""), grouped("declared", ""), grouped("private", ""), grouped("wish", ""));
    let by_producer =
        grouped("declared", r#", "sensiNiveau": "3", "sensiReferentiel": "Liste", "sensiVersionReferentiel": "2""#);
    let of_owner = grouped("private", r#", "dSPublique": "Pr", "diffusionNiveauPrecision": "2""#);
    let of_wish = grouped("wish", r#", "diffusionNiveauPrecision": "2""#);
    let records = [
        ("rule", "Cypripedium calceolus", rule.as_str()),
        ("rule-with", "Turdus merula", &rule),
        ("declared", "Turdus merula", &by_producer),
        ("declared-with", "Turdus merula", &declared),
        ("private", "Turdus merula", &of_owner),
        ("private-with", "Turdus merula", &private),
        ("wish", "Turdus merula", &of_wish),
        ("wish-with", "Turdus merula", &wish),
    ];
    let out = run(folder.path(), &records, &[]);
    let about = "sensitivityLevel, diffusionLevel, sensitivityReferential, privateData, dataGeneralizations";
    for (id, referential, reason) in [
        ("rule", Value::from("sensitivity.csv (TAXREF v18)"), "donnée sensible, niveau 2 SINP"),
        ("declared", Value::from("Liste 2"), "donnée sensible, niveau 3 SINP"),
        ("private", Value::Null, "donnée privée, niveau de diffusion 2"),
        ("wish", Value::Null, "diffusion restreinte, niveau de diffusion 2"),
    ] {
        let query = format!("SELECT {about} FROM occurrence WHERE occurrenceID IN ('{id}', '{id}-with')");
        let rows = sql(&out, &query);
        assert_eq!((rows.len(), &rows[0]), (2, &rows[1]), "{id}");
        assert_eq!(rows[0].get("sensitivityReferential").cloned().unwrap_or_default(), referential, "{id}");
        assert!(rows[0]["dataGeneralizations"].as_str().unwrap().ends_with(reason), "{}", rows[0]);
    }
}

#[test]
fn words_that_are_no_values_of_their_terms_are_not_public() {
    let terms = [
        "occurrenceID",
        "scientificName",
        "decimalLatitude",
        "decimalLongitude",
        "eventDate",
        "individualCount",
        "sex",
        "lifeStage",
        "year",
        "month",
        "day",
        "countryCode",
        "country",
        "occurrenceStatus",
        "basisOfRecord",
        "license",
        "typeStatus",
        "organismQuantityType",
        "identificationVerificationStatus",
        "taxonRank",
        "kingdom",
        "genus",
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut table = Table::new("Occurrence", &terms);
    for (id, name) in [("hidden", "Cypripedium calceolus"), ("free", "Turdus merula")] {
        let mut cells = vec![id.to_owned(), name.to_owned(), SAINT_MARTIN.0.to_owned(), SAINT_MARTIN.1.to_owned()];
        cells.push("2024-01-10".to_owned());
        cells.extend(terms[5..].iter().map(|term| format!("2 juv., gîte du pont zq{term}{id}")));
        table.push(cells);
    }
    let archive = write_folder(folder.path(), "records", &[&table]);
    let out = folder.path().join("out");
    run_with(&[&archive], &out, &[]).with_status(0);
    let mut free = String::new();
    for part in ["public", "reports"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path);
            for term in &terms[5..] {
                assert!(!text.contains(&format!("zq{term}hidden")), "{name} tells what stands in {term}");
            }
            free.push_str(&text);
        }
    }
    assert!(
        terms[5..].iter().all(|term| free.contains(&format!("zq{term}free"))),
        "the same words of a free record are"
    );
}

#[test]
fn reports_count_what_is_public() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        // An alert, a place without a datum, an empty key: what protected records are flagged for.
        ("hidden", "Cypripedium calceolus", ""),
        ("zqmussel", "Margaritifera margaritifera", ""),
        ("zqvulture", "Gypaetus barbattus", ""),
        ("free", "Turdus merula", ""),
    ];
    let out = run(folder.path(), &records, &["--set", "interpretation.living_atlas_issues=true"]);
    let told = "SELECT issue, count(*) AS n FROM (SELECT unnest(issues) AS issue FROM occurrence) GROUP BY 1";
    let public: serde_json::Map<String, Value> =
        sql(&out, told).iter().map(|row| (row["issue"].as_str().unwrap().to_owned(), row["n"].clone())).collect();
    let report = run_json(&out);
    let counted = dataset(&report, "records")["counts"]["issues"].clone();
    assert_eq!(counted, Value::Object(public));
    assert_eq!(counted["GEODETIC_DATUM_ASSUMED_WGS84"], 1, "{counted}");
    // The exact rows have more, so that there is something to hide.
    let exact =
        "SELECT count(*) AS n FROM occurrence_restricted WHERE array_has(issues, 'GEODETIC_DATUM_ASSUMED_WGS84')";
    assert_eq!(number(&out, exact), 3);
    let row = public_issues(&out, "hidden");
    for of_place in ["MISSING_GEODETICDATUM", "MISSING_GEOREFERENCEDBY", "SENSITIVITY_ALERT", "SINP_CODE_INVALID"] {
        assert!(!row.contains(&of_place.to_owned()), "{row:?}");
    }
}

fn public_issues(out: &Path, id: &str) -> Vec<String> {
    let row = public(out, &format!("occurrenceID = '{id}'"));
    row["issues"].as_array().unwrap().iter().map(|issue| issue.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_country_of_a_protected_record_does_not_follow_from_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let level = r#"{"sensiNiveau": "3"}"#;
    // In the department or out at sea, but nearer to the coast or farther: no country is given.
    let run_at = |name: &str, land: (&str, &str), sea: (&str, &str)| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        let mut table = Table::new("Occurrence", &TERMS);
        for (id, place) in [("land", land), ("sea", sea)] {
            table = table.row(&[id, "Turdus merula", place.0, place.1, "2024-01-10", "HumanObservation", level]);
        }
        let archive = write_folder(&folder, "records", &[&table]);
        let out = folder.join("out");
        run_with(&[&archive], &out, &[]).with_status(0);
        out
    };
    let near = run_at("near", GRENOBLE, ("44.84", "-1.28"));
    let far = run_at("far", VIENNE, ("44.84", "-9.5"));
    let exact = "SELECT countryCode FROM occurrence_restricted WHERE occurrenceID = 'sea'";
    assert_ne!(sql(&near, exact), sql(&far, exact), "the exact rows differ");
    let (land, sea) = (public(&near, "occurrenceID = 'land'"), public(&near, "occurrenceID = 'sea'"));
    assert_eq!((&land["departmentCode"], &land["countryCode"]), (&"38".into(), &"FR".into()));
    for column in ["countryCode", "country", "continent", "gbifRegion", "departmentCode"] {
        assert!(sea.get(column).is_none_or(Value::is_null), "{column} of {sea}");
    }
    assert_same_trees(&near.join("public"), &far.join("public"));
}

#[test]
fn what_may_have_been_blurred_has_no_commune_of_its_middle() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        ("precise", "Turdus merula", ""),
        ("blurred", "Turdus merula", r#"{"dEEFloutage": "OUI"}"#),
        ("unreadable", "Turdus merula", r#"{"dEEFloutage": "un peu"}"#),
        ("twice", "Turdus merula", r#"{"dEEFloutage": "OUI", "dEEFloutage": "NON"}"#),
        ("listed", "Turdus merula", r#"{"dEEFloutage": ["OUI"]}"#),
    ];
    let out = run(folder.path(), &records, &[]);
    for (id, ..) in records {
        let row = public(&out, &format!("occurrenceID = '{id}'"));
        assert_eq!(row["departmentCode"], "38", "{row}");
        let is_fine = row.get("communeCode").is_some_and(|code| !code.is_null());
        assert_eq!(is_fine, id == "precise", "{row}");
    }
}

#[test]
fn a_run_without_a_referential_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let archive = write(folder.path(), SAINT_MARTIN, &[("a", "Turdus merula", "")]);
    let out = folder.path().join("out");
    let arguments = ["run", &text(&archive), "--out", &text(&out)];
    let ended = openobs(&arguments).with_status(0);
    let said = "no sensitivity referential is configured";
    assert!(ended.stderr.contains(said) && ended.stderr.contains("references.sensitivity"), "{}", ended.stderr);
    assert!(run_json(&out)["warnings"][0].as_str().unwrap().contains(said));
    assert!(std::fs::read_to_string(out.join("reports/latest/index.html")).unwrap().contains(said));
    let with = folder.path().join("with");
    let ended = run_with(&[&archive], &with, &[]).with_status(0);
    assert!(!ended.stderr.contains(said));
    assert_eq!(run_json(&with)["warnings"], serde_json::json!([]));
}
