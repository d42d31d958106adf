//! GraphQL schema and operation files in, plain typed Rust out. Called by build scripts.
