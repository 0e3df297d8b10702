//! What the producer of a record declares about its sensitivity and diffusion, in the SINP's own attributes.
//!
//! They travel as JSON in `dynamicProperties`. Keys are compared without case, `_`, `-` and accents; the ten-letter names of
//! exchange files (`sensiniv`, `difnivprec`, `deeflou`) are known too. Text that is no JSON is read as `key=value` pairs. What
//! is said several times, by a list or by a key that comes again, counts by the strictest.

use serde_json::Value;

use crate::parse::dynamic_properties::JsonObject;
use crate::parse::sinp_biology::{Biology, Nomenclature, read};
use crate::parse::taxon_name::fold_letters;

/// The attributes of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Declared {
    /// `sensiNiveau`, as given, each once.
    pub(super) levels: Vec<String>,
    /// `sensible`.
    pub(super) sensitive: Option<bool>,
    /// `sensiReferentiel` and `sensiVersionReferentiel`.
    pub(super) referential: Option<String>,
    pub(super) referential_version: Option<String>,
    /// `sensiDateAttribution`, as given.
    pub(super) attributed: Option<String>,
    /// `diffusionNiveauPrecision`, as given.
    pub(super) precision: Option<String>,
    pub(super) ownership: Option<Ownership>,
    /// `dEEFloutage`: blurred before it was sent.
    pub(super) blurred: Option<bool>,
    /// `diffusionGP`: for the general public.
    pub(super) for_the_public: Option<bool>,
    pub(super) status: Biology,
    pub(super) behaviour: Biology,
    pub(super) life_stage: Biology,
    /// `idSINPRegroupement`, in lower case: identifiers of the SINP are compared without case.
    pub(super) group: Option<String>,
}

/// `dSPublique`: whose the data are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ownership {
    /// Public money; also the frozen codes Re and Ac.
    Public,
    /// Private, or not known, which counts as private.
    Private,
}

impl Declared {
    /// Reads `dynamicProperties`.
    pub(super) fn of(text: &str) -> Self {
        let mut declared = Self::default();
        match serde_json::from_str::<JsonObject>(text) {
            Ok(JsonObject(properties)) => properties.iter().for_each(|(key, value)| declared.take_json(key, value)),
            Err(_) => {
                for pair in text.trim_matches(['{', '}', ' ']).split([';', '|', ',', '\n']) {
                    if let Some((key, value)) = pair.split_once(['=', ':']) {
                        declared.take(key.trim_matches(['"', '\'', ' ']), value.trim_matches(['"', '\'', ' ']));
                    }
                }
            }
        }
        declared
    }

    /// Takes the value of a key; of a list, each element. An object is about something else.
    fn take_json(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.take(key, text),
            Value::Number(number) => self.take(key, &number.to_string()),
            Value::Bool(truth) => self.take(key, if *truth { "true" } else { "false" }),
            Value::Array(elements) => elements.iter().for_each(|element| self.take_json(key, element)),
            Value::Null | Value::Object(_) => {}
        }
    }

    /// Takes an attribute. Where it is declared twice the stricter value stays, and of levels each: their table tells.
    pub(super) fn take(&mut self, key: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() || value.eq_ignore_ascii_case("null") || value == "\\N" {
            return;
        }
        let text = || Some(value.to_owned());
        match fold_letters(key).as_str() {
            "sensiniveau" | "sensiniv" if self.levels.iter().all(|level| level != value) => self.levels.extend(text()),
            "sensible" => self.sensitive = Some(self.sensitive == Some(true) || truth(value) != Some(false)),
            "sensireferentiel" | "sensiref" => self.referential = text(),
            "sensiversionreferentiel" | "sensiversi" => self.referential_version = text(),
            "sensidateattribution" | "sensidatea" => self.attributed = text(),
            "diffusionniveauprecision" | "difnivprec" | "difniveauprecision" => {
                // 5 is "precise": the one that counts least.
                let wish = |text: &str| severity(text) % 5;
                let given = self.precision.take().filter(|precision| wish(precision) >= wish(value));
                self.precision = given.or_else(text);
            }
            "dspublique" => {
                let ownership = match fold_letters(value).as_str() {
                    "pu" | "publique" | "public" | "re" | "regie" | "ac" | "acquise" => Ownership::Public,
                    _ => Ownership::Private,
                };
                self.ownership = self.ownership.filter(|given| *given == Ownership::Private).or(Some(ownership));
            }
            // "I do not know" may have been blurred: nothing finer is to be made of it.
            "deefloutage" | "deeflou" | "floutage" => {
                self.blurred = Some(self.blurred == Some(true) || truth(value) != Some(false));
            }
            "diffusiongp" => {
                self.for_the_public = Some(self.for_the_public != Some(false) && truth(value) == Some(true));
            }
            "statutbiologique" | "occstatutbiologique" | "ocstatbio" => self.status = read(Nomenclature::Status, value),
            "occcomportement" | "comportement" | "occcomport" => self.behaviour = read(Nomenclature::Behaviour, value),
            "occstadedevie" | "stadedevie" | "ocstade" => self.life_stage = read(Nomenclature::LifeStage, value),
            "idsinpregroupement" | "identifiantregroupementpermanent" | "permidgrp" => {
                self.group = Some(value.to_lowercase());
            }
            _ => {}
        }
    }
}

