#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn settings(flags: &[(&str, &str)]) -> Settings {
    let flags: Vec<(String, String)> =
        flags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Settings::load(&[], std::iter::empty(), &flags).unwrap()
}

fn row(rows: &[Checked], setting: &str) -> Checked {
    rows.iter().find(|row| row.setting == setting).cloned().unwrap()
}

#[test]
fn what_is_missing_is_told_with_its_published_name() {
    let rows = check(&settings(&[("references.communes", "no/such/communes.parquet")]));
    assert_eq!(rows.len(), 10);
    assert!(rows.iter().all(|row| row.state == State::Missing && row.published.is_some()));
    assert!(row(&rows, "references.taxref").published.unwrap().contains("TAXREF_v18_2025.zip"));
    assert!(row(&rows, "references.sensitivity").published.unwrap().contains("RefSensibilite_18.csv"));
    assert_eq!(row(&rows, "references.communes").problems, ["there is no file no/such/communes.parquet"]);
    assert_eq!(row(&rows, "references.grid").problems, ["references.grid is not set"]);
}

#[test]
fn references_that_do_not_fit_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let square = |code: &str, west: f64, south: f64, size: f64| {
        let (east, north) = (west + size, south + size);
        format!(
            r#"{{"type": "Feature", "properties": {{"code": "{code}"}}, "geometry": {{"type": "Polygon", "coordinates":
            [[[{west}, {south}], [{east}, {south}], [{east}, {north}], [{west}, {north}], [{west}, {south}]]]}}}}"#
        )
    };
    let file = |name: &str, features: &[String]| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!(r#"{{"type": "FeatureCollection", "features": [{}]}}"#, features.join(",")))
            .unwrap();
        path.display().to_string()
    };
    let departments = file("departments.geojson", &[square("38", 5.0, 45.0, 1.0), square("20", 9.0, 42.0, 1.0)]);
    let communes = file(
        "communes.geojson",
        &[
            square("38185", 5.1, 45.1, 0.1),
            square("38185", 5.5, 45.5, 0.1),
            square("38421", 7.1, 45.1, 0.1),
            square("26362", 5.12, 45.12, 0.01),
            square("3818", 5.3, 45.3, 0.1),
        ],
    );
    let countries = file("countries.geojson", &[square("FR", 0.0, 42.0, 8.0), square("FRA", 0.0, 42.0, 8.0)]);
    let grid = file("grid.geojson", &[square("10kmUTM40E330S7670", 55.0, -21.0, 0.1), square("974", 56.0, -21.0, 0.1)]);
    let rows = check(&settings(&[
        ("references.departments", &departments),
        ("references.communes", &communes),
        ("references.countries", &countries),
        ("references.grid", &grid),
    ]));
    let problems = |setting: &str| row(&rows, setting).problems.join("\n");
    insta::assert_snapshot!(problems("references.departments"), @r"
    codes of no department (1): 20
    departments that are absent (100): 01, 02, 03, 04, 05, 06, 07, 08, 09, 10 and 90 more
    ");
    insta::assert_snapshot!(problems("references.communes"), @r"
    codes that occur more than once: 38185
    codes of no commune (1): 3818
    departments of communes that references.departments lacks (1): 26
    communes outside their department (1): 38421
    areas that lie in another (1): 26362 in 38185
    ");
    insta::assert_snapshot!(problems("references.countries"), @r"
    codes that are not of ISO 3166-1 alpha-2 (1): FRA
    parts of France without an area of their own (12): GP, MQ, GF, RE, YT, PM, BL, MF, PF, NC and 2 more
    areas that lie in another (2): FR in FRA, FRA in FR
    ");
    insta::assert_snapshot!(problems("references.grid"), @"codes unlike those of cells of 10 km, such as 10kmUTM40E330S7670 (1): 974");
    assert_eq!(row(&rows, "references.grid").state, State::Wrong);
    assert!(row(&rows, "references.communes").notes.iter().any(|note| note.contains("year of the communes")));
}

#[test]
fn decisions_are_read_where_there_are_any() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.csv");
    let checked = |rows: &str| {
        std::fs::write(&file, format!("occurrenceKey;sensiNiveau;sensiDateAttribution;author\n{rows}")).unwrap();
        row(&check(&settings(&[("sensitivity.decisions", &file.display().to_string())])), "sensitivity.decisions")
    };
    assert_eq!(checked("a;1;2025-01-31;A. Aus\nb;0;2025-01-31;A. Aus\n").count, Some(2));
    let wrong = checked("a;1;2025-01-31;\n");
    assert_eq!(wrong.state, State::Wrong);
    assert!(wrong.problems[0].contains("line 2: there is no author"), "{:?}", wrong.problems);
}
