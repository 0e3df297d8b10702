//! Any records through the step `event`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openobs_steps_fuzz::interpret("event", data));
