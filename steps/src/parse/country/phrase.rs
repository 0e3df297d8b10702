//! Countries inside longer texts.

use super::{Country, SEVERAL, of_code, of_key};
use crate::parse::letters::letters;

/// What stands before a name without changing the country.
const BEFORE: &[&str] = &[
    "N",
    "S",
    "E",
    "W",
    "C",
    "NE",
    "NW",
    "SE",
    "SW",
    "NO",
    "SO",
    "NORTH",
    "SOUTH",
    "EAST",
    "WEST",
    "NORTHERN",
    "SOUTHERN",
    "EASTERN",
    "WESTERN",
    "NORTHEAST",
    "NORTHWEST",
    "SOUTHEAST",
    "SOUTHWEST",
    "NORTHEASTERN",
    "NORTHWESTERN",
    "SOUTHEASTERN",
    "SOUTHWESTERN",
    "CENTRAL",
    "CENTR",
    "CENT",
    "CENTER",
    "CENTRE",
    "MIDDLE",
    "UPPER",
    "LOWER",
    "INTERIOR",
    "INTER",
    "INNER",
    "OUTER",
    "EXTREME",
    "FAR",
    "MID",
    "GREAT",
    "LITTLE",
    "COAST",
    "COASTS",
    "COASTAL",
    "OF",
    "OFF",
    "THE",
    "NEAR",
    "NR",
    "FROM",
    "IN",
    "TO",
    "PROBABLY",
    "PROB",
    "PRESUMED",
    "PRESUMABLY",
    "POSSIBLY",
    "PERHAPS",
    "EVIDENTLY",
    "APPARENTLY",
    "CF",
    "EX",
    "CA",
    "ILLEG",
    "NORD",
    "SUD",
    "EST",
    "OUEST",
    "DU",
    "DE",
    "LA",
    "LE",
    "LES",
    "DES",
    "DEL",
    "ISLE",
    "ISLES",
    "ISLAND",
    "ISLANDS",
    "ILE",
    "ILES",
    "ISLA",
    "ISLAS",
    "REPUBLIC",
    "REP",
    "KINGDOM",
    "STATE",
    "END",
    "FRONTIER",
    "BORDER",
    "PROV",
    "PROVINCE",
    "DISTRICT",
    "REGION",
    "REPUBLIQUE",
    "REPUBLICA",
    "REPUBLIK",
    "COMMONWEALTH",
    "MIDDEN",
    "SYD",
    "ZUID",
    "NOORD",
    "OOST",
    "SUED",
    "LOW",
    "PENINSULA",
    "HIGH",
    "BRITISH",
    "FORMER",
    "COUNTRY",
    "ALSO",
    "CAPTIVE",
    "GOVERNMENT",
    "COTE",
    "COTES",
    "LARGE",
    "AU",
    "PACIFIC",
    "ATLANTIC",
    "DESERT",
    "BAY",
    "FEDERATION",
    "COLLECTIVITY",
];

/// What stands after a name without changing the country.
const AFTER: &[&str] = &[
    "N",
    "S",
    "E",
    "W",
    "NE",
    "NW",
    "SE",
    "SW",
    "NORTH",
    "SOUTH",
    "EAST",
    "WEST",
    "NORTHERN",
    "SOUTHERN",
    "EASTERN",
    "WESTERN",
    "CENTRAL",
    "I",
    "ISS",
    "HINTERLAND",
    "HIGHLANDS",
    "HIGHLAND",
    "IS",
    "ID",
    "IDS",
    "ISL",
    "ISLS",
    "ISLD",
    "ISLDS",
    "ISLAND",
    "ISLANDS",
    "ISLE",
    "ISLES",
    "ILE",
    "ILES",
    "ISLA",
    "ISLAS",
    "ARCH",
    "ARCHIP",
    "ARCHIPELAGO",
    "GROUP",
    "TERR",
    "TERRITORY",
    "TERRITORIES",
    "DIST",
    "DISTR",
    "DISTRICT",
    "PROV",
    "PROVINCE",
    "REGION",
    "COAST",
    "COASTS",
    "REP",
    "REPUBLIC",
    "PROT",
    "PROTECTORATE",
    "COLONY",
    "BORDER",
    "FRONTIER",
    "PENINSULA",
    "PENINS",
    "PENIN",
    "PEN",
    "PENS",
    "MAINLAND",
    "PROPER",
    "SIDE",
    "NORD",
    "SUD",
    "EST",
    "OUEST",
    "THE",
    "ETC",
    "NO",
    "OCC",
    "OR",
    "STATE",
    "ATOLL",
    "INTERIOR",
    "ILLEG",
    "AND",
    "DIVISION",
];

