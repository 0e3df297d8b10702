//! The mass of an animal inside free text: `weight=5 g`, `Weight (g) 0.77`, `143-63-20-17=13 g`.
//!
//! Rules in their order, of which the first that finds anything counts:
//!
//! 1. pounds and ounces;
//! 2. a key of the mass as a whole, a number or range, a unit or none;
//! 3. dead or live weight;
//! 4. `measurements`, `body` or `total`, when a unit follows;
//! 5. a word for weight, the unit in brackets, the number;
//! 6. *total weight*, *weighed* and the like in a phrase, with up to 32 characters before the number;
//! 7. a word for weight, when a unit follows;
//! 8. shorthand: four lengths or more, then the mass;
//! 9. shorthand whose last value has a unit of mass;
//! 10. shorthand of bats, which ends in `fa` (forearm) and the mass;
//! 11. a word for weight, without a unit.

use super::measurement::{Measurement, Rule, Text, first, is_date};

const PROPERTY: &str = "total weight";

const WEIGHT: [&str; 8] = ["weights?", "weighs", "weighed", "weighing", "mass", "w.ts?.", "poids", "masse"];
const WHOLE: [&str; 13] = [
    "weightingrams",
    "massingrams",
    "body.~weights?",
    "full.~weights?",
    "observed.~weights?",
    "total.~weights?",
    "weighs",
    "weighed",
    "weighing",
    "masse",
    "mass",
    "w.ts?.",
    "poids",
];
const OTHER: [&str; 2] = ["dead.~weights?", "live.~weights?"];
const NEED_UNIT: [&str; 3] = ["measurements?", "body", "total"];
const IN_PHRASE: [&str; 6] = ["total weights?", "weighs", "weighed", "weighing", "mass", "w.ts?."];
const BEFORE_SHORTHAND: [&str; 7] =
    ["on~tag", "specimens?", "catalog", "measurementsnt", "measurements *", "mesurements", "meas."];

const POUNDS: [&str; 2] = ["pounds?.", "lbs?."];
const OUNCES: [&str; 2] = ["ounces?.", "ozs?."];
const UNITS: [&str; 15] = [
    "milligrammes?",
    "milligrams?",
    "kilogrammes?",
    "kilograms?",
    "kilos?",
    "grammes?",
    "grams?",
    "pounds?",
    "ounces?",
    "m.gs?.",
    "k.gs?.",
    "gms?.",
    "grs?.",
    "gs?.",
    "lbs?.",
];

const RULES: [Rule; 11] = [
    pounds_and_ounces,
    |text, at| keyed(text, at, &WHOLE, Start::Word, Needs::Nothing),
    |text, at| keyed(text, at, &OTHER, Start::Word, Needs::Nothing),
    |text, at| keyed(text, at, &NEED_UNIT, Start::Word, Needs::Unit),
    unit_in_brackets,
    phrase,
    |text, at| keyed(text, at, &WEIGHT, Start::Anywhere, Needs::Unit),
    |text, at| shorthand(text, at, after_lengths, Needs::Nothing),
    |text, at| shorthand(text, at, last_of_five, Needs::Unit),
    forearm,
    |text, at| keyed(text, at, &WEIGHT, Start::Anywhere, Needs::Nothing),
];

/// The mass that a text tells of.
pub fn mass(text: &str) -> Option<Measurement> {
    first(text, &RULES)
}

#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Unit,
    Nothing,
}

#[derive(Clone, Copy, PartialEq)]
enum Start {
    Word,
    Anywhere,
}

fn unit(text: &Text<'_>, at: usize) -> Option<usize> {
    text.unit(at, &UNITS, |_| false).or_else(|| text.unit(at, &OUNCES, |_| false))
}

fn measured(text: &Text<'_>, from: usize, to: usize, needs: Needs) -> Option<Measurement> {
    let start = text.space(to);
    let unit = unit(text, start).map(|end| text.piece(start, end));
    (unit.is_some() || needs == Needs::Nothing).then(|| Measurement {
        property: PROPERTY,
        value: text.piece(from, to),
        unit,
    })
}

fn keyed(text: &Text<'_>, at: usize, keys: &[&'static str], start: Start, needs: Needs) -> Option<Measurement> {
    if start == Start::Word && !text.is_boundary(at) {
        return None;
    }
    text.any(at, keys, |key, end| {
        let from = text.key_end(end);
        let measurement = measured(text, from, text.range(from)?, needs)?;
        let of_key = key.ends_with("grams").then(|| "grams".to_owned());
        Some(Measurement { unit: measurement.unit.or(of_key), ..measurement })
    })
}

fn pounds_and_ounces(text: &Text<'_>, at: usize) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    let value = |from| {
        let to = text.range(from)?;
        let pounds = text.space(to);
        let pounds_end = text.unit(pounds, &POUNDS, |_| false)?;
        let second = text.space(pounds_end);
        let second_to = text.range(second)?;
        let ounces = text.space(second_to);
        let ounces_end = text.unit(ounces, &OUNCES, |_| false)?;
        Some(Measurement {
            property: PROPERTY,
            value: format!("{}, {}", text.piece(from, to), text.piece(second, second_to)),
            unit: Some(format!("{}, {}", text.piece(pounds, pounds_end), text.piece(ounces, ounces_end))),
        })
    };
    value(at)
}

