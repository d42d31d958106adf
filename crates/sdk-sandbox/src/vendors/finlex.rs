//! Finlex Cloud Platform: a JSON token request of its own, revocation, and a REST API of GETs.

mod data;
mod server;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::SandboxBuilder;
use crate::back_door;
use crate::error::StartError;
use crate::front::Front;
use crate::identity::TokenRules;
use crate::origin::{Bound, Origin};
use crate::storage::{self, Storage};
use data::Tenders;

const APP_ID: &str = "sandbox-app";
const SECRET: &str = "sandbox-secret-5d81e0c4";

/// The documented lifetime of a token ("Access Token" on developer.finlex.io).
const LIFETIME: Duration = Duration::from_secs(60 * 60);

#[doc = include_str!("../docs/finlex.md")]
#[derive(Debug)]
pub struct Finlex {
    tokens: Origin,
    api: Origin,
    files: Origin,
    tokens_url: String,
    api_url: String,
    server: Arc<Server>,
}

/// What the routes share.
struct Server {
    secret: Mutex<Secret>,
    tenders: RwLock<Tenders>,
    front: Arc<Front>,
    files: Arc<Storage>,
}

/// The one secret that the app has at a time.
struct Secret {
    text: String,
    number: u64,
    /// The end of every secret.
    mark: String,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("front", &self.front)
            .finish_non_exhaustive()
    }
}

impl Server {
    fn secret(&self) -> MutexGuard<'_, Secret> {
        self.secret.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Finlex {
    pub(crate) async fn start(settings: &SandboxBuilder) -> Result<Self, StartError> {
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let ip = settings.listen.map_or(localhost, |address| address.ip());
        let (tokens, api, files) = (free(ip).await?, free(ip).await?, free(ip).await?);
        let (tokens_url, api_url) = (tokens.url(), api.url());
        let front = Arc::new(Front::new(TokenRules {
            client_id: APP_ID.to_owned(),
            client_secret: settings.marks.end_of_secret(SECRET),
            audiences: Vec::new(),
            lifetime: settings.token_ttl.unwrap_or(LIFETIME),
            newest_only: false,
            token_mark: settings.marks.token.clone(),
        }));
        let files_of_vendor = Arc::new(Storage::new(files.url(), front.clone(), settings));
        let server = Arc::new(Server {
            secret: Mutex::new(Secret {
                text: settings.marks.end_of_secret(SECRET),
                mark: settings.marks.secret.clone(),
                number: 1,
            }),
            tenders: RwLock::new(Tenders::seeded(settings.items)),
            front,
            files: files_of_vendor.clone(),
        });
        Ok(Self {
            tokens: tokens.serve(server::token_routes(&server)),
            api: api.serve(server::api_routes(&server)),
            files: files.serve(storage::routes(files_of_vendor)),
            tokens_url,
            api_url,
            server,
        })
    }

    pub(crate) async fn stop(self) {
        self.tokens.stop().await;
        self.api.stop().await;
        self.files.stop().await;
    }

    /// Where tokens are asked for.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/token", self.tokens_url)
    }

    /// Where tokens are revoked.
    #[must_use]
    pub fn revoke_url(&self) -> String {
        format!("{}/token-revoke", self.tokens_url)
    }

    /// Where the API is, without the prefix of a path.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// The id of the app that is let in.
    #[must_use]
    pub fn app_id(&self) -> &str {
        APP_ID
    }

    /// The secret that the app has now.
    #[must_use]
    pub fn secret(&self) -> String {
        self.server.secret().text.clone()
    }

    /// The environment variables that point the vendor's SDK here, in a fixed order.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("FINLEX_APP_ID", self.app_id().to_owned()),
            ("FINLEX_SECRET", self.secret()),
            ("FINLEX_TOKEN_URL", self.token_url()),
            ("FINLEX_REVOKE_URL", self.revoke_url()),
            ("FINLEX_API_URL", self.api_url().to_owned()),
        ]
    }

    /// Deletes the app's secret and gives it a new one: tokens issued with the old one are invalid, as the
    /// vendor's page "Access Token" says.
    pub fn replace_secret(&self) -> String {
        let mut secret = self.server.secret();
        secret.number += 1;
        secret.text = format!("{SECRET}-{}{}", secret.number, secret.mark);
        self.server.front.issuer.revoke_all();
        secret.text.clone()
    }

    /// Lets every link to a policy given out so far expire now.
    pub fn expire_links(&self) {
        self.server.files.expire_links();
    }

    back_door::methods!();
}

/// A free port of an address.
async fn free(ip: IpAddr) -> Result<Bound, StartError> {
    let address = SocketAddr::new(ip, 0);
    Bound::new(address)
        .await
        .map_err(|source| StartError::listen(address, source))
}
