//! The regions by which GBIF's participants are organised.

use crate::parse::continent::Continent;
use crate::parse::country::Country;

/// A region of GBIF: <https://www.gbif.org/the-gbif-network>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Africa.
    Africa,
    /// Asia, but for its part in [`Region::Europe`].
    Asia,
    /// Europe and Central Asia.
    Europe,
    /// Canada, the United States, Greenland, Saint Pierre and Miquelon.
    NorthAmerica,
    /// Latin America and the Caribbean.
    LatinAmerica,
    /// Oceania.
    Oceania,
    /// Antarctica and the islands around it.
    Antarctica,
}

/// Countries of Asia in the region Europe and Central Asia.
const EUROPE_AND_CENTRAL_ASIA: [&str; 11] = ["AM", "AZ", "CY", "GE", "IL", "KZ", "KG", "TJ", "TM", "TR", "UZ"];
/// Countries of the continent North America that are not in Latin America and the Caribbean.
const NORTH_AMERICA: [&str; 4] = ["CA", "GL", "PM", "US"];

impl Region {
    /// The region of a country; none for the codes that stand for no country.
    pub fn of_country(country: &Country) -> Option<Self> {
        Some(match country.continents.first()? {
            Continent::Africa => Self::Africa,
            Continent::Antarctica => Self::Antarctica,
            Continent::Asia | Continent::Europe if EUROPE_AND_CENTRAL_ASIA.contains(&country.code) => Self::Europe,
            Continent::Asia => Self::Asia,
            Continent::Europe => Self::Europe,
            Continent::NorthAmerica if NORTH_AMERICA.contains(&country.code) => Self::NorthAmerica,
            Continent::NorthAmerica | Continent::SouthAmerica => Self::LatinAmerica,
            Continent::Oceania => Self::Oceania,
        })
    }

    /// The name in GBIF's enumeration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Africa => "AFRICA",
            Self::Asia => "ASIA",
            Self::Europe => "EUROPE",
            Self::NorthAmerica => "NORTH_AMERICA",
            Self::LatinAmerica => "LATIN_AMERICA",
            Self::Oceania => "OCEANIA",
            Self::Antarctica => "ANTARCTICA",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::parse::country::of_code;

    #[test]
    fn regions_are_not_continents() {
        for (code, region) in [
            ("FR", Region::Europe),
            ("RE", Region::Africa),
            ("TF", Region::Antarctica),
            ("GF", Region::LatinAmerica),
            ("MX", Region::LatinAmerica),
            ("PM", Region::NorthAmerica),
            ("TR", Region::Europe),
            ("IR", Region::Asia),
            ("NC", Region::Oceania),
        ] {
            assert_eq!(Region::of_country(of_code(code).unwrap()), Some(region), "{code}");
        }
        assert_eq!(Region::of_country(of_code("ZZ").unwrap()), None);
    }
}
