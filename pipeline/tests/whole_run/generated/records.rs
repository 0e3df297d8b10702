//! Records of every level, territory and shape, with a token in each cell that may not become public.

use super::world::{Point, Random, World};

/// Marks every token of a protected record, long enough not to be met by chance in bytes; those of free records have [`FREE`].
pub const PROTECTED: &str = "zqhidden";
/// Marks tokens of free records: the same search must find them.
pub const FREE: &str = "zqshown";
/// The hour of protected records, in two versions of the same data; free ones have no hour.
pub const HOURS: [&str; 2] = ["13:47", "11:52"];

/// A taxon, the departments in which it is drawn, and its level there in winter.
struct Taxon(&'static str, &'static [&'static str], i64);

const EVERYWHERE: &[&str] = &["26", "2A", "33", "34", "38", "75", "974"];

/// Levels follow from `fixtures/reference/sensitivity.csv`.
const TAXA: [Taxon; 14] = [
    Taxon("Passer domesticus", EVERYWHERE, 0),
    Taxon("Turdus merula", EVERYWHERE, 0),
    Taxon("Cypripedium calceolus", &["33"], 0),
    Taxon("Parnassius apollo", &["38", "26"], 1),
    Taxon("Leontodon crispus", &["34"], 1),
    Taxon("Lycopodium officinale", &["33"], 1),
    Taxon("Zzyzx inventus", EVERYWHERE, 1),
    Taxon("Cypripedium calceolus", &["38"], 2),
    Taxon("Rhinolophus ferrumequinum", &["26"], 2),
    Taxon("Angraecum cornigerum", &["974"], 2),
    Taxon("Gypaetus barbatus", &["38", "2A"], 3),
    Taxon("Liparis loeselii", &["33"], 3),
    Taxon("Glaucidium passerinum", &["34"], 3),
    Taxon("Margaritifera margaritifera", EVERYWHERE, 4),
];

/// What a producer declares of a record that is free otherwise, and the level that it gives.
const DECLARED: [(&str, i64); 8] = [
    (r#""sensiNiveau":"1""#, 1),
    (r#""sensiNiveau":"2""#, 2),
    (r#""sensiNiveau":"3""#, 3),
    (r#""sensiNiveau":"4""#, 4),
    (r#""dSPublique":"Pr""#, 1),
    (r#""dSPublique":"Pr","diffusionNiveauPrecision":"2""#, 2),
    (r#""dSPublique":"NSP","diffusionNiveauPrecision":"3""#, 3),
    (r#""dSPublique":"Pr","diffusionNiveauPrecision":"4""#, 4),
];

/// How a record tells its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Point,
    Footprint,
    /// The code of its commune and nothing else.
    Commune,
    Nothing,
}

/// A generated record.
#[derive(Debug, Clone)]
pub struct Record {
    pub id: String,
    pub name: &'static str,
    /// Diffusion level that it must get.
    pub level: i64,
    pub shape: Shape,
    pub point: Point,
    /// INSEE code of the commune of the point.
    commune: String,
    declared: &'static str,
    /// Its `eventID` and its `idSINPRegroupement`, where it shares one.
    pub groups: [Option<String>; 2],
    date: usize,
    /// Distinguishes the two versions of the data.
    version: usize,
}

impl Record {
    /// A record of a dataset by its number.
    pub fn draw(world: &World, random: &mut Random, dataset: &str, number: usize) -> Self {
        let Taxon(name, departments, level) = TAXA[random.below(TAXA.len())];
        let (declared, declared_level) = match level == 0 && random.below(2) == 0 {
            true => random.pick(&DECLARED),
            false => ("", 0),
        };
        let level = level.max(declared_level);
        let point = world.point_in(random, random.clone().pick(departments), level > 0);
        let mark = if level > 0 { PROTECTED } else { FREE };
        // A record is always in the winter in which its taxon is sensitive; without a place, rules of any place apply.
        let shape = match random.below(20) {
            0 | 1 => Shape::Footprint,
            2 => Shape::Commune,
            3 if name != "Cypripedium calceolus" => Shape::Nothing,
            _ => Shape::Point,
        };
        Self {
            id: format!("{mark}-{dataset}-{number}"),
            name,
            level,
            shape,
            point,
            commune: world.areas(point).unwrap().commune.unwrap(),
            declared,
            groups: [None, None],
            date: random.below(6),
            version: 0,
        }
    }

    /// A free taxon that was seen with a record, and is as sensitive.
    pub fn beside(&self, group: usize) -> [Self; 2] {
        let mut pair = [self.clone(), self.clone()];
        pair[1].id = format!("{}-beside", self.id);
        pair[1].name = "Turdus merula";
        pair[1].declared = "";
        let name = self.token("group");
        pair.iter_mut().for_each(|record| record.groups[group] = Some(name.clone()));
        pair
    }

    /// The same record elsewhere in its published area, at another hour and with other tokens; a free one as it is.
    pub fn moved(&self, world: &World, random: &mut Random) -> Self {
        let mut moved = self.clone();
        if self.level > 0 {
            moved.version = 1;
            if matches!(self.shape, Shape::Point | Shape::Footprint) {
                moved.point = world.moved(random, self.point, self.level);
            }
        }
        moved
    }

    fn is_protected(&self) -> bool {
        self.level > 0
    }

    /// The token of a field.
    pub fn token(&self, field: &str) -> String {
        let mark = if self.is_protected() { PROTECTED } else { FREE };
        format!("{mark}{}{field}{}é", ["", "x"][self.version], self.id.replace('-', ""))
    }

    /// Latitude and longitude as they are written.
    pub fn degrees(&self) -> [String; 2] {
        [self.point.latitude, self.point.longitude].map(|degrees| format!("{degrees:.8}"))
    }

    fn date(&self) -> String {
        let hour = HOURS[self.version];
        match (self.date, self.is_protected()) {
            (0, true) => format!("2024-01-10T{hour}"),
            (1, true) => format!("2024-01-10T{hour}/2024-01-10T23:58"),
            (2, true) => format!("2024-01-10 {hour}:00"),
            (3, true) => format!("{} {hour}", self.token("date")),
            (4, _) => "10/01/2024".to_owned(),
            _ => "2024-01-10".to_owned(),
        }
    }

    fn square(&self) -> String {
        let Point { longitude: x, latitude: y } = self.point;
        let ([west, east], [south, north]) =
            ([x - 0.002, x + 0.002].map(|x| format!("{x:.8}")), [y - 0.002, y + 0.002].map(|y| format!("{y:.8}")));
        format!("POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))")
    }

    /// The cell of a term: what decides about the level and the place, names and people as they are, else a token.
    pub fn cell(&self, term: &str) -> String {
        let only = |shape: Shape, text: &dyn Fn() -> String| if self.shape == shape { text() } else { String::new() };
        let (east, north) = self.point.lambert93();
        match term {
            "occurrenceID" => self.id.clone(),
            "scientificName" => self.name.to_owned(),
            "basisOfRecord" => "HumanObservation".to_owned(),
            "eventDate" => self.date(),
            "eventTime" if self.is_protected() => HOURS[self.version].to_owned(),
            "decimalLatitude" => only(Shape::Point, &|| self.degrees()[0].clone()),
            "decimalLongitude" => only(Shape::Point, &|| self.degrees()[1].clone()),
            "coordinateUncertaintyInMeters" => "17".to_owned(),
            "countryCode" => "FR".to_owned(),
            "footprintWKT" => only(Shape::Footprint, &|| self.square()),
            "locationID" if self.shape == Shape::Commune => format!("INSEE:{}", self.commune),
            "verbatimCoordinates" => format!("{} {east:.0} {north:.0}", self.token(term)),
            "dynamicProperties" => {
                let declared = if self.declared.is_empty() { "" } else { "," };
                format!("{{\"observateur\":\"{}\"{declared}{}}}", self.token(term), self.declared)
            }
            "eventID" => self.groups[0].clone().unwrap_or_default(),
            "http://inpn.mnhn.fr/sinp/idSINPRegroupement" => self.groups[1].clone().unwrap_or_default(),
            "recordedBy" | "identifiedBy" => "B. Nicolas".to_owned(),
            "institutionCode" | "collectionCode" | "datasetID" => "MNHN".to_owned(),
            _ => self.token(term.rsplit('/').next().unwrap()),
        }
    }
}
