#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use geo::{Intersects, LineString, Polygon};
use proptest::prelude::*;

use super::*;

fn area(code: &str, rings: &[&[(f64, f64)]]) -> Area {
    let mut rings = rings.iter().map(|ring| LineString::from(ring.to_vec()));
    let outline = Polygon::new(rings.next().unwrap(), rings.collect());
    Area { code: code.to_owned(), name: format!("area {code}"), outline: MultiPolygon(vec![outline]) }
}

fn square(code: &str, left: f64, bottom: f64, side: f64) -> Area {
    let (right, top) = (left + side, bottom + side);
    area(code, &[&[(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]])
}

fn code(areas: &Areas, x: f64, y: f64) -> Option<&str> {
    areas.at(x, y).map(|area| area.code.as_str())
}

#[test]
fn borders_belong_to_both_and_the_smallest_code_wins() {
    let areas = Areas::new(vec![square("02", 1.0, 0.0, 1.0), square("01", 0.0, 0.0, 1.0), square("03", 0.0, 1.0, 1.0)]);
    assert_eq!(code(&areas, 0.5, 0.5), Some("01"));
    assert_eq!(code(&areas, 1.5, 0.5), Some("02"));
    assert_eq!(code(&areas, 1.0, 0.5), Some("01"));
    assert_eq!(code(&areas, 1.0, 1.0), Some("01"));
    assert_eq!(code(&areas, 0.5, 1.0), Some("01"));
    assert_eq!(code(&areas, 2.0, 1.0), Some("02"));
    assert_eq!(code(&areas, 0.0, 2.0), Some("03"));
    assert_eq!(code(&areas, 2.000_000_1, 0.5), None);
    assert_eq!(code(&areas, f64::NAN, 0.5), None);
    assert_eq!(code(&areas, 0.5, f64::INFINITY), None);
    assert_eq!(code(&areas, 1e300, -1e300), None);
}

#[test]
fn holes_are_outside_but_their_border_is_inside() {
    let outer = [(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0), (0.0, 0.0)];
    let hole = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1.0, 1.0)];
    let areas = Areas::new(vec![area("A", &[&outer, &hole]), square("B", 1.2, 1.2, 0.5)]);
    assert_eq!(code(&areas, 0.5, 0.5), Some("A"));
    assert_eq!(code(&areas, 1.1, 1.1), None);
    assert_eq!(code(&areas, 1.0, 1.5), Some("A"));
    assert_eq!(code(&areas, 1.5, 1.5), Some("B"));
}

#[test]
fn the_whole_world_can_be_one_area() {
    let world = [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0), (-180.0, -90.0)];
    let areas = Areas::new(vec![area("WORLD", &[&world])]);
    for (x, y) in [(180.0, 90.0), (-180.0, -90.0), (0.0, 0.0), (12.3, -45.6), (180.0, 0.0)] {
        assert_eq!(code(&areas, x, y), Some("WORLD"));
    }
}

#[test]
fn an_empty_layer_and_empty_outlines_hold_nothing() {
    assert_eq!(code(&Areas::default(), 1.0, 1.0), None);
    let areas = Areas::new(vec![Area { code: "E".into(), name: "empty".into(), outline: MultiPolygon(vec![]) }]);
    assert_eq!(code(&areas, 0.0, 0.0), None);
    assert!(areas.nearest(0.0, 0.0, 1e6).is_none());
    assert!(areas.centre("E").is_none());
    assert!(areas.get("E").is_some());
}

#[test]
fn areas_of_one_code_become_one() {
    let areas = Areas::new(vec![square("A", 0.0, 0.0, 1.0), square("A", 10.0, 0.0, 1.0)]);
    assert_eq!(areas.len(), 1);
    assert_eq!(code(&areas, 10.5, 0.5), Some("A"));
    assert_eq!(areas.bounds_of("A").unwrap().max().x, 11.0);
}

