//! Shapefile: shapes in `.shp`, their properties in `.dbf`, the system of coordinates in `.prj`, the encoding of text in `.cpg`.

use std::io::Cursor;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use geo::{BoundingRect, Contains, Coord, LineString, Polygon};
use shapefile::dbase::encoding::EncodingRs;
use shapefile::dbase::{FieldValue, ReaderBuilder};
use shapefile::record::polygon::GenericPolygon;
use shapefile::record::traits::HasXY;
use shapefile::{PolygonRing, Shape as Record, ShapeReader};

use super::crs::Crs;
use super::feature::{Contents, Rings, Shape, Wanted};
use super::source::Members;
use crate::error::{Error, Result};

/// Where a `.dbf` says its encoding: the language driver.
const CODE_PAGE: usize = 29;

/// Reads the files of a layer.
///
/// # Errors
/// When one is missing or not valid.
pub fn read(members: &Members<'_>, wanted: Wanted<'_>) -> Result<Contents> {
    let wrong = |error: shapefile::Error| Error::usage("the file is not a Shapefile").caused_by(error);
    let shapes = members.required("shp")?;
    let table = members.required("dbf")?;
    let projection = members.optional("prj")?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let label = members.optional("cpg")?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let mut contents =
        Contents { crs: projection.map_or(Crs::Unknown, |wkt| Crs::of_definition(&wkt)), ..Contents::default() };
    let encoding = encoding(label.as_deref(), &table);
    let wrong_table =
        |error: shapefile::dbase::Error| Error::usage("the .dbf of the Shapefile cannot be read").caused_by(error);
    let mut table = ReaderBuilder::new()
        .with_encoding(EncodingRs::from(encoding))
        .build(Cursor::new(table))
        .map_err(wrong_table)?;
    contents.properties = table.fields().iter().map(|field| field.name().to_owned()).collect();
    let rows = table.read().map_err(wrong_table)?;
    let shapes = ShapeReader::new(Cursor::new(shapes)).and_then(ShapeReader::read).map_err(wrong)?;
    if shapes.len() != rows.len() {
        return Err(Error::usage(format!(
            "the Shapefile has {} shapes and {} rows of properties",
            shapes.len(),
            rows.len()
        ))
        .remedy("export it again: without its rows nobody knows which area is which"));
    }
    for (shape, row) in shapes.into_iter().zip(&rows) {
        let shape = match shape {
            Record::NullShape => Shape::Missing,
            Record::Polygon(polygon) => Shape::Polygons(rings(polygon)),
            Record::PolygonM(polygon) => Shape::Polygons(rings(polygon)),
            Record::PolygonZ(polygon) => Shape::Polygons(rings(polygon)),
            Record::Point(_) | Record::PointM(_) | Record::PointZ(_) => Shape::Other("a point"),
            Record::Polyline(_) | Record::PolylineM(_) | Record::PolylineZ(_) => Shape::Other("a line"),
            Record::Multipoint(_) | Record::MultipointM(_) | Record::MultipointZ(_) => Shape::Other("points"),
            Record::Multipatch(_) => Shape::Other("a surface"),
        };
        contents.add(wanted, |name| row.get(name).and_then(text), shape);
    }
    Ok(contents)
}

/// The encoding of a table: as its `.cpg` says, as it says itself, else UTF-8 where it is valid and Windows-1252 where not.
fn encoding(label: Option<&str>, table: &[u8]) -> &'static Encoding {
    let label = label.map(|label| label.trim().trim_start_matches('\u{feff}').to_ascii_uppercase());
    let named = label.and_then(|label| {
        // Labels are a number of a code page, or names with and without hyphens: `88591`, `8859-1`, `CP1252`, `ANSI 1252`.
        let digits: String = label.chars().filter(char::is_ascii_digit).collect();
        match digits.as_str() {
            "65001" => Some(UTF_8),
            "1252" | "88591" => Some(WINDOWS_1252),
            digits if digits.starts_with("8859") => {
                Encoding::for_label(format!("iso-8859-{}", &digits[4..]).as_bytes())
            }
            _ => Encoding::for_label(label.as_bytes()),
        }
    });
    let driver = match table.get(CODE_PAGE) {
        // Windows ANSI, the same as ESRI writes it, and Western European ANSI.
        Some(0x03 | 0x57 | 0x58) => Some(WINDOWS_1252),
        _ => None,
    };
    named.or(driver).unwrap_or(if std::str::from_utf8(text_of_table(table)).is_ok() { UTF_8 } else { WINDOWS_1252 })
}

