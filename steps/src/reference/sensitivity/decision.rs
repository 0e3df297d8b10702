//! What people decided on single records.
//!
//! A person may know better than a rule, and the SINP allows to lower a level by hand where that is recorded: who, when, from
//! which list (GINCO, `sensiManuelle`, `sensiDateAttribution`, `sensiReferentiel`). A decision therefore has an author and a
//! date, or is an error. It names its record by the `occurrenceKey`, or by the dataset and the `occurrenceID`, which are
//! compared without case as the identifiers of the SINP are.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;
use jiff::civil::Date;

use super::Levels;
use crate::reference::taxref::{MissingColumn, column_of};

/// A decision on the level of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The file and the line: `decisions.csv:2`.
    pub id: String,
    /// The rank of the level.
    pub level: u8,
    /// `sensiDateAttribution`: when it was taken.
    pub date: Date,
    /// Who took it.
    pub author: String,
    /// Why.
    pub comment: Option<String>,
}

/// A decision that cannot be used. What it was meant to protect could be published: the run must not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionError {
    /// The file.
    pub source: String,
    /// The line in it.
    pub line: u64,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for DecisionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, line, problem } = self;
        write!(formatter, "{source}: line {line}: {problem}")
    }
}

impl std::error::Error for DecisionError {}

/// All decisions, by record.
#[derive(Debug, Default)]
pub struct Decisions {
    all: Vec<Decision>,
    by_key: HashMap<String, u32, ahash::RandomState>,
    /// By dataset, then by `occurrenceID`, both in lower case.
    by_id: HashMap<String, HashMap<String, u32, ahash::RandomState>, ahash::RandomState>,
}

impl Decisions {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Decision> {
        self.all.iter()
    }

    /// Looks up the decisions on records, one after the other.
    pub fn of_records(&self) -> OfRecords<'_> {
        OfRecords { decisions: self, folded: String::new() }
    }

    fn get(&self, position: Option<&u32>) -> Option<&Decision> {
        self.all.get(usize::try_from(*position?).ok()?)
    }
}

/// Looks up decisions with one buffer for all records.
#[derive(Debug)]
pub struct OfRecords<'a> {
    decisions: &'a Decisions,
    folded: String,
}

impl<'a> OfRecords<'a> {
    /// The decision on a record. Where one names its key and another its identifier the stricter counts.
    pub fn find(&mut self, key: Option<&str>, dataset: Option<&str>, id: Option<&str>) -> Option<&'a Decision> {
        let decisions = self.decisions;
        let by_key = match key {
            Some(key) if !decisions.by_key.is_empty() => decisions.by_key.get(self.fold(key)),
            _ => None,
        };
        let by_id = match (dataset, id) {
            (Some(dataset), Some(id)) if !decisions.by_id.is_empty() => {
                let of_dataset = decisions.by_id.get(self.fold(dataset));
                of_dataset.and_then(|ids| ids.get(self.fold(id)))
            }
            _ => None,
        };
        let (by_key, by_id) = (decisions.get(by_key), decisions.get(by_id));
        by_id.into_iter().chain(by_key).max_by_key(|decision| decision.level)
    }

    fn fold(&mut self, text: &str) -> &str {
        self.folded.clear();
        self.folded.extend(text.chars().flat_map(char::to_lowercase));
        &self.folded
    }
}

/// Where the columns of a file stand.
#[derive(Debug, Clone)]
pub struct DecisionTable {
    source: Arc<str>,
    key: Option<usize>,
    dataset: Option<usize>,
    id: Option<usize>,
    level: usize,
    date: usize,
    author: usize,
    comment: Option<usize>,
}

/// Takes the rows of one or several files and builds the [`Decisions`].
#[derive(Debug)]
pub struct DecisionsBuilder<'a> {
    levels: &'a Levels,
    decisions: Decisions,
}

impl<'a> DecisionsBuilder<'a> {
    /// A builder for decisions on these levels.
    pub fn new(levels: &'a Levels) -> Self {
        Self { levels, decisions: Decisions::default() }
    }

    /// Finds the columns of a file by name.
    ///
    /// # Errors
    /// When there is none for the record, the level, the date or the author.
    pub fn table(&self, source: impl Into<String>, header: &[&str]) -> Result<DecisionTable, MissingColumn> {
        let any = |names: &[&str]| names.iter().find_map(|name| column_of(header, name));
        let (key, dataset, id) = (any(&["occurrenceKey"]), any(&["datasetKey"]), any(&["occurrenceID"]));
        if key.is_none() && (dataset.is_none() || id.is_none()) {
            return Err(MissingColumn(if id.is_some() { "datasetKey" } else { "occurrenceKey" }));
        }
        Ok(DecisionTable {
            source: source.into().into(),
            key,
            dataset,
            id,
            level: any(&["sensiNiveau", "level"]).ok_or(MissingColumn("sensiNiveau"))?,
            date: any(&["sensiDateAttribution", "date"]).ok_or(MissingColumn("sensiDateAttribution"))?,
            author: any(&["author", "auteur", "sensiReferentiel"]).ok_or(MissingColumn("author"))?,
            comment: any(&["comment", "commentaire"]),
        })
    }

