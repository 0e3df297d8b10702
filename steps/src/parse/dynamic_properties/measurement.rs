//! What measurements in free text are made of: numbers, ranges, units and the words before them.

/// A measurement in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// What was measured, as VertNet names it: `total length`, `standard length`, `total weight` and so on.
    pub property: &'static str,
    /// The number or range as it stands, in lower case: `18-21.5`, `16 to 23`; feet and inches as `2, 3.1`.
    pub value: String,
    /// The unit as it stands, in lower case: `mm`, `ft., in.`.
    pub unit: Option<String>,
}

/// A way to read a measurement at a position.
pub(super) type Rule = fn(&Text<'_>, usize) -> Option<Measurement>;

/// What the first rule that finds anything reads, at its first place.
pub(super) fn first(text: &str, rules: &[Rule]) -> Option<Measurement> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let lower = text.to_lowercase();
    let text = Text(&lower);
    rules.iter().find_map(|rule| lower.char_indices().find_map(|(at, _)| rule(&text, at)))
}

/// A text in lower case. Positions are those of characters; what reads from one gives the position after it.
pub(super) struct Text<'t>(pub &'t str);

impl<'t> Text<'t> {
    pub fn rest(&self, at: usize) -> &'t str {
        self.0.get(at..).unwrap_or("")
    }

    fn next(&self, at: usize) -> Option<char> {
        self.rest(at).chars().next()
    }

    fn before(&self, at: usize) -> Option<char> {
        self.0.get(..at)?.chars().next_back()
    }

    pub fn piece(&self, from: usize, to: usize) -> String {
        self.0.get(from..to).unwrap_or("").to_owned()
    }

    /// Whether a word begins or ends here.
    pub fn is_boundary(&self, at: usize) -> bool {
        self.before(at).is_some_and(is_word) != self.next(at).is_some_and(is_word)
    }

    /// Whether no word stands before: only punctuation that opens something, or nothing.
    pub fn opens(&self, at: usize) -> bool {
        let before = self.0.get(..at).unwrap_or("").trim_end().chars().next_back();
        before.is_none_or(|before| ";,:\"'{[(".contains(before))
    }

    /// Whether the word that ends here is not a part of a longer one.
    pub fn ends_letters(&self, at: usize) -> bool {
        !self.next(at).is_some_and(char::is_alphabetic)
    }

    /// Whether a number stands right before, with a separator between.
    pub fn is_inside_list(&self, at: usize) -> bool {
        let mut before = self.0.get(..at).unwrap_or("").chars().rev();
        before.next().is_some_and(|sign| "-/:.".contains(sign))
            && before.next().is_some_and(|sign| sign.is_ascii_digit())
    }

    pub fn space(&self, at: usize) -> usize {
        at + self.rest(at).len() - self.rest(at).trim_start().len()
    }

    /// What may stand between a key and its value: spaces and punctuation, but no dot or opening bracket.
    pub fn key_end(&self, at: usize) -> usize {
        const LONGEST: usize = 64;
        let mut end = at;
        for character in self.rest(at).chars().take(LONGEST) {
            if is_word(character) || matches!(character, '.' | '[' | '(') {
                break;
            }
            end += character.len_utf8();
        }
        end
    }

    /// One of the characters, if it is there.
    pub fn one_of(&self, at: usize, characters: &str) -> Option<usize> {
        self.next(at).filter(|next| characters.contains(*next)).map(|next| at + next.len_utf8())
    }

    pub fn maybe(&self, at: usize, characters: &str) -> usize {
        self.one_of(at, characters).unwrap_or(at)
    }

    /// A positive decimal number, with commas between thousands or not, in brackets or not.
    pub fn number(&self, at: usize) -> Option<usize> {
        let digits = |at: usize| self.rest(at).bytes().take_while(u8::is_ascii_digit).count();
        let start = self.maybe(at, "([{");
        let first = digits(start);
        if first == 0 {
            return None;
        }
        let mut end = start + first;
        for _ in 0..3 {
            let group = self.one_of(end, ",").filter(|group| first <= 3 && digits(*group) >= 3);
            end = group.map_or(end, |group| group + 3);
        }
        if let Some(decimals) = self.one_of(end, ".").filter(|decimals| digits(*decimals) > 0) {
            end = decimals + digits(decimals);
        }
        Some(self.maybe(self.maybe(end, ")]}"), "*"))
    }

    /// A number, or two with a dash or `to` between them.
    pub fn range(&self, at: usize) -> Option<usize> {
        let end = self.number(at)?;
        let dash = self.space(end);
        let after = self.one_of(dash, "-").or_else(|| self.rest(dash).starts_with("to").then_some(dash + 2));
        Some(after.and_then(|after| self.number(self.space(after))).unwrap_or(end))
    }

    /// A number, or a sign for an unknown one.
    pub fn number_or_unknown(&self, at: usize) -> Option<usize> {
        self.number(at).or_else(|| self.one_of(at, "?x"))
    }

    /// One of the words, written as patterns for [`Text::word`]: the first that `then` can go on from.
    pub fn any<W: Word, T>(&self, at: usize, words: &[W], then: impl Fn(&W, usize) -> Option<T>) -> Option<T> {
        words.iter().find_map(|word| then(word, self.word(at, word.pattern())?))
    }

    /// A word by a pattern, in which `?` makes the character before it optional, `.` is a dot or nothing, `_` a space, a
    /// hyphen or nothing, `^` an underscore or nothing, ` ` at least one space, `~` any space, and `*` any letters.
    pub fn word(&self, at: usize, pattern: &str) -> Option<usize> {
        let mut end = at;
        let mut signs = pattern.chars().peekable();
        while let Some(sign) = signs.next() {
            let is_optional = signs.next_if_eq(&'?').is_some();
            end = match sign {
                '.' => self.maybe(end, "."),
                '_' => self.maybe(end, "- \t"),
                '^' => self.maybe(end, "_"),
                '~' => self.space(end),
                ' ' if self.space(end) > end => self.space(end),
                '*' => end + self.rest(end).bytes().take_while(u8::is_ascii_lowercase).count(),
                letter => match self.next(end) {
                    Some(next) if next == letter => end + letter.len_utf8(),
                    _ if is_optional => end,
                    _ => return None,
                },
            };
        }
        Some(end)
    }

    /// One of the units, which ends a word or stands before what `goes_on` accepts.
    pub fn unit(&self, at: usize, units: &[&'static str], goes_on: impl Fn(usize) -> bool) -> Option<usize> {
        self.any(at, units, |_, end| (self.ends_letters(end) || goes_on(end)).then_some(end))
    }
}

