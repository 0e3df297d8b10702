//! The sex of one or more individuals, as people write it: words, letters, signs, counts, lists and doubt.
//!
//! GBIF's vocabulary of sexes holds about 3,800 hidden labels such as `2 males, 3 females`. Here a table of words
//! (`vocabulary/sex.tsv`) and these rules take their place:
//!
//! 1. a code of the SINP, or a text that the table knows as a whole (`not recorded`), is that concept;
//! 2. otherwise words are looked up one by one, longest phrase first; counts are bound to their word (`males: 0`,
//!    `4M 0F`) and a sex counted zero times is not there;
//! 3. males and females together are `Mixed`; when the text weighs one against the other (`M or F`, `M [=F]`), or doubts
//!    the sex (`female ?`, `probably male`), it is `Indeterminate`;
//! 4. "unknown" beside a sex leaves the sex (`unknown; female`), unless it says so of the sex itself (`sexe indéterminé`);
//! 5. a worker is a female;
//! 6. a life stage alone (`juv.`), or first and no sex after it, says that the sex was not determined.
//!
//! 7. in a short text, a word of six letters or more may have one slip (`femal`, `unkown`).
//!
//! Letters and words of up to three letters count only at the start, as capitals after a number, or when all other words are known:
//! an `M.` inside a person's name is no male.

mod tokens;

use strsim::osa_distance;

use crate::reference::vocabularies::Vocabularies;

use tokens::{Kind, Token, tokens};

/// What a text says about sexes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mention {
    /// A male is mentioned.
    pub male: bool,
    /// A female is mentioned.
    pub female: bool,
    /// A worker is mentioned.
    pub worker: bool,
    /// A hermaphrodite is mentioned.
    pub hermaphrodite: bool,
    /// Another sex is mentioned.
    pub other: bool,
    /// "Mixed", "couple" and the like.
    pub mixed: bool,
    /// "Unknown" and the like.
    pub unknown: bool,
    /// The sex itself is said to be unknown.
    pub sex_unknown: bool,
    /// The sex is doubted, or one sex is weighed against the other.
    pub doubt: bool,
    /// Nothing but life stages.
    pub stage_only: bool,
}

/// The concept of the vocabulary `Sex`: `Male`, `Female`, `Mixed`, `Other` or `Indeterminate`.
pub fn sex(vocabularies: &Vocabularies, text: &str) -> Option<&'static str> {
    let mention = mention(vocabularies, text)?;
    let female = mention.female || mention.worker;
    if mention.sex_unknown {
        Some("Indeterminate")
    } else if mention.male || female {
        match (mention.doubt, mention.male && female) {
            (true, _) => Some("Indeterminate"),
            (false, true) => Some("Mixed"),
            (false, false) => Some(if mention.male { "Male" } else { "Female" }),
        }
    } else if mention.hermaphrodite || mention.other {
        Some("Other")
    } else if mention.mixed {
        Some("Mixed")
    } else if mention.unknown || mention.stage_only {
        Some("Indeterminate")
    } else {
        None
    }
}

/// What a text says; `None` when it says nothing about sexes.
pub fn mention(vocabularies: &Vocabularies, text: &str) -> Option<Mention> {
    let mut mention = Mention::default();
    let code = vocabularies.sex.find_code(text).or_else(|| vocabularies.sex.find_coded_label(text));
    if code.is_some_and(|concept| mention.add(concept.name)) {
        return Some(mention);
    }
    let tokens = tokens(text);
    let doubted = tokens.iter().any(|token| matches!(token.kind, Kind::Doubt))
        || tokens.iter().any(|token| token.word().is_some_and(is_doubt));
    let zero = tokens.iter().any(|token| matches!(token.kind, Kind::Number(0)));
    if !doubted && !zero && vocabularies.sex.find(text).is_some_and(|concept| mention.add(concept.name)) {
        return Some(mention);
    }
    let mention = words(vocabularies, &tokens);
    (mention != Mention { doubt: mention.doubt, ..Mention::default() }).then_some(mention)
}

