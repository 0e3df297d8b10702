//! Any records through the step `dynamic_properties`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openobs_steps_fuzz::interpret("dynamic_properties", data));
