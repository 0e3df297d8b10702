//! From a row and its level to the area it is published as.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int32Type;
use openobs_steps::References;
use openobs_steps::geography::chain::{Chain, region_of};
use openobs_steps::parse::vocabulary::Vocabulary;
use openobs_steps::reference::departments::{self, department, department_code_of_commune};
use openobs_steps::reference::grid::{Lambert93Cell, Side};
use openobs_steps::reference::sensitivity::{AreaKind, Level, Levels};

use super::{Kind, PublishedArea};

/// Finds the published area of protected rows. Areas repeat, so each is computed once.
#[derive(Debug)]
pub struct AreaResolver {
    references: References,
    /// What follows from an area alone; made when it is first needed.
    chain: OnceLock<Chain>,
    known: Mutex<HashMap<Key, Arc<PublishedArea>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    kind: Kind,
    code: String,
    level: i32,
    reason: Reason,
}

/// Why a record is masked, as far as that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Reason {
    Sensitive,
    Private,
    /// Its taxon is not known, or its producer wishes it.
    Other,
}

impl AreaResolver {
    /// A resolver over the areas of a run.
    pub fn new(references: References) -> Self {
        Self { references, chain: OnceLock::new(), known: Mutex::new(HashMap::new()) }
    }

    /// Whether a column is that of a further layer.
    pub fn is_layer(&self, column: &str) -> bool {
        self.references.layers.iter().any(|layer| layer.column == column)
    }

    /// The levels of the run.
    pub fn levels(&self) -> &Levels {
        &self.references.levels
    }

    fn level(&self, rank: i32) -> Option<&Level> {
        u8::try_from(rank).ok().and_then(|rank| self.levels().of_rank(rank))
    }

    /// A data team's own words for countries.
    pub fn words_for_countries(&self) -> &Vocabulary {
        &self.references.vocabularies.country
    }

    fn chain(&self) -> &Chain {
        self.chain.get_or_init(|| Chain::new(&self.references))
    }

