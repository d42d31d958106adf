//! The vendors on loopback: token endpoints and a real GraphQL engine over seeded, stateful data.
//!
//! # What it is
//!
//! A server for tests and demos, ours and our users'. It answers as the vendor's public documentation
//! says the vendor does: any document is parsed, validated and executed against the checked-in schema,
//! over data that is the same on every run and as large as asked for; mutations change what later
//! queries see. It counts and records what it was asked, and breaks on demand.
//!
//! ```
//! use sdk_sandbox::Sandbox;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sdk_sandbox::StartError> {
//! let sandbox = Sandbox::start().await?;
//! for (name, value) in sandbox.finitestate().variables() {
//!     println!("export {name}='{value}'");
//! }
//! # sandbox.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! It shares no code with the SDKs: it is an independent witness of what they send. It does not scan
//! uploads, and where a vendor's behaviour is not documented it picks one and says so, in a table at
//! each vendor, such as [`FiniteState`]. It listens on plain HTTP and is not meant for any network.
#![doc = include_str!("docs/back_door.md")]
//!
//! # Reading order
//!
//! A request passes `origin` (listener), `front` (recorder, faults), a vendor's `server` (token, headers),
//! `graphql` (document, limits) and the vendor's `resolve` and `mutate`, which read and change the tables
//! of `data`. `identity` knows tokens, `storage` presigned links; neither knows a vendor. `back_door` reaches
//! what `front` holds. [`RedisServer`] stands apart: a real Redis, for programs that share a token.
//!
//! # Why apollo-compiler
//!
//! The engine is `apollo-compiler`'s execution rather than async-graphql's dynamic schemas: it takes the
//! checked-in SDL as it is, with directives, descriptions and deprecations, instead of a second copy of
//! the schema built by calls; it validates by the whole of the specification; and the project's own
//! checks use the same parser, so that a document passes both or neither.

mod answers;
mod back_door;
mod clock;
mod connection;
mod data;
mod error;
mod fault;
mod front;
mod graphql;
mod identity;
mod marks;
mod origin;
mod random;
mod record;
mod redis_server;
mod storage;
mod vendors;

use std::net::SocketAddr;
use std::time::Duration;

pub use error::{ListenError, RedisError, SchemaError, StartError};
pub use fault::Fault;
pub use marks::Marks;
pub use record::{Counts, Endpoint, Recorded};
pub use redis_server::RedisServer;
pub use storage::StoredObject;
pub use vendors::altrata::Altrata;
pub use vendors::finitestate::FiniteState;
pub use vendors::finlex::Finlex;
pub use vendors::ion::Ion;
pub use vendors::oauth2_basic::Oauth2Basic;
pub use vendors::stand_in::{StandIn, TokenShape};

/// Findings of the main asset version unless the builder says otherwise.
const DEFAULT_ITEMS: usize = 250;

/// Looks at a job before it is done, unless the builder says otherwise.
const DEFAULT_LOOKS: u32 = 2;

/// Bytes of uploads that are kept, unless the builder says otherwise.
const DEFAULT_KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes of answers that are kept, unless the builder says otherwise.
const DEFAULT_KEPT_ANSWER_BYTES: u64 = 256 * 1024 * 1024;

/// Fields of one request, unless the builder says otherwise: a list of 100 000 findings fits.
const DEFAULT_MAX_FIELDS: u64 = 10_000_000;

/// The running sandbox. Dropping it closes its listeners.
#[derive(Debug)]
pub struct Sandbox {
    finitestate: FiniteState,
    altrata: Altrata,
    finlex: Finlex,
    ion: Ion,
    oauth2_basic: Oauth2Basic,
}

/// How a sandbox starts.
#[derive(Clone, Debug)]
#[must_use]
pub struct SandboxBuilder {
    items: usize,
    token_ttl: Option<Duration>,
    listen: Option<SocketAddr>,
    looks_until_done: u32,
    max_fields: u64,
    kept_upload_bytes: u64,
    kept_answer_bytes: u64,
    marks: Marks,
}

