#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::Float64Type;
use geo::{LineString, MultiPolygon, Polygon};
use proptest::prelude::*;

use super::*;
use crate::reference::areas::{Area, Areas};
use crate::reference::projection::tests::Lambert93;

fn square(code: &str, left: f64, bottom: f64, right: f64, top: f64) -> Area {
    let ring = vec![(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)];
    let outline = MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]);
    Area { code: code.into(), name: code.into(), outline }
}

/// France, Germany and Martinique as boxes.
fn step() -> Location {
    Location::new(&References {
        countries: Some(Arc::new(Areas::new(vec![
            square("FR", -5.0, 42.0, 8.0, 51.0),
            square("DE", 8.0, 47.0, 15.0, 55.0),
            square("MQ", -61.3, 14.3, -60.8, 14.9),
        ]))),
        projections: Arc::new(Lambert93),
        ..References::default()
    })
}

fn run(texts: &[(&str, &str)]) -> StructArray {
    let step = step();
    for (name, _) in texts {
        assert!(step.reads().iter().any(|input| input.name() == *name), "{name}");
    }
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let (_, text) = texts.iter().find(|(name, _)| *name == input.name())?;
            Some(Arc::new(StringArray::from(vec![*text])) as ArrayRef)
        })
        .collect();
    step.interpret(&Verbatim::new(1, step.reads(), &columns))
}

fn float(record: &StructArray, name: &str) -> Option<f64> {
    let column = record.column_by_name(name).unwrap().as_primitive::<Float64Type>();
    column.is_valid(0).then(|| column.value(0))
}

fn text(record: &StructArray, name: &str) -> Option<String> {
    let column = record.column_by_name(name).unwrap().as_string::<i32>();
    column.is_valid(0).then(|| column.value(0).to_owned())
}

