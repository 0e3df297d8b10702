//! Reference data as steps see it: built once by the engine, shared by all threads, never changed.

pub mod areas;
pub mod communes;
pub mod departments;
pub mod grid;
pub mod projection;
pub mod sensitivity;
pub mod status_area;
pub mod taxref;
pub mod vocabularies;

use std::sync::Arc;

use areas::Areas;
use communes::CommuneHistory;
use projection::{NoProjections, Projections};
use sensitivity::{Decisions, Levels, SensitivityRules};
use taxref::Taxref;
use vocabularies::Vocabularies;

/// All reference data of a run. What is absent is not used: the steps that need it write nulls.
#[derive(Debug, Clone)]
pub struct References {
    /// The national taxonomy.
    pub taxref: Option<Arc<Taxref>>,
    /// The sensitivity referential.
    pub sensitivity: Option<Arc<SensitivityRules>>,
    /// What people decided on single records.
    pub decisions: Option<Arc<Decisions>>,
    /// The levels of sensitivity and what each may show.
    pub levels: Arc<Levels>,
    /// Countries: codes are ISO 3166-1 alpha-2; French overseas territories may have their own.
    pub countries: Option<Arc<Areas>>,
    /// Seas of countries (exclusive economic zones): codes are ISO 3166-1, of two or three letters.
    pub marine_areas: Option<Arc<Areas>>,
    /// Departments: codes are those of INSEE (`01`, `2A`, `974`).
    pub departments: Option<Arc<Areas>>,
    /// Communes: codes are those of INSEE (`75056`).
    pub communes: Option<Arc<Areas>>,
    /// The year of the official code (COG) that the communes are of.
    pub commune_year: Option<i32>,
    /// What became of communes that are no more.
    pub commune_history: Option<Arc<CommuneHistory>>,
    /// Cells of the 10 km grid overseas (`10kmUTM40E330S7670`); the mainland's are computed.
    pub grid: Option<Arc<Areas>>,
    /// The same of the 5 km grid.
    pub grid_5km: Option<Arc<Areas>>,
    /// The same of the 1 km grid.
    pub grid_1km: Option<Arc<Areas>>,
    /// Further layers, by column.
    pub layers: Vec<Layer>,
    /// Words of controlled terms.
    pub vocabularies: Arc<Vocabularies>,
    /// Coordinate transformations.
    pub projections: Arc<dyn Projections>,
}

/// A layer of areas that may overlap: protected areas, water bodies, sea regions.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The column with the codes of the areas that a record is in.
    pub column: String,
    /// The areas.
    pub areas: Arc<Areas>,
}

impl Default for References {
    fn default() -> Self {
        Self {
            taxref: None,
            sensitivity: None,
            decisions: None,
            levels: Arc::new(Levels::default()),
            countries: None,
            marine_areas: None,
            departments: None,
            communes: None,
            commune_year: None,
            commune_history: None,
            grid: None,
            grid_5km: None,
            grid_1km: None,
            layers: Vec::new(),
            vocabularies: Arc::new(Vocabularies::default()),
            projections: Arc::new(NoProjections),
        }
    }
}
