//! The cases, and classes of cases, in which this project means to differ from the reference.
//!
//! A table, comma separated, with the headers
//!
//! | header | holds |
//! | --- | --- |
//! | `area` | the area |
//! | `function` | the function of the area; empty for all |
//! | `case` | the id of one case; empty for a class |
//! | `column` | for a class: the cell that tells whether a case belongs to it, such as `in.minimumDepthInMeters` |
//! | `pattern` | for a class: a regular expression that the cell matches; start and end are not implied |
//! | `outputs` | what may differ, separated by `;`, such as `depth;issues`; empty for anything |
//! | `reason` | why the difference is right, one sentence |

use regex::Regex;

use super::given::Given;
use super::{TableError, delimited};

const HEADER: [&str; 7] = ["area", "function", "case", "column", "pattern", "outputs", "reason"];

/// The classes of conformance cases that are meant to differ.
#[derive(Debug, Default)]
pub struct Deviations {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    area: String,
    function: String,
    of: Class,
    outputs: Vec<String>,
    reason: String,
}

#[derive(Debug)]
enum Class {
    Case(String),
    Matching { column: String, pattern: Regex },
}

impl Deviations {
    /// Reads a table; `name` is that of its file.
    ///
    /// # Errors
    /// When the table is malformed, or a row names neither a case nor a class or gives no reason.
    pub fn read(name: &str, content: &str) -> Result<Self, TableError> {
        let fail = |line: usize, message: String| TableError::new(name, Some(line), message);
        let records = delimited::read(content).map_err(|error| fail(error.line, error.message.to_owned()))?;
        let mut records = records.into_iter().filter(|record| !record.is_blank());
        if records.next().is_none_or(|header| header.cells != HEADER) {
            return Err(fail(1, format!("the header is not `{}`", HEADER.join(","))));
        }
        let mut rows = Vec::new();
        for record in records {
            let cells: [String; 7] = (record.cells.try_into())
                .map_err(|cells: Vec<String>| fail(record.line, format!("{} cells, not 7", cells.len())))?;
            let [area, function, case, column, pattern, outputs, reason] = cells;
            let of = match (case.is_empty(), column.is_empty() || pattern.is_empty()) {
                (false, _) if column.is_empty() && pattern.is_empty() => Class::Case(case),
                (true, false) => {
                    let pattern =
                        Regex::new(&pattern).map_err(|error| fail(record.line, format!("`pattern`: {error}")))?;
                    Class::Matching { column, pattern }
                }
                _ => return Err(fail(record.line, "give either `case`, or `column` and `pattern`".to_owned())),
            };
            if area.is_empty() || reason.is_empty() {
                return Err(fail(record.line, "`area` and `reason` are needed".to_owned()));
            }
            let outputs = outputs.split(';').filter(|output| !output.is_empty()).map(str::to_owned).collect();
            rows.push(Row { area, function, of, outputs, reason });
        }
        Ok(Self { rows })
    }

    /// The reason why a case may differ in these outputs, if it may.
    pub(super) fn reason(&self, given: &Given<'_>, differing: &[String]) -> Option<&str> {
        let covers = |row: &&Row| {
            row.area == given.text_or_empty("area")
                && (row.function.is_empty() || row.function == given.text_or_empty("function"))
                && match &row.of {
                    Class::Case(id) => given.text_or_empty("case_id") == id,
                    Class::Matching { column, pattern } => {
                        given.text(column).is_some_and(|text| pattern.is_match(text))
                    }
                }
                && (row.outputs.is_empty() || differing.iter().all(|output| row.outputs.contains(output)))
        };
        self.rows.iter().find(covers).map(|row| row.reason.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_a_case_or_a_class_and_a_reason() {
        let read = |rows: &str| {
            let content = format!("area,function,case,column,pattern,outputs,reason\n{rows}");
            Deviations::read("d.csv", &content).map(|read| read.rows.len()).map_err(|error| error.to_string())
        };
        assert_eq!(read("number,integer,n-1,,,,why\nnumber,,,in.value,\\d\\.\\d,integer;double,why\n"), Ok(2));
        assert_eq!(read("number,,,,,,why\n"), Err("d.csv:2: give either `case`, or `column` and `pattern`".to_owned()));
        assert!(read("number,,n-1,in.a,x,,why\n").is_err());
        assert_eq!(read("number,,n-1,,,,\n"), Err("d.csv:2: `area` and `reason` are needed".to_owned()));
        assert!(read("number,,,in.a,(,,why\n").unwrap_err().starts_with("d.csv:2: `pattern`: regex parse error"));
    }
}
