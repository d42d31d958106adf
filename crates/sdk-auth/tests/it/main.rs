//! The crate against servers on loopback that behave well and badly.

mod calls;
mod server;
mod setup;
