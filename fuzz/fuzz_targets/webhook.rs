//! Deliveries of ION: signature headers and events.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::webhook::check(bytes));
