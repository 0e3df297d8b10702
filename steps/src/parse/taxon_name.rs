//! Scientific names as people write them: the key under which a name is found, and what is uncertain about it.
//!
//! TAXREF's own names and the names of records go through the same reading, so that both sides meet on one key:
//! `Carex flacca subsp. serrulata`, `Carex flacca ssp serrulata` and `carex flacca serrulata` share one. What the reading
//! cannot do, telling authors from epithets, is left to the GBIF name parser.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::reference::taxref::Rank;

/// A name without its authors, read word by word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The words that make the name, folded and separated by one space; `x` marks a hybrid.
    pub key: String,
    /// How many words of the key, hybrid marks apart, stand before the first sign of doubt; all of them where there is none.
    pub certain_words: usize,
    /// The sign of doubt: `cf.`, `aff.`, `sp.`, `?`.
    pub qualifier: Option<&'static str>,
    /// The rank that a marker gives: `subsp.`, `var.`, `f.`.
    pub marker: Option<Rank>,
    /// Whether the name is that of an aggregate or is used in a broad sense: `aggr.`, `gr.`, `s.l.`.
    pub aggregate: bool,
    /// Whether there is nothing but a name: no author, no figure, no capital beyond the first letter.
    pub plain: bool,
    /// Whether the first letter is a capital, as in a scientific name.
    pub capital: bool,
}

impl Reading {
    /// Reads a name. Words past the first thirty-two are left out.
    pub fn of(text: &str) -> Self {
        let sentence;
        let text = match shouted(text) {
            Some(lower) => {
                sentence = lower;
                sentence.as_str()
            }
            None => text,
        };
        let mut reading = Self { plain: true, ..Self::default() };
        reading.key.reserve(text.len());
        let mut certain = None;
        let (mut words, mut named) = (0_usize, 0_usize);
        let spaced;
        let text = if text.contains(['×', '†', '_', '?']) {
            spaced = text.replace('×', " x ").replace(['†', '_'], " ").replace('?', " ? ");
            spaced.as_str()
        } else {
            text
        };
        let mut tokens = text.split_whitespace().take(32).peekable();
        while let Some(token) = tokens.next() {
            let lower: &str = &lower_case(token);
            if let Some(qualifier) = doubt(lower) {
                // A question mark casts doubt on the word before it, the others on the word after.
                let sure = if qualifier == "?" { named.saturating_sub(1) } else { named };
                certain = Some(certain.map_or(sure, |so_far: usize| so_far.min(sure)));
                reading.qualifier.get_or_insert(qualifier);
                continue;
            }
            if words > 0 {
                if indeterminate(lower) {
                    certain.get_or_insert(named);
                    reading.qualifier.get_or_insert("sp.");
                    break;
                }
                if is_aggregate(lower)
                    || (lower == "sensu" && tokens.peek().is_some_and(|next| next.starts_with("lat")))
                {
                    if lower == "sensu" {
                        tokens.next();
                    }
                    reading.aggregate = true;
                    continue;
                }
                if is_strict(lower) || (lower == "sensu" && tokens.peek().is_some_and(|next| next.starts_with("str"))) {
                    if lower == "sensu" {
                        tokens.next();
                    }
                    continue;
                }
                if tokens.peek().is_some()
                    && let Some(rank) = marker(lower)
                {
                    reading.marker = rank.or(reading.marker);
                    continue;
                }
                let subgenus = words == 1
                    && token.starts_with('(')
                    && token.ends_with(')')
                    && tokens.peek().is_some_and(|next| next.starts_with(char::is_lowercase));
                if subgenus {
                    continue;
                }
            } else {
                reading.capital = token.starts_with(char::is_uppercase);
            }
            let capitals = token.chars().skip(usize::from(words == 0)).any(char::is_uppercase);
            reading.plain &= !capitals && token.chars().all(|c| c.is_alphabetic() || c == '-');
            if words > 0 {
                reading.key.push(' ');
            }
            fold_into(token, &mut reading.key);
            words += 1;
            named += usize::from(lower != "x");
        }
        reading.certain_words = certain.unwrap_or(named);
        reading
    }

    /// The words of the key.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.key.split(' ').filter(|word| !word.is_empty())
    }

    /// The first `n` words of the key; a hybrid mark does not count.
    pub fn first_words(&self, n: usize) -> &str {
        let mut end = 0;
        let mut seen = 0;
        let mut start = 0;
        for word in self.key.split(' ') {
            if word != "x" {
                seen += 1;
            }
            if seen > n {
                break;
            }
            end = start + word.len();
            start = end + 1;
        }
        self.key.get(..end).unwrap_or(&self.key).trim_end_matches(" x")
    }

    /// Whether two names are crossed: `Rana lessonae x ridibunda`.
    pub fn is_hybrid_formula(&self) -> bool {
        self.words().skip(2).any(|word| word == "x")
    }
}

/// Most words of names are in lower case already.
fn lower_case(token: &str) -> Cow<'_, str> {
    if token.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(token)
    } else {
        Cow::Owned(token.to_lowercase())
    }
}

