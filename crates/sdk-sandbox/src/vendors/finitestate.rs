//! Finite State: JSON token request, one GraphQL endpoint, an organization in a header.

mod analysis;
mod exports;
mod input;
mod jobs;
mod kinds;
mod mutate;
mod mutations;
mod objects;
mod resolve;
mod seed;
mod server;
mod uploads;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use crate::SandboxBuilder;
use crate::answers::Answers;
use crate::back_door;
use crate::data::Store;
use crate::error::StartError;
use crate::front::Front;
use crate::graphql::Engine;
use crate::identity::TokenRules;
use crate::origin::{Bound, Origin};
use crate::storage::{self, Storage, StoredObject};
use jobs::Jobs;

const SDL: &str = include_str!("../../schemas/finitestate.graphql");

/// One engine for all sandboxes of a process: it knows the schema and no data, and is slow to make.
static ENGINE: OnceLock<Result<Engine, String>> = OnceLock::new();

/// The audience that the vendor documents ("Authentication" on docs.finitestate.io).
const AUDIENCE: &str = "https://platform.finitestate.io/api/v1/graphql";

/// The documented lifetime of a token ("Authentication").
const LIFETIME: Duration = Duration::from_secs(86_400);

const CLIENT_ID: &str = "sandbox-client";
const CLIENT_SECRET: &str = "sandbox-secret-7f3c2ab9";
const ORGANIZATION_CONTEXT: &str = "5b1e6f0a-3c2d-4e8f-9a7b-0d1c2e3f4a5b";

const TOKEN_PATH: &str = "/api/v1/auth/token";
const GRAPHQL_PATH: &str = "/api/v1/graphql";

#[doc = include_str!("../docs/finitestate.md")]
#[derive(Debug)]
pub struct FiniteState {
    api: Origin,
    objects: Origin,
    api_url: String,
    server: Arc<Server>,
}

/// What the routes share.
struct Server {
    engine: &'static Engine,
    store: RwLock<Store>,
    answers: Answers,
    front: Arc<Front>,
    storage: Arc<Storage>,
    jobs: Jobs,
    max_fields: u64,
    main_asset_version: String,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("front", &self.front)
            .finish_non_exhaustive()
    }
}

impl FiniteState {
    pub(crate) async fn start(settings: &SandboxBuilder) -> Result<Self, StartError> {
        let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let address = settings.listen.unwrap_or(any);
        let api = listen(address).await?;
        let objects = listen(SocketAddr::new(address.ip(), 0)).await?;
        let api_url = format!("{}{GRAPHQL_PATH}", api.url());
        let engine = ENGINE.get_or_init(|| Engine::new(SDL, "finitestate.graphql"));
        let engine = engine
            .as_ref()
            .map_err(|report| StartError::schema("finitestate", report))?;
        let seeded = seed::seed(settings.items);
        let rules = TokenRules {
            client_id: CLIENT_ID.to_owned(),
            client_secret: settings.marks.end_of_secret(CLIENT_SECRET),
            audiences: vec![api_url.clone(), AUDIENCE.to_owned()],
            lifetime: settings.token_ttl.unwrap_or(LIFETIME),
            newest_only: false,
            token_mark: settings.marks.token.clone(),
        };
        let front = Arc::new(Front::new(rules));
        let storage = Arc::new(Storage::new(objects.url(), front.clone(), settings));
        let server = Arc::new(Server {
            engine,
            main_asset_version: Store::id(seeded.main_asset_version).to_string(),
            store: RwLock::new(seeded.store),
            answers: Answers::new(settings.kept_answer_bytes),
            front,
            storage: storage.clone(),
            jobs: Jobs::new(settings.looks_until_done),
            max_fields: settings.max_fields,
        });
        let api = api.serve(server::routes(&server));
        let objects = objects.serve(storage::routes(storage));
        Ok(Self {
            api,
            objects,
            api_url,
            server,
        })
    }

    pub(crate) async fn stop(self) {
        self.api.stop().await;
        self.objects.stop().await;
    }

    /// Where tokens are asked for.
    #[must_use]
    pub fn token_url(&self) -> String {
        self.api_url.replace(GRAPHQL_PATH, TOKEN_PATH)
    }

    /// Where GraphQL documents go; a token request may name it as its audience, too.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.api_url
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

    /// The organization that every API request has to name in `Organization-Context`.
    #[must_use]
    pub fn organization_context(&self) -> &str {
        ORGANIZATION_CONTEXT
    }

    /// The environment variables that point the vendor's SDK here, in a fixed order.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("FINITESTATE_CLIENT_ID", self.client_id().to_owned()),
            ("FINITESTATE_CLIENT_SECRET", self.client_secret().to_owned()),
            (
                "FINITESTATE_ORGANIZATION_CONTEXT",
                self.organization_context().to_owned(),
            ),
            ("FINITESTATE_TOKEN_URL", self.token_url()),
            ("FINITESTATE_API_URL", self.api_url().to_owned()),
        ]
    }

    /// The id of the asset version that has as many findings as the builder was asked for.
    #[must_use]
    pub fn main_asset_version_id(&self) -> &str {
        &self.server.main_asset_version
    }

    /// Lets the next analysis or export that is launched fail, with this message where one is shown.
    pub fn fail_next_job(&self, message: impl Into<String>) {
        self.server.jobs.fail_next(message.into());
    }

    /// Makes the next export that is launched this large: so many bytes of no meaning, made up while they
    /// are sent.
    pub fn make_next_export_large(&self, bytes: u64) {
        self.server.jobs.make_next_export_large(bytes);
    }

    /// Lets every presigned link given out so far expire now.
    pub fn expire_links(&self) {
        self.server.storage.expire_links();
    }

    /// What uploads have left in the object store, by key.
    #[must_use]
    pub fn stored_objects(&self) -> Vec<StoredObject> {
        self.server.storage.objects()
    }

    back_door::methods!();
}

async fn listen(address: SocketAddr) -> Result<Bound, StartError> {
    Bound::new(address)
        .await
        .map_err(|source| StartError::listen(address, source))
}
