//! The communes, departments and cells that a record names.

use hashbrown::HashMap;

use super::gazetteer::Gazetteer;
use crate::parse::letters::{letters, letters_and_digits};
use crate::reference::grid::Side;
use crate::verbatim::Text;
use crate::{Issue, IssueSet, Verbatim};

/// What a record says about its areas. Codes that do not exist are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Given<'a> {
    /// The commune; several when only its name is given and more than one bears it.
    pub(super) communes: Vec<&'a str>,
    /// The arrondissement of Paris, Lyon or Marseille, where the code is that of one.
    pub(super) arrondissement: Option<&'a str>,
    pub(super) department: Option<&'a str>,
    /// What looks like a code of a cell.
    pub(super) cell: Option<&'a str>,
}

/// Reads what is given; combinations that come again are read once.
pub(super) struct GivenReader<'a> {
    gazetteer: &'a Gazetteer,
    location: Text<'a>,
    municipality: Text<'a>,
    county: Text<'a>,
    state: Text<'a>,
    read: HashMap<[Option<&'a str>; 4], (Given<'a>, IssueSet)>,
}

impl<'a> GivenReader<'a> {
    pub(super) fn new(verbatim: &Verbatim<'a>, gazetteer: &'a Gazetteer) -> Self {
        let text = |name| verbatim.text_of(name);
        Self {
            gazetteer,
            location: text("locationID"),
            municipality: text("municipality"),
            county: text("county"),
            state: text("stateProvince"),
            read: HashMap::new(),
        }
    }

    /// What a row says. Without a country, names are too weak: only codes with a scheme count.
    pub(super) fn read(&mut self, row: usize, in_france: bool, issues: &mut IssueSet) -> Given<'a> {
        let texts = [&self.location, &self.municipality, &self.county, &self.state].map(|text| text.value(row));
        if texts == [None; 4] {
            return Given::default();
        }
        let [location, municipality, county, state] = texts;
        let key = if in_france { texts } else { [location, None, None, None] };
        let gazetteer = self.gazetteer;
        let (given, found) = self.read.entry(key).or_insert_with(|| {
            let mut issues = IssueSet::new();
            let given = if in_france {
                interpret(gazetteer, location, municipality, county, state, &mut issues)
            } else {
                interpret(gazetteer, location.filter(|text| names_cell(text)), None, None, None, &mut issues)
            };
            (given, issues)
        });
        issues.extend(*found);
        given.clone()
    }
}

fn interpret<'a>(
    gazetteer: &'a Gazetteer,
    location: Option<&'a str>,
    municipality: Option<&'a str>,
    county: Option<&'a str>,
    state: Option<&'a str>,
    issues: &mut IssueSet,
) -> Given<'a> {
    let mut given = Given::default();
    let mut commune = None;
    let mut department = None;
    for code in location.iter().flat_map(|text| codes_of(text)) {
        let plain = plain(code);
        if looks_like_cell(plain) {
            given.cell = given.cell.or(Some(plain));
        } else if looks_like_commune(plain) || (is_code_of_commune(plain) && names_insee(code)) {
            commune = commune.or(Some(plain));
        } else if looks_like_department(plain) && names_department(code) {
            department = department.or(Some(plain));
        } else if let Some(iso) = plain.strip_prefix("FR-").filter(|iso| looks_like_department(iso)) {
            department = department.or(Some(iso));
        }
    }
    // A code anywhere in the text: `75056`, `Paris (75056)`, `01 - Ain`.
    commune = commune.or_else(|| municipality.and_then(|text| codes(text).find(|code| is_code_of_commune(code))));
    if let Some(code) = commune {
        match gazetteer.commune_of_code(code) {
            Some(found) => {
                given.communes.push(found.code);
                given.arrondissement = found.arrondissement;
                issues.raise_if(found.was_cut, Issue::CommuneInvalid);
                issues.raise_if(found.was_replaced, Issue::CommuneCodeReplaced);
            }
            None => issues.raise(Issue::CommuneInvalid),
        }
    }
    for text in [county, state].into_iter().flatten() {
        department = department.or_else(|| codes(text).find(|code| looks_like_department(code)));
    }
    given.department = match department {
        Some(code) => {
            let found = gazetteer.department_of_code(code);
            issues.raise_if(found.is_none(), Issue::DepartmentInvalid);
            found
        }
        None => [county, state].into_iter().flatten().find_map(|text| gazetteer.department_named(text)),
    };
    if commune.is_none()
        && let Some(named) = municipality.and_then(|text| gazetteer.communes_named(text))
    {
        let here = |code: &&str| given.department.is_none_or(|given| gazetteer.department_of(code) == Some(given));
        let all = || named.iter().map(String::as_str);
        given.communes = all().filter(here).collect();
        if given.communes.is_empty() {
            issues.raise(Issue::CommuneDepartmentMismatch);
            given.communes = all().collect();
        }
    } else if let ([commune], Some(department)) = (given.communes.as_slice(), given.department) {
        let other = gazetteer.department_of(commune) != Some(department);
        issues.raise_if(other, Issue::CommuneDepartmentMismatch);
    }
    given
}

