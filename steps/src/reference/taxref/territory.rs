//! Whether a taxon lives in a territory of France, as TAXREF has it.

/// The territories of TAXREF by their columns: mainland France with Corsica first, then those overseas.
pub const TERRITORIES: [&str; 17] =
    ["FR", "GF", "MAR", "GUA", "SM", "SB", "SPM", "MAY", "EPA", "REU", "SA", "TA", "TAAF", "PF", "NC", "WF", "CLI"];

/// The districts that the column TAAF stands for.
const DISTRICTS_OF_TAAF: [&str; 3] = ["EPA", "SA", "TA"];

/// Letters of statuses, the strongest presence first: what is present in one district is present in the whole.
const BY_PRESENCE: &str = "PESCIJMBDWXZYQA";

/// What a status says of a taxon in a territory.
///
/// TAXREF's letters tell more (endemic, invasive); this is what a record can be held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// P, E, S, C: present, native, endemic, sub-endemic or of unknown origin.
    Present,
    /// I, J, M: introduced, invasive or not established.
    Introduced,
    /// B: occasional.
    Occasional,
    /// D: doubtful.
    Doubtful,
    /// Q: mentioned by mistake.
    Erroneous,
    /// A: absent.
    Absent,
    /// W: gone from there.
    Extirpated,
    /// X, Z, Y: extinct.
    Extinct,
}

impl Presence {
    /// The meaning of a letter; `None` for one that is not TAXREF's.
    pub fn of_letter(letter: &str) -> Option<Self> {
        Some(match letter {
            "P" | "E" | "S" | "C" => Self::Present,
            "I" | "J" | "M" => Self::Introduced,
            "B" => Self::Occasional,
            "D" => Self::Doubtful,
            "Q" => Self::Erroneous,
            "A" => Self::Absent,
            "W" => Self::Extirpated,
            "X" | "Z" | "Y" => Self::Extinct,
            _ => return None,
        })
    }

    /// The value of `taxrefPresence`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Introduced => "introduced",
            Self::Occasional => "occasional",
            Self::Doubtful => "doubtful",
            Self::Erroneous => "erroneous",
            Self::Absent => "absent",
            Self::Extirpated => "extirpated",
            Self::Extinct => "extinct",
        }
    }
}

/// The letters of a row: one a territory, a space where there is none.
pub(super) fn letters<'a>(cell: impl Fn(usize) -> &'a str) -> String {
    let letter = |text: &str| text.chars().next().filter(char::is_ascii_alphabetic).unwrap_or(' ').to_ascii_uppercase();
    (0..TERRITORIES.len()).map(|territory| letter(cell(territory))).collect()
}

/// The letter of a territory among those of a row. TAAF without one of its own has the strongest of its districts.
pub(super) fn letter_in<'a>(letters: &'a str, territory: &str) -> Option<&'a str> {
    let own = |territory: &str| {
        let position = TERRITORIES.iter().position(|known| *known == territory)?;
        letters.get(position..=position).filter(|letter| *letter != " ")
    };
    own(territory).or_else(|| {
        let districts = DISTRICTS_OF_TAAF.iter().filter(|_| territory == "TAAF").filter_map(|district| own(district));
        districts.min_by_key(|letter| BY_PRESENCE.find(*letter).unwrap_or(BY_PRESENCE.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_by_territory() {
        let row = |given: &[(&str, &'static str)]| {
            letters(|territory| {
                given.iter().find(|(name, _)| *name == TERRITORIES[territory]).map_or("", |(_, letter)| letter)
            })
        };
        let reunion = row(&[("FR", "P"), ("REU", "i")]);
        assert_eq!(letter_in(&reunion, "REU"), Some("I"));
        assert_eq!(letter_in(&reunion, "GUA"), None);
        assert_eq!(letter_in(&reunion, "BE"), None);
        let districts = row(&[("EPA", "A"), ("SA", "B"), ("TA", "X")]);
        assert_eq!(letter_in(&districts, "TAAF"), Some("B"));
        assert_eq!(letter_in(&row(&[("EPA", "P"), ("TAAF", "D")]), "TAAF"), Some("D"));
    }

    #[test]
    fn every_letter_has_a_meaning() {
        for letter in BY_PRESENCE.chars() {
            assert!(Presence::of_letter(&letter.to_string()).is_some(), "{letter}");
        }
        assert_eq!(Presence::of_letter("F"), None);
    }
}
