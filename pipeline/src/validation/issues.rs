//! Issues of records, with their first rows.

use openobs_steps::Issue;

use super::catalogue::issue_meaning;
use super::finding::Findings;
use super::query::{each_batch, number, samples, string, text};
use super::report::{Finding, Severity};
use super::tables::{Exact, OCCURRENCES, Tables};
use crate::error::Result;
use crate::occurrence::VERBATIM_PREFIX;

/// Adds every issue that a record has.
///
/// # Errors
/// When a query fails.
pub(super) async fn add_findings(tables: &Tables, exact: &Exact, findings: &mut Findings) -> Result<()> {
    let mut counts: Vec<(String, u64)> = Vec::new();
    let query = format!(
        "SELECT issue, count(*) AS n FROM (SELECT unnest(\"issues\") AS issue FROM {OCCURRENCES}) GROUP BY issue ORDER BY issue"
    );
    each_batch(&tables.session, &query, |batch| {
        for row in 0..batch.num_rows() {
            let issue = string(batch.column(0), row).unwrap_or_default().to_owned();
            counts.push((issue, number(batch.column(1), row).unwrap_or_default()));
        }
        Ok(())
    })
    .await?;
    for (issue, count) in counts {
        let meaning = issue_meaning(&issue);
        let terms: Vec<&str> = meaning.into_iter().flat_map(|meaning| meaning.terms()).collect();
        let columns: Vec<String> =
            terms.iter().map(|term| format!("{VERBATIM_PREFIX}{term}")).filter(|column| exact.has(column)).collect();
        let condition = format!("array_has(\"issues\", {})", text(&issue));
        let samples = samples(&tables.session, OCCURRENCES, &columns, &condition).await?;
        let severity = Issue::of_name(&issue).map_or(Severity::Warning, severity);
        findings.push(Finding {
            category: "interpretation".to_owned(),
            severity,
            message: meaning.map_or_else(|| issue.to_lowercase().replace('_', " "), |of| of.meaning.to_owned()),
            remedy: meaning.map(|of| of.remedy.to_owned()).unwrap_or_default(),
            count,
            file: samples.first().and_then(|sample| sample.file.clone()),
            line: samples.first().and_then(|sample| sample.line),
            terms: terms.into_iter().map(str::to_owned).collect(),
            profile: None,
            code: issue,
            samples,
        });
    }
    Ok(())
}

fn severity(issue: Issue) -> Severity {
    match issue.severity() {
        openobs_steps::issue::Severity::Info => Severity::Info,
        openobs_steps::issue::Severity::Warning => Severity::Warning,
        openobs_steps::issue::Severity::Error => Severity::Error,
    }
}
