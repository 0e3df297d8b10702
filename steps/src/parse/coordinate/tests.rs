#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn close(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-6,
        (found, expected) => found == expected,
    }
}

#[test]
fn degrees_minutes_seconds() {
    for (text, axis, expected) in [
        ("2°49'52\"N", Axis::Latitude, Some(2.831111)),
        ("131°47'03\"  O", Axis::Longitude, Some(131.784167)),
        ("12°30' Ouest", Axis::Longitude, Some(-12.5)),
        ("Nord 48°51'", Axis::Latitude, Some(48.85)),
        ("48° 51’ 12,5” N", Axis::Latitude, Some(48.853472)),
        ("-2° 30'", Axis::Longitude, Some(-2.5)),
        ("48d51m12s", Axis::Latitude, Some(48.853333)),
        ("131°47'132\"", Axis::Longitude, None),
        ("48°99'", Axis::Latitude, None),
        ("0433S", Axis::Latitude, None),
        ("432", Axis::Longitude, None),
        ("2° 20' N", Axis::Longitude, None),
    ] {
        assert!(close(sexagesimal(text, axis), expected), "{text}: {:?}", sexagesimal(text, axis));
    }
}

#[test]
fn pairs_in_one_text() {
    for (text, expected) in [
        ("48°51'12\"N 2°20'55\"E", Some((48.853333, 2.348611))),
        ("N 48°51' ; W 2°21'", Some((48.85, -2.35))),
        ("2°20'55\"E, 48°51'12\"N", Some((48.853333, 2.348611))),
        ("48,85 2,35", Some((48.85, 2.35))),
        ("48.85, 2.35", Some((48.85, 2.35))),
        ("48.85 N / 2.35 W", Some((48.85, -2.35))),
        ("61o50'N 30o45'E", Some((61.833333, 30.75))),
        ("17d 33m 5s N/99d 30m 3s W", Some((17.551389, -99.500833))),
        ("Paris", None),
        ("12344", None),
        (",11.12", None),
        ("48°N 49°N", None),
    ] {
        let found = verbatim(text).ok().flatten();
        assert!(close(found.map(|pair| pair.latitude), expected.map(|pair| pair.0)), "{text}: {found:?}");
        assert!(close(found.map(|pair| pair.longitude), expected.map(|pair| pair.1)), "{text}: {found:?}");
    }
}

#[test]
fn projected_pairs() {
    let notre_dame = Some(Pair { longitude: 652_297.0, latitude: 6_861_636.4 });
    for text in [
        "652297 6861636.4",
        "652297,0 6861636,4",
        "X=652 297,0 ; Y=6 861 636,4",
        "Y: 6861636.4 X: 652297",
        "652297;6861636,4",
    ] {
        assert_eq!(projected(text), notre_dame, "{text}");
    }
    assert_eq!(projected("Paris"), None);
}

#[test]
fn places_on_earth() {
    let mut issues = IssueSet::new();
    assert_eq!(
        place(Pair { latitude: -100.0, longitude: 40.0 }, &mut issues),
        Some(Pair { latitude: 40.0, longitude: -100.0 })
    );
    assert!(issues.contains(Issue::PresumedSwappedCoordinate));
    assert_eq!(place(Pair { latitude: 200.0, longitude: 200.0 }, &mut issues), None);
    assert!(issues.contains(Issue::CoordinateOutOfRange));
}

proptest! {
    #[test]
    fn nothing_panics_and_bounds_hold(text in "\\PC{0,40}", other in "[-0-9°'\"NSEWO .,;/dms]{0,30}") {
        for text in [&text, &other] {
            for axis in [Axis::Latitude, Axis::Longitude] {
                let _ = coordinate(text, axis);
            }
            let _ = projected(text);
            let _ = footprint_point(text);
            if let Ok(Some(pair)) = verbatim(text)
                && let Some(placed) = place(pair, &mut IssueSet::new())
            {
                prop_assert!(in_range(placed));
                prop_assert_eq!(place(placed, &mut IssueSet::new()), Some(placed));
            }
        }
    }
}