/// A table without its header, which has numbers.
fn text_of_table(table: &[u8]) -> &[u8] {
    let length = table.get(8..10).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_le_bytes);
    table.get(usize::from(length)..).unwrap_or_default()
}

fn text(value: &FieldValue) -> Option<String> {
    match value {
        FieldValue::Character(text) => text.clone(),
        FieldValue::Memo(text) => Some(text.clone()),
        FieldValue::Numeric(number) => number.map(|number| number.to_string()),
        FieldValue::Float(number) => number.map(|number| number.to_string()),
        FieldValue::Integer(number) => Some(number.to_string()),
        FieldValue::Double(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Polygons with their holes: a hole may stand anywhere after or before the ring around it. One without a ring around it,
/// which was drawn the wrong way round, is an outer ring.
fn rings<Point: HasXY + Copy>(polygon: GenericPolygon<Point>) -> Rings {
    let coordinates = |points: Vec<Point>| -> Vec<Coord<f64>> {
        points.iter().map(|point| Coord { x: point.x(), y: point.y() }).collect()
    };
    let (mut polygons, mut holes) = (Rings::new(), Vec::new());
    for ring in polygon.into_inner() {
        match ring {
            PolygonRing::Outer(points) => polygons.push(vec![coordinates(points)]),
            PolygonRing::Inner(points) => holes.push(coordinates(points)),
        }
    }
    let outer: Vec<Polygon<f64>> = polygons
        .iter()
        .map(|rings| Polygon::new(LineString::new(rings.first().cloned().unwrap_or_default()), Vec::new()))
        .collect();
    let mut without = Rings::new();
    for hole in holes {
        // The smallest of the rings around it: an island in a lake has its own.
        let around = outer.iter().enumerate().filter(|(_, polygon)| {
            outer.len() == 1 || hole.iter().take(8).any(|point| polygon.contains(&geo::Point::from(*point)))
        });
        let size =
            |polygon: &Polygon<f64>| polygon.bounding_rect().map_or(0.0, |bounds| bounds.width() * bounds.height());
        let smallest = around.min_by(|a, b| size(a.1).total_cmp(&size(b.1))).map(|(position, _)| position);
        match smallest.and_then(|position| polygons.get_mut(position)) {
            Some(polygon) => polygon.push(hole),
            None => without.push(vec![hole]),
        }
    }
    polygons.extend(without);
    polygons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_of_a_table_is_found() {
        let mut table = vec![0_u8; 64];
        table[8] = 33;
        assert_eq!(encoding(None, &table), UTF_8);
        for (label, expected) in [
            ("UTF-8", UTF_8),
            ("65001", UTF_8),
            ("ISO-8859-1", WINDOWS_1252),
            ("88591\r\n", WINDOWS_1252),
            ("ANSI 1252", WINDOWS_1252),
            ("ISO 8859-15", encoding_rs::ISO_8859_15),
        ] {
            assert_eq!(encoding(Some(label), &table), expected, "{label}");
        }
        table[40] = 0xe9;
        table.push(0x1a);
        assert_eq!(encoding(None, &table), WINDOWS_1252);
        table[40] = b'e';
        table[CODE_PAGE] = 0x57;
        assert_eq!(encoding(None, &table), WINDOWS_1252);
    }
}
