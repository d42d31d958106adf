//! ION Factory OS: a realm's token endpoint, one GraphQL endpoint, Relay connections, etags.

mod connection;
mod files;
mod kinds;
mod mutate;
mod objects;
mod resolve;
mod seed;
mod server;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use crate::SandboxBuilder;
use crate::back_door;
use crate::data::Store;
use crate::error::StartError;
use crate::front::Front;
use crate::graphql::Engine;
use crate::identity::TokenRules;
use crate::origin::{Bound, Origin};
use crate::storage::{self, Storage, StoredObject};
use files::Files;

const SDL: &str = include_str!("../../schemas/ion.graphql");

/// One engine for all sandboxes of a process: it knows the schema and no data, and is slow to make.
static ENGINE: OnceLock<Result<Engine, String>> = OnceLock::new();

const CLIENT_ID: &str = "sandbox-key";
const CLIENT_SECRET: &str = "sandbox-secret-91b4d7e2";

/// The lifetime of a token; the vendor says no more than "short-lived".
const LIFETIME: Duration = Duration::from_secs(3_600);

const TOKEN_PATH: &str = "/auth/realms/api-keys/protocol/openid-connect/token";
const TOKEN_PATH_OF_SCRIPTS: &str = "/realms/api-keys/protocol/openid-connect/token";
const GRAPHQL_PATH: &str = "/graphql";

#[doc = include_str!("../docs/ion.md")]
#[derive(Debug)]
pub struct Ion {
    origin: Origin,
    objects: Origin,
    url: String,
    api_url: String,
    server: Arc<Server>,
}

/// What the routes share.
struct Server {
    engine: &'static Engine,
    store: RwLock<Store>,
    front: Arc<Front>,
    max_fields: u64,
    /// The audience that a token request may name.
    audience: String,
    /// How many writes under an etag are still to lose a race.
    races: AtomicU32,
    files: Files,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("front", &self.front)
            .finish_non_exhaustive()
    }
}

impl Ion {
    pub(crate) async fn start(settings: &SandboxBuilder) -> Result<Self, StartError> {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let host = settings.listen.map_or(loopback, |address| address.ip());
        let address = SocketAddr::new(host, 0);
        let (bound, objects) = (listen(address).await?, listen(address).await?);
        let engine = ENGINE.get_or_init(|| Engine::new(SDL, "ion.graphql"));
        let engine = engine
            .as_ref()
            .map_err(|report| StartError::schema("ion", report))?;
        let url = bound.url();
        let front = Arc::new(Front::new(TokenRules {
            client_id: CLIENT_ID.to_owned(),
            client_secret: settings.marks.end_of_secret(CLIENT_SECRET),
            audiences: Vec::new(),
            lifetime: settings.token_ttl.unwrap_or(LIFETIME),
            newest_only: false,
            token_mark: settings.marks.token.clone(),
        }));
        let storage = Arc::new(Storage::new(objects.url(), front.clone(), settings));
        let server = Arc::new(Server {
            engine,
            store: RwLock::new(seed::seed(settings.items)),
            front,
            max_fields: settings.max_fields,
            audience: url.clone(),
            races: AtomicU32::new(0),
            files: Files::new(storage.clone()),
        });
        Ok(Self {
            origin: bound.serve(server::routes(&server)),
            objects: objects.serve(storage::routes(storage)),
            api_url: format!("{url}{GRAPHQL_PATH}"),
            url,
            server,
        })
    }

    pub(crate) async fn stop(self) {
        self.origin.stop().await;
        self.objects.stop().await;
    }

    /// Where tokens are asked for.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}{TOKEN_PATH}", self.url)
    }

    /// Where GraphQL documents go.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// What a token request may name as its audience.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.server.audience
    }

    /// The client id that is let in.
    #[must_use]
    pub fn client_id(&self) -> &str {
        CLIENT_ID
    }

    /// The secret of that client.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        self.server.front.issuer.client_secret()
    }

    /// The environment variables that point the vendor's SDK here, in a fixed order.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ION_CLIENT_ID", self.client_id().to_owned()),
            ("ION_CLIENT_SECRET", self.client_secret().to_owned()),
            ("ION_ENVIRONMENT", "sandbox".to_owned()),
            ("ION_TOKEN_URL", self.token_url()),
            ("ION_API_URL", self.api_url().to_owned()),
        ]
    }

    /// Lets every link to the object store expire now.
    pub fn expire_links(&self) {
        self.server.files.storage.expire_links();
    }

    /// What uploads have left in the object store, by key.
    #[must_use]
    pub fn stored_objects(&self) -> Vec<StoredObject> {
        self.server.files.storage.objects()
    }

    /// Lets somebody else be faster at the next `times` writes that name an etag: the row is written, and
    /// keeps its values, right before each of them.
    pub fn race_writes(&self, times: u32) {
        self.server.races.store(times, Ordering::Relaxed);
    }

    back_door::methods!();
}

async fn listen(address: SocketAddr) -> Result<Bound, StartError> {
    Bound::new(address)
        .await
        .map_err(|source| StartError::listen(address, source))
}
