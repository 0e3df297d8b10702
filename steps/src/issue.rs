//! Issue flags: what is wrong or was changed in a record.
//!
//! Names are those of GBIF's `OccurrenceIssue` (gbif-api), so that users, filters and documentation carry over; those
//! of the Living Atlases and our own follow, each in its block. Deprecated GBIF flags are left out.

use std::fmt;

use arrow::array::{ListArray, ListBuilder, StringBuilder};

/// How grave an issue is, as GBIF ranks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A normal change of the value.
    Info,
    /// The value is doubtful or was dropped.
    Warning,
    /// Interpretation itself went wrong.
    Error,
}

macro_rules! issues {
    ($($variant:ident $name:literal $severity:ident $geospatial:literal $taxonomic:literal,)*) => {
        /// An issue flag of a record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Issue {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Issue {
            /// Every issue, in the order in which they are listed in a record.
            pub const ALL: &'static [Issue] = &[$(Issue::$variant,)*];

            /// The name in the `issues` column, as GBIF spells it.
            pub const fn name(self) -> &'static str {
                match self { $(Issue::$variant => $name,)* }
            }

            /// How grave the issue is.
            pub const fn severity(self) -> Severity {
                match self { $(Issue::$variant => Severity::$severity,)* }
            }

            /// Whether the issue makes the place of the record doubtful (`hasGeospatialIssues`).
            pub const fn is_geospatial(self) -> bool {
                match self { $(Issue::$variant => $geospatial,)* }
            }

            /// Whether the issue concerns the taxon match.
            pub const fn is_taxonomic(self) -> bool {
                match self { $(Issue::$variant => $taxonomic,)* }
            }
        }
    };
}

