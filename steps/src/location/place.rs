//! The country and the continent of a record, from its words and from its coordinates.

use std::fmt::Debug;
use std::sync::LazyLock;

use hashbrown::HashMap;

use crate::parse::continent::{self, Continent};
use crate::parse::coordinate::Pair;
use crate::parse::country::{self, Country, SEVERAL};
use crate::parse::vocabulary::Vocabulary;
use crate::reference::areas::degrees_of_metres;
use crate::verbatim::Text;
use crate::{Issue, IssueSet, Verbatim};

/// A point this near to a country, in degrees, is taken to be in it: outlines are simplified, and people record from
/// boats and piers. GBIF uses the same.
const TOLERANCE_DEGREES: f64 = 0.05;

/// A country near a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// Distance in degrees; 0 inside.
    pub degrees: f64,
}

/// Tells which countries and continents are near a point.
pub trait Nearby: Debug + Send + Sync {
    /// The countries within a distance of a point, nearest first.
    fn countries(&self, longitude: f64, latitude: f64, degrees: f64) -> Vec<Near>;

    /// The country whose area holds the point, if that is quickly told.
    fn country(&self, longitude: f64, latitude: f64) -> Option<&str> {
        let _ = (longitude, latitude);
        None
    }

    /// The continents on whose land the point lies, none at sea; `None` when that is not known.
    fn continents(&self, longitude: f64, latitude: f64) -> Option<Vec<Continent>> {
        let _ = (longitude, latitude);
        None
    }

    /// The distance in metres from the centroid of a country, or of whichever is nearest without one; `None` when that is
    /// not known or far.
    fn centroid_metres(&self, longitude: f64, latitude: f64, country: Option<&str>) -> Option<f64> {
        let _ = (longitude, latitude, country);
        None
    }
}

/// Pairs of countries that people do not tell apart, and whether that is worth an issue.
///
/// France and its overseas lands are the same country to those who write `France`.
const EQUIVALENT: &[(&str, &str, bool)] = &[
    ("FR", "GP", false),
    ("FR", "GF", false),
    ("FR", "MQ", false),
    ("FR", "RE", false),
    ("FR", "YT", false),
    ("FR", "PF", false),
    ("FR", "PM", false),
    ("FR", "WF", false),
    ("FR", "MF", false),
    ("FR", "BL", false),
    ("FR", "NC", false),
    ("FR", "TF", false),
    ("XK", "RS", false),
    ("EH", "MA", false),
    ("CX", "AU", true),
    ("CC", "AU", true),
    ("HM", "AU", true),
    ("NF", "AU", true),
    ("HK", "CN", true),
    ("MO", "CN", true),
    ("GL", "DK", true),
    ("AX", "FI", true),
    ("IE", "GB", true),
    ("IL", "PS", true),
    ("CK", "NZ", true),
    ("NU", "NZ", true),
    ("TK", "NZ", true),
    ("SJ", "NO", true),
    ("IM", "GB", true),
    ("JE", "GB", true),
    ("GG", "GB", true),
    ("VI", "US", true),
    ("PR", "US", true),
    ("AS", "US", true),
    ("MP", "US", true),
    ("UM", "US", true),
    ("GU", "US", true),
];

/// Whether one country may be meant by the other, and whether that is worth an issue.
fn equivalent(a: &str, b: &str) -> Option<bool> {
    EQUIVALENT
        .iter()
        .find(|(one, other, _)| (*one == a && *other == b) || (*one == b && *other == a))
        .map(|(_, _, issue)| *issue)
}

/// What is known about the place of a record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// The coordinates, put right where the country says so.
    pub coordinates: Option<Pair>,
    /// The country.
    pub country: Option<&'static Country>,
    /// The continent.
    pub continent: Option<Continent>,
}

/// Reads the places of a batch; words that come again are read once.
pub(super) struct PlaceReader<'a> {
    nearby: Option<&'a dyn Nearby>,
    /// A data team's words for countries.
    words: &'a Vocabulary,
    country: Text<'a>,
    country_code: Text<'a>,
    continent: Text<'a>,
    countries: HashMap<&'a str, Option<&'static Country>>,
    continents: HashMap<&'a str, Option<Continent>>,
}

impl<'a> PlaceReader<'a> {
    pub(super) fn new(verbatim: &Verbatim<'a>, nearby: Option<&'a dyn Nearby>, words: &'a Vocabulary) -> Self {
        Self {
            nearby,
            words,
            country: verbatim.text_of("country"),
            country_code: verbatim.text_of("countryCode"),
            continent: verbatim.text_of("continent"),
            countries: HashMap::new(),
            continents: HashMap::new(),
        }
    }

