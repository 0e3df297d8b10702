//! `dynamicProperties`: pairs of keys and values, and traits of the organism inside free text.
//!
//! The term holds what has no other place: a JSON object, `key=value; key=value`, or a sentence such as
//! `snout-vent length=54 mm; weight 5 g, adult female`. The rules for traits are those of VertNet's trait extraction, which
//! GBIF uses.

pub mod length;
pub mod mass;
pub mod measurement;
mod pairs;
mod tissue;
mod traits;

pub use measurement::Measurement;
pub(crate) use pairs::JsonObject;
pub use pairs::pairs;
pub use tissue::has_tissue;
pub use traits::{life_stage, sex};
