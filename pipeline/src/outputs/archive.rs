//! Darwin Core archives from masked rows: a zip with `meta.xml`, `eml.xml`, `occurrence.txt` and, where there are any,
//! `multimedia.txt`.
//!
//! Text files are tab separated UTF-8 with a header, unquoted: tabs and line ends inside values become spaces, a null is
//! an empty cell. The same rows give the same bytes: entries have a fixed date and rows keep the order of the table.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::parquet::Written;
use crate::error::{Doing, Error, Result};
use crate::protect::PublicBatch;

const DWC: &str = "http://rs.tdwg.org/dwc/terms/";
const DCTERMS: &str = "http://purl.org/dc/terms/";
const GBIF: &str = "http://rs.gbif.org/terms/1.0/";

/// Terms of `occurrence.txt` and the column of the occurrence table each comes from. The first is the id.
const OCCURRENCE: &[(&str, &str, &str)] = &[
    (DWC, "occurrenceID", "occurrenceKey"),
    (DWC, "otherCatalogNumbers", "occurrenceID"),
    (DWC, "basisOfRecord", "basisOfRecord"),
    (DWC, "occurrenceStatus", "occurrenceStatus"),
    (DWC, "institutionCode", "institutionCode"),
    (DWC, "collectionCode", "collectionCode"),
    (DWC, "catalogNumber", "catalogNumber"),
    (DWC, "recordNumber", "recordNumber"),
    (DWC, "datasetID", "datasetID"),
    (DWC, "datasetName", "datasetName"),
    (DCTERMS, "license", "license"),
    (DCTERMS, "modified", "modified"),
    (DWC, "eventID", "eventID"),
    (DWC, "parentEventID", "parentEventID"),
    (DWC, "eventType", "eventType"),
    (DWC, "eventDate", "eventDate"),
    (DWC, "year", "year"),
    (DWC, "month", "month"),
    (DWC, "day", "day"),
    (DWC, "taxonID", "cdNom"),
    (DWC, "taxonConceptID", "cdRef"),
    (DWC, "scientificName", "scientificName"),
    (DWC, "verbatimIdentification", "verbatimScientificName"),
    (DWC, "nameAccordingTo", "nameAccordingTo"),
    (DWC, "taxonRank", "taxonRank"),
    (DWC, "kingdom", "kingdom"),
    (DWC, "phylum", "phylum"),
    (DWC, "class", "class"),
    (DWC, "order", "order"),
    (DWC, "family", "family"),
    (DWC, "genus", "genus"),
    (DWC, "vernacularName", "vernacularName"),
    (DWC, "dateIdentified", "dateIdentified"),
    (DWC, "identificationVerificationStatus", "identificationVerificationStatus"),
    (DWC, "recordedBy", "recordedBy"),
    (DWC, "identifiedBy", "identifiedBy"),
    (DWC, "individualCount", "individualCount"),
    (DWC, "organismQuantity", "organismQuantity"),
    (DWC, "organismQuantityType", "organismQuantityType"),
    (DWC, "sampleSizeValue", "sampleSizeValue"),
    (DWC, "sampleSizeUnit", "sampleSizeUnit"),
    (DWC, "sex", "sex"),
    (DWC, "lifeStage", "lifeStage"),
    (DWC, "establishmentMeans", "establishmentMeans"),
    (DWC, "habitat", "habitat"),
    (DWC, "samplingProtocol", "samplingProtocol"),
    (DWC, "typeStatus", "typeStatus"),
    (DWC, "preparations", "preparations"),
    (DWC, "occurrenceRemarks", "occurrenceRemarks"),
    (DWC, "continent", "continent"),
    (DWC, "countryCode", "countryCode"),
    (DWC, "stateProvince", "stateProvince"),
    (DWC, "county", "departmentCode"),
    (DWC, "municipality", "commune"),
    (DWC, "locationID", "communeCode"),
    (DWC, "locality", "locality"),
    (DWC, "waterBody", "waterBody"),
    (DWC, "decimalLatitude", "decimalLatitude"),
    (DWC, "decimalLongitude", "decimalLongitude"),
    (DWC, "geodeticDatum", "geodeticDatum"),
    (DWC, "coordinateUncertaintyInMeters", "coordinateUncertaintyInMeters"),
    (DWC, "coordinatePrecision", "coordinatePrecision"),
    (DWC, "footprintWKT", "footprintWKT"),
    (DWC, "minimumElevationInMeters", "minimumElevationInMeters"),
    (DWC, "maximumElevationInMeters", "maximumElevationInMeters"),
    (DWC, "minimumDepthInMeters", "minimumDepthInMeters"),
    (DWC, "maximumDepthInMeters", "maximumDepthInMeters"),
    (DCTERMS, "references", "references"),
    (DWC, "dataGeneralizations", "dataGeneralizations"),
    (DWC, "informationWithheld", "informationWithheld"),
];

