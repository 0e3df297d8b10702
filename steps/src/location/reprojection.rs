//! Coordinates of a batch on their way to WGS 84: rows wait by system, and each system is transformed in one call.

use std::collections::BTreeMap;

use super::systems::Given;
use crate::parse::coordinate::{self, Pair};
use crate::parse::datum::{self, Kind, System};
use crate::reference::areas::geodesic_metres;
use crate::reference::projection::{Projections, WGS84};
use crate::{Issue, IssueSet};

/// No change of datum moves a place farther than this, in degrees: the numbers were not in the system that was named.
const SUSPICIOUS_SHIFT: f64 = 0.1;
/// What NTF is good to without its grid of transformation.
const NTF_METRES: f64 = 5.0;
/// No datum of France is farther from another.
const LARGEST_SHIFT_METRES: f64 = 2_000.0;
/// EPSG code of NTF in degrees from Greenwich.
const NTF: u32 = 4275;
/// Longitude of the meridian of Paris, in degrees.
const PARIS: f64 = 2.337_229_166_667;

/// Coordinates as read, with what they need to become WGS 84.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading {
    /// Degrees, in range and rounded.
    Degrees { pair: Pair, given: Given },
    /// Metres: `latitude` is the northing.
    Metres { pair: Pair, system: System, guessed: bool },
}

/// Rows that wait for a transformation, by system.
#[derive(Default)]
pub(super) struct Queue(BTreeMap<u32, Vec<Waiting>>);

struct Waiting {
    row: usize,
    /// The points to transform; the second one is the first with its numbers swapped.
    points: [(f64, f64); 2],
    /// What stays when degrees cannot be transformed.
    original: Option<Pair>,
    bounds: Option<[f64; 4]>,
    guessed: bool,
    /// Whether the name of the system leaves its datum open.
    assumed: bool,
    /// Whether a large shift is expected.
    grads: bool,
}

impl Queue {
    /// Takes coordinates that are WGS 84 already, and queues the others.
    pub(super) fn start(&mut self, row: usize, reading: Reading, issues: &mut IssueSet) -> Option<Pair> {
        match reading {
            Reading::Degrees { pair, given } => {
                let system = match given {
                    Given::Known(system) => system,
                    Given::Invalid | Given::Absent => {
                        issues.raise_if(given == Given::Invalid, Issue::GeodeticDatumInvalid);
                        issues.raise(Issue::GeodeticDatumAssumedWgs84);
                        return Some(pair);
                    }
                };
                let zero = pair.latitude == 0.0 && pair.longitude == 0.0;
                let grads = system.kind == Kind::ParisGrads;
                match system.kind {
                    _ if zero => return Some(pair),
                    Kind::SameAsWgs84 => return Some(pair),
                    // Degrees cannot be metres: they are kept as they are.
                    Kind::Projected => {
                        issues.raise(Issue::CoordinateReprojectionSuspicious);
                        return Some(pair);
                    }
                    Kind::Other | Kind::ParisGrads => {}
                }
                let point = if grads {
                    (pair.longitude * 0.9 + PARIS, pair.latitude * 0.9)
                } else {
                    (pair.longitude, pair.latitude)
                };
                self.0.entry(if grads { NTF } else { system.crs }).or_default().push(Waiting {
                    row,
                    points: [point, point],
                    original: Some(pair),
                    bounds: system.bounds,
                    guessed: false,
                    assumed: false,
                    grads,
                });
                None
            }
            Reading::Metres { pair, system, guessed } => {
                self.0.entry(system.crs).or_default().push(Waiting {
                    row,
                    points: [(pair.longitude, pair.latitude), (pair.latitude, pair.longitude)],
                    original: None,
                    bounds: system.bounds,
                    guessed,
                    assumed: system.is_assumed,
                    grads: false,
                });
                None
            }
        }
    }

