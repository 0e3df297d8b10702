#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{AsArray, StringArray};
use arrow::datatypes::Float64Type;
use geo::{LineString, MultiPolygon, Polygon};
use proptest::prelude::*;

use super::*;
use crate::reference::areas::Area;
use crate::reference::projection::tests::Lambert93;

fn square(code: &str, name: &str, left: f64, bottom: f64, right: f64, top: f64) -> Area {
    let ring = vec![(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)];
    let outline = MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]);
    Area { code: code.into(), name: name.into(), outline }
}

/// Two departments side by side with three communes, and a cell overseas.
fn step() -> Geography {
    Geography::new(&References {
        communes: Some(Arc::new(Areas::new(vec![
            square("01001", "L'Abergement", 4.0, 46.0, 4.5, 46.5),
            square("01002", "Saint-Just", 4.5, 46.0, 5.0, 46.5),
            square("42279", "Saint-Just", 5.0, 46.0, 5.5, 46.5),
            square("75101", "Paris 1er", 2.3, 48.8, 2.4, 48.9),
            square("75056", "Paris", 2.4, 48.8, 2.5, 48.9),
        ]))),
        departments: Some(Arc::new(Areas::new(vec![
            square("01", "Ain", 4.0, 46.0, 5.0, 46.5),
            square("42", "Loire", 5.0, 46.0, 5.5, 46.5),
            square("75", "Paris", 2.3, 48.8, 2.5, 48.9),
            square("974", "La Réunion", 55.2, -21.4, 55.9, -20.8),
        ]))),
        grid: Some(Arc::new(Areas::new(vec![square("10kmUTM40E330S7670", "", 55.4, -21.2, 55.5, -21.1)]))),
        projections: Arc::new(Lambert93),
        ..References::default()
    })
}

/// Runs one record: coordinates, then text inputs by name.
fn run(point: Option<(f64, f64)>, texts: &[(&str, &str)]) -> (Vec<Option<String>>, Option<f64>, Vec<String>) {
    let step = step();
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let name = input.name();
            let text = texts.iter().find(|(given, _)| *given == name).map(|(_, text)| *text);
            match (name, point) {
                ("decimalLatitude", Some((latitude, _))) => {
                    Some(Arc::new(Float64Array::from(vec![latitude])) as ArrayRef)
                }
                ("decimalLongitude", Some((_, longitude))) => {
                    Some(Arc::new(Float64Array::from(vec![longitude])) as ArrayRef)
                }
                ("coordinateUncertaintyInMeters", _) => {
                    text.map(|text| Arc::new(Float64Array::from(vec![text.parse::<f64>().unwrap()])) as ArrayRef)
                }
                _ => text.map(|text| Arc::new(StringArray::from(vec![text])) as ArrayRef),
            }
        })
        .collect();
    let record = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    let texts = (0..7)
        .map(|column| {
            let column = record.column(column).as_string::<i32>();
            column.is_valid(0).then(|| column.value(0).to_owned())
        })
        .collect();
    let distance = record.column(7).as_primitive::<Float64Type>();
    let issues = record.column(8).as_list::<i32>().value(0);
    let issues = issues.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
    (texts, distance.is_valid(0).then(|| distance.value(0)), issues)
}

fn check(point: Option<(f64, f64)>, texts: &[(&str, &str)], expected: [&str; 7], issues: &[&str]) {
    let (found, _, told) = run(point, texts);
    let found: Vec<&str> = found.iter().map(|text| text.as_deref().unwrap_or("")).collect();
    assert_eq!(found, expected, "{point:?} {texts:?}");
    assert_eq!(told, issues, "{point:?} {texts:?}");
}

