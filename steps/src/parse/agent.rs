//! Identifiers of people.

use std::sync::LazyLock;

use regex::Regex;

/// The kind of an identifier of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentKind {
    /// An ORCID.
    Orcid,
    /// An item of Wikidata.
    Wikidata,
    /// Anything else.
    Other,
}

impl AgentKind {
    /// GBIF's name of the kind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Orcid => "ORCID",
            Self::Wikidata => "WIKIDATA",
            Self::Other => "OTHER",
        }
    }
}

/// The identifiers in a list separated by `|` or `,`, in order, each once. An ORCID is given as its address.
pub fn identifiers(text: &str) -> Vec<(AgentKind, String)> {
    let mut identifiers = Vec::new();
    for element in super::list::elements(text, &['|', ',']) {
        let identifier = match orcid(element) {
            Some(orcid) => (AgentKind::Orcid, format!("https://orcid.org/{orcid}")),
            None if is_wikidata(element) => (AgentKind::Wikidata, element.to_owned()),
            None => (AgentKind::Other, element.to_owned()),
        };
        if !identifiers.contains(&identifier) {
            identifiers.push(identifier);
        }
    }
    identifiers
}

/// The sixteen characters of an ORCID, with their hyphens.
///
/// Accepted are its address (`http`, `https` or none, `www` or none), `orcid:` before it, or the characters alone. Without an
/// address or prefix the hyphens must be there: sixteen figures are many things. The last character is a check of the others
/// (ISO 7064, MOD 11-2); a text that fails it is no ORCID.
pub fn orcid(text: &str) -> Option<String> {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?xi)^ \s*
            (?: (?P<named> (?:https?://)? (?:www\.)? orcid\.org/ | orcid (?:\s*:|\s) \s* )?
                (?P<spaced> \d{4}-\d{4}-\d{4}-\d{3}[\dx] | (?P<dense> \d{15}[\dx] )) ) /? \s* $",
        )
        .ok()
    });
    let found = FORM.as_ref()?.captures(text)?;
    if found.name("dense").is_some() && found.name("named").is_none() {
        return None;
    }
    let characters: String = found.name("spaced")?.as_str().to_uppercase().replace('-', "");
    let (digits, check) = characters.split_at_checked(15)?;
    let quad = |from: usize| characters.get(from..from + 4).unwrap_or("");
    (check_character(digits) == check.chars().next()?)
        .then(|| format!("{}-{}-{}-{}", quad(0), quad(4), quad(8), quad(12)))
}

/// The check character of digits, by ISO 7064, MOD 11-2.
fn check_character(digits: &str) -> char {
    let total = digits.chars().filter_map(|digit| digit.to_digit(10)).fold(0, |total, digit| (total + digit) * 2 % 11);
    match (12 - total % 11) % 11 {
        10 => 'X',
        check => char::from_digit(check, 10).unwrap_or('0'),
    }
}

/// Whether a text is the address of an item of Wikidata.
fn is_wikidata(text: &str) -> bool {
    static FORM: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)^(?:https?://)?(?:www\.)?wikidata\.org/\w+/\w+(?::\w+)?/?$").ok());
    FORM.as_ref().is_some_and(|form| form.is_match(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn identifiers_are_typed() {
        assert_eq!(
            identifiers("wikidata.org/wiki/0000| something|0000-0002-0144-1997"),
            [
                (AgentKind::Wikidata, "wikidata.org/wiki/0000".to_owned()),
                (AgentKind::Other, "something".to_owned()),
                (AgentKind::Orcid, "https://orcid.org/0000-0002-0144-1997".to_owned()),
            ]
        );
        assert!(identifiers("|||").is_empty());
        for text in [
            "https://www.wikidata.org/wiki/Q42",
            "http://wikidata.org/entity/Q42",
            "https://www.wikidata.org/wiki/Special:X",
        ] {
            assert_eq!(identifiers(text), [(AgentKind::Wikidata, text.to_owned())]);
        }
        for text in ["see wikidata.org/wiki/Q42", "https://viaf.org/viaf/1", "https://www.wikidata.org/"] {
            assert_eq!(identifiers(text), [(AgentKind::Other, text.to_owned())]);
        }
    }

    #[test]
    fn orcids_are_checked() {
        for text in [
            "0000-0001-5109-3700",
            "http://orcid.org/0000-0001-5109-3700",
            "https://www.orcid.org/0000-0001-5109-3700/",
            "orcid: 0000-0001-5109-3700",
            "ORCID 0000000151093700",
        ] {
            assert_eq!(orcid(text).as_deref(), Some("0000-0001-5109-3700"), "{text}");
        }
        assert_eq!(orcid("https://orcid.org/0000-0002-1694-233x").as_deref(), Some("0000-0002-1694-233X"));
        for text in
            ["0000-0001-5109-3701", "0000-0001-5109-370X", "0000000151093700", "0000-0001-5109", "something", ""]
        {
            assert_eq!(orcid(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_check_character_fits(digits in "[0-9]{15}", text in "\\PC{0,30}") {
            let fits = |check: &char| orcid(&format!("orcid:{digits}{check}")).is_some();
            let checks: Vec<char> = "0123456789X".chars().filter(fits).collect();
            prop_assert_eq!(checks, vec![check_character(&digits)]);
            let whole = orcid(&format!("orcid:{digits}{}", check_character(&digits))).unwrap_or_default();
            prop_assert_eq!(orcid(&whole), Some(whole.clone()));
            let _ = identifiers(&text);
        }
    }
}
