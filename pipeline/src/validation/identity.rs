//! Whether occurrences can be told apart, by the terms that a profile takes for identifiers.

use super::finding::{Findings, finding};
use super::profile::Profile;
use super::query::{filled, name, numbers, samples_of_any};
use super::report::Finding;
use super::tables::{Exact, OCCURRENCES, Tables};
use crate::error::Result;

/// How far some terms identify occurrences.
struct Key {
    columns: Vec<String>,
    /// Occurrences without a value.
    missing: u64,
    /// Occurrences whose value another one has before them.
    repeated: u64,
}

/// Adds a finding for each profile whose identifiers do not tell occurrences apart; one for all where it is the same.
///
/// # Errors
/// When a query fails.
pub(super) async fn add_findings(
    profiles: &[Profile],
    tables: &Tables,
    exact: &Exact,
    findings: &mut Findings,
) -> Result<()> {
    let mut unidentified: Vec<(&str, Option<Finding>)> = Vec::with_capacity(profiles.len());
    for profile in profiles {
        unidentified.push((&profile.name, unidentified_under(profile, tables, exact).await?));
    }
    if let Some((_, Some(first))) = unidentified.first()
        && unidentified.iter().all(|(_, finding)| finding.as_ref() == Some(first))
    {
        findings.push(first.clone());
        return Ok(());
    }
    for (profile, finding) in unidentified {
        if let Some(finding) = finding {
            findings.push(Finding { profile: Some(profile.to_owned()), ..finding });
        }
    }
    Ok(())
}

async fn unidentified_under(profile: &Profile, tables: &Tables, exact: &Exact) -> Result<Option<Finding>> {
    let mut keys = Vec::new();
    for terms in &profile.identified_by {
        let columns: Vec<String> = terms.iter().map(|term| format!("v_{term}")).collect();
        if columns.iter().all(|column| exact.has(column)) {
            keys.push(Key::of(tables, columns).await?);
        }
    }
    if keys.iter().any(|key| key.missing == 0 && key.repeated == 0) {
        return Ok(None);
    }
    let unidentified = finding("OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", "no term identifies occurrences");
    // The key that tells most of them apart is the one to mend; the first when in doubt.
    let Some(key) = keys.iter().min_by_key(|key| key.missing + key.repeated) else {
        let terms = profile.identified_by.first().cloned().unwrap_or_default();
        return Ok(Some(Finding { count: exact.rows, terms, ..unidentified }));
    };
    let terms: Vec<String> = key.columns.iter().map(|column| column.trim_start_matches("v_").to_owned()).collect();
    let [missing, repeated] = key.conditions();
    let samples =
        samples_of_any(&tables.session, OCCURRENCES, &key.columns, &[missing.as_str(), repeated.as_str()]).await?;
    Ok(Some(Finding {
        message: format!(
            "{}: {} occurrences without, {} with that of an earlier one",
            terms.join(" with "),
            key.missing,
            key.repeated
        ),
        count: key.missing + key.repeated,
        file: samples.first().and_then(|sample| sample.file.clone()),
        line: samples.first().and_then(|sample| sample.line),
        terms,
        samples,
        ..unidentified
    }))
}

impl Key {
    async fn of(tables: &Tables, columns: Vec<String>) -> Result<Self> {
        let mut key = Self { columns, missing: 0, repeated: 0 };
        let (present, value) = (key.is_present(), key.value());
        let query = format!(
            "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS filled, count(*) AS groups FROM \
             (SELECT count(*) AS n FROM {OCCURRENCES} WHERE {present} GROUP BY {value})"
        );
        let counted = numbers(&tables.session, &query).await?;
        let all = numbers(&tables.session, &format!("SELECT count(*) FROM {OCCURRENCES}")).await?;
        if let ([filled, groups], [rows]) = (counted.as_slice(), all.as_slice()) {
            key.missing = rows.saturating_sub(*filled);
            key.repeated = filled.saturating_sub(*groups);
        }
        Ok(key)
    }

    fn is_present(&self) -> String {
        self.columns.iter().map(|column| filled(column)).collect::<Vec<_>>().join(" AND ")
    }

    fn value(&self) -> String {
        self.columns.iter().map(|column| format!("btrim({})", name(column))).collect::<Vec<_>>().join(", ")
    }

    /// The occurrences that it does not tell apart: those without a value, and those whose value others have too.
    fn conditions(&self) -> [String; 2] {
        let present = self.is_present();
        let parts: Vec<String> = self.columns.iter().map(|column| format!("btrim({})", name(column))).collect();
        let joined = parts.join(" || '|' || ");
        let repeated = format!(
            "{joined} IN (SELECT value FROM (SELECT {joined} AS value FROM {OCCURRENCES} WHERE {present}) \
             GROUP BY value HAVING count(*) > 1)"
        );
        [format!("NOT ({present})"), repeated]
    }
}
