//! Latitudes and longitudes as people write them: decimal degrees, degrees and minutes, degrees, minutes and seconds.
//!
//! What is read is the pair as given ([`pair`], [`verbatim`], [`footprint_point`]); whether it is a place on Earth, and how
//! it is rounded, is for [`place`].

use std::sync::LazyLock;

use regex::Regex;

use super::number;
use crate::{Issue, IssueSet};

/// Which of the two coordinates a text should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// North or south.
    Latitude,
    /// East or west.
    Longitude,
}

/// Latitude and longitude in degrees, or northing and easting: `first` belongs in the field of the latitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Latitude or northing.
    pub latitude: f64,
    /// Longitude or easting.
    pub longitude: f64,
}

/// Degrees, with minutes and seconds if there are any; signs of all kinds were made `°`, `'` and `"` before.
static SEXAGESIMAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?i)^\s*(-)?(?:"#,
        r#"(\d{1,3})\s*(?:°|deg|d|g|o|\s)\s*(\d{1,2})\s*(?:'|min|m|\s|°)\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|sec|s)?)?"#,
        r#"|(\d{1,3})\s*(?:°|deg|d|g|o|\s)\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:'|min|m|°)?)?"#,
        r#"|(\d{1,3}(?:[.,]\d+)?)\s*(?:°|deg|d|g|o)?"#,
        r#")\s*$"#
    ))
    .ok()
});

static POINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*POINT\s*Z?M?\s*\(\s*([-+\d.eE]+)[\s,]+([-+\d.eE]+)(?:\s+[-+\d.eE]+){0,2}\s*\)\s*$").ok()
});

/// One coordinate: a decimal number, or degrees, minutes and seconds.
pub fn coordinate(text: &str, axis: Axis) -> Option<f64> {
    number::decimal(text).or_else(|| sexagesimal(text, axis))
}

/// A pair of coordinates in two texts.
///
/// Nothing is read, and nothing is wrong, when one of them is empty.
pub fn pair(latitude: &str, longitude: &str) -> Result<Option<Pair>, Issue> {
    if latitude.is_empty() || longitude.is_empty() {
        return Ok(None);
    }
    // Both are read in the same way: `131 47 132` is no number, and then `12` beside it is no longitude either.
    if let (Some(latitude), Some(longitude)) = (number::decimal(latitude), number::decimal(longitude)) {
        return Ok(Some(Pair { latitude, longitude }));
    }
    match (coordinate(latitude, Axis::Latitude), coordinate(longitude, Axis::Longitude)) {
        (Some(latitude), Some(longitude)) => Ok(Some(Pair { latitude, longitude })),
        _ => Err(Issue::CoordinateInvalid),
    }
}

/// A pair of coordinates in one text: `48°51'12"N 2°20'55"E`, `N 48°51' E 2°21'`, `48.85, 2.35`, `48,85 2,35`.
pub fn verbatim(text: &str) -> Result<Option<Pair>, Issue> {
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(pair) = with_directions(text) {
        return Ok(Some(pair));
    }
    if text.len() > 4 {
        for delimiter in [',', ';', '/', ' '] {
            if text.matches(delimiter).count() == 1
                && let Some((first, second)) = text.split_once(delimiter)
            {
                let (first, second) = (first.trim(), second.trim());
                return if first.is_empty() || second.is_empty() {
                    Err(Issue::CoordinateInvalid)
                } else {
                    pair(first, second)
                };
            }
        }
    }
    Err(Issue::CoordinateInvalid)
}

/// The coordinates of a `POINT` in well-known text: longitude first.
pub fn footprint_point(text: &str) -> Option<Pair> {
    let found = POINT.as_ref()?.captures(text)?;
    Some(Pair {
        longitude: number::decimal(found.get(1)?.as_str())?,
        latitude: number::decimal(found.get(2)?.as_str())?,
    })
}

