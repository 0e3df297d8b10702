//! Names of collectors in the form of the Living Atlases: `Smith, J.R. John`.
//!
//! The rules are those of `CollectorNameParser` (gbif/pipelines, livingatlas). A name is cut into titles, initials,
//! particles and words, and the order of these tells which word is the surname:
//!
//! | form | written |
//! |---|---|
//! | `Dr NL Kirby`, `B Kaspiew (Professor)`, `A.G.Gunness et. al.` | `Kirby, N.L.`, `Kaspiew, B.`, `Gunness, A.G.` |
//! | `Simon Starr`, `Ross P. Field` | `Starr, Simon`, `Field, P. Ross` |
//! | `ROBINSON A.C. Tony` | `Robinson, A.C. Tony` |
//! | `Field, Ross P.`, `Blandowski, J.W.T.L. von` | `Field, P. Ross`, `von Blandowski, J.W.T.L.` |
//!
//! A text with a figure (a number of a person or record), the name of an organisation and an address of electronic mail
//! stay as they are. What says that nobody is known is `UNKNOWN OR ANONYMOUS`.
//!
//! The order of words tells little in many datasets: French ones have `DUPONT Jean (LPO), MARTIN Anne`, and `Martin Paul`
//! may be either. Records are therefore read by these rules only where the dataset asks for it (`collectorNames`).

mod words;

use words::{Name, Word, words};

/// What stands for nobody.
pub const UNKNOWN: &str = "UNKNOWN OR ANONYMOUS";

/// Between names wherever they stand.
const SEPARATORS: [&str; 4] = [";", "\"\"", "|", " - "];

/// Words that only organisations bear, as they are written.
const ORGANISATION_WORDS: [&str; 52] = [
    "collection",
    "Collection",
    "Entomology",
    "University",
    "UNIVERSITY",
    "Université",
    "Oceanographic",
    "Indonesia",
    "Division",
    "DIVISION",
    "American",
    "Photographic",
    "SERVICE",
    "Service",
    "Section",
    "Arachnology",
    "Northern",
    "Institut",
    "Ichthyology",
    "AUSTRALIA",
    "Australian",
    "Malacology",
    "Department",
    "Survey",
    "SURVEY",
    "DFO",
    "Society",
    "Société",
    "FNS-(SA)",
    "Association",
    "ASSOCIATION",
    "Government",
    "COMMISSION",
    "Conservation",
    "Conservatoire",
    "Expedition",
    "NPWS-(SA)",
    "NCS-(SA)",
    "Study Group",
    "Melbourne",
    "ATLAS",
    "summer parties",
    "Macquarie Island",
    "NSW",
    "Museum",
    "Muséum",
    "Herpetology",
    "ORNITHOLOGICAL",
    "Ornithologists",
    "Bird Observation",
    "SCIENTIFIC",
    "Fisheries",
];
/// Those of single programmes.
const ORGANISATIONS: [&str; 5] =
    ["Queensland", "Griffith Npws", "CMAR", "Kangaroo Management Program", "Parc national"];

/// The names in a text, each in the form of the Living Atlases. A part that has no such form stays as it is.
pub fn names(text: &str) -> Vec<String> {
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    if has_figure(text) {
        return vec![text.to_owned()];
    }
    if let Some(pair) = pair(text) {
        return pair;
    }
    if is_unknown(text) {
        return vec![UNKNOWN.to_owned()];
    }
    let separated = SEPARATORS.iter().any(|separator| text.contains(separator));
    if separated {
        let parts = text.split([';', '|']).flat_map(|part| part.split("\"\"")).flat_map(|part| part.split(" - "));
        return parts.filter_map(one_or_itself).collect();
    }
    if let Some(name) = name(text) {
        return vec![name];
    }
    // A comma stands inside names too, so it separates names only where the whole is none.
    let parts = text.split([',', '&']).flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" et "));
    let parts: Vec<&str> = parts.collect();
    if parts.len() == 1 { vec![text.to_owned()] } else { parts.into_iter().filter_map(one_or_itself).collect() }
}

/// One name in the form of the Living Atlases; `None` when it has no known form.
pub fn name(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if has_figure(text) || is_organisation(text) || is_mail_address(text) {
        return Some(text.to_owned());
    }
    if is_unknown(text) {
        return Some(UNKNOWN.to_owned());
    }
    let bare = text.trim_matches('"').trim();
    match bare.split(',').collect::<Vec<_>>().as_slice() {
        [before, after] => with_comma(&words(before)?, &words(after)?),
        [whole] => without_comma(&words(whole)?),
        _ => None,
    }
    .map(|name| name.to_string())
}

fn one_or_itself(part: &str) -> Option<String> {
    let part = part.trim().trim_end_matches(',').trim();
    let is_nobody = part.is_empty() || words(part).is_some_and(|words| words.is_empty());
    (!is_nobody).then(|| name(part).unwrap_or_else(|| part.to_owned()))
}

