//! Dates written in figures.

use std::borrow::Cow;

use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::Reading;
use super::clock::after_date;
use super::partial::{PartialDate, Resolution};
use super::scanner::Scanner;

/// Reads a date in figures.
pub(super) fn read(text: &str, century: Option<i16>) -> Reading {
    if let Some(date) = iso_day(text.as_bytes()) {
        return Reading::Certain(date.into());
    }
    if !text.is_ascii() && text.contains('年') {
        return certain(east_asian(text));
    }
    let text = plain_hyphens(text);
    figures(Scanner(text.as_bytes()), century).unwrap_or(Reading::Unreadable)
}

/// The most frequent form, `YYYY-MM-DD`, without further ado.
fn iso_day(bytes: &[u8]) -> Option<Date> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return None };
    let two = |tens: u8, units: u8| {
        (tens.is_ascii_digit() && units.is_ascii_digit()).then(|| i16::from((tens - b'0') * 10 + (units - b'0')))
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    Date::new(year, two(m1, m2)? as i8, two(d1, d2)? as i8).ok()
}

/// The text with the hyphens and minus signs of typesetters as `-`; ISO 8601 itself asks for the minus sign.
pub(super) fn plain_hyphens(text: &str) -> Cow<'_, str> {
    const HYPHENS: [char; 5] = ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2212}'];
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.replace(HYPHENS, "-")) }
}

fn certain(date: Option<PartialDate>) -> Reading {
    date.map_or(Reading::Unreadable, Reading::Certain)
}

fn figures(mut rest: Scanner<'_>, century: Option<i16>) -> Option<Reading> {
    let (first, length) = rest.digits()?;
    match (length, rest.peek()) {
        (8, _) => compact(first, rest),
        (6, None) => {
            let (a, b, year) = (part(first / 10_000)?, part(first / 100 % 100)?, first % 100);
            day_and_month(a, b, full_year(year, century?)?, rest, b'/')
        }
        (4, None) => Some(certain(PartialDate::of_parts(i16::try_from(first).ok()?, None, None))),
        (4, Some(_)) => year_first(i16::try_from(first).ok()?, rest),
        (1 | 2, Some(_)) => year_last(part(first)?, rest, century),
        _ => None,
    }
}

fn part(value: u64) -> Option<i8> {
    i8::try_from(value).ok()
}

/// The year of the hundred that begin with `century`.
fn full_year(two_digits: u64, century: i16) -> Option<i16> {
    let within = (i16::try_from(two_digits).ok()? - century % 100).rem_euclid(100);
    Some(century + within)
}

/// `19781221`, `21121978`, `12211978`, `19781221T0212`.
fn compact(digits: u64, rest: Scanner<'_>) -> Option<Reading> {
    let year = i16::try_from(digits / 10_000).ok()?;
    if let Some(date) = PartialDate::of_parts(year, part(digits / 100 % 100), part(digits % 100)) {
        // A year before 1000 is a date the other way round: 01021999 is not the year 102.
        if year >= 1000 {
            return Some(Reading::Certain(with_time(date, rest)?));
        }
    }
    let year = i16::try_from(digits % 10_000).ok()?;
    day_and_month(part(digits / 1_000_000)?, part(digits / 10_000 % 100)?, year, rest, b'/')
}

fn with_time(date: PartialDate, rest: Scanner<'_>) -> Option<PartialDate> {
    Some(match after_date(rest)? {
        Some(clock) => date.at(clock),
        None => date,
    })
}

/// `1978-12-21`, `1978/12/21`, `1978-12`, `1978-355`, `1978-W51`, `1978-W51-4`, `1978.0`.
fn year_first(year: i16, mut rest: Scanner<'_>) -> Option<Reading> {
    if matches!(rest.peek(), Some(b'W' | b'w')) {
        rest.skip(1);
        return week(year, rest);
    }
    let separator = rest.take(b"-/.\\_ ")?;
    if separator == b'-' && rest.take(b"Ww").is_some() {
        return week(year, rest);
    }
    let (second, length) = rest.digits()?;
    if rest.is_at_end() {
        return match (separator, length) {
            (b'-', 3) => ordinal(year, second),
            (b'-', 1 | 2) => Some(certain(PartialDate::of_parts(year, part(second), None))),
            // A year that went through a spreadsheet or a floating point column.
            (b'.', _) if second == 0 => Some(certain(PartialDate::of_parts(year, None, None))),
            _ => None,
        };
    }
    let same = |other: u8| other == separator || (matches!(separator, b'-' | b'.') && matches!(other, b'-' | b'.'));
    rest.take(b"-/.\\_ ").filter(|other| same(*other))?;
    let (third, third_length) = rest.digits()?;
    if length > 2 || third_length > 2 {
        return None;
    }
    let date = PartialDate::of_parts(year, part(second), part(third))?;
    Some(Reading::Certain(with_time(date, rest)?))
}

/// Day of the year. `1999-001` to `1999-012` also read as padded months: they count only when both readings fit.
fn ordinal(year: i16, day: u64) -> Option<Reading> {
    let date = PartialDate::from(super::date_of_ordinal(year, i16::try_from(day).ok()?)?);
    match PartialDate::of_parts(year, part(day), None).filter(|_| day <= 12) {
        Some(month) => month.same_or_contained(date).then_some(Reading::Certain(month)),
        None => Some(Reading::Certain(date)),
    }
}

