//! From rules, declarations, wishes and decisions to the levels of one record.

use std::borrow::Cow;

use super::Sensitivity;
use super::columns::Columns;
use super::declared::Declared;
use super::diffusion::{declared_level, private_level};
use crate::parse::taxon_name::Reading;
use crate::reference::sensitivity::{AreaKind, Decision, Rule, Verdict, judge};
use crate::{Issue, IssueSet};

/// Text of the referential where a person decided. Who it was stands in the file of decisions and nowhere else.
const BY_DECISION: &str = "Décision manuelle";

/// Why a record whose name is not matched is shown less precisely, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precaution {
    /// Its name is that of a sensitive taxon, or a letter or two away: it is not shown until it is matched.
    NearSensitiveName,
    /// Its taxon is not known, so that no rule can be looked up: it is shown at the commune at most.
    UnknownTaxon,
}

/// What is found of one record.
pub(super) struct Judgement<'a> {
    pub(super) verdict: Verdict<'a>,
    pub(super) declared: u8,
    pub(super) private: u8,
    pub(super) precaution: Option<Precaution>,
    pub(super) sensitivity: u8,
    pub(super) diffusion: u8,
    pub(super) for_group: u8,
    pub(super) alert: bool,
    pub(super) referential: Option<Cow<'a, str>>,
    /// `sensiDateAttribution`.
    pub(super) attributed: Option<Cow<'a, str>>,
    pub(super) issues: IssueSet,
}

impl Sensitivity {
    /// Judges a record: the rules on its taxon, what is declared and wished, and what a person decided.
    pub(super) fn judge<'a>(
        &'a self,
        columns: &Columns<'_>,
        row: usize,
        declared: &'a Declared,
        on_taxon: &[&'a Rule],
        decision: Option<&'a Decision>,
    ) -> Judgement<'a> {
        let levels = &*self.levels;
        let mut issues = IssueSet::new();
        let verdict = match on_taxon.is_empty() {
            true => Verdict::default(),
            false => {
                let departments = columns.departments(row);
                judge(on_taxon, &columns.circumstances(row, &departments, declared, self.today))
            }
        };
        let by_producer = declared_level(declared, levels, &mut issues);
        let found = by_producer.max(verdict.level);
        let sensitivity = decision.map_or(found, |decision| decision.level);
        let private = private_level(declared, levels, &mut issues);
        let mut diffusion = sensitivity.max(private);
        let mut for_group = diffusion;
        if declared.for_the_public == Some(false) {
            diffusion = levels.withheld();
        }
        let mut alert = verdict.alert;
        let mut precaution = None;
        // No rule can be looked up for a name that is not matched, nor for a species that was matched to its genus. Who
        // decided on the record knew what it is.
        if let Some(rules) = self.rules.as_ref().filter(|_| decision.is_none())
            && !columns.is_matched(row)
        {
            let near = columns.name.value(row).filter(|name| rules.is_close_to_sensitive(name));
            if let Some(name) = near {
                alert = true;
                // A name in doubt (`cf.`) is that of its genus on purpose; it stays there where the rules on the species were
                // judged above, which needs the species' very name.
                let is_judged = columns.cd_ref(row).is_some() && !rules.named(name).is_empty();
                if !is_judged || Reading::of(name).qualifier.is_none() {
                    diffusion = levels.withheld();
                    for_group = levels.withheld();
                    precaution = Some(Precaution::NearSensitiveName);
                }
            }
            if columns.cd_ref(row).is_none() {
                diffusion = diffusion.max(levels.at_least(AreaKind::Commune));
                precaution = precaution.or(Some(Precaution::UnknownTaxon));
            }
        }
        alert &= decision.is_none();
        issues.raise_if(alert, Issue::SensitivityAlert);
        let (referential, attributed) = match (decision, sensitivity, &self.rules) {
            (Some(decision), ..) => (Some(Cow::Borrowed(BY_DECISION)), Some(Cow::Owned(decision.date.to_string()))),
            (None, 0, _) => (None, None),
            (None, _, Some(rules)) if verdict.level == sensitivity => {
                (Some(Cow::Borrowed(rules.label())), Some(Cow::Borrowed(self.today_text.as_str())))
            }
            _ => {
                let referential =
                    declared.referential.as_ref().map(|referential| match &declared.referential_version {
                        Some(version) => Cow::Owned(format!("{referential} {version}")),
                        None => Cow::Borrowed(referential.as_str()),
                    });
                (referential, declared.attributed.as_deref().map(Cow::Borrowed))
            }
        };
        Judgement {
            verdict,
            declared: by_producer,
            private,
            precaution,
            sensitivity,
            diffusion,
            for_group,
            alert,
            referential,
            attributed,
            issues,
        }
    }
}
