//! Where a record is, for TAXREF and for BDC_STATUTS: the territory, and the areas that statuses apply in.
//!
//! Areas of statuses are codes (CD_SIG): `ETATFRA` France as a whole, `TERFXFR` mainland France, `INSEEDxx` a department,
//! `INSEENRxx` a region, `INSEERxx` a region as it was before 2016, `INSEETxxx` and `TERxxx` a department or collectivity
//! overseas, `INSEECxxxxx` a commune. The districts of the TAAF are `TER984A` to `TER984C`.

use super::departments::{
    Department, department, department_code_of_commune, department_of_country, territory_of_country,
};

/// Where a record is, as far as statuses ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    commune: Option<&'a str>,
    department: Option<&'static Department>,
    territory: Option<&'static str>,
    /// Another country than France.
    abroad: bool,
}

impl<'a> Place<'a> {
    /// The place of the codes that a record has; a department follows from a commune, overseas from the country,
    /// and a territory from any of them.
    pub fn of(department_code: Option<&str>, commune: Option<&'a str>, country: Option<&str>) -> Self {
        let of_commune = || commune.and_then(department_code_of_commune).and_then(department);
        let of_country = || country.and_then(department_of_country);
        let found = department_code.and_then(department).or_else(of_commune).or_else(of_country);
        let territory = match found {
            Some(found) => Some(commune.and_then(district).map_or(found.territory, |district| district.territory)),
            None => country.and_then(territory_of_country),
        };
        Self { commune, department: found, territory, abroad: territory.is_none() && country.is_some() }
    }

    /// The column of TAXREF: `FR`, `REU`; `None` where the place is not known or not in France.
    pub fn territory(&self) -> Option<&'static str> {
        self.territory
    }

    /// Whether an area (CD_SIG) holds the place. What is not known holds nothing but France as a whole.
    pub fn is_in(&self, area: &str) -> bool {
        match area {
            "ETATFRA" => return !self.abroad,
            "TERFXFR" => return self.territory == Some("FR"),
            _ => {}
        }
        let is_department = |code: &str| self.department.is_some_and(|department| department.code == code);
        let is_region = |of: fn(&Department) -> Option<&'static str>, code: &str| {
            self.department.and_then(of).is_some_and(|region| region == code)
        };
        if let Some(code) = area.strip_prefix("INSEEC") {
            self.commune == Some(code)
        } else if let Some(code) = area.strip_prefix("INSEED") {
            is_department(code)
        } else if let Some(code) = area.strip_prefix("INSEENR") {
            is_region(|department| department.region, code)
        } else if let Some(code) = area.strip_prefix("INSEER") {
            is_region(|department| department.region_before_2016, code)
        } else if let Some(code) = area.strip_prefix("INSEET").or_else(|| area.strip_prefix("TER")) {
            is_department(code) || self.commune.and_then(district).is_some_and(|district| district.area == code)
        } else {
            false
        }
    }
}

/// Whether an area is one that a record can be in, as far as its code tells.
pub fn is_known(area: &str) -> bool {
    let any = |of: fn(&Department, &str) -> bool, code: &str| super::departments::all().any(|one| of(one, code));
    match area {
        "ETATFRA" | "TERFXFR" => true,
        _ => {
            if let Some(code) = area.strip_prefix("INSEEC") {
                code.len() == 5 && department_code_of_commune(code).and_then(department).is_some()
            } else if let Some(code) = area.strip_prefix("INSEED") {
                department(code).is_some()
            } else if let Some(code) = area.strip_prefix("INSEENR") {
                any(|one, code| one.region == Some(code), code)
            } else if let Some(code) = area.strip_prefix("INSEER") {
                any(|one, code| one.region_before_2016 == Some(code), code)
            } else if let Some(code) = area.strip_prefix("INSEET").or_else(|| area.strip_prefix("TER")) {
                department(code).is_some() || DISTRICTS.iter().any(|district| district.area == code)
            } else {
                false
            }
        }
    }
}

/// A district of the TAAF, which has communes of INSEE but no department of its own.
struct District {
    communes: &'static [&'static str],
    /// Column of TAXREF.
    territory: &'static str,
    /// Code after `TER` in BDC_STATUTS.
    area: &'static str,
}

/// Saint-Paul and Amsterdam, Crozet, Kerguelen; Scattered Islands; Adélie Land.
const DISTRICTS: [District; 3] = [
    District { communes: &["98411", "98412", "98413"], territory: "SA", area: "984A" },
    District { communes: &["98415"], territory: "EPA", area: "984B" },
    District { communes: &["98414"], territory: "TA", area: "984C" },
];

fn district(commune: &str) -> Option<&'static District> {
    DISTRICTS.iter().find(|district| district.communes.contains(&commune))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn territories_follow_from_the_finest_code() {
        let territory = |department, commune, country| Place::of(department, commune, country).territory();
        assert_eq!(territory(Some("38"), Some("38185"), Some("FR")), Some("FR"));
        assert_eq!(territory(Some("974"), None, Some("FR")), Some("REU"));
        assert_eq!(territory(None, Some("97105"), None), Some("GUA"));
        assert_eq!(territory(None, None, Some("RE")), Some("REU"));
        assert_eq!(territory(Some("984"), None, Some("TF")), Some("TAAF"));
        assert_eq!(territory(Some("984"), Some("98414"), Some("TF")), Some("TA"));
        assert_eq!(territory(None, None, Some("BE")), None);
        assert_eq!(territory(None, None, None), None);
    }

    #[test]
    fn areas_hold_places() {
        let areas = |place: Place<'_>| {
            let all = [
                "ETATFRA",
                "TERFXFR",
                "INSEED38",
                "INSEENR84",
                "INSEER82",
                "INSEEC38185",
                "INSEED26",
                "INSEET974",
                "TER974",
                "INSEER04",
                "TER984C",
                "WORLD",
                "",
            ];
            all.into_iter().filter(|area| place.is_in(area)).collect::<Vec<_>>()
        };
        assert_eq!(
            areas(Place::of(Some("38"), Some("38185"), Some("FR"))),
            ["ETATFRA", "TERFXFR", "INSEED38", "INSEENR84", "INSEER82", "INSEEC38185"]
        );
        assert_eq!(areas(Place::of(Some("974"), None, None)), ["ETATFRA", "INSEET974", "TER974", "INSEER04"]);
        assert_eq!(areas(Place::of(None, None, Some("RE"))), ["ETATFRA", "INSEET974", "TER974", "INSEER04"]);
        assert_eq!(areas(Place::of(Some("984"), Some("98414"), None)), ["ETATFRA", "TER984C"]);
        assert_eq!(areas(Place::of(None, None, Some("FR"))), ["ETATFRA", "TERFXFR"]);
        assert_eq!(areas(Place::of(None, None, None)), ["ETATFRA"]);
        assert!(areas(Place::of(None, None, Some("BE"))).is_empty());
        for (area, known) in
            [("INSEENR84", true), ("INSEER82", true), ("TER984A", true), ("INSEENR00", false), ("X", false)]
        {
            assert_eq!(is_known(area), known, "{area}");
        }
    }
}