/// A word to look for.
pub(super) trait Word {
    fn pattern(&self) -> &str;
}

impl Word for &str {
    fn pattern(&self) -> &str {
        self
    }
}

/// A word and the property that it names.
impl Word for (&str, &'static str) {
    fn pattern(&self) -> &str {
        self.0
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether three numbers in a row are a date, which a list of measurements looks like.
pub(super) fn is_date(text: &str) -> bool {
    let mut parts =
        text.splitn(4, |character: char| !character.is_ascii_digit()).map(|part| (part, part.parse::<u32>()));
    let (Some((a, Ok(first))), Some((_, Ok(second))), Some((c, Ok(third)))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_year = |text: &str, number: u32| text.len() == 4 && (1500..2100).contains(&number);
    let is_day = |number: u32| (1..=31).contains(&number);
    (1..=12).contains(&second) && (is_year(a, first) && is_day(third) || is_day(first) && is_year(c, third))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_ranges_and_words() {
        let number = |text: &str| Text(text).number(0).map(|end| text[..end].to_owned());
        assert_eq!(number("1,192.0 g").as_deref(), Some("1,192.0"));
        assert_eq!(number("5491,5492").as_deref(), Some("5491"));
        assert_eq!(number("(44)* mm").as_deref(), Some("(44)*"));
        assert_eq!(number("12. Then").as_deref(), Some("12"));
        assert_eq!(number("-5"), None);
        let range = |text: &str| Text(text).range(0).map(|end| text[..end].to_owned());
        assert_eq!(range("16 to 23 mm").as_deref(), Some("16 to 23"));
        assert_eq!(range("3.1 - 4.5in").as_deref(), Some("3.1 - 4.5"));
        assert_eq!(range("3 toes").as_deref(), Some("3"));
        let word = |text: &str, pattern: &str| Text(text).word(0, pattern).map(|end| text[..end].to_owned());
        assert_eq!(word("snout-vent lengths", "snout_vent_lengths?").as_deref(), Some("snout-vent lengths"));
        assert_eq!(word("t.l.= 2", "t.o?l.").as_deref(), Some("t.l."));
        assert_eq!(word("meas: l: 2", "meas*.:~l").as_deref(), Some("meas: l"));
        assert_eq!(word("total", "total lengths?"), None);
        assert!(is_date("2012-03-05 10:30") && is_date("5/3/2012") && !is_date("143-63-20-17"));
    }

    proptest! {
        #[test]
        fn positions_stay_inside_the_text(text in "\\PC{0,30}|[0-9,.()*to -]{0,20}") {
            let scanned = Text(&text);
            for (at, _) in text.char_indices() {
                for end in [scanned.number(at), scanned.range(at), scanned.word(at, "t.o?l._*~")].into_iter().flatten() {
                    prop_assert!(end >= at && text.is_char_boundary(end));
                }
                prop_assert!(text.is_char_boundary(scanned.key_end(at)) && text.is_char_boundary(scanned.space(at)));
            }
        }
    }
}
