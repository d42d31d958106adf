//! GraphQL schema and operation files in, plain typed Rust out. Called by build scripts.
//!
//! # What is this
//!
//! A build script names a schema and a folder of `.graphql` files, one operation each; this crate
//! checks them against each other and writes Rust to `OUT_DIR`:
//!
//! ```no_run
//! // no_run: `emit` needs the folders that cargo gives a build script.
//! sdk_codegen::Project::new("schema.graphql", "queries").emit();
//! ```
//!
//! The crate includes it with `include!(concat!(env!("OUT_DIR"), "/queries.rs"));` and has, for an
//! operation `ListFindings`, the struct `ListFindings` with its variables, and the module
//! `list_findings` with the types of its data. Enums and input objects are in `types`, one each for
//! all operations.
//!
//! # What it does not do
//!
//! - It validates what would make the Rust wrong and what is cheap to see; it is no full GraphQL
//!   validator, which would cost every user's build. Run one in tests.
//! - It does not read configuration files, fetch schemas, or format with rustfmt.
//! - It refuses subscriptions, and files with more than one operation.

mod documents;
mod error;
mod model;
mod project;
mod rust;
mod source;
mod syntax;

pub use error::{Error, Errors};
pub use project::{GeneratedFile, Project};
