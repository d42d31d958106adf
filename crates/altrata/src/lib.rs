//! Typed client for the four Altrata GraphQL APIs: Profile, Matching, Events and Relationships.
//!
//! One client, one token, four services: each operation goes to its own by its type, with both headers
//! that the vendor asks for. Lists are streams, forwards and backwards.
//!
//! ```
//! use altrata::{Client, queries::profile::{GetPerson, SearchPeople}};
//! use futures_util::TryStreamExt;
//!
//! # async fn run(client: Client) -> Result<(), altrata::Error> {
//! // Client::from_env() reads ALTRATA_USERNAME, _PASSWORD and _API_KEY.
//! let mut people = client.items(SearchPeople::new("lindgren"));
//! while let Some(person) = people.try_next().await? {
//!     println!("{}", person.name.unwrap_or_default());
//! }
//!
//! match client.fetch(GetPerson::new("1-per-1")).await {
//!     Ok(person) => println!("{}", person.name.unwrap_or_default()),
//!     Err(error) if error.is_not_found() => println!("nobody"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = sdk_sandbox::Sandbox::builder().items(20).start().await?;
//! #     let env = altrata::Env::from_pairs(sandbox.altrata().variables());
//! #     Ok(run(altrata::Config::from_env(&env)?.into_builder().build()?).await?)
//! # }
//! ```
//!
//! # Results and errors
//!
//! The services answer with unions. [`Client::execute`] gives the data as it is; [`Client::fetch`] gives the
//! result without the union around it. Errors come in four places, and each keeps what it says:
//!
//! | where | what it is here |
//! |---|---|
//! | a member of the union, such as `ValidationError` | [`Error::Refused`], whose [`Refusal`] has kind, code, message and correlation id, as far as the service gives them |
//! | `errors` with the `errorType` `unauthorized` or `deprecated` | the data is usable: [`Client::execute_partial`] gives both, [`Client::execute`] an error; matching and enrichment use the data and keep the errors as `notes` |
//! | any other of the `errors` | an error; data beside it is discarded, as the vendor asks |
//! | status 429 | `Too Many Requests` is tried again; `Limit Exceeded` is [`Error::is_quota_exceeded`] and is not |
//!
//! Requests wait for their turn within the published rates ([`Service::rate_limit`]);
//! [`ClientBuilder::rate_limit`] changes that or turns it off. A daily quota of the Profile API can be as
//! small as 100 requests: ask for many people at once with [`queries::profile::GetPeople`].
//!
//! # Matching
//!
//! [`Client::match_people`] takes any number of records and gives each its match: it splits, submits, waits,
//! fetches and joins, and goes on after a crash. Submitting twice starts two jobs, so a submission is never
//! sent again by itself. A request that fails costs its own records and no others
//! ([`MatchReport::unmatched`]). Possible matches and records without any are told apart by queries of your own,
//! whose names no public source shows: [`MatchJob::possible_matches`]. [`Client::enrich`] gives the profiles
//! of many ids. The [`cookbook`] shows both.
//!
//! The steps stand alone, too: [`MatchPeople`] submits records,
//! [`queries::matching::GetMatchStatus`] says when the job
//! [is ready](queries::matching::get_match_status::StatusDescription::is_ready), and
//! [`queries::matching::GetUniqueMatches`] gives the records with one good match.
//!
//! # What is inferred, and how to confirm it
//!
//! The vendor's dictionaries could be read only in part, some without letter case. The schemas mark what
//! that leaves open: `SHAPE` where a type is a guess, and then values decode leniently; `SPELLING` where a
//! name was not seen letter by letter; `NAME` where nothing shows it, and then no shipped operation uses it.
//! [`operations`] says what each operation rests on. With credentials, run each operation once, or compare
//! the schemas with the services' GraphiQL pages.
//!
//! # What it does not do
//!
//! It has no Data Feed (SFTP, S3, Snowflake) and no MCP server. It gives no error details where the evidence
//! for them is missing: the refusals of [`queries::profile::SearchPeople`], [`queries::profile::GetPeople`],
//! the status and the results of matching, and the Relationships API have a kind and no message. Two
//! processes with the same credentials end each other's tokens: this client replaces one that was ended, at
//! the cost of one token request.

mod client;
mod config;
mod enrichment;
mod environment;
mod matching;
mod paging;
pub mod queries;
mod refusal;
mod service;

#[doc = include_str!("docs/cookbook.md")]
pub mod cookbook {}

#[doc = include_str!("docs/operations.md")]
pub mod operations {}

pub use client::{Client, ClientBuilder};
pub use config::Config;
pub use enrichment::{Enriched, Enrichment, EnrichmentError, MAX_BULK_IDS};
pub use environment::Environment;
pub use matching::{
    FailedMatch, MAX_MATCH_REQUEST_BYTES, MatchError, MatchInputError, MatchJob, MatchOutcome,
    MatchPeople, MatchReport, MatchState, MatchedRecord, OverdueMatch, PersonRecord,
    UncertainSubmission, UnmatchedRecords, UnsavedState,
};
#[cfg(unix)]
pub use sdk_auth::FileStore;
#[cfg(feature = "redis")]
pub use sdk_auth::RedisStore;
pub use sdk_auth::{
    CallStats, ConfigError, Credentials, Env, HttpConfig, Proxy, RateLimit, Redirects, RetryPolicy,
    SecretString, StoreError, TokenEvent, TokenObserver, TokenOrigin, TokenSharing, TokenStats,
    TokenStore,
};
/// The runtime, for code that is generated in your crate.
pub use sdk_graphql;
pub use sdk_graphql::{
    AuthError, Bulk, BulkOutcome, BulkProgress, Call, Cursor, DecodeError, Derived, Error,
    ErrorClass, GraphqlError, GraphqlErrors, Id, Inferred, Input, Items, Location, Operation,
    OperationKind, Outcome, Page, PageFault, Paged, PagedQuery, Pages, PagingError, Partial,
    PathSegment, Refusal, RefusedError, RequestError, Response, StatusError,
};
pub use sdk_transfer::{Backoff, SaveState, StateError, StateFile, StateHeldError};
pub use service::{Service, error_type};

/// What generated code calls, here and in the crates of users.
#[doc(hidden)]
pub mod codegen {
    pub use crate::__altrata_paged as paged;
    pub use crate::{paging::next, refusal::refusal};
}

/// The schemas that the operations are generated from, as SDL, for tools.
///
/// A build script that generates operations of your own needs no copy of them: see `sdk_codegen`.
pub mod schemas {
    /// The Profile API.
    pub const PROFILE: &str = include_str!("../schemas/profile.graphql");
    /// The Matching API.
    pub const MATCHING: &str = include_str!("../schemas/matching.graphql");
    /// The Events API.
    pub const EVENTS: &str = include_str!("../schemas/events.graphql");
    /// The Relationships API.
    pub const RELATIONSHIPS: &str = include_str!("../schemas/relationships.graphql");
}
