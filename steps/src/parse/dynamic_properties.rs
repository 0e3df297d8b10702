//! Sex and life stage inside free text such as `sex=female ; age class=adult ; total length=495 mm`.
//!
//! The rules are those of VertNet's trait extraction, which GBIF uses: a value after a key wins; without a key, words of
//! the trait are looked for, and sexes that differ cancel each other.

use std::sync::LazyLock;

use regex::Regex;

/// The text of the sex.
pub fn sex(text: &str) -> Option<String> {
    static KEYED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)\b(?:sex|sexe)\W+?(\w[\w\s?./-]*?)\s*(?:[:;,"|}]|$)"#).ok());
    static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\b((?:fe)?male)s?(?:\s*\?)?").ok());
    if !contains_any(text, &["sex", "male"]) {
        return None;
    }
    if let Some(value) = KEYED.as_ref()?.captures(text).and_then(|captures| captures.get(1)) {
        return Some(value.as_str().to_lowercase());
    }
    let mut words = WORD.as_ref()?.find_iter(text).filter(|word| ends_a_word(text, word.end()));
    let first = words.next()?.as_str().to_lowercase();
    let stem = |word: &str| word.starts_with("fe");
    words.all(|word| stem(&word.as_str().to_lowercase()) == stem(&first)).then_some(first)
}

/// The text of the life stage.
pub fn life_stage(text: &str) -> Option<String> {
    static KEYED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"(?i)\b(?:life\s*stage(?:\s*remarks?)?|stade\s*de\s*vie|age(?:\s*class)?)\W+?(\w[\w\s?./-]*?)\s*(?:[:;,"|}]|$)"#,
        )
        .ok()
    });
    static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)\b(?:(?:after\s+)?(?:first|second|third|fourth|1st|2nd|3rd|4th|hatching)\s+year|yolk\s*sac",
            r"|young[\s-]*of[\s-]*the[\s-]*year|sub-?adults?|subads?|adults?|ads?|juveniles?|juvs?|immatures?|imms?",
            r"|larvae?|larves?|larvals?|imagos?|neonates?|hatchlings?|hatched|fry|fledglings?|nestlings?|yearlings?|chicks?",
            r"|tadpoles?|têtards?|nymphs?|pupae?|embryos?|fetus|young|over-winter)",
        ))
        .ok()
    });
    if let Some(value) = KEYED.as_ref()?.captures(text).and_then(|captures| captures.get(1)) {
        return Some(value.as_str().to_lowercase());
    }
    let word = WORD.as_ref()?.find_iter(text).find(|word| ends_a_word(text, word.end()))?;
    Some(word.as_str().to_lowercase())
}

/// Whether no letter or figure follows.
fn ends_a_word(text: &str, end: usize) -> bool {
    !text.get(end..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric)
}

fn contains_any(text: &str, words: &[&str]) -> bool {
    let text = text.as_bytes();
    words.iter().any(|word| text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyed_values_and_words() {
        assert_eq!(sex("weight=81.00 g; sex=female ? ; age=u ad.").as_deref(), Some("female ?"));
        assert_eq!(sex(r#"{"sex": "Femelle", "age": 3}"#).as_deref(), Some("femelle"));
        assert_eq!(sex("male or male").as_deref(), Some("male"));
        assert_eq!(sex("words male female male more words"), None);
        assert_eq!(sex("unisexual words"), None);
        assert_eq!(life_stage("weight=81.00 g; sex=female ? ; age=u ad.").as_deref(), Some("u ad."));
        assert_eq!(life_stage("juvs.?").as_deref(), Some("juvs"));
        assert_eq!(life_stage("larva(e)").as_deref(), Some("larva"));
        assert_eq!(life_stage("Têtard").as_deref(), Some("têtard"));
        assert_eq!(life_stage("embryonic"), None);
    }
}
