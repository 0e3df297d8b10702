//! A release in one file that opens as it lies on disk: an Arrow IPC file with one batch of one row, whose lists are the
//! tables of [`Taxref`].
//!
//! The file is read once, into aligned memory, and every table is a slice of it. The schema's metadata tell the format, the
//! release, the files it was made from, and a SHA-256 over the whole file (with zeros where the hash itself stands), which
//! is checked before anything is decoded: what passes is what this program wrote. No clock and no path is in it, so that the
//! same inputs give the same bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::buffer::{Buffer, MutableBuffer};
use arrow::datatypes::Schema;
use arrow::ipc::convert::fb_to_schema;
use arrow::ipc::reader::{FileDecoder, read_footer_length};
use arrow::ipc::writer::FileWriter;
use arrow::ipc::{Footer, root_as_footer};
use openobs_steps::reference::taxref::Taxref;
use sha2::{Digest, Sha256};

use super::SourceFile;
use crate::commit::{hexadecimal, write_atomically};
use crate::error::{Doing, Error, Result};
use crate::modes;

/// The first bytes of the file.
pub const MAGIC: &[u8] = b"ARROW1";
/// Bytes at the end: length of the footer, and the magic.
const TRAILER: usize = 10;

const SOURCES_KEY: &str = "openobs.taxref.sources";
const HASH_KEY: &str = "openobs.sha256";
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A release that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The release.
    pub taxref: Taxref,
    /// The files it was made from.
    pub sources: Vec<SourceFile>,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// Writes a release and returns the SHA-256 of its content.
///
/// # Errors
/// When the file cannot be written.
pub fn write(taxref: &Taxref, sources: &[SourceFile], path: &Path) -> Result<String> {
    let batch = taxref.to_batch()?;
    let listed = serde_json::to_string(sources)
        .map_err(|error| Error::bug("the list of files could not be written as JSON").caused_by(error))?;
    let mut metadata = batch.schema().metadata().clone();
    metadata.insert(SOURCES_KEY.to_owned(), listed);
    metadata.insert(HASH_KEY.to_owned(), NO_HASH.to_owned());
    let schema = Arc::new(Schema::new_with_metadata(batch.schema().fields().clone(), metadata));
    let batch = RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())?;
    let mut bytes = Vec::with_capacity(batch.get_array_memory_size() + 65_536);
    let mut writer = FileWriter::try_new(&mut bytes, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    let sha256 = hexadecimal(&Sha256::digest(&bytes));
    let footer = footer_start(&bytes).ok_or_else(|| Error::bug("the file that was written has no footer"))?;
    let head = find(bytes.get(..footer).unwrap_or_default(), NO_HASH);
    let foot = find(bytes.get(footer..).unwrap_or_default(), NO_HASH).map(|at| at + footer);
    for at in [head, foot] {
        let place = at.and_then(|at| bytes.get_mut(at..at + NO_HASH.len()));
        place
            .ok_or_else(|| Error::bug("the file that was written has no place for its hash"))?
            .copy_from_slice(sha256.as_bytes());
    }
    write_atomically(path, &bytes)?;
    modes::open(path)?;
    Ok(sha256)
}

/// Opens a file that [`write()`] wrote.
///
/// # Errors
/// When the file cannot be read, is damaged, or was made by something else or another version.
pub fn open(path: &Path) -> Result<Opened> {
    let bytes = read(path)?;
    opened(&bytes).map_err(|error| error.context("file", path.display()))
}

/// The bytes of a file in memory that is aligned for numbers of any size.
fn read(path: &Path) -> Result<Buffer> {
    let doing = || format!("read {}", path.display());
    let mut file = File::open(path).doing(doing)?;
    let length = usize::try_from(file.metadata().doing(doing)?.len()).doing(doing)?;
    let mut bytes = MutableBuffer::from_len_zeroed(length);
    file.read_exact(bytes.as_slice_mut()).doing(doing)?;
    Ok(bytes.into())
}

