//! Lengths in metres as people write them: elevations, depths, distances, uncertainties.

use super::number;
use crate::{Issue, IssueSet};

/// A length that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Length {
    /// In metres.
    pub metres: f64,
    /// The two ends, when a range was given (`5-10 m`).
    pub ends: Option<(f64, f64)>,
    /// The text is more than a number.
    pub non_numeric: bool,
    /// The unit is not metric.
    pub not_metric: bool,
}

/// What is read is the middle of a range and half of its width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Lower end, or the only value.
    pub minimum: Option<f64>,
    /// Upper end, or the only value.
    pub maximum: Option<f64>,
    /// The middle.
    pub middle: f64,
    /// Half of the width, and the precision on top of it.
    pub accuracy: Option<f64>,
}

/// Which length is read: its bounds and its issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Height above the sea, from the shore of the Dead Sea to the stratosphere.
    Elevation,
    /// Depth below the surface, down to the bottom of the Challenger Deep.
    Depth,
}

/// Units by the start of a word, or by the whole word where it is short; whether they are metric. Metres are what is left.
const UNITS: &[(&str, f64, bool)] = &[
    ("nautical", 1852.0, false),
    ("nm", 1852.0, false),
    ("fathom", 1.8288, false),
    ("brasse", 1.8288, false),
    ("fm", 1.8288, false),
    ("kilomet", 1000.0, true),
    ("kilomèt", 1000.0, true),
    ("km", 1000.0, true),
    ("centimet", 0.01, true),
    ("centimèt", 0.01, true),
    ("cm", 0.01, true),
    ("millimet", 0.001, true),
    ("millimèt", 0.001, true),
    ("mm", 0.001, true),
    ("feet", 0.3048, false),
    ("foot", 0.3048, false),
    ("pied", 0.3048, false),
    ("ft", 0.3048, false),
    ("inch", 0.0254, false),
    ("pouce", 0.0254, false),
    ("in", 0.0254, false),
];

/// The unit that a text names, and how many metres it has.
fn unit(text: &str) -> Option<(f64, bool)> {
    let mut words = text.split(|letter: char| !letter.is_alphabetic());
    let named = words.find_map(|word| {
        UNITS.iter().find(|(unit, ..)| if unit.len() < 4 { word == *unit } else { word.starts_with(unit) })
    });
    named.map(|(_, factor, metric)| (*factor, *metric)).or_else(|| text.contains('\'').then_some((0.3048, false)))
}

/// One length in metres, or the middle of a range.
///
/// Letters that are no unit mean metres; a single `f` is not feet. Converted lengths are rounded to a centimetre.
pub fn metres(text: &str) -> Option<Length> {
    let text = text.trim();
    if let Some(metres) = number::decimal(text) {
        return Some(Length { metres, ends: None, non_numeric: false, not_metric: false });
    }
    // One of these and nothing else after the number would be a list that was cut, or a comparison.
    let text = text.trim_end_matches([',', ';', '.']).to_lowercase().replace(['’', '′', '´'], "'");
    if !text.contains(|letter: char| letter.is_ascii_digit()) || text.len() > 200 {
        return None;
    }
    let unit = unit(&text);
    let (factor, metric) = unit.unwrap_or((1.0, true));
    let convert = |value: f64| if unit.is_some() { (value * factor * 100.0).round() / 100.0 } else { value };
    let length = |metres: f64, ends| Length { metres, ends, non_numeric: true, not_metric: !metric };
    if let Some((first, second)) = two_ends(&text) {
        let (first, second) = (digits(first)?, digits(second)?);
        return Some(length(convert((first + second) / 2.0), Some((convert(first), convert(second)))));
    }
    digits(&text).map(|value| length(convert(value), None))
}

/// The two sides of a range: `5-10 m`, `5 à 10 m`, `entre 5 et 10 m`.
fn two_ends(text: &str) -> Option<(&str, &str)> {
    let after_digit = |position: usize| {
        text.get(..position)
            .and_then(|before| before.trim_end().chars().next_back())
            .is_some_and(|last| last.is_ascii_digit())
    };
    if let Some((position, dash)) =
        text.char_indices().find(|(position, letter)| matches!(letter, '-' | '–' | '—') && after_digit(*position))
    {
        return Some((text.get(..position)?, text.get(position + dash.len_utf8()..)?));
    }
    [" à ", " a ", " au ", " et ", " to ", " and ", "..."].into_iter().find_map(|word| {
        let (first, second) = text.split_once(word)?;
        let numbers = [first, second].into_iter().all(|side| side.contains(|letter: char| letter.is_ascii_digit()));
        numbers.then_some((first, second))
    })
}

/// The number that is left when letters and spaces are taken away.
fn digits(text: &str) -> Option<f64> {
    let left: String =
        text.chars().filter(|letter| !letter.is_alphabetic() && !letter.is_whitespace() && *letter != '\'').collect();
    number::decimal(&left)
}

