//! Names of the verbatim terms that steps read.

use std::fmt;

/// The simple name of a Darwin Core, Dublin Core or SINP term, such as `eventDate`.
///
/// Simple names are unique among the terms that steps read; the archive reader resolves every spelling of a term (full
/// address, prefix, capitals) to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term(pub &'static str);

impl Term {
    /// The simple name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}
