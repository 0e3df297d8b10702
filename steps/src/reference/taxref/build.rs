//! Putting a [`Taxref`] together from the rows of its files.

use std::fmt;

use hashbrown::HashMap;

use super::index::{Index, hash_of, hasher};
use super::{NONE, NameId, Rank, RetiredColumns, Row, Span, Taxref};
use crate::parse::taxon_name::{Reading, full_name_key};

/// A column without which a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingColumn(pub &'static str);

impl fmt::Display for MissingColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "column {} is missing", self.0)
    }
}

impl std::error::Error for MissingColumn {}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Line in the file, as the reader counts them.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// Its value.
    pub value: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {} is not a number: {:?}", self.line, self.column, self.value)
    }
}

impl std::error::Error for RowError {}

/// Something odd in TAXREF that does not stop it from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// A CD_NOM stands on two rows; the first one counts.
    DuplicateCdNom(i32),
    /// CD_REF is not in the file; the name counts as accepted.
    UnknownCdRef(i32),
    /// A parent is not in the file.
    UnknownParent(i32),
    /// The rank is not one of TAXREF's.
    UnknownRank(i32),
}

/// Takes the rows of TAXREF and CDNOM_DISPARUS, in any order, and builds a [`Taxref`].
#[derive(Debug)]
pub struct TaxrefBuilder {
    columns: Columns,
    taxref: Taxref,
    /// CD_REF, CD_SUP and CD_TAXSUP of each row.
    links: Vec<[i32; 3]>,
    interned: HashMap<Box<str>, u32, ahash::RandomState>,
}

#[derive(Debug, Clone, Copy)]
struct Columns {
    cd_nom: usize,
    cd_ref: usize,
    rank: usize,
    canonical: usize,
    author: Option<usize>,
    full: Option<usize>,
    vernacular: Option<usize>,
    sup: Option<usize>,
    taxsup: Option<usize>,
    shared: [Option<usize>; 9],
}

impl TaxrefBuilder {
    /// Finds the columns by name: their number and order change from release to release.
    ///
    /// # Errors
    /// When CD_NOM, CD_REF, RANG or LB_NOM is missing.
    pub fn new(header: &[&str]) -> Result<Self, MissingColumn> {
        let required = |name| column_of(header, name).ok_or(MissingColumn(name));
        let optional = |name| column_of(header, name);
        let columns = Columns {
            cd_nom: required("CD_NOM")?,
            cd_ref: required("CD_REF")?,
            rank: required("RANG")?,
            canonical: required("LB_NOM")?,
            author: optional("LB_AUTEUR"),
            full: optional("NOM_COMPLET"),
            vernacular: optional("NOM_VERN"),
            sup: optional("CD_SUP"),
            taxsup: optional("CD_TAXSUP"),
            shared: [
                "REGNE",
                "PHYLUM",
                "CLASSE",
                "ORDRE",
                "FAMILLE",
                "GROUP1_INPN",
                "GROUP2_INPN",
                "GROUP3_INPN",
                "HABITAT",
            ]
            .map(optional),
        };
        let mut taxref = Taxref { label: "TAXREF".to_owned(), ..Taxref::default() };
        taxref.cd_noms = HashMap::with_hasher(hasher());
        taxref.retired = HashMap::with_hasher(hasher());
        taxref.shared.push(Box::from(""));
        Ok(Self { columns, taxref, links: Vec::new(), interned: HashMap::with_hasher(hasher()) })
    }

    /// The number of the release, which stands in the name of the file only: `TAXREFv18.txt`.
    #[must_use]
    pub fn version(mut self, number: u32) -> Self {
        self.taxref.version = Some(number);
        self.taxref.label = format!("TAXREF v{number}");
        self
    }