issues! {
    ZeroCoordinate "ZERO_COORDINATE" Warning true false,
    CoordinateOutOfRange "COORDINATE_OUT_OF_RANGE" Warning true false,
    CoordinateInvalid "COORDINATE_INVALID" Warning true false,
    CoordinateRounded "COORDINATE_ROUNDED" Info false false,
    GeodeticDatumInvalid "GEODETIC_DATUM_INVALID" Warning false false,
    GeodeticDatumAssumedWgs84 "GEODETIC_DATUM_ASSUMED_WGS84" Info false false,
    CoordinateReprojected "COORDINATE_REPROJECTED" Info false false,
    CoordinateReprojectionFailed "COORDINATE_REPROJECTION_FAILED" Warning false false,
    CoordinateReprojectionSuspicious "COORDINATE_REPROJECTION_SUSPICIOUS" Warning false false,
    CoordinatePrecisionInvalid "COORDINATE_PRECISION_INVALID" Warning false false,
    CoordinateUncertaintyMetersInvalid "COORDINATE_UNCERTAINTY_METERS_INVALID" Warning false false,
    FootprintSrsInvalid "FOOTPRINT_SRS_INVALID" Warning false false,
    FootprintWktMismatch "FOOTPRINT_WKT_MISMATCH" Warning false false,
    FootprintWktInvalid "FOOTPRINT_WKT_INVALID" Warning false false,
    CountryCoordinateMismatch "COUNTRY_COORDINATE_MISMATCH" Warning true false,
    CountryMismatch "COUNTRY_MISMATCH" Warning false false,
    CountryInvalid "COUNTRY_INVALID" Warning false false,
    CountryDerivedFromCoordinates "COUNTRY_DERIVED_FROM_COORDINATES" Warning false false,
    ContinentCoordinateMismatch "CONTINENT_COORDINATE_MISMATCH" Warning false false,
    ContinentCountryMismatch "CONTINENT_COUNTRY_MISMATCH" Warning false false,
    ContinentInvalid "CONTINENT_INVALID" Warning false false,
    ContinentDerivedFromCountry "CONTINENT_DERIVED_FROM_COUNTRY" Warning false false,
    ContinentDerivedFromCoordinates "CONTINENT_DERIVED_FROM_COORDINATES" Warning false false,
    PresumedSwappedCoordinate "PRESUMED_SWAPPED_COORDINATE" Warning true false,
    PresumedNegatedLongitude "PRESUMED_NEGATED_LONGITUDE" Warning true false,
    PresumedNegatedLatitude "PRESUMED_NEGATED_LATITUDE" Warning true false,
    RecordedDateMismatch "RECORDED_DATE_MISMATCH" Warning false false,
    RecordedDateInvalid "RECORDED_DATE_INVALID" Warning false false,
    RecordedDateUnlikely "RECORDED_DATE_UNLIKELY" Warning false false,
    TaxonMatchFuzzy "TAXON_MATCH_FUZZY" Warning false true,
    TaxonMatchHigherrank "TAXON_MATCH_HIGHERRANK" Warning false true,
    TaxonMatchAggregate "TAXON_MATCH_AGGREGATE" Warning false true,
    TaxonMatchScientificNameIdIgnored "TAXON_MATCH_SCIENTIFIC_NAME_ID_IGNORED" Info false true,
    TaxonMatchTaxonConceptIdIgnored "TAXON_MATCH_TAXON_CONCEPT_ID_IGNORED" Info false true,
    TaxonMatchTaxonIdIgnored "TAXON_MATCH_TAXON_ID_IGNORED" Info false true,
    ScientificNameIdNotFound "SCIENTIFIC_NAME_ID_NOT_FOUND" Warning false true,
    TaxonConceptIdNotFound "TAXON_CONCEPT_ID_NOT_FOUND" Warning false true,
    TaxonIdNotFound "TAXON_ID_NOT_FOUND" Warning false true,
    ScientificNameAndIdInconsistent "SCIENTIFIC_NAME_AND_ID_INCONSISTENT" Warning false true,
    TaxonMatchNone "TAXON_MATCH_NONE" Warning false true,
    TaxonMatchNameAndIdAmbiguous "TAXON_MATCH_NAME_AND_ID_AMBIGUOUS" Warning false true,
    DepthNotMetric "DEPTH_NOT_METRIC" Warning false false,
    DepthUnlikely "DEPTH_UNLIKELY" Warning false false,
    DepthMinMaxSwapped "DEPTH_MIN_MAX_SWAPPED" Warning false false,
    DepthNonNumeric "DEPTH_NON_NUMERIC" Warning false false,
    ElevationUnlikely "ELEVATION_UNLIKELY" Warning false false,
    ElevationMinMaxSwapped "ELEVATION_MIN_MAX_SWAPPED" Warning false false,
    ElevationNotMetric "ELEVATION_NOT_METRIC" Warning false false,
    ElevationNonNumeric "ELEVATION_NON_NUMERIC" Warning false false,
    ModifiedDateInvalid "MODIFIED_DATE_INVALID" Warning false false,
    ModifiedDateUnlikely "MODIFIED_DATE_UNLIKELY" Warning false false,
    IdentifiedDateUnlikely "IDENTIFIED_DATE_UNLIKELY" Warning false false,
    IdentifiedDateInvalid "IDENTIFIED_DATE_INVALID" Warning false false,
    BasisOfRecordInvalid "BASIS_OF_RECORD_INVALID" Warning false false,
    TypeStatusInvalid "TYPE_STATUS_INVALID" Warning false false,
    SuspectedType "SUSPECTED_TYPE" Warning false false,
    MultimediaDateInvalid "MULTIMEDIA_DATE_INVALID" Warning false false,
    MultimediaUriInvalid "MULTIMEDIA_URI_INVALID" Warning false false,
    ReferencesUriInvalid "REFERENCES_URI_INVALID" Warning false false,
    InterpretationError "INTERPRETATION_ERROR" Error false false,
    IndividualCountInvalid "INDIVIDUAL_COUNT_INVALID" Warning false false,
    IndividualCountConflictsWithOccurrenceStatus "INDIVIDUAL_COUNT_CONFLICTS_WITH_OCCURRENCE_STATUS" Warning false false,
    OccurrenceStatusUnparsable "OCCURRENCE_STATUS_UNPARSABLE" Warning false false,
    OccurrenceStatusInferredFromIndividualCount "OCCURRENCE_STATUS_INFERRED_FROM_INDIVIDUAL_COUNT" Warning false false,
    OccurrenceStatusInferredFromBasisOfRecord "OCCURRENCE_STATUS_INFERRED_FROM_BASIS_OF_RECORD" Warning false false,
    GeoreferencedDateUnlikely "GEOREFERENCED_DATE_UNLIKELY" Warning false false,
    GeoreferencedDateInvalid "GEOREFERENCED_DATE_INVALID" Warning false false,
    AmbiguousInstitution "AMBIGUOUS_INSTITUTION" Info false false,
    AmbiguousCollection "AMBIGUOUS_COLLECTION" Info false false,
    InstitutionMatchNone "INSTITUTION_MATCH_NONE" Info false false,
    CollectionMatchNone "COLLECTION_MATCH_NONE" Info false false,
    InstitutionMatchFuzzy "INSTITUTION_MATCH_FUZZY" Info false false,
    CollectionMatchFuzzy "COLLECTION_MATCH_FUZZY" Info false false,
    InstitutionCollectionMismatch "INSTITUTION_COLLECTION_MISMATCH" Info false false,
    DifferentOwnerInstitution "DIFFERENT_OWNER_INSTITUTION" Info false false,
    EraOrErathemInferredFromParentRank "ERA_OR_ERATHEM_INFERRED_FROM_PARENT_RANK" Info false false,
    PeriodOrSystemInferredFromParentRank "PERIOD_OR_SYSTEM_INFERRED_FROM_PARENT_RANK" Info false false,
    EpochOrSeriesInferredFromParentRank "EPOCH_OR_SERIES_INFERRED_FROM_PARENT_RANK" Info false false,
    AgeOrStageInferredFromParentRank "AGE_OR_STAGE_INFERRED_FROM_PARENT_RANK" Info false false,
    EonOrEonothemRankMismatch "EON_OR_EONOTHEM_RANK_MISMATCH" Info false false,
    EraOrErathemRankMismatch "ERA_OR_ERATHEM_RANK_MISMATCH" Info false false,
    PeriodOrSystemRankMismatch "PERIOD_OR_SYSTEM_RANK_MISMATCH" Info false false,
    EpochOrSeriesRankMismatch "EPOCH_OR_SERIES_RANK_MISMATCH" Info false false,
    AgeOrStageRankMismatch "AGE_OR_STAGE_RANK_MISMATCH" Info false false,
    EonOrEonothemInvalidRange "EON_OR_EONOTHEM_INVALID_RANGE" Info false false,
    EraOrErathemInvalidRange "ERA_OR_ERATHEM_INVALID_RANGE" Info false false,
    PeriodOrSystemInvalidRange "PERIOD_OR_SYSTEM_INVALID_RANGE" Info false false,
    EpochOrSeriesInvalidRange "EPOCH_OR_SERIES_INVALID_RANGE" Info false false,
    AgeOrStageInvalidRange "AGE_OR_STAGE_INVALID_RANGE" Info false false,
    EonOrEonothemAndEraOrErathemMismatch "EON_OR_EONOTHEM_AND_ERA_OR_ERATHEM_MISMATCH" Info false false,
    EraOrErathemAndPeriodOrSystemMismatch "ERA_OR_ERATHEM_AND_PERIOD_OR_SYSTEM_MISMATCH" Info false false,
    PeriodOrSystemAndEpochOrSeriesMismatch "PERIOD_OR_SYSTEM_AND_EPOCH_OR_SERIES_MISMATCH" Info false false,
    EpochOrSeriesAndAgeOrStageMismatch "EPOCH_OR_SERIES_AND_AGE_OR_STAGE_MISMATCH" Info false false,
    NucleotideSequenceNaturalLanguage "NUCLEOTIDE_SEQUENCE_NATURAL_LANGUAGE" Error false false,
    NucleotideSequenceEndsTrimmed "NUCLEOTIDE_SEQUENCE_ENDS_TRIMMED" Info false false,
    NucleotideSequenceGapsRemoved "NUCLEOTIDE_SEQUENCE_GAPS_REMOVED" Info false false,
    NucleotideSequenceInvalid "NUCLEOTIDE_SEQUENCE_INVALID" Error false false,
    NucleotideSequenceHighNFraction "NUCLEOTIDE_SEQUENCE_HIGH_N_FRACTION" Warning false false,
    NucleotideSequenceHighAmbiguity "NUCLEOTIDE_SEQUENCE_HIGH_AMBIGUITY" Warning false false,
    TargetGeneInvalid "TARGET_GENE_INVALID" Warning false false,
    DuplicateNucleotideSequencesCollapsed "DUPLICATE_NUCLEOTIDE_SEQUENCES_COLLAPSED" Warning false false,
    ParentEventInfiniteLineage "PARENT_EVENT_INFINITE_LINEAGE" Info false false,
    // GBIF's issues of events that the Humboldt extension raises (`EventIssue`).
    GeospatialScopeAreaLowerThanTotalAreaSampled "GEOSPATIAL_SCOPE_AREA_LOWER_THAN_TOTAL_AREA_SAMPLED" Info false false,
    EventDurationUnitMissing "EVENT_DURATION_UNIT_MISSING" Info false false,
    GeospatialScopeAreaUnitMissing "GEOSPATIAL_SCOPE_AREA_UNIT_MISSING" Info false false,
    SamplingEffortUnitMissing "SAMPLING_EFFORT_UNIT_MISSING" Info false false,
    TotalAreaSampledUnitMissing "TOTAL_AREA_SAMPLED_UNIT_MISSING" Info false false,
    HasNonTargetTaxaMismatch "HAS_NON_TARGET_TAXA_MISMATCH" Info false false,
    HasMaterialSamplesMismatch "HAS_MATERIAL_SAMPLES_MISMATCH" Info false false,
    TargetTaxonomicScopeExcluded "TARGET_TAXONOMIC_SCOPE_EXCLUDED" Info false false,
    TargetHabitatScopeExcluded "TARGET_HABITAT_SCOPE_EXCLUDED" Info false false,
    TargetLifeStageScopeExcluded "TARGET_LIFE_STAGE_SCOPE_EXCLUDED" Info false false,
    TargetDegreeOfEstablishmentExcluded "TARGET_DEGREE_OF_ESTABLISHMENT_EXCLUDED" Info false false,
    TargetGrowthFormExcluded "TARGET_GROWTH_FORM_EXCLUDED" Info false false,
    SiteCountInvalid "SITE_COUNT_INVALID" Info false false,
    GeospatialScopeAreaValueInvalid "GEOSPATIAL_SCOPE_AREA_VALUE_INVALID" Info false false,
    TotalAreaSampledValueInvalid "TOTAL_AREA_SAMPLED_VALUE_INVALID" Info false false,
    EventDurationValueInvalid "EVENT_DURATION_VALUE_INVALID" Info false false,
    SamplingEffortValueInvalid "SAMPLING_EFFORT_VALUE_INVALID" Info false false,
    AbundanceCapInvalid "ABUNDANCE_CAP_INVALID" Info false false,
    IsTaxonomicScopeFullyReportedInvalid "IS_TAXONOMIC_SCOPE_FULLY_REPORTED_INVALID" Info false false,
    IsAbsenceReportedInvalid "IS_ABSENCE_REPORTED_INVALID" Info false false,
    HasNonTargetTaxaInvalid "HAS_NON_TARGET_TAXA_INVALID" Info false false,
    AreNonTargetTaxaFullyReportedInvalid "ARE_NON_TARGET_TAXA_FULLY_REPORTED_INVALID" Info false false,
    IsLifeStageScopeFullyReportedInvalid "IS_LIFE_STAGE_SCOPE_FULLY_REPORTED_INVALID" Info false false,
    IsDegreeOfEstablishmentScopeFullyReportedInvalid "IS_DEGREE_OF_ESTABLISHMENT_SCOPE_FULLY_REPORTED_INVALID" Info false false,
    IsGrowthFormScopeFullyReportedInvalid "IS_GROWTH_FORM_SCOPE_FULLY_REPORTED_INVALID" Info false false,
    HasNonTargetOrganismsInvalid "HAS_NON_TARGET_ORGANISMS_INVALID" Info false false,
    IsAbundanceReportedInvalid "IS_ABUNDANCE_REPORTED_INVALID" Info false false,
    IsAbundanceCapReportedInvalid "IS_ABUNDANCE_CAP_REPORTED_INVALID" Info false false,
    IsVegetationCoverReportedInvalid "IS_VEGETATION_COVER_REPORTED_INVALID" Info false false,
    IsLeastSpecificTargetCategoryQuantityInclusiveInvalid "IS_LEAST_SPECIFIC_TARGET_CATEGORY_QUANTITY_INCLUSIVE_INVALID" Info false false,
    HasVouchersInvalid "HAS_VOUCHERS_INVALID" Info false false,
    HasMaterialSamplesInvalid "HAS_MATERIAL_SAMPLES_INVALID" Info false false,
    IsSamplingEffortReportedInvalid "IS_SAMPLING_EFFORT_REPORTED_INVALID" Info false false,
    // Living Atlases.
    GeoreferencePostOccurrence "GEOREFERENCE_POST_OCCURRENCE" Warning false false,
    IdPreOccurrence "ID_PRE_OCCURRENCE" Warning false false,
    FirstOfMonth "FIRST_OF_MONTH" Info false false,
    FirstOfYear "FIRST_OF_YEAR" Info false false,
    FirstOfCentury "FIRST_OF_CENTURY" Info false false,
    MissingCollectionDate "MISSING_COLLECTION_DATE" Warning false false,
    LocationNotSupplied "LOCATION_NOT_SUPPLIED" Warning false false,
    CoordinatesCentreOfCountry "COORDINATES_CENTRE_OF_COUNTRY" Warning false false,
    UncertaintyInPrecision "UNCERTAINTY_IN_PRECISION" Warning false false,
    MissingGeodeticdatum "MISSING_GEODETICDATUM" Warning false false,
    MissingGeoreferenceDate "MISSING_GEOREFERENCE_DATE" Warning false false,
    MissingGeoreferencedby "MISSING_GEOREFERENCEDBY" Warning false false,
    MissingGeoreferenceprotocol "MISSING_GEOREFERENCEPROTOCOL" Warning false false,
    MissingGeoreferencesources "MISSING_GEOREFERENCESOURCES" Warning false false,
    MissingGeoreferenceverificationstatus "MISSING_GEOREFERENCEVERIFICATIONSTATUS" Warning false false,
    MissingTaxonrank "MISSING_TAXONRANK" Warning false true,
    NameNotSupplied "NAME_NOT_SUPPLIED" Warning false true,
    InvalidScientificName "INVALID_SCIENTIFIC_NAME" Warning false true,
    UnknownKingdom "UNKNOWN_KINGDOM" Warning false true,
    TaxonConfer "TAXON_CONFER" Warning false true,
    TaxonAffinity "TAXON_AFFINITY" Warning false true,
    TaxonIndeterminate "TAXON_INDETERMINATE" Warning false true,
    TaxonSpeciesPlural "TAXON_SPECIES_PLURAL" Warning false true,
    TaxonQuestionSpecies "TAXON_QUESTION_SPECIES" Warning false true,
    // Vocabularies: this project.
    GeologicalTimeInvalid "GEOLOGICAL_TIME_INVALID" Warning false false,
    SinpCodeInvalid "SINP_CODE_INVALID" Warning false false,
    SinpNumberInvalid "SINP_NUMBER_INVALID" Warning false false,
    // Events, TAXREF, French geography and sensitivity: this project.
    ParentEventNotFound "PARENT_EVENT_NOT_FOUND" Info false false,
    TaxrefCdnomReplaced "TAXREF_CDNOM_REPLACED" Info false true,
    TaxrefCdnomFrozen "TAXREF_CDNOM_FROZEN" Warning false true,
    TaxrefHomonym "TAXREF_HOMONYM" Warning false true,
    DepartmentCoordinateMismatch "DEPARTMENT_COORDINATE_MISMATCH" Warning false false,
    CommuneCoordinateMismatch "COMMUNE_COORDINATE_MISMATCH" Warning false false,
    CommuneDepartmentMismatch "COMMUNE_DEPARTMENT_MISMATCH" Warning false false,
    DepartmentInvalid "DEPARTMENT_INVALID" Warning false false,
    CommuneInvalid "COMMUNE_INVALID" Warning false false,
    GridCellInvalid "GRID_CELL_INVALID" Warning false false,
    CommuneCodeReplaced "COMMUNE_CODE_REPLACED" Info false false,
    MultipleGeoInfo "MULTIPLE_GEO_INFO" Warning false false,
    FootprintTooLarge "FOOTPRINT_TOO_LARGE" Info false false,
    OccurrenceIdMissing "OCCURRENCE_ID_MISSING" Warning false false,
    OccurrenceIdDuplicate "OCCURRENCE_ID_DUPLICATE" Warning false false,
    GbifIdInvalid "GBIF_ID_INVALID" Warning false false,
    TaxrefAbsentFromTerritory "TAXREF_ABSENT_FROM_TERRITORY" Warning false false,
    TaxrefGoneFromTerritory "TAXREF_GONE_FROM_TERRITORY" Warning false false,
    SensitivityAlert "SENSITIVITY_ALERT" Info false false,
    SensitivityLevelInvalid "SENSITIVITY_LEVEL_INVALID" Warning false false,
    DiffusionLevelIgnored "DIFFUSION_LEVEL_IGNORED" Info false false,
    // Extensions that GBIF copies and this project reads.
    MeasurementDateInvalid "MEASUREMENT_DATE_INVALID" Warning false false,
    RelationshipDateInvalid "RELATIONSHIP_DATE_INVALID" Warning false false,
    ChronometricAgeInvalid "CHRONOMETRIC_AGE_INVALID" Warning false false,
    ChronometricAgeMinMaxSwapped "CHRONOMETRIC_AGE_MIN_MAX_SWAPPED" Warning false false,
    ChronometricAgeDateInvalid "CHRONOMETRIC_AGE_DATE_INVALID" Warning false false,
}

