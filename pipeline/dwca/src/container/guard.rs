//! A reader that stops a decompression bomb and notices damage.

use std::io::{self, Read};

use flate2::Crc;

use crate::error::ArchiveError;
use crate::limits::Limits;

/// What is known about a stream before it is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Expected {
    /// Size the archive declares.
    pub bytes: Option<u64>,
    /// Bytes it takes in the archive.
    pub compressed: Option<u64>,
    /// CRC-32 the archive declares.
    pub crc: Option<u32>,
}

/// Checks size, ratio and CRC of what `inner` yields.
pub(crate) struct Guard<R> {
    inner: R,
    name: String,
    expected: Expected,
    crc: Crc,
    produced: u64,
    total: u64,
    ratio: u64,
    ratio_from: u64,
    ended: bool,
}

impl<R: Read> Guard<R> {
    pub(crate) fn new(inner: R, name: &str, expected: Expected, limits: &Limits) -> Self {
        Self {
            inner,
            name: name.to_owned(),
            expected,
            crc: Crc::new(),
            produced: 0,
            total: limits.total_uncompressed_bytes,
            ratio: limits.compression_ratio,
            ratio_from: limits.compression_ratio_from_bytes,
            ended: false,
        }
    }

    fn damaged(&self, what: String) -> io::Error {
        ArchiveError::unreadable(what, "ask the publisher to send the archive again").in_file(&self.name).into()
    }

    fn check(&self) -> io::Result<()> {
        if self.produced > self.total {
            return Err(ArchiveError::bound(
                "the archive is too large once decompressed",
                format!("{} bytes", self.total),
                "archive.total_uncompressed_bytes",
            )
            .in_file(&self.name)
            .into());
        }
        if self.produced > self.ratio_from
            && let Some(compressed) = self.expected.compressed
            && self.produced / compressed.max(1) > self.ratio
        {
            return Err(ratio_error(&self.name, self.ratio).into());
        }
        if let Some(bytes) = self.expected.bytes
            && self.produced > bytes
        {
            return Err(self.damaged(format!("the file is longer than the {bytes} bytes the archive declares")));
        }
        Ok(())
    }
}

/// The error of a file that decompresses too well.
pub(crate) fn ratio_error(name: &str, ratio: u64) -> ArchiveError {
    ArchiveError::bound(
        "the file decompresses to suspiciously many bytes",
        format!("{ratio} decompressed bytes per compressed byte"),
        "archive.compression_ratio",
    )
    .in_file(name)
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        if read > 0 {
            if self.expected.crc.is_some() {
                self.crc.update(buffer.get(..read).unwrap_or_default());
            }
            self.produced += read as u64;
            self.check()?;
            return Ok(read);
        }
        if !self.ended {
            self.ended = true;
            if let Some(bytes) = self.expected.bytes
                && self.produced < bytes
            {
                let produced = self.produced;
                return Err(self.damaged(format!("the file ends after {produced} of its {bytes} bytes")));
            }
            if let Some(crc) = self.expected.crc
                && self.crc.sum() != crc
            {
                return Err(self.damaged("the file does not match its checksum".into()));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn read(expected: Expected, limits: &Limits) -> Result<usize, ArchiveError> {
        let mut out = Vec::new();
        Guard::new(&[7_u8; 1000][..], "x", expected, limits)
            .read_to_end(&mut out)
            .map_err(|error| ArchiveError::io("read x", error))
    }

    #[test]
    fn size_ratio_and_checksum_are_checked() {
        let limits = Limits { compression_ratio_from_bytes: 10, compression_ratio: 5, ..Limits::default() };
        assert_eq!(read(Expected { bytes: Some(1000), ..Expected::default() }, &limits).unwrap(), 1000);
        let kind = |expected| read(expected, &limits).unwrap_err().kind();
        assert_eq!(kind(Expected { bytes: Some(999), ..Expected::default() }), ErrorKind::Unreadable);
        assert_eq!(kind(Expected { bytes: Some(1001), ..Expected::default() }), ErrorKind::Unreadable);
        assert_eq!(kind(Expected { crc: Some(1), ..Expected::default() }), ErrorKind::Unreadable);
        assert_eq!(
            kind(Expected { compressed: Some(100), ..Expected::default() }),
            ErrorKind::Bound("archive.compression_ratio")
        );
        let limits = Limits { total_uncompressed_bytes: 999, ..Limits::default() };
        assert_eq!(
            read(Expected::default(), &limits).unwrap_err().kind(),
            ErrorKind::Bound("archive.total_uncompressed_bytes")
        );
    }
}