/// `Surname, first names`.
fn with_comma<'t>(before: &[Word<'t>], after: &[Word<'t>]) -> Option<Name<'t>> {
    let mut name = Name::default();
    let mut rest = before;
    while let [Word::Particle(particle), others @ ..] = rest {
        // A particle that stands alone is a surname.
        if others.is_empty() {
            break;
        }
        name.particles.push(particle);
        rest = others;
    }
    let [Word::Plain(surname) | Word::Particle(surname)] = rest else { return None };
    name.surname = surname;
    let mut trailing = Vec::new();
    for word in after {
        match word {
            Word::Initial(initial) => name.initials.push(initial),
            Word::Particle(particle) => trailing.push(*particle),
            Word::Plain(word) if name.first.len() < 2 => name.first.push(word),
            Word::Capitals(letters) if name.initials.is_empty() && name.first.is_empty() => name.initials.push(letters),
            Word::Capitals(word) if name.first.len() < 2 => name.first.push(word),
            _ => return None,
        }
    }
    if !trailing.is_empty() {
        name.particles = trailing;
    }
    (name.initials.len() <= 4).then_some(name)
}

/// A name whose surname the order and the capitals tell.
fn without_comma<'t>(words: &[Word<'t>]) -> Option<Name<'t>> {
    let mut name = Name::default();
    match words {
        [Word::Plain(surname) | Word::Capitals(surname) | Word::Particle(surname)] => name.surname = surname,
        [Word::Capitals(letters), rest @ ..] if is_initials(letters, rest) => {
            name.initials.push(letters);
            surname(rest, &mut name)?;
        }
        [Word::Initial(_), ..] => {
            let rest = initials(words, &mut name);
            surname(rest, &mut name)?;
        }
        [Word::Plain(first), rest @ ..] if !is_capitals(first) => {
            name.first.push(first);
            let rest = initials(rest, &mut name);
            surname(rest, &mut name)?;
        }
        [Word::Plain(surname) | Word::Capitals(surname), rest @ ..] => {
            name.surname = surname;
            match initials(rest, &mut name) {
                [] => {}
                [Word::Plain(first) | Word::Capitals(first)] => name.first.push(first),
                _ => return None,
            }
        }
        _ => return None,
    }
    Some(name)
}

/// Takes the initials at the start.
fn initials<'w, 't>(words: &'w [Word<'t>], name: &mut Name<'t>) -> &'w [Word<'t>] {
    let count = words.iter().take_while(|word| matches!(word, Word::Initial(_))).count().min(4);
    let (initials, rest) = words.split_at(count);
    name.initials
        .extend(initials.iter().filter_map(|word| if let Word::Initial(text) = word { Some(*text) } else { None }));
    rest
}

/// Takes the particles and the surname, which must be all that is left.
fn surname<'t>(words: &[Word<'t>], name: &mut Name<'t>) -> Option<()> {
    let (last, particles) = words.split_last()?;
    for particle in particles {
        let Word::Particle(particle) = particle else { return None };
        name.particles.push(particle);
    }
    let (Word::Plain(surname) | Word::Capitals(surname) | Word::Particle(surname)) = last else { return None };
    name.surname = surname;
    Some(())
}

/// Whether capitals without dots before a surname are initials (`NL Kirby`) and not a surname (`ROUX Jean`).
fn is_initials(letters: &str, rest: &[Word<'_>]) -> bool {
    let has_vowel = letters.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
    let surname_follows = matches!(rest, [.., Word::Plain(_) | Word::Capitals(_)]);
    surname_follows && (letters.len() <= 2 || !has_vowel)
}

fn is_capitals(word: &str) -> bool {
    word.chars().count() > 1 && !word.chars().any(char::is_lowercase)
}

/// Two people with `and` between them, who may share a surname: `Pauline and Arthur Spurgeon`, `N.& V.Gomersall`.
fn pair(text: &str) -> Option<Vec<String>> {
    if words::has_others(text) {
        return None;
    }
    let spaced = text.replace('&', " & ");
    let is_and = |word: &&str| matches!(*word, "&" | "and" | "And" | "AND" | "et");
    if spaced.contains([',', ';', '|', '"']) || spaced.split_whitespace().filter(is_and).count() != 1 {
        return None;
    }
    let mut sides = spaced.split_whitespace().collect::<Vec<_>>();
    let and = sides.iter().position(is_and)?;
    let second = sides.split_off(and).into_iter().skip(1).collect::<Vec<_>>().join(" ");
    let first = sides.join(" ");
    if is_organisation(&first) || is_organisation(&second) {
        return None;
    }
    let (first_words, second_words) = (words(&first)?, words(&second)?);
    if second_words.is_empty() {
        return None;
    }
    let shared = match (first_words.as_slice(), second_words.as_slice()) {
        // Nobody but a title: `Mr & Mrs Smith`.
        ([], _) => return name(&second).map(|name| vec![name]),
        (first, [.., Word::Plain(surname) | Word::Capitals(surname)])
            if second_words.len() > 1
                && (first.iter().all(|word| matches!(word, Word::Initial(_)))
                    || matches!((first, &second_words[0]), ([Word::Plain(_)], Word::Plain(_)))) =>
        {
            Some(*surname)
        }
        _ => None,
    };
    let first = match shared {
        Some(surname) => name(&format!("{first} {surname}"))?,
        None => name(&first)?,
    };
    Some(vec![first, name(&second)?])
}

fn has_figure(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_organisation(text: &str) -> bool {
    ORGANISATION_WORDS.iter().chain(&ORGANISATIONS).any(|word| text.contains(word))
}

fn is_mail_address(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    text.split_once('@')
        .is_some_and(|(who, host)| is_part(who) && is_part(host) && host.contains('.') && !host.contains('@'))
}

fn is_unknown(text: &str) -> bool {
    let text: String = text.trim().trim_matches('"').to_lowercase().replace('-', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    matches!(
        words.join(" ").as_str(),
        "anon n/a"
            | "anon"
            | "anon."
            | "anonymous"
            | "anonyme"
            | "unknown"
            | "[unknown]"
            | "inconnu"
            | "inconnue"
            | "no data"
            | "not entered see original data"
            | "non renseigné"
            | "?"
    )
}

#[cfg(test)]
#[path = "collector_name/tests.rs"]
mod tests;
