//! `openobs reference check`: whether all reference data that production needs is there and fits together.

use std::fmt::Write as _;

use serde::Serialize;

use super::print;
use crate::cli::Global;
use crate::commands::{Status, settings};
use crate::error::Result;
use crate::reference::check::{Checked, State, check as check_all};
use crate::report::page::grouped;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    complete: bool,
    references: &'a [Checked],
}

/// Checks all reference data of the configuration.
///
/// # Errors
/// When the configuration is wrong.
pub fn check(global: &Global) -> Result<Status> {
    let settings = settings(global, None)?;
    let references = check_all(&settings);
    let complete = references.iter().all(|row| row.state == State::Fine);
    if global.json {
        let answer = Answer { complete, references: &references };
        print(&String::from_utf8_lossy(&crate::commit::json(&answer)?))?;
    } else if !global.quiet {
        print(&table(&references))?;
    }
    Ok(if complete { Status::Done } else { Status::Incomplete })
}

/// A line for each setting, and below it what is wrong or should be known.
fn table(references: &[Checked]) -> String {
    let cells: Vec<[String; 6]> = references.iter().map(cells).collect();
    let mut widths = [0; 6];
    for row in &cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    // Writing to a string does not fail.
    for (row, cells) in references.iter().zip(&cells) {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let _ = writeln!(text, "{}", padded.collect::<Vec<_>>().join("  ").trim_end());
        let about = [("!", &row.problems), ("-", &row.notes)];
        for (sign, said) in about.into_iter().flat_map(|(sign, list)| list.iter().map(move |said| (sign, said))) {
            let _ = writeln!(text, "         {sign} {said}");
        }
        if let Some(published) = &row.published {
            let _ = writeln!(text, "         > {published}");
        }
    }
    let count = |state| references.iter().filter(|row| row.state == state).count();
    let _ =
        writeln!(text, "{} fine, {} missing, {} wrong", count(State::Fine), count(State::Missing), count(State::Wrong));
    text
}

/// State, setting, count, version, licence and file.
fn cells(row: &Checked) -> [String; 6] {
    let state = match row.state {
        State::Fine => "fine",
        State::Missing => "MISSING",
        State::Wrong => "WRONG",
    };
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    [
        state.to_owned(),
        row.setting.trim_start_matches("references.").to_owned(),
        row.count.map_or_else(|| "-".to_owned(), |count| grouped(count as u64)),
        known(&row.provenance.version),
        known(&row.provenance.license),
        known(&row.file),
    ]
}