/// The codes of `locationID`, each with its scheme.
fn codes_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(['|', ',', ';']).map(str::trim)
}

/// A code without its scheme.
fn plain(code: &str) -> &str {
    code.rsplit([':', '/', '=', ' ']).next().unwrap_or(code)
}

fn names_cell(text: &str) -> bool {
    codes_of(text).any(|code| looks_like_cell(plain(code)))
}

/// A size, then the letter of a projection: `10kmL93`, `1kmUTM40`.
fn looks_like_cell(code: &str) -> bool {
    let side = Side::of_code(code).filter(|side| Side::ALL.contains(side));
    let system = side.and_then(|side| code.strip_prefix(side.prefix()));
    system.is_some_and(|system| system.starts_with(|letter: char| letter.is_ascii_uppercase()))
}

/// Words of a text that hold a digit.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.contains(|letter: char| letter.is_ascii_digit()))
}

fn is_code_of_commune(code: &str) -> bool {
    looks_like_commune(code) || (code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Five characters: digits, but `2A` or `2B` at the start for Corsica.
pub(super) fn looks_like_commune(code: &str) -> bool {
    let bytes = code.as_bytes();
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    match bytes {
        [b'2', b'A' | b'B' | b'a' | b'b', rest @ ..] => rest.len() == 3 && digits(rest),
        _ => bytes.len() == 5 && digits(bytes),
    }
}

pub(super) fn looks_like_department(code: &str) -> bool {
    let number = code.parse::<u32>().ok();
    matches!(code.to_ascii_uppercase().as_str(), "2A" | "2B" | "69M" | "69D")
        || (code.len() <= 2 && number.is_some())
        || (code.len() == 3 && number.is_some_and(|number| (971..=989).contains(&number)))
}

/// Whether a scheme says that a short code is that of a department: `INSEE:75`, `DEP75` would be anything without it.
fn names_department(code: &str) -> bool {
    let lower = code.to_ascii_lowercase();
    ["insee", "dep", "dpt"].iter().any(|scheme| lower.contains(scheme))
}

/// Whether a scheme says that a code of four figures is one of INSEE that has lost its zero.
fn names_insee(code: &str) -> bool {
    code.to_ascii_lowercase().contains("insee")
}

/// The key of a name: without accents, articles' case and punctuation; `Saint` may be shortened.
pub(super) fn name_key(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).map(|word| match letters(word).as_str() {
        "ST" => "SAINT".to_owned(),
        "STE" => "SAINTE".to_owned(),
        _ => letters_and_digits(word),
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer::commune_of_arrondissement;
    use super::*;

    #[test]
    fn shapes_of_codes() {
        assert!(looks_like_commune("75056") && looks_like_commune("2A004"));
        assert!(!looks_like_commune("7505") && !looks_like_commune("2C004") && !looks_like_commune("éé1"));
        assert!(looks_like_department("01") && looks_like_department("2a") && looks_like_department("974"));
        assert!(!looks_like_department("123") && !looks_like_department("Ain"));
        assert_eq!(commune_of_arrondissement("75105"), Some("75056"));
        assert_eq!(commune_of_arrondissement("75056"), None);
        assert_eq!(name_key("St-Étienne-du-Bois"), name_key("SAINT ETIENNE DU BOIS"));
    }
}
