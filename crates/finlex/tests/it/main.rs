//! The client against the sandbox.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod decisions;
mod errors;
mod operations;
mod paging;
mod requests;
mod setup;
mod tokens;
