//! Names of geological time: `Lower Jurassic`, `Crétacé supérieur`, `Early Cretaceous (Aptian)`.
//!
//! The units and their names are in `vocabulary/geological_time.tsv`. A name is read by rules, so that the table needs one
//! spelling of each unit:
//!
//! - accents, case and `ae` for `e` do not count, nor do the endings that languages give a name;
//! - *early* and *lower*, *late* and *upper* and their translations are one word, before the name or after it;
//!   where the unit so named is not in the table it is the whole unit: `early Albian` is the Albian;
//! - words for a kind of unit (*stage*, *système*) are left aside, except before a number;
//! - a text may name several units, separated by punctuation or by *to*, *or* and the like. When each holds the next, the
//!   smallest is meant (`Mésozoïque-Crétacé-Albien`); otherwise the smallest unit that holds them all (`Middle to Late
//!   Ordovician` is the Ordovician). A part that is no unit, such as a formation, is left aside after the first one.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::vocabulary::{fold, rows};

/// Longer texts are not names.
const LONGEST: usize = 200;

/// Ranks of units, largest first. Those without a term in Darwin Core stand between those that have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeRank {
    /// Precambrian.
    Supereon,
    /// Eon or eonothem.
    Eon,
    /// Era or erathem.
    Era,
    /// Tertiary.
    Subera,
    /// Period or system.
    Period,
    /// Mississippian and Pennsylvanian.
    Subperiod,
    /// Epoch or series.
    Epoch,
    /// Age or stage.
    Age,
    /// A part of an age.
    Subage,
}

/// A unit of geological time.
#[derive(Debug)]
pub struct TimeUnit {
    /// The name, in the spelling of GBIF's vocabulary.
    pub name: &'static str,
    /// Its rank.
    pub rank: TimeRank,
    /// Age of its base, in millions of years.
    pub start: f64,
    /// Age of its top, in millions of years.
    pub end: f64,
    parent: Option<usize>,
}

impl TimeUnit {
    /// The unit and those that hold it, smallest first.
    pub fn lineage(&self) -> impl Iterator<Item = &'static TimeUnit> {
        // Found again by its name, because a reference into the chart carries no position.
        let own = CHART.units.iter().find(|unit| unit.name == self.name);
        std::iter::successors(own, |unit| CHART.units.get(unit.parent?)).take(16)
    }

    /// The unit of a rank that holds this one, or this one.
    pub fn at_rank(&self, rank: TimeRank) -> Option<&'static TimeUnit> {
        self.lineage().find(|unit| unit.rank == rank)
    }
}

/// The third of a unit that a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Lower,
    Middle,
    Upper,
    /// `L.` may be Lower or Late: read as the whole.
    Unclear,
}

/// A folded name: the part, and the rest without endings.
type Key = (Option<Part>, String);

struct Chart {
    units: Vec<TimeUnit>,
    keys: HashMap<Key, usize>,
}

static CHART: LazyLock<Chart> = LazyLock::new(|| {
    let lines: Vec<Vec<&'static str>> =
        rows(include_str!("../vocabulary/geological_time.tsv")).map(|line| line.split('\t').collect()).collect();
    let mut chart = Chart { units: Vec::new(), keys: HashMap::new() };
    let position = |name: &str| lines.iter().position(|cells| cells.first() == Some(&name));
    for (unit, cells) in lines.iter().enumerate() {
        let [name, rank, parent, start, end, names @ ..] = cells.as_slice() else { continue };
        let rank = match *rank {
            "supereon" => TimeRank::Supereon,
            "eon" => TimeRank::Eon,
            "era" => TimeRank::Era,
            "subera" => TimeRank::Subera,
            "period" => TimeRank::Period,
            "subperiod" => TimeRank::Subperiod,
            "epoch" => TimeRank::Epoch,
            "age" => TimeRank::Age,
            _ => TimeRank::Subage,
        };
        let parent = position(parent);
        // A unit without ages of its own has those of the unit above, which stands before it.
        let above = parent.and_then(|parent| chart.units.get(parent)).map_or((0.0, 0.0), |unit| (unit.start, unit.end));
        let (start, end) = (start.parse().unwrap_or(above.0), end.parse().unwrap_or(above.1));
        chart.units.push(TimeUnit { name, rank, start, end, parent });
        for name in names.iter().flat_map(|cell| cell.split('|')).chain([*name]).filter(|name| !name.is_empty()) {
            if let Some(words) = words_of(name).and_then(|pieces| pieces.into_iter().next()) {
                chart.keys.entry(words.key()).or_insert(unit);
            }
        }
    }
    chart
});