#[test]
fn the_nearest_area_is_told_with_its_geodesic_distance() {
    let areas = Areas::new(vec![square("A", 0.0, 48.0, 1.0), square("B", 1.1, 48.0, 1.0)]);
    let (nearest, metres) = areas.nearest(1.004, 48.5, 22_000.0).unwrap();
    assert_eq!(nearest.code, "A");
    assert!((metres - 295.5).abs() < 1.0, "{metres}");
    assert_eq!(areas.nearest(0.5, 48.5, 10.0).map(|(area, metres)| (area.code.as_str(), metres)), Some(("A", 0.0)));
    // Half-way: the smaller code.
    assert_eq!(areas.near(1.05, 48.5, 22_000.0).len(), 2);
    assert!(areas.nearest(1.05, 40.0, 22_000.0).is_none());
    assert!(areas.nearest(f64::NAN, 40.0, 22_000.0).is_none());
}

#[test]
fn shares_are_measured_on_the_ground() {
    let areas = Areas::new(vec![square("A", 0.0, 48.0, 1.0), square("B", 1.0, 48.0, 1.0)]);
    let parts = |left: f64, side: f64| shape::Parts::Polygons(square("", left, 48.2, side).outline);
    let of = |parts: shape::Parts| {
        let shape = shape::Shape::of_parts(parts).unwrap();
        let overlaps = areas.overlaps(&shape, 10).unwrap();
        overlaps.iter().map(|overlap| (overlap.area.code.clone(), overlap.size / shape.size())).collect::<Vec<_>>()
    };
    let inside = of(parts(0.2, 0.1));
    assert!(inside.len() == 1 && (inside[0].1 - 1.0).abs() < 1e-8, "{inside:?}");
    let shared = of(parts(0.8, 0.4));
    assert!(shared.iter().all(|(_, share)| (share - 0.5).abs() < 1e-8), "{shared:?}");
    assert!(of(parts(5.0, 0.1)).is_empty());
    // What touches from outside does not meet.
    assert_eq!(of(parts(2.0, 0.1)), []);
    let whole = shape::Shape::of_parts(parts(0.0, 1.0)).unwrap();
    assert!((whole.size() / 1e6 - 8_218.0).abs() < 50.0, "{} km2", whole.size() / 1e6);
    assert!(areas.overlaps(&shape::Shape::of_parts(parts(0.8, 0.4)).unwrap(), 1).is_none());
}

