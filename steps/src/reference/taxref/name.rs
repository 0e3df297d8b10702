//! A name of a release and what TAXREF says of its taxon.

use hashbrown::HashSet;

use super::names::Own;
use super::territory::letter_in;
use super::{NameId, Rank, SharedColumn, Status, Taxref};

/// How deep a climb goes at most. The deepest branch of TAXREF has about forty ranks.
const DEPTH: usize = 128;

/// A name and the taxon it names.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub(super) taxref: &'a Taxref,
    pub(super) id: NameId,
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
        self.taxref.names.cd_nom(self.id)
    }

    /// CD_REF.
    pub fn cd_ref(self) -> i32 {
        self.accepted().cd_nom()
    }

    /// The accepted name of the taxon; itself where it is that.
    pub fn accepted(self) -> Self {
        Self { taxref: self.taxref, id: NameId(self.taxref.names.accepted(self.id)) }
    }

    /// Whether the name is the accepted one.
    pub fn is_accepted(self) -> bool {
        self.taxref.names.accepted(self.id) == self.id.0
    }

    /// The rank, where TAXREF gives one that is known.
    pub fn rank(self) -> Option<Rank> {
        self.taxref.names.rank(self.id)
    }

    /// NOM_COMPLET: name and authors.
    pub fn full(self) -> &'a str {
        self.taxref.names.own(self.id, Own::Full)
    }

    /// LB_NOM: the name without authors.
    pub fn canonical(self) -> &'a str {
        self.taxref.names.own(self.id, Own::Canonical)
    }

    /// LB_AUTEUR; empty where there is none.
    pub fn author(self) -> &'a str {
        self.taxref.names.own(self.id, Own::Author)
    }

    /// NOM_VERN of the taxon.
    pub fn vernacular(self) -> Option<&'a str> {
        present(self.taxref.names.own(self.accepted().id, Own::Vernacular))
    }

    /// NOM_VERN_ENG of the taxon.
    pub fn vernacular_english(self) -> Option<&'a str> {
        present(self.taxref.names.own(self.accepted().id, Own::English))
    }

    /// A column that many taxa share, of the accepted name.
    pub fn shared(self, column: SharedColumn) -> Option<&'a str> {
        present(self.taxref.names.shared(self.accepted().id, column))
    }

    /// The letter of the taxon's status in a territory: `P` in `REU`.
    pub fn letter(self, territory: &str) -> Option<&'a str> {
        letter_in(self.taxref.names.shared(self.accepted().id, SharedColumn::Letters), territory)
    }

    /// The statuses of the taxon itself, without those of its ancestors.
    pub fn statuses(self) -> impl Iterator<Item = Status<'a>> {
        let taxref = self.taxref;
        taxref.statuses.of_row(self.accepted().id.0).iter().filter_map(move |number| taxref.status(*number))
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
            for parent in self.taxref.names.parents(name.id).rev() {
                waiting.push(Self { taxref: self.taxref, id: NameId(parent) }.accepted());
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
        taxref.children.of_row(self.accepted().id.0).iter().map(move |child| Self { taxref, id: NameId(*child) })
    }

    /// The accepted name and all taxa below it, in order of CD_REF.
    pub fn descendants(self) -> Vec<Name<'a>> {
        let mut seen = HashSet::<u32>::new();
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
        taxref.by_accepted.of_row(self.accepted().id.0).iter().map(move |row| Self { taxref, id: NameId(*row) })
    }
}

fn present(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
