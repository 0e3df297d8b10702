//! Licences as the Living Atlases write them: `CC-BY-NC 4.0 (Au)`.
//!
//! Any text that names Creative Commons and `by`, or attribution, is one of their licences; what else it names (`nc`,
//! `non-commercial`, `share alike` …) may stand anywhere after, run together or apart. `au` after it is the Australian port,
//! anything else counts as international (`Int`). Without a version it is 4.0. What is no such text is `Custom`.

use std::sync::LazyLock;

use regex::Regex;

/// Longest text that is read.
const LONGEST: usize = 2_000;

/// The licence; `Custom` when the text names none that is known.
pub fn license(text: &str) -> String {
    known(text).unwrap_or_else(|| "Custom".to_owned())
}

fn known(text: &str) -> Option<String> {
    static ATTRIBUTION: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?s)(?:(?:cc|creative\W*commons).*?by|attribution)(.*)").ok());
    static ZERO: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?s)(?:cc|creative\W*commons)(?:\W*0|.*zero)").ok());
    static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[1-4]\.[05]").ok());
    static AUSTRALIA: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:\b|\d)au(?:\b|s)").ok());
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_lowercase();
    let Some(captures) = ATTRIBUTION.as_ref()?.captures(&lower) else {
        let is_mark = lower.contains("pdm") || lower.contains("public domain mark");
        return match ZERO.as_ref()?.is_match(&lower) {
            true => Some("CC0".to_owned()),
            false => is_mark.then(|| "PDM".to_owned()),
        };
    };
    let terms = captures.get(1)?.as_str();
    let says = |words: &[&str]| words.iter().any(|word| terms.contains(word));
    let non_commercial = says(&["nc", "noncommercial", "non commercial", "non-commercial"]);
    let share_alike = says(&["sa", "sharealike", "share alike", "share-alike"]);
    let no_derivatives = says(&["nd", "noderiv", "no deriv", "no-deriv"]);
    let version = VERSION.as_ref()?.find(terms).map_or("4.0", |version| version.as_str());
    let parts = match (non_commercial, share_alike, no_derivatives) {
        (true, true, _) => "-NC-SA",
        // The first version has its parts in another order.
        (true, false, true) if version == "1.0" => "-ND-NC",
        (true, false, true) => "-NC-ND",
        (true, false, false) => "-NC",
        (false, true, _) => "-SA",
        (false, false, true) => "-ND",
        (false, false, false) => "",
    };
    let port = if AUSTRALIA.as_ref()?.is_match(terms) { "Au" } else { "Int" };
    Some(format!("CC-BY{parts} {version} ({port})"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn licences_of_the_living_atlases() {
        for (text, expected) in [
            ("Creative Commons Attribution-NonCommercial 4.0 International", "CC-BY-NC 4.0 (Int)"),
            ("http://creativecommons.org/licenses/by-nc/3.0/au/", "CC-BY-NC 3.0 (Au)"),
            ("CC-BY-SA 2.5 Australia", "CC-BY-SA 2.5 (Au)"),
            ("ccbyncsa1.0au", "CC-BY-NC-SA 1.0 (Au)"),
            ("Attribution no-deriv", "CC-BY-ND 4.0 (Int)"),
            ("CC-0", "CC0"),
            ("CC Zero", "CC0"),
            ("Public Domain Mark", "PDM"),
            ("All rights reserved", "Custom"),
            ("", "Custom"),
        ] {
            assert_eq!(license(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "(cc|by|nc|sa|nd|attribution|[ -]|4\\.0|1\\.0|au|zero){0,8}") {
            let once = license(&text);
            prop_assert_eq!(license(&once), once);
        }
    }
}
