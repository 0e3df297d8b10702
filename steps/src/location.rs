//! The step `location`: where a record was made.
//!
//! # What it does
//! Finds the coordinates in the first source that holds some (decimal, verbatim, verbatim in one text, a point footprint),
//! reads them in the notations people use, brings them to WGS 84, and holds them against the country that is given and the
//! countries at that place. Reads countries and continents in many languages, elevations, depths and distances with units,
//! and footprints; tidies the names of places.
//!
//! # Reads
//! The location terms of Darwin Core, in the order of [`Step::reads`].
//!
//! # Writes
//! Coordinates in WGS 84 with six decimals (seven where they were transformed); `countryCode` as ISO 3166-1 alpha-2 and
//! `country` as GBIF's English title; `coordinateSource`: what they were read from (`decimal`, `verbatim`, `footprint`) or stand
//! for (`footprintCentre`); `continent` in GBIF's seven and `gbifRegion` in its regions; heights in metres, as the middle of the range and half
//! of its width, and the two ends in order.
//!
//! # Issues
//! All issues of GBIF about coordinates, datums, footprints, countries, continents, elevations and depths.
//!
//! # Differences from GBIF
//! See [`Step::differences`].
//!
//! # References
//! - <https://dwc.tdwg.org/terms/#location>
//! - GBIF pipelines, `LocationInterpreter`, `LocationParser`, `LocationMatcher`
//! - EPSG registry; décret 2000-1276, décret 2019-165 (legal systems of France)

pub mod coordinates;
pub mod heights;
pub mod names;
pub mod place;
pub mod region;
mod reprojection;
pub mod systems;
pub mod territory;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, ListBuilder, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields};

use crate::parse::measure;
use crate::parse::number;
use crate::reference::projection::Projections;
use crate::reference::vocabularies::Vocabularies;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, References, Step, Term, Verbatim};

use coordinates::{Coordinates, Source};
use heights::Heights;
use place::{Nearby, Place, PlaceReader};
use region::Region;
use territory::Territory;

/// Centroids farther than this are not told.
const CENTROID_LIMIT_METRES: f64 = 5_000.0;

const INPUTS: &[Input] = &[
    Input::Term(Term("decimalLatitude")),
    Input::Term(Term("decimalLongitude")),
    Input::Term(Term("verbatimLatitude")),
    Input::Term(Term("verbatimLongitude")),
    Input::Term(Term("verbatimCoordinates")),
    Input::Term(Term("verbatimCoordinateSystem")),
    Input::Term(Term("verbatimSRS")),
    Input::Term(Term("geodeticDatum")),
    Input::Term(Term("footprintWKT")),
    Input::Term(Term("footprintSRS")),
    Input::Term(Term("country")),
    Input::Term(Term("countryCode")),
    Input::Term(Term("continent")),
    Input::Term(Term("stateProvince")),
    Input::Term(Term("county")),
    Input::Term(Term("municipality")),
    Input::Term(Term("waterBody")),
    Input::Term(Term("island")),
    Input::Term(Term("islandGroup")),
    Input::Term(Term("locality")),
    Input::Term(Term("higherGeography")),
    Input::Term(Term("coordinateUncertaintyInMeters")),
    Input::Term(Term("coordinatePrecision")),
    Input::Term(Term("minimumElevationInMeters")),
    Input::Term(Term("maximumElevationInMeters")),
    Input::Term(Term("verbatimElevation")),
    Input::Term(Term("minimumDepthInMeters")),
    Input::Term(Term("maximumDepthInMeters")),
    Input::Term(Term("verbatimDepth")),
    Input::Term(Term("minimumDistanceAboveSurfaceInMeters")),
    Input::Term(Term("maximumDistanceAboveSurfaceInMeters")),
    Input::Term(Term("georeferencedBy")),
    Input::Term(Term("precisionGeometrie")),
];

