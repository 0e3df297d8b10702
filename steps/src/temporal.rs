//! # What it does
//! Interprets when a record was observed, identified, georeferenced and modified. The date of the event may be given as
//! text, as year, month and day, and as days of the year; the step finds the one interval that they agree on and says
//! where they do not.
//!
//! # Reads
//! `eventDate`, `year`, `month`, `day`, `startDayOfYear`, `endDayOfYear`; `verbatimEventDate` only when neither `eventDate`
//! nor `year`, `month` or `day` is given; `eventTime` and `countryCode` only for an `eventDate` in UTC; `modified`,
//! `dateIdentified`, `georeferencedDate`. Facts about the dataset: `dateOrder` (`ISO`, `DMY`, `MDY`) and `dateFormats` (a
//! GBIF list such as `DMYT,DMY`, admitting exactly its formats), which wins; without them the order of the run counts.
//! `dateIdentified` is that of the extension `identification` where [`crate::identification::current`] says so, which the
//! other terms about identification and taxon decide.
//!
//! # Writes
//! * `eventDate`: ISO 8601 date or interval `a/b`, both ends with the same precision; local time, `Z` kept.
//! * `eventDateStart`, `eventDateEnd`: first and last local instants. The end of a day, month or year is its last
//!   millisecond; a time is its own start and end.
//! * `year`, `month`, `day`: where both ends agree. `startDayOfYear`, `endDayOfYear`: of intervals of days or times.
//! * `datePrecision`: `YEAR`, `MONTH`, `DAY` or `TIME`, with `_RANGE` when the ends differ.
//! * `modified`, `dateIdentified`, `georeferencedDate`: ISO 8601, with the distance from UTC if given; of an interval the
//!   beginning.
//!
//! # Issues
//! `RECORDED_DATE_INVALID`, `RECORDED_DATE_MISMATCH`, `RECORDED_DATE_UNLIKELY` (before 1500 or after tomorrow: no date is
//! kept); `MODIFIED_DATE_INVALID` and `_UNLIKELY` (before 1970), `IDENTIFIED_DATE_INVALID` and `_UNLIKELY` (before 1753),
//! `GEOREFERENCED_DATE_INVALID` and `_UNLIKELY` (before 1600), where unlikely values are kept. Of the Living Atlases:
//! `MISSING_COLLECTION_DATE` (no date is given), `ID_PRE_OCCURRENCE` (identified before the event), `GEOREFERENCE_POST_OCCURRENCE`
//! (georeferenced after it), `FIRST_OF_MONTH`, `FIRST_OF_YEAR`, `FIRST_OF_CENTURY` (a day that often stands for an unknown one).
//!
//! # Differences from GBIF
//! See [`Step::differences`].
//!
//! # References
//! * Darwin Core, class Event: <https://dwc.tdwg.org/terms/#event>; ISO 8601-1:2019, 5.5 (intervals).
//! * GBIF parsers 0.68, `TemporalRangeParser` and `MultiinputTemporalParser`; Living Atlases, `ALATemporalInterpreter`.
//! * SINP occurrence standard: `dateDebut` and `dateFin` are an interval of imprecision, and instants in UTC stand for local
//!   days.
//! * IANA time zone database, for `vocabulary/time_zones.tsv`.

mod columns;
mod event;

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Fields, Int64Type, TimeUnit, TimestampMillisecondType, UInt32Type};
use jiff::civil::{Date, date};

use crate::dataset::{BatchFormats, DATE_FORMATS, DATE_ORDER};
use crate::distinct::interpret_distinct;
use crate::identification::{EARLIEST_IDENTIFICATION, current};
use crate::parse::date::{DateOrder, start_of_period};
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Settings, Step, Term, Verbatim};
use columns::{DateColumns, EventColumns, FLAGS, event_fields, issues_of};
use event::Event;
pub(crate) use event::{EventTerms, Rules};

const EVENT_DATE: Term = Term("eventDate");
const YEAR: Term = Term("year");
const MONTH: Term = Term("month");
const DAY: Term = Term("day");
const START_DAY_OF_YEAR: Term = Term("startDayOfYear");
const END_DAY_OF_YEAR: Term = Term("endDayOfYear");
const EVENT_TIME: Term = Term("eventTime");
const VERBATIM_EVENT_DATE: Term = Term("verbatimEventDate");
const MODIFIED: Term = Term("modified");
const DATE_IDENTIFIED: Term = Term("dateIdentified");
const GEOREFERENCED_DATE: Term = Term("georeferencedDate");
const COUNTRY_CODE: Term = Term("countryCode");

