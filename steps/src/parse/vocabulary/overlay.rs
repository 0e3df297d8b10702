//! A data team's own words, laid over a vocabulary.

use std::collections::HashMap;
use std::fmt;

use strsim::damerau_levenshtein;

use super::{KINDS, Vocabulary};

/// What is wrong with a file that is to be laid over a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}; {}", self.line, self.message, self.remedy)
    }
}

impl std::error::Error for Mistake {}

/// The columns that a file may have; all but `concept` and `label` may be left out.
const COLUMNS: [&str; 5] = ["concept", "kind", "language", "label", "parent"];

/// One label of a file.
struct Row<'a> {
    line: usize,
    concept: usize,
    kind: usize,
    language: &'a str,
    label: &'a str,
}

impl Vocabulary {
    /// Lays a file over this vocabulary and returns the number of its labels: its words win over those that are there.
    ///
    /// The file has the format of the program's own tables. Concepts stay those of the standard: their names may be
    /// written in any spelling, and a name that is none of them is a mistake. Nothing changes when there are mistakes.
    ///
    /// # Errors
    /// All mistakes of the file.
    pub fn lay_over(&mut self, text: &str) -> Result<usize, Vec<Mistake>> {
        let mut rows = self.read(text)?;
        // Labels claim keys in the order of the program's own tables, so the strongest is laid on last.
        rows.sort_by_key(|row| std::cmp::Reverse((row.kind, row.language != "en", row.line)));
        for row in &rows {
            let exact = row.label.to_lowercase();
            if KINDS.get(row.kind) == Some(&"code") {
                self.longest_code = self.longest_code.max(exact.len());
                self.codes.insert(exact, row.concept);
            } else if let Some(key) = self.key(row.label) {
                // A code is looked up first: one that is spelt like this word must not stand before it.
                self.codes.remove(&exact);
                self.keys.insert(key, row.concept);
            }
        }
        Ok(rows.len())
    }

    fn read<'a>(&self, text: &'a str) -> Result<Vec<Row<'a>>, Vec<Mistake>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(line, text)| (line + 1, text))
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let Some((line, header)) = lines.next() else {
            return Err(vec![mistake(1, "there is no header", "start with the columns `concept` and `label`")]);
        };
        let columns = Columns::of(line, header).map_err(|mistake| vec![mistake])?;
        let mut rows = Vec::new();
        let mut mistakes = Vec::new();
        let mut claimed: HashMap<(bool, String), (usize, usize)> = HashMap::new();
        for (line, text) in lines {
            match self.row(&columns, line, text) {
                Ok(row) => {
                    let is_code = KINDS.get(row.kind) == Some(&"code");
                    let claim =
                        if is_code { row.label.to_lowercase() } else { self.key(row.label).unwrap_or_default() };
                    let (before, concept) = *claimed.entry((is_code, claim)).or_insert((line, row.concept));
                    if concept == row.concept {
                        rows.push(row);
                    } else {
                        let other = self.concepts.get(concept).map_or("", |concept| concept.name);
                        let message = format!("`{}` is `{other}` on line {before} already", row.label);
                        mistakes.push(mistake(line, message, "give a word one meaning"));
                    }
                }
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
    }

    fn row<'a>(&self, columns: &Columns, line: usize, text: &'a str) -> Result<Row<'a>, Mistake> {
        let cells: Vec<&'a str> = text.split('\t').map(str::trim).collect();
        let cell = |column: Option<usize>| column.and_then(|column| cells.get(column)).copied().unwrap_or("");
        if cells.len() > columns.count {
            let message = format!("there are {} cells, and the header has {}", cells.len(), columns.count);
            return Err(mistake(line, message, "separate columns by one tab"));
        }
        let label = cell(columns.label);
        if label.is_empty() {
            return Err(mistake(line, "there is no label", "give the text that people write"));
        }
        let kind = match cell(columns.kind) {
            "" => "alternative",
            kind => kind,
        };
        let Some(kind) = KINDS.iter().position(|known| *known == kind) else {
            let remedy = format!("give one of `{}`", KINDS.join("`, `"));
            return Err(mistake(line, format!("the kind is `{kind}`"), remedy));
        };
        if KINDS.get(kind) != Some(&"code") && self.key(label).is_none() {
            let message = format!("`{label}` has no letters");
            return Err(mistake(line, message, "give it the kind `code`, which is compared as it is"));
        }
        let concept = self.concept_of(cell(columns.concept)).map_err(|remedy| {
            let message = format!("there is no concept `{}`", cell(columns.concept));
            mistake(line, message, remedy)
        })?;
        Ok(Row { line, concept, kind, language: cell(columns.language), label })
    }

    /// The concept of a name in any spelling, or what may have been meant.
    fn concept_of(&self, name: &str) -> Result<usize, String> {
        if let Some(position) = self.position(name) {
            return Ok(position);
        }
        let key_of = |name: &str| self.key(name).unwrap_or_default();
        let folded = key_of(name);
        if let Some(position) = self.concepts.iter().position(|concept| key_of(concept.name) == folded)
            && !folded.is_empty()
        {
            return Ok(position);
        }
        let names = self.concepts.iter().map(|concept| concept.name);
        let nearest = names.clone().map(|name| (damerau_levenshtein(&key_of(name), &folded), name)).min();
        // A word of the concept is as good a hint as a spelling near its name.
        let meant = self.find_key(&folded).map(|concept| concept.name);
        let near = nearest.filter(|(distance, name)| *distance <= name.chars().count() / 3).map(|(_, name)| name);
        Err(match meant.or(near) {
            Some(name) => format!("did you mean `{name}`?"),
            None => {
                const SHOWN: usize = 12;
                let shown: Vec<&str> = names.clone().take(SHOWN).collect();
                let more = if names.count() > SHOWN { ", …" } else { "" };
                format!("concepts are `{}`{more}", shown.join("`, `"))
            }
        })
    }
}

/// Where the columns stand.
struct Columns {
    count: usize,
    concept: Option<usize>,
    kind: Option<usize>,
    language: Option<usize>,
    label: Option<usize>,
}

impl Columns {
    fn of(line: usize, header: &str) -> Result<Self, Mistake> {
        let names: Vec<&str> = header.split('\t').map(str::trim).collect();
        if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(name)) {
            let remedy = format!("separate columns by tabs; they are `{}`", COLUMNS.join("`, `"));
            return Err(mistake(line, format!("the header has the unknown column `{unknown}`"), remedy));
        }
        let column = |name: &str| names.iter().position(|other| *other == name);
        let columns = Self {
            count: names.len(),
            concept: column("concept"),
            kind: column("kind"),
            language: column("language"),
            label: column("label"),
        };
        for (name, column) in [("concept", columns.concept), ("label", columns.label)] {
            if column.is_none() {
                let message = format!("the header has no column `{name}`");
                return Err(mistake(line, message, "give the columns `concept` and `label`"));
            }
        }
        Ok(columns)
    }
}

fn mistake(line: usize, message: impl Into<String>, remedy: impl Into<String>) -> Mistake {
    Mistake { line, message: message.into(), remedy: remedy.into() }
}
