//! Reads archives to their end and tells what became of their rows, and how fast.
//!
//! ```text
//! cargo run --release -p openobs-dwca --example read_archive -- ARCHIVE...
//! ```
//!
//! `JOIN_MEMORY_BYTES` sets the memory of the join.
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::path::Path;
use std::time::Instant;

use openobs_dwca::{Archive, ArchiveError, Options};

fn main() -> Result<(), ArchiveError> {
    let mut options = Options::default();
    if let Some(bytes) = std::env::var("JOIN_MEMORY_BYTES").ok().and_then(|text| text.parse().ok()) {
        options.join_memory_bytes = bytes;
    }
    for path in std::env::args_os().skip(1) {
        let start = Instant::now();
        let archive = Archive::open(Path::new(&path), &options)?;
        let mut records = archive.records()?;
        let (mut rows, mut bytes) = (0, 0);
        for batch in records.by_ref() {
            let batch = batch?;
            rows += batch.records.num_rows();
            bytes += batch.records.get_array_memory_size();
        }
        let seconds = start.elapsed().as_secs_f64();
        println!("{}: {rows} records, {bytes} bytes of Arrow, {seconds:.2} s", archive.file_stem());
        println!("  {:?}", records.counts());
        for warning in archive.warnings().iter().chain(records.warnings()) {
            println!("  {warning}");
        }
    }
    Ok(())
}
