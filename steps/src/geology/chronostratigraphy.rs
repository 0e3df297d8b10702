//! The rules between the units of one record.

use crate::parse::geological_time::{TimeRank, TimeUnit, unit};
use crate::{Issue, IssueSet};

/// A rank, its two terms and the issues about it.
#[derive(Debug)]
pub(super) struct TermPair {
    pub(super) rank: TimeRank,
    pub(super) earliest: &'static str,
    pub(super) latest: &'static str,
    inferred: Option<Issue>,
    rank_mismatch: Issue,
    invalid_range: Issue,
    /// The time given does not lie in that of the next larger rank given.
    parent_mismatch: Option<Issue>,
}

/// Largest rank first.
pub(super) const PAIRS: [TermPair; 5] = [
    TermPair {
        rank: TimeRank::Eon,
        earliest: "earliestEonOrLowestEonothem",
        latest: "latestEonOrHighestEonothem",
        inferred: None,
        rank_mismatch: Issue::EonOrEonothemRankMismatch,
        invalid_range: Issue::EonOrEonothemInvalidRange,
        parent_mismatch: None,
    },
    TermPair {
        rank: TimeRank::Era,
        earliest: "earliestEraOrLowestErathem",
        latest: "latestEraOrHighestErathem",
        inferred: Some(Issue::EraOrErathemInferredFromParentRank),
        rank_mismatch: Issue::EraOrErathemRankMismatch,
        invalid_range: Issue::EraOrErathemInvalidRange,
        parent_mismatch: Some(Issue::EonOrEonothemAndEraOrErathemMismatch),
    },
    TermPair {
        rank: TimeRank::Period,
        earliest: "earliestPeriodOrLowestSystem",
        latest: "latestPeriodOrHighestSystem",
        inferred: Some(Issue::PeriodOrSystemInferredFromParentRank),
        rank_mismatch: Issue::PeriodOrSystemRankMismatch,
        invalid_range: Issue::PeriodOrSystemInvalidRange,
        parent_mismatch: Some(Issue::EraOrErathemAndPeriodOrSystemMismatch),
    },
    TermPair {
        rank: TimeRank::Epoch,
        earliest: "earliestEpochOrLowestSeries",
        latest: "latestEpochOrHighestSeries",
        inferred: Some(Issue::EpochOrSeriesInferredFromParentRank),
        rank_mismatch: Issue::EpochOrSeriesRankMismatch,
        invalid_range: Issue::EpochOrSeriesInvalidRange,
        parent_mismatch: Some(Issue::PeriodOrSystemAndEpochOrSeriesMismatch),
    },
    TermPair {
        rank: TimeRank::Age,
        earliest: "earliestAgeOrLowestStage",
        latest: "latestAgeOrHighestStage",
        inferred: Some(Issue::AgeOrStageInferredFromParentRank),
        rank_mismatch: Issue::AgeOrStageRankMismatch,
        invalid_range: Issue::AgeOrStageInvalidRange,
        parent_mismatch: Some(Issue::EpochOrSeriesAndAgeOrStageMismatch),
    },
];

/// What one term says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    unit: Option<&'static TimeUnit>,
    issue: Option<Issue>,
}

/// Reads the text of a term that asks for a rank.
pub(super) fn read(text: Option<&str>, rank: TimeRank) -> Reading {
    let Some(text) = text else { return Reading::default() };
    let Some(unit) = unit(text) else { return Reading { unit: None, issue: Some(Issue::GeologicalTimeInvalid) } };
    let pair = PAIRS.iter().find(|pair| pair.rank == rank);
    if unit.rank == rank {
        Reading { unit: Some(unit), issue: None }
    } else if unit.rank > rank {
        let parent = unit.at_rank(rank);
        Reading { unit: parent, issue: parent.and_then(|_| pair?.inferred) }
    } else {
        Reading { unit: None, issue: pair.map(|pair| pair.rank_mismatch) }
    }
}

/// A time, in millions of years before present: `start` is the older end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) start: f64,
    pub(super) end: f64,
}

/// The units of a record, in the order of the terms, and the time of the smallest of them.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub(super) units: [Option<&'static TimeUnit>; 10],
    pub(super) span: Option<Span>,
}

/// Checks the readings of the ten terms of a record against each other.
pub(super) fn context(readings: &[Reading; 10], issues: &mut IssueSet) -> Context {
    let mut context = Context::default();
    for ((pair, readings), units) in PAIRS.iter().zip(readings.chunks(2)).zip(context.units.chunks_mut(2)) {
        let ([earliest, latest], [earliest_unit, latest_unit]) = (readings, units) else { continue };
        issues.extend([earliest.issue, latest.issue].into_iter().flatten().collect());
        let (Some(first), Some(last)) = (earliest.unit.or(latest.unit), latest.unit.or(earliest.unit)) else {
            continue;
        };
        if last.start > first.start || last.end > first.end {
            issues.raise(pair.invalid_range);
            continue;
        }
        (*earliest_unit, *latest_unit) = (earliest.unit, latest.unit);
        let span = Span { start: first.start, end: last.end };
        if let (Some(larger), Some(issue)) = (context.span, pair.parent_mismatch) {
            issues.raise_if(span.start > larger.start || span.end < larger.end, issue);
        }
        context.span = Some(span);
    }
    context
}