impl Sandbox {
    /// Starts all vendors on free ports of 127.0.0.1, inside the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When no port of 127.0.0.1 can be listened on.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A builder with the defaults: 250 items, tokens as long as documented, free ports of 127.0.0.1.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            items: DEFAULT_ITEMS,
            token_ttl: None,
            listen: None,
            looks_until_done: DEFAULT_LOOKS,
            max_fields: DEFAULT_MAX_FIELDS,
            kept_upload_bytes: DEFAULT_KEPT_BYTES,
            kept_answer_bytes: DEFAULT_KEPT_ANSWER_BYTES,
            marks: Marks::default(),
        }
    }

    /// Finite State.
    #[must_use]
    pub fn finitestate(&self) -> &FiniteState {
        &self.finitestate
    }

    /// Finlex Cloud Platform.
    #[must_use]
    pub fn finlex(&self) -> &Finlex {
        &self.finlex
    }

    /// ION Factory OS.
    #[must_use]
    pub fn ion(&self) -> &Ion {
        &self.ion
    }

    /// A vendor with Basic credentials and a form, under an API of the sandbox's own.
    #[must_use]
    pub fn oauth2_basic(&self) -> &Oauth2Basic {
        &self.oauth2_basic
    }

    /// Altrata.
    #[must_use]
    pub fn altrata(&self) -> &Altrata {
        &self.altrata
    }

    /// Stops listening and waits until open requests have been answered.
    pub async fn stop(self) {
        self.finitestate.stop().await;
        self.altrata.stop().await;
        self.finlex.stop().await;
        self.ion.stop().await;
        self.oauth2_basic.stop().await;
    }
}

impl SandboxBuilder {
    /// The size of the data: findings of Finite State's main asset version, tenders of Finlex. Default 250.
    pub fn items(mut self, items: usize) -> Self {
        self.items = items;
        self
    }

    /// How long a token lives, in whole seconds on the wire. Default as each vendor documents.
    pub fn token_ttl(mut self, token_ttl: Duration) -> Self {
        self.token_ttl = Some(token_ttl);
        self
    }

    /// How often an export or an analysis is looked at before it is done. Default 2; with 0 it is done
    /// at once.
    pub fn looks_until_done(mut self, looks: u32) -> Self {
        self.looks_until_done = looks;
        self
    }

    /// How many fields one request may have answered, before its lists end with an error: nested lists
    /// without `first` multiply. Default 10 000 000.
    pub fn max_fields(mut self, fields: u64) -> Self {
        self.max_fields = fields;
        self
    }

    /// How many bytes of uploads each vendor's object store keeps in memory, so that they can be downloaded
    /// again. Beyond that, uploads are counted and hashed only. Default 16 MiB.
    pub fn kept_upload_bytes(mut self, bytes: u64) -> Self {
        self.kept_upload_bytes = bytes;
        self
    }

    /// How many bytes of answers Finite State keeps, so that a query over unchanged data is answered from
    /// memory when it is asked again. Beyond that, those kept so far are dropped. Default 256 MiB.
    pub fn kept_answer_bytes(mut self, bytes: u64) -> Self {
        self.kept_answer_bytes = bytes;
        self
    }

    /// Ends everything secret with a mark, for tests that look for secrets where none may be. Default: none.
    ///
    /// A mark that its secret cannot carry on the wire makes requests fail: see [`Marks`].
    pub fn marks(mut self, marks: Marks) -> Self {
        self.marks = marks;
        self
    }

    /// Where the API of the first vendor listens; every other origin takes a free port of the same
    /// address. Default: free ports of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Starts the sandbox inside the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        Ok(Sandbox {
            finitestate: FiniteState::start(&self).await?,
            altrata: Altrata::start(&self).await?,
            finlex: Finlex::start(&self).await?,
            ion: Ion::start(&self).await?,
            oauth2_basic: Oauth2Basic::start(&self).await?,
        })
    }
}
