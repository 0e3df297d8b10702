#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::reference::vocabularies::Vocabularies;

const SMALL: &str = "concept\tkind\tlanguage\tlabel\tparent\nA\tname\t\tA\nB\tname\t\tB\tA\nB\thidden\t\tx\nA\tlabel\tfr\tX\nB\tcode\t\t2\n";

#[test]
fn every_row_of_every_vocabulary_is_understood() {
    for (name, vocabulary, table) in all() {
        let mut seen: HashMap<(String, &str), &str> = HashMap::new();
        for row in rows(table) {
            let cells: Vec<&str> = row.split('\t').collect();
            assert!(cells.len() == 4 || cells.len() == 5, "{name}: {row}");
            assert!(KINDS.contains(&cells[1]), "{name}: {row}");
            let concept = vocabulary.position(cells[0]);
            assert!(concept.is_some(), "{name}: no such concept: {row}");
            assert!(
                cells.len() == 4 || cells[4].is_empty() || vocabulary.position(cells[4]).is_some(),
                "{name}: {row}"
            );
            let found = vocabulary.find(cells[3]).unwrap_or_else(|| panic!("{name}: not found: {row}"));
            // Codes and labels may differ (`NO` is French for absent and English for not): labels may not.
            let kind = if cells[1] == "code" { "code" } else { "label" };
            let id = if kind == "code" { cells[3].to_lowercase() } else { vocabulary.key(cells[3]).unwrap() };
            if let Some(other) = seen.insert((id, kind), cells[0]) {
                assert_eq!(other, cells[0], "{name}: two concepts: {row}");
            }
            assert!(!vocabulary.parents(found).contains(&found.name), "{name}: {row}");
        }
        for concept in vocabulary.concepts() {
            assert_eq!(vocabulary.name(concept.name), Some(concept.name), "{name}: a name is its own concept");
        }
    }
}

#[test]
fn the_first_kind_wins_a_key_and_parents_are_known() {
    let vocabulary = Vocabulary::of_table(SMALL);
    assert_eq!(vocabulary.name("x"), Some("A"));
    let b = vocabulary.find(" 2 ").unwrap();
    assert_eq!(b.name, "B");
    assert_eq!(vocabulary.parents(b), ["A"]);
}

#[test]
fn words_laid_over_win() {
    let mut vocabulary = Vocabulary::of_table(SMALL);
    let text = "\u{feff}# our words\nlabel\tconcept\tkind\r\nx\tB\r\nzwei\tb\tlabel\r\n2\tA\tcode\nx 2 ?\tA\tcode\n";
    assert_eq!(vocabulary.lay_over(text), Ok(4));
    for (text, concept) in [("X", "B"), ("zwei!", "B"), ("2", "A"), ("x 2 ?", "A"), ("A", "A"), ("B", "B")] {
        assert_eq!(vocabulary.name(text), Some(concept), "{text}");
    }
    // A later file wins over an earlier one, and a word over a code of the table that is spelt the same.
    assert_eq!(vocabulary.lay_over("concept\tlabel\nA\tZwei"), Ok(1));
    assert_eq!(vocabulary.name("zwei"), Some("A"));
    let mut sinp = Vocabulary::of_table("concept\tkind\tlanguage\tlabel\nP\tname\t\tP\nA\tname\t\tA\nA\tcode\t\tNo\n");
    assert_eq!((sinp.lay_over("concept\tlabel\nP\tno"), sinp.name("No")), (Ok(1), Some("P")));
}