    pub(super) fn read(
        &mut self,
        row: usize,
        coordinates: Option<Pair>,
        uncertainty: Option<f64>,
        issues: &mut IssueSet,
    ) -> Place {
        let given = self.given_country(row, issues);
        let mut place = Place { coordinates, country: given, continent: None };
        if given.is_none() && coordinates.is_some_and(in_the_far_south) {
            issues.raise(Issue::CountryDerivedFromCoordinates);
            place.country = country::of_code("AQ");
        } else if let (Some(pair), Some(nearby)) = (coordinates, self.nearby) {
            let matched = match_country(pair, given, uncertainty, nearby, true, issues);
            place.country = matched.country;
            place.coordinates = Some(matched.pair);
        }
        let continent = self
            .continent
            .value(row)
            .map(|text| *self.continents.entry(text).or_insert_with(|| continent::continent(text)));
        let on_land = place.coordinates.and_then(|pair| self.nearby?.continents(pair.longitude, pair.latitude));
        let at = place.coordinates.filter(|_| !issues.contains(Issue::CountryCoordinateMismatch));
        place.continent = match_continent(continent, on_land.as_deref(), at, place.country, issues);
        place
    }

    /// The country of the code, or of the name.
    fn given_country(&mut self, row: usize, issues: &mut IssueSet) -> Option<&'static Country> {
        let mut read = |text: Text<'a>| {
            let text = text.value(row)?;
            let found = *self.countries.entry(text).or_insert_with(|| country::country_in(self.words, text));
            issues.raise_if(found.is_none(), Issue::CountryInvalid);
            found
        };
        let (code, name) = (read(self.country_code), read(self.country));
        let differ = code.zip(name).is_some_and(|(code, name)| code.code != name.code);
        issues.raise_if(differ, Issue::CountryMismatch);
        // The wider word does not overrule the finer one.
        code.filter(|code| code.code != SEVERAL).or(name).or(code)
    }
}

/// South of 60 degrees there is one country, whatever the outlines say.
fn in_the_far_south(pair: Pair) -> bool {
    pair.latitude < -60.0
}

/// A country and coordinates that were held against each other.
#[derive(Debug, Clone, Copy)]
pub struct Matched {
    /// The country given, or that of the coordinates.
    pub country: Option<&'static Country>,
    /// The coordinates, put right.
    pub pair: Pair,
    /// Whether the coordinates lie in the country.
    pub agree: bool,
}

/// Holds coordinates against the country given.
///
/// Without a country, it is that of the coordinates. With one, the coordinates must lie in it, or in one that is taken for
/// it; else, if `alternatives` are tried, signs that were lost and coordinates that were swapped are put right where that
/// brings them into the country.
///
/// # Issues
/// `COUNTRY_DERIVED_FROM_COORDINATES`, `COUNTRY_COORDINATE_MISMATCH`, `PRESUMED_NEGATED_LATITUDE`,
/// `PRESUMED_NEGATED_LONGITUDE`, `PRESUMED_SWAPPED_COORDINATE`.
pub fn match_country(
    pair: Pair,
    given: Option<&'static Country>,
    uncertainty: Option<f64>,
    nearby: &dyn Nearby,
    alternatives: bool,
    issues: &mut IssueSet,
) -> Matched {
    let kept = |country, agree| Matched { country, pair, agree };
    if in_the_far_south(pair) && given.is_none_or(|country| country.code == "AQ") {
        issues.raise_if(given.is_none(), Issue::CountryDerivedFromCoordinates);
        return kept(country::of_code("AQ"), true);
    }
    // Most records lie well inside the country that they name.
    let inside = nearby.country(pair.longitude, pair.latitude);
    if let (Some(given), Some(inside)) = (given, inside)
        && given.code == inside
    {
        return kept(Some(given), true);
    }
    let reach =
        uncertainty.map_or(TOLERANCE_DEGREES, |metres| degrees_of_metres(metres.min(200_000.0)).max(TOLERANCE_DEGREES));
    let Some(given) = given.filter(|given| given.code != SEVERAL) else {
        let nearest = match inside.and_then(country::of_code) {
            Some(inside) => Some(inside),
            None => nearby
                .countries(pair.longitude, pair.latitude, TOLERANCE_DEGREES)
                .iter()
                .find_map(|near| country::of_code(&near.code)),
        };
        issues.raise_if(nearest.is_some(), Issue::CountryDerivedFromCoordinates);
        return kept(nearest.or(given), nearest.is_some());
    };
    let near = nearby.countries(pair.longitude, pair.latitude, reach);
    if near.iter().any(|near| near.code == given.code) {
        return kept(Some(given), true);
    }
    for issue in [false, true] {
        let other = near.iter().find(|near| equivalent(given.code, &near.code) == Some(issue));
        if let Some(other) = other.and_then(|other| country::of_code(&other.code)) {
            issues.raise_if(issue, Issue::CountryDerivedFromCoordinates);
            return kept(Some(other), true);
        }
    }
    if alternatives {
        let (latitude, longitude) = (pair.latitude, pair.longitude);
        let turned: [(f64, f64, &[Issue]); 4] = [
            (-latitude, longitude, &[Issue::PresumedNegatedLatitude]),
            (latitude, -longitude, &[Issue::PresumedNegatedLongitude]),
            (-latitude, -longitude, &[Issue::PresumedNegatedLatitude, Issue::PresumedNegatedLongitude]),
            (longitude, latitude, &[Issue::PresumedSwappedCoordinate]),
        ];
        for (latitude, longitude, why) in turned {
            // A zero has no sign to lose.
            let other = Pair { latitude: latitude + 0.0, longitude: longitude + 0.0 };
            if latitude.abs() <= 90.0
                && other != pair
                && nearby.countries(longitude, latitude, reach).iter().any(|near| near.code == given.code)
            {
                why.iter().for_each(|issue| issues.raise(*issue));
                return Matched { country: Some(given), pair: other, agree: true };
            }
        }
    }
    issues.raise(Issue::CountryCoordinateMismatch);
    kept(Some(given), false)
}

