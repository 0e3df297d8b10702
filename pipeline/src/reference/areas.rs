//! Layers of areas, from the files that people have: one reader a format, one way from features to outlines.
//!
//! A run reads layers that are in WGS 84 already, as GeoJSON, GeoParquet or FlatGeobuf. Everything else is prepared once, by
//! `openobs reference areas`, which reads more formats and systems and says what it found.

mod antimeridian;
mod crossings;
pub mod crs;
mod feature;
mod flatgeobuf;
mod geojson;
mod geopackage;
mod geoparquet;
mod outline;
mod prepare;
mod shapefile;
mod source;
mod territories;
mod topojson;
mod write;

use openobs_steps::reference::areas::{Area, Areas};

pub use prepare::{Kind, Preparation, Prepared, Problem, prepare};

use self::crs::Crs;
use self::feature::{Contents, Wanted};
use self::outline::{Mended, outline};
use self::source::Format;
use super::provenance::Provenance;
use crate::error::{Error, Result};
use crate::settings::AreaLayer;

/// A layer that was read.
#[derive(Debug)]
pub struct Layer {
    /// Its areas.
    pub areas: Areas,
    /// Where it comes from, as far as it says.
    pub provenance: Provenance,
    /// Codes that occur more than once, whose outlines are one area.
    pub repeated: Vec<String>,
}

/// Reads a layer for a run; its format is told by the ending of the file's name.
///
/// # Errors
/// When the file cannot be read, no feature has a code, a geometry is no polygon, or it is not in WGS 84.
pub fn read(layer: &AreaLayer) -> Result<Layer> {
    let wanted = Wanted { code: &layer.code, name: &layer.name, layer: None };
    read_wanted(layer, wanted).map_err(|error| error.context("file", layer.path.display()))
}

fn read_wanted(layer: &AreaLayer, wanted: Wanted<'_>) -> Result<Layer> {
    let prepare = "prepare it with `openobs reference areas FILE --out LAYER.parquet`, and name what that writes";
    let format = Format::of(&layer.path).ok_or_else(|| {
        Error::usage("the format of a layer is not known by the ending of its name")
            .remedy("give a .geojson, .geojson.gz, .parquet or .fgb file")
    })?;
    if !format.is_read_by_runs() {
        return Err(Error::usage("a layer of this format is not read by runs").remedy(prepare));
    }
    let contents = source::read(&layer.path, format, wanted)?;
    if let Crs::Defined(_) = &contents.crs {
        return Err(Error::usage(format!("the layer is in {}, not in WGS 84", contents.crs.name())).remedy(prepare));
    }
    expect_codes(&contents, wanted, "in the setting's `code`")?;
    let mut areas = Vec::with_capacity(contents.features.len());
    for feature in contents.features {
        // Features without a code are left out: layers of the world have them for lands that are disputed.
        let Some(code) = feature.code else { continue };
        let outline = outline(feature.shape, None, &mut Mended::default()).map_err(|refusal| {
            Error::usage(format!("feature {} ({code}) {refusal}", feature.number))
                .remedy("give polygons or multipolygons in WGS 84")
        })?;
        areas.push(Area { name: feature.name.unwrap_or_else(|| code.clone()), code, outline });
    }
    let repeated = repeated(&areas);
    Ok(Layer { areas: Areas::new(areas), provenance: contents.provenance, repeated })
}

/// Codes that occur more than once, in order.
fn repeated(areas: &[Area]) -> Vec<String> {
    let mut codes: Vec<&str> = areas.iter().map(|area| area.code.as_str()).collect();
    codes.sort_unstable();
    let pairs = codes.iter().zip(codes.iter().skip(1));
    let mut repeated: Vec<String> = pairs.filter(|(a, b)| a == b).map(|(code, _)| (*code).to_owned()).collect();
    repeated.dedup();
    repeated
}

/// A layer none of whose features has a code would be no layer at all.
fn expect_codes(contents: &Contents, wanted: Wanted<'_>, place: &str) -> Result<()> {
    if contents.features.is_empty() {
        return Err(Error::usage("the layer has no feature").remedy("give another file"));
    }
    if contents.features.iter().all(|feature| feature.code.is_none()) {
        let known: Vec<&str> = contents.properties.iter().map(String::as_str).collect();
        return Err(Error::usage(format!("no feature of the layer has a property {}", wanted.code))
            .remedy(format!("name one of {} {place}", known.join(", "))));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