const DIFFERENCES: &[&str] = &[
    "Projected coordinates (Lambert-93, Lambert II étendu, UTM...) are read, where GBIF drops them as out of range.",
    "Out of range values without a system that lie in the range of one French projection are taken for it, with COORDINATE_REPROJECTION_SUSPICIOUS.",
    "verbatimSRS tells the system of the verbatim coordinates, and of decimal ones without geodeticDatum that are out of range; GBIF reads geodeticDatum alone.",
    "French systems are known by name (RGF93, NTF, RGAF09, RGR92, Lambert...), and so is the meridian of Paris in grads.",
    "An elevation or a depth that cannot be used keeps its issue; GBIF drops the issue with the value.",
    "Centimetres are a hundredth of a metre; GBIF takes a tenth.",
    "Ranges inside one field set both ends (`5-10 m`), and verbatimElevation and verbatimDepth are read when the terms in metres are empty.",
    "minimum and maximum elevations and depths are written in metres and in order; GBIF writes what was parsed, unchecked.",
    "CONTINENT_INVALID is raised even when no continent is found; GBIF loses it.",
    "The continent at a point is that of the country at that point; GBIF has a layer of continents of its own.",
    "A country that is no single one of today (code ZZ) is replaced by that of the coordinates with COUNTRY_DERIVED_FROM_COORDINATES.",
    "A name in brackets, with a direction or with a kind of place still tells its country (`Kenya (Masai)`), and names are known in all languages of the CLDR.",
    "Provinces, islands and former names tell their country, and so do names cut short (`VENE`) or with a few letters wrong (`Ecaudor`), if one country alone is meant.",
    "Northern Rhodesia is Zambia, Bougainville is Papua New Guinea, South West Africa is Namibia, and former names of one country are that country; GBIF has other countries or none for some.",
    "Metres in coordinatePrecision are taken for the uncertainty that is absent, with UNCERTAINTY_IN_PRECISION as in the Living Atlases.",
    "A point at sea is in the country whose sea it is, where a layer of marine areas is configured.",
    "Names of three letters and less keep their capitals: they are abbreviations.",
    "A footprint that is a line, a polygon or several points gives a record without coordinates those of its centroid, or of a point of it where that lies outside, with the radius of the circle that holds it as uncertainty; GBIF reads footprints that are points only.",
    "The SINP's precisionGeometrie is the uncertainty where coordinateUncertaintyInMeters is empty.",
    "What a system is not known by is added to the uncertainty that is given: 5 m for NTF, which is transformed without its grid, and the shift to the datum of old maps for a zone of UTM without a datum.",
];

/// The step `location`.
#[derive(Debug)]
pub struct Location {
    fields: Fields,
    projections: Arc<dyn Projections>,
    nearby: Option<Arc<dyn Nearby>>,
    vocabularies: Arc<Vocabularies>,
}

impl Location {
    /// The step, with its reference data.
    pub fn new(references: &References) -> Self {
        Self {
            fields: fields(),
            projections: Arc::clone(&references.projections),
            nearby: references.countries.as_ref().map(|land| {
                Arc::new(Territory::new(Arc::clone(land), references.marine_areas.clone())) as Arc<dyn Nearby>
            }),
            vocabularies: Arc::clone(&references.vocabularies),
        }
    }

    /// The same step with another way to tell which countries and continents are near a point, or none.
    pub fn with_nearby(self, nearby: Option<Arc<dyn Nearby>>) -> Self {
        Self { nearby, ..self }
    }

    /// Distance from the centroid of the country, if it is near.
    fn centroid_distance(&self, place: &Place) -> Option<f64> {
        let pair = place.coordinates?;
        let country = place.country.map(|country| country.code);
        let metres = self.nearby.as_ref()?.centroid_metres(pair.longitude, pair.latitude, country)?;
        (metres <= CENTROID_LIMIT_METRES).then_some(metres)
    }
}

