//! Countries and territories, by ISO 3166-1 code or by name.
//!
//! Names are looked up as they are (in any language of the dictionary), then without what people put around them:
//! directions (`N. Madagascar`), kinds of places (`Kei Is.`), doubt (`? Peru`), comments in brackets (`Ceylon [Sri Lanka]`).
//! A text that names two countries (`Peru / Chile`), or a land that was or is in several (`Borneo`, `USSR`), is the code ZZ.

mod phrase;

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::continent::Continent;
use super::letters::letters;
use super::vocabulary::Vocabulary;

/// A country or territory, or one of the codes that GBIF uses beside them.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// ISO 3166-1 alpha-3.
    pub alpha3: &'static str,
    /// English title, as GBIF shows it.
    pub title: &'static str,
    /// Continents on which it lies, that of the mainland first.
    pub continents: Vec<Continent>,
}

/// The code of what is no single country of today.
pub const SEVERAL: &str = "ZZ";

struct Countries {
    all: Vec<Country>,
    /// Positions by alpha-2 and alpha-3 code.
    by_code: HashMap<&'static str, usize>,
    /// Positions by key of the name.
    by_name: HashMap<String, usize>,
}

static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| {
    let mut countries = Countries { all: Vec::new(), by_code: HashMap::new(), by_name: HashMap::new() };
    for line in lines(include_str!("../vocabulary/country.tsv")) {
        let mut cells = line.split('\t');
        let (Some(code), Some(alpha3), Some(title)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let continents = cells.next().unwrap_or("").split(" | ").filter_map(Continent::of_name).collect();
        let position = countries.all.len();
        countries.all.push(Country { code, alpha3, title, continents });
        countries.by_code.insert(code, position);
        countries.by_code.insert(alpha3, position);
        countries.by_name.insert(letters(title), position);
    }
    // Aliases first: they say what a name means where languages or times disagree.
    for table in [include_str!("../vocabulary/country_alias.tsv"), include_str!("../vocabulary/country_name.tsv")] {
        for line in lines(table) {
            let Some((code, names)) = line.split_once('\t') else { continue };
            let Some(&position) = countries.by_code.get(code) else { continue };
            for name in names.split(" | ") {
                countries.by_name.entry(letters(name)).or_insert(position);
            }
        }
    }
    countries
});

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// The country of an ISO code of two or three capital letters.
pub fn of_code(code: &str) -> Option<&'static Country> {
    let countries = &*COUNTRIES;
    countries.by_code.get(code).and_then(|position| countries.all.get(*position))
}

/// All codes, ZZ included.
pub fn codes() -> impl Iterator<Item = &'static str> {
    COUNTRIES.all.iter().map(|country| country.code)
}

/// The country of a key made by [`letters`].
fn of_key(key: &str) -> Option<&'static Country> {
    let countries = &*COUNTRIES;
    countries.by_name.get(key).and_then(|position| countries.all.get(*position))
}

/// The country that a text names: a code, or a name in any of many languages.
pub fn country(text: &str) -> Option<&'static Country> {
    let text = without_prefix(text.trim());
    if text.len() > 300 {
        return None;
    }
    let key = letters(text);
    if key.is_empty() {
        return None;
    }
    if key.len() <= 3 {
        // `N/A` and `N.A.` say that there is none; `NA` and `(NA)` are Namibia.
        let set_apart = key == "NA" && !text.to_ascii_uppercase().contains("NA");
        if set_apart {
            return None;
        }
        if let Some(found) = of_code(&key) {
            return Some(found);
        }
    }
    of_key(&key).or_else(|| phrase::country(text))
}

/// As [`country`], with the words of a data team before those of the program.
pub fn country_in(words: &Vocabulary, text: &str) -> Option<&'static Country> {
    words.find(text).and_then(|concept| of_code(concept.name)).or_else(|| country(text))
}

/// Takes `ISO 3166-1:` and `off ` away.
fn without_prefix(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("iso") {
        let rest = text.get(3..).unwrap_or("").trim_start_matches([' ', '-', '_', ':']);
        if let Some(rest) = rest.strip_prefix("3166") {
            let rest = rest.trim_start_matches(['-', ' ', '_']);
            let rest = rest.strip_prefix(['1', '2', '3']).unwrap_or(rest);
            return rest.trim_start_matches([':', '-', ' ', '_']);
        }
    }
    if lower.starts_with("off ") {
        return text.get(4..).unwrap_or("").trim_start();
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_codes() {
        for (text, code) in [
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
            ("OFF DENMARK", Some("DK")),
            ("Espagne", Some("ES")),
            ("Côte d'Ivoire", Some("CI")),
            ("URSS", Some("ZZ")),
            ("Peru / Chile ?", Some("ZZ")),
            ("N. Madagascar", Some("MG")),
            ("Colombie [= Colombia]", Some("CO")),
            ("W. Indies, Martinique I", Some("MQ")),
            ("Россия", Some("RU")),
            ("日本", Some("JP")),
            ("South Africa", Some("ZA")),
            ("Really great britain", None),
            ("Padua", None),
            ("12345", None),
            ("", None),
        ] {
            assert_eq!(country(text).map(|country| country.code), code, "{text}");
        }
    }

    #[test]
    fn every_country_has_its_tables() {
        assert_eq!(COUNTRIES.all.len(), 253);
        for table in [include_str!("../vocabulary/country_alias.tsv"), include_str!("../vocabulary/country_name.tsv")] {
            for line in lines(table) {
                let (code, names) = line.split_once('\t').unwrap();
                assert!(of_code(code).is_some(), "{code}");
                assert!(names.split(" | ").all(|name| !letters(name).is_empty()), "{line}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,60}", list in "[A-Za-z\\[\\]()/,;=? .]{0,60}") {
            let _ = country(&text);
            let _ = country(&list);
        }
    }
}
