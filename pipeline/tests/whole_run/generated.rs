//! Archives that nobody thought of: records of every level drawn by a seed, in every shape that the reader takes.
//!
//! Whatever they hold, no public byte may tell what is protected. Two versions of the same data, in which protected records
//! stand elsewhere in their published areas and say other things, must become the same public bytes (non-interference,
//! sinp.md 3.9, P1); no token of a protected record may be found in them (P3); groups have one level (P8).
//! `GENERATED_SEED=7 cargo test ... generated` draws others.

mod packing;
mod records;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::outputs::{all_text, assert_same_trees, tree};
use crate::program::{number, openobs_with_references, run_with, sql, text};
use packing::{Container, Encoding, Sheet, address, pack};
use records::{FREE, HOURS, PROTECTED, Record};
use world::{Random, SECRET_DECIMALS, World};

const OCCURRENCE: &str = "http://rs.tdwg.org/dwc/terms/Occurrence";

/// Terms of most archives.
const TERMS: [&str; 28] = [
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "eventDate",
    "eventTime",
    "decimalLatitude",
    "decimalLongitude",
    "coordinateUncertaintyInMeters",
    "countryCode",
    "footprintWKT",
    "locationID",
    "municipality",
    "locality",
    "verbatimLocality",
    "occurrenceRemarks",
    "fieldNumber",
    "recordNumber",
    "catalogNumber",
    "habitat",
    "sex",
    "lifeStage",
    "individualCount",
    "verbatimCoordinates",
    "dynamicProperties",
    "eventID",
    "http://inpn.mnhn.fr/sinp/idSINPRegroupement",
    "recordedBy",
    "modified",
];

/// Terms that decide about the taxon or the level: another value would make another record of it.
const DECIDING: [&str; 36] = [
    "acceptedNameUsage",
    "acceptedNameUsageID",
    "acceptedScientificName",
    "class",
    "cultivarEpithet",
    "dataGeneralizations",
    "family",
    "genericName",
    "genus",
    "higherClassification",
    "identificationQualifier",
    "infragenericEpithet",
    "infraspecificEpithet",
    "kingdom",
    "nameAccordingTo",
    "nomenclaturalCode",
    "order",
    "originalNameUsage",
    "parentNameUsage",
    "phylum",
    "scientificNameAuthorship",
    "scientificNameID",
    "specificEpithet",
    "subfamily",
    "subgenus",
    "superfamily",
    "taxonConceptID",
    "taxonID",
    "taxonRank",
    "taxonomicStatus",
    "tribe",
    "verbatimIdentification",
    "verbatimTaxonRank",
    "vernacularName",
    "footprintSRS",
    "parentEventID",
];

/// Extensions with terms whose cells are tokens, by row type.
const EXTENSIONS: [(&str, &str, &[&str]); 12] = [
    (
        "http://rs.gbif.org/terms/1.0/Multimedia",
        "multimedia",
        &["identifier", "title", "description", "creator", "created", "source", "references"],
    ),
    ("http://rs.tdwg.org/ac/terms/Multimedia", "audubon", &["identifier", "accessURI", "caption", "comments"]),
    ("http://rs.gbif.org/terms/1.0/Image", "image", &["identifier", "title", "spatial", "latitude"]),
    (
        "http://rs.tdwg.org/dwc/terms/Identification",
        "identification",
        &["identificationID", "identifiedBy", "identificationRemarks", "dateIdentified", "typeStatus"],
    ),
    (
        "http://rs.tdwg.org/dwc/terms/MeasurementOrFact",
        "measurement",
        &["measurementID", "measurementType", "measurementValue", "measurementUnit", "measurementRemarks"],
    ),
    (
        "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact",
        "emof",
        &["measurementType", "measurementTypeID", "measurementValue", "measurementMethod"],
    ),
    (
        "http://rs.tdwg.org/dwc/terms/ResourceRelationship",
        "relationship",
        &["resourceRelationshipID", "relatedResourceID", "relationshipOfResource", "relationshipRemarks"],
    ),
    ("http://rs.gbif.org/terms/1.0/Reference", "reference", &["bibliographicCitation", "title", "date", "identifier"]),
    (
        "http://rs.tdwg.org/chrono/terms/ChronometricAge",
        "age",
        &["chronometricAgeID", "verbatimChronometricAge", "chronometricAgeRemarks", "earliestChronometricAge"],
    ),
    ("http://rs.gbif.org/terms/1.0/DNADerivedData", "dna", &["dna_sequence", "target_gene", "env_medium", "samp_name"]),
    ("http://data.ggbn.org/schemas/ggbn/terms/Amplification", "amplification", &["amplificationDate", "marker"]),
    ("http://example.org/terms/Loan", "loan", &["http://example.org/terms/loanDestination", "fieldNotes"]),
];

