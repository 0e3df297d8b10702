//! How far the tables and rules reach: labels of the reference vocabularies and entries of the reference dictionaries, which
//! the tables here do not copy.
//!
//! Skipped where `shared/conformance/vocab` is absent. What is found must be what the reference has, but for a share; how much is
//! not found is printed (with `--nocapture`). Set `SHOW_LABELS` to a table to see what differs in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::Path;

use openobs_steps::parse::license::{GbifLicense, License};
use openobs_steps::parse::{
    basis_of_record, enumeration, establishment_means, habitat, language, life_stage, media, nomenclatural_status,
    occurrence_status, sex, type_status, vocabulary,
};
use openobs_steps::reference::vocabularies::Vocabularies;

type Find = fn(&str) -> Option<String>;

fn words() -> &'static Vocabularies {
    Vocabularies::built_in()
}

fn named(name: Option<&'static str>) -> Option<String> {
    name.map(str::to_owned)
}

/// A cell without its escapes; `None` for `\N`.
fn unescape(cell: &str) -> Option<String> {
    let text = cell.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\e", "");
    (cell != "\\N").then(|| text.replace("\\\\", "\\"))
}

/// Table, column of the text, column of the concept, what finds it, and the share of what is found that must be right.
const TABLES: &[(&str, usize, usize, Find, f64)] = &[
    ("vocabulary_sex", 5, 0, |text| named(sex::sex(words(), text)), 0.96),
    ("vocabulary_life_stage", 5, 0, |text| named(life_stage::life_stage(words(), text)), 0.99),
    ("vocabulary_type_status", 5, 0, |text| named(type_status::one(&words().type_status, text)), 0.99),
    (
        "vocabulary_establishment_means",
        5,
        0,
        |text| named(establishment_means::establishment_means(&words().establishment_means, text)),
        0.99,
    ),
    ("vocabulary_degree_of_establishment", 5, 0, |text| named(words().degree_of_establishment.name(text)), 0.99),
    ("vocabulary_pathway", 5, 0, |text| named(words().pathway.name(text)), 0.99),
    (
        "vocabulary_occurrence_status",
        5,
        0,
        |text| named(occurrence_status::occurrence_status(&words().occurrence_status, text)),
        0.99,
    ),
    (
        "dict_basis_of_record",
        0,
        2,
        |text| named(basis_of_record::basis_of_record(&words().basis_of_record, text)),
        0.97,
    ),
    ("dict_boolean", 0, 2, |text| named(vocabulary::BOOLEAN.name(text)), 1.0),
    ("dict_cites_appendix", 0, 2, |text| named(vocabulary::CITES_APPENDIX.name(text)), 1.0),
    ("dict_distribution_status", 0, 2, |text| named(vocabulary::DISTRIBUTION_STATUS.name(text)), 1.0),
    ("dict_establishment_means", 0, 2, |text| named(enumeration::establishment_means(text)), 0.97),
    ("dict_habitat", 0, 2, |text| named(habitat::habitat(text)), 1.0),
    ("dict_kingdom", 0, 2, |text| named(vocabulary::KINGDOM.name(text)), 1.0),
    ("dict_language", 0, 2, |text| named(language::language(text)), 1.0),
    ("dict_license", 0, 2, |text| GbifLicense::of_text(text).map(|license| license.name().to_owned()), 0.97),
    ("dict_license_uri", 0, 2, |text| License::of_text(text).map(|license| license.address()), 0.97),
    ("dict_life_stage", 0, 2, |text| named(enumeration::life_stage_name(text)), 1.0),
    ("dict_maintenance_frequency", 0, 2, |text| named(vocabulary::MAINTENANCE_UPDATE_FREQUENCY.name(text)), 0.9),
    ("dict_media_type", 0, 2, |text| named(media::media_type(text)), 1.0),
    ("dict_nomenclatural_code", 0, 2, |text| named(vocabulary::NOMENCLATURAL_CODE.name(text)), 1.0),
    (
        "dict_nomenclatural_status",
        0,
        2,
        |text| nomenclatural_status::nomenclatural_status(text).map(|status| status.name.to_owned()),
        0.9,
    ),
    (
        "dict_occurrence_status",
        0,
        2,
        |text| named(occurrence_status::occurrence_status(&words().occurrence_status, text)),
        1.0,
    ),
    ("dict_sex", 0, 2, |text| named(enumeration::sex(text)), 0.97),
    ("dict_taxon_rank", 0, 2, |text| named(vocabulary::TAXON_RANK.name(text)), 0.97),
    ("dict_taxonomic_status", 0, 2, |text| named(vocabulary::TAXONOMIC_STATUS.name(text)), 0.97),
    ("dict_threat_status", 0, 2, |text| named(vocabulary::THREAT_STATUS.name(text)), 1.0),
    ("dict_type_status", 0, 2, enumeration::type_status, 0.95),
];

#[test]
fn what_the_tables_find_is_what_the_reference_has() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let Some(folder) = above.map(|folder| folder.join("shared/conformance/vocab")).find(|folder| folder.is_dir())
    else {
        println!("skipped: there is no shared/conformance/vocab");
        return;
    };
    let show = std::env::var("SHOW_LABELS").unwrap_or_default();
    let mut failed = Vec::new();
    for (name, text, concept, find, floor) in TABLES {
        let table = fs::read_to_string(folder.join(format!("{name}.tsv"))).unwrap();
        let (mut right, mut other, mut unknown) = (0_u32, 0_u32, 0_u32);
        for line in table.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let (Some(label), Some(expected)) = (cells.get(*text).and_then(|cell| unescape(cell)), cells.get(*concept))
            else {
                continue;
            };
            if expected.is_empty() {
                continue;
            }
            let found = find(&label);
            let same = |found: &String| vocabulary::key_with_digits(found) == vocabulary::key_with_digits(expected);
            match &found {
                None => unknown += 1,
                Some(found) if same(found) => right += 1,
                Some(_) => other += 1,
            }
            if (show == *name || show == "all") && !found.as_ref().is_some_and(same) {
                println!("  {name}: {label:?} is {found:?}, not {expected}");
            }
        }
        println!("{name}: {right} right, {other} other, {unknown} unknown");
        if f64::from(right) < floor * f64::from(right + other) {
            failed.push(*name);
        }
    }
    assert_eq!(failed, Vec::<&str>::new());
}