    /// The area that a row of a diffusion level is published as.
    ///
    /// A row whose area is not known is published as the next coarser one, down to nothing at all. A commune is never
    /// refined to a cell or the reverse.
    pub fn of(&self, rows: &RecordBatch, row: usize, level: i32) -> Arc<PublishedArea> {
        let flag = |name: &str| {
            let column = rows.column_by_name(name).and_then(|column| column.as_boolean_opt());
            column.is_some_and(|column| column.is_valid(row) && column.value(row))
        };
        let finest = self.level(level).map_or(AreaKind::Withheld, |level| level.area);
        let known = kinds_from(finest).find_map(|kind| Some((kind, code_of(kind, rows, row)?)));
        let (kind, code) = known.unwrap_or((Kind::Nothing, String::new()));
        let sensitive = rows
            .column_by_name("sensitivityLevel")
            .and_then(|column| column.as_primitive_opt::<Int32Type>())
            .is_none_or(|levels| levels.is_null(row) || levels.value(row) > 0);
        let reason = match (sensitive, flag("privateData")) {
            (true, _) => Reason::Sensitive,
            (false, true) => Reason::Private,
            (false, false) => Reason::Other,
        };
        let key = Key { kind, code, level, reason };
        let mut known = match self.known.lock() {
            Ok(known) => known,
            // A thread that panicked while it held the map left it whole: entries are inserted at once.
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(area) = known.get(&key) {
            return Arc::clone(area);
        }
        let area = Arc::new(self.build(&key));
        known.insert(key, Arc::clone(&area));
        area
    }

    fn build(&self, key: &Key) -> PublishedArea {
        let code = key.code.as_str();
        let level = self.level(key.level).or_else(|| self.levels().iter().last());
        let code_of_level = level.map_or("", |level| level.code.as_str());
        let label = level.and_then(|level| level.label.clone());
        let of_diffusion = || format!("niveau de diffusion {code_of_level}");
        let reason = match key.reason {
            Reason::Sensitive => {
                format!("donnée sensible, {}", label.unwrap_or_else(|| format!("niveau {code_of_level} SINP")))
            }
            Reason::Private => format!("donnée privée, {}", label.unwrap_or_else(of_diffusion)),
            Reason::Other => format!("diffusion restreinte, {}", label.unwrap_or_else(of_diffusion)),
        };
        let mut area = PublishedArea {
            kind: key.kind,
            code: Some(key.code.clone()).filter(|code| !code.is_empty()),
            centre: None,
            department_code: None,
            department: None,
            commune_code: None,
            commune: None,
            commune_year: None,
            grid_cell: None,
            grid_cell_5km: None,
            grid_cell_1km: None,
            region: None,
            department_codes: Vec::new(),
            commune_codes: Vec::new(),
            grid_cells: Vec::new(),
            generalization: String::new(),
        };
        match key.kind {
            Kind::Commune => {
                let communes = self.references.communes.as_ref();
                area.commune = communes.and_then(|communes| communes.get(code)).map(|commune| commune.name.clone());
                area.centre = communes
                    .and_then(|communes| communes.centre(code))
                    .map(|centre| (centre.longitude, centre.latitude, centre.radius_metres));
                self.add_department(&mut area, department_code_of_commune(code).unwrap_or(code));
                area.commune_code = Some(code.to_owned());
                area.commune_codes = vec![code.to_owned()];
                area.commune_year = self.references.commune_year;
                area.grid_cells = self.chain().cells_of_commune(code);
                if let [cell] = area.grid_cells.as_slice() {
                    area.grid_cell = Some(cell.clone());
                }
                let year = area.commune_year.map(|year| format!(", COG {year}")).unwrap_or_default();
                area.generalization = format!("Localisation ramenée à la commune (INSEE {code}{year}) – {reason}");
            }
            Kind::Cell(side) => {
                area.centre = self.cell_centre(code);
                add_cells(&mut area, side, code);
                let departments = self.chain().departments_of_cell(code);
                area.region = region_of(departments.iter().copied());
                if let [department] = departments.as_slice() {
                    self.add_department(&mut area, department);
                }
                area.department_codes = departments.into_iter().map(str::to_owned).collect();
                let side = side.kilometres();
                area.generalization = format!("Localisation ramenée à la maille {side} x {side} km {code} – {reason}");
            }
            Kind::Department => {
                self.add_department(&mut area, code);
                area.generalization = format!("Localisation ramenée au département {code} – {reason}");
            }
            Kind::Region => {
                let inside = departments::all().filter(|department| department.region == Some(code));
                area.department_codes = inside.map(|department| department.code.to_owned()).collect();
                area.region = region_of(area.department_codes.iter().map(String::as_str));
                area.generalization = format!("Localisation ramenée à la région {code} – {reason}");
            }
            Kind::Nothing => area.generalization = format!("Localisation non diffusée – {reason}"),
        }
        area
    }

    fn add_department(&self, area: &mut PublishedArea, code: &str) {
        area.department = self
            .references
            .departments
            .as_ref()
            .and_then(|departments| departments.get(code))
            .map(|layer| layer.name.clone())
            .or_else(|| department(code).map(|department| department.name.to_owned()));
        area.department_code = Some(code.to_owned());
        area.department_codes = vec![code.to_owned()];
        area.region = region_of([code]);
    }

    /// Longitude and latitude of the centre of a cell, and its half diagonal on the ground in metres: of the layer overseas,
    /// by the formula on the mainland.
    pub fn cell_centre(&self, code: &str) -> Option<(f64, f64, f64)> {
        let layer = match Side::of_code(code)? {
            Side::One => &self.references.grid_1km,
            Side::Five => &self.references.grid_5km,
            Side::Ten => &self.references.grid,
            Side::Two | Side::Twenty | Side::Fifty => &None,
        };
        if let Some(centre) = layer.as_ref().and_then(|grid| grid.centre(code)) {
            return Some((centre.longitude, centre.latitude, centre.radius_metres));
        }
        let centre = Lambert93Cell::parse(code)?.centre(self.references.projections.as_ref()).ok()?;
        centre.radius_metres.is_finite().then_some((centre.longitude, centre.latitude, centre.radius_metres))
    }
}

/// The kinds of area that a record may be published as, from the finest that is allowed to coarser ones.
fn kinds_from(finest: AreaKind) -> impl Iterator<Item = Kind> {
    let commune = (finest == AreaKind::Commune).then_some(Kind::Commune);
    let cells = Side::EVERY.into_iter().filter(move |side| finest.side().is_some_and(|finest| *side >= finest));
    let department = (finest <= AreaKind::Department).then_some(Kind::Department);
    let region = (finest <= AreaKind::Region).then_some(Kind::Region);
    commune.into_iter().chain(cells.map(Kind::Cell)).chain(department).chain(region)
}

/// The area of a kind that a row is in. The grids that records are not attached to follow from finer ones.
fn code_of(kind: Kind, rows: &RecordBatch, row: usize) -> Option<String> {
    let text = |name: &str| {
        let column = rows.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    };
    let around = |name: &str, side: Side| Some(Lambert93Cell::parse(text(name)?)?.within(side)?.code());
    let column = match kind {
        Kind::Commune => "communeCode",
        Kind::Cell(Side::One) => "gridCell1km",
        Kind::Cell(Side::Five) => "gridCell5km",
        Kind::Cell(Side::Ten) => "gridCell10km",
        Kind::Cell(side @ Side::Two) => return around("gridCell1km", side),
        Kind::Cell(side @ (Side::Twenty | Side::Fifty)) => return around("gridCell10km", side),
        Kind::Department => "departmentCode",
        Kind::Region => "regionCode",
        Kind::Nothing => return None,
    };
    text(column).map(str::to_owned)
}

/// The cells of the published grids that follow from a cell: those that hold it, and those of 10 km that it meets.
fn add_cells(area: &mut PublishedArea, side: Side, code: &str) {
    let Some(cell) = Lambert93Cell::parse(code) else {
        // Overseas codes are not computed: a cell tells itself.
        match side {
            Side::One => area.grid_cell_1km = Some(code.to_owned()),
            Side::Five => area.grid_cell_5km = Some(code.to_owned()),
            Side::Ten => {
                area.grid_cell = Some(code.to_owned());
                area.grid_cells = vec![code.to_owned()];
            }
            Side::Two | Side::Twenty | Side::Fifty => {}
        }
        return;
    };
    let around = |side: Side| cell.within(side).map(Lambert93Cell::code);
    (area.grid_cell, area.grid_cell_5km, area.grid_cell_1km) =
        (around(Side::Ten), around(Side::Five), around(Side::One));
    area.grid_cells = cell.meeting(Side::Ten).into_iter().map(Lambert93Cell::code).collect();
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, StringArray};
    use openobs_steps::reference::sensitivity::{Level, Levels as Table};

