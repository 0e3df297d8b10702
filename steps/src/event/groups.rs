//! The terms that an event takes from the events above it, in groups that are taken whole.
//!
//! Coordinates without the datum they are in, or a day without its year, say something else: what belongs together comes
//! from one event. Which groups there are, and what it takes to have one, is the table [`GROUPS`].

/// Terms that come from one event or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(usize)]
pub enum Group {
    /// Coordinates in every notation, their system, precision and origin, and footprints.
    Coordinates,
    /// Country, continent and the administrative areas below.
    AdministrativeArea,
    /// The identifier of the place.
    LocationId,
    /// Seas, lakes, islands and the list of all areas above.
    WaterAndIslands,
    /// The place in words.
    Locality,
    /// Elevation, depth, distance above the surface.
    Height,
    /// The day, month or year.
    Date,
    /// The time of the day.
    Time,
}

/// What a group consists of.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The group.
    pub group: Group,
    /// Its terms.
    pub terms: &'static [&'static str],
    /// Sets of terms of which one must be given entirely for an event to have the group; any term will do when there are none.
    pub enough: &'static [&'static [&'static str]],
    /// Terms that are of no use without others of the group: one coordinate, a day without its year.
    pub halves: &'static [&'static str],
    /// The group that this one describes: an event that has that one does not take this one from above, because it was said
    /// of another place or day.
    pub describes: Option<Group>,
}

/// Number of groups.
pub const COUNT: usize = 8;

/// Every group, in the order of [`Group`].
pub const GROUPS: [Rule; COUNT] = [
    Rule {
        group: Group::Coordinates,
        terms: &[
            "decimalLatitude",
            "decimalLongitude",
            "geodeticDatum",
            "coordinateUncertaintyInMeters",
            "coordinatePrecision",
            "pointRadiusSpatialFit",
            "verbatimCoordinates",
            "verbatimLatitude",
            "verbatimLongitude",
            "verbatimCoordinateSystem",
            "verbatimSRS",
            "footprintWKT",
            "footprintSRS",
            "footprintSpatialFit",
            "georeferencedBy",
            "georeferencedDate",
            "georeferenceProtocol",
            "georeferenceSources",
            "georeferenceRemarks",
            "georeferenceVerificationStatus",
        ],
        enough: &[
            &["decimalLatitude", "decimalLongitude"],
            &["verbatimLatitude", "verbatimLongitude"],
            &["verbatimCoordinates"],
            &["footprintWKT"],
        ],
        halves: &["decimalLatitude", "decimalLongitude", "verbatimLatitude", "verbatimLongitude"],
        describes: None,
    },
    // Country and areas are held against the coordinates, which may be swapped or negated to agree with them.
    Rule {
        group: Group::AdministrativeArea,
        terms: &["continent", "country", "countryCode", "stateProvince", "county", "municipality"],
        enough: &[],
        halves: &[],
        describes: Some(Group::Coordinates),
    },
    Rule {
        group: Group::LocationId,
        terms: &["locationID"],
        enough: &[],
        halves: &[],
        describes: Some(Group::Coordinates),
    },
    Rule {
        group: Group::WaterAndIslands,
        terms: &["higherGeographyID", "higherGeography", "waterBody", "islandGroup", "island"],
        enough: &[],
        halves: &[],
        describes: None,
    },
    Rule {
        group: Group::Locality,
        terms: &["locality", "verbatimLocality", "locationAccordingTo", "locationRemarks"],
        enough: &[&["locality"], &["verbatimLocality"]],
        halves: &[],
        describes: None,
    },
    Rule {
        group: Group::Height,
        terms: &[
            "minimumElevationInMeters",
            "maximumElevationInMeters",
            "verbatimElevation",
            "verticalDatum",
            "minimumDepthInMeters",
            "maximumDepthInMeters",
            "verbatimDepth",
            "minimumDistanceAboveSurfaceInMeters",
            "maximumDistanceAboveSurfaceInMeters",
        ],
        enough: &[],
        halves: &[],
        describes: Some(Group::Coordinates),
    },
    Rule {
        group: Group::Date,
        terms: &["eventDate", "year", "month", "day", "startDayOfYear", "endDayOfYear", "verbatimEventDate"],
        enough: &[&["eventDate"], &["year"], &["verbatimEventDate"]],
        halves: &["month", "day", "startDayOfYear", "endDayOfYear"],
        describes: None,
    },
    Rule { group: Group::Time, terms: &["eventTime"], enough: &[], halves: &[], describes: Some(Group::Date) },
];

impl Group {
    /// What the group consists of.
    pub fn rule(self) -> &'static Rule {
        &GROUPS[self as usize]
    }

    /// The group of a term.
    pub fn of_term(term: &str) -> Option<Self> {
        GROUPS.iter().find(|rule| rule.terms.contains(&term)).map(|rule| rule.group)
    }

    /// Whether the group tells where an event was; the others tell when.
    pub fn is_of_the_place(self) -> bool {
        !matches!(self, Self::Date | Self::Time)
    }
}

/// Every term of every group.
pub fn terms() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|rule| rule.terms.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_order_and_each_term_has_one_group() {
        let mut seen = BTreeSet::new();
        for (position, rule) in GROUPS.iter().enumerate() {
            assert_eq!(rule.group as usize, position);
            assert!(rule.terms.iter().all(|term| seen.insert(*term)));
            let named = rule.enough.iter().flat_map(|set| set.iter()).chain(rule.halves);
            assert!(named.into_iter().all(|term| rule.terms.contains(term)));
            assert!(!rule.enough.iter().any(|set| set.len() == 1 && rule.halves.contains(&set[0])));
            // What a group describes stands before it, and describes nothing itself.
            assert!(rule.describes.is_none_or(|other| (other as usize) < position && other.rule().describes.is_none()));
        }
        assert_eq!(Group::of_term("footprintWKT"), Some(Group::Coordinates));
        assert_eq!(Group::of_term("scientificName"), None);
    }
}
