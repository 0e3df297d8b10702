//! Strings of a dictionary or a vocabulary.

use serde_json::Value;

use crate::parse::license::{GbifLicense, License};
use crate::parse::{
    basis_of_record as basis, enumeration, life_stage as stages, media, occurrence_status as statuses, sex as sexes,
    type_status as types, vocabulary,
};
use crate::table::given::{Answer, Given};

type Answered = Result<Answer, String>;

/// A basisOfRecord string.
pub fn basis_of_record(given: &Given<'_>) -> Answered {
    Ok(Answer::entry("basisOfRecord", basis::basis_of_record(given.text_or_empty("in.basisOfRecord"))))
}

/// An occurrenceStatus string.
pub fn occurrence_status(given: &Given<'_>) -> Answered {
    Ok(Answer::entry("occurrenceStatus", statuses::occurrence_status(given.text_or_empty("in.occurrenceStatus"))))
}

/// A sex string, by the older dictionary.
pub fn sex(given: &Given<'_>) -> Answered {
    Ok(Answer::entry("sex", enumeration::sex(given.text_or_empty("in.sex"))))
}

/// A lifeStage string, by the older dictionary.
pub fn life_stage(given: &Given<'_>) -> Answered {
    Ok(Answer::entry("lifeStage", enumeration::life_stage_name(given.text_or_empty("in.lifeStage"))))
}

/// An establishmentMeans string, by the older dictionary.
pub fn establishment_means(given: &Given<'_>) -> Answered {
    let found = enumeration::establishment_means(given.text_or_empty("in.establishmentMeans"));
    Ok(Answer::entry("establishmentMeans", found))
}

/// A typeStatus string, by the older dictionary.
pub fn type_status(given: &Given<'_>) -> Answered {
    Ok(Answer::entry("typeStatus", enumeration::type_status(given.text_or_empty("in.typeStatus"))))
}

/// The scientific name inside a typeStatus.
pub fn typified_name(given: &Given<'_>) -> Answered {
    let found = types::typified_name(given.text_or_empty("in.typeStatus"));
    Ok(Answer::new().status(found.is_some()).with("typifiedName", found))
}

/// A licence as GBIF's enumeration has it.
pub fn license(given: &Given<'_>) -> Answered {
    if given.text("function") == Some("uri-then-title") {
        let found = GbifLicense::of_address_then_title(given.text("in.licenseUri"), given.text("in.licenseTitle"));
        return Ok(Answer::entry("license", Some(found.name())));
    }
    let found = GbifLicense::of_text(given.text_or_empty("in.license"));
    Ok(Answer::entry("license", found.map(GbifLicense::name)))
}

/// A licence as its address.
pub fn license_address(given: &Given<'_>) -> Answered {
    let found = License::of_text(given.text_or_empty("in.license"));
    Ok(Answer::entry("licenseUri", found.map(|license| license.address())))
}

/// A value of a vocabulary, with the concepts above it.
pub fn lookup(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.value");
    let (found, vocabulary) = match given.text_or_empty("in.vocabulary") {
        "Sex" => (sexes::sex(text), &vocabulary::SEX),
        "LifeStage" => (stages::life_stage(text), &vocabulary::LIFE_STAGE),
        "TypeStatus" => (types::one(text), &vocabulary::TYPE_STATUS),
        "EstablishmentMeans" => (vocabulary::ESTABLISHMENT_MEANS.name(text), &vocabulary::ESTABLISHMENT_MEANS),
        "DegreeOfEstablishment" => {
            (vocabulary::DEGREE_OF_ESTABLISHMENT.name(text), &vocabulary::DEGREE_OF_ESTABLISHMENT)
        }
        "Pathway" => (vocabulary::PATHWAY.name(text), &vocabulary::PATHWAY),
        other => return Err(format!("nothing answers for vocabulary `{other}`")),
    };
    let parents = found.and_then(|name| vocabulary.find(name)).map(|concept| vocabulary.parents(concept));
    Ok(Answer::new()
        .status(found.is_some())
        .with("concept", found)
        .with("parents", parents.map_or(Value::Null, Value::from)))
}

/// One of the smaller vocabularies.
pub fn other(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.value");
    match given.text_or_empty("in.vocabulary") {
        "mediaType" => Ok(Answer::entry("value", media::media_type(text))),
        other => Err(format!("nothing answers for vocabulary `{other}`")),
    }
}
