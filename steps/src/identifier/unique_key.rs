//! The unique key of a record: the values of the terms that identify records in its dataset, as one text.

use arrow::array::{StringArray, StringBuilder};

use crate::verbatim::Text;

/// What is taken out of the values of a unique key before they are put together, as the Living Atlases can do for
/// publishers whose exports differ in nothing else from one time to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Strip {
    /// White space within values.
    pub spaces: bool,
    /// Characters that are not ASCII.
    pub non_ascii: bool,
}

impl Strip {
    fn keeps(self, character: char) -> bool {
        !(self.spaces && character.is_whitespace() || self.non_ascii && !character.is_ascii())
    }
}

/// The unique key of each row; null where a value is missing, or nothing of it is left.
///
/// `terms` are the columns of the terms, in their order, of `rows` rows each. One value stands as it is; several are joined
/// by `|`, where a `|` or `\` within a value has a `\` before it: `a|b` and `c` are not `a` and `b|c`.
pub fn unique_keys(rows: usize, terms: &[Text<'_>], strip: Strip) -> StringArray {
    let mut keys = StringBuilder::with_capacity(rows, rows * 16 * terms.len());
    let mut key = String::new();
    let mut stripped = String::new();
    for row in 0..rows {
        key.clear();
        let complete = terms.iter().enumerate().all(|(position, term)| {
            let Some(mut value) = term.value(row) else { return false };
            if strip != Strip::default() {
                stripped.clear();
                stripped.extend(value.chars().filter(|character| strip.keeps(*character)));
                value = stripped.trim();
            }
            key.push_str(if position == 0 { "" } else { "|" });
            if terms.len() == 1 {
                key.push_str(value)
            } else {
                push_part(&mut key, value)
            }
            !value.is_empty()
        });
        keys.append_option((complete && !terms.is_empty()).then_some(key.as_str()));
    }
    keys.finish()
}

/// Adds a part of a name whose parts are separated by `|`.
pub(super) fn push_part(name: &mut String, part: &str) {
    if !part.contains(['|', '\\']) {
        name.push_str(part);
        return;
    }
    for character in part.chars() {
        if matches!(character, '|' | '\\') {
            name.push('\\');
        }
        name.push(character);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef};
    use proptest::prelude::*;

    use super::*;
    use crate::{Input, Term, Verbatim};

    const TERMS: [Input; 2] = [Input::Term(Term("institutionCode")), Input::Term(Term("catalogNumber"))];

    fn key(values: &[Option<&str>], strip: Strip) -> Option<String> {
        let columns: Vec<Option<ArrayRef>> =
            values.iter().map(|value| Some(Arc::new(StringArray::from(vec![*value])) as ArrayRef)).collect();
        let inputs = &TERMS[..values.len()];
        let verbatim = Verbatim::new(1, inputs, &columns);
        let terms: Vec<Text<'_>> = inputs.iter().map(|input| verbatim.text_of(input.name())).collect();
        let keys = unique_keys(1, &terms, strip);
        keys.is_valid(0).then(|| keys.value(0).to_owned())
    }

    #[test]
    fn values_are_trimmed_stripped_and_joined() {
        let plain = Strip::default();
        assert_eq!(key(&[Some("\u{a0}X 1\t")], plain).as_deref(), Some("X 1"));
        assert_eq!(key(&[Some("a|b")], plain).as_deref(), Some("a|b"));
        assert_eq!(key(&[Some(" MNHN"), Some("P 1 ")], plain).as_deref(), Some("MNHN|P 1"));
        let strip = Strip { spaces: true, non_ascii: true };
        assert_eq!(key(&[Some("MNHN"), Some("é P\u{2009}1")], strip).as_deref(), Some("MNHN|P1"));
        assert_eq!(key(&[Some("é à")], Strip { non_ascii: true, spaces: false }), None);
        assert_eq!(key(&[Some("é à")], Strip { spaces: true, non_ascii: false }).as_deref(), Some("éà"));
    }

    #[test]
    fn a_missing_value_leaves_no_key() {
        for missing in [None, Some(" \t"), Some("NULL"), Some("\\N")] {
            assert_eq!(key(&[missing], Strip::default()), None);
            assert_eq!(key(&[Some("MNHN"), missing], Strip::default()), None);
        }
        assert_eq!(key(&[], Strip::default()), None);
    }

    proptest! {
        #[test]
        fn different_values_give_different_keys(a in "[ab|\\\\]{1,4}", b in "[ab|\\\\]{1,4}", c in "[ab|\\\\]{1,4}", d in "[ab|\\\\]{1,4}") {
            prop_assume!(![&a, &b, &c, &d].iter().any(|text| *text == "\\N"));
            let one = key(&[Some(&a), Some(&b)], Strip::default()).unwrap();
            let other = key(&[Some(&c), Some(&d)], Strip::default()).unwrap();
            prop_assert_eq!(one == other, a == c && b == d);
        }
    }
}
