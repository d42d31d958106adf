//! Token requests and token responses on the wire: pure functions, no I/O.
//!
//! This is the only module that reads a client secret.

mod request;
mod response;

pub(crate) use request::token_request;
pub(crate) use response::{Granted, Refusal, presentable, token_response};

#[cfg(test)]
mod tests;
