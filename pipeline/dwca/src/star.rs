//! The star join: each core record with the rows of its extensions.
//!
//! Neither side need be sorted and neither is held whole. While the extensions together take less than
//! `join_memory_bytes`, their rows are in memory and the core streams past them in its own order. Beyond, both sides go
//! to disk in partitions of a hash of the core id (a grace hash join), and each partition is joined in memory; the
//! order is then that of the partitions, and within one that of the archive. Which of the two happens, and how many
//! partitions there are, follows from sizes alone.

mod parted;

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use crate::archive::Inner;
use crate::columns::StarBuilder;
use crate::counts::{Counts, ExtensionCounts};
use crate::error::ArchiveError;
use crate::ids::{Duplicates, hash};
use crate::quarantine::{QuarantineReason, Quarantined};
use crate::schema::LEADING;
use crate::spill::{Part, Side, SideReader, Spill, first_bits};
use crate::split::Splitter;
use crate::store::Store;
use crate::table::{Next, Place, TableReader};
use crate::view::{RowView, Shape};
use crate::warning::{Warning, WarningKind};

/// Star records, and the rows that could not be used.
#[derive(Debug)]
pub struct Batch {
    /// Records, in the schema of [`crate::Archive::schema`]; may be empty when there are rows in quarantine.
    pub records: RecordBatch,
    /// Rows in no batch.
    pub quarantined: Vec<Quarantined>,
}

/// What the join is at.
enum Phase {
    /// Reading extension number `.0` into memory or to disk.
    Extension(usize),
    /// Reading the core, to join it at once or to spill it.
    Core,
    /// Loading the extension rows of a spilled partition; its core comes after.
    Load(SideReader, Side),
    /// Joining a spilled partition.
    Part(SideReader),
    /// Sending the rows of extension `.0`, from row `.1`, that no core record has to quarantine.
    Orphans(usize, usize),
    Done,
}

/// The star records of an archive, batch after batch.
pub struct Records {
    inner: Arc<Inner>,
    phase: Phase,
    reader: TableReader,
    builder: StarBuilder,
    stores: Vec<Store>,
    /// Set while a spilled join is being written.
    spill: Option<Spill>,
    extension_sides: Vec<Side>,
    parts: VecDeque<Part>,
    is_spilled: bool,
    /// How the files of each table are read, once they were opened.
    shapes: Vec<Vec<Shape>>,
    splitter: Splitter,
    duplicates: Option<Duplicates>,
    quarantined: Vec<Quarantined>,
    quarantined_bytes: usize,
    counts: Counts,
    warnings: Vec<Warning>,
}

impl Records {
    pub(crate) fn new(inner: Arc<Inner>) -> Result<Self, ArchiveError> {
        let extensions = &inner.descriptor.extensions;
        let bytes = inner.extension_bytes();
        let is_spilled = bytes > inner.options.join_memory_bytes;
        let spill = match is_spilled {
            true => Some(new_spill(&inner, bytes)?),
            false => None,
        };
        let names = inner.schema.fields().iter().skip(LEADING + inner.descriptor.core.fields.len());
        let counts = Counts {
            extensions: extensions
                .iter()
                .zip(names)
                .map(|(data, field)| ExtensionCounts {
                    name: field.name().clone(),
                    row_type: data.row_type.uri().to_owned(),
                    ..ExtensionCounts::default()
                })
                .collect(),
            ..Counts::default()
        };
        let limits = &inner.options.limits;
        Ok(Self {
            phase: if extensions.is_empty() { Phase::Core } else { Phase::Extension(0) },
            reader: TableReader::new(Arc::clone(&inner), usize::from(!extensions.is_empty())),
            builder: StarBuilder::new(Arc::clone(&inner.schema), &inner.descriptor.core, extensions),
            stores: new_stores(extensions.len()),
            spill,
            extension_sides: Vec::new(),
            parts: VecDeque::new(),
            is_spilled,
            shapes: vec![Vec::new(); extensions.len() + 1],
            splitter: Splitter::new(Shape::default().form, limits.columns),
            duplicates: Some(Duplicates::new()),
            quarantined: Vec::new(),
            quarantined_bytes: 0,
            counts,
            warnings: Vec::new(),
            inner,
        })
    }

