//! Any table, written in any way a descriptor can say, reads back as it was; no bytes make the reader panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;

use arrow::array::{Array, AsArray};
use openobs_dwca::{Archive, Options, Term};
use proptest::prelude::*;

const TERMS: [&str; 4] = ["occurrenceID", "scientificName", "locality", "occurrenceRemarks"];

#[derive(Debug, Clone, Copy)]
struct Writing {
    delimiter: char,
    quote: Option<char>,
    line_end: &'static str,
    encoding: &'static str,
    header: bool,
}

fn writing() -> impl Strategy<Value = Writing> {
    (
        prop::sample::select(vec!['\t', ',', ';', '|', ' ']),
        prop::sample::select(vec![None, Some('"'), Some('\'')]),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        prop::sample::select(vec!["UTF-8", "windows-1252", "macintosh", "UTF-16LE", "UTF-16BE"]),
        any::<bool>(),
    )
        .prop_map(|(delimiter, quote, line_end, encoding, header)| Writing {
            delimiter,
            quote,
            line_end,
            encoding,
            header,
        })
}

/// Text of a cell: letters that every encoding tried has, and all that shapes a file.
fn cell() -> impl Strategy<Value = String> {
    prop::string::string_regex("[a-zA-Z0-9éèàçüÉ ,;|\t'\"\\\\\n.-]{0,12}").unwrap()
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), TERMS.len()), 0..30)
}

/// What a writer without quotes must leave out.
fn writable(cell: &str, row: usize, column: usize, writing: &Writing) -> String {
    let mut out: String = match writing.quote {
        // Tabs and line ends in one cell may have the very shape of records, which is what a stray quote is told by.
        Some(_) if writing.delimiter == '\t' => cell.replace('\t', "").replace('\n', writing.line_end),
        Some(_) => cell.replace('\n', writing.line_end),
        None => cell.chars().filter(|&c| c != writing.delimiter && c != '\n').collect(),
    };
    // The first cell is an id, so that no row is blank and no text covers lines that look like rows.
    if column == 0 {
        out = format!("OBS-{row}");
    }
    out
}

fn encode(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "UTF-16LE" => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        "UTF-16BE" => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        name => encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(text).0.into_owned(),
    }
}

fn write(rows: &[Vec<String>], writing: &Writing) -> Vec<u8> {
    let mut text = String::new();
    let header: Vec<String> = TERMS.iter().map(|&term| term.to_owned()).collect();
    for row in writing.header.then_some(&header).into_iter().chain(rows) {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match writing.quote {
                Some(quote) => format!("{quote}{}{quote}", cell.replace(quote, &format!("{quote}{quote}"))),
                None => cell.clone(),
            })
            .collect();
        text += &cells.join(&writing.delimiter.to_string());
        text += writing.line_end;
    }
    encode(&text, writing.encoding)
}

fn meta(writing: &Writing) -> String {
    let attribute = |c: char| format!("&#{};", c as u32);
    let fields: String = (0..TERMS.len())
        .map(|index| format!("<field index=\"{index}\" term=\"http://rs.tdwg.org/dwc/terms/{}\"/>", TERMS[index]))
        .collect();
    format!(
        "<archive xmlns=\"http://rs.tdwg.org/dwc/text/\"><core encoding=\"{}\" fieldsTerminatedBy=\"{}\" \
         linesTerminatedBy=\"{}\" fieldsEnclosedBy=\"{}\" ignoreHeaderLines=\"{}\" \
         rowType=\"http://rs.tdwg.org/dwc/terms/Occurrence\"><files><location>o.txt</location></files>\
         <id index=\"0\"/>{fields}</core></archive>",
        writing.encoding,
        attribute(writing.delimiter),
        writing.line_end.replace('\n', "\\n").replace('\r', "\\r"),
        writing.quote.map(attribute).unwrap_or_default(),
        usize::from(writing.header),
    )
}

