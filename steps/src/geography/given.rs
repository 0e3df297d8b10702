//! The communes, departments and cells that a record names.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::parse::letters::{letters, letters_and_digits};
use crate::reference::areas::{Area, Areas};
use crate::verbatim::Text;
use crate::{Issue, IssueSet, Verbatim};

/// Codes of departments, and of what stands for one overseas, where there is no layer to ask.
const OVERSEAS: &[&str] = &["971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988", "989"];
/// First and last arrondissement of the communes that have some, and the commune.
const ARRONDISSEMENTS: &[(u32, u32, &str)] =
    &[(75101, 75120, "75056"), (69381, 69389, "69123"), (13201, 13216, "13055")];

/// Communes and departments by code, by name and by point.
#[derive(Debug)]
pub(super) struct Gazetteer {
    communes: Option<Arc<Areas>>,
    departments: Option<Arc<Areas>>,
    /// Codes by key of the name, in order.
    communes_by_name: HashMap<String, Vec<String>>,
    departments_by_name: HashMap<String, String>,
}

impl Gazetteer {
    pub(super) fn new(communes: Option<Arc<Areas>>, departments: Option<Arc<Areas>>) -> Self {
        let mut communes_by_name: HashMap<String, Vec<String>> = HashMap::new();
        for area in communes.iter().flat_map(|areas| areas.iter()) {
            communes_by_name.entry(name_key(&area.name)).or_default().push(area.code.clone());
        }
        let named = |area: &Area| (name_key(&area.name), area.code.clone());
        let departments_by_name = departments.iter().flat_map(|areas| areas.iter()).map(named).collect();
        Self { communes, departments, communes_by_name, departments_by_name }
    }

    pub(super) fn communes(&self) -> Option<&Areas> {
        self.communes.as_deref()
    }

    pub(super) fn departments(&self) -> Option<&Areas> {
        self.departments.as_deref()
    }

    /// The commune at a point, with its name.
    pub(super) fn commune_at(&self, longitude: f64, latitude: f64) -> Option<(&str, Option<&str>)> {
        let area = self.communes()?.at(longitude, latitude)?;
        Some(match commune_of_arrondissement(&area.code) {
            Some(commune) => (commune, self.commune_name(commune)),
            None => (area.code.as_str(), Some(area.name.as_str())),
        })
    }

    pub(super) fn department_at(&self, longitude: f64, latitude: f64) -> Option<&str> {
        Some(self.departments()?.at(longitude, latitude)?.code.as_str())
    }

    pub(super) fn nearest(&self, longitude: f64, latitude: f64, max_metres: f64) -> Option<(&str, f64)> {
        let (area, metres) = self.communes()?.nearest(longitude, latitude, max_metres)?;
        Some((commune_of_arrondissement(&area.code).unwrap_or(&area.code), metres))
    }

    pub(super) fn commune_name(&self, code: &str) -> Option<&str> {
        Some(self.communes()?.get(code)?.name.as_str())
    }

    pub(super) fn department_name(&self, code: &str) -> Option<&str> {
        Some(self.departments()?.get(code)?.name.as_str())
    }

    /// The department of a commune: the first two characters of the code, three overseas.
    pub(super) fn department_of<'a>(&self, commune: &'a str) -> Option<&'a str> {
        let length = if commune.starts_with("97") || commune.starts_with("98") { 3 } else { 2 };
        commune.get(..length)
    }

    fn is_commune(&self, code: &str) -> bool {
        self.communes().map_or_else(|| looks_like_commune(code), |communes| communes.get(code).is_some())
    }

    fn is_department(&self, code: &str) -> bool {
        self.departments().map_or_else(
            || looks_like_department(code),
            |departments| departments.get(code).is_some() || OVERSEAS.contains(&code),
        )
    }
}

