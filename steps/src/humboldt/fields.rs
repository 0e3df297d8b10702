//! The terms of the extension and what becomes of each.

use std::sync::LazyLock;

use arrow::datatypes::{DataType, Field, Fields};

use crate::extension::list_type;
use crate::{Issue, column};

/// How a term is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A list on `|`.
    Texts,
    /// A number that is not negative, or an issue.
    Number(Issue),
    /// A count, or an issue.
    Count(Issue),
    /// Yes or no, or an issue.
    Flag(Issue),
    /// A unit of duration.
    Duration,
    /// A list of life stages.
    LifeStages,
    /// A list of degrees of establishment.
    Degrees,
    /// A list of names of taxa.
    Taxa,
}

/// The terms in the order of the fields.
pub static TERMS: [(&str, Kind); 55] = [
    ("siteCount", Kind::Count(Issue::SiteCountInvalid)),
    ("siteNestingDescription", Kind::Text),
    ("verbatimSiteDescriptions", Kind::Texts),
    ("verbatimSiteNames", Kind::Texts),
    ("geospatialScopeAreaValue", Kind::Number(Issue::GeospatialScopeAreaValueInvalid)),
    ("geospatialScopeAreaUnit", Kind::Text),
    ("totalAreaSampledValue", Kind::Number(Issue::TotalAreaSampledValueInvalid)),
    ("totalAreaSampledUnit", Kind::Text),
    ("reportedWeather", Kind::Texts),
    ("reportedExtremeConditions", Kind::Text),
    ("targetHabitatScope", Kind::Texts),
    ("excludedHabitatScope", Kind::Texts),
    ("eventDurationValue", Kind::Number(Issue::EventDurationValueInvalid)),
    ("eventDurationUnit", Kind::Duration),
    ("targetTaxonomicScope", Kind::Taxa),
    ("excludedTaxonomicScope", Kind::Taxa),
    ("taxonCompletenessReported", Kind::Text),
    ("taxonCompletenessProtocols", Kind::Texts),
    ("isTaxonomicScopeFullyReported", Kind::Flag(Issue::IsTaxonomicScopeFullyReportedInvalid)),
    ("isAbsenceReported", Kind::Flag(Issue::IsAbsenceReportedInvalid)),
    ("absentTaxa", Kind::Taxa),
    ("hasNonTargetTaxa", Kind::Flag(Issue::HasNonTargetTaxaInvalid)),
    ("nonTargetTaxa", Kind::Taxa),
    ("areNonTargetTaxaFullyReported", Kind::Flag(Issue::AreNonTargetTaxaFullyReportedInvalid)),
    ("targetLifeStageScope", Kind::LifeStages),
    ("excludedLifeStageScope", Kind::LifeStages),
    ("isLifeStageScopeFullyReported", Kind::Flag(Issue::IsLifeStageScopeFullyReportedInvalid)),
    ("targetDegreeOfEstablishmentScope", Kind::Degrees),
    ("excludedDegreeOfEstablishmentScope", Kind::Degrees),
    ("isDegreeOfEstablishmentScopeFullyReported", Kind::Flag(Issue::IsDegreeOfEstablishmentScopeFullyReportedInvalid)),
    ("targetGrowthFormScope", Kind::Texts),
    ("excludedGrowthFormScope", Kind::Texts),
    ("isGrowthFormScopeFullyReported", Kind::Flag(Issue::IsGrowthFormScopeFullyReportedInvalid)),
    ("hasNonTargetOrganisms", Kind::Flag(Issue::HasNonTargetOrganismsInvalid)),
    ("verbatimTargetScope", Kind::Text),
    ("compilationTypes", Kind::Texts),
    ("compilationSourceTypes", Kind::Texts),
    ("inventoryTypes", Kind::Texts),
    ("protocolNames", Kind::Texts),
    ("protocolDescriptions", Kind::Texts),
    ("protocolReferences", Kind::Texts),
    ("isAbundanceReported", Kind::Flag(Issue::IsAbundanceReportedInvalid)),
    ("isAbundanceCapReported", Kind::Flag(Issue::IsAbundanceCapReportedInvalid)),
    ("abundanceCap", Kind::Count(Issue::AbundanceCapInvalid)),
    ("isVegetationCoverReported", Kind::Flag(Issue::IsVegetationCoverReportedInvalid)),
    (
        "isLeastSpecificTargetCategoryQuantityInclusive",
        Kind::Flag(Issue::IsLeastSpecificTargetCategoryQuantityInclusiveInvalid),
    ),
    ("hasVouchers", Kind::Flag(Issue::HasVouchersInvalid)),
    ("voucherInstitutions", Kind::Texts),
    ("hasMaterialSamples", Kind::Flag(Issue::HasMaterialSamplesInvalid)),
    ("materialSampleTypes", Kind::Texts),
    ("samplingPerformedBy", Kind::Texts),
    ("isSamplingEffortReported", Kind::Flag(Issue::IsSamplingEffortReportedInvalid)),
    ("samplingEffortProtocol", Kind::Text),
    ("samplingEffortValue", Kind::Number(Issue::SamplingEffortValueInvalid)),
    ("samplingEffortUnit", Kind::Text),
];

/// What follows from the value and unit of the duration.
const MINUTES: &str = "eventDurationValueInMinutes";

static TAXON: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new("name", DataType::Utf8, true),
        Field::new("cdRef", DataType::Int32, true),
        Field::new("scientificName", DataType::Utf8, true),
        Field::new("matchType", DataType::Utf8, true),
    ])
});

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let terms = TERMS.iter().map(|(name, kind)| Field::new(*name, kind.data_type(), true));
    terms.chain([Field::new(MINUTES, DataType::Float64, true)]).collect()
});

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Duration => DataType::Utf8,
            Self::Texts | Self::LifeStages | Self::Degrees => column::list_type(),
            Self::Number(_) => DataType::Float64,
            Self::Count(_) => DataType::Int32,
            Self::Flag(_) => DataType::Boolean,
            Self::Taxa => list_type(&TAXON),
        }
    }
}

/// The fields of a row: its terms, then the duration in minutes.
pub fn fields() -> Fields {
    FIELDS.clone()
}

/// Position of a term among the fields.
pub fn position(name: &str) -> Option<usize> {
    TERMS.iter().position(|(term, _)| *term == name)
}
