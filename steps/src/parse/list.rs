//! Lists inside one cell.

/// The elements of a list, trimmed, without empty ones.
///
/// Darwin Core recommends ` | `. The literal text `null` stays: it stands for absence only in terms with one value.
pub fn elements<'a>(text: &'a str, separators: &'a [char]) -> impl Iterator<Item = &'a str> {
    text.split(separators).map(str::trim).filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_trimmed_and_empty_ones_dropped() {
        assert_eq!(elements("person 1 | person, 2 | ", &['|']).collect::<Vec<_>>(), ["person 1", "person, 2"]);
        assert_eq!(elements("111 | 22 ; 33", &['|', ';']).collect::<Vec<_>>(), ["111", "22", "33"]);
        assert_eq!(elements("|||", &['|']).count(), 0);
    }
}
