//! From what is sensitive and what is private to the level at which a record is shown.

use super::declared::{Declared, Ownership};
use crate::reference::sensitivity::{AreaKind, Level, Levels};
use crate::{Issue, IssueSet};

/// The level that the producer declares, 0 when it declares none; of several the strictest.
///
/// A record that is said to be sensitive without a level that can be read, or with the level of what is not sensitive, is shown
/// at the coarsest area there is: it is safe there, and not lost.
pub(super) fn declared_level(declared: &Declared, levels: &Levels, issues: &mut IssueSet) -> u8 {
    let level = declared.levels.iter().map(|text| level_of(text, levels, issues)).max().unwrap_or(0);
    let is_doubtful = level == 0 && declared.sensitive == Some(true);
    issues.raise_if(is_doubtful, Issue::SensitivityLevelInvalid);
    if is_doubtful { levels.doubtful() } else { level }
}

fn level_of(text: &str, levels: &Levels, issues: &mut IssueSet) -> u8 {
    let code = text.split(|c: char| !c.is_alphanumeric() && c != '.').next().unwrap_or("");
    if let Some(level) = levels.of_code(text).or_else(|| levels.of_code(code)) {
        return level.rank;
    }
    issues.raise(Issue::SensitivityLevelInvalid);
    // A number above all that are known was meant to be stricter than they are.
    let highest = levels.iter().flat_map(Level::codes).filter_map(|code| code.parse::<u32>().ok()).max();
    let is_beyond = code.parse::<u32>().is_ok_and(|number| highest.is_some_and(|highest| number > highest));
    if is_beyond { levels.withheld() } else { levels.doubtful() }
}

/// The level that the producer's wish gives (SINP: `diffusionNiveauPrecision`, a nomenclature of its own).
///
/// Only private data may be blurred without being sensitive: of public data the wish is ignored, and told. Where nothing says
/// whose the data are, a wish is heard.
pub(super) fn private_level(declared: &Declared, levels: &Levels, issues: &mut IssueSet) -> u8 {
    let code = declared.precision.as_deref().map(|text| {
        let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        digits.parse::<u8>().ok().filter(|code| *code <= 5)
    });
    let level = |wish: u8| match wish {
        1 => levels.at_least(AreaKind::Commune),
        2 => levels.at_least(AreaKind::Cell10Km),
        3 => levels.at_least(AreaKind::Department),
        _ => levels.withheld(),
    };
    match declared.ownership {
        Some(Ownership::Public) => {
            issues.raise_if(matches!(code, Some(Some(1..=4))), Issue::DiffusionLevelIgnored);
            0
        }
        None => match code {
            None | Some(Some(0 | 5)) => 0,
            Some(Some(wish)) => level(wish),
            Some(None) => levels.doubtful(),
        },
        Some(Ownership::Private) => match code {
            Some(Some(5)) => 0,
            None | Some(Some(0)) => level(1),
            Some(Some(wish)) => level(wish),
            Some(None) => levels.doubtful(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn private(text: &str) -> u8 {
        private_level(&Declared::of(text), &Levels::default(), &mut IssueSet::new())
    }

    #[test]
    fn wishes_and_doubts_follow_the_table() {
        let levels = crate::reference::sensitivity::meshes();
        let private = |wish: u8| {
            let text = format!("{{\"dSPublique\":\"Pr\",\"diffusionNiveauPrecision\":{wish}}}");
            private_level(&Declared::of(&text), &levels, &mut IssueSet::new())
        };
        // The commune is finer than the cell of 5 km, the department coarser than all but nothing.
        assert_eq!([0, 1, 2, 3, 4, 5].map(private), [3, 3, 4, 7, 7, 0]);
        let declared = |text: &str| {
            declared_level(&Declared::of(&format!("{{\"sensiNiveau\":\"{text}\"}}")), &levels, &mut IssueSet::new())
        };
        assert_eq!(["M10", "m2 - maille", "2", "3", "4", "5", "M3", "élevé"].map(declared), [4, 2, 4, 6, 7, 7, 6, 6]);
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
        let wish = Declared::of(r#"{"dSPublique":"Pu","diffusionNiveauPrecision":3}"#);
        private_level(&wish, &Levels::default(), &mut issues);
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
            (r#"{"sensiNiveau":1,"sensiniv":"3","SENSI_NIVEAU":"2"}"#, (3, false)),
        ] {
            assert_eq!(level(text), expected, "{text}");
        }
    }
}
