//! Index documents: one JSON object a line, flat, with the field names of the Living Atlases' `biocache` schema, so that
//! the OpenObs hub finds what it asks for; Elasticsearch takes the same documents (`lat_long` is a `geo_point`).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray, StringBuilder};
use arrow::compute::cast;
use arrow::compute::kernels::boolean::not;
use arrow::datatypes::{DataType, Field, Float64Type, Schema, TimeUnit};
use arrow::json::LineDelimitedWriter;
use flate2::write::GzEncoder;
use zstd::Encoder as ZstdEncoder;

use super::parquet::Written;
use crate::error::{Doing, Error, Result};
use crate::protect::{LOCATION_PRECISION, PublicBatch};

/// How document files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// `.ndjson.zst`
    Zstd,
    /// `.ndjson.gz`
    Gzip,
    /// `.ndjson`
    None,
}

impl Compression {
    /// Ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Zstd => "ndjson.zst",
            Self::Gzip => "ndjson.gz",
            Self::None => "ndjson",
        }
    }
}

/// Fields of a document and the column of the occurrence table each comes from.
///
/// A column that the table does not have is left out; null values are left out of the document.
pub const FIELDS: &[(&str, &str)] = &[
    ("id", "occurrenceKey"),
    ("occurrenceID", "occurrenceID"),
    ("dataResourceUid", "datasetKey"),
    ("datasetKey", "datasetKey"),
    ("institutionCode", "institutionCode"),
    ("collectionCode", "collectionCode"),
    ("catalogNumber", "catalogNumber"),
    ("recordNumber", "recordNumber"),
    ("fieldNumber", "fieldNumber"),
    ("eventID", "eventID"),
    ("parentEventID", "parentEventID"),
    ("eventType", "eventType"),
    ("eventHierarchy", "eventHierarchy"),
    ("datasetID", "datasetID"),
    ("datasetName", "datasetName"),
    ("license", "license"),
    ("basisOfRecord", "basisOfRecord"),
    ("occurrenceStatus", "occurrenceStatus"),
    ("individualCount", "individualCount"),
    ("sex", "sex"),
    ("lifeStage", "lifeStage"),
    ("establishmentMeans", "establishmentMeans"),
    ("degreeOfEstablishment", "degreeOfEstablishment"),
    ("pathway", "pathway"),
    ("typeStatus", "typeStatus"),
    ("organismQuantity", "organismQuantity"),
    ("organismQuantityType", "organismQuantityType"),
    ("sampleSizeValue", "sampleSizeValue"),
    ("sampleSizeUnit", "sampleSizeUnit"),
    ("recordedBy", "recordedBy"),
    ("identifiedBy", "identifiedBy"),
    ("samplingProtocol", "samplingProtocol"),
    ("preparations", "preparations"),
    ("references", "references"),
    ("habitat", "habitat"),
    ("occurrenceRemarks", "occurrenceRemarks"),
    ("identificationVerificationStatus", "identificationVerificationStatus"),
    ("eventDateInterval", "eventDate"),
    ("year", "year"),
    ("month", "month"),
    ("day", "day"),
    ("startDayOfYear", "startDayOfYear"),
    ("endDayOfYear", "endDayOfYear"),
    ("datePrecision", "datePrecision"),
    ("dateIdentified", "dateIdentified"),
    ("modified", "modified"),
    ("decimalLatitude", "decimalLatitude"),
    ("decimalLongitude", "decimalLongitude"),
    ("coordinateUncertaintyInMeters", "coordinateUncertaintyInMeters"),
    ("geodeticDatum", "geodeticDatum"),
    ("countryCode", "countryCode"),
    ("country", "country"),
    ("continent", "continent"),
    ("stateProvince", "stateProvince"),
    ("county", "county"),
    ("municipality", "municipality"),
    ("locality", "locality"),
    ("waterBody", "waterBody"),
    ("island", "island"),
    ("elevation", "elevation"),
    ("depth", "depth"),
    ("departmentCode", "departmentCode"),
    ("department", "department"),
    ("codeInseeDepartement", "departmentCode"),
    ("codeInseeCommune", "communeCode"),
    ("commune", "commune"),
    ("state", "region"),
    ("codeInseeRegion", "regionCode"),
    ("codesInseeDepartement", "departmentCodes"),
    ("codesInseeCommune", "communeCodes"),
    ("codeMaille10Km", "gridCell10km"),
    ("codesMaille10Km", "gridCells10km"),
    ("codeMaille5Km", "gridCell5km"),
    ("codeMaille1Km", "gridCell1km"),
    ("cdNom", "cdNom"),
    ("cdRef", "cdRef"),
    ("lsid", "taxonKeys"),
    ("taxonConceptID", "taxonKey"),
    ("scientificName", "scientificName"),
    ("raw_scientificName", "verbatimScientificName"),
    ("taxonRank", "taxonRank"),
    ("kingdom", "kingdom"),
    ("phylum", "phylum"),
    ("class", "class"),
    ("order", "order"),
    ("family", "family"),
    ("genus", "genus"),
    ("species", "species"),
    ("vernacularName", "vernacularName"),
    ("matchType", "matchType"),
    ("speciesGroup", "group1Inpn"),
    ("speciesSubgroup", "group2Inpn"),
    ("codeStatut", "statusCodes"),
    ("especeEvalueeLR", "especeEvalueeLR"),
    ("especeReglementee", "especeReglementee"),
    ("especeDirectiveEuropeenne", "especeDirectiveEuropeenne"),
    ("multimedia", "mediaTypes"),
    ("assertions", "issues"),
    ("raw_occurrenceStatus", "v_occurrenceStatus"),
    ("raw_basisOfRecord", "v_basisOfRecord"),
    ("sensitivityLevel", "sensitivityLevel"),
    ("dataGeneralizations", "dataGeneralizations"),
    ("informationWithheld", "informationWithheld"),
];

