//! Transfers against a server that answers what a test tells it to.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod downloads;
mod faults;
mod multipart;
mod server;
mod state;
