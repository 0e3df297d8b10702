//! What a publisher of data asks for: the tables `schemas/validation/gbif.toml` and `sinp.toml`.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The profiles that come with the program.
const OWN: [&str; 2] =
    [include_str!("../../../schemas/validation/gbif.toml"), include_str!("../../../schemas/validation/sinp.toml")];

/// What a publisher asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name on the command line.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Codes of findings that stop a publication.
    pub blocking: Vec<String>,
    /// Terms that are asked for.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
}

/// A term that is asked for, or one of several that say the same.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The term, or the name of the attribute.
    pub name: String,
    /// Only for a core of this row type.
    pub core: Option<String>,
    /// How much it is wanted.
    pub status: Status,
    /// What stands in for it; then its absence does not stop a publication.
    pub assumed: Option<String>,
    /// Terms that satisfy it: all of one alternative.
    pub alternatives: Vec<Vec<String>>,
    /// What to do when it is missing.
    pub remedy: String,
}

/// How much a term is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Without it there is no publication.
    Required,
    /// Data is worth less without it.
    Recommended,
    /// Good to have.
    Optional,
}

impl Profile {
    /// The profiles of some names; all of them when there is no name.
    ///
    /// # Errors
    /// When a name is not known.
    pub fn named(names: &[String]) -> Result<Vec<Self>> {
        let own = OWN
            .into_iter()
            .map(|text| {
                toml::from_str::<Self>(text).map_err(|error| Error::bug("a profile cannot be read").caused_by(error))
            })
            .collect::<Result<Vec<_>>>()?;
        if let Some(unknown) = names.iter().find(|name| !own.iter().any(|profile| profile.name == **name)) {
            let known: Vec<&str> = own.iter().map(|profile| profile.name.as_str()).collect();
            return Err(Error::usage(format!("there is no profile {unknown}"))
                .remedy(format!("give one of {}", known.join(", "))));
        }
        Ok(own.into_iter().filter(|profile| names.is_empty() || names.contains(&profile.name)).collect())
    }

    /// Requirements that apply to a core of a row type.
    pub fn requirements_of(&self, core: &str) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(move |requirement| requirement.core.as_deref().is_none_or(|of| of == core))
    }

    /// How much a term is wanted: the most that any requirement says of it.
    pub fn status_of(&self, term: &str) -> Option<Status> {
        let of_term = |requirement: &&Requirement| requirement.alternatives.iter().flatten().any(|name| name == term);
        self.requirements.iter().filter(of_term).map(|requirement| requirement.status).min()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use openobs_dwca::Term;

    use super::super::catalogue::finding_kind;
    use super::*;

    #[test]
    fn profiles_name_known_terms_and_codes() {
        let profiles = Profile::named(&[]).unwrap();
        assert_eq!(profiles.len(), 2);
        for profile in &profiles {
            for code in &profile.blocking {
                assert!(finding_kind(code).is_some(), "{} is blocked by {code}", profile.name);
            }
            for term in profile.requirements.iter().flat_map(|requirement| requirement.alternatives.iter().flatten()) {
                assert!(Term::resolve(term).is_dwc(term), "{} asks for {term}", profile.name);
            }
        }
        assert_eq!(profiles[0].status_of("eventDate"), Some(Status::Required));
        assert_eq!(profiles[0].status_of("kingdom"), Some(Status::Recommended));
        assert_eq!(profiles[0].status_of("locality"), None);
        assert!(Profile::named(&["ala".to_owned()]).unwrap_err().to_string().contains("gbif, sinp"));
    }
}
