//! Countries on land and at sea.

use std::sync::Arc;

use super::place::{Near, Nearby, continent_of};
use crate::parse::continent::Continent;
use crate::parse::coordinate::Pair;
use crate::parse::country;
use crate::reference::areas::{Areas, degrees_of_metres, geodesic_metres};

/// The land of countries, and the seas that are theirs (exclusive economic zones or territorial waters).
///
/// A point in the sea of a country belongs to that country, as GBIF's layer of exclusive economic zones has it. Land wins
/// over sea at the same distance: a zone may be drawn over the islands in it.
#[derive(Debug, Clone)]
pub struct Territory {
    land: Arc<Areas>,
    sea: Option<Arc<Areas>>,
}

impl Territory {
    /// The countries of a layer, with their seas where there is a layer of them.
    pub fn new(land: Arc<Areas>, sea: Option<Arc<Areas>>) -> Self {
        Self { land, sea }
    }
}

impl Nearby for Territory {
    fn countries(&self, longitude: f64, latitude: f64, degrees: f64) -> Vec<Near> {
        let metres = degrees / degrees_of_metres(1.0);
        let layers = [Some(&self.land), self.sea.as_ref()].into_iter().flatten();
        let mut near: Vec<Near> = layers
            .flat_map(|layer| layer.near(longitude, latitude, metres))
            .map(|(area, metres)| {
                // Layers of seas bear codes of three letters as often as of two.
                let country = country::of_code(&area.code).or_else(|| country::country(&area.code));
                let code = country.map_or_else(|| area.code.clone(), |country| country.code.to_owned());
                Near { code, degrees: degrees_of_metres(metres) }
            })
            .collect();
        // Stable: land stays before sea.
        near.sort_by(|a, b| a.degrees.total_cmp(&b.degrees));
        near
    }

    fn country(&self, longitude: f64, latitude: f64) -> Option<&str> {
        self.land.at(longitude, latitude).map(|area| area.code.as_str())
    }

    /// That of the country whose land holds the point. Outlines are simplified, so no land is not yet the sea: unknown.
    fn continents(&self, longitude: f64, latitude: f64) -> Option<Vec<Continent>> {
        let country = country::of_code(self.country(longitude, latitude)?)?;
        continent_of(country, Pair { latitude, longitude }).map(|continent| vec![continent])
    }

    fn centroid_metres(&self, longitude: f64, latitude: f64, country: Option<&str>) -> Option<f64> {
        let centre = self.land.centre(country?)?;
        // A degree of latitude is 111 km: most points need no geodesic.
        if (centre.latitude - latitude).abs() > 0.1 {
            return None;
        }
        Some(geodesic_metres((centre.longitude, centre.latitude).into(), (longitude, latitude).into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use geo::{MultiPolygon, Rect, coord};

    use super::*;
    use crate::location::place::match_country;
    use crate::reference::areas::Area;
    use crate::{Issue, IssueSet};

    fn layer(areas: &[(&str, [f64; 4])]) -> Arc<Areas> {
        let area = |(code, [west, south, east, north]): &(&str, [f64; 4])| Area {
            code: (*code).to_owned(),
            name: (*code).to_owned(),
            outline: MultiPolygon::new(vec![
                Rect::new(coord! { x: *west, y: *south }, coord! { x: *east, y: *north }).to_polygon(),
            ]),
        };
        Arc::new(Areas::new(areas.iter().map(area).collect()))
    }

    fn country_at(territory: &Territory, given: Option<&str>, longitude: f64, latitude: f64) -> (String, IssueSet) {
        let mut issues = IssueSet::new();
        let given = given.and_then(country::of_code);
        let matched = match_country(Pair { latitude, longitude }, given, None, territory, false, &mut issues);
        (matched.country.map(|country| country.code.to_owned()).unwrap_or_default(), issues)
    }

    #[test]
    fn a_point_at_sea_is_in_the_country_whose_sea_it_is() {
        let land = layer(&[("FR", [0.0, 44.0, 6.0, 49.0])]);
        let sea = layer(&[("FRA", [-5.0, 44.0, 0.0, 49.0])]);
        let with_sea = Territory::new(Arc::clone(&land), Some(sea));
        let (country, issues) = country_at(&with_sea, None, -3.0, 46.0);
        assert_eq!(country, "FR");
        assert!(issues.contains(Issue::CountryDerivedFromCoordinates));
        assert!(!country_at(&with_sea, Some("FR"), -3.0, 46.0).1.contains(Issue::CountryCoordinateMismatch));
        let without = Territory::new(land, None);
        assert_eq!(country_at(&without, None, -3.0, 46.0).0, "");
        assert!(country_at(&without, Some("FR"), -3.0, 46.0).1.contains(Issue::CountryCoordinateMismatch));
    }

    #[test]
    fn land_wins_over_a_sea_that_is_drawn_over_it() {
        let land = layer(&[("GP", [-62.0, 15.0, -61.0, 16.0])]);
        let sea = layer(&[("FR", [-64.0, 14.0, -60.0, 17.0])]);
        let territory = Territory::new(land, Some(sea));
        let near = territory.countries(-61.5, 15.5, 0.05);
        assert_eq!(near.iter().map(|near| near.code.as_str()).collect::<Vec<_>>(), ["GP", "FR"]);
    }
}