/// Every unit, in the order of the table.
pub fn units() -> &'static [TimeUnit] {
    &CHART.units
}

/// The unit that a text names.
pub fn unit(text: &str) -> Option<&'static TimeUnit> {
    if text.len() > LONGEST {
        return None;
    }
    let mut pieces = words_of(text)?;
    share_bases(&mut pieces);
    let mut found: Option<&'static TimeUnit> = None;
    for piece in pieces.iter().filter(|piece| !piece.base.is_empty()) {
        match (piece.unit(), found) {
            (None, None) => return None,
            (None, Some(_)) => {}
            (Some(unit), None) => found = Some(unit),
            (Some(unit), Some(before)) => found = Some(combined(before, unit)?),
        }
    }
    found
}

/// The smaller of two units when it lies in the other, else the smallest that holds both.
fn combined(a: &'static TimeUnit, b: &'static TimeUnit) -> Option<&'static TimeUnit> {
    let holds = |outer: &TimeUnit, inner: &TimeUnit| inner.lineage().any(|unit| unit.name == outer.name);
    if holds(a, b) {
        return Some(b);
    }
    a.lineage()
        .find(|unit| unit.name == b.name || holds(unit, b))
        .map(|unit| if unit.name == b.name { a } else { unit })
}

/// One of the names in a text.
#[derive(Debug, Default)]
struct Piece {
    before: Vec<Part>,
    after: Vec<Part>,
    base: Vec<String>,
}

impl Piece {
    /// The part that stands nearest to the name.
    fn part(&self) -> Option<Part> {
        self.before.last().or(self.after.first()).copied().filter(|part| *part != Part::Unclear)
    }

    fn key(&self) -> Key {
        (self.part(), self.base.concat())
    }

    fn unit(&self) -> Option<&'static TimeUnit> {
        let (part, base) = self.key();
        let of = |part| CHART.keys.get(&(part, base.clone())).and_then(|unit| CHART.units.get(*unit));
        of(part).or_else(|| of(None))
    }
}

/// Gives a piece that is only a part (`Middle` of `Middle-Late Ordovician`) the name beside it.
fn share_bases(pieces: &mut Vec<Piece>) {
    for position in 1..pieces.len() {
        let (before, after) = pieces.split_at_mut(position);
        if let (Some(before), Some(piece)) = (before.last(), after.first_mut())
            && piece.base.is_empty()
        {
            piece.base.clone_from(&before.base);
        }
    }
    for position in (1..pieces.len()).rev() {
        let (before, after) = pieces.split_at_mut(position);
        let (Some(before), Some(piece)) = (before.last_mut(), after.first_mut()) else { continue };
        if before.base.is_empty() && !piece.base.is_empty() {
            if piece.part().is_none() {
                // `Mid-Cretaceous`: one name with a hyphen in it.
                piece.before.append(&mut before.before);
            } else {
                before.base.clone_from(&piece.base);
            }
        }
    }
    pieces.retain(|piece| !piece.base.is_empty());
}