    use super::*;
    use crate::projection::ProjTransformations;

    #[test]
    fn a_cell_is_published_as_its_centre_and_half_diagonal() {
        // Values computed from the EPSG registry, sinp.md 3.8.
        let references = References { projections: Arc::new(ProjTransformations), ..References::default() };
        let resolver = AreaResolver::new(references);
        for (code, longitude, latitude, radius) in
            [("10kmL93E080N681", 4.419_400, 48.426_789, 7_074.0), ("10kmL93E117N610", 8.715_747, 41.890_958, 7_056.0)]
        {
            let centre = resolver.cell_centre(code).unwrap();
            assert!((centre.0 - longitude).abs() < 2e-6 && (centre.1 - latitude).abs() < 2e-6, "{centre:?}");
            assert_eq!(centre.2, radius);
        }
        assert_eq!(resolver.cell_centre("10kmUTM22E010N050"), None);
    }

    /// A row with the areas it has, as the occurrence table names them.
    fn row(columns: &[(&str, &str)]) -> RecordBatch {
        let of = |(name, value): &(&str, &str)| {
            let column: ArrayRef = Arc::new(StringArray::from(vec![*value]));
            ((*name).to_owned(), column)
        };
        RecordBatch::try_from_iter(columns.iter().map(of)).unwrap()
    }

    fn meshes() -> AreaResolver {
        let area = [
            AreaKind::Precise,
            AreaKind::Cell1Km,
            AreaKind::Cell2Km,
            AreaKind::Cell5Km,
            AreaKind::Cell10Km,
            AreaKind::Cell20Km,
            AreaKind::Cell50Km,
            AreaKind::Region,
            AreaKind::Withheld,
        ];
        let level = |(rank, area): (u8, AreaKind)| {
            let (code, label) = (format!("N{rank}"), (rank == 6).then(|| "maille de 50 km".to_owned()));
            Level { code, other_codes: Vec::new(), rank, area, label }
        };
        let levels = Arc::new(Table::new((0..).zip(area).map(level).collect()).unwrap());
        AreaResolver::new(References { levels, projections: Arc::new(ProjTransformations), ..References::default() })
    }

