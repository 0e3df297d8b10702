//! The engine and the command line of `openobs`: the only crate with a runtime, DataFusion and the file system.
//!
//! The modules stand in the order in which the data flows: settings and sources; the archive to verbatim tables; star
//! records to occurrences; the plan of interpretation; masking; outputs; commit; what all datasets make together.

pub mod error;

pub mod cli;
pub mod commands;
pub mod effective;
pub mod registry;
pub mod settings;

pub mod layout;
pub mod projection;
pub mod reference;
pub mod sources;

pub mod dataset;
pub mod verbatim;

pub mod event_extension;
pub mod event_hierarchy;
pub mod event_inheritance;
pub mod star;
pub mod step_udf;

pub mod session;

pub mod identity;
pub mod interpret;
pub mod occurrence;

pub mod protect;
pub mod sensitive_groups;

pub mod outputs;
pub mod shard;

pub mod commit;
pub mod run;

pub mod archives;
pub mod audit;
pub mod checks;
pub mod finish;
pub mod progress;
pub mod report;
pub mod tables;
pub mod upgrade;

pub mod program;
pub mod validation;

#[cfg(all(test, feature = "cluster"))]
#[expect(clippy::unwrap_used, reason = "the file is a test, but not inside a test module")]
mod cluster_test;
