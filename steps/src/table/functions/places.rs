//! Coordinates, countries, continents and systems.

use serde_json::Value;

use crate::location::place::{self, Nearby};
use crate::location::region::Region;
use crate::location::systems;
use crate::parse::continent::{self, Continent};
use crate::parse::coordinate::{self, Axis, Pair};
use crate::parse::{country, datum, footprint};
use crate::{Issue, IssueSet};

use super::country_constant;
use super::polygons::Polygons;
use crate::table::given::{Answer, Given};

type Answered = Result<Answer, String>;

/// One pair, a text with both, the point of a footprint, or one value in degrees, minutes and seconds.
pub fn coordinates(given: &Given<'_>) -> Answered {
    let text = |name: &str| given.text_or_empty(name);
    let pair = match text("function") {
        "dms" => {
            let axis = if text("in.axis") == "latitude" { Axis::Latitude } else { Axis::Longitude };
            let found = coordinate::sexagesimal(text("in.coordinate"), axis);
            return Ok(Answer::entry("value", found));
        }
        "pair" => coordinate::pair(text("in.decimalLatitude"), text("in.decimalLongitude")),
        "verbatimCoordinates" => coordinate::verbatim(text("in.verbatimCoordinates")),
        "footprintPoint" => {
            let point = coordinate::footprint_point(text("in.footprintWKT"));
            Ok(point.filter(|pair| coordinate::in_range(*pair)))
        }
        function => return Err(format!("nothing answers for function `{function}`")),
    };
    let mut issues = IssueSet::new();
    let found = match pair {
        Ok(pair) => pair.and_then(|pair| coordinate::place(pair, &mut issues)),
        Err(issue) => {
            issues.raise(issue);
            None
        }
    };
    // Null Island is a default more often than a place; what had to be exchanged is a guess.
    let confidence = if issues.contains(Issue::ZeroCoordinate) {
        "POSSIBLE"
    } else if issues.contains(Issue::PresumedSwappedCoordinate) {
        "PROBABLE"
    } else {
        "DEFINITE"
    };
    Ok(Answer::new()
        .status(found.is_some())
        .confidence(found.map(|_| confidence))
        .with("decimalLatitude", found.map(|pair| pair.latitude))
        .with("decimalLongitude", found.map(|pair| pair.longitude))
        .issues(issues))
}

/// A country string.
pub fn country(given: &Given<'_>) -> Answered {
    let found = given.text("in.country").and_then(country::country);
    Ok(Answer::entry("countryCode", found.map(|country| country.code))
        .with("country", found.map(country_constant::of))
        .with("countryTitle", found.map(|country| country.title)))
}

/// A continent string.
pub fn continent_name(given: &Given<'_>) -> Answered {
    let found = given.text("in.continent").and_then(continent::continent);
    Ok(Answer::entry("continent", found.map(Continent::name)))
}

/// The continent of a record whose country and coordinates are interpreted.
pub fn continent(given: &Given<'_>) -> Answered {
    let named = given.text("in.continent").map(continent::continent);
    let country = given.text("in.countryCode").and_then(country::of_code);
    let pair = pair(given);
    let polygons = Polygons::of(&given.json("context.polygons").unwrap_or(Value::Null));
    let on_land = pair.and_then(|pair| polygons.continents(pair.longitude, pair.latitude));
    let mut issues = IssueSet::new();
    let found = place::match_continent(named, on_land.as_deref(), pair, country, &mut issues);
    // That there is none at sea is an answer too.
    let at_sea = on_land.is_some_and(|continents| continents.is_empty());
    let answer = Answer::new().status(found.is_some() || at_sea);
    Ok(answer.with("continent", found.map(Continent::name)).issues(issues))
}

fn pair(given: &Given<'_>) -> Option<Pair> {
    let (latitude, longitude) = given.number("in.decimalLatitude").zip(given.number("in.decimalLongitude"))?;
    Some(Pair { latitude, longitude })
}

/// The region of GBIF of the country that publishes the dataset.
pub fn published_region(given: &Given<'_>) -> Answer {
    let region = given.text("in.publishingCountry").and_then(country::of_code).and_then(Region::of_country);
    Answer::new().with("publishedByGbifRegion", region.map(Region::name))
}

/// Coordinates held against a country.
pub fn matching(given: &Given<'_>) -> Answered {
    let pair = pair(given).ok_or("the case gives no coordinates")?;
    let country = given.text("in.countryCode").and_then(country::of_code);
    let polygons = Polygons::of(&given.json("context.polygons").unwrap_or(Value::Null));
    let alternatives = given.text("option.alternatives") == Some("all");
    let uncertainty = given.number("in.coordinateUncertaintyInMeters");
    let mut issues = IssueSet::new();
    let found = place::match_country(pair, country, uncertainty, &polygons, alternatives, &mut issues);
    let kept = found.agree.then_some(found);
    Ok(Answer::new()
        .status(found.agree)
        .with("countryCode", kept.and_then(|found| found.country).map(|country| country.code))
        .with("decimalLatitude", kept.map(|found| found.pair.latitude))
        .with("decimalLongitude", kept.map(|found| found.pair.longitude))
        .issues(issues))
}

/// A datum string.
pub fn datum(given: &Given<'_>) -> Answered {
    let found = given.text("in.geodeticDatum").and_then(datum::system);
    Ok(Answer::entry("epsg", found.map(|system| system.code)))
}

/// A spatial reference system, a footprint, or a record with both.
pub fn system(given: &Given<'_>) -> Answered {
    let projections = given.bench().references.projections.as_ref();
    if given.states("out.srs") {
        let found = given.text("in.geodeticDatum").and_then(|text| systems::system(text, projections));
        return Ok(Answer::entry("srs", found.map(|system| format!("EPSG:{}", system.crs))));
    }
    let shape = given.text("in.footprintWKT").and_then(footprint::shape);
    let step = given.location();
    let record = given.whole_record(step.as_ref())?;
    let value = |name: &str| record.get(name).cloned().unwrap_or(Value::Null);
    Ok(Answer::new()
        .status(shape.is_some())
        .with("decimalLatitude", value("decimalLatitude"))
        .with("decimalLongitude", value("decimalLongitude"))
        .with("footprintWKT", value("footprintWKT"))
        .issues_of(&record)
        .without_issues_about(&["CONTINENT_"]))
}
