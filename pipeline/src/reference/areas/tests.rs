//! A tiny layer in every format, and what is said of layers that are wrong. Files are written by hand, or by the writers of
//! the crates that read them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};

use ::flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use ::shapefile::dbase::{FieldName, FieldValue, Record, TableWriterBuilder};
use ::shapefile::{Point, Polygon, PolygonRing, Writer};
use geozero::{ColumnValue, CoordDimensions, PropertyProcessor, ToWkb};

use super::*;
use crate::settings::PropertyNames;

/// The .prj that comes with files in Lambert-93.
const LAMBERT_93: &str = r#"PROJCS["RGF93_Lambert_93",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",700000.0],PARAMETER["False_Northing",6600000.0],PARAMETER["Central_Meridian",3.0],PARAMETER["Standard_Parallel_1",49.0],PARAMETER["Standard_Parallel_2",44.0],PARAMETER["Latitude_Of_Origin",46.5],UNIT["Meter",1.0]]"#;
/// Corners of a square near Grenoble, and of a hole in it, in metres of Lambert-93.
const SQUARE: [(f64, f64); 4] =
    [(913_000.0, 6_457_000.0), (913_000.0, 6_458_000.0), (914_000.0, 6_458_000.0), (914_000.0, 6_457_000.0)];
const HOLE: [(f64, f64); 4] =
    [(913_400.0, 6_457_400.0), (913_600.0, 6_457_400.0), (913_600.0, 6_457_600.0), (913_400.0, 6_457_600.0)];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// The message of an error, without the folder.
    fn message<T: std::fmt::Debug>(&self, result: Result<T>) -> String {
        result.unwrap_err().to_string().replace(&self.0.path().display().to_string(), "FOLDER")
    }
}

fn prepared(path: &Path, how: &Preparation) -> Prepared {
    prepare(&[path], how).unwrap()
}

/// `code name west south east north`, with four decimals.
fn told(prepared: &Prepared) -> Vec<String> {
    let area = |area: &Area| {
        let [west, south, east, north] = write::bounds(&area.outline);
        format!("{} {} {west:.4} {south:.4} {east:.4} {north:.4}", area.code, area.name)
    };
    prepared.areas.iter().map(area).collect()
}

fn problems(prepared: &Prepared) -> Vec<String> {
    let problem = |problem: &Problem| {
        let (feature, code) = (problem.feature.unwrap_or_default(), problem.code.clone().unwrap_or_default());
        format!("{} {feature} {code}: {}", problem.kind, problem.message)
    };
    prepared.problems.iter().map(problem).collect()
}

fn layer(path: PathBuf) -> AreaLayer {
    let names = |names: &[&str]| PropertyNames(names.iter().map(|name| (*name).to_owned()).collect());
    AreaLayer { path, code: names(&["code"]), name: names(&["nom", "name"]) }
}

fn write_shapefile(path: &Path, name: &[u8], codes: &[Option<&str>]) {
    let points = |points: [(f64, f64); 4]| points.iter().map(|&(x, y)| Point::new(x, y)).collect::<Vec<_>>();
    let field = |name: &str| FieldName::try_from(name).unwrap();
    let table = TableWriterBuilder::new()
        .add_character_field(field("INSEE_COM"), 5)
        .add_character_field(field("NOM"), 20)
        .add_numeric_field(field("POP"), 8, 0);
    let mut writer = Writer::from_path(path, table).unwrap();
    for code in codes {
        let mut record = Record::default();
        record.insert("INSEE_COM".to_owned(), FieldValue::Character(code.map(str::to_owned)));
        record.insert("NOM".to_owned(), FieldValue::Character(Some("XXXXXXXX".to_owned())));
        record.insert("POP".to_owned(), FieldValue::Numeric(Some(158_198.0)));
        // The hole first: its place among the rings means nothing.
        let rings = vec![PolygonRing::Inner(points(HOLE)), PolygonRing::Outer(points(SQUARE))];
        writer.write_shape_and_record(&Polygon::with_rings(rings), &record).unwrap();
    }
    drop(writer);
    let table = path.with_extension("dbf");
    let mut bytes = std::fs::read(&table).unwrap();
    while let Some(position) = bytes.windows(8).position(|window| window == b"XXXXXXXX") {
        bytes[position..position + 8].copy_from_slice(name);
    }
    std::fs::write(table, bytes).unwrap();
}

