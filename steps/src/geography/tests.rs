#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arrow::array::{ArrayRef, StringArray};
use arrow::util::display::array_value_to_string;
use geo::{LineString, MultiPolygon, Polygon};
use proptest::prelude::*;

use super::*;
use crate::reference::areas::{Area, Areas};
use crate::reference::communes::{CommuneChange, CommuneHistory};
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
        commune_year: Some(2024),
        commune_history: Some(Arc::new(CommuneHistory::new([CommuneChange {
            code: "01999".into(),
            current_code: "01002".into(),
            name: "Ancienne".into(),
            from: Some(2016),
        }]))),
        layers: vec![Layer {
            column: "protectedAreas".into(),
            areas: Arc::new(Areas::new(vec![
                square("FR1", "", 4.0, 46.0, 4.3, 46.3),
                square("FR2", "", 4.1, 46.1, 5.2, 46.2),
                square("FR3", "", 9.0, 46.0, 9.5, 46.5),
            ])),
        }],
        projections: Arc::new(Lambert93),
        ..References::default()
    })
}

/// Runs one record: coordinates, then other inputs by name. What comes out is told by column, without what is empty.
fn run(point: Option<(f64, f64)>, texts: &[(&str, &str)]) -> BTreeMap<String, String> {
    static STEP: LazyLock<Geography> = LazyLock::new(step);
    run_with(&STEP, point, texts)
}

fn run_with(step: &Geography, point: Option<(f64, f64)>, texts: &[(&str, &str)]) -> BTreeMap<String, String> {
    for (name, _) in texts {
        assert!(step.reads().iter().any(|input| input.name() == *name), "{name}");
    }
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let name = input.name();
            let text = texts.iter().find(|(given, _)| *given == name).map(|(_, text)| *text);
            let number = match (name, point) {
                ("decimalLatitude", Some((latitude, _))) => Some(latitude),
                ("decimalLongitude", Some((_, longitude))) => Some(longitude),
                ("coordinateUncertaintyInMeters", _) => text.map(|text| text.parse().unwrap()),
                _ => return text.map(|text| Arc::new(StringArray::from(vec![text])) as ArrayRef),
            };
            number.map(|number| Arc::new(Float64Array::from(vec![number])) as ArrayRef)
        })
        .collect();
    let record = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    let shown = |column: &ArrayRef| {
        let text = array_value_to_string(column, 0).unwrap();
        text.trim_matches(['[', ']']).replace(", ", " | ")
    };
    let columns = step.fields.iter().zip(record.columns()).map(|(field, column)| (field.name().clone(), shown(column)));
    columns.filter(|(_, text)| !text.is_empty()).collect()
}

/// Department, its name, commune, its name, cell of 10 km, attachment and nearest commune.
fn check(point: Option<(f64, f64)>, texts: &[(&str, &str)], expected: [&str; 7], issues: &[&str]) {
    let record = run(point, texts);
    let of = |name: &str| record.get(name).map_or("", String::as_str);
    let found =
        ["departmentCode", "department", "communeCode", "commune", "gridCell10km", "attachment", "nearestCommuneCode"];
    assert_eq!(found.map(of), expected, "{point:?} {texts:?}");
    assert_eq!(of("issues"), issues.join(" | "), "{point:?} {texts:?}");
}

/// Some columns of a record; what is not named is not looked at.
#[track_caller]
fn has(record: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(record.get(*name).map_or("", String::as_str), *value, "{name} of {record:?}");
    }
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
    // Without one a few metres are no contradiction: rivers are borders.
    let ain_again = ["01", "Ain", "01001", "L'Abergement", "10kmL93E081N655", "coordinates", ""];
    let saint_just = [("countryCode", "FR"), ("municipality", "Saint-Just")];
    check(Some((46.1, 4.499)), &saint_just, ain_again, &[]);
    check(Some((46.1, 4.49)), &saint_just, ain_again, &["COMMUNE_COORDINATE_MISMATCH"]);
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
    // G23: some 300 m outside every commune.
    let record = run(Some((46.2, 3.996)), &[("countryCode", "FR")]);
    has(&record, &[("communeCode", ""), ("departmentCode", ""), ("nearestCommuneCode", "01001"), ("issues", "")]);
    let metres: f64 = record["nearestCommuneDistanceInMeters"].parse().unwrap();
    assert!((metres - 308.8).abs() < 1.0, "{metres}");
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

