//! Putting a [`Taxref`] together from the rows of its files.

use ahash::RandomState;
use arrow::array::LargeStringArray;
use hashbrown::HashMap;

use super::alphabet::Alphabet;
use super::index::{Index, Lists, Numbers, hash_of};
use super::interned::{Interned, hasher};
use super::names::{ACCEPTED, LINKS, Names, OWN, Own, SHARED};
use super::retired::Retired;
use super::status::{self, Statuses};
use super::territory::{TERRITORIES, letters};
use super::vernacular::Language;
use super::{
    MissingColumn, NONE, NameId, Problem, Rank, Resolution, RetiredColumns, RowError, SharedColumn, StatusColumns,
    Taxref, VernacularColumns, batch, column_of, integer,
};
use crate::parse::taxon_name::{Reading, full_name_key};

/// Takes the rows of the files of a release, in any order, and builds a [`Taxref`].
#[derive(Debug)]
pub struct TaxrefBuilder {
    columns: Columns,
    version: Option<u32>,
    text: String,
    cd_noms: Vec<i32>,
    /// CD_REF, CD_SUP and CD_TAXSUP of each row, as numbers.
    references: Vec<[i32; LINKS]>,
    spans: Vec<[Span; OWN]>,
    shared: Vec<[u32; SHARED]>,
    ranks: Vec<u8>,
    rows: HashMap<i32, u32, RandomState>,
    texts: Interned,
    vernacular: Vec<(i32, Language, Box<str>)>,
    retired: Vec<(i32, Option<i32>, Option<u8>)>,
    statuses: Vec<[u32; status::TEXTS]>,
    status_numbers: HashMap<[u32; status::TEXTS], u32, RandomState>,
    /// CD_NOM, CD_REF and number of the status, as given.
    given_statuses: Vec<(i32, i32, u32)>,
    problems: Vec<Problem>,
}

/// Start and length of a text in the arena.
type Span = [u32; 2];