#[test]
fn the_centre_is_the_centroid_or_a_point_inside() {
    let horseshoe =
        [(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (2.0, 3.0), (2.0, 0.5), (1.0, 0.5), (1.0, 3.0), (0.0, 3.0), (0.0, 0.0)];
    let areas = Areas::new(vec![square("A", 4.3, 48.3, 0.2), area("U", &[&horseshoe])]);
    let centre = areas.centre("A").unwrap();
    assert_eq!((centre.longitude, centre.latitude), (4.4, 48.4));
    let corner = geodesic_metres(Coord { x: 4.4, y: 48.4 }, Coord { x: 4.3, y: 48.3 });
    assert_eq!(centre.radius_metres, corner.ceil());
    let centre = areas.centre("U").unwrap();
    assert!(areas.contains("U", centre.longitude, centre.latitude));
}

/// A star around a point: never convex, and its edges cross many cells.
fn star(code: &str, x: f64, y: f64, radii: &[f64]) -> Area {
    let step = std::f64::consts::TAU / radii.len() as f64;
    let mut ring: Vec<(f64, f64)> = radii
        .iter()
        .enumerate()
        .map(|(index, radius)| (x + radius * (index as f64 * step).cos(), y + radius * (index as f64 * step).sin()))
        .collect();
    ring.push(ring[0]);
    area(code, &[&ring])
}

proptest! {
    #[test]
    fn points_are_where_plain_predicates_say(
        stars in prop::collection::vec(
            (-4.0..4.0_f64, -4.0..4.0_f64, prop::collection::vec(0.01..3.0_f64, 3..40)), 1..6),
        points in prop::collection::vec((-6.0..6.0_f64, -6.0..6.0_f64), 50),
        along in prop::collection::vec(0.0..1.0_f64, 20),
    ) {
        let areas = Areas::new(
            stars.iter().enumerate().map(|(index, (x, y, radii))| star(&index.to_string(), *x, *y, radii)).collect());
        let edges: Vec<geo::Line<f64>> =
            areas.iter().flat_map(|area| area.outline.0[0].exterior().lines().collect::<Vec<_>>()).collect();
        let vertices = edges.iter().map(|edge| edge.start);
        let on_edges = edges.iter().zip(along.iter().cycle()).map(|(edge, along)| edge.start + edge.delta() * *along);
        let points = points.into_iter().map(|(x, y)| Coord { x, y });
        for point in points.chain(vertices).chain(on_edges) {
            let plain = areas.iter().find(|area| area.outline.intersects(&Point(point))).map(|area| area.code.as_str());
            prop_assert_eq!(code(&areas, point.x, point.y), plain);
            let all: Vec<&str> = areas
                .iter().filter(|area| area.outline.intersects(&Point(point))).map(|area| area.code.as_str()).collect();
            let found: Vec<&str> = areas.all_at(point.x, point.y).iter().map(|area| area.code.as_str()).collect();
            prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn a_geometry_is_shared_out_whole(
        x in -3.0..3.0_f64, y in 40.0..46.0_f64, radii in prop::collection::vec(0.01..1.5_f64, 3..30),
    ) {
        // Squares that leave no place between them.
        let squares = (-6..6).flat_map(|column| (38..50).map(move |row| (column, row)));
        let areas = Areas::new(
            squares.map(|(column, row)| square(&format!("{column} {row}"), f64::from(column), f64::from(row), 1.0)).collect());
        let outline = star("S", x, y, &radii).outline;
        let line = outline.0[0].exterior().clone();
        for parts in [shape::Parts::Polygons(outline), shape::Parts::Lines(vec![line])] {
            let whole = shape::Shape::of_parts(parts).unwrap();
            let shared = areas.overlaps(&whole, usize::MAX).unwrap();
            let sum: f64 = shared.iter().map(|overlap| overlap.size).sum();
            prop_assert!((sum - whole.size()).abs() < whole.size() * 2e-4, "{sum} {}", whole.size());
            let all = areas.all_overlaps(&whole, usize::MAX).unwrap();
            prop_assert_eq!(shared.len(), all.len());
        }
    }

    #[test]
    fn the_raster_agrees_with_the_outlines(
        stars in prop::collection::vec(
            (-4.0..4.0_f64, -4.0..4.0_f64, prop::collection::vec(0.01..3.0_f64, 3..40)), 1..6),
        points in prop::collection::vec((-6.0..6.0_f64, -6.0..6.0_f64), 50),
        whole in prop::collection::vec((-6..6_i32, -6..6_i32), 10),
    ) {
        let areas = Areas::new(
            stars.iter().enumerate().map(|(index, (x, y, radii))| star(&index.to_string(), *x, *y, radii)).collect());
        let vertices: Vec<(f64, f64)> = areas
            .iter().flat_map(|area| area.outline.0[0].exterior().coords().map(|vertex| (vertex.x, vertex.y))).collect();
        let whole = whole.into_iter().map(|(x, y)| (f64::from(x), f64::from(y)));
        for (x, y) in points.into_iter().chain(whole).chain(vertices) {
            let first = areas.iter().find(|area| areas.contains(&area.code, x, y)).map(|area| area.code.as_str());
            prop_assert_eq!(code(&areas, x, y), first);
            let nearest = areas.nearest(x, y, 50_000.0);
            prop_assert_eq!(first.is_some(), nearest.is_some_and(|(_, metres)| metres == 0.0));
        }
    }
}
