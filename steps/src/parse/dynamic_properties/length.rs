//! The length of an animal inside free text: `total length=111 mm`, `20-28mm SL`, `143-63-20-17=13`.
//!
//! Rules in their order, of which the first that finds anything counts:
//!
//! 1. feet and inches;
//! 2. a key of the length as a whole, with one number;
//! 3. a key of another length (fork, head and body, mean), a number or range;
//! 4. `measurements`, `body` or `total`, when a unit follows;
//! 5. *total length* and the like in a phrase, with up to 32 characters before the number;
//! 6. `length` or `tag` with no word before it, when a unit follows;
//! 7. an abbreviation, the unit in brackets, the number: `TL (mm) 44`;
//! 8. the abbreviation after the number: `29mm SL`;
//! 9. shorthand: total, tail, hind foot, ear and more, separated by dashes, where `?` and `x` are unknown values;
//! 10. the same with letters after the values;
//! 11. a key as in 2, with a range;
//! 12. `length` or `tag` with no word before it, without a unit;
//! 13. snout to vent.
//!
//! Lengths of parts (tail, gonads, crown to rump) are none of these. Where a mammalogist's shorthand or a key as in 2 has
//! no unit, it is millimetres.

use super::measurement::{Measurement, Rule, Text, first, is_date};

const TOTAL: &str = "total length";
const STANDARD: &str = "standard length";
const FORK: &str = "fork length";
const HEAD_BODY: &str = "head-body length";
const SNOUT_VENT: &str = "snout-vent length";

type Key = (&'static str, &'static str);

/// Keys of the length as a whole.
const WHOLE: [Key; 10] = [
    ("total_length_in_mm", TOTAL),
    ("total_length_in", TOTAL),
    ("length_in_millimeters", TOTAL),
    ("total_lengths?", TOTAL),
    ("max_lengths?", TOTAL),
    ("standard_lengths?", STANDARD),
    ("meas*.:~l", TOTAL),
    ("s.l.", STANDARD),
    ("label.~lengths?", TOTAL),
    ("longueur_totale", TOTAL),
];
const OTHER: [Key; 6] = [
    ("head_body_length_in_millimeters", HEAD_BODY),
    ("fork_lengths?", FORK),
    ("mean_lengths?", TOTAL),
    ("body_lengths?", HEAD_BODY),
    ("tol.^", TOTAL),
    ("t.l.^", TOTAL),
];
const NEED_UNIT: [Key; 3] = [("measurements?", TOTAL), ("body", HEAD_BODY), ("total", TOTAL)];
const IN_PHRASE: [Key; 3] =
    [("total lengths?", TOTAL), ("snout vent lengths?", SNOUT_VENT), ("standard lengths?", STANDARD)];
const AMBIGUOUS: [Key; 3] = [("lengths?", TOTAL), ("tag", TOTAL), ("longueur", TOTAL)];
const ABBREVIATED: [Key; 2] = [("t.o?l.", TOTAL), ("s.l.", STANDARD)];
const TO_VENT: [Key; 4] = [
    ("snout_vent_lengths?_in_mm", SNOUT_VENT),
    ("snout_vent_lengths?", SNOUT_VENT),
    ("snout vent lengths?", SNOUT_VENT),
    ("s.v.l?.", SNOUT_VENT),
];
/// Words before shorthand.
const BEFORE_SHORTHAND: [Key; 7] = [
    ("on~tag", TOTAL),
    ("specimens?", TOTAL),
    ("catalog", TOTAL),
    ("measurementsnt", TOTAL),
    ("measurements *", TOTAL),
    ("mesurements", TOTAL),
    ("meas.", TOTAL),
];

const FEET: [&str; 3] = ["foots?.", "feets?.", "fts?."];
const INCHES: [&str; 3] = ["inches?.", "inchs?.", "ins?."];
const UNITS: [&str; 15] = [
    "millimeters?",
    "centimeters?",
    "meters?",
    "millimetres?",
    "centimetres?",
    "metres?",
    "millimètres?",
    "centimètres?",
    "mètres?",
    "foots?",
    "feets?",
    "inche?s?",
    "m.m.",
    "c.m.",
    "ft.",
];
const UNITS_AND_IN: [&str; 16] = {
    let mut units = ["in."; 16];
    let mut position = 0;
    while position < UNITS.len() {
        units[position] = UNITS[position];
        position += 1;
    }
    units
};

const RULES: [Rule; 13] = [
    feet_and_inches,
    whole_and_number,
    |text, at| keyed(text, at, &OTHER, Needs::Nothing),
    |text, at| keyed(text, at, &NEED_UNIT, Needs::Unit),
    phrase,
    |text, at| if text.opens(at) { keyed(text, at, &AMBIGUOUS, Needs::Unit) } else { None },
    unit_in_brackets,
    key_after,
    |text, at| shorthand(text, at, Separators::Any),
    |text, at| shorthand(text, at, Separators::NoDash),
    |text, at| keyed(text, at, &WHOLE, Needs::Default),
    |text, at| if text.opens(at) { keyed(text, at, &AMBIGUOUS, Needs::NoUnit) } else { None },
    |text, at| keyed(text, at, &TO_VENT, Needs::Nothing),
];