/// All terms of Darwin Core, Dublin Core and the SINP that the reader knows by name, but those that decide.
fn every_term() -> Vec<String> {
    let known = include_str!("../../dwca/src/terms.txt");
    let mut namespace = ("", "");
    let mut terms: Vec<String> = TERMS.map(address).to_vec();
    let mut names: BTreeSet<String> = TERMS.map(|term| term.rsplit('/').next().unwrap().to_lowercase()).into();
    for line in
        known.lines().filter(|line| !line.starts_with('#') && !line.contains(" = ") && !line.starts_with("also "))
    {
        let Some(listed) = line.strip_prefix("  ") else {
            namespace = line.split_once(' ').unwrap_or_default();
            continue;
        };
        let of_dwc = matches!(namespace.0, "dwc" | "dcterms");
        for name in listed.split(' ').filter(|name| !name.contains('=')) {
            let decides = DECIDING.contains(&name) || name.to_lowercase().contains("taxon");
            // Classes begin with a capital.
            if of_dwc && !decides && name.starts_with(char::is_lowercase) && names.insert(name.to_lowercase()) {
                terms.push(format!("{}{name}", namespace.1));
            }
        }
    }
    terms
}

/// A generated dataset: its records, and how it is written.
struct Dataset {
    name: &'static str,
    records: Vec<Record>,
    encoding: Encoding,
    container: Container,
    shape: Star,
}

/// What stands in an archive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Star {
    Core,
    /// Every term that the reader knows.
    EveryTerm,
    Extensions,
    Events,
}

impl Dataset {
    fn draw(
        world: &World,
        random: &mut Random,
        name: &'static str,
        size: usize,
        (encoding, container): (Encoding, Container),
        shape: Star,
    ) -> Self {
        let mut records = Vec::new();
        for number in 0..size {
            let record = Record::draw(world, random, name, number);
            let may_be_grouped = record.name != "Zzyzx inventus" && (1..4).contains(&record.level);
            match random.below(6) {
                // What a producer wishes for private data is no matter of groups.
                group @ (0 | 1)
                    if may_be_grouped && record.name != "Passer domesticus" && record.name != "Turdus merula" =>
                {
                    records.extend(record.beside(if shape == Star::Events { 0 } else { group }));
                }
                _ => records.push(record),
            }
        }
        Self { name, records, encoding, container, shape }
    }

    fn moved(&self, world: &World, random: &mut Random) -> Self {
        // Those of a group stand at one place.
        let mut places = BTreeMap::new();
        let records = self.records.iter().map(|record| {
            let mut moved = record.moved(world, random);
            if let Some(group) = record.groups.iter().flatten().next() {
                moved.point = *places.entry(group.clone()).or_insert(moved.point);
                let other = |group: String| group.replacen(PROTECTED, &format!("{PROTECTED}x"), 1);
                moved.groups = record.groups.clone().map(|group| group.map(other));
            }
            moved
        });
        Self { name: self.name, records: records.collect(), ..*self }
    }

    fn write(&self, folder: &Path) {
        let sheets = match self.shape {
            Star::Core => vec![self.core(&TERMS.map(address))],
            Star::EveryTerm => vec![self.core(&every_term())],
            Star::Extensions => std::iter::once(self.core(&TERMS.map(address))).chain(self.extensions()).collect(),
            Star::Events => self.events(),
        };
        pack(folder, self.name, &sheets, self.encoding, self.container);
    }

    fn core(&self, terms: &[String]) -> Sheet {
        let names: Vec<&str> = terms.iter().map(String::as_str).collect();
        let mut sheet = Sheet::new(OCCURRENCE, "occurrence", &names);
        for record in &self.records {
            let cell = |term: &&str| record.cell(term.strip_prefix("http://rs.tdwg.org/dwc/terms/").unwrap_or(term));
            sheet.rows.push(names.iter().map(cell).collect());
        }
        sheet
    }