/// The step `temporal`.
#[derive(Debug)]
pub struct Temporal {
    run_date: Date,
    order: DateOrder,
    inputs: Vec<Input>,
    /// The inputs that decide about the event, interpreted once for each combination.
    event_inputs: Vec<Input>,
    fields: Fields,
}

/// A term with one date, and what is believed of it.
struct DateTerm {
    term: Term,
    earliest: Date,
    unlikely: Issue,
    invalid: Issue,
}

const DATE_TERMS: [DateTerm; 3] = [
    DateTerm {
        term: MODIFIED,
        earliest: date(1970, 1, 1),
        unlikely: Issue::ModifiedDateUnlikely,
        invalid: Issue::ModifiedDateInvalid,
    },
    DateTerm {
        term: DATE_IDENTIFIED,
        earliest: EARLIEST_IDENTIFICATION,
        unlikely: Issue::IdentifiedDateUnlikely,
        invalid: Issue::IdentifiedDateInvalid,
    },
    DateTerm {
        term: GEOREFERENCED_DATE,
        earliest: date(1600, 1, 1),
        unlikely: Issue::GeoreferencedDateUnlikely,
        invalid: Issue::GeoreferencedDateInvalid,
    },
];

impl Temporal {
    /// The step, for a run.
    pub fn new(settings: &Settings) -> Self {
        let facts = [Input::Dataset(DATE_ORDER), Input::Dataset(DATE_FORMATS)];
        let event = [
            EVENT_DATE,
            YEAR,
            MONTH,
            DAY,
            START_DAY_OF_YEAR,
            END_DAY_OF_YEAR,
            EVENT_TIME,
            VERBATIM_EVENT_DATE,
            COUNTRY_CODE,
        ];
        let event_inputs: Vec<Input> = event.into_iter().map(Input::Term).chain(facts.clone()).collect();
        let dates = DATE_TERMS.iter().map(|date| Input::Term(date.term));
        let mut inputs: Vec<Input> = event.into_iter().map(Input::Term).chain(dates).chain(facts).collect();
        inputs.extend(current::inputs_beside(&inputs));
        let timestamp = DataType::Timestamp(TimeUnit::Millisecond, None);
        let field = |name, data_type| Field::new(name, data_type, true);
        Self {
            run_date: settings.run_date,
            order: settings.date_order,
            inputs,
            event_inputs,
            fields: Fields::from(vec![
                field("eventDate", DataType::Utf8),
                field("eventDateStart", timestamp.clone()),
                field("eventDateEnd", timestamp),
                field("year", DataType::Int32),
                field("month", DataType::Int32),
                field("day", DataType::Int32),
                field("startDayOfYear", DataType::Int32),
                field("endDayOfYear", DataType::Int32),
                field("datePrecision", DataType::Utf8),
                field("modified", DataType::Utf8),
                field("dateIdentified", DataType::Utf8),
                field("georeferencedDate", DataType::Utf8),
                issues_field(),
            ]),
        }
    }

    /// The columns of the event, with its issues as flags.
    fn events(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let mut columns = EventColumns::with_capacity(verbatim.rows());
        let text = |term| verbatim.text(term);
        let (event_date, verbatim_event_date) = (text(EVENT_DATE), text(VERBATIM_EVENT_DATE));
        let (year, month, day) = (text(YEAR), text(MONTH), text(DAY));
        let (start_day_of_year, end_day_of_year) = (text(START_DAY_OF_YEAR), text(END_DAY_OF_YEAR));
        let (event_time, country_code) = (text(EVENT_TIME), text(COUNTRY_CODE));
        let formats = BatchFormats::of(verbatim, self.order);
        for row in 0..verbatim.rows() {
            let terms = EventTerms {
                event_date: event_date.value(row),
                year: year.value(row),
                month: month.value(row),
                day: day.value(row),
                start_day_of_year: start_day_of_year.value(row),
                end_day_of_year: end_day_of_year.value(row),
                verbatim_event_date: verbatim_event_date.value(row),
                has_time: event_time.value(row).is_some_and(|time| !is_midnight(time)),
                country_code: country_code.value(row),
            };
            let mut issues = IssueSet::new();
            let rules = Rules { formats: formats.of_record(row), run_date: self.run_date };
            let event = terms.interpret(rules, &mut issues);
            columns.append(event.map(Event::local), issues);
        }
        columns.finish()
    }

