//! meta.xml of any bytes.
#![no_main]

mod archive;

use archive::read_files;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    read_files(&[
        ("meta.xml", data),
        ("occurrence.txt", b"id\tname\n1\tLutra lutra\n"),
        ("media.txt", b"1\thttps://x.example\n"),
    ]);
});
