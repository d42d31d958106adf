//! The client against the sandbox, and the generated code as it is reviewed.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod coverage;
mod enrichment;
mod errors;
mod generated;
mod jobs;
mod killed;
mod matching;
mod operations;
mod paging;
mod partly;
mod properties;
mod rates;
mod requests;
mod setup;
mod tokens;
