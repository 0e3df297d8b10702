//! Dates of protected records, to the day.
//!
//! The hour at which something was seen joins a record to those that were seen beside it (sinp.md 3.6), so no column of a
//! protected record has one: a date with a time becomes what it would be had the day alone been given.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, PrimitiveArray, StringArray};
use arrow::datatypes::TimestampMillisecondType;
use std::sync::Arc;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// The days of a date or interval in ISO 8601: `2024-01-10T14:37/2024-01-10T15:00` is `2024-01-10`.
pub fn days(date: &str) -> Cow<'_, str> {
    if !date.contains('T') {
        return Cow::Borrowed(date);
    }
    let day = |date: &str| date.find('T').unwrap_or(date.len());
    match date.split_once('/') {
        None => Cow::Borrowed(date.split_at(day(date)).0),
        Some((from, to)) => {
            let (from, to) = (from.split_at(day(from)).0, to.split_at(day(to)).0);
            if from == to { Cow::Borrowed(from) } else { Cow::Owned(format!("{from}/{to}")) }
        }
    }
}

/// The precision of a date once its times are taken away; `date` is the date as it was.
pub fn precision<'a>(precision: &'a str, date: Option<&str>) -> &'a str {
    let is_range = || date.is_some_and(|date| days(date).contains('/'));
    match precision {
        "TIME" => "DAY",
        "TIME_RANGE" if is_range() => "DAY_RANGE",
        "TIME_RANGE" => "DAY",
        other => other,
    }
}

/// Instants of protected rows moved to the first instant of their day, or to the last where `is_end`; as the step `temporal`
/// writes them for days.
pub fn bounds_of_days(
    instants: &PrimitiveArray<TimestampMillisecondType>,
    is_end: bool,
    is_protected: impl Fn(usize) -> bool,
) -> ArrayRef {
    let moved = |row: usize, instant: i64| {
        if !is_protected(row) {
            return instant;
        }
        let first = instant.div_euclid(DAY) * DAY;
        if is_end { first + DAY - 1 } else { first }
    };
    let values = instants.iter().enumerate().map(|(row, instant)| instant.map(|instant| moved(row, instant)));
    let moved = values.collect::<PrimitiveArray<TimestampMillisecondType>>();
    Arc::new(moved.with_data_type(instants.data_type().clone()))
}

/// A column of texts with those of protected rows replaced; `of` tells what a text becomes, and is not asked about nulls.
pub fn replaced<'a>(
    texts: &'a StringArray,
    is_protected: impl Fn(usize) -> bool,
    of: impl Fn(usize, &'a str) -> Option<Cow<'a, str>>,
) -> ArrayRef {
    let values = texts.iter().enumerate().map(|(row, text)| match text {
        Some(text) if is_protected(row) => of(row, text),
        free => free.map(Cow::Borrowed),
    });
    Arc::new(values.collect::<StringArray>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_what_is_left() {
        for (given, left) in [
            ("2024", "2024"),
            ("2024-01-10", "2024-01-10"),
            ("2024-01-10/2024-01-12", "2024-01-10/2024-01-12"),
            ("2024-01-10T14:37", "2024-01-10"),
            ("2024-01-10T14:37:01.120Z", "2024-01-10"),
            ("2024-01-10T14:37/2024-01-10T15:00", "2024-01-10"),
            ("2024-01-10T22:00/2024-01-11T02:00", "2024-01-10/2024-01-11"),
        ] {
            assert_eq!(days(given), left);
        }
        assert_eq!(precision("TIME", Some("2024-01-10T14:37")), "DAY");
        assert_eq!(precision("TIME_RANGE", Some("2024-01-10T14:37/2024-01-10T15:00")), "DAY");
        assert_eq!(precision("TIME_RANGE", Some("2024-01-10T22:00/2024-01-11T02:00")), "DAY_RANGE");
        assert_eq!(precision("MONTH", Some("2024-01")), "MONTH");
    }

    #[test]
    fn instants_are_those_of_days() {
        let instants = PrimitiveArray::<TimestampMillisecondType>::from(vec![Some(DAY + 5), None, Some(-1), Some(7)]);
        let bounds = |is_end| {
            let moved = bounds_of_days(&instants, is_end, |row| row != 3);
            let moved = moved.as_any().downcast_ref::<PrimitiveArray<TimestampMillisecondType>>().cloned();
            moved.into_iter().flat_map(|moved| moved.iter().collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(bounds(false), [Some(DAY), None, Some(-DAY), Some(7)]);
        assert_eq!(bounds(true), [Some(2 * DAY - 1), None, Some(-1), Some(7)]);
    }
}
