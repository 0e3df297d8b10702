//! Identifiers of people.

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

/// The sixteen characters of an ORCID, with their hyphens, from an address, an `orcid:` prefix or alone.
pub fn orcid(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let rest = match lower.rfind("orcid.org/") {
        Some(start) => lower.get(start + "orcid.org/".len()..)?,
        None => lower.strip_prefix("orcid:").or_else(|| lower.strip_prefix("orcid")).unwrap_or(&lower).trim(),
    };
    let rest = rest.trim_end_matches('/');
    let digits: String = rest.chars().filter(|character| *character != '-').collect();
    let (body, check) = digits.split_at_checked(15)?;
    let whole = body.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(check, "x" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9");
    let hyphenated = rest.len() == 16 || (rest.len() == 19 && rest.bytes().filter(|byte| *byte == b'-').count() == 3);
    (whole && hyphenated).then(|| {
        let quads: Vec<String> =
            digits.to_uppercase().as_bytes().chunks(4).map(|quad| String::from_utf8_lossy(quad).into_owned()).collect();
        quads.join("-")
    })
}

fn is_wikidata(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("wikidata.org/wiki/") || lower.contains("wikidata.org/entity/")
}

#[cfg(test)]
mod tests {
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
        assert_eq!(orcid("http://orcid.org/0000-0001-5109-370X").as_deref(), Some("0000-0001-5109-370X"));
        assert_eq!(orcid("1234567890123456").as_deref(), Some("1234-5678-9012-3456"));
        assert_eq!(orcid("something"), None);
    }
}