#[derive(Debug, Clone, Copy)]
struct Columns {
    cd_nom: usize,
    cd_ref: usize,
    rank: usize,
    canonical: usize,
    author: Option<usize>,
    full: Option<usize>,
    vernacular: Option<usize>,
    english: Option<usize>,
    sup: Option<usize>,
    taxsup: Option<usize>,
    /// Columns of [`SharedColumn`] but the last.
    shared: [Option<usize>; SHARED - 1],
    territories: [Option<usize>; TERRITORIES.len()],
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
            english: optional("NOM_VERN_ENG"),
            sup: optional("CD_SUP"),
            taxsup: optional("CD_TAXSUP"),
            shared: [
                "REGNE",
                "PHYLUM",
                "CLASSE",
                "ORDRE",
                "FAMILLE",
                "SOUS_FAMILLE",
                "TRIBU",
                "GROUP1_INPN",
                "GROUP2_INPN",
                "GROUP3_INPN",
                "HABITAT",
            ]
            .map(optional),
            territories: TERRITORIES.map(optional),
        };
        Ok(Self {
            columns,
            version: None,
            text: String::new(),
            cd_noms: Vec::new(),
            references: Vec::new(),
            spans: Vec::new(),
            shared: Vec::new(),
            ranks: Vec::new(),
            rows: HashMap::with_hasher(hasher()),
            texts: Interned::new(),
            vernacular: Vec::new(),
            retired: Vec::new(),
            statuses: Vec::new(),
            status_numbers: HashMap::with_hasher(hasher()),
            given_statuses: Vec::new(),
            problems: Vec::new(),
        })
    }

    /// The number of the release, which stands in the name of the file only: `TAXREFv18.txt`.
    #[must_use]
    pub fn version(mut self, number: u32) -> Self {
        self.version = Some(number);
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
        if cd_nom <= 0 {
            self.problems.push(Problem::LocalCdNom(cd_nom));
            return Ok(());
        }
        let row = u32::try_from(self.cd_noms.len()).unwrap_or(NONE);
        if self.rows.contains_key(&cd_nom) || row == NONE {
            self.problems.push(Problem::DuplicateCdNom(cd_nom));
            return Ok(());
        }
        let rank = Rank::of_code(cell(Some(columns.rank)));
        if rank.is_none() {
            self.problems.push(Problem::UnknownRank(cd_nom));
        }
        let (canonical, author) = (cell(Some(columns.canonical)), cell(columns.author));
        let [full, canonical, author] = self.name_spans(cell(columns.full), canonical, author);
        // Vernacular names are the taxon's, repeated on all its names.
        let of_taxon = |column| if cd_nom == cd_ref { cell(column) } else { "" };
        let vernacular = self.store(of_taxon(columns.vernacular));
        let english = self.store(of_taxon(columns.english));
        self.spans.push([full, canonical, author, vernacular, english]);
        let mut shared = [0; SHARED];
        for (position, column) in shared.iter_mut().zip(columns.shared) {
            *position = self.texts.intern(cell(column));
        }
        let letters = letters(|territory| cell(columns.territories.get(territory).copied().flatten()));
        shared[SharedColumn::Letters as usize] = self.texts.intern(letters.trim_end());
        self.shared.push(shared);
        self.ranks.push(rank.map_or(Rank::UNKNOWN, Rank::position));
        let parent = |column| integer(cell(column)).unwrap_or(0);
        self.references.push([cd_ref, parent(columns.sup), parent(columns.taxsup)]);
        self.rows.insert(cd_nom, row);
        self.cd_noms.push(cd_nom);
        Ok(())
    }

    /// Takes a withdrawn CD_NOM.
    pub fn retired(&mut self, cd_nom: i32, replacement: Option<i32>, reason: Option<u8>) {
        self.retired.push((cd_nom, replacement, reason));
    }

    /// Takes a record of CDNOM_DISPARUS; one without a number is left out.
    pub fn push_retired(&mut self, columns: &RetiredColumns, record: &[&str]) {
        if let Some((cd_nom, replacement, reason)) = columns.read(record) {
            self.retired(cd_nom, replacement, reason);
        }
    }

    /// Takes a record of TAXVERN; one in another language than French or English is left out.
    pub fn push_vernacular(&mut self, columns: &VernacularColumns, record: &[&str]) {
        if let Some((cd_nom, language, name)) = columns.read(record) {
            self.vernacular.push((cd_nom, language, Box::from(name)));
        }
    }

    /// Takes a record of BDC_STATUTS.
    ///
    /// # Errors
    /// When CD_NOM is not a number; the row is then left out.
    pub fn push_status(&mut self, columns: &StatusColumns, line: u64, record: &[&str]) -> Result<(), RowError> {
        let (given, cd_ref, texts) = columns.read(record);
        let cd_nom = integer(given).ok_or_else(|| RowError {
            line,
            column: "CD_NOM",
            value: given.chars().take(80).collect(),
        })?;
        let texts = texts.map(|text| self.texts.intern(text));
        let next = u32::try_from(self.statuses.len()).unwrap_or(NONE);
        let number = *self.status_numbers.entry(texts).or_insert(next);
        if number == next {
            self.statuses.push(texts);
        }
        self.given_statuses.push((cd_nom, integer(cd_ref).unwrap_or(cd_nom), number));
        Ok(())
    }

    /// Resolves the links between names and sorts the indexes.
    pub fn build(mut self) -> Taxref {
        let links = self.links();
        self.add_vernacular(&links);
        let names = Names {
            text: LargeStringArray::from(vec![std::mem::take(&mut self.text)]),
            cd_noms: std::mem::take(&mut self.cd_noms).into(),
            links: links.into_flattened().into(),
            spans: std::mem::take(&mut self.spans).into_flattened().into_flattened().into(),
            shared: std::mem::take(&mut self.shared).into_flattened().into(),
            ranks: std::mem::take(&mut self.ranks).into(),
            shared_texts: self.texts.finish(),
        };
        let taxref = Taxref {
            version: self.version,
            label: batch::label(self.version),
            numbers: Numbers::of(&names.cd_noms),
            retired: Retired::of(std::mem::take(&mut self.retired)),
            names,
            ..Taxref::default()
        };
        let mut taxref = indexed(taxref);
        taxref.statuses = self.resolved_statuses(&taxref);
        self.problems.sort_unstable_by_key(|problem| (problem.cd_nom(), *problem));
        taxref.problems.0 = self.problems;
        taxref
    }

    /// Rows that each row leads to. A CD_REF that leads to a synonym is followed to the accepted name.
    fn links(&mut self) -> Vec<[u32; LINKS]> {
        let accepted = |row: u32| {
            let mut current = row;
            for _ in 0..8 {
                let cd_ref = self.references.get(current as usize).map_or(0, |references| references[ACCEPTED]);
                match self.rows.get(&cd_ref) {
                    Some(next) if *next != current => current = *next,
                    _ => return current,
                }
            }
            row
        };
        let mut links: Vec<[u32; LINKS]> =
            (0_u32..).take(self.cd_noms.len()).map(|row| [accepted(row); LINKS]).collect();
        for ((link, references), cd_nom) in links.iter_mut().zip(&self.references).zip(&self.cd_noms) {
            let [cd_ref, parents @ ..] = references;
            if !self.rows.contains_key(cd_ref) {
                self.problems.push(Problem::UnknownCdRef(*cd_nom));
            }
            for (link, parent) in link.iter_mut().skip(1).zip(parents) {
                *link = match self.rows.get(parent) {
                    Some(_) if parent == cd_nom => NONE,
                    Some(row) => *row,
                    None => NONE,
                };
                if *link == NONE && *parent != 0 && parent != cd_nom {
                    self.problems.push(Problem::UnknownParent(*cd_nom));
                }
            }
        }
        // Where a circle of CD_REF was cut, each name of it is the accepted one of itself, and no name leads to another.
        let final_ones: Vec<bool> = (0_u32..).zip(&links).map(|(row, link)| link[ACCEPTED] == row).collect();
        for (row, link) in (0_u32..).zip(&mut links) {
            if !final_ones.get(link[ACCEPTED] as usize).copied().unwrap_or(false) {
                link[ACCEPTED] = row;
            }
        }
        links
    }

    /// Gives the names of TAXVERN to taxa that have none in TAXREF, in the order of their rows, each once.
    fn add_vernacular(&mut self, links: &[[u32; LINKS]]) {
        let mut added: Vec<(u32, Language, Vec<Box<str>>)> = Vec::new();
        let mut places: HashMap<(u32, Language), usize, RandomState> = HashMap::with_hasher(hasher());
        for (cd_nom, language, name) in std::mem::take(&mut self.vernacular) {
            let Some(link) = self.rows.get(&cd_nom).and_then(|row| links.get(*row as usize)) else { continue };
            let row = link[ACCEPTED];
            let place = *places.entry((row, language)).or_insert(added.len());
            if place == added.len() {
                added.push((row, language, Vec::new()));
            }
            if let Some((_, _, names)) = added.get_mut(place)
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        for (row, language, names) in added {
            let own = match language {
                Language::French => Own::Vernacular,
                Language::English => Own::English,
            } as usize;
            let is_empty = self.spans.get(row as usize).is_some_and(|spans| spans[own][1] == 0);
            if is_empty {
                let span = self.store(&names.join(", "));
                if let Some(spans) = self.spans.get_mut(row as usize) {
                    spans[own] = span;
                }
            }
        }
    }

    /// Statuses by accepted name: that of CD_REF, else of CD_NOM, through CDNOM_DISPARUS where it was withdrawn.
    fn resolved_statuses(&mut self, taxref: &Taxref) -> Statuses {
        let row = |cd_nom: i32| match taxref.resolve(cd_nom) {
            Resolution::Current(id) | Resolution::Replaced(id) => Some(taxref.name(id).accepted().id().0),
            Resolution::Withdrawn(_) | Resolution::Unknown => None,
        };
        let mut pairs = Vec::with_capacity(self.given_statuses.len());
        let mut unknown = Vec::new();
        for (cd_nom, cd_ref, number) in std::mem::take(&mut self.given_statuses) {
            match row(cd_ref).or_else(|| row(cd_nom)) {
                Some(row) => pairs.push((row, number)),
                None => unknown.push(Problem::UnknownStatusTaxon(cd_nom)),
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        self.problems.extend(unknown);
        Statuses::of(taxref.len(), std::mem::take(&mut self.statuses), pairs)
    }

    /// Spans of the three forms of a name, which share their text where they can.
    fn name_spans(&mut self, full: &str, canonical: &str, author: &str) -> [Span; 3] {
        let joined;
        let full = if full.is_empty() {
            joined = format!("{canonical} {author}");
            joined.trim()
        } else {
            full
        };
        let span = self.store(full);
        let canonical = match full.starts_with(canonical) {
            true => [span[0], length_of(canonical)],
            false => self.store(canonical),
        };
        let author = match full.ends_with(author) {
            true => [span[0] + span[1] - length_of(author), length_of(author)],
            false => self.store(author),
        };
        [span, canonical, author]
    }

    /// Texts beyond 4 GB in all are dropped: TAXREF has 100 MB.
    fn store(&mut self, text: &str) -> Span {
        let end = u32::try_from(self.text.len() + text.len());
        let (Ok(start), Ok(_)) = (u32::try_from(self.text.len()), end) else { return [0, 0] };
        self.text.push_str(text);
        [start, length_of(text)]
    }
}

/// The release with its indexes of names, which are made from the names.
fn indexed(taxref: Taxref) -> Taxref {
    let rows = || (0_u32..).take(taxref.len());
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
    let alphabet = Alphabet::of(keys.iter().map(|(key, _, row)| (key.as_str(), *row)));
    drop(keys);
    let accepted = |row: u32| taxref.names.accepted(NameId(row));
    let by_accepted = Lists::of(taxref.len(), rows().map(|row| (accepted(row), row)).collect());
    let taxa = rows().filter(|row| accepted(*row) == *row);
    let children = taxa.flat_map(|row| taxref.names.parents(NameId(row)).map(move |parent| (parent, row)));
    let children = Lists::of(taxref.len(), children.map(|(parent, row)| (accepted(parent), row)).collect());
    Taxref { full_names, canonical_names, alphabet, by_accepted, children, ..taxref }
}

fn length_of(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(0)
}