fn phrase(text: &Text<'_>, at: usize) -> Option<Measurement> {
    const LONGEST: usize = 32;
    if !text.is_boundary(at) {
        return None;
    }
    text.any(at, &IN_PHRASE, |_, end| {
        let (distance, (from, _)) =
            text.rest(end).char_indices().enumerate().find(|(_, (_, next))| next.is_ascii_digit())?;
        let from = end + from;
        if (1..=LONGEST).contains(&distance) { measured(text, from, text.range(from)?, Needs::Nothing) } else { None }
    })
}

fn unit_in_brackets(text: &Text<'_>, at: usize) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    text.any(at, &WEIGHT, |_, end| {
        let start = text.space(text.maybe(text.space(end), "([{"));
        let unit_end = unit(text, start)?;
        let from = text.space(text.maybe(text.space(unit_end), ")]}"));
        let to = text.range(from)?;
        Some(Measurement { property: PROPERTY, value: text.piece(from, to), unit: Some(text.piece(start, unit_end)) })
    })
}

/// Shorthand at a position, with a key before it or not. `lengths` gives where the mass stands.
fn shorthand(
    text: &Text<'_>,
    at: usize,
    lengths: fn(&Text<'_>, usize) -> Option<usize>,
    needs: Needs,
) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    let value = |from: usize| {
        let mass = text.space(lengths(text, from)?);
        if is_date(text.rest(from)) { None } else { measured(text, mass, text.number(mass)?, needs) }
    };
    let after_key = |keys: &[&'static str]| text.any(at, keys, |_, end| value(text.key_end(end)));
    [&WHOLE[..], &OTHER, &WEIGHT, &NEED_UNIT, &BEFORE_SHORTHAND]
        .into_iter()
        .find_map(after_key)
        .or_else(|| if text.is_inside_list(at) { None } else { value(at) })
}

/// After four lengths or more, at the last separator: `143-63-20-17=` or `762-292-121-76 `.
fn after_lengths(text: &Text<'_>, at: usize) -> Option<usize> {
    let mut end = text.number_or_unknown(at)?;
    let mut ends = vec![end];
    while let Some(next) = text.one_of(end, ":/- \t\n").and_then(|next| text.number_or_unknown(next)) {
        end = next;
        ends.push(end);
    }
    // The mass may be separated as the lengths are, and is then the last of them.
    ends.iter().enumerate().rev().find_map(|(position, end)| {
        let separator = text.one_of(*end, "=- \t\n").filter(|_| position >= 3)?;
        let mut after = separator;
        while let Some(next) = text.one_of(after, "=- \t\n") {
            after = next;
        }
        text.number(after).map(|_| after)
    })
}

/// After four values or more, each with its separator.
fn last_of_five(text: &Text<'_>, at: usize) -> Option<usize> {
    let mut start = at;
    let mut starts = Vec::new();
    while let Some(next) = text.number_or_unknown(start).and_then(|end| text.one_of(end, ":/- \t\n")) {
        start = next;
        starts.push(start);
    }
    let last = |start: &usize| text.number(*start).is_some_and(|end| unit(text, text.space(end)).is_some());
    starts.iter().skip(3).rev().copied().find(last)
}

fn forearm(text: &Text<'_>, at: usize) -> Option<Measurement> {
    let start = text.word(at, "fa")?;
    let digits = text.rest(start).bytes().take_while(u8::is_ascii_digit).count();
    let from = text.one_of(start + digits, "-")?;
    measured(text, from, text.number(from)?, Needs::Nothing)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, Option<&str>)>) {
        let found = mass(text);
        let found = found.as_ref().map(|found| (found.value.as_str(), found.unit.as_deref()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn each_rule_finds_its_form() {
        check("4 lb 8 oz", Some(("4, 8", Some("lb, oz"))));
        check("weight=5 lbs. 3 ounces", Some(("5, 3", Some("lbs., ounces"))));
        check("body weight: 12.5 g", Some(("12.5", Some("g"))));
        check("weightInGrams=12", Some(("12", Some("grams"))));
        check("poids : 31 grammes", Some(("31", Some("grammes"))));
        check("live weight=2.2 kg", Some(("2.2", Some("kg"))));
        check("total: 14 g", Some(("14", Some("g"))));
        check("total: 14 mm", None);
        check("weighed when fresh about 15 g", Some(("15", Some("g"))));
        check("wt. (kg) 2", Some(("2", Some("kg"))));
        check("fatweight=3 g", Some(("3", Some("g"))));
        check("200-95-24-14=31", Some(("31", None)));
        check("200-95-24-14 31g", Some(("31", Some("g"))));
        check("200-95-24-14-31g", Some(("31", Some("g"))));
        check("200-95-24-14-31", Some(("31", None)));
        check("90-0-14-20-tr8-fa60-38 g", Some(("38", Some("g"))));
        check("{\"weight\":\"1,192.0\"}", Some(("1,192.0", None)));
        check("weight 20-25", Some(("20-25", None)));
    }

    #[test]
    fn other_numbers_are_no_masses() {
        for text in ["", "no figure", "2012-03-05 10:30", "total length=111 mm", "5 gonads 3 mm", "10 May 2010"] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn what_is_found_has_a_number(text in "\\PC{0,60}|(weight|wt|mass|fa|total|kg|g|lb|oz|[0-9]{1,3}|[-=:;,. (){}x?]){0,16}") {
            if let Some(found) = mass(&text) {
                prop_assert!(found.value.bytes().any(|byte| byte.is_ascii_digit()), "{:?}", found);
                prop_assert!(found.unit.is_none_or(|unit| !unit.is_empty()));
            }
        }
    }
}