/// A pair of projected coordinates in one text, easting first: `652297 6861636`, `X=652 297,0 ; Y=6 861 636,4`.
pub fn projected(text: &str) -> Option<Pair> {
    let numbers = |first: &str, second: &str| {
        let strip = |text: &str| text.trim_matches(|letter: char| !letter.is_ascii_digit() && letter != '-').to_owned();
        Some(Pair {
            longitude: number::spaced_decimal(&strip(first))?,
            latitude: number::spaced_decimal(&strip(second))?,
        })
    };
    let upper = text.to_ascii_uppercase();
    if let (Some(x), Some(y)) = (upper.find('X'), upper.find('Y')) {
        let (Some(from_x), Some(from_y)) = (upper.get(x + 1..), upper.get(y + 1..)) else { return None };
        return if x < y { numbers(upper.get(x + 1..y)?, from_y) } else { numbers(from_x, upper.get(y + 1..x)?) };
    }
    [';', '/', '|', ',', ' '].into_iter().find_map(|delimiter| {
        let (first, second) = text.split_once(delimiter)?;
        numbers(first, second)
    })
}

/// Puts a pair on Earth: rounded to six decimals, swapped back where only that makes sense.
///
/// # Issues
/// `COORDINATE_ROUNDED`, `ZERO_COORDINATE`, `PRESUMED_SWAPPED_COORDINATE`, `COORDINATE_OUT_OF_RANGE`.
pub fn place(pair: Pair, issues: &mut IssueSet) -> Option<Pair> {
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    let rounded = Pair { latitude: round(pair.latitude), longitude: round(pair.longitude) };
    if in_range(rounded) {
        issues.raise_if(rounded != pair, Issue::CoordinateRounded);
        issues.raise_if(rounded.latitude == 0.0 && rounded.longitude == 0.0, Issue::ZeroCoordinate);
        // No negative zero: it would print as `-0`.
        return Some(Pair { latitude: rounded.latitude + 0.0, longitude: rounded.longitude + 0.0 });
    }
    let swapped = Pair { latitude: rounded.longitude, longitude: rounded.latitude };
    if rounded.latitude.abs() > 90.0 && in_range(swapped) {
        issues.raise_if(rounded != pair, Issue::CoordinateRounded);
        issues.raise(Issue::PresumedSwappedCoordinate);
        return Some(swapped);
    }
    issues.raise(Issue::CoordinateOutOfRange);
    None
}

/// Whether a pair can be latitude and longitude in degrees.
pub fn in_range(pair: Pair) -> bool {
    pair.latitude.abs() <= 90.0 && pair.longitude.abs() <= 180.0
}

/// Degrees, minutes and seconds with a direction before or after: `48°51'12"N`, `W 2° 20.5'`, `48d51m12s`, `12°30' Ouest`.
///
/// `O` is east (Ost), as GBIF reads it; only the whole word `Ouest` or `Oeste` is west.
pub fn sexagesimal(text: &str, axis: Axis) -> Option<f64> {
    let text = plain_signs(text);
    let text = text.trim();
    if text.chars().count() <= 3 {
        return None;
    }
    let (degrees, negative) = match direction(text, axis) {
        Some((rest, negative)) => (unsigned(rest)?, negative),
        None => (unsigned(text)?, false),
    };
    Some(if negative { -degrees } else { degrees })
}

/// Takes the direction off: the rest of the text, and whether it is south or west.
fn direction(text: &str, axis: Axis) -> Option<(&str, bool)> {
    let words: &[(&str, bool)] = match axis {
        Axis::Latitude => &[
            ("NORTH", false),
            ("NORD", false),
            ("NORTE", false),
            ("SOUTH", true),
            ("SUD", true),
            ("SUR", true),
            ("N", false),
            ("S", true),
        ],
        Axis::Longitude => &[
            ("EAST", false),
            ("OST", false),
            ("OUEST", true),
            ("WEST", true),
            ("OESTE", true),
            ("ESTE", false),
            ("EST", false),
            ("E", false),
            ("W", true),
            ("O", false),
        ],
    };
    words.iter().find_map(|(word, negative)| {
        let start = text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word));
        if start.is_some() {
            return Some((text.get(word.len()..)?, *negative));
        }
        let cut = text.len().checked_sub(word.len())?;
        let end = text.get(cut..).filter(|end| end.eq_ignore_ascii_case(word));
        // `48d51m12s` ends in seconds, `39d30mS` in south.
        let before = text.get(..cut)?;
        if end == Some("s") && before.contains('m') && before.ends_with(|letter: char| letter.is_ascii_digit()) {
            return None;
        }
        end.and_then(|_| Some((text.get(..cut)?, *negative)))
    })
}

