//! Nomenclatural status of a name, as botanists and zoologists write it: `nom. illeg., art. 53.1; non DC. (1836)`.
//!
//! A text that the table (`vocabulary/nomenclatural_status.tsv`) knows as a whole is that concept. Otherwise phrases are looked up
//! from left to right, longest first:
//!
//! 1. figures, references to articles and words about synonymy qualify a status and are left aside;
//! 2. what follows `non` or `nec` up to the next semicolon is about another name, and `see` is about the code;
//! 3. the text must begin with a status: after other words it is a sentence in which the status may belong to something else;
//! 4. of several, the one whose article is cited first stands. Else, a reason why the name has no standing (`nudum`,
//!    `superfluum`, `negatum`) tells more than how it was made (`novum`), and both tell more than `invalidum` or
//!    `illegitimum` alone; among equals the first stands.

use super::vocabulary::{self, NOMENCLATURAL_STATUS};

/// Longest text that is read: a longer one is a remark.
const LONGEST: usize = 400;

/// A nomenclatural status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// The status in GBIF's enumeration.
    pub name: &'static str,
    /// Whether the text holds nothing but statuses, the articles cited for them and kinds of synonymy. Else it is probable.
    pub is_certain: bool,
}

/// The status that a text states.
pub fn nomenclatural_status(text: &str) -> Option<Status> {
    if text.len() > LONGEST {
        return None;
    }
    if let Some(name) = NOMENCLATURAL_STATUS.name(text) {
        return Some(Status { name, is_certain: true });
    }
    let reading = Reading::of(text);
    strongest(&reading.statuses).map(|name| Status { name, is_certain: reading.is_certain })
}

/// A status in a text.
struct Stated {
    name: &'static str,
    /// Whether an article of the code is cited for it.
    is_cited: bool,
}

/// What a text states.
struct Reading {
    statuses: Vec<Stated>,
    is_certain: bool,
}

impl Reading {
    fn of(text: &str) -> Self {
        let folded = vocabulary::fold(text).to_uppercase();
        let mut reading = Self { statuses: Vec::new(), is_certain: true };
        // What comes before the first status makes the text a sentence.
        let _ = folded.split(';').try_for_each(|clause| reading.read_clause(clause));
        reading
    }

    /// Reads a clause; `None` when the text is not about statuses.
    fn read_clause(&mut self, clause: &str) -> Option<()> {
        let words: Vec<&str> =
            clause.split(|character| !vocabulary::is_letter(character)).filter(|word| !word.is_empty()).collect();
        let mut position = 0;
        while let Some(word) = words.get(position) {
            let (length, found) = phrase(&words, position);
            match found {
                Some(name) => self.statuses.push(Stated { name, is_cited: false }),
                None if self.statuses.is_empty() => return None,
                None if matches!(*word, "ART" | "ARTS" | "ARTICLE" | "ARTICLES") => {
                    if let Some(last) = self.statuses.last_mut() {
                        last.is_cited = true;
                    }
                }
                // `see art. 14` is how the appendices cite conservation and rejection; elsewhere it leads away.
                None if *word == "SEE" => {
                    let listed = |stated: &Stated| matches!(stated.name, "CONSERVED" | "REJECTED");
                    self.is_certain &= self.statuses.last().is_some_and(listed);
                    break;
                }
                None if matches!(*word, "NON" | "NEC" | "SENSU" | "AUCT") => {
                    self.is_certain = false;
                    break;
                }
                None => self.is_certain &= SYNONYMY.contains(word),
            }
            position += length;
        }
        Some(())
    }
}

/// Words about synonymy, and of `nom. rev.` (a name that was taken up again), which leave a status as it is.
const SYNONYMY: [&str; 8] = ["HOMOTYPIC", "HETEROTYPIC", "SYN", "SYNONYM", "SYNONYMS", "NOM", "REV", "NAME"];

/// The longest phrase from a position that the table knows: number of words and concept.
fn phrase(words: &[&str], position: usize) -> (usize, Option<&'static str>) {
    const LONGEST: usize = 6;
    let mut best = (1, None);
    let mut joined = String::new();
    for (length, word) in words.iter().skip(position).take(LONGEST).enumerate() {
        joined.push_str(word);
        // One or two letters, such as the first of an author, are no status inside a text.
        let found = NOMENCLATURAL_STATUS.find_key(&joined).filter(|_| joined.len() > 2);
        if let Some(concept) = found {
            best = (length + 1, Some(concept.name));
        }
    }
    best
}

fn strongest(statuses: &[Stated]) -> Option<&'static str> {
    let first = statuses.first()?;
    if first.is_cited {
        return Some(first.name);
    }
    // `min_by_key` gives the first among equals.
    statuses.iter().map(|stated| stated.name).min_by_key(|name| match *name {
        "NUDUM" | "SUBNUDUM" | "SUPERFLUOUS" | "DENIED" => 0,
        "INVALID" | "ILLEGITIMATE" => 2,
        _ => 1,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terms_articles_and_several() {
        for (text, expected) in [
            ("nom. illeg.", Some("ILLEGITIMATE")),
            ("nomen nudum", Some("NUDUM")),
            ("nom. cons., see art. 14", Some("CONSERVED")),
            ("nom. inval., art. 37.1; nom. illeg., art. 53.1", Some("INVALID")),
            ("nom. inval., nom. nud.", Some("NUDUM")),
            ("nom. nov., nom. superfl.", Some("SUPERFLUOUS")),
            ("sp. nov., nom. illeg.", Some("NEW_SPECIES")),
            ("nom. illeg.; non (L.) DC. (1836), nom. cons.", Some("ILLEGITIMATE")),
            ("nom superflu", Some("SUPERFLUOUS")),
            ("non DC. (1836)", None),
            ("unnecessary replacement name", None),
            ("common name", None),
            ("species", None),
            ("", None),
        ] {
            assert_eq!(nomenclatural_status(text).map(|status| status.name), expected, "{text}");
        }
    }

    #[test]
    fn what_else_a_text_holds_makes_it_probable() {
        for (text, is_certain) in [
            ("nom. inval., arts 36.1, 37.1", true),
            ("sp. nov., heterotypic syn.", true),
            ("nom. cons., see art. 14", true),
            ("nom. inval., art. 32.1, see art. 18.1", false),
            ("nom. illeg.; non L.", false),
        ] {
            assert_eq!(nomenclatural_status(text).unwrap().is_certain, is_certain, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,60}|(nom\\. |inval\\.|illeg|[;,]| non | art |nov ){0,12}") {
            let _ = nomenclatural_status(&text);
        }
    }
}
