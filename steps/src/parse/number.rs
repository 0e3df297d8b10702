//! Numbers as people write them: `10.5`, `10,5`, `1.234,5`, `1,234.5`, `−3`.

use std::borrow::Cow;

/// A finite decimal number.
///
/// One comma is a decimal comma, as in France (`1,000` is one); with commas and points, the last one is the decimal sign
/// and the others must separate groups of three digits. Several commas and no point (`43,112,321`) are not a number: it
/// cannot be known what was meant. Neither are `NaN`, `Infinity` or hexadecimal digits.
pub fn decimal(text: &str) -> Option<f64> {
    let text = ascii_minus(text.trim());
    let bytes = text.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    if bytes.iter().all(plain) {
        return finite(&text);
    }
    if !bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'+')) {
        return None;
    }
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    match (commas, points) {
        (1, 0) => finite(&text.replace(',', ".")),
        (1, _) if text.rfind(',') > text.rfind('.') => grouped(&text, '.', ','),
        (_, 1) if text.rfind('.') > text.rfind(',') => grouped(&text, ',', '.'),
        _ => None,
    }
}

/// A decimal number whose digits may be set apart by spaces in groups of three: `6 861 636,4`.
///
/// Only for places where a space cannot separate two numbers, such as a projected coordinate.
pub fn spaced_decimal(text: &str) -> Option<f64> {
    let is_space = |letter: char| letter.is_whitespace() || letter == '\'';
    if !text.trim().contains(is_space) {
        return decimal(text);
    }
    let mut groups = text.trim().split(is_space).filter(|group| !group.is_empty());
    let mut digits = groups.next()?.to_owned();
    for group in groups {
        let whole = group.split(['.', ',']).next().unwrap_or(group);
        if whole.len() != 3 || digits.contains(['.', ',']) {
            return None;
        }
        digits.push_str(group);
    }
    decimal(&digits)
}

/// A whole number; a fraction of zero is allowed (`2.0`).
pub fn integer(text: &str) -> Option<i64> {
    if let Ok(number) = text.trim().parse() {
        return Some(number);
    }
    let number = decimal(text)?;
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

fn finite(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// `1.234.567,8` with `.` between groups and `,` before the decimals.
fn grouped(text: &str, separator: char, mark: char) -> Option<f64> {
    let (whole, fraction) = text.split_once(mark)?;
    let mut groups = whole.split(separator);
    let first = groups.next()?.trim_start_matches(['-', '+']);
    if first.is_empty() || first.len() > 3 || groups.any(|group| group.len() != 3) {
        return None;
    }
    finite(&format!("{}.{fraction}", whole.replace(separator, "")))
}

fn ascii_minus(text: &str) -> Cow<'_, str> {
    if text.contains(['−', '–', '‐', '‑']) {
        Cow::Owned(text.replace(['−', '–', '‐', '‑'], "-"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        for (text, number) in [
            ("2", Some(2.0)),
            (" -122.12345 ", Some(-122.12345)),
            ("-2,123", Some(-2.123)),
            ("+5", Some(5.0)),
            ("−2.5", Some(-2.5)),
            ("1e3", Some(1000.0)),
            ("20.432,12", Some(20432.12)),
            ("1,234,567.5", Some(1_234_567.5)),
            ("20,432,12", None),
            ("43,112,321", None),
            ("1.23.4", None),
            ("20.43,12", None),
            ("43-1", None),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("0x10", None),
            ("", None),
            (" ", None),
            (",", None),
            ("-", None),
            ("5f", None),
        ] {
            assert_eq!(decimal(text), number, "{text}");
        }
    }

    #[test]
    fn groups_of_three_digits() {
        assert_eq!(spaced_decimal("6 861 636,4"), Some(6_861_636.4));
        assert_eq!(spaced_decimal("652\u{a0}297"), Some(652_297.0));
        assert_eq!(spaced_decimal("48 51 12"), None);
        assert_eq!(spaced_decimal("652297.0"), Some(652_297.0));
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(integer("2.0"), Some(2));
        assert_eq!(integer(" 7 "), Some(7));
        assert_eq!(integer("+5"), Some(5));
        assert_eq!(integer("2.5"), None);
    }
}
