//! An uncertainty that people write as a range or a bound: `100m-1km`, `>10km`.

use crate::parse::measure;

/// Metres: of a range its far end, of `>` and `<` their bound.
///
/// A range without a unit at its far end is in metres, whatever unit stands at its near end.
pub fn uncertainty(text: &str) -> Option<f64> {
    let text = text.replace(['[', ']', ','], "");
    let text = text.trim();
    let bound = text.strip_prefix(['>', '<']).map(str::trim_start);
    let text = match bound {
        Some(bound) => bound,
        None => {
            text.split_once('-').filter(|(near, _)| starts_with_digit(near)).map_or(text, |(_, far)| far.trim_start())
        }
    };
    measure::metres(text).map(|length| length.metres).filter(|_| starts_with_digit(text))
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_and_bounds() {
        for (text, expected) in [
            ("2000", Some(2000.0)),
            ("1km-10km", Some(10_000.0)),
            (" 1feet-20kilometres", Some(20_000.0)),
            ("100-1000 m", Some(1000.0)),
            (" >15kilometers,", Some(15_000.0)),
            ("<10 m", Some(10.0)),
            ("[1km-20feet]", Some(6.1)),
            ("10 feet", Some(3.05)),
            ("-20", None),
            ("far away", None),
            ("", None),
        ] {
            let found = uncertainty(text);
            let same = found.zip(expected).map_or(found == expected, |(a, b)| (a - b).abs() < 1e-6);
            assert!(same, "{text}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,30}|[0-9 km<>.-]{0,12}") {
            prop_assert!(uncertainty(&text).is_none_or(f64::is_finite));
        }
    }
}