fn issues(record: &StructArray) -> Vec<String> {
    let names = record.column_by_name("issues").unwrap().as_list::<i32>().value(0);
    names.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

/// Notre-Dame, whatever way it is written.
#[track_caller]
fn is_notre_dame(texts: &[(&str, &str)], expected: &[&str]) {
    let record = run(texts);
    let (latitude, longitude) = (float(&record, "decimalLatitude"), float(&record, "decimalLongitude"));
    assert!(
        latitude.is_some_and(|latitude| (latitude - 48.853).abs() < 2e-5),
        "{texts:?}: {latitude:?} {:?}",
        issues(&record)
    );
    assert!(longitude.is_some_and(|longitude| (longitude - 2.3499).abs() < 2e-5), "{texts:?}: {longitude:?}");
    assert_eq!(issues(&record), expected, "{texts:?}");
    assert_eq!(text(&record, "geodeticDatum").as_deref(), Some("EPSG:4326"));
}

#[test]
fn coordinates_in_many_notations_and_systems() {
    let fr = ("countryCode", "FR");
    let derived = "CONTINENT_DERIVED_FROM_COORDINATES";
    for (latitude, longitude) in [("48.853", "2.3499"), ("48,853", "2,3499"), ("48°51'10.8\"N", "2°20'59.64\"E")] {
        is_notre_dame(
            &[fr, ("decimalLatitude", latitude), ("decimalLongitude", longitude), ("geodeticDatum", "RGF93")],
            &[derived],
        );
    }
    for (system, name) in [
        ("geodeticDatum", "EPSG:2154"),
        ("verbatimSRS", "RGF93 / Lambert-93"),
        ("verbatimCoordinateSystem", "Lambert 93"),
    ] {
        let reprojected = ["COORDINATE_REPROJECTED", derived];
        is_notre_dame(
            &[fr, ("decimalLatitude", "6861636.4"), ("decimalLongitude", "652297.0"), (system, name)],
            &reprojected,
        );
        is_notre_dame(
            &[fr, ("verbatimLatitude", "6 861 636,4"), ("verbatimLongitude", "652 297,0"), (system, name)],
            &reprojected,
        );
        is_notre_dame(&[fr, ("verbatimCoordinates", "652297.0 6861636.4"), (system, name)], &reprojected);
        is_notre_dame(&[fr, ("verbatimCoordinates", "X=652 297,0 ; Y=6 861 636,4"), (system, name)], &reprojected);
        is_notre_dame(
            &[fr, ("decimalLatitude", "652297.0"), ("decimalLongitude", "6861636.4"), (system, name)],
            &["COORDINATE_REPROJECTED", derived, "PRESUMED_SWAPPED_COORDINATE"],
        );
    }
    // No system, but only one French projection has such numbers.
    let guessed = ["COORDINATE_REPROJECTED", "COORDINATE_REPROJECTION_SUSPICIOUS", derived];
    is_notre_dame(&[fr, ("verbatimLatitude", "6861636.4"), ("verbatimLongitude", "652297.0")], &guessed);
    // A point footprint, projected.
    is_notre_dame(
        &[fr, ("footprintWKT", "POINT(652297.0 6861636.4)"), ("footprintSRS", "EPSG:2154")],
        &["COORDINATE_REPROJECTED", derived],
    );
}

#[test]
fn wrong_systems_are_not_published_on_the_map() {
    // Lambert II étendu said to be Lambert-93 lies in Africa.
    let record = run(&[
        ("countryCode", "FR"),
        ("decimalLatitude", "2428295.3"),
        ("decimalLongitude", "600983.5"),
        ("geodeticDatum", "Lambert 93"),
    ]);
    assert_eq!(float(&record, "decimalLatitude"), None);
    assert_eq!(issues(&record), ["COORDINATE_OUT_OF_RANGE", "COORDINATE_REPROJECTION_FAILED"]);
    // Another country has no Lambert.
    let record = run(&[("countryCode", "BR"), ("decimalLatitude", "6861636.4"), ("decimalLongitude", "652297.0")]);
    assert_eq!(float(&record, "decimalLatitude"), None);
    // Degrees that are said to be metres.
    let record = run(&[("decimalLatitude", "48.853"), ("decimalLongitude", "2.3499"), ("geodeticDatum", "EPSG:2154")]);
    assert_eq!(float(&record, "decimalLatitude"), Some(48.853));
    assert!(issues(&record).contains(&"COORDINATE_REPROJECTION_SUSPICIOUS".to_owned()));
}

#[test]
fn countries_are_held_against_coordinates() {
    for (country, latitude, longitude, code, expected) in [
        ("France", "48.85", "2.35", "FR", vec![]),
        ("France", "14.6", "-61.0", "MQ", vec![]),
        ("Martinique", "48.85", "2.35", "FR", vec![]),
        ("Allemagne", "48.85", "2.35", "DE", vec!["COUNTRY_COORDINATE_MISMATCH"]),
        ("France", "2.35", "48.85", "FR", vec!["PRESUMED_SWAPPED_COORDINATE"]),
        ("France", "-48.85", "2.35", "FR", vec!["PRESUMED_NEGATED_LATITUDE"]),
        ("France", "48.85", "8.03", "FR", vec![]),
        ("France", "48.85", "8.30", "FR", vec!["COUNTRY_COORDINATE_MISMATCH"]),
        ("", "48.85", "2.35", "FR", vec!["COUNTRY_DERIVED_FROM_COORDINATES"]),
        ("URSS", "48.85", "2.35", "FR", vec!["COUNTRY_DERIVED_FROM_COORDINATES"]),
        ("Nulle part", "48.85", "2.35", "FR", vec!["COUNTRY_DERIVED_FROM_COORDINATES", "COUNTRY_INVALID"]),
    ] {
        let record = run(&[
            ("country", country),
            ("decimalLatitude", latitude),
            ("decimalLongitude", longitude),
            ("geodeticDatum", "WGS84"),
            ("continent", ""),
        ]);
        assert_eq!(text(&record, "countryCode").as_deref(), Some(code), "{country} {latitude} {longitude}");
        let mut told = issues(&record);
        told.retain(|issue| !issue.starts_with("CONTINENT"));
        told.sort();
        assert_eq!(told, expected, "{country} {latitude} {longitude}");
    }
}

#[test]
fn footprints_come_out_in_wgs84() {
    let square = "POLYGON((650000 6860000,660000 6860000,660000 6870000,650000 6870000,650000 6860000))";
    let record = run(&[("footprintWKT", square), ("footprintSRS", "EPSG:2154")]);
    assert!(text(&record, "footprintWKT").unwrap().starts_with("POLYGON((2.31"), "{:?}", text(&record, "footprintWKT"));
    // Its middle stands for it, and the circle around that holds it.
    assert_eq!(issues(&record), ["COUNTRY_DERIVED_FROM_COORDINATES", "CONTINENT_DERIVED_FROM_COORDINATES"]);
    assert_eq!(text(&record, "coordinateSource").as_deref(), Some("footprintCentre"));
    assert!((float(&record, "decimalLatitude").unwrap() - 48.883_4).abs() < 1e-4);
    assert_eq!(float(&record, "coordinateUncertaintyInMeters"), Some(7073.0));
    let precise = [("footprintWKT", square), ("footprintSRS", "EPSG:2154"), ("precisionGeometrie", "25")];
    assert_eq!(float(&run(&precise), "coordinateUncertaintyInMeters"), Some(7098.0));
    let point = [("decimalLatitude", "48"), ("decimalLongitude", "2"), ("precisionGeometrie", "25")];
    assert_eq!(float(&run(&point), "coordinateUncertaintyInMeters"), Some(25.0));
    assert_eq!(text(&run(&point), "coordinateSource").as_deref(), Some("decimal"));
    let record = run(&[("footprintWKT", square), ("geodeticDatum", "Lambert 93")]);
    assert!(text(&record, "footprintWKT").is_some());
    let record = run(&[("footprintWKT", square)]);
    assert_eq!(issues(&record), ["FOOTPRINT_SRS_INVALID"]);
    let record = run(&[("footprintWKT", "POLYGON((0 0, 1 1")]);
    assert_eq!(issues(&record), ["FOOTPRINT_WKT_INVALID"]);
}

#[test]
fn the_centroid_of_the_country_is_told_when_near() {
    let record = run(&[("decimalLatitude", "46.51"), ("decimalLongitude", "1.5"), ("geodeticDatum", "WGS84")]);
    assert!((float(&record, "distanceFromCentroidInMeters").unwrap() - 1111.4).abs() < 1.0);
    let record = run(&[("decimalLatitude", "46.6"), ("decimalLongitude", "1.5")]);
    assert_eq!(float(&record, "distanceFromCentroidInMeters"), None);
}

#[test]
fn heights_and_lists() {
    let record = run(&[
        ("verbatimElevation", "1200-1300 m"),
        ("minimumDepthInMeters", "5 à 10 m"),
        ("maximumDistanceAboveSurfaceInMeters", "2,5"),
        ("higherGeography", "Europe | France |  | Isère"),
        ("locality", "GRENOBLE"),
    ]);
    let names = ["elevation", "elevationAccuracy", "minimumElevationInMeters", "maximumElevationInMeters"];
    assert_eq!(names.map(|name| float(&record, name)), [Some(1250.0), Some(50.0), Some(1200.0), Some(1300.0)]);
    assert_eq!(float(&record, "depth"), Some(7.5));
    assert_eq!(float(&record, "maximumDistanceAboveSurfaceInMeters"), Some(2.5));
    assert_eq!(text(&record, "locality").as_deref(), Some("Grenoble"));
    let list = record.column_by_name("higherGeography").unwrap().as_list::<i32>().value(0);
    assert_eq!(list.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["Europe", "France", "Isère"]);
    assert_eq!(issues(&record), ["DEPTH_NON_NUMERIC"]);
}

proptest! {
    #[test]
    fn nothing_panics_and_bounds_hold(
        texts in prop::collection::vec("\\PC{0,20}", INPUTS.len()),
        latitude in prop_oneof!["-?[0-9]{1,7}([.,][0-9]{0,8})?", "[0-9]{1,3}°[0-9]{1,2}'[NSEW]?"],
        longitude in "-?[0-9]{1,7}([.,][0-9]{0,8})?",
    ) {
        let mut inputs: Vec<(&str, &str)> =
            INPUTS.iter().map(Input::name).zip(texts.iter().map(String::as_str)).collect();
        for round in 0..2 {
            let record = run(&inputs);
            let (found, beside) = (float(&record, "decimalLatitude"), float(&record, "decimalLongitude"));
            prop_assert_eq!(found.is_some(), beside.is_some());
            prop_assert!(found.is_none_or(|found| found.abs() <= 90.0));
            prop_assert!(beside.is_none_or(|beside| beside.abs() <= 180.0));
            prop_assert_eq!(record.column_by_name("hasCoordinate").unwrap().as_boolean().value(0), found.is_some());
            if round == 0 {
                inputs[0].1 = &latitude;
                inputs[1].1 = &longitude;
            }
        }
    }

    #[test]
    fn what_was_interpreted_is_interpreted_to_itself(latitude in -90.0..90.0_f64, longitude in -180.0..180.0_f64) {
        let inputs = [latitude.to_string(), longitude.to_string()];
        let first = run(&[("decimalLatitude", &inputs[0]), ("decimalLongitude", &inputs[1]), ("geodeticDatum", "WGS84")]);
        let again = [float(&first, "decimalLatitude").unwrap().to_string(), float(&first, "decimalLongitude").unwrap().to_string()];
        let second = run(&[("decimalLatitude", &again[0]), ("decimalLongitude", &again[1]), ("geodeticDatum", "WGS84")]);
        prop_assert_eq!(float(&first, "decimalLatitude"), float(&second, "decimalLatitude"));
        prop_assert_eq!(float(&first, "decimalLongitude"), float(&second, "decimalLongitude"));
    }
}
