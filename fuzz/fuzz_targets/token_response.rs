//! Answers of token endpoints, in every dialect.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_auth::fuzzing::token_response(bytes));