impl Mention {
    fn add(&mut self, concept: &str) -> bool {
        match concept {
            "Male" => self.male = true,
            "Female" => self.female = true,
            "Worker" => self.worker = true,
            "Hermaphrodite" => self.hermaphrodite = true,
            "Other" => self.other = true,
            "Mixed" => self.mixed = true,
            "Indeterminate" => self.unknown = true,
            _ => return false,
        }
        true
    }
}

fn words(vocabularies: &Vocabularies, tokens: &[Token]) -> Mention {
    let suffix_counts = counts_follow(vocabularies, tokens);
    let all_known = tokens.iter().filter_map(Token::word).all(|word| {
        vocabularies.sex.find_key(word).is_some() || is_stage(vocabularies, word) || is_doubt(word) || is_filler(word)
    });
    let mut mention = Mention::default();
    let mut stages = 0;
    let mut strangers = 0;
    let mut sexes: Vec<(usize, &str)> = Vec::new();
    let mut last_was_stage = false;
    let mut position = 0;
    while let Some(token) = tokens.get(position) {
        let Some(word) = token.word() else {
            // A mark after a life stage doubts the stage; any other doubts the sex. In `1F 1?` it is one individual of unknown sex beside a female.
            let counted = position > 0 && tokens.get(position - 1).is_some_and(|before| before.number().is_some());
            mention.unknown |= matches!(token.kind, Kind::Doubt) && counted;
            mention.doubt |= matches!(token.kind, Kind::Doubt) && !last_was_stage && !counted;
            position += 1;
            continue;
        };
        last_was_stage = false;
        let counted = position > 0 && tokens.get(position - 1).is_some_and(|before| before.number().is_some());
        let (length, concept) = phrase(vocabularies, tokens, position);
        let concept = concept.filter(|_| {
            length > 1 || word.chars().count() > 3 || position == 0 || (counted && token.is_capital) || all_known
        });
        let count = if suffix_counts {
            tokens.get(position + length).and_then(Token::number)
        } else {
            position.checked_sub(1).and_then(|before| tokens.get(before)).and_then(Token::number)
        };
        match concept {
            Some(_) if count == Some(0) => {}
            Some(concept) => {
                mention.add(concept);
                let says_sex = (position..position + length)
                    .filter_map(|position| tokens.get(position)?.word())
                    .any(|word| word.starts_with("SEX"));
                mention.sex_unknown |= concept == "Indeterminate" && says_sex && !counted;
                if matches!(concept, "Male" | "Female") {
                    sexes.push((position, concept));
                }
            }
            None if is_doubt(word) => mention.doubt = true,
            None if is_stage(vocabularies, word) => {
                stages += 1;
                last_was_stage = true;
            }
            None if is_filler(word) || word.chars().count() <= 1 => {}
            None => strangers += 1,
        }
        position += length;
    }
    mention.doubt |= weighed(tokens, &sexes);
    mention.stage_only = stages > 0
        && (strangers == 0 || tokens.first().and_then(Token::word).is_some_and(|word| is_stage(vocabularies, word)))
        && mention == Mention { doubt: mention.doubt, stage_only: mention.stage_only, ..Mention::default() };
    // A lone question mark, or doubt about nothing, is "unknown".
    mention.unknown |= mention.doubt && strangers == 0;
    mention
}

/// The longest phrase from a position that the table of sexes knows: number of tokens and concept.
fn phrase(vocabularies: &Vocabularies, tokens: &[Token], position: usize) -> (usize, Option<&'static str>) {
    const LONGEST: usize = 5;
    let mut best = (1, None);
    let mut joined = String::new();
    for (length, token) in tokens.iter().skip(position).take(LONGEST).enumerate() {
        let Some(word) = token.word() else { break };
        joined.push_str(word);
        if let Some(concept) = vocabularies.sex.find_key(&joined) {
            best = (length + 1, Some(concept.name));
        }
    }
    if best.1.is_none()
        && tokens.len() <= FEW
        && let Some(word) = tokens.get(position).and_then(Token::word)
    {
        best.1 = misspelt(vocabularies, word);
    }
    best
}

/// Misspelt words are looked for in texts of so many tokens: a longer one is a remark that has its own words.
const FEW: usize = 4;

