//! Whether occurrences can be told apart, as GBIF's validator asks: by `occurrenceID`, or by the triplet of institution,
//! collection and catalogue number.

use super::finding::{Findings, finding};
use super::query::{filled, name, numbers, samples};
use super::report::Finding;
use super::tables::{Exact, OCCURRENCES, Tables};
use crate::error::Result;

/// Terms whose values together identify an occurrence.
const KEYS: [&[&str]; 2] = [&["occurrenceID"], &["institutionCode", "collectionCode", "catalogNumber"]];

/// How far some terms identify occurrences.
struct Key {
    columns: Vec<String>,
    /// Occurrences without a value.
    missing: u64,
    /// Occurrences whose value another one has before them.
    repeated: u64,
}

/// Adds a finding when neither key tells occurrences apart.
///
/// # Errors
/// When a query fails.
pub(super) async fn add_findings(tables: &Tables, exact: &Exact, findings: &mut Findings) -> Result<()> {
    let mut keys = Vec::new();
    for terms in KEYS {
        let columns: Vec<String> = terms.iter().map(|term| format!("v_{term}")).collect();
        if columns.iter().all(|column| exact.has(column)) {
            keys.push(Key::of(tables, columns).await?);
        }
    }
    if keys.iter().any(|key| key.missing == 0 && key.repeated == 0) {
        return Ok(());
    }
    let mut unidentified = finding("OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", "there is neither occurrenceID nor a triplet");
    unidentified.count = exact.rows;
    // The key that tells most of them apart is the one to mend; occurrenceID when in doubt.
    if let Some(key) = keys.iter().min_by_key(|key| key.missing + key.repeated) {
        let terms: Vec<&str> = key.columns.iter().map(|column| column.trim_start_matches("v_")).collect();
        let samples = samples(&tables.session, OCCURRENCES, &key.columns, &key.condition()).await?;
        unidentified = Finding {
            message: format!(
                "{} is missing in {} occurrences, and {} have that of an earlier one",
                terms.join(" with "),
                key.missing,
                key.repeated
            ),
            count: key.missing + key.repeated,
            file: samples.first().and_then(|sample| sample.file.clone()),
            line: samples.first().and_then(|sample| sample.line),
            terms: terms.into_iter().map(str::to_owned).collect(),
            samples,
            ..unidentified
        };
    }
    findings.push(unidentified);
    Ok(())
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

    /// The occurrences that it does not tell apart.
    fn condition(&self) -> String {
        let (present, value) = (self.is_present(), self.value());
        let joined = self.columns.iter().map(|column| format!("btrim({})", name(column))).collect::<Vec<_>>();
        let joined = joined.join(" || '|' || ");
        format!(
            "NOT ({present}) OR {joined} IN (SELECT {joined} FROM {OCCURRENCES} WHERE {present} \
             GROUP BY {value} HAVING count(*) > 1)"
        )
    }
}
