//! Typed GraphQL operations over authenticated HTTP: execute, classify errors, page.

#[doc(hidden)]
pub mod codegen;
mod input;
mod operation;
mod response;
mod scalars;

pub use graphql_client;
pub use input::Input;
pub use operation::{Operation, OperationKind};
pub use response::{GraphqlError, Location, PathSegment, Response};
pub use scalars::{Date, DateTime, Id, Inferred, Json};
