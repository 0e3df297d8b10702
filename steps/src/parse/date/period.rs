//! Intervals of dates, and what looks like them.

use std::cmp::Ordering;

use super::numeric::whole_week;
use super::partial::PartialDate;
use super::{DateFormats, LONGEST, Parsed, written};

/// The two ends of what a text says; the same for a single date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The beginning.
    pub from: Parsed,
    /// The end.
    pub to: Parsed,
    /// Whether the text at each end says something.
    pub given: [bool; 2],
}

impl Period {
    fn of(from: PartialDate, to: PartialDate) -> Self {
        Self { from: from.into(), to: to.into(), given: [true; 2] }
    }
}

/// Reads a date or an interval: ISO 8601 with `/` and its short ends, and the forms that people write.
pub fn period(text: &str, formats: DateFormats) -> Period {
    let text = text.trim();
    if text.len() > LONGEST {
        return Period { given: [true; 2], ..Period::default() };
    }
    if !text.contains('/') {
        return undivided(text, formats);
    }
    if let Some((from, to)) = text.bytes().any(|byte| byte.is_ascii_alphabetic()).then(|| written::read(text)).flatten()
    {
        return Period::of(from, to);
    }
    let [from, to] = split_period(text);
    if from == to {
        return undivided(from.as_ref(), formats);
    }
    let ends = [from, to].map(|end| end.trim().to_owned());
    let whole_weeks = [whole_week(&ends[0]), whole_week(&ends[1])];
    Period {
        from: whole_weeks[0].map_or_else(|| formats.parse(&ends[0]), |(monday, _)| monday.into()),
        to: whole_weeks[1].map_or_else(|| formats.parse(&ends[1]), |(_, sunday)| sunday.into()),
        given: ends.map(|end| !end.is_empty()),
    }
}

/// A text without `/` between its ends: a date, a week, or an interval in words or with a hyphen.
fn undivided(text: &str, formats: DateFormats) -> Period {
    let given = [!text.is_empty(); 2];
    if let Some((monday, sunday)) = whole_week(text) {
        return Period::of(monday, sunday);
    }
    let single = formats.parse(text);
    if single != Parsed::default() {
        return Period { from: single, to: single, given };
    }
    if let Some((from, to)) = written::read(text) {
        return Period::of(from, to);
    }
    if let Some(text) = written::without_article(text) {
        let single = formats.parse(text);
        if single.date.is_some() {
            return Period { from: single, to: single, given };
        }
    }
    if let Some((from, to)) = written::ends(text) {
        let ends = [formats.parse(&from), formats.parse(&to)];
        if let [Parsed { date: Some(_), .. }, Parsed { date: Some(_), .. }] = ends {
            return Period { from: ends[0], to: ends[1], given };
        }
    }
    Period { given, ..Period::default() }
}

/// A date or an interval in ISO 8601, both ends with the same precision and in order, without distances from UTC; `None`
/// when an end cannot be read.
pub fn iso_interval(text: &str, formats: DateFormats) -> Option<String> {
    let Period { from, to, .. } = period(text, formats);
    let (from, to) = (from.date?.without_offset(), to.date?.without_offset());
    let common = from.resolution().min(to.resolution());
    let (from, to) = (from.cut(common), to.cut(common));
    Some(match from.earliest().cmp(&to.earliest()) {
        Ordering::Less => format!("{from}/{to}"),
        Ordering::Equal => from.to_string(),
        Ordering::Greater => format!("{to}/{from}"),
    })
}

/// Reads a date where no interval is expected: of an interval in figures, the beginning.
pub fn start_of_period(text: &str, formats: DateFormats) -> Parsed {
    let text = text.trim();
    let start = text.split_once('/').filter(|(from, to)| {
        let begins_with_year = from.starts_with(['1', '2']) && from.get(..4).is_some_and(all_digits);
        begins_with_year
            && !to.contains('/')
            && match from.len() {
                // 1999/2000 and 1999/P1Y, but not 1999/02 or 1986/03-13.
                4 => to.starts_with(['P', '1', '2']) && to.len() > 2,
                _ => to.len() >= 2,
            }
    });
    formats.parse(start.map_or(text, |(from, _)| from))
}

