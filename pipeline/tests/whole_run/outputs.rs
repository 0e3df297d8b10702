//! Reads what the program wrote.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

/// Every file below a folder by its path there, sorted; links are not followed.
pub fn tree(root: &Path) -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.insert(entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned(), entry.path());
            }
        }
    }
    files
}

/// Asserts that two trees have the same files with the same bytes.
#[track_caller]
pub fn assert_same_trees(left: &Path, right: &Path) {
    let (left, right) = (tree(left), tree(right));
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    assert!(!left.is_empty());
    let differing: Vec<&String> = left
        .iter()
        .filter(|(name, path)| std::fs::read(path).unwrap() != std::fs::read(&right[*name]).unwrap())
        .map(|(name, _)| name)
        .collect();
    assert!(differing.is_empty(), "these files differ: {differing:#?}");
}

/// The batches of a Parquet file.
pub fn batches(path: &Path) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

/// Rows of a Parquet file.
pub fn rows(path: &Path) -> u64 {
    batches(path).iter().map(|batch| batch.num_rows() as u64).sum()
}

/// A Parquet file as text, a line for each cell.
pub fn parquet_text(path: &Path) -> String {
    let options = FormatOptions::new();
    let mut text = String::new();
    for batch in batches(path) {
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let formatter = ArrayFormatter::try_new(column.as_ref(), &options).unwrap();
            for row in 0..batch.num_rows() {
                text.push_str(&format!("{}: {}\n", field.name(), formatter.value(row)));
            }
        }
    }
    text
}

/// A file that is compressed with Zstandard, as text.
pub fn zstd_text(path: &Path) -> String {
    String::from_utf8(zstd::decode_all(File::open(path).unwrap()).unwrap()).unwrap()
}

/// The documents of index files below a folder.
pub fn documents(folder: &Path) -> Vec<Value> {
    let files = tree(folder).into_iter().filter(|(name, _)| name.ends_with(".ndjson.zst"));
    let texts = files.map(|(_, path)| zstd_text(&path));
    texts.flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()).collect()
}

/// The entries of a zip file by name.
pub fn zip_entries(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut entries = BTreeMap::new();
    for position in 0..archive.len() {
        let mut entry = archive.by_index(position).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        entries.insert(entry.name().unwrap().into_owned(), content);
    }
    entries
}

/// Everything that a reader can get out of a file: its bytes as they are, and decoded by its format.
pub fn all_text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => text.push_str(&parquet_text(path)),
        Some("zst") => text.push_str(&zstd_text(path)),
        Some("zip") => {
            for (name, content) in zip_entries(bytes) {
                text.push_str(&format!("{name}\n{}\n", String::from_utf8(content).unwrap()));
            }
        }
        Some("json" | "csv" | "html") => {}
        other => panic!("a file of an unknown kind ({other:?}) may hide something: {}", path.display()),
    }
    text
}

/// `run.json` of the latest report.
pub fn run_json(out: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(out.join("reports/latest/run.json")).unwrap()).unwrap()
}

/// The report of one archive in `run.json`.
#[track_caller]
pub fn dataset<'a>(run: &'a Value, archive: &str) -> &'a Value {
    let datasets = run["datasets"].as_array().unwrap();
    datasets.iter().find(|dataset| dataset["archive"] == archive).unwrap_or_else(|| panic!("no {archive}: {run:#}"))
}

/// A number in a JSON value, by its pointer.
#[track_caller]
pub fn number_at(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {pointer} in {value:#}"))
}