/// Fields that are made of several columns.
const MADE: [&str; 6] =
    ["eventDate", "eventDateEnd", "spatiallyValid", "lat_long", "sensitive", "dynamicProperties_diffusionGP"];

/// Names of all fields of a document but those of further layers.
pub fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, _)| *name).chain(MADE)
}

/// A file of documents that is being written.
struct DocumentFile {
    path: PathBuf,
    /// Columns of further layers, which documents have under their own names.
    layers: Vec<String>,
    out: Sink,
    documents: u64,
}

enum Sink {
    Zstd(ZstdEncoder<'static, BufWriter<File>>),
    Gzip(GzEncoder<BufWriter<File>>),
    Plain(BufWriter<File>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Zstd(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
            Self::Plain(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Zstd(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
            Self::Plain(out) => out.flush(),
        }
    }
}

impl DocumentFile {
    fn create(path: &Path, compression: Compression, layers: &[String]) -> Result<Self> {
        let doing = || format!("write {}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).doing(doing)?;
        }
        let file = BufWriter::with_capacity(1 << 16, File::create(path).doing(doing)?);
        let out = match compression {
            Compression::Zstd => Sink::Zstd(ZstdEncoder::new(file, 3).doing(doing)?),
            Compression::Gzip => Sink::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            Compression::None => Sink::Plain(file),
        };
        Ok(Self { path: path.to_owned(), layers: layers.to_vec(), out, documents: 0 })
    }

    fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let documents = documents(rows, &self.layers)?;
        LineDelimitedWriter::new(&mut self.out).write(&documents)?;
        self.documents += rows.num_rows() as u64;
        Ok(())
    }

    fn finish(self) -> Result<Written> {
        let path = self.path;
        let doing = || format!("write {}", path.display());
        let out = match self.out {
            Sink::Zstd(out) => out.finish().doing(doing)?,
            Sink::Gzip(out) => out.finish().doing(doing)?,
            Sink::Plain(out) => out,
        };
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error).doing(doing)?;
        let bytes = file.metadata().doing(doing)?.len();
        Ok(Written { path, rows: self.documents, bytes })
    }
}

/// Documents that are no rows of a table, one by one.
pub struct DocumentLines(DocumentFile);

impl DocumentLines {
    /// Starts a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, compression: Compression) -> Result<Self> {
        Ok(Self(DocumentFile::create(path, compression, &[])?))
    }

    /// Adds a document.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, document: &impl serde::Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.0.out, document).doing(|| "write a document")?;
        self.0.documents += 1;
        self.0.out.write_all(b"\n").doing(|| "write a document")
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<Written> {
        self.0.finish()
    }
}

/// Public documents: from masked rows alone.
pub struct PublicIndexFile(DocumentFile);

impl PublicIndexFile {
    /// Starts a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, compression: Compression, layers: &[String]) -> Result<Self> {
        Ok(Self(DocumentFile::create(path, compression, layers)?))
    }

    /// Adds a document for each masked row.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, batch: &PublicBatch) -> Result<()> {
        self.0.write(batch.rows())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<Written> {
        self.0.finish()
    }
}

/// Exact documents of protected records, for logged-in users; made only when there is one.
pub struct RestrictedIndexFile {
    path: PathBuf,
    compression: Compression,
    layers: Vec<String>,
    file: Option<DocumentFile>,
}