/// The length that a text tells of.
pub fn length(text: &str) -> Option<Measurement> {
    first(text, &RULES)
}

/// What is asked of the unit after a number.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Unit,
    NoUnit,
    Nothing,
    /// Millimetres where there is none.
    Default,
}

fn unit(text: &Text<'_>, at: usize) -> Option<usize> {
    text.unit(at, &UNITS_AND_IN, |end| suffix(text, end).is_some())
}

/// An abbreviation after a number.
fn suffix(text: &Text<'_>, at: usize) -> Option<&'static str> {
    let start = text.word(at, "in~").unwrap_or(at);
    let key = |at| text.any(at, &ABBREVIATED, |key, end| text.ends_letters(end).then_some(key.1));
    key(start).or_else(|| key(at))
}

/// The measurement whose number stands from `from` to `to`.
fn measured(text: &Text<'_>, property: &'static str, from: usize, to: usize, needs: Needs) -> Option<Measurement> {
    let start = text.space(to);
    let found = unit(text, start).filter(|_| needs != Needs::NoUnit).map(|end| text.piece(start, end));
    let unit = match needs {
        Needs::Unit => Some(found?),
        Needs::Default => Some(found.unwrap_or_else(|| "mm".to_owned())),
        Needs::NoUnit | Needs::Nothing => found,
    };
    Some(Measurement { property, value: text.piece(from, to), unit })
}

/// A unit that the key ends with.
fn unit_of_key(text: &Text<'_>, from: usize, to: usize) -> Option<String> {
    let key = text.piece(from, to);
    ["mm", "millimeters"].into_iter().find(|unit| key.ends_with(unit)).map(str::to_owned)
}

fn keyed(text: &Text<'_>, at: usize, keys: &[Key], needs: Needs) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    text.any(at, keys, |key, end| {
        let from = text.key_end(end);
        let measurement = measured(text, key.1, from, text.range(from)?, needs)?;
        Some(Measurement { unit: measurement.unit.or_else(|| unit_of_key(text, at, end)), ..measurement })
    })
}

fn whole_and_number(text: &Text<'_>, at: usize) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    text.any(at, &WHOLE, |key, end| {
        let from = text.key_end(end);
        let to = text.number(from)?;
        let goes_on = text.one_of(to, "-.0123456789").is_some();
        if goes_on { None } else { measured(text, key.1, from, to, Needs::Default) }
    })
}

fn feet_and_inches(text: &Text<'_>, at: usize) -> Option<Measurement> {
    let value = |property, from| {
        let to = text.range(from)?;
        let feet = text.space(to);
        let feet_end = text.unit(feet, &FEET, |_| false)?;
        let second = text.space(feet_end);
        let second_to = text.range(second)?;
        let inches = text.space(second_to);
        let inches_end = text.unit(inches, &INCHES, |end| suffix(text, end).is_some())?;
        Some(Measurement {
            property,
            value: format!("{}, {}", text.piece(from, to), text.piece(second, second_to)),
            unit: Some(format!("{}, {}", text.piece(feet, feet_end), text.piece(inches, inches_end))),
        })
    };
    let after_key = |keys: &[Key]| text.any(at, keys, |key, end| value(key.1, text.key_end(end)));
    let is_start = text.is_boundary(at);
    let with_key = is_start
        .then(|| {
            [&WHOLE[..], &TO_VENT, &OTHER, &AMBIGUOUS, &NEED_UNIT, &BEFORE_SHORTHAND].into_iter().find_map(after_key)
        })
        .flatten();
    with_key.or_else(|| if is_start { value(TOTAL, at) } else { None })
}

fn phrase(text: &Text<'_>, at: usize) -> Option<Measurement> {
    const LONGEST: usize = 32;
    if !text.is_boundary(at) {
        return None;
    }
    text.any(at, &IN_PHRASE, |key, end| {
        let (distance, (from, _)) =
            text.rest(end).char_indices().enumerate().find(|(_, (_, next))| next.is_ascii_digit())?;
        let from = end + from;
        if (1..=LONGEST).contains(&distance) {
            measured(text, key.1, from, text.range(from)?, Needs::Nothing)
        } else {
            None
        }
    })
}

fn unit_in_brackets(text: &Text<'_>, at: usize) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    text.any(at, &ABBREVIATED, |key, end| {
        let start = text.space(text.maybe(text.space(end), "([{"));
        let unit_end = unit(text, start)?;
        let from = text.space(text.maybe(text.space(unit_end), ")]}"));
        let to = text.range(from)?;
        Some(Measurement { property: key.1, value: text.piece(from, to), unit: Some(text.piece(start, unit_end)) })
    })
}

