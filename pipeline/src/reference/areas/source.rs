//! The file of a layer: which format it has, and what is in a container.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use zip::ZipArchive;

use super::feature::{Contents, Wanted};
use super::{flatgeobuf, geojson, geopackage, geoparquet, shapefile, topojson};
use crate::error::{Doing, Error, Result};

/// A format of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GeoJSON or TopoJSON, which is told by what is in it.
    Json,
    /// GeoParquet.
    Parquet,
    /// FlatGeobuf.
    FlatGeobuf,
    /// Shapefile.
    Shapefile,
    /// GeoPackage.
    GeoPackage,
    /// Any of them in a container.
    Zip,
}

impl Format {
    /// The format that the name of a file ends with.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let endings: [(&[&str], Self); 6] = [
            (&[".geojson", ".json", ".topojson", ".geojson.gz", ".json.gz", ".topojson.gz", ".gz"], Self::Json),
            (&[".parquet", ".geoparquet"], Self::Parquet),
            (&[".fgb"], Self::FlatGeobuf),
            (&[".shp"], Self::Shapefile),
            (&[".gpkg"], Self::GeoPackage),
            (&[".zip"], Self::Zip),
        ];
        endings.into_iter().find(|(list, _)| list.iter().any(|ending| name.ends_with(ending))).map(|(_, format)| format)
    }

    /// Whether a run reads it as it is: the others are prepared first, by `openobs reference areas`.
    pub fn is_read_by_runs(self) -> bool {
        matches!(self, Self::Json | Self::Parquet | Self::FlatGeobuf)
    }
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read, its format is not known, or it has several layers and none is named.
pub fn read(path: &Path, format: Format, wanted: Wanted<'_>) -> Result<Contents> {
    if let Err(error) = std::fs::metadata(path) {
        return Err(Error::usage(format!("a reference file cannot be read: {error}")));
    }
    match format {
        Format::Json => {
            let bytes = bytes_of(path)?;
            let is_gzip = bytes.starts_with(&[0x1f, 0x8b]);
            let mut text = String::new();
            let read = match is_gzip {
                true => MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text),
                false => bytes.as_slice().read_to_string(&mut text),
            };
            read.map_err(|error| Error::usage("the file is no text in UTF-8").caused_by(error))?;
            json(&text, wanted)
        }
        Format::Parquet => geoparquet::read(bytes_of(path)?, wanted),
        Format::FlatGeobuf => flatgeobuf::read(&bytes_of(path)?, wanted),
        Format::Shapefile => shapefile::read(&Members::Beside(path), wanted),
        Format::GeoPackage => geopackage::read(path, wanted),
        Format::Zip => zipped(path, wanted),
    }
}

fn json(text: &str, wanted: Wanted<'_>) -> Result<Contents> {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    let text = text.trim_start_matches('\u{feff}');
    let kind: Kind =
        serde_json::from_str(text).map_err(|error| Error::usage("the file is not GeoJSON").caused_by(error))?;
    match kind.kind.as_deref() {
        Some("Topology") => topojson::read(text, wanted),
        _ => geojson::read(text, wanted),
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::usage(format!("a reference file cannot be read: {error}")))
}

/// The one layer that is meant.
///
/// # Errors
/// When there are several and none is named, or the name is not one of them.
pub fn one_of(names: &[String], wanted: Option<&str>) -> Result<String> {
    let list = names.join(", ");
    match (wanted, names) {
        (_, []) => Err(Error::usage("the file has no layer of areas").remedy("give another file")),
        (Some(wanted), _) => names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| {
            Error::usage(format!("the file has no layer {wanted}")).remedy(format!("give --layer with one of {list}"))
        }),
        (None, [name]) => Ok(name.clone()),
        (None, _) => Err(Error::usage(format!("the file has {} layers", names.len()))
            .remedy(format!("name one with --layer: {list}"))),
    }
}

/// The files of a layer that has several.
pub enum Members<'a> {
    /// They stand beside this one.
    Beside(&'a Path),
    /// They were taken from a container: ending and bytes.
    Taken(Vec<(String, Vec<u8>)>),
}

impl Members<'_> {
    /// The bytes of the file with an ending, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn optional(&self, ending: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Taken(files) => Ok(files.iter().find(|(known, _)| known == ending).map(|(_, bytes)| bytes.clone())),
            Self::Beside(path) => {
                let candidates = [path.with_extension(ending), path.with_extension(ending.to_uppercase())];
                candidates.iter().find(|path| path.is_file()).map(|path| bytes_of(path)).transpose()
            }
        }
    }

    /// The bytes of the file with an ending.
    ///
    /// # Errors
    /// When there is none.
    pub fn required(&self, ending: &str) -> Result<Vec<u8>> {
        self.optional(ending)?.ok_or_else(|| {
            Error::usage(format!("the Shapefile has no .{ending}"))
                .remedy("keep its .shp, .dbf, .prj and .cpg together, under one name")
        })
    }
}

/// Reads a layer in a zip; layers are named by the files' stems.
fn zipped(path: &Path, wanted: Wanted<'_>) -> Result<Contents> {
    let wrong = |error: zip::result::ZipError| Error::usage("the file is not a zip that can be read").caused_by(error);
    let file = File::open(path).map_err(|error| Error::usage(format!("a reference file cannot be read: {error}")))?;
    let mut archive = ZipArchive::new(file).map_err(wrong)?;
    let entries: Vec<PathBuf> = archive
        .file_names()
        .map(|name| Ok(PathBuf::from(name?.into_owned())))
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    let mut layers: Vec<(String, PathBuf, Format)> = entries
        .iter()
        .filter_map(|entry| Some((stem(entry), entry.clone(), Format::of(entry)?)))
        .filter(|(_, _, format)| *format != Format::Zip)
        .collect();
    layers.sort_by(|a, b| a.1.cmp(&b.1));
    let names: Vec<String> = layers.iter().map(|(name, _, _)| name.clone()).collect();
    // A GeoPackage that is alone in a zip, or a TopoJSON, has layers of its own, one of which is what is named.
    let packed = matches!(layers.as_slice(), [(_, _, Format::GeoPackage | Format::Json)]);
    let name = one_of(&names, wanted.layer.filter(|_| !packed))?;
    let Some((_, entry, format)) = layers.into_iter().find(|(layer, _, _)| *layer == name) else {
        return Err(Error::bug("a layer of a zip was lost"));
    };
    let mut take = |entry: &Path| -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let name = entry.to_string_lossy();
        archive.by_name(&name).map_err(wrong)?.read_to_end(&mut bytes).doing(|| format!("read {name} in the zip"))?;
        Ok(bytes)
    };
    if format == Format::Shapefile {
        let beside = entries.iter().filter(|other| other.parent() == entry.parent() && stem(other) == name);
        let files = beside.map(|other| {
            let ending = other.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
            Ok((ending, take(other)?))
        });
        return shapefile::read(&Members::Taken(files.collect::<Result<_>>()?), wanted);
    }
    let ending = entry.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let mut unpacked = tempfile::Builder::new().suffix(&ending).tempfile().doing(|| "make a temporary file")?;
    unpacked.write_all(&take(&entry)?).doing(|| "write a temporary file")?;
    let wanted = Wanted { layer: wanted.layer.filter(|layer| *layer != name), ..wanted };
    read(unpacked.path(), format, wanted)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
