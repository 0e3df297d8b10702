//! Matching a record with TAXREF: the order in which identifiers and names are tried.

use super::candidates::{Evidence, choose, kingdoms_clash};
use super::fuzzy::closest;
use super::outcome::{Found, MatchType, Outcome};
use super::parsed::{Parsed, parse};
use super::query::{Query, Source};
use crate::parse::taxon_author::Authorship;
use crate::parse::taxon_name::Reading;
use crate::parse::taxref_id::{TaxrefId, taxref_id};
use crate::reference::taxref::{Name, NameId, Rank, Resolution, Taxref};
use crate::{Issue, IssueSet};

/// Matches a record. The first of these that succeeds wins: identifier, whole name, name and author, name, misspelt name,
/// higher taxon.
pub(super) fn find(taxref: &Taxref, query: &Query<'_>) -> Found {
    let mut issues = IssueSet::new();
    let outcome = by_identifier(taxref, query, &mut issues).unwrap_or_else(|| by_name(taxref, query));
    // A whole name that differs in nothing was looked up; one that was read word by word was not.
    let is_written_so = |id| query.scientific_name.is_none_or(|text| is_written(text, taxref.name(id)));
    let at_once = outcome.confidence == Some(100) && outcome.name.is_some_and(is_written_so);
    Found { outcome: outcome.with_issues(issues), at_once }
}

/// What [`find`] says of a record whose CD_NOM is current and whose name is written as TAXREF has it, as most are: nothing of
/// it needs to be read or remembered.
pub(super) fn at_once(taxref: &Taxref, query: &Query<'_>) -> Option<Outcome> {
    let text = query.scientific_name?;
    let TaxrefId::CdNom(cd_nom) = taxref_id(query.taxon_id?) else { return None };
    let id = taxref.by_cd_nom(cd_nom)?;
    is_written(text, taxref.name(id)).then(|| Outcome::found(id, MatchType::Exact, 100, "taxonID"))
}

fn is_written(text: &str, name: Name<'_>) -> bool {
    text == name.full() || text == name.canonical()
}

/// An identifier term, with the issues of one that is unknown and of one that is not TAXREF's.
type IdentifierTerm<'a> = (Option<&'a str>, Option<(Issue, Issue)>, &'static str);

fn by_identifier(taxref: &Taxref, query: &Query<'_>, issues: &mut IssueSet) -> Option<Outcome> {
    // An accepted name's identifier counts only where it says whose it is: plain numbers there are row numbers.
    let accepted = query.accepted_name_usage_id.filter(|id| !id.trim().bytes().all(|byte| byte.is_ascii_digit()));
    let terms: [IdentifierTerm<'_>; 4] = [
        (query.taxon_id, Some((Issue::TaxonIdNotFound, Issue::TaxonMatchTaxonIdIgnored)), "taxonID"),
        (
            query.scientific_name_id,
            Some((Issue::ScientificNameIdNotFound, Issue::TaxonMatchScientificNameIdIgnored)),
            "scientificNameID",
        ),
        (
            query.taxon_concept_id,
            Some((Issue::TaxonConceptIdNotFound, Issue::TaxonMatchTaxonConceptIdIgnored)),
            "taxonConceptID",
        ),
        (accepted, None, "acceptedNameUsageID"),
    ];
    for (text, flags, method) in terms {
        let Some(text) = text else { continue };
        let TaxrefId::CdNom(cd_nom) = taxref_id(text) else {
            if let Some((_, ignored)) = flags {
                issues.raise(ignored);
            }
            continue;
        };
        let id = match taxref.resolve(cd_nom) {
            Resolution::Current(id) => id,
            Resolution::Replaced(id) => {
                issues.raise(Issue::TaxrefCdnomReplaced);
                id
            }
            Resolution::Withdrawn(_) => {
                // The SINP leaves such a record without a taxon until its producer decides.
                issues.raise(Issue::TaxrefCdnomFrozen);
                return Some(Outcome::none());
            }
            Resolution::Unknown => {
                if let Some((not_found, _)) = flags {
                    issues.raise(not_found);
                }
                continue;
            }
        };
        let (flags, qualifier) = disagreement(taxref, query, taxref.name(id));
        issues.extend(flags);
        return Some(Outcome::found(id, MatchType::Exact, 100, method).with_qualifier(qualifier));
    }
    None
}