#[test]
fn a_point_lies_in_a_cell_of_each_grid_and_in_a_region() {
    let record = run(Some((46.15, 4.2)), &[("natureObjetGeo", "In")]);
    has(
        &record,
        &[
            ("gridCell10km", "10kmL93E079N656"),
            ("gridCell5km", "5kmL93E0790N6560"),
            ("gridCell1km", "1kmL93E0792N6561"),
            ("gridCells10km", "10kmL93E079N656"),
            ("departmentCodes", "01"),
            ("communeCodes", "01001"),
            ("crossedDepartmentCodes", "01"),
            ("regionCode", "84"),
            ("region", "Auvergne-Rhône-Alpes"),
            ("communeYear", "2024"),
            ("protectedAreas", "FR1 | FR2"),
        ],
    );
    // A department has a region without any layer.
    let step = Geography::new(&References::default());
    let record = run_with(&step, None, &[("countryCode", "FR"), ("county", "2A")]);
    has(&record, &[("department", "Corse-du-Sud"), ("region", "Corse"), ("regionCode", "94")]);
    let record = run_with(&step, None, &[("countryCode", "NC"), ("locationID", "INSEE:98818")]);
    has(&record, &[("departmentCode", "988"), ("region", "")]);
}

/// A polygon of two corners.
fn rectangle(left: f64, bottom: f64, right: f64, top: f64) -> String {
    format!("POLYGON(({left} {bottom}, {right} {bottom}, {right} {top}, {left} {top}, {left} {bottom}))")
}

#[test]
fn a_polygon_is_where_most_of_it_is() {
    // Four fifths in the Ain, one fifth in the Loire.
    let polygon = rectangle(4.6, 46.1, 5.1, 46.2);
    let inventory = run(None, &[("footprintWKT", &polygon), ("natureObjetGeo", "In")]);
    let expected = [
        ("departmentCode", "01"),
        ("departmentCodes", "01"),
        ("communeCode", "01002"),
        ("communeCodes", "01002"),
        ("crossedDepartmentCodes", "01 | 42"),
        ("crossedCommuneCodes", "01002 | 42279"),
        ("attachment", "geometry"),
        ("protectedAreas", "FR2"),
        ("issues", ""),
    ];
    has(&inventory, &expected);
    // What is not said is not stationary.
    assert_eq!(run(None, &[("footprintWKT", &polygon)]), inventory);
    assert_eq!(run(None, &[("footprintWKT", &polygon), ("natureObjetGeo", "NSP")]), inventory);
    let stationary = run(None, &[("footprintWKT", &polygon), ("natureObjetGeo", "St")]);
    has(
        &stationary,
        &[
            ("departmentCode", "01"),
            ("departmentCodes", "01 | 42"),
            ("communeCode", "01002"),
            ("communeCodes", "01002 | 42279"),
            ("region", "Auvergne-Rhône-Alpes"),
        ],
    );
}

/// A rectangle in Lambert-93, in kilometres, as well-known text.
fn in_lambert(left: f64, bottom: f64, right: f64, top: f64) -> String {
    use crate::reference::projection::{LAMBERT_93, Projections, WGS84};
    let mut corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)];
    corners.iter_mut().for_each(|corner| *corner = (corner.0 * 1000.0, corner.1 * 1000.0));
    Lambert93.transform(LAMBERT_93, WGS84, &mut corners).unwrap();
    format!("POLYGON(({}))", corners.map(|(x, y)| format!("{x} {y}")).join(", "))
}

#[test]
fn cells_of_polygons() {
    let cells = |polygon: &str, nature: &str| {
        let record = run(None, &[("countryCode", "FR"), ("footprintWKT", polygon), ("natureObjetGeo", nature)]);
        let of = |name: &str| record.get(name).cloned().unwrap_or_default();
        (of("gridCell10km"), of("gridCells10km"))
    };
    // G15: 80 % in one cell, 20 % in the next.
    let polygon = in_lambert(802.0, 6811.0, 812.0, 6812.0);
    let one = ("10kmL93E080N681".to_owned(), "10kmL93E080N681".to_owned());
    assert_eq!(cells(&polygon, "In"), one);
    assert_eq!(cells(&polygon, "St"), (one.0.clone(), "10kmL93E080N681 | 10kmL93E081N681".to_owned()));
    // G16: 33, 30 and 27 parts of 90: three cells, the greatest share first.
    let polygon = in_lambert(807.3, 6811.0, 819.0, 6812.0);
    assert_eq!(cells(&polygon, "St").1, "10kmL93E081N681 | 10kmL93E080N681");
    let polygon = in_lambert(796.7, 6811.0, 813.0, 6812.0);
    assert_eq!(cells(&polygon, "St").1, "10kmL93E080N681 | 10kmL93E079N681 | 10kmL93E081N681");
    // G17: one half each: both cells, and the smallest code stands for them.
    let polygon = in_lambert(805.0, 6811.0, 815.0, 6812.0);
    assert_eq!(cells(&polygon, "In"), (one.0, "10kmL93E080N681 | 10kmL93E081N681".to_owned()));
    // A cell is itself, though its corners were rounded.
    let polygon = in_lambert(800.0, 6810.0, 810.0, 6820.0);
    assert_eq!(cells(&polygon, "").1, "10kmL93E080N681");
    // Finer cells of what is too large for them are not told.
    let record = run(None, &[("countryCode", "FR"), ("footprintWKT", &in_lambert(700.0, 6500.0, 760.0, 6560.0))]);
    has(&record, &[("gridCell1km", ""), ("gridCell5km", "5kmL93E0700N6500"), ("issues", "")]);
    let record = run(None, &[("countryCode", "FR"), ("footprintWKT", &in_lambert(200.0, 6200.0, 1000.0, 7000.0))]);
    has(&record, &[("gridCells10km", ""), ("issues", "FOOTPRINT_TOO_LARGE")]);
}

