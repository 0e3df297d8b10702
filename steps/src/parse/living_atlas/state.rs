//! States and territories of Australia.

use crate::parse::vocabulary::AUSTRALIAN_STATE;

/// The state in full: `Queensland` for `QLD`.
pub fn state(text: &str) -> Option<&'static str> {
    AUSTRALIAN_STATE.name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_abbreviations() {
        for (text, expected) in [
            ("QLD", Some("Queensland")),
            ("Qld.", Some("Queensland")),
            ("W.A.", Some("Western Australia")),
            ("Aust. Capital Territory", Some("Australian Capital Territory")),
            ("New South Wales", Some("New South Wales")),
            ("Île-de-France", None),
        ] {
            assert_eq!(state(text), expected, "{text}");
        }
    }
}