    fn extensions(&self) -> impl Iterator<Item = Sheet> {
        EXTENSIONS.iter().map(|(row_type, file, terms)| {
            let dublin_core =
                ["identifier", "title", "description", "creator", "created", "source", "references", "spatial"];
            let of = |term: &&'static str| match dublin_core.contains(term) {
                true => format!("http://purl.org/dc/terms/{term}"),
                false => (*term).to_owned(),
            };
            let addresses: Vec<String> =
                std::iter::once("occurrenceID".to_owned()).chain(terms.iter().map(of)).collect();
            let mut sheet = Sheet::new(row_type, file, &addresses.iter().map(String::as_str).collect::<Vec<_>>());
            for record in &self.records {
                let cells =
                    terms.iter().map(|term| record.token(&format!("{file}{}", term.rsplit('/').next().unwrap())));
                sheet.rows.push(std::iter::once(record.id.clone()).chain(cells).collect());
            }
            // A row of nobody goes to quarantine.
            let nobody = terms.iter().map(|_| format!("{PROTECTED}quarantined"));
            sheet.rows.push(std::iter::once("nobody".to_owned()).chain(nobody).collect());
            sheet
        })
    }

    /// An event for each group and each other record, below a site that has its place.
    fn events(&self) -> Vec<Sheet> {
        let terms = [
            "eventID",
            "parentEventID",
            "eventType",
            "eventDate",
            "decimalLatitude",
            "decimalLongitude",
            "footprintWKT",
            "countryCode",
            "locationID",
            "municipality",
            "locality",
            "waterBody",
            "habitat",
            "eventRemarks",
            "samplingProtocol",
            "fieldNotes",
        ];
        let mut events = Sheet::new("http://rs.tdwg.org/dwc/terms/Event", "event", &terms);
        let seen = [
            "eventID",
            "occurrenceID",
            "scientificName",
            "basisOfRecord",
            "dynamicProperties",
            "behavior",
            "fieldNumber",
        ];
        let mut occurrences = Sheet::new(OCCURRENCE, "occurrence", &seen);
        let mut facts = Sheet::new(
            "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact",
            "emof",
            &["eventID", "occurrenceID", "measurementType", "measurementValue"],
        );
        let mut humboldt = Sheet::new(
            "http://rs.tdwg.org/eco/terms/Event",
            "humboldt",
            &[
                "eventID",
                "http://rs.tdwg.org/eco/terms/siteNestingDescription",
                "http://rs.tdwg.org/eco/terms/protocolNames",
            ],
        );
        let mut known = BTreeSet::new();
        for record in &self.records {
            let visit = record.groups[0].clone().unwrap_or_else(|| record.token("visit"));
            let site = format!("{visit}site");
            if known.insert(visit.clone()) {
                let at_site = |term: &&str| match *term {
                    "eventID" => site.clone(),
                    "parentEventID" | "eventDate" => String::new(),
                    term => record.cell(term),
                };
                events.rows.push(terms.iter().map(at_site).collect());
                let at_visit = |term: &&str| match *term {
                    "eventID" => visit.clone(),
                    "parentEventID" => site.clone(),
                    "eventDate" | "eventRemarks" | "fieldNotes" | "eventType" => record.cell(term),
                    _ => String::new(),
                };
                events.rows.push(terms.iter().map(at_visit).collect());
                humboldt.rows.push(vec![visit.clone(), record.token("nesting"), record.token("protocol")]);
                facts.rows.push(vec![visit.clone(), String::new(), record.token("wind"), record.token("strength")]);
            }
            let of = |term: &&str| if *term == "eventID" { visit.clone() } else { record.cell(term) };
            occurrences.rows.push(seen.iter().map(of).collect());
            facts.rows.push(vec![visit, record.id.clone(), record.token("fact"), record.token("value")]);
        }
        vec![events, occurrences, facts, humboldt]
    }
}

fn datasets(world: &World, random: &mut Random) -> Vec<Dataset> {
    let mut draw = |name, size, way, shape| Dataset::draw(world, random, name, size, way, shape);
    vec![
        draw("wide", 150, (Encoding::Utf8, Container::Zip), Star::EveryTerm),
        draw("star", 250, (Encoding::Windows1252, Container::TarGz), Star::Extensions),
        draw("events", 300, (Encoding::Utf8, Container::Zip), Star::Events),
        draw("marked", 200, (Encoding::Utf8WithMark, Container::Folder), Star::Core),
        draw("sixteen", 200, (Encoding::Utf16, Container::Zip), Star::Core),
        draw("undeclared", 200, (Encoding::Undeclared, Container::Folder), Star::Core),
        draw("alone", 200, (Encoding::Utf8, Container::File), Star::Core),
        draw("many", 1500, (Encoding::Utf8, Container::Zip), Star::Core),
    ]
}

fn run(folder: &Path, datasets: &[Dataset]) -> PathBuf {
    let (archives, out) = (folder.join("archives"), folder.join("out"));
    std::fs::create_dir_all(&archives).unwrap();
    datasets.iter().for_each(|dataset| dataset.write(&archives));
    run_with(&[&archives], &out, &["--set", "run.shard_rows=400"]).with_status(0);
    out
}

/// The numbers of a text that have the decimals of a secret coordinate.
fn secret_numbers(text: &str) -> impl Iterator<Item = &str> {
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    numbers.filter(|number| {
        let decimals = number.split_once('.').map_or("", |(_, decimals)| decimals);
        decimals.get(2..5) == Some(SECRET_DECIMALS)
    })
}

