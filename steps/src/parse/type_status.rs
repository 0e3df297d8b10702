//! Type status, and the name that a type bears.

use std::sync::LazyLock;

use regex::Regex;

use super::vocabulary::Vocabulary;
use crate::{Issue, IssueSet};

/// The concepts of a list separated by `|`, and what was wrong with it.
///
/// An element is looked up whole, then what stands before " of " or " for ". Of an element that may be a type
/// (`possible holotype`, `isotype ?`) only the suspicion is kept.
pub fn type_status(vocabulary: &Vocabulary, text: &str) -> (Vec<&'static str>, IssueSet) {
    let mut issues = IssueSet::new();
    let mut concepts = Vec::new();
    for element in super::list::elements(text, &['|']) {
        if is_suspected(element) {
            issues.raise(Issue::SuspectedType);
            continue;
        }
        match one(vocabulary, element) {
            Some(concept) => concepts.push(concept),
            None => issues.raise(Issue::TypeStatusInvalid),
        }
    }
    (concepts, issues)
}

/// The concept of one type status: the text as a whole, what stands before " of " or " for ", or the kinds of a mixed lot.
pub fn one(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    vocabulary.name(text).or_else(|| mixed(vocabulary, text)).or_else(|| {
        static QUALIFIED: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"(?is)^(.+?)\s+(?:of|for|de|du|d')(?:\W.*)?$").ok());
        let captures = QUALIFIED.as_ref()?.captures(text)?;
        vocabulary.name(captures.get(1)?.as_str())
    })
}

/// One kind named again and again (`Isotipo, Isotipo`) is that kind; different ones (`holotype + paratypes`) are types.
fn mixed(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    static JOINED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\s*(?:[+&,;/]|\b(?:and|et|y|e|und|en)\b)\s*").ok());
    let mut parts = JOINED.as_ref()?.split(text).filter(|part| !part.is_empty());
    let first = vocabulary.name(parts.next()?)?;
    let mut is_mixed = false;
    let mut several = false;
    for part in parts {
        let other = vocabulary.name(part)?;
        several = true;
        is_mixed |= other != first;
    }
    several.then_some(if is_mixed { "Type" } else { first })
}

fn is_suspected(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains('?')
        || lower.split(|character: char| !character.is_alphabetic()).any(|word| {
            matches!(word, "possible" | "possibly" | "potential" | "maybe" | "perhaps" | "probable" | "probably")
        })
}

/// The first scientific name in a list of type statuses such as `Holotype of Abies alba`.
pub fn typified_name(text: &str) -> Option<String> {
    text.split('|').find_map(name_of_one)
}

fn name_of_one(text: &str) -> Option<String> {
    static OF: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\s(?:of|for|de)\W+(\p{Lu}.*)$").ok());
    // Only the capital of the name is to be a capital; the words before it may be written in any way.
    let (_, name) = text
        .split_once(" of")
        .or_else(|| text.split_once(" OF"))
        .or_else(|| text.split_once(" for"))
        .or_else(|| text.split_once(" de"))?;
    if !name.trim_start_matches(|character: char| !character.is_alphabetic()).starts_with(char::is_uppercase) {
        return None;
    }
    let name = OF.as_ref()?.captures(text)?.get(1)?.as_str().trim().trim_end_matches('.');
    let parsed = nameparser::parse(name, None, None, None);
    parsed.parsed()?.canonical_name_complete()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::vocabulary::TYPE_STATUS;

    #[test]
    fn lists_of_types() {
        let (concepts, issues) = type_status(&TYPE_STATUS, "Holotype of Abies alba | Parátipo | HOLOTYPUS | isotypes");
        assert_eq!(concepts, ["Holotype", "Paratype", "Holotype", "Isotype"]);
        assert!(issues.is_empty());
        let (concepts, issues) = type_status(&TYPE_STATUS, "possible | Type | invalid");
        assert_eq!(concepts, ["Type"]);
        let (concepts, _) =
            type_status(&TYPE_STATUS, "holotype + paratype(s) | Isotipo, isotipos | holotype and so on");
        assert_eq!(concepts, ["Type", "Isotype"]);
        assert_eq!(issues.iter().collect::<Vec<_>>(), [Issue::TypeStatusInvalid, Issue::SuspectedType]);
    }

    #[test]
    fn names_of_types() {
        for text in [
            "paratype | Holotype of Abies alba | Isotype",
            "Holotype of Abies alba",
            " Holotype of: Abies alba",
            "Holotype of  Abies alba.",
        ] {
            assert_eq!(typified_name(text).as_deref(), Some("Abies alba"), "{text}");
        }
        for text in ["mark", "Figured Specimen", "Cast of syntype", ""] {
            assert_eq!(typified_name(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,60}") {
            let _ = (type_status(&TYPE_STATUS, &text), typified_name(&text));
        }
    }
}