#[test]
fn a_shapefile_has_its_system_and_its_encoding_beside_it() {
    let folder = Folder::new();
    let path = folder.path("COMMUNE.shp");
    write_shapefile(&path, b"Gren\xf6ble", &[Some("38185")]);
    let how = Preparation { kind: Some(Kind::Communes), ..Preparation::default() };
    assert_eq!(
        folder.message(prepare(&[&path], &how)),
        "the file does not say in which system its coordinates are (file FOLDER/COMMUNE.shp); give it with --crs: EPSG:2154 for Lambert-93, EPSG:4326 for degrees in WGS 84"
    );
    folder.file("COMMUNE.prj", LAMBERT_93);
    folder.file("COMMUNE.cpg", "ISO-8859-1");
    let commune = prepared(&path, &how);
    assert_eq!(told(&commune), ["38185 Grenöble 5.7123 45.1791 5.7254 45.1884"]);
    assert_eq!((commune.crs.as_str(), commune.corners, problems(&commune)), ("RGF93_Lambert_93", 10, Vec::new()));
    assert_eq!(commune.areas[0].outline.0[0].interiors().len(), 1);

    // The same in a zip, in a folder of it, beside another layer.
    let mut zip = zip::ZipWriter::new(std::fs::File::create(folder.path("grids.zip")).unwrap());
    for (name, ending) in ["A", "B"].iter().flat_map(|name| ["shp", "dbf", "prj", "cpg"].map(|ending| (name, ending))) {
        zip.start_file(format!("layers/{name}.{ending}"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&std::fs::read(path.with_extension(ending)).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    let zipped = folder.path("grids.zip");
    assert_eq!(
        folder.message(prepare(&[&zipped], &how)),
        "the file has 2 layers (file FOLDER/grids.zip); name one with --layer: A, B"
    );
    let how = Preparation { layer: Some("B".to_owned()), ..how };
    assert_eq!(told(&prepared(&zipped, &how)), told(&commune));
    assert!(folder.message(read(&layer(path))).contains("prepare it with `openobs reference areas"));
}

#[test]
fn topojson_shares_its_borders() {
    let folder = Folder::new();
    // Two squares beside each other: the border between them is arc 0, gone through backwards by the second.
    let text = r#"{"type": "Topology", "transform": {"scale": [0.5, 0.5], "translate": [2.0, 46.0]},
        "objects": {"land": {"type": "GeometryCollection", "geometries": []},
            "countries": {"type": "GeometryCollection", "geometries": [
                {"type": "Polygon", "id": "250", "properties": {"name": "France"}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "056", "properties": {"name": "Belgium"}, "arcs": [[[2, -1]]]},
                {"type": "Polygon", "properties": {"name": "Nobody's"}, "arcs": [[0, 1]]}]}},
        "arcs": [[[2, 0], [0, 2]], [[2, 2], [-2, 0], [0, -2], [2, 0]], [[2, 0], [2, 0], [0, 2], [-2, 0]]]}"#;
    let path = folder.file("world.json", text);
    let how = Preparation { kind: Some(Kind::Countries), code: vec!["id".to_owned()], ..Preparation::default() };
    assert!(folder.message(prepare(&[&path], &how)).contains("name one with --layer: countries, land"));
    let how = Preparation { layer: Some("countries".to_owned()), ..how };
    let countries = prepared(&path, &how);
    assert_eq!(
        told(&countries),
        ["BE Belgium 3.0000 46.0000 4.0000 47.0000", "FR France 2.0000 46.0000 3.0000 47.0000"]
    );
    assert_eq!(problems(&countries), ["noCode 3 : has no code (Nobody's) and was left out"]);
    let path = folder.file("broken.json", text.replace("[[2, -1]]", "[[2, -9]]"));
    assert_eq!(folder.message(prepare(&[&path], &how)), "feature 2 names arc 8 of 3 (file FOLDER/broken.json)");
}

#[test]
fn flatgeobuf_and_geopackage_say_their_system() {
    let folder = Folder::new();
    let ring = |points: [(f64, f64); 4]| geo::LineString::from(points.to_vec());
    let square = geo::Geometry::Polygon(geo::Polygon::new(ring(SQUARE), vec![ring(HOLE)]));
    let options = FgbWriterOptions { crs: FgbCrs { code: 2154, ..FgbCrs::default() }, ..FgbWriterOptions::default() };
    let mut writer = FgbWriter::create_with_options("communes", GeometryType::Polygon, options).unwrap();
    writer.add_column("code", ColumnType::String, |_, _| {});
    writer
        .add_feature_geom(square.clone(), |feature| {
            feature.property(0, "code", &ColumnValue::String("38185")).unwrap();
        })
        .unwrap();
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    let path = folder.file("communes.fgb", bytes);
    let commune = ["38185 38185 5.7123 45.1791 5.7254 45.1884"];
    let from_flatgeobuf = prepared(&path, &Preparation::default());
    assert_eq!(
        (told(&from_flatgeobuf).as_slice(), from_flatgeobuf.crs.as_str()),
        (&commune.map(str::to_owned)[..], "EPSG:2154")
    );
    assert!(folder.message(read(&layer(path))).starts_with("the layer is in EPSG:2154, not in WGS 84"));

    let path = folder.path("communes.gpkg");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
             INSERT INTO gpkg_spatial_ref_sys VALUES (2154, 'EPSG', 2154, 'undefined');
             CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
             INSERT INTO gpkg_geometry_columns VALUES ('commune', 'geom', 2154);
             CREATE TABLE commune (fid INTEGER, geom BLOB, code_insee TEXT, nom_officiel TEXT);",
        )
        .unwrap();
    let header = [b'G', b'P', 0, 1, 0x6a, 0x08, 0, 0];
    let blob = [header.as_slice(), &square.to_wkb(CoordDimensions::xy()).unwrap()].concat();
    database.execute("INSERT INTO commune VALUES (1, ?, '38185', '38185')", [blob]).unwrap();
    drop(database);
    assert_eq!(told(&prepared(&path, &Preparation::default())), commune);
    let how = Preparation { layer: Some("departement".to_owned()), ..Preparation::default() };
    assert!(folder.message(prepare(&[&path], &how)).contains("has no layer departement"));
}

#[test]
fn a_prepared_layer_is_read_as_it_was_written() {
    let folder = Folder::new();
    let text = r#"{"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": "38", "nom": "Isère"}, "geometry": {"type": "Polygon",
            "coordinates": [[[5, 45], [5, 46], [6, 46], [6, 45]], [[5.4, 45.4], [5.6, 45.4], [5.6, 45.6], [5.4, 45.4]]]}},
        {"type": "Feature", "properties": {"code": "01", "nom": "Ain"}, "geometry": {"type": "GeometryCollection",
            "geometries": [{"type": "Polygon", "coordinates": [[[5, 46], [6, 46], [6, 47], [5, 46]]]}]}}]}"#;
    let path = folder.file("departments.geojson", text);
    let provenance = Provenance {
        title: Some("Departments".to_owned()),
        version: Some("2025".to_owned()),
        license: Some("Licence Ouverte 2.0".to_owned()),
        source: Some("IGN".to_owned()),
    };
    let how = Preparation { kind: Some(Kind::Departments), provenance: provenance.clone(), ..Preparation::default() };
    let departments = prepared(&path, &how);
    assert_eq!(problems(&departments), ["unclosed 1 38: 1 ring closed"]);
    let out = folder.path("departments.parquet");
    departments.write(&out).unwrap();
    let bytes = std::fs::read(&out).unwrap();
    departments.write(&out).unwrap();
    assert!(std::fs::read(&out).unwrap() == bytes, "the same layer gave other bytes");

    let read_again = read(&layer(out.clone())).unwrap();
    assert_eq!((read_again.provenance, read_again.repeated.len()), (provenance, 0));
    let from_text = read(&layer(path)).unwrap();
    for (longitude, latitude) in [(5.1, 45.1), (5.5, 45.45), (5.9, 46.1), (4.0, 45.0), (5.0, 46.0)] {
        let code = |areas: &Areas| areas.at(longitude, latitude).map(|area| (area.code.clone(), area.name.clone()));
        assert_eq!(code(&read_again.areas), code(&from_text.areas), "{longitude} {latitude}");
    }
    // Prepared once more, it is the same: what it says of itself is kept.
    let again = folder.path("again.parquet");
    prepared(&out, &Preparation::default()).write(&again).unwrap();
    assert!(std::fs::read(&again).unwrap() == bytes);
}

