//! Dates as people and databases write them.
//!
//! A text is read in two stages. [`read`] says what a text can mean without knowing the dataset: nothing, one date, or two
//! dates when day and month may be exchanged. [`DateFormats`] then decides what the dataset admits. So `5/4/2014` is the
//! same [`Reading`] everywhere, and a run, a dataset, or the year, month and day of the record choose.
//!
//! Nothing here knows the clock, a locale or a century: years have four digits, and a two-digit year is not a date (a
//! caller that knows the century says so). Texts longer than [`LONGEST`] bytes are not dates: the longest sensible one, an
//! interval of instants with nanoseconds and offsets, has 71.

mod clock;
mod numeric;
mod partial;
mod parts;
mod period;
mod plain;
mod scanner;
mod written;
mod zone;

pub(crate) use partial::epoch_milliseconds;
pub use partial::{Clock, PartialDate, Resolution, within_range};
pub use parts::{DateParts, date_of_ordinal};
pub use period::{Period, iso_interval, period, split_iso_range, split_period, start_of_period};
pub use plain::{is_plain, plain_part};
pub use written::{Token, tokens};
pub use zone::Zone;

/// Texts with more bytes are not read as dates.
pub const LONGEST: usize = 120;

/// How a date such as `5/4/2014`, which can be read in two ways, is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Not at all: the date is ambiguous and is dropped, as GBIF does by default.
    Iso,
    /// Day first, as in France.
    #[default]
    DayMonthYear,
    /// Month first, as in the United States.
    MonthDayYear,
}

impl DateOrder {
    /// The order of a configured name: `ISO`, `DMY` or `MDY`.
    pub fn of_name(name: &str) -> Option<Self> {
        [("ISO", Self::Iso), ("DMY", Self::DayMonthYear), ("MDY", Self::MonthDayYear)]
            .into_iter()
            .find_map(|(known, order)| known.eq_ignore_ascii_case(name.trim()).then_some(order))
    }
}

/// What a text can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// No date.
    Unreadable,
    /// One date.
    Certain(PartialDate),
    /// A month before its year, `05/1998`: certain for a reader in France, never accepted by GBIF.
    MonthYear(PartialDate),
    /// Day and month can be exchanged.
    Ambiguous {
        /// Read with the day first.
        day_first: PartialDate,
        /// Read with the month first.
        month_first: PartialDate,
    },
}

/// What a text means in a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parsed {
    /// The date, when there is one.
    pub date: Option<PartialDate>,
    /// Both readings of an ambiguous text, so that other terms of the record may decide.
    pub alternatives: Option<[PartialDate; 2]>,
}

impl From<PartialDate> for Parsed {
    fn from(date: PartialDate) -> Self {
        Self { date: Some(date), alternatives: None }
    }
}

/// Which readings of an ambiguous date a dataset admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormats {
    /// The order in dates without a time.
    dates: DateOrder,
    /// The order in dates with a time.
    times: DateOrder,
    /// Whether a month may stand before its year without a day.
    month_year: bool,
}

impl From<DateOrder> for DateFormats {
    fn from(order: DateOrder) -> Self {
        Self { dates: order, times: order, month_year: order != DateOrder::Iso }
    }
}

impl DateFormats {
    /// The formats of a GBIF list such as `DMYT,DMY`: exactly the named ones, the first of each kind.
    ///
    /// `T` stands for a time; other names (`ISO_ETC`) admit nothing more than what is certain.
    pub fn of_names(names: &str) -> Self {
        let mut formats = Self::from(DateOrder::Iso);
        for name in names.split([',', ';', '|']).map(str::trim) {
            let (order, timed) = match name.to_ascii_uppercase().as_str() {
                "DMY" => (DateOrder::DayMonthYear, false),
                "DMYT" => (DateOrder::DayMonthYear, true),
                "MDY" => (DateOrder::MonthDayYear, false),
                "MDYT" => (DateOrder::MonthDayYear, true),
                _ => continue,
            };
            let kind = if timed { &mut formats.times } else { &mut formats.dates };
            if *kind == DateOrder::Iso {
                *kind = order;
            }
        }
        formats
    }

    /// Chooses.
    pub fn choose(self, reading: Reading) -> Parsed {
        match reading {
            Reading::Unreadable => Parsed::default(),
            Reading::Certain(date) => date.into(),
            Reading::MonthYear(date) => Parsed { date: self.month_year.then_some(date), alternatives: None },
            Reading::Ambiguous { day_first, month_first } => {
                let order = if day_first.resolution() == Resolution::Time { self.times } else { self.dates };
                let date = match order {
                    DateOrder::Iso => None,
                    DateOrder::DayMonthYear => Some(day_first),
                    DateOrder::MonthDayYear => Some(month_first),
                };
                Parsed { date, alternatives: Some([day_first, month_first]) }
            }
        }
    }

    /// Reads one date, never an interval.
    pub fn parse(self, text: &str) -> Parsed {
        self.choose(read(text, None))
    }
}

/// Reads one date, never an interval. Two-digit years are of the century that begins with `century`, if any.
pub fn read(text: &str, century: Option<i16>) -> Reading {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return Reading::Unreadable;
    }
    let numeric = numeric::read(text, century);
    if numeric != Reading::Unreadable || !text.bytes().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()) {
        return numeric;
    }
    match written::read(text) {
        Some((from, to)) if from == to => Reading::Certain(from),
        _ => Reading::Unreadable,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn an_ambiguous_date_is_decided_by_the_formats_of_the_dataset() {
        let french = DateFormats::from(DateOrder::DayMonthYear);
        assert_eq!(french.parse("05/04/2014").date.unwrap().to_string(), "2014-04-05");
        assert_eq!(french.parse("05/1998").date.unwrap().to_string(), "1998-05");
        let american = DateFormats::of_names("MDYT, MDY");
        assert_eq!(american.parse("05/04/2014 10:00").date.unwrap().to_string(), "2014-05-04T10:00");
        assert_eq!(DateFormats::from(DateOrder::Iso).parse("05/04/2014").date, None);
        assert_eq!(DateFormats::of_names("DMY").parse("05/04/2014 10:00").date, None);
    }
}
