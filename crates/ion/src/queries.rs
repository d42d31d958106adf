//! Every documented operation, generated from `queries/ion/*.graphql`.
//!
//! An operation is a value that holds its variables: `ListParts::new().first(200)`. The module of
//! the same name in snake case holds the types of its data: `list_parts::Part`.
//!
#![doc = include_str!("docs/operations.md")]
#![allow(clippy::all, clippy::pedantic, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/queries.rs"));
