//! Why a record has its levels: what [`super::Sensitivity`] found, in full.

use super::columns::Columns;
use super::declared::Declared;
use super::judgement::Precaution;
use super::{ATTRIBUTES, Sensitivity, with_attributes};
use crate::reference::sensitivity::{Decision, Decisions, Rule};
use crate::{Term, Verbatim};

/// What was found of one record before the groups it is in were looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation<'a> {
    /// The rules that apply, strictest first.
    pub applying: Vec<&'a Rule>,
    /// The rules on its taxon that one condition alone keeps from applying, with the reason.
    pub nearly: Vec<(&'a Rule, String)>,
    /// How many more rules there are on its taxon.
    pub others: usize,
    /// Rank of the level that the rules give.
    pub computed: u8,
    /// Rank of the level that the producer declares.
    pub declared: u8,
    /// Rank of the level that the owner of private data wishes.
    pub private: u8,
    /// Whether the producer says that it is not for the public.
    pub is_not_for_the_public: bool,
    /// What a person decided.
    pub decision: Option<&'a Decision>,
    /// Why it is protected though no rule says so.
    pub precaution: Option<Precaution>,
    /// Whether someone should look.
    pub alert: bool,
    /// Rank of its sensitivity.
    pub sensitivity: u8,
    /// Rank of its diffusion level.
    pub diffusion: u8,
}

impl Sensitivity {
    /// Explains the first record of a batch, by the code that interprets it.
    pub fn explain(&self, verbatim: &Verbatim<'_>) -> Option<Explanation<'_>> {
        const ROW: usize = 0;
        if verbatim.rows() == 0 {
            return None;
        }
        let columns = Columns::new(verbatim);
        let declared = verbatim.text(Term("dynamicProperties")).value(ROW).map(Declared::of).unwrap_or_default();
        let declared = with_attributes(&declared, &ATTRIBUTES.map(|term| verbatim.text(Term(term))), ROW);
        let on_taxon = match (&self.rules, columns.cd_ref(ROW)) {
            (Some(rules), Some(cd_ref)) => {
                self.rules_on(rules, cd_ref, columns.taxon_keys(ROW), columns.name.value(ROW))
            }
            _ => Vec::new(),
        };
        let decision = self.decisions.as_deref().map(Decisions::of_records);
        let decision = decision.and_then(|mut decisions| columns.decision(ROW, &mut decisions));
        let departments = columns.departments(ROW);
        let circumstances = columns.circumstances(ROW, &departments, &declared, self.today);
        let (mut nearly, mut others) = (Vec::new(), 0);
        for rule in &on_taxon {
            let mut failing = rule.failing(&circumstances);
            match (failing.next(), failing.next()) {
                (Some(condition), None) => nearly.push((*rule, rule.why_not(condition, &circumstances))),
                (Some(_), Some(_)) => others += 1,
                (None, _) => {}
            }
        }
        let judgement = self.judge(&columns, ROW, &declared, &on_taxon, decision);
        Some(Explanation {
            applying: on_taxon.iter().copied().filter(|rule| judgement.verdict.rules.contains(rule)).collect(),
            nearly,
            others,
            computed: judgement.verdict.level,
            declared: judgement.declared,
            private: judgement.private,
            is_not_for_the_public: declared.for_the_public == Some(false),
            decision,
            precaution: judgement.precaution,
            alert: judgement.alert,
            sensitivity: judgement.sensitivity,
            diffusion: judgement.diffusion,
        })
    }
}
