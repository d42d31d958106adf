//! Typed GraphQL operations over authenticated HTTP: execute, classify errors, page.

mod answer;
mod classify;
mod client;
#[doc(hidden)]
pub mod codegen;
mod derived;
mod error;
mod input;
mod operation;
mod paging;
mod refusal;
mod response;
mod scalars;
mod service;

pub use answer::Partial;
pub use classify::{Classification, ErrorClass, classify_standard};
pub use client::{Call, DEFAULT_TIMEOUT, GraphqlClient};
pub use derived::Derived;
pub use error::{
    AuthError, DecodeError, Error, GraphqlErrors, PageFault, PagingError, RefusedError,
    RequestError, StatusError,
};
pub use graphql_client;
pub use input::Input;
pub use operation::{Operation, OperationKind};
pub use paging::{Cursor, Items, Page, Paged, Pages};
pub use refusal::Refusal;
pub use response::{GraphqlError, Location, PathSegment, Response};
pub use scalars::{Date, DateTime, Id, Inferred, Json};
pub use service::Service;
