//! Any records through the step `chronometric_age`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openobs_steps_fuzz::interpret("chronometric_age", data));
