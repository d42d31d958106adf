//! Answers of Finlex's REST API.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::finlex_response::check(bytes));
