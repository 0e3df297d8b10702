//! Civil time of the territories of France.
//!
//! The table is our own, so that a date does not depend on the time zone files of the machine.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::{DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::partial::{Clock, PartialDate};

const TABLE: &str = include_str!("../../vocabulary/time_zones.tsv");

/// The civil time of a territory: what holds from when.
#[derive(Debug)]
pub struct Zone(Vec<(Timestamp, TimeZone)>);

static ZONES: LazyLock<HashMap<&'static str, &'static Zone>> = LazyLock::new(|| {
    let mut zones: Vec<(&'static str, Zone)> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(territories), Some(from), Some(rule)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let from = from.parse().unwrap_or(Timestamp::MIN);
        let rule = match rule.parse::<i32>() {
            Ok(seconds) => Offset::from_seconds(seconds).ok().map(TimeZone::fixed),
            Err(_) => TimeZone::posix(rule).ok(),
        };
        let Some(rule) = rule else { continue };
        match zones.last_mut() {
            Some((same, zone)) if *same == territories => zone.0.push((from, rule)),
            _ => zones.push((territories, Zone(vec![(from, rule)]))),
        }
    }
    let mut of_territory = HashMap::new();
    for (territories, zone) in zones {
        let zone: &'static Zone = Box::leak(Box::new(zone));
        of_territory.extend(territories.split(' ').map(|territory| (territory, zone)));
    }
    of_territory
});

impl Zone {
    /// The zone of a territory (ISO 3166-1 alpha-2); metropolitan France when none is given, `None` elsewhere.
    pub fn of_territory(code: Option<&str>) -> Option<&'static Self> {
        let code = code.map_or("FR", str::trim);
        ZONES.get(code).or_else(|| ZONES.get(code.to_ascii_uppercase().as_str())).copied()
    }

    /// The local time of an instant given in UTC.
    fn local(&self, utc: DateTime) -> Option<DateTime> {
        let instant = TimeZone::UTC.to_timestamp(utc).ok()?;
        let position = self.0.partition_point(|(from, _)| *from <= instant).checked_sub(1)?;
        self.0.get(position).map(|(_, rule)| rule.to_datetime(instant))
    }

    /// The local days of an interval that was exported as instants in UTC: `1985-08-07T22:00:00Z` is the first moment of
    /// 8 August in Paris.
    ///
    /// `None` unless the beginning is exactly local midnight, and the end too or the last second or minute of a day.
    pub fn days_of_instants(&self, from: PartialDate, to: PartialDate) -> Option<(PartialDate, PartialDate)> {
        let local = |date: PartialDate| match date.clock() {
            Some(Clock { offset: Some(0), .. }) => self.local(date.earliest()),
            _ => None,
        };
        let midnight = Time::midnight();
        let first = local(from).filter(|first| first.time() == midnight)?;
        let last = local(to).filter(|last| {
            let left = last.time().duration_until(Time::MAX);
            last.time() == midnight
                || (left < SignedDuration::from_mins(1) && (last.second() == 0 || last.second() == 59))
        })?;
        Some((first.date().into(), last.date().into()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::{DateFormats, DateOrder};
    use super::*;

    fn day(territory: Option<&str>, instant: &str) -> Option<String> {
        let date = DateFormats::from(DateOrder::Iso).parse(instant).date.unwrap();
        let (from, _) = Zone::of_territory(territory)?.days_of_instants(date, date)?;
        Some(from.to_string())
    }

    #[test]
    fn local_midnight_given_in_utc_is_a_day() {
        for (territory, instant, expected) in [
            (None, "1985-08-07T22:00:00Z", Some("1985-08-08")),
            (Some("FR"), "1985-10-07T23:00:00Z", Some("1985-10-08")),
            (Some("FR"), "1996-10-07T22:00:00Z", Some("1996-10-08")),
            (Some("fr"), "2020-02-28T23:00Z", Some("2020-02-29")),
            (Some("FR"), "2020-07-28T23:00Z", None),
            (Some("FR"), "1970-07-28T23:00Z", Some("1970-07-29")),
            (Some("RE"), "2020-07-28T20:00Z", Some("2020-07-29")),
            (Some("GP"), "2020-07-28T04:00Z", Some("2020-07-28")),
            (Some("GF"), "2020-07-28T03:00:00.000Z", Some("2020-07-28")),
            (Some("NC"), "2020-07-28T13:00Z", Some("2020-07-29")),
            (Some("PF"), "2020-07-28T10:00Z", Some("2020-07-28")),
            (Some("PM"), "2020-07-28T02:00Z", Some("2020-07-28")),
            (Some("DE"), "1985-08-07T22:00:00Z", None),
            (Some("FR"), "1985-08-07T22:00:00", None),
            (Some("FR"), "1985-08-07T22:00:00+02:00", None),
        ] {
            assert_eq!(day(territory, instant).as_deref(), expected, "{territory:?} {instant}");
        }
    }
}
