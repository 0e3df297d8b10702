//! Biological status, behaviour, life stage and technique of observation, in the codes of the SINP or in words.

use super::sinp_nomenclature::{NomenclatureValue, of_code, of_label};

/// A nomenclature of the SINP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nomenclature {
    /// STATUT_BIO, `occStatutBiologique`.
    Status,
    /// OCC_COMPORTEMENT, `occComportement`.
    Behaviour,
    /// STADE_VIE, `occStadeDeVie`.
    LifeStage,
    /// METH_OBS, `obsTechnique`.
    Method,
}

/// What a record says of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Biology {
    /// Nothing.
    #[default]
    Absent,
    /// Words that are in no nomenclature.
    Unreadable,
    /// That it is not known.
    Unknown,
    /// A code.
    Code(u8),
}

impl Nomenclature {
    /// The label of a code.
    pub fn label(self, code: u8) -> Option<&'static str> {
        of_code(self.table(), &code.to_string()).map(|value| value.label)
    }

    fn table(self) -> super::sinp_nomenclature::Nomenclature {
        super::sinp_nomenclature::Nomenclature(match self {
            Self::Status => "STATUT_BIO",
            Self::Behaviour => "OCC_COMPORTEMENT",
            Self::LifeStage => "STADE_VIE",
            Self::Method => "METH_OBS",
        })
    }
}

/// What a value of the table says.
fn biology(value: Option<&'static NomenclatureValue>) -> Option<Biology> {
    let value = value?;
    if value.is_unknown { Some(Biology::Unknown) } else { value.code.parse().ok().map(Biology::Code) }
}

/// Reads a value of a nomenclature. A code of STATUT_BIO that moved to OCC_COMPORTEMENT is read as it stood.
pub fn read(nomenclature: Nomenclature, text: &str) -> Biology {
    let text = text.trim();
    if text.is_empty() {
        return Biology::Absent;
    }
    let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    // `3`, `3 - Reproduction`, `3: Reproduction`; not `3 adults`.
    let rest = text.get(digits.len()..).unwrap_or("").trim_start();
    if let Ok(code) = digits.parse::<u8>()
        && (rest.is_empty() || rest.starts_with(['-', ':', '.', '–', '=']))
    {
        let moved = nomenclature == Nomenclature::Status && is_moved(code);
        let known = biology(of_code(nomenclature.table(), digits));
        return known.unwrap_or(if moved { Biology::Code(code) } else { Biology::Unreadable });
    }
    biology(of_label(nomenclature.table(), text)).unwrap_or(Biology::Unreadable)
}

/// Whether a code of STATUT_BIO is a behaviour since version 2 of the standard.
pub fn is_moved(code: u8) -> bool {
    matches!(code, 6 | 7 | 8 | 10 | 11 | 12)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_and_words_are_read() {
        for (nomenclature, text, expected) in [
            (Nomenclature::Status, "3", Biology::Code(3)),
            (Nomenclature::Status, "03 - Reproduction", Biology::Code(3)),
            (Nomenclature::Status, "Reproduction", Biology::Code(3)),
            (Nomenclature::Status, "en fleurs", Biology::Code(3)),
            (Nomenclature::Status, "1", Biology::Unknown),
            (Nomenclature::Status, "Non renseigné", Biology::Unknown),
            (Nomenclature::Status, "7", Biology::Code(7)),
            (Nomenclature::Status, "gonads 3 mm", Biology::Unreadable),
            (Nomenclature::Status, "", Biology::Absent),
            (Nomenclature::Behaviour, "Halte migratoire", Biology::Code(6)),
            (Nomenclature::LifeStage, "Œuf", Biology::Code(9)),
            (Nomenclature::LifeStage, "3 adults", Biology::Unreadable),
            (Nomenclature::Method, "3 : Ultrasons", Biology::Code(3)),
            (Nomenclature::Method, "21", Biology::Unknown),
        ] {
            assert_eq!(read(nomenclature, text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let _ = read(Nomenclature::Status, &text);
        }
    }
}
