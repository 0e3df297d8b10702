//! From what is sensitive and what is private to the level at which a record is shown.

use super::declared::{Declared, Ownership};
use crate::reference::sensitivity::Levels;
use crate::{Issue, IssueSet};

/// The strictest level: not shown.
pub(super) const WITHHELD: u8 = 4;
/// The level of what is declared in words or numbers that mean nothing: the department is safe, and the record is not lost.
const DOUBTFUL: u8 = 3;

/// The level that the producer declares, 0 when it declares none.
///
/// A record that is said to be sensitive without a level that can be read, or with the level of what is not sensitive, is
/// treated as one of the department.
pub(super) fn declared_level(declared: &Declared, levels: &Levels, issues: &mut IssueSet) -> u8 {
    let Some(text) = &declared.level else {
        let unknown = declared.sensitive == Some(true);
        issues.raise_if(unknown, Issue::SensitivityLevelInvalid);
        return if unknown { DOUBTFUL } else { 0 };
    };
    let code = text.split(|c: char| !c.is_alphanumeric() && c != '.').next().unwrap_or("");
    match levels.of_code(text).or_else(|| levels.of_code(code)) {
        Some(level) if level.rank == 0 && declared.sensitive == Some(true) => {
            issues.raise(Issue::SensitivityLevelInvalid);
            DOUBTFUL
        }
        Some(level) => level.rank,
        None => {
            issues.raise(Issue::SensitivityLevelInvalid);
            let beyond = code.parse::<u32>().is_ok_and(|number| number > u32::from(WITHHELD));
            if beyond { WITHHELD } else { DOUBTFUL }
        }
    }
}

/// The level that the producer's wish gives (SINP: `diffusionNiveauPrecision`, a nomenclature of its own).
///
/// Only private data may be blurred without being sensitive: of public data the wish is ignored, and told. Where nothing says
/// whose the data are, a wish is heard.
pub(super) fn private_level(declared: &Declared, issues: &mut IssueSet) -> u8 {
    let code = declared.precision.as_deref().map(|text| {
        let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        digits.parse::<u8>().ok().filter(|code| *code <= 5)
    });
    match declared.ownership {
        Some(Ownership::Public) => {
            issues.raise_if(matches!(code, Some(Some(1..=4))), Issue::DiffusionLevelIgnored);
            0
        }
        None => match code {
            None | Some(Some(0 | 5)) => 0,
            Some(Some(wish)) => wish,
            Some(None) => DOUBTFUL,
        },
        Some(Ownership::Private) => match code {
            Some(Some(5)) => 0,
            None | Some(Some(0)) => 1,
            Some(Some(wish)) => wish,
            Some(None) => DOUBTFUL,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn private(text: &str) -> u8 {
        private_level(&Declared::of(text), &mut IssueSet::new())
    }

    #[test]
    fn private_data_are_shown_as_their_producer_wishes() {
        for (wish, level) in
            [("\"\"", 1), ("0", 1), ("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 0), ("\"quelque part\"", 3)]
        {
            let text = format!("{{\"dSPublique\":\"Pr\",\"diffusionNiveauPrecision\":{wish}}}");
            assert_eq!(private(&text), level, "{text}");
            let text = format!("{{\"dSPublique\":\"Pu\",\"diffusionNiveauPrecision\":{wish}}}");
            assert_eq!(private(&text), 0, "{text}");
        }
        assert_eq!(private(r#"{"dSPublique":"NSP"}"#), 1);
        assert_eq!(private("{}"), 0);
        assert_eq!(private(r#"{"diffusionNiveauPrecision":2}"#), 2);
        let mut issues = IssueSet::new();
        private_level(&Declared::of(r#"{"dSPublique":"Pu","diffusionNiveauPrecision":3}"#), &mut issues);
        assert!(issues.contains(Issue::DiffusionLevelIgnored));
    }

    #[test]
    fn declared_levels_fail_closed() {
        let level = |text: &str| {
            let mut issues = IssueSet::new();
            let level = declared_level(&Declared::of(text), &Levels::default(), &mut issues);
            (level, issues.contains(Issue::SensitivityLevelInvalid))
        };
        for (text, expected) in [
            ("{}", (0, false)),
            (r#"{"sensiNiveau":3}"#, (3, false)),
            (r#"{"sensiNiveau":"2 - Département et maille"}"#, (2, false)),
            (r#"{"sensiNiveau":"2.0"}"#, (2, false)),
            (r#"{"sensiNiveau":7}"#, (4, true)),
            (r#"{"sensiNiveau":"élevé"}"#, (3, true)),
            (r#"{"sensible":"OUI"}"#, (3, true)),
            (r#"{"sensible":"OUI","sensiNiveau":0}"#, (3, true)),
            (r#"{"sensible":"OUI","sensiNiveau":"0 - Maille"}"#, (3, true)),
            (r#"{"sensible":"OUI","sensiNiveau":1}"#, (1, false)),
            (r#"{"sensible":"NON","sensiNiveau":0}"#, (0, false)),
            (r#"{"sensible":"NON"}"#, (0, false)),
            (r#"{"sensible":"NON","sensiNiveau":1}"#, (1, false)),
        ] {
            assert_eq!(level(text), expected, "{text}");
        }
    }
}
