//! Dates with the month in letters: `12 janv. 1987`, `du 28 mai au 3 juin 1998`, `12.VII.1998`, `March 3rd, 2018`.
//!
//! The text is cut into numbers, months and joints. Every word must be known: a date is not picked out of a sentence, so
//! that `environ 12 mai 1998` or `12 mai et 15 mai 1998` stay unread rather than become exact.

use super::clock::clock;
use super::numeric::plain_hyphens;
use super::partial::{Clock, PartialDate};
use super::scanner::Scanner;
use crate::parse::month::{folded, month_of_word};

/// Words that say nothing about the date.
const FILLERS: &[&str] = &[
    // Articles and prepositions before a date.
    "le",
    "du",
    "de",
    "d",
    "l",
    "des",
    "the",
    "of",
    "on",
    "from",
    "den",
    "der",
    "vom",
    "am",
    "del",
    "el",
    "en",
    "les",
    // Days of the week, in full and abbreviated.
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lun",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
];

/// Words for a part of a month or year: the whole one holds what is meant.
const PART_OF: &[&str] = &["mi", "debut", "fin", "courant", "mid", "early", "late", "anfang", "mitte", "ende"];

/// Words between the ends of an interval.
const JOINTS: &[&str] = &["au", "a", "jusqu", "to", "till", "until", "bis", "al"];

/// What follows a number of a day: 1er, 2nd, 3º.
const ORDINAL_ENDINGS: &[&str] = &["er", "ier", "e", "eme", "ieme", "st", "nd", "rd", "th", "o"];

/// A meaningful piece of a written date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Day(i8),
    Month(i8),
    Year(i16),
}

/// The pieces in order; `joined` tells whether a joint stands before a piece.
#[derive(Debug, Default)]
struct Pieces {
    pieces: Vec<(Piece, bool)>,
    clock: Option<Clock>,
    part_of: bool,
}

/// Reads a date or an interval with months in letters. Both ends are the same for a date.
pub(super) fn read(text: &str) -> Option<(PartialDate, PartialDate)> {
    let found = pieces(text)?;
    let shape: Vec<Piece> = found.pieces.iter().map(|(piece, _)| *piece).collect();
    let joined = |position: usize| found.pieces.get(position).is_some_and(|(_, joined)| *joined);
    use Piece::{Day, Month, Year};
    let full = |year, month, day| PartialDate::of_parts(year, Some(month), Some(day));
    let month_of = |year, month| PartialDate::of_parts(year, Some(month), None);
    let (from, to) = match *shape.as_slice() {
        [Year(y)] if found.part_of => single(PartialDate::of_parts(y, None, None)?),
        [Month(m), Year(y)] | [Year(y), Month(m)] => single(month_of(y, m)?),
        [Day(d), Month(m), Year(y)]
        | [Month(m), Day(d), Year(y)]
        | [Year(y), Month(m), Day(d)]
        | [Year(y), Day(d), Month(m)]
        | [Day(d), Year(y), Month(m)]
        | [Month(m), Year(y), Day(d)] => single(full(y, m, d)?),
        [Day(a), Day(b), Month(m), Year(y)] if joined(1) => (full(y, m, a)?, full(y, m, b)?),
        [Month(m), Day(a), Day(b), Year(y)] if joined(2) => (full(y, m, a)?, full(y, m, b)?),
        [Month(a), Month(b), Year(y)] if joined(1) => (month_of(y, a)?, month_of(y, b)?),
        [Day(a), Month(m), Day(b), Month(n), Year(y)] if joined(2) => (full(y, m, a)?, full(y, n, b)?),
        [Month(m), Year(y), Month(n), Year(z)] if joined(2) => (month_of(y, m)?, month_of(z, n)?),
        [Day(a), Month(m), Year(y), Day(b), Month(n), Year(z)] if joined(3) => (full(y, m, a)?, full(z, n, b)?),
        _ => return None,
    };
    match found.clock {
        None => Some((from, to)),
        // A time needs one day to belong to.
        Some(clock) if from == to && from.day().is_some() => Some(single(from.at(clock))),
        Some(_) => None,
    }
}

fn single(date: PartialDate) -> (PartialDate, PartialDate) {
    (date, date)
}

/// A token of a written date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A run of digits; the ending of an ordinal (`1er`, `2nd`) goes with it.
    Number(&'a str),
    /// A run of letters, with the full stop of an abbreviation.
    Word(&'a str),
    /// Any other character.
    Mark(char),
}

/// The first token of a text and what follows it; none at the end.
fn token(text: &str) -> Option<(Token<'_>, &str)> {
    let next = text.chars().next()?;
    let run = |text: &str, is_of: fn(char) -> bool| text.find(|c: char| !is_of(c)).unwrap_or(text.len());
    if next.is_ascii_digit() {
        let (digits, after) = text.split_at(run(text, |c| c.is_ascii_digit()));
        let (ending, beyond) = after.split_at(run(after, char::is_alphabetic));
        let is_ordinal = digits.len() <= 2 && ORDINAL_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
        return Some((Token::Number(digits), if is_ordinal { beyond } else { after }));
    }
    if next.is_alphabetic() {
        let end = run(text, char::is_alphabetic);
        let end = if text.get(end..).is_some_and(|after| after.starts_with('.')) { end + 1 } else { end };
        let (word, after) = text.split_at(end);
        return Some((Token::Word(word), after));
    }
    Some((Token::Mark(next), text.get(next.len_utf8()..)?))
}

/// The tokens of a text, as written dates are cut into them.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (token, after) = token(rest)?;
        rest = after;
        Some(token)
    })
}