/// Words for islands after a name.
const ISLANDS: &[&str] = &[
    "I",
    "IS",
    "ID",
    "IDS",
    "ISL",
    "ISLS",
    "ISLD",
    "ISLDS",
    "ISLAND",
    "ISLANDS",
    "ISLE",
    "ISLES",
    "ISS",
    "GROUP",
    "ARCH",
    "ARCHIP",
    "ARCHIPELAGO",
];

/// Abbreviations of words of names.
const WORDS: &[(&str, &str)] = &[
    ("BR", "BRITISH"),
    ("BRIT", "BRITISH"),
    ("GER", "GERMAN"),
    ("GERM", "GERMAN"),
    ("G", "GERMAN"),
    ("FR", "FRENCH"),
    ("PORT", "PORTUGUESE"),
    ("PORTUGESE", "PORTUGUESE"),
    ("DU", "DUTCH"),
    ("D", "DUTCH"),
    ("SP", "SPANISH"),
    ("BELG", "BELGIAN"),
    ("BEL", "BELGIAN"),
    ("ST", "SAINT"),
    ("STE", "SAINTE"),
    ("AFR", "AFRICA"),
    ("AF", "AFRICA"),
    ("AMER", "AMERICA"),
    ("AUSTR", "AUSTRALIA"),
    ("GUIN", "GUINEA"),
    ("ARCHIP", "ARCHIPELAGO"),
    ("FED", "FEDERATED"),
    ("DEM", "DEMOCRATIC"),
    ("REP", "REPUBLIC"),
    ("IND", "INDIES"),
    ("N", "NEW"),
    ("N", "NORTH"),
    ("S", "SOUTH"),
    ("E", "EAST"),
    ("W", "WEST"),
    ("C", "CENTRAL"),
    ("CENTR", "CENTRAL"),
    ("CENT", "CENTRAL"),
    ("NO", "NORTH"),
    ("SO", "SOUTH"),
    ("SE", "SOUTHEAST"),
    ("NE", "NORTHEAST"),
    ("SW", "SOUTHWEST"),
    ("TROP", "TROPICAL"),
];

/// Words that set two names apart.
const BETWEEN: &[&str] = &["OR", "AND", "ET", "OU", "UND", "EN", "Y", "ALSO", "BETWEEN", "BETW"];

/// More names than this are a sentence or a list.
const MOST_PARTS: usize = 6;

/// The country that a text with several words or names is about.
///
/// One country among names that are none is the answer; two are [`SEVERAL`], but the one after `[=` says what is meant.
pub(super) fn country(text: &str) -> Option<&'static Country> {
    if let Some((_, meant)) = text.split_once("[=").or_else(|| text.split_once("(=")).or_else(|| text.split_once("[ ="))
        && let Some(found) = name(meant)
    {
        let before = text.split(['[', '(']).next().and_then(name);
        return match before {
            Some(before) if before.code != SEVERAL && before.code != found.code => of_code(SEVERAL),
            _ => Some(found),
        };
    }
    if let Some(found) = name(text) {
        return Some(found);
    }
    let mut parts: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '.' | ' ' | '\'' | '’' | '-'))
        .flat_map(|part| part.split(" - "))
        .flat_map(between)
        .map(str::trim)
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect();
    if let [only] = parts.as_slice()
        && only.contains(['-', '.'])
    {
        parts = only.split(['-', '.']).map(str::trim).filter(|part| part.len() > 2).collect();
    }
    if parts.len() > MOST_PARTS {
        return None;
    }
    let found: Vec<Option<&'static Country>> = parts.iter().map(|part| name(part)).collect();
    let mut countries: Vec<&'static Country> =
        found.iter().flatten().copied().filter(|one| one.code != SEVERAL).collect();
    countries.dedup_by_key(|country| country.code);
    // `Congo` alone is the republic of that name; beside Zaire it is Zaire.
    if countries.iter().any(|country| country.code == "CD") {
        countries.retain(|country| country.code != "CG");
        countries.dedup_by_key(|country| country.code);
    }
    match countries.as_slice() {
        // What is not understood beside a country is a place in it, if the country comes first or last.
        [only] => {
            let at_an_end =
                [found.first(), found.last()].into_iter().flatten().flatten().any(|one| one.code == only.code);
            at_an_end.then_some(*only)
        }
        [] => found.iter().all(Option::is_some).then(|| found.first().copied().flatten()).flatten(),
        _ => found.iter().all(Option::is_some).then(|| of_code(SEVERAL)).flatten(),
    }
}

