//! The client against the sandbox, and the generated code as it is reviewed.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod errors;
mod generated;
mod jobs;
mod operations;

mod paging;
mod properties;
mod requests;
mod setup;
mod tokens;
mod triage;