fn opened(bytes: &Buffer) -> Result<Opened> {
    let start = footer_start(bytes).ok_or_else(|| damaged("it ends too early"))?;
    let end = bytes.len().saturating_sub(TRAILER);
    let footer =
        root_as_footer(bytes.get(start..end).unwrap_or_default()).map_err(|error| damaged(error.to_string()))?;
    let Some(sha256) = metadata(&footer, HASH_KEY) else {
        return Err(Error::usage("the file is no built TAXREF: it holds something else").remedy(REMEDY));
    };
    if hash_of(bytes, start, sha256).as_deref() != Some(sha256) {
        return Err(damaged("its content is not what was written"));
    }
    let flat_schema = footer.schema().ok_or_else(|| damaged("it has no schema"))?;
    let schema = Arc::new(fb_to_schema(flat_schema));
    Taxref::check_schema(&schema)
        .map_err(|error| Error::usage("the built TAXREF is of another version").caused_by(error).remedy(REMEDY))?;
    let batches = footer.recordBatches().filter(|batches| batches.len() == 1);
    let block = batches.map(|batches| *batches.get(0)).ok_or_else(|| damaged("it has not one batch"))?;
    let length = |length: i64| usize::try_from(length).map_err(|_| damaged("a length is negative"));
    let metadata_length = usize::try_from(block.metaDataLength()).map_err(|_| damaged("a length is negative"))?;
    let (from, length) = (length(block.offset())?, length(block.bodyLength())?.saturating_add(metadata_length));
    if from.checked_add(length).is_none_or(|end| end > start) {
        return Err(damaged("its batch ends beyond it"));
    }
    let decoder = FileDecoder::new(Arc::clone(&schema), footer.version());
    let batch = decoder.read_record_batch(&block, &bytes.slice_with_length(from, length))?;
    let batch = batch.ok_or_else(|| damaged("it has no batch"))?;
    let taxref = Taxref::from_batch(&batch)
        .map_err(|error| Error::usage("the built TAXREF cannot be used").caused_by(error).remedy(REMEDY))?;
    let sources = metadata(&footer, SOURCES_KEY).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Ok(Opened { taxref, sources, sha256: sha256.to_owned() })
}

const REMEDY: &str = "build it again with `openobs reference build`";

fn damaged(reason: impl Into<String>) -> Error {
    Error::usage(format!("the built TAXREF is damaged: {}", reason.into())).remedy(REMEDY)
}

fn metadata<'a>(footer: &Footer<'a>, key: &str) -> Option<&'a str> {
    let entries = footer.schema()?.custom_metadata()?;
    (0..entries.len()).map(|entry| entries.get(entry)).find(|entry| entry.key() == Some(key))?.value()
}

/// Where the footer starts; `None` in a file that is too short for one.
fn footer_start(bytes: &[u8]) -> Option<usize> {
    let trailer: [u8; TRAILER] = *bytes.last_chunk()?;
    let length = read_footer_length(trailer).ok()?;
    bytes.len().checked_sub(TRAILER + length)
}

/// The hash of a file with zeros where its own stands: at the front and in the footer.
fn hash_of(bytes: &[u8], footer: usize, own: &str) -> Option<String> {
    let mut hasher = Sha256::new();
    let (front, back) = bytes.split_at_checked(footer)?;
    for part in [front, back] {
        let at = find(part, own)?;
        hasher.update(part.get(..at)?);
        hasher.update(NO_HASH);
        hasher.update(part.get(at + own.len()..)?);
    }
    Some(hexadecimal(&hasher.finalize()))
}

/// How far from its start a part of the file may hold the hash: the schema comes first in both.
const SCHEMA_BYTES: usize = 1 << 20;

fn find(part: &[u8], text: &str) -> Option<usize> {
    let searched = part.get(..part.len().min(SCHEMA_BYTES))?;
    searched.windows(text.len()).position(|window| window == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use openobs_steps::reference::taxref::TaxrefBuilder;

    use super::*;

    fn built(folder: &Path) -> std::path::PathBuf {
        let mut builder = TaxrefBuilder::new(&["CD_NOM", "CD_REF", "RANG", "LB_NOM"]).unwrap().version(18);
        builder.push(2, &["4319", "4319", "ES", "Muscicapa striata"]).unwrap();
        let path = folder.join("taxref.arrow");
        let sources = [SourceFile { file: "TAXREFv18.txt".into(), sha256: "ab".into(), rows: 1 }];
        write(&builder.build(), &sources, &path).unwrap();
        path
    }

    #[test]
    fn what_is_written_opens() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(&built(folder.path())).unwrap();
        assert_eq!((opened.taxref.version(), opened.taxref.len()), ("TAXREF v18", 1));
        assert_eq!(opened.sources.first().map(|source| source.rows), Some(1));
        assert_eq!(opened.taxref.by_full_name("muscicapa striata").len(), 1);
    }

    #[test]
    fn no_changed_byte_goes_unseen() {
        let folder = tempfile::tempdir().unwrap();
        let path = built(folder.path());
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            assert!(opened(&Buffer::from(bytes)).is_err(), "byte {at}");
        }
        for length in 0..whole.len() {
            assert!(opened(&Buffer::from(&whole[..length])).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_file_of_something_else_is_told() {
        let batch = RecordBatch::new_empty(Arc::new(Schema::empty()));
        let mut bytes = Vec::new();
        let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        drop(writer);
        assert_eq!(
            opened(&Buffer::from(bytes)).unwrap_err().to_string(),
            "the file is no built TAXREF: it holds something else; build it again with `openobs reference build`"
        );
    }
}
