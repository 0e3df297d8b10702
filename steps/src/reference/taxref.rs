//! TAXREF, the national taxonomy.

/// All names of one TAXREF release, indexed.
#[derive(Debug, Default)]
pub struct Taxref {}
