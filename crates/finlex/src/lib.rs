//! Typed client for the Finlex Cloud Platform REST API (insurance tenders).
//!
//! Every documented call is a value with typed results; tokens are fetched, shared, renewed and revoked;
//! lists are streams. It has nothing to do with Finlex, the database of Finnish law.
//!
//! ```
//! use finlex::{Client, ListOpenTenders};
//! use futures_util::TryStreamExt;
//!
//! # async fn run(client: Client) -> Result<(), finlex::Error> {
//! // Client::from_env() reads FINLEX_APP_ID, FINLEX_SECRET and FINLEX_API_URL.
//! let mut tenders = client.items(ListOpenTenders::new());
//! while let Some(tender) = tenders.try_next().await? {
//!     println!("{}", tender.product.unwrap_or_default());
//! }
//! client.revoke_token().await?;
//! # Ok(())
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = sdk_sandbox::Sandbox::start().await?;
//! #     let env = finlex::Env::from_pairs(sandbox.finlex().variables());
//! #     let client = finlex::Config::from_env(&env)?.into_builder().build()?;
//! #     Ok(run(client).await?)
//! # }
//! ```
//!
//! # Operations
//!
#![doc = include_str!("docs/operations.md")]
//!
//! # What is inferred, and how to confirm it
//!
#![doc = include_str!("docs/evidence.md")]
//!
//! # What it does not do
//!
//! No page documents creating a tender, uploading a policy, single tenders, quotes, customers, documents,
//! users, products or webhooks; a call that the vendor has told you about can be added with [`Operation`].
//! A token is never sent in a URL, although the vendor would take it there. Only GET is spoken, because
//! every documented call is one.

mod client;
mod config;
mod covernotes;
mod environment;
mod error;
mod lenient;
mod list;
mod operation;
mod paging;
mod parts;
mod policies;
mod service;
mod tenders;
mod undocumented;

pub use client::{Call, Client, ClientBuilder, DEFAULT_TIMEOUT};
pub use config::Config;
pub use covernotes::{AcceptCovernote, Covernote, DeclineCovernote, ListCovernotes};
pub use environment::Environment;
pub use error::{Error, PageFault, PagingError, RequestError};
pub use list::{List, ListMetadata};
pub use operation::{Get, Misfit, Operation, Prefix};
pub use paging::{Items, Page, Paged, Pages};
pub use parts::{
    Address, BrokerCompany, ChangesMetadata, Customer, LineOfBusiness, PersonInCharge, TenderStatus,
};
pub use policies::{IssuePolicy, IssuePolicyLink, LinkHours, PolicyDocument, PolicyLink};
#[cfg(unix)]
pub use sdk_auth::FileStore;
#[cfg(feature = "redis")]
pub use sdk_auth::RedisStore;
pub use sdk_auth::answer::{AuthError, DecodeError, ErrorClass, StatusError};
pub use sdk_auth::{
    CallStats, Credentials, Env, HttpConfig, Proxy, Redirects, RetryPolicy, Revoked, SecretString,
    TokenEvent, TokenObserver, TokenOrigin, TokenSharing, TokenStats, TokenStore,
};
pub use tenders::{
    ListBrokerTenders, ListInsurerTenders, ListOpenTenders, ListSuccessfulTenders, Tender,
};
pub use undocumented::Undocumented;
