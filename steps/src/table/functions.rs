//! Which function answers for which area of the conformance tables: parsers, dictionaries and helpers that run inside a
//! step and that no field of it shows by itself.
//!
//! To take up an area, add a line here and a small function in the file of its noun. The function gets the cells of the
//! case and calls what the steps call; it does not decide anything itself.

use super::given::{Answer, Given};
use super::judge::Measure;

pub mod country_constant;
pub mod dates;
pub mod extensions;
pub mod heights;
pub mod living_atlas;
pub mod media;
pub mod places;
pub mod polygons;
pub mod taxa;
pub mod text;
pub mod vocabularies;

/// What answers for an area, or for some functions of it.
#[derive(Debug)]
pub struct Function {
    /// The area, which is the name of the table.
    pub area: &'static str,
    /// The functions; empty for all.
    pub functions: &'static [&'static str],
    /// The answer to a case; an error is the reason why it cannot be run.
    pub answer: fn(&Given<'_>) -> Result<Answer, String>,
    /// How far numbers may stand apart, in the unit of the output.
    pub tolerance: f64,
    /// Whether the order of lists says nothing.
    pub sets: bool,
}

impl Function {
    const fn area(area: &'static str, answer: fn(&Given<'_>) -> Result<Answer, String>) -> Self {
        Self { area, functions: &[], answer, tolerance: 1e-6, sets: false }
    }

    const fn of(self, functions: &'static [&'static str]) -> Self {
        Self { functions, ..self }
    }

    const fn within(self, tolerance: f64) -> Self {
        Self { tolerance, ..self }
    }

    const fn in_any_order(self) -> Self {
        Self { sets: true, ..self }
    }

    /// How the values are compared.
    pub fn measure(&self) -> Measure {
        Measure { tolerance: self.tolerance, sets: self.sets }
    }
}

const METRES: f64 = 0.01;

/// The table, in the order of the areas.
pub const FUNCTIONS: &[Function] = &[
    Function::area("ala_collector_name", text::collector_names),
    Function::area("ala_distance", living_atlas::distance).within(METRES),
    Function::area("ala_license", living_atlas::license),
    Function::area("ala_state_province", living_atlas::state_province),
    Function::area("basis_of_record", vocabularies::basis_of_record),
    Function::area("collections", taxa::collection),
    Function::area("continent", places::continent),
    Function::area("continent_name", places::continent_name),
    Function::area("coordinates", places::coordinates),
    Function::area("country", places::country),
    Function::area("country_corpus", places::country),
    Function::area("date_logic", dates::logic),
    Function::area("date_parser", dates::parser).in_any_order(),
    Function::area("dna_sequence", extensions::sequence),
    Function::area("dynamic_properties", text::dynamic_properties),
    Function::area("elevation_depth", heights::range).of(&["parser"]).within(METRES),
    Function::area("elevation_depth", heights::metres).of(&["meters"]).within(METRES),
    Function::area("establishment_means", vocabularies::establishment_means_name),
    Function::area("extensions", extensions::extension),
    Function::area("geodetic_datum", places::datum),
    Function::area("humboldt", extensions::humboldt),
    Function::area("identification_extension", extensions::identification),
    Function::area("identifier", text::hash),
    Function::area("license", vocabularies::license),
    Function::area("license_uri", vocabularies::license_address),
    Function::area("life_stage", vocabularies::life_stage),
    Function::area("location_match", places::matching),
    Function::area("media", media::media),
    Function::area("number", text::number),
    Function::area("occurrence_status", vocabularies::occurrence_status),
    Function::area("other_vocabularies", vocabularies::other),
    Function::area("sex", vocabularies::sex),
    Function::area("srs", places::system),
    Function::area("taxonomy", taxa::matching),
    Function::area("text_utils", text::helper),
    Function::area("type_status", vocabularies::type_status),
    Function::area("typified_name", vocabularies::typified_name),
    Function::area("url", text::url),
    Function::area("vocabulary_lookup", vocabularies::lookup),
];

/// The function that answers for a case, if one does.
pub fn of(area: &str, function: &str) -> Option<&'static Function> {
    let answers =
        |known: &&Function| known.area == area && (known.functions.is_empty() || known.functions.contains(&function));
    FUNCTIONS.iter().find(answers)
}
