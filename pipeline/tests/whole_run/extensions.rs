//! Rows of extensions: those that steps interpret, and those that nobody knows.

use serde_json::{Value, json};

use crate::outputs::{parquet_text, tree};
use crate::program::{repository, run, sql};

/// The value of a query that gives one.
fn value(out: &std::path::Path, query: &str) -> Value {
    let rows = sql(out, query);
    let [Value::Object(row)] = rows.as_slice() else { panic!("{query}: {rows:?}") };
    row.values().next().cloned().unwrap_or_default()
}

#[test]
fn every_kind_of_extension_is_read_or_kept() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    run(&[&repository().join("fixtures/archives/extensions-of-every-kind")], &out).with_status(0);
    let of = |what: &str, id: &str| value(&out, &format!("SELECT {what} FROM occurrence WHERE occurrenceID = '{id}'"));
    // Interpreted.
    assert_eq!(of("measurementOrFacts[1]['measurementValueNumber']", "EXT-1"), json!(12.5));
    assert_eq!(of("measurementTypes", "EXT-1"), json!(["longueur", "poids"]));
    assert_eq!(of("resourceRelationships[1]['relationshipEstablishedDate']", "EXT-1"), json!("2023-05"));
    assert_eq!(of("literatureReferences[1]['doi']", "EXT-1"), json!("10.1234/merle"));
    assert_eq!(of("humboldt[1]['isAbsenceReported']", "EXT-1"), json!(true));
    assert_eq!(of("humboldt[1]['eventDurationValueInMinutes']", "EXT-1"), json!(120.0));
    assert_eq!(of("array_has(issues, 'SITE_COUNT_INVALID')", "EXT-1"), json!(true));
    assert_eq!(of("array_length(nucleotideSequence)", "EXT-2"), json!(1));
    assert_eq!(of("nucleotideSequence[1]['targetGene']", "EXT-2"), json!("16S"));
    assert_eq!(of("chronometricAges[1]['earliestYearsBeforePresent']", "EXT-2"), json!(12500.0));
    assert_eq!(of("isSequenced", "EXT-2"), json!(true));
    // The record has no identification of its own: the latest one counts.
    assert_eq!(of("identifiedBy", "EXT-2"), json!(["B. Martin", "C. Petit"]));
    assert_eq!(of("dateIdentified", "EXT-2"), json!("2023-01"));
    assert_eq!(of("verbatimScientificName", "EXT-2"), json!("Lutra lutra (Linnaeus, 1758)"));
    assert_eq!(of("identifications[2]['isCurrent']", "EXT-2"), json!(true));
    // Not interpreted, and of a row type that nobody knows.
    assert_eq!(of("v_loan[1]['loanDestination']", "EXT-2"), json!("Muséum de Grenoble"));
    assert_eq!(of("v_sonogram[1]['peakFrequency']", "EXT-1"), json!("4,2 kHz"));
    // A record without rows has none.
    assert_eq!(of("measurementOrFacts IS NULL AND v_sonogram IS NULL", "EXT-4"), json!(true));
    // Nothing of a protected record's rows is public.
    assert_eq!(of("sensitivityLevel > 0", "EXT-3"), json!(true));
    for (name, path) in tree(&out.join("public")) {
        if name.ends_with(".parquet") {
            let text = parquet_text(&path);
            assert!(!text.contains("témoin-") && !text.contains("1873"), "{name}");
        }
    }
}
