//! Terms: the names of columns and of row types.
//!
//! Publishers write one term in many ways (`https`, capitals, prefixes, names of older Darwin Core versions), so a
//! term is looked up by its letters and digits alone, in lower case, as the GBIF reader does. What is not in the table
//! is kept under the address it was given.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use hashbrown::HashMap;

/// Where terms without any address are put, as in the GBIF reader.
const UNKNOWN: &str = "http://unknown.org/";

/// A Darwin Core term, or one of another vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    uri: Cow<'static, str>,
    name: Cow<'static, str>,
    prefix: Option<&'static str>,
    rank: u16,
}

impl Term {
    /// The term that is meant by an address, a prefixed name or a simple name.
    pub fn resolve(text: &str) -> Self {
        let text = text.trim();
        let table = Table::get();
        if let Some(term) = table.find(text) {
            return term.clone();
        }
        let bare = text.trim_end_matches(['/', '#']);
        let name = bare.rsplit_once(['/', '#', ':']).map_or(bare, |(_, name)| name);
        let is_address = bare.contains('/') || bare.contains("urn:");
        Self {
            uri: Cow::Owned(if is_address { text.to_owned() } else { format!("{UNKNOWN}{bare}") }),
            name: Cow::Owned(if name.is_empty() { "unknown".to_owned() } else { name.to_owned() }),
            prefix: None,
            rank: u16::MAX,
        }
    }

    /// The whole address, as the vocabulary that defines the term spells it.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The name without its namespace: `eventDate`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Prefix of a known namespace: `dwc`.
    pub fn prefix(&self) -> Option<&'static str> {
        self.prefix
    }

    /// Whether the term is in the table.
    pub fn is_known(&self) -> bool {
        self.prefix.is_some()
    }

    /// Whether the term is this one of Darwin Core.
    pub fn is_dwc(&self, name: &str) -> bool {
        self.prefix == Some("dwc") && self.name == name
    }

    /// Whether a text that means this term has it under an older name or address: `dwc:individualID` for
    /// `dwc:organismID`.
    pub fn is_older_name(&self, text: &str) -> bool {
        let Some(prefix) = self.prefix else { return false };
        let text = normalise(text);
        let current = [self.uri.to_string(), format!("{prefix}:{}", self.name), self.name.to_string()];
        !current.iter().any(|current| normalise(current) == text)
    }

    /// Simple names of all known terms, some of them several times.
    pub fn known_names() -> impl Iterator<Item = &'static str> {
        Table::get().0.values().map(Self::name)
    }

    /// Lower goes first where two terms claim one simple name.
    pub(crate) fn rank(&self) -> u16 {
        self.rank
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.uri)
    }
}

/// All known terms by normalised address, prefixed name and simple name.
struct Table(HashMap<String, Term>);

impl Table {
    fn get() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Self::read(include_str!("terms.txt")))
    }

    fn find(&self, text: &str) -> Option<&Term> {
        let key = normalise(text);
        if key.is_empty() { None } else { self.0.get(&key) }
    }

    fn read(text: &'static str) -> Self {
        let mut terms: HashMap<String, Term> = HashMap::new();
        let mut namespaces: Vec<(&'static str, &'static str)> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(rest) = line.strip_prefix("also ") {
                if let Some((prefix, address)) = rest.split_once(' ') {
                    let same: Vec<Term> = terms.values().filter(|term| term.prefix == Some(prefix)).cloned().collect();
                    for term in same {
                        terms.entry(normalise(&format!("{address}{}", term.name))).or_insert(term);
                    }
                }
            } else if let Some((term, names)) = line.split_once(" = ") {
                let Some(term) = terms.get(&normalise(term)).cloned() else { continue };
                for name in names.split(' ') {
                    // The old name is known under the addresses of its time too, unless a newer vocabulary has it.
                    let addresses = namespaces.iter().filter(|(prefix, _)| Some(*prefix) == term.prefix);
                    let keys = addresses
                        .flat_map(|(prefix, address)| [format!("{prefix}:{name}"), format!("{address}{name}")])
                        .chain(OLD.iter().map(|address| format!("{address}{name}")));
                    for key in keys.map(|key| normalise(&key)) {
                        terms.insert(key, term.clone());
                    }
                    let key = normalise(name);
                    if terms.get(&key).is_none_or(|other| other.rank >= term.rank) {
                        terms.insert(key, term.clone());
                    }
                }
            } else if let Some(names) = line.strip_prefix("  ") {
                let Some(&(prefix, address)) = namespaces.last() else { continue };
                for entry in names.split(' ') {
                    let (last, name) = entry.split_once('=').unwrap_or((entry, entry));
                    let term = Term {
                        uri: Cow::Owned(format!("{address}{last}")),
                        name: Cow::Borrowed(name),
                        prefix: Some(prefix),
                        rank: u16::try_from(namespaces.len()).unwrap_or(u16::MAX - 1),
                    };
                    for key in [term.uri.to_string(), format!("{prefix}:{name}"), name.to_owned()] {
                        terms.entry(normalise(&key)).or_insert_with(|| term.clone());
                    }
                }
            } else if let Some(namespace) = line.split_once(' ') {
                namespaces.push(namespace);
            }
        }
        Self(terms)
    }
}

