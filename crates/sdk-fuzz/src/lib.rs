//! What must hold for any bytes from outside: checked by fuzzing, and over a corpus in every test run.
//!
//! Each module has one function, `check`, which takes the bytes of one case and panics if something does
//! not hold. `cargo xtask fuzz` calls it with bytes that libFuzzer makes up, through the targets in `fuzz/`;
//! the tests of this crate call it with the cases that were found worth keeping, in `fuzz/corpus`. A crash
//! becomes a case with a name that says what it was.
//!
//! What is private to `sdk-auth`, answers of token endpoints, waits and stored records, is checked in that
//! crate's own module `fuzzing`, which ordinary builds do not have.
//!
//! # To add a target
//!
//! Write a module with a `check` here, a row in [`TARGETS`], `fuzz/fuzz_targets/<name>.rs` with its
//! `[[bin]]`, and a few cases by hand in `fuzz/corpus/<name>`. Words that matter can stand in
//! `fuzz/dictionaries/<name>.txt`.

pub mod finlex_response;
pub mod graphql_response;
pub mod introspection;
pub mod job_state;
pub mod query_document;
pub mod redis_reply;
pub mod schema_document;
#[cfg(unix)]
pub mod store_files;
pub mod webhook;

mod printed;
mod refused;

/// A target: its name, which is that of its corpus, and its property.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: &[Target] = &[
    ("finlex_response", finlex_response::check),
    ("graphql_response", graphql_response::check),
    ("introspection", introspection::check),
    ("job_state", job_state::check),
    ("query_document", query_document::check),
    ("redis_reply", redis_reply::check),
    ("schema_document", schema_document::check),
    #[cfg(unix)]
    ("store_files", store_files::check),
    ("webhook", webhook::check),
];

/// The first line, and the rest after its end.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    match end.and_then(|end| bytes.split_at_checked(end)) {
        Some((line, rest)) => (line, rest.get(1..).unwrap_or_default()),
        None => (bytes, &[]),
    }
}