impl RestrictedIndexFile {
    /// A file that is made when the first row comes.
    pub fn new(path: PathBuf, compression: Compression, layers: Vec<String>) -> Self {
        Self { path, compression, layers, file: None }
    }

    /// Adds a document for each exact row.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(DocumentFile::create(&self.path, self.compression, &self.layers)?),
        };
        file.write(rows)
    }

    /// Ends the file; `None` when there was no row.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<Option<Written>> {
        self.file.map(DocumentFile::finish).transpose()
    }
}

/// OpenObs' class of precision of a record that is not protected: one that stands for an area looks like one that was
/// generalised to it.
fn precision_of(located: bool, attachment: Option<&str>, source: Option<&str>) -> &'static str {
    match (located, attachment, source) {
        (true, Some("commune"), _) => "XY centroïde commune",
        (true, Some("gridCell"), _) => "XY centroïde maille",
        (true, _, Some("footprintCentre")) => "XY centroïde ligne/polygone",
        (true, ..) => "XY point",
        (false, Some("department"), _) => "pas de XY (département)",
        (false, ..) => "pas de XY",
    }
}

/// The text of a row, if there is some.
fn value(column: Option<&StringArray>, row: usize) -> Option<&str> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

/// The lines of the documents of some rows, for the audit: a document tells what its row tells, and nothing else.
///
/// # Errors
/// When the rows are not of an occurrence table.
pub fn lines(rows: &RecordBatch, layers: &[String]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    if rows.num_rows() > 0 {
        LineDelimitedWriter::new(&mut text).write(&documents(rows, layers)?)?;
    }
    Ok(text)
}

/// Rows of an occurrence table as documents.
fn documents(rows: &RecordBatch, layers: &[String]) -> Result<RecordBatch> {
    let mut fields = Vec::with_capacity(FIELDS.len() + 6);
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(FIELDS.len() + 6);
    let mut add = |name: &str, column: ArrayRef| {
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    };
    for (field, column) in FIELDS {
        if let Some(column) = rows.column_by_name(column) {
            add(field, Arc::clone(column));
        }
    }
    for layer in layers {
        if let Some(column) = rows.column_by_name(layer) {
            add(layer, Arc::clone(column));
        }
    }
    // Solr's dates are instants with a Z; ours are local, and say so nowhere: the day is what counts.
    let instant = DataType::Timestamp(TimeUnit::Millisecond, Some("+00:00".into()));
    for (field, column) in [("eventDate", "eventDateStart"), ("eventDateEnd", "eventDateEnd")] {
        if let Some(column) = rows.column_by_name(column) {
            add(field, cast(column, &instant)?);
        }
    }
    if let Some(column) = rows.column_by_name("hasGeospatialIssues").and_then(|column| column.as_boolean_opt()) {
        add("spatiallyValid", Arc::new(not(column)?));
    }
    let latitudes = rows.column_by_name("decimalLatitude").and_then(|column| column.as_primitive_opt::<Float64Type>());
    let longitudes =
        rows.column_by_name("decimalLongitude").and_then(|column| column.as_primitive_opt::<Float64Type>());
    let (Some(latitudes), Some(longitudes)) = (latitudes, longitudes) else {
        return Err(Error::bug("an occurrence table has no coordinates"));
    };
    let mut points = StringBuilder::with_capacity(rows.num_rows(), rows.num_rows() * 20);
    let mut precision = StringBuilder::with_capacity(rows.num_rows(), rows.num_rows() * 10);
    let text = |name: &str| rows.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let (published, attachments, sources) = (text(LOCATION_PRECISION), text("attachment"), text("coordinateSource"));
    for row in 0..rows.num_rows() {
        let located = latitudes.is_valid(row) && longitudes.is_valid(row);
        if located {
            use std::fmt::Write as _;
            let written = write!(points, "{},{}", latitudes.value(row), longitudes.value(row));
            debug_assert!(written.is_ok());
            points.append_value("");
        } else {
            points.append_null();
        }
        precision.append_value(match published.filter(|published| published.is_valid(row)) {
            Some(published) => published.value(row),
            None => precision_of(located, value(attachments, row), value(sources, row)),
        });
    }
    add("lat_long", Arc::new(points.finish()));
    // The hub's facet of location precision bears this name for historical reasons; it is no sensitivity flag.
    add("sensitive", Arc::new(precision.finish()));
    add("dynamicProperties_diffusionGP", Arc::new(BooleanArray::from(vec![true; rows.num_rows()])));
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}
