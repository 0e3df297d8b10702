//! Coordinates and footprints of a batch, brought to WGS 84.
//!
//! All rows are read first; then every coordinate reference system that occurs is transformed in one call.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::reprojection::{Queue, Reading};
use super::systems::{Given, Systems};
use crate::parse::coordinate::{self, Pair};
use crate::parse::datum::{self, Kind, System};
use crate::parse::{footprint, number};
use crate::reference::projection::{Projections, WGS84};
use crate::verbatim::Text;
use crate::{Issue, IssueSet, Verbatim};

/// A point footprint this near to the coordinates, in degrees, is the same place.
const SAME_PLACE: f64 = 1e-6;

/// What was read of a batch, by row.
#[derive(Debug)]
pub struct Coordinates {
    /// Coordinates in WGS 84.
    pub pairs: Vec<Option<Pair>>,
    /// Footprints in WGS 84.
    pub footprints: Vec<Option<String>>,
    /// Where the coordinates come from.
    pub sources: Vec<Option<Source>>,
    /// For coordinates that stand for a footprint: the radius of the circle around them that holds it, in metres.
    pub radii: Vec<Option<f64>>,
    /// How far the place may be from where it is said to be because its system is not known well, in metres.
    pub doubts: Vec<f64>,
}

/// Where coordinates come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `decimalLatitude` and `decimalLongitude`.
    Decimal,
    /// `verbatimLatitude` and `verbatimLongitude`.
    Verbatim,
    /// `verbatimCoordinates`.
    VerbatimText,
    /// A footprint that is a point.
    Footprint,
    /// The middle of a footprint that is a line, a polygon or several points.
    FootprintCentre,
}

impl Source {
    /// The name in the column `coordinateSource`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decimal => "decimal",
            Self::Verbatim | Self::VerbatimText => "verbatim",
            Self::Footprint => "footprint",
            Self::FootprintCentre => "footprintCentre",
        }
    }
}

