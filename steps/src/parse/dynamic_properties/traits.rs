//! Sex and life stage inside free text such as `sex=female ; age class=adult ; total length=495 mm`.
//!
//! A value after a key wins, up to the next punctuation when that is near, else its first word. Without a key, words of the
//! trait are looked for, without a question mark after them; sexes that differ cancel each other.

use std::sync::LazyLock;

use regex::Regex;

type Pattern = LazyLock<Option<Regex>>;

/// The text of the sex.
pub fn sex(text: &str) -> Option<String> {
    static DELIMITED: Pattern = LazyLock::new(|| keyed(SEX_KEY, r"[\w?.]+(?:\s+[\w?.]+){0,2}", END));
    static FIRST_WORD: Pattern = LazyLock::new(|| keyed(SEX_KEY, r"\w+", ""));
    static UNKEYED: Pattern = LazyLock::new(|| Regex::new(r"(?i)\b(?P<value>(?:fe)?males?)").ok());
    if !contains_any(text, &["sex", "male"]) {
        return None;
    }
    if let Some(value) = only(&DELIMITED, text).or_else(|| only(&FIRST_WORD, text)) {
        return value;
    }
    let words: Vec<String> = values(&UNKEYED, text).collect();
    let first = words.first()?;
    let female = |word: &String| word.starts_with("fe");
    words.iter().all(|word| female(word) == female(first)).then(|| first.clone())
}

/// The text of the life stage. A text about how something was determined speaks of age in another sense.
pub fn life_stage(text: &str) -> Option<String> {
    static DELIMITED: Pattern = LazyLock::new(|| keyed(AGE_KEY, r"[\w?./-]+(?:\s+[\w?./-]+){0,4}", END));
    static FIRST_WORD: Pattern = LazyLock::new(|| {
        keyed(&format!(r"age\s*in\s*(?:hour|day)s?|{AGE_KEY}"), r"[\w?./-]+(?:\s+(?:year|recorded)\b)?", "")
    });
    static YEAR: Pattern = LazyLock::new(|| {
        Regex::new(
            r"(?i)(?P<value>(?:after\s+)?(?:first|second|third|fourth|1st|2nd|3rd|4th|hatching)\s+year|yolk\s+sac)",
        )
        .ok()
    });
    static UNKEYED: Pattern = LazyLock::new(|| Regex::new(&format!(r"(?i)\b(?P<value>{})\b", STAGES.join("|"))).ok());
    if contains_any(text, &["determin"]) {
        return None;
    }
    [&DELIMITED, &FIRST_WORD, &YEAR, &UNKEYED].into_iter().find_map(|pattern| values(pattern, text).next())
}

const SEX_KEY: &str = "sexe?";
const AGE_KEY: &str = r"life\s*stage(?:\s*remarks?)?|stade\s*de\s*vie|age(?:\s*class)?";
/// What ends a value after a key.
const END: &str = r#"\s*(?:[:;,"|}]|$)"#;

/// Words for stages, longer ones first. Embryos are not among them: they are those of a gravid female.
const STAGES: [&str; 25] = [
    r"young[\s-]*of[\s-]*the[\s-]*year",
    "leptocephal(?:es?|us)",
    "larvae?",
    "larvals?",
    "larves?",
    "imagos?",
    "neonates?",
    "hatchlings?",
    "hatched",
    "fry",
    "(?:pre)?metamorphs?",
    "tadpoles?",
    "t(?:ê|e)tards?",
    "immatures?|imms?",
    "jeunes?|young|ygs?",
    "fled?ge?lings?",
    "chicks?",
    "nestlings?",
    "juv(?:e|é)niles?|juvs?",
    "sub-?(?:adult(?:e?s)?|adulte|ads?)",
    "yearlings?",
    "matures?",
    "adult(?:e?s)?|adulte|ads?",
    "nymphs?|nymphes?",
    "pupae?",
];

fn keyed(key: &str, value: &str, end: &str) -> Option<Regex> {
    Regex::new(&format!(r"(?i)\b(?:{key})\W+(?P<value>{value}){end}")).ok()
}

/// The values of a pattern that end a word, in lower case.
fn values<'t>(pattern: &'static Pattern, text: &'t str) -> impl Iterator<Item = String> + use<'t> {
    let found = pattern.as_ref().map(|pattern| pattern.captures_iter(text));
    found.into_iter().flatten().filter_map(move |captures| {
        let value = captures.name("value")?;
        let next = text.get(value.end()..)?.chars().next();
        (!next.is_some_and(char::is_alphanumeric)).then(|| value.as_str().to_lowercase())
    })
}

/// The one value of a pattern: `Some(None)` when there are several that differ.
fn only(pattern: &'static Pattern, text: &str) -> Option<Option<String>> {
    let mut values = values(pattern, text);
    let first = values.next()?;
    Some(values.all(|value| value == first).then_some(first))
}

fn contains_any(text: &str, words: &[&str]) -> bool {
    let text = text.as_bytes();
    words.iter().any(|word| text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sexes() {
        for (text, found) in [
            ("weight=81.00 g; sex=female ? ; age=u ad.", Some("female ?")),
            (r#"{"sex": "Femelle", "age": 3}"#, Some("femelle")),
            ("sex male in breeding plumage all over", Some("male")),
            ("sex=male; sex=female", None),
            ("sex=male; sex=male", Some("male")),
            ("male or male", Some("male")),
            ("males, one male", Some("males")),
            ("male ?", Some("male")),
            ("words male female male more words", None),
            ("unisexual words", None),
            ("tamale", None),
            ("", None),
        ] {
            assert_eq!(sex(text).as_deref(), found, "{text}");
        }
    }

    #[test]
    fn stages() {
        for (text, found) in [
            ("weight=81.00 g; sex=female ? ; age=u ad.", Some("u ad.")),
            ("age class: second year", Some("second year")),
            ("age adult female shot at dusk over the lake, fat", Some("adult")),
            ("age in days 12", Some("in days 12")),
            ("age in days 12 or so as the label on the cage says", Some("12")),
            ("just after second year", Some("after second year")),
            ("Juvénile", Some("juvénile")),
            ("Adulte", Some("adulte")),
            ("subadulte", Some("subadulte")),
            ("juvs.?", Some("juvs")),
            ("larva(e)", Some("larva")),
            ("Têtard", Some("têtard")),
            ("fledgling seen", Some("fledgling")),
            ("subadultery", None),
            ("embryonic", None),
            ("3 embryos, crown-rump 8 mm", None),
            ("adult; determined by X", None),
            ("", None),
        ] {
            assert_eq!(life_stage(text).as_deref(), found, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_stands_in_the_text(text in "\\PC{0,40}|(sex|age|male|adult|[=:;, ?]){0,9}") {
            for found in [sex(&text), life_stage(&text)].into_iter().flatten() {
                prop_assert!(!found.is_empty() && text.to_lowercase().contains(&found));
            }
        }
    }
}
