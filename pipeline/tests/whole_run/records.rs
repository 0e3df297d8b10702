//! Records at every level of sensitivity, with a token in each cell that must not become public.
//!
//! Their levels follow from `fixtures/reference/sensitivity.csv`: *Parnassius apollo* in Isère is level 1, *Cypripedium
//! calceolus* there level 2, *Gypaetus barbatus* in winter level 3, *Margaritifera margaritifera* anywhere level 4.

use crate::archive::Table;

/// Columns of the occurrence table.
const TERMS: [&str; 22] = [
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "coordinateUncertaintyInMeters",
    "geodeticDatum",
    "countryCode",
    "individualCount",
    "municipality",
    "locality",
    "occurrenceRemarks",
    "fieldNumber",
    "verbatimCoordinates",
    "catalogNumber",
    "eventID",
    "habitat",
    "dynamicProperties",
    "verbatimElevation",
    "footprintWKT",
    "natureObjetGeo",
];

/// What a record is, and where.
#[derive(Debug, Clone)]
pub struct Record {
    /// `occurrenceID`.
    pub id: &'static str,
    /// `scientificName`.
    pub name: &'static str,
    /// `eventDate`.
    pub date: &'static str,
    /// `decimalLatitude`, as written; that of the first corner where there is a footprint.
    pub latitude: &'static str,
    /// `decimalLongitude`, as written; that of the first corner where there is a footprint.
    pub longitude: &'static str,
    /// How wide a square footprint is that stands for coordinates, in degrees.
    pub footprint: Option<f64>,
    /// Diffusion level that the references give it.
    pub level: i64,
    /// Distinguishes the tokens of this record; another place has other ones.
    pub tokens: String,
    /// Object in `dynamicProperties` beside the token.
    pub properties: &'static str,
}

impl Record {
    /// A record whose tokens bear its own id.
    pub fn new(id: &'static str, name: &'static str, place: (&'static str, &'static str), level: i64) -> Self {
        let (latitude, longitude) = place;
        Self {
            id,
            name,
            date: "2024-01-10",
            latitude,
            longitude,
            level,
            tokens: id.to_lowercase(),
            properties: "",
            footprint: None,
        }
    }

    /// The token of a field.
    pub fn token(&self, field: &str) -> String {
        format!("zq{field}{}", self.tokens)
    }

    /// A square from the coordinates to the north and east.
    fn square(&self, side: f64) -> String {
        let [(west, south), (east, north)] = [0.0, side]
            .map(|more| (self.longitude.parse::<f64>().unwrap() + more, self.latitude.parse::<f64>().unwrap() + more));
        format!("POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))")
    }

    fn cells(&self) -> Vec<String> {
        let coordinate = |degrees: &str| if self.footprint.is_some() { String::new() } else { degrees.to_owned() };
        let token = |field: &str| self.token(field);
        let dynamic = format!("{{\"observateur\":\"{}\"{}}}", token("dynamic"), self.properties);
        let given = [
            self.id.to_owned(),
            "HumanObservation".to_owned(),
            self.name.to_owned(),
            self.date.to_owned(),
            coordinate(self.latitude),
            coordinate(self.longitude),
            "17".to_owned(),
            "WGS84".to_owned(),
            "FR".to_owned(),
            "2".to_owned(),
        ];
        let hidden = ["municipality", "locality", "remarks", "field", "coordinates", "catalog", "event", "habitat"];
        let mut cells: Vec<String> = given.into_iter().chain(hidden.into_iter().map(token)).collect();
        cells.extend([dynamic, token("elevation")]);
        cells
            .extend(self.footprint.map_or([String::new(), String::new()], |side| [self.square(side), "St".to_owned()]));
        cells
    }
}

/// Grenoble, in the cell `10kmL93E091N645`.
pub const GRENOBLE: (&str, &str) = ("45.18347561", "5.71234987");
/// Saint-Martin-d'Hères, the commune beside, in the same cell.
pub const SAINT_MARTIN: (&str, &str) = ("45.17128346", "5.77092318");
/// Vienne, elsewhere in Isère.
pub const VIENNE: (&str, &str) = ("45.52318764", "4.87436519");
/// Bordeaux.
pub const BORDEAUX: (&str, &str) = ("44.84127639", "-0.58273416");
/// Paris.
pub const PARIS: (&str, &str) = ("48.85731942", "2.34917263");
/// Montpellier.
pub const MONTPELLIER: (&str, &str) = ("43.61273845", "3.87162934");
/// Saint-Denis de La Réunion, in the cell `10kmUTM40E330S7690`.
pub const SAINT_DENIS: (&str, &str) = ("-20.92813647", "55.45182739");
/// Ajaccio.
pub const AJACCIO: (&str, &str) = ("41.92837465", "8.73519284");