#[test]
fn lines_points_and_collections() {
    let run = |text: &str, nature: &str| run(None, &[("footprintWKT", text), ("natureObjetGeo", nature)]);
    // A quarter, a half and a quarter of a line.
    let line = run("LINESTRING(4.25 46.1, 5.25 46.1)", "St");
    has(
        &line,
        &[("communeCodes", "01002 | 01001 | 42279"), ("departmentCodes", "01 | 42"), ("attachment", "geometry")],
    );
    has(&run("LINESTRING(4.25 46.1, 5.25 46.1)", "In"), &[("communeCodes", "01002"), ("departmentCodes", "01")]);
    // Points are counted; in two departments one each.
    let points = run("MULTIPOINT(4.1 46.1, 5.1 46.1, 5.2 46.1)", "In");
    has(&points, &[("departmentCode", "42"), ("crossedDepartmentCodes", "01 | 42")]);
    has(&run("MULTIPOINT(4.1 46.1, 5.1 46.1)", "In"), &[("departmentCode", "01"), ("departmentCodes", "01 | 42")]);
    // Of a collection, polygons count.
    let both = format!("GEOMETRYCOLLECTION(POINT(4.1 46.1), {})", rectangle(5.1, 46.1, 5.2, 46.2));
    has(&run(&both, "St"), &[("communeCodes", "42279")]);
}

#[test]
fn a_footprint_wins_over_what_is_said() {
    // G18.
    let polygon = rectangle(4.1, 46.1, 4.2, 46.2);
    let record =
        run(Some((46.15, 4.15)), &[("countryCode", "FR"), ("footprintWKT", &polygon), ("locationID", "42279")]);
    has(
        &record,
        &[
            ("communeCode", "01001"),
            ("issues", "COMMUNE_COORDINATE_MISMATCH | MULTIPLE_GEO_INFO"),
            ("attachment", "geometry"),
        ],
    );
    let record = run(Some((46.15, 4.15)), &[("countryCode", "FR"), ("locationID", "10kmL93E080N681")]);
    has(&record, &[("gridCell10km", "10kmL93E078N656"), ("issues", "MULTIPLE_GEO_INFO")]);
    // Coordinates that lie elsewhere are looked at where rules are.
    let record = run(Some((46.1, 5.2)), &[("footprintWKT", &polygon)]);
    has(&record, &[("departmentCode", "01"), ("crossedDepartmentCodes", "01 | 42")]);
}

#[test]
fn from_a_code_follow_coarser_areas_alone() {
    let fr = ("countryCode", "FR");
    let cell = run(None, &[fr, ("locationID", "10kmL93E080N655 | 01001")]);
    has(&cell, &[("gridCell10km", "10kmL93E080N655"), ("gridCell5km", ""), ("attachment", "gridCell")]);
    let fine = run(None, &[fr, ("locationID", "1kmL93E0802N6557")]);
    let expected = [
        ("gridCell1km", "1kmL93E0802N6557"),
        ("gridCell5km", "5kmL93E0800N6555"),
        ("gridCell10km", "10kmL93E080N655"),
        ("departmentCode", "01"),
        ("communeCode", ""),
        ("region", "Auvergne-Rhône-Alpes"),
    ];
    has(&fine, &expected);
    // The border between the two departments runs through this cell.
    let astride = run(None, &[fr, ("locationID", "10kmL93E085N655")]);
    has(&astride, &[("departmentCode", ""), ("departmentCodes", "01 | 42"), ("region", "Auvergne-Rhône-Alpes")]);
    let commune = run(None, &[fr, ("locationID", "01001")]);
    has(&commune, &[("gridCell10km", ""), ("gridCell5km", ""), ("attachment", "commune"), ("departmentCodes", "01")]);
    assert!(commune["gridCells10km"].contains("10kmL93E079N655 | 10kmL93E079N656"), "{commune:?}");
}

