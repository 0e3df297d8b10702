//! Reading and writing of comma separated text as RFC 4180 has it.

/// One record with the line on which it starts, from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    pub line: usize,
    pub cells: Vec<String>,
}

impl Record {
    /// A line with nothing on it.
    pub fn is_blank(&self) -> bool {
        matches!(self.cells.as_slice(), [only] if only.is_empty())
    }
}

/// Where a quoted cell goes wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed {
    pub line: usize,
    pub message: &'static str,
}

/// The records of a text, blank lines included.
pub fn read(text: &str) -> Result<Vec<Record>, Malformed> {
    let mut records = Vec::new();
    let mut characters = text.chars().peekable();
    let mut line = 1;
    while characters.peek().is_some() {
        let mut record = Record { line, cells: Vec::new() };
        loop {
            let mut cell = String::new();
            if characters.next_if_eq(&'"').is_some() {
                let opened = line;
                loop {
                    match characters.next() {
                        Some('"') if characters.next_if_eq(&'"').is_some() => cell.push('"'),
                        Some('"') => break,
                        Some(character) => {
                            line += usize::from(character == '\n');
                            cell.push(character);
                        }
                        None => return Err(Malformed { line: opened, message: "a quoted cell is never closed" }),
                    }
                }
            } else {
                while let Some(character) = characters.next_if(|character| !matches!(character, ',' | '\n')) {
                    if character == '"' {
                        return Err(Malformed { line, message: "a quote stands inside a cell that is not quoted" });
                    }
                    cell.push(character);
                }
                if characters.peek().is_none_or(|next| *next == '\n') && cell.ends_with('\r') {
                    cell.pop();
                }
            }
            record.cells.push(cell);
            // What ends a cell: a comma, the end of the line (with or without a carriage return) or of the text.
            match characters.next() {
                Some(',') => {}
                Some('\n') | None => break,
                Some('\r') if characters.next_if_eq(&'\n').is_some() || characters.peek().is_none() => break,
                Some(_) => return Err(Malformed { line, message: "text follows the closing quote of a cell" }),
            }
        }
        line += 1;
        records.push(record);
    }
    Ok(records)
}

/// Appends one record; cells are quoted only where they must be.
pub fn write(out: &mut String, cells: &[String]) {
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        let edges = cell.starts_with(char::is_whitespace) || cell.ends_with(char::is_whitespace);
        if edges || cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        read(text).unwrap().into_iter().map(|record| record.cells).collect()
    }

    #[test]
    fn reads_quotes_line_ends_and_empty_cells() {
        assert_eq!(cells("a,b\r\n1,\n"), [["a", "b"], ["1", ""]]);
        assert_eq!(cells("\"a,\"\"b\"\"\",\"x\ny\"\r\n"), [["a,\"b\"", "x\ny"]]);
        assert_eq!(cells("a,\"b\""), [["a", "b"]]);
        assert_eq!(cells("a,"), [["a", ""]]);
        assert_eq!(cells(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn counts_lines_inside_quotes() {
        let records = read("a\n\"x\ny\"\nz\n").unwrap();
        assert_eq!(records.iter().map(|record| record.line).collect::<Vec<_>>(), [1, 2, 4]);
    }

    #[test]
    fn tells_where_a_cell_is_malformed() {
        assert_eq!(read("a\n\"b\nc").unwrap_err(), Malformed { line: 2, message: "a quoted cell is never closed" });
        assert_eq!(
            read("a\nb\"c").unwrap_err(),
            Malformed { line: 2, message: "a quote stands inside a cell that is not quoted" }
        );
        assert_eq!(
            read("\"a\"b").unwrap_err(),
            Malformed { line: 1, message: "text follows the closing quote of a cell" }
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        let row: Vec<String> = ["a", "", " b ", "c,d", "e\"f", "g\nh", "é"].map(str::to_owned).to_vec();
        let mut text = String::new();
        write(&mut text, &row);
        assert_eq!(cells(&text), [row]);
    }
}