    /// The columns of a term with one date.
    fn dates(&self, verbatim: &Verbatim<'_>, kind: &DateTerm) -> StructArray {
        let tomorrow = self.run_date.tomorrow().unwrap_or(self.run_date);
        let mut columns = DateColumns::with_capacity(verbatim.rows());
        let (text, formats) = (verbatim.text(kind.term), BatchFormats::of(verbatim, self.order));
        for row in 0..verbatim.rows() {
            let mut issues = IssueSet::new();
            let given = text.value(row);
            let date = given.and_then(|given| start_of_period(given, formats.of_record(row)).date);
            issues.raise_if(given.is_some() && date.is_none(), kind.invalid);
            let is_likely = date.is_none_or(|date| (kind.earliest..=tomorrow).contains(&date.first_day()));
            issues.raise_if(!is_likely, kind.unlikely);
            columns.append(date, issues);
        }
        columns.finish()
    }

    /// Interprets one of [`DATE_TERMS`] once for each distinct text; `None` when the dataset does not give it.
    fn distinct_dates(&self, verbatim: &Verbatim<'_>, kind: &DateTerm) -> Option<StructArray> {
        verbatim.column(kind.term.name())?;
        let inputs = [Input::Term(kind.term), Input::Dataset(DATE_ORDER), Input::Dataset(DATE_FORMATS)];
        let columns = inputs.each_ref().map(|input| verbatim.column(input.name()).cloned());
        let group = Verbatim::new(verbatim.rows(), &inputs, &columns);
        Some(interpret_distinct(&group, |group| self.dates(group, kind)))
    }

    /// The columns that decide about the event.
    ///
    /// Times and verbatim dates differ from record to record and seldom count: they are seen only where they do.
    fn event_columns(&self, verbatim: &Verbatim<'_>) -> Vec<Option<ArrayRef>> {
        let (event_date, parts) = (verbatim.text(EVENT_DATE), [YEAR, MONTH, DAY].map(|term| verbatim.text(term)));
        let needs_zone = |row| event_date.value(row).is_some_and(may_be_utc);
        let needs_verbatim =
            |row| event_date.value(row).is_none() && parts.iter().all(|part| part.value(row).is_none());
        self.event_inputs
            .iter()
            .map(|input| {
                let column = verbatim.column(input.name())?;
                match input {
                    Input::Term(EVENT_TIME | COUNTRY_CODE) => only_where(column, needs_zone),
                    Input::Term(VERBATIM_EVENT_DATE) => only_where(column, needs_verbatim),
                    _ => Some(Arc::clone(column)),
                }
            })
            .collect()
    }
}

/// The text column with nulls where it does not count; none when it never does.
fn only_where(column: &ArrayRef, counts: impl Fn(usize) -> bool) -> Option<ArrayRef> {
    let text = column.as_string_opt::<i32>()?;
    let first = (0..text.len()).find(|row| counts(*row))?;
    let value = |row| (row >= first && text.is_valid(row) && counts(row)).then(|| text.value(row));
    Some(Arc::new((0..text.len()).map(value).collect::<StringArray>()))
}

/// Whether a text may hold an instant in UTC; true too often rather than too seldom.
fn may_be_utc(text: &str) -> bool {
    let marks = ["Z", "z", "+00", "-00", "GMT", "UTC", "gmt", "utc"];
    text.len() > 10 && marks.into_iter().any(|mark| text.contains(mark))
}

/// Whether a time of the day is the beginning or end of a day, and so no time that someone noted.
fn is_midnight(time: &str) -> bool {
    let digits: Cow<'_, str> =
        time.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'h')).collect();
    let mut numbers = digits.split([':', '.', 'h']).filter(|number| !number.is_empty());
    let is_zero = |number: &str| number.bytes().all(|digit| digit == b'0');
    numbers.next().is_some_and(|hour| is_zero(hour) || hour == "24") && numbers.all(is_zero)
}

