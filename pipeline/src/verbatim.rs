//! The first stage: an archive becomes verbatim tables, with nothing lost or altered.
//!
//! The reader runs on a thread of its own and hands batches over a short channel, so that inflating and parsing overlap
//! with encoding. Files are cut every `shard_rows` rows of the core: a shard is what later stages, and executors, work on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use openobs_dwca::{Archive, Counts, Quarantined, Warning};

use crate::commit::FileEntry;
use crate::error::{Doing, Error, Result};
use crate::event_extension::ExtensionRows;
use crate::layout::Product;
use crate::outputs::avro::VerbatimAvroFile;
use crate::outputs::parquet::{ParquetFile, Statistics, Written};
use crate::star::Occurrences;

/// Key of the schema's metadata that holds the address of the core's row type.
pub const CORE_ROW_TYPE: &str = "coreRowType";

/// What the first stage made of an archive.
#[derive(Debug, Default)]
pub struct Verbatim {
    /// Verbatim Parquet files, one a shard, in order.
    pub shards: Vec<PathBuf>,
    /// Rows of the core.
    pub core_records: u64,
    /// Rows of each extension, by row type.
    pub extension_rows: BTreeMap<String, u64>,
    /// Whose these rows are, where the occurrences are an extension themselves.
    pub extension_belonging: ExtensionRows,
    /// Rows in quarantine, by row type.
    pub quarantined: BTreeMap<String, u64>,
    /// What was odd, for people.
    pub warnings: Vec<String>,
    /// Files by product.
    pub files: BTreeMap<Product, Vec<FileEntry>>,
    /// Schema of the star records, with the addresses of terms and row types.
    pub schema: Option<SchemaRef>,
    /// Address of the core's row type.
    pub core_row_type: String,
    /// Key of the dataset.
    pub dataset_key: String,
    /// What became of every row, as the reader counts.
    pub counts: Counts,
    /// What was odd about the rows.
    pub found: Vec<Warning>,
}

/// Which files are written, and where.
#[derive(Debug, Clone)]
pub struct VerbatimOutput {
    /// Folder that stands for the root while the attempt is staged.
    pub staging: PathBuf,
    /// Key of the dataset.
    pub dataset_key: String,
    /// Whether Avro is wanted; Parquet is always written, since the next stage reads it.
    pub avro: bool,
    /// Rows in a shard.
    pub shard_rows: u64,
}

/// Reads an archive to its end and writes it as verbatim tables.
///
/// # Errors
/// When the archive cannot be read (then it fails alone) or a file cannot be written.
pub fn write_verbatim(archive: &Archive, output: &VerbatimOutput, progress: &dyn Fn(u64)) -> Result<Verbatim> {
    let folder = output.staging.join(Product::Verbatim.dataset_folder(&output.dataset_key));
    let quarantine_folder = output.staging.join(Product::Quarantine.dataset_folder(&output.dataset_key));
    let core_row_type = archive.descriptor().core.row_type.uri().to_owned();
    let metadata = [(CORE_ROW_TYPE.to_owned(), core_row_type.clone())].into();
    let schema: SchemaRef = Arc::new(archive.schema().as_ref().clone().with_metadata(metadata));
    let mut records = archive.records().map_err(archive_error)?;
    let mut shards = Shards::new(&folder, output, &schema, &core_row_type);
    let mut quarantine = Quarantine::new(&quarantine_folder);
    let occurrences = Occurrences::of(&core_row_type, &schema);
    let mut extension_belonging = ExtensionRows::default();
    let (counts, warnings) = std::thread::scope(|scope| -> Result<_> {
        let (sender, receiver) = mpsc::sync_channel(2);
        let reader = scope.spawn(move || {
            for batch in records.by_ref() {
                let failed = batch.is_err();
                if sender.send(batch).is_err() || failed {
                    break;
                }
            }
            records
        });
        for batch in receiver {
            let batch = batch.map_err(archive_error)?;
            quarantine.write(&batch.quarantined)?;
            progress(batch.records.num_rows() as u64);
            if let Occurrences::Extension(extension) = &occurrences {
                extension_belonging.count(&batch.records, extension);
            }
            shards.write(&batch.records)?;
        }
        let records = reader.join().map_err(|_| Error::bug("the archive reader panicked"))?;
        Ok((records.counts().clone(), records.warnings().to_vec()))
    })?;
    let mut result = Verbatim {
        core_records: counts.core_rows(),
        extension_rows: counts
            .extensions
            .iter()
            .map(|extension| (extension.row_type.clone(), extension.file.rows))
            .collect(),
        extension_belonging,
        quarantined: quarantine.by_row_type.clone(),
        warnings: archive.warnings().iter().chain(&warnings).map(ToString::to_string).collect(),
        schema: Some(Arc::clone(&schema)),
        core_row_type: core_row_type.clone(),
        dataset_key: output.dataset_key.clone(),
        counts,
        found: warnings,
        ..Verbatim::default()
    };
    let files = shards.finish()?;
    result.shards = files.iter().filter(|file| is_parquet(&file.path)).map(|file| file.path.clone()).collect();
    result.files.insert(Product::Verbatim, files.iter().map(|file| FileEntry::of(&folder, file)).collect());
    let quarantined = quarantine.finish()?;
    result
        .files
        .insert(Product::Quarantine, quarantined.iter().map(|file| FileEntry::of(&quarantine_folder, file)).collect());
    Ok(result)
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "parquet")
}

