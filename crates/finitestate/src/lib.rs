//! Typed client for the Finite State GraphQL API (product security).
//!
//! Every documented operation is a value with typed variables and typed results; tokens are fetched,
//! shared and renewed; lists are streams.
//!
//! ```
//! use finitestate::{Client, queries::ListFindings, types::{FindingFilter, FindingSeverity}};
//! use futures_util::TryStreamExt;
//!
//! # async fn run(client: Client) -> Result<(), finitestate::Error> {
//! // Client::from_env() reads FINITESTATE_CLIENT_ID, _CLIENT_SECRET and _ORGANIZATION_CONTEXT.
//! let critical = FindingFilter::new()
//!     .severity(FindingSeverity::Critical)
//!     .merged_finding_ref_id(None) // null: leave out what was merged into another finding
//!     .deleted_at(None);
//! let mut findings = client.items(ListFindings::new().filter(critical).first(200));
//! while let Some(finding) = findings.try_next().await? {
//!     println!("{}", finding.title.unwrap_or_default());
//! }
//! # Ok(())
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = sdk_sandbox::Sandbox::start().await?;
//! #     let vendor = sandbox.finitestate();
//! #     let client = Client::builder()
//! #         .credentials(finitestate::Credentials::client(vendor.client_id(), vendor.client_secret()))
//! #         .organization_context(vendor.organization_context())
//! #         .token_url(vendor.token_url().parse()?)
//! #         .api_url(vendor.api_url().parse()?)
//! #         .build()?;
//! #     Ok(run(client).await?)
//! # }
//! ```
//!
//! # Jobs
//!
//! What takes several operations in order is one call: [`Client::upload_binary`], which survives a crash,
//! [`Client::upload_test_results`], [`Client::wait_for_processing`], [`Client::export`],
//! [`Client::triage`], [`Client::replicate_statuses`] and [`Client::compare_versions`]. The
//! [cookbook](jobs::cookbook) shows them.
//!
//! # Three states of an input
//!
//! A filter value of `null` asks for rows that have no value, so it must be sent, while a filter that
//! is not set must not be. Setters take a value, or `None` for `null`; what is not set is not sent.
//!
//! # What it covers
//!
//! Everything that the vendor's reference pages and its own SDKs show: products, assets, asset
//! versions, artifacts, tests with their processing state, findings, software components, licenses,
//! users, groups, organizations; creating and updating them; status updates; and uploads and exports, as
//! jobs and as single steps. [`queries`] lists the operations.
//!
//! The schema is transcribed from public documentation, because the vendor publishes none. What no
//! source shows is marked as inferred in the documentation of the generated types. No shipped
//! operation selects anything whose name is inferred; a value whose type is inferred decodes
//! leniently, as [`Inferred`] where it may be something else.
//!
//! # What it does not do
//!
//! It does not speak the REST API (`/api/public/v0`) that the vendor moves to for new tenants, and it
//! does not send several aliased fields in one request, which the vendor's server does not support.

mod client;
mod config;
mod environment;
pub mod jobs;
mod paging;
pub mod queries;
mod service;
mod triage;

pub use client::{Client, ClientBuilder};
pub use config::Config;
pub use environment::Environment;
pub use jobs::{
    BinaryUpload, Change, Comparison, ComponentBrief, CycloneDxContents, Export, ExportJob,
    FindingBrief, JobError, ProcessingWait, Replication, StatusReplication, TestResultsUpload,
    Triage, TriageOutcome, Upload, UploadState, VersionCsv, formats,
};
pub use paging::DEFAULT_PAGE_SIZE;
pub use queries::types;
#[cfg(unix)]
pub use sdk_auth::FileStore;
#[cfg(feature = "redis")]
pub use sdk_auth::RedisStore;
pub use sdk_auth::{
    CallStats, Credentials, Env, HttpConfig, Proxy, Redirects, RetryPolicy, SecretString,
    TokenEvent, TokenObserver, TokenOrigin, TokenSharing, TokenStats, TokenStore,
};
/// The runtime, for code that is generated in your crate.
pub use sdk_graphql;
pub use sdk_graphql::{
    AuthError, Bulk, BulkOutcome, BulkProgress, Call, Classification, Cursor, DateTime,
    DecodeError, Derived, Error, ErrorClass, GraphqlError, GraphqlErrors, Id, Inferred, Input,
    Items, Json, Location, Operation, OperationKind, Page, PageFault, Paged, PagedQuery, Pages,
    PagingError, Partial, PathSegment, RequestError, Response, StatusError, graphql_client,
};
pub use sdk_transfer::{
    Backoff, Download, LockError, OnProgress, Progress, SaveState, Source, StateError, StateFile,
    StateHeldError, StateLock, Storage, TransferError,
};
pub use triage::FindingStatusUpdate;

/// What generated code calls, here and in the crates of users.
#[doc(hidden)]
pub mod codegen {
    pub use crate::__finitestate_paged as paged;
}

/// The schema that the operations are generated from, as SDL, for tools.
///
/// A build script that generates operations of your own needs no copy of it: see `sdk_codegen`.
pub const SCHEMA: &str = include_str!("../schema.graphql");

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
