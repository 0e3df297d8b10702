//! The vocabularies of a run: those of the program, with a data team's words laid over them.

use std::ops::Deref;
use std::sync::LazyLock;

use crate::parse::vocabulary::{self, Mistake, Vocabulary};

/// A vocabulary of the program as it is, or with words laid over it.
#[derive(Debug, Clone)]
pub enum Table {
    /// As it is; read when first used.
    BuiltIn(&'static LazyLock<Vocabulary>),
    /// With words laid over it.
    Extended(Box<Vocabulary>),
}

impl Deref for Table {
    type Target = Vocabulary;

    fn deref(&self) -> &Vocabulary {
        match self {
            Self::BuiltIn(vocabulary) => vocabulary,
            Self::Extended(vocabulary) => vocabulary,
        }
    }
}

/// Declares the fields with their names in configurations and their tables.
macro_rules! vocabularies {
    ($($(#[$meta:meta])* $field:ident $name:literal $table:ident;)*) => {
        /// All vocabularies that steps look words up in.
        #[derive(Debug, Clone)]
        pub struct Vocabularies {
            $($(#[$meta])* pub $field: Table,)*
        }

        impl Default for Vocabularies {
            fn default() -> Self {
                Self { $($field: Table::BuiltIn(&vocabulary::$table),)* }
            }
        }

        impl Vocabularies {
            /// The names under which a configuration extends them: those of the Darwin Core terms.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
                match name {
                    $($name => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

vocabularies! {
    /// What kind of evidence a record rests on.
    basis_of_record "basisOfRecord" BASIS_OF_RECORD;
    /// Present or absent.
    occurrence_status "occurrenceStatus" OCCURRENCE_STATUS;
    /// Sexes.
    sex "sex" SEX;
    /// Life stages.
    life_stage "lifeStage" LIFE_STAGE;
    /// How a taxon came to be where it was found.
    establishment_means "establishmentMeans" ESTABLISHMENT_MEANS;
    /// How well a taxon is established.
    degree_of_establishment "degreeOfEstablishment" DEGREE_OF_ESTABLISHMENT;
    /// By which way a taxon was introduced.
    pathway "pathway" PATHWAY;
    /// Kinds of nomenclatural types.
    type_status "typeStatus" TYPE_STATUS;
    /// Alive or dead.
    vitality "vitality" VITALITY;
    /// Kinds of events.
    event_type "eventType" EVENT_TYPE;
    /// How sure the identification is.
    identification_verification_status "identificationVerificationStatus" VERIFICATION_STATUS;
    /// Licences, in GBIF's enumeration.
    license "license" LICENSE;
    /// Countries and territories, by ISO 3166-1 alpha-2 code.
    country "country" COUNTRY;
}

impl Vocabularies {
    /// Those of the program, without a data team's words.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Vocabularies> = LazyLock::new(Vocabularies::default);
        &BUILT_IN
    }

    /// Lays the text of a file over one of them and returns the number of its labels; see [`Vocabulary::lay_over`].
    ///
    /// # Errors
    /// All mistakes of the file; a name that is none of [`Self::NAMES`] is one.
    pub fn lay_over(&mut self, name: &str, text: &str) -> Result<usize, Vec<Mistake>> {
        let Some(table) = self.table_mut(name) else {
            let remedy = format!("give one of `{}`", Self::NAMES.join("`, `"));
            return Err(vec![Mistake { line: 1, message: format!("there is no vocabulary `{name}`"), remedy }]);
        };
        let mut vocabulary = Vocabulary::clone(table);
        let labels = vocabulary.lay_over(text)?;
        *table = Table::Extended(Box::new(vocabulary));
        Ok(labels)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_table_and_words_reach_one_only() {
        for name in Vocabularies::NAMES {
            let mut vocabularies = Vocabularies::default();
            let concept = vocabularies.table_mut(name).unwrap().concepts()[0].name;
            assert_eq!(vocabularies.lay_over(name, &format!("concept\tlabel\n{concept}\tquelque chose")), Ok(1));
            for other in Vocabularies::NAMES {
                let expected = (name == other).then_some(concept);
                assert_eq!(vocabularies.table_mut(other).unwrap().name("Quelque chose"), expected, "{name} {other}");
            }
        }
        assert_eq!(Vocabularies::built_in().sex.name("quelque chose"), None);
        let error = Vocabularies::default().lay_over("sexe", "").unwrap_err();
        assert!(error[0].to_string().starts_with("line 1: there is no vocabulary `sexe`; give one of `basisOfRecord`"));
    }
}