    /// Takes a row.
    ///
    /// # Errors
    /// When it names no record, has no level of the table, no date or no author, or says something else than an earlier row
    /// on the same record.
    pub fn push(&mut self, table: &DecisionTable, line: u64, record: &[&str]) -> Result<(), DecisionError> {
        let cell = |column: Option<usize>| {
            let cell = column.and_then(|column| record.get(column)).map(|cell| cell.trim());
            cell.filter(|cell| !cell.is_empty())
        };
        let wrong = |problem: String| DecisionError { source: table.source.to_string(), line, problem };
        let text = cell(Some(table.level)).ok_or_else(|| wrong("sensiNiveau is empty".to_owned()))?;
        let known = || self.levels.iter().map(|level| level.code.as_str()).collect::<Vec<_>>().join(", ");
        let level = self.levels.of_code(text);
        let level =
            level.ok_or_else(|| wrong(format!("sensiNiveau {text:?} is no level; known are {}", known())))?.rank;
        let text = cell(Some(table.date)).ok_or_else(|| wrong("sensiDateAttribution is empty".to_owned()))?;
        let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let date = date.ok_or_else(|| wrong(format!("sensiDateAttribution {text:?} is no date such as 2025-09-15")))?;
        let author = cell(Some(table.author)).ok_or_else(|| wrong("there is no author".to_owned()))?.to_owned();
        let comment = cell(table.comment).map(str::to_owned);
        let names = (cell(table.key), cell(table.dataset).zip(cell(table.id)));
        if names == (None, None) {
            return Err(wrong("it names no record".to_owned()));
        }
        let position = u32::try_from(self.decisions.all.len()).map_err(|_| wrong("there are too many".to_owned()))?;
        let id = format!("{}:{line}", table.source);
        let Decisions { all, by_key, by_id } = &mut self.decisions;
        let mut earlier = Vec::new();
        if let Some(key) = names.0 {
            earlier.push(*by_key.entry(key.to_lowercase()).or_insert(position));
        }
        if let Some((dataset, id)) = names.1 {
            let ids = by_id.entry(dataset.to_lowercase()).or_default();
            earlier.push(*ids.entry(id.to_lowercase()).or_insert(position));
        }
        let contradicted = earlier.into_iter().filter_map(|earlier| all.get(usize::try_from(earlier).ok()?));
        if let Some(other) = contradicted.into_iter().find(|other| other.level != level) {
            return Err(wrong(format!("it contradicts the decision on the same record at {}", other.id)));
        }
        all.push(Decision { id, level, date, author, comment });
        Ok(())
    }

    /// All decisions.
    pub fn build(self) -> Decisions {
        self.decisions
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const HEADER: [&str; 7] =
        ["occurrenceKey", "datasetKey", "occurrenceID", "sensiNiveau", "sensiDateAttribution", "author", "comment"];

    fn read(rows: &[&str]) -> Result<Decisions, DecisionError> {
        let levels = Levels::default();
        let mut builder = DecisionsBuilder::new(&levels);
        let table = builder.table("decisions.csv", &HEADER).unwrap();
        for (line, row) in (2..).zip(rows) {
            builder.push(&table, line, &row.split(';').collect::<Vec<_>>())?;
        }
        Ok(builder.build())
    }

    #[test]
    fn a_record_is_found_by_its_key_or_in_its_dataset() {
        let decisions =
            read(&["ABC;;;0;2025-01-31;A. Aus;", ";D1;X-1;3;2025-01-31;A. Aus;nid", ";d2;x-1;1;2025-01-31;A. Aus;"])
                .unwrap();
        let mut records = decisions.of_records();
        let mut level =
            |key, dataset, id| records.find(key, dataset, id).map(|decision| (decision.level, decision.id.clone()));
        assert_eq!(level(Some("abc"), Some("d9"), Some("x")), Some((0, "decisions.csv:2".to_owned())));
        assert_eq!(level(None, Some("d1"), Some("x-1")), Some((3, "decisions.csv:3".to_owned())));
        assert_eq!(level(Some("abc"), Some("d2"), Some("X-1")), Some((1, "decisions.csv:4".to_owned())));
        assert_eq!(level(Some("abd"), Some("d2"), Some("x-2")), None);
        assert_eq!(level(None, None, Some("x-1")), None);
    }

    #[test]
    fn a_decision_that_cannot_be_used_is_told_with_its_line() {
        for (rows, problem) in [
            (&["k;;;;2025-01-31;A;"][..], "line 2: sensiNiveau is empty"),
            (&["k;;;7;2025-01-31;A;"], "line 2: sensiNiveau \"7\" is no level; known are 0, 1, 2, 3, 4"),
            (&["k;;;1;;A;"], "line 2: sensiDateAttribution is empty"),
            (&["k;;;1;31/01/2025;A;"], "line 2: sensiDateAttribution \"31/01/2025\" is no date such as 2025-09-15"),
            (&["k;;;1;2025-01-31;;"], "line 2: there is no author"),
            (&[";d;;1;2025-01-31;A;"], "line 2: it names no record"),
            (
                &["k;;;1;2025-01-31;A;", "K;;;0;2025-02-28;B;"],
                "line 3: it contradicts the decision on the same record at decisions.csv:2",
            ),
            (
                &[";d;X;1;2025-01-31;A;", "k;D;x;2;2025-02-28;B;"],
                "line 3: it contradicts the decision on the same record at decisions.csv:2",
            ),
        ] {
            assert_eq!(read(rows).unwrap_err().to_string(), format!("decisions.csv: {problem}"));
        }
        // The same twice is no contradiction.
        assert_eq!(read(&["k;;;1;2025-01-31;A;", "k;;;1;2025-02-28;B;"]).unwrap().len(), 2);
        let levels = Levels::default();
        let builder = DecisionsBuilder::new(&levels);
        let missing = |header: &[&str]| builder.table("d.csv", header).unwrap_err().0;
        assert_eq!(missing(&["occurrenceID", "sensiNiveau", "sensiDateAttribution", "author"]), "datasetKey");
        assert_eq!(missing(&["occurrenceKey", "sensiNiveau", "author"]), "sensiDateAttribution");
    }
}