impl fmt::Display for Issue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The issues of one record, as a bit set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IssueSet([u64; WORDS]);

/// Room for as many issues as an `u8` can number.
const WORDS: usize = 4;

impl IssueSet {
    /// No issue.
    pub const fn new() -> Self {
        Self([0; WORDS])
    }

    /// Raises an issue; raising it twice is the same as once.
    pub fn raise(&mut self, issue: Issue) {
        let bit = issue as usize;
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    /// Raises an issue when a condition holds.
    pub fn raise_if(&mut self, condition: bool, issue: Issue) {
        if condition {
            self.raise(issue);
        }
    }

    /// Whether an issue was raised.
    pub fn contains(&self, issue: Issue) -> bool {
        let bit = issue as usize;
        self.0[bit / 64] & (1 << (bit % 64)) != 0
    }

    /// Raises all issues of another set.
    pub fn extend(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }

    /// Whether nothing was raised.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }

    /// The issues, in the order of [`Issue::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Issue> + use<> {
        self.0.into_iter().zip((0..).step_by(64)).flat_map(|(word, first)| {
            // Most sets have few issues: their bits are looked for, not all issues asked.
            std::iter::successors(Some(word), |word| Some(word & word.wrapping_sub(1)))
                .take_while(|word| *word != 0)
                .filter_map(move |word| Issue::ALL.get(first + word.trailing_zeros() as usize).copied())
        })
    }
}

impl FromIterator<Issue> for IssueSet {
    fn from_iter<I: IntoIterator<Item = Issue>>(issues: I) -> Self {
        let mut set = Self::new();
        issues.into_iter().for_each(|issue| set.raise(issue));
        set
    }
}

impl Issue {
    /// The `issues` column of a batch: a list of names for each record, empty when there are none.
    pub fn column(records: &[IssueSet]) -> ListArray {
        let mut column = ListBuilder::with_capacity(StringBuilder::new(), records.len());
        for issues in records {
            if !issues.is_empty() {
                issues.iter().for_each(|issue| column.values().append_value(issue.name()));
            }
            column.append(true);
        }
        column.finish()
    }

    /// The issue of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|issue| issue.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_issue_fits_the_set_and_has_its_own_name() {
        assert!(Issue::ALL.len() <= WORDS * 64);
        for issue in Issue::ALL {
            assert_eq!(Issue::of_name(issue.name()), Some(*issue));
            assert_eq!(IssueSet::from_iter([*issue]).iter().collect::<Vec<_>>(), [*issue]);
        }
    }
}
