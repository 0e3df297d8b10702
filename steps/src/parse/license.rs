//! Licences of records, datasets and media.
//!
//! An address is recognised anywhere in the text. Words are recognised when the whole text is about one licence
//! (`Creative Commons Attribution-Non Commercial (CC BY-NC) 4.0`), or when a code ends it (`© Museum - CC BY-NC`): what a
//! licence allows must not be guessed from half a sentence. A Creative Commons licence without a version is the current
//! one, 4.0; a version that was never published is no licence.

use std::sync::LazyLock;

use regex::Regex;

use super::vocabulary::{self, Vocabulary};

/// A licence that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum License {
    /// Creative Commons Zero 1.0.
    Cc0,
    /// The Public Domain Mark 1.0.
    PublicDomainMark,
    /// A Creative Commons licence with attribution.
    CreativeCommons {
        /// No commercial use.
        non_commercial: bool,
        /// Derived works under the same licence.
        share_alike: bool,
        /// No derived works.
        no_derivatives: bool,
        /// `4.0`
        version: &'static str,
        /// Jurisdiction of a ported version, such as `fr`.
        port: Option<String>,
    },
    /// A licence of Open Data Commons: `by`, `pddl` or `odbl`.
    OpenDataCommons(&'static str),
    /// The French Licence Ouverte of Etalab, which is compatible with CC BY by its own text.
    Etalab,
}

/// GBIF's enumeration of licences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GbifLicense {
    /// Public domain.
    Cc0,
    /// Attribution.
    CcBy,
    /// Attribution, no commercial use.
    CcByNc,
    /// No licence was given.
    Unspecified,
    /// Another licence, or a text that names none.
    Unsupported,
}

impl GbifLicense {
    /// GBIF's spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cc0 => "CC0_1_0",
            Self::CcBy => "CC_BY_4_0",
            Self::CcByNc => "CC_BY_NC_4_0",
            Self::Unspecified => "UNSPECIFIED",
            Self::Unsupported => "UNSUPPORTED",
        }
    }

    /// Whether GBIF publishes data under it.
    pub const fn is_supported(self) -> bool {
        matches!(self, Self::Cc0 | Self::CcBy | Self::CcByNc)
    }

    /// The licence a text names, in the enumeration; `None` when it names none.
    pub fn of_text(text: &str) -> Option<Self> {
        match text.trim() {
            "UNSPECIFIED" => Some(Self::Unspecified),
            "UNSUPPORTED" => Some(Self::Unsupported),
            text => License::of_text(text).map(|license| license.gbif()),
        }
    }

    /// The licence of a term as given: nothing is unspecified, whatever names no licence is unsupported. A data team's
    /// words win over the rules.
    pub fn of_term(vocabulary: &Vocabulary, text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::Unspecified };
        let by_word = vocabulary.name(text).and_then(Self::of_name);
        by_word.or_else(|| Self::of_text(text)).unwrap_or(Self::Unsupported)
    }

    /// The licence of a name in GBIF's spelling.
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Cc0, Self::CcBy, Self::CcByNc, Self::Unspecified, Self::Unsupported];
        all.into_iter().find(|license| license.name() == name)
    }

    /// The licence of an address, or else of a title.
    pub fn of_address_then_title(address: Option<&str>, title: Option<&str>) -> Self {
        let texts = [address, title];
        let mut given = texts.into_iter().flatten().filter(|text| !text.trim().is_empty()).peekable();
        if given.peek().is_none() {
            Self::Unspecified
        } else {
            given.find_map(Self::of_text).unwrap_or(Self::Unsupported)
        }
    }
}

const VERSIONS: [&str; 6] = ["1.0", "2.0", "2.1", "2.5", "3.0", "4.0"];

impl License {
    /// The licence that a text names.
    pub fn of_text(text: &str) -> Option<Self> {
        // Nothing longer is a licence; the bound keeps hostile cells cheap.
        const LONGEST: usize = 2_000;
        if text.len() > LONGEST {
            return None;
        }
        let lower = vocabulary::fold(text).to_lowercase();
        of_address(&lower).or_else(|| of_words(&lower)).or_else(|| of_last_words(&lower))
    }

