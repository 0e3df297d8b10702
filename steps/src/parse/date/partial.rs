//! A date of which the day, or the month too, may be unknown.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resolution {
    /// The year alone.
    Year,
    /// Year and month.
    Month,
    /// The day.
    Day,
    /// The time of the day.
    Time,
}

/// A time of the day, with the distance from UTC if it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The local time.
    pub time: Time,
    /// Seconds east of UTC.
    pub offset: Option<i32>,
}

/// A valid date of the proleptic Gregorian calendar, known to a [`Resolution`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialDate {
    /// The first day that the date may mean.
    first: Date,
    resolution: Resolution,
    clock: Clock,
}

const MIDNIGHT: Clock = Clock { time: Time::constant(0, 0, 0, 0), offset: None };

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { first: date, resolution: Resolution::Day, clock: MIDNIGHT }
    }
}

impl PartialDate {
    /// A date from its parts; `None` when there is no such date, or a day without a month.
    pub fn of_parts(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let resolution = match (month, day) {
            (None, None) => Resolution::Year,
            (Some(_), None) => Resolution::Month,
            (Some(_), Some(_)) => Resolution::Day,
            (None, Some(_)) => return None,
        };
        let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        (year >= 0).then_some(Self { first, resolution, clock: MIDNIGHT })
    }

    /// The same day at a time; a date without a day stays as it is.
    pub fn at(self, clock: Clock) -> Self {
        match self.resolution {
            Resolution::Day | Resolution::Time => Self { resolution: Resolution::Time, clock, ..self },
            Resolution::Year | Resolution::Month => self,
        }
    }

    /// How exactly the date is known.
    pub fn resolution(self) -> Resolution {
        self.resolution
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.first.year()
    }

    /// The month, if known.
    pub fn month(self) -> Option<i8> {
        (self.resolution >= Resolution::Month).then(|| self.first.month())
    }

    /// The day of the month, if known.
    pub fn day(self) -> Option<i8> {
        (self.resolution >= Resolution::Day).then(|| self.first.day())
    }

    /// The time of the day, if known.
    pub fn clock(self) -> Option<Clock> {
        (self.resolution == Resolution::Time).then_some(self.clock)
    }

    /// The first day that the date may mean.
    pub fn first_day(self) -> Date {
        self.first
    }

    /// The last day that the date may mean.
    pub fn last_day(self) -> Date {
        match self.resolution {
            Resolution::Year => self.first.last_of_year(),
            Resolution::Month => self.first.last_of_month(),
            Resolution::Day | Resolution::Time => self.first,
        }
    }

    /// The first local instant that the date may mean.
    pub fn earliest(self) -> DateTime {
        self.first.to_datetime(self.clock.time)
    }

    /// The last local millisecond that the date may mean; a time means itself, as at GBIF.
    pub fn latest(self) -> DateTime {
        match self.resolution {
            Resolution::Time => self.earliest(),
            _ => self.last_day().to_datetime(Time::constant(23, 59, 59, 999_000_000)),
        }
    }

    /// The first instant in milliseconds since 1970, as if local time were UTC, or with the offset taken away.
    pub fn epoch_milliseconds(self, ignore_offset: bool) -> i64 {
        let offset = if ignore_offset { 0 } else { self.clock.offset.unwrap_or(0) };
        epoch_milliseconds(self.earliest()) - i64::from(offset) * 1000
    }

    /// The date with the parts beyond a resolution taken away.
    pub fn cut(self, resolution: Resolution) -> Self {
        let resolution = resolution.min(self.resolution);
        let first = match resolution {
            Resolution::Year => self.first.first_of_year(),
            Resolution::Month => self.first.first_of_month(),
            Resolution::Day | Resolution::Time => self.first,
        };
        let clock = if resolution == Resolution::Time { self.clock } else { MIDNIGHT };
        Self { first, resolution, clock }
    }

    /// The date without its distance from UTC.
    pub fn without_offset(self) -> Self {
        Self { clock: Clock { offset: None, ..self.clock }, ..self }
    }

    /// Whether two dates are the same to the day, or one lies in the other.
    pub fn same_or_contained(self, other: Self) -> bool {
        let common = self.resolution.min(other.resolution).min(Resolution::Day);
        self.cut(common) == other.cut(common)
    }

