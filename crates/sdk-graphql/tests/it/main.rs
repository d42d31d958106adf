//! The client against the sandbox, with operations written by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod answers;
mod bulk;
mod connecting;
mod derived;
mod faults;
mod setup;
mod spans;
mod streams;
mod tokens;
