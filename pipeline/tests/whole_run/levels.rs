//! Levels as the configuration has them: the scheme of meshes, and tables that are wrong.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::archive::{Table, write_folder};
use crate::outputs::{all_text, assert_same_trees, documents, tree};
use crate::program::{openobs_with_references, repository, run_with, sql, text};
use crate::records::{GRENOBLE, PARIS, SAINT_DENIS, SAINT_MARTIN, VIENNE};

const RULES: &str = "CD_DEPT;CD_NOM;NOM_CITE;CD_SENSIBILITE\n\
                     38;54496;Parnassius apollo;M1\n\
                     38;94041;Cypripedium calceolus;M2\n\
                     38;2852;Gypaetus barbatus;M5\n\
                     38;60577;Canis lupus;M10\n\
                     38;79306;Felis silvestris;M20\n\
                     38;60826;Ursus arctos;M50\n\
                     38;61212;Castor fiber;D\n\
                     974;705827;Angraecum cornigerum;M2\n\
                     ;64435;Margaritifera margaritifera;X\n";

/// Records of every level, each with a token in its locality; those of the cells stand at `places`.
fn run_meshes(folder: &Path, places: [(&str, &str); 3]) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let rules = folder.join("rules.csv");
    std::fs::write(&rules, RULES).unwrap();
    let terms = [
        "occurrenceID",
        "basisOfRecord",
        "scientificName",
        "eventDate",
        "decimalLatitude",
        "decimalLongitude",
        "countryCode",
        "locality",
        "dynamicProperties",
    ];
    let mut table = Table::new("Occurrence", &terms);
    let [near, middle, far] = places;
    for (id, name, (latitude, longitude), properties) in [
        ("m1", "Parnassius apollo", near, ""),
        ("m2", "Cypripedium calceolus", near, ""),
        ("m5", "Gypaetus barbatus", middle, ""),
        ("m10", "Canis lupus", middle, ""),
        ("m20", "Felis silvestris", far, ""),
        ("m50", "Ursus arctos", far, ""),
        ("department", "Castor fiber", VIENNE, ""),
        ("overseas", "Angraecum cornigerum", SAINT_DENIS, ""),
        ("nothing", "Margaritifera margaritifera", PARIS, ""),
        // By the scheme of producers, and by the wish of an owner.
        ("declared", "Turdus merula", GRENOBLE, r#"{"sensiNiveau": "2"}"#),
        ("private", "Turdus merula", GRENOBLE, r#"{"dSPublique": "Pr", "diffusionNiveauPrecision": "1"}"#),
        ("free", "Turdus merula", GRENOBLE, ""),
    ] {
        let locality = format!("zqlocality{id}{latitude}");
        let cells = [id, "HumanObservation", name, "2024-06-10", latitude, longitude, "FR", &locality, properties];
        table = table.row(&cells);
    }
    write_folder(folder, "meshes", &[&table]);
    let out = folder.join("out");
    let (mesh, rules) = (text(&repository().join("configs/levels-mesh.toml")), text(&rules));
    let more = ["--config", &mesh, "--set", &format!("references.sensitivity={rules}")];
    // The files of the fixtures come last, and have no levels.
    run_with(&[&folder.join("meshes")], &out, &more).with_status(0);
    out
}

fn public(out: &Path) -> Vec<Value> {
    sql(out, "SELECT * FROM occurrence ORDER BY occurrenceID")
}

#[test]
fn levels_by_mesh_publish_cells_of_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let out = run_meshes(folder.path(), [SAINT_MARTIN; 3]);
    let rows = public(&out);
    let row = |id: &str| rows.iter().find(|row| row["occurrenceID"] == id).unwrap_or_else(|| panic!("{id}"));
    let or_null = |row: &Value, name: &str| row.get(name).cloned().unwrap_or(Value::Null);
    for (id, rank, side, code, ten, five, one) in [
        (
            "m1",
            1,
            1,
            "1kmL93E0917N6456",
            json!("10kmL93E091N645"),
            json!("5kmL93E0915N6455"),
            json!("1kmL93E0917N6456"),
        ),
        ("m2", 2, 2, "2kmL93E916N6456", json!("10kmL93E091N645"), json!("5kmL93E0915N6455"), Value::Null),
        ("m5", 3, 5, "5kmL93E0915N6455", json!("10kmL93E091N645"), json!("5kmL93E0915N6455"), Value::Null),
        ("m10", 4, 10, "10kmL93E091N645", json!("10kmL93E091N645"), Value::Null, Value::Null),
        ("m20", 5, 20, "20kmL93E090N644", Value::Null, Value::Null, Value::Null),
        ("m50", 6, 50, "50kmL93E090N645", Value::Null, Value::Null, Value::Null),
    ] {
        let row = row(id);
        assert_eq!((&row["sensitivityLevel"], &row["diffusionLevel"]), (&json!(rank), &json!(rank)), "{id}");
        let text = row["dataGeneralizations"].as_str().unwrap();
        let expected = format!("Localisation ramenée à la maille {side} x {side} km {code} – donnée sensible, niveau ");
        assert!(text.starts_with(&expected), "{text}");
        let cells = ["gridCell10km", "gridCell5km", "gridCell1km"].map(|name| or_null(row, name));
        assert_eq!(cells, [ten, five, one], "{id}");
        // Half of the diagonal of the cell.
        let radius = row["coordinateUncertaintyInMeters"].as_f64().unwrap();
        let expected = f64::from(side) * 707.11;
        assert!((radius - expected).abs() < expected * 0.005, "{id}: {radius}");
        for finer in ["communeCode", "commune", "locality", "v_locality", "v_decimalLatitude", "municipality"] {
            assert_eq!(or_null(row, finer), Value::Null, "{finer} of {id}");
        }
    }
    // A cell tells the departments that it meets: of those in the layer, Isère alone.
    for id in ["m5", "m50"] {
        assert_eq!((&row(id)["departmentCode"], &row(id)["departmentCodes"]), (&json!("38"), &json!(["38"])), "{id}");
    }
    assert_eq!(
        (&row("m50")["region"], row("m50")["gridCells10km"].as_array().unwrap().len()),
        (&json!("Auvergne-Rhône-Alpes"), 25)
    );
    let department = row("department");
    assert_eq!(
        department["dataGeneralizations"],
        "Localisation ramenée au département 38 – donnée sensible, niveau départemental"
    );
    assert_eq!(or_null(department, "decimalLatitude"), Value::Null);
    // Cells of 2 km are not known overseas: that of 10 km is the next.
    assert!(row("overseas")["gridCell10km"].as_str().unwrap().starts_with("10kmUTM40"), "{}", row("overseas"));
    assert!(row("overseas")["dataGeneralizations"].as_str().unwrap().ends_with("niveau M2 SINP"));
    // Level 2 of the older scheme is the mesh of 10 km; a wish for the commune the first that is no finer.
    assert_eq!((&row("declared")["diffusionLevel"], &row("private")["diffusionLevel"]), (&json!(4), &json!(3)));
    assert!(row("private")["dataGeneralizations"].as_str().unwrap().ends_with("donnée privée, niveau de diffusion M5"));
    assert!(row("free")["decimalLatitude"].as_f64().is_some());
    assert!(rows.iter().all(|row| row["occurrenceID"] != "nothing"));
    let documents = documents(&out.join("public/index/datasetKey=meshes"));
    assert_eq!(documents.len(), 11);
    let m5 = documents.iter().find(|document| document["occurrenceID"] == "m5").unwrap();
    assert_eq!((&m5["codeMaille5Km"], &m5["codeMaille10Km"]), (&json!("5kmL93E0915N6455"), &json!("10kmL93E091N645")));
    for part in ["public", "reports"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path);
            for id in ["m1", "m2", "m5", "m10", "m20", "m50", "department", "overseas", "nothing", "declared"] {
                assert!(!text.contains(&format!("zqlocality{id}")), "{name} tells where {id} is");
            }
        }
    }
}