impl Step for Temporal {
    fn name(&self) -> &'static str {
        "temporal"
    }

    fn reads(&self) -> &[Input] {
        &self.inputs
    }

    fn writes(&self) -> Fields {
        self.fields.clone()
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let rows = verbatim.rows();
        let formats = BatchFormats::of(verbatim, self.order);
        let completed = current::completed(verbatim, &current::TERMS, formats);
        let with_identification = completed.as_ref().map(|columns| Verbatim::new(rows, verbatim.inputs(), columns));
        let verbatim = with_identification.as_ref().unwrap_or(verbatim);
        let event_columns = self.event_columns(verbatim);
        let group = Verbatim::new(rows, &self.event_inputs, &event_columns);
        let events = interpret_distinct(&group, |group| self.events(group));
        let dates = DATE_TERMS.each_ref().map(|kind| self.distinct_dates(verbatim, kind));

        let mut issues = vec![IssueSet::new(); rows];
        for group in std::iter::once(&events).chain(dates.iter().flatten()) {
            let flags = group.column_by_name(FLAGS).and_then(|flags| flags.as_primitive_opt::<UInt32Type>());
            let Some(flags) = flags.filter(|flags| flags.values().iter().any(|flags| *flags != 0)) else { continue };
            for (issues, flags) in issues.iter_mut().zip(flags.values()) {
                issues.extend(issues_of(*flags));
            }
        }
        let [_, identified, georeferenced] = &dates;
        let bound =
            |name| events.column_by_name(name).and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>());
        if let (Some(start), Some(end)) = (bound("eventDateStart"), bound("eventDateEnd")) {
            let mut raise = |group: &Option<StructArray>, edge, issue, breaks: &dyn Fn(usize, i64) -> bool| {
                let Some(edges) = group.as_ref().and_then(|group| instants(group, edge)) else { return };
                for (row, issues) in issues.iter_mut().enumerate() {
                    let known = edges.is_valid(row) && start.is_valid(row) && end.is_valid(row);
                    issues.raise_if(known && breaks(row, edges.value(row)), issue);
                }
            };
            raise(identified, "last", Issue::IdPreOccurrence, &|row, last| last < start.value(row));
            raise(georeferenced, "first", Issue::GeoreferencePostOccurrence, &|row, first| first > end.value(row));
        }

        let mut columns: Vec<ArrayRef> = event_fields()
            .iter()
            .filter(|field| field.name() != FLAGS)
            .filter_map(|field| events.column_by_name(field.name()).cloned())
            .collect();
        columns.extend(dates.iter().map(|group| {
            let text = group.as_ref().and_then(|group| group.column_by_name("date").cloned());
            text.unwrap_or_else(|| Arc::new(StringArray::new_null(rows)))
        }));
        record(&self.fields, columns, &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        &[
            "Dates are read day first unless the dataset says otherwise, since French dates are; GBIF drops 5/4/2014.",
            "Year, month and day decide about an ambiguous eventDate even against the order of the dataset; GBIF keeps what both agree on.",
            "French names of months, Roman months, intervals in words (du 12 au 15 mai 1998), month and year (mai 1998, and 05/1998 where \
             the order of dates is known), year ranges with a hyphen and whole ISO weeks are read; GBIF rejects them.",
            "verbatimEventDate is read when no other date is given; GBIF ignores it.",
            "An eventDate in UTC that is exactly midnight in the territory of the record (Paris when countryCode is absent) is that local \
             day, as databases of days are often exported so; year, month and day, or an eventTime, that say otherwise win.",
            "1999-005 is no date, since it may be May or 5 January; GBIF reads May.",
            "A day or month of \\N is absent without issue; GBIF flags it.",
            "Of an interval whose end is unreadable, year, month and day are kept with RECORDED_DATE_INVALID; GBIF writes an interval without end.",
            "georeferencedDate and the issues of the Living Atlases about dates are interpreted; GBIF does not know them.",
        ]
    }
}

fn instants<'a>(group: &'a StructArray, name: &str) -> Option<&'a Int64Array> {
    group.column_by_name(name)?.as_primitive_opt::<Int64Type>()
}

#[cfg(test)]
mod tests;
