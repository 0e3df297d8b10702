//! How each mapped term is filled: how often, with how many values, which most often, and whether they are of its type.
//!
//! One query a term, grouped by value: the engine spills when a term has more values than memory holds, and what is kept
//! here is ten values.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::DataType;
use openobs_steps::parse::date::DateFormats;

use super::catalogue::value_type;
use super::finding::{Findings, finding};
use super::profile::Profile;
use super::query::{SAMPLES, each_batch, name, number, numbers, samples, shown, string};
use super::report::{Finding, TableReport, TermReport, TopValue};
use super::tables::{Exact, MappedTerm, OCCURRENCES, Table, Tables};
use crate::error::Result;
use crate::run::Run;

/// Values shown of each term.
const TOP: usize = 10;

/// Measures every term of every table, and adds the values that are not of their types.
///
/// # Errors
/// When a query fails.
pub(super) async fn measure(
    run: &Run,
    profiles: &[Profile],
    tables: &Tables,
    exact: Option<&Exact>,
    findings: &mut Findings,
) -> Result<Vec<TableReport>> {
    let formats = DateFormats::from(run.settings.interpretation.date_order);
    let mut reports = Vec::with_capacity(tables.tables.len());
    for (position, table) in tables.tables.iter().enumerate() {
        let interpreted = match exact.filter(|_| table.has_occurrences()) {
            Some(exact) => interpreted(tables, table, exact).await?,
            None => BTreeMap::new(),
        };
        let mut terms = Vec::with_capacity(table.columns.len());
        for mapped in &table.columns {
            let values = Values::of(tables, table, mapped, formats).await?;
            values.add_finding(tables, table, mapped, findings).await?;
            let name = mapped.term.name();
            let status = profiles.iter().filter(|_| exact.is_some());
            terms.push(TermReport {
                name: name.to_owned(),
                uri: mapped.term.uri().to_owned(),
                known: mapped.term.is_known(),
                status: status.filter_map(|of| Some((of.name.clone(), of.status_of(name)?))).collect(),
                filled: values.filled,
                interpreted: interpreted.get(&mapped.column).copied(),
                distinct: values.distinct,
                wrong: values.wrong,
                top: values
                    .top
                    .into_iter()
                    .map(|(count, value)| TopValue { value: shown(&value), count: count.0 })
                    .collect(),
            });
        }
        let data = &table.data;
        reports.push(TableReport {
            role: if position == 0 { "core" } else { "extension" },
            name: data.row_type.name().to_owned(),
            row_type: data.row_type.uri().to_owned(),
            files: data.locations.clone(),
            encoding: data.encoding.name(),
            delimiter: char::from(data.dialect.delimiter).to_string(),
            quote: data.dialect.quote.map(|quote| char::from(quote).to_string()),
            header_lines: data.dialect.header_lines,
            rows: table.rows,
            quarantined: table.quarantined,
            terms,
        });
    }
    Ok(reports)
}

/// How many occurrences have an interpreted value, by the column of the term.
async fn interpreted(tables: &Tables, table: &Table, exact: &Exact) -> Result<BTreeMap<String, u64>> {
    let columns: Vec<&str> =
        table.columns.iter().map(|mapped| mapped.column.as_str()).filter(|column| exact.has(column)).collect();
    if columns.is_empty() {
        return Ok(BTreeMap::new());
    }
    let counts: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(position, column)| {
            let value = name(column);
            match exact.type_of(column) {
                Some(DataType::List(_)) => {
                    format!("count(*) FILTER (WHERE cardinality({value}) > 0) AS c{position}")
                }
                _ => format!("count({value}) AS c{position}"),
            }
        })
        .collect();
    let counted = numbers(&tables.session, &format!("SELECT {} FROM {OCCURRENCES}", counts.join(", "))).await?;
    Ok(columns.into_iter().map(str::to_owned).zip(counted).collect())
}

/// The values of a term.
#[derive(Debug, Default)]
struct Values {
    filled: u64,
    distinct: u64,
    /// The most frequent first, then in their own order.
    top: BTreeSet<(Reverse<u64>, String)>,
    wrong: u64,
    /// Where different wrong values stand first.
    wrong_places: BTreeSet<u64>,
}

impl Values {
    async fn of(tables: &Tables, table: &Table, mapped: &MappedTerm, formats: DateFormats) -> Result<Self> {
        let wanted = value_type(mapped.term.name());
        let column = name(&mapped.column);
        let query = format!(
            "SELECT btrim({column}) AS value, count(*) AS n, min(\"_place\") AS place FROM {} \
             WHERE {column} IS NOT NULL GROUP BY btrim({column})",
            table.name
        );
        let mut values = Self::default();
        each_batch(&tables.session, &query, |batch| {
            for row in 0..batch.num_rows() {
                let value = string(batch.column(0), row).unwrap_or_default();
                let count = number(batch.column(1), row).unwrap_or_default();
                if value.trim().is_empty() {
                    continue;
                }
                values.add(value, count);
                if wanted.is_some_and(|wanted| !wanted.admits(value, formats)) {
                    values.wrong += count;
                    values.wrong_places.extend(number(batch.column(2), row));
                    if values.wrong_places.len() > SAMPLES {
                        values.wrong_places.pop_last();
                    }
                }
            }
            Ok(())
        })
        .await?;
        Ok(values)
    }

    fn add(&mut self, value: &str, count: u64) {
        self.filled += count;
        self.distinct += 1;
        let last = self.top.last().map(|(Reverse(least), last)| (*least, last.as_str()));
        let is_shown = |(least, last): (u64, &str)| (Reverse(count), value) < (Reverse(least), last);
        if self.top.len() < TOP || last.is_some_and(is_shown) {
            self.top.insert((Reverse(count), value.to_owned()));
            if self.top.len() > TOP {
                self.top.pop_last();
            }
        }
    }

    async fn add_finding(
        &self,
        tables: &Tables,
        table: &Table,
        mapped: &MappedTerm,
        findings: &mut Findings,
    ) -> Result<()> {
        let Some(wanted) = value_type(mapped.term.name()).filter(|_| self.wrong > 0) else { return Ok(()) };
        let places: Vec<String> = self.wrong_places.iter().map(ToString::to_string).collect();
        let condition = format!("\"_place\" IN ({})", places.join(", "));
        let samples = samples(&tables.session, &table.name, std::slice::from_ref(&mapped.column), &condition).await?;
        findings.push(Finding {
            count: self.wrong,
            file: table.data.locations.first().cloned(),
            line: samples.first().and_then(|sample| sample.line),
            terms: vec![mapped.term.name().to_owned()],
            samples,
            ..finding("VALUE_NOT_OF_TYPE", format!("{} is not {}", mapped.term.name(), wanted.wanted()))
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_values_are_kept_in_a_fixed_order() {
        let mut values = Values::default();
        for number in (0..100_u64).rev() {
            values.add(&format!("v{number:02}"), if number < 50 { 2 } else { 1 });
        }
        values.add("often", 9);
        assert_eq!((values.filled, values.distinct, values.top.len()), (159, 101, TOP));
        let top: Vec<&str> = values.top.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(top[..3], ["often", "v00", "v01"]);
        assert_eq!(top[9], "v08");
    }
}
