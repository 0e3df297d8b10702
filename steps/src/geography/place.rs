//! The areas of a record: from its footprint, its coordinates, or the codes it gives, in this order.

use super::cells::Grids;
use super::chain::Chain;
use super::columns::Found;
use super::footprint::{Met, attached};
use super::gazetteer::Gazetteer;
use super::given::Given;
use crate::reference::Layer;
use crate::reference::areas::Areas;
use crate::reference::grid::{Lambert93Cell, Side};
use crate::{Issue, IssueSet};

/// The nearest commune is told within the territorial sea.
const NEAREST_LIMIT_METRES: f64 = 22_000.0;
/// How far the true place of a blurred record may be from its point where it does not say: the half diagonal of a 10 km cell.
const BLUR_METRES: f64 = 7_100.0;
/// How far a given area may be from coordinates without an uncertainty: outlines are simplified, and rivers are both borders and
/// what people sample. Of 11,053 fishings that named a commune beside that of their coordinates, 3,533 were this near to it.
const UNSAID_METRES: f64 = 100.0;

/// Where a record is, and what it says besides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a, 'r> {
    /// Longitude and latitude.
    pub(super) point: Option<(f64, f64)>,
    /// The same in Lambert-93, NaN where it is not in mainland France.
    pub(super) lambert: (f64, f64),
    /// The areas that its footprint meets.
    pub(super) met: Option<&'r Met<'a>>,
    /// Whether the object was all over its footprint, not somewhere in it.
    pub(super) stationary: bool,
    /// Whether the country that is given is France, where one is given.
    pub(super) in_france: Option<bool>,
    pub(super) uncertainty: Option<f64>,
    pub(super) given: &'r Given<'a>,
    /// The cell that is given, if there is such a cell.
    pub(super) cell: Option<&'r str>,
}

/// What areas are looked up in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lookup<'a> {
    pub(super) chain: &'a Chain,
    pub(super) layers: &'a [Layer],
}