/// Terms of `multimedia.txt`, which are also the fields of an item.
const MULTIMEDIA: &[(&str, &str)] = &[
    (DCTERMS, "type"),
    (DCTERMS, "format"),
    (DCTERMS, "identifier"),
    (DCTERMS, "references"),
    (DCTERMS, "title"),
    (DCTERMS, "description"),
    (DCTERMS, "created"),
    (DCTERMS, "creator"),
    (DCTERMS, "contributor"),
    (DCTERMS, "publisher"),
    (DCTERMS, "audience"),
    (DCTERMS, "source"),
    (DCTERMS, "license"),
    (DCTERMS, "rightsHolder"),
    (DWC, "datasetID"),
];

/// An archive that is being written.
pub struct ArchiveFile {
    path: PathBuf,
    zip: ZipWriter<BufWriter<File>>,
    /// Rows of `multimedia.txt`, kept aside until `occurrence.txt` is complete.
    multimedia: BufWriter<File>,
    media: u64,
    line: Vec<u8>,
    records: u64,
}

impl ArchiveFile {
    /// Starts an archive.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let doing = || format!("write {}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).doing(doing)?;
        }
        let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 16, File::create(path).doing(doing)?));
        zip.start_file("occurrence.txt", options()).doing(doing)?;
        zip.write_all(header().as_bytes()).doing(doing)?;
        let multimedia = BufWriter::new(tempfile::tempfile().doing(|| "make a temporary file")?);
        Ok(Self { path: path.to_owned(), zip, multimedia, media: 0, line: Vec::new(), records: 0 })
    }

    /// Adds a row for each masked record.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, batch: &PublicBatch) -> Result<()> {
        let rows = batch.rows();
        let (zip, path) = (&mut self.zip, &self.path);
        for_each_line(rows, &mut self.line, |line| zip.write_all(line).doing(|| format!("write {}", path.display())))?;
        self.records += rows.num_rows() as u64;
        self.write_multimedia(rows)
    }

    fn write_multimedia(&mut self, rows: &RecordBatch) -> Result<()> {
        let Some(list) = rows.column_by_name("multimedia").and_then(|column| column.as_list_opt::<i32>()) else {
            return Ok(());
        };
        let Some(items) = list.values().as_struct_opt().filter(|items| !items.is_empty()) else { return Ok(()) };
        let format = FormatOptions::new().with_null("");
        let ids = rows.column_by_name(OCCURRENCE[0].2).ok_or_else(|| Error::bug("a public table has no key"))?;
        let ids = Cells::of(ids, &format)?;
        let mut columns = Vec::with_capacity(MULTIMEDIA.len());
        for (_, term) in MULTIMEDIA {
            columns.push(items.column_by_name(term).map(|column| Cells::of(column, &format)).transpose()?);
        }
        for row in (0..rows.num_rows()).filter(|row| list.is_valid(*row)) {
            let start = list.value_offsets()[row] as usize;
            for item in start..start + list.value_length(row) as usize {
                self.line.clear();
                ids.write(row, &mut self.line);
                for column in &columns {
                    self.line.push(b'\t');
                    if let Some(column) = column {
                        column.write(item, &mut self.line);
                    }
                }
                self.line.push(b'\n');
                self.multimedia.write_all(&self.line).doing(|| "write a temporary file")?;
                self.media += 1;
            }
        }
        Ok(())
    }

    /// Ends the archive with its metadata document, whose coverage is known once all rows are.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self, eml: &[u8]) -> Result<Written> {
        let path = self.path;
        let doing = || format!("write {}", path.display());
        if self.media > 0 {
            self.zip.start_file("multimedia.txt", options()).doing(doing)?;
            let header: Vec<&str> = MULTIMEDIA.iter().map(|(_, term)| *term).collect();
            self.zip.write_all(format!("coreid\t{}\n", header.join("\t")).as_bytes()).doing(doing)?;
            let mut rows = self.multimedia.into_inner().map_err(std::io::IntoInnerError::into_error).doing(doing)?;
            rows.rewind().doing(doing)?;
            std::io::copy(&mut rows, &mut self.zip).doing(doing)?;
        }
        self.zip.start_file("eml.xml", options()).doing(doing)?;
        self.zip.write_all(eml).doing(doing)?;
        self.zip.start_file("meta.xml", options()).doing(doing)?;
        self.zip.write_all(meta(self.media > 0).as_bytes()).doing(doing)?;
        let file =
            self.zip.finish().doing(doing)?.into_inner().map_err(std::io::IntoInnerError::into_error).doing(doing)?;
        let bytes = file.metadata().doing(doing)?.len();
        Ok(Written { path, rows: self.records, bytes })
    }
}

