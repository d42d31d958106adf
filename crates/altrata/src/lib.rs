//! Typed client for the four Altrata GraphQL APIs.

mod client;
mod config;
mod environment;
mod matching;
mod paging;
pub mod queries;
mod refusal;
mod service;

pub use client::{Client, ClientBuilder};
pub use config::Config;
pub use environment::Environment;
pub use matching::{MAX_MATCH_REQUEST_BYTES, MatchInputError, MatchPeople, PersonRecord};
pub use refusal::Outcome;
pub use sdk_auth::{Credentials, Env, HttpConfig, RateLimit};
pub use sdk_graphql::{
    Call, Cursor, Derived, Error, ErrorClass, GraphqlError, Id, Inferred, Input, Items, Operation,
    OperationKind, Page, PageFault, Paged, Pages, Partial, Refusal, Response,
};
pub use service::{Service, error_type};

/// The schemas that the operations are generated from, as SDL: for tools, and for operations of your own.
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
