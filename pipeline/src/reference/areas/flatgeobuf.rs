//! FlatGeobuf.

use flatgeobuf::{FallibleStreamingIterator, FeatureProperties, FgbReader};
use geozero::GeozeroGeometry;

use super::crs::Crs;
use super::feature::{Contents, Properties, ShapeBuilder, Wanted};
use crate::error::{Error, Result};
use crate::reference::provenance::Provenance;

/// Reads the bytes of a file.
///
/// # Errors
/// When it is no FlatGeobuf file.
pub fn read(mut bytes: &[u8], wanted: Wanted<'_>) -> Result<Contents> {
    let wrong = |error: flatgeobuf::Error| Error::usage("the file is not FlatGeobuf").caused_by(error);
    let reader = FgbReader::open(&mut bytes).map_err(wrong)?;
    let mut contents = Contents::default();
    let header = reader.header();
    if let Some(crs) = header.crs() {
        let authority = crs.org().unwrap_or("EPSG");
        contents.crs = match (crs.code(), crs.code_string(), crs.wkt()) {
            (1.., _, _) => Crs::of_definition(&format!("{authority}:{}", crs.code())),
            (_, Some(code), _) => Crs::of_definition(&format!("{authority}:{code}")),
            (_, None, Some(wkt)) => Crs::of_definition(wkt),
            _ => Crs::Unknown,
        };
    }
    contents.provenance = Provenance { title: header.title().map(str::to_owned), ..Provenance::default() };
    contents.properties = header.columns().iter().flatten().map(|column| column.name().to_owned()).collect();
    let mut features = reader.select_all_seq().map_err(wrong)?;
    while let Some(feature) = features.next().map_err(wrong)? {
        let number = contents.features.len() + 1;
        let mut properties = Properties::default();
        feature
            .process_properties(&mut properties)
            .map_err(|error| Error::usage(format!("feature {number} cannot be read")).caused_by(error))?;
        let mut builder = ShapeBuilder::default();
        feature
            .process_geom(&mut builder)
            .map_err(|error| Error::usage(format!("the geometry of feature {number} is not valid")).caused_by(error))?;
        contents.add(wanted, |name| properties.0.get(name).cloned(), builder.finish());
    }
    Ok(contents)
}
