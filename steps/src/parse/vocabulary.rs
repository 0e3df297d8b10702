//! Controlled vocabularies: a word in any language to a concept of Darwin Core.
//!
//! A vocabulary is one text file under `steps/src/vocabulary/`, which a data team can extend without Rust. It is
//! tab-separated; a line that starts with `#` is a comment; the first other line is the header:
//!
//! | column | meaning |
//! |---|---|
//! | `concept` | the value written, in the spelling of the standard (`Male`, `HUMAN_OBSERVATION`, `introduced`) |
//! | `kind` | what the label is, see below |
//! | `language` | ISO 639-1 code; empty when the label belongs to no language |
//! | `label` | the text that a publisher may write |
//! | `parent` | for `name` rows only: the concept above, when there is one |
//!
//! | kind | meaning |
//! |---|---|
//! | `name` | declares the concept; the label is its name |
//! | `label` | the preferred label in a language |
//! | `alternative` | a correct synonym in a language |
//! | `hidden` | what people write though it is short, misspelt or belongs elsewhere; never shown |
//! | `code` | a code of a national standard such as the SINP; compared whole, digits included |
//!
//! How a text is looked up: a `code` must be the whole text, in any case. All other labels and the text are folded by
//! [`key`]: accents and ligatures are removed, and everything that is no letter goes, so `Sub-adulte`, `sub adulte` and
//! `SUBADULTE` are one key. When two concepts claim a key, the one whose label is of the earlier kind in the table above
//! has it; among equals English decides, then the order of the file. This is the folding of GBIF's parsers
//! (`EnumParser`) with the precedence of GBIF's vocabulary server.

use std::collections::HashMap;

use ahash::RandomState;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The vocabularies of the step `basic` and `multimedia`, each parsed once when first used.
macro_rules! vocabularies {
    ($($(#[$meta:meta])* $name:ident $file:literal;)*) => {
        $(
            $(#[$meta])*
            pub static $name: std::sync::LazyLock<Vocabulary> =
                std::sync::LazyLock::new(|| Vocabulary::of_table(include_str!(concat!("../vocabulary/", $file, ".tsv"))));
        )*

        /// Every vocabulary, by the name of its file.
        pub fn all() -> Vec<(&'static str, &'static Vocabulary)> {
            vec![$(($file, &*$name),)*]
        }
    };
}

vocabularies! {
    /// `dwc:basisOfRecord`, in the spelling of GBIF's enumeration.
    BASIS_OF_RECORD "basis_of_record";
    /// `dwc:occurrenceStatus`: `PRESENT` or `ABSENT`.
    OCCURRENCE_STATUS "occurrence_status";
    /// Words for sexes; read through [`crate::parse::sex`], which understands counts and doubt.
    SEX "sex";
    /// `dwc:lifeStage`; read through [`crate::parse::life_stage`].
    LIFE_STAGE "life_stage";
    /// `dwc:establishmentMeans`.
    ESTABLISHMENT_MEANS "establishment_means";
    /// `dwc:degreeOfEstablishment`.
    DEGREE_OF_ESTABLISHMENT "degree_of_establishment";
    /// `dwc:pathway`.
    PATHWAY "pathway";
    /// `dwc:typeStatus`; read through [`crate::parse::type_status`].
    TYPE_STATUS "type_status";
    /// `dwc:vitality`.
    VITALITY "vitality";
    /// `dwc:eventType`.
    EVENT_TYPE "event_type";
    /// `dc:type` of media.
    MEDIA_TYPE "media_type";
}

/// One concept of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    /// The value written.
    pub name: &'static str,
    /// Position of the concept above.
    parent: Option<usize>,
}

/// A controlled vocabulary.
#[derive(Debug, Default)]
pub struct Vocabulary {
    concepts: Vec<Concept>,
    keys: HashMap<String, usize, RandomState>,
    codes: HashMap<String, usize, RandomState>,
}

/// Order in which kinds claim a key.
const KINDS: [&str; 5] = ["name", "label", "alternative", "hidden", "code"];

impl Vocabulary {
    /// Reads a vocabulary file. Rows that are not understood are left out; a test checks that there are none.
    pub fn of_table(table: &'static str) -> Self {
        let mut vocabulary = Self::default();
        let rows: Vec<Vec<&'static str>> = rows(table).map(|line| line.split('\t').collect()).collect();
        let cell = |row: &[&'static str], column: usize| row.get(column).copied().unwrap_or("").trim();
        for row in rows.iter().filter(|row| cell(row, 1) == "name") {
            vocabulary.concepts.push(Concept { name: cell(row, 0), parent: None });
        }
        for row in rows.iter().filter(|row| cell(row, 1) == "name") {
            let parent = vocabulary.position(cell(row, 4));
            if let Some(concept) =
                vocabulary.position(cell(row, 0)).and_then(|concept| vocabulary.concepts.get_mut(concept))
            {
                concept.parent = parent;
            }
        }
        for kind in KINDS {
            for english in [true, false] {
                for row in rows.iter().filter(|row| cell(row, 1) == kind && (cell(row, 2) == "en") == english) {
                    let Some(concept) = vocabulary.position(cell(row, 0)) else { continue };
                    let label = cell(row, 3);
                    if kind == "code" {
                        vocabulary.codes.entry(label.to_lowercase()).or_insert(concept);
                    } else if let Some(key) = key(label) {
                        vocabulary.keys.entry(key).or_insert(concept);
                    }
                }
            }
        }
        vocabulary
    }

    /// The concept that a text names as a whole.
    pub fn find(&self, text: &str) -> Option<&Concept> {
        self.find_code(text).or_else(|| self.find_key(&key(text)?))
    }

    /// The concept that a text gives the code of.
    pub fn find_code(&self, text: &str) -> Option<&Concept> {
        let text = text.trim();
        // Longer than any code.
        const LONGEST: usize = 16;
        if self.codes.is_empty() || text.len() > LONGEST {
            return None;
        }
        self.concepts.get(*self.codes.get(&text.to_lowercase())?)
    }

    /// The concept of a text that is folded already.
    pub fn find_key(&self, key: &str) -> Option<&Concept> {
        self.concepts.get(*self.keys.get(key)?)
    }

    /// The name of the concept that a text names as a whole.
    pub fn name(&self, text: &str) -> Option<&'static str> {
        self.find(text).map(|concept| concept.name)
    }

    /// The concepts above one, nearest first.
    pub fn parents(&self, concept: &Concept) -> Vec<&'static str> {
        let mut parents = Vec::new();
        let mut above = concept.parent;
        while let Some(concept) = above.and_then(|position| self.concepts.get(position)) {
            // A file in which concepts stand above each other would never end.
            if parents.contains(&concept.name) {
                break;
            }
            parents.push(concept.name);
            above = concept.parent;
        }
        parents
    }

    /// All concepts, in the order of the file.
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// All folded labels.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.concepts.iter().position(|concept| concept.name == name)
    }
}