/// The pieces of a text, folded; `None` when no word is left.
fn words_of(text: &str) -> Option<Vec<Piece>> {
    let folded = fold(text).to_lowercase();
    let mut pieces = vec![Piece::default()];
    let mut words: Vec<&str> = Vec::new();
    let mut start = 0;
    for (position, character) in folded.char_indices().chain([(folded.len(), ' ')]) {
        if character.is_alphanumeric() {
            continue;
        }
        if let Some(word) = folded.get(start..position).filter(|word| !word.is_empty()) {
            words.push(word);
        }
        start = position + character.len_utf8();
        if matches!(character, ',' | ';' | '/' | '|' | '(' | ')' | '[' | ']' | '-' | ':' | '>' | '+' | '&') {
            words.push("to");
        }
    }
    for (position, word) in words.iter().enumerate() {
        let next_is_number = words.get(position + 1).is_some_and(|next| next.bytes().all(|byte| byte.is_ascii_digit()));
        if matches!(*word, "to" | "or" | "and" | "a" | "au" | "et" | "ou" | "und" | "oder" | "bis" | "y" | "e") {
            if pieces.last().is_some_and(|piece| !piece.base.is_empty() || !piece.before.is_empty()) {
                pieces.push(Piece::default());
            }
            continue;
        }
        let Some(piece) = pieces.last_mut() else { continue };
        match (part(word), kind_of_unit(word)) {
            (Some(part), _) if piece.base.is_empty() => piece.before.push(part),
            (Some(part), _) => piece.after.push(part),
            (None, Some(kind)) if next_is_number => piece.base.push(kind.to_owned()),
            (None, Some(_)) => {}
            (None, None) => piece.base.push(stem(word)),
        }
    }
    pieces.retain(|piece| !piece.base.is_empty() || !piece.before.is_empty());
    (!pieces.is_empty()).then_some(pieces)
}

fn part(word: &str) -> Option<Part> {
    Some(match word {
        "lower" | "low" | "early" | "earliest" | "lowermost" | "lowest" | "inferieur" | "inferieure" | "inf"
        | "precoce" | "basal" | "unter" | "unteres" | "untere" | "onder" | "inferior" | "inferiore" | "temprano" => {
            Part::Lower
        }
        "middle" | "mid" | "moyen" | "moyenne" | "moy" | "mittel" | "mittleres" | "mittlere" | "midden" | "medio"
        | "medium" | "median" | "m" => Part::Middle,
        "upper" | "late" | "latest" | "uppermost" | "superieur" | "superieure" | "sup" | "tardif" | "terminal"
        | "ober" | "oberes" | "obere" | "boven" | "superior" | "superiore" | "tardio" | "u" => Part::Upper,
        "l" => Part::Unclear,
        _ => return None,
    })
}

fn kind_of_unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "stage" | "etage" | "stufe" | "piso" => "stage",
        "series" | "serie" | "epoch" | "epoque" => "series",
        "age" | "system" | "systeme" | "period" | "periode" | "era" | "ere" | "erathem" | "eratheme" | "eon"
        | "eonothem" | "eonotheme" | "time" | "times" | "l" | "le" | "la" | "du" | "de" | "the" => "unit",
        _ => return None,
    })
}

