//! Replies of Redis to a token store.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::redis_reply::check(bytes));
