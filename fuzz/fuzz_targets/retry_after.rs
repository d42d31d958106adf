//! The waits that servers ask for.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_auth::fuzzing::retry_after(bytes));
