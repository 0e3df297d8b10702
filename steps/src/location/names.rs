//! Names of places, tidied.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};

use crate::Verbatim;

/// How a name is tidied.
pub type Tidy = fn(&str) -> Cow<'_, str>;

/// A column of tidied names.
pub fn column(verbatim: &Verbatim<'_>, name: &'static str, tidy: Tidy) -> ArrayRef {
    let text = verbatim.text_of(name);
    let mut column = StringBuilder::with_capacity(verbatim.rows(), 0);
    for row in 0..verbatim.rows() {
        column.append_option(text.value(row).map(tidy).filter(|name| !name.is_empty()));
    }
    Arc::new(column.finish())
}

/// One space for each run of white space.
pub fn spaced(name: &str) -> Cow<'_, str> {
    let tidy = !name.starts_with(' ')
        && !name.ends_with(' ')
        && !name.contains("  ")
        && !name.contains(|letter: char| letter != ' ' && letter.is_whitespace());
    if tidy { Cow::Borrowed(name) } else { Cow::Owned(name.split_whitespace().collect::<Vec<_>>().join(" ")) }
}

/// Also, a name in capitals throughout keeps the first one only, unless it is as short as an abbreviation.
pub fn lowered(name: &str) -> Cow<'_, str> {
    let name = spaced(name);
    let shouted = name.chars().count() > 3 && name.chars().all(|letter| letter.is_uppercase() || letter == ' ');
    if !shouted {
        return name;
    }
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().collect();
    Cow::Owned(first + &letters.as_str().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(spaced("  Col \t du\u{a0}Lautaret "), "Col du Lautaret");
        assert_eq!(spaced("Paris"), "Paris");
        assert_eq!(lowered("GIRONDE"), "Gironde");
        assert_eq!(lowered("VAL  D OISE"), "Val d oise");
        assert_eq!(lowered("SAINT-DENIS"), "SAINT-DENIS");
        assert_eq!(lowered("NSW"), "NSW");
        assert_eq!(lowered("ÎLE"), "ÎLE");
    }
}