    /// The more exact of two dates that do not contradict each other.
    pub fn best(self, other: Self) -> Option<Self> {
        let common = self.resolution.min(other.resolution);
        let same = self.without_offset().cut(common) == other.without_offset().cut(common);
        same.then_some(if self.resolution > other.resolution { self } else { other })
    }

    /// What several dates agree on: as much of year, month and day as they all give and give alike.
    ///
    /// `None` when there are none or the years differ. When they agree to the day, the most exact one.
    pub fn agreement(dates: impl IntoIterator<Item = Self>) -> Option<Self> {
        dates.into_iter().map(Some).reduce(|agreed, date| agreed?.agreement_with(date?)).flatten()
    }

    fn agreement_with(self, other: Self) -> Option<Self> {
        let (a, b) = (self.resolution.min(Resolution::Day), other.resolution.min(Resolution::Day));
        let common = a.min(b);
        if self.cut(common) == other.cut(common) {
            return if a == b { self.best(other) } else { Some(self.cut(common)) };
        }
        [Resolution::Month, Resolution::Year]
            .into_iter()
            .filter(|resolution| *resolution < common)
            .find(|resolution| self.cut(*resolution) == other.cut(*resolution))
            .map(|resolution| self.cut(resolution))
    }
}

/// Milliseconds since 1970 of a civil time, as if it were UTC.
pub(crate) fn epoch_milliseconds(civil: DateTime) -> i64 {
    let days = Date::constant(1970, 1, 1).duration_until(civil.date()).as_secs() / 86_400;
    let time = civil.time();
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    (days * 86_400 + seconds) * 1000 + i64::from(time.subsec_nanosecond()) / 1_000_000
}

/// Whether a day lies in an interval of days or times.
pub fn within_range(from: PartialDate, to: PartialDate, date: PartialDate) -> bool {
    (from.first_day()..=to.last_day()).contains(&date.first_day())
}

/// ISO 8601, with the parts that are known. Seconds are left out when zero, fractions have 3, 6 or 9 digits.
impl fmt::Display for PartialDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.year())?;
        if let Some(month) = self.month() {
            write!(formatter, "-{month:02}")?;
        }
        if let Some(day) = self.day() {
            write!(formatter, "-{day:02}")?;
        }
        match self.clock() {
            Some(clock) => clock.fmt(formatter),
            None => Ok(()),
        }
    }
}

/// `T10:30`, `T10:30:15.120`, `T10:30Z`, `T10:30+02:00`.
impl fmt::Display for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time;
        write!(formatter, "T{:02}:{:02}", time.hour(), time.minute())?;
        let nanoseconds = time.subsec_nanosecond();
        if time.second() != 0 || nanoseconds != 0 {
            write!(formatter, ":{:02}", time.second())?;
        }
        match nanoseconds {
            0 => {}
            n if n % 1_000_000 == 0 => write!(formatter, ".{:03}", n / 1_000_000)?,
            n if n % 1_000 == 0 => write!(formatter, ".{:06}", n / 1_000)?,
            n => write!(formatter, ".{n:09}")?,
        }
        match self.offset {
            None => Ok(()),
            Some(0) => formatter.write_str("Z"),
            Some(offset) => {
                let (sign, distance) = (if offset < 0 { '-' } else { '+' }, offset.abs());
                write!(formatter, "{sign}{:02}:{:02}", distance / 3600, distance / 60 % 60)
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        super::super::DateFormats::from(super::super::DateOrder::Iso).parse(text).date.unwrap()
    }

    #[test]
    fn dates_agree_to_the_last_common_part() {
        for (a, b, expected) in [
            ("1984-03-22", "1984-03", Some("1984-03")),
            ("1984-03-22", "1984-03-18", Some("1984-03")),
            ("1984-03-22", "1984-04-22", Some("1984")),
            ("1984-03-22", "1984", Some("1984")),
            ("1984-03-22", "1985", None),
            ("1984-03-22", "1984-03-22T10:00", Some("1984-03-22T10:00")),
        ] {
            let agreed = PartialDate::agreement([date(a), date(b)]);
            assert_eq!(agreed.map(|date| date.to_string()).as_deref(), expected, "{a} {b}");
        }
    }
}
