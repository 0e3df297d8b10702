//! TAXREF, the national taxonomy: every name of one release, with its accepted name and its place in the tree.
//!
//! A release has some 710,000 names. They are kept as one table of fixed-size rows over one arena of text, with sorted
//! tables for look-ups, so that a release costs about 150 MB and is shared by all threads.
//!
//! Two rules of TAXREF shape this module. CD_NOM numbers a *name*, CD_REF is the CD_NOM of the accepted name of the same
//! taxon. And synonyms have no parents: every climb starts from CD_REF. Parents come in two columns, CD_SUP (every rank)
//! and CD_TAXSUP (principal ranks only); ancestors are those reached through either, so that a rule on a sub-genus or a
//! clade is not missed.

mod build;
mod index;
mod rank;
mod retired;

pub use build::{MissingColumn, Problem, RowError, TaxrefBuilder};
pub(crate) use build::{column_of, integer};
pub use rank::Rank;
pub use retired::{RetiredColumns, Retirement};

use hashbrown::HashMap;

use crate::parse::taxon_name::{Reading, full_name_key};
use index::{Index, hash_of};

/// How deep a climb goes at most. The deepest branch of TAXREF has about forty ranks.
const DEPTH: usize = 128;

/// The position of a name in a [`Taxref`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u32);

/// All names of one TAXREF release, indexed.
#[derive(Debug, Default)]
pub struct Taxref {
    version: Option<u32>,
    label: String,
    text: String,
    names: Vec<Row>,
    /// Texts that many names share: higher taxa, groups.
    shared: Vec<Box<str>>,
    cd_noms: HashMap<i32, u32, ahash::RandomState>,
    full_names: Index,
    canonical_names: Index,
    /// Names sorted by canonical key, for what starts alike.
    alphabet: Vec<u32>,
    /// Each first word of a key, with the position in the alphabet where its names start.
    first_words: Vec<(Box<str>, u32)>,
    /// Names sorted by accepted name.
    by_accepted: Vec<u32>,
    children: Vec<(u32, u32)>,
    retired: HashMap<i32, (Option<i32>, Option<u8>), ahash::RandomState>,
    problems: Vec<Problem>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    cd_nom: i32,
    accepted: u32,
    /// Rows of the parents (CD_SUP, CD_TAXSUP); [`NONE`] where there is none.
    parents: [u32; 2],
    full: Span,
    canonical: Span,
    author: Span,
    vernacular: Span,
    /// Kingdom, phylum, class, order, family, group 1, 2, 3, habitat: positions in `shared`.
    shared: [u32; 9],
    rank: Option<Rank>,
}

const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    length: u32,
}

/// A column of TAXREF whose values many names share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum SharedColumn {
    /// REGNE
    Kingdom,
    /// PHYLUM
    Phylum,
    /// CLASSE
    Class,
    /// ORDRE
    Order,
    /// FAMILLE
    Family,
    /// GROUP1_INPN
    Group1,
    /// GROUP2_INPN
    Group2,
    /// GROUP3_INPN
    Group3,
    /// HABITAT
    Habitat,
}

/// What became of a CD_NOM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The number is in the release.
    Current(NameId),
    /// It was withdrawn for another, through one or several replacements.
    Replaced(NameId),
    /// It was withdrawn without a replacement that leads anywhere.
    Withdrawn(Retirement),
    /// It never was a CD_NOM, as far as is known.
    Unknown,
}

impl Taxref {
    /// Number of the release, where the engine gave it.
    pub fn version_number(&self) -> Option<u32> {
        self.version
    }

    /// Name of the release: `TAXREF v18`.
    pub fn version(&self) -> &str {
        &self.label
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What was wrong in the files.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// A name of the release.
    pub fn name(&self, id: NameId) -> Name<'_> {
        Name { taxref: self, id }
    }

