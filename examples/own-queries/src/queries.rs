//! The operations in `queries/`, as the build script generates them.

#![allow(missing_docs, reason = "the operations are documented in their files")]

/// On Finite State.
pub mod finitestate {
    include!(concat!(env!("OUT_DIR"), "/finitestate/queries.rs"));
}

/// On Altrata's Profile API.
pub mod profile {
    include!(concat!(env!("OUT_DIR"), "/profile/queries.rs"));
}

/// On Altrata's Events API.
pub mod events {
    include!(concat!(env!("OUT_DIR"), "/events/queries.rs"));
}
