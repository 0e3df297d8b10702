//! Darwin Core archives as Arrow record batches.
//!
//! [`Archive::open`] finds the files and what their columns mean; [`Archive::records`] streams star records: one row
//! per core record, with the rows of each extension as a list. Memory is bounded whatever the archive's size, and an
//! archive is hostile until read.
//!
//! Invariants:
//!
//! * nothing is extracted under a name of the archive's choosing, no link is followed, no XML entity expanded;
//! * a row is in a batch or in quarantine, never in neither: see [`Counts`];
//! * values are those of the file: decoding and unquoting change them, nothing else does;
//! * output depends on the archive and the [`Options`] alone, never on cores, time or the file system's order.

mod archive;
mod columns;
mod container;
mod counts;
mod descriptor;
mod eml;
mod encoding;
mod error;
mod ids;
mod limits;
mod meta;
mod quarantine;
mod rows;
mod schema;
mod sniff;
mod spill;
mod split;
mod star;
mod store;
mod table;
mod term;
mod view;
mod warning;
mod xml;

pub use archive::Archive;
pub use counts::{Counts, ExtensionCounts, FileCounts};
pub use descriptor::{DataFile, Descriptor, Dialect, FieldMapping, Origin};
pub use eml::{
    BoundingBox, CoveredTaxon, GeographicCoverage, Metadata, Party, TaxonomicCoverage, TemporalCoverage, Title,
};
pub use error::{ArchiveError, ErrorKind};
pub use limits::{Limits, Options};
pub use quarantine::{QuarantineReason, Quarantined};
pub use star::{Batch, Records};
pub use term::Term;
pub use warning::{Warning, WarningKind};
