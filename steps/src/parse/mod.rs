//! Shared parsers, named by what they parse. Each takes text and returns a value with what was wrong about it.

pub mod continent;
pub mod coordinate;
pub mod country;
pub mod date;
pub mod datum;
pub mod footprint;
pub mod letters;
pub mod measure;
pub mod number;
