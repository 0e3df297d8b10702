//! The one interval that the date terms of a record agree on.
//!
//! A record may give its date three times: as `eventDate`, as `year`, `month` and `day`, and as `year` with the days of the
//! year. Each is read on its own; where they contradict each other the parts that they agree on are left, with
//! `RECORDED_DATE_MISMATCH`.

use jiff::civil::{Date, date};

use crate::parse::date::{
    DateFormats, DateParts, Parsed, PartialDate, Period, Resolution, Zone, date_of_ordinal, period, start_of_period,
    within_range,
};
use crate::{Issue, IssueSet};

/// Events before this day are not believed.
const EARLIEST: Date = date(1500, 1, 1);

/// The date terms of one record; blank ones are `None`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EventTerms<'a> {
    pub event_date: Option<&'a str>,
    pub year: Option<&'a str>,
    pub month: Option<&'a str>,
    pub day: Option<&'a str>,
    pub start_day_of_year: Option<&'a str>,
    pub end_day_of_year: Option<&'a str>,
    pub verbatim_event_date: Option<&'a str>,
    /// Whether `eventTime` says that a time in `eventDate` is meant.
    pub has_time: bool,
    pub country_code: Option<&'a str>,
}

/// What decides besides the record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub formats: DateFormats,
    pub run_date: Date,
}

/// When something was observed: from the first to the last date, both known to the same resolution, in order.
///
/// Times keep their distance from UTC, as the text has it; [`Event::local`] drops it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub from: PartialDate,
    pub to: PartialDate,
}

impl EventTerms<'_> {
    fn gives_parts(&self) -> bool {
        self.year.is_some() || self.month.is_some() || self.day.is_some()
    }

    /// Interprets the terms; raises the `RECORDED_DATE_*` issues and `MISSING_COLLECTION_DATE`.
    pub fn interpret(&self, rules: Rules, issues: &mut IssueSet) -> Option<Event> {
        let fallback = self.verbatim_event_date.filter(|_| self.event_date.is_none() && !self.gives_parts());
        let text = self.event_date.or(fallback);
        if text.is_none() && !self.gives_parts() {
            issues.raise(Issue::MissingCollectionDate);
            return None;
        }
        let parts = DateParts::read(self.year, self.month, self.day);
        let of_parts = parts.date();
        let mut given = text.map_or_else(Period::default, |text| period(text, rules.formats));
        self.local_days(&mut given, of_parts);
        if self.accepts(&given, of_parts, rules) {
            let (Some(from), Some(to)) = (given.from.date, given.to.date) else { return None };
            return Some(in_order(from, to, issues));
        }
        // The precision is reduced until all sources agree.
        let from = self.end(given.from, given.given[0], &parts, self.start_day_of_year, rules, issues);
        let to = self.end(given.to, given.given[1], &parts, self.end_day_of_year, rules, issues);
        match (from, to) {
            (Some(from), Some(to)) => Some(in_order(from, to, issues)),
            (None, None) => None,
            _ => {
                issues.raise(Issue::RecordedDateMismatch);
                None
            }
        }
    }

    /// The date that `eventDate`, where one date and no interval is expected of it, agrees on with year, month and day.
    ///
    /// Raises the same issues as [`EventTerms::interpret`]; a text that only repeats the parts is compared like any other.
    pub fn one_date(&self, rules: Rules, issues: &mut IssueSet) -> Option<PartialDate> {
        let parts = DateParts::read(self.year, self.month, self.day);
        let parsed = self.event_date.map(|text| start_of_period(text, rules.formats)).unwrap_or_default();
        self.end(parsed, self.event_date.is_some(), &parts, None, rules, issues)
    }

    /// One end of the interval: the best date that the three sources agree on.
    fn end(
        &self,
        parsed: Parsed,
        is_given: bool,
        parts: &DateParts,
        day_of_year: Option<&str>,
        rules: Rules,
        issues: &mut IssueSet,
    ) -> Option<PartialDate> {
        issues.raise_if(self.gives_parts() && !parts.is_clean, Issue::RecordedDateInvalid);
        let day_of_year = DayOfYear::read(parts, day_of_year);
        // A year with a day of the year is a date of its own, not a year to compare with it.
        let year_alone = self.month.is_none() && self.day.is_none();
        let gives_parts = self.gives_parts() && !(day_of_year.is_given && year_alone);
        let of_parts = Source {
            is_given: gives_parts,
            parsed: parts.date().filter(|_| gives_parts).map(Parsed::from).unwrap_or_default(),
        };
        combine(of_parts, Source { is_given, parsed }, day_of_year, rules, issues)
    }

    /// Turns days that were exported as instants in UTC back into local days.
    ///
    /// Year, month and day that repeat the day in UTC, or a time of the event, say that the instant is meant.
    fn local_days(&self, given: &mut Period, of_parts: Option<PartialDate>) {
        let (Some(from), Some(to)) = (given.from.date, given.to.date) else { return };
        let is_instant = |date: PartialDate| date.clock().is_some_and(|clock| clock.offset == Some(0));
        if !is_instant(from) || !is_instant(to) || self.has_time || of_parts == Some(from.cut(Resolution::Day)) {
            return;
        }
        let zone = Zone::of_territory(self.country_code);
        if let Some((from, to)) = zone.and_then(|zone| zone.days_of_instants(from, to)) {
            (given.from, given.to) = (from.into(), to.into());
        }
    }

    /// Whether year, month and day only repeat what the date text says: a day in its interval, or exactly the parts that
    /// do not change in it. The days of the year then do not count.
    fn accepts(&self, given: &Period, of_parts: Option<PartialDate>, rules: Rules) -> bool {
        let likely = |date: &PartialDate| is_likely(*date, rules);
        let (Some(from), Some(to)) = (given.from.date.filter(likely), given.to.date.filter(likely)) else {
            return false;
        };
        let Some(parts) = of_parts.filter(likely) else { return false };
        let days = [from, to, parts].into_iter().all(|date| date.resolution() >= Resolution::Day);
        (days && (within_range(from, to, parts) || within_range(to, from, parts)))
            || PartialDate::agreement([from, to]) == Some(parts)
    }
}

