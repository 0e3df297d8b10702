//! Shared parsers, named by what they parse. Each takes text and returns a value with what was wrong about it.

pub mod date;
pub mod sinp_biology;
pub mod taxon_author;
pub mod taxon_name;
pub mod taxref_id;