/// Whether text stands for a name that is not known.
pub fn is_placeholder(text: &str) -> bool {
    static PLACEHOLDERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        include_str!("../vocabulary/placeholder_name.tsv").lines().filter(|line| !line.starts_with('#')).collect()
    });
    let letters = fold_letters(text);
    letters.is_empty() || PLACEHOLDERS.contains(letters.as_str()) || is_unknown_rank(text, &PLACEHOLDERS)
}

/// `unplaced family`, `famille indéterminée`, `Genus`: a rank alone or beside a word for the unknown.
fn is_unknown_rank(text: &str, placeholders: &HashSet<&str>) -> bool {
    const RANKS: [&str; 18] = [
        "kingdom",
        "regne",
        "regnum",
        "phylum",
        "embranchement",
        "division",
        "class",
        "classe",
        "classis",
        "order",
        "ordre",
        "ordo",
        "family",
        "famille",
        "familia",
        "genus",
        "genre",
        "species",
    ];
    const BELOW: [&str; 5] = ["espece", "subspecies", "sousespece", "variety", "variete"];
    let mut is_ranked = false;
    // More words are a sentence.
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let all_known = words.take(4).all(|word| {
        let word = fold_letters(word);
        let is_rank = RANKS.contains(&word.as_str()) || BELOW.contains(&word.as_str());
        is_ranked |= is_rank;
        is_rank || placeholders.contains(word.as_str())
    });
    all_known && is_ranked
}

/// The form in which whole names with their authors are compared: folded letters, `and` for `&` and `et`, brackets kept.
pub fn full_name_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut word = String::new();
    let end_word = |word: &mut String, key: &mut String| {
        if word.is_empty() {
            return;
        }
        if !key.is_empty() && !key.ends_with('(') {
            key.push(' ');
        }
        key.push_str(if matches!(word.as_str(), "et" | "and") { "&" } else { word.as_str() });
        word.clear();
    };
    for c in text.chars() {
        match c {
            '(' | '[' => {
                end_word(&mut word, &mut key);
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push('(');
            }
            ')' | ']' => {
                end_word(&mut word, &mut key);
                key.push(')');
            }
            '&' => {
                end_word(&mut word, &mut key);
                key.push_str(" &");
            }
            '×' => {
                end_word(&mut word, &mut key);
                word.push('x');
                end_word(&mut word, &mut key);
            }
            c if c.is_alphanumeric() => fold_char(c, &mut word),
            // Full stops and apostrophes join: `J.A.` is `ja`, `d'Orbigny` is `dorbigny`.
            '.' | '\'' | '’' | '"' | '´' | '`' => {
                if c == '.' {
                    end_word(&mut word, &mut key);
                }
            }
            c if is_combining_mark(c) => {}
            _ => end_word(&mut word, &mut key),
        }
    }
    end_word(&mut word, &mut key);
    key
}

/// The letters of a text in lower case and without accents; nothing else.
pub fn fold_letters(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().filter(|c| c.is_alphabetic()).for_each(|c| fold_char(c, &mut folded));
    folded
}

fn fold_into(token: &str, key: &mut String) {
    if token.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        key.push_str(token);
    } else {
        token.chars().filter(|c| c.is_alphanumeric() || *c == '-').for_each(|c| fold_char(c, key));
    }
}

fn fold_char(c: char, folded: &mut String) {
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase());
        return;
    }
    match c {
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'ß' => folded.push_str("ss"),
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' => folded.push('d'),
        'ı' => folded.push('i'),
        _ => folded.extend(c.nfkd().filter(|part| !is_combining_mark(*part)).flat_map(char::to_lowercase)),
    }
}

/// A name all in capitals, brought to `Genus epithet`.
fn shouted(text: &str) -> Option<String> {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    if !text.trim().contains(' ') || letters().any(char::is_lowercase) || letters().count() < 4 {
        return None;
    }
    let mut first = true;
    let lower = text.chars().flat_map(|c| {
        let keep = first || !c.is_alphabetic();
        first &= !c.is_alphabetic();
        if keep { vec![c] } else { c.to_lowercase().collect() }
    });
    Some(lower.collect())
}

fn doubt(token: &str) -> Option<&'static str> {
    match token {
        "cf" | "cf." | "(cf)" | "(cf.)" | "conf." | "confer" => Some("cf."),
        "aff" | "aff." | "(aff.)" | "affinis." => Some("aff."),
        "nr" | "nr." | "prox." => Some("nr."),
        "?" | "(?)" => Some("?"),
        _ => None,
    }
}

fn indeterminate(token: &str) -> bool {
    let token = token.trim_matches(['(', ')', ',', ';']);
    let letters = token.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    matches!(
        letters,
        "sp" | "spp" | "gen" | "indet" | "ind" | "species" | "indéterminé" | "indetermine" | "indéterminée"
    )
}

fn is_aggregate(token: &str) -> bool {
    let token = token.trim_matches(['(', ')', '[', ']']);
    matches!(
        token,
        "aggr."
            | "aggr"
            | "agg."
            | "agg"
            | "gr."
            | "gr"
            | "grp"
            | "grp."
            | "groupe"
            | "group"
            | "species-group"
            | "complex"
            | "complexe"
            | "cpl."
            | "s.l."
            | "s.l"
            | "s.lat."
            | "sl"
            | "sl."
    )
}

