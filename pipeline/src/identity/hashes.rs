//! Sets of hashes of keys that do not fit into memory: which come more than once, and what two sets have in common.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// Hashes held in memory, 32 MiB; beyond, all of them are on disk.
const IN_MEMORY: usize = 4 << 20;

/// Files on disk, by the first bits of a hash: each is small enough to be sorted in memory.
const PART_BITS: u32 = 6;

/// Parts of a set, in the order of their hashes.
const PARTS: u64 = 1 << PART_BITS;

/// 64 bits of a key, evenly spread: the fixed bits of a UUID meet random ones.
pub fn hash_of(key: Uuid) -> u64 {
    let (high, low) = key.as_u64_pair();
    high ^ low
}

/// Hashes of keys, each as often as it was added.
#[derive(Debug)]
pub struct Hashes {
    memory: Vec<u64>,
    in_memory: usize,
    spilled: Option<Vec<File>>,
    work_folder: PathBuf,
}

/// Hashes that come more than once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// Each once, sorted; not all of them where there are too many records.
    pub hashes: Vec<u64>,
    /// How many times they come together.
    pub records: u64,
}

/// Sizes of what two sets have in common and have alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overlap {
    /// In both.
    pub both: u64,
    /// In the first alone.
    pub first_alone: u64,
    /// In the second alone.
    pub second_alone: u64,
}

impl Hashes {
    /// An empty set that spills into files without a name in a folder.
    pub fn new(work_folder: &Path) -> Self {
        Self { memory: Vec::new(), in_memory: IN_MEMORY, spilled: None, work_folder: work_folder.to_owned() }
    }

    /// Adds hashes, in any order.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, mut hashes: Vec<u64>) -> Result<()> {
        if self.spilled.is_none() {
            self.memory.append(&mut hashes);
            if self.memory.len() <= self.in_memory {
                return Ok(());
            }
            let files = (0..PARTS).map(|_| tempfile::tempfile_in(&self.work_folder)).collect::<Result<Vec<_>>>()?;
            self.spilled = Some(files);
            hashes = std::mem::take(&mut self.memory);
        }
        hashes.sort_unstable();
        for (part, file) in self.spilled.iter_mut().flatten().enumerate() {
            let bytes: Vec<u8> = slice(&hashes, part as u64).iter().flat_map(|hash| hash.to_le_bytes()).collect();
            file.seek(SeekFrom::End(0))?;
            file.write_all(&bytes)?;
        }
        Ok(())
    }

    /// The hashes whose first bits are those of a part, sorted.
    fn part(&mut self, part: u64) -> Result<Cow<'_, [u64]>> {
        let file = match &mut self.spilled {
            None => {
                if part == 0 {
                    self.memory.sort_unstable();
                }
                return Ok(Cow::Borrowed(slice(&self.memory, part)));
            }
            Some(files) => files.get_mut(part as usize),
        };
        let mut bytes = Vec::new();
        if let Some(file) = file {
            file.rewind()?;
            file.read_to_end(&mut bytes)?;
        }
        let (words, _) = bytes.as_chunks::<8>();
        let mut hashes: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        hashes.sort_unstable();
        Ok(Cow::Owned(hashes))
    }

    /// The hashes that come more than once; those of at most `limit` records are kept.
    ///
    /// # Errors
    /// When what was spilled cannot be read.
    pub fn repeated(&mut self, limit: u64) -> Result<Repeated> {
        let mut repeated = Repeated::default();
        for part in 0..PARTS {
            let hashes = self.part(part)?;
            for same in hashes.chunk_by(|one, other| one == other).filter(|same| same.len() > 1) {
                repeated.records += same.len() as u64;
                if repeated.records <= limit {
                    repeated.hashes.extend(same.first());
                }
            }
        }
        Ok(repeated)
    }

    /// What this set and another have in common; how often a hash comes does not matter.
    ///
    /// # Errors
    /// When what was spilled cannot be read.
    pub fn overlap(&mut self, other: &mut Self) -> Result<Overlap> {
        let mut overlap = Overlap::default();
        for part in 0..PARTS {
            let (ours, theirs) = (self.part(part)?, other.part(part)?);
            let mut ours = ours.chunk_by(|one, other| one == other).filter_map(|same| same.first()).peekable();
            let mut theirs = theirs.chunk_by(|one, other| one == other).filter_map(|same| same.first()).peekable();
            loop {
                match (ours.peek(), theirs.peek()) {
                    (None, None) => break,
                    (Some(one), Some(two)) if one == two => {
                        overlap.both += 1;
                        ours.next();
                        theirs.next();
                    }
                    (Some(one), two) if two.is_none_or(|two| one < two) => {
                        overlap.first_alone += 1;
                        ours.next();
                    }
                    _ => {
                        overlap.second_alone += 1;
                        theirs.next();
                    }
                }
            }
        }
        Ok(overlap)
    }
}

/// The part of sorted hashes that has these first bits.
fn slice(sorted: &[u64], part: u64) -> &[u64] {
    let start = sorted.partition_point(|hash| hash >> (u64::BITS - PART_BITS) < part);
    let end = sorted.partition_point(|hash| hash >> (u64::BITS - PART_BITS) <= part);
    sorted.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A set with these bounds of memory, filled by sevens.
    fn hashes(in_memory: usize, numbers: &[u64]) -> Hashes {
        let mut hashes = Hashes { in_memory, ..Hashes::new(&std::env::temp_dir()) };
        for numbers in numbers.chunks(7) {
            hashes.add(numbers.iter().map(|number| spread(*number)).collect()).unwrap();
        }
        hashes
    }

    fn spread(number: u64) -> u64 {
        hash_of(Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_le_bytes()))
    }

    #[test]
    fn the_same_in_memory_and_on_disk() {
        let numbers: Vec<u64> = (0..300).chain(0..20).chain(0..10).collect();
        for in_memory in [IN_MEMORY, 100, 0] {
            let mut set = hashes(in_memory, &numbers);
            assert_eq!(set.spilled.is_some(), in_memory < 300);
            let mut expected: Vec<u64> = (0..20).map(spread).collect();
            expected.sort_unstable();
            assert_eq!(set.repeated(1000).unwrap(), Repeated { hashes: expected, records: 50 });
            assert_eq!(set.repeated(10).unwrap().records, 50);
            assert!(set.repeated(10).unwrap().hashes.len() < 6);
            // What is added later counts as well.
            set.add(vec![spread(299), spread(1000)]).unwrap();
            assert_eq!(set.repeated(1000).unwrap().records, 52);
            let mut other = hashes(50, &(200..340).chain(200..240).collect::<Vec<_>>());
            let overlap = Overlap { both: 100, first_alone: 201, second_alone: 40 };
            assert_eq!(set.overlap(&mut other).unwrap(), overlap);
            let mut nothing = Hashes::new(&std::env::temp_dir());
            assert_eq!(nothing.overlap(&mut set).unwrap(), Overlap { second_alone: 301, ..Overlap::default() });
        }
    }

    #[test]
    fn hashes_are_spread_over_all_parts() {
        let parts: std::collections::BTreeSet<u64> = (0..2000).map(|number| spread(number) >> 58).collect();
        assert_eq!(parts.len() as u64, PARTS);
    }
}