/// The header of `occurrence.txt`, with its end of line.
pub fn header() -> String {
    let terms: Vec<&str> = OCCURRENCE.iter().map(|(_, term, _)| *term).collect();
    format!("id\t{}\n", terms.join("\t"))
}

/// Calls `each` with the line of `occurrence.txt` of each row, with its end; `line` is room for one.
///
/// # Errors
/// When the rows are not of an occurrence table, or those of `each`.
pub fn for_each_line(rows: &RecordBatch, line: &mut Vec<u8>, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let format = FormatOptions::new().with_null("");
    let mut columns = Vec::with_capacity(OCCURRENCE.len() + 1);
    for (_, _, column) in std::iter::once(&OCCURRENCE[0]).chain(OCCURRENCE) {
        columns.push(rows.column_by_name(column).map(|column| Cells::of(column, &format)).transpose()?);
    }
    for row in 0..rows.num_rows() {
        line.clear();
        for (position, column) in columns.iter().enumerate() {
            if position > 0 {
                line.push(b'\t');
            }
            if let Some(column) = column {
                column.write(row, line);
            }
        }
        line.push(b'\n');
        each(line)?;
    }
    Ok(())
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
        .large_file(true)
}

/// The descriptor of the archive (TDWG text guide).
pub fn meta(with_multimedia: bool) -> String {
    let attributes = "encoding=\"UTF-8\" fieldsTerminatedBy=\"\\t\" linesTerminatedBy=\"\\n\" fieldsEnclosedBy=\"\" \
                      ignoreHeaderLines=\"1\"";
    let mut meta = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<archive xmlns=\"http://rs.tdwg.org/dwc/text/\" \
         metadata=\"eml.xml\">\n  <core {attributes} rowType=\"{DWC}Occurrence\">\n    \
         <files><location>occurrence.txt</location></files>\n    <id index=\"0\"/>\n"
    );
    for (position, (namespace, term, _)) in OCCURRENCE.iter().enumerate() {
        meta.push_str(&format!("    <field index=\"{}\" term=\"{namespace}{term}\"/>\n", position + 1));
    }
    meta.push_str("  </core>\n");
    if with_multimedia {
        meta.push_str(&format!(
            "  <extension {attributes} rowType=\"{GBIF}Multimedia\">\n    \
             <files><location>multimedia.txt</location></files>\n    <coreid index=\"0\"/>\n"
        ));
        for (position, (namespace, term)) in MULTIMEDIA.iter().enumerate() {
            meta.push_str(&format!("    <field index=\"{}\" term=\"{namespace}{term}\"/>\n", position + 1));
        }
        meta.push_str("  </extension>\n");
    }
    meta.push_str("</archive>\n");
    meta
}

/// A column whose values are written as cells.
enum Cells<'a> {
    Text(&'a arrow::array::StringArray),
    List(&'a arrow::array::ListArray),
    Printed(ArrayFormatter<'a>),
}

impl<'a> Cells<'a> {
    fn of(column: &'a arrow::array::ArrayRef, format: &FormatOptions<'a>) -> Result<Self> {
        Ok(match column.data_type() {
            DataType::Utf8 => Self::Text(column.as_string()),
            DataType::List(item) if item.data_type() == &DataType::Utf8 => Self::List(column.as_list()),
            _ => Self::Printed(ArrayFormatter::try_new(column.as_ref(), format)?),
        })
    }

    fn write(&self, row: usize, cell: &mut Vec<u8>) {
        match self {
            Self::Text(column) if column.is_valid(row) => push(column.value(row), cell),
            Self::Text(_) => {}
            Self::List(column) => {
                if column.is_valid(row) {
                    let values = column.value(row);
                    for (position, value) in values.as_string::<i32>().iter().flatten().enumerate() {
                        if position > 0 {
                            cell.extend_from_slice(b" | ");
                        }
                        push(value, cell);
                    }
                }
            }
            Self::Printed(column) => {
                // Writing to a vector does not fail; a value that cannot be printed leaves its cell empty.
                let start = cell.len();
                if write!(cell, "{}", column.value(row)).is_err() {
                    cell.truncate(start);
                }
            }
        }
    }
}

/// A text as a cell: what would end the cell or the line becomes a space.
fn push(text: &str, cell: &mut Vec<u8>) {
    cell.extend(text.trim().bytes().map(|byte| if matches!(byte, b'\t' | b'\n' | b'\r') { b' ' } else { byte }));
}