fn key_after(text: &Text<'_>, at: usize) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    let to = text.range(at)?;
    let start = text.space(to);
    let with_unit =
        unit(text, start).and_then(|end| Some((Some(text.piece(start, end)), suffix(text, text.space(end))?)));
    let (unit, property) = with_unit.or_else(|| Some((None, suffix(text, start)?)))?;
    Some(Measurement { property, value: text.piece(at, to), unit })
}

/// What separates the values of shorthand.
#[derive(Clone, Copy)]
enum Separators {
    Any,
    /// Values may have letters after them, and no dash before.
    NoDash,
}

fn shorthand(text: &Text<'_>, at: usize, separators: Separators) -> Option<Measurement> {
    if !text.is_boundary(at) {
        return None;
    }
    let values = |property: &'static str, from: usize| {
        let start = match separators {
            Separators::Any => from,
            Separators::NoDash => text.word(from, "*")?,
        };
        let to = text.number(start)?;
        let mut end = text.number_or_unknown(text.one_of(to, "- \t\n")?)?;
        for count in 0.. {
            let next = match separators {
                Separators::Any => text.one_of(end, ":/- \t\n").and_then(|next| text.number_or_unknown(next)),
                Separators::NoDash => text
                    .one_of(end, ":/ \t\n")
                    .and_then(|next| text.number_or_unknown(next))
                    .map(|next| next + text.rest(next).bytes().take(3).take_while(u8::is_ascii_lowercase).count()),
            };
            match next {
                Some(next) => end = next,
                None if count < 2 => return None,
                None => break,
            }
        }
        let is_date = is_date(text.rest(start));
        (!is_date).then(|| Measurement { property, value: text.piece(start, to), unit: Some("mm".to_owned()) })
    };
    let after_key = |keys: &[Key]| text.any(at, keys, |key, end| values(key.1, text.key_end(end)));
    [&WHOLE[..], &TO_VENT, &OTHER, &AMBIGUOUS, &NEED_UNIT, &BEFORE_SHORTHAND]
        .into_iter()
        .find_map(after_key)
        .or_else(|| if text.is_inside_list(at) { None } else { values(TOTAL, at) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str, Option<&str>)>) {
        let found = length(text);
        let found = found.as_ref().map(|found| (found.property, found.value.as_str(), found.unit.as_deref()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn each_rule_finds_its_form() {
        check("total length: 5 feet 2 in.", Some((TOTAL, "5, 2", Some("feet, in."))));
        check("SVL 1 ft 2 in", Some((SNOUT_VENT, "1, 2", Some("ft, in"))));
        check("totalLengthInMM=98", Some((TOTAL, "98", Some("mm"))));
        check("standard length 61.5 cm", Some((STANDARD, "61.5", Some("cm"))));
        check("longueur totale : 12 cm", Some((TOTAL, "12", Some("cm"))));
        check("fork length=300-320", Some((FORK, "300-320", None)));
        check("forkLength: 300 mm", Some((FORK, "300", Some("mm"))));
        check("headBodyLengthInMillimeters=102", Some((HEAD_BODY, "102", Some("millimeters"))));
        check("body: 12 cm", Some((HEAD_BODY, "12", Some("cm"))));
        check("body: 12 g", None);
        check("standard length of this one about 44 mm", Some((STANDARD, "44", Some("mm"))));
        check("length 8 millimetres", Some((TOTAL, "8", Some("millimetres"))));
        check("wing length 8 mm", None);
        check("sl (cm) 4.1", Some((STANDARD, "4.1", Some("cm"))));
        check("one of 31-40 mm TL", Some((TOTAL, "31-40", Some("mm"))));
        check("3 slides", None);
        check("tag 12; 200-95-24-14=31g", Some((TOTAL, "200", Some("mm"))));
        check("250-?-30-20", Some((TOTAL, "250", Some("mm"))));
        check("250 80hf 30e 20", None);
        check("250 80 30hf 20e", Some((TOTAL, "250", Some("mm"))));
        check("max length 20-25", Some((TOTAL, "20-25", Some("mm"))));
        check("{\"length\": \"20-25\"}", Some((TOTAL, "20-25", None)));
        check("total length 20-25", Some((TOTAL, "20-25", None)));
        check("snout-vent length 61", Some((SNOUT_VENT, "61", None)));
    }

    #[test]
    fn other_numbers_are_no_lengths() {
        for text in [
            "",
            "no figure",
            "2012-03-05 10:30",
            "caught 5-3-2012 7-8",
            "crown-rump length=8 mm",
            "tail length=57 mm",
            "d9428888-122b-11e1-b85c-61cd3cbb3210",
            "tel. 5491,5492",
        ] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn what_is_found_has_a_number(text in "\\PC{0,60}|(tl|svl|length|total|mm|cm|in|ft|[0-9]{1,3}|[-=:;,. (){}]){0,16}") {
            if let Some(found) = length(&text) {
                prop_assert!(found.value.bytes().any(|byte| byte.is_ascii_digit()), "{:?}", found);
                prop_assert!(found.unit.is_none_or(|unit| !unit.is_empty()));
            }
        }
    }
}