/// Degrees, minutes and seconds to degrees, rounded to six decimals as what follows is.
fn unsigned(text: &str) -> Option<f64> {
    let found = SEXAGESIMAL.as_ref()?.captures(text)?;
    let part = |group: usize| match found.get(group) {
        Some(part) => number::decimal(part.as_str()),
        None => Some(0.0),
    };
    let (degrees, minutes, seconds) = if found.get(2).is_some() {
        (part(2)?, part(3)?, part(4)?)
    } else if found.get(5).is_some() {
        (part(5)?, part(6)?, 0.0)
    } else {
        (part(7)?, 0.0, 0.0)
    };
    if minutes > 60.0 || seconds > 60.0 {
        return None;
    }
    let value = ((degrees + minutes / 60.0 + seconds / 3600.0) * 1e6).round() / 1e6;
    Some(if found.get(1).is_some() { -value } else { value })
}

/// Two coordinates, each with its direction, all before or all after the numbers.
fn with_directions(text: &str) -> Option<Pair> {
    let text = plain_signs(text);
    let text = text.trim();
    let axis = |letter: char| match letter.to_ascii_uppercase() {
        'N' | 'S' => Some(Axis::Latitude),
        'E' | 'W' | 'O' => Some(Axis::Longitude),
        _ => None,
    };
    let trim =
        |text: &'_ str| text.trim_matches(|letter: char| letter.is_whitespace() || ",;/".contains(letter)).to_owned();
    let both = |first: &str, first_letter: char, second: &str, second_letter: char| {
        let (first_axis, second_axis) = (axis(first_letter)?, axis(second_letter)?);
        if first_axis == second_axis {
            return None;
        }
        let read = |text: &str, letter: char| {
            let value = unsigned(&trim(text))?;
            Some(if matches!(letter.to_ascii_uppercase(), 'S' | 'W') { -value } else { value })
        };
        let (first, second) = (read(first, first_letter)?, read(second, second_letter)?);
        Some(match first_axis {
            Axis::Latitude => Pair { latitude: first, longitude: second },
            Axis::Longitude => Pair { latitude: second, longitude: first },
        })
    };
    let first_letter = text.chars().next()?;
    let last_letter = text.chars().next_back()?;
    if axis(last_letter).is_some() {
        let rest = text.get(..text.len() - last_letter.len_utf8())?;
        let found = rest.char_indices().filter(|(_, letter)| axis(*letter).is_some()).find_map(|(position, letter)| {
            both(rest.get(..position)?, letter, rest.get(position + letter.len_utf8()..)?, last_letter)
        });
        if found.is_some() {
            return found;
        }
    }
    axis(first_letter)?;
    let rest = text.get(first_letter.len_utf8()..)?;
    rest.char_indices().filter(|(_, letter)| axis(*letter).is_some()).find_map(|(position, letter)| {
        both(rest.get(..position)?, first_letter, rest.get(position + letter.len_utf8()..)?, letter)
    })
}

/// One sign each for degrees, minutes and seconds, of the many that are typed.
fn plain_signs(text: &str) -> String {
    if text.is_ascii() && !text.contains("''") {
        return text.to_owned();
    }
    text.chars()
        .map(|letter| match letter {
            'º' | '˚' | '°' => '°',
            '’' | '‘' | '′' | '´' | '`' | 'ʹ' | 'ʼ' => '\'',
            '”' | '“' | '″' | 'ʺ' | '˝' => '"',
            '−' | '–' | '‐' | '‑' => '-',
            other if other.is_whitespace() => ' ',
            other => other,
        })
        .collect::<String>()
        .replace("''", "\"")
}

#[cfg(test)]
mod tests;
