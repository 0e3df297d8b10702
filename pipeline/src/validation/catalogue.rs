//! The tables of `schemas/validation`: what a finding means, which terms an issue concerns, what a value must be.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use openobs_steps::parse::date::{DateFormats, Parsed};
use openobs_steps::parse::{date, number, url};
use serde::Deserialize;

use super::report::Severity;

const FINDINGS: &str = include_str!("../../../schemas/validation/findings.toml");
const ISSUES: &str = include_str!("../../../schemas/validation/issues.tsv");
const TYPES: &str = include_str!("../../../schemas/validation/types.toml");

/// What is to be known of a code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingKind {
    /// What it is about.
    pub category: String,
    /// How grave it is.
    pub severity: Severity,
    /// What to do, where nothing better is known.
    pub remedy: String,
}

/// The kind of a code.
pub(super) fn finding_kind(code: &str) -> Option<&'static FindingKind> {
    static KINDS: LazyLock<BTreeMap<String, FindingKind>> =
        LazyLock::new(|| toml::from_str(FINDINGS).unwrap_or_default());
    KINDS.get(code)
}

/// What is to be known of an issue of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IssueMeaning {
    /// Simple names of the terms concerned, parted by blanks.
    terms: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What the producer can do.
    pub remedy: &'static str,
}

impl IssueMeaning {
    /// The terms concerned.
    pub fn terms(self) -> impl Iterator<Item = &'static str> {
        self.terms.split(' ').filter(|term| !term.is_empty())
    }
}

/// The meaning of an issue; none for one that is not in the table.
pub(super) fn issue_meaning(issue: &str) -> Option<IssueMeaning> {
    static MEANINGS: LazyLock<BTreeMap<&'static str, IssueMeaning>> = LazyLock::new(|| {
        let rows = ISSUES.lines().filter(|line| !line.starts_with('#')).skip(1);
        rows.filter_map(|row| {
            let mut cells = row.split('\t');
            let (issue, terms) = (cells.next()?, cells.next()?);
            Some((issue, IssueMeaning { terms, meaning: cells.next()?, remedy: cells.next()? }))
        })
        .collect()
    });
    MEANINGS.get(issue).copied()
}

/// What the values of a term must be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueType {
    /// Its kind.
    pub name: ValueKind,
    /// Least and greatest value.
    bounds: Option<[f64; 2]>,
    /// Simple names of the terms.
    terms: Vec<String>,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum ValueKind {
    /// A decimal number.
    #[serde(rename = "number")]
    Number,
    /// A number without a fraction.
    #[serde(rename = "whole number")]
    WholeNumber,
    /// A date or an interval.
    #[serde(rename = "date")]
    Date,
    /// An address on the web, or several.
    #[serde(rename = "address")]
    Address,
}

/// The type of a term.
pub(super) fn value_type(term: &str) -> Option<&'static ValueType> {
    #[derive(Deserialize)]
    struct Types {
        r#type: Vec<ValueType>,
    }
    static TYPES_BY_TERM: LazyLock<BTreeMap<String, ValueType>> = LazyLock::new(|| {
        let types = toml::from_str::<Types>(TYPES).map(|types| types.r#type).unwrap_or_default();
        types.into_iter().flat_map(|of| of.terms.clone().into_iter().map(move |term| (term, of.clone()))).collect()
    });
    TYPES_BY_TERM.get(term)
}

impl ValueType {
    /// What a value must be, in words.
    pub fn wanted(&self) -> String {
        let kind = match self.name {
            ValueKind::Number => "a number",
            ValueKind::WholeNumber => "a whole number",
            ValueKind::Date => "a date",
            ValueKind::Address => "an address on the web",
        };
        match self.bounds {
            Some([least, greatest]) => format!("{kind} from {least} to {greatest}"),
            None => kind.to_owned(),
        }
    }

    /// Whether a value is of the type. Dates are read in the order of the dataset.
    pub fn admits(&self, value: &str, formats: DateFormats) -> bool {
        match self.name {
            ValueKind::Number => number::decimal(value).is_some_and(|value| self.bounds_hold(value)),
            ValueKind::WholeNumber => number::integer(value).is_some_and(|value| self.bounds_hold(value as f64)),
            ValueKind::Date => is_date(value, formats),
            ValueKind::Address => !url::addresses(value).is_empty(),
        }
    }

    fn bounds_hold(&self, value: f64) -> bool {
        self.bounds.is_none_or(|[least, greatest]| (least..=greatest).contains(&value))
    }
}

/// Whether both ends of what a text says, as far as they are given, are dates.
fn is_date(value: &str, formats: DateFormats) -> bool {
    let period = date::period(value, formats);
    let read = |parsed: Parsed| parsed != Parsed::default();
    let ends = [(period.given[0], period.from), (period.given[1], period.to)];
    period.given.contains(&true) && ends.into_iter().all(|(given, parsed)| !given || read(parsed))
        // A bare day of the calendar is one, whatever the order of the dataset.
        || value.parse::<Date>().is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use openobs_dwca::Term;
    use openobs_steps::Issue;
    use openobs_steps::parse::date::DateOrder;

    use super::*;

    #[test]
    fn every_issue_has_a_meaning_and_no_other() {
        for issue in Issue::ALL {
            let meaning = issue_meaning(issue.name());
            assert!(meaning.is_some(), "add a line for {issue} to schemas/validation/issues.tsv");
            for term in meaning.into_iter().flat_map(IssueMeaning::terms) {
                assert!(Term::resolve(term).is_known(), "{issue} names {term}");
            }
        }
        for line in ISSUES.lines().filter(|line| !line.starts_with('#')).skip(1) {
            assert!(Issue::of_name(line.split('\t').next().unwrap()).is_some(), "{line}");
            assert_eq!(line.split('\t').filter(|cell| *cell == cell.trim()).count(), 4, "{line}");
        }
    }

    #[test]
    fn tables_can_be_read() {
        assert!(finding_kind("DWCA_UNREADABLE").is_some_and(|kind| kind.severity == Severity::Error));
        assert!(toml::from_str::<BTreeMap<String, FindingKind>>(FINDINGS).is_ok());
        for term in ["decimalLatitude", "year", "eventDate", "references"] {
            assert!(value_type(term).is_some(), "{term}");
        }
        assert!(value_type("locality").is_none());
    }

    #[test]
    fn values_are_of_their_types_or_not() {
        let admits = |term: &str, value: &str| {
            value_type(term).unwrap().admits(value, DateFormats::from(DateOrder::DayMonthYear))
        };
        assert!(admits("decimalLatitude", "45,1902") && admits("decimalLatitude", "-90"));
        assert!(!admits("decimalLatitude", "90.5") && !admits("decimalLatitude", "45° N"));
        assert!(admits("individualCount", "3") && admits("individualCount", "3.0"));
        assert!(!admits("individualCount", "3-5") && !admits("individualCount", "-1") && !admits("month", "13"));
        for date in ["2024-05-31", "2024", "2024-05", "31/05/2024", "2024-05-01/2024-05-31", "3 juin 2023"] {
            assert!(admits("eventDate", date), "{date}");
        }
        assert!(!admits("eventDate", "hier") && !admits("eventDate", "2024-13-45"));
        assert!(admits("references", "https://example.org/1") && !admits("references", "Dupont, 1998"));
    }
}