#[test]
fn mistakes_are_told_with_their_lines() {
    let cases = [
        ("", "line 1: there is no header; start with the columns `concept` and `label`"),
        (
            "concept,label\nMale,M",
            "line 1: the header has the unknown column `concept,label`; separate columns by tabs; they are `concept`, \
             `kind`, `language`, `label`, `parent`",
        ),
        ("# words\nconcept\tkind", "line 2: the header has no column `label`; give the columns `concept` and `label`"),
        ("concept\tlabel\n\nMal\tbock", "line 3: there is no concept `Mal`; did you mean `Male`?"),
        ("concept\tlabel\nFemelle\tbiche", "line 2: there is no concept `Femelle`; did you mean `Female`?"),
        (
            "concept\tlabel\nRocks\tpierre",
            "line 2: there is no concept `Rocks`; concepts are `Male`, `Female`, `Worker`, `Hermaphrodite`, `Other`, \
             `Mixed`, `Indeterminate`",
        ),
        ("concept\tlabel\nMale\t", "line 2: there is no label; give the text that people write"),
        ("concept\tlabel\nMale\t7", "line 2: `7` has no letters; give it the kind `code`, which is compared as it is"),
        (
            "concept\tkind\tlabel\nMale\tsynonym\tbock",
            "line 2: the kind is `synonym`; give one of `name`, `label`, `alternative`, `hidden`, `code`",
        ),
        (
            "concept\tlabel\nMale\tbock\nFemale\tBock",
            "line 3: `Bock` is `Male` on line 2 already; give a word one meaning",
        ),
        (
            "concept\tlabel\nMale\tbock\ttier",
            "line 2: there are 3 cells, and the header has 2; separate columns by one tab",
        ),
    ];
    for (text, expected) in cases {
        let mut vocabulary = SEX.clone();
        let mistakes = vocabulary.lay_over(text).unwrap_err();
        assert_eq!(mistakes.iter().map(Mistake::to_string).collect::<Vec<_>>(), [expected], "{text}");
        assert_eq!(vocabulary.name("bock"), SEX.name("bock"));
    }
    let both = SEX.clone().lay_over("concept\tlabel\nX\ta\nY\tb").unwrap_err();
    assert_eq!(both.iter().map(|mistake| mistake.line).collect::<Vec<_>>(), [2, 3]);
}

proptest! {
    #[test]
    fn any_text_is_looked_up_and_any_file_is_read(text in "\\PC{0,40}", file in "(concept|label|kind|Male|M|\t|\n|\\PC){0,30}") {
        for (_, vocabulary, _) in all() {
            let _ = vocabulary.find(&text);
        }
        let _ = SEX.clone().lay_over(&file);
        let _ = SEX.clone().lay_over(&format!("concept\tlabel\n{file}"));
    }
}