/// The ends of an interval in figures with exactly one `/`; twice the text when it is none.
///
/// Seven characters are a month or nothing (`1986/03`, `1978/91`), never an interval.
pub fn split_period(text: &str) -> [String; 2] {
    if let Some(ends) = split_iso_range(text) {
        return ends;
    }
    let whole = || [text.to_owned(), text.to_owned()];
    match text.split_once('/') {
        Some((from, "")) if text.len() > 7 => [from.to_owned(), from.to_owned()],
        Some((from, to)) if !to.contains('/') && text.len() > 7 => [from.to_owned(), to.to_owned()],
        _ => whole(),
    }
}

/// The ends of an ISO 8601 interval whose end leaves out what it shares with the beginning: `1990-01-02/15`, `1990-01/12`,
/// `1990-01-02/09-15`.
pub fn split_iso_range(text: &str) -> Option<[String; 2]> {
    let (from, to) = text.split_once('/')?;
    let (year, rest) = from.split_once('-')?;
    if year.len() != 4 || !all_digits(year) {
        return None;
    }
    let month = |text: &str| two_digits(text).is_some_and(|value| (1..=12).contains(&value));
    let day = |text: &str| two_digits(text).is_some_and(|value| (1..=31).contains(&value));
    let end = match (rest.split_once('-'), to.split_once('-')) {
        (None, None) if month(rest) && month(to) => format!("{year}-{to}"),
        (Some((m, d)), None) if month(m) && day(d) && day(to) => format!("{year}-{m}-{to}"),
        (Some((m, d)), Some((n, e))) if month(m) && day(d) && month(n) && day(e) => format!("{year}-{to}"),
        _ => return None,
    };
    Some([from.to_owned(), end])
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn two_digits(text: &str) -> Option<u8> {
    text.parse().ok().filter(|_| text.len() <= 2 && all_digits(text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::DateOrder;
    use super::*;

    #[test]
    fn intervals_have_two_ends() {
        for (text, from, to) in [
            ("1999-02-01/28", "1999-02-01", "1999-02-28"),
            ("1998-9-30/10-7", "1998-09-30", "1998-10-07"),
            ("2018-W43", "2018-10-22", "2018-10-28"),
            ("2018-W43/2018-W44", "2018-10-22", "2018-11-04"),
            ("1990-1992", "1990", "1992"),
            ("1990 – 1992", "1990", "1992"),
            ("du 01/05/1998 au 15/05/1998", "1998-05-01", "1998-05-15"),
            ("01/05/1998 - 15/05/1998", "1998-05-01", "1998-05-15"),
            ("01/05/1998-15/05/1998", "1998-05-01", "1998-05-15"),
            ("entre 1998 et 2001", "1998", "2001"),
            ("le 12/05/1998", "1998-05-12", "1998-05-12"),
            ("12/VII/1998", "1998-07-12", "1998-07-12"),
            ("mai/juin 1998", "1998-05", "1998-06"),
            ("2000-01-01/", "2000-01-01", "2000-01-01"),
            ("1999-02/03", "1999-02", "1999-03"),
        ] {
            let period = period(text, DateFormats::from(DateOrder::DayMonthYear));
            let ends = [period.from, period.to].map(|end| end.date.map(|date| date.to_string()));
            assert_eq!(ends, [Some(from.to_owned()), Some(to.to_owned())], "{text}");
        }
    }

    #[test]
    fn intervals_are_told_in_iso_8601() {
        for (text, expected) in [
            ("2010/2011", Some("2010/2011")),
            ("2010", Some("2010")),
            ("2011-05-03/2010", Some("2010/2011")),
            ("12/05/1998", Some("1998-05-12")),
            ("2012-04-19T05:21:43+02:00", Some("2012-04-19T05:21:43")),
            ("du 01/05/1998 au 15/05/1998", Some("1998-05-01/1998-05-15")),
            ("1999-02/03", Some("1999-02/1999-03")),
            ("hier", None),
            ("", None),
        ] {
            let formats = DateFormats::from(DateOrder::DayMonthYear);
            assert_eq!(iso_interval(text, formats).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_interval_has_none() {
        for text in ["1986/03", "1978/91", "1999/P1Y", "1986/03-13", "2004-12-30/2005-03-13T24:00", "15 jan-fev 2018"] {
            let period = period(text, DateFormats::from(DateOrder::DayMonthYear));
            assert!(period.from.date.is_none() || period.to.date.is_none(), "{text}");
        }
    }
}
