//! GBIF's older enumerations of sex, life stage, establishment means and type status (gbif-api).
//!
//! Records are written with the concepts of the vocabularies that followed them; these are for the table tests of the
//! parsers that GBIF still ships, and for exports that ask for the old names. They are derived from our tables.

use super::vocabulary::{self, DEGREE_OF_ESTABLISHMENT, ESTABLISHMENT_MEANS, TYPE_STATUS};
use super::{life_stage::life_stage, sex::mention, type_status};
use crate::reference::vocabularies::Vocabularies;

/// `MALE`, `FEMALE` or `HERMAPHRODITE`. Doubt and castes beside a sex are not seen.
pub fn sex(text: &str) -> Option<&'static str> {
    let mention = mention(Vocabularies::built_in(), text)?;
    match (mention.male, mention.female, mention.hermaphrodite) {
        (true, false, false) => Some("MALE"),
        (false, true, false) => Some("FEMALE"),
        (false, false, true) => Some("HERMAPHRODITE"),
        _ => None,
    }
}

/// `ADULT`, `JUVENILE`, `LARVA` and so on.
pub fn life_stage_name(text: &str) -> Option<&'static str> {
    // Names that have no concept in the vocabulary; "EMRYO" is how the enumeration spells it.
    let own = vocabulary::key(text)?;
    if let Some(name) = ["EMRYO", "SPORE", "GAMETE"].into_iter().find(|name| *name == own) {
        return Some(name);
    }
    Some(match life_stage(Vocabularies::built_in(), text)? {
        "Adult" | "Imago" | "Mature" => "ADULT",
        "Juvenile" | "Immature" | "Subadult" | "Chick" | "Nestling" | "Fledgling" | "Hatchling" | "Neonate" => {
            "JUVENILE"
        }
        "Larva" | "Tadpole" | "Caterpillar" | "Nauplius" | "Metanauplius" | "Veliger" | "Cyprid" | "Megalopa"
        | "Zoea" | "Furcilia" | "Calyptopsis" | "Deutonymph" => "LARVA",
        "Pupa" => "PUPA",
        "Embryo" => "EMRYO",
        "Zygote" => "ZYGOTE",
        "Gametophyte" => "GAMETOPHYTE",
        "Sporophyte" => "SPOROPHYTE",
        _ => return None,
    })
}

/// `NATIVE`, `INTRODUCED`, `NATURALISED`, `INVASIVE`, `MANAGED` or `UNCERTAIN`.
pub fn establishment_means(text: &str) -> Option<&'static str> {
    match DEGREE_OF_ESTABLISHMENT.name(text) {
        Some("invasive" | "widespreadInvasive" | "spreading" | "colonising") => return Some("INVASIVE"),
        Some("naturalized" | "established" | "reproducing") => return Some("NATURALISED"),
        Some("managed" | "captive" | "cultivated" | "released") => return Some("MANAGED"),
        _ => {}
    }
    match super::establishment_means::establishment_means(&ESTABLISHMENT_MEANS, text)? {
        "native" | "nativeReintroduced" => Some("NATIVE"),
        "introduced" | "introducedAssistedColonisation" => Some("INTRODUCED"),
        "uncertain" => Some("UNCERTAIN"),
        _ => None,
    }
}

/// `HOLOTYPE`, `TYPE_SPECIES` and so on.
pub fn type_status(text: &str) -> Option<String> {
    let concept = type_status::one(&TYPE_STATUS, text)?;
    Some(match concept {
        "TypeSpecies" => "TYPE_SPECIES".to_owned(),
        "TypeGenus" => "TYPE_GENUS".to_owned(),
        // Kinds that came later are what they are kinds of.
        "Paratopotype" => "PARATYPE".to_owned(),
        "Isoepitype" => "EPITYPE".to_owned(),
        "Homeotype" | "Metatype" | "Clonotype" | "TypeSeries" | "TypeStrain" => "TYPE".to_owned(),
        concept => concept.to_uppercase(),
    })
}
