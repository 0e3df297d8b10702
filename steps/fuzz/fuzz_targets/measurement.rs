//! Any records through the step `measurement`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openobs_steps_fuzz::interpret("measurement", data));