    /// The licence in GBIF's enumeration.
    pub fn gbif(&self) -> GbifLicense {
        match self {
            Self::Cc0 | Self::OpenDataCommons("pddl") => GbifLicense::Cc0,
            Self::Etalab | Self::OpenDataCommons("by") => GbifLicense::CcBy,
            Self::CreativeCommons {
                share_alike: false, no_derivatives: false, version: "4.0", non_commercial, ..
            } => {
                if *non_commercial {
                    GbifLicense::CcByNc
                } else {
                    GbifLicense::CcBy
                }
            }
            _ => GbifLicense::Unsupported,
        }
    }

    /// The address of the licence, in the form that GBIF gives it.
    pub fn address(&self) -> String {
        match self {
            Self::Cc0 => "http://creativecommons.org/publicdomain/zero/1.0/".to_owned(),
            Self::PublicDomainMark => "http://creativecommons.org/publicdomain/mark/1.0/".to_owned(),
            Self::OpenDataCommons(name) => format!("http://opendatacommons.org/licenses/{name}/1.0/"),
            Self::Etalab => "https://www.etalab.gouv.fr/licence-ouverte-open-licence".to_owned(),
            Self::CreativeCommons { non_commercial, share_alike, no_derivatives, version, port } => {
                let mut address = String::from("http://creativecommons.org/licenses/by");
                let parts = [(*non_commercial, "-nc"), (*no_derivatives, "-nd"), (*share_alike, "-sa")];
                parts.iter().filter(|(has, _)| *has).for_each(|(_, part)| address.push_str(part));
                address.push('/');
                address.push_str(version);
                address.push('/');
                if let Some(port) = port {
                    address.push_str(port);
                    address.push('/');
                }
                address
            }
        }
    }
}

fn version(text: &str) -> Option<&'static str> {
    let text = if text.len() == 1 { format!("{text}.0") } else { text.replace(['_', '-'], ".") };
    VERSIONS.into_iter().find(|version| *version == text)
}

fn creative_commons(parts: &[&str], version: &'static str, port: Option<String>) -> Option<License> {
    let has = |part: &str| parts.contains(&part);
    // Share-alike is about derived works: it cannot stand with a ban on them.
    (has("by") && !(has("sa") && has("nd"))).then(|| License::CreativeCommons {
        non_commercial: has("nc"),
        share_alike: has("sa"),
        no_derivatives: has("nd"),
        version,
        port,
    })
}

fn of_address(lower: &str) -> Option<License> {
    static CREATIVE_COMMONS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"creativecommons\.org/(?:licen[sc]es|l|publicdomain)/([a-z]+(?:-[a-z]+){0,3})(?:/(\d\.\d)(?:/([a-z]{2})(?:[/\]).,; ]|$))?)?",
        )
        .ok()
    });
    static OPEN_DATA: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"opendatacommons\.org/licenses/(by|pddl|odbl)\b").ok());
    if lower.contains("creativecommons.org/") {
        if lower.contains("public-domain/cc0") {
            return Some(License::Cc0);
        }
        let captures = CREATIVE_COMMONS.as_ref()?.captures(lower)?;
        let given = captures.get(2).map(|given| given.as_str());
        let version = given.map_or(Some("4.0"), version);
        return match captures.get(1)?.as_str() {
            "zero" => Some(License::Cc0).filter(|_| given.is_none_or(|version| version == "1.0")),
            "mark" => Some(License::PublicDomainMark),
            parts => {
                let parts: Vec<&str> = parts.split('-').collect();
                let known = parts.iter().all(|part| matches!(*part, "by" | "nc" | "sa" | "nd"));
                let port = captures.get(3).map(|port| port.as_str().to_owned());
                creative_commons(&parts, version?, port).filter(|_| known)
            }
        };
    }
    if lower.contains("opendatacommons.org/") {
        return match OPEN_DATA.as_ref()?.captures(lower)?.get(1)?.as_str() {
            "by" => Some(License::OpenDataCommons("by")),
            "pddl" => Some(License::OpenDataCommons("pddl")),
            _ => Some(License::OpenDataCommons("odbl")),
        };
    }
    let etalab =
        lower.contains("://") && lower.contains("etalab") && (lower.contains("licence") || lower.contains("license"));
    etalab.then_some(License::Etalab)
}