/// The concept of the one word that a word is a slip away from: `femal`, `juvénile` has none.
fn misspelt(vocabularies: &Vocabularies, word: &str) -> Option<&'static str> {
    // Shorter words are within one letter of too many others.
    const SHORTEST: usize = 6;
    let length = word.chars().count();
    if !(SHORTEST - 1..=16).contains(&length) || is_stage(vocabularies, word) || is_doubt(word) || is_filler(word) {
        return None;
    }
    let near =
        |key: &&str| key.len() >= SHORTEST && key.len().abs_diff(word.len()) <= 1 && osa_distance(key, word) == 1;
    let mut concepts = vocabularies.sex.keys().filter(near).filter_map(|key| vocabularies.sex.find_key(key));
    let first = concepts.next()?;
    concepts.all(|other| other == first).then_some(first.name)
}

/// Whether counts stand after their words (`males: 2`) and not before (`2 males`).
fn counts_follow(vocabularies: &Vocabularies, tokens: &[Token]) -> bool {
    let number = tokens.iter().position(|token| token.number().is_some());
    let word =
        tokens.iter().position(|token| token.word().is_some_and(|word| vocabularies.sex.find_key(word).is_some()));
    matches!((number, word), (Some(number), Some(word)) if word < number)
}

/// Whether a male and a female are alternatives: `M or F`, `M = F`, `F [M]`.
fn weighed(tokens: &[Token], sexes: &[(usize, &str)]) -> bool {
    sexes.windows(2).any(|pair| {
        let [(first, one), (second, other)] = pair else { return false };
        one != other
            && (tokens.get(*first).map(|token| token.depth) != tokens.get(*second).map(|token| token.depth)
                || tokens.get(*first..*second).is_some_and(|between| {
                    between.iter().any(|token| {
                        matches!(token.kind, Kind::Equals)
                            || token.word().is_some_and(|word| ALTERNATIVES.contains(&word))
                    })
                }))
    })
}

/// Words between alternatives.
const ALTERNATIVES: [&str; 5] = ["OR", "OU", "ODER", "OF", "O"];

/// Words that say nothing about the sex.
const FILLERS: &str = "SEX SEXE SEXO GENDER AND ET Y E UND EN WITH AVEC CON ONE TWO THREE FOUR FIVE A AN UN UNE DEUX TROIS \
    UNO UNA DOS TRES EIN EINE APP APPARENTLY SURELY INDIVIDUAL INDIVIDUALS INDIVIDU INDIVIDUS SPECIMEN \
    SPECIMENS X OV OVIG GRAVID LACTATING BREEDING BY GONADS PLUMAGE DISSECTION DAYS DAY YEAR YEARS YRS \
    YR OLD AGE NOTE NOTEE NOTED ALATE DEALATE";

fn is_filler(word: &str) -> bool {
    ALTERNATIVES.contains(&word) || FILLERS.split(' ').any(|filler| filler == word)
}

fn is_doubt(word: &str) -> bool {
    matches!(
        word,
        "PROBABLY"
            | "PROBABLE"
            | "PROB"
            | "POSSIBLY"
            | "POSSIBLE"
            | "POSS"
            | "LIKELY"
            | "PERHAPS"
            | "MAYBE"
            | "MAY"
            | "PRESUMED"
            | "PRESUMABLY"
            | "PROBABLEMENT"
            | "PEUTETRE"
            | "POSIBLE"
            | "POSIBLEMENTE"
            | "PROVAVEL"
            | "VERMUTLICH"
            | "WAHRSCHEINLICH"
            | "WAARSCHIJNLIJK"
            | "LOOKS"
            | "TYPE"
            | "DOUTE"
            | "DOUTEUX"
            | "CF"
            | "UNCERTAIN"
            | "INCERTAIN"
            | "INCIERTO"
            | "DOUBTFUL"
            | "THINK"
    )
}

fn is_stage(vocabularies: &Vocabularies, word: &str) -> bool {
    // Ringers write the calendar year of a bird as HY (hatching year), AHY (after it), SY (second) and so on.
    matches!(word, "HY" | "AHY" | "SY" | "ASY" | "YEARLING" | "JV" | "YG" | "YY" | "AGE" | "CHICK")
        || vocabularies.life_stage.find_key(word).is_some_and(|concept| concept.name != "Unknown")
}

#[cfg(test)]
#[path = "sex/tests.rs"]
mod tests;
