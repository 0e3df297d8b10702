//! Tables that find rows by a number or by a text: sorted or addressed, without pointers, so that they can be kept in a
//! file.

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::{UInt32Type, UInt64Type};

use super::columns::{NotTaxref, Reader, Writer, damaged, ensure};
use super::{NONE, NameId};

/// Rows sorted by the hash of their key: twelve bytes a row, whatever the key.
#[derive(Debug, Clone)]
pub(super) struct Index {
    hashes: ScalarBuffer<u64>,
    rows: ScalarBuffer<u32>,
}

impl Default for Index {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl Index {
    pub(super) fn of(mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable();
        Self {
            hashes: entries.iter().map(|entry| entry.0).collect(),
            rows: entries.iter().map(|entry| entry.1).collect(),
        }
    }

    /// The rows of a hash that pass `same`, which compares the keys themselves.
    pub(super) fn find(&self, hash: u64, same: impl Fn(NameId) -> bool) -> Vec<NameId> {
        let start = self.start(hash);
        let hashes = self.hashes.get(start..).unwrap_or(&[]);
        let rows = self.rows.get(start..).unwrap_or(&[]);
        let alike = hashes.iter().zip(rows).take_while(|(other, _)| **other == hash);
        alike.map(|(_, row)| NameId(*row)).filter(|row| same(*row)).collect()
    }

    /// The first position whose hash is not below one.
    ///
    /// Hashes are spread evenly, so that their share of all numbers tells where they stand, give or take the square root
    /// of how many there are: a search from there touches one or two lines of memory, one through the middle twenty.
    fn start(&self, hash: u64) -> usize {
        let length = self.hashes.len();
        let guess = ((u128::from(hash) * length as u128) >> 64) as usize;
        let is_below = |position: usize| self.hashes.get(position).is_some_and(|other| *other < hash);
        let mut reach = 64;
        let mut low = guess;
        while low > 0 && !is_below(low - 1) {
            low = low.saturating_sub(reach);
            reach *= 2;
        }
        let mut reach = 64;
        let mut high = guess;
        while is_below(high) {
            high = (high + reach).min(length);
            reach *= 2;
        }
        low + self.hashes.get(low..high).unwrap_or(&[]).partition_point(|other| *other < hash)
    }

    pub(super) fn write(&self, columns: &mut Writer, [hashes, rows]: [&'static str; 2]) {
        columns.numbers::<UInt64Type>(hashes, &self.hashes);
        columns.numbers::<UInt32Type>(rows, &self.rows);
    }

    pub(super) fn read(
        columns: &Reader<'_>,
        [hashes, rows]: [&'static str; 2],
        names: usize,
    ) -> Result<Self, NotTaxref> {
        let index = Self { hashes: columns.numbers::<UInt64Type>(hashes)?, rows: columns.numbers::<UInt32Type>(rows)? };
        ensure(index.hashes.len() == names && index.hashes.is_sorted(), hashes, "not sorted, or not one a name")?;
        ensure(index.rows.len() == names && all_below(&index.rows, names), rows, "not a row for each name")?;
        Ok(index)
    }
}

/// Rows by their CD_NOM: an open-addressed table of pairs (number, row), at most half full.
///
/// A look-up reads one line of memory, mostly, and compares one number.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    slots: ScalarBuffer<u32>,
}

impl Default for Numbers {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl Numbers {
    pub(super) const COLUMN: &'static str = "cdNomSlots";

    /// The table of numbers that stand once each.
    pub(super) fn of(cd_noms: &[i32]) -> Self {
        let length = (cd_noms.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![[0, NONE]; length];
        for (row, cd_nom) in (0_u32..).zip(cd_noms) {
            let mut slot = first_slot(*cd_nom, length);
            // Half of the slots are free: this ends.
            while let Some(taken) = slots.get_mut(slot) {
                if taken[1] == NONE {
                    *taken = [cd_nom.cast_unsigned(), row];
                    break;
                }
                slot = (slot + 1) & (length - 1);
            }
        }
        Self { slots: slots.into_flattened().into() }
    }

    /// The row of a number.
    pub(super) fn find(&self, cd_nom: i32) -> Option<u32> {
        let length = self.slots.len() / 2;
        let mut slot = first_slot(cd_nom, length);
        for _ in 0..length {
            match self.slots.get(slot * 2..slot * 2 + 2)? {
                [_, NONE] => return None,
                [number, row] if *number == cd_nom.cast_unsigned() => return Some(*row),
                _ => slot = (slot + 1) & (length - 1),
            }
        }
        None
    }

    pub(super) fn write(&self, columns: &mut Writer) {
        columns.numbers::<UInt32Type>(Self::COLUMN, &self.slots);
    }

    pub(super) fn read(columns: &Reader<'_>, cd_noms: &[i32]) -> Result<Self, NotTaxref> {
        let numbers = Self { slots: columns.numbers::<UInt32Type>(Self::COLUMN)? };
        ensure(
            numbers.slots.len() == (cd_noms.len() * 2).next_power_of_two().max(2) * 2,
            Self::COLUMN,
            "not of its length",
        )?;
        let found = (0_u32..).zip(cd_noms).all(|(row, cd_nom)| numbers.find(*cd_nom) == Some(row));
        let taken = numbers.slots.chunks_exact(2).filter(|slot| slot.last() != Some(&NONE)).count();
        ensure(found && taken == cd_noms.len(), Self::COLUMN, "does not lead to the names")?;
        Ok(numbers)
    }
}

/// Where a number is looked for first: the high bits of its product with 2^32 divided by the golden ratio, which spreads
/// runs of numbers.
fn first_slot(cd_nom: i32, length: usize) -> usize {
    let spread = cd_nom.cast_unsigned().wrapping_mul(0x9E37_79B9);
    let bits = length.trailing_zeros().clamp(1, 32);
    (spread >> (32 - bits)) as usize
}

/// Lists of numbers, one a row, end to end: `starts` has one number more than there are rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    starts: ScalarBuffer<u32>,
    values: ScalarBuffer<u32>,
}

impl Lists {
    /// Lists from pairs (row, value), which are sorted and freed of repeats here.
    pub(super) fn of(rows: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = Vec::with_capacity(rows + 1);
        let mut position = 0_u32;
        let mut rest = pairs.as_slice();
        for row in (0_u32..).take(rows) {
            starts.push(position);
            let own = rest.iter().take_while(|(of, _)| *of == row).count();
            rest = rest.get(own..).unwrap_or(&[]);
            position += u32::try_from(own).unwrap_or(0);
        }
        starts.push(position);
        let values = pairs.iter().map(|(_, value)| *value).collect();
        Self { starts: starts.into(), values }
    }