fn read(folder: &Path) -> Vec<Vec<String>> {
    let archive = Archive::open(folder, &Options::default()).unwrap();
    let mut rows = Vec::new();
    for batch in archive.records().unwrap() {
        let batch = batch.unwrap();
        assert_eq!(batch.quarantined, []);
        for row in 0..batch.records.num_rows() {
            rows.push(
                TERMS
                    .iter()
                    .map(|term| {
                        let column = batch.records.column_by_name(term).unwrap().as_string::<i32>();
                        if column.is_null(row) { String::new() } else { column.value(row).to_owned() }
                    })
                    .collect(),
            );
        }
    }
    rows
}

/// Reads whatever there is, to the end or to an error.
fn exhaust(path: &Path) {
    if let Ok(archive) = Archive::open(path, &Options { join_memory_bytes: 50, ..Options::default() }) {
        let mut records = archive.records().unwrap();
        let mut quarantined = 0;
        let mut whole = true;
        for batch in records.by_ref() {
            match batch {
                Ok(batch) => quarantined += batch.quarantined.len() as u64,
                Err(error) => {
                    assert!(!error.remedy().is_empty());
                    whole = false;
                }
            }
        }
        if whole {
            let counts = records.counts();
            assert_eq!(counts.core.rows, counts.core.kept + counts.core.quarantined);
            assert_eq!(counts.quarantined(), quarantined);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, max_shrink_time: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn a_table_reads_back_as_it_was_written(table in table(), writing in writing()) {
        // A space parts nothing where ids and texts hold spaces that no quote protects.
        let rows: Vec<Vec<String>> = table
            .iter()
            .enumerate()
            .map(|(row, cells)| {
                cells.iter().enumerate().map(|(column, cell)| writable(cell, row, column, &writing)).collect()
            })
            .collect();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("meta.xml"), meta(&writing)).unwrap();
        std::fs::write(folder.path().join("o.txt"), write(&rows, &writing)).unwrap();
        prop_assert_eq!(read(folder.path()), rows);
    }

    #[test]
    fn no_bytes_panic_as_an_archive(bytes in prop::collection::vec(any::<u8>(), 0..2000), magic in 0..4_usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let start: [&[u8]; 4] = [b"", b"PK\x03\x04", b"\x1f\x8b\x08\0", b"occurrenceID,scientificName\n"];
        std::fs::write(&path, [start[magic], &bytes].concat()).unwrap();
        exhaust(&path);
    }

    #[test]
    fn no_bytes_panic_as_rows(
        core in "[ab\"\n\r,\t\\x00éX]{0,300}",
        extension in prop::collection::vec(prop::sample::select(b"ab\"\n\r,X\x00\xe9\xc3".to_vec()), 0..300),
        writing in writing(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let extension_meta = "<extension rowType=\"http://rs.gbif.org/terms/1.0/Multimedia\"><files>\
             <location>m.txt</location></files><coreid index=\"0\"/>\
             <field index=\"1\" term=\"http://purl.org/dc/terms/identifier\"/></extension></archive>";
        std::fs::write(folder.path().join("meta.xml"), meta(&writing).replace("</archive>", extension_meta)).unwrap();
        std::fs::write(folder.path().join("o.txt"), core).unwrap();
        std::fs::write(folder.path().join("m.txt"), extension).unwrap();
        exhaust(folder.path());
    }

    #[test]
    fn no_text_panics_as_a_descriptor(text in "[<>/=\"'&;# a-z0-9!\\[\\]-]{0,300}", cut in 0..600_usize) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("o.txt"), "OBS-1\tx\n").unwrap();
        std::fs::write(folder.path().join("eml.xml"), &text).unwrap();
        let writing = Writing { delimiter: '\t', quote: None, line_end: "\n", encoding: "UTF-8", header: false };
        let good = meta(&writing);
        let cut = cut.min(good.len());
        std::fs::write(folder.path().join("meta.xml"), format!("{}{text}{}", &good[..cut], &good[cut..])).unwrap();
        exhaust(folder.path());
        std::fs::write(folder.path().join("meta.xml"), &good).unwrap();
        exhaust(folder.path());
    }

    #[test]
    fn no_text_panics_as_a_term(text in any::<String>()) {
        let term = Term::resolve(&text);
        prop_assert!(!term.name().is_empty());
    }
}
