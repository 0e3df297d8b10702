//! Units of measurement, under one sign each.
//!
//! The table is `vocabulary/measurement_unit.tsv`. Signs are compared with their case, as `Mm` and `mm` differ by nine
//! orders of magnitude; words in any case.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use ahash::RandomState;

use super::vocabulary;

#[derive(Debug, Default)]
struct Units {
    signs: HashMap<&'static str, &'static str, RandomState>,
    words: HashMap<String, &'static str, RandomState>,
}

static UNITS: LazyLock<Units> = LazyLock::new(|| {
    let mut units = Units::default();
    let table = include_str!("../vocabulary/measurement_unit.tsv");
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let Some(sign) = cells.next() else { continue };
        let names = |cells: Option<&'static str>| {
            cells.unwrap_or("").split('|').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>()
        };
        let (signs, words) = (names(cells.next()), names(cells.next()));
        units.signs.entry(sign).or_insert(sign);
        signs.into_iter().for_each(|other| {
            units.signs.entry(other).or_insert(sign);
        });
        words.into_iter().for_each(|word| {
            units.words.entry(key(word)).or_insert(sign);
        });
    }
    units
});

/// A word without accents, capitals, full stops and the s of the plural.
fn key(word: &str) -> String {
    let folded = vocabulary::fold(word).to_lowercase();
    let words = folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let singular = words.map(|word| if word.len() > 3 { word.strip_suffix('s').unwrap_or(word) } else { word });
    singular.collect::<Vec<_>>().join(" ")
}

/// The sign of the unit that a text names; `None` when it is not in the table.
pub fn measurement_unit(text: &str) -> Option<&'static str> {
    // Longer than any name of a unit.
    const LONGEST: usize = 60;
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let units = &*UNITS;
    let spaced: Cow<'_, str> = if text.contains(" / ") { text.replace(" / ", "/").into() } else { text.into() };
    let by_sign = |sign: &str| units.signs.get(sign).copied();
    by_sign(&spaced).or_else(|| by_sign(spaced.trim_end_matches('.'))).or_else(|| {
        let key = key(&spaced);
        (!key.is_empty()).then(|| units.words.get(&key).copied()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_have_one_sign() {
        for (text, sign) in [
            ("mm", "mm"),
            ("Millimètres", "mm"),
            ("millimeter", "mm"),
            ("m2", "m²"),
            ("m^2", "m²"),
            ("degrés Celsius", "°C"),
            ("ºC", "°C"),
            ("Percent", "%"),
            ("mg / L", "mg/L"),
            ("individuals per square metre", "ind/m²"),
            ("heures", "h"),
            ("cm.", "cm"),
        ] {
            assert_eq!(measurement_unit(text), Some(sign), "{text}");
        }
        for text in ["", "Mm", "MM", "-", ".", "NA", "adulte", "m m"] {
            assert_eq!(measurement_unit(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_sign_is_its_own(text in "\\PC{0,20}|(mm|cm|m|2|²|/| |°|C|g|L|metre|s){1,4}") {
            if let Some(sign) = measurement_unit(&text) {
                prop_assert_eq!(measurement_unit(sign), Some(sign));
            }
        }
    }
}
