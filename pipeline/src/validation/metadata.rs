//! Whether the metadata document says what a publisher must: title, description, licence, contacts, creators.

use openobs_dwca::{Archive, Metadata, Party};

use super::finding::{Findings, finding};
use super::report::{Finding, Severity};
use crate::dataset::Dataset;

/// Characters from which GBIF's validator takes a title for one.
const TITLE: usize = 10;
/// The same for a description.
const DESCRIPTION: usize = 25;
/// Licences under which GBIF publishes.
const LICENSES: [&str; 3] = ["CC0_1_0", "CC_BY_4_0", "CC_BY_NC_4_0"];

/// Adds what the metadata lacks.
pub(super) fn add_findings(archive: &Archive, dataset: &Dataset, findings: &mut Findings) {
    let file = archive.descriptor().metadata.clone();
    let mut add = |code: &str, message: &str| {
        findings.push(Finding { file: file.clone(), ..finding(code, message) });
    };
    if !dataset.license.as_deref().is_some_and(|license| LICENSES.contains(&license)) {
        let message = match archive.metadata().and_then(given_license) {
            Some(given) => format!("the licence {given:?} is none that GBIF publishes under"),
            None => "no licence is given".to_owned(),
        };
        add("LICENSE_MISSING_OR_UNKNOWN", &message);
    }
    if uuid::Uuid::try_parse(&dataset.key).is_err() {
        add("DATASET_KEY_NOT_A_UUID", "no UUID identifies the dataset; the name of the archive does");
    }
    let Some(metadata) = archive.metadata() else {
        if archive.eml().is_none() {
            add("EML_NOT_FOUND", "there is no metadata document");
        }
        return;
    };
    let title = metadata.titles.iter().map(|title| title.text.trim().chars().count()).max();
    if title.is_none_or(|length| length < TITLE) {
        add("TITLE_MISSING_OR_TOO_SHORT", "the title is missing or too short");
    }
    if metadata.r#abstract.as_deref().is_none_or(|text| text.trim().chars().count() < DESCRIPTION) {
        add("DESCRIPTION_MISSING_OR_TOO_SHORT", "the description is missing or too short");
    }
    match metadata.contacts.iter().find(|contact| is_named(contact)) {
        None => add("RESOURCE_CONTACTS_MISSING_OR_INCOMPLETE", "there is no contact with a name"),
        Some(_) if !metadata.contacts.iter().any(|contact| is_named(contact) && contact.email.is_some()) => {
            let incomplete = finding("RESOURCE_CONTACTS_MISSING_OR_INCOMPLETE", "no contact has an electronic address");
            findings.push(Finding { severity: Severity::Info, file: file.clone(), ..incomplete });
        }
        Some(_) => {}
    }
    let mut add = |code: &str, message: &str| {
        findings.push(Finding { file: file.clone(), ..finding(code, message) });
    };
    if !metadata.creators.iter().any(is_named) {
        add("RESOURCE_CREATOR_MISSING_OR_INCOMPLETE", "there is no creator with a name");
    }
    if !metadata.metadata_providers.iter().any(is_named) {
        add("METADATA_PROVIDER_MISSING", "there is no metadata provider with a name");
    }
}

fn is_named(party: &Party) -> bool {
    [&party.surname, &party.organisation, &party.position].into_iter().flatten().any(|name| !name.trim().is_empty())
}

/// The licence as it was written.
fn given_license(metadata: &Metadata) -> Option<&str> {
    [&metadata.licence_url, &metadata.licence_title, &metadata.intellectual_rights]
        .into_iter()
        .flatten()
        .map(|text| text.trim())
        .find(|text| !text.is_empty())
}
