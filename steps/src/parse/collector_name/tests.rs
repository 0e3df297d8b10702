#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(names(text), expected, "{text}");
}

#[test]
fn one_name() {
    check("Anna Berg", &["Berg, Anna"]);
    check("Berg, Anna", &["Berg, Anna"]);
    check("Berg, Dr Anna M.", &["Berg, M. Anna"]);
    check("Berg, A. M. Anna", &["Berg, A.M. Anna"]);
    check("Anna M. Berg", &["Berg, M. Anna"]);
    check("A.M.Berg", &["Berg, A.M."]);
    check("J-P. Berg", &["Berg, J-P."]);
    check("Mrs Berg", &["Berg"]);
    check("BERG Anna", &["Berg, Anna"]);
    check("ROUX Jean", &["Roux, Jean"]);
    check("\"BERG A.M. (Annie)\"", &["Berg, A.M."]);
    check("A.M. Berg et al.", &["Berg, A.M."]);
    check("Berg, A.M. von", &["von Berg, A.M."]);
    check("Anna van der Berg", &["van der Berg, Anna"]);
    check("O'NEILL-BERG Anna", &["O'Neill-Berg, Anna"]);
    check("Jean-Pierre Dupont", &["Dupont, Jean-Pierre"]);
    check("Berg", &["Berg"]);
}

#[test]
fn several_names() {
    check("Anna Berg and Tom Field", &["Berg, Anna", "Field, Tom"]);
    check("Anna & Tom Berg", &["Berg, Anna", "Berg, Tom"]);
    check("A. & T. Berg", &["Berg, A.", "Berg, T."]);
    check("A. Berg & T. Field", &["Berg, A.", "Field, T."]);
    check("Berg & Field", &["Berg", "Field"]);
    check("Mr & Mrs Berg", &["Berg"]);
    check("Anna Berg, Tom Field and A.B. Stone", &["Berg, Anna", "Field, Tom", "Stone, A.B."]);
    check("Berg, A.; Field, T.", &["Berg, A.", "Field, T."]);
    check("Berg, A. | et al.", &["Berg, A."]);
    check("Berg, A.; the whole class of 4c? yes", &["Berg, A.; the whole class of 4c? yes"]);
    check("Berg, A.; the (whole) class!", &["Berg, A.", "the (whole) class!"]);
}

#[test]
fn what_is_no_name_stays() {
    check("Museum of Victoria", &["Museum of Victoria"]);
    check("a.berg@example.org", &["a.berg@example.org"]);
    check("AB-123", &["AB-123"]);
    check("Anonyme", &[UNKNOWN]);
    check("Unknown", &[UNKNOWN]);
    check("  ", &[]);
    check("pupils of the local school", &["pupils of the local school"]);
    assert_eq!(name("pupils of the local school"), None);
}

proptest! {
    #[test]
    fn no_text_is_lost_or_breaks(text in "\\PC{0,40}|([A-Z][a-z]{0,6}|[A-Z]\\.|von|and|&|,|;|\\(|\\)| ){0,12}") {
        let found = names(&text);
        prop_assert!(found.iter().all(|name| !name.trim().is_empty()));
        prop_assert!(found.len() <= text.len());
    }

    #[test]
    fn a_written_name_is_read_as_itself(surname in "[A-Z][a-z]{4,9}", first in "[A-Z][a-z]{4,9}", initials in "([A-Z]\\.){0,3}") {
        prop_assume!(!is_organisation(&surname) && !is_organisation(&first));
        prop_assume!(words(&format!("{surname} {first}")).is_some_and(|words| words.len() == 2));
        prop_assume!(!is_unknown(&surname) && !is_unknown(&first));
        let text = if initials.is_empty() { format!("{surname}, {first}") } else { format!("{surname}, {initials} {first}") };
        prop_assert_eq!(names(&text), vec![text]);
    }
}
