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
pub mod step;

pub mod parse;
pub mod reference;

pub mod basic;
pub mod event;
pub mod geography;
pub mod identifier;
pub mod location;
pub mod multimedia;
pub mod sensitivity;
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
        Arc::new(event::Event::new()),
        Arc::new(basic::Basic::new()),
        Arc::new(temporal::Temporal::new(settings)),
        Arc::new(location::Location::new(references)),
        Arc::new(geography::Geography::new(references)),
        Arc::new(taxonomy::Taxonomy::new(references)),
        Arc::new(multimedia::Multimedia::new(settings)),
        Arc::new(sensitivity::Sensitivity::new(references, settings)),
    ]
}
