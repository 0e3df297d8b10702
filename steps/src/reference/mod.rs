//! Reference data as steps see it: built once by the engine, shared by all threads, never changed.

pub mod areas;
pub mod departments;
pub mod grid;
pub mod projection;
pub mod sensitivity;
pub mod status_area;
pub mod taxref;
pub mod vocabularies;

use std::sync::Arc;

use areas::Areas;
use projection::{NoProjections, Projections};
use sensitivity::SensitivityRules;
use taxref::Taxref;
use vocabularies::Vocabularies;

/// All reference data of a run. What is absent is not used: the steps that need it write nulls.
#[derive(Debug, Clone)]
pub struct References {
    /// The national taxonomy.
    pub taxref: Option<Arc<Taxref>>,
    /// The sensitivity referential.
    pub sensitivity: Option<Arc<SensitivityRules>>,
    /// Countries: codes are ISO 3166-1 alpha-2; French overseas territories may have their own.
    pub countries: Option<Arc<Areas>>,
    /// Seas of countries (exclusive economic zones): codes are ISO 3166-1, of two or three letters.
    pub marine_areas: Option<Arc<Areas>>,
    /// Departments: codes are those of INSEE (`01`, `2A`, `974`).
    pub departments: Option<Arc<Areas>>,
    /// Communes: codes are those of INSEE (`75056`).
    pub communes: Option<Arc<Areas>>,
    /// Cells of the 10 km grid overseas (`10kmUTM40E330S7670`); the mainland's are computed.
    pub grid: Option<Arc<Areas>>,
    /// Words of controlled terms.
    pub vocabularies: Arc<Vocabularies>,
    /// Coordinate transformations.
    pub projections: Arc<dyn Projections>,
}

impl Default for References {
    fn default() -> Self {
        Self {
            taxref: None,
            sensitivity: None,
            countries: None,
            marine_areas: None,
            departments: None,
            communes: None,
            grid: None,
            vocabularies: Arc::new(Vocabularies::default()),
            projections: Arc::new(NoProjections),
        }
    }
}
