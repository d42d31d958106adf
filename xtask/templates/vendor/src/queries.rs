//! Every operation, generated from `queries/acme/*.graphql`.
//!
//! An operation is a value that holds its variables. The module of the same name in snake case holds the types of its
//! data.
#![allow(clippy::all, clippy::pedantic, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/queries.rs"));