fn fields() -> Fields {
    let number = |name| Field::new(name, DataType::Float64, true);
    let text = |name| Field::new(name, DataType::Utf8, true);
    let list = |name| Field::new_list(name, Field::new_list_field(DataType::Utf8, true), true);
    Fields::from(vec![
        number("decimalLatitude"),
        number("decimalLongitude"),
        number("coordinateUncertaintyInMeters"),
        number("coordinatePrecision"),
        text("geodeticDatum"),
        Field::new("hasCoordinate", DataType::Boolean, false),
        Field::new("hasGeospatialIssues", DataType::Boolean, false),
        text("countryCode"),
        text("country"),
        text("continent"),
        text("gbifRegion"),
        text("stateProvince"),
        text("county"),
        text("municipality"),
        text("waterBody"),
        text("island"),
        text("islandGroup"),
        text("locality"),
        list("higherGeography"),
        list("georeferencedBy"),
        number("elevation"),
        number("elevationAccuracy"),
        number("minimumElevationInMeters"),
        number("maximumElevationInMeters"),
        number("depth"),
        number("depthAccuracy"),
        number("minimumDepthInMeters"),
        number("maximumDepthInMeters"),
        number("minimumDistanceAboveSurfaceInMeters"),
        number("maximumDistanceAboveSurfaceInMeters"),
        text("footprintWKT"),
        number("distanceFromCentroidInMeters"),
        text("coordinateSource"),
        issues_field(),
    ])
}

impl Step for Location {
    fn name(&self) -> &'static str {
        "location"
    }

    fn reads(&self) -> &[Input] {
        INPUTS
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let mut issues = vec![IssueSet::new(); rows];
        let Coordinates { pairs, footprints, sources, radii, doubts } =
            coordinates::read(verbatim, self.projections.as_ref(), &mut issues);
        let mut uncertainty =
            text_numbers(verbatim, "coordinateUncertaintyInMeters", &mut issues, measure::uncertainty);
        let precision = text_numbers(verbatim, "coordinatePrecision", &mut issues, coordinate_precision);

        misplaced_uncertainty(verbatim, &mut uncertainty, &mut issues);
        precision_of_geometry(verbatim, &mut uncertainty);
        for ((uncertainty, radius), doubt) in uncertainty.iter_mut().zip(radii).zip(doubts) {
            *uncertainty = match radius {
                // What the geometry is good to comes on top of its extent.
                Some(radius) => Some(radius + uncertainty.unwrap_or(0.0)),
                None => uncertainty.map(|metres| metres + doubt.ceil()),
            };
        }

        let mut reader = PlaceReader::new(verbatim, self.nearby.as_deref(), &self.vocabularies.country);
        let mut places = Vec::with_capacity(rows);
        for (row, ((pair, uncertainty), issues)) in pairs.iter().zip(&uncertainty).zip(&mut issues).enumerate() {
            places.push(reader.read(row, *pair, *uncertainty, issues));
        }

        let mut heights = Heights::with_capacity(rows);
        heights.read(verbatim, &mut issues);

        let with = |value: fn(&Place) -> Option<f64>| -> ArrayRef { numbers(places.iter().map(value)) };
        let words = |value: fn(&Place) -> Option<&'static str>| -> ArrayRef { texts(places.iter().map(value)) };
        let mut has_coordinate = BooleanBuilder::with_capacity(rows);
        let mut has_issues = BooleanBuilder::with_capacity(rows);
        for (place, issues) in places.iter().zip(&issues) {
            has_coordinate.append_value(place.coordinates.is_some());
            has_issues.append_value(!issues.is_empty() && issues.iter().any(Issue::is_geospatial));
        }
        let mut columns: Vec<ArrayRef> = vec![
            with(|place| place.coordinates.map(|pair| pair.latitude)),
            with(|place| place.coordinates.map(|pair| pair.longitude)),
            numbers(uncertainty.into_iter()),
            numbers(precision.into_iter()),
            words(|place| place.coordinates.map(|_| "EPSG:4326")),
            Arc::new(has_coordinate.finish()),
            Arc::new(has_issues.finish()),
            words(|place| place.country.map(|country| country.code)),
            words(|place| place.country.map(|country| country.title)),
            words(|place| place.continent.map(|continent| continent.name())),
            words(|place| place.country.and_then(Region::of_country).map(Region::name)),
        ];
        for (name, tidy) in [
            ("stateProvince", names::lowered as names::Tidy),
            ("county", names::spaced),
            ("municipality", names::spaced),
            ("waterBody", names::lowered),
            ("island", names::spaced),
            ("islandGroup", names::spaced),
            ("locality", names::lowered),
        ] {
            columns.push(names::column(verbatim, name, tidy));
        }
        columns.push(lists(verbatim, "higherGeography"));
        columns.push(lists(verbatim, "georeferencedBy"));
        columns.extend(heights.finish());
        columns.push(texts(footprints.iter().map(Option::as_deref)));
        columns.push(numbers(places.iter().map(|place| self.centroid_distance(place))));
        columns.push(texts(sources.iter().map(|source| source.map(Source::name))));
        record(&self.fields, columns, &issues)
    }
}