/// What is odd about the name that stands beside an identifier.
fn disagreement(taxref: &Taxref, query: &Query<'_>, by_id: Name<'_>) -> (IssueSet, Option<&'static str>) {
    let mut issues = IssueSet::new();
    let Some((text, source)) = query.name() else { return (issues, None) };
    if is_written(&text, by_id) {
        return (issues, None);
    }
    let reading = Reading::of(&text);
    let same_key = |key: &str| by_id.names().any(|name| Reading::of(name.canonical()).key == key);
    let whole: Vec<NameId> =
        taxref.by_full_name(&text).into_iter().filter(|id| !taxref.name(*id).author().is_empty()).collect();
    let elsewhere = !whole.is_empty() && whole.iter().all(|id| taxref.name(*id).cd_ref() != by_id.cd_ref());
    let agrees = same_key(&reading.key) || (reading.qualifier.is_some() && same_key(certain(&reading)));
    if agrees || whole.iter().any(|id| taxref.name(*id).cd_ref() == by_id.cd_ref()) {
        issues.raise_if(elsewhere, Issue::TaxonMatchNameAndIdAmbiguous);
        return (issues, reading.qualifier);
    }
    let parsed = if reading.plain { None } else { parse(&text, None) };
    let key = match (&parsed, reading.plain) {
        (Some(parsed), _) => parsed.key.as_str(),
        (None, true) => reading.key.as_str(),
        // Not a scientific name: there is nothing to compare.
        (None, false) => return (issues, reading.qualifier),
    };
    if same_key(key) {
        issues.raise_if(elsewhere, Issue::TaxonMatchNameAndIdAmbiguous);
        return (issues, reading.qualifier);
    }
    let known = taxref.by_canonical_key(key);
    // What is cited may be a vernacular name: it counts when TAXREF knows it as a scientific one.
    if source == Source::Name && reading.capital || !known.is_empty() {
        issues.raise(Issue::ScientificNameAndIdInconsistent);
        let alone = by_name(taxref, query);
        let leads_away = alone.name.is_some_and(|name| taxref.name(name).cd_ref() != by_id.cd_ref());
        issues.raise_if(alone.match_type == MatchType::Exact && leads_away, Issue::TaxonMatchNameAndIdAmbiguous);
    }
    (issues, reading.qualifier)
}

fn by_name(taxref: &Taxref, query: &Query<'_>) -> Outcome {
    let Some((text, source)) = query.name() else {
        return by_parents(taxref, query, None).unwrap_or_else(Outcome::none);
    };
    let reading = Reading::of(&text);
    let qualifier = reading.qualifier.or_else(|| qualifier_term(query));
    if qualifier.is_none() {
        if let Some(outcome) = by_whole_name(taxref, query, &text) {
            return outcome;
        }
    } else {
        // `cf.` and `aff.` say that the species is not certain: what stands before them is.
        let sure = match reading.qualifier {
            Some(_) => certain(&reading).to_owned(),
            None => without_last_word(&reading).to_owned(),
        };
        return by_certain_part(taxref, query, &sure).with_qualifier(qualifier);
    }
    let parsed;
    let (key, authorship, marker, aggregate) = if reading.plain {
        (reading.key.as_str(), query.authorship, reading.marker, reading.aggregate)
    } else {
        match parse(&text, query.authorship) {
            Some(read) => {
                parsed = read;
                let Parsed { key, authorship, qualifier } = &parsed;
                if let Some(qualifier) = *qualifier {
                    let sure = key.rsplit_once(' ').map_or("", |(sure, _)| sure).to_owned();
                    return by_certain_part(taxref, query, &sure).with_qualifier(Some(qualifier));
                }
                (key.as_str(), authorship.as_deref().or(query.authorship), reading.marker, reading.aggregate)
            }
            None if reading.is_hybrid_formula() => ("", None, None, false),
            None => (reading.key.as_str(), query.authorship, reading.marker, reading.aggregate),
        }
    };
    let evidence =
        Evidence { authorship, rank: marker.or_else(|| query.given_rank()), aggregate, higher: query.higher };
    let found = choose(taxref.by_canonical_key(key).into_iter().map(|id| taxref.name(id)), evidence);
    if let Some(outcome) = found {
        return outcome;
    }
    if reading.capital
        && query.higher.supports_fuzzy()
        && let Some(outcome) = by_close_name(taxref, key, evidence)
    {
        return outcome;
    }
    // What is cited may be a vernacular name, and `Orchis bouc` is no *Orchis*: there, authors tell a scientific name.
    let is_scientific = reading.capital && (source == Source::Name || evidence.authorship.is_some());
    let key = if key.is_empty() { reading.key.as_str() } else { key };
    by_parents(taxref, query, is_scientific.then_some(key)).unwrap_or_else(Outcome::none)
}

