//! The built program, driven as users drive it: a command line, files in, files out.
//!
//! These tests do not link the library: what they rely on is what the contract promises to users, their scripts and
//! independent checks. Archives are written by the tests themselves into temporary folders; the references are those of
//! `fixtures/reference`, through `configs/quickstart.toml`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod program;

mod archive;
mod records;

mod outputs;

mod audit;
mod checks;
mod complete;
mod decisions;
mod events;
mod extensions;
mod groups;
mod identity;
mod leak;
mod levels;
mod masking;
mod names;
mod references;
mod rules;
mod taxref;
mod upgrade;
mod usage;
mod validate;
mod words;
