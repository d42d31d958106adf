//! Operation files in the generator.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::query_document::check(bytes));