/// The middle of two lengths and half their distance, put in order and within bounds.
///
/// `precision` adds to the accuracy. Nothing is returned when there is nothing to read or when the value is out of bounds;
/// the issues tell which.
pub fn span(
    quantity: Quantity,
    minimum: Option<&str>,
    maximum: Option<&str>,
    precision: Option<&str>,
    issues: &mut IssueSet,
) -> Option<Span> {
    let [non_numeric, not_metric, swapped, unlikely] = match quantity {
        Quantity::Elevation => [
            Issue::ElevationNonNumeric,
            Issue::ElevationNotMetric,
            Issue::ElevationMinMaxSwapped,
            Issue::ElevationUnlikely,
        ],
        Quantity::Depth => {
            [Issue::DepthNonNumeric, Issue::DepthNotMetric, Issue::DepthMinMaxSwapped, Issue::DepthUnlikely]
        }
    };
    let mut read = |text: Option<&str>| {
        let length = metres(text?);
        issues.raise_if(length.is_none_or(|length| length.non_numeric), non_numeric);
        issues.raise_if(length.is_some_and(|length| length.not_metric), not_metric);
        length
    };
    let (first, second, precision) = (read(minimum), read(maximum), read(precision));
    // A range in one field and nothing in the other is a range.
    let ends = match (first, second) {
        (Some(Length { ends: Some((low, high)), .. }), None) | (None, Some(Length { ends: Some((low, high)), .. })) => {
            (Some(low), Some(high))
        }
        _ => (first.map(|length| length.metres), second.map(|length| length.metres)),
    };
    let negative = |end: Option<f64>| end.is_some_and(|end| end < 0.0);
    let ends = if quantity == Quantity::Depth && (negative(ends.0) || negative(ends.1)) {
        issues.raise(unlikely);
        // The deeper end was the smaller number.
        let (first, second) = (ends.0.map(f64::abs), ends.1.map(f64::abs));
        if negative(ends.0) && negative(ends.1) { (second, first) } else { (first, second) }
    } else {
        ends
    };
    let (low, high) = match ends {
        (Some(low), Some(high)) => (low, high),
        (Some(only), None) | (None, Some(only)) => (only, only),
        (None, None) => return None,
    };
    issues.raise_if(low > high, swapped);
    let (low, high) = if low > high { (high, low) } else { (low, high) };
    let bounds = match quantity {
        Quantity::Elevation => -430.0..=17_000.0,
        Quantity::Depth => 0.0..=11_000.0,
    };
    if !bounds.contains(&low) || !bounds.contains(&high) {
        issues.raise(unlikely);
        return None;
    }
    let precision = precision.map(|length| length.metres.abs());
    let both = ends.0.is_some() && ends.1.is_some();
    let half = both.then_some((high - low) / 2.0);
    Some(Span {
        minimum: (both || ends.0.is_some()).then_some(low),
        maximum: (both || ends.1.is_some()).then_some(high),
        middle: low + (high - low) / 2.0,
        accuracy: match (half, precision) {
            (Some(half), Some(precision)) => Some(half + precision),
            (half, precision) => half.or(precision),
        },
    })
}

/// The radius of the uncertainty of a place: more than nothing and less than half of the equator.
///
/// # Issues
/// `COORDINATE_UNCERTAINTY_METERS_INVALID`.
pub fn uncertainty(text: &str, issues: &mut IssueSet) -> Option<f64> {
    let metres =
        metres(text).map(|length| length.metres.abs()).filter(|metres| *metres > 0.0 && *metres < 20_037_509.0);
    issues.raise_if(metres.is_none(), Issue::CoordinateUncertaintyMetersInvalid);
    metres
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths() {
        for (text, expected) in [
            ("200", Some(200.0)),
            ("10,5", Some(10.5)),
            ("1000m", Some(1000.0)),
            ("3280ft", Some(999.74)),
            ("3280f", Some(3280.0)),
            ("30 In", Some(0.76)),
            ("30 fm", Some(54.86)),
            ("5 nm", Some(9260.0)),
            ("3kilometres", Some(3000.0)),
            ("250 cm", Some(2.5)),
            ("5-10 m", Some(7.5)),
            ("entre 10 et 20 m", Some(15.0)),
            ("10 à 20 mètres", Some(15.0)),
            ("-5 m", Some(-5.0)),
            ("100metres,", Some(100.0)),
            ("environ 1 200 m", Some(1200.0)),
            ("12\"", None),
            ("2000.01[],", None),
            (">15kilometers", None),
            ("booya", None),
            ("m", None),
        ] {
            assert_eq!(metres(text).map(|length| length.metres), expected, "{text}");
        }
    }

    #[test]
    fn a_swapped_pair_is_put_right() {
        let mut issues = IssueSet::new();
        let span = span(Quantity::Elevation, Some("2500"), Some("1200"), None, &mut issues).unwrap();
        assert_eq!((span.minimum, span.maximum, span.middle), (Some(1200.0), Some(2500.0), 1850.0));
        assert_eq!(issues.iter().collect::<Vec<_>>(), [Issue::ElevationMinMaxSwapped]);
    }

    #[test]
    fn what_is_out_of_bounds_is_told() {
        let mut issues = IssueSet::new();
        assert_eq!(span(Quantity::Elevation, Some("-1000"), None, None, &mut issues), None);
        assert_eq!(issues.iter().collect::<Vec<_>>(), [Issue::ElevationUnlikely]);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_bounds_hold(first in "\\PC{0,20}", second in "[-0-9., mftkin'à]{0,12}") {
            for quantity in [Quantity::Elevation, Quantity::Depth] {
                if let Some(span) = span(quantity, Some(&first), Some(&second), None, &mut IssueSet::new()) {
                    prop_assert!(span.minimum <= span.maximum || span.maximum.is_none());
                    prop_assert!(span.middle >= -430.0 && span.middle <= 17_000.0);
                    prop_assert!(span.accuracy.is_none_or(|accuracy| accuracy >= 0.0));
                }
            }
        }
    }
}