/// A number between 0 and 1.
fn coordinate_precision(text: &str, issues: &mut IssueSet) -> Option<f64> {
    let precision = number::decimal(text).filter(|precision| (0.0..=1.0).contains(precision));
    issues.raise_if(precision.is_none(), Issue::CoordinatePrecisionInvalid);
    precision
}

/// Metres in `coordinatePrecision` are an uncertainty in the wrong column, where the right one is empty.
fn misplaced_uncertainty(verbatim: &Verbatim<'_>, uncertainty: &mut [Option<f64>], issues: &mut [IssueSet]) {
    let precision = verbatim.text_of("coordinatePrecision");
    if !precision.is_present() {
        return;
    }
    let given = verbatim.text_of("coordinateUncertaintyInMeters");
    for (row, (uncertainty, issues)) in uncertainty.iter_mut().zip(issues).enumerate() {
        if !issues.contains(Issue::CoordinatePrecisionInvalid) || given.value(row).is_some() {
            continue;
        }
        let metres = precision.value(row).and_then(|text| measure::uncertainty(text, &mut IssueSet::new()));
        *uncertainty = metres.filter(|metres| *metres > 1.0);
        issues.raise_if(uncertainty.is_some(), Issue::UncertaintyInPrecision);
    }
}

/// The SINP's precision of a geometry is its uncertainty, where Darwin Core's own is empty.
fn precision_of_geometry(verbatim: &Verbatim<'_>, uncertainty: &mut [Option<f64>]) {
    let precision = verbatim.text_of("precisionGeometrie");
    if !precision.is_present() {
        return;
    }
    for (row, uncertainty) in uncertainty.iter_mut().enumerate().filter(|(_, uncertainty)| uncertainty.is_none()) {
        *uncertainty =
            precision.value(row).and_then(number::decimal).filter(|metres| metres.is_finite() && *metres > 0.0);
    }
}

fn text_numbers(
    verbatim: &Verbatim<'_>,
    name: &'static str,
    issues: &mut [IssueSet],
    read: impl Fn(&str, &mut IssueSet) -> Option<f64>,
) -> Vec<Option<f64>> {
    let text = verbatim.text_of(name);
    issues.iter_mut().enumerate().map(|(row, issues)| text.value(row).and_then(|text| read(text, issues))).collect()
}

fn numbers(values: impl ExactSizeIterator<Item = Option<f64>>) -> ArrayRef {
    let mut column = Float64Builder::with_capacity(values.len());
    values.for_each(|value| column.append_option(value));
    Arc::new(column.finish())
}

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    let mut column = StringBuilder::new();
    values.for_each(|value| column.append_option(value));
    Arc::new(column.finish())
}

/// A column of lists separated by `|`.
fn lists(verbatim: &Verbatim<'_>, name: &'static str) -> ArrayRef {
    let text = verbatim.text_of(name);
    let mut column = ListBuilder::with_capacity(StringBuilder::new(), verbatim.rows());
    for row in 0..verbatim.rows() {
        // The word `null` is an element like any other.
        let elements = text.raw(row).unwrap_or("").split('|').map(str::trim).filter(|element| !element.is_empty());
        let mut any = false;
        for element in elements {
            column.values().append_value(element);
            any = true;
        }
        column.append(any);
    }
    Arc::new(column.finish())
}

#[cfg(test)]
mod tests;
