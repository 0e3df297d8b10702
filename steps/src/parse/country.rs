//! Countries and territories, by ISO 3166-1 code or by name.
//!
//! A text is looked up as it is: a code, or a name in any language of the dictionary. Else it is read with as little
//! effort as makes all of it understood (`phrase`, `name`):
//!
//! 1. without what people put around names: directions (`N. Madagascar`), kinds of places (`Kei Is.`), doubt (`? Peru`),
//!    comments in brackets (`Ceylon [Sri Lanka]`), with usual abbreviations spelled out (`Br. Honduras`);
//! 2. its words in another order or cut short (`Korea North`, `Untd Arab Em`, `HOND`): `spelling`;
//! 3. with a few letters wrong (`Phillipines`, `Ecaudor`): `misspelling`; letters that an encoding destroyed: `encoding`;
//! 4. with names that are not understood, if a country comes first or last (`Belgium, Aalter`).
//!
//! A text that names two countries (`Peru / Chile`), or a land that was or is in several (`Borneo`, `USSR`), is the code ZZ; so
//! is one that says that nothing is known. Beside a country of it, an area says nothing more: `Borneo, Malaysia`.
//!
//! What is not known is no country, and not guessed: towns are known by name only where they were written for their country.

mod dictionary;
mod encoding;
mod misspelling;
mod name;
mod phrase;
mod spelling;
mod words;

use std::sync::LazyLock;

use hashbrown::HashMap;

use self::dictionary::DICTIONARY;
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
    /// Codes of countries that are named beside this one without another place being meant, separated by spaces: the one it
    /// belongs to, or is claimed by.
    named_with: &'static str,
}

impl Country {
    /// The position in [`COUNTRIES`].
    fn position(&self) -> usize {
        COUNTRIES.by_code.get(self.code).copied().unwrap_or_default()
    }
}

/// The code of what is no single country of today.
pub const SEVERAL: &str = "ZZ";

struct Countries {
    all: Vec<Country>,
    /// Positions by alpha-2 and alpha-3 code.
    by_code: HashMap<&'static str, usize>,
}

static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| {
    let mut countries = Countries { all: Vec::new(), by_code: HashMap::new() };
    for (code, rest) in dictionary::rows(include_str!("../vocabulary/country.tsv")) {
        let mut cells = rest.split('\t');
        let (Some(alpha3), Some(title)) = (cells.next(), cells.next()) else { continue };
        let continents = cells.next().unwrap_or("").split(" | ").filter_map(Continent::of_name).collect();
        let named_with = cells.next().unwrap_or("");
        let position = countries.all.len();
        countries.all.push(Country { code, alpha3, title, continents, named_with });
        countries.by_code.insert(code, position);
        countries.by_code.insert(alpha3, position);
    }
    countries
});

/// The country of an ISO code of two or three capital letters.
pub fn of_code(code: &str) -> Option<&'static Country> {
    let countries = &*COUNTRIES;
    countries.by_code.get(code).and_then(|position| countries.all.get(*position))
}

/// The country of a numeric code of ISO 3166-1, with or without its leading zeros.
pub fn of_numeric_code(code: &str) -> Option<&'static Country> {
    let number: u16 = code.parse().ok()?;
    dictionary::rows(include_str!("../vocabulary/country_numeric.tsv"))
        .find(|(known, _)| known.parse() == Ok(number))
        .and_then(|(_, code)| of_code(code))
}

/// All codes, ZZ included.
pub fn codes() -> impl Iterator<Item = &'static str> {
    COUNTRIES.all.iter().map(|country| country.code)
}

/// What is no single country of today.
fn several() -> &'static Country {
    static NONE: Country = Country { code: SEVERAL, alpha3: "ZZZ", title: "", continents: Vec::new(), named_with: "" };
    of_code(SEVERAL).unwrap_or(&NONE)
}

/// Longer texts are no names.
const LONGEST: usize = 300;

/// The country that a text names: a code, or a name in any of many languages.
pub fn country(text: &str) -> Option<&'static Country> {
    let text = without_prefix(text.trim());
    if text.len() > LONGEST {
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
        // Three letters in small type are rather a word than a code of a lesser known list, and `W.I.` is an abbreviation.
        let word = key.len() == 3 && text.contains(char::is_lowercase);
        let short = || text.contains('.') && DICTIONARY.meaning(&key).is_some();
        let other = || DICTIONARY.code(&key).filter(|_| !word && !short());
        if let Some(found) = of_code(&key).or_else(|| other().map(phrase::of_meaning)) {
            return Some(found);
        }
    }
    // `NIGE` and `PANA` are rather cut short than names in some language.
    let cut = || if text.contains(char::is_lowercase) { None } else { name::cut_short(&key) };
    if let Some(found) = cut().or_else(|| DICTIONARY.meaning(&key)) {
        return Some(phrase::of_meaning(found));
    }
    if let Some(found) = unit_code(text) {
        return Some(found);
    }
    let text = encoding::repaired(text);
    DICTIONARY.meaning(&letters(&text)).map(phrase::of_meaning).or_else(|| phrase::country(&text))
}

/// The country of a code of ISO 3166-2, or one like it: `US-CA`, `PNG/WN`.
fn unit_code(text: &str) -> Option<&'static Country> {
    let (country, unit) = text.split_once(['-', '/'])?;
    let capitals = |code: &str| code.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
    if !(2..=3).contains(&country.len()) || !(1..=3).contains(&unit.len()) || !capitals(country) || !capitals(unit) {
        return None;
    }
    let found = of_code(country)?;
    match of_code(unit).filter(|_| unit.len() == 3) {
        Some(other) if other != found => of_code(SEVERAL),
        _ => Some(found),
    }
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
mod tests;