/// NOM_COMPLET letter for letter but for case, accents and punctuation.
fn by_whole_name(taxref: &Taxref, query: &Query<'_>, text: &str) -> Option<Outcome> {
    let mut ids = match query.authorship {
        Some(authorship) => taxref.by_full_name(&format!("{text} {authorship}")),
        None => Vec::new(),
    };
    if ids.is_empty() {
        ids = taxref.by_full_name(text);
    }
    // Without authors a whole name is no more than a canonical one, and may be a homonym.
    ids.retain(|id| !taxref.name(*id).author().is_empty() && !kingdoms_clash(taxref.name(*id), query.higher.kingdom));
    let first = taxref.name(*ids.first()?);
    if ids.iter().any(|id| taxref.name(*id).cd_ref() != first.cd_ref()) {
        let evidence = Evidence { authorship: None, rank: query.given_rank(), aggregate: false, higher: query.higher };
        return choose(ids.into_iter().map(|id| taxref.name(id)), evidence);
    }
    let name = if ids.len() == 1 { first } else { first.accepted() };
    Some(Outcome::found(name.id(), MatchType::Exact, 100, "nameAndAuthor"))
}

fn by_close_name(taxref: &Taxref, key: &str, evidence: Evidence<'_>) -> Option<Outcome> {
    let mut close = closest(taxref, key);
    close.retain(|close| {
        !kingdoms_clash(close.name, evidence.higher.kingdom) && authors_allow(close.name, key, evidence)
    });
    let distance = close.first()?.distance;
    let chosen = choose(close.iter().map(|close| close.name), evidence)?;
    let id = chosen.name?;
    // The best only, and only if nothing else is as close: higher taxa tell homonyms apart, not misspellings.
    if close.iter().any(|other| other.name.cd_ref() != taxref.name(id).cd_ref()) {
        return None;
    }
    if !agrees_above(taxref.name(id), evidence) {
        return None;
    }
    Some(Outcome::found(id, MatchType::Fuzzy, if distance == 1 { 88 } else { 80 }, "fuzzy"))
}

/// Whether authors allow that a close name is the one meant: `Vaccinium macrocarpum Ait.` is no misspelt *V. microcarpum
/// (Turcz. ex Rupr.) Schmalh.*
///
/// Names of one word differ by a letter so often (*Rosa*, *Roya*) that their authors must agree.
fn authors_allow(name: Name<'_>, key: &str, evidence: Evidence<'_>) -> bool {
    let given = evidence.authorship.map(Authorship::of).filter(|given| !given.is_empty());
    let own = Authorship::of(name.author());
    match given {
        Some(given) if !own.is_empty() => given.agreement(&own).is_some(),
        _ => key.contains(' '),
    }
}

