//! No canary in anything that a program prints, logs, stores or sends where it does not belong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod altrata;
mod finitestate;
mod finlex;
mod http2;
mod ion;
mod panics;
mod session;
mod stores;
mod tokens;
mod values;
