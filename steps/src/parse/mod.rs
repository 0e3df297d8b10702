//! Shared parsers, named by what they parse. Each takes text and returns a value with what was wrong about it.

pub mod agent;
pub mod basis_of_record;
pub mod date;
pub mod dynamic_properties;
pub mod enumeration;
pub mod license;
pub mod life_stage;
pub mod list;
pub mod media;
pub mod month;
pub mod occurrence_status;
pub mod quantity;
pub mod sex;
pub mod taxon_author;
pub mod taxon_name;
pub mod taxref_id;
pub mod type_status;
pub mod url;
pub mod vocabulary;
