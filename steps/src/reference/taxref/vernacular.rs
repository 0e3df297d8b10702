//! Vernacular names of the file TAXVERN, which has a row for each name of each language.

use super::{MissingColumn, column_of, integer};

/// A language whose vernacular names records show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Language {
    French,
    English,
}

/// Where the columns of TAXVERN stand.
#[derive(Debug, Clone, Copy)]
pub struct VernacularColumns {
    cd_nom: usize,
    name: usize,
    language: Option<usize>,
    iso: Option<usize>,
}

impl VernacularColumns {
    /// Finds the columns by name.
    ///
    /// # Errors
    /// When CD_NOM or LB_VERN is missing.
    pub fn new(header: &[&str]) -> Result<Self, MissingColumn> {
        let required = |name| column_of(header, name).ok_or(MissingColumn(name));
        Ok(Self {
            cd_nom: required("CD_NOM")?,
            name: required("LB_VERN")?,
            language: column_of(header, "LANGUE"),
            iso: column_of(header, "ISO639_3"),
        })
    }

    /// CD_NOM, language and name of a record; `None` for other languages and for what cannot be read.
    pub(super) fn read<'a>(&self, record: &[&'a str]) -> Option<(i32, Language, &'a str)> {
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).map_or("", |cell| cell.trim());
        let language = match (cell(self.iso), cell(self.language).to_lowercase().as_str()) {
            ("fra", _) | ("", "français" | "francais" | "") => Language::French,
            ("eng", _) | ("", "anglais") => Language::English,
            _ => return None,
        };
        let name = cell(Some(self.name));
        Some((integer(cell(Some(self.cd_nom)))?, language, name)).filter(|_| !name.is_empty())
    }
}