    #[test]
    fn each_mesh_is_a_cell_of_its_size_and_tells_what_follows_from_it_alone() {
        let resolver = meshes();
        let place = [
            ("gridCell1km", "1kmL93E0917N6459"),
            ("gridCell5km", "5kmL93E0915N6455"),
            ("gridCell10km", "10kmL93E091N645"),
            ("communeCode", "38421"),
            ("departmentCode", "38"),
            ("regionCode", "84"),
        ];
        let rows = row(&place);
        for (level, code, ten, five, one, cells, radius) in [
            (
                1,
                "1kmL93E0917N6459",
                Some("10kmL93E091N645"),
                Some("5kmL93E0915N6455"),
                Some("1kmL93E0917N6459"),
                1,
                708.0,
            ),
            (2, "2kmL93E916N6458", Some("10kmL93E091N645"), Some("5kmL93E0915N6455"), None, 1, 1_415.0),
            (3, "5kmL93E0915N6455", Some("10kmL93E091N645"), Some("5kmL93E0915N6455"), None, 1, 3_537.0),
            (4, "10kmL93E091N645", Some("10kmL93E091N645"), None, None, 1, 7_074.0),
            (5, "20kmL93E090N644", None, None, None, 4, 14_150.0),
            (6, "50kmL93E090N645", None, None, None, 25, 35_380.0),
        ] {
            let area = resolver.of(&rows, 0, level);
            assert_eq!(area.code(), Some(code));
            let inside = [&area.grid_cell, &area.grid_cell_5km, &area.grid_cell_1km].map(|cell| cell.as_deref());
            assert_eq!((inside, area.grid_cells.len()), ([ten, five, one], cells), "{code}");
            assert!((area.uncertainty().unwrap() - radius).abs() < radius * 0.002, "{code}: {:?}", area.uncertainty());
            assert_eq!((&area.commune_code, area.precision()), (&None, "XY centroïde maille"));
            let side = area.kind();
            let Kind::Cell(side) = side else { panic!("{side:?}") };
            let text = format!("Localisation ramenée à la maille {0} x {0} km {code} – ", side.kilometres());
            assert!(area.generalization.starts_with(&text), "{}", area.generalization);
        }
        assert!(resolver.of(&rows, 0, 6).generalization.ends_with("donnée sensible, maille de 50 km"));
        assert!(resolver.of(&rows, 0, 5).generalization.ends_with("donnée sensible, niveau N5 SINP"));
        let area = resolver.of(&rows, 0, 7);
        assert_eq!((area.kind(), area.code(), area.department_codes.len()), (Kind::Region, Some("84"), 12));
        assert_eq!((area.precision(), area.latitude()), ("pas de XY", None));
        for level in [8, 9, -1] {
            assert_eq!(
                (resolver.of(&rows, 0, level).kind(), resolver.of(&rows, 0, level).code()),
                (Kind::Nothing, None)
            );
        }
        // A cell of 2 km that lies in two of 5 km tells neither.
        let rows = row(&[("gridCell1km", "1kmL93E0914N6459")]);
        assert_eq!(resolver.of(&rows, 0, 2).grid_cell_5km, None);
    }

    #[test]
    fn the_next_coarser_area_stands_for_one_that_is_not_known() {
        let resolver = meshes();
        let code = |columns: &[(&str, &str)], level| resolver.of(&row(columns), 0, level).code().map(str::to_owned);
        let overseas =
            [("gridCell1km", "1kmUTM40E330S7668"), ("gridCell10km", "10kmUTM40E330S7670"), ("departmentCode", "974")];
        assert_eq!(code(&overseas, 1).as_deref(), Some("1kmUTM40E330S7668"));
        assert_eq!(code(&overseas, 2).as_deref(), Some("10kmUTM40E330S7670"));
        assert_eq!(code(&overseas, 5).as_deref(), Some("974"));
        let blurred = [("gridCell10km", "10kmL93E091N645"), ("communeCode", "38421")];
        assert_eq!(code(&blurred, 1).as_deref(), Some("10kmL93E091N645"));
        assert_eq!(code(&[("communeCode", "38421"), ("regionCode", "84")], 3).as_deref(), Some("84"));
        assert_eq!(code(&[("communeCode", "38421")], 3), None);
        // By the levels of the SINP a commune is never refined to a cell or the reverse.
        let older = AreaResolver::new(References::default());
        let area = |columns: &[(&str, &str)], level| older.of(&row(columns), 0, level).kind();
        assert_eq!(area(&[("gridCell10km", "10kmL93E091N645"), ("departmentCode", "38")], 1), Kind::Department);
        assert_eq!(area(&[("communeCode", "38421"), ("departmentCode", "38")], 2), Kind::Department);
        assert_eq!(area(&[("communeCode", "38421"), ("gridCell10km", "10kmL93E091N645")], 3), Kind::Nothing);
        assert_eq!(area(&[("communeCode", "38421"), ("departmentCode", "38")], 4), Kind::Nothing);
    }
}
