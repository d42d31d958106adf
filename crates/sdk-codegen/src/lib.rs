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
//! # Your own operations on a vendor's API
//!
//! A service that depends on a vendor's crate writes its own selections in `queries/*.graphql`, and a
//! build script that names the crate:
//!
//! ```no_run
//! // no_run: `emit` needs the folders that cargo gives a build script.
//! sdk_codegen::Project::of("finitestate", "queries").emit();
//! ```
//!
//! The schema is the one in the crate that is linked; no file is copied. The operations are values like
//! the shipped ones and run through the same client. `types` re-exports the enums, input objects and
//! scalars that the vendor's crate has, so that a filter made for a shipped operation fits; what the crate
//! lacks is generated beside them. An operation that declares and selects what the vendor's way of paging
//! needs (see [`Paging`]) is a list for `items` and `pages`, and its documentation says so; otherwise
//! implement the runtime's `Paged` for it by hand. Where the vendor says no in the data, the client finds it in
//! the operation's data, too (see [`Refusals`]). What does not fit the schema fails the build:
//!
//! ```text
//! error: `Finding` has no field `titel`
//!  --> queries/list_titles.graphql:4:5
//!   |
//! 4 |     titel
//!   |     ^^^^^
//!   = help: did you mean `title`?
//! ```
//!
//! `examples/own-queries` in the repository is such a service. A crate of your own for another API is
//! shared with [`Project::share`].
//!
//! # Names
//!
//! Fields are in snake case and types in camel case; a keyword gets an underscore (`type_`), leading
//! underscores go. Where two names are then the same, the later one is numbered (`id2`); two operations
//! are refused. The name on the wire is always that of the schema or the alias.
//!
//! # What it does not do
//!
//! - It validates what would make the Rust wrong and what is cheap to see; it is no full GraphQL
//!   validator, which would cost every user's build. Run one in tests.
//! - It does not read configuration files, fetch schemas, or format with rustfmt.
//! - It refuses subscriptions, and files with more than one operation.
//! - It refuses operations of more than 1 MB, of more than 200 levels or of more than 20 000 fields with their
//!   fragments written out. The schema may be of any size: 500 operations on 57 000 lines take half a second
//!   and 60 MB in a release build, and the cost grows with the number of operations alone.

mod build_script;
mod documents;
mod error;
mod generate;
mod model;
mod paging;
mod project;
mod refusals;
mod rust;
mod shared;
mod source;
mod syntax;

pub use error::{Error, Errors};
pub use generate::GeneratedFile;
pub use paging::Paging;
pub use project::Project;
pub use refusals::Refusals;
