//! The step `geography`: the French administrative areas and the grid cells of a record.
//!
//! # What it does
//! Places a record in communes, departments, regions, cells of the national grids and further layers, by the first of these
//! that it has: its footprint, its coordinates, a cell, a commune, a department that it names. What it names besides is held
//! against that. A point outside every commune is not moved to the coast: its commune stays empty, and the nearest one stands
//! apart.
//!
//! A point lies in one area. A line or a polygon is in the area that holds most of it (shares on the ground; areas with the
//! same share are all told), or in all areas that hold a part of it where the object is stationary (`natureObjetGeo` = `St`).
//! Of several areas the columns with one value have the first: the greatest share, then the smallest code.
//!
//! From a code follow coarser areas alone: the cells that a commune meets, the departments that a cell meets, the region of a
//! department. A record that was blurred before it was sent (`dEEFloutage`, or `dataGeneralizations` where that is silent), or
//! that an area stands for (`typeInfoGeo` = 1), is in the areas that it names: its coordinates are the middle of something,
//! and tell its department at most.
//!
//! Work is bounded: a footprint of more than 100,000 vertices is not held against areas; one that meets the boxes of more than
//! 1,000 communes has departments alone; of a grid of which its box meets more than 1,000 cells it has none.
//!
//! # Reads
//! `decimalLatitude`, `decimalLongitude`, `countryCode`, `coordinateUncertaintyInMeters` and `footprintWKT` of the step
//! `location`; `natureObjetGeo`, `dEEFloutage` and `typeInfoGeo` of the step `sinp`; `locationID` (a code of INSEE or of a grid
//! cell, with or without a scheme before it), `municipality`, `county` and `stateProvince` (codes or names),
//! `dataGeneralizations`.
//!
//! # Writes
//! Codes of INSEE with their names, codes of cells of 10, 5 and 1 km, and `attachment`: what they come from (`geometry`,
//! `coordinates`, `gridCell`, `commune`, `department`). Regions are those since 2016; `communeYear` is the year of the code of
//! communes. Arrondissements of Paris, Lyon and Marseille become their commune and stand in `arrondissementCode`.
//! `departmentCodes`, `communeCodes` and `gridCells10km` have all areas that the record is attached to;
//! `crossedDepartmentCodes` and `crossedCommuneCodes` all that hold a part of it, attached or not: rules of sensitivity look at
//! these. A column for each further layer has the codes of all its areas that hold the point or meet the footprint.
//!
//! # Issues
//! `DEPARTMENT_COORDINATE_MISMATCH` and `COMMUNE_COORDINATE_MISMATCH` (the given area is farther from the coordinates than
//! their uncertainty, or than 100 m where there is none), `MULTIPLE_GEO_INFO` (a footprint, or a cell, and what else is given
//! are not of one place),
//! `COMMUNE_DEPARTMENT_MISMATCH`, `DEPARTMENT_INVALID`, `COMMUNE_INVALID` (also for a code that had lost its leading zero,
//! which is put right), `COMMUNE_CODE_REPLACED` (the code of a commune that is no more), `GRID_CELL_INVALID`,
//! `FOOTPRINT_TOO_LARGE` (a bound was met).
//!
//! # Differences from GBIF
//! GBIF has no such step: its GADM areas are those of the whole world, without the codes of INSEE.
//!
//! # References
//! - Code officiel géographique, INSEE
//! - Grille nationale 10 km x 10 km, INPN; <https://inpn.mnhn.fr/telechargement/cartes-et-information-geographique>
//! - SINP, standard « Occurrences de taxons » 2.0: `natureObjetGeo`, `typeInfoGeo`, `dEEFloutage`

mod cells;
pub mod chain;
mod columns;
mod footprint;
mod gazetteer;
mod given;
mod place;

use std::sync::Arc;

use arrow::array::{Array, Float64Array, StructArray};
use arrow::datatypes::{DataType, Fields};
use hashbrown::HashMap;

use crate::reference::Layer;
use crate::step::record;
use crate::verbatim::Text;
use crate::{Input, Issue, IssueSet, References, Step, Term, Verbatim};

use chain::Chain;
use columns::{Columns, Found};
use footprint::{Looked, Met};
use given::{Given, GivenReader};
use place::{Lookup, Record};

/// Countries of the areas of INSEE.
const FRENCH: &[&str] = &["FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "PF", "NC", "WF", "TF"];

const INPUTS: &[Input] = &[
    Input::Field("decimalLatitude", DataType::Float64),
    Input::Field("decimalLongitude", DataType::Float64),
    Input::Field("countryCode", DataType::Utf8),
    Input::Field("coordinateUncertaintyInMeters", DataType::Float64),
    Input::Field("footprintWKT", DataType::Utf8),
    Input::Field("natureObjetGeo", DataType::Utf8),
    Input::Field("dEEFloutage", DataType::Utf8),
    Input::Field("typeInfoGeo", DataType::Utf8),
    Input::Term(Term("locationID")),
    Input::Term(Term("municipality")),
    Input::Term(Term("county")),
    Input::Term(Term("stateProvince")),
    Input::Term(Term("dataGeneralizations")),
];

/// The step `geography`.
#[derive(Debug)]
pub struct Geography {
    fields: Fields,
    chain: Chain,
    layers: Vec<Layer>,
    commune_year: Option<i32>,
}

impl Geography {
    /// The step, with its reference data.
    pub fn new(references: &References) -> Self {
        Self {
            fields: columns::fields(&references.layers),
            chain: Chain::new(references),
            layers: references.layers.clone(),
            commune_year: references.commune_year,
        }
    }
}

/// What a record says of the nature of its place.
struct Nature<'a> {
    nature: Text<'a>,
    blur: Text<'a>,
    kind: Text<'a>,
    generalizations: Text<'a>,
}