    pub(super) fn finish(
        self,
        projections: &dyn Projections,
        pairs: &mut [Option<Pair>],
        doubts: &mut [f64],
        issues: &mut [IssueSet],
    ) {
        for (crs, waiting) in self.0 {
            let mut points: Vec<(f64, f64)> = waiting.iter().flat_map(|waiting| waiting.points).collect();
            let known = projections.transform(crs, WGS84, &mut points).is_ok();
            for (waiting, points) in waiting.iter().zip(points.chunks_exact(2)) {
                let points =
                    points.iter().filter(|_| known).map(|(longitude, latitude)| rounded(*longitude, *latitude));
                let pair = waiting.settle(points, &mut issues[waiting.row]);
                pairs[waiting.row] = pair;
                doubts[waiting.row] = pair.map_or(0.0, |pair| waiting.doubt(crs, pair, projections));
            }
        }
    }
}

impl Waiting {
    /// How far the place may be from where it was put, in metres, because its system is known by half.
    ///
    /// A zone of UTM without its datum was read as WGS 84: on an old map it is that of the datum of the time. The system of
    /// the triangulation of France is brought to WGS 84 without its grid, which is good to some metres.
    fn doubt(&self, crs: u32, found: Pair, projections: &dyn Projections) -> f64 {
        if datum::is_ntf(crs) && self.original.is_none_or(|original| original != found) {
            return NTF_METRES;
        }
        let place = (found.longitude, found.latitude);
        let elsewhere = datum::other_datums(crs).iter().filter(|_| self.assumed).filter_map(|other| {
            let mut points = self.points;
            projections.transform(*other, WGS84, &mut points).ok()?;
            // The numbers that were taken are the nearer ones.
            let metres = points.map(|point| geodesic_metres(place.into(), point.into()));
            metres.into_iter().filter(|metres| *metres < LARGEST_SHIFT_METRES).reduce(f64::min)
        });
        elsewhere.fold(0.0, f64::max)
    }

    /// Chooses among the transformed points.
    fn settle(&self, mut points: impl Iterator<Item = Pair>, issues: &mut IssueSet) -> Option<Pair> {
        let (first, second) = (points.next(), points.next());
        let valid = |pair: &Pair| {
            let inside = self.bounds.is_none_or(|[west, south, east, north]| {
                (west..=east).contains(&pair.longitude) && (south..=north).contains(&pair.latitude)
            });
            // False for NaN too.
            coordinate::in_range(*pair) && inside
        };
        let Some(original) = self.original else {
            // Without bounds it cannot be told whether the numbers were swapped.
            let second = second.filter(|_| self.bounds.is_some());
            let turned = !first.as_ref().is_some_and(valid);
            let Some(found) = first.filter(valid).or(second.filter(valid)) else {
                issues.raise(Issue::CoordinateReprojectionFailed);
                issues.raise(Issue::CoordinateOutOfRange);
                return None;
            };
            issues.raise(Issue::CoordinateReprojected);
            issues.raise_if(turned, Issue::PresumedSwappedCoordinate);
            issues.raise_if(self.guessed, Issue::CoordinateReprojectionSuspicious);
            return Some(found);
        };
        let Some(found) = first.filter(|pair| coordinate::in_range(*pair)) else {
            issues.raise(Issue::CoordinateReprojectionFailed);
            return Some(original);
        };
        let shifted = (found.latitude - original.latitude).abs() > SUSPICIOUS_SHIFT
            || (found.longitude - original.longitude).abs() > SUSPICIOUS_SHIFT;
        let suspicious = if self.grads { !valid(&found) } else { shifted };
        if suspicious {
            issues.raise(Issue::CoordinateReprojectionSuspicious);
            return Some(original);
        }
        issues.raise_if(found != original, Issue::CoordinateReprojected);
        Some(found)
    }
}

/// Seven decimals, as GBIF keeps of what was transformed.
fn rounded(longitude: f64, latitude: f64) -> Pair {
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7 + 0.0;
    Pair { latitude: round(latitude), longitude: round(longitude) }
}