#[test]
fn coordinates_decide() {
    let ain = ["01", "Ain", "01001", "L'Abergement", "10kmL93E079N655", "coordinates", ""];
    check(Some((46.1, 4.2)), &[], ain, &[]);
    check(Some((46.1, 4.2)), &[("countryCode", "FR"), ("locationID", "INSEE:01001"), ("county", "Ain")], ain, &[]);
    check(
        Some((46.1, 4.2)),
        &[("countryCode", "FR"), ("locationID", "42279"), ("county", "Loire")],
        ain,
        &["DEPARTMENT_COORDINATE_MISMATCH", "COMMUNE_COORDINATE_MISMATCH"],
    );
    // The uncertainty reaches the given commune.
    check(
        Some((46.1, 4.499)),
        &[("countryCode", "FR"), ("municipality", "Saint-Just"), ("coordinateUncertaintyInMeters", "500")],
        ["01", "Ain", "01001", "L'Abergement", "10kmL93E081N655", "coordinates", ""],
        &[],
    );
    // Elsewhere there is nothing to say.
    check(Some((46.1, 4.2)), &[("countryCode", "CH"), ("county", "42")], [""; 7], &[]);
    check(Some((48.85, 2.35)), &[], ["75", "Paris", "75056", "Paris", "10kmL93E065N686", "coordinates", ""], &[]);
    check(
        Some((-21.15, 55.45)),
        &[("countryCode", "RE")],
        ["974", "La Réunion", "", "", "10kmUTM40E330S7670", "coordinates", ""],
        &[],
    );
}

#[test]
fn nothing_is_moved_to_the_coast() {
    let (found, metres, issues) = run(Some((46.2, 3.996)), &[("countryCode", "FR")]);
    assert_eq!(found[2], None);
    assert_eq!(found[0], None);
    assert_eq!(found[6].as_deref(), Some("01001"));
    assert!((metres.unwrap() - 308.8).abs() < 1.0, "{metres:?}");
    assert!(issues.is_empty());
}

#[test]
fn codes_and_names_stand_in_for_coordinates() {
    let commune = |code, name| ["01", "Ain", code, name, "", "commune", ""];
    let fr = ("countryCode", "FR");
    check(None, &[fr, ("locationID", "1001 | INSEE:01002")], commune("01002", "Saint-Just"), &[]);
    check(None, &[fr, ("municipality", "1001")], commune("01001", "L'Abergement"), &["COMMUNE_INVALID"]);
    check(None, &[fr, ("municipality", "St Just"), ("county", "01 - Ain")], commune("01002", "Saint-Just"), &[]);
    check(None, &[fr, ("municipality", "Saint-Just (01002)")], commune("01002", "Saint-Just"), &[]);
    check(None, &[fr, ("municipality", "99999")], [""; 7], &["COMMUNE_INVALID"]);
    check(
        None,
        &[fr, ("municipality", "01002"), ("county", "42")],
        commune("01002", "Saint-Just"),
        &["COMMUNE_DEPARTMENT_MISMATCH"],
    );
    check(None, &[fr, ("county", "1")], ["01", "Ain", "", "", "", "department", ""], &[]);
    check(None, &[fr, ("stateProvince", "Loire")], ["42", "Loire", "", "", "", "department", ""], &[]);
    check(None, &[fr, ("county", "00")], [""; 7], &["DEPARTMENT_INVALID"]);
    check(None, &[fr, ("municipality", "75105")], ["75", "Paris", "75056", "Paris", "", "commune", ""], &[]);
    check(None, &[fr, ("locationID", "10kmL93E080N681")], ["", "", "", "", "10kmL93E080N681", "gridCell", ""], &[]);
    check(None, &[fr, ("locationID", "10kmL93E80N681")], [""; 7], &["GRID_CELL_INVALID"]);
    // One name, two communes, no department: nothing can be told.
    check(None, &[fr, ("municipality", "Saint-Just")], [""; 7], &[]);
}

proptest! {
    #[test]
    fn nothing_panics(location in "\\PC{0,20}", county in "[0-9A-Bé -]{0,8}", latitude in -90.0..90.0_f64, longitude in -180.0..180.0_f64) {
        let texts = [("countryCode", "FR"), ("locationID", location.as_str()), ("municipality", county.as_str()), ("county", county.as_str())];
        let _ = run(Some((latitude, longitude)), &texts);
        let _ = run(None, &texts);
    }
}