/// Addresses of Darwin Core before 2009, under which the old names of terms are found.
const OLD: [&str; 4] = [
    "http://rs.tdwg.org/dwc/dwcore/",
    "http://rs.tdwg.org/dwc/curatorial/",
    "http://rs.tdwg.org/dwc/geospatial/",
    "http://digir.net/schema/conceptual/darwin/2003/1.0/",
];

/// Letters and digits in lower case, without the scheme.
fn normalise(text: &str) -> String {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let bare = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    bare.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> String {
        Term::resolve(text).uri().to_owned()
    }

    #[test]
    fn one_term_in_many_spellings() {
        for text in [
            "http://rs.tdwg.org/dwc/terms/eventDate",
            "https://rs.tdwg.org/dwc/terms/eventDate",
            " HTTP://RS.TDWG.ORG/dwc/terms/EventDate ",
            "dwc:eventDate",
            "eventDate",
            "event_date",
            "EVENTDATE",
        ] {
            let term = Term::resolve(text);
            assert_eq!(term.uri(), "http://rs.tdwg.org/dwc/terms/eventDate", "{text}");
            assert!(term.is_dwc("eventDate"));
        }
    }

    #[test]
    fn older_names_and_addresses() {
        assert_eq!(uri("http://rs.tdwg.org/dwc/dwcore/Collector"), "http://rs.tdwg.org/dwc/terms/recordedBy");
        assert_eq!(
            uri("http://rs.tdwg.org/dwc/geospatial/DecimalLatitude"),
            "http://rs.tdwg.org/dwc/terms/decimalLatitude"
        );
        assert_eq!(uri("http://rs.tdwg.org/dwc/terms/basionymID"), "http://rs.tdwg.org/dwc/terms/originalNameUsageID");
    }

    #[test]
    fn attributes_of_the_sinp_in_both_versions_and_in_short() {
        for text in ["obsTechnique", "obsMethode", "OBSTECH", "obs_technique", "http://inpn.mnhn.fr/sinp/obsMethode"] {
            assert_eq!(uri(text), "http://inpn.mnhn.fr/sinp/obsTechnique", "{text}");
        }
        assert_eq!(Term::resolve("occStatutBioGeographique").name(), "occStatutBiogeographique");
    }

    #[test]
    fn an_older_name_is_told_from_another_spelling() {
        let is_older = |text: &str| Term::resolve(text).is_older_name(text);
        assert!(is_older("http://rs.tdwg.org/dwc/dwcore/Collector"));
        assert!(is_older("http://rs.tdwg.org/dwc/dwcore/CatalogNumber"));
        assert!(is_older("individualID"));
        for text in
            ["https://rs.tdwg.org/dwc/terms/eventDate", "dwc:eventDate", "EventDate", "event_date", "nothing_known"]
        {
            assert!(!is_older(text), "{text}");
        }
    }

    #[test]
    fn a_simple_name_goes_to_the_first_namespace() {
        assert_eq!(uri("type"), "http://purl.org/dc/terms/type");
        assert_eq!(uri("dc:type"), "http://purl.org/dc/elements/1.1/type");
        assert_eq!(uri("recordedBy"), "http://rs.tdwg.org/dwc/terms/recordedBy");
        assert_eq!(uri("latitude"), "http://rs.tdwg.org/dwc/terms/decimalLatitude");
    }

    #[test]
    fn terms_of_extensions() {
        let term = Term::resolve("http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact");
        assert_eq!((term.name(), term.prefix()), ("ExtendedMeasurementOrFact", Some("obis")));
        assert_eq!(Term::resolve("https://w3id.org/mixs/0001107").name(), "samp_name");
    }

    #[test]
    fn an_unknown_term_keeps_its_address() {
        let term = Term::resolve("http://example.org/terms/cdHab");
        assert_eq!((term.uri(), term.name(), term.is_known()), ("http://example.org/terms/cdHab", "cdHab", false));
        assert_eq!(uri("cd_hab"), "http://unknown.org/cd_hab");
        assert_eq!(Term::resolve("").name(), "unknown");
    }
}