/// The rows of a text table without comments, blank lines and the header.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).skip(1)
}

/// The key under which a text is looked up: [`fold`]ed, letters only, capitals; `None` when no letter is left or the text
/// says `n/a`.
pub fn key(text: &str) -> Option<String> {
    if matches!(text.trim().to_ascii_lowercase().as_str(), "n/a" | "n.a." | "n.a") {
        return None;
    }
    let key: String = fold(text).chars().filter(|letter| is_letter(*letter)).flat_map(char::to_uppercase).collect();
    (!key.is_empty()).then_some(key)
}

/// Letters of any script, and the signs of the sexes.
pub fn is_letter(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '♀' | '♂' | '⚥' | '☿')
}

/// The text without accents, with ligatures and stroked letters spelt out; case stays.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let repaired = repair(text);
    let text = repaired.as_deref().unwrap_or(text);
    let mut folded = String::with_capacity(text.len());
    // Compatibility decomposition also takes full-width letters and typographic ligatures (`ﬁ`) apart.
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'Æ' => folded.push_str("AE"),
            'œ' => folded.push_str("oe"),
            'Œ' => folded.push_str("OE"),
            'ø' => folded.push('o'),
            'Ø' => folded.push('O'),
            'ł' => folded.push('l'),
            'Ł' => folded.push('L'),
            'đ' | 'ð' => folded.push('d'),
            'Đ' | 'Ð' => folded.push('D'),
            'þ' => folded.push_str("th"),
            'Þ' => folded.push_str("TH"),
            'ħ' => folded.push('h'),
            'Ħ' => folded.push('H'),
            'ı' => folded.push('i'),
            'ŋ' => folded.push('n'),
            'ŧ' => folded.push('t'),
            '’' | '‘' | 'ʼ' => folded.push('\''),
            '‐' | '‑' | '–' | '—' => folded.push('-'),
            other => folded.push(other),
        }
    }
    folded
}

