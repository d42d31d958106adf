//! What generated code promises about any response, as tests over random responses.
//!
//! A response is made up from the schema and the document that is sent, by apollo-compiler's reading of
//! both: the generator has no part in it, so the two check each other. Each response comes with what
//! its decoder should make of it.
//!
//! A crate with generated operations has all of them tested by a few lines, and none can be forgotten:
//! the generator writes the list.
//!
//! ```
//! // In a crate of operations: `include!(concat!(env!("OUT_DIR"), "/operations.rs"))`, with a macro
//! // that makes `Subject::of::<$name>("$file", $name::DOCUMENT)` of each.
//! use sdk_codegen_properties::{Properties, Subject};
//!
//! let decode = |body: &[u8]| {
//!     let body: serde_json::Value = serde_json::from_slice(body)?;
//!     Ok(body.get("data").cloned())
//! };
//! let subject = Subject::new("get_ship.graphql", "query GetShip { ship { name } }", decode);
//! let schema = "type Query { ship: Ship } type Ship { name: String }";
//! Properties::new(schema, vec![subject])?.valid_responses_survive()?;
//! # Ok::<(), sdk_codegen_properties::Failure>(())
//! ```
//!
//! # More cases, and the same case again
//!
//! Every run has the same cases, 24 for each operation and property. `SDK_PROPERTY_CASES=5000` runs
//! more. A failure prints its seed, and `SDK_PROPERTY_SEED` runs that one case alone.
//!
//! # What it does not do
//!
//! It makes no broken JSON, and no value of another type than the schema states, except where the
//! schema marks a type as a guess.

mod collect;
mod failure;
mod generate;
mod leaf;
mod properties;
mod response;
mod subject;

pub use failure::Failure;
pub use leaf::{Leaf, Scalar};
pub use properties::Properties;
pub use response::difference;
pub use subject::Subject;