struct Reader<'a> {
    decimal: [Text<'a>; 2],
    verbatim: [Text<'a>; 2],
    verbatim_text: Text<'a>,
    verbatim_systems: [Text<'a>; 2],
    datum: Text<'a>,
    footprint: Text<'a>,
    footprint_system: Text<'a>,
    country: [Text<'a>; 2],
    systems: Systems<'a>,
    in_france: HashMap<&'a str, bool>,
}

/// Reads coordinates and footprints.
pub fn read(verbatim: &Verbatim<'_>, projections: &dyn Projections, issues: &mut [IssueSet]) -> Coordinates {
    let text = |name| verbatim.text_of(name);
    let mut reader = Reader {
        decimal: ["decimalLatitude", "decimalLongitude"].map(text),
        verbatim: ["verbatimLatitude", "verbatimLongitude"].map(text),
        verbatim_text: text("verbatimCoordinates"),
        verbatim_systems: ["verbatimSRS", "verbatimCoordinateSystem"].map(text),
        datum: text("geodeticDatum"),
        footprint: text("footprintWKT"),
        footprint_system: text("footprintSRS"),
        country: ["countryCode", "country"].map(text),
        systems: Systems::new(projections),
        in_france: HashMap::new(),
    };
    let rows = verbatim.rows();
    let mut pairs = vec![None; rows];
    let mut sources = vec![None; rows];
    let mut radii = vec![None; rows];
    let mut doubts = vec![0.0; rows];
    let mut queue = Queue::default();
    for (row, issues) in issues.iter_mut().enumerate() {
        let Some((reading, source)) = reader.reading(row, issues) else { continue };
        pairs[row] = queue.start(row, reading, issues);
        sources[row] = Some(source);
    }
    queue.finish(projections, &mut pairs, &mut doubts, issues);
    for (source, pair) in sources.iter_mut().zip(&pairs) {
        *source = source.filter(|_| pair.is_some());
    }
    let footprints = if reader.footprint.is_present() {
        reader.footprints(projections, &pairs, &sources, issues)
    } else {
        vec![None; rows]
    };
    for (row, text) in footprints.iter().enumerate() {
        // Coordinates that are given and cannot be used are not replaced: something is wrong with the place.
        if let Some((pair, radius)) = text.as_deref().filter(|_| pairs[row].is_none()).and_then(centre)
            && !issues[row].contains(Issue::CoordinateOutOfRange)
        {
            pairs[row] = Some(pair);
            sources[row] = Some(Source::FootprintCentre);
            radii[row] = Some(radius);
        }
    }
    Coordinates { pairs, footprints, sources, radii, doubts }
}

/// The point that stands for a footprint, and the radius around it that holds it.
fn centre(text: &str) -> Option<(Pair, f64)> {
    let centre = footprint::centre(&footprint::shape(text)?)?;
    let pair = Pair { latitude: centre.latitude, longitude: centre.longitude };
    coordinate::in_range(pair).then_some((pair, centre.radius_metres))
}

impl Reader<'_> {
    /// The first source with coordinates; the issues of the others are told only when there is none.
    fn reading(&mut self, row: usize, issues: &mut IssueSet) -> Option<(Reading, Source)> {
        let mut failed = IssueSet::new();
        for source in [Source::Decimal, Source::Verbatim, Source::VerbatimText, Source::Footprint] {
            let mut found = IssueSet::new();
            match self.attempt(row, source, &mut found) {
                Some(reading) => {
                    issues.extend(found);
                    return Some((reading, source));
                }
                None => failed.extend(found),
            }
        }
        issues.extend(failed);
        None
    }

    fn attempt(&mut self, row: usize, source: Source, issues: &mut IssueSet) -> Option<Reading> {
        let pair = match source {
            Source::Decimal => pair_of(self.decimal, row),
            Source::Verbatim => pair_of(self.verbatim, row),
            Source::VerbatimText => self.verbatim_text.value(row).map_or(Ok(None), |text| {
                coordinate::verbatim(text).or_else(|issue| metres_in_one_text(text).map(Some).ok_or(issue))
            }),
            // A footprint that is no point is no fault.
            Source::Footprint | Source::FootprintCentre => {
                Ok(self.footprint.value(row).and_then(coordinate::footprint_point))
            }
        };
        let pair = match pair {
            Ok(Some(pair)) => pair,
            Ok(None) => return None,
            Err(issue) => {
                issues.raise(issue);
                return None;
            }
        };
        if coordinate::in_range(pair) {
            let given = self.given(row, source, false);
            return coordinate::place(pair, issues).map(|pair| Reading::Degrees { pair, given });
        }
        let given = self.given(row, source, true);
        // The easting comes first in one text, and stands in the field of the longitude in two.
        let swapped = Pair { latitude: pair.longitude, longitude: pair.latitude };
        let plane = if source == Source::VerbatimText { swapped } else { pair };
        if let Given::Known(system) = given
            && matches!(system.kind, Kind::Projected | Kind::Other)
        {
            // Degrees that were swapped are a likelier mistake than metres of less than 180.
            if pair.latitude.abs().max(pair.longitude.abs()) > 180.0 {
                return Some(Reading::Metres { pair: plane, system, guessed: false });
            }
        } else if let Some(reading) = self.guess(row, plane) {
            return Some(reading);
        }
        // No metres: what is said of the system is said of degrees.
        let given = self.given(row, source, false);
        if source == Source::Footprint && pair.latitude.abs().max(pair.longitude.abs()) > 180.0 {
            return None;
        }
        coordinate::place(pair, issues).map(|pair| Reading::Degrees { pair, given })
    }

    /// Metres in a French projection that can be told from the numbers, in either order.
    fn guess(&mut self, row: usize, plane: Pair) -> Option<Reading> {
        let turned = Pair { latitude: plane.longitude, longitude: plane.latitude };
        let (pair, system) = [plane, turned]
            .into_iter()
            .find_map(|pair| Some((pair, datum::french_projection(pair.longitude, pair.latitude)?)))?;
        self.may_be_in_france(row).then_some(Reading::Metres { pair, system, guessed: true })
    }

    /// Whether no other country than France is named.
    fn may_be_in_france(&mut self, row: usize) -> bool {
        let named = self.country.iter().find_map(|text| text.value(row));
        named.is_none_or(|named| {
            *self
                .in_france
                .entry(named)
                .or_insert_with(|| crate::parse::country::country(named).is_none_or(|country| country.code == "FR"))
        })
    }

    /// The system that is named for a source.
    fn given(&mut self, row: usize, source: Source, out_of_range: bool) -> Given {
        let [srs, system] = self.verbatim_systems;
        match source {
            Source::Footprint | Source::FootprintCentre => self.systems.of(&[self.footprint_system], row),
            Source::Decimal if out_of_range => match self.systems.of(&[self.datum], row) {
                // `WGS84` beside metres says where they went, not where they are.
                Given::Known(System { kind: Kind::SameAsWgs84, .. }) | Given::Absent | Given::Invalid => {
                    self.systems.of_any(&[srs, system], row)
                }
                given => given,
            },
            Source::Decimal => self.systems.of(&[self.datum], row),
            Source::Verbatim | Source::VerbatimText => match self.systems.of_any(&[srs, system], row) {
                Given::Absent => self.systems.of(&[self.datum], row),
                given => given,
            },
        }
    }

    fn footprints(
        &mut self,
        projections: &dyn Projections,
        pairs: &[Option<Pair>],
        sources: &[Option<Source>],
        issues: &mut [IssueSet],
    ) -> Vec<Option<String>> {
        let mut footprints = vec![None; pairs.len()];
        let mut shapes: BTreeMap<u32, Vec<(usize, geo::Geometry<f64>)>> = BTreeMap::new();
        for (row, issues) in issues.iter_mut().enumerate() {
            let Some(text) = self.footprint.value(row) else { continue };
            let mut given = self.systems.of(&[self.footprint_system], row);
            issues.raise_if(given == Given::Invalid, Issue::FootprintSrsInvalid);
            if sources[row] == Some(Source::Footprint) {
                continue;
            }
            let Some(shape) = footprint::shape(text) else {
                issues.raise(Issue::FootprintWktInvalid);
                continue;
            };
            let outside = footprint::vertices(&shape).iter().any(|(x, y)| x.abs() > 180.0 || y.abs() > 90.0);
            if outside && !matches!(given, Given::Known(System { kind: Kind::Projected | Kind::Other, .. })) {
                given = self.given(row, Source::Decimal, true);
                if !matches!(given, Given::Known(System { kind: Kind::Projected | Kind::Other, .. })) {
                    issues.raise(Issue::FootprintSrsInvalid);
                    continue;
                }
            }
            match given {
                Given::Known(System { crs, kind: Kind::Projected | Kind::Other, .. }) if crs != WGS84 => {
                    shapes.entry(crs).or_default().push((row, shape));
                }
                _ => footprints[row] = checked(&shape, pairs[row], issues).then(|| text.to_owned()),
            }
        }
        for (crs, shapes) in shapes {
            let mut points: Vec<(f64, f64)> = shapes.iter().flat_map(|(_, shape)| footprint::vertices(shape)).collect();
            let known = projections.transform(crs, WGS84, &mut points).is_ok();
            let mut rest = points.as_slice();
            for (row, shape) in shapes {
                let (mine, others) = rest.split_at(footprint::vertices(&shape).len().min(rest.len()));
                rest = others;
                if !known || mine.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
                    issues[row].raise(Issue::FootprintSrsInvalid);
                    continue;
                }
                let text = footprint::moved(shape, mine);
                let shape = footprint::shape(&text);
                let kept = shape.is_some_and(|shape| checked(&shape, pairs[row], &mut issues[row]));
                footprints[row] = kept.then_some(text);
            }
        }
        footprints
    }
}

/// Whether a footprint says more than the coordinates: a point at the same place does not, at another one it is told.
fn checked(shape: &geo::Geometry<f64>, pair: Option<Pair>, issues: &mut IssueSet) -> bool {
    let (geo::Geometry::Point(point), Some(pair)) = (shape, pair) else { return true };
    let differs =
        (point.x() - pair.longitude).abs() > SAME_PLACE * 1.5 || (point.y() - pair.latitude).abs() > SAME_PLACE * 1.5;
    issues.raise_if(differs, Issue::FootprintWktMismatch);
    differs
}

/// Coordinates in two fields.
fn pair_of([latitude, longitude]: [Text<'_>; 2], row: usize) -> Result<Option<Pair>, Issue> {
    let (Some(latitude), Some(longitude)) = (latitude.value(row), longitude.value(row)) else { return Ok(None) };
    coordinate::pair(latitude, longitude).or_else(|issue| {
        let metres = |text| number::spaced_decimal(text).filter(|metres| metres.abs() > 1000.0);
        metres(latitude)
            .zip(metres(longitude))
            .map(|(latitude, longitude)| Some(Pair { latitude, longitude }))
            .ok_or(issue)
    })
}

/// Metres in one text, in the order in which they stand.
fn metres_in_one_text(text: &str) -> Option<Pair> {
    let pair = coordinate::projected(text).filter(|pair| pair.latitude.abs().min(pair.longitude.abs()) > 1000.0)?;
    Some(Pair { latitude: pair.longitude, longitude: pair.latitude })
}