/// Cuts at words such as `or`.
fn between(part: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut position = 0;
    for word in part.split(' ') {
        let end = position + word.len();
        if BETWEEN.contains(&letters(word).as_str()) {
            parts.extend(part.get(start..position));
            start = end;
        }
        position = end + 1;
    }
    parts.extend(part.get(start..));
    parts
}

/// The country of one name, with or without the words around it.
fn name(text: &str) -> Option<&'static Country> {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
        .map(letters)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() || words.len() > 12 {
        return None;
    }
    let mut words = words.as_slice();
    loop {
        if let Some(found) = joined(words).or_else(|| spelled_out(words)) {
            return Some(found);
        }
        // From the end first, so that `N. Ireland` is not cut before `Kei Is.`.
        words = match words {
            [rest @ .., last] if !rest.is_empty() && AFTER.contains(&last.as_str()) => {
                if ISLANDS.contains(&last.as_str())
                    && let Some(found) = islands(rest)
                {
                    return Some(found);
                }
                rest
            }
            [first, rest @ ..] if !rest.is_empty() && BEFORE.contains(&first.as_str()) => rest,
            _ => return None,
        };
    }
}

/// The country of a name that the dictionary has with `Islands` or `Island` after it: `Aleutian Is.`.
fn islands(words: &[String]) -> Option<&'static Country> {
    let mut words = words;
    loop {
        let key = words.concat();
        let found = ["ISLANDS", "ISLAND"].iter().find_map(|kind| of_key(&format!("{key}{kind}")));
        if found.is_some() {
            return found;
        }
        words = match words {
            [first, rest @ ..] if !rest.is_empty() && BEFORE.contains(&first.as_str()) => rest,
            _ => return None,
        };
    }
}

/// The country of words as they stand. Short ones would meet names in some language by chance.
fn joined(words: &[String]) -> Option<&'static Country> {
    let key = words.concat();
    (key.chars().count() > 3
        || matches!(key.as_str(), "USA" | "PNG" | "UAE" | "RFE" | "FIJ")
        || (key.len() > 1 && !key.is_ascii()))
    .then(|| of_key(&key).or_else(|| of_code(&key)))
    .flatten()
}

/// The country of words with their abbreviations spelled out.
fn spelled_out(words: &[String]) -> Option<&'static Country> {
    let choices: Vec<Vec<&str>> = words
        .iter()
        .map(|word| {
            let mut choices: Vec<&str> =
                WORDS.iter().filter(|(short, _)| short == word).map(|(_, long)| *long).collect();
            choices.push(word.as_str());
            choices
        })
        .collect();
    if choices.iter().all(|choices| choices.len() == 1) || words.len() < 2 {
        return None;
    }
    let combinations: usize = choices.iter().map(Vec::len).try_fold(1, |product: usize, n| product.checked_mul(n))?;
    if combinations > 64 {
        return None;
    }
    (0..combinations).find_map(|mut combination| {
        let mut key = String::new();
        for choices in &choices {
            key.push_str(choices.get(combination % choices.len())?);
            combination /= choices.len();
        }
        of_key(&key)
    })
}
