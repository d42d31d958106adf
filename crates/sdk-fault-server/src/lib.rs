//! A server on loopback that fails in every way that the wire allows, for tests.
//!
//! It answers well until its [`Script`] says otherwise, then fails as told, and counts what reached it: a
//! client may say what it likes about how often it sent a request, the server knows.
//!
//! [`each`] and [`alone`] run the cells of a table of faults, and see panics and tasks that are left behind.
//!
//! Faults of certificates and of HTTP/2 need TLS, as they do outside: [`FaultServer::certificate`] is what
//! a client has to trust then.
//!
//! # What it does not do
//!
//! It knows no vendor and no GraphQL: what a good answer is, the test says.

mod bomb;
mod cells;
mod fault;
mod http1;
mod http2;
mod port;
mod server;
mod tls;

pub use bomb::Coding;
pub use cells::{alone, each};
pub use fault::{Fault, Turn};
pub use server::{Counts, FaultServer, Script};
pub use tls::Flaw;