    /// What became of every row; complete after the last batch.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// What was odd about the rows; complete after the last batch. Those found on opening are
    /// [`crate::Archive::warnings`].
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    fn is_full(&self) -> bool {
        let options = &self.inner.options;
        self.builder.rows().max(self.quarantined.len()) >= options.batch_rows.max(1)
            || self.builder.bytes() + self.quarantined_bytes >= options.batch_bytes
    }

    fn next_batch(&mut self) -> Result<Option<Batch>, ArchiveError> {
        while !self.is_full() {
            match &self.phase {
                Phase::Extension(number) => {
                    let number = *number;
                    self.read_extension(number)?;
                }
                Phase::Core => self.read_core()?,
                Phase::Load(..) => self.load_part()?,
                Phase::Part(_) => self.join_part()?,
                Phase::Orphans(extension, row) => {
                    let (extension, row) = (*extension, *row);
                    self.quarantine_orphans(extension, row)?;
                }
                Phase::Done => break,
            }
        }
        if self.builder.rows() == 0 && self.quarantined.is_empty() {
            return Ok(None);
        }
        let records = self.builder.finish()?;
        self.quarantined_bytes = 0;
        Ok(Some(Batch { records, quarantined: std::mem::take(&mut self.quarantined) }))
    }

    fn push_quarantined(&mut self, row: Quarantined) {
        self.quarantined_bytes += row.text.len() + row.file.len() + row.row_type.len();
        self.quarantined.push(row);
    }

    /// Remembers how the file being read is read.
    fn note_shape(&mut self, table: usize) {
        if let (Some(shapes), Some(shape)) = (self.shapes.get_mut(table), self.reader.shape())
            && shapes.len() <= self.reader.file()
        {
            shapes.resize(self.reader.file() + 1, shape);
        }
    }

    fn shape_of(&self, place: &Place) -> Shape {
        self.shapes.get(place.table).and_then(|files| files.get(place.file)).copied().unwrap_or_default()
    }

    fn read_extension(&mut self, number: usize) -> Result<(), ArchiveError> {
        let inner = Arc::clone(&self.inner);
        let table = number + 1;
        let id_index = inner.data(table).id_index;
        while !self.is_full() {
            let row = match self.reader.next(&mut self.warnings)? {
                None => return self.end_extension(number),
                Some(Next::Fault(row)) => {
                    self.push_quarantined(row);
                    continue;
                }
                Some(Next::Row(row)) => row,
            };
            self.note_shape(table);
            let place = Place { table, file: self.reader.file(), line: row.line, offset: row.offset };
            let Some(view) = self.reader.view(&row) else { continue };
            let by_fallback = view.by_fallback;
            let refused = match view.id(id_index) {
                None => Some(QuarantineReason::BlankCoreId),
                Some(id) => {
                    let hash = hash(id.as_bytes());
                    if let Some(spill) = &mut self.spill {
                        spill.write(hash, &place, view.record()).map_err(spilling)?;
                        None
                    } else if let Some(store) = self.stores.get_mut(number) {
                        let record = view.record();
                        let bytes = inner.value_bytes(table, record, view.cells());
                        store.insert(hash, &id, &place, record, bytes, &inner.options.limits).err()
                    } else {
                        None
                    }
                }
            };
            if by_fallback {
                self.reader.count_fallback(row.line);
            }
            if let Some(reason) = refused {
                if reason == QuarantineReason::BlankCoreId
                    && let Some(counts) = self.counts.extensions.get_mut(number)
                {
                    counts.without_core_id += 1;
                }
                let row = self.reader.quarantine(&row, reason);
                self.push_quarantined(row);
            }
        }
        Ok(())
    }

