//! Responses to every operation of every vendor.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::graphql_response::check(bytes));
