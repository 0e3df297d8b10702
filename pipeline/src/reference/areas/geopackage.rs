//! GeoPackage: an SQLite database with a table for each layer.

use std::path::Path;

use geozero::GeozeroGeometry;
use geozero::wkb::GpkgWkb;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::crs::Crs;
use super::feature::{Contents, Shape, ShapeBuilder, Wanted};
use super::source;
use crate::error::{Error, Result};

/// Reads a layer.
///
/// # Errors
/// When it is no GeoPackage, or has several layers and none is named.
pub fn read(path: &Path, wanted: Wanted<'_>) -> Result<Contents> {
    let wrong = |error: rusqlite::Error| Error::usage("the file is not a GeoPackage").caused_by(error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags).map_err(wrong)?;
    let mut layers: Vec<(String, String, i64)> = Vec::new();
    let mut statement = database
        .prepare("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns ORDER BY table_name")
        .map_err(wrong)?;
    for row in statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(wrong)? {
        layers.push(row.map_err(wrong)?);
    }
    let names: Vec<String> = layers.iter().map(|(name, _, _)| name.clone()).collect();
    let name = source::one_of(&names, wanted.layer)?;
    let Some((_, geometry, system)) = layers.into_iter().find(|(layer, _, _)| *layer == name) else {
        return Err(Error::bug("a layer of a GeoPackage was lost"));
    };
    let mut contents = Contents { crs: crs(&database, system).map_err(wrong)?, ..Contents::default() };
    // A name in an identifier has its quotes doubled; tables and columns cannot be bound as parameters.
    let mut statement = database.prepare(&format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""))).map_err(wrong)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    contents.properties = columns.iter().filter(|column| **column != geometry).cloned().collect();
    let position = |name: &str| columns.iter().position(|column| column == name);
    let geometry =
        position(&geometry).ok_or_else(|| Error::usage(format!("the layer {name} has no column {geometry}")))?;
    let mut rows = statement.query([]).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        let shape = match row.get_ref(geometry).map_err(wrong)? {
            ValueRef::Blob(bytes) => {
                let mut builder = ShapeBuilder::default();
                GpkgWkb(bytes).process_geom(&mut builder).map_err(|error| {
                    let number = contents.features.len() + 1;
                    Error::usage(format!("the geometry of feature {number} is not valid")).caused_by(error)
                })?;
                builder.finish()
            }
            _ => Shape::Missing,
        };
        let property = |name: &str| match row.get_ref(position(name)?).ok()? {
            ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(number.to_string()),
            _ => None,
        };
        contents.add(wanted, property, shape);
    }
    Ok(contents)
}

/// The system of a number; 0 and -1 are systems that are not known (GeoPackage 1.4, 1.1.2.1.2).
fn crs(database: &Connection, system: i64) -> rusqlite::Result<Crs> {
    let known: Option<(String, i64, String)> = database
        .query_row(
            "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
            [system],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    Ok(match known {
        Some((organization, code, _)) if organization.eq_ignore_ascii_case("EPSG") => {
            Crs::of_definition(&format!("EPSG:{code}"))
        }
        Some((_, _, definition)) if system > 0 && definition != "undefined" => Crs::of_definition(&definition),
        _ => Crs::Unknown,
    })
}