/// The text when its UTF-8 was once read as Latin-1 (`MÃ¢le` for `Mâle`).
fn repair(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â', 'Å']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_fold_to_letters() {
        assert_eq!(key("Hello Bértöçkø").as_deref(), Some("HELLOBERTOCKO"));
        assert_eq!(key("(h6").as_deref(), Some("H"));
        assert_eq!(key("Œuf").as_deref(), Some("OEUF"));
        assert_eq!(key("♀♀").as_deref(), Some("♀♀"));
        assert_eq!(key("Песня, голос").as_deref(), Some("ПЕСНЯГОЛОС"));
        assert_eq!(key("MÃ¢le").as_deref(), Some("MALE"));
        assert_eq!(key("Âge").as_deref(), Some("AGE"));
        assert_eq!(key("n/A"), None);
        assert_eq!(key("NA").as_deref(), Some("NA"));
        assert_eq!(key(" - "), None);
    }

    #[test]
    fn every_row_of_every_vocabulary_is_understood() {
        let tables = [
            ("basis_of_record", include_str!("../vocabulary/basis_of_record.tsv")),
            ("occurrence_status", include_str!("../vocabulary/occurrence_status.tsv")),
            ("sex", include_str!("../vocabulary/sex.tsv")),
            ("life_stage", include_str!("../vocabulary/life_stage.tsv")),
            ("establishment_means", include_str!("../vocabulary/establishment_means.tsv")),
            ("degree_of_establishment", include_str!("../vocabulary/degree_of_establishment.tsv")),
            ("pathway", include_str!("../vocabulary/pathway.tsv")),
            ("type_status", include_str!("../vocabulary/type_status.tsv")),
            ("vitality", include_str!("../vocabulary/vitality.tsv")),
            ("event_type", include_str!("../vocabulary/event_type.tsv")),
            ("media_type", include_str!("../vocabulary/media_type.tsv")),
        ];
        assert_eq!(tables.len(), all().len());
        for (name, table) in tables {
            let (_, vocabulary) = all().into_iter().find(|(file, _)| *file == name).unwrap();
            let mut seen: HashMap<(String, &str), &str> = HashMap::new();
            for row in rows(table) {
                let cells: Vec<&str> = row.split('\t').collect();
                assert!(cells.len() == 4 || cells.len() == 5, "{name}: {row}");
                assert!(KINDS.contains(&cells[1]), "{name}: {row}");
                let concept = vocabulary.position(cells[0]);
                assert!(concept.is_some(), "{name}: no such concept: {row}");
                assert!(
                    cells.len() == 4 || cells[4].is_empty() || vocabulary.position(cells[4]).is_some(),
                    "{name}: {row}"
                );
                let found = vocabulary.find(cells[3]).unwrap_or_else(|| panic!("{name}: not found: {row}"));
                // Codes and labels may differ (`NO` is French for absent and English for not): labels may not.
                let kind = if cells[1] == "code" { "code" } else { "label" };
                let id = if kind == "code" { cells[3].to_lowercase() } else { key(cells[3]).unwrap() };
                if let Some(other) = seen.insert((id, kind), cells[0]) {
                    assert_eq!(other, cells[0], "{name}: two concepts: {row}");
                }
                assert!(!vocabulary.parents(found).contains(&found.name), "{name}: {row}");
            }
        }
    }

    #[test]
    fn the_first_kind_wins_a_key_and_parents_are_known() {
        let vocabulary = Vocabulary::of_table(
            "concept\tkind\tlanguage\tlabel\tparent\nA\tname\t\tA\nB\tname\t\tB\tA\nB\thidden\t\tx\nA\tlabel\tfr\tX\nB\tcode\t\t2\n",
        );
        assert_eq!(vocabulary.name("x"), Some("A"));
        let b = vocabulary.find(" 2 ").unwrap();
        assert_eq!(b.name, "B");
        assert_eq!(vocabulary.parents(b), ["A"]);
    }

    proptest! {
        #[test]
        fn any_text_folds_and_a_key_is_its_own_key(text in "\\PC{0,40}") {
            if let Some(once) = key(&text) {
                prop_assert_eq!(key(&once).unwrap_or_default(), once);
            }
            for (_, vocabulary) in all() {
                let _ = vocabulary.find(&text);
            }
        }
    }
}
