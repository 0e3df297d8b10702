//! Core ids: a hash that never changes, and how many ids come twice.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use hashbrown::HashTable;

/// Ids whose hashes are held in memory, about 64 MiB.
const IN_MEMORY: usize = 4 << 20;

/// Spill files, each small enough to sort in memory for any core of a few billion rows.
const PARTS: usize = 64;

/// Hash of an id. The partitions of a spilled join, hence the order of its output, depend on it: it must give the same
/// on every machine and in every version.
pub(crate) fn hash(id: &[u8]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        (product as u64) ^ ((product >> 64) as u64)
    };
    let mut state = 0x243f_6a88_85a3_08d3 ^ id.len() as u64;
    let mut words = id.chunks_exact(8);
    for word in &mut words {
        let word = word.try_into().map_or(0, u64::from_le_bytes);
        state = fold(state ^ word, K).rotate_left(23) ^ word;
    }
    let tail = words.remainder().iter().rev().fold(0_u64, |tail, &byte| (tail << 8) | u64::from(byte));
    state = fold(state ^ tail, K) ^ tail;
    fold(state ^ K, 0xd6e8_feb8_6659_fd93)
}

/// Counts ids that come more than once, by their hashes.
///
/// Two ids with one hash count as duplicates: with 64 bits, one chance in thousands for a hundred million rows, and the
/// count decides nothing.
pub(crate) struct Duplicates {
    seen: HashTable<u64>,
    count: u64,
    in_memory: usize,
    spill: Option<Vec<BufWriter<File>>>,
}

impl Duplicates {
    pub(crate) fn new() -> Self {
        Self { seen: HashTable::new(), count: 0, in_memory: IN_MEMORY, spill: None }
    }

    /// Whether the id is known to have come before; a spilled count tells only at the end.
    pub(crate) fn add(&mut self, hash: u64, work_folder: &Path) -> io::Result<bool> {
        if let Some(files) = &mut self.spill {
            write(files, hash)?;
            return Ok(false);
        }
        if self.seen.find(hash, |&other| other == hash).is_some() {
            self.count += 1;
            return Ok(true);
        }
        self.seen.insert_unique(hash, hash, |&other| other);
        if self.seen.len() >= self.in_memory {
            let mut files = Vec::new();
            for _ in 0..PARTS {
                files.push(BufWriter::new(tempfile::tempfile_in(work_folder)?));
            }
            for &hash in &self.seen {
                write(&mut files, hash)?;
            }
            self.seen = HashTable::new();
            self.spill = Some(files);
        }
        Ok(false)
    }

    /// Ids that repeat an earlier one.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        for file in self.spill.take().into_iter().flatten() {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            let mut bytes = Vec::new();
            BufReader::new(file).read_to_end(&mut bytes)?;
            let mut hashes: Vec<u64> =
                bytes.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_le_bytes)).collect();
            let all = hashes.len();
            hashes.sort_unstable();
            hashes.dedup();
            self.count += (all - hashes.len()) as u64;
        }
        Ok(self.count)
    }
}

fn write(files: &mut [BufWriter<File>], hash: u64) -> io::Result<()> {
    let part = usize::try_from(hash >> 58).unwrap_or_default();
    match files.get_mut(part) {
        Some(file) => file.write_all(&hash.to_le_bytes()),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fixed_and_spreads() {
        assert_eq!(hash(b""), hash(b""));
        assert_ne!(hash(b"a"), hash(b"a\0"));
        let parts: std::collections::HashSet<u64> =
            (0..1000).map(|n| hash(format!("OBS-{n}").as_bytes()) >> 58).collect();
        assert_eq!(parts.len(), 64);
    }

    #[test]
    fn counts_are_the_same_in_memory_and_spilled() {
        for in_memory in [IN_MEMORY, 10] {
            let mut duplicates = Duplicates { in_memory, ..Duplicates::new() };
            for n in 0..100 {
                duplicates.add(hash(format!("{}", n % 70).as_bytes()), &std::env::temp_dir()).unwrap();
            }
            assert_eq!(duplicates.finish().unwrap(), 30);
        }
    }
}
