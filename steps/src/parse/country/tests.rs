//! The rules that read countries, a few texts each, and what must hold for every text and every row of the tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hashbrown::HashMap;
use proptest::prelude::*;

use super::dictionary::{DICTIONARY, Meaning, rows};
use super::*;

fn check(cases: &[(&str, Option<&str>)]) {
    let found = |text: &str| country(text).map(|country| country.code);
    let wrong: Vec<_> = cases.iter().filter(|(text, code)| found(text) != *code).collect();
    let wrong: Vec<_> = wrong.iter().map(|(text, code)| (text, code, found(text))).collect();
    assert!(wrong.is_empty(), "text, expected, found: {wrong:?}");
}

#[test]
fn names_and_codes() {
    check(&[
        ("FR", Some("FR")),
        ("fra", Some("FR")),
        ("France", Some("FR")),
        ("France métropolitaine", Some("FR")),
        ("Métropole", Some("FR")),
        ("La Réunion", Some("RE")),
        ("Guyane", Some("GF")),
        ("Nouvelle-Calédonie", Some("NC")),
        ("TAAF", Some("TF")),
        ("NA", Some("NA")),
        ("N/A", None),
        ("ISO-3166-2:BTN", Some("BT")),
        ("US-CA", Some("US")),
        ("PNG/WN", Some("PG")),
        ("FRA/ITA", Some("ZZ")),
        ("ZAR", Some("CD")),
        ("GUT", Some("GT")),
        ("gut", None),
        ("OFF DENMARK", Some("DK")),
        ("Espagne", Some("ES")),
        ("Oesterreich", Some("AT")),
        ("Côte d'Ivoire", Some("CI")),
        ("Россия", Some("RU")),
        ("日本", Some("JP")),
        ("대한민국", Some("KR")),
        ("مصر", Some("EG")),
        ("Really great britain", None),
        ("Padua", None),
        ("12345", None),
        ("", None),
    ]);
}

#[test]
fn words_around_a_name() {
    check(&[
        ("N. Madagascar", Some("MG")),
        ("S.E. of New Guinea", Some("PG")),
        ("Aleutian Is.", Some("US")),
        ("République d'Iran", Some("IR")),
        ("Republic of the Fiji Islands", Some("FJ")),
        ("Br. Honduras", Some("BZ")),
        ("Probablement Madagascar", Some("MG")),
        // Iceland in German, but an island in English.
        ("Fletcher's Ice Island", None),
    ]);
}

#[test]
fn several_names() {
    check(&[
        ("URSS", Some("ZZ")),
        ("Peru / Chile ?", Some("ZZ")),
        ("Malacca or Borneo", Some("ZZ")),
        ("Celebes and Java", Some("ID")),
        ("Canada to Mexico", Some("ZZ")),
        ("Japan, Korea", Some("ZZ")),
        ("Colombie [= Colombia]", Some("CO")),
        ("India [=Nepal]", Some("ZZ")),
        ("Rhodesia [=Zambia]", Some("ZM")),
        ("Malaya, Brunei", Some("BN")),
        ("Borneo, Malaysia", Some("MY")),
        ("British East Africa", Some("KE")),
        ("British East Africa [Tanzania]", Some("TZ")),
        ("W. Indies, Martinique I", Some("MQ")),
        ("Puerto Rico (USA)", Some("PR")),
        ("Puerto Rico and USA", Some("ZZ")),
        ("Trinidad & Tobago, W.I.", Some("TT")),
        ("England; U.K.; English Channel", Some("GB")),
        ("Argentina, Catamarca: Cerro Lorentz", Some("AR")),
        ("Argentina, Santa Cruz", Some("AR")),
        ("Peru, Santa Cruz", Some("PE")),
        ("Canada. U.S.A.", Some("ZZ")),
        ("Country unknown", Some("ZZ")),
        ("North Atlantic", Some("ZZ")),
    ]);
}

#[test]
fn words_in_another_order_or_cut_short() {
    check(&[
        ("Korea, North", Some("KP")),
        ("Islands, Cook", Some("CK")),
        ("Untd Arab Em", Some("AE")),
        ("Antigua Barb", Some("AG")),
        ("Brit. Hond.", Some("BZ")),
        ("Fr South Tr", Some("TF")),
        ("VENE", Some("VE")),
        ("JAPN", Some("JP")),
        ("FRGU", Some("GF")),
        // The beginning of two countries, and of none when the text does not look cut.
        ("AUST", Some("ZZ")),
        ("Vene", None),
        ("Bermudas", Some("BM")),
    ]);
}

#[test]
fn misspelt_names() {
    check(&[
        ("Phillipines", Some("PH")),
        ("Untied States", Some("US")),
        ("Ecaudor", Some("EC")),
        ("West Indies, Greneda I", Some("GD")),
        ("Papua New Gunea", Some("PG")),
        ("Czechoslavakia", Some("ZZ")),
        ("RÃ©union", Some("RE")),
        ("Espa?a", Some("ES")),
        ("Rom\u{fffd}nia", Some("RO")),
        // As near to one country as to another, too short, or known to be something else.
        ("Austrlia", None),
        ("Cbile", None),
        ("Greene", None),
    ]);
}

#[test]
fn a_place_and_its_country() {
    check(&[
        ("Belgium Aalter", Some("BE")),
        ("Windward coast of St. Vincent", Some("VC")),
        ("Toro Uganda", Some("UG")),
        ("China Lake", None),
        ("Jersey City", None),
        ("Esmeralda Co.", None),
        ("Golfe de Tunis", Some("ZZ")),
        ("Unknown Place, Que.", None),
    ]);
}