/// The word without what distinguishes languages: `Aptian`, `Aptien`, `Aptiano`, `Aptiense` and `Aptium` are `apt`.
fn stem(word: &str) -> String {
    let word = word.replace("ae", "e");
    let plain = word.strip_suffix(['e', 'o', 'a']).unwrap_or(&word);
    const ENDINGS: [&str; 12] = ["iens", "iaan", "icum", "ikum", "iqu", "ian", "ien", "ium", "isch", "ic", "an", "en"];
    let stem = ENDINGS.iter().find_map(|ending| plain.strip_suffix(ending)).unwrap_or(plain);
    // A number, or a word that is all ending.
    if stem.len() < 2 { word } else { stem.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_several_forms() {
        for (text, name) in [
            ("Neogene", Some("Neogene")),
            ("neogene", Some("Neogene")),
            ("Néogène", Some("Neogene")),
            ("Neógeno", Some("Neogene")),
            ("Palaeozoic", Some("Paleozoic")),
            ("Paléozoïque", Some("Paleozoic")),
            ("Ère primaire", Some("Paleozoic")),
            ("Lower Jurassic", Some("LowerJurassic")),
            ("Early Jurassic", Some("LowerJurassic")),
            ("Jurassique inférieur", Some("LowerJurassic")),
            ("Jurassic, Lower", Some("LowerJurassic")),
            ("LowerJurassic", Some("LowerJurassic")),
            ("Early/Lower Jurassic", Some("LowerJurassic")),
            ("Lias", Some("LowerJurassic")),
            ("L. Jurassic", Some("Jurassic")),
            ("M. Jurassic", Some("MiddleJurassic")),
            ("Dogger", Some("MiddleJurassic")),
            ("Crétacé sup.", Some("UpperCretaceous")),
            ("late Early Cretaceous", Some("LowerCretaceous")),
            ("Mid-Cretaceous", Some("Cretaceous")),
            ("Early Albian", Some("Albian")),
            ("Albien moyen", Some("Albian")),
            ("Albien à Aptien", Some("LowerCretaceous")),
            ("Early Cretaceous (Aptian)", Some("Aptian")),
            ("Mésozoïque-Crétacé-Crétacé inférieur-Albien", Some("Albian")),
            ("Middle to Late Ordovician", Some("Ordovician")),
            ("Ordovician, Middle-Late", Some("Ordovician")),
            ("Jurassic or Cretaceous", Some("Mesozoic")),
            ("Paleocene (Ravenscrag Fm.)", Some("Paleocene")),
            ("Cambrian Stage 2", Some("CambrianStage2")),
            ("Cambrien-Étage 10", Some("CambrianStage10")),
            ("Étage Bajocien", Some("Bajocian")),
            ("Stampien", Some("Rupelian")),
            ("Bédoulien", Some("Bedoulian")),
            ("Pléistocène supérieur", Some("UpperPleistocene")),
            ("Tertiaire", Some("Tertiary")),
            ("Quaternaire", Some("Quaternary")),
            ("Carbonifère supérieur", Some("Pennsylvanian")),
            ("Ravenscrag Fm. (Paleocene)", None),
            ("Upper", None),
            ("Jurassic limestone", None),
            ("unknown", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(unit(text).map(|unit| unit.name), name, "{text}");
        }
    }

    #[test]
    fn the_chart_is_whole() {
        let mut seen: HashMap<Key, &str> = HashMap::new();
        for line in rows(include_str!("../vocabulary/geological_time.tsv")) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 8, "{line}");
            let own = units().iter().find(|unit| unit.name == cells[0]).unwrap();
            assert_eq!(cells[2].is_empty(), own.parent.is_none(), "{line}");
            for name in cells[5..].iter().flat_map(|cell| cell.split('|')).filter(|name| !name.is_empty()) {
                assert_eq!(unit(name).map(|unit| unit.name), Some(cells[0]), "{name}");
                let key = words_of(name).unwrap()[0].key();
                let other = seen.insert(key, cells[0]);
                assert!(other.is_none_or(|other| other == cells[0]), "{name}: also {other:?}");
            }
        }
        for unit in units() {
            assert!(unit.start > unit.end, "{}", unit.name);
            if let Some(parent) = unit.lineage().nth(1) {
                assert!(
                    parent.start >= unit.start && parent.end <= unit.end && parent.rank < unit.rank,
                    "{}",
                    unit.name
                );
            }
            // Units of a rank follow each other: where one begins another of its rank ends, if that holds time at all.
            let mut children: Vec<&TimeUnit> = units()
                .iter()
                .filter(|child| child.lineage().nth(1).is_some_and(|parent| parent.name == unit.name))
                .collect();
            children.retain(|child| !matches!(child.rank, TimeRank::Subera | TimeRank::Subperiod | TimeRank::Subage));
            children.sort_by(|a, b| b.start.total_cmp(&a.start));
            for pair in children.windows(2) {
                assert!((pair[0].end - pair[1].start).abs() < 1e-9, "{} and {}", pair[0].name, pair[1].name);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_a_unit_of_the_chart(text in "\\PC{0,60}|(upper|late|jurassic|albian|to|,|-|\\(|\\)| ){0,12}") {
            if let Some(found) = unit(&text) {
                prop_assert!(found.lineage().count() >= 1);
                prop_assert_eq!(unit(found.name).map(|unit| unit.name), Some(found.name));
            }
        }
    }
}
