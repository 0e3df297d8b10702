//! Facts about a dataset that steps may read; the engine gives them as constants of the plan.

use crate::Verbatim;
use crate::parse::date::{DateFormats, DateOrder};
use crate::verbatim::Text;

/// UUID of the dataset, from its EML or the registry.
pub const DATASET_KEY: &str = "datasetKey";
/// Terms whose values together identify a record in this dataset, separated by `|`; `occurrenceID` when not configured.
pub const UNIQUE_KEY_TERMS: &str = "uniqueKeyTerms";
/// Licence of the dataset, in GBIF's spelling (`CC_BY_4_0`), from its EML or the registry.
pub const DATASET_LICENSE: &str = "datasetLicense";
/// How ambiguous dates are read in this dataset (`DMY`, `MDY`, `ISO`); the run's setting when not configured.
pub const DATE_ORDER: &str = "dateOrder";
/// The formats of ambiguous dates in this dataset, in GBIF's notation (`DMYT,DMY`); they win over [`DATE_ORDER`].
pub const DATE_FORMATS: &str = "dateFormats";
/// Whether the issues of the Living Atlases about what is missing are raised (`true`, `false`); the run's setting when not
/// configured.
pub const LIVING_ATLAS_ISSUES: &str = "livingAtlasIssues";
/// Whether the names in `recordedBy` and `identifiedBy` are read by the rules of the Living Atlases (`true` or `false`); not
/// when not configured.
pub const COLLECTOR_NAMES: &str = "collectorNames";

/// How ambiguous dates are read in the datasets of a batch: by [`DATE_FORMATS`], by [`DATE_ORDER`], else as the run says.
#[derive(Debug, Clone, Copy)]
pub struct BatchFormats<'a> {
    names: Text<'a>,
    order: Text<'a>,
    fallback: DateFormats,
}

impl<'a> BatchFormats<'a> {
    /// The formats of a batch whose step reads both facts.
    pub fn of(verbatim: &Verbatim<'a>, fallback: DateOrder) -> Self {
        Self {
            names: verbatim.text_of(DATE_FORMATS),
            order: verbatim.text_of(DATE_ORDER),
            fallback: DateFormats::from(fallback),
        }
    }

    /// The formats of the dataset of a record.
    pub fn of_record(&self, row: usize) -> DateFormats {
        match (self.names.value(row), self.order.value(row)) {
            (Some(names), _) => DateFormats::of_names(names),
            (None, Some(order)) => DateOrder::of_name(order).map_or(self.fallback, DateFormats::from),
            (None, None) => self.fallback,
        }
    }
}