#[test]
fn generated_archives_tell_nothing() {
    let seed = std::env::var("GENERATED_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_240_110);
    eprintln!("GENERATED_SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let (world, mut random) = (World::load(), Random::new(seed));
    let here = datasets(&world, &mut random);
    let there: Vec<Dataset> = here.iter().map(|dataset| dataset.moved(&world, &mut random)).collect();
    let out = run(&folder.path().join("here"), &here);

    every_record_has_its_level(&out, &here);
    no_public_byte_tells_a_token(&out, &here);
    groups_have_one_level(&out);
    openobs_with_references(&["audit", "--out", &text(&out)]).with_status(0);
    let other = run(&folder.path().join("there"), &there);
    for part in ["public", "reports"] {
        assert_same_trees(&out.join(part), &other.join(part));
    }
    // The exact rows are others, in every dataset.
    let exact = |out: &Path| tree(&out.join("restricted/occurrence"));
    for (name, path) in exact(&out) {
        assert!(std::fs::read(path).unwrap() != std::fs::read(&exact(&other)[&name]).unwrap(), "{name} is the same");
    }
}

fn every_record_has_its_level(out: &Path, datasets: &[Dataset]) {
    let rows = sql(out, "SELECT occurrenceID, diffusionLevel FROM occurrence_restricted");
    let found: BTreeMap<&str, i64> = rows
        .iter()
        .map(|row| (row["occurrenceID"].as_str().unwrap(), row["diffusionLevel"].as_i64().unwrap()))
        .collect();
    let records = || datasets.iter().flat_map(|dataset| &dataset.records);
    let wrong: Vec<String> = records()
        .filter(|record| found.get(record.id.as_str()).copied().unwrap_or(0) != record.level)
        .map(|record| format!("{:?} in {record:?}", found.get(record.id.as_str())))
        .collect();
    assert!(wrong.is_empty(), "{} have another level: {:#?}", wrong.len(), &wrong[..wrong.len().min(5)]);
    let of_level = |level: i64| records().filter(|record| record.level == level).count();
    assert!((0..=4).all(|level| of_level(level) > 100), "{:?}", [0, 1, 2, 3, 4].map(of_level));
    // Every encoding was read: tokens end in an accented letter.
    for Dataset { name, .. } in datasets {
        let locality = if *name == "events" { "eventID" } else { "locality" };
        let of_dataset = format!(
            "SELECT count(*) AS n FROM occurrence_restricted WHERE datasetKey = '{name}' AND \"{locality}\" LIKE '%é'"
        );
        assert!(number(out, &of_dataset) > 50, "{name}");
    }
}

fn no_public_byte_tells_a_token(out: &Path, datasets: &[Dataset]) {
    let published = datasets.iter().flat_map(|dataset| &dataset.records).filter(|record| record.level < 4);
    let public_ids: BTreeSet<&str> = published.map(|record| record.id.as_str()).collect();
    let centres = "SELECT DISTINCT concat(decimalLatitude, ' ', decimalLongitude) AS centre FROM occurrence WHERE diffusionLevel > 0";
    let centres: Vec<String> =
        sql(out, centres).iter().map(|row| row["centre"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(centres.len() < 60, "{centres:?}");
    assert!(centres.iter().all(|centre| secret_numbers(centre).next().is_none()), "choose other decimals: {centres:?}");
    let (mut found, mut shown) = (BTreeSet::new(), false);
    for part in ["public", "reports"] {
        for (name, path) in tree(&out.join(part)) {
            let text = all_text(&path).to_lowercase();
            shown |= text.contains(FREE);
            // The occurrenceID of a record is public, unless it is not shown at all.
            let tokens = tokens(&text).filter(|token| !public_ids.contains(token));
            found.extend(tokens.map(|token| format!("{name}: {token}")));
            found.extend(HOURS.iter().filter(|hour| text.contains(**hour)).map(|hour| format!("{name}: {hour}")));
            found.extend(secret_numbers(&text).map(|number| format!("{name}: {number}")));
        }
    }
    assert!(found.is_empty(), "public files tell: {found:#?}");
    assert!(shown, "the search finds nothing at all");
}

/// The words of a text that begin as tokens of protected records do.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(PROTECTED).map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(rest.len());
        &rest[..end]
    })
}

fn groups_have_one_level(out: &Path) {
    for (term, column) in [("eventID", "\"eventID\""), ("idSINPRegroupement", "\"v_idSINPRegroupement\"")] {
        let named = format!("SELECT datasetKey, {column} AS named, diffusionLevel AS level FROM");
        let groups = format!(
            "SELECT count(*) AS n FROM (SELECT datasetKey, named FROM ({named} occurrence WHERE diffusionLevel = 0 \
             UNION ALL {named} occurrence_restricted) WHERE named IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
        );
        assert!(number(out, &format!("{groups})")) > 50, "{term}");
        assert_eq!(number(out, &format!("{groups} AND count(DISTINCT level) > 1)")), 0, "{term}");
    }
}
