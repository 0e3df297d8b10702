//! The order in which rows become public.
//!
//! Archives come in an order that says something: what was seen at one place often stands together. So the row of a protected
//! record may not stay between rows that show their places. Free rows keep the order of the archive; those of protected records
//! come after them, in the order of their keys, which are hashes. Source: sinp.md 3.9, L13.

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::kernels::boolean::not;
use arrow::compute::{concat_batches, filter_record_batch, sort_to_indices, take_record_batch};
use arrow::datatypes::Int32Type;

use super::{PublicBatch, missing};
use crate::error::Result;

/// Rows of protected records held before they are put in order and written. Bounds memory.
const HELD_ROWS: usize = 1 << 16;

/// Puts the rows of protected records after the others.
#[derive(Debug, Default)]
pub struct PublicOrder {
    held: Vec<RecordBatch>,
    rows: usize,
}

impl PublicOrder {
    /// Takes the next rows; the rows returned may be written.
    ///
    /// # Errors
    /// When the rows have no level or no key.
    pub fn add(&mut self, rows: &PublicBatch) -> Result<Vec<PublicBatch>> {
        let levels = rows.0.column_by_name("diffusionLevel").and_then(|levels| levels.as_primitive_opt::<Int32Type>());
        let levels = levels.ok_or_else(|| missing("diffusionLevel"))?;
        let free: BooleanArray = levels.iter().map(|level| Some(level == Some(0))).collect();
        if free.false_count() == 0 {
            return Ok(vec![rows.clone()]);
        }
        let protected = filter_record_batch(&rows.0, &not(&free)?)?;
        self.rows += protected.num_rows();
        self.held.push(protected);
        let mut ready = vec![PublicBatch(filter_record_batch(&rows.0, &free)?)];
        if self.rows >= HELD_ROWS {
            ready.extend(self.finish()?);
        }
        Ok(ready)
    }

    /// The rows that are left.
    ///
    /// # Errors
    /// When the rows have no key.
    pub fn finish(&mut self) -> Result<Option<PublicBatch>> {
        self.rows = 0;
        let held = std::mem::take(&mut self.held);
        let Some(first) = held.first() else { return Ok(None) };
        let rows = concat_batches(&first.schema(), &held)?;
        let keys = rows.column_by_name("occurrenceKey").ok_or_else(|| missing("occurrenceKey"))?;
        let order = sort_to_indices(keys, None, None)?;
        Ok(Some(PublicBatch(take_record_batch(&rows, &order)?)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int32Array, StringArray};

    use super::*;

    fn batch(rows: &[(&str, i32)]) -> PublicBatch {
        let keys: StringArray = rows.iter().map(|(key, _)| Some(*key)).collect();
        let levels: Int32Array = rows.iter().map(|(_, level)| Some(*level)).collect();
        let columns: [(&str, ArrayRef); 2] = [("occurrenceKey", Arc::new(keys)), ("diffusionLevel", Arc::new(levels))];
        PublicBatch(RecordBatch::try_from_iter(columns).unwrap())
    }

    #[test]
    fn protected_rows_come_last_by_their_keys() {
        let mut order = PublicOrder::default();
        let mut written = Vec::new();
        for rows in [batch(&[("d", 0), ("c", 2), ("b", 0)]), batch(&[("a", 1), ("f", 0)]), batch(&[("e", 0)])] {
            written.extend(order.add(&rows).unwrap());
        }
        written.extend(order.finish().unwrap());
        let keys: Vec<String> = written
            .iter()
            .flat_map(|rows| rows.0.column(0).as_string::<i32>().iter().flatten().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        assert_eq!(keys, ["d", "b", "f", "e", "a", "c"]);
        assert!(order.finish().unwrap().is_none());
    }
}
