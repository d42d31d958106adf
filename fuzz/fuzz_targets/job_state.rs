//! States of jobs that users keep on disk.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sdk_fuzz::job_state::check(bytes));
