//! Token requests, revocations and their answers on the wire: pure functions, no I/O.
//!
//! The client secret is read here; secret headers are made by the credentials themselves.

mod jwt;
mod request;
mod response;
mod revocation;

pub(crate) use request::{Post, token_request};
pub(crate) use response::{Granted, Refusal, presentable, token_response};
pub(crate) use revocation::{revocation_request, revocation_response};

#[cfg(test)]
mod tests;