/// What a word of a licence says.
enum Word {
    /// `cc`, `creative commons`
    CreativeCommons,
    /// `by`, `nc`, `sa`, `nd`
    Part(&'static str),
    Zero,
    /// A step of "public domain mark".
    PublicDomain,
    Mark,
    Etalab,
    Version(&'static str),
    Nothing,
}

fn of_words(lower: &str) -> Option<License> {
    // Phrases of several words become one; the rest is read word by word.
    let mut text = lower.replace(['_', '\''], " ").replace("creative commons", "creativecommons");
    for (phrase, word) in PHRASES {
        if text.contains(phrase) {
            text = text.replace(phrase, word);
        }
    }
    let mut creative_commons_said = false;
    let mut parts: Vec<&str> = Vec::new();
    let (mut zero, mut public_domain, mut mark, mut etalab) = (false, false, false, false);
    let mut version = None;
    let mut words = text.split(|character: char| !(character.is_alphanumeric() || character == '.')).peekable();
    while let Some(word) = words.next() {
        let word = word.trim_matches('.');
        // An underscore between the figures of a version was a blank a moment ago: `4 0`.
        let joined = match words.peek() {
            Some(&"0" | &"1" | &"5")
                if word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_digit()) && word != "0" =>
            {
                words.next().map(|decimal| format!("{word}.{decimal}"))
            }
            _ => None,
        };
        match read(joined.as_deref().unwrap_or(word), creative_commons_said)? {
            Word::CreativeCommons => creative_commons_said = true,
            Word::Part(part) => parts.push(part),
            Word::Zero => zero = true,
            Word::PublicDomain => public_domain = true,
            Word::Mark => mark = true,
            Word::Etalab => etalab = true,
            Word::Version(given) if version.is_none_or(|version| version == given) => version = Some(given),
            Word::Version(_) => return None,
            Word::Nothing => {}
        }
    }
    if etalab {
        return Some(License::Etalab).filter(|_| parts.is_empty() && !zero);
    }
    if zero || public_domain {
        let only = parts.is_empty() && version.is_none_or(|version| version == "1.0");
        return only.then_some(if mark && !zero { License::PublicDomainMark } else { License::Cc0 });
    }
    // "By" alone is a word of every language.
    let code = creative_commons_said || parts.len() > 1;
    creative_commons(&parts, version.unwrap_or("4.0"), None).filter(|_| code)
}

/// Phrases and the word each becomes; longer ones first.
const PHRASES: [(&str, &str); 27] = [
    ("pas d utilisation commerciale", "nc"),
    ("pas d'utilisation commerciale", "nc"),
    ("utilisation non commerciale", "nc"),
    ("no commercial use", "nc"),
    ("non commerciale", "nc"),
    ("non-commercial", "nc"),
    ("non commercial", "nc"),
    ("sin uso comercial", "nc"),
    ("no comercial", "nc"),
    ("pas de modifications", "nd"),
    ("pas de modification", "nd"),
    ("no derivatives", "nd"),
    ("no-derivatives", "nd"),
    ("no derivs", "nd"),
    ("sin derivadas", "nd"),
    ("partage dans les memes conditions", "sa"),
    ("partage a l identique", "sa"),
    ("share alike", "sa"),
    ("share-alike", "sa"),
    ("compartir igual", "sa"),
    ("attribution for sa", "sa"),
    ("licence ouverte", "etalab"),
    ("open licence etalab", "etalab"),
    ("domaine public", "publicdomain"),
    ("dominio publico", "publicdomain"),
    ("public domain", "publicdomain"),
    ("public-domain", "publicdomain"),
];

fn read(word: &str, after_creative_commons: bool) -> Option<Word> {
    Some(match word {
        "" | "license" | "licence" | "licenses" | "licences" | "licensed" | "this" | "work" | "is" | "under" | "a"
        | "the" | "la" | "version" | "v" | "international" | "internacional" | "intl" | "int" | "generic"
        | "unported" | "universal" | "dedication" | "deed" | "legalcode" | "de" | "of" | "transfert" | "open"
        | "and" | "et" | "sous" => Word::Nothing,
        "cc" | "creativecommons" => Word::CreativeCommons,
        "by" | "attribution" | "atribucion" | "reconocimiento" | "atribuicao" | "paternite" | "namensnennung" => {
            Word::Part("by")
        }
        "nc" | "noncommercial" | "nocomercial" => Word::Part("nc"),
        "sa" | "sharealike" | "compartirigual" | "partagememesconditions" => Word::Part("sa"),
        "nd" | "noderivatives" | "noderivs" => Word::Part("nd"),
        "cc0" | "cczero" | "creativecommons0" | "creativecommonszero" => Word::Zero,
        "zero" => Word::Zero,
        "0" if after_creative_commons => Word::Zero,
        "publicdomain" => Word::PublicDomain,
        "mark" => Word::Mark,
        "pdm" => return Some(Word::Mark).filter(|_| after_creative_commons),
        "etalab" | "lo" | "ol" => Word::Etalab,
        word => {
            let number = word.strip_prefix('v').unwrap_or(word);
            return version(number).map(Word::Version);
        }
    })
}

/// A code at the end of a longer text: `[Copyright] Field Museum - CC BY-NC`.
fn of_last_words(lower: &str) -> Option<License> {
    static LAST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s(\[:,;/-])cc[\s_-]?(0|by(?:[\s_-](?:nc|sa|nd))*(?:[\s_-]\d\.\d)?)\)?[.\s]*$").ok()
    });
    let code = LAST.as_ref()?.captures(lower)?.get(1)?.as_str();
    of_words(&format!("cc {code}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::vocabulary::LICENSE;

    #[test]
    fn the_licences_of_gbif() {
        for (text, expected) in [
            ("CC0", Some("CC0_1_0")),
            ("cc-zero", Some("CC0_1_0")),
            ("CC-0 1.0", Some("CC0_1_0")),
            ("CC0-1.0", Some("CC0_1_0")),
            ("Public Domain (CC0 1.0)", Some("CC0_1_0")),
            ("domaine public", Some("CC0_1_0")),
            ("CC_BY_4_0", Some("CC_BY_4_0")),
            ("CC-BY-4.0", Some("CC_BY_4_0")),
            ("CC BY", Some("CC_BY_4_0")),
            ("Licence Ouverte 2.0", Some("CC_BY_4_0")),
            ("Licence ouverte / Open Licence (Etalab)", Some("CC_BY_4_0")),
            ("etalab-2.0", Some("CC_BY_4_0")),
            ("Licence Ouverte / Open Licence 2.0", Some("CC_BY_4_0")),
            ("LO", Some("CC_BY_4_0")),
            ("https://www.etalab.gouv.fr/licence-ouverte-open-licence", Some("CC_BY_4_0")),
            ("Creative Commons Attribution - Pas d'Utilisation Commerciale 4.0 International", Some("CC_BY_NC_4_0")),
            ("CC_BY_NC_4_0", Some("CC_BY_NC_4_0")),
            ("https://creativecommons.org/licenses/by-nc/4.0/deed.fr", Some("CC_BY_NC_4_0")),
            ("CC BY-SA 4.0", Some("UNSUPPORTED")),
            ("http://creativecommons.org/licenses/by/3.0/fr/", Some("UNSUPPORTED")),
            ("CC", None),
            ("Not licensed", None),
            ("CC0 4.0", None),
            ("http://creativecommons.org/licenses/by-nc/5.0/", None),
            ("by", None),
            ("", None),
        ] {
            assert_eq!(GbifLicense::of_text(text).map(GbifLicense::name), expected, "{text}");
        }
        assert_eq!(GbifLicense::of_term(&LICENSE, None), GbifLicense::Unspecified);
        assert_eq!(GbifLicense::of_term(&LICENSE, Some("")), GbifLicense::Unsupported);
    }

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("CC BY-SA-NC, no commercial use", "http://creativecommons.org/licenses/by-nc-sa/4.0/"),
            (
                "[Copyright] Field Museum of Natural History - CC BY-NC",
                "http://creativecommons.org/licenses/by-nc/4.0/",
            ),
            (
                "https://creativecommons.org/licenses/by/4.0/legalcode#languages",
                "http://creativecommons.org/licenses/by/4.0/",
            ),
            ("https://i.creativecommons.org/l/by-nc/4.0/80x15.png", "http://creativecommons.org/licenses/by-nc/4.0/"),
            ("CC-BY-NC-SA 3.0", "http://creativecommons.org/licenses/by-nc-sa/3.0/"),
            ("http://creativecommons.org/licenses/by-nc/3.0/fr/", "http://creativecommons.org/licenses/by-nc/3.0/fr/"),
        ] {
            assert_eq!(License::of_text(text).unwrap().address(), expected, "{text}");
        }
        assert_eq!(License::of_text("Creative Commons Attribution-Non Commercial (CC BY-NC) 3.20"), None);
    }

    proptest! {
        #[test]
        fn an_address_names_its_licence(text in "(cc|by|nc|sa|nd|creative commons|[ -]|4\\.0|3\\.0|0){1,8}") {
            if let Some(license) = License::of_text(&text) {
                prop_assert_eq!(License::of_text(&license.address()), Some(license));
            }
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            let _ = GbifLicense::of_text(&text);
        }
    }
}
