//! Territories that a layer of countries has twice: with a code of their own, and inside the country they belong to.
//!
//! A record of Guyane would be one of France, as the smaller code wins where areas overlap. So the land of a territory is taken
//! out of the larger area around it: whole polygons, such as islands, as they are; else along the territory's outline.

use std::collections::BTreeSet;

use geo::{Area as _, BooleanOps, BoundingRect, InteriorPoint, MultiPolygon, Polygon, Rect};
use openobs_steps::reference::areas::{Area, Areas};

/// Takes territories out of the areas around them; what comes back is which code was taken out of which. Areas are in order of
/// their codes.
pub fn take_out(areas: &mut [Area]) -> Vec<(String, String)> {
    let looked_up = Areas::new(areas.to_vec());
    let pairs = inside(areas, &looked_up);
    let position = |areas: &[Area], code: &str| areas.binary_search_by(|area| area.code.as_str().cmp(code)).ok();
    for (territory, around) in &pairs {
        let (Some(inner), Some(outer)) = (position(areas, territory), position(areas, around)) else { continue };
        let Some(outline) = areas.get(inner).map(|area| area.outline.clone()) else { continue };
        if let Some(outer) = areas.get_mut(outer) {
            outer.outline = without(std::mem::take(&mut outer.outline.0), &outline, territory, &looked_up);
        }
    }
    pairs
}

/// Areas of which a polygon lies in a larger area, with that area.
fn inside(areas: &[Area], looked_up: &Areas) -> Vec<(String, String)> {
    let sizes: Vec<f64> = areas.iter().map(|area| area.outline.unsigned_area()).collect();
    let size = |code: &str| {
        let position = areas.binary_search_by(|area| area.code.as_str().cmp(code)).ok();
        position.and_then(|position| sizes.get(position).copied()).unwrap_or_default()
    };
    let mut pairs = BTreeSet::new();
    for area in areas {
        for polygon in &area.outline {
            let Some(point) = polygon.interior_point() else { continue };
            for (other, _) in looked_up.near(point.x(), point.y(), 0.0) {
                if other.code != area.code && size(&other.code) > size(&area.code) {
                    pairs.insert((area.code.clone(), other.code.clone()));
                }
            }
        }
    }
    pairs.into_iter().collect()
}

/// Polygons without a territory.
fn without(
    polygons: Vec<Polygon<f64>>,
    territory: &MultiPolygon<f64>,
    code: &str,
    looked_up: &Areas,
) -> MultiPolygon<f64> {
    let boxes: Vec<Rect<f64>> = territory.iter().filter_map(BoundingRect::bounding_rect).collect();
    let mut left = Vec::with_capacity(polygons.len());
    for polygon in polygons {
        let Some(bounds) = polygon.bounding_rect() else { continue };
        let near: Vec<&Polygon<f64>> = territory
            .iter()
            .zip(&boxes)
            .filter(|(_, other)| meets(&bounds, other))
            .map(|(polygon, _)| polygon)
            .collect();
        if near.is_empty() {
            left.push(polygon);
            continue;
        }
        let point = polygon.interior_point();
        let is_its = point.is_some_and(|point| looked_up.contains(code, point.x(), point.y()));
        let is_within = near.iter().filter_map(|polygon| polygon.bounding_rect()).any(|other| holds(&other, &bounds));
        if is_its && is_within {
            continue;
        }
        let near = MultiPolygon::new(near.into_iter().cloned().collect());
        left.extend(MultiPolygon::new(vec![polygon]).difference(&near));
    }
    MultiPolygon::new(left)
}

fn meets(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x < b.max().x && b.min().x < a.max().x && a.min().y < b.max().y && b.min().y < a.max().y
}

fn holds(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.min().x && a.min().y <= b.min().y && a.max().x >= b.max().x && a.max().y >= b.max().y
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn square(west: f64, south: f64, size: f64) -> Polygon<f64> {
        Rect::new((west, south), (west + size, south + size)).to_polygon()
    }

    fn area(code: &str, polygons: Vec<Polygon<f64>>) -> Area {
        Area { code: code.to_owned(), name: code.to_owned(), outline: MultiPolygon::new(polygons) }
    }

    #[test]
    fn a_territory_is_in_its_own_area_alone() {
        // FR has its mainland, an island that is GP as well, and a land that EH is a part of.
        let mut areas = vec![
            area("BE", vec![square(10.0, 0.0, 5.0)]),
            area("EH", vec![square(20.0, 0.0, 2.0)]),
            area("FR", vec![square(0.0, 0.0, 10.0), square(40.0, 0.0, 1.0), square(20.0, 0.0, 4.0)]),
            area("GP", vec![square(40.0, 0.0, 1.0)]),
        ];
        let taken: Vec<String> =
            take_out(&mut areas).iter().map(|(one, other)| format!("{one} out of {other}")).collect();
        assert_eq!(taken, ["EH out of FR", "GP out of FR"]);
        let areas = Areas::new(areas);
        let codes =
            |x: f64, y: f64| areas.near(x, y, 0.0).iter().map(|(area, _)| area.code.clone()).collect::<Vec<_>>();
        assert_eq!([codes(5.0, 5.0), codes(40.5, 0.5), codes(21.0, 1.0)], [["FR"], ["GP"], ["EH"]]);
        assert_eq!([codes(23.0, 3.0), codes(12.0, 2.0)], [["FR"], ["BE"]]);
        assert_eq!(areas.get("FR").unwrap().outline.0.len(), 2);
    }
}
