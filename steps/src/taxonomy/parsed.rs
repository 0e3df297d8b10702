//! Names with authors, taken apart by the GBIF name parser.

use nameparser::ParseResult;
use nameparser::model::{Authorship, ParsedName};

use crate::parse::taxon_name::Reading;

/// Longer texts are no names; the parser's time grows with their length.
const LONGEST: usize = 400;

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The canonical form, as [`Reading::key`] has it.
    pub(super) key: String,
    pub(super) authorship: Option<String>,
    /// A doubt that the parser saw.
    pub(super) qualifier: Option<&'static str>,
}

/// Takes a name apart; `None` when it is not a scientific name.
pub(super) fn parse(text: &str, authorship: Option<&str>) -> Option<Parsed> {
    if text.len() > LONGEST {
        return None;
    }
    match nameparser::parse(text, authorship.filter(|text| text.len() <= LONGEST), None, None) {
        ParseResult::Parsed(name) => {
            let key = Reading::of(&canonical(&name)).key;
            let doubtful = name.epithet_qualifier.as_ref().is_some_and(|qualifiers| !qualifiers.is_empty());
            let qualifier = doubtful.then_some("cf.");
            (!key.is_empty()).then(|| Parsed { key, authorship: authors(&name), qualifier })
        }
        ParseResult::Informal(_) | ParseResult::Unparsable(_) => None,
    }
}

fn canonical(name: &ParsedName) -> String {
    let mut words = Vec::with_capacity(4);
    let hybrid = name.notho.as_ref().is_some_and(|parts| !parts.is_empty());
    match &name.genus {
        Some(genus) => words.push(genus.as_str()),
        None => words.extend(name.uninomial.as_deref()),
    }
    if let Some(epithet) = &name.specific_epithet {
        if hybrid {
            words.push("x");
        }
        words.push(epithet);
    }
    words.extend(name.infraspecific_epithet.as_deref());
    words.join(" ")
}

fn authors(name: &ParsedName) -> Option<String> {
    let team = |authorship: &Authorship| {
        let mut parts = vec![authorship.authors.join(" & ")];
        parts.extend(authorship.year.clone());
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    };
    let basionym = team(&name.basionym_authorship);
    let combination = team(&name.combination_authorship);
    match (basionym.is_empty(), combination.is_empty()) {
        (true, true) => None,
        (true, false) => Some(combination),
        (false, true) => Some(format!("({basionym})")),
        (false, false) => Some(format!("({basionym}) {combination}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lose_their_authors_and_keep_their_words() {
        for (text, key, authorship) in [
            ("Lutra lutra (Linnaeus, 1758)", "lutra lutra", Some("(Linnaeus, 1758)")),
            ("Liparis loeselii (L.) Rich., 1817", "liparis loeselii", Some("(L.) Rich., 1817")),
            ("Carex flacca subsp. serrulata (Biv.) Greuter", "carex flacca serrulata", Some("(Biv.) Greuter")),
        ] {
            let parsed = parse(text, None);
            assert_eq!(parsed.as_ref().map(|parsed| parsed.key.as_str()), Some(key), "{text}");
            assert_eq!(parsed.and_then(|parsed| parsed.authorship).as_deref(), authorship, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_panic(text in any::<String>(), authorship in any::<Option<String>>()) {
            let _ = parse(&text, authorship.as_deref());
        }
    }
}