/// The tables of names, with what separates them.
const TABLES: [&str; 4] = [
    include_str!("../../vocabulary/country_alias.tsv"),
    include_str!("../../vocabulary/country_area.tsv"),
    include_str!("../../vocabulary/country_part.tsv"),
    include_str!("../../vocabulary/country_subdivision.tsv"),
];

#[test]
fn rows_of_tables_have_known_codes_and_names() {
    assert_eq!(COUNTRIES.all.len(), 253);
    assert!(COUNTRIES.all.len() <= 256, "members of areas are bits");
    for country in &COUNTRIES.all {
        assert!(
            country.named_with.split(' ').all(|code| code.is_empty() || of_code(code).is_some()),
            "{}",
            country.code
        );
    }
    for table in TABLES {
        for (codes, names) in rows(table) {
            let known = |code: &str| of_code(code.trim_end_matches('!')).is_some();
            assert!(codes == "*" || codes.trim_start_matches("? ").split(' ').all(known), "{codes}");
            assert!(
                names.split(" | ").all(|name| !letters(name).is_empty() && name.trim() == name),
                "{codes}\t{names}"
            );
        }
    }
    for (kind, words) in rows(include_str!("../../vocabulary/country_word.tsv")) {
        let short = kind.strip_prefix("for ");
        assert!(words::Kind::of_name(kind).is_some() || short.is_some_and(|short| letters(short) == short), "{kind}");
        assert!(words.split(" | ").all(|word| !word.is_empty() && letters(word) == word), "{kind}\t{words}");
    }
    for (codes, names) in rows(include_str!("../../vocabulary/country_code.tsv")) {
        assert!(codes.split(' ').all(|code| of_code(code).is_some()), "{codes}");
        assert!(names.split(" | ").all(|name| (2..=3).contains(&name.len()) && letters(name) == name), "{names}");
        assert!(names.split(" | ").all(|name| of_code(name).is_none()), "a code of ISO 3166-1 among {names}");
    }
}

#[test]
fn a_name_stands_once_in_the_hand_written_tables() {
    for table in TABLES.iter().take(3) {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let mut twice = Vec::new();
        for (codes, names) in rows(table) {
            for name in names.split(" | ") {
                twice.extend(seen.insert(letters(name), codes).map(|other| (name, other, codes)));
            }
        }
        assert!(twice.is_empty(), "name, codes: {twice:?}");
    }
}

#[test]
fn keys_of_tables_are_keys() {
    let countries = rows(include_str!("../../vocabulary/country_name.tsv"))
        .filter_map(|(_, names)| names.split_once('\t'))
        .map(|(_, keys)| keys);
    let continents = rows(include_str!("../../vocabulary/continent_name.tsv")).map(|(_, keys)| keys);
    for key in countries.chain(continents).flat_map(|keys| keys.split(' ')) {
        assert_eq!(letters(key), key);
    }
}

#[test]
fn a_name_means_what_its_key_means() {
    for (name, _, _) in &DICTIONARY.written {
        let key = letters(name);
        let found = DICTIONARY.meaning(&key);
        assert!(found.is_some(), "{name}");
        // Codes come before names of two and three letters.
        if key.len() > 3 && key.len() != 4 {
            assert_eq!(country(name), found.map(phrase::of_meaning), "{name}");
            assert_eq!(country(&key), country(name), "{name}");
        }
    }
}

#[test]
fn short_keys_are_never_taken_for_misspelt() {
    for (name, meaning, _) in &DICTIONARY.written {
        let key = letters(name);
        if key.len() < 5 {
            assert_eq!(misspelling::nearest(&key), None, "{name}");
        }
        // One letter less than five.
        if key.len() == 5 && matches!(meaning, Meaning::Country(_)) && key.is_ascii() {
            assert_eq!(misspelling::nearest(key.get(1..).unwrap()), None, "{name}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        text in "\\PC{0,60}",
        list in "[A-Za-z\\[\\]()/,;=?!&'’. -]{0,80}",
        names in "((N|S|St|Br|Fr|Terr|of|or|Guinea|Congo|Is|[A-Z][a-z]{0,9})[., =/-]{1,2}){0,12}",
    ) {
        let _ = country(&text);
        let _ = country(&list);
        let _ = country(&names);
    }

    #[test]
    fn case_and_accents_of_a_name_do_not_count(n_name in 0_usize..20_000) {
        let written = &DICTIONARY.written;
        let (name, _, _) = written[n_name % written.len()];
        if letters(name).len() > 4 {
            prop_assert_eq!(country(&name.to_uppercase()), country(name));
            prop_assert_eq!(country(&format!(" {name}? ")), country(name));
        }
    }
}

#[test]
fn numeric_codes_are_those_of_iso_3166_1() {
    let code = |numeric| of_numeric_code(numeric).map(|country| country.code);
    assert_eq!([code("250"), code("004"), code("4"), code("638")], [Some("FR"), Some("AF"), Some("AF"), Some("RE")]);
    assert_eq!([code("000"), code("-99"), code("")], [None; 3]);
    let table = rows(include_str!("../../vocabulary/country_numeric.tsv"));
    assert_eq!(
        table.filter(|(numeric, code)| of_numeric_code(numeric).is_some_and(|one| one.code == *code)).count(),
        249
    );
}
