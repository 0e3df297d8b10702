//! The constants by which GBIF's programs call countries: `UNITED_KINGDOM`.

use crate::parse::country::Country;

/// Constants that do not follow from the title: of older names, or shortened in their own way.
const IRREGULAR: [(&str, &str); 25] = [
    ("AX", "ALAND_ISLANDS"),
    ("BQ", "BONAIRE_SINT_EUSTATIUS_SABA"),
    ("CD", "CONGO_DEMOCRATIC_REPUBLIC"),
    ("CV", "CAPE_VERDE"),
    ("CZ", "CZECH_REPUBLIC"),
    ("GB", "UNITED_KINGDOM"),
    ("GS", "SOUTH_GEORGIA_SANDWICH_ISLANDS"),
    ("HM", "HEARD_MCDONALD_ISLANDS"),
    ("KP", "KOREA_NORTH"),
    ("KR", "KOREA_SOUTH"),
    ("LA", "LAO"),
    ("MF", "SAINT_MARTIN_FRENCH"),
    ("MK", "MACEDONIA"),
    ("PS", "PALESTINIAN_TERRITORY"),
    ("SH", "SAINT_HELENA_ASCENSION_TRISTAN_DA_CUNHA"),
    ("SY", "SYRIA"),
    ("SZ", "SWAZILAND"),
    ("TR", "TURKEY"),
    ("TW", "TAIWAN"),
    ("UM", "UNITED_STATES_OUTLYING_ISLANDS"),
    ("US", "UNITED_STATES"),
    ("VA", "VATICAN"),
    ("VG", "VIRGIN_ISLANDS_BRITISH"),
    ("VN", "VIETNAM"),
    ("ZZ", "UNKNOWN"),
];

/// The constant of a country.
///
/// It is the title without what stands in brackets or behind a comma, without `and` and `the`, in capitals: `Bolivia
/// (Plurinational State of)` is `BOLIVIA`.
pub fn of(country: &Country) -> String {
    if let Some((_, constant)) = IRREGULAR.iter().find(|(code, _)| *code == country.code) {
        return (*constant).to_owned();
    }
    let title = country.title.split(", ").next().unwrap_or(country.title);
    let mut outside = String::with_capacity(title.len());
    let mut depth = 0_usize;
    for letter in title.chars().flat_map(char::to_uppercase) {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '\'' | '\u{2019}' => {}
            letter if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    let words = outside.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !matches!(*word, "" | "AND" | "THE")).collect();
    words.join("_")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::parse::country::of_code;

    #[test]
    fn constants_follow_from_titles_but_for_some() {
        for (code, constant) in [
            ("FR", "FRANCE"),
            ("BO", "BOLIVIA"),
            ("MD", "MOLDOVA"),
            ("AG", "ANTIGUA_BARBUDA"),
            ("VC", "SAINT_VINCENT_GRENADINES"),
            ("CI", "CÔTE_DIVOIRE"),
            ("GW", "GUINEA_BISSAU"),
            ("GB", "UNITED_KINGDOM"),
        ] {
            assert_eq!(of(of_code(code).unwrap()), constant, "{code}");
        }
        for (code, _) in IRREGULAR {
            assert!(of_code(code).is_some(), "{code}");
        }
    }
}