impl<'a> Nature<'a> {
    fn of(verbatim: &Verbatim<'a>) -> Self {
        let text = |name| verbatim.text_of(name);
        Self {
            nature: text("natureObjetGeo"),
            blur: text("dEEFloutage"),
            kind: text("typeInfoGeo"),
            generalizations: text("dataGeneralizations"),
        }
    }

    /// Whether the object was all over its footprint.
    fn is_stationary(&self, row: usize) -> bool {
        self.nature.value(row) == Some("St")
    }

    /// Whether the place stands for something larger.
    fn is_blurred(&self, row: usize) -> bool {
        // "I do not know" may have been blurred.
        let blurred = match self.blur.value(row) {
            Some(blur) => blur != "NON",
            None => self.generalizations.value(row).is_some(),
        };
        blurred || self.kind.value(row) == Some("1")
    }
}

impl Step for Geography {
    fn name(&self) -> &'static str {
        "geography"
    }

    fn reads(&self) -> &[Input] {
        INPUTS
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn differences(&self) -> &'static [&'static str] {
        &["French administrative areas and the national grids are told by their codes; GBIF tells GADM areas."]
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let absent = Float64Array::new_null(rows);
        let latitudes = verbatim.float("decimalLatitude").unwrap_or(&absent);
        let longitudes = verbatim.float("decimalLongitude").unwrap_or(&absent);
        let uncertainties = verbatim.float("coordinateUncertaintyInMeters").unwrap_or(&absent);
        let countries = verbatim.text_of("countryCode");
        let footprints = verbatim.text_of("footprintWKT");
        let nature = Nature::of(verbatim);
        let (gazetteer, grids) = (&self.chain.gazetteer, &self.chain.grids);
        let point = |row: usize| {
            (latitudes.is_valid(row) && longitudes.is_valid(row)).then(|| (longitudes.value(row), latitudes.value(row)))
        };
        let projected = grids.projected((0..rows).map(point));
        let lookup = Lookup { chain: &self.chain, layers: &self.layers };
        let mut reader = GivenReader::new(verbatim, gazetteer);
        let mut looked: HashMap<&str, Looked<'_>> = HashMap::new();
        let mut columns = Columns::with_capacity(rows, self.layers.len());
        let mut issues = vec![IssueSet::new(); rows];
        for (row, (issues, lambert)) in issues.iter_mut().zip(projected).enumerate() {
            let in_france = countries.value(row).map(|country| FRENCH.contains(&country));
            let given = match in_france {
                Some(false) => Given::default(),
                _ => reader.read(row, in_france.is_some(), issues),
            };
            let cell = given.cell.filter(|code| grids.is_cell(code));
            issues.raise_if(given.cell.is_some() && cell.is_none(), Issue::GridCellInvalid);
            let met = footprints.value(row).filter(|_| in_france != Some(false)).and_then(|text| {
                let look = || Met::of(text, gazetteer, grids, &self.layers).map(Arc::new);
                let looked = looked.entry(text).or_insert_with(look);
                issues.raise_if(looked.is_none(), Issue::FootprintTooLarge);
                looked.clone()
            });
            let point = point(row);
            let record = Record {
                point,
                lambert,
                met: met.as_deref(),
                stationary: nature.is_stationary(row),
                // The sea around France belongs to nobody that a code tells.
                in_france: in_france.filter(|_| countries.value(row) == Some("FR")),
                uncertainty: uncertainties.is_valid(row).then(|| uncertainties.value(row)),
                given: &given,
                cell,
            };
            let found = match (record.met, point) {
                _ if in_france == Some(false) => self.abroad(lookup, point),
                _ if nature.is_blurred(row) => lookup.of_blurred(&record, issues),
                (Some(met), _) => lookup.of_footprint(&record, met, issues),
                (None, Some(point)) => lookup.of_point(&record, point, issues),
                (None, None) => lookup.of_codes(&record, issues),
            };
            columns.append(&found, gazetteer, self.commune_year);
        }
        record(&self.fields, columns.finish(), &issues)
    }
}

impl Geography {
    /// Further layers know other countries; the areas of INSEE do not.
    fn abroad<'a>(&'a self, lookup: Lookup<'a>, point: Option<(f64, f64)>) -> Found<'a> {
        let layers = point.map(|(longitude, latitude)| lookup.layers_at(longitude, latitude)).unwrap_or_default();
        Found { layers, ..Found::default() }
    }
}

#[cfg(test)]
mod tests;
