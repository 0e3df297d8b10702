//! Tar files, gzipped or not.
//!
//! The headers are walked here rather than by the tar crate's iterator, because that one reads names of any length into
//! memory. A file is later read again from its offset: for a gzipped tar this costs a second decompression, and saves
//! writing all of the archive to disk.

use std::io::Read;

use hashbrown::HashSet;
use tar::{EntryType, Header};

use super::{Bytes, Entry, Place, add_entry, check_files, entry_path, path};
use crate::error::ArchiveError;
use crate::limits::Limits;
use crate::warning::Warning;

const BLOCK: u64 = 512;

/// Longest extended header that is read; a longer one is skipped, and the plain name used.
const LONGEST_NAME: u64 = 64 << 10;

pub(super) fn list(
    mut stream: Bytes,
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Entry>, ArchiveError> {
    let damaged = |error| ArchiveError::io("read the tar file", error);
    let mut entries = Vec::new();
    let mut seen = HashSet::new();
    let mut position = 0_u64;
    let mut count = 0;
    let mut extended = Extended::default();
    loop {
        let mut block = [0_u8; BLOCK as usize];
        if read_block(&mut stream, &mut block).map_err(damaged)? == 0 || block.iter().all(|&byte| byte == 0) {
            return Ok(entries);
        }
        position += BLOCK;
        let header = Header::from_byte_slice(&block);
        check_sum(header)?;
        let mut bytes = header.entry_size().map_err(damaged)?;
        let kind = header.entry_type();
        if matches!(kind, EntryType::GNULongName | EntryType::XHeader) {
            let text = read_text(&mut stream, bytes).map_err(damaged)?;
            extended.take(kind, &text);
        } else {
            count += 1;
            check_files(count, limits)?;
            let Extended { name, size } = std::mem::take(&mut extended);
            bytes = size.unwrap_or(bytes);
            let name = name.unwrap_or_else(|| String::from_utf8_lossy(&header.path_bytes()).into_owned());
            // A folder's name may well be `/` or absolute; what matters is what is read.
            let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
            let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
            if is_file || is_link {
                let clean = entry_path(&name)?;
                if !clean.is_empty() && !path::is_hidden(&clean) && !name.ends_with('/') {
                    let place = Place::Tar { data: position, bytes };
                    add_entry(
                        &mut entries,
                        &mut seen,
                        Entry { path: clean, bytes: Some(bytes), is_link, place },
                        warnings,
                    );
                }
            }
            if is_link {
                bytes = 0;
            }
            skip(&mut stream, bytes).map_err(damaged)?;
        }
        let padding = (BLOCK - bytes % BLOCK) % BLOCK;
        skip(&mut stream, padding).map_err(damaged)?;
        position = position.saturating_add(bytes).saturating_add(padding);
    }
}

/// What an extended header says of the entry after it.
#[derive(Default)]
struct Extended {
    name: Option<String>,
    size: Option<u64>,
}

impl Extended {
    fn take(&mut self, kind: EntryType, text: &[u8]) {
        if kind == EntryType::GNULongName {
            let name = text.split(|&byte| byte == 0).next().unwrap_or_default();
            self.name = Some(String::from_utf8_lossy(name).into_owned());
            return;
        }
        for record in text.split(|&byte| byte == b'\n') {
            let record = String::from_utf8_lossy(record);
            // Each record is "length key=value".
            match record.split_once(' ').and_then(|(_, pair)| pair.split_once('=')) {
                Some(("path", name)) => self.name = Some(name.to_owned()),
                Some(("size", size)) => self.size = size.parse().ok(),
                _ => {}
            }
        }
    }
}

fn check_sum(header: &Header) -> Result<(), ArchiveError> {
    let sum: u32 = header
        .as_bytes()
        .iter()
        .enumerate()
        .map(|(at, &byte)| if (148..156).contains(&at) { 32 } else { u32::from(byte) })
        .sum();
    if header.cksum().ok() == Some(sum) {
        return Ok(());
    }
    Err(ArchiveError::unreadable(
        "a header of the tar file does not match its checksum",
        "ask the publisher to send the archive again",
    ))
}

/// Fills the block, or reports that the stream ended before it.
fn read_block(stream: &mut Bytes, block: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = block.get_mut(filled..)
        && !rest.is_empty()
    {
        match stream.read(rest)? {
            0 if filled == 0 => return Ok(0),
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
    }
    Ok(filled)
}

fn read_text(stream: &mut Bytes, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if bytes <= LONGEST_NAME {
        stream.by_ref().take(bytes).read_to_end(&mut text)?;
    } else {
        skip(stream, bytes)?;
    }
    Ok(text)
}

fn skip(stream: &mut Bytes, bytes: u64) -> std::io::Result<()> {
    if std::io::copy(&mut stream.by_ref().take(bytes), &mut std::io::sink())? < bytes {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}
