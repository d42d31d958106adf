//! The crate against servers on loopback that behave well and badly.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails like a test")]

mod basic_and_form;
mod calls;
mod fleet;
mod hostile;
mod hot_path;
mod leaks;
mod newest_only;
mod observer;
#[cfg(unix)]
mod processes;
#[cfg(all(unix, feature = "redis"))]
mod redis_store;
mod revocation;
mod server;
mod setup;
mod sharing;
mod suspended;
mod tokens;
mod traces;
mod vendors;