    /// The list of a row.
    pub(super) fn of_row(&self, row: u32) -> &[u32] {
        let row = row as usize;
        let (Some(start), Some(end)) = (self.starts.get(row), self.starts.get(row + 1)) else { return &[] };
        self.values.get(*start as usize..*end as usize).unwrap_or(&[])
    }

    pub(super) fn write(&self, columns: &mut Writer, [starts, values]: [&'static str; 2]) {
        columns.numbers::<UInt32Type>(starts, &self.starts);
        columns.numbers::<UInt32Type>(values, &self.values);
    }

    /// Takes up lists of `rows` rows whose values are below `limit`.
    pub(super) fn read(
        columns: &Reader<'_>,
        names: [&'static str; 2],
        rows: usize,
        limit: usize,
    ) -> Result<Self, NotTaxref> {
        let starts = columns.numbers::<UInt32Type>(names[0])?;
        let values = columns.numbers::<UInt32Type>(names[1])?;
        let ends = starts.last().ok_or(damaged(names[0], "empty"))?;
        let whole = starts.len() == rows + 1 && starts.is_sorted() && *ends as usize == values.len();
        ensure(whole && starts.first() == Some(&0), names[0], "do not cut the values")?;
        ensure(all_below(&values, limit), names[1], "lead nowhere")?;
        Ok(Self { starts, values })
    }
}

/// Whether all numbers are below a limit.
pub(super) fn all_below(numbers: &[u32], limit: usize) -> bool {
    numbers.iter().all(|number| (*number as usize) < limit)
}

/// The hash of a key. Hashes are kept in files, so that they must be the same on every machine: FNV-1a, whose bits are
/// then mixed as MurmurHash3 ends, so that hashes are spread evenly over all numbers.
pub(super) fn hash_of(key: &str) -> u64 {
    let hash = key
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_found_and_others_are_not() {
        let cd_noms: Vec<i32> = (1..5_000).map(|number| number * 7).chain([i32::MAX, 9_900_001]).collect();
        let numbers = Numbers::of(&cd_noms);
        for (row, cd_nom) in (0..).zip(&cd_noms) {
            assert_eq!(numbers.find(*cd_nom), Some(row));
        }
        for absent in [0, -7, 1, 6, 35_001, i32::MIN] {
            assert_eq!(numbers.find(absent), None);
        }
        assert_eq!(Numbers::default().find(0), None);
    }

    #[test]
    fn lists_are_cut_where_rows_end() {
        let lists = Lists::of(4, vec![(2, 9), (0, 5), (2, 3), (2, 9)]);
        let rows: Vec<&[u32]> = (0..5).map(|row| lists.of_row(row)).collect();
        assert_eq!(rows, [&[5][..], &[], &[3, 9], &[], &[]]);
    }

    proptest! {
        #[test]
        fn every_row_is_found_under_its_hash(
            hashes in proptest::collection::vec(prop_oneof![any::<u64>(), 0_u64..5, (u64::MAX - 3)..=u64::MAX], 0..300),
            sought in any::<u64>(),
        ) {
            let index = Index::of(hashes.iter().copied().zip(0..).collect());
            for hash in hashes.iter().copied().chain([sought, 0, u64::MAX]) {
                let rows: Vec<u32> = index.find(hash, |_| true).into_iter().map(|id| id.0).collect();
                let expected: Vec<u32> = (0..).zip(&hashes).filter(|(_, other)| **other == hash).map(|(row, _)| row).collect();
                prop_assert_eq!(rows, expected);
            }
        }
    }
}
