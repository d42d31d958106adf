//! Generated code for a schema of hard cases: unions, interfaces, fragments, odd names, guesses.
//!
//! The generator's own tests show the text it prints; this package shows that the text compiles and
//! does what it should. Each query file is one case, and says which.

#[allow(clippy::all, missing_docs)]
pub mod queries {
    include!(concat!(env!("OUT_DIR"), "/queries.rs"));
}

/// Operations on a schema like the large public ones, which the build script makes up.
#[allow(clippy::all, missing_docs)]
pub mod world {
    include!(concat!(env!("OUT_DIR"), "/world/queries.rs"));
}