#[test]
fn what_a_layer_has_wrong_is_told_by_feature_and_code() {
    let folder = Folder::new();
    let feature = |code: &str, geometry: &str| {
        format!(r#"{{"type": "Feature", "properties": {{"code": {code}}}, "geometry": {geometry}}}"#)
    };
    let collection =
        |features: &[String]| format!(r#"{{"type": "FeatureCollection", "features": [{}]}}"#, features.join(","));
    let tie = r#"{"type": "Polygon", "coordinates": [[[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]]}"#;
    let far = r#"{"type": "Polygon", "coordinates": [[[10, 10], [11, 10], [11, 11], [10, 10]]]}"#;
    let path = folder.file(
        "odd.geojson",
        collection(&[feature("\"FRA\"", tie), feature("\"-99\"", tie), feature("\"FR\"", far), feature("null", far)]),
    );
    let how = Preparation { kind: Some(Kind::Countries), ..Preparation::default() };
    let odd = prepared(&path, &how);
    assert_eq!(
        problems(&odd),
        [
            "unknownCode 2 -99: is no code of ISO 3166-1 and was left out",
            "noCode 4 : has no code and was left out",
            "repeatedCode 0 FR: occurs more than once; its outlines are one area now",
            "selfIntersection 0 FR: crosses itself in 1 place, as at 2.00000 2.00000",
        ]
    );
    assert_eq!(told(&odd), ["FR FR 0.0000 0.0000 11.0000 11.0000"]);

    let path = folder.file(
        "wrong.geojson",
        collection(&[
            feature("\"BE\"", r#"{"type": "Point", "coordinates": [1, 2]}"#),
            feature("\"NL\"", "null"),
            feature("\"DE\"", r#"{"type": "Polygon", "coordinates": []}"#),
            feature("\"FR\"", far),
        ]),
    );
    assert_eq!(
        folder.message(prepare(&[&path], &how)),
        "features cannot be areas: feature 1 (BE) is no polygon but a point; feature 2 (NL) has no geometry; feature 3 (DE) is empty: no ring of it has an area (file FOLDER/wrong.geojson); correct them, give another --crs, or leave them out with --leave-out"
    );
    assert_eq!(
        folder.message(read(&layer(path.clone()))),
        "feature 1 (BE) is no polygon but a point (file FOLDER/wrong.geojson); give polygons or multipolygons in WGS 84"
    );
    let left_out = prepared(&path, &Preparation { leave_out: true, ..how.clone() });
    assert_eq!((left_out.areas.len(), left_out.problems.len()), (1, 3));

    let how = Preparation { code: vec!["INSEE".to_owned()], ..how };
    assert_eq!(
        folder.message(prepare(&[&path], &how)),
        "no feature of the layer has a property INSEE (file FOLDER/wrong.geojson); name one of code with --code"
    );
    let path = folder.file(
        "lambert.geojson",
        collection(&[feature(
            "\"FR\"",
            r#"{"type": "Polygon", "coordinates": [[[913000, 6457000], [914000, 6457000], [914000, 6458000]]]}"#,
        )]),
    );
    assert!(
        folder
            .message(read(&layer(path.clone())))
            .contains("(FR) has a coordinate that is not in degrees: 913000, 6457000")
    );
    let how = Preparation { crs: Some("EPSG:2154".to_owned()), ..Preparation::default() };
    let lambert = prepared(&path, &how);
    assert_eq!(told(&lambert), ["FR FR 5.7123 45.1791 5.7254 45.1881"]);
    assert_eq!(problems(&lambert)[0], "crs 0 : the file says WGS 84; --crs EPSG:2154 was taken");
    let how = Preparation { crs: Some("EPSG:999999".to_owned()), ..Preparation::default() };
    assert!(folder.message(prepare(&[&path], &how)).starts_with("the system EPSG:999999 is not known"));
    let path = folder.file("layer.7z", "");
    assert!(folder.message(prepare(&[&path], &how)).contains("unpack a .7z first"));
}

#[test]
fn several_files_are_one_layer() {
    let folder = Folder::new();
    let one = folder.path("A.shp");
    write_shapefile(&one, b"Grenoble", &[Some("38185"), None]);
    folder.file("A.prj", LAMBERT_93);
    let two = folder.file(
        "b.geojson",
        r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "75056", "nom": "Paris"},
            "geometry": {"type": "Polygon", "coordinates": [[[2, 48], [3, 48], [3, 49], [2, 48]]]}}]}"#,
    );
    let both = prepare(&[one, two], &Preparation::default()).unwrap();
    assert_eq!(
        told(&both),
        ["38185 Grenoble 5.7123 45.1791 5.7254 45.1884", "75056 Paris 2.0000 48.0000 3.0000 49.0000"]
    );
    assert_eq!((both.crs.as_str(), both.problems.len()), ("RGF93_Lambert_93, WGS 84", 1));
}
