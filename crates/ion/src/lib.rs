//! Typed client for the ION Factory OS GraphQL API (First Resonance, manufacturing).
//!
//! Every documented operation is a value with typed variables and typed results; tokens are fetched,
//! shared and renewed; lists are streams.
//!
//! ```
//! use futures_util::TryStreamExt;
//! use ion::{Client, queries::ListRuns, types::{RunsInputFilters, StringFilter}};
//!
//! # async fn run(client: Client) -> Result<(), ion::Error> {
//! // Client::from_env() reads ION_CLIENT_ID, ION_CLIENT_SECRET and ION_ENVIRONMENT.
//! let open = RunsInputFilters::new().status(StringFilter::new().in_(["TODO", "IN_PROGRESS"]));
//! let mut runs = client.items(ListRuns::new().filters(open).first(200));
//! while let Some(run) = runs.try_next().await? {
//!     println!("{}  {}", run.id, run.title.unwrap_or_default());
//! }
//! # Ok(())
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = sdk_sandbox::Sandbox::start().await?;
//! #     let variables = ion::Env::from_pairs(sandbox.ion().variables());
//! #     let client = ion::Config::from_env(&variables)?.into_builder().build()?;
//! #     Ok(run(client).await?)
//! # }
//! ```
//!
#![doc = include_str!("docs/guide.md")]

pub mod as_built;
mod client;
mod config;
pub mod edit;
mod environment;
pub mod files;
mod job_error;
mod mboms;
mod paging;
pub mod queries;
mod run_progress;
mod scalars;
mod service;
mod submit;
pub mod upsert;
pub mod webhooks;

#[doc = include_str!("docs/cookbook.md")]
pub mod cookbook {}

pub use client::{Client, ClientBuilder};
pub use config::Config;
pub use environment::{Environment, RealmPath, UnknownEnvironment};
pub use job_error::{
    AmbiguousError, ContendedError, IncompleteError, JobError, NotFoundError, TooLargeError,
};
pub use mboms::{MbomLines, MbomLoad, RefusedLine};
pub use paging::DEFAULT_PAGE_SIZE;
pub use queries::types;
pub use run_progress::RunProgress;
pub use scalars::{Decimal, IdFilter, NotADecimal};
#[cfg(unix)]
pub use sdk_auth::FileStore;
#[cfg(feature = "redis")]
pub use sdk_auth::RedisStore;
pub use sdk_auth::{
    CallStats, ConfigError, Credentials, Env, HttpConfig, Proxy, Redirects, RetryPolicy,
    SecretString, StoreError, TokenEvent, TokenObserver, TokenOrigin, TokenSharing, TokenStats,
    TokenStore,
};
/// The runtime, for code that is generated in your crate.
pub use sdk_graphql;
pub use sdk_graphql::{
    AuthError, Bulk, BulkOutcome, BulkProgress, Call, Classification, Cursor, DateTime,
    DecodeError, Derived, Error, ErrorClass, GraphqlError, GraphqlErrors, Id, Inferred, Input,
    Items, Json, Location, Operation, OperationKind, Page, PageFault, Paged, PagedQuery, Pages,
    PagingError, Partial, PathSegment, Refusal, RefusedError, RequestError, Response, StatusError,
    graphql_client,
};
pub use sdk_transfer::{Backoff, Storage, TransferError};
pub use submit::{Submission, ValueError};

/// What generated code calls, here and in the crates of users.
#[doc(hidden)]
pub mod codegen {
    pub use crate::__ion_paged as paged;
}

/// The schema that the operations are generated from, as SDL, for tools.
///
/// A build script that generates operations of your own needs no copy of it: see `sdk_codegen`.
pub const SCHEMA: &str = include_str!("../schema.graphql");
