//! One dataset of a run: one archive, with what is known about it before its records are read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use openobs_dwca::Archive;
use openobs_steps::identifier::Strip;
use openobs_steps::parse::license::GbifLicense;
use openobs_steps::reference::vocabularies::Vocabularies;

use crate::settings::ShareLimit;

/// A dataset and where it comes from.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// UUID from the registry or the EML, else the stem of the archive's name.
    pub key: String,
    /// Title from the registry or the EML.
    pub title: Option<String>,
    /// Who provides it.
    pub provider: Option<String>,
    /// Licence in GBIF's spelling (`CC_BY_4_0`, `UNSUPPORTED`), from the registry or the EML.
    pub license: Option<String>,
    /// Terms whose values together identify a record; `occurrenceID` when empty.
    pub unique_key_terms: Vec<String>,
    /// What is taken out of the values of those terms.
    pub unique_key_strip: Strip,
    /// How many of its keys may change from one attempt to the next, where it differs from the run's setting.
    pub changed_ids_limit: Option<ShareLimit>,
    /// Values for terms that are blank or missing.
    pub default_values: BTreeMap<String, String>,
    /// How ambiguous dates are read (`DMY`, `MDY`, `ISO`), where it differs from the run's setting.
    pub date_order: Option<String>,
    /// Whether the issues of the Living Atlases are raised, where it differs from the run's setting.
    pub living_atlas_issues: Option<bool>,
    /// Whether names of people are read by the rules of the Living Atlases.
    pub collector_names: Option<bool>,
    /// Name of the archive's file, without folders.
    pub archive_name: String,
    /// The archive on this machine.
    pub archive_path: PathBuf,
    /// Metadata document as it was sent.
    pub eml: Option<Vec<u8>>,
}

impl Dataset {
    /// What the archive and the registry say of a dataset; the registry wins. Its licence is read with the words of the run.
    pub fn describe(
        archive: &Archive,
        path: PathBuf,
        registry: Option<&crate::registry::DatasetSettings>,
        words: &Vocabularies,
    ) -> Self {
        let metadata = archive.metadata();
        let identifiers = metadata.into_iter().flat_map(|metadata| {
            std::iter::once(metadata.package_id.as_deref())
                .flatten()
                .chain(metadata.alternate_identifiers.iter().map(String::as_str))
        });
        let key = registry
            .and_then(|registry| registry.key.clone())
            .or_else(|| identifiers.filter_map(uuid_in).next())
            .unwrap_or_else(|| archive.file_stem().to_owned());
        let text =
            |value: Option<&String>| value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Self {
            key,
            title: text(registry.and_then(|registry| registry.title.as_ref()))
                .or_else(|| text(metadata.and_then(|metadata| metadata.titles.first()).map(|title| &title.text))),
            provider: text(registry.and_then(|registry| registry.provider.as_ref()))
                .or_else(|| text(metadata.and_then(|metadata| metadata.publisher.as_ref()))),
            license: text(registry.and_then(|registry| registry.license.as_ref()))
                .or_else(|| text(metadata.and_then(|metadata| metadata.licence_url.as_ref())))
                .or_else(|| text(metadata.and_then(|metadata| metadata.licence_title.as_ref())))
                .or_else(|| text(metadata.and_then(|metadata| metadata.intellectual_rights.as_ref())))
                .map(|given| GbifLicense::of_term(&words.license, Some(&given)).name().to_owned()),
            unique_key_terms: registry.map(|registry| registry.unique_key_terms.clone()).unwrap_or_default(),
            unique_key_strip: registry.map(|registry| registry.unique_key_strip).unwrap_or_default(),
            changed_ids_limit: registry.and_then(|registry| registry.changed_ids_limit),
            default_values: registry.map(|registry| registry.default_values.clone()).unwrap_or_default(),
            date_order: registry.and_then(|registry| registry.date_order.clone()),
            living_atlas_issues: registry.and_then(|registry| registry.living_atlas_issues),
            collector_names: registry.and_then(|registry| registry.collector_names),
            archive_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            archive_path: path,
            eml: archive.eml().map(<[u8]>::to_vec),
        }
    }
}

/// The UUID in an identifier such as `75025F2C-1B2D-5FE1-E053-2614A8C0F5A2/v1.2` or `urn:uuid:…`.
///
/// Oracle-style identifiers that are no RFC 4122 version are UUIDs too, and their case is kept (sinp.md 2.4).
fn uuid_in(identifier: &str) -> Option<String> {
    let start = identifier.trim().trim_start_matches("urn:uuid:");
    let head = start.rsplit_once("/v").map_or(start, |(head, _)| head);
    (head.len() == 36 && uuid::Uuid::try_parse(head).is_ok()).then(|| head.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid_with_its_case() {
        let key = "75025F2C-1B2D-5FE1-E053-2614A8C0F5A2";
        assert_eq!(uuid_in(key).as_deref(), Some(key));
        assert_eq!(uuid_in(&format!("{key}/v1.2")).as_deref(), Some(key));
        assert_eq!(uuid_in(&format!("urn:uuid:{key}")).as_deref(), Some(key));
        assert_eq!(uuid_in("10.15468/abcdef"), None);
        assert_eq!(uuid_in("https://ipt.gbif.fr/resource?r=aspe"), None);
    }
}
