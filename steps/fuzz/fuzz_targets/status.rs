//! Any records through the step `status`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openobs_steps_fuzz::interpret("status", data));
