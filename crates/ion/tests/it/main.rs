//! The client against the sandbox, and the generated code as it is reviewed.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod as_built;
mod conflicts;
mod edits;
mod errors;
mod files;
mod generated;
mod job_errors;
#[cfg(target_os = "linux")]
mod memory;
mod operations;
mod paging;
mod properties;
mod requests;
mod setup;
mod shop_floor;
mod tokens;
mod upserts;