    /// Takes a row. A record that is too short has empty cells.
    ///
    /// # Errors
    /// When CD_NOM or CD_REF is not a number; the row is then left out.
    pub fn push(&mut self, line: u64, record: &[&str]) -> Result<(), RowError> {
        let columns = self.columns;
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).map_or("", |cell| cell.trim());
        let number = |column: usize, name: &'static str| {
            let value = cell(Some(column));
            integer(value).ok_or_else(|| RowError { line, column: name, value: value.chars().take(80).collect() })
        };
        let cd_nom = number(columns.cd_nom, "CD_NOM")?;
        let cd_ref = number(columns.cd_ref, "CD_REF")?;
        let position = u32::try_from(self.taxref.names.len()).unwrap_or(NONE);
        if self.taxref.cd_noms.contains_key(&cd_nom) || position == NONE {
            self.taxref.problems.push(Problem::DuplicateCdNom(cd_nom));
            return Ok(());
        }
        let rank = Rank::of_code(cell(Some(columns.rank)));
        if rank.is_none() {
            self.taxref.problems.push(Problem::UnknownRank(cd_nom));
        }
        let (canonical, author) = (cell(Some(columns.canonical)), cell(columns.author));
        let (full, canonical, author) = self.name_spans(cell(columns.full), canonical, author);
        // NOM_VERN is the taxon's, repeated on all its names.
        let vernacular = if cd_nom == cd_ref { self.store(cell(columns.vernacular)) } else { Span::default() };
        let shared = columns.shared.map(|column| self.intern(cell(column)));
        self.taxref.cd_noms.insert(cd_nom, position);
        self.taxref.names.push(Row {
            cd_nom,
            accepted: position,
            parents: [NONE; 2],
            full,
            canonical,
            author,
            vernacular,
            shared,
            rank,
        });
        let parent = |column| integer(cell(column)).unwrap_or(0);
        self.links.push([cd_ref, parent(columns.sup), parent(columns.taxsup)]);
        Ok(())
    }

    /// Takes a withdrawn CD_NOM.
    pub fn retired(&mut self, cd_nom: i32, replacement: Option<i32>, reason: Option<u8>) {
        self.taxref.retired.insert(cd_nom, (replacement, reason));
    }

    /// Takes a record of CDNOM_DISPARUS; one without a number is left out.
    pub fn push_retired(&mut self, columns: &RetiredColumns, record: &[&str]) {
        if let Some((cd_nom, replacement, reason)) = columns.read(record) {
            self.retired(cd_nom, replacement, reason);
        }
    }

    /// Resolves the links between names and sorts the indexes.
    pub fn build(mut self) -> Taxref {
        self.link_accepted();
        self.link_parents();
        let mut taxref = self.taxref;
        taxref.text.shrink_to_fit();
        taxref.names.shrink_to_fit();
        taxref.problems.sort_by_key(|problem| match problem {
            Problem::DuplicateCdNom(cd_nom)
            | Problem::UnknownCdRef(cd_nom)
            | Problem::UnknownParent(cd_nom)
            | Problem::UnknownRank(cd_nom) => *cd_nom,
        });
        let rows = || (0_u32..).take(taxref.names.len());
        let full = |row| hash_of(&full_name_key(taxref.name(NameId(row)).full()));
        let full_names = Index::of(rows().map(|row| (full(row), row)).collect());
        let mut keys: Vec<(String, i32, u32)> = rows()
            .map(|row| {
                let name = taxref.name(NameId(row));
                (Reading::of(name.canonical()).key, name.cd_nom(), row)
            })
            .collect();
        let canonical_names = Index::of(keys.iter().map(|(key, _, row)| (hash_of(key), *row)).collect());
        keys.sort_unstable();
        let alphabet = keys.iter().map(|(_, _, row)| *row).collect();
        // The space sorts before all that stands in a key: names of one genus stand together, genera in order.
        let mut first_words: Vec<(Box<str>, u32)> = Vec::new();
        for (position, (key, _, _)) in (0_u32..).zip(&keys) {
            let word = key.split(' ').next().unwrap_or("");
            if first_words.last().is_none_or(|(last, _)| last.as_ref() != word) {
                first_words.push((Box::from(word), position));
            }
        }
        drop(keys);
        let mut by_accepted: Vec<u32> = rows().collect();
        by_accepted.sort_by_key(|row| (taxref.row(NameId(*row)).accepted, *row));
        let mut children: Vec<(u32, u32)> = Vec::new();
        for row in rows().filter(|row| taxref.row(NameId(*row)).accepted == *row) {
            let above = taxref.row(NameId(row)).parents.into_iter().filter(|parent| *parent != NONE);
            children.extend(above.map(|parent| (taxref.row(NameId(parent)).accepted, row)));
        }
        children.sort_unstable();
        children.dedup();
        Taxref { full_names, canonical_names, alphabet, first_words, by_accepted, children, ..taxref }
    }

    /// CD_REF of each row; one that leads to a synonym is followed to the accepted name.
    fn link_accepted(&mut self) {
        let accepted: Vec<u32> = (0_u32..)
            .zip(&self.links)
            .map(|(row, _)| {
                let mut current = row;
                for _ in 0..8 {
                    let cd_ref = self.links.get(current as usize).map_or(0, |link| link[0]);
                    match self.taxref.cd_noms.get(&cd_ref) {
                        Some(next) if *next == current => return current,
                        Some(next) => current = *next,
                        None => return current,
                    }
                }
                row
            })
            .collect();
        for ((row, accepted), link) in self.taxref.names.iter_mut().zip(accepted).zip(&self.links) {
            row.accepted = accepted;
            if !self.taxref.cd_noms.contains_key(&link[0]) {
                self.taxref.problems.push(Problem::UnknownCdRef(row.cd_nom));
            }
        }
    }

    fn link_parents(&mut self) {
        for (row, [_, sup, taxsup]) in self.taxref.names.iter_mut().zip(&self.links) {
            for (parent, cd_nom) in row.parents.iter_mut().zip([*sup, *taxsup]) {
                if cd_nom == 0 || cd_nom == row.cd_nom {
                    continue;
                }
                match self.taxref.cd_noms.get(&cd_nom) {
                    Some(position) => *parent = *position,
                    None => self.taxref.problems.push(Problem::UnknownParent(row.cd_nom)),
                }
            }
        }
    }

    /// Spans of the three forms of a name, which share their text where they can.
    fn name_spans(&mut self, full: &str, canonical: &str, author: &str) -> (Span, Span, Span) {
        let joined;
        let full = if full.is_empty() {
            joined = format!("{canonical} {author}");
            joined.trim()
        } else {
            full
        };
        let span = self.store(full);
        let canonical = match full.starts_with(canonical) {
            true => Span { start: span.start, length: length_of(canonical) },
            false => self.store(canonical),
        };
        let author = match full.ends_with(author) {
            true => Span { start: span.start + span.length - length_of(author), length: length_of(author) },
            false => self.store(author),
        };
        (span, canonical, author)
    }

    /// Texts beyond 4 GB in all are dropped: TAXREF has 100 MB.
    fn store(&mut self, text: &str) -> Span {
        let end = u32::try_from(self.taxref.text.len() + text.len());
        let (Ok(start), Ok(_)) = (u32::try_from(self.taxref.text.len()), end) else { return Span::default() };
        self.taxref.text.push_str(text);
        Span { start, length: length_of(text) }
    }

    fn intern(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(position) = self.interned.get(text) {
            return *position;
        }
        let position = u32::try_from(self.taxref.shared.len()).unwrap_or(0);
        self.taxref.shared.push(Box::from(text));
        self.interned.insert(Box::from(text), position);
        position
    }
}

fn length_of(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(0)
}

/// The position of a column, whatever the case of its name; a byte order mark is not part of it.
pub(crate) fn column_of(header: &[&str], name: &str) -> Option<usize> {
    header
        .iter()
        .position(|cell| cell.trim_start_matches('\u{feff}').trim().trim_matches('"').eq_ignore_ascii_case(name))
}

/// A whole number; spreadsheets leave `.0` behind.
pub(crate) fn integer(text: &str) -> Option<i32> {
    let text = text.trim();
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}