    fn end_extension(&mut self, number: usize) -> Result<(), ArchiveError> {
        if let Some(counts) = self.counts.extensions.get_mut(number) {
            counts.file = std::mem::take(&mut self.reader.counts);
        }
        let next = number + 1;
        let is_last = next == self.inner.descriptor.extensions.len();
        self.phase = if is_last { Phase::Core } else { Phase::Extension(next) };
        self.reader = TableReader::new(Arc::clone(&self.inner), if is_last { 0 } else { next + 1 });
        if is_last && let Some(spill) = self.spill.take() {
            self.extension_sides = spill.finish().map_err(spilling)?;
            self.spill = Some(new_spill(&self.inner, self.inner.extension_bytes())?);
        }
        Ok(())
    }

    fn read_core(&mut self) -> Result<(), ArchiveError> {
        let inner = Arc::clone(&self.inner);
        let id_index = inner.descriptor.core.id_index;
        while !self.is_full() {
            let row = match self.reader.next(&mut self.warnings)? {
                None => return self.end_core(),
                Some(Next::Fault(row)) => {
                    self.push_quarantined(row);
                    continue;
                }
                Some(Next::Row(row)) => row,
            };
            self.note_shape(0);
            let place = Place { table: 0, file: self.reader.file(), line: row.line, offset: row.offset };
            let Some(view) = self.reader.view(&row) else { continue };
            let by_fallback = view.by_fallback;
            let id = view.id(id_index);
            let id_hash = id.as_deref().map(|id| hash(id.as_bytes()));
            match id_hash {
                None => self.counts.missing_core_ids += 1,
                Some(hash) => {
                    if let Some(duplicates) = &mut self.duplicates {
                        duplicates.add(hash, &inner.options.work_folder).map_err(spilling)?;
                    }
                }
            }
            if let Some(spill) = &mut self.spill {
                spill.write(id_hash.unwrap_or_default(), &place, view.record()).map_err(spilling)?;
            } else {
                self.builder.start_record(id.as_deref(), self.reader.file_name(), row.line, &view);
                let mut join = Join {
                    inner: &inner,
                    stores: &mut self.stores,
                    shapes: &self.shapes,
                    splitter: &mut self.splitter,
                    builder: &mut self.builder,
                    counts: &mut self.counts,
                };
                join.add_extensions(id.as_deref(), id_hash);
            }
            self.reader.counts.kept += 1;
            if by_fallback {
                self.reader.count_fallback(row.line);
            }
        }
        Ok(())
    }

    fn end_core(&mut self) -> Result<(), ArchiveError> {
        self.counts.core = std::mem::take(&mut self.reader.counts);
        if let Some(duplicates) = self.duplicates.take() {
            self.counts.duplicate_core_ids = duplicates.finish().map_err(spilling)?;
        }
        self.warn_of_ids();
        match self.spill.take() {
            None => self.phase = Phase::Orphans(0, 0),
            Some(spill) => {
                let core = spill.finish().map_err(spilling)?;
                let bits = core.len().trailing_zeros();
                let extensions = std::mem::take(&mut self.extension_sides);
                let part = |(core, extensions)| Part { core, extensions, used: bits, depth: 0 };
                self.parts = core.into_iter().zip(extensions).map(part).collect();
                self.next_part()?;
            }
        }
        Ok(())
    }

    fn warn_of_ids(&mut self) {
        let file = self.inner.file_name(0, 0).to_owned();
        let Counts { duplicate_core_ids: duplicates, missing_core_ids: missing, .. } = self.counts;
        if duplicates > 0 {
            self.warnings.push(
                Warning::new(
                    WarningKind::DuplicatedIds,
                    format!("{duplicates} records have the id of an earlier one; extension rows go to the first"),
                    "give each record an id of its own",
                )
                .in_file(&file)
                .counted(duplicates),
            );
        }
        if missing > 0 && self.inner.descriptor.core.id_index.is_some() {
            self.warnings.push(
                Warning::new(
                    WarningKind::MissingIds,
                    format!("{missing} records have no id"),
                    "give each record an id",
                )
                .in_file(&file)
                .counted(missing),
            );
        }
    }