#[test]
fn a_blurred_record_is_only_where_it_says() {
    let fr = ("countryCode", "FR");
    for blur in [("dEEFloutage", "OUI"), ("dEEFloutage", "NSP"), ("typeInfoGeo", "1"), ("dataGeneralizations", "10 km")]
    {
        // B16: the coordinates are the middle of the cell.
        let record = run(Some((46.06, 4.2)), &[fr, blur, ("locationID", "10kmL93E079N655")]);
        has(
            &record,
            &[
                ("gridCell10km", "10kmL93E079N655"),
                ("gridCell5km", ""),
                ("gridCell1km", ""),
                ("communeCode", ""),
                ("crossedCommuneCodes", ""),
                ("protectedAreas", ""),
                ("departmentCode", "01"),
                ("attachment", "gridCell"),
            ],
        );
        let polygon = rectangle(4.1, 46.0, 4.3, 46.1);
        let record = run(Some((46.05, 4.98)), &[fr, blur, ("footprintWKT", &polygon)]);
        has(
            &record,
            &[
                ("departmentCode", "01"),
                ("gridCell10km", ""),
                ("communeCode", ""),
                ("crossedDepartmentCodes", "01 | 42"),
            ],
        );
    }
    let record = run(Some((46.06, 4.2)), &[fr, ("dEEFloutage", "NON"), ("dataGeneralizations", "none")]);
    has(&record, &[("communeCode", "01001")]);
}

#[test]
fn an_old_code_is_that_of_the_commune_of_today() {
    let record = run(None, &[("countryCode", "FR"), ("locationID", "INSEE:01999")]);
    has(&record, &[("communeCode", "01002"), ("issues", "COMMUNE_CODE_REPLACED")]);
    let record = run(None, &[("countryCode", "FR"), ("municipality", "1999")]);
    has(&record, &[("communeCode", "01002"), ("issues", "COMMUNE_INVALID | COMMUNE_CODE_REPLACED")]);
    let record = run(None, &[("countryCode", "FR"), ("municipality", "75101")]);
    has(&record, &[("communeCode", "75056"), ("arrondissementCode", "75101"), ("issues", "")]);
    let record = run(Some((48.85, 2.35)), &[]);
    has(&record, &[("communeCode", "75056"), ("arrondissementCode", "75101")]);
}

#[test]
fn further_layers_are_asked_abroad_too() {
    let record = run(Some((46.1, 9.2)), &[("countryCode", "CH")]);
    assert_eq!(record, BTreeMap::from([("protectedAreas".to_owned(), "FR3".to_owned())]));
}

proptest! {
    #[test]
    fn nothing_panics(location in "\\PC{0,20}", county in "[0-9A-Bé -]{0,8}", latitude in -90.0..90.0_f64, longitude in -180.0..180.0_f64) {
        let texts = [("countryCode", "FR"), ("locationID", location.as_str()), ("municipality", county.as_str()), ("county", county.as_str())];
        let _ = run(Some((latitude, longitude)), &texts);
        let _ = run(None, &texts);
    }

    #[test]
    fn every_share_of_a_polygon_is_told(
        left in 3.8..5.4_f64, bottom in 45.9..46.4_f64, width in 0.001..0.6_f64, height in 0.001..0.4_f64,
    ) {
        let polygon = rectangle(left, bottom, left + width, bottom + height);
        let texts = [("countryCode", "FR"), ("footprintWKT", polygon.as_str())];
        let stationary = [texts[0], texts[1], ("natureObjetGeo", "St")];
        let (one, all) = (run(None, &texts), run(None, &stationary));
        let codes = |record: &BTreeMap<String, String>, name: &str| -> Vec<String> {
            record.get(name).map(|codes| codes.split(" | ").map(str::to_owned).collect()).unwrap_or_default()
        };
        for (scalar, list) in
            [("departmentCode", "departmentCodes"), ("communeCode", "communeCodes"), ("gridCell10km", "gridCells10km")]
        {
            let (few, many) = (codes(&one, list), codes(&all, list));
            prop_assert!(few.iter().all(|code| many.contains(code)), "{:?} {:?}", few, many);
            prop_assert_eq!(few.first().map(String::as_str), one.get(scalar).map(String::as_str));
            prop_assert_eq!(many.first(), few.first());
        }
        let mut crossed = codes(&all, "departmentCodes");
        crossed.sort();
        prop_assert_eq!(crossed, codes(&all, "crossedDepartmentCodes"));
    }
}