/// How strict a wish is; one that cannot be read is stricter than all but the strictest.
fn severity(wish: &str) -> u8 {
    let digits = wish.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty()).unwrap_or("");
    digits.parse().unwrap_or(3)
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "1" => return Some(true),
        "0" => return Some(false),
        _ => {}
    }
    match fold_letters(text).as_str() {
        "oui" | "o" | "true" | "t" | "vrai" | "yes" | "y" => Some(true),
        "non" | "n" | "false" | "f" | "faux" | "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_and_values_are_read_in_all_their_spellings() {
        let expected = Declared {
            levels: vec!["2".to_owned()],
            sensitive: Some(true),
            precision: Some("3".to_owned()),
            ownership: Some(Ownership::Private),
            blurred: Some(true),
            for_the_public: Some(false),
            status: Biology::Code(3),
            ..Declared::default()
        };
        for text in [
            r#"{"sensiNiveau":"2","sensible":"OUI","diffusionNiveauPrecision":"3","dSPublique":"Pr","dEEFloutage":"OUI","diffusionGP":"false","statutBiologique":"3"}"#,
            r#"{"SENSI_NIVEAU":2,"Sensible":true,"difNivPrec":3,"DSPUBLIQUE":"NSP","deeflou":1,"diffusiongp":false,"occStatutBiologique":"Reproduction"}"#,
            "sensiNiveau=2; sensible=oui; diffusionNiveauPrecision=3; dSPublique=Pr; dEEFloutage=OUI; diffusionGP=non; statutBiologique=3",
        ] {
            assert_eq!(Declared::of(text), expected, "{text}");
        }
        assert_eq!(Declared::of("{}"), Declared::default());
        assert_eq!(Declared::of(r#"{"sensiNiveau":null,"x":{"sensiNiveau":4}}"#), Declared::default());
        assert_eq!(Declared::of(r#"{"dSPublique":"Pu"}"#).ownership, Some(Ownership::Public));
    }

    #[test]
    fn the_strictest_of_a_list_or_of_a_key_that_comes_again_stays() {
        for text in [
            r#"{"sensiNiveau":["3"]}"#,
            r#"{"sensiNiveau":[1,3,"2"]}"#,
            r#"{"sensiNiveau":3,"sensiNiveau":0}"#,
            r#"{"sensiNiveau":"0","sensi_niveau":[[3]],"x":[{"sensiNiveau":4}]}"#,
        ] {
            let levels = Declared::of(text).levels;
            assert!(levels.iter().any(|level| level == "3") && levels.iter().all(|level| level != "4"), "{text}");
        }
        let declared =
            Declared::of(r#"{"diffusionGP":false,"diffusionGP":true,"dSPublique":["Pr"],"dSPublique":"Pu"}"#);
        assert_eq!((declared.for_the_public, declared.ownership), (Some(false), Some(Ownership::Private)));
    }

    #[test]
    fn the_stricter_of_two_stays() {
        let mut declared =
            Declared::of(r#"{"sensiNiveau":1,"dSPublique":"Pr","diffusionNiveauPrecision":5,"diffusionGP":true}"#);
        for (key, value) in
            [("sensiNiveau", "3"), ("sensiNiveau", "2"), ("dSPublique", "Pu"), ("diffusionNiveauPrecision", "2")]
        {
            declared.take(key, value);
        }
        declared.take("diffusionGP", "non");
        declared.take("diffusionGP", "oui");
        assert_eq!(
            (declared.levels.as_slice(), declared.precision.as_deref()),
            (&["1", "3", "2"].map(str::to_owned)[..], Some("2"))
        );
        assert_eq!((declared.ownership, declared.for_the_public), (Some(Ownership::Private), Some(false)));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let _ = Declared::of(&text);
        }
    }
}
