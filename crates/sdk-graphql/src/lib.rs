//! Typed GraphQL operations over authenticated HTTP: execute, classify errors, page.

mod input;
mod operation;
mod response;

pub use graphql_client;
pub use input::Input;
pub use operation::{Operation, OperationKind};
pub use response::{GraphqlError, Location, PathSegment, Response};
