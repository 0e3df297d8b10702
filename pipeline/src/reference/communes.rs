//! The history of communes, from a delimited file.

use std::path::Path;

use openobs_steps::reference::communes::{CommuneChange, CommuneHistory};

use super::delimited;
use crate::error::{Error, Result};

/// Reads the history: columns `code`, `current_code`, and where they are there `name` and `from`.
///
/// # Errors
/// When the file cannot be read, lacks a column, or has a year that is none.
pub fn read(path: &Path) -> Result<CommuneHistory> {
    let header = |names: &[&str]| {
        let position = |name: &str| names.iter().position(|known| known.trim().eq_ignore_ascii_case(name));
        let required = |name: &str| {
            position(name).ok_or_else(|| {
                Error::usage(format!("the history of communes has no column {name}"))
                    .remedy("give the columns code, current_code, name, from")
            })
        };
        Ok(([required("code")?, required("current_code")?], [position("name"), position("from")], Vec::new()))
    };
    let (.., changes) = delimited::read(path, header, |(codes, others, changes), _, cells| {
        let cell = |position: usize| cells.get(position).map(|cell| cell.trim()).unwrap_or_default();
        let [code, current_code] = codes.map(cell);
        if code.is_empty() || current_code.is_empty() {
            return Ok(());
        }
        let [name, from] = others.map(|position| position.map(cell).unwrap_or_default());
        let year = from.get(..4).unwrap_or(from);
        let from = match year.is_empty() {
            true => None,
            false => Some(year.parse().map_err(|_| {
                Error::usage(format!("`{from}` is no year")).remedy("give the year of the change, or nothing")
            })?),
        };
        changes.push(CommuneChange {
            code: code.to_owned(),
            current_code: current_code.to_owned(),
            name: name.to_owned(),
            from,
        });
        Ok(())
    })?;
    Ok(CommuneHistory::new(changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_read_by_the_names_of_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read(&path).map_err(|error| error.to_string())
        };
        let history = read("name,current_code,code,from\nHotonnes,01187,01190,2016-01-01\n,01033,01091,\n").unwrap();
        assert_eq!(history.len(), 2);
        assert_eq!(history.after("01190", None).collect::<Vec<_>>(), ["01187"]);
        assert_eq!(history.after("01190", Some(2015)).count(), 0);
        assert!(read("code,name\n1,2\n").unwrap_err().contains("no column current_code"));
        assert!(read("code,current_code,from\n01190,01187,soon\n").unwrap_err().contains("`soon` is no year"));
    }
}