    /// All names, by position.
    pub fn all(&self) -> impl Iterator<Item = Name<'_>> {
        (0_u32..).take(self.names.len()).map(|id| self.name(NameId(id)))
    }

    /// All accepted names, by position.
    pub fn accepted(&self) -> impl Iterator<Item = Name<'_>> {
        (0_u32..).zip(&self.names).filter(|(id, row)| row.accepted == *id).map(|(id, _)| self.name(NameId(id)))
    }

    /// The name of a CD_NOM, if it is in the release.
    pub fn by_cd_nom(&self, cd_nom: i32) -> Option<NameId> {
        self.cd_noms.get(&cd_nom).copied().map(NameId)
    }

    /// The name of a CD_NOM, followed through CDNOM_DISPARUS when it is withdrawn.
    ///
    /// Replacements may chain over releases. An empty replacement, one that leads to itself or round in a circle, or to a
    /// number that is nowhere, is none: the number counts as frozen, as SINP has it for a withdrawal without a reason.
    pub fn resolve(&self, cd_nom: i32) -> Resolution {
        if let Some(id) = self.by_cd_nom(cd_nom) {
            return Resolution::Current(id);
        }
        let mut seen = vec![cd_nom];
        let mut current = cd_nom;
        let mut first = None;
        while let Some((replacement, reason)) = self.retired.get(&current) {
            let retirement = Retirement::of_reason(*reason);
            first.get_or_insert(retirement);
            let Some(next) = replacement.filter(|next| retirement == Retirement::Replaced && !seen.contains(next))
            else {
                break;
            };
            if let Some(id) = self.by_cd_nom(next) {
                return Resolution::Replaced(id);
            }
            seen.push(next);
            current = next;
        }
        match first {
            Some(Retirement::Deleted) => Resolution::Withdrawn(Retirement::Deleted),
            Some(_) => Resolution::Withdrawn(Retirement::Frozen),
            None => Resolution::Unknown,
        }
    }

    /// The names whose whole form, authors included, is this but for case, accents and punctuation.
    pub fn by_full_name(&self, text: &str) -> Vec<NameId> {
        let key = full_name_key(text);
        // Most names that are found are written as TAXREF has them.
        self.full_names.find(hash_of(&key), |row| {
            let full = self.name(row).full();
            full == text || full_name_key(full) == key
        })
    }

    /// The names whose canonical form has this [`Reading::key`].
    pub fn by_canonical_key(&self, key: &str) -> Vec<NameId> {
        self.canonical_names.find(hash_of(key), |row| {
            let canonical = self.name(row).canonical();
            canonical.eq_ignore_ascii_case(key) || Reading::of(canonical).key == key
        })
    }

    /// The first words of names that start with a letter, each with the range of its names in the alphabet.
    pub(crate) fn first_words(&self, letter: char) -> impl Iterator<Item = (&str, std::ops::Range<usize>)> {
        let start =
            self.first_words.partition_point(|(word, _)| word.chars().next().is_some_and(|first| first < letter));
        let words = self.first_words.get(start..).unwrap_or(&[]).iter().enumerate();
        words.take_while(move |(_, (word, _))| word.starts_with(letter)).map(move |(offset, (word, first))| {
            let next = self.first_words.get(start + offset + 1);
            (word.as_ref(), *first as usize..next.map_or(self.alphabet.len(), |(_, next)| *next as usize))
        })
    }

    pub(crate) fn alphabet(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = Name<'_>> {
        self.alphabet.get(range).unwrap_or(&[]).iter().map(|row| self.name(NameId(*row)))
    }

    fn row(&self, id: NameId) -> &Row {
        const NOTHING: Row = Row {
            cd_nom: 0,
            accepted: 0,
            parents: [NONE; 2],
            full: Span { start: 0, length: 0 },
            canonical: Span { start: 0, length: 0 },
            author: Span { start: 0, length: 0 },
            vernacular: Span { start: 0, length: 0 },
            shared: [0; 9],
            rank: None,
        };
        self.names.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    fn span(&self, span: Span) -> &str {
        self.text.get(span.start as usize..(span.start + span.length) as usize).unwrap_or("")
    }
}

/// A name and the taxon it names.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    taxref: &'a Taxref,
    id: NameId,
}

impl std::fmt::Debug for Name<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.cd_nom(), self.full())
    }
}

impl<'a> Name<'a> {
    /// Its position.
    pub fn id(self) -> NameId {
        self.id
    }

    /// CD_NOM.
    pub fn cd_nom(self) -> i32 {
        self.taxref.row(self.id).cd_nom
    }

    /// CD_REF.
    pub fn cd_ref(self) -> i32 {
        self.accepted().cd_nom()
    }

