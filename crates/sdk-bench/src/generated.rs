//! The probes' operations as `sdk-codegen` prints them.
#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "printed code")]

include!(concat!(env!("OUT_DIR"), "/queries.rs"));

/// Operations on Finite State's API, beside those it ships.
pub mod finitestate {
    include!(concat!(env!("OUT_DIR"), "/finitestate/queries.rs"));
}
