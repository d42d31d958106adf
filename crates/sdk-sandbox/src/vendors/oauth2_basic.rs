//! A vendor known by its page "Authentication" alone: Basic and a form, and an API of our own behind it.

mod server;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::SandboxBuilder;
use crate::back_door;
use crate::error::StartError;
use crate::front::Front;
use crate::identity::TokenRules;
use crate::origin::{Bound, Origin};

/// The client chooses its id; spaces and a plus tell the two encodings apart.
const CLIENT_ID: &str = "sandbox client+1";
const CLIENT_SECRET: &str = "sandbox/secret+%3A=2c07";

/// The lifetime in the page's example.
const LIFETIME: Duration = Duration::from_secs(3_600);

#[doc = include_str!("../docs/oauth2_basic.md")]
#[derive(Debug)]
pub struct Oauth2Basic {
    origin: Origin,
    url: String,
    server: Arc<Server>,
}

/// What the routes share.
struct Server {
    form_encoded: AtomicBool,
    items: Mutex<Vec<String>>,
    front: Arc<Front>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("front", &self.front)
            .finish_non_exhaustive()
    }
}

impl Oauth2Basic {
    pub(crate) async fn start(settings: &SandboxBuilder) -> Result<Self, StartError> {
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let ip = settings.listen.map_or(localhost, |address| address.ip());
        let address = SocketAddr::new(ip, 0);
        let bound = Bound::new(address)
            .await
            .map_err(|source| StartError::listen(address, source))?;
        let url = bound.url();
        let server = Arc::new(Server {
            form_encoded: AtomicBool::new(false),
            items: Mutex::new(["anvil", "bellows", "crucible"].map(str::to_owned).to_vec()),
            front: Arc::new(Front::new(TokenRules {
                client_id: CLIENT_ID.to_owned(),
                client_secret: settings.marks.end_of_secret(CLIENT_SECRET),
                audiences: Vec::new(),
                lifetime: settings.token_ttl.unwrap_or(LIFETIME),
                newest_only: false,
                token_mark: settings.marks.token.clone(),
            })),
        });
        Ok(Self {
            origin: bound.serve(server::routes(&server)),
            url,
            server,
        })
    }

    pub(crate) async fn stop(self) {
        self.origin.stop().await;
    }

    /// Where tokens are asked for.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}{}", self.url, server::TOKEN_PATH)
    }

    /// The list of items behind the token.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}{}", self.url, server::ITEMS_PATH)
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

    /// Reads Basic credentials as RFC 6749 has them, form-encoded, from now on; by default as they are.
    pub fn expect_form_encoded(&self) {
        self.server.form_encoded.store(true, Ordering::SeqCst);
    }

    /// The environment variables that point the example of `sdk-auth` here, in a fixed order.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OAUTH2_CLIENT_ID", self.client_id().to_owned()),
            ("OAUTH2_CLIENT_SECRET", self.client_secret().to_owned()),
            ("OAUTH2_TOKEN_URL", self.token_url()),
            ("OAUTH2_API_URL", self.api_url()),
        ]
    }

    back_door::methods!();
}
