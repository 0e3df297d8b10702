//! Dates as people write them.

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