    /// The accepted name of the taxon; itself where it is that.
    pub fn accepted(self) -> Self {
        Self { taxref: self.taxref, id: NameId(self.taxref.row(self.id).accepted) }
    }

    /// Whether the name is the accepted one.
    pub fn is_accepted(self) -> bool {
        self.taxref.row(self.id).accepted == self.id.0
    }

    /// The rank, where TAXREF gives one that is known.
    pub fn rank(self) -> Option<Rank> {
        self.taxref.row(self.id).rank
    }

    /// NOM_COMPLET: name and authors.
    pub fn full(self) -> &'a str {
        self.taxref.span(self.taxref.row(self.id).full)
    }

    /// LB_NOM: the name without authors.
    pub fn canonical(self) -> &'a str {
        self.taxref.span(self.taxref.row(self.id).canonical)
    }

    /// LB_AUTEUR; empty where there is none.
    pub fn author(self) -> &'a str {
        self.taxref.span(self.taxref.row(self.id).author)
    }

    /// NOM_VERN of the taxon.
    pub fn vernacular(self) -> Option<&'a str> {
        Some(self.taxref.span(self.taxref.row(self.accepted().id).vernacular)).filter(|text| !text.is_empty())
    }

    /// A column that many taxa share, of the accepted name.
    pub fn shared(self, column: SharedColumn) -> Option<&'a str> {
        let position = *self.taxref.row(self.accepted().id).shared.get(column as usize)?;
        self.taxref.shared.get(position as usize).map(AsRef::as_ref).filter(|text: &&str| !text.is_empty())
    }

    /// The accepted name and all its ancestors, nearest first.
    pub fn lineage(self) -> Vec<Name<'a>> {
        let mut lineage: Vec<Self> = Vec::with_capacity(24);
        let mut waiting = vec![self.accepted()];
        while let Some(name) = waiting.pop() {
            if lineage.len() >= DEPTH || lineage.iter().any(|seen| seen.id == name.id) {
                continue;
            }
            lineage.push(name);
            // CD_SUP is nearer than CD_TAXSUP: it is climbed first.
            for parent in self.taxref.row(name.id).parents.iter().rev().filter(|parent| **parent != NONE) {
                waiting.push(Self { taxref: self.taxref, id: NameId(*parent) }.accepted());
            }
        }
        lineage
    }

    /// The ancestor of a rank, or the name itself where it has that rank.
    pub fn ancestor(self, rank: Rank) -> Option<Name<'a>> {
        self.lineage().into_iter().find(|name| name.rank().is_some_and(|its| its.is_like(rank)))
    }

    /// The accepted taxa right below.
    pub fn children(self) -> impl Iterator<Item = Name<'a>> {
        let taxref = self.taxref;
        let parent = self.accepted().id.0;
        let start = taxref.children.partition_point(|(above, _)| *above < parent);
        let children =
            taxref.children.get(start..).unwrap_or(&[]).iter().take_while(move |(above, _)| *above == parent);
        children.map(move |(_, child)| Self { taxref, id: NameId(*child) })
    }

    /// The accepted name and all taxa below it, in order of CD_REF.
    pub fn descendants(self) -> Vec<Name<'a>> {
        let mut seen = hashbrown::HashSet::<u32, ahash::RandomState>::with_hasher(index::hasher());
        let mut found = Vec::new();
        let mut waiting = vec![self.accepted()];
        while let Some(name) = waiting.pop() {
            if seen.insert(name.id.0) {
                found.push(name);
                waiting.extend(name.children());
            }
        }
        found.sort_by_key(|name| name.cd_nom());
        found
    }

    /// All names of the taxon: the accepted one and its synonyms.
    pub fn names(self) -> impl Iterator<Item = Name<'a>> {
        let taxref = self.taxref;
        let accepted = self.accepted().id.0;
        let of = move |row: &u32| taxref.row(NameId(*row)).accepted;
        let start = taxref.by_accepted.partition_point(|row| of(row) < accepted);
        let names = taxref.by_accepted.get(start..).unwrap_or(&[]).iter().take_while(move |row| of(row) == accepted);
        names.map(move |row| Self { taxref, id: NameId(*row) })
    }
}

#[cfg(test)]
pub(crate) mod tests;
