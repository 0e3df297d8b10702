//! What the Living Atlases read in another way than GBIF, for those who come from la-pipelines.

pub mod license;
pub mod state;
pub mod uncertainty;
