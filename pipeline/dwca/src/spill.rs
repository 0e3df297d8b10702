//! Both sides of a star that is too large for memory, partitioned by a hash of the core id.
//!
//! A partition is a file without a name, so nothing is left behind whatever happens. Rows are written as the bytes they
//! are in the archive, after their place. How many partitions there are depends on sizes alone.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::table::Place;

/// Most partitions made at once: each takes an open file for either side.
const MOST_BITS: u32 = 6;

/// A partition that is still too large is parted again, this many times at most: rows of one id stay together.
pub(crate) const DEEPEST: u32 = 6;

/// Partitions a too large partition is parted into, as a power of two.
const AGAIN_BITS: u32 = 4;

/// A row on disk.
#[derive(Debug)]
pub(crate) struct Frame {
    pub hash: u64,
    pub place: Place,
}

const HEAD: usize = 8 + 4 + 4 + 8 + 8 + 4;

/// One side of one partition.
pub(crate) struct Side {
    file: File,
    pub bytes: u64,
}

/// Partitions being written.
pub(crate) struct Spill {
    files: Vec<BufWriter<File>>,
    sizes: Vec<u64>,
    shift: u32,
    bits: u32,
}

impl Spill {
    /// Partitions by `bits` bits of the hash, after the first `used`.
    pub(crate) fn new(work_folder: &Path, used: u32, bits: u32) -> io::Result<Self> {
        let mut files = Vec::new();
        for _ in 0..1_u32 << bits {
            files.push(BufWriter::with_capacity(32 << 10, tempfile::tempfile_in(work_folder)?));
        }
        let sizes = vec![0; files.len()];
        Ok(Self { files, sizes, shift: u64::BITS - used - bits, bits })
    }

    pub(crate) fn write(&mut self, hash: u64, place: &Place, record: &[u8]) -> io::Result<()> {
        let part = usize::try_from((hash >> self.shift) & ((1 << self.bits) - 1)).unwrap_or_default();
        let mut head = [0_u8; HEAD];
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        let fields: [&[u8]; 6] = [
            &hash.to_le_bytes(),
            &number(place.table),
            &number(place.file),
            &place.line.to_le_bytes(),
            &place.offset.to_le_bytes(),
            &number(record.len()),
        ];
        let mut at = 0;
        for field in fields {
            if let Some(room) = head.get_mut(at..at + field.len()) {
                room.copy_from_slice(field);
            }
            at += field.len();
        }
        if let (Some(file), Some(size)) = (self.files.get_mut(part), self.sizes.get_mut(part)) {
            file.write_all(&head)?;
            file.write_all(record)?;
            *size += (HEAD + record.len()) as u64;
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<Vec<Side>> {
        let mut sides = Vec::new();
        for (file, bytes) in self.files.into_iter().zip(self.sizes) {
            sides.push(Side { file: file.into_inner().map_err(io::IntoInnerError::into_error)?, bytes });
        }
        Ok(sides)
    }
}

/// The bits of a first partitioning of `bytes` that makes each part fit in `memory`.
pub(crate) fn first_bits(bytes: u64, memory: u64) -> u32 {
    let parts = (bytes / memory.max(1)).saturating_mul(2).saturating_add(1);
    (u64::BITS - parts.leading_zeros()).clamp(1, MOST_BITS)
}

/// Reads one side back, in the order it was written.
pub(crate) struct SideReader {
    file: BufReader<File>,
    /// Bytes of the row read last.
    pub record: Vec<u8>,
}

impl SideReader {
    pub(crate) fn new(mut side: Side) -> io::Result<Self> {
        side.file.seek(SeekFrom::Start(0))?;
        Ok(Self { file: BufReader::with_capacity(256 << 10, side.file), record: Vec::new() })
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Frame>> {
        let mut head = [0_u8; HEAD];
        match self.file.read_exact(&mut head) {
            Ok(()) => {}
            // Sides hold whole frames: a short read is the end.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let mut at = 0;
        let mut number = |bytes: usize| {
            let field = head.get(at..at + bytes).unwrap_or_default();
            at += bytes;
            field.iter().rev().fold(0_u64, |number, &byte| (number << 8) | u64::from(byte))
        };
        let hash = number(8);
        let table = number(4) as usize;
        let file = number(4) as usize;
        let (line, offset) = (number(8), number(8));
        let bytes = number(4) as usize;
        self.record.resize(bytes, 0);
        self.file.read_exact(&mut self.record)?;
        Ok(Some(Frame { hash, place: Place { table, file, line, offset } }))
    }
}

/// A partition to be joined.
pub(crate) struct Part {
    pub core: Side,
    pub extensions: Side,
    /// Bits of the hash that all its rows share.
    pub used: u32,
    pub depth: u32,
}

impl Part {
    /// Parts again by the next bits of the hash.
    pub(crate) fn split(self, work_folder: &Path) -> io::Result<Vec<Self>> {
        let Self { core, extensions, used, depth } = self;
        let again = |side: Side| -> io::Result<Vec<Side>> {
            let mut spill = Spill::new(work_folder, used, AGAIN_BITS)?;
            let mut reader = SideReader::new(side)?;
            while let Some(frame) = reader.next()? {
                spill.write(frame.hash, &frame.place, &reader.record)?;
            }
            spill.finish()
        };
        let (core, extensions) = (again(core)?, again(extensions)?);
        let part = |(core, extensions)| Self { core, extensions, used: used + AGAIN_BITS, depth: depth + 1 };
        Ok(core.into_iter().zip(extensions).map(part).collect())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ids::hash;

    #[test]
    fn rows_come_back_whole_and_in_order() {
        let folder = std::env::temp_dir();
        let mut spill = Spill::new(&folder, 0, 2).unwrap();
        for n in 0..100_u64 {
            let record = format!("OBS-{n}\tx").into_bytes();
            let place = Place { table: 1, file: 2, line: n, offset: n << 33 };
            spill.write(hash(&record), &place, &record).unwrap();
        }
        let sides = spill.finish().unwrap();
        assert_eq!(sides.len(), 4);
        let mut all = Vec::new();
        for (number, side) in sides.into_iter().enumerate() {
            let mut reader = SideReader::new(side).unwrap();
            let mut last = None;
            while let Some(frame) = reader.next().unwrap() {
                assert_eq!(frame.hash, hash(&reader.record));
                assert_eq!((frame.hash >> 62) as usize, number);
                assert_eq!(frame.place.offset, frame.place.line << 33);
                assert!(last < Some(frame.place.line));
                last = Some(frame.place.line);
                all.push(frame.place.line);
            }
        }
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn partitions_follow_sizes() {
        assert_eq!(first_bits(100, 100), 2);
        assert_eq!(first_bits(1, u64::MAX), 1);
        assert_eq!(first_bits(u64::MAX, 1), MOST_BITS);
    }
}
