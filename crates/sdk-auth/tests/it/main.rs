//! The crate against servers on loopback that behave well and badly.

mod calls;
mod hostile;
mod server;
mod setup;
mod tokens;
