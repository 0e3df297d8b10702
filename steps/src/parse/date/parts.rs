//! Year, month and day from separate terms.

use jiff::civil::Date;

use super::partial::PartialDate;
use crate::parse::month::month_of_name;

/// Year, month and day as given in separate terms, read one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateParts {
    /// The year, if the text has one.
    pub year: Option<i32>,
    /// The month, from a number or a name.
    pub month: Option<i32>,
    /// The day of the month.
    pub day: Option<i32>,
    /// Which of year, month and day were given but are no numbers.
    pub discarded: [bool; 3],
    /// Whether every part given is a whole number greater than zero, as Darwin Core asks.
    pub is_clean: bool,
}

impl DateParts {
    /// Reads the three texts; blank ones count as not given.
    pub fn read(year: Option<&str>, month: Option<&str>, day: Option<&str>) -> Self {
        let [year, month, day] = [year, month, day].map(|part| part.map(str::trim).filter(|part| !part.is_empty()));
        let (year_value, month_value, day_value) = (
            year.and_then(number),
            month.and_then(|month| number(month).or_else(|| month_of_name(month).map(i32::from))),
            day.and_then(number),
        );
        let clean = |part: Option<&str>| part.is_none_or(|part| part.parse::<i32>().is_ok_and(|value| value > 0));
        Self {
            year: year_value,
            month: month_value,
            day: day_value,
            discarded: [(year, year_value), (month, month_value), (day, day_value)]
                .map(|(text, value)| value.is_none() && text.is_some_and(|text| text != "\\N")),
            is_clean: clean(year) && clean(month) && clean(day),
        }
    }

    /// The date of the parts. A month or day of zero counts as unknown; an impossible date, a day without a month and a
    /// year of fewer than two or more than four digits are none.
    pub fn date(self) -> Option<PartialDate> {
        let year = self.year.filter(|year| (10..=9999).contains(year))?;
        let known = |part: Option<i32>| part.filter(|value| *value != 0);
        let small = |part: Option<i32>| part.map(|value| i8::try_from(value).unwrap_or(-1));
        PartialDate::of_parts(i16::try_from(year).ok()?, small(known(self.month)), small(known(self.day)))
    }
}

/// A whole number, also one that went through a floating point column (`1978.0`).
fn number(text: &str) -> Option<i32> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let (whole, zeros) = text.split_once('.')?;
    let is_whole = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    whole.parse().ok().filter(|_| is_whole)
}

/// The date of a day of the year, 1 to 365 or 366.
pub fn date_of_ordinal(year: i16, day: i16) -> Option<Date> {
    let first = Date::new(year, 1, 1).ok()?;
    (1..=first.days_in_year()).contains(&day).then(|| first.with().day_of_year(day).build().ok()).flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_are_no_numbers_are_told_apart() {
        for (parts, expected, is_clean) in [
            (["2000", "5", "6"], Some("2000-05-06"), true),
            (["2000", "août", ""], Some("2000-08"), false),
            (["2018.0", "1.0", "02.0"], Some("2018-01-02"), false),
            (["1984", "0", "0"], Some("1984"), false),
            (["1984", "0", "22"], None, false),
            (["1984", "3", "32"], None, true),
            (["20222", "2", "4"], None, true),
            (["0", "10", "11"], None, false),
            (["02008", "6", ""], Some("2008-06"), true),
        ] {
            let read = DateParts::read(Some(parts[0]), Some(parts[1]), Some(parts[2]));
            assert_eq!(read.date().map(|date| date.to_string()).as_deref(), expected, "{parts:?}");
            assert_eq!(read.is_clean, is_clean, "{parts:?}");
        }
    }
}
