//! How far the terms that a profile asks for are filled.

use std::collections::BTreeMap;

use super::finding::{Findings, finding};
use super::profile::{Profile, Requirement, Status};
use super::query::{filled, numbers, samples};
use super::report::{Finding, RequirementReport, Severity};
use super::tables::{Exact, OCCURRENCES, Tables};
use crate::error::Result;

/// Measures the requirements of each profile over the occurrences, and adds those that are missing.
///
/// # Errors
/// When a query fails.
pub(super) async fn measure(
    profiles: &[Profile],
    core: &str,
    tables: &Tables,
    exact: &Exact,
    findings: &mut Findings,
) -> Result<BTreeMap<String, Vec<RequirementReport>>> {
    let mut measured = BTreeMap::new();
    for profile in profiles {
        let requirements: Vec<&Requirement> = profile.requirements_of(core).collect();
        let counts: Vec<String> = requirements
            .iter()
            .enumerate()
            .map(|(position, requirement)| {
                format!("count(*) FILTER (WHERE {}) AS c{position}", condition(requirement, exact))
            })
            .collect();
        let counted = numbers(&tables.session, &format!("SELECT {} FROM {OCCURRENCES}", counts.join(", "))).await?;
        let mut reports = Vec::with_capacity(requirements.len());
        for (requirement, filled) in requirements.into_iter().zip(counted) {
            let report = RequirementReport {
                name: requirement.name.clone(),
                status: requirement.status,
                alternatives: requirement.alternatives.clone(),
                mapped: requirement.alternatives.iter().any(|terms| is_mapped(terms, exact)),
                filled,
                records: exact.rows,
                coverage: coverage(filled, exact.rows),
                remedy: requirement.remedy.clone(),
            };
            if requirement.status == Status::Required && filled < exact.rows {
                findings.push(missing(profile, requirement, &report, tables, exact).await?);
            }
            reports.push(report);
        }
        measured.insert(profile.name.clone(), reports);
    }
    Ok(measured)
}

async fn missing(
    profile: &Profile,
    requirement: &Requirement,
    report: &RequirementReport,
    tables: &Tables,
    exact: &Exact,
) -> Result<Finding> {
    let mut message = format!("{} asks for {}", profile.title, in_words(requirement));
    let (code, samples) = if report.filled == 0 {
        message.push_str(", which no record has");
        ("REQUIRED_TERM_MISSING", Vec::new())
    } else {
        message.push_str(&format!(", which only {} % of the records have", report.coverage));
        let without = format!("NOT coalesce({}, false)", condition(requirement, exact));
        let columns = requirement.alternatives.iter().flatten().map(|term| format!("v_{term}"));
        let columns: Vec<String> = columns.filter(|column| exact.has(column)).collect();
        ("REQUIRED_VALUE_MISSING", samples(&tables.session, OCCURRENCES, &columns, &without).await?)
    };
    let mut missing = finding(code, message);
    if let Some(assumed) = &requirement.assumed {
        missing.message.push_str(&format!("; {assumed} is assumed"));
        missing.severity = if report.filled == 0 { Severity::Warning } else { Severity::Info };
    }
    Ok(Finding {
        remedy: requirement.remedy.clone(),
        count: report.records - report.filled,
        file: samples.first().and_then(|sample| sample.file.clone()),
        line: samples.first().and_then(|sample| sample.line),
        terms: requirement.alternatives.iter().flatten().cloned().collect(),
        profile: Some(profile.name.clone()),
        samples,
        ..missing
    })
}

/// The name of a requirement, with the terms that carry it where they are others.
pub(super) fn in_words(requirement: &Requirement) -> String {
    let alternatives: Vec<String> = requirement.alternatives.iter().map(|terms| terms.join(" with ")).collect();
    let terms = alternatives.join(", or ");
    if terms == requirement.name { terms } else { format!("{} ({terms})", requirement.name) }
}

/// A condition that a record satisfies a requirement.
fn condition(requirement: &Requirement, exact: &Exact) -> String {
    let alternatives: Vec<String> = requirement
        .alternatives
        .iter()
        .filter(|terms| is_mapped(terms, exact))
        .map(|terms| terms.iter().map(|term| filled(&format!("v_{term}"))).collect::<Vec<_>>().join(" AND "))
        .collect();
    if alternatives.is_empty() { "false".to_owned() } else { format!("({})", alternatives.join(") OR (")) }
}

fn is_mapped(terms: &[String], exact: &Exact) -> bool {
    terms.iter().all(|term| exact.has(&format!("v_{term}")))
}

/// A share in per cent with one decimal; never rounded up to 100.
fn coverage(filled: u64, records: u64) -> f64 {
    if records == 0 {
        return 0.0;
    }
    (filled as f64 * 1000.0 / records as f64).floor() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_whole_only_when_nothing_is_missing() {
        assert_eq!(coverage(99_999, 100_000), 99.9);
        assert_eq!(coverage(3, 3), 100.0);
        assert_eq!(coverage(1, 3), 33.3);
        assert_eq!(coverage(0, 0), 0.0);
    }
}