/// Whether the family of a close name is the one given, where one is given and TAXREF knows it.
fn agrees_above(name: Name<'_>, evidence: Evidence<'_>) -> bool {
    let Some(family) = evidence.higher.family else { return true };
    let key = Reading::of(family).key;
    let lineage = name.lineage();
    let own = lineage.iter().find(|above| above.rank() == Some(Rank::FAMILY));
    own.is_none_or(|own| Reading::of(own.canonical()).key == key)
        || lineage.iter().any(|above| Reading::of(above.canonical()).key == key)
}

/// What is certain of a doubtful name.
fn by_certain_part(taxref: &Taxref, query: &Query<'_>, sure: &str) -> Outcome {
    if !sure.is_empty() {
        let evidence = Evidence { authorship: None, rank: None, aggregate: false, higher: query.higher };
        if let Some(mut outcome) = choose(taxref.by_canonical_key(sure).into_iter().map(|id| taxref.name(id)), evidence)
        {
            let Some(id) = outcome.name else { return outcome };
            let same_rank =
                query.given_rank().zip(taxref.name(id).rank()).is_some_and(|(given, its)| its.is_like(given));
            if !same_rank || sure.contains(' ') {
                outcome = Outcome::found(id, MatchType::HigherRank, 90, "higherRank");
            }
            return outcome;
        }
    }
    by_parents(taxref, query, Some(sure)).unwrap_or_else(Outcome::none)
}

/// The lowest taxon above a name that TAXREF has: the species of a sub-species, the genus, then the higher taxa given.
///
/// Names must be exact here: a misspelt genus would carry a record anywhere.
fn by_parents(taxref: &Taxref, query: &Query<'_>, key: Option<&str>) -> Option<Outcome> {
    let find = |key: &str, rank: Option<Rank>| {
        let evidence = Evidence { authorship: None, rank, aggregate: false, higher: query.higher };
        let names = taxref.by_canonical_key(key).into_iter().map(|id| taxref.name(id));
        choose(names.filter(|name| rank.is_none_or(|rank| name.rank().is_some_and(|its| its.is_like(rank)))), evidence)
    };
    let mut homonym = None;
    let mut settle = |found: Option<Outcome>, confidence: i32| match found {
        Some(Outcome { name: Some(id), .. }) => {
            Some(Outcome::found(id, MatchType::HigherRank, confidence, "higherRank"))
        }
        Some(unsettled) => {
            homonym.get_or_insert(unsettled);
            None
        }
        None => None,
    };
    if let Some(key) = key {
        let words: Vec<&str> = key.split(' ').filter(|word| *word != "x").collect();
        if let (Some(genus), Some(epithet)) = (words.first(), words.get(1))
            && words.len() > 2
            && !key.split(' ').skip(2).any(|word| word == "x")
            && let Some(outcome) = settle(find(&format!("{genus} {epithet}"), Some(Rank::SPECIES)), 90)
        {
            return Some(outcome);
        }
        if let Some(genus) = words.first().filter(|_| words.len() > 1)
            && let Some(outcome) = settle(find(genus, Some(Rank::GENUS)), 80)
        {
            return Some(outcome);
        }
    }
    for (rank, given) in query.higher.lowest_first() {
        let found = find(&Reading::of(given).key, Some(rank));
        if let Some(outcome) = settle(found, if rank == Rank::GENUS { 80 } else { 60 }) {
            return Some(outcome);
        }
    }
    homonym
}

/// The words of a name that stand before the first sign of doubt.
fn certain(reading: &Reading) -> &str {
    reading.first_words(reading.certain_words)
}

fn without_last_word(reading: &Reading) -> &str {
    reading.key.rsplit_once(' ').map_or("", |(sure, _)| sure.trim_end_matches(" x"))
}

/// The term identificationQualifier, where it casts doubt on the name.
fn qualifier_term(query: &Query<'_>) -> Option<&'static str> {
    let reading = Reading::of(query.qualifier?);
    reading.qualifier.filter(|qualifier| *qualifier != "sp.")
}