/// A date that one group of terms gives for one end of the interval.
#[derive(Debug, Clone, Copy)]
struct Source {
    is_given: bool,
    parsed: Parsed,
}

/// A year with a day of the year.
#[derive(Debug, Clone, Copy)]
struct DayOfYear {
    is_given: bool,
    date: Option<PartialDate>,
}

impl DayOfYear {
    fn read(parts: &DateParts, day_of_year: Option<&str>) -> Self {
        let day = DateParts::read(None, None, day_of_year).day;
        let year = parts.year.filter(|year| (10..=9999).contains(year));
        let date = year.zip(day).and_then(|(year, day)| {
            date_of_ordinal(i16::try_from(year).ok()?, i16::try_from(day).ok()?).map(PartialDate::from)
        });
        let has_year = parts.year.is_some() || parts.discarded[0];
        Self { is_given: has_year && day_of_year.is_some(), date }
    }
}

/// The best date that the sources of one end agree on.
fn combine(
    of_parts: Source,
    of_text: Source,
    day_of_year: DayOfYear,
    rules: Rules,
    issues: &mut IssueSet,
) -> Option<PartialDate> {
    let parts = of_parts.parsed.date;
    let mut text = of_text.parsed.date;
    issues.raise_if(of_parts.is_given && parts.is_none(), Issue::RecordedDateInvalid);
    issues.raise_if(of_text.is_given && text.is_none(), Issue::RecordedDateInvalid);
    issues.raise_if(day_of_year.is_given && day_of_year.date.is_none(), Issue::RecordedDateInvalid);
    // 5/4/2014 with year 2014, month 4, day 5: the parts decide, even against the order of the dataset.
    let sure = parts.or(day_of_year.date);
    if let Some((sure, readings)) = sure.zip(of_text.parsed.alternatives) {
        let contradicts = !text.is_some_and(|text| text.same_or_contained(sure));
        let resolved = readings.into_iter().find(|reading| reading.cut(Resolution::Day) == sure);
        if let Some(resolved) = resolved.filter(|_| contradicts) {
            issues.raise(Issue::RecordedDateInvalid);
            text = Some(resolved);
        }
    }
    let sources = [parts, text, day_of_year.date];
    let disagree =
        |a: Option<PartialDate>, b: Option<PartialDate>| a.zip(b).is_some_and(|(a, b)| !a.same_or_contained(b));
    let coarser = |a: Option<PartialDate>, b: Option<PartialDate>| {
        let day = |date: PartialDate| date.resolution().min(Resolution::Day);
        a.zip(b).is_some_and(|(a, b)| day(a) != day(b))
    };
    issues.raise_if(
        disagree(parts, text)
            || disagree(parts, day_of_year.date)
            || disagree(text, day_of_year.date)
            || coarser(parts, of_text.parsed.date),
        Issue::RecordedDateMismatch,
    );
    let agreed = PartialDate::agreement(sources.into_iter().flatten());
    let Some(agreed) = agreed else {
        let several =
            [of_parts.is_given, of_text.is_given, day_of_year.is_given].into_iter().filter(|given| *given).count() > 1;
        issues.raise_if(several, Issue::RecordedDateMismatch);
        return None;
    };
    if !is_likely(agreed, rules) {
        issues.raise(Issue::RecordedDateUnlikely);
        return None;
    }
    Some(agreed)
}

/// Whether the first day of a date lies between 1500 and tomorrow.
fn is_likely(date: PartialDate, rules: Rules) -> bool {
    let tomorrow = rules.run_date.tomorrow().unwrap_or(rules.run_date);
    (EARLIEST..=tomorrow).contains(&date.first_day())
}

/// Both ends at the coarser of their resolutions, the earlier one first, with comparable times.
fn in_order(from: PartialDate, to: PartialDate, issues: &mut IssueSet) -> Event {
    let common = from.resolution().min(to.resolution());
    issues.raise_if(from.resolution() != to.resolution(), Issue::RecordedDateMismatch);
    let (mut from, mut to) = (from.cut(common), to.cut(common));
    let offset = |date: PartialDate| date.clock().and_then(|clock| clock.offset);
    if offset(from).is_some() != offset(to).is_some() {
        (from, to) = (from.without_offset(), to.without_offset());
    }
    if to.epoch_milliseconds(false) < from.epoch_milliseconds(false) {
        issues.raise(Issue::RecordedDateInvalid);
        (from, to) = (to, from);
    }
    // Two instants in order may stand the other way round in their local times: the end takes the offset of the beginning.
    if let (true, Some(mut clock)) = (to.earliest() < from.earliest(), from.clock()) {
        let shift = i64::from(offset(from).unwrap_or(0) - offset(to).unwrap_or(0));
        if let Ok(moved) = to.earliest().checked_add(jiff::SignedDuration::from_secs(shift)) {
            clock.time = moved.time();
            to = PartialDate::from(moved.date()).at(clock);
        }
    }
    Event { from, to }
}

impl Event {
    /// A local time says more about an observation than UTC: a distance from UTC is dropped, only `Z` stays.
    pub fn local(self) -> Self {
        Self { from: local(self.from), to: local(self.to) }
    }
}

fn local(date: PartialDate) -> PartialDate {
    match date.clock().and_then(|clock| clock.offset) {
        Some(offset) if offset != 0 => date.without_offset(),
        _ => date,
    }
}