/// What a record says about its areas. Codes that do not exist are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Given<'a> {
    /// The commune; several when only its name is given and more than one bears it.
    pub(super) communes: Vec<&'a str>,
    pub(super) department: Option<&'a str>,
    /// What looks like a code of a cell of 10 km.
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
                interpret(gazetteer, location.filter(|text| text.contains("10km")), None, None, None, &mut issues)
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
    for code in location.iter().flat_map(|text| text.split(['|', ',', ';'])).map(str::trim) {
        let plain = code.rsplit([':', '/', '=', ' ']).next().unwrap_or(code);
        if plain.starts_with("10km") {
            given.cell = given.cell.or(Some(plain));
        } else if looks_like_commune(plain) {
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
        match commune_of_code(gazetteer, code) {
            Some((found, as_given)) => {
                given.communes.push(found);
                issues.raise_if(!as_given, Issue::CommuneInvalid);
            }
            None => issues.raise(Issue::CommuneInvalid),
        }
    }
    for text in [county, state].into_iter().flatten() {
        department = department.or_else(|| codes(text).find(|code| looks_like_department(code)));
    }
    given.department = match department {
        Some(code) => {
            let found = department_of_code(gazetteer, code);
            issues.raise_if(found.is_none(), Issue::DepartmentInvalid);
            found
        }
        None => [county, state]
            .into_iter()
            .flatten()
            .find_map(|text| gazetteer.departments_by_name.get(&name_key(text)).map(String::as_str)),
    };
    if commune.is_none()
        && let Some(named) = municipality.and_then(|text| gazetteer.communes_by_name.get(&name_key(text)))
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

/// The commune of a code, and whether the code was whole: a leading zero gets lost in spreadsheets.
fn commune_of_code<'a>(gazetteer: &'a Gazetteer, code: &'a str) -> Option<(&'a str, bool)> {
    if let Some(commune) = commune_of_arrondissement(code) {
        return Some((commune, true));
    }
    if gazetteer.is_commune(code) {
        return Some((code, true));
    }
    let layer = gazetteer.communes()?;
    let upper = code.to_ascii_uppercase();
    let whole = if code.len() == 4 { format!("0{upper}") } else { upper };
    layer.get(&whole).map(|area| (area.code.as_str(), whole.len() == code.len()))
}

/// The department of a code: `1` is `01`, and the metropolis of Lyon lies in the Rhône.
fn department_of_code<'a>(gazetteer: &'a Gazetteer, code: &'a str) -> Option<&'a str> {
    if gazetteer.is_department(code) {
        return Some(code);
    }
    let upper = code.to_ascii_uppercase();
    let whole = match upper.as_str() {
        "69M" | "69D" => "69".to_owned(),
        one if one.len() == 1 => format!("0{one}"),
        _ => upper,
    };
    gazetteer.departments()?.get(&whole).map(|area| area.code.as_str())
}

fn commune_of_arrondissement(code: &str) -> Option<&'static str> {
    if !code.starts_with("751") && !code.starts_with("6938") && !code.starts_with("132") {
        return None;
    }
    let number: u32 = code.parse().ok()?;
    ARRONDISSEMENTS.iter().find(|(first, last, _)| (*first..=*last).contains(&number)).map(|(.., commune)| *commune)
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
fn looks_like_commune(code: &str) -> bool {
    let bytes = code.as_bytes();
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    match bytes {
        [b'2', b'A' | b'B' | b'a' | b'b', rest @ ..] => rest.len() == 3 && digits(rest),
        _ => bytes.len() == 5 && digits(bytes),
    }
}

fn looks_like_department(code: &str) -> bool {
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

/// The key of a name: without accents, articles' case and punctuation; `Saint` may be shortened.
fn name_key(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).map(|word| match letters(word).as_str() {
        "ST" => "SAINT".to_owned(),
        "STE" => "SAINTE".to_owned(),
        _ => letters_and_digits(word),
    });
    words.collect()
}

#[cfg(test)]
mod tests {
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