/// A part of a country on another continent than the mainland.
struct Part {
    code: &'static str,
    /// `None` where continents cannot be told apart.
    continent: Option<Continent>,
    bounds: [f64; 4],
}

static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| {
    let part = |line: &'static str| {
        let mut cells = line.split('\t');
        let (code, continent) = (cells.next()?, cells.next()?);
        let bounds: Vec<f64> = cells.filter_map(|cell| cell.parse().ok()).collect();
        Some(Part { code, continent: Continent::of_name(continent), bounds: bounds.try_into().ok()? })
    };
    include_str!("../vocabulary/continent_part.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(part)
        .collect()
});

/// The continent of a point of a country, where that can be told.
pub(super) fn continent_of(country: &Country, pair: Pair) -> Option<Continent> {
    let part = PARTS.iter().find(|part| {
        let [west, south, east, north] = part.bounds;
        part.code == country.code && (west..=east).contains(&pair.longitude) && (south..=north).contains(&pair.latitude)
    });
    part.map_or_else(|| country.continents.first().copied(), |part| part.continent)
}

/// Holds the continent given against the coordinates and the country.
///
/// `given` is `Some(None)` when the text is no continent; `on_land` has the continents at the point, none at sea, and is
/// absent when there is no point or no layer of continents. `at` is the point, unless it lies outside the country.
///
/// # Issues
/// `CONTINENT_INVALID`, `CONTINENT_COORDINATE_MISMATCH`, `CONTINENT_COUNTRY_MISMATCH`,
/// `CONTINENT_DERIVED_FROM_COORDINATES`, `CONTINENT_DERIVED_FROM_COUNTRY`.
pub fn match_continent(
    given: Option<Option<Continent>>,
    on_land: Option<&[Continent]>,
    at: Option<Pair>,
    country: Option<&Country>,
    issues: &mut IssueSet,
) -> Option<Continent> {
    issues.raise_if(given == Some(None), Issue::ContinentInvalid);
    let given = given.flatten();
    if let Some(given) = given {
        let elsewhere = country.is_some_and(|country| !country.continents.contains(&given));
        issues.raise_if(elsewhere, Issue::ContinentCountryMismatch);
    }
    if let Some(on_land) = on_land {
        let mismatch = given.is_some_and(|given| !on_land.contains(&given));
        issues.raise_if(mismatch, Issue::ContinentCoordinateMismatch);
        if on_land.is_empty() || given.is_some() {
            return given.filter(|_| !on_land.is_empty());
        }
        issues.raise(Issue::ContinentDerivedFromCoordinates);
        return on_land.first().copied();
    }
    if given.is_some() {
        return given;
    }
    let country = country?;
    let (continent, issue) = match (at, country.continents.as_slice()) {
        (_, [only]) => (Some(*only), Issue::ContinentDerivedFromCountry),
        (Some(pair), _) => (continent_of(country, pair), Issue::ContinentDerivedFromCoordinates),
        (None, _) => (None, Issue::ContinentDerivedFromCountry),
    };
    issues.raise_if(continent.is_some(), issue);
    continent
}
