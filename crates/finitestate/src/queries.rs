//! Every documented operation, generated from `queries/finitestate/*.graphql`.
//!
//! An operation is a value that holds its variables: `ListFindings::new().first(200)`. The module of
//! the same name in snake case holds the types of its data: `list_findings::Finding`.
//!
#![doc = include_str!("docs/operations.md")]
#![allow(clippy::all, clippy::pedantic, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/queries.rs"));
