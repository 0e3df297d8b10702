//! Any records through the step `living_atlas`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openobs_steps_fuzz::interpret("living_atlas", data));
