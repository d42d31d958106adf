//! Records of token stores, and the tokens sealed in them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_auth::fuzzing::stored_record(bytes));
