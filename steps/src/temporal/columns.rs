//! The columns of distinct events and dates, before they are spread over the records.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, Int32Builder, Int64Builder, StringBuilder, StructArray, TimestampMillisecondBuilder, UInt32Builder,
};
use arrow::datatypes::{DataType, Field, Fields, TimeUnit};

use super::event::Event;
use crate::parse::date::{PartialDate, Resolution, epoch_milliseconds};
use crate::{Issue, IssueSet};

/// The column of the issues of a group, as bits in the order of [`FLAGGED`].
pub(super) const FLAGS: &str = "flags";

/// Every issue that a group may raise.
const FLAGGED: [Issue; 13] = [
    Issue::RecordedDateInvalid,
    Issue::RecordedDateMismatch,
    Issue::RecordedDateUnlikely,
    Issue::MissingCollectionDate,
    Issue::FirstOfMonth,
    Issue::FirstOfYear,
    Issue::FirstOfCentury,
    Issue::ModifiedDateInvalid,
    Issue::ModifiedDateUnlikely,
    Issue::IdentifiedDateInvalid,
    Issue::IdentifiedDateUnlikely,
    Issue::GeoreferencedDateInvalid,
    Issue::GeoreferencedDateUnlikely,
];

fn flags_of(issues: IssueSet) -> u32 {
    if issues.is_empty() {
        return 0;
    }
    let bits = FLAGGED.into_iter().enumerate().filter(|(_, issue)| issues.contains(*issue));
    bits.fold(0, |flags, (bit, _)| flags | 1 << bit)
}

/// The issues of the flags of a group.
pub(super) fn issues_of(flags: u32) -> IssueSet {
    if flags == 0 {
        return IssueSet::new();
    }
    FLAGGED.into_iter().enumerate().filter(|(bit, _)| flags & 1 << bit != 0).map(|(_, issue)| issue).collect()
}

fn fields(columns: &[(&str, DataType)]) -> Fields {
    columns.iter().map(|(name, data_type)| Field::new(*name, data_type.clone(), true)).collect()
}

/// The fields of an event, in the order in which the step writes them, and its flags.
pub(super) fn event_fields() -> &'static Fields {
    static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
        let timestamp = DataType::Timestamp(TimeUnit::Millisecond, None);
        fields(&[
            ("eventDate", DataType::Utf8),
            ("eventDateStart", timestamp.clone()),
            ("eventDateEnd", timestamp),
            ("year", DataType::Int32),
            ("month", DataType::Int32),
            ("day", DataType::Int32),
            ("startDayOfYear", DataType::Int32),
            ("endDayOfYear", DataType::Int32),
            ("datePrecision", DataType::Utf8),
            (FLAGS, DataType::UInt32),
        ])
    });
    &FIELDS
}

/// The fields of a single date: its text, its first and last instants in milliseconds, and its flags.
pub(super) fn dates_fields() -> &'static Fields {
    static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
        fields(&[
            ("date", DataType::Utf8),
            ("first", DataType::Int64),
            ("last", DataType::Int64),
            (FLAGS, DataType::UInt32),
        ])
    });
    &FIELDS
}

fn struct_of(fields: &Fields, columns: Vec<ArrayRef>, rows: usize) -> StructArray {
    StructArray::try_new(fields.clone(), columns, None).unwrap_or_else(|_| StructArray::new_null(fields.clone(), rows))
}

/// Builders of the columns of events.
pub(super) struct EventColumns {
    text: String,
    event_date: StringBuilder,
    start: TimestampMillisecondBuilder,
    end: TimestampMillisecondBuilder,
    /// year, month, day, startDayOfYear, endDayOfYear
    numbers: [Int32Builder; 5],
    precision: StringBuilder,
    flags: UInt32Builder,
    rows: usize,
}

