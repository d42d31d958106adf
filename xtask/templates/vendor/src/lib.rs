//! Typed client for the Acme GraphQL API.
//!
//! Every operation in `queries/acme/` is a value with typed variables and typed results; tokens are fetched, shared and
//! renewed.
//!
//! ```
//! # fn main() -> Result<(), acme::Error> {
//! // Client::from_env() reads ACME_CLIENT_ID, ACME_CLIENT_SECRET, ACME_TOKEN_URL and ACME_API_URL.
//! let client = acme::Client::builder()
//!     .credentials(acme::Credentials::client("my-service", "its secret"))
//!     .token_url("https://auth.example.com/token".parse().expect("a URL"))
//!     .api_url("https://api.example.com/graphql".parse().expect("a URL"))
//!     .build()?;
//! // client.execute(acme::queries::…).await?
//! assert_eq!(client.call_stats().sent, 0);
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! It knows no address of the vendor by itself, and reads errors by the standard rules alone.

mod client;
mod config;
pub mod queries;
mod service;

pub use client::{Client, ClientBuilder};
pub use config::Config;
pub use queries::types;
pub use sdk_auth::{
    CallStats, Credentials, Env, HttpConfig, Proxy, Redirects, RetryPolicy, SecretString,
    TokenStats,
};
/// The runtime, for code that is generated in your crate.
pub use sdk_graphql;
pub use sdk_graphql::{
    AuthError, Call, Classification, Cursor, Date, DateTime, DecodeError, Derived, Error,
    ErrorClass, GraphqlError, GraphqlErrors, Id, Inferred, Input, Items, Json, Location, Operation,
    OperationKind, Page, PageFault, Paged, Pages, PagingError, Partial, PathSegment, RequestError,
    Response, StatusError, graphql_client,
};

/// The schema that the operations are generated from, as SDL, for tools.
///
/// A build script that generates operations of your own needs no copy of it: see `sdk_codegen`.
pub const SCHEMA: &str = include_str!("../schema.graphql");