fn pieces(text: &str) -> Option<Pieces> {
    let folded = folded(text);
    let text = plain_hyphens(&folded);
    let mut rest: &str = &text;
    let mut found = Pieces::default();
    let (mut joined, mut between) = (false, false);
    while !rest.is_empty() {
        if let Some((clock, after)) = clock_at(rest).filter(|_| found.clock.is_none()) {
            (found.clock, rest) = (Some(clock), after);
            continue;
        }
        let (token, after) = token(rest)?;
        rest = after;
        match token {
            Token::Number(digits) => {
                found.pieces.push((number(digits)?, joined));
                joined = false;
            }
            Token::Word(word) => {
                let word = word.trim_end_matches('.');
                if let Some(month) = month_of_word(word) {
                    found.pieces.push((Piece::Month(month), joined));
                    joined = false;
                } else if JOINTS.contains(&word) || (between && matches!(word, "et" | "and" | "und")) {
                    joined = true;
                } else if matches!(word, "entre" | "between" | "zwischen") {
                    between = true;
                } else if PART_OF.contains(&word) {
                    found.part_of = true;
                } else if !FILLERS.contains(&word) {
                    return None;
                }
            }
            Token::Mark(mark) => {
                joined |= matches!(mark, '-' | '/' | '\u{2014}');
                // Anything but the punctuation of dates makes the text something else.
                if !mark.is_whitespace() && !"-/\u{2014}.,_'\u{2019}°".contains(mark) {
                    return None;
                }
            }
        }
        if found.pieces.len() > 6 {
            return None;
        }
    }
    Some(found)
}

/// A day or year.
fn number(digits: &str) -> Option<Piece> {
    match digits.len() {
        1 | 2 => Some(Piece::Day(digits.parse().ok()?)),
        4 => Some(Piece::Year(digits.parse().ok()?)),
        _ => None,
    }
}

/// A time at the beginning of the text; it shows by a colon or `h` after the hour.
fn clock_at(text: &str) -> Option<(Clock, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = text.as_bytes().get(digits)?;
    if digits == 0 || digits > 2 || !matches!(mark, b':' | b'h') {
        return None;
    }
    let mut rest = Scanner(text.as_bytes());
    let clock = clock(&mut rest)?;
    Some((clock, text.get(text.len() - rest.0.len()..)?))
}

/// The ends of a text that words or a hyphen join, `du 01/05/1998 au 15/05/1998`, whatever stands at them.
pub(super) fn ends(text: &str) -> Option<(String, String)> {
    let folded = folded(text);
    let text = plain_hyphens(&folded);
    let text = ["du ", "de ", "entre le ", "entre ", "from ", "between ", "vom ", "le "]
        .into_iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(&text);
    let split = [" au ", " a ", " - ", " to ", " bis ", " et le ", " et ", " and ", "\u{2014}"]
        .into_iter()
        .find_map(|joint| text.split_once(joint))
        .or_else(|| text.split_once('-').filter(|(_, after)| !after.contains('-')));
    let (from, to) = split?;
    Some((from.trim().to_owned(), to.trim().to_owned()))
}

/// A text without the article before a date in figures: `le 12/05/1998`.
pub(super) fn without_article(text: &str) -> Option<&str> {
    ["le ", "Le ", "LE ", "am ", "on "].into_iter().find_map(|article| text.strip_prefix(article))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn written_dates_are_read() {
        for (text, expected) in [
            ("12 janv. 1987", "1987-01-12"),
            ("1er août 2004", "2004-08-01"),
            ("1° AOUT 2004", "2004-08-01"),
            ("le dimanche 3 février 1991", "1991-02-03"),
            ("12.VII.1998", "1998-07-12"),
            ("12-vii-1998", "1998-07-12"),
            ("VII.1998", "1998-07"),
            ("12mai1998", "1998-05-12"),
            ("mai 1998", "1998-05"),
            ("mi-juin 1999", "1999-06"),
            ("fin 1998", "1998"),
            ("2018, March 1st", "2018-03-01"),
            ("23-March-1969", "1969-03-23"),
            ("3. Dezember 1913", "1913-12-03"),
            ("Tue, 3 Jun 2008 11:05:30 GMT", "2008-06-03T11:05:30Z"),
            ("12 mai 1998 à 10h30", "1998-05-12T10:30"),
        ] {
            let (from, to) = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((from.to_string().as_str(), from), (expected, to), "{text}");
        }
    }

    #[test]
    fn written_intervals_are_read() {
        for (text, from, to) in [
            ("12-15 mai 1998", date(1998, 5, 12), date(1998, 5, 15)),
            ("du 12 au 15 mai 1998", date(1998, 5, 12), date(1998, 5, 15)),
            ("du 28 mai au 3 juin 1998", date(1998, 5, 28), date(1998, 6, 3)),
            ("du 28 décembre 1998 au 3 janvier 1999", date(1998, 12, 28), date(1999, 1, 3)),
            ("mai-juin 1999", date(1999, 5, 1), date(1999, 6, 30)),
            ("entre mai 1998 et juin 1999", date(1998, 5, 1), date(1999, 6, 30)),
            ("May 1-5, 1998", date(1998, 5, 1), date(1998, 5, 5)),
        ] {
            let (start, end) = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((start.first_day(), end.last_day()), (from, to), "{text}");
        }
    }

    #[test]
    fn sentences_and_lists_are_not_read() {
        for text in [
            "environ 12 mai 1998",
            "12 mai et 15 mai 1998",
            "15 jan-fev 2018",
            "32nd jan. 2018",
            "12 mai 98",
            "été 1998",
            "1. Jand. 1913",
            "12 mai",
            "1998",
            "12 15 mai 1998",
            "31 juin 1998",
            "12 mai 1998 (nuit)",
            "du 12 au 15 mai 1998 10:30",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