#[test]
fn where_a_record_is_inside_its_mesh_cannot_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    // In the same cell of 1 km, of 5 km, and of 20 km as well as 50 km.
    let one = run_meshes(&folder.path().join("one"), [SAINT_MARTIN; 3]);
    let moved = [("45.17", "5.7705"), ("45.19", "5.78"), ("45.15", "5.66")];
    let two = run_meshes(&folder.path().join("two"), moved);
    let exact = "SELECT occurrenceID FROM occurrence_restricted WHERE decimalLatitude < 45.1713 ORDER BY 1";
    assert_ne!(sql(&one, exact), sql(&two, exact));
    assert_same_trees(&one.join("public"), &two.join("public"));
}

#[test]
fn a_table_of_levels_that_is_wrong_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let table = Table::new("Occurrence", &["occurrenceID", "scientificName"]).row(&["o1", "Turdus merula"]);
    write_folder(folder.path(), "few", &[&table]);
    let level = |code: &str, rank: &str, area: &str| {
        format!("[[level]]\ncode = \"{code}\"\nrank = {rank}\narea = \"{area}\"\n")
    };
    let precise = level("0", "0", "precise");
    let withheld = level("4", "4", "withheld");
    for (wrong, line, message, remedy) in [
        (
            precise.clone() + &level("1", "2", "commune") + &level("2", "2", "10km") + &withheld,
            9,
            "two levels of rank 2",
            "rank of its own",
        ),
        (
            precise.clone() + &level("1", "1", "commune") + &level("1", "2", "10km") + &withheld,
            9,
            "two levels with the code `1`",
            "code",
        ),
        (level("1", "1", "commune") + &withheld, 1, "no level of rank 0 with the area `precise`", "from 0"),
        (precise.clone() + &level("1", "1", "commune"), 1, "no level with the area `withheld`", "highest"),
        (
            precise.clone() + &level("1", "1", "parish") + &withheld,
            8,
            "`area` in level 2 that is `parish`",
            "`department`",
        ),
        (precise.clone() + &level("1", "1", "precise") + &withheld, 5, "`precise` at rank 1", "from 0"),
        (
            precise.clone() + "[[level]]\ncode = \"1\"\nrnk = 1\narea = \"commune\"\n" + &withheld,
            7,
            "unknown key `rnk` in level 2",
            "did you mean `rank`?",
        ),
        (
            precise.clone() + "[[level]]\ncode = \"1\"\narea = \"commune\"\n" + &withheld,
            5,
            "no `rank` in level 2",
            "give a `rank`",
        ),
        ("level = 3\n".to_owned(), 1, "`level` is `3`", "`[[level]]` tables"),
    ] {
        let file = folder.path().join("levels.toml");
        std::fs::write(&file, &wrong).unwrap();
        let out = folder.path().join("out");
        let ended = run_with(&[&folder.path().join("few")], &out, &["--config", &text(&file)]).with_status(2);
        let place = format!("levels.toml:{line})");
        for part in [message, remedy, &place] {
            assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
        }
        assert!(!out.exists());
    }
    let ended = openobs_with_references(&["config", "--json"]).with_status(0);
    assert!(ended.stdout.contains("\"withheld\""));
}