/// Records of all levels; those of level 0 are first and last.
pub fn records() -> Vec<Record> {
    let mut records = vec![
        Record::new("free-1", "Passer domesticus", GRENOBLE, 0),
        Record::new("free-2", "Cypripedium calceolus", BORDEAUX, 0),
        Record::new("level1-a", "Parnassius apollo", ("45.18563412", "5.71987342"), 1),
        Record::new("level1-b", "Leontodon crispus", MONTPELLIER, 1),
        Record::new("level2-a", "Cypripedium calceolus", SAINT_MARTIN, 2),
        Record::new("level2-b", "Angraecum cornigerum", SAINT_DENIS, 2),
        Record::new("level3-a", "Gypaetus barbatus", VIENNE, 3),
        Record::new("level3-b", "Liparis loeselii", ("44.85936172", "-0.57391824"), 3),
        Record::new("level3-c", "Gypaetus barbatus", AJACCIO, 3),
        Record::new("level4-a", "Margaritifera margaritifera", ("44.86217934", "-0.57018263"), 4),
        Record::new("level4-b", "Margaritifera margaritifera", ("48.86917283", "2.33291847"), 4),
        Record::new("declared-3", "Passer domesticus", ("45.19172836", "5.70538162"), 3),
        Record::new("private-2", "Passer domesticus", ("45.16827193", "5.76619283"), 2),
        // Squares of some 2 km over two communes, in one cell of 10 km.
        Record::new("polygon-1", "Parnassius apollo", ("45.16412873", "5.73127364"), 1),
        Record::new("polygon-2", "Cypripedium calceolus", ("45.16312873", "5.73227364"), 2),
        Record::new("unmatched", "Zzyzx inventus", ("45.17928364", "5.69918273"), 1),
        Record::new("free-3", "Turdus merula", PARIS, 0),
    ];
    for record in &mut records {
        match record.id {
            "polygon-1" | "polygon-2" => record.footprint = Some(0.02),
            "declared-3" => record.properties = ",\"sensiNiveau\":\"3\"",
            "private-2" => record.properties = ",\"dSPublique\":\"Pr\",\"diffusionNiveauPrecision\":\"2\"",
            _ => {}
        }
    }
    records
}

/// The core of these records.
pub fn occurrences(records: &[Record]) -> Table {
    let mut table = Table::new("Occurrence", &TERMS);
    for record in records {
        table.push(record.cells());
    }
    table
}

/// An image of each of these records, whose address and title tell where it was taken.
pub fn multimedia(records: &[Record]) -> Table {
    let mut table = Table::new("Multimedia", &["occurrenceID", "type", "format", "identifier", "title", "creator"]);
    for record in records {
        let address = format!("https://images.example/{}.jpg", record.token("image"));
        let cells = [record.id, "StillImage", "image/jpeg", &address, &record.token("title"), "B. Nicolas"];
        table.push(cells.map(str::to_owned).to_vec());
    }
    table
}

/// A measurement of each of these records.
pub fn measurements(records: &[Record]) -> Table {
    let terms = ["occurrenceID", "measurementType", "measurementValue", "measurementRemarks"];
    let mut table = Table::new("ExtendedMeasurementOrFact", &terms);
    for record in records {
        let cells = [record.id, "nid", &record.token("measure"), &record.token("measured")];
        table.push(cells.map(str::to_owned).to_vec());
    }
    table
}

/// Every token of a record.
pub fn tokens(record: &Record) -> Vec<String> {
    let fields = [
        "municipality",
        "locality",
        "remarks",
        "field",
        "coordinates",
        "catalog",
        "event",
        "habitat",
        "dynamic",
        "elevation",
        "image",
        "title",
        "measure",
        "measured",
    ];
    fields.into_iter().map(|field| record.token(field)).collect()
}

/// The first figures of a record's coordinates, without the sign: no published number may show them.
pub fn figures(record: &Record) -> [String; 2] {
    [record.latitude, record.longitude].map(|degrees| {
        let degrees = degrees.trim_start_matches('-');
        let point = degrees.find('.').unwrap();
        degrees[..point + 5].to_owned()
    })
}