fn is_strict(token: &str) -> bool {
    matches!(token.trim_matches(['(', ')', '[', ']']), "s.str." | "s.str" | "s.s." | "s.s" | "ss.str." | "sstr")
}

/// The rank that a marker word gives; `Some(None)` for markers that give none.
fn marker(token: &str) -> Option<Option<Rank>> {
    Some(match token {
        "subsp." | "subsp" | "ssp." | "ssp" | "subspec." | "subspecies" | "sous-espèce" | "nothosubsp." | "nsubsp." => {
            Some(Rank::SUBSPECIES)
        }
        "var." | "var" | "variety" | "nothovar." => Some(Rank::VARIETY),
        "f." | "fo." | "forma" | "forme" => Some(Rank::FORM),
        "kl." | "kl" | "klepton" | "subvar." | "subf." | "morph." | "morpha" | "ab." | "race" | "cv." | "nat."
        | "prol." | "lusus" | "subg." | "subgen." | "sect." | "subsect." | "ser." => None,
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (text, key) in [
            ("Carex flacca subsp. serrulata", "carex flacca serrulata"),
            ("Carex flacca ssp serrulata", "carex flacca serrulata"),
            ("CAREX FLACCA", "carex flacca"),
            ("Myotis (Selysius) brandtii", "myotis brandtii"),
            ("Pelophylax kl. esculentus", "pelophylax esculentus"),
            ("Ophrys × bergonii", "ophrys x bergonii"),
            ("Ophrys ×bergonii", "ophrys x bergonii"),
            ("Oenanthe oenanthe schiöleri", "oenanthe oenanthe schioleri"),
            ("Myotis mystacinus aggr.", "myotis mystacinus"),
            ("  Lutra   lutra ", "lutra lutra"),
        ] {
            let reading = Reading::of(text);
            assert_eq!(reading.key, key, "{text}");
            assert!(reading.plain, "{text}");
        }
    }

    #[test]
    fn doubt_is_seen_where_it_stands() {
        for (text, certain, qualifier) in [
            ("Myotis cf. brandtii", "myotis", "cf."),
            ("Myotis aff brandtii (Eversmann, 1845)", "myotis", "aff."),
            ("Myotis sp.", "myotis", "sp."),
            ("Myotis sp1", "myotis", "sp."),
            ("Myotis spp", "myotis", "sp."),
            ("Myotis brandtii ?", "myotis", "?"),
            ("Myotis brandtii?", "myotis", "?"),
            ("Muscicapa striata cf. tyrrhenica", "muscicapa striata", "cf."),
            ("cf. Myotis brandtii", "", "cf."),
        ] {
            let reading = Reading::of(text);
            assert_eq!(reading.qualifier, Some(qualifier), "{text}");
            assert_eq!(reading.words().take(reading.certain_words).collect::<Vec<_>>().join(" "), certain, "{text}");
        }
    }

    #[test]
    fn authors_make_a_name_not_plain() {
        assert!(!Reading::of("Lutra lutra (Linnaeus, 1758)").plain);
        assert!(!Reading::of("Lycopodium clavatum L.").plain);
        assert!(Reading::of("Lycopodium clavatum").plain);
        assert!(Reading::of("Rana lessonae x ridibunda").is_hybrid_formula());
        assert!(!Reading::of("Ophrys x bergonii").is_hybrid_formula());
        assert_eq!(Reading::of("Ophrys x bergonii forma alba").first_words(2), "ophrys x bergonii");
    }

    #[test]
    fn whole_names_meet_whatever_the_punctuation() {
        let key = full_name_key("Maculinea alcon (Denis & Schiffermüller, 1775)");
        assert_eq!(key, "maculinea alcon (denis & schiffermuller 1775)");
        assert_eq!(full_name_key("Maculinea alcon (Denis et Schiffermuller 1775 )"), key);
        assert_ne!(full_name_key("Maculinea alcon Denis & Schiffermüller, 1775"), key);
        assert_eq!(full_name_key("Alytes obstetricans J.A. Smith"), full_name_key("Alytes obstetricans J. A. Smith"));
    }

    #[test]
    fn words_for_the_unknown_are_no_names() {
        for text in ["Inconnu", "Nom perdu", "indet.", "?", "Incertae sedis", "Non identifié"] {
            assert!(is_placeholder(text), "{text}");
        }
        assert!(!is_placeholder("Lutra lutra"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let reading = Reading::of(&text);
            let _ = (full_name_key(&text), is_placeholder(&text), reading.first_words(2).len());
            prop_assert!(reading.certain_words <= 32);
        }

        #[test]
        fn a_key_read_again_is_itself(text in "[A-Z][a-z]{2,10}( [a-z]{3,10}){0,2}") {
            let key = Reading::of(&text).key;
            prop_assert_eq!(Reading::of(&key).key, key);
        }
    }
}
