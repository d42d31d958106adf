//! Answers to introspection queries.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::introspection::check(bytes));
