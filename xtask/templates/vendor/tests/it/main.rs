//! The client against a stand-in of the vendor.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod operations;
mod setup;
mod tokens;
