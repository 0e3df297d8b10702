//! Reference data: layers that are prepared give what the layers they were made of give, and their source is named.

use std::path::Path;

use serde_json::Value;

use crate::outputs::{assert_same_trees, zip_entries};
use crate::program::{openobs, openobs_with_references, quickstart, repository, run, run_with, text};

/// Prepares the layers of the fixtures in a folder.
fn prepare(folder: &Path, more: &[&str]) -> Vec<String> {
    let mut settings = Vec::new();
    for (layer, kind) in
        [("departments", "departments"), ("communes", "communes"), ("countries", "countries"), ("grid", "grid")]
    {
        let source = text(&repository().join(format!("fixtures/reference/{layer}.geojson")));
        let out = text(&folder.join(format!("{layer}.parquet")));
        let arguments = ["reference", "areas", &source, "--out", &out, "--for", kind, "--json"];
        let ended = openobs(&[&arguments, more].concat()).with_status(0);
        let summary: Value = serde_json::from_str(&ended.stdout).unwrap();
        // Spain is given in two parts, and nothing else is to be told.
        let problems = summary["problems"].as_array().unwrap();
        assert!(
            problems.iter().all(|problem| problem["kind"] == "repeatedCode" && problem["code"] == "ES"),
            "{summary}"
        );
        settings.extend(["--set".to_owned(), format!("references.{layer}={out}")]);
    }
    settings
}

#[test]
fn a_prepared_layer_gives_what_its_source_gives() {
    let folder = tempfile::tempdir().unwrap();
    let archive = repository().join("fixtures/archives/carnets-naturalistes");
    let (plain, with_prepared) = (folder.path().join("plain"), folder.path().join("prepared"));
    run(&[&archive], &plain).with_status(0);
    let settings = prepare(folder.path(), &[]);
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    run_with(&[&archive], &with_prepared, &settings).with_status(0);
    assert_same_trees(&plain.join("public"), &with_prepared.join("public"));
}

#[test]
fn the_source_of_reference_data_is_named_wherever_it_was_used() {
    let folder = tempfile::tempdir().unwrap();
    let archive = repository().join("fixtures/archives/carnets-naturalistes");
    let out = folder.path().join("out");
    let provenance = [
        "--title",
        "Areas & cells",
        "--version",
        "2025",
        "--license",
        "ODbL 1.0",
        "--source",
        "© OpenStreetMap contributors",
    ];
    let settings = prepare(folder.path(), &provenance);
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    run_with(&[&archive], &out, &settings).with_status(0);

    let report: Value = serde_json::from_slice(&std::fs::read(out.join("reports/latest/run.json")).unwrap()).unwrap();
    let sources = report["references"].as_array().unwrap();
    let of = |setting: &str| sources.iter().find(|source| source["setting"] == setting).unwrap();
    let communes = of("references.communes");
    assert_eq!((&communes["license"], &communes["version"]), (&"ODbL 1.0".into(), &"2025".into()));
    assert_eq!(of("references.taxref")["license"], "Licence Ouverte / Open Licence 2.0 (Etalab)");
    let page = std::fs::read_to_string(out.join("reports/latest/index.html")).unwrap();
    assert!(page.contains("Areas &amp; cells 2025, © OpenStreetMap contributors"));

    let said = "Areas & cells, 2025, © OpenStreetMap contributors. ODbL 1.0.";
    let list: Value = serde_json::from_slice(&std::fs::read(out.join("public/archives/index.json")).unwrap()).unwrap();
    let attributions = list[0]["attributions"].as_array().unwrap();
    assert_eq!(attributions.iter().filter(|attribution| *attribution == said).count(), 1, "{attributions:?}");
    let name = list[0]["name"].as_str().unwrap();
    let entries = zip_entries(std::fs::read(out.join(format!("public/archives/{name}.zip"))).unwrap());
    let eml = String::from_utf8(entries["eml.xml"].clone()).unwrap();
    assert!(eml.contains("<para>Areas &amp; cells, 2025, © OpenStreetMap contributors. ODbL 1.0.</para>"), "{eml}");
    assert!(
        eml.find("</abstract>") < eml.find("<additionalInfo>") && eml.find("</additionalInfo>") < eml.find("<contact>")
    );
}

#[test]
fn the_check_says_what_is_missing() {
    let ended = openobs_with_references(&["reference", "check"]).with_status(1);
    assert!(ended.stdout.contains("MISSING  marine_areas"), "{}", ended.stdout);
    assert!(ended.stdout.contains("npm: @geo-maps/countries-maritime-10m 0.6.0"), "{}", ended.stdout);
    assert!(ended.stdout.contains("fine     taxref"), "{}", ended.stdout);
    let ended = openobs_with_references(&["reference", "check", "--json"]).with_status(1);
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(answer["complete"], false);
    assert_eq!(answer["references"][0]["version"], "v18");
    openobs(&["reference", "check", "--config", &quickstart(), "--set", "references.communs=a"]).with_status(2);
}

#[test]
fn what_cannot_be_prepared_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("areas.geojson");
    std::fs::write(
        &source,
        r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"INSEE": "38"},
            "geometry": {"type": "Point", "coordinates": [5, 45]}}]}"#,
    )
    .unwrap();
    let source = text(&source);
    let out = text(&folder.path().join("areas.parquet"));
    let message = |arguments: &[&str]| {
        let ended = openobs(&[&["reference", "areas"], arguments].concat()).with_status(2);
        ended.stderr.replace(&text(folder.path()), "FOLDER")
    };
    insta::assert_snapshot!(message(&[&source, "--out", "areas.shp"]), @"openobs: a layer is written as Parquet, not as areas.shp; give --out a name that ends with .parquet");
    insta::assert_snapshot!(message(&[&source, "--out", &out]), @"openobs: no feature of the layer has a property code, code_insee, INSEE_DEP, insee_dep, code_dept, CODE_DEPT, INSEE_COM, insee_com, iso_a2, ISO_A2, ISO2, iso2, ISO_TER1, iso_ter1, ISO_SOV1, iso_sov1, cd_sig, CD_SIG (file FOLDER/areas.geojson); name one of INSEE with --code");
    insta::assert_snapshot!(message(&[&source, "--out", &out, "--code", "INSEE"]), @"openobs: features cannot be areas: feature 1 (38) is no polygon but a point (file FOLDER/areas.geojson); correct them, give another --crs, or leave them out with --leave-out");
    insta::assert_snapshot!(message(&["no/such.shp", "--out", &out]), @"openobs: a reference file cannot be read: No such file or directory (os error 2) (file no/such.shp)");
    insta::assert_snapshot!(message(&["areas.kml", "--out", &out]), @"openobs: the format of the file is not known by the ending of its name (file areas.kml); give a .geojson, .json, .topojson (or .gz), .fgb, .parquet, .shp, .gpkg or .zip file; unpack a .7z first");
    assert!(!folder.path().join("areas.parquet").exists());

    let list = folder.path().join("communes.json");
    std::fs::write(
        &list,
        r#"[{"code": "01015", "nom": "Arboys en Bugey", "type": "commune-actuelle", "anciensCodes": ["01340"]},
            {"code": "01340", "nom": "Saint-Bois", "type": "commune-deleguee", "chefLieu": "01015"}]"#,
    )
    .unwrap();
    let out = folder.path().join("history.csv");
    openobs(&["reference", "communes", &text(&list), "--out", &text(&out)]).with_status(0);
    assert_eq!(std::fs::read_to_string(out).unwrap(), "code,current_code,name,from\n01340,01015,Saint-Bois,\n");
}
