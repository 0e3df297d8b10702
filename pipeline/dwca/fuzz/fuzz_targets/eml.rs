//! A metadata document of any bytes.
#![no_main]

mod archive;

use archive::read_files;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    read_files(&[("eml.xml", data), ("occurrence.csv", b"occurrenceID,scientificName\n1,Lutra lutra\n")]);
});
