//! The system of the coordinates of a file.

use serde_json::Value;

/// The system of the coordinates of a file, as far as the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Crs {
    /// Longitude and latitude in WGS 84.
    Wgs84,
    /// The file does not say.
    #[default]
    Unknown,
    /// What PROJ is to be told: `EPSG:2154`, a URN, WKT, PROJJSON.
    Defined(String),
}

impl Crs {
    /// The system of a definition.
    pub fn of_definition(definition: &str) -> Self {
        let definition = definition.trim().trim_start_matches('\u{feff}');
        if definition.is_empty() {
            return Self::Unknown;
        }
        // Letters and digits tell names apart: `GCS_WGS_1984`, `urn:ogc:def:crs:OGC:1.3:CRS84`.
        let key: String =
            definition.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_uppercase).take(60).collect();
        let is_wgs84 = matches!(
            key.as_str(),
            "EPSG4326" | "OGCCRS84" | "CRS84" | "WGS84" | "URNOGCDEFCRSOGC13CRS84" | "URNOGCDEFCRSEPSG4326"
        ) || ["GEOGCSGCSWGS1984", "GEOGCSWGS84", "GEOGCRSWGS84", "GEODCRSWGS84"].iter().any(|start| {
            key.strip_prefix(start).is_some_and(|rest| rest.starts_with("DATUM") || rest.starts_with("ENSEMBLE"))
        });
        if is_wgs84 { Self::Wgs84 } else { Self::Defined(definition.to_owned()) }
    }

    /// The system of the PROJJSON of a GeoParquet column; one that is absent is longitude and latitude in WGS 84, one that is
    /// null is not known (GeoParquet 1.1).
    pub fn of_projjson(crs: Option<&Value>) -> Self {
        let Some(crs) = crs else { return Self::Wgs84 };
        let id = |name: &str| crs.get("id").and_then(|id| id.get(name));
        match crs {
            Value::Null => Self::Unknown,
            _ => match (id("authority").and_then(Value::as_str), id("code")) {
                (Some(authority), Some(Value::Number(code))) => Self::of_definition(&format!("{authority}:{code}")),
                (Some(authority), Some(Value::String(code))) => Self::of_definition(&format!("{authority}:{code}")),
                _ => Self::of_definition(&crs.to_string()),
            },
        }
    }

    /// The `crs` member that GeoJSON had before RFC 7946; without it, longitude and latitude in WGS 84.
    pub fn of_geojson(crs: Option<&Value>) -> Self {
        match crs.and_then(|crs| crs.get("properties")).and_then(|properties| properties.get("name")) {
            Some(Value::String(name)) => Self::of_definition(name),
            _ => Self::Wgs84,
        }
    }

    /// A name for people: `EPSG:2154`, `RGF93_Lambert_93`.
    pub fn name(&self) -> &str {
        match self {
            Self::Wgs84 => "WGS 84",
            Self::Unknown => "unknown",
            // WKT starts with its type and its name between quotes.
            Self::Defined(definition) if definition.contains('[') => definition.split('"').nth(1).unwrap_or("WKT"),
            Self::Defined(definition) if definition.starts_with('{') => "PROJJSON",
            Self::Defined(definition) => definition,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wgs_84_has_many_names() {
        for definition in [
            "EPSG:4326",
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:EPSG::4326",
            r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],UNIT["Degree",0.0174532925199433]]"#,
            r#"GEOGCRS["WGS 84",ENSEMBLE["World Geodetic System 1984 ensemble"]]"#,
        ] {
            assert_eq!(Crs::of_definition(definition), Crs::Wgs84, "{definition}");
        }
        assert_eq!(Crs::of_definition(" "), Crs::Unknown);
        assert_eq!(
            Crs::of_definition(r#"PROJCS["RGF93_Lambert_93",GEOGCS["GCS_RGF_1993"]]"#).name(),
            "RGF93_Lambert_93"
        );
        assert_eq!(Crs::of_definition(r#"GEOGCS["WGS 84 (G2139)",DATUM["x"]]"#).name(), "WGS 84 (G2139)");
        let lambert = serde_json::json!({"id": {"authority": "EPSG", "code": 2154}});
        assert_eq!(Crs::of_projjson(Some(&lambert)), Crs::Defined("EPSG:2154".to_owned()));
        assert_eq!((Crs::of_projjson(Some(&Value::Null)), Crs::of_projjson(None)), (Crs::Unknown, Crs::Wgs84));
        let old = serde_json::json!({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}});
        assert_eq!(Crs::of_geojson(Some(&old)).name(), "urn:ogc:def:crs:EPSG::2154");
    }
}
