//! The departments and collectivities of France as facts: names, regions, territories.
//!
//! Outlines are a layer ([`super::areas`]); what follows from a code alone stands here, so that a record that names its
//! department has a region and a territory without any layer.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// A department, or a collectivity that bears the code of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Department {
    /// Code of INSEE: `01`, `2A`, `974`, `988`.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Code of INSEE of the region since 2016; `None` for collectivities.
    pub region: Option<&'static str>,
    /// Name of the region.
    pub region_name: Option<&'static str>,
    /// Code of INSEE of the region before 2016, which legal texts of that time still name.
    pub region_before_2016: Option<&'static str>,
    /// The column of TAXREF with the status of a taxon there: `FR`, `GUA`, `REU`.
    pub territory: &'static str,
    /// ISO 3166-1 alpha-2: overseas departments have their own code.
    pub country: &'static str,
}

static DEPARTMENTS: LazyLock<HashMap<&'static str, Department>> = LazyLock::new(|| {
    let table = include_str!("../vocabulary/department.tsv").lines();
    table.filter(|line| !line.starts_with('#')).skip(1).filter_map(read).map(|one| (one.code, one)).collect()
});

fn read(line: &'static str) -> Option<Department> {
    let mut cells = line.split('\t');
    let mut cell = || cells.next();
    let optional = |cell: &'static str| Some(cell).filter(|cell| !cell.is_empty());
    Some(Department {
        code: cell()?,
        name: cell()?,
        region: optional(cell()?),
        region_name: optional(cell()?),
        region_before_2016: optional(cell()?),
        territory: cell()?,
        country: cell()?,
    })
}

/// The department of a code of INSEE.
pub fn department(code: &str) -> Option<&'static Department> {
    DEPARTMENTS.get(code)
}

/// All of them, by code.
pub fn all() -> impl Iterator<Item = &'static Department> {
    let mut all: Vec<&'static Department> = DEPARTMENTS.values().collect();
    all.sort_unstable_by_key(|one| one.code);
    all.into_iter()
}

/// The department of a commune: the first two characters of its code, three overseas.
pub fn department_code_of_commune(commune: &str) -> Option<&str> {
    commune.get(..if commune.starts_with("97") || commune.starts_with("98") { 3 } else { 2 })
}

/// The department or collectivity that a country of ISO 3166-1 is: 974 for `RE`; none for `FR`, which has many.
pub fn department_of_country(country: &str) -> Option<&'static Department> {
    DEPARTMENTS.values().find(|one| country != "FR" && one.country == country)
}

/// The column of TAXREF for a country: `FR` for `FR`, `GUA` for `GP`; `None` outside France.
pub fn territory_of_country(country: &str) -> Option<&'static str> {
    match country {
        "FR" => Some("FR"),
        _ => department_of_country(country).map(|one| one.territory),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_line_is_read() {
        assert_eq!(DEPARTMENTS.len(), 109);
        assert_eq!(DEPARTMENTS.values().filter(|one| one.region.is_some()).count(), 101);
        let regions: hashbrown::HashSet<_> = DEPARTMENTS.values().filter_map(|one| one.region).collect();
        assert_eq!(regions.len(), 18);
        let before: hashbrown::HashSet<_> = DEPARTMENTS.values().filter_map(|one| one.region_before_2016).collect();
        assert_eq!(before.len(), 27);
    }

    #[test]
    fn what_follows_from_a_code() {
        let ajaccio = department(department_code_of_commune("2A004").unwrap()).unwrap();
        assert_eq!((ajaccio.name, ajaccio.region_name), ("Corse-du-Sud", Some("Corse")));
        let noumea = department(department_code_of_commune("98818").unwrap()).unwrap();
        assert_eq!((noumea.territory, noumea.region), ("NC", None));
        assert_eq!(department("20"), None);
        for (country, territory) in
            [("FR", Some("FR")), ("RE", Some("REU")), ("TF", Some("TAAF")), ("CP", Some("CLI")), ("BE", None)]
        {
            assert_eq!(territory_of_country(country), territory);
        }
    }
}
