//! Facts about a dataset that steps may read; the engine gives them as constants of the plan.

/// UUID of the dataset, from its EML or the registry.
pub const DATASET_KEY: &str = "datasetKey";
/// Terms whose values together identify a record in this dataset, separated by `|`; `occurrenceID` when not configured.
pub const UNIQUE_KEY_TERMS: &str = "uniqueKeyTerms";
/// Licence of the dataset, in GBIF's spelling (`CC_BY_4_0`), from its EML or the registry.
pub const DATASET_LICENSE: &str = "datasetLicense";
/// How ambiguous dates are read in this dataset (`DMY`, `MDY`, `ISO`); the run's setting when not configured.
pub const DATE_ORDER: &str = "dateOrder";
/// Whether the issues of the Living Atlases about what is missing are raised (`true`, `false`); the run's setting when not
/// configured.
pub const LIVING_ATLAS_ISSUES: &str = "livingAtlasIssues";
