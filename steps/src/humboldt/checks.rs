//! What the terms of a row say of each other.

use std::borrow::Cow;

use crate::extension::Value;
use crate::parse::vocabulary::fold;
use crate::{Issue, IssueSet};

use super::fields::position;

/// A number that needs a unit.
const UNITS: [(&str, &str, Issue); 4] = [
    ("eventDurationValue", "eventDurationUnit", Issue::EventDurationUnitMissing),
    ("geospatialScopeAreaValue", "geospatialScopeAreaUnit", Issue::GeospatialScopeAreaUnitMissing),
    ("samplingEffortValue", "samplingEffortUnit", Issue::SamplingEffortUnitMissing),
    ("totalAreaSampledValue", "totalAreaSampledUnit", Issue::TotalAreaSampledUnitMissing),
];

/// What is searched for and what is left aside.
const SCOPES: [(&str, &str, Issue); 5] = [
    ("targetTaxonomicScope", "excludedTaxonomicScope", Issue::TargetTaxonomicScopeExcluded),
    ("targetLifeStageScope", "excludedLifeStageScope", Issue::TargetLifeStageScopeExcluded),
    (
        "targetDegreeOfEstablishmentScope",
        "excludedDegreeOfEstablishmentScope",
        Issue::TargetDegreeOfEstablishmentExcluded,
    ),
    ("targetGrowthFormScope", "excludedGrowthFormScope", Issue::TargetGrowthFormExcluded),
    ("targetHabitatScope", "excludedHabitatScope", Issue::TargetHabitatScopeExcluded),
];

/// Something listed, and whether there is any.
const MISMATCHES: [(&str, &str, Issue); 2] = [
    ("nonTargetTaxa", "hasNonTargetTaxa", Issue::HasNonTargetTaxaMismatch),
    ("materialSampleTypes", "hasMaterialSamples", Issue::HasMaterialSamplesMismatch),
];

/// The issues of a row, whose values stand in the order of [`super::fields::fields`].
pub fn issues(values: &[Value<'_>]) -> IssueSet {
    let value = |name: &str| position(name).and_then(|position| values.get(position));
    let is_given = |name: &str| value(name).is_some_and(|value| !value.is_nothing());
    let mut issues = IssueSet::new();
    for (number, unit, issue) in UNITS {
        issues.raise_if(is_given(number) && !is_given(unit), issue);
    }
    for (target, excluded, issue) in SCOPES {
        let [target, excluded] = [target, excluded].map(|name| value(name).map(members).unwrap_or_default());
        issues.raise_if(target.iter().any(|member| excluded.contains(member)), issue);
    }
    for (listed, flag, issue) in MISMATCHES {
        issues.raise_if(is_given(listed) && value(flag) == Some(&Value::Flag(Some(false))), issue);
    }
    let number = |name| match value(name) {
        Some(Value::Number(number)) => *number,
        _ => None,
    };
    let text = |name| match value(name) {
        Some(Value::Text(text)) => text.as_deref(),
        _ => None,
    };
    let scope = Area { value: number("geospatialScopeAreaValue"), unit: text("geospatialScopeAreaUnit") };
    let sampled = Area { value: number("totalAreaSampledValue"), unit: text("totalAreaSampledUnit") };
    issues.raise_if(scope.is_lower_than(sampled), Issue::GeospatialScopeAreaLowerThanTotalAreaSampled);
    issues
}

/// An area as given.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Area<'a> {
    /// The number.
    pub value: Option<f64>,
    /// The unit, in any spelling.
    pub unit: Option<&'a str>,
}

impl Area<'_> {
    /// Whether an area is lower than another in the same unit. Areas in different units, or without one, are not compared,
    /// as GBIF has it: what a unit means is not known.
    pub fn is_lower_than(self, other: Area<'_>) -> bool {
        let same = |a: &str, b: &str| fold(a.trim()).eq_ignore_ascii_case(&fold(b.trim()));
        let same_unit = self.unit.zip(other.unit).is_some_and(|(a, b)| same(a, b));
        same_unit && self.value.zip(other.value).is_some_and(|(a, b)| a < b)
    }
}

/// A member of a scope.
#[derive(Debug, PartialEq, Eq)]
enum Member {
    /// A taxon that was found, by its CD_REF.
    Taxon(i32),
    /// Anything else, by its letters.
    Text(String),
}

fn members(scope: &Value<'_>) -> Vec<Member> {
    let text = |text: &Cow<'_, str>| Member::Text(fold(text).to_lowercase());
    match scope {
        Value::Texts(texts) => texts.iter().map(text).collect(),
        Value::Rows(taxa) => taxa
            .iter()
            .filter_map(|taxon| match taxon.as_slice() {
                [_, Value::Integer(Some(cd_ref)), ..] => Some(Member::Taxon(*cd_ref)),
                [Value::Text(Some(name)), ..] => Some(text(name)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
