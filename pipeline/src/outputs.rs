//! Writers of every kind of output. Those of public products take [`crate::protect::PublicBatch`]es and nothing else.

pub mod archive;
pub mod avro;
pub mod eml;
pub mod index;
pub mod indicators;
pub mod occurrence;
pub mod parquet;
pub mod taxa;