/// ISO week; a week without a day is read as its Monday here, and as its seven days in an interval.
fn week(year: i16, mut rest: Scanner<'_>) -> Option<Reading> {
    let week = rest.two_digits()?;
    rest.take(b"-");
    let weekday = match rest.digits() {
        Some((day, 1)) => Weekday::from_monday_one_offset(part(day)?).ok()?,
        Some(_) => return None,
        None => Weekday::Monday,
    };
    let date = PartialDate::from(Date::from_iso_week_date(ISOWeekDate::new(year, week, weekday).ok()?));
    Some(Reading::Certain(with_time(date, rest)?))
}

/// `21/12/1978`, `12/21/1978`, `21.12.1978`, `21-12-1978 10:30`, `12/1978`.
fn year_last(first: i8, mut rest: Scanner<'_>, century: Option<i16>) -> Option<Reading> {
    const SEPARATORS: &[u8] = b"/-.\\_ ";
    let separator = rest.take(SEPARATORS)?;
    let (second, length) = rest.digits()?;
    if length == 4 && rest.is_at_end() && separator != b' ' {
        let date = PartialDate::of_parts(i16::try_from(second).ok()?, Some(first), None)?;
        return Some(Reading::MonthYear(date));
    }
    let class = |separator| match separator {
        b'/' | b'-' => 0,
        b'\\' | b'_' => 1,
        other => other,
    };
    rest.take(SEPARATORS).filter(|other| class(*other) == class(separator))?;
    let (third, third_length) = rest.digits()?;
    let year = match third_length {
        4 => i16::try_from(third).ok()?,
        2 => full_year(third, century?)?,
        _ => return None,
    };
    if length > 2 {
        return None;
    }
    day_and_month(first, part(second)?, year, rest, separator)
}

/// Two numbers of which one is the day. With dots the day stands first wherever it can.
fn day_and_month(first: i8, second: i8, year: i16, rest: Scanner<'_>, separator: u8) -> Option<Reading> {
    let clock = after_date(rest)?;
    let at = |date: PartialDate| clock.map_or(date, |clock| date.at(clock));
    let day_first = PartialDate::of_parts(year, Some(second), Some(first)).map(at);
    let month_first = PartialDate::of_parts(year, Some(first), Some(second)).map(at);
    match (day_first, month_first) {
        (Some(day_first), Some(month_first)) if separator != b'.' && day_first != month_first => {
            Some(Reading::Ambiguous { day_first, month_first })
        }
        (Some(date), _) | (None, Some(date)) => Some(Reading::Certain(date)),
        (None, None) => None,
    }
}

/// `2018年1月2日` of Chinese and Japanese labels.
fn east_asian(text: &str) -> Option<PartialDate> {
    let (year, rest) = text.split_once('年')?;
    let year = year.trim();
    let number = |text: &str| text.trim().parse::<i8>().ok();
    let year = year.parse().ok().filter(|_| year.len() == 4)?;
    if rest.trim().is_empty() {
        return PartialDate::of_parts(year, None, None);
    }
    let (month, rest) = rest.split_once('月')?;
    if rest.trim().is_empty() {
        return PartialDate::of_parts(year, Some(number(month)?), None);
    }
    PartialDate::of_parts(year, Some(number(month)?), Some(number(rest.trim().strip_suffix('日')?)?))
}

/// The Monday and Sunday of a text that names an ISO week and no day of it.
pub(super) fn whole_week(text: &str) -> Option<(PartialDate, PartialDate)> {
    let text = plain_hyphens(text.trim());
    let week = matches!(text.as_bytes(), [_, _, _, _, b'-', b'W' | b'w', _, _] | [_, _, _, _, b'W' | b'w', _, _]);
    let Reading::Certain(monday) = read(&text, None) else { return None };
    let sunday = monday.first_day().checked_add(jiff::Span::new().days(6)).ok()?;
    (week && monday.resolution() == Resolution::Day).then(|| (monday, sunday.into()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_in_every_order() {
        for (text, expected) in [
            ("1978-12-21", "1978-12-21"),
            ("1978-1-1", "1978-01-01"),
            ("1978/12/21 02:12", "1978-12-21T02:12"),
            ("1978.12.21", "1978-12-21"),
            ("1978\u{2212}12\u{2212}21", "1978-12-21"),
            ("21.12.1978", "1978-12-21"),
            ("4.5.1996", "1996-05-04"),
            ("31/1/1996 8h30", "1996-01-31T08:30"),
            ("21121978", "1978-12-21"),
            ("19781221", "1978-12-21"),
            ("19781221T021243Z", "1978-12-21T02:12:43Z"),
            ("1978-355", "1978-12-21"),
            ("1978-W51-4", "1978-12-21"),
            ("1978-W51", "1978-12-18"),
            ("1978.0", "1978"),
            ("2018年1月2日", "2018-01-02"),
            ("2018-10-15 16:21:48-03", "2018-10-15T16:21:48-03:00"),
            ("5/21/2004 3:30 PM", "2004-05-21T15:30"),
        ] {
            match read(text, None) {
                Reading::Certain(date) => assert_eq!(date.to_string(), expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "//",
            "0-0-1984",
            "88/88/88",
            "120578",
            "1978-13",
            "1978-02-30",
            "1986/03",
            "1978/91",
            "1999-59",
            "22-17-1984",
            "1978-12-21T24:00",
            "1978-12-21T10:60",
            "1978-12-21T10:30+19",
            "20222-02-04",
            "1978-366",
            "1999-005",
            "-1978",
            "1978-W54",
        ] {
            assert_eq!(read(text, None), Reading::Unreadable, "{text}");
        }
    }
}
