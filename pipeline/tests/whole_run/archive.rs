//! Darwin Core archives, written by the tests.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Row types by their last word.
const ROW_TYPES: [(&str, &str); 6] = [
    ("Occurrence", "http://rs.tdwg.org/dwc/terms/Occurrence"),
    ("Event", "http://rs.tdwg.org/dwc/terms/Event"),
    ("Taxon", "http://rs.tdwg.org/dwc/terms/Taxon"),
    ("Multimedia", "http://rs.gbif.org/terms/1.0/Multimedia"),
    ("ExtendedMeasurementOrFact", "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact"),
    ("Humboldt", "http://rs.tdwg.org/eco/terms/Event"),
];

/// Terms that are not Darwin Core's own.
const DUBLIN_CORE: [&str; 6] = ["type", "format", "identifier", "title", "creator", "license"];

/// A table of an archive: tab separated, with a header. The first column is the id of the core, or points at it.
#[derive(Debug, Clone)]
pub struct Table {
    row_type: &'static str,
    terms: Vec<&'static str>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table of a row type, given by its last word.
    pub fn new(row_type: &'static str, terms: &[&'static str]) -> Self {
        Self { row_type, terms: terms.to_vec(), rows: Vec::new() }
    }

    /// The table with one row more.
    pub fn row(mut self, cells: &[&str]) -> Self {
        self.push(cells.iter().map(|&cell| cell.to_owned()).collect());
        self
    }

    /// Adds a row.
    pub fn push(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.terms.len(), "{cells:?}");
        self.rows.push(cells);
    }

    fn file(&self) -> String {
        format!("{}.txt", self.row_type.to_lowercase())
    }

    fn content(&self) -> String {
        let mut content = self.terms.join("\t") + "\n";
        for row in &self.rows {
            content.push_str(&row.join("\t"));
            content.push('\n');
        }
        content
    }

    fn descriptor(&self, element: &str, id: &str) -> String {
        let row_type = ROW_TYPES.iter().find(|(name, _)| *name == self.row_type).unwrap().1;
        let fields: String = self
            .terms
            .iter()
            .enumerate()
            .map(|(index, term)| {
                let namespace = match DUBLIN_CORE.contains(term) {
                    true => "http://purl.org/dc/terms/",
                    false => "http://rs.tdwg.org/dwc/terms/",
                };
                format!("    <field index=\"{index}\" term=\"{namespace}{term}\"/>\n")
            })
            .collect();
        format!(
            "  <{element} encoding=\"UTF-8\" fieldsTerminatedBy=\"\\t\" linesTerminatedBy=\"\\n\" fieldsEnclosedBy=\"\" \
             ignoreHeaderLines=\"1\" rowType=\"{row_type}\">\n    <files><location>{}</location></files>\n    \
             <{id} index=\"0\"/>\n{fields}  </{element}>\n",
            self.file()
        )
    }
}

/// The files of an archive: the first table is the core, the others are its extensions.
pub fn files(title: &str, tables: &[&Table]) -> Vec<(String, Vec<u8>)> {
    let mut meta = "<archive xmlns=\"http://rs.tdwg.org/dwc/text/\" metadata=\"eml.xml\">\n".to_owned();
    let mut files = Vec::new();
    for (position, table) in tables.iter().enumerate() {
        meta.push_str(&match position {
            0 => table.descriptor("core", "id"),
            _ => table.descriptor("extension", "coreid"),
        });
        files.push((table.file(), table.content().into_bytes()));
    }
    meta.push_str("</archive>\n");
    files.push(("meta.xml".to_owned(), meta.into_bytes()));
    let eml = format!(
        "<eml:eml xmlns:eml=\"eml://ecoinformatics.org/eml-2.1.1\" packageId=\"essai\" system=\"http://gbif.org\">\n  \
         <dataset>\n    <title>{title}</title>\n    <intellectualRights><para><ulink \
         url=\"http://creativecommons.org/licenses/by/4.0/legalcode\"><citetitle>CC BY \
         4.0</citetitle></ulink></para></intellectualRights>\n  </dataset>\n</eml:eml>\n"
    );
    files.push(("eml.xml".to_owned(), eml.into_bytes()));
    files
}

/// Writes an archive as `folder/name`, which ends in `.zip`.
pub fn write_zip(folder: &Path, name: &str, tables: &[&Table]) -> PathBuf {
    let title = format!("Essai {name}");
    write_entries(&folder.join(name), &files(&title, tables))
}

/// Writes an archive as the unpacked folder `folder/name`.
pub fn write_folder(folder: &Path, name: &str, tables: &[&Table]) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(&path).unwrap();
    for (name, content) in files(name, tables) {
        std::fs::write(path.join(name), content).unwrap();
    }
    path
}

/// Writes a zip file of these entries, under exactly these names.
pub fn write_entries(path: &Path, entries: &[(String, Vec<u8>)]) -> PathBuf {
    let mut writer = ZipWriter::new(File::create(path).unwrap());
    for (name, content) in entries {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
    path.to_owned()
}
