//! The references of `fixtures/reference`, for tests that run steps from outside.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::sync::Arc;

use openobs_steps::References;
use openobs_steps::reference::sensitivity::{Levels, SensitivityBuilder, SensitivityRules};
use openobs_steps::reference::taxref::{RetiredColumns, StatusColumns, Taxref, TaxrefBuilder};

/// TAXREF and the sensitivity rules of the fixtures.
pub fn references() -> References {
    let taxref = taxref();
    let sensitivity = sensitivity(&taxref);
    References { taxref: Some(Arc::new(taxref)), sensitivity: Some(Arc::new(sensitivity)), ..References::default() }
}

/// The records of a file of the fixtures, header first. Quotes stand around whole cells only, and are doubled within.
fn records(file: &str, separator: char) -> Vec<Vec<String>> {
    // From this crate and from that of its fuzz targets.
    let folders = ["..", "../.."].map(|up| format!("{}/{up}/fixtures/reference/{file}", env!("CARGO_MANIFEST_DIR")));
    let text = folders.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap();
    let cell = |cell: &str| match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell.to_owned(),
    };
    text.lines().map(|line| line.split(separator).map(cell).collect()).collect()
}

fn view(record: &[String]) -> Vec<&str> {
    record.iter().map(String::as_str).collect()
}

pub fn taxref() -> Taxref {
    let names = records("TAXREFv18.txt", '\t');
    let mut builder = TaxrefBuilder::new(&view(&names[0])).unwrap().version(18);
    for (line, record) in (2..).zip(&names[1..]) {
        builder.push(line, &view(record)).unwrap();
    }
    let retired = records("CDNOM_DISPARUS.txt", '\t');
    let columns = RetiredColumns::new(&view(&retired[0])).unwrap();
    retired[1..].iter().for_each(|record| builder.push_retired(&columns, &view(record)));
    let columns = StatusColumns::new(&["CD_NOM", "CD_TYPE_STATUT", "CODE_STATUT", "CD_SIG"]).unwrap();
    for status in
        [["60411", "PN", "NM2", "TERFXFR"], ["79300", "LRR", "NT", "INSEER82"], ["94041", "PD", "true", "INSEED38"]]
    {
        builder.push_status(&columns, 2, &status).unwrap();
    }
    builder.build()
}

pub fn sensitivity(taxref: &Taxref) -> SensitivityRules {
    let rules = records("sensitivity.csv", ';');
    let mut builder = SensitivityBuilder::new(Levels::default());
    let table = builder.table("sensitivity.csv", &view(&rules[0])).unwrap();
    for (line, record) in (2..).zip(&rules[1..]) {
        builder.push(&table, line, &view(record)).unwrap();
    }
    builder.build(taxref).unwrap()
}
