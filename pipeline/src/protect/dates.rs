//! Dates of protected records, to the day.
//!
//! The hour at which something was seen joins a record to those that were seen beside it (sinp.md 3.6), so no column of a
//! protected record has one: a date with a time becomes what it would be had the day alone been given.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, PrimitiveArray};
use arrow::datatypes::TimestampMillisecondType;

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

/// The first instant of the day of each instant, as the step `temporal` writes it for a day.
pub fn starts_of_days(instants: &PrimitiveArray<TimestampMillisecondType>) -> ArrayRef {
    Arc::new(instants.unary::<_, TimestampMillisecondType>(|instant| instant.div_euclid(DAY) * DAY))
}

/// The last instant of the day of each instant, as the step `temporal` writes it for a day.
pub fn ends_of_days(instants: &PrimitiveArray<TimestampMillisecondType>) -> ArrayRef {
    Arc::new(instants.unary::<_, TimestampMillisecondType>(|instant| instant.div_euclid(DAY) * DAY + DAY - 1))
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;

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
        let instants = PrimitiveArray::<TimestampMillisecondType>::from(vec![Some(DAY + 5), None, Some(-1)]);
        let values = |moved: &ArrayRef| moved.as_primitive::<TimestampMillisecondType>().iter().collect::<Vec<_>>();
        assert_eq!(values(&starts_of_days(&instants)), [Some(DAY), None, Some(-DAY)]);
        assert_eq!(values(&ends_of_days(&instants)), [Some(2 * DAY - 1), None, Some(-1)]);
    }
}
