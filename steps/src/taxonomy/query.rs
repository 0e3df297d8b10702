//! What a record says of its taxon.

use std::borrow::Cow;

use crate::parse::taxon_name::is_placeholder;
use crate::reference::taxref::Rank;

/// The taxonomic terms of one record.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Query<'a> {
    pub(super) taxon_id: Option<&'a str>,
    pub(super) scientific_name_id: Option<&'a str>,
    pub(super) taxon_concept_id: Option<&'a str>,
    pub(super) accepted_name_usage_id: Option<&'a str>,
    pub(super) scientific_name: Option<&'a str>,
    pub(super) authorship: Option<&'a str>,
    pub(super) rank: Option<&'a str>,
    pub(super) verbatim_rank: Option<&'a str>,
    pub(super) higher: Higher<'a>,
    pub(super) specific_epithet: Option<&'a str>,
    pub(super) infraspecific_epithet: Option<&'a str>,
    pub(super) verbatim_identification: Option<&'a str>,
    pub(super) qualifier: Option<&'a str>,
}

/// The higher classification that a record gives.
#[derive(Debug, Clone, Copy, Default)]
pub struct Higher<'a> {
    /// The term `kingdom`.
    pub kingdom: Option<&'a str>,
    /// The term `phylum`.
    pub phylum: Option<&'a str>,
    /// The term `class`.
    pub class: Option<&'a str>,
    /// The term `order`.
    pub order: Option<&'a str>,
    /// The term `family`.
    pub family: Option<&'a str>,
    /// The term `genus`.
    pub genus: Option<&'a str>,
}

impl<'a> Higher<'a> {
    /// Whether a fuzzy match may be trusted: GBIF turns one into no match when nothing above the genus is given.
    pub fn supports_fuzzy(&self) -> bool {
        [self.kingdom, self.phylum, self.class, self.order, self.family].iter().any(Option::is_some)
    }

    /// The names given, lowest first, with their ranks.
    pub(super) fn lowest_first(&self) -> impl Iterator<Item = (Rank, &'a str)> + use<'a> {
        [
            (Rank::GENUS, self.genus),
            (Rank::FAMILY, self.family),
            (Rank::ORDER, self.order),
            (Rank::CLASS, self.class),
            (Rank::PHYLUM, self.phylum),
            (Rank::KINGDOM, self.kingdom),
        ]
        .into_iter()
        .filter_map(|(rank, name)| Some((rank, name?)))
        .filter(|(_, name)| !is_placeholder(name))
    }
}

/// Where the name that is matched was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// scientificName, or genus and epithets.
    Name,
    /// verbatimIdentification (*nomCite*), which may be anything: a scientific name, a vernacular one, a remark.
    Verbatim,
}

impl<'a> Query<'a> {
    /// The name to match, and where it was found.
    pub(super) fn name(&self) -> Option<(Cow<'a, str>, Source)> {
        if let Some(name) = self.scientific_name.filter(|name| !is_placeholder(name)) {
            return Some((Cow::Borrowed(name), Source::Name));
        }
        if let (Some(genus), Some(epithet)) = (self.higher.genus, self.specific_epithet) {
            let infra = self.infraspecific_epithet.map(|infra| format!(" {infra}")).unwrap_or_default();
            return Some((Cow::Owned(format!("{genus} {epithet}{infra}")), Source::Name));
        }
        if let Some(name) = self.verbatim_identification.filter(|name| !is_placeholder(name)) {
            return Some((Cow::Borrowed(name), Source::Verbatim));
        }
        self.higher.genus.filter(|name| !is_placeholder(name)).map(|name| (Cow::Borrowed(name), Source::Name))
    }

    /// Whether there may be a name: cheaper than finding out which.
    pub(super) fn may_have_name(&self) -> bool {
        [self.scientific_name, self.verbatim_identification, self.higher.genus].iter().any(Option::is_some)
    }

    /// The name as the record gives it.
    pub(super) fn verbatim_name(&self) -> Option<Cow<'a, str>> {
        self.scientific_name.map(Cow::Borrowed).or_else(|| self.name().map(|(name, _)| name))
    }

    /// The rank given, where it can be read.
    pub(super) fn given_rank(&self) -> Option<Rank> {
        self.rank.and_then(Rank::of_text).or_else(|| self.verbatim_rank.and_then(Rank::of_text))
    }
}
