//! The files of a token store.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::store_files::check(bytes));
