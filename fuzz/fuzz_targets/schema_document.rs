//! Schema files in the generator.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::schema_document::check(bytes));
