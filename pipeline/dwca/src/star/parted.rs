//! The partitions of a join that was spilled, one after the other.

use std::sync::Arc;

use super::{Join, Phase, Records, new_stores, spilling};
use crate::error::ArchiveError;
use crate::spill::{DEEPEST, SideReader};
use crate::split::Splitter;
use crate::view::{RowView, Shape};

impl Records {
    /// Takes up the next partition, parted again if it is too large.
    pub(super) fn next_part(&mut self) -> Result<(), ArchiveError> {
        let options = &self.inner.options;
        loop {
            let Some(part) = self.parts.pop_front() else {
                self.finish();
                return Ok(());
            };
            if part.extensions.bytes > options.join_memory_bytes && part.depth < DEEPEST {
                for part in part.split(&options.work_folder).map_err(spilling)?.into_iter().rev() {
                    self.parts.push_front(part);
                }
                continue;
            }
            self.stores = new_stores(self.inner.descriptor.extensions.len());
            self.phase = Phase::Load(SideReader::new(part.extensions).map_err(spilling)?, part.core);
            return Ok(());
        }
    }

    /// Loads the extension rows of a partition.
    pub(super) fn load_part(&mut self) -> Result<(), ArchiveError> {
        let inner = Arc::clone(&self.inner);
        while !self.is_full() {
            let Phase::Load(side, _) = &mut self.phase else { return Ok(()) };
            let Some(frame) = side.next().map_err(spilling)? else {
                if let Phase::Load(_, core) = std::mem::replace(&mut self.phase, Phase::Done) {
                    self.phase = Phase::Part(SideReader::new(core).map_err(spilling)?);
                }
                return Ok(());
            };
            let table = frame.place.table;
            let shape = self.shapes.get(table).and_then(|files| files.get(frame.place.file)).copied();
            let shape = shape.unwrap_or_default();
            self.splitter.form = shape.form;
            self.splitter.split_again(&side.record);
            let view = RowView::new(&side.record, &self.splitter.cells, shape);
            let number = table.saturating_sub(1);
            let id = view.id(inner.data(table).id_index).unwrap_or_default();
            let Some(store) = self.stores.get_mut(number) else { continue };
            let bytes = inner.value_bytes(table, view.record(), view.cells());
            let inserted = store.insert(frame.hash, &id, &frame.place, view.record(), bytes, &inner.options.limits);
            if let Err(reason) = inserted {
                if let Some(counts) = self.counts.extensions.get_mut(number) {
                    counts.file.quarantined += 1;
                }
                let row = inner.quarantined(&frame.place, view.record(), shape, reason);
                self.push_quarantined(row);
            }
        }
        Ok(())
    }

    /// Joins the core rows of a partition.
    pub(super) fn join_part(&mut self) -> Result<(), ArchiveError> {
        let inner = Arc::clone(&self.inner);
        let id_index = inner.descriptor.core.id_index;
        let mut core_splitter = Splitter::new(Shape::default().form, inner.options.limits.columns);
        while !self.is_full() {
            let Phase::Part(side) = &mut self.phase else { return Ok(()) };
            let Some(frame) = side.next().map_err(spilling)? else {
                self.phase = Phase::Orphans(0, 0);
                return Ok(());
            };
            let shape = self.shapes.first().and_then(|files| files.get(frame.place.file)).copied();
            let shape = shape.unwrap_or_default();
            core_splitter.form = shape.form;
            core_splitter.split_again(&side.record);
            let view = RowView::new(&side.record, &core_splitter.cells, shape);
            let id = view.id(id_index);
            let file = inner.file_name(0, frame.place.file);
            self.builder.start_record(id.as_deref(), file, frame.place.line, &view);
            let id_hash = id.as_ref().map(|_| frame.hash);
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
        Ok(())
    }
}
