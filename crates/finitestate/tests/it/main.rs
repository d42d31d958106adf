//! The client against the sandbox, and the generated code as it is reviewed.

mod errors;
mod generated;
mod leaks;
mod operations;

mod paging;
mod requests;
mod setup;
mod tokens;
mod triage;
