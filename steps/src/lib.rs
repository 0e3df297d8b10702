//! Interpretation of Darwin Core records: Arrow arrays in, Arrow arrays out.
//!
//! This crate is pure. It has no tokio, no DataFusion, no `std::fs`, no clock and no random value: the same inputs give
//! the same outputs on any machine. It also cannot fail: a value that makes no sense becomes an [`Issue`] beside a null.
//! Reference data (TAXREF, areas, the sensitivity list, projections) comes in through the constructors of the steps.
//!
//! The modules stand in the order in which the data flows.

pub mod dataset;
pub mod issue;
pub mod term;
pub mod verbatim;

mod column;
pub mod distinct;
pub mod extension;
pub mod step;

pub mod parse;
pub mod reference;

pub mod basic;
pub mod chronometric_age;
pub mod collections;
pub mod dna;
pub mod dynamic_properties;
pub mod event;
pub mod geography;
pub mod geology;
pub mod humboldt;
pub mod identification;
pub mod identifier;
pub mod literature;
pub mod living_atlas;
pub mod location;
pub mod measurement;
pub mod multimedia;
pub mod relationship;
pub mod sensitivity;
pub mod sinp;
pub mod status;
pub mod taxonomy;
pub mod temporal;

pub mod table;

pub use issue::{Issue, IssueSet};
pub use reference::References;
pub use step::{Input, Settings, Step};
pub use term::Term;
pub use verbatim::Verbatim;

use std::sync::Arc;

/// Every step, in the order in which they run: a step reads verbatim terms and the fields of the steps before it.
pub fn all(references: &References, settings: &Settings) -> Vec<Arc<dyn Step>> {
    vec![
        Arc::new(identifier::Identifier),
        Arc::new(event::Event::new(references)),
        Arc::new(basic::Basic::new(references, settings)),
        Arc::new(dynamic_properties::DynamicProperties),
        Arc::new(geology::Geology::new()),
        Arc::new(sinp::Sinp::new()),
        Arc::new(temporal::Temporal::new(settings)),
        Arc::new(location::Location::new(references)),
        Arc::new(geography::Geography::new(references)),
        Arc::new(taxonomy::Taxonomy::new(references, settings)),
        Arc::new(status::Status::new(references)),
        Arc::new(identification::Identification::new(references, settings)),
        Arc::new(multimedia::Multimedia::new(settings)),
        Arc::new(measurement::Measurement::new(settings)),
        Arc::new(relationship::Relationship::new(settings)),
        Arc::new(dna::Dna),
        Arc::new(chronometric_age::ChronometricAge::new(settings)),
        Arc::new(literature::Literature::new(settings)),
        Arc::new(humboldt::Humboldt::new(references)),
        Arc::new(sensitivity::Sensitivity::new(references, settings)),
        Arc::new(living_atlas::LivingAtlas::new(settings)),
    ]
}