impl EventColumns {
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            text: String::new(),
            event_date: StringBuilder::with_capacity(rows, rows * 10),
            start: TimestampMillisecondBuilder::with_capacity(rows),
            end: TimestampMillisecondBuilder::with_capacity(rows),
            numbers: [(); 5].map(|()| Int32Builder::with_capacity(rows)),
            precision: StringBuilder::with_capacity(rows, rows * 3),
            flags: UInt32Builder::with_capacity(rows),
            rows: 0,
        }
    }

    pub fn append(&mut self, event: Option<Event>, mut issues: IssueSet) {
        self.rows += 1;
        let Some(Event { from, to }) = event else {
            self.event_date.append_null();
            self.start.append_null();
            self.end.append_null();
            self.numbers.iter_mut().for_each(Int32Builder::append_null);
            self.precision.append_null();
            self.flags.append_value(flags_of(issues));
            return;
        };
        self.text.clear();
        // Writing to a string cannot fail.
        let _ = if from == to { write!(self.text, "{from}") } else { write!(self.text, "{from}/{to}") };
        self.event_date.append_value(&self.text);
        self.start.append_value(epoch_milliseconds(from.earliest()));
        self.end.append_value(epoch_milliseconds(to.latest()));
        let year = (from.year() == to.year()).then(|| i32::from(from.year()));
        let same = |a: Option<i8>, b: Option<i8>| a.filter(|_| a == b).map(i32::from);
        let month = year.and_then(|_| same(from.month(), to.month()));
        let day = month.and_then(|_| same(from.day(), to.day()));
        let day_of_year = |date: PartialDate| date.day().map(|_| i32::from(date.first_day().day_of_year()));
        let values = [year, month, day, day_of_year(from), day_of_year(to)];
        for (column, value) in self.numbers.iter_mut().zip(values) {
            column.append_option(value);
        }
        self.precision.append_value(precision(from.resolution(), from != to));
        if let (Some(year), Some(month), Some(1)) = (year, month, day) {
            issues.raise(Issue::FirstOfMonth);
            issues.raise_if(month == 1, Issue::FirstOfYear);
            issues.raise_if(month == 1 && year % 100 == 0, Issue::FirstOfCentury);
        }
        self.flags.append_value(flags_of(issues));
    }

    pub fn finish(mut self) -> StructArray {
        let mut columns: Vec<ArrayRef> =
            vec![Arc::new(self.event_date.finish()), Arc::new(self.start.finish()), Arc::new(self.end.finish())];
        columns.extend(self.numbers.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        columns.push(Arc::new(self.precision.finish()));
        columns.push(Arc::new(self.flags.finish()));
        struct_of(event_fields(), columns, self.rows)
    }
}

fn precision(resolution: Resolution, is_range: bool) -> &'static str {
    match (resolution, is_range) {
        (Resolution::Year, false) => "YEAR",
        (Resolution::Year, true) => "YEAR_RANGE",
        (Resolution::Month, false) => "MONTH",
        (Resolution::Month, true) => "MONTH_RANGE",
        (Resolution::Day, false) => "DAY",
        (Resolution::Day, true) => "DAY_RANGE",
        (Resolution::Time, false) => "TIME",
        (Resolution::Time, true) => "TIME_RANGE",
    }
}

/// Builders of the columns of single dates.
pub(super) struct DateColumns {
    text: String,
    date: StringBuilder,
    first: Int64Builder,
    last: Int64Builder,
    flags: UInt32Builder,
    rows: usize,
}

impl DateColumns {
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            text: String::new(),
            date: StringBuilder::with_capacity(rows, rows * 10),
            first: Int64Builder::with_capacity(rows),
            last: Int64Builder::with_capacity(rows),
            flags: UInt32Builder::with_capacity(rows),
            rows: 0,
        }
    }

    pub fn append(&mut self, date: Option<PartialDate>, issues: IssueSet) {
        self.rows += 1;
        self.flags.append_value(flags_of(issues));
        self.first.append_option(date.map(|date| epoch_milliseconds(date.earliest())));
        self.last.append_option(date.map(|date| epoch_milliseconds(date.latest())));
        match date {
            Some(date) => {
                self.text.clear();
                let _ = write!(self.text, "{date}");
                self.date.append_value(&self.text);
            }
            None => self.date.append_null(),
        }
    }

    pub fn finish(mut self) -> StructArray {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.date.finish()),
            Arc::new(self.first.finish()),
            Arc::new(self.last.finish()),
            Arc::new(self.flags.finish()),
        ];
        struct_of(dates_fields(), columns, self.rows)
    }
}