/// The nomenclatures of the SINP standard "occurrences de taxon": code, label and what becomes of them.
#[test]
fn nomenclatures_of_the_sinp_are_understood_by_code_label_and_both() {
    let sex = |text: &str| crate::parse::sex::sex(Vocabularies::built_in(), text);
    let stage = |text: &str| crate::parse::life_stage::life_stage(Vocabularies::built_in(), text);
    let basis = |text: &str| crate::parse::basis_of_record::basis_of_record(&BASIS_OF_RECORD, text);
    let status = |text: &str| crate::parse::occurrence_status::occurrence_status(&OCCURRENCE_STATUS, text);
    type Find<'a> = &'a dyn Fn(&str) -> Option<&'static str>;
    type Entry<'a> = (&'a str, &'a str, Option<&'a str>);
    let nomenclatures: [(Find<'_>, &[Entry<'_>]); 7] = [
        (
            &sex,
            &[
                ("0", "Inconnu", Some("Indeterminate")),
                ("1", "Indéterminé", Some("Indeterminate")),
                ("2", "Femelle", Some("Female")),
                ("3", "Mâle", Some("Male")),
                ("4", "Hermaphrodite", Some("Other")),
                ("5", "Mixte", Some("Mixed")),
                ("6", "Non renseigné", Some("Indeterminate")),
            ],
        ),
        (
            &stage,
            &[
                ("0", "Inconnu", Some("Unknown")),
                ("1", "Indéterminé", Some("Unknown")),
                ("2", "Adulte", Some("Adult")),
                ("3", "Juvénile", Some("Juvenile")),
                ("4", "Immature", Some("Immature")),
                ("5", "Sub-adulte", Some("Subadult")),
                ("6", "Larve", Some("Larva")),
                ("7", "Chenille", Some("Caterpillar")),
                ("8", "Têtard", Some("Tadpole")),
                ("9", "Œuf", Some("Egg")),
                ("10", "Mue", Some("Moulting")),
                ("11", "Exuvie", Some("Exuvia")),
                ("12", "Chrysalide", Some("Pupa")),
                ("13", "Nymphe", Some("Nymph")),
                ("14", "Pupe", Some("Pupa")),
                ("15", "Imago", Some("Imago")),
                ("16", "Sub-imago", Some("Subadult")),
                ("17", "Alevin", Some("Juvenile")),
                ("18", "Germination", Some("Seedling")),
                ("19", "Fané", Some("Withered")),
                ("20", "Graine", Some("Seed")),
                ("21", "Thalle, protothalle", Some("Thallus")),
                ("22", "Tubercule", Some("Tuber")),
                ("23", "Bulbe", Some("Bulb")),
                ("24", "Rhizome", Some("Rhizome")),
                ("25", "Emergent", Some("Hatchling")),
                ("26", "Post-Larve", Some("PostLarva")),
                ("27", "Fruit", Some("Fruiting")),
            ],
        ),
        (
            &basis,
            &[
                ("Te", "Terrain", Some("HUMAN_OBSERVATION")),
                ("Co", "Collection", Some("PRESERVED_SPECIMEN")),
                ("Li", "Littérature", Some("MATERIAL_CITATION")),
                ("NSP", "Ne Sait Pas", Some("OCCURRENCE")),
            ],
        ),
        (
            &status,
            &[("Pr", "Présent", Some("PRESENT")), ("No", "Non observé", Some("ABSENT")), ("NSP", "Ne Sait Pas", None)],
        ),
        (
            &|text| ESTABLISHMENT_MEANS.name(text),
            &[
                ("0", "Inconnu/cryptogène", Some("uncertain")),
                ("1", "Non renseigné", None),
                ("2", "Présent (indigène ou indéterminé)", None),
                ("3", "Introduit", Some("introduced")),
                ("4", "Introduit envahissant", Some("introduced")),
                ("5", "Introduit non établi (dont domestique)", Some("introduced")),
                ("6", "Occasionnel", Some("vagrant")),
            ],
        ),
        (
            &|text| DEGREE_OF_ESTABLISHMENT.name(text),
            &[
                ("0", "Inconnu", None),
                ("1", "Sauvage", Some("native")),
                ("2", "Cultivé/élevé", Some("managed")),
                ("3", "Planté", Some("cultivated")),
                ("4", "Féral", Some("established")),
                ("5", "Subspontané", Some("casual")),
            ],
        ),
        (
            &|text| VITALITY.name(text),
            &[
                ("0", "NSP", None),
                ("1", "Non renseigné", None),
                ("2", "Observé vivant", Some("alive")),
                ("3", "Trouvé mort", Some("dead")),
            ],
        ),
    ];
    for (find, entries) in nomenclatures {
        for (code, label, concept) in entries {
            let both = format!("{code} - {label}");
            for text in [*code, *label, &label.to_uppercase(), &both] {
                assert_eq!(find(text), *concept, "{text}");
            }
        }
    }
}

#[test]
fn what_a_parser_writes_it_reads_again() {
    let words = Vocabularies::built_in();
    type Find<'a> = &'a dyn Fn(&str) -> Option<&'static str>;
    let parsers: [(&Vocabulary, Find<'_>); 5] = [
        (&BASIS_OF_RECORD, &|text| crate::parse::basis_of_record::basis_of_record(&BASIS_OF_RECORD, text)),
        (&OCCURRENCE_STATUS, &|text| crate::parse::occurrence_status::occurrence_status(&OCCURRENCE_STATUS, text)),
        (&LIFE_STAGE, &|text| crate::parse::life_stage::life_stage(words, text)),
        (&TYPE_STATUS, &|text| crate::parse::type_status::one(&TYPE_STATUS, text)),
        (&HABITAT, &crate::parse::habitat::habitat),
    ];
    for (vocabulary, parse) in parsers {
        for concept in vocabulary.concepts() {
            assert_eq!(parse(concept.name), Some(concept.name));
        }
    }
    for (name, written) in [("Male", "Male"), ("Female", "Female"), ("Worker", "Female"), ("Hermaphrodite", "Other")] {
        assert_eq!(crate::parse::sex::sex(words, name), Some(written));
    }
    for name in ["Other", "Mixed", "Indeterminate"] {
        assert_eq!(crate::parse::sex::sex(words, name), Some(name));
    }
}

#[test]
fn the_readme_names_every_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/vocabulary");
    let readme = include_str!("../../vocabulary/README.md");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".tsv").trim_end_matches(".md");
        assert!(readme.contains(&format!("`{stem}`")) || stem == "README", "the README does not say what {name} is");
    }
}
