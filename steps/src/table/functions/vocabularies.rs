//! Strings of a dictionary or a vocabulary.

use serde_json::Value;

use crate::parse::license::{GbifLicense, License};
use crate::parse::{
    basis_of_record as basis, enumeration, establishment_means, habitat, language, life_stage as stages, media,
    nomenclatural_status, occurrence_status as statuses, sex as sexes, type_status as types, vocabulary,
};
use crate::reference::vocabularies::Vocabularies;
use crate::table::given::{Answer, Given};

type Answered = Result<Answer, String>;

/// The words of the run.
fn words<'a>(given: &Given<'a>) -> &'a Vocabularies {
    &given.bench().references.vocabularies
}

/// A basisOfRecord string.
pub fn basis_of_record(given: &Given<'_>) -> Answered {
    Ok(Answer::entry(
        "basisOfRecord",
        basis::basis_of_record(&words(given).basis_of_record, given.text_or_empty("in.basisOfRecord")),
    ))
}

/// An occurrenceStatus string.
pub fn occurrence_status(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.occurrenceStatus");
    Ok(Answer::entry("occurrenceStatus", statuses::occurrence_status(&words(given).occurrence_status, text)))
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
pub fn establishment_means_name(given: &Given<'_>) -> Answered {
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
    let words = words(given);
    let (found, vocabulary) = match given.text_or_empty("in.vocabulary") {
        "Sex" => (sexes::sex(words, text), &words.sex),
        "LifeStage" => (stages::life_stage(words, text), &words.life_stage),
        "TypeStatus" => (types::one(&words.type_status, text), &words.type_status),
        "EstablishmentMeans" => {
            (establishment_means::establishment_means(&words.establishment_means, text), &words.establishment_means)
        }
        "DegreeOfEstablishment" => (words.degree_of_establishment.name(text), &words.degree_of_establishment),
        "Pathway" => (words.pathway.name(text), &words.pathway),
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
    let found = match given.text_or_empty("in.vocabulary") {
        "mediaType" => media::media_type(text),
        "taxonRank" => vocabulary::TAXON_RANK.name(text),
        "taxonomicStatus" => vocabulary::TAXONOMIC_STATUS.name(text),
        "nomenclaturalStatus" => {
            let found = nomenclatural_status::nomenclatural_status(text);
            let sure = found.map(|status| if status.is_certain { "DEFINITE" } else { "PROBABLE" });
            return Ok(Answer::entry("value", found.map(|status| status.name)).confidence(sure));
        }
        "nomenclaturalCode" => vocabulary::NOMENCLATURAL_CODE.name(text),
        "kingdom" => vocabulary::KINGDOM.name(text),
        "habitat" => habitat::habitat(text),
        "language" => language::language(text),
        "boolean" => vocabulary::BOOLEAN.name(text),
        "threatStatus" => vocabulary::THREAT_STATUS.name(text),
        "appendixCITES" => vocabulary::CITES_APPENDIX.name(text),
        "distributionStatus" => vocabulary::DISTRIBUTION_STATUS.name(text),
        "maintenanceUpdateFrequency" => vocabulary::MAINTENANCE_UPDATE_FREQUENCY.name(text),
        other => return Err(format!("nothing answers for vocabulary `{other}`")),
    };
    Ok(Answer::entry("value", found))
}