    /// All rows are read: tells of the extensions that do not fit the core.
    fn finish(&mut self) {
        self.phase = Phase::Done;
        for (number, counts) in self.counts.extensions.iter().enumerate() {
            if counts.orphans > 0 {
                self.warnings.push(
                    Warning::new(
                        WarningKind::Orphans,
                        format!(
                            "{} of {} rows have the id of no core record; they are in quarantine",
                            counts.orphans, counts.file.rows
                        ),
                        "correct the core ids",
                    )
                    .in_file(self.inner.file_name(number + 1, 0))
                    .counted(counts.orphans),
                );
            }
        }
    }

    fn quarantine_orphans(&mut self, mut extension: usize, mut row: usize) -> Result<(), ArchiveError> {
        let inner = Arc::clone(&self.inner);
        while !self.is_full() {
            let Some(store) = self.stores.get(extension) else {
                self.stores.clear();
                if self.is_spilled {
                    return self.next_part();
                }
                self.finish();
                return Ok(());
            };
            let Some((at, place, record, core_id)) = store.orphan(row) else {
                (extension, row) = (extension + 1, 0);
                continue;
            };
            let quarantined =
                inner.quarantined(&place, record, self.shape_of(&place), QuarantineReason::Orphan { core_id });
            self.push_quarantined(quarantined);
            if let Some(counts) = self.counts.extensions.get_mut(extension) {
                counts.orphans += 1;
                counts.file.quarantined += 1;
            }
            row = at + 1;
        }
        self.phase = Phase::Orphans(extension, row);
        Ok(())
    }
}

/// What adding the extension rows of one record takes.
struct Join<'a> {
    inner: &'a Inner,
    stores: &'a mut [Store],
    shapes: &'a [Vec<Shape>],
    splitter: &'a mut Splitter,
    builder: &'a mut StarBuilder,
    counts: &'a mut Counts,
}

impl Join<'_> {
    fn add_extensions(&mut self, id: Option<&str>, id_hash: Option<u64>) {
        if let (Some(id), Some(hash)) = (id, id_hash) {
            for (number, store) in self.stores.iter_mut().enumerate() {
                let mut joined = 0;
                for (place, record) in store.take(hash, id) {
                    let shape = self.shapes.get(place.table).and_then(|files| files.get(place.file)).copied();
                    let shape = shape.unwrap_or_default();
                    self.splitter.form = shape.form;
                    self.splitter.split_again(record);
                    let view = RowView::new(record, &self.splitter.cells, shape);
                    let file = self.inner.file_name(place.table, place.file);
                    self.builder.push_extension_row(number, file, place.line, &view);
                    joined += 1;
                }
                if let Some(counts) = self.counts.extensions.get_mut(number) {
                    counts.file.kept += joined;
                }
            }
        }
        debug_assert!(self.stores.len() <= self.inner.descriptor.extensions.len());
        self.builder.end_record();
    }
}

impl Iterator for Records {
    type Item = Result<Batch, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.next_batch().transpose();
        if matches!(batch, Some(Err(_))) {
            self.phase = Phase::Done;
            // What is half made is not to be taken for a batch.
            self.builder = StarBuilder::new(
                Arc::clone(&self.inner.schema),
                &self.inner.descriptor.core,
                &self.inner.descriptor.extensions,
            );
            self.quarantined.clear();
        }
        batch
    }
}

fn new_stores(extensions: usize) -> Vec<Store> {
    (1..=extensions).map(Store::new).collect()
}

fn new_spill(inner: &Inner, bytes: u64) -> Result<Spill, ArchiveError> {
    let options = &inner.options;
    Spill::new(&options.work_folder, 0, first_bits(bytes, options.join_memory_bytes)).map_err(spilling)
}

fn spilling(error: std::io::Error) -> ArchiveError {
    ArchiveError::io("use a temporary file in the work folder", error)
}
