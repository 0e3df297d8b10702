//! The sensitivity referential.

/// All rules of the referential, resolved against TAXREF.
#[derive(Debug, Default)]
pub struct SensitivityRules {}
