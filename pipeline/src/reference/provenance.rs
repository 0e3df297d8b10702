//! Where reference data comes from: what a publication that was made with it must say.

use serde::{Deserialize, Serialize};

/// Licence under which the INPN and INSEE publish: <https://www.etalab.gouv.fr/licence-ouverte-open-licence>.
pub const LICENCE_OUVERTE: &str = "Licence Ouverte / Open Licence 2.0 (Etalab)";

/// Title, version, licence and source of reference data, where they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Provenance {
    /// What it is: `Countries, land areas`.
    #[serde(default)]
    pub title: Option<String>,
    /// Which edition: `2025`, `0.6.0`.
    #[serde(default)]
    pub version: Option<String>,
    /// What may be done with it: `ODbL 1.0`.
    #[serde(default)]
    pub license: Option<String>,
    /// Whose it is, in the words they ask for: `© OpenStreetMap contributors`.
    #[serde(default)]
    pub source: Option<String>,
}

impl Provenance {
    /// The key of each part in the metadata of a prepared layer.
    pub const KEYS: [&'static str; 4] = ["openobs.title", "openobs.version", "openobs.license", "openobs.source"];

    /// Each part with its key.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let parts = [&self.title, &self.version, &self.license, &self.source];
        Self::KEYS.into_iter().zip(parts).filter_map(|(key, part)| Some((key, part.as_deref()?)))
    }

    /// The same from metadata.
    pub fn of_entries<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Self {
        let [title, version, license, source] =
            Self::KEYS.map(|key| value(key).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned));
        Self { title, version, license, source }
    }

    /// The parts of `self`, and those of `other` where `self` has none.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            version: self.version.or(other.version),
            license: self.license.or(other.license),
            source: self.source.or(other.source),
        }
    }

    /// What stands in a publication that was made with it: `TAXREF, v18, PatriNat, INPN. Licence Ouverte …`. Nothing where
    /// neither who made it nor a licence is known: there is nobody to name.
    pub fn attribution(&self) -> Option<String> {
        if self.license.is_none() && self.source.is_none() {
            return None;
        }
        let named = [&self.title, &self.version, &self.source].into_iter().flatten();
        let named: Vec<&str> = named.map(|part| part.trim_end_matches('.')).collect();
        let sentences = [named.join(", "), self.license.clone().unwrap_or_default()];
        let sentences: Vec<String> = sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect();
        Some(format!("{}.", sentences.join(". ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_what_is_told() {
        let countries = Provenance {
            title: Some("Countries".to_owned()),
            version: None,
            license: Some("ODbL 1.0".to_owned()),
            source: Some("© OpenStreetMap contributors".to_owned()),
        };
        assert_eq!(countries.attribution().unwrap(), "Countries, © OpenStreetMap contributors. ODbL 1.0.");
        let entries: std::collections::HashMap<&str, &str> = countries.entries().collect();
        assert_eq!(Provenance::of_entries(|key| entries.get(key).copied()), countries);
        let named = Provenance { title: Some("Cells".to_owned()), ..Provenance::default() };
        assert_eq!(named.attribution(), None);
        assert_eq!(named.or(countries).attribution().unwrap(), "Cells, © OpenStreetMap contributors. ODbL 1.0.");
    }
}
