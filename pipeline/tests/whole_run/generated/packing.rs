//! Tables as archives, in every encoding and container that the reader takes.

use std::io::Write;
use std::path::Path;

use flate2::write::GzEncoder;

use crate::archive::write_entries;

/// How the bytes of a table are written, and what the descriptor says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8WithMark,
    Utf16,
    Windows1252,
    /// Windows-1252 that calls itself UTF-8.
    Undeclared,
}

/// What holds the files of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    Zip,
    TarGz,
    Folder,
    /// The core alone, without a descriptor.
    File,
}

/// A table: the address of its row type, and those of its terms; the first column is the id or points at it.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub row_type: String,
    pub file: String,
    pub terms: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    pub fn new(row_type: &str, file: &str, terms: &[&str]) -> Self {
        let terms = terms.iter().map(|term| address(term)).collect();
        Self { row_type: row_type.to_owned(), file: format!("{file}.txt"), terms, rows: Vec::new() }
    }

    fn bytes(&self, encoding: Encoding) -> Vec<u8> {
        let names = self.terms.iter().map(|term| term.rsplit('/').next().unwrap());
        let mut text = names.collect::<Vec<_>>().join("\t") + "\n";
        for row in &self.rows {
            assert_eq!(row.len(), self.terms.len(), "{row:?}");
            assert!(row.iter().all(|cell| !cell.contains(['\t', '\n'])), "{row:?}");
            text.push_str(&row.join("\t"));
            text.push('\n');
        }
        match encoding {
            Encoding::Utf8 => text.into_bytes(),
            Encoding::Utf8WithMark => format!("\u{feff}{text}").into_bytes(),
            Encoding::Utf16 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Windows1252 | Encoding::Undeclared => {
                let (bytes, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(&text);
                assert!(!is_lossy);
                bytes.into_owned()
            }
        }
    }

    fn descriptor(&self, is_core: bool, encoding: Encoding) -> String {
        let (element, id) = if is_core { ("core", "id") } else { ("extension", "coreid") };
        let declared = match encoding {
            Encoding::Utf8 | Encoding::Utf8WithMark | Encoding::Undeclared => "UTF-8",
            Encoding::Utf16 => "UTF-16",
            Encoding::Windows1252 => "windows-1252",
        };
        let fields: String = self
            .terms
            .iter()
            .enumerate()
            .map(|(index, term)| format!("<field index=\"{index}\" term=\"{term}\"/>"))
            .collect();
        format!(
            "<{element} encoding=\"{declared}\" fieldsTerminatedBy=\"\\t\" linesTerminatedBy=\"\\n\" fieldsEnclosedBy=\"\" \
             ignoreHeaderLines=\"1\" rowType=\"{}\"><files><location>{}</location></files><{id} index=\"0\"/>{fields}</{element}>",
            self.row_type, self.file
        )
    }
}

/// The address of a term: that of Darwin Core where it has no other.
pub fn address(term: &str) -> String {
    if term.contains('/') { term.to_owned() } else { format!("http://rs.tdwg.org/dwc/terms/{term}") }
}

/// Writes an archive of this name below a folder; the first sheet is the core.
pub fn pack(folder: &Path, name: &str, sheets: &[Sheet], encoding: Encoding, container: Container) {
    let mut files: Vec<(String, Vec<u8>)> =
        sheets.iter().map(|sheet| (sheet.file.clone(), sheet.bytes(encoding))).collect();
    let descriptors = sheets.iter().enumerate().map(|(position, sheet)| sheet.descriptor(position == 0, encoding));
    let meta = format!("<archive xmlns=\"http://rs.tdwg.org/dwc/text/\">{}</archive>", descriptors.collect::<String>());
    files.push(("meta.xml".to_owned(), meta.into_bytes()));
    match container {
        Container::Zip => {
            write_entries(&folder.join(format!("{name}.zip")), &files);
        }
        Container::TarGz => std::fs::write(folder.join(format!("{name}.tar.gz")), tar_gz(&files)).unwrap(),
        Container::Folder => {
            let folder = folder.join(name);
            std::fs::create_dir(&folder).unwrap();
            files.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).unwrap());
        }
        Container::File => std::fs::write(folder.join(format!("{name}.txt")), &files[0].1).unwrap(),
    }
}

fn tar_gz(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for (name, bytes) in files {
        // POSIX.1-1988: name, mode, owner, group, size and time in octal, the sum of the header, the type.
        let mut header = [0_u8; 512];
        let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644\0");
        put(108, "0000000\0");
        put(116, "0000000\0");
        put(124, &format!("{:011o}\0", bytes.len()));
        put(136, "00000000000\0");
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.write_all(&header).unwrap();
        out.write_all(bytes).unwrap();
        out.write_all(&vec![0; bytes.len().next_multiple_of(512) - bytes.len()]).unwrap();
    }
    out.write_all(&[0; 1024]).unwrap();
    out.finish().unwrap()
}