/// The error of the reader as one of ours: the sender of the data must act.
pub fn archive_error(error: openobs_dwca::ArchiveError) -> Error {
    if error.kind() == openobs_dwca::ErrorKind::Io {
        return Error::environment("read the archive", error);
    }
    Error::data(error.to_string())
}

/// The verbatim files of a dataset, cut by rows.
struct Shards<'a> {
    folder: &'a Path,
    output: &'a VerbatimOutput,
    schema: &'a SchemaRef,
    core_row_type: &'a str,
    open: Option<(ParquetFile, Option<VerbatimAvroFile>, u64)>,
    finished: Vec<Written>,
    count: usize,
}

impl<'a> Shards<'a> {
    fn new(folder: &'a Path, output: &'a VerbatimOutput, schema: &'a SchemaRef, core_row_type: &'a str) -> Self {
        Self { folder, output, schema, core_row_type, open: None, finished: Vec::new(), count: 0 }
    }

    fn write(&mut self, records: &RecordBatch) -> Result<()> {
        let mut start = 0;
        while start < records.num_rows() {
            let (parquet, avro, rows) = match &mut self.open {
                Some(open) => open,
                None => {
                    let name = format!("part-{:05}", self.count);
                    self.count += 1;
                    let parquet = ParquetFile::create(
                        &self.folder.join(format!("{name}.parquet")),
                        Arc::clone(self.schema),
                        Statistics::RowGroups,
                    )?;
                    let avro = self.output.avro.then(|| {
                        VerbatimAvroFile::create(&self.folder.join(format!("{name}.avro")), self.core_row_type)
                    });
                    self.open.insert((parquet, avro.transpose()?, 0))
                }
            };
            let length = (records.num_rows() - start).min((self.output.shard_rows - *rows) as usize);
            let slice = records.slice(start, length);
            parquet.write(&slice)?;
            if let Some(avro) = avro {
                avro.write(&slice)?;
            }
            start += length;
            *rows += length as u64;
            if *rows >= self.output.shard_rows {
                self.close()?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        if let Some((parquet, avro, _)) = self.open.take() {
            self.finished.push(parquet.finish()?);
            if let Some(avro) = avro {
                self.finished.push(avro.finish()?);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Written>> {
        if self.count == 0 {
            // An archive without rows still has its tables.
            self.write_empty()?;
        }
        self.close()?;
        Ok(self.finished)
    }

    fn write_empty(&mut self) -> Result<()> {
        let path = self.folder.join("part-00000");
        let parquet =
            ParquetFile::create(&path.with_extension("parquet"), Arc::clone(self.schema), Statistics::RowGroups)?;
        self.finished.push(parquet.finish()?);
        if self.output.avro {
            self.finished.push(VerbatimAvroFile::create(&path.with_extension("avro"), self.core_row_type)?.finish()?);
        }
        self.count = 1;
        Ok(())
    }
}

/// Rows that could not be read, with their place and the reason.
struct Quarantine<'a> {
    folder: &'a Path,
    file: Option<ParquetFile>,
    by_row_type: BTreeMap<String, u64>,
}

impl<'a> Quarantine<'a> {
    fn new(folder: &'a Path) -> Self {
        Self { folder, file: None, by_row_type: BTreeMap::new() }
    }

    fn schema() -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("rowType", DataType::Utf8, false),
            Field::new("file", DataType::Utf8, false),
            Field::new("line", DataType::UInt64, false),
            Field::new("byteOffset", DataType::UInt64, false),
            Field::new("code", DataType::Utf8, false),
            Field::new("reason", DataType::Utf8, false),
            Field::new("text", DataType::Utf8, false),
        ]))
    }

    fn write(&mut self, rows: &[Quarantined]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            *self.by_row_type.entry(row.row_type.clone()).or_default() += 1;
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(ParquetFile::create(
                &self.folder.join("part-00000.parquet"),
                Self::schema(),
                Statistics::RowGroups,
            )?),
        };
        let text = |of: fn(&Quarantined) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
        };
        let number =
            |of: fn(&Quarantined) -> u64| -> ArrayRef { Arc::new(UInt64Array::from_iter_values(rows.iter().map(of))) };
        file.write(&RecordBatch::try_new(
            Self::schema(),
            vec![
                text(|row| row.row_type.clone()),
                text(|row| row.file.clone()),
                number(|row| row.line),
                number(|row| row.byte_offset),
                text(|row| row.reason.code().to_owned()),
                text(|row| row.reason.to_string()),
                text(|row| row.text.clone()),
            ],
        )?)
    }

    fn finish(self) -> Result<Option<Written>> {
        self.file.map(ParquetFile::finish).transpose()
    }
}

/// The star record schema of a committed verbatim file.
///
/// # Errors
/// When the file cannot be read.
pub fn read_schema(shard: &Path) -> Result<SchemaRef> {
    let file = std::fs::File::open(shard).doing(|| format!("read {}", shard.display()))?;
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)?;
    Ok(Arc::clone(reader.schema()))
}