impl<'a> Lookup<'a> {
    fn gazetteer(self) -> &'a Gazetteer {
        &self.chain.gazetteer
    }

    fn grids(self) -> &'a Grids {
        &self.chain.grids
    }

    /// The areas of a footprint, held against what is given.
    pub(super) fn of_footprint(self, record: &Record<'a, '_>, met: &Met<'a>, issues: &mut IssueSet) -> Found<'a> {
        issues.raise_if(met.is_too_large, Issue::FootprintTooLarge);
        let communes = attached(&met.communes, record.stationary);
        let departments = attached(&met.departments, record.stationary);
        let nearest = match record.point {
            Some((longitude, latitude)) if met.communes.is_empty() && !met.is_too_large => {
                self.gazetteer().nearest(longitude, latitude, NEAREST_LIMIT_METRES)
            }
            _ => None,
        };
        // Far from land and without a country it cannot be told whose sea it is.
        let at_home = !met.is_nowhere() || nearest.is_some() || record.in_france == Some(true);
        let cells = |side: Side| {
            let sizes = met.cells.get(side as usize).filter(|_| at_home);
            sizes.map(|sizes| attached(sizes, record.stationary)).unwrap_or_default()
        };
        let cells_10km = cells(Side::Ten);
        let crossed_communes: Vec<&str> = met.communes.iter().map(|(code, _)| *code).collect();
        let crossed_departments: Vec<&str> = met.departments.iter().map(|(code, _)| *code).collect();
        let known = |sizes: &[(String, f64)], code: &str| sizes.iter().any(|(known, _)| known == code);
        let in_cell = record.cell.is_none_or(|code| met.cells.iter().any(|sizes| known(sizes, code)));
        self.compare(record, &crossed_communes, &crossed_departments, in_cell, true, issues);
        let mut found = Found {
            department: departments.first().copied(),
            commune: communes.first().copied(),
            cells: [
                cells(Side::One).into_iter().next(),
                cells(Side::Five).into_iter().next(),
                cells_10km.first().cloned(),
            ],
            departments,
            communes,
            cells_10km,
            crossed_departments,
            crossed_communes,
            nearest,
            layers: met.layers.clone(),
            ..Found::default()
        };
        found.attachment = placed(&found).then_some("geometry");
        // Coordinates that lie elsewhere are a place of the record too: rules on their areas must not be missed.
        if let Some((longitude, latitude)) = record.point {
            let (commune, department) = self.areas_at(longitude, latitude);
            add(&mut found.crossed_communes, commune.map(|(commune, _)| commune));
            add(&mut found.crossed_departments, department);
        }
        found
    }

    /// The areas of coordinates, held against what is given.
    pub(super) fn of_point(
        self,
        record: &Record<'a, '_>,
        (longitude, latitude): (f64, f64),
        issues: &mut IssueSet,
    ) -> Found<'a> {
        let (commune, department) = self.areas_at(longitude, latitude);
        let nearest = match commune {
            None => self.gazetteer().nearest(longitude, latitude, NEAREST_LIMIT_METRES),
            Some(_) => None,
        };
        // Far from land and without a country it cannot be told whose sea it is.
        let at_home = commune.is_some() || department.is_some() || nearest.is_some() || record.in_france == Some(true);
        let cells =
            Side::ALL.map(|side| self.grids().at(side, longitude, latitude, record.lambert).filter(|_| at_home));
        let arrondissement = commune.and_then(|(_, arrondissement)| arrondissement);
        let commune = commune.map(|(commune, _)| commune);
        let reach = record.uncertainty.unwrap_or(UNSAID_METRES);
        let in_cell = record.cell.is_none_or(|code| {
            let cell = cells.iter().flatten().any(|cell| cell == code);
            cell || self.grids().is_near(code, longitude, latitude, record.lambert, reach)
        });
        let (communes, departments) = (Vec::from_iter(commune), Vec::from_iter(department));
        self.compare(record, &communes, &departments, in_cell, false, issues);
        let mut found = Found {
            department,
            commune,
            arrondissement,
            cells_10km: cells.last().cloned().flatten().into_iter().collect(),
            cells,
            nearest,
            departments: departments.clone(),
            communes: communes.clone(),
            crossed_departments: departments,
            crossed_communes: communes,
            layers: self.layers_at(longitude, latitude),
            ..Found::default()
        };
        found.attachment = placed(&found).then_some("coordinates");
        found
    }

    /// The areas that are given, and what follows from them upwards.
    pub(super) fn of_codes(self, record: &Record<'a, '_>, issues: &mut IssueSet) -> Found<'a> {
        let given = record.given;
        let mut commune = match given.communes.as_slice() {
            [commune] => Some(*commune),
            _ => None,
        };
        let mut found = Found::default();
        if let Some(code) = record.cell {
            self.add_cell(&mut found, code);
            let coarse = found.cells_10km.first();
            if let (Some(coarse), Some(given)) = (coarse, commune) {
                let meets = self.chain.cells_of_commune(given);
                if !meets.is_empty() && !meets.contains(coarse) {
                    issues.raise(Issue::MultipleGeoInfo);
                    commune = None;
                }
            }
        }
        if let Some(commune) = commune {
            let department = self.gazetteer().department_of(commune).or(given.department);
            found.department = department;
            found.commune = Some(commune);
            found.arrondissement = given.arrondissement;
            found.communes = vec![commune];
            found.crossed_communes = vec![commune];
            found.departments = department.into_iter().collect();
            found.crossed_departments = found.departments.clone();
            if record.cell.is_none() {
                found.cells_10km = self.chain.cells_of_commune(commune);
                if let [cell] = found.cells_10km.as_slice() {
                    let [.., ten] = &mut found.cells;
                    *ten = Some(cell.clone());
                }
            }
        } else if record.cell.is_some() {
            let meeting = std::mem::take(&mut found.departments);
            match given.department {
                Some(department) if meeting.is_empty() || meeting.contains(&department) => {
                    found.departments = vec![department];
                }
                other => {
                    issues.raise_if(other.is_some(), Issue::MultipleGeoInfo);
                    found.departments = meeting.clone();
                }
            }
            if let [department] = found.departments.as_slice() {
                found.department = Some(department);
            }
            found.crossed_departments = meeting;
        } else {
            found.department = given.department;
            found.departments = given.department.into_iter().collect();
            found.crossed_departments = found.departments.clone();
        }
        found.attachment = match (record.cell, commune, given.department) {
            (Some(_), ..) => Some("gridCell"),
            (None, Some(_), _) => Some("commune"),
            (None, None, Some(_)) => Some("department"),
            (None, None, None) => None,
        };
        found
    }

    /// The areas of a record that was blurred before it was sent: those it gives, else its department, nothing finer.
    pub(super) fn of_blurred(self, record: &Record<'a, '_>, issues: &mut IssueSet) -> Found<'a> {
        let mut found = self.of_codes(record, issues);
        if found.attachment.is_some() {
            return found;
        }
        let mut crossed: Vec<&'a str> =
            record.met.into_iter().flat_map(|met| &met.departments).map(|(code, _)| *code).collect();
        if let Some((longitude, latitude)) = record.point {
            found.department = self.areas_at(longitude, latitude).1;
            let reach = record.uncertainty.unwrap_or(BLUR_METRES);
            let near = self.gazetteer().departments().map(|departments| departments.near(longitude, latitude, reach));
            near.into_iter().flatten().for_each(|(area, _)| add(&mut crossed, Some(area.code.as_str())));
            add(&mut crossed, found.department);
        } else if let [(department, _)] = record.met.map_or(&[][..], |met| met.departments.as_slice()) {
            found.department = Some(department);
        }
        found.departments = found.department.into_iter().collect();
        found.crossed_departments = crossed;
        found.attachment = found.department.map(|_| "coordinates");
        found
    }

    /// The cell of a code, the coarser ones around it, and the departments it meets.
    fn add_cell(self, found: &mut Found<'a>, code: &str) {
        let own = Side::of_code(code);
        let computed = Lambert93Cell::parse(code);
        for (side, slot) in Side::ALL.into_iter().zip(&mut found.cells) {
            *slot = match computed {
                Some(cell) => cell.within(side).map(Lambert93Cell::code),
                None => (own == Some(side)).then(|| code.to_owned()),
            };
        }
        found.cells_10km = found.cells.last().cloned().flatten().into_iter().collect();
        found.departments = self.chain.departments_of_cell(code);
    }

    /// The commune of a point with its arrondissement, and the department.
    fn areas_at(self, longitude: f64, latitude: f64) -> (Option<(&'a str, Option<&'a str>)>, Option<&'a str>) {
        let gazetteer = self.gazetteer();
        let commune = gazetteer.commune_at(longitude, latitude);
        let department = commune
            .and_then(|(commune, _)| gazetteer.department_of(commune))
            .or_else(|| gazetteer.department_at(longitude, latitude));
        (commune, department)
    }

    pub(super) fn layers_at(self, longitude: f64, latitude: f64) -> Vec<Vec<&'a str>> {
        let codes =
            |layer: &'a Layer| layer.areas.all_at(longitude, latitude).iter().map(|area| area.code.as_str()).collect();
        self.layers.iter().map(codes).collect()
    }

    /// Tells where the place and the areas that are given disagree: an area is elsewhere when it is farther from the
    /// coordinates than their uncertainty.
    fn compare(
        self,
        record: &Record<'a, '_>,
        communes: &[&str],
        departments: &[&str],
        in_cell: bool,
        by_footprint: bool,
        issues: &mut IssueSet,
    ) {
        let given = record.given;
        let far = |layer: Option<&Areas>, code: &str| {
            let Some(layer) = layer.filter(|layer| layer.get(code).is_some()) else { return false };
            let reach = record.uncertainty.unwrap_or(UNSAID_METRES);
            record
                .point
                .is_none_or(|(longitude, latitude)| layer.distance_to(code, longitude, latitude, reach).is_none())
        };
        let mut elsewhere = !in_cell;
        if !given.communes.is_empty() && !given.communes.iter().any(|code| communes.contains(code)) {
            let all_far = given.communes.iter().all(|code| far(self.gazetteer().communes(), code));
            issues.raise_if(all_far, Issue::CommuneCoordinateMismatch);
            elsewhere |= all_far && by_footprint;
        }
        if let Some(department) = given.department.filter(|department| !departments.contains(department)) {
            let is_far = far(self.gazetteer().departments(), department);
            issues.raise_if(is_far, Issue::DepartmentCoordinateMismatch);
            elsewhere |= is_far && by_footprint;
        }
        issues.raise_if(elsewhere, Issue::MultipleGeoInfo);
    }
}

/// Whether a record is in any area.
fn placed(found: &Found<'_>) -> bool {
    found.commune.is_some() || found.department.is_some() || found.cells.iter().any(Option::is_some)
}

/// Adds a code to a list in order.
fn add<'a>(codes: &mut Vec<&'a str>, code: Option<&'a str>) {
    if let Some(code) = code
        && let Err(position) = codes.binary_search(&code)
    {
        codes.insert(position, code);
    }
}
