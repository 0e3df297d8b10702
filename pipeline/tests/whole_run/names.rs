//! `openobs reference match`: lists of names and what TAXREF has for each.

use crate::program::{openobs, openobs_with_references, text};

/// The answer to a list as rows of cells, header first.
fn answer(content: &[u8], arguments: &[&str]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    std::fs::write(&list, content).unwrap();
    let list = text(&list);
    let mut all = vec!["reference", "match", &list];
    all.extend(arguments);
    let ended = openobs_with_references(&all).with_status(0);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(ended.stdout.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A column of the answer.
fn column<'a>(rows: &'a [Vec<String>], name: &str) -> Vec<&'a str> {
    let position = rows[0].iter().position(|cell| cell == name).unwrap_or_else(|| panic!("{name} of {:?}", rows[0]));
    rows[1..].iter().map(|row| row[position].as_str()).collect()
}

#[test]
fn a_homonym_is_one_line_with_its_candidates() {
    // T32: a join would repeat the line for each candidate.
    let rows = answer(b"Muscicapa striata\nMuscicapa striata Forster, 1772\n\nLutra lutra\nInconnu\n", &[]);
    assert_eq!(
        column(&rows, "name"),
        ["Muscicapa striata", "Muscicapa striata Forster, 1772", "Lutra lutra", "Inconnu"]
    );
    assert_eq!(column(&rows, "correspondance"), ["Aucune", "Exact", "Exact", "Aucune"]);
    assert_eq!(column(&rows, "cdNom"), ["", "813834", "60630", ""]);
    assert_eq!(column(&rows, "candidates"), ["4319 | 627671", "", "", ""]);
}

#[test]
fn columns_are_known_by_their_names_in_any_spelling() {
    let list =
        "id;CD_NOM;nom_cite;famille;family\n1;4319;;;\n2;;Coenagrion mercurale;x;Coenagrionidae\n3;-12;Grand duc;;\n";
    let rows = answer(list.as_bytes(), &[]);
    assert_eq!(&rows[0][..5], ["id", "CD_NOM", "nom_cite", "famille", "family"]);
    assert_eq!(column(&rows, "id"), ["1", "2", "3"]);
    assert_eq!(column(&rows, "matchType"), ["EXACT", "FUZZY", "NONE"]);
    // The answer's own columns of these names stand apart.
    assert_eq!(column(&rows, "taxref_cdNom"), ["4319", "65133", ""]);
    assert_eq!(column(&rows, "family"), ["", "Coenagrionidae", ""]);
}

#[test]
fn a_list_in_latin_1_with_names_of_its_own() {
    let rows = answer(b"esp\xe8ce\ttaxon_latin\nLoutre\tLutra lutra\n", &["--column", "scientificName=taxon_latin"]);
    assert_eq!((rows[0][0].as_str(), column(&rows, "cdNom")), ("espèce", vec!["60630"]));
}

#[test]
fn what_cannot_be_matched_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    std::fs::write(&list, "a;b\n1;2\n").unwrap();
    let list = text(&list);
    let message = openobs_with_references(&["reference", "match", &list]).with_status(2).stderr;
    assert!(message.contains("--column scientificName="), "{message}");
    let message =
        openobs_with_references(&["reference", "match", &list, "--column", "scientificName=c"]).with_status(2);
    assert!(message.stderr.contains("no such column"), "{}", message.stderr);
    let message = openobs(&["reference", "match", &list]).with_status(2).stderr;
    assert!(message.contains("references.taxref"), "{message}");
}
